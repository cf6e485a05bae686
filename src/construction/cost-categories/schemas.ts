import * as z from 'zod'
import { line } from '../../http/operation.ts'

const Brief = z.object({ id: z.int(), name: z.string(), code: z.string().nullable() })

export const CostCategory = z
  .object({
    id: z.int(),
    name: z.string(),
    code: z.string().nullable(),
    external_code: z.string().nullable(),
    description: z.string().nullable(),
    organization_id: z.int(),
    parent_id: z.int().nullable(),
    is_active: z.boolean(),
    sort_order: z.int(),
    additional_attributes: z.record(z.string(), z.unknown()).nullable(),
    created_at: z.string(),
    updated_at: z.string(),
    parent: Brief.nullable(),
    projects_count: z.int(),
    children: z.array(Brief).optional().meta({ description: 'Only of one category.' }),
    path: z
      .array(z.object({ id: z.int(), name: z.string() }))
      .optional()
      .meta({ description: 'From the root down to the parent; only of one category.' }),
  })
  .meta({ id: 'CostCategory' })

const fields = {
  name: line(255).meta({ example: 'Строительно-монтажные работы' }),
  code: line(100).nullish(),
  external_code: z.string().max(100).nullish(),
  description: z.string().max(10_000).nullish(),
  parent_id: z.int().min(0).nullish().meta({ description: 'Null or 0: a root.' }),
  sort_order: z.int().min(-1_000_000_000).max(1_000_000_000).nullish(),
  additional_attributes: z.record(z.string(), z.unknown()).nullish(),
}
export const NewCategory = z.object({ ...fields, is_active: z.boolean().default(true) }).meta({ id: 'NewCostCategory' })
export const ChangeCategory = z
  .object({ ...fields, is_active: z.boolean() })
  .partial()
  .meta({ id: 'ChangeCostCategory' })

export const IMPORT_FORMATS = ['simple', 'sbis', 'onec'] as const
export const ImportCategories = z
  .object({
    file: z.instanceof(File, { error: 'must be a file' }).meta({ json: { type: 'string', format: 'binary' } }),
    format: z.enum(IMPORT_FORMATS).default('simple'),
  })
  .meta({ id: 'ImportCostCategories' })
