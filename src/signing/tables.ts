import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import type { CmsEvidence } from './model.ts'

/** The searchable copy of what each package's Durable Object holds; `version` is the object's, so that a late write never goes back. */
export const packages = sqliteTable(
  'packages',
  {
    id: text('id').primaryKey(),
    orgId: integer('org_id').notNull(),
    subjectType: text('subject_type').notNull(),
    subjectId: text('subject_id').notNull(),
    title: text('title').notNull(),
    status: text('status').notNull(),
    version: integer('version').notNull(),
    createdAt: text('created_at').notNull(),
    /** Empty where an older state was never written again. */
    updatedAt: text('updated_at').notNull().default(''),
    finishedAt: text('finished_at'),
    deadline: text('deadline'),
    currentOrder: integer('current_order'),
    /** Whatever its maker wants to find again. */
    metadata: text('metadata', { mode: 'json' }).$type<Record<string, unknown>>(),
  },
  (t) => [
    index('packages_org').on(t.orgId, t.createdAt),
    index('packages_listed').on(t.orgId, t.subjectType, t.id),
    index('packages_subject').on(t.subjectType, t.subjectId),
    index('packages_due')
      .on(t.deadline)
      .where(sql`status = 'in_progress' and deadline is not null`),
  ],
)

export const packageParticipants = sqliteTable(
  'package_participants',
  {
    id: text('id').primaryKey(),
    packageId: text('package_id')
      .notNull()
      .references(() => packages.id),
    order: integer('order').notNull(),
    role: text('role').notNull(),
    fullName: text('full_name').notNull(),
    identifier: text('identifier'),
    phone: text('phone'),
    status: text('status').notNull(),
    method: text('method'),
    actedAt: text('acted_at'),
    /** As it was added; ids are not in order within a millisecond. */
    position: integer('position').notNull().default(0),
    clientId: text('client_id'),
    companyId: text('company_id'),
  },
  (t) => [
    index('package_participants_package').on(t.packageId),
    index('package_participants_client')
      .on(t.clientId)
      .where(sql`client_id is not null`),
    index('package_participants_phone')
      .on(t.phone)
      .where(sql`phone is not null`),
  ],
)

export const packageFiles = sqliteTable(
  'package_files',
  {
    id: text('id').primaryKey(),
    packageId: text('package_id')
      .notNull()
      .references(() => packages.id),
    type: text('type', { enum: ['original', 'stamped', 'certificate'] }).notNull(),
    /** The original that a stamped version is of. */
    documentId: text('document_id'),
    position: integer('position').notNull().default(0),
    name: text('name').notNull(),
    fileId: text('file_id').notNull(),
    sha256: text('sha256').notNull(),
    size: integer('size').notNull(),
  },
  (t) => [index('package_files_package').on(t.packageId), index('package_files_sha').on(t.sha256)],
)

/** The hash-chained trail (DECISIONS › office, Events): a copy of the object's own. */
export const packageEvents = sqliteTable(
  'package_events',
  {
    packageId: text('package_id').notNull(),
    seq: integer('seq').notNull(),
    type: text('type').notNull(),
    at: text('at').notNull(),
    actor: text('actor').notNull(),
    ip: text('ip'),
    userAgent: text('user_agent'),
    data: text('data', { mode: 'json' }).$type<Record<string, unknown>>(),
    prevHash: text('prev_hash').notNull(),
    hash: text('hash').notNull(),
  },
  (t) => [primaryKey({ columns: [t.packageId, t.seq] })],
)

/** Certificates that signatures may lead to; the operator's. */
export const trustAnchors = sqliteTable(
  'trust_anchors',
  {
    id: text('id').primaryKey(),
    /** RFC 4514. */
    subject: text('subject').notNull(),
    notAfter: text('not_after').notNull(),
    /** SHA-256 of the certificate. */
    thumbprint: text('thumbprint').notNull(),
    /** DER, base64. */
    certificate: text('certificate').notNull(),
    createdAt: text('created_at').notNull(),
  },
  (t) => [uniqueIndex('trust_anchors_thumbprint').on(t.thumbprint)],
)

/** Detached CMS over the original documents (`.p7s`), kept as files. */
export const packageSignatures = sqliteTable(
  'package_signatures',
  {
    id: text('id').primaryKey(),
    packageId: text('package_id')
      .notNull()
      .references(() => packages.id),
    participantId: text('participant_id').notNull(),
    documentId: text('document_id').notNull(),
    fileId: text('file_id').notNull(),
    certificate: text('certificate', { mode: 'json' }).$type<CmsEvidence['certificate']>().notNull(),
    revocation: text('revocation', { enum: ['good', 'unknown'] }).notNull(),
    signedAt: text('signed_at').notNull(),
    method: text('method', { enum: ['sms', 'cms', 'server'] })
      .notNull()
      .default('cms'),
    format: text('format', { enum: ['CAdES-BES', 'CAdES-T'] })
      .notNull()
      .default('CAdES-BES'),
    timestamp: text('timestamp', { mode: 'json' }).$type<NonNullable<CmsEvidence['timestamp']>>(),
  },
  (t) => [index('package_signatures_package').on(t.packageId, t.documentId)],
)

/** Answers of OCSP responders and revocation lists, kept until they say that they are out of date. */
export const revocationCache = sqliteTable(
  'revocation_cache',
  {
    /** SHA-256 of what was asked: the responder's address and the certificate, or the list's address. */
    key: text('key').primaryKey(),
    kind: text('kind', { enum: ['ocsp', 'crl'] }).notNull(),
    /** DER of an answer, base64; of a list, which may be of megabytes, its key in the store of files. Null for a failure that is remembered for a moment. */
    body: text('body'),
    fetchedAt: text('fetched_at').notNull(),
    /** Until when it may be used. */
    nextUpdate: text('next_update').notNull(),
  },
  (t) => [index('revocation_cache_next_update').on(t.nextUpdate)],
)
