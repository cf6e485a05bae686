import { sql } from 'drizzle-orm'
import type * as z from 'zod'
import { orgOf, type Ctx } from '../../context.ts'
import { showRate } from '../../http/numbers.ts'
import { contains, definePages, flag, oneOf } from '../../http/page-list.ts'
import { searchable } from '../../lib/search-text.ts'
import { materials } from '../materials/tables.ts'
import { projects } from '../projects/tables.ts'
import type { Reference } from '../registry/references.ts'
import { invalid, said, verbsOf } from '../registry/registry.ts'
import { longStamp } from '../stamps.ts'
import { workTypes } from '../work-types/tables.ts'
import type { ChangeCoefficient, Conditions, NewCoefficient } from './schemas.ts'
import { APPLIES_TO, COEFFICIENT_TYPES, rateCoefficients as table, SCOPES } from './tables.ts'

type Change = z.output<typeof ChangeCoefficient>

export const coefficientPages = definePages({
  counted: 'rate_coefficients',
  key: table.id,
  filters: {
    name: contains(table.nameKey),
    code: contains(table.codeKey),
    type: oneOf(table.type, COEFFICIENT_TYPES),
    applies_to: oneOf(table.appliesTo, APPLIES_TO),
    scope: oneOf(table.scope, SCOPES),
    is_active: flag(table.isActive),
  },
  sorts: {
    created_at: table.createdAt,
    updated_at: table.updatedAt,
    name: table.name,
    code: table.code,
    value: table.value,
    type: table.type,
    applies_to: table.appliesTo,
    scope: table.scope,
    is_active: table.isActive,
    valid_from: table.validFrom,
    valid_to: table.validTo,
  },
})

const columnsOf = (input: Change) =>
  said({
    name: input.name,
    nameKey: input.name === undefined ? undefined : searchable(input.name),
    code: input.code,
    codeKey: typeof input.code === 'string' ? searchable(input.code) : input.code,
    value: input.value,
    type: input.type,
    appliesTo: input.applies_to,
    scope: input.scope,
    description: input.description,
    isActive: input.is_active,
    validFrom: input.valid_from,
    validTo: input.valid_to,
    conditions: input.conditions,
  })

/** What conditions name must be the organization's; projects also those in which it takes part. */
function namedIn(ctx: Ctx, conditions: Conditions | null | undefined): Reference[] {
  const takesPart = sql`exists (select 1 from project_organizations o where o.project_id = ${projects.id} and o.org_id = ${orgOf(ctx)})`
  const list = (key: 'project_ids' | 'work_type_ids' | 'material_ids', how: Pick<Reference, 'table' | 'open'>): Reference[] =>
    (conditions?.[key] ?? []).map((id, i) => ({ path: `conditions.${key}.${i}`, id, ...how }))
  return [
    ...list('project_ids', { table: projects, open: takesPart }),
    ...list('work_type_ids', { table: workTypes }),
    ...list('material_ids', { table: materials }),
  ]
}

const backwards = (path: 'valid_from' | 'valid_to') => ({ path, message: 'Дата окончания действия не может быть раньше даты начала.' })

export const coefficients = verbsOf({
  table,
  noun: 'rate_coefficient',
  missing: 'Коэффициент не найден',
  list: coefficientPages,
  columns: (input: z.output<typeof NewCoefficient>) => columnsOf(input),
  changes: columnsOf,
  references: (input, ctx) => namedIn(ctx, input.conditions),
  check: (input, { before }) => {
    const from = input.valid_from === undefined ? before?.validFrom : input.valid_from
    const to = input.valid_to === undefined ? before?.validTo : input.valid_to
    return from && to && to < from ? [backwards(input.valid_to ? 'valid_to' : 'valid_from')] : []
  },
  unique: { 'rate_coefficients.code': { path: 'code', message: 'Коэффициент с таким кодом уже существует.', status: 400 } },
  // Two changes side by side, each right by itself.
  refusals: { rate_coefficients_dates: () => invalid([backwards('valid_to')]) },
  related: async () => undefined,
  present: (row) => ({
    id: row.id,
    name: row.name,
    code: row.code,
    value: showRate(row.value),
    type: row.type,
    applies_to: row.appliesTo,
    scope: row.scope,
    description: row.description,
    is_active: row.isActive,
    valid_from: row.validFrom,
    valid_to: row.validTo,
    conditions: row.conditions,
    created_at: longStamp(row.createdAt),
    updated_at: longStamp(row.updatedAt),
  }),
  // Works that it priced keep their amounts and what was applied.
  hardRemove: true,
})
