import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { organizations } from '../identity/tables.ts'
import type { FileSignature } from '../signing/verify-pdf.ts'

/** An organization's own AES-256 key for what it entrusts to us, wrapped (AES-KW) under one of `KEY_ENCRYPTION_KEYS`. */
export const dataKeys = sqliteTable('data_keys', {
  orgId: integer('org_id')
    .primaryKey()
    .references(() => organizations.id),
  kid: text('kid').notNull(),
  dek: text('dek').notNull(),
  createdAt: text('created_at').notNull(),
})

/** A subscriber agreement: one for each organization and type. */
export const agreements = sqliteTable(
  'agreements',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    orgId: integer('org_id')
      .notNull()
      .references(() => organizations.id),
    type: text('type', { enum: ['fiz', 'jur', 'ip'] }).notNull(),
    status: text('status', { enum: ['draft', 'review', 'ready', 'signing', 'signed', 'rejected'] }).notNull(),
    /** Grows with every change: of several that race, one finds it as it read it. */
    version: integer('version').notNull(),
    /** The fields as JSON, under the organization's data key. */
    data: text('data').notNull(),
    /** Who the subscriber is by ESIA, as JSON under the organization's data key. */
    identity: text('identity'),
    /** What was said with the last change of status. */
    comment: text('comment'),
    createdAt: text('created_at').notNull(),
    updatedAt: text('updated_at').notNull(),
    /** When the status was last changed. */
    statusAt: text('status_at').notNull(),
  },
  (t) => [uniqueIndex('agreements_org').on(t.orgId, t.type), index('agreements_status').on(t.status, t.id)],
)

/** What belongs to an agreement, in R2 under the organization's data key. */
export const agreementFiles = sqliteTable(
  'agreement_files',
  {
    id: text('id').primaryKey(),
    agreementId: integer('agreement_id')
      .notNull()
      .references(() => agreements.id),
    orgId: integer('org_id').notNull(),
    /** The field it came in, `agreement` for the PDF that we made, `signed` for what came back, `signature` for a signature of its own. */
    kind: text('kind').notNull(),
    name: text('name').notNull(),
    mime: text('mime').notNull(),
    size: integer('size').notNull(),
    /** Of the content, not of what lies in R2. */
    sha256: text('sha256').notNull(),
    signatures: text('signatures', { mode: 'json' }).$type<FileSignature[]>().notNull(),
    createdAt: text('created_at').notNull(),
  },
  (t) => [index('agreement_files_agreement').on(t.agreementId, t.id)],
)

/** Every status that an agreement has had. */
export const agreementHistory = sqliteTable(
  'agreement_history',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    agreementId: integer('agreement_id')
      .notNull()
      .references(() => agreements.id),
    orgId: integer('org_id').notNull(),
    /** Of the agreement, with this status. */
    version: integer('version').notNull(),
    status: text('status').notNull(),
    comment: text('comment'),
    actor: text('actor').notNull(),
    at: text('at').notNull(),
  },
  (t) => [uniqueIndex('agreement_history_version').on(t.agreementId, t.version), index('agreement_history_org').on(t.orgId, t.id)],
)

/** A login with ESIA that was begun: kept until the person has said whether the data may be used. */
export const esiaLogins = sqliteTable(
  'esia_logins',
  {
    /** SHA-256 of the `state`. */
    id: text('id').primaryKey(),
    orgId: integer('org_id')
      .notNull()
      .references(() => organizations.id),
    type: text('type', { enum: ['fiz', 'jur', 'ip'] }).notNull(),
    status: text('status', { enum: ['begun', 'returned', 'done'] }).notNull(),
    /** Nonce and PKCE verifier, then what ESIA told of the person: under the organization's data key; null once it is over. */
    secret: text('secret'),
    /** SHA-256 of the token with which the person answers. */
    answerHash: text('answer_hash'),
    expiresAt: text('expires_at').notNull(),
    createdAt: text('created_at').notNull(),
  },
  (t) => [uniqueIndex('esia_logins_answer').on(t.answerHash), index('esia_logins_age').on(t.expiresAt)],
)

/** An agreement's way to Госключ and back. */
export const goskeyOrders = sqliteTable(
  'goskey_orders',
  {
    id: text('id').primaryKey(),
    agreementId: integer('agreement_id')
      .notNull()
      .references(() => agreements.id),
    orgId: integer('org_id').notNull(),
    /** `waiting`: not handed over yet; `sent`: with the person; `cancelled`: signed some other way meanwhile. */
    status: text('status', { enum: ['waiting', 'sent', 'signed', 'declined', 'expired', 'failed', 'cancelled'] }).notNull(),
    /** The provider's number. */
    orderId: text('order_id'),
    /** SHA-256 of the PDF that was handed over. */
    sha256: text('sha256').notNull(),
    createdAt: text('created_at').notNull(),
    expiresAt: text('expires_at').notNull(),
    finishedAt: text('finished_at'),
  },
  (t) => [
    uniqueIndex('goskey_orders_open')
      .on(t.agreementId)
      .where(sql`finished_at is null`),
  ],
)
