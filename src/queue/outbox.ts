import { and, lte, sql, type SQL } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import type { Write } from '../db/client.ts'
import { seal } from '../lib/hash.ts'
import { uuidv7 } from '../lib/ids.ts'
import type { Envelope, JobType, NewPayload } from './messages.ts'
import { jobs } from './tables.ts'

export interface Job {
  id: string
  /** To be put into the batch of the mutation that the work follows from. */
  write: Write
  delaySeconds: number
}

/** The label under which a job's payload is sealed. */
export const payloadLabel = (id: string) => `job:${id}`

/**
 * Work's own time: leases and retries go by the machine's clock, since moving the service's clock (development) must neither hurry a retry
 * nor strand it days ahead.
 */
export const machineNow = () => new Date()

/** Makes a job. Two with one `id` are one job: the second is not written; with `when`, only if that holds where it is written. */
export async function makeJob<T extends JobType>(
  ctx: Pick<Ctx, 'db' | 'settings'>,
  type: T,
  payload: NewPayload<T>,
  options: { id?: string; delaySeconds?: number; when?: SQL } = {},
): Promise<Job> {
  const now = machineNow()
  const { id = uuidv7(now.getTime()), delaySeconds = 0, when } = options
  const sealed = await seal(ctx.settings.APP_SECRET, payloadLabel(id), JSON.stringify(payload))
  const dueAt = new Date(now.getTime() + delaySeconds * 1000).toISOString()
  const write =
    when === undefined
      ? ctx.db
          .insert(jobs)
          .values({ id, type, payload: sealed, status: 'pending', dueAt, createdAt: now.toISOString() })
          .onConflictDoNothing()
      : ctx.db.run(sql`insert into ${jobs} (id, type, payload, status, due_at, created_at)
          select ${id}, ${type}, ${sealed}, 'pending', ${dueAt}, ${now.toISOString()} where ${when} on conflict do nothing`)
  return { id, write, delaySeconds }
}

/** Tells the queue of jobs that have been written. A failure here loses nothing: cron tells again. */
export async function announce(env: Env, made: Pick<Job, 'id' | 'delaySeconds'>[]): Promise<void> {
  if (made.length === 0) return
  const messages = made.map(({ id, delaySeconds }) => ({
    body: { job: id } satisfies Envelope,
    delaySeconds: Math.min(delaySeconds, 43_200),
  }))
  try {
    for (let i = 0; i < messages.length; i += 100) await env.JOBS.sendBatch(messages.slice(i, i + 100))
  } catch (error) {
    console.warn(JSON.stringify({ level: 'warn', where: 'announce', error: error instanceof Error ? error.message : String(error) }))
  }
}

/** Tells the queue again of every job that is due and not done. */
export async function announceDue(ctx: Ctx): Promise<void> {
  const due = await ctx.db
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(sql`status = 'pending'`, lte(jobs.dueAt, machineNow().toISOString())))
    .orderBy(jobs.dueAt)
    .limit(500)
  await announce(
    ctx.env,
    due.map(({ id }) => ({ id, delaySeconds: 0 })),
  )
}

/** Forgets jobs that ended over a week ago. */
export async function sweepJobs(ctx: Ctx): Promise<void> {
  const before = new Date(machineNow().getTime() - 7 * 86_400_000).toISOString()
  await ctx.db.delete(jobs).where(and(sql`finished_at is not null`, lte(jobs.finishedAt, before)))
}
