import * as z from 'zod'
import { mailAddress } from '../../notifications/mail-address.ts'
import { Filters } from '../builder/definition.ts'
import { EXPORT_FORMATS } from '../custom/tables.ts'
import { SCHEDULE_TYPES } from './tables.ts'

const Config = z.object({
  time: z
    .string()
    .regex(/^([01]?[0-9]|2[0-3]):[0-5][0-9]$/)
    .meta({ example: '09:00' }),
  day_of_week: z.int().min(0).max(6).nullish(),
  day_of_month: z.int().min(1).max(31).nullish(),
})
const Recipient = z
  .string()
  .max(254)
  .transform((text, context) => {
    const address = mailAddress(text)
    if (address === undefined) context.addIssue({ code: 'custom', message: 'Invalid email address' })
    return address ?? z.NEVER
  })
const Recipients = z
  .array(Recipient)
  .min(1)
  .max(50)
  .transform((all) => [...new Map(all.map((one) => [one.toLowerCase(), one])).values()])
  .meta({ json: { type: 'array', items: { type: 'string', format: 'email' }, minItems: 1, maxItems: 50 } })

const fields = {
  schedule_type: z.enum(SCHEDULE_TYPES),
  schedule_config: Config,
  filters_preset: Filters.nullish(),
  recipient_emails: Recipients,
  export_format: z.enum(EXPORT_FORMATS),
}
export const NewSchedule = z.object({ ...fields, is_active: z.boolean().default(true) }).meta({ id: 'NewReportSchedule' })
export const ChangeSchedule = z
  .object({ ...fields, is_active: z.boolean() })
  .partial()
  .meta({ id: 'ChangeReportSchedule' })

export const Schedule = z
  .object({
    id: z.int(),
    custom_report_id: z.int(),
    organization_id: z.int(),
    user_id: z.int(),
    schedule_type: z.enum(SCHEDULE_TYPES),
    schedule_config: z.object({ time: z.string(), day_of_week: z.int().nullable(), day_of_month: z.int().nullable() }),
    filters_preset: z.record(z.string(), z.unknown()).nullable(),
    recipient_emails: z.array(z.string()),
    export_format: z.enum(EXPORT_FORMATS),
    is_active: z.boolean(),
    last_run_at: z.string().nullable(),
    next_run_at: z.string().nullable(),
    last_execution_id: z.int().nullable(),
    /** Whom the last mail did not reach, as mail servers have told; who failed is no longer among the recipients. */
    undelivered: z.array(
      z.object({ email: z.string(), status: z.enum(['failed', 'delayed']), code: z.string().meta({ example: '5.1.1' }), at: z.string() }),
    ),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'ReportSchedule' })
