import * as z from 'zod'
import { decimal, money, quantity, QUANTITY_SCALE } from '../../http/numbers.ts'
import { line } from '../../http/operation.ts'
import { dayValue, flagValue, idValue } from '../../http/page-list.ts'
import { Unit } from '../units/schemas.ts'

const free = z.record(z.string(), z.unknown())

export const Material = z
  .object({
    id: z.int(),
    name: z.string(),
    code: z.string().nullable(),
    description: z.string().nullable(),
    category: z.string().nullable(),
    default_price: z.number().nullable(),
    is_active: z.boolean(),
    additional_properties: free.nullable(),
    external_code: z.string().nullable(),
    sbis_nomenclature_code: z.string().nullable(),
    sbis_unit_code: z.string().nullable(),
    consumption_rates: z.record(z.string(), z.number()).nullable(),
    accounting_data: free.nullable(),
    use_in_accounting_reports: z.boolean(),
    accounting_account: z.string().nullable(),
    measurement_unit: Unit.nullable(),
    consumption_rates_with_work_types: z
      .array(z.object({ work_type_id: z.int(), work_type_name: z.string(), rate: z.number(), notes: z.string().nullable() }))
      .optional()
      .meta({ description: 'Only with `include_consumption_rates=true`.' }),
    organization_id: z.int(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'Material' })

const fields = {
  name: line(255).meta({ example: 'Кирпич красный керамический' }),
  code: z.string().max(50).nullish(),
  measurement_unit_id: z.int().min(1),
  description: z.string().max(1000).nullish(),
  category: z.string().max(100).nullish(),
  default_price: money({ example: 12.5 }).nullish(),
  additional_properties: free.nullish(),
  external_code: z.string().max(100).nullish(),
  sbis_nomenclature_code: z.string().max(100).nullish(),
  sbis_unit_code: z.string().max(100).nullish(),
  consumption_rates: z
    .record(z.string().regex(/^[1-9]\d{0,14}$/, 'must be the id of a work type'), quantity({ example: 100 }))
    .refine((rates) => Object.keys(rates).length <= 1000, 'at most 1000 work types')
    .nullish()
    .meta({ description: 'How much of it one unit of a work takes, by the id of the work type. What is sent replaces all of it.' }),
  accounting_data: free.nullish(),
  accounting_account: z.string().max(50).nullish(),
}
export const NewMaterial = z
  .object({
    ...fields,
    is_active: z.boolean().default(true),
    use_in_accounting_reports: z
      .boolean()
      .nullish()
      .transform((v) => v ?? false),
  })
  .meta({ id: 'NewMaterial' })
/** Whole in name and unit, partial in all else. */
export const ChangeMaterial = z
  .object({ ...fields, is_active: z.boolean().optional(), use_in_accounting_reports: z.boolean().nullish() })
  .meta({ id: 'ChangeMaterial' })

export const IncludeRates = { include_consumption_rates: flagValue.optional() }

export const Movement = z
  .object({
    id: z.int(),
    organization_id: z.int(),
    project_id: z.int(),
    project_name: z.string().nullable(),
    material_id: z.int(),
    material_name: z.string().nullable(),
    user_id: z.int().nullable(),
    user_name: z.string().nullable(),
    operation_type: z.enum(['receipt', 'write_off']),
    operation_type_readable: z.string(),
    quantity: z.number(),
    unit_symbol: z.string().nullable(),
    unit_price: z.number().nullable(),
    total_price: z.number().nullable(),
    supplier_id: z.int().nullable(),
    supplier_name: z.string().nullable(),
    document_number: z.string().nullable(),
    invoice_date: z.string().nullable(),
    work_type_id: z.int().nullable(),
    work_type_name: z.string().nullable(),
    usage_date: z.string(),
    notes: z.string().nullable(),
    photo_url: z.string().nullable().meta({ description: 'Opens the photo for 5 minutes.' }),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'MaterialMovement' })

const moved = {
  project_id: idValue,
  material_id: idValue,
  quantity: decimal(QUANTITY_SCALE, { min: 0.0001, max: 9e9, example: 100 }),
  unit_price: money({ example: 25.5 }).nullish(),
  document_number: z.string().max(100).nullish(),
  usage_date: dayValue.nullish().meta({ description: 'Today unless said.' }),
  notes: z.string().max(2000).nullish(),
  photo: z
    .instanceof(File, { error: 'must be a file' })
    .nullish()
    .meta({ json: { type: 'string', format: 'binary', description: 'PNG, JPEG, WebP or GIF; in a form.' } }),
}
export const NewReceipt = z
  .object({ ...moved, supplier_id: idValue.nullish(), invoice_date: dayValue.nullish() })
  .meta({ id: 'NewMaterialReceipt' })
export const NewWriteOff = z.object({ ...moved, work_type_id: idValue.nullish() }).meta({ id: 'NewMaterialWriteOff' })
