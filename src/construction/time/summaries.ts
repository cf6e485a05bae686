import { and, asc, eq, sql, type SQL } from 'drizzle-orm'
import * as z from 'zod'
import { orgOf, type Ctx } from '../../context.ts'
import { showQuantity, showSum } from '../../http/numbers.ts'
import { dayValue, idValue } from '../../http/page-list.ts'
import { users } from '../../identity/tables.ts'
import { addDays } from '../../lib/dates.ts'
import { projects } from '../projects/tables.ts'
import { invalid } from '../registry/registry.ts'
import { workTypes } from '../work-types/tables.ts'
import { todayIn } from '../zone.ts'
import { seen } from './entries.ts'
import { presentEntry, relatedTo } from './present.ts'
import { TimeEntry } from './schemas.ts'
import { TIME_STATUSES, timeEntries as table } from './tables.ts'
import { shownName } from '../people/people.ts'

/** How many entries one answer shows in full, and over how many days. */
const MAX_ENTRIES = 5000
const MAX_DAYS = 366

export const TimeQuery = z.object({
  user_id: idValue.optional(),
  project_id: idValue.optional(),
  start_date: dayValue.optional(),
  end_date: dayValue.optional(),
})
type Asked = z.output<typeof TimeQuery>

export const GROUPS = ['user', 'project', 'work_type', 'date'] as const
export const ReportQuery = TimeQuery.extend({ group_by: z.enum(GROUPS).default('user') })

const where = (ctx: Ctx, asked: Asked): SQL | undefined =>
  and(
    seen(ctx),
    asked.user_id === undefined ? undefined : eq(table.userId, asked.user_id),
    asked.project_id === undefined ? undefined : eq(table.projectId, asked.project_id),
    asked.start_date === undefined ? undefined : sql`${table.workDate} >= ${asked.start_date}`,
    asked.end_date === undefined ? undefined : sql`${table.workDate} <= ${asked.end_date}`,
  )

/** Hours and money of whatever rows: the sums are SQL's, over integers. */
const sums = {
  hours: sql<number>`coalesce(sum(${table.hoursWorked}), 0)`,
  billable: sql<number>`coalesce(sum(case when ${table.isBillable} then ${table.hoursWorked} end), 0)`,
  // total(): a sum that never overflows.
  cost: sql<number>`total(case when ${table.isBillable} then ${table.totalCost} end)`,
  count: sql<number>`count(*)`,
}

const Breakdown = { hours: z.number(), entries_count: z.int() }
export const TimeStatistics = z
  .object({
    total_hours: z.number(),
    billable_hours: z.number(),
    total_entries: z.int(),
    status_breakdown: z.object({ draft: z.int(), submitted: z.int(), approved: z.int(), rejected: z.int() }),
    project_breakdown: z.array(z.object({ project_id: z.int(), project_name: z.string(), ...Breakdown })),
    user_breakdown: z.array(z.object({ user_id: z.int(), user_name: z.string(), ...Breakdown })),
  })
  .meta({ id: 'TimeStatistics' })

export async function timeStatistics(ctx: Ctx, asked: Asked): Promise<z.output<typeof TimeStatistics>> {
  mustBeInOrder(asked)
  const rows = where(ctx, asked)
  const [byStatus, byProject, byUser] = await ctx.db.batch([
    ctx.db
      .select({ status: table.status, ...sums })
      .from(table)
      .where(rows)
      .groupBy(table.status),
    ctx.db
      .select({ id: table.projectId, name: projects.name, ...sums })
      .from(table)
      .leftJoin(projects, eq(projects.id, table.projectId))
      .where(rows)
      .groupBy(table.projectId)
      .orderBy(sql`3 desc`, table.projectId),
    ctx.db
      .select({ id: table.userId, name: shownName(orgOf(ctx)).as('shown_name'), ...sums })
      .from(table)
      .leftJoin(users, eq(users.id, table.userId))
      .where(rows)
      .groupBy(table.userId)
      .orderBy(sql`3 desc`, table.userId),
  ])
  const total = (key: 'hours' | 'billable' | 'count') => byStatus.reduce((sum, row) => sum + row[key], 0)
  const of = Object.fromEntries(TIME_STATUSES.map((status) => [status, byStatus.find((row) => row.status === status)?.count ?? 0]))
  return {
    total_hours: showQuantity(total('hours')),
    billable_hours: showQuantity(total('billable')),
    total_entries: total('count'),
    status_breakdown: of as z.output<typeof TimeStatistics>['status_breakdown'],
    project_breakdown: byProject.map((row) => ({
      project_id: row.id,
      project_name: row.name ?? '',
      hours: showQuantity(row.hours),
      entries_count: row.count,
    })),
    user_breakdown: byUser.map((row) => ({
      user_id: row.id,
      user_name: row.name ?? '',
      hours: showQuantity(row.hours),
      entries_count: row.count,
    })),
  }
}

const wrong = (path: string, message: string) => invalid([{ path, message }])

function mustBeInOrder({ start_date: start, end_date: end }: Asked): void {
  if (start !== undefined && end !== undefined && end < start) throw wrong('end_date', 'Конец периода раньше его начала.')
}

