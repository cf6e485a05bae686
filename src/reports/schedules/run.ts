import { and, eq, isNull, ne, sql } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import { batch } from '../../db/client.ts'
import { AppError } from '../../http/errors.ts'
import { users } from '../../identity/tables.ts'
import { may, type Actor } from '../../identity/roles.ts'
import { uuidv7 } from '../../lib/ids.ts'
import { announce, type Job } from '../../queue/outbox.ts'
import { mustHaveModule } from '../../construction/people/limits.ts'
import { runReport } from '../custom/execute.ts'
import { customReports, type ReportRow } from '../custom/reports.ts'
import { customReports as reports } from '../custom/tables.ts'
import { noticeOfPause, reportMails } from './mail.ts'
import { loadSchedule, mustHaveRecipients, type ScheduleRow } from './schedules.ts'
import { reportSchedules, scheduleRuns } from './tables.ts'

/** After so many runs in a row that came to nothing a schedule is paused. */
const MAX_FAILURES = 5

type Run = typeof scheduleRuns.$inferSelect

/** The service acting for whoever made the schedule: with their rights of now, not of then. */
async function asAuthor(ctx: Ctx, { userId, orgId }: ScheduleRow): Promise<Ctx> {
  const [row] = await ctx.db
    .select()
    .from(users)
    .where(and(eq(users.id, userId), eq(users.orgId, orgId), eq(users.isActive, true), isNull(users.deletedAt)))
  if (!row) throw new AppError('forbidden', 'Автор отчёта больше не работает в организации.')
  const { id, staffId, role, name } = row
  const actor: Actor = { kind: 'user', userId: id, staffId, orgId, role, name, sessionId: '', tokenId: '', expiresAt: 0 }
  if (!may(actor, 'admin.reports.view')) throw new AppError('forbidden', 'У автора отчёта больше нет на него права.')
  return { ...ctx, actor }
}

async function reportOf(ctx: Ctx, schedule: ScheduleRow): Promise<ReportRow> {
  const [row] = await ctx.db
    .select()
    .from(reports)
    .where(and(eq(reports.id, schedule.reportId), isNull(reports.deletedAt)))
  if (!row) throw new AppError('not_found', 'Отчёт удалён.')
  return row
}

/** Makes the file of a run; done once: a run that was cut off after it finds it. */
async function executeRun(ctx: Ctx, run: Run, schedule: ScheduleRow): Promise<Run> {
  if (run.status !== 'due') return run
  const acting = await asAuthor(ctx, schedule)
  await mustHaveModule(acting, 'advanced_reports')
  const report = await reportOf(ctx, schedule)
  const { executionId, exported } = await runReport(acting, report, {
    filters: schedule.filtersPreset,
    format: schedule.exportFormat,
    unattended: true,
  })
  const [row] = await ctx.db
    .update(scheduleRuns)
    .set({ status: 'executed', executionId, fileId: exported?.storedId ?? null })
    .where(and(eq(scheduleRuns.id, run.id), eq(scheduleRuns.status, 'due')))
    .returning()
  if (row) return row
  const [other] = await ctx.db.select().from(scheduleRuns).where(eq(scheduleRuns.id, run.id))
  if (!other) throw new Error('the run is gone')
  return other
}

/** Hands the mails of a run over, and closes it: in one transaction, and each mail is one job however often this is done. */
async function sendRun(ctx: Ctx, run: Run, schedule: ScheduleRow): Promise<Job[]> {
  if (run.status !== 'executed' || run.fileId === null) return []
  const report = await reportOf(ctx, schedule)
  const mails = await reportMails(ctx, { run, schedule, report, fileId: run.fileId })
  await batch(ctx.db, [
    ...mails.map((job) => job.write),
    ctx.db.update(scheduleRuns).set({ status: 'sent' }).where(eq(scheduleRuns.id, run.id)),
    ctx.db
      .update(reportSchedules)
      .set({ lastRunAt: ctx.now.toISOString(), lastExecutionId: run.executionId, failures: 0 })
      .where(eq(reportSchedules.id, schedule.id)),
  ])
  return mails
}

/** A run that can't succeed: counted, and after several in a row the schedule rests and its owner is told why. */
async function failRun(ctx: Ctx, run: Run, schedule: ScheduleRow, reason: string): Promise<void> {
  const [, counted] = await batch(ctx.db, [
    ctx.db
      .update(scheduleRuns)
      .set({ status: 'failed' })
      .where(and(eq(scheduleRuns.id, run.id), eq(scheduleRuns.status, 'due'))),
    ctx.db
      .update(reportSchedules)
      .set({ failures: sql`${reportSchedules.failures} + 1`, lastRunAt: ctx.now.toISOString() })
      .where(and(eq(reportSchedules.id, schedule.id), sql`changes() > 0`))
      .returning({ failures: reportSchedules.failures }),
  ])
  const [row] = counted as { failures: number }[]
  if (!row || row.failures < MAX_FAILURES) return
  const notice = await noticeOfPause(ctx, schedule, reason, row.failures)
  await batch(ctx.db, [
    ctx.db.update(reportSchedules).set({ isActive: false, nextRunAt: null }).where(eq(reportSchedules.id, schedule.id)),
    ...notice.map((job) => job.write),
  ])
  await announce(ctx.env, notice)
}

