import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import type * as z from 'zod'
import { audit, orgOf, type Ctx } from '../../context.ts'
import { batch } from '../../db/client.ts'
import { AppError, notFound, type FieldIssue } from '../../http/errors.ts'
import { invalid, said } from '../../construction/registry/registry.ts'
import { longStamp } from '../../construction/stamps.ts'
import { zoneOf } from '../../construction/zone.ts'
import { chosenFilters, compile } from '../builder/compile.ts'
import { customReports, mustBeAuthor, type ReportRow } from '../custom/reports.ts'
import { nextRun, type Plan } from './next.ts'
import type { ChangeSchedule, NewSchedule } from './schemas.ts'
import { reportSchedules as table } from './tables.ts'
import { undeliveredOf, type Undelivered } from './undelivered.ts'

export type ScheduleRow = typeof table.$inferSelect
const MISSING = 'Расписание не найдено'
/** More of one report are a mistake, or a flood of mail. */
const MAX_SCHEDULES = 20

const present = (row: ScheduleRow, undelivered: Undelivered[]) => ({
  id: row.id,
  custom_report_id: row.reportId,
  organization_id: row.orgId,
  user_id: row.userId,
  schedule_type: row.type,
  schedule_config: { time: row.config.time, day_of_week: row.config.day_of_week ?? null, day_of_month: row.config.day_of_month ?? null },
  filters_preset: row.filtersPreset,
  recipient_emails: row.recipients,
  export_format: row.exportFormat,
  is_active: row.isActive,
  last_run_at: row.lastRunAt === null ? null : longStamp(row.lastRunAt),
  next_run_at: row.nextRunAt === null ? null : longStamp(row.nextRunAt),
  last_execution_id: row.lastExecutionId,
  undelivered,
  created_at: longStamp(row.createdAt),
  updated_at: longStamp(row.updatedAt),
})

async function presentAll(ctx: Ctx, rows: readonly ScheduleRow[]) {
  const undelivered = await undeliveredOf(
    ctx,
    rows.map((row) => row.id),
  )
  return rows.map((row) => present(row, undelivered.get(row.id) ?? []))
}

const ofReport = (ctx: Ctx, reportId: number) => and(eq(table.reportId, reportId), eq(table.orgId, orgOf(ctx)), isNull(table.deletedAt))

/** A schedule that was loaded, as it is shown. */
export async function showSchedule(ctx: Ctx, row: ScheduleRow) {
  const [shown] = await presentAll(ctx, [row])
  if (!shown) throw new Error('one row is shown as none')
  return shown
}

/** Of a report that the caller is known to see. */
async function scheduleOf(ctx: Ctx, reportId: number, id: number): Promise<ScheduleRow> {
  const [row] = await ctx.db
    .select()
    .from(table)
    .where(and(eq(table.id, id), ofReport(ctx, reportId)))
  if (!row) throw notFound(MISSING)
  return row
}

export async function loadSchedule(ctx: Ctx, reportId: number, id: number): Promise<ScheduleRow> {
  await customReports.load(ctx, reportId)
  return scheduleOf(ctx, reportId, id)
}

export async function listSchedules(ctx: Ctx, reportId: number) {
  await customReports.load(ctx, reportId)
  const rows = await ctx.db.select().from(table).where(ofReport(ctx, reportId)).orderBy(asc(table.id))
  return presentAll(ctx, rows)
}

interface Wanted extends Plan {
  filtersPreset: ScheduleRow['filtersPreset']
}

/** A weekly one needs its day, a monthly one too; filters must be of the report, and those that it can't do without be told. */
function problemsOf(report: ReportRow, { type, config, filtersPreset }: Wanted): FieldIssue[] {
  const issues: FieldIssue[] = []
  const needs = { daily: undefined, weekly: 'day_of_week', monthly: 'day_of_month' } as const
  const day = needs[type]
  if (day && (config[day] === undefined || config[day] === null)) issues.push({ path: `schedule_config.${day}`, message: 'Укажите день.' })
  const { filters, errors: missing } = chosenFilters(report.definition, filtersPreset ?? {})
  const wrong = [...missing, ...(compile(report.definition, report.orgId, filters).errors ?? [])]
  return [...issues, ...wrong.map(({ path, message }) => ({ path: path.replace(/^filters\b/, 'filters_preset'), message }))]
}

const nextOf = async (ctx: Ctx, plan: Plan) => nextRun(plan, ctx.now, await zoneOf(ctx)).toISOString()

