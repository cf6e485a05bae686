import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { flagColumn, json, livingIndex, owned } from '../registry/columns.ts'
import type { measurementUnits } from '../units/tables.ts'

export const workTypes = sqliteTable(
  'work_types',
  {
    ...owned(),
    name: text('name').notNull(),
    nameKey: text('name_key').notNull(),
    code: text('code'),
    externalCode: text('external_code'),
    category: text('category'),
    description: text('description'),
    /** Minor units for one unit of work. */
    defaultPrice: integer('default_price'),
    measurementUnitId: integer('measurement_unit_id').notNull(),
    /** The unit, for what names many types of work; triggers keep it. */
    unit: text('unit', { mode: 'json' }).$type<Omit<typeof measurementUnits.$inferSelect, 'deletedAt'>>(),
    isActive: flagColumn('is_active').notNull().default(true),
    additionalProperties: json('additional_properties'),
  },
  (t) => [
    uniqueIndex('work_types_unique')
      .on(t.orgId, t.name)
      .where(sql`deleted_at is null`),
    livingIndex('work_types_category', t, t.category),
    livingIndex('work_types_of_category', t, t.category, t.name),
    livingIndex('work_types_active', t, t.isActive, t.name),
    livingIndex('work_types_made', t, t.createdAt),
    livingIndex('work_types_updated', t, t.updatedAt),
    livingIndex('work_types_listed', t),
    index('work_types_alike')
      .on(t.nameKey, t.orgId)
      .where(sql`deleted_at is null`),
    index('work_types_unit').on(t.measurementUnitId),
  ],
)

/** The short name of a type's unit. */
export const unitOfType = sql<string | null>`${workTypes.unit} ->> '$.shortName'`.as('unit_name')
