import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { organizations } from '../identity/tables.ts'

/** Bytes in R2 under `organizations/{org}/{sha256}`: content-addressed, so that equal bytes of one organization are kept once. */
export const files = sqliteTable(
  'files',
  {
    id: text('id').primaryKey(),
    orgId: integer('org_id')
      .notNull()
      .references(() => organizations.id),
    sha256: text('sha256').notNull(),
    name: text('name').notNull(),
    mime: text('mime').notNull(),
    size: integer('size').notNull(),
    createdAt: text('created_at').notNull(),
  },
  (t) => [index('files_org_sha').on(t.orgId, t.sha256)],
)

export interface TemplateField {
  name: string
  type: 'text' | 'number' | 'date' | 'phone' | 'iin' | 'checkbox'
}

export const templates = sqliteTable(
  'templates',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    orgId: integer('org_id')
      .notNull()
      .references(() => organizations.id),
    name: text('name').notNull(),
    format: text('format', { enum: ['docx', 'pdf'] }).notNull(),
    fileId: text('file_id')
      .notNull()
      .references(() => files.id),
    fields: text('fields', { mode: 'json' }).$type<TemplateField[]>().notNull(),
    /** What the renderer can't show as the author drew it. */
    warnings: text('warnings', { mode: 'json' }).$type<string[]>().notNull(),
    /** Rendering is heavy: it goes through the queue. */
    large: integer('large', { mode: 'boolean' }).notNull().default(false),
    createdAt: text('created_at').notNull(),
    deletedAt: text('deleted_at'),
  },
  (t) => [
    index('templates_org')
      .on(t.orgId, t.id)
      .where(sql`deleted_at is null`),
  ],
)

/** One making of a PDF from a template and values; `version` is the contract's, so that each is made once. */
export const renderings = sqliteTable(
  'renderings',
  {
    id: text('id').primaryKey(),
    orgId: integer('org_id').notNull(),
    contractId: integer('contract_id').notNull(),
    version: integer('version').notNull(),
    status: text('status', { enum: ['rendering', 'ready', 'failed', 'superseded'] }).notNull(),
    reason: text('reason'),
    warnings: text('warnings', { mode: 'json' }).$type<string[]>().notNull(),
    attempts: integer('attempts').notNull().default(0),
    fileId: text('file_id').references(() => files.id),
    createdAt: text('created_at').notNull(),
    finishedAt: text('finished_at'),
  },
  (t) => [uniqueIndex('renderings_contract').on(t.contractId, t.version)],
)
