import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { flagColumn, owned } from '../../construction/registry/columns.ts'
import type { Filters } from '../builder/definition.ts'
import { EXPORT_FORMATS } from '../custom/tables.ts'

export const SCHEDULE_TYPES = ['daily', 'weekly', 'monthly'] as const

/** When it is due, in the organization's zone. */
export interface ScheduleConfig {
  /** `HH:MM` */
  time: string
  /** 0 is Sunday. */
  day_of_week?: number | null
  /** 1..31; in a shorter month the last day. */
  day_of_month?: number | null
}

export const reportSchedules = sqliteTable(
  'report_schedules',
  {
    ...owned(),
    reportId: integer('custom_report_id').notNull(),
    userId: integer('user_id').notNull(),
    type: text('schedule_type', { enum: SCHEDULE_TYPES }).notNull(),
    config: text('schedule_config', { mode: 'json' }).$type<ScheduleConfig>().notNull(),
    filtersPreset: text('filters_preset', { mode: 'json' }).$type<Filters>(),
    recipients: text('recipient_emails', { mode: 'json' }).$type<string[]>().notNull(),
    exportFormat: text('export_format', { enum: EXPORT_FORMATS }).notNull(),
    isActive: flagColumn('is_active').notNull().default(true),
    lastRunAt: text('last_run_at'),
    nextRunAt: text('next_run_at'),
    lastExecutionId: integer('last_execution_id'),
    /** Runs in a row that came to nothing. */
    failures: integer('failures').notNull().default(0),
  },
  (t) => [
    index('report_schedules_report')
      .on(t.reportId, t.id)
      .where(sql`deleted_at is null`),
    index('report_schedules_due')
      .on(t.nextRunAt)
      .where(sql`deleted_at is null and is_active = 1`),
  ],
)

/** One run of a schedule: each due time has one, so that none is done twice. */
export const scheduleRuns = sqliteTable(
  'schedule_runs',
  {
    id: text('id').primaryKey(),
    scheduleId: integer('schedule_id').notNull(),
    orgId: integer('org_id').notNull(),
    /** The time that it was due at; of a run that was asked for, the time of the asking. */
    dueAt: text('due_at').notNull(),
    byHand: flagColumn('by_hand').notNull().default(false),
    status: text('status', { enum: ['due', 'executed', 'sent', 'failed'] }).notNull(),
    executionId: integer('execution_id'),
    fileId: text('file_id'),
    createdAt: text('created_at').notNull(),
  },
  (t) => [uniqueIndex('schedule_runs_due').on(t.scheduleId, t.dueAt), index('schedule_runs_made').on(t.createdAt)],
)
