import type { Ctx } from '../../context.ts'
import { asked, isAsked } from '../../db/asked.ts'
import { orNull, showMoney, showQuantity } from '../../http/numbers.ts'
import { peopleOf, type Named } from '../people/people.ts'
import { projects } from '../projects/tables.ts'
import { isoStamp } from '../stamps.ts'
import { workTypes } from '../work-types/tables.ts'
import { durationText } from './hours.ts'
import type { timeEntries } from './tables.ts'

export type TimeRow = typeof timeEntries.$inferSelect

export interface Related {
  people: Map<number, Named>
  projects: Map<number, { id: number; name: string; externalCode: string | null }>
  workTypes: Map<number, { id: number; name: string; category: string | null }>
}

const byId = <T extends { id: number }>(rows: T[]) => new Map(rows.map((row) => [row.id, row]))

/** What entries name, for all of them at once. */
export async function relatedTo(ctx: Ctx, rows: TimeRow[]): Promise<Related> {
  if (rows.length === 0) return { people: new Map(), projects: new Map(), workTypes: new Map() }
  const [people, [theirProjects, theirTypes]] = await Promise.all([
    peopleOf(
      ctx,
      rows.flatMap((row) => [row.userId, row.approvedBy]),
    ),
    ctx.db.batch([
      ctx.db
        .select({ id: projects.id, name: projects.name, externalCode: projects.externalCode })
        .from(asked(rows.map((row) => row.projectId)))
        .crossJoin(projects)
        .where(isAsked(projects.id)),
      ctx.db
        .select({ id: workTypes.id, name: workTypes.name, category: workTypes.category })
        .from(asked(rows.map((row) => row.workTypeId)))
        .crossJoin(workTypes)
        .where(isAsked(workTypes.id)),
    ]),
  ])
  return { people, projects: byId(theirProjects), workTypes: byId(theirTypes) }
}

const person = (row: Named | undefined) => (row ? { id: row.id, name: row.name, email: row.email } : null)

export function presentEntry(row: TimeRow, { people, projects: known, workTypes: types }: Related) {
  const project = known.get(row.projectId)
  const workType = row.workTypeId === null ? undefined : types.get(row.workTypeId)
  return {
    id: row.id,
    organization_id: row.orgId,
    user_id: row.userId,
    project_id: row.projectId,
    work_type_id: row.workTypeId,
    task_id: null,
    work_date: row.workDate,
    start_time: row.startTime,
    end_time: row.endTime,
    hours_worked: orNull(row.hoursWorked, showQuantity),
    break_time: orNull(row.breakTime, showQuantity),
    title: row.title,
    description: row.description,
    status: row.status,
    approved_by_user_id: row.approvedBy,
    approved_at: orNull(row.approvedAt, isoStamp),
    rejection_reason: row.rejectionReason,
    is_billable: row.isBillable,
    hourly_rate: orNull(row.hourlyRate, showMoney),
    location: row.location,
    custom_fields: row.customFields,
    notes: row.notes,
    created_at: isoStamp(row.createdAt),
    updated_at: isoStamp(row.updatedAt),
    total_cost: orNull(row.totalCost, showMoney),
    is_active_timer: row.status === 'draft' && row.endTime === null,
    duration_formatted: row.endTime === null ? null : durationText(row.startTime, row.endTime),
    user: person(people.get(row.userId)),
    project: project ? { id: project.id, name: project.name, code: project.externalCode } : null,
    work_type: workType ? { id: workType.id, name: workType.name, category: workType.category } : null,
    task: null,
    approved_by: row.approvedBy === null ? null : person(people.get(row.approvedBy)),
  }
}
