import * as z from 'zod'
import { line } from '../../http/operation.ts'
import { TEMPLATE_TYPES } from './tables.ts'

/** More columns than any report has; each may be shown twice. */
const MAX_COLUMNS = 50

const Column = z.object({
  header: line(255),
  data_key: line(255).meta({ description: 'A key of the report’s rows; a column whose key the report does not have stays empty.' }),
  order: z.int().min(1),
  format_options: z
    .record(z.string(), z.unknown())
    .nullish()
    .refine((o) => JSON.stringify(o ?? null).length <= 2000, 'must be shorter')
    .meta({ description: '`number_format`: decimal, integer, currency or percent.' }),
})

const fields = {
  name: line(255),
  report_type: z.enum(TEMPLATE_TYPES),
  columns_config: z.array(Column).min(1).max(MAX_COLUMNS),
}
export const NewTemplate = z.object({ ...fields, is_default: z.boolean().default(false) }).meta({ id: 'NewReportTemplate' })
export const ChangeTemplate = z
  .object({ ...fields, is_default: z.boolean() })
  .partial()
  .meta({ id: 'ChangeReportTemplate' })

export const Template = z
  .object({
    id: z.int(),
    name: z.string(),
    report_type: z.enum(TEMPLATE_TYPES),
    organization_id: z.int(),
    user_id: z.int().nullable(),
    columns_config: z.array(
      z.object({
        header: z.string(),
        data_key: z.string(),
        order: z.int(),
        format_options: z.record(z.string(), z.unknown()).nullable(),
      }),
    ),
    is_default: z.boolean(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'ReportTemplate' })
