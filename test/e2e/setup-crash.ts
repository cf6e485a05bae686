/** A service that is killed and started again on the same state, and what its database says once it is down. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { startLocal, type Local } from '../../.tools/local.ts'
import { freePort, until } from './service.ts'

/** A process and everything below it, by the process table. */
function treeOf(pid: number): number[] {
  const table = execFileSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' })
  const pairs = table
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number))
  const below = (of: number): number[] => [of, ...pairs.flatMap(([child = 0, parent = 0]) => (parent === of ? below(child) : []))]
  return below(pid)
}

/** A zombie is gone for our purposes: it holds nothing. */
function lives(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

export class Mortal {
  readonly url: string
  kills = 0
  #running: Local
  #tree: number[]
  readonly #directory: string
  readonly #port: number
  readonly #log: string[]

  private constructor(running: Local, directory: string, port: number, log: string[]) {
    this.#running = running
    this.#tree = treeOf(running.process.pid ?? 0)
    this.#directory = directory
    this.#port = port
    this.#log = log
    this.url = running.url
  }

  static async start(): Promise<Mortal> {
    const directory = await mkdtemp(join(tmpdir(), 'qoltanba-crash-'))
    const port = await freePort()
    const log: string[] = []
    const running = await startLocal({ port, stateDir: directory, log: (text) => void log.push(text) })
    return new Mortal(running, directory, port, log)
  }

  /** Ends every process of the tree at once (SIGKILL), as a power cut would. The tree was looked up before, so that the moment is exact. */
  kill(): void {
    this.kills++
    for (const pid of this.#tree) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It had ended.
      }
    }
  }

  /** Starts again on what the killed one left behind. */
  async revive(): Promise<void> {
    await this.#running.stop('SIGKILL')
    // What was killed goes when the machine gets to it, and holds the database until then.
    await until('the end of what was killed', async () => (this.#tree.some(lives) ? undefined : true), 30, 50)
    this.#running = await startLocal({ port: this.#port, stateDir: this.#directory, log: (text) => void this.#log.push(text) })
    this.#tree = treeOf(this.#running.process.pid ?? 0)
  }

  /** What Cloudflare does every minute. */
  async cron(): Promise<void> {
    await fetch(`${this.url}/cdn-cgi/handler/scheduled?cron=*+*+*+*+*`)
  }

  /**
   * Waits until all work that was ever planned is done: what is due in a moment, or was given to a queue that died, comes with cron's next
   * call. A job that died is no work any more: it is for the test to find.
   */
  async settle(seconds = 90): Promise<void> {
    let left: unknown[] = []
    const idle = async () => {
      const database = this.#open()
      left = database.prepare("select type, due_at, attempts, error from jobs where status = 'pending'").all()
      database.close()
      if (left.length === 0) return true
      await this.cron()
      return undefined
    }
    await until('the end of all work', idle, seconds, 1000).catch((error: unknown) => {
      throw new Error(`left: ${JSON.stringify(left.slice(0, 5))}`, { cause: error })
    })
  }

  /** Faults that the service has logged. */
  faults(): string[] {
    return this.#log
      .join('')
      .split('\n')
      .filter((line) => line.includes('"level":"error"'))
  }

  /** Stops the service and reads its D1 with plain SQLite. */
  async database(): Promise<DatabaseSync> {
    await this.#running.stop()
    return this.#open()
  }

  /** D1's file may be read while the service writes it. */
  #open(): DatabaseSync {
    const directory = join(this.#directory, 'v3/d1/miniflare-D1DatabaseObject')
    const [file = ''] = readdirSync(directory).filter((name) => name.endsWith('.sqlite') && name !== 'metadata.sqlite')
    return new DatabaseSync(join(directory, file), { readOnly: true })
  }

  async remove(): Promise<void> {
    await this.#running.stop('SIGKILL')
    rmSync(this.#directory, { recursive: true, force: true })
  }
}

export interface Call {
  id: string
  path: string
  headers: Record<string, string>
  /** As it came, and read. */
  raw: string
  body: { type: string; data: Record<string, unknown> }
}

/** Somebody's system that takes webhooks. */
export class Receiver {
  readonly calls: Call[] = []
  /** So many of the next calls are answered with 500. */
  failures = 0
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(): Promise<Receiver> {
    const server = createServer()
    const receiver = new Receiver(server)
    server.on('request', (request, response) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('error', () => undefined)
      request.on('end', () => {
        const raw = Buffer.concat(parts).toString()
        const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
        const body = JSON.parse(raw) as Call['body']
        receiver.calls.push({ id: headers['webhook-id'] ?? '', path: request.url ?? '', headers, raw, body })
        response.writeHead(receiver.failures-- > 0 ? 500 : 204).end()
      })
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    return receiver
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hooks`
  }

  /** The ids of the calls that told of one thing. */
  about(field: string, id: number): string[] {
    return [...new Set(this.calls.filter((c) => c.body.data[field] === id).map((c) => c.id))]
  }

  stop(): void {
    this.#server.close()
  }
}
