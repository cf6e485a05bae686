import * as z from 'zod'
import { line } from '../../http/operation.ts'
import { UNIT_TYPES } from './tables.ts'

export const Unit = z
  .object({
    id: z.int(),
    name: z.string(),
    code: z.string(),
    short_name: z.string(),
    type: z.enum(UNIT_TYPES),
    description: z.string().nullable(),
    is_default: z.boolean(),
    is_system: z.boolean(),
    organization_id: z.int().nullable(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'MeasurementUnit' })

const fields = {
  name: line(255).meta({ example: 'квадратный метр' }),
  short_name: line(50).meta({ example: 'м²' }),
  description: z.string().max(2000).nullish(),
}
export const NewUnit = z
  .object({ ...fields, type: z.enum(UNIT_TYPES).default('material'), is_default: z.boolean().default(false) })
  .meta({ id: 'NewMeasurementUnit' })
export const ChangeUnit = z
  .object({ ...fields, type: z.enum(UNIT_TYPES), is_default: z.boolean() })
  .partial()
  .meta({ id: 'ChangeMeasurementUnit' })
