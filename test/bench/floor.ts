/** How many packages a second the local platform carries at all: see floor-worker.ts. */
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { environment, root, stopTree } from '../../.tools/local.ts'
import { freePort, until } from '../e2e/service.ts'

const CLIENTS = 8

/** Plays `count` packages of the Worker that does nothing else, by as many clients as the service is measured with; packages a second. */
export async function floorPace(directory: string, pdfBytes: number, count: number): Promise<number> {
  mkdirSync(directory, { recursive: true })
  const date = /^compatibility_date = "([\d-]+)"/m.exec(readFileSync(join(root, 'wrangler.toml'), 'utf8'))?.[1]
  const config = join(directory, 'wrangler.json')
  const bound = (name: string, class_name: string) => ({ name, class_name })
  writeFileSync(
    config,
    JSON.stringify({
      name: 'floor',
      main: join(root, 'test/bench/floor-worker.ts'),
      compatibility_date: date,
      compatibility_flags: ['nodejs_compat'],
      d1_databases: [{ binding: 'DB', database_name: 'floor', database_id: '00000000-0000-0000-0000-000000000000' }],
      r2_buckets: [{ binding: 'FILES', bucket_name: 'floor-files' }],
      durable_objects: { bindings: [bound('PACKAGES', 'PackageObject'), bound('SESSIONS', 'SessionsObject')] },
      migrations: [{ tag: 'v1', new_sqlite_classes: ['PackageObject', 'SessionsObject'] }],
      ratelimits: [{ name: 'LIMIT', namespace_id: '1', simple: { limit: 1_000_000, period: 60 } }],
    }),
  )
  const port = await freePort()
  const where = ['--local', '--ip', '127.0.0.1', '--port', String(port), '--inspector-port', '0', '--persist-to', join(directory, 'state')]
  const args = ['dev', '--config', config, ...where, '--show-interactive-dev-session=false', '--log-level', 'error']
  const child = spawn(join(root, 'node_modules/.bin/wrangler'), args, { cwd: directory, env: environment, stdio: 'ignore' })
  const url = `http://127.0.0.1:${port}`
  const call = async (path: string, id = '', body?: Uint8Array) => {
    const answer = await fetch(`${url}${path}?id=${id}`, body ? { method: 'POST', body } : {})
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
    return answer.text()
  }
  const pdf = new Uint8Array(pdfBytes)
  const play = async (count: number) => {
    let left = count
    const one = async () => {
      while (left-- > 0) {
        const id = crypto.randomUUID()
        await call('/create', id, pdf)
        await call('/sign', id)
        await call('/sign', id)
        await call('/seal', id)
      }
    }
    await Promise.all(Array.from({ length: CLIENTS }, one))
  }
  try {
    await until('the floor', () => call('/ready').catch(() => undefined), 60)
    await play(60)
    const began = performance.now()
    await play(count)
    return (count * 1000) / (performance.now() - began)
  } finally {
    if (child.pid) await stopTree(child.pid, 'SIGTERM')
  }
}
