import { and, eq, sql, type SQL } from 'drizzle-orm'
import type * as z from 'zod'
import { audit, orgOf, type Ctx } from '../../context.ts'
import { AppError, notFound, type FieldIssue } from '../../http/errors.ts'
import { definePages, flag, fromDay, oneOf, readWindow, refersTo, toDay, type PageQuery } from '../../http/page-list.ts'
import { personReference } from '../people/people.ts'
import { authorOf, foremanId, personOf } from '../person.ts'
import { assignedTo, projectReference } from '../projects/access.ts'
import { writeGuarded, writtenAt } from '../registry/guard.ts'
import { findMissing, stillThere, type Reference } from '../registry/references.ts'
import { invalid, mine, said, mineCounted } from '../registry/registry.ts'
import { takeStep } from '../registry/transition.ts'
import { workTypes } from '../work-types/tables.ts'
import { todayIn } from '../zone.ts'
import { costOf, hoursBetween } from './hours.ts'
import { presentEntry, relatedTo, type TimeRow } from './present.ts'
import type { ChangeTimeEntry, NewTimeEntry } from './schemas.ts'
import { TIME_STATUSES, timeEntries as table } from './tables.ts'

type New = z.output<typeof NewTimeEntry>
type Change = z.output<typeof ChangeTimeEntry>
const MISSING = 'Запись времени не найдена'

export const timePages = definePages({
  counted: 'time_entries',
  key: table.id,
  filters: {
    user_id: refersTo(table.userId),
    project_id: refersTo(table.projectId),
    status: oneOf(table.status, TIME_STATUSES),
    start_date: fromDay(table.workDate),
    end_date: toDay(table.workDate),
    billable: flag(table.isBillable),
  },
  sorts: { work_date: table.workDate },
})

/** The entries that the caller may see. */
export function seen(ctx: Ctx): SQL {
  const foreman = foremanId(ctx)
  return foreman === undefined ? mine(ctx, table) : sql`${mine(ctx, table)} and ${table.userId} = ${foreman}`
}

const show = async (ctx: Ctx, row: TimeRow) => presentEntry(row, await relatedTo(ctx, [row]))

export async function listEntries(ctx: Ctx, query: PageQuery) {
  const { rows, meta } = await readWindow(ctx.db, table, timePages.windowOf(query, seen(ctx), mineCounted(ctx, foremanId(ctx))))
  const related = await relatedTo(ctx, rows)
  return { rows: rows.map((row) => presentEntry(row, related)), meta }
}

async function load(ctx: Ctx, id: number): Promise<TimeRow | undefined> {
  const [row] = await ctx.db
    .select()
    .from(table)
    .where(and(eq(table.id, id), seen(ctx)))
  return row
}

export async function getEntry(ctx: Ctx, id: number) {
  const row = await load(ctx, id)
  if (!row) throw notFound(MISSING)
  return show(ctx, row)
}

/** Projects in which hours may be spent: the organization's and those it takes part in; a foreman's, those he is assigned to. */
function projectOfHours(ctx: Ctx, id: number | undefined): Reference {
  const foreman = foremanId(ctx)
  return { ...projectReference(ctx, id), message: 'Проект не найден.', ...(foreman === undefined ? {} : { where: assignedTo(foreman) }) }
}

const referencesOf = (ctx: Ctx, input: Change): Reference[] => [
  personReference(ctx, input.user_id),
  projectOfHours(ctx, input.project_id),
  { path: 'work_type_id', table: workTypes, id: input.work_type_id, message: 'Вид работ не найден.' },
]

async function problemsOf(
  ctx: Ctx,
  input: Change & { organization_id?: number },
  whole: Pick<TimeRow, 'startTime' | 'endTime'>,
): Promise<FieldIssue[]> {
  const [missing, today] = await Promise.all([findMissing(ctx, referencesOf(ctx, input)), todayIn(ctx)])
  const foreman = foremanId(ctx)
  const when = (wrong: boolean, path: string, message: string) => (wrong ? [{ path, message }] : [])
  return [
    ...missing,
    ...when(input.organization_id !== undefined && input.organization_id !== orgOf(ctx), 'organization_id', 'Организация не ваша.'),
    ...when(
      foreman !== undefined && input.user_id !== undefined && input.user_id !== foreman,
      'user_id',
      'Прораб ведёт только своё время.',
    ),
    ...when(input.task_id !== undefined && input.task_id !== null, 'task_id', 'Задача не найдена.'),
    ...when(input.work_date !== undefined && input.work_date > today, 'work_date', 'Дата работы не может быть в будущем.'),
    ...when(whole.endTime !== null && whole.endTime <= whole.startTime, 'end_time', 'Время окончания должно быть позже времени начала.'),
    ...when(
      input.status === 'approved' || input.status === 'rejected',
      'status',
      'Записи утверждаются и отклоняются отдельными действиями.',
    ),
    ...when(input.status === 'submitted' && whole.endTime === null, 'end_time', 'Таймер ещё идёт: укажите время окончания.'),
  ]
}

const columnsOf = (input: Change) =>
  said({
    userId: input.user_id,
    projectId: input.project_id,
    workTypeId: input.work_type_id,
    workDate: input.work_date,
    startTime: input.start_time,
    endTime: input.end_time,
    breakTime: input.break_time,
    title: input.title,
    description: input.description,
    status: input.status,
    isBillable: input.is_billable,
    hourlyRate: input.hourly_rate,
    location: input.location,
    customFields: input.custom_fields,
    notes: input.notes,
  })

