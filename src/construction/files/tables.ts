import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { flagColumn } from '../registry/columns.ts'

/** Files that exports made. A deleted one leaves no row. */
export const reportFiles = sqliteTable(
  'report_files',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    orgId: integer('org_id').notNull(),
    /** The first part of the path. */
    type: text('type').notNull(),
    /** `{type}/{YYYY/MM/DD}/{filename}`: what the file is called by, not where its bytes lie. */
    path: text('path').notNull(),
    fileId: text('file_id').notNull(),
    filename: text('filename').notNull(),
    filenameKey: text('filename_key').notNull(),
    /** What people call it. */
    name: text('name'),
    size: integer('size').notNull(),
    createdAt: text('created_at').notNull(),
    expiresAt: text('expires_at').notNull(),
  },
  (t) => [
    uniqueIndex('report_files_path').on(t.orgId, t.path),
    index('report_files_listed').on(t.orgId, t.createdAt, t.id),
    index('report_files_sized').on(t.orgId, t.size, t.id),
    index('report_files_named').on(t.orgId, t.filename, t.id),
    index('report_files_typed').on(t.orgId, t.type, t.createdAt, t.id),
    index('report_files_expire').on(t.expiresAt),
    index('report_files_file').on(t.fileId),
    index('report_files_over').on(t.orgId, t.expiresAt, t.type),
  ],
)

/** A person's own folders and files. `parent` is the path of the folder that it lies in, without slashes at its ends; empty at the root. */
export const personalFiles = sqliteTable(
  'personal_files',
  {
    id: text('id').primaryKey(),
    orgId: integer('org_id').notNull(),
    userId: integer('user_id').notNull(),
    parent: text('parent').notNull(),
    name: text('name').notNull(),
    nameKey: text('name_key').notNull(),
    isFolder: flagColumn('is_folder').notNull(),
    fileId: text('file_id'),
    size: integer('size').notNull().default(0),
    createdAt: text('created_at').notNull(),
  },
  (t) => [
    uniqueIndex('personal_files_unique').on(t.userId, t.parent, t.name),
    index('personal_files_listed').on(t.userId, t.parent, t.isFolder, t.nameKey, t.name),
    index('personal_files_used').on(t.userId, t.size),
    index('personal_files_file')
      .on(t.fileId)
      .where(sql`file_id is not null`),
  ],
)

/** Bytes whose file was deleted: cron removes them from R2 unless another file has come to need them. */
export const droppedBytes = sqliteTable(
  'dropped_bytes',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    orgId: integer('org_id').notNull(),
    sha256: text('sha256').notNull(),
    dueAt: text('due_at').notNull(),
  },
  (t) => [index('dropped_bytes_due').on(t.dueAt)],
)
