import { logUnknown } from '../http/log.ts'
import { serviceContext, type Ctx } from '../context.ts'

type Task = (ctx: Ctx) => Promise<void>

/** What each cron expression of wrangler.toml starts. */
const TASKS: Record<string, Record<string, () => Promise<Task>>> = {
  '* * * * *': {
    'announce due jobs': async () => (await import('./outbox.ts')).announceDue,
    'expire packages': async () => (await import('../signing/expire.ts')).expirePackages,
    'expire payment requests': async () => (await import('../billing/payments.ts')).expirePaymentRequests,
    'remind of reports on advances': async () => (await import('../construction/advances/remind.ts')).remindOfReports,
    'finish imports': async () => (await import('../directory/import/indexing.ts')).indexDirty,
    'sweep dropped bytes': async () => (await import('../construction/files/drop-files.ts')).sweepDroppedBytes,
    'expire report files': async () => (await import('../construction/files/report-files.ts')).expireReportFiles,
    'take up due reports': async () => (await import('../reports/schedules/due.ts')).takeUpDue,
    'refresh organization profiles': async () => (await import('../construction/partners/profiles.ts')).refreshProfiles,
    'read feeds': async () => (await import('../directory/feeds/read.ts')).readFeeds,
  },
  '17 3 * * *': {
    'rewrap keys': async () => (await import('../signing/keys/rewrap.ts')).rewrapKeys,
    'sweep mail deliveries': async () => (await import('../notifications/bounces/deliveries.ts')).sweepDeliveries,
    'sweep jobs': async () => (await import('./outbox.ts')).sweepJobs,
    'sweep login failures': async () => (await import('../identity/throttle.ts')).sweepLoginFailures,
    'sweep idempotency keys': async () => (await import('../http/idempotency.ts')).sweepIdempotencyKeys,
    'sweep ESIA logins': async () => (await import('../agreements/esia/login.ts')).sweepEsiaLogins,
    'rewrap data keys': async () => (await import('../agreements/vault.ts')).rewrapDataKeys,
    'sweep revocation cache': async () => (await import('../signing/revocation/cache.ts')).sweepRevocationCache,
  },
}

/** Runs the tasks of one tick; one that fails does not stop the others. */
export async function runCron(cron: string, env: Env, execution: ExecutionContext): Promise<void> {
  const ctx = await serviceContext(env, (work) => execution.waitUntil(work))
  for (const [name, load] of Object.entries(TASKS[cron] ?? {})) {
    try {
      await (
        await load()
      )(ctx)
    } catch (error) {
      logUnknown(error, ctx.requestId, `cron ${name}`)
    }
  }
}
