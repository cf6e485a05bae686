import * as z from 'zod'
import { decimal, money, quantity, QUANTITY_SCALE } from '../../http/numbers.ts'
import { line } from '../../http/operation.ts'

export const UnitShort = z.object({ id: z.int(), name: z.string(), code: z.string(), short_name: z.string() }).meta({ id: 'UnitShort' })

export const WorkType = z
  .object({
    id: z.int(),
    name: z.string(),
    code: z.string().nullable(),
    external_code: z.string().nullable(),
    category: z.string().nullable(),
    description: z.string().nullable(),
    default_price: z.number().nullable(),
    is_active: z.boolean(),
    organization_id: z.int(),
    measurement_unit: UnitShort.nullable(),
    additional_properties: z.record(z.string(), z.unknown()).nullable(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'WorkType' })

const fields = {
  name: line(255).meta({ example: 'Кладка кирпичных стен' }),
  measurement_unit_id: z.int().min(1),
  category: z.string().max(100).nullish(),
  code: z.string().max(100).nullish(),
  external_code: z.string().max(100).nullish(),
  description: z.string().max(10_000).nullish(),
  default_price: money({ example: 1250 }).nullish(),
  additional_properties: z.record(z.string(), z.unknown()).nullish(),
}
export const NewWorkType = z.object({ ...fields, is_active: z.boolean().default(true) }).meta({ id: 'NewWorkType' })
export const ChangeWorkType = z
  .object({ ...fields, is_active: z.boolean() })
  .partial()
  .meta({ id: 'ChangeWorkType' })

export const Norm = z
  .object({
    material_id: z.int(),
    material_name: z.string(),
    measurement_unit: z.string().nullable(),
    default_quantity: z.number(),
    notes: z.string().nullable(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'ConsumptionNorm' })

export const NewNorms = z
  .object({
    materials: z
      .array(
        z.object({
          material_id: z.int(),
          default_quantity: quantity({ example: 120.5 }),
          notes: z.string().max(1000).nullish(),
        }),
      )
      .min(1)
      .max(1000),
  })
  .meta({ id: 'NewConsumptionNorms' })

export const Suggestion = z
  .object({
    material_id: z.int(),
    material_name: z.string(),
    material_code: z.string().nullable(),
    suggested_quantity: z.number(),
    measurement_unit_short_name: z.string().nullable(),
    default_norm_per_unit: z.number(),
    norm_notes: z.string().nullable(),
  })
  .meta({ id: 'SuggestedMaterial' })

export const SuggestQuery = z.object({ quantity: decimal(QUANTITY_SCALE, { min: 0.0001, max: 9e9, example: 5 }) })