export async function createSchedule(ctx: Ctx, reportId: number, input: z.output<typeof NewSchedule>) {
  const report = await mustBeAuthor(ctx, reportId)
  const wanted: Wanted = { type: input.schedule_type, config: input.schedule_config, filtersPreset: input.filters_preset ?? null }
  const issues = problemsOf(report, wanted)
  if (issues.length > 0) throw invalid(issues)
  const at = ctx.now.toISOString()
  const [made, tooMany] = await batch(ctx.db, [
    ctx.db
      .insert(table)
      .values({
        orgId: orgOf(ctx),
        reportId,
        userId: report.userId,
        ...wanted,
        recipients: input.recipient_emails,
        exportFormat: input.export_format,
        isActive: input.is_active,
        nextRunAt: input.is_active ? await nextOf(ctx, wanted) : null,
        createdAt: at,
        updatedAt: at,
      })
      .returning(),
    // One too many goes again in the same transaction: of several that are made at once, none slips through.
    ctx.db
      .delete(table)
      .where(sql`${table.id} = last_insert_rowid() and (select count(*) from ${table} where ${ofReport(ctx, reportId)}) > ${MAX_SCHEDULES}`)
      .returning({ id: table.id }),
    audit(ctx, orgOf(ctx), 'report_schedule.created', `custom_report:${reportId}`, sql`changes() = 0`),
  ])
  if ((tooMany as unknown[]).length > 0) throw new AppError('unprocessable', `У отчёта может быть не больше ${MAX_SCHEDULES} расписаний.`)
  const [row] = made as ScheduleRow[]
  if (!row) throw new Error('the schedule was not written')
  return present(row, [])
}

const NOBODY = 'У расписания нет получателей: от него все отписались.'

/** Everybody may have taken themselves off: then there is nobody to send to. */
export function mustHaveRecipients({ recipients }: Pick<ScheduleRow, 'recipients'>): void {
  if (recipients.length === 0) throw invalid([{ path: 'recipient_emails', message: NOBODY }])
}

const planText = ({ type, config: { time, day_of_week: week = null, day_of_month: month = null } }: Plan) =>
  [type, time, week, month].join()

/** Its next time, worked out anew. A time that has come and is still to be taken up stays, unless the plan is another one: a change must not lose it. */
async function nextAfter(ctx: Ctx, before: ScheduleRow, after: ScheduleRow): Promise<string | null> {
  if (!after.isActive) return null
  const due = before.nextRunAt !== null && before.nextRunAt <= ctx.now.toISOString()
  return due && planText(before) === planText(after) ? before.nextRunAt : nextOf(ctx, after)
}

/** How often a change is worked out anew that met another one. */
const TRIES = 10

/**
 * Writes a change of what it was made from: one that another switch or tick has overtaken is worked out anew. What it does not say stays as it is by then, so that
 * nobody who has just unsubscribed comes back. A schedule that is switched on again starts with a clean record.
 */
async function rewrite(ctx: Ctx, reportId: number, id: number, changeOf: (row: ScheduleRow) => Partial<ScheduleRow>): Promise<ScheduleRow> {
  for (let tries = 0; tries < TRIES; tries++) {
    const row = await scheduleOf(ctx, reportId, id)
    const change = changeOf(row)
    const after = { ...row, ...change }
    if (after.isActive) mustHaveRecipients(after)
    const unchanged = sql`${table.isActive} = ${row.isActive} and ${table.nextRunAt} is ${row.nextRunAt}`
    const [changed] = await batch(ctx.db, [
      ctx.db
        .update(table)
        .set({
          ...change,
          ...(after.isActive && !row.isActive ? { failures: 0 } : {}),
          nextRunAt: await nextAfter(ctx, row, after),
          updatedAt: ctx.now.toISOString(),
        })
        .where(and(eq(table.id, row.id), isNull(table.deletedAt), unchanged))
        .returning(),
      audit(ctx, orgOf(ctx), 'report_schedule.changed', `report_schedule:${row.id}`, sql`changes() > 0`),
    ])
    const [now] = changed as ScheduleRow[]
    if (now) return now
  }
  throw new AppError('conflict', 'Расписание как раз меняют: повторите запрос.')
}

export async function changeSchedule(ctx: Ctx, reportId: number, id: number, input: z.output<typeof ChangeSchedule>) {
  const report = await mustBeAuthor(ctx, reportId)
  const changed = await rewrite(ctx, reportId, id, (row) => {
    const wanted: Wanted = {
      type: input.schedule_type ?? row.type,
      config: input.schedule_config ?? row.config,
      filtersPreset: input.filters_preset === undefined ? row.filtersPreset : input.filters_preset,
    }
    const issues = problemsOf(report, wanted)
    if (issues.length > 0) throw invalid(issues)
    return { ...wanted, ...said({ recipients: input.recipient_emails, exportFormat: input.export_format, isActive: input.is_active }) }
  })
  return showSchedule(ctx, changed)
}

export async function toggleSchedule(ctx: Ctx, reportId: number, id: number): Promise<boolean> {
  await mustBeAuthor(ctx, reportId)
  return (await rewrite(ctx, reportId, id, (row) => ({ isActive: !row.isActive }))).isActive
}

export async function removeSchedule(ctx: Ctx, reportId: number, id: number): Promise<void> {
  await mustBeAuthor(ctx, reportId)
  await scheduleOf(ctx, reportId, id)
  const at = ctx.now.toISOString()
  await batch(ctx.db, [
    ctx.db.update(table).set({ deletedAt: at, updatedAt: at, isActive: false, nextRunAt: null }).where(eq(table.id, id)),
    audit(ctx, orgOf(ctx), 'report_schedule.deleted', `report_schedule:${id}`),
  ])
}
