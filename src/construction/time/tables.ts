import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { flagColumn, json, livingIndex, owned } from '../registry/columns.ts'

export const TIME_STATUSES = ['draft', 'submitted', 'approved', 'rejected'] as const

/** Hours and the break with four digits after the point, money in minor units; the day and the times are those of the organization's clocks. */
export const timeEntries = sqliteTable(
  'time_entries',
  {
    ...owned(),
    userId: integer('user_id').notNull(),
    projectId: integer('project_id').notNull(),
    workTypeId: integer('work_type_id'),
    workDate: text('work_date').notNull(),
    startTime: text('start_time').notNull(),
    endTime: text('end_time'),
    hoursWorked: integer('hours_worked'),
    breakTime: integer('break_time'),
    title: text('title').notNull(),
    description: text('description'),
    status: text('status', { enum: TIME_STATUSES }).notNull(),
    approvedBy: integer('approved_by'),
    approvedAt: text('approved_at'),
    rejectionReason: text('rejection_reason'),
    isBillable: flagColumn('is_billable').notNull().default(true),
    hourlyRate: integer('hourly_rate'),
    totalCost: integer('total_cost'),
    location: text('location'),
    customFields: json('custom_fields'),
    notes: text('notes'),
    createdBy: integer('created_by'),
  },
  (t) => [
    livingIndex('time_entries_listed', t, t.workDate),
    livingIndex('time_entries_person', t, t.userId, t.workDate),
    livingIndex('time_entries_project', t, t.projectId, t.workDate),
    livingIndex('time_entries_status', t, t.status, t.workDate),
    livingIndex('time_entries_billable', t, t.isBillable, t.workDate),
    index('time_entries_type')
      .on(t.workTypeId)
      .where(sql`deleted_at is null`),
  ],
)
