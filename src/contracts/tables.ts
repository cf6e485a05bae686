import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { files, templates } from '../documents/tables.ts'
import { organizations } from '../identity/tables.ts'

export const contracts = sqliteTable(
  'contracts',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    orgId: integer('org_id')
      .notNull()
      .references(() => organizations.id),
    templateId: integer('template_id')
      .notNull()
      .references(() => templates.id),
    contractToken: text('contract_token').notNull(),
    clientFilled: integer('client_filled', { mode: 'boolean' }).notNull().default(false),
    /** Grows with every change of what the document says; a rendering is of one version. */
    version: integer('version').notNull().default(0),
    generatedFileId: text('generated_file_id').references(() => files.id),
    /** Of that file: lists show its path, and read no further table for it. */
    generatedSha256: text('generated_sha256'),
    signedFileId: text('signed_file_id').references(() => files.id),
    /** The package that signs the rendered document; a new rendering gets a new one. */
    packageId: text('package_id'),
    signedAt: text('signed_at'),
    createdAt: text('created_at').notNull(),
    deletedAt: text('deleted_at'),
  },
  (t) => [
    uniqueIndex('contracts_token').on(t.contractToken),
    index('contracts_org')
      .on(t.orgId, t.id)
      .where(sql`deleted_at is null`),
    index('contracts_active')
      .on(t.orgId)
      .where(sql`deleted_at is null and signed_at is null`),
    index('contracts_template')
      .on(t.templateId)
      .where(sql`deleted_at is null`),
  ],
)

export const contractFields = sqliteTable(
  'contract_fields',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    contractId: integer('contract_id')
      .notNull()
      .references(() => contracts.id),
    fieldName: text('field_name').notNull(),
    fieldType: text('field_type', { enum: ['text', 'number', 'date', 'phone', 'iin', 'checkbox'] }).notNull(),
    value: text('value'),
  },
  (t) => [uniqueIndex('contract_fields_name').on(t.contractId, t.fieldName)],
)

export const signatures = sqliteTable(
  'signatures',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    orgId: integer('org_id').notNull(),
    contractId: integer('contract_id')
      .notNull()
      .references(() => contracts.id),
    clientName: text('client_name').notNull(),
    clientIin: text('client_iin').notNull(),
    clientPhone: text('client_phone').notNull(),
    method: text('method', { enum: ['sms', 'ecp'] }).notNull(),
    signedAt: text('signed_at'),
    createdAt: text('created_at').notNull(),
  },
  (t) => [
    index('signatures_contract').on(t.contractId, t.id),
    uniqueIndex('signatures_signed_once')
      .on(t.contractId)
      .where(sql`signed_at is not null`),
    index('signatures_last_signed')
      .on(t.orgId, t.signedAt)
      .where(sql`signed_at is not null`),
  ],
)

/** Signed contracts by month of the organization's own time zone, so that statistics read one row a month, not every signature. */
export const signedTotals = sqliteTable(
  'signed_totals',
  {
    orgId: integer('org_id').notNull(),
    month: text('month').notNull(),
    signed: integer('signed').notNull(),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.month] })],
)