/** What follows from the times and the rate. */
function workedOut({ startTime, endTime, hourlyRate }: Pick<TimeRow, 'startTime' | 'endTime' | 'hourlyRate'>) {
  const hoursWorked = endTime === null ? null : hoursBetween(startTime, endTime)
  return { hoursWorked, totalCost: costOf(hoursWorked, hourlyRate) }
}

export async function createEntry(ctx: Ctx, input: New) {
  const whole = { startTime: input.start_time, endTime: input.end_time ?? null, hourlyRate: input.hourly_rate ?? null }
  const look = async () => {
    const problems = await problemsOf(ctx, input, whole)
    if (problems.length > 0) throw invalid(problems)
  }
  await look()
  const [at, orgId] = [ctx.now.toISOString(), orgOf(ctx)]
  const required = {
    userId: input.user_id,
    projectId: input.project_id,
    workDate: input.work_date,
    startTime: input.start_time,
    title: input.title,
    status: input.status,
  }
  const stamps = { orgId, createdBy: authorOf(ctx), createdAt: at, updatedAt: writtenAt(ctx, referencesOf(ctx, input)) }
  const writes = [
    ctx.db
      .insert(table)
      .values({ ...columnsOf(input), ...required, ...workedOut(whole), ...stamps })
      .returning(),
    audit(ctx, orgId, 'time_entry.created', 'time_entry'),
  ]
  const [made] = await writeGuarded(ctx, table, writes, look)
  const [row] = made as TimeRow[]
  if (!row) throw new Error('the time entry was not written')
  return show(ctx, row)
}

const OPEN = ['draft', 'rejected'] as const
const cannot = (what: string) => new AppError('not_found', `${MISSING} или не может быть ${what}`)

/** Changes a draft or a rejected entry. What follows from its times is written only while those are what it was worked out from. */
export async function changeEntry(ctx: Ctx, id: number, input: Change) {
  const refusal = cannot('изменена')
  for (let attempt = 0; ; attempt++) {
    const before = await load(ctx, id)
    if (!before || !OPEN.some((status) => status === before.status)) throw refusal
    const whole = {
      startTime: input.start_time ?? before.startTime,
      endTime: input.end_time === undefined ? before.endTime : input.end_time,
      hourlyRate: input.hourly_rate === undefined ? before.hourlyRate : input.hourly_rate,
    }
    const problems = await problemsOf(ctx, input, whole)
    if (problems.length > 0) throw invalid(problems)
    const again = before.status === 'rejected' && input.status !== undefined ? { rejectionReason: null } : {}
    try {
      const row = await takeStep(ctx, {
        table,
        id,
        column: table.status,
        from: OPEN,
        set: { ...columnsOf(input), ...workedOut(whole), ...again },
        action: 'time_entry.changed',
        missing: refusal.message,
        refusal,
        when: sql`${table.startTime} = ${before.startTime} and ${table.endTime} is ${before.endTime} and ${table.hourlyRate} is ${before.hourlyRate} and ${table.userId} = ${before.userId}
          and ${stillThere(ctx, referencesOf(ctx, input))}`,
      })
      return await show(ctx, row)
    } catch (error) {
      if (error !== refusal || attempt >= 5) throw error
    }
  }
}

interface Move {
  id: number
  from: readonly (typeof TIME_STATUSES)[number][]
  set: Partial<TimeRow>
  action: string
  what: string
  when?: SQL
}
async function move(ctx: Ctx, { id, from, set, action, what, when }: Move): Promise<void> {
  const refusal = cannot(what)
  await takeStep(ctx, {
    table,
    id,
    column: table.status,
    from,
    set,
    action,
    missing: refusal.message,
    refusal,
    when: and(seen(ctx), when) ?? seen(ctx),
  })
}

export const deleteEntry = (ctx: Ctx, id: number) =>
  move(ctx, { id, from: OPEN, set: { deletedAt: ctx.now.toISOString() }, action: 'time_entry.deleted', what: 'удалена' })

/** Hours go forward in a project that is there; of one that is gone they are rejected, moved to another or deleted. */
const projectStands = sql`exists (select 1 from projects as place where place.id = ${table.projectId} and place.deleted_at is null)`

/** A running timer has no hours to approve: it is ended first. */
export const submitEntry = (ctx: Ctx, id: number) =>
  move(ctx, {
    id,
    from: ['draft'],
    set: { status: 'submitted' },
    action: 'time_entry.submitted',
    what: 'отправлена на утверждение',
    when: sql`${table.endTime} is not null and ${projectStands}`,
  })

export const approveEntry = (ctx: Ctx, id: number) =>
  move(ctx, {
    id,
    from: ['submitted'],
    set: { status: 'approved', approvedBy: personOf(ctx).userId, approvedAt: ctx.now.toISOString(), rejectionReason: null },
    action: 'time_entry.approved',
    what: 'утверждена',
    when: projectStands,
  })

export const rejectEntry = (ctx: Ctx, id: number, reason: string) =>
  move(ctx, {
    id,
    from: ['submitted'],
    set: { status: 'rejected', approvedBy: null, approvedAt: null, rejectionReason: reason },
    action: 'time_entry.rejected',
    what: 'отклонена',
  })
