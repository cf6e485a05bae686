/** A Worker of its own in workerd, bundled as what is deployed is, and measured by the processor's clock. */
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { build } from 'esbuild'
import { root } from '../../.tools/local.ts'
import { freePort } from '../e2e/service.ts'

/** The binary comes with wrangler. */
const require = createRequire(createRequire(import.meta.url).resolve('wrangler'))

interface Running {
  /** Sends `query` to the Worker, and throws unless it answers well. */
  ask: (query: string) => Promise<void>
  /** What all threads of the process have had of the processors so far (Linux). */
  processorMs: () => number
  stop: () => Promise<void>
}

export async function startWorkerd(entry: string, directory: string): Promise<Running> {
  await build({
    entryPoints: [join(root, entry)],
    outfile: join(directory, 'worker.mjs'),
    bundle: true,
    format: 'esm',
    target: 'esnext',
    external: ['node:*'],
  })
  const toml = readFileSync(join(root, 'wrangler.toml'), 'utf8')
  const date = /^compatibility_date = "([\d-]+)"/m.exec(toml)?.[1]
  const port = await freePort()
  const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [(name = "worker", esModule = embed "worker.mjs")],
    compatibilityDate = "${date}", compatibilityFlags = ["nodejs_compat"],
  ))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);`
  writeFileSync(join(directory, 'worker.capnp'), config)
  const { default: binary } = require('workerd') as { default: string }
  const worker = spawn(binary, ['serve', join(directory, 'worker.capnp')], { stdio: ['ignore', 'inherit', 'inherit'] })
  const ended = new Promise<void>((done) => worker.on('exit', () => done()))
  const address = `http://127.0.0.1:${port}/`
  for (let left = 100; ; left--) {
    const up = await fetch(address, { method: 'HEAD' }).catch(() => undefined)
    if (up) break
    if (left === 0 || worker.exitCode !== null) throw new Error('workerd did not start')
    await new Promise((done) => setTimeout(done, 100))
  }
  const tasks = `/proc/${worker.pid}/task`
  return {
    ask: async (query) => {
      const answer = await fetch(`${address}?${query}`)
      if (!answer.ok) throw new Error(await answer.text())
    },
    processorMs: () =>
      readdirSync(tasks).reduce((sum, task) => sum + Number(readFileSync(join(tasks, task, 'schedstat'), 'utf8').split(' ')[0]), 0) / 1e6,
    stop: async () => {
      worker.kill()
      await ended
    },
  }
}
