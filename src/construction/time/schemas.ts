import * as z from 'zod'
import { flagValue } from '../../http/page-list.ts'
import { money, quantity } from '../../http/numbers.ts'
import { line } from '../../http/operation.ts'
import { dayValue } from '../../http/page-list.ts'
import { timeOfDay } from './hours.ts'
import { TIME_STATUSES } from './tables.ts'

const Named = z.object({ id: z.int(), name: z.string(), email: z.string() })
export const TimeEntry = z
  .object({
    id: z.int(),
    organization_id: z.int(),
    user_id: z.int(),
    project_id: z.int(),
    work_type_id: z.int().nullable(),
    task_id: z.int().nullable().meta({ description: 'There are no tasks: always null.' }),
    work_date: z.string(),
    start_time: z.string(),
    end_time: z.string().nullable(),
    hours_worked: z.number().nullable(),
    break_time: z.number().nullable(),
    title: z.string(),
    description: z.string().nullable(),
    status: z.enum(TIME_STATUSES),
    approved_by_user_id: z.int().nullable(),
    approved_at: z.string().nullable(),
    rejection_reason: z.string().nullable(),
    is_billable: z.boolean(),
    hourly_rate: z.number().nullable(),
    location: z.string().nullable(),
    custom_fields: z.record(z.string(), z.unknown()).nullable(),
    notes: z.string().nullable(),
    created_at: z.string(),
    updated_at: z.string(),
    total_cost: z.number().nullable(),
    is_active_timer: z.boolean(),
    duration_formatted: z.string().nullable(),
    user: Named.nullable(),
    project: z.object({ id: z.int(), name: z.string(), code: z.string().nullable() }).nullable(),
    work_type: z.object({ id: z.int(), name: z.string(), category: z.string().nullable() }).nullable(),
    task: z.null(),
    approved_by: Named.nullable(),
  })
  .meta({ id: 'TimeEntry' })

const id = z.int().min(1)
const time = z
  .string()
  .max(8)
  .transform((text, context) => {
    const kept = timeOfDay(text)
    if (kept === undefined) context.addIssue({ code: 'custom', message: 'Время указывается как ЧЧ:ММ или ЧЧ:ММ:СС.' })
    return kept ?? z.NEVER
  })
  .meta({ json: { type: 'string', format: 'time', example: '09:00:00' } })

const fields = {
  user_id: id,
  project_id: id,
  work_type_id: id.nullish(),
  task_id: id.nullish(),
  work_date: dayValue.meta({ example: '2024-01-15' }),
  start_time: time,
  end_time: time.nullish(),
  break_time: quantity({ max: 24 }).nullish(),
  title: line(255).meta({ example: 'Кладка перегородок' }),
  description: z.string().max(1000).nullish(),
  // A day at this rate is still what money can be.
  hourly_rate: money({ max: 9e11 }).nullish(),
  location: z.string().max(255).nullish(),
  custom_fields: z.record(z.string(), z.unknown()).nullish(),
  notes: z.string().max(1000).nullish(),
}
const status = z.enum(TIME_STATUSES)

export const NewTimeEntry = z
  .object({ organization_id: id, ...fields, status: status.default('draft'), is_billable: flagValue.default(true) })
  .meta({ id: 'NewTimeEntry' })
export const ChangeTimeEntry = z
  .object({ ...fields, status, is_billable: flagValue })
  .partial()
  .meta({ id: 'ChangeTimeEntry' })
export const Approval = z.object({ reason: z.string().max(500).nullish() }).meta({ id: 'TimeApproval' })
export const Rejection = z
  .object({
    reason: z
      .string({ error: 'Причина отклонения обязательна для заполнения' })
      .trim()
      .min(1, 'Причина отклонения обязательна для заполнения')
      .max(500),
  })
  .meta({ id: 'TimeRejection' })
