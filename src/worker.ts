// Only what the platform must see at once is imported here: the rest is evaluated by the first event that needs it, not by every start.
export { SessionsObject } from './identity/sessions-object.ts'
export { PackageObject } from './signing/object.ts'

export default {
  fetch: async (request, env, execution) => (await import('./app.ts')).handle(request, env, execution),
  queue: async (batch, env, execution) => (await import('./queue/consumer.ts')).consume(batch, env, execution),
  email: async (message, env, execution) => (await import('./notifications/bounces/receive.ts')).receiveMail(message, env, execution),
  scheduled: async (event, env, execution) => (await import('./queue/cron.ts')).runCron(event.cron, env, execution),
} satisfies ExportedHandler<Env>
