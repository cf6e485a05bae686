/** `npm run check`: format, lint, types and the tests that need no Worker, side by side; every failure is printed whole. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { buildAll } from './build.ts'
import { root } from './local.ts'

if (!existsSync(join(root, '.build/worker-configuration.d.ts'))) await buildAll()

const bin = (name: string) => join(root, 'node_modules/.bin', name)
const CHECKS: [string, string, ...string[]][] = [
  ['format', bin('oxfmt'), '--check', 'src', 'test', '.tools', '.config'],
  ['lint', bin('oxlint'), '--type-aware', '--deny-warnings', 'src', 'test', '.tools', '.config'],
  ['types', bin('tsc'), '--noEmit', '-p', 'tsconfig.json'],
  ['types of the pages', bin('tsc'), '--noEmit', '-p', 'src/signing/page/client/tsconfig.json'],
  ['pure tests', bin('vitest'), 'run', '--config', '.config/vitest.config.ts', '--project', 'pure'],
]

const started = Date.now()
const run = ([name, command, ...args]: (typeof CHECKS)[number]) =>
  new Promise<boolean>((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    child.stdout.on('data', (c: Buffer) => (said += c.toString()))
    child.stderr.on('data', (c: Buffer) => (said += c.toString()))
    child.on('close', (code) => {
      console.log(`${code === 0 ? '✓' : '✗'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`)
      if (code !== 0) console.log(said)
      resolve(code === 0)
    })
  })

const results = await Promise.all(CHECKS.map(run))
process.exit(results.every(Boolean) ? 0 : 1)
