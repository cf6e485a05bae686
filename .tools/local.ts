/** The local service as a process: secrets made once, migrations applied, wrangler started, and all of it ended as one tree. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '..')
const wrangler = join(root, 'node_modules/.bin/wrangler')
/** For every tool that is started: our own Node first, since wrangler needs a newer one than the machine may have. */
export const environment = {
  ...process.env,
  PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH ?? ''}`,
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  NO_UPDATE_NOTIFIER: '1',
  // wrangler's own collector of traces takes part in every call; ours are in the log.
  X_LOCAL_OBSERVABILITY: 'false',
  X_LOCAL_EXPLORER: 'false',
  CI: 'true',
}

export interface Local {
  url: string
  stateDir: string
  /** Where ESIA and Госключ are played. */
  standIns: { esia: string; goskey: string }
  process: ChildProcess
  /** Ends wrangler and everything it started; resolves when the port is free. */
  stop: (signal?: 'SIGTERM' | 'SIGKILL') => Promise<void>
}

export const defaultStateDir = () => resolve(root, process.env.STATE_DIR ?? '.wrangler')

/** An ES256 key as `JWT_SIGNING_KEYS` holds it (RFC 7517). */
export function makeSigningKey(): object {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { ...privateKey.export({ format: 'jwk' }), alg: 'ES256', kid: randomBytes(8).toString('hex') }
}

/** A key-encryption key as `KEY_ENCRYPTION_KEYS` holds it: kid, and 32 bytes. */
export const makeKeyRing = (): Record<string, string> => ({
  [`k${randomBytes(4).toString('hex')}`]: randomBytes(32).toString('base64'),
})

const SECRETS: Record<string, () => string> = {
  APP_SECRET: () => randomBytes(48).toString('base64'),
  JWT_SIGNING_KEYS: () => `'${JSON.stringify([makeSigningKey()])}'`,
  KEY_ENCRYPTION_KEYS: () => `'${JSON.stringify(makeKeyRing())}'`,
}

/** The secrets of a development service, made on the first start and kept with its data; one that a newer version wants is added. */
export function secretsFile(stateDir: string): string {
  const file = join(stateDir, 'development.env')
  mkdirSync(stateDir, { recursive: true })
  const known = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const missing = Object.entries(SECRETS).filter(([name]) => !new RegExp(`^${name}=`, 'm').test(known))
  const start = known === '' || known.endsWith('\n') ? '' : '\n'
  if (missing.length > 0) appendFileSync(file, start + missing.map(([name, make]) => `${name}=${make()}\n`).join(''), { mode: 0o600 })
  return file
}

export function migrate(stateDir: string): void {
  try {
    execFileSync(wrangler, ['d1', 'migrations', 'apply', 'DB', '--local', '--persist-to', stateDir], {
      cwd: root,
      env: environment,
      stdio: 'pipe',
    })
  } catch (error) {
    const said = error as { stdout?: Buffer; stderr?: Buffer }
    throw new Error(`Migrations failed:\n${said.stdout?.toString() ?? ''}${said.stderr?.toString() ?? ''}`, { cause: error })
  }
}

/** Every process below `pid`, children first, itself last. */
function treeOf(pid: number): number[] {
  const table = execFileSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' })
  const children = new Map<number, number[]>()
  for (const row of table.trim().split('\n')) {
    const [child = 0, parent = 0] = row.trim().split(/\s+/).map(Number)
    children.set(parent, [...(children.get(parent) ?? []), child])
  }
  const below = (p: number): number[] => [...(children.get(p) ?? []).flatMap(below), p]
  return below(pid)
}

const alive = (pid: number) => {
  try {
    // A zombie is gone for our purposes: it holds nothing.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

export async function stopTree(pid: number, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  // wrangler that dies at once leaves workerd behind, holding the port: the whole tree is told.
  const tree = treeOf(pid)
  const tell = (how: 'SIGTERM' | 'SIGKILL') => {
    for (const p of tree.filter(alive)) {
      try {
        process.kill(p, how)
      } catch {
        // It ended by itself meanwhile.
      }
    }
  }
  tell(signal)
  for (let i = 0; i < 50 && tree.some(alive); i++) await pause(100)
  tell('SIGKILL')
  for (let i = 0; i < 20 && tree.some(alive); i++) await pause(50)
}

export interface LocalOptions {
  port?: number
  stateDir?: string
  vars?: Record<string, string>
  /** Where its memory can be asked for (the Chrome DevTools Protocol); any free port when left out. */
  inspectorPort?: number
  /** Where the service's log goes; the terminal when left out. */
  log?: (text: string) => void
}

/** Starts the service and waits until it answers. */
export async function startLocal({
  port = Number(process.env.PORT ?? 8787),
  stateDir = defaultStateDir(),
  vars = {},
  inspectorPort = 0,
  log,
}: LocalOptions = {}): Promise<Local> {
  const url = `http://127.0.0.1:${port}`
  const secrets = secretsFile(stateDir)
  migrate(stateDir)
  // ESIA and Госключ are the state's, the books somebody's own: a local service has stand-ins, in this process.
  const { serveStandIns } = await import('./stand-ins/serve.ts')
  const standIns = await serveStandIns(url)
  const settings = Object.entries({ PUBLIC_URL: url, ...standIns.vars, ...vars }).flatMap(([k, v]) => ['--var', `${k}:${v}`])
  const args = [
    'dev',
    '--local',
    '--ip',
    '127.0.0.1',
    '--port',
    String(port),
    '--inspector-port',
    String(inspectorPort),
    '--persist-to',
    stateDir,
    '--env-file',
    secrets,
    '--show-interactive-dev-session=false',
    '--log-level',
    'warn',
    ...settings,
  ]
  const child = spawn(wrangler, args, { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-20_000)
      if (log) log(chunk.toString())
      else process.stderr.write(chunk)
    })
  }
  let ended = false
  child.on('exit', () => (ended = true))
  const stop = async (signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM') => {
    standIns.close()
    if (child.pid && !ended) await stopTree(child.pid, signal)
  }
  for (let i = 0; i < 300; i++) {
    if (ended) throw new Error(`The service did not start:\n${said}`)
    try {
      const health = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5000) })
      if (health.status === 200) return { url, stateDir, standIns, process: child, stop }
    } catch {
      // Not up yet.
    }
    await pause(200)
  }
  await stop('SIGKILL')
  throw new Error(`The service did not answer in time:\n${said}`)
}

/** Cloudflare calls cron every minute; locally nobody does, so this does. */
export function keepCron(url: string): () => void {
  const tick = (cron: string) => void fetch(`${url}/cdn-cgi/handler/scheduled?cron=${encodeURIComponent(cron)}`).catch(() => undefined)
  const minute = setInterval(() => tick('* * * * *'), 60_000)
  const daily = setInterval(() => tick('17 3 * * *'), 86_400_000)
  return () => {
    clearInterval(minute)
    clearInterval(daily)
  }
}
