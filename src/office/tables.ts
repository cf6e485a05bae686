import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { organizations } from '../identity/tables.ts'

/** People who sign: records of the organization that registered them. One phone may be a client of several. */
export const officeClients = sqliteTable(
  'office_clients',
  {
    id: text('id').primaryKey(),
    orgId: integer('org_id')
      .notNull()
      .references(() => organizations.id),
    phone: text('phone').notNull(),
    lastName: text('last_name').notNull(),
    firstName: text('first_name').notNull(),
    middleName: text('middle_name'),
    fullName: text('full_name').notNull(),
    /** `fullName` as it is searched: SQLite folds the case of Latin letters alone. */
    searchName: text('search_name').notNull(),
    email: text('email'),
    iin: text('iin'),
    inn: text('inn'),
    /** Eleven digits. */
    snils: text('snils'),
    birthDate: text('birth_date'),
    status: text('status', { enum: ['active', 'blocked'] }).notNull(),
    passwordHash: text('password_hash').notNull(),
    createdAt: text('created_at').notNull(),
  },
  (t) => [
    uniqueIndex('office_clients_phone').on(t.orgId, t.phone),
    index('office_clients_org').on(t.orgId, t.id),
    index('office_clients_login').on(t.phone),
  ],
)

/** The one login code that a client has: asking for a new one replaces it. */
export const officeLoginCodes = sqliteTable('office_login_codes', {
  clientId: text('client_id')
    .primaryKey()
    .references(() => officeClients.id),
  id: text('id').notNull(),
  /** HMAC of the code under a key that is made for logging in with this phone. */
  codeHash: text('code_hash').notNull(),
  sentAt: text('sent_at').notNull(),
  expiresAt: text('expires_at').notNull(),
  wrong: integer('wrong').notNull().default(0),
  usedAt: text('used_at'),
})

/** Employers of clients: records of the organization, too. */
export const officeCompanies = sqliteTable(
  'office_companies',
  {
    id: text('id').primaryKey(),
    orgId: integer('org_id')
      .notNull()
      .references(() => organizations.id),
    /** INN of Russia, BIN or IIN of Kazakhstan. */
    inn: text('inn').notNull(),
    /** Empty where there is none: null would not be unique. */
    kpp: text('kpp').notNull().default(''),
    name: text('name').notNull(),
    createdAt: text('created_at').notNull(),
  },
  (t) => [uniqueIndex('office_companies_inn').on(t.orgId, t.inn, t.kpp)],
)

/** What a client may do in a company. */
export const officeEmployees = sqliteTable(
  'office_employees',
  {
    companyId: text('company_id')
      .notNull()
      .references(() => officeCompanies.id),
    clientId: text('client_id')
      .notNull()
      .references(() => officeClients.id),
    orgId: integer('org_id').notNull(),
    role: text('role', { enum: ['head', 'signer', 'approver', 'viewer'] }).notNull(),
    position: text('position'),
    addedAt: text('added_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.companyId, t.clientId] }), index('office_employees_client').on(t.clientId)],
)

/** A client's request for a signing certificate: offer and key acceptance act are signed by a code, then the certificate is issued. */
export const certificateRequests = sqliteTable(
  'certificate_requests',
  {
    id: text('id').primaryKey(),
    orgId: integer('org_id')
      .notNull()
      .references(() => organizations.id),
    clientId: text('client_id')
      .notNull()
      .references(() => officeClients.id),
    companyId: text('company_id').references(() => officeCompanies.id),
    kind: text('kind', { enum: ['nep', 'kep'] }).notNull(),
    status: text('status', { enum: ['created', 'documents_sent', 'issued'] }).notNull(),
    /** The signing package of its two documents. */
    packageId: text('package_id').notNull(),
    documents: text('documents', { mode: 'json' })
      .$type<{ id: string; kind: 'offer' | 'key_acceptance_act'; name: string; fileId: string; sha256: string; size: number }[]>()
      .notNull(),
    /** Serial number of the certificate, once issued. */
    serial: text('serial'),
    createdAt: text('created_at').notNull(),
    updatedAt: text('updated_at').notNull(),
  },
  (t) => [index('certificate_requests_org').on(t.orgId, t.id)],
)
