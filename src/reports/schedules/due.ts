import { and, asc, eq, inArray, isNull, lte } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import { batch } from '../../db/client.ts'
import { announce, makeJob, type Job } from '../../queue/outbox.ts'
import { organizations } from '../../identity/tables.ts'
import { nextRun } from './next.ts'
import { reportSchedules, scheduleRuns } from './tables.ts'

/** How many due times one tick takes up; what is left is due a minute later still. */
const AT_ONCE = 50

export const runId = (scheduleId: number, dueAt: string) => `${scheduleId}:${dueAt}`

/**
 * Takes up the schedules whose time has come: each due time becomes one run with its job, and the schedule goes on to its next time, in one transaction that finds the
 * time still due. A service that was down takes up one due time after the other, so that none is lost and none is done twice.
 */
export async function takeUpDue(ctx: Ctx): Promise<void> {
  const now = ctx.now.toISOString()
  const due = await ctx.db
    .select()
    .from(reportSchedules)
    .where(and(lte(reportSchedules.nextRunAt, now), eq(reportSchedules.isActive, true), isNull(reportSchedules.deletedAt)))
    .orderBy(asc(reportSchedules.nextRunAt))
    .limit(AT_ONCE)
  if (due.length === 0) return
  const owners = await ctx.db
    .select({ id: organizations.id, zone: organizations.timeZone })
    .from(organizations)
    .where(inArray(organizations.id, [...new Set(due.map((row) => row.orgId))]))
  const zones = new Map(owners.map(({ id, zone }) => [id, zone]))
  const jobs: Job[] = []
  for (const row of due) {
    if (row.nextRunAt === null) continue
    const id = runId(row.id, row.nextRunAt)
    const next = nextRun(row, new Date(row.nextRunAt), zones.get(row.orgId) ?? ctx.settings.TIME_ZONE).toISOString()
    const job = await makeJob(ctx, 'report.run', { runId: id }, { id: `report:${id}` })
    // A tick beside this one writes the same run and job, which are there once, and the same next time.
    await batch(ctx.db, [
      ctx.db
        .insert(scheduleRuns)
        .values({ id, scheduleId: row.id, orgId: row.orgId, dueAt: row.nextRunAt, status: 'due', createdAt: now })
        .onConflictDoNothing(),
      job.write,
      ctx.db
        .update(reportSchedules)
        .set({ nextRunAt: next })
        .where(and(eq(reportSchedules.id, row.id), eq(reportSchedules.nextRunAt, row.nextRunAt), eq(reportSchedules.isActive, true))),
    ])
    jobs.push(job)
  }
  await announce(ctx.env, jobs)
}
