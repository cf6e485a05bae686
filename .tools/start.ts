/** `npm start`: builds, prepares the local database, serves everything, and says where. Ctrl-C ends it. */
import { buildAll } from './build.ts'
import { demoContract } from './demo-steps.ts'
import { keepCron, startLocal } from './local.ts'

console.log('Building …')
await buildAll()
console.log('Starting …')
const service = await startLocal()
const stopCron = keepCron(service.url)

let stopping = false
async function stop(): Promise<void> {
  if (stopping) return
  stopping = true
  stopCron()
  await service.stop()
  process.exit(0)
}
process.on('SIGINT', () => void stop())
process.on('SIGTERM', () => void stop())
// npm and its shell pass no signal on: when they are gone, nobody would end what was started here.
const parent = process.ppid
setInterval(() => process.ppid !== parent && void stop(), 500).unref()
service.process.on('exit', (code) => {
  if (!stopping) process.exit(code ?? 1)
})

const operator = process.env.OPERATOR_EMAIL ?? 'operator@example.com'
const link = await demoContract(service.url).catch(
  (error: unknown) => `not made: ${error instanceof Error ? error.message : String(error)}`,
)
console.log(`
Qoltanba is up.

  API             ${service.url}
  API reference   ${service.url}/docs
  OpenAPI         ${service.url}/openapi.json
  Health          ${service.url}/health
  Outbox          ${service.url}/dev/outbox        (SMS codes and mails of this machine)
  Operator        ${operator} / operator-dev-password
  Sign a demo     ${link}
                  (the code that it sends is in the outbox)

State is in ${service.stateDir}; npm run reset clears it. Ctrl-C stops.
`)