/** The period asked for; the current month of the organization's calendar where nothing was said. */
async function periodOf(ctx: Ctx, asked: Asked): Promise<Asked> {
  const month = (await todayIn(ctx)).slice(0, 7)
  const start = asked.start_date ?? `${(asked.end_date ?? month).slice(0, 7)}-01`
  const lastOf = (day: string) => addDays(`${addDays(`${day.slice(0, 7)}-01`, 31).slice(0, 7)}-01`, -1)
  const end = asked.end_date ?? lastOf(start)
  const period = { ...asked, start_date: start, end_date: end }
  mustBeInOrder(period)
  if (end > addDays(start, MAX_DAYS)) throw wrong('end_date', 'Период не может быть длиннее года.')
  return period
}

const entriesOf = (ctx: Ctx, rows: SQL | undefined) =>
  ctx.db
    .select()
    .from(table)
    .where(rows)
    .orderBy(asc(table.workDate), asc(table.startTime), asc(table.id))
    .limit(MAX_ENTRIES + 1)

function mustBeFew(entries: unknown[]): void {
  if (entries.length > MAX_ENTRIES)
    throw wrong('start_date', `За период больше ${MAX_ENTRIES} записей: сузьте его или выберите сотрудника или проект.`)
}

export const TimeCalendar = z.record(
  z.string(),
  z.object({ date: z.string(), total_hours: z.number(), entries_count: z.int(), entries: z.array(TimeEntry) }),
)

/** Days that have entries, in order. */
export async function timeCalendar(ctx: Ctx, asked: Asked): Promise<z.output<typeof TimeCalendar>> {
  const rows = where(ctx, await periodOf(ctx, asked))
  const [days, entries] = await ctx.db.batch([
    ctx.db
      .select({ day: table.workDate, ...sums })
      .from(table)
      .where(rows)
      .groupBy(table.workDate)
      .orderBy(table.workDate),
    entriesOf(ctx, rows),
  ])
  mustBeFew(entries)
  const related = await relatedTo(ctx, entries)
  const shown = Map.groupBy(
    entries.map((row) => presentEntry(row, related)),
    (entry) => entry.work_date,
  )
  return Object.fromEntries(
    days.map((row) => [
      row.day,
      { date: row.day, total_hours: showQuantity(row.hours), entries_count: row.count, entries: shown.get(row.day) ?? [] },
    ]),
  )
}

const Sums = { billable_hours: z.number(), total_cost: z.number(), entries_count: z.int() }
export const TimeReport = z
  .object({
    summary: z.object({ total_hours: z.number(), ...Sums }),
    groups: z.array(
      z.object({ group_key: z.string(), group_id: z.int().nullable(), hours: z.number(), ...Sums, entries: z.array(TimeEntry) }),
    ),
  })
  .meta({ id: 'TimeReport' })

const GROUPED = { user: table.userId, project: table.projectId, work_type: table.workTypeId, date: table.workDate } as const

/** Hours by group, with the entries of each. Money counts billable hours only. */
export async function timeReport(ctx: Ctx, { group_by: by, ...asked }: z.output<typeof ReportQuery>): Promise<z.output<typeof TimeReport>> {
  const rows = where(ctx, await periodOf(ctx, asked))
  const column = GROUPED[by]
  const [groups, entries] = await ctx.db.batch([
    ctx.db
      .select({
        of: sql<number | string | null>`${column}`,
        user: shownName(orgOf(ctx)).as('user_name'),
        project: sql<string | null>`${projects.name}`.as('project_name'),
        type: sql<string | null>`${workTypes.name}`.as('type_name'),
        ...sums,
      })
      .from(table)
      .leftJoin(users, eq(users.id, table.userId))
      .leftJoin(projects, eq(projects.id, table.projectId))
      .leftJoin(workTypes, eq(workTypes.id, table.workTypeId))
      .where(rows)
      .groupBy(column)
      .orderBy(column),
    entriesOf(ctx, rows),
  ])
  mustBeFew(entries)
  const related = await relatedTo(ctx, entries)
  const ofEntry = (row: (typeof entries)[number]) =>
    ({ user: row.userId, project: row.projectId, work_type: row.workTypeId, date: row.workDate })[by]
  const shown = Map.groupBy(entries, ofEntry)
  const total = (key: keyof typeof sums) => groups.reduce((sum, row) => sum + row[key], 0)
  const parts = (row: { billable: number; cost: number; count: number }) => ({
    billable_hours: showQuantity(row.billable),
    total_cost: showSum(row.cost),
    entries_count: row.count,
  })
  const keyOf = (row: (typeof groups)[number]) =>
    ({ user: row.user, project: row.project, work_type: row.type ?? 'Без вида работ', date: String(row.of) })[by] ?? ''
  return {
    summary: {
      total_hours: showQuantity(total('hours')),
      ...parts({ billable: total('billable'), cost: total('cost'), count: total('count') }),
    },
    groups: groups.map((row) => ({
      group_key: keyOf(row),
      group_id: typeof row.of === 'number' ? row.of : null,
      hours: showQuantity(row.hours),
      ...parts(row),
      entries: (shown.get(row.of) ?? []).map((entry) => presentEntry(entry, related)),
    })),
  }
}
