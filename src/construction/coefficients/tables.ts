import { sql } from 'drizzle-orm'
import { check, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { flagColumn, json, livingIndex, owned } from '../registry/columns.ts'

export const COEFFICIENT_TYPES = ['percentage', 'fixed_addition'] as const
export const APPLIES_TO = ['material_norms', 'work_costs', 'labor_hours', 'general'] as const
/** From the widest to the narrowest. */
export const SCOPES = ['global_org', 'project', 'work_type_category', 'work_type', 'material_category', 'material'] as const
export type CoefficientType = (typeof COEFFICIENT_TYPES)[number]
export type AppliesTo = (typeof APPLIES_TO)[number]
export type Scope = (typeof SCOPES)[number]

export const rateCoefficients = sqliteTable(
  'rate_coefficients',
  {
    ...owned(),
    name: text('name').notNull(),
    nameKey: text('name_key').notNull(),
    code: text('code'),
    codeKey: text('code_key'),
    /** Per cent, or money, with four digits after the point. */
    value: integer('value').notNull(),
    type: text('type', { enum: COEFFICIENT_TYPES }).notNull(),
    appliesTo: text('applies_to', { enum: APPLIES_TO }).notNull(),
    scope: text('scope', { enum: SCOPES }).notNull(),
    description: text('description'),
    isActive: flagColumn('is_active').notNull().default(true),
    validFrom: text('valid_from'),
    validTo: text('valid_to'),
    conditions: json('conditions'),
  },
  (t) => [
    uniqueIndex('rate_coefficients_unique')
      .on(t.orgId, t.code)
      .where(sql`deleted_at is null and code is not null`),
    check('rate_coefficients_dates', sql`valid_to >= valid_from`),
    livingIndex('rate_coefficients_listed', t, t.createdAt),
    livingIndex('rate_coefficients_named', t, t.name),
    livingIndex('rate_coefficients_updated', t, t.updatedAt),
    livingIndex('rate_coefficients_value', t, t.value),
    livingIndex('rate_coefficients_coded', t, t.code),
    livingIndex('rate_coefficients_by_type', t, t.type),
    livingIndex('rate_coefficients_by_purpose', t, t.appliesTo),
    livingIndex('rate_coefficients_by_scope', t, t.scope),
    livingIndex('rate_coefficients_by_active', t, t.isActive),
    livingIndex('rate_coefficients_from', t, t.validFrom),
    livingIndex('rate_coefficients_until', t, t.validTo),
    // Exact filters, in the order of the default sort.
    livingIndex('rate_coefficients_type', t, t.type, t.createdAt),
    livingIndex('rate_coefficients_purpose', t, t.appliesTo, t.createdAt),
    livingIndex('rate_coefficients_scope', t, t.scope, t.createdAt),
    livingIndex('rate_coefficients_active', t, t.isActive, t.createdAt),
  ],
)
