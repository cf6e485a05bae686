import { handle } from './app.ts'
import { consume } from './queue/consumer.ts'
import { runCron } from './queue/cron.ts'

export { SessionsObject } from './identity/sessions-object.ts'
export { PackageObject } from './signing/object.ts'

export default {
  fetch: handle,
  queue: consume,
  scheduled: (event, env, execution) => runCron(event.cron, env, execution),
} satisfies ExportedHandler<Env>
