import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { livingIndex, owned } from '../registry/columns.ts'

export const REQUEST_KINDS = ['material', 'personnel', 'equipment'] as const
export const REQUEST_STATUSES = ['pending', 'processed', 'rejected'] as const
export const PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const

/** What a building site asks for. */
export const siteRequests = sqliteTable(
  'site_requests',
  {
    ...owned(),
    projectId: integer('project_id').notNull(),
    kind: text('kind', { enum: REQUEST_KINDS }).notNull(),
    title: text('title').notNull(),
    titleKey: text('title_key').notNull(),
    description: text('description'),
    priority: text('priority', { enum: PRIORITIES }).notNull(),
    status: text('status', { enum: REQUEST_STATUSES }).notNull(),
    /** By which day it is needed. */
    requiredDate: text('required_date'),
    createdBy: integer('created_by'),
    answer: text('answer'),
    processedBy: integer('processed_by'),
    processedAt: text('processed_at'),
  },
  (t) => [
    livingIndex('site_requests_listed', t, t.createdAt),
    livingIndex('site_requests_project', t, t.projectId, t.createdAt),
    livingIndex('site_requests_status', t, t.status, t.createdAt),
    livingIndex('site_requests_kind', t, t.kind, t.createdAt),
    livingIndex('site_requests_needed', t, t.requiredDate),
    index('site_requests_author')
      .on(t.createdBy, t.createdAt, t.id)
      .where(sql`deleted_at is null`),
  ],
)
