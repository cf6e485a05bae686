import { sql } from 'drizzle-orm'
import { integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { flagColumn, livingIndex, owned } from '../../construction/registry/columns.ts'

export const TEMPLATE_TYPES = ['material_usage', 'work_completion', 'foreman_activity', 'project_status_summary'] as const
export type TemplateType = (typeof TEMPLATE_TYPES)[number]

/** A column as a template wants it: which value, under what head, at which place. */
export interface TemplateColumn {
  header: string
  data_key: string
  order: number
  format_options: Record<string, unknown> | null
}

/** Which columns of a ready report go into its files. A trigger takes the default's mark from the others of its type (`report_templates_default…`). */
export const reportTemplates = sqliteTable(
  'report_templates',
  {
    ...owned(),
    userId: integer('user_id'),
    name: text('name').notNull(),
    type: text('report_type', { enum: TEMPLATE_TYPES }).notNull(),
    columns: text('columns_config', { mode: 'json' }).$type<TemplateColumn[]>().notNull(),
    isDefault: flagColumn('is_default').notNull().default(false),
  },
  (t) => [
    livingIndex('report_templates_listed', t),
    uniqueIndex('report_templates_default')
      .on(t.orgId, t.type)
      .where(sql`is_default = 1 and deleted_at is null`),
  ],
)
