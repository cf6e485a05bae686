import { and, eq, lte, sql } from 'drizzle-orm'
import { logUnknown } from '../http/log.ts'
import { serviceContext, type Ctx } from '../context.ts'
import { AppError } from '../http/errors.ts'
import { unseal } from '../lib/hash.ts'
import { envelope, MESSAGES, type JobType, type Payload } from './messages.ts'
import { machineNow, payloadLabel } from './outbox.ts'
import { jobs } from './tables.ts'

/** A handler may run twice for one job (at least once is all a queue gives): it must not mind. */
type Handlers = {
  [T in JobType]: () => Promise<(ctx: Ctx, payload: Payload<T>, job: { id: string; attempt: number; last: boolean }) => Promise<void>>
}

const HANDLERS: Handlers = {
  'sms.send': async () => (await import('../notifications/send-sms.ts')).sendSms,
  'mail.send': async () => (await import('../notifications/send-mail.ts')).sendMail,
  'contract.render': async () => (await import('../contracts/render.ts')).renderJob,
  'package.seal': async () => (await import('../signing/seal.ts')).sealJob,
  'webhook.deliver': async () => (await import('../webhooks/deliver.ts')).deliver,
  'report.run': async () => (await import('../reports/schedules/run.ts')).runJob,
  'agreement.goskey': async () => (await import('../agreements/goskey/order.ts')).goskeyJob,
}

/** While a job runs nobody else may take it; one that was cut off is taken again after this. More than each may take, no more than a caller waits. */
const LEASE_MS: Record<JobType, number> = {
  'sms.send': 30_000,
  'mail.send': 60_000,
  'webhook.deliver': 30_000,
  'contract.render': 60_000,
  'package.seal': 60_000,
  'agreement.goskey': 90_000,
  'report.run': 60_000,
}
const leaseOf = (now: Date, ms: number) => new Date(now.getTime() + ms).toISOString()
const MAX_ATTEMPTS = 10
const backoffSeconds = (attempt: number) => Math.min(3600, 2 ** attempt)

/** Work that holds whole documents in memory: one at a time, while calls to other services wait for their answers side by side. */
const HEAVY: ReadonlySet<JobType> = new Set(['contract.render', 'package.seal', 'report.run'])
/** The lane of one batch: a promise of another event must not be waited for (I/O belongs to the event that began it). */
interface Lane {
  heavy: Promise<unknown>
}
const newLane = (): Lane => ({ heavy: Promise.resolve() })

async function execute(
  ctx: Ctx,
  type: JobType,
  payload: unknown,
  job: { id: string; attempt: number; last: boolean },
  lane: Lane,
): Promise<void> {
  const handler = (await HANDLERS[type]()) as (ctx: Ctx, payload: unknown, job: object) => Promise<void>
  const work = () => handler(ctx, MESSAGES[type].parse(payload), job)
  if (!HEAVY.has(type)) return work()
  const run = lane.heavy.then(work, work)
  lane.heavy = run.catch(() => undefined)
  return run
}

/** Runs one job if it is due; says after how many seconds to try again, or undefined when there is nothing left to do. */
export async function runJob(ctx: Ctx, id: string, lane = newLane()): Promise<number | undefined> {
  const now = machineNow()
  const leases = Object.entries(LEASE_MS).map(([type, ms]) => sql`when ${type} then ${leaseOf(now, ms)}`)
  const lease = sql<string>`case ${jobs.type} ${sql.join(leases, sql` `)} else ${leaseOf(now, 60_000)} end`
  const [job] = await ctx.db
    .update(jobs)
    .set({ dueAt: lease, attempts: sql`${jobs.attempts} + 1` })
    .where(and(eq(jobs.id, id), sql`status = 'pending'`, lte(jobs.dueAt, new Date(now.getTime() + 500).toISOString())))
    .returning()
  if (!job) return undefined
  const attempt = job.attempts
  const last = attempt >= MAX_ATTEMPTS
  try {
    if (!(job.type in MESSAGES)) throw new AppError('unprocessable', `unknown job type ${job.type}`)
    const payload: unknown = JSON.parse(await unseal(ctx.settings.APP_SECRET, payloadLabel(id), job.payload ?? ''))
    await execute(ctx, job.type as JobType, payload, { id, attempt, last }, lane)
    await ctx.db
      .update(jobs)
      .set({ status: 'done', payload: null, finishedAt: machineNow().toISOString(), error: null })
      .where(eq(jobs.id, id))
    return undefined
  } catch (error) {
    const reason = error instanceof AppError ? error.message : error instanceof Error ? error.name : 'unknown'
    if (!(error instanceof AppError)) logUnknown(error, id, `job ${job.type}`)
    const wait = backoffSeconds(attempt)
    const state = last
      ? { status: 'dead' as const, payload: null, finishedAt: now.toISOString() }
      : { dueAt: new Date(machineNow().getTime() + wait * 1000).toISOString() }
    await ctx.db
      .update(jobs)
      .set({ ...state, error: reason.slice(0, 300) })
      .where(eq(jobs.id, id))
    if (last) console.error(JSON.stringify({ level: 'error', where: 'job dead', job: id, type: job.type, reason }))
    return last ? undefined : wait
  }
}

async function take(ctx: Ctx, message: Message, lane: Lane): Promise<void> {
  const parsed = envelope.safeParse(message.body)
  if (!parsed.success) return message.ack()
  try {
    const again = await runJob(ctx, parsed.data.job, lane)
    if (again === undefined) message.ack()
    else message.retry({ delaySeconds: again })
  } catch (error) {
    logUnknown(error, parsed.data.job, 'consume')
    message.retry({ delaySeconds: 5 })
  }
}

/** The queue's consumer: each message is acknowledged or retried by itself; a slow endpoint does not hold up the others. */
export async function consume(batch: MessageBatch, env: Env, execution: ExecutionContext): Promise<void> {
  if (batch.queue.endsWith('-dead')) {
    for (const message of batch.messages) {
      console.error(JSON.stringify({ level: 'error', where: 'dead letter', body: message.body }))
      message.ack()
    }
    return
  }
  const ctx = await serviceContext(env, (work) => execution.waitUntil(work))
  const lane = newLane()
  await Promise.all(batch.messages.map((message) => take(ctx, message, lane)))
}
