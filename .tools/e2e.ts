/** `npm run test:e2e [file …]`: builds, starts a service of its own on fresh state, plays the end-to-end tests against it, and ends it. */
import { spawn } from 'node:child_process'
import { createWriteStream, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { freePort } from '../test/e2e/service.ts'
import { buildAll } from './build.ts'
import { keepCron, root, startLocal } from './local.ts'

/** Programs that the tests judge our files with, and the Debian packages that bring them. */
const TOOLS: [names: string[], from: string][] = [
  [['soffice'], 'libreoffice-writer'],
  [['pdftotext'], 'poppler-utils'],
  [['pdftoppm'], 'poppler-utils'],
  [['pdfsig'], 'poppler-utils'],
  [['openssl'], 'openssl'],
  [['qpdf'], 'qpdf'],
  [['zbarimg'], 'zbar-tools'],
  [['chromium', 'chromium-browser', 'google-chrome'], 'chromium'],
]

const installed = (name: string) => (process.env.PATH ?? '').split(delimiter).some((directory) => existsSync(join(directory, name)))
const missing = TOOLS.filter(([names]) => !names.some(installed))
if (missing.length > 0) {
  console.error(`The end-to-end tests can't run: these programs are not on the PATH.`)
  for (const [[name = ''], from] of missing) console.error(`  ${name.padEnd(12)} apt-get install ${from}`)
  process.exit(1)
}

const directory = mkdtempSync(join(tmpdir(), 'qoltanba-e2e-'))
const logFile = join(directory, 'service.log')
const port = process.env.PORT ? Number(process.env.PORT) : await freePort()

console.log('Building …')
await buildAll()
const log = createWriteStream(logFile)
const service = await startLocal({ port, stateDir: join(directory, 'state'), log: (text) => void log.write(text) })
const stopCron = keepCron(service.url)
console.log(`The service is at ${service.url}; its log is ${logFile}`)

const environment = { ...process.env, E2E_BASE_URL: service.url, BASE_URL: service.url, E2E_GOSKEY_URL: service.standIns.goskey }
const args = ['run', '--config', '.config/vitest.e2e.config.ts', ...process.argv.slice(2)]
const tests = spawn(join(root, 'node_modules/.bin/vitest'), args, { cwd: root, env: environment, stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => tests.kill(signal))
const status = await new Promise<number>((done) => tests.on('exit', (code) => done(code ?? 1)))

stopCron()
await service.stop()
// The state is of no use to anybody; the log is, when something failed.
rmSync(join(directory, 'state'), { recursive: true, force: true })
if (status === 0) rmSync(directory, { recursive: true, force: true })
else console.error(`The service's log: ${logFile}`)
process.exit(status)
