import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'

/** A tenant: the company of document 000, the licensee of 002, the organization of 004. */
export const organizations = sqliteTable(
  'organizations',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    name: text('name').notNull(),
    email: text('email').notNull(),
    phone: text('phone').notNull(),
    timeZone: text('time_zone'),
    /** The head organization, of one that was made as another's child. */
    parentId: integer('parent_id'),
    createdAt: text('created_at').notNull(),
    deletedAt: text('deleted_at'),
  },
  (t) => [
    index('organizations_children')
      .on(t.parentId)
      .where(sql`parent_id is not null and deleted_at is null`),
    uniqueIndex('organizations_email')
      .on(t.email)
      .where(sql`deleted_at is null`),
    uniqueIndex('organizations_phone')
      .on(t.phone)
      .where(sql`deleted_at is null`),
    index('organizations_listed')
      .on(t.id)
      .where(sql`deleted_at is null`),
  ],
)

export const users = sqliteTable(
  'users',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    /** The eight hex digits by which document 001 names a member of staff. */
    staffId: text('staff_id').notNull(),
    orgId: integer('org_id')
      .notNull()
      .references(() => organizations.id),
    name: text('name').notNull(),
    email: text('email').notNull(),
    /** By which a person logs in; nobody else has it. */
    phone: text('phone'),
    /** What is shown in its place, as it was typed: colleagues may share one. */
    contactPhone: text('contact_phone'),
    position: text('position'),
    role: text('role', { enum: ['owner', 'admin', 'accountant', 'project_manager', 'foreman'] }).notNull(),
    passwordHash: text('password_hash').notNull(),
    isActive: integer('is_active', { mode: 'boolean' }).notNull().default(true),
    avatarFileId: text('avatar_file_id'),
    emailVerifiedAt: text('email_verified_at'),
    lastLoginAt: text('last_login_at'),
    createdAt: text('created_at').notNull(),
    updatedAt: text('updated_at').notNull(),
    deletedAt: text('deleted_at'),
  },
  (t) => [
    uniqueIndex('users_email')
      .on(t.email)
      .where(sql`deleted_at is null`),
    uniqueIndex('users_phone')
      .on(t.phone)
      .where(sql`deleted_at is null and phone is not null`),
    uniqueIndex('users_staff').on(t.staffId),
    index('users_org').on(t.orgId, t.id),
  ],
)

export const apiKeys = sqliteTable(
  'api_keys',
  {
    id: text('id').primaryKey(),
    orgId: integer('org_id')
      .notNull()
      .references(() => organizations.id),
    name: text('name').notNull(),
    prefix: text('prefix').notNull(),
    /** SHA-256 of the key: it has 256 random bits, so a plain hash is enough. */
    hash: text('hash').notNull(),
    scopes: text('scopes', { mode: 'json' }).$type<string[]>().notNull(),
    createdBy: integer('created_by').notNull(),
    createdAt: text('created_at').notNull(),
    lastUsedAt: text('last_used_at'),
    expiresAt: text('expires_at'),
    revokedAt: text('revoked_at'),
  },
  (t) => [
    uniqueIndex('api_keys_hash').on(t.hash),
    index('api_keys_org')
      .on(t.orgId, t.id)
      .where(sql`revoked_at is null`),
  ],
)

/** Failed logins in the running window, by account and by address (both hashed). */
export const loginFailures = sqliteTable(
  'login_failures',
  {
    kind: text('kind', { enum: ['account', 'address'] }).notNull(),
    subject: text('subject').notNull(),
    count: integer('count').notNull(),
    windowStart: text('window_start').notNull(),
  },
  (t) => [primaryKey({ columns: [t.kind, t.subject] })],
)
