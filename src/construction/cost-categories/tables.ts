import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { flagColumn, json, livingIndex, owned } from '../registry/columns.ts'

/** A tree: a category never is below itself. */
export const costCategories = sqliteTable(
  'cost_categories',
  {
    ...owned(),
    name: text('name').notNull(),
    code: text('code'),
    externalCode: text('external_code'),
    description: text('description'),
    parentId: integer('parent_id'),
    isActive: flagColumn('is_active').notNull().default(true),
    sortOrder: integer('sort_order').notNull().default(0),
    /** Living projects of it; kept by triggers of projects. */
    projectsCount: integer('projects_count').notNull().default(0),
    additionalAttributes: json('additional_attributes'),
    /** Name, code and external code, as they are searched. */
    search: text('search').notNull(),
  },
  (t) => [
    uniqueIndex('cost_categories_unique')
      .on(t.orgId, t.code)
      .where(sql`deleted_at is null and code is not null`),
    livingIndex('cost_categories_listed', t, t.sortOrder),
    livingIndex('cost_categories_named', t, t.name),
    livingIndex('cost_categories_made', t, t.createdAt),
    livingIndex('cost_categories_updated', t, t.updatedAt),
    livingIndex('cost_categories_active', t, t.isActive, t.sortOrder),
    livingIndex('cost_categories_children', t, t.parentId, t.sortOrder),
    livingIndex('cost_categories_external', t, t.externalCode),
    index('cost_categories_parent')
      .on(t.parentId)
      .where(sql`deleted_at is null`),
  ],
)
