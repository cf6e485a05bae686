import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { flagColumn, livingIndex, owned } from '../../construction/registry/columns.ts'
import type { Definition, Filters } from '../builder/definition.ts'

export const EXPORT_FORMATS = ['csv', 'excel', 'pdf'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

/** Reports that people have put together: a definition, and who made it. */
export const customReports = sqliteTable(
  'custom_reports',
  {
    ...owned(),
    userId: integer('user_id').notNull(),
    name: text('name').notNull(),
    description: text('description'),
    category: text('report_category', { enum: ['core', 'finances', 'materials', 'works', 'staff'] }).notNull(),
    definition: text('definition', { mode: 'json' }).$type<Definition>().notNull(),
    isShared: flagColumn('is_shared').notNull().default(false),
    isFavorite: flagColumn('is_favorite').notNull().default(false),
    executionCount: integer('execution_count').notNull().default(0),
    lastExecutedAt: text('last_executed_at'),
  },
  (t) => [
    // What is shared and what is one's own, each also by what the list filters.
    livingIndex('custom_reports_shared', t, t.isShared, t.createdAt),
    livingIndex('custom_reports_shared_category', t, t.isShared, t.category, t.createdAt),
    livingIndex('custom_reports_shared_favorite', t, t.isShared, t.isFavorite, t.createdAt),
    livingIndex('custom_reports_own', t, t.userId, t.isShared, t.createdAt),
    livingIndex('custom_reports_own_category', t, t.userId, t.isShared, t.category, t.createdAt),
    livingIndex('custom_reports_own_favorite', t, t.userId, t.isShared, t.isFavorite, t.createdAt),
    index('custom_reports_author')
      .on(t.orgId, t.userId, t.id)
      .where(sql`deleted_at is null`),
  ],
)

/** Every run of a report. */
export const reportExecutions = sqliteTable(
  'report_executions',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    reportId: integer('custom_report_id').notNull(),
    orgId: integer('org_id').notNull(),
    userId: integer('user_id'),
    appliedFilters: text('applied_filters', { mode: 'json' }).$type<Filters>().notNull(),
    executionTimeMs: integer('execution_time_ms').notNull(),
    rowsCount: integer('result_rows_count').notNull(),
    exportFormat: text('export_format', { enum: EXPORT_FORMATS }),
    exportFileId: text('export_file_id'),
    status: text('status', { enum: ['pending', 'processing', 'completed', 'failed', 'cancelled'] }).notNull(),
    errorMessage: text('error_message'),
    createdAt: text('created_at').notNull(),
    completedAt: text('completed_at'),
  },
  (t) => [index('report_executions_report').on(t.reportId, t.id)],
)
