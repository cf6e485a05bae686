import { sql } from 'drizzle-orm'
import { sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { flagColumn, livingIndex, owned } from '../registry/columns.ts'

export const UNIT_TYPES = ['material', 'work', 'other'] as const

/** Those of the organization 0 are the system's: everybody sees them, nobody changes them. */
export const measurementUnits = sqliteTable(
  'measurement_units',
  {
    ...owned(),
    name: text('name').notNull(),
    shortName: text('short_name').notNull(),
    type: text('type', { enum: UNIT_TYPES }).notNull(),
    description: text('description'),
    isDefault: flagColumn('is_default').notNull().default(false),
  },
  (t) => [
    uniqueIndex('measurement_units_unique')
      .on(t.orgId, t.name)
      .where(sql`deleted_at is null`),
    livingIndex('measurement_units_listed', t),
    livingIndex('measurement_units_type', t, t.type),
  ],
)
