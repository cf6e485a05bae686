import * as z from 'zod'
import { decimal, RATE_SCALE } from '../../http/numbers.ts'
import { line } from '../../http/operation.ts'
import { dayValue } from '../../http/page-list.ts'
import { APPLIES_TO, COEFFICIENT_TYPES, SCOPES } from './tables.ts'

export const RateCoefficient = z
  .object({
    id: z.int(),
    name: z.string(),
    code: z.string().nullable(),
    value: z.number(),
    type: z.enum(COEFFICIENT_TYPES),
    applies_to: z.enum(APPLIES_TO),
    scope: z.enum(SCOPES),
    description: z.string().nullable(),
    is_active: z.boolean(),
    valid_from: z.string().nullable(),
    valid_to: z.string().nullable(),
    conditions: z.record(z.string(), z.unknown()).nullable(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'RateCoefficient' })

const ids = z.array(z.int().min(1)).max(1000).nullish()
const names = z.array(z.string().max(100)).max(1000).nullish()
/** The lists that decide whom a coefficient is for; a caller may keep more there. */
const Conditions = z
  .looseObject({
    project_ids: ids,
    work_type_ids: ids,
    material_ids: ids,
    work_type_category_ids: z.union([ids, names]),
    work_type_categories: names,
    material_category_ids: z.union([ids, names]),
    material_categories: names,
  })
  .meta({
    description:
      'Whom a coefficient of a narrower scope than the organization is for: `project_ids`, `work_type_ids`, `material_ids`, `work_type_categories` and `material_categories` (by name). The list of its scope decides, further lists narrow it; other keys are kept and not read.',
  })
export type Conditions = z.output<typeof Conditions>

const fields = {
  name: line(255).meta({ example: 'Зимний коэффициент' }),
  code: line(100).nullish(),
  value: decimal(RATE_SCALE, { min: 0, max: 9e9, example: 15.5 }),
  type: z.enum(COEFFICIENT_TYPES),
  applies_to: z.enum(APPLIES_TO),
  scope: z.enum(SCOPES),
  description: z.string().max(2000).nullish(),
  valid_from: dayValue.nullish(),
  valid_to: dayValue.nullish(),
  conditions: Conditions.nullish(),
}
export const NewCoefficient = z.object({ ...fields, is_active: z.boolean().default(true) }).meta({ id: 'NewRateCoefficient' })
export const ChangeCoefficient = z
  .object({ ...fields, is_active: z.boolean() })
  .partial()
  .meta({ id: 'ChangeRateCoefficient' })