/** The queue's job: one run of a schedule, from wherever it was left. What a retry can't mend fails it; the rest is thrown, and tried again. */
export async function runJob(ctx: Ctx, { runId }: { runId: string }, job: { last: boolean }): Promise<void> {
  const [run] = await ctx.db.select().from(scheduleRuns).where(eq(scheduleRuns.id, runId))
  if (!run || run.status === 'sent' || run.status === 'failed') return
  const [schedule] = await ctx.db.select().from(reportSchedules).where(eq(reportSchedules.id, run.scheduleId))
  // Deleted or switched off meanwhile: nobody waits for it.
  if (!schedule || schedule.deletedAt !== null || !schedule.isActive) return
  try {
    const executed = await executeRun(ctx, run, schedule)
    await announce(ctx.env, await sendRun(ctx, executed, schedule))
  } catch (error) {
    const final = error instanceof AppError || job.last
    if (!final) throw error
    await failRun(ctx, run, schedule, error instanceof AppError ? error.message : 'Внутренняя ошибка.')
    if (!(error instanceof AppError)) throw error
  }
}

/** A run that was asked for and has not come to its end by then was cut off. */
const RUNNING_MS = 60_000
/** Each asking is a report and a mail to everybody. */
const BY_HAND = { most: 10, inMs: 600_000 }

/** Takes the schedule for a run that somebody asks for: one at a time, and not too many. */
async function claim(ctx: Ctx, { id, orgId }: ScheduleRow): Promise<string> {
  const ago = (ms: number) => new Date(ctx.now.getTime() - ms).toISOString()
  const asking = `by-hand:${uuidv7(ctx.now.getTime())}`
  const busy = sql`exists (select 1 from schedule_runs where schedule_id = ${id} and due_at > 'by-hand:' and status in ('due', 'executed') and created_at > ${ago(RUNNING_MS)})`
  const lately = sql`(select count(*) from schedule_runs where schedule_id = ${id} and due_at > 'by-hand:' and created_at > ${ago(BY_HAND.inMs)})`
  const [, states] = await batch(ctx.db, [
    ctx.db.run(sql`insert into schedule_runs (id, schedule_id, org_id, due_at, by_hand, status, created_at)
      select ${`${id}:${asking}`}, ${id}, ${orgId}, ${asking}, 1, 'due', ${ctx.now.toISOString()} where not ${busy} and ${lately} < ${BY_HAND.most}`),
    ctx.db
      .select({ mine: sql<number>`count(*)`.as('mine'), busy: sql<number>`${busy}`.as('busy') })
      .from(scheduleRuns)
      .where(eq(scheduleRuns.id, `${id}:${asking}`)),
  ])
  const [state] = states as { mine: number; busy: number }[]
  if (state?.mine) return `${id}:${asking}`
  if (state?.busy) throw new AppError('conflict', 'Отчёт по этому расписанию уже составляется.', { retryAfter: 1 })
  throw new AppError('too_many_requests', 'Слишком много запусков по этому расписанию: повторите позже.', {
    retryAfter: BY_HAND.inMs / 1000,
  })
}

/** Runs a schedule's report now and mails it; its plan does not move. */
export async function runNow(ctx: Ctx, reportId: number, id: number) {
  const schedule = await loadSchedule(ctx, reportId, id)
  mustHaveRecipients(schedule)
  const report = await customReports.load(ctx, reportId)
  const runId = await claim(ctx, schedule)
  const become = (set: Partial<Run>) =>
    ctx.db
      .update(scheduleRuns)
      .set(set)
      .where(and(eq(scheduleRuns.id, runId), ne(scheduleRuns.status, 'sent')))
      .returning()
  try {
    const { executionId, ms, exported } = await runReport(ctx, report, { filters: schedule.filtersPreset, format: schedule.exportFormat })
    const [run] = await become({ status: 'executed', executionId, fileId: exported?.storedId ?? null })
    if (!run) throw new Error('the run was not written')
    await announce(ctx.env, await sendRun(ctx, run, schedule))
    return { execution_id: executionId, sent_to: schedule.recipients, execution_time_ms: ms }
  } catch (error) {
    await become({ status: 'failed' })
    throw error
  }
}
