import { sql, type SQL } from 'drizzle-orm'
import * as z from 'zod'
import { orgOf, type Ctx } from '../../../context.ts'
import { projectReference } from '../../../construction/projects/access.ts'
import { personReference } from '../../../construction/people/people.ts'
import { materials } from '../../../construction/materials/tables.ts'
import { findMissing } from '../../../construction/registry/references.ts'
import { invalid } from '../../../construction/registry/registry.ts'
import { suppliers } from '../../../construction/suppliers/tables.ts'
import { workTypes } from '../../../construction/work-types/tables.ts'
import { decimal, QUANTITY_SCALE } from '../../../http/numbers.ts'
import { dayValue, flagValue, idValue } from '../../../http/page-list.ts'
import { wholeParam } from '../../../http/operation.ts'
import { searchable } from '../../../lib/search-text.ts'
import { all, between, is } from '../report.ts'
import { periodIssues } from '../run.ts'

const amount = decimal(QUANTITY_SCALE, { min: 0 }).optional()

export const OfficialQuery = z.object({
  project_id: idValue,
  date_from: dayValue,
  date_to: dayValue,
  report_number: wholeParam(9_999_999).optional(),
  material_id: idValue.optional(),
  material_name: z.string().max(255).optional(),
  operation_type: z.enum(['receipt', 'write_off']).optional(),
  supplier_id: idValue.optional(),
  work_type_id: idValue.optional(),
  user_id: idValue.optional(),
  has_photo: flagValue.optional(),
  min_quantity: amount,
  max_quantity: amount,
  format: z.enum(['json', 'csv', 'xlsx']).default('json'),
  page: wholeParam(1_000_000).optional(),
  per_page: wholeParam(1000).optional(),
})
export type Official = z.output<typeof OfficialQuery>

/** What is named must be the organization's, and the period in order. */
export async function mustBeRight(ctx: Ctx, asked: Official): Promise<void> {
  const issues = [
    ...periodIssues(asked),
    ...(await findMissing(ctx, [
      projectReference(ctx, asked.project_id),
      { path: 'material_id', table: materials, id: asked.material_id, message: 'Выбранный материал не найден в вашей организации.' },
      { path: 'supplier_id', table: suppliers, id: asked.supplier_id },
      { path: 'work_type_id', table: workTypes, id: asked.work_type_id },
      personReference(ctx, asked.user_id),
    ])),
  ]
  if (issues.length > 0) throw invalid(issues)
}

/** Of the materials that are asked for in the project, as movements `v` and their kept sums both name them. */
export const ofMaterials = (ctx: Ctx, asked: Official): SQL =>
  all(
    is('v.org_id', orgOf(ctx)),
    is('v.project_id', asked.project_id),
    is('v.material_id', asked.material_id),
    asked.material_name?.trim()
      ? sql`v.material_id in (select m.id from materials m where m.org_id = ${orgOf(ctx)} and ${named(asked)})`
      : undefined,
  )
const named = (asked: Official): SQL => sql`instr(m.name_key, ${searchable((asked.material_name ?? '').trim())}) > 0`

/** Their movements `v` of the period: what balances change by. */
export const inPeriod = (ctx: Ctx, asked: Official): SQL =>
  all(ofMaterials(ctx, asked), sql`v.deleted_at is null`, between('v.usage_date', asked))

/** Which of them are listed: balances count the others too. */
export const listed = (asked: Official): SQL =>
  all(
    is('v.operation', asked.operation_type),
    is('v.supplier_id', asked.supplier_id),
    is('v.work_type_id', asked.work_type_id),
    is('v.user_id', asked.user_id),
    asked.has_photo === undefined ? undefined : asked.has_photo ? sql`v.photo_file_id is not null` : sql`v.photo_file_id is null`,
    asked.min_quantity === undefined ? undefined : sql`v.quantity >= ${asked.min_quantity}`,
    asked.max_quantity === undefined ? undefined : sql`v.quantity <= ${asked.max_quantity}`,
  )
