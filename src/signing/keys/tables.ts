import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import type { WrappedKey } from '../pki/wrap.ts'

/** The platform's own certificates and keys: one in use for each purpose; those before it stay for what they have signed. */
export const platformKeys = sqliteTable(
  'platform_keys',
  {
    id: text('id').primaryKey(),
    purpose: text('purpose', { enum: ['root', 'authority', 'seal', 'time_stamping', 'ocsp'] }).notNull(),
    /** DER, base64. */
    certificate: text('certificate').notNull(),
    /** Null for a root whose key is kept off line. */
    key: text('key', { mode: 'json' }).$type<WrappedKey>(),
    createdAt: text('created_at').notNull(),
    retiredAt: text('retired_at'),
  },
  (t) => [
    uniqueIndex('platform_keys_in_use')
      .on(t.purpose)
      .where(sql`retired_at is null`),
  ],
)

/** Every certificate that the platform's authority has issued: what its CRL and its OCSP responder go by. */
export const issuedCertificates = sqliteTable(
  'issued_certificates',
  {
    /** Lowercase hex without leading zeros. */
    serial: text('serial').primaryKey(),
    /** Null for the platform's own. */
    orgId: integer('org_id'),
    /** RFC 4514. */
    subject: text('subject').notNull(),
    purpose: text('purpose', { enum: ['employee', 'client', 'seal', 'time_stamping', 'ocsp', 'authority'] }).notNull(),
    /** DER, base64. */
    certificate: text('certificate').notNull(),
    notBefore: text('not_before').notNull(),
    notAfter: text('not_after').notNull(),
    revokedAt: text('revoked_at'),
    /** CRLReason of RFC 5280, by name. */
    reason: text('reason'),
    createdAt: text('created_at').notNull(),
  },
  (t) => [
    index('issued_certificates_revoked')
      .on(t.revokedAt)
      .where(sql`revoked_at is not null`),
  ],
)

/** Keys of people that the server keeps, wrapped: an employee's for server signatures, a client's from a certificate request. */
export const keptKeys = sqliteTable(
  'kept_keys',
  {
    id: text('id').primaryKey(),
    orgId: integer('org_id').notNull(),
    clientId: text('client_id').notNull(),
    /** Null for a client's own. */
    companyId: text('company_id'),
    purpose: text('purpose', { enum: ['employee', 'client'] }).notNull(),
    status: text('status', { enum: ['active', 'revoked'] }).notNull(),
    serial: text('serial')
      .notNull()
      .references(() => issuedCertificates.serial),
    /** Null once revoked: the key is destroyed. */
    key: text('key', { mode: 'json' }).$type<WrappedKey>(),
    createdAt: text('created_at').notNull(),
    revokedAt: text('revoked_at'),
  },
  (t) => [
    uniqueIndex('kept_keys_employee')
      .on(t.companyId, t.clientId)
      .where(sql`status = 'active' and purpose = 'employee'`),
    index('kept_keys_company').on(t.companyId, t.id),
  ],
)
