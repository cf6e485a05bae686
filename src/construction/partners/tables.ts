import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { flagColumn } from '../registry/columns.ts'

export const INVITATION_STATUSES = ['pending', 'accepted', 'declined', 'expired'] as const

/** One organization asks another to become its contractor. A pending one whose time is over is as good as expired: it does not block the next. */
export const contractorInvitations = sqliteTable(
  'contractor_invitations',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    orgId: integer('org_id').notNull(),
    invitedOrgId: integer('invited_org_id').notNull(),
    /** Of the token, which is worked out from `nonce` and APP_SECRET whenever it is shown, and kept nowhere. */
    tokenHash: text('token_hash').notNull(),
    nonce: text('nonce').notNull(),
    status: text('status', { enum: INVITATION_STATUSES }).notNull(),
    message: text('message'),
    metadata: text('metadata', { mode: 'json' }).$type<Record<string, string>>(),
    expiresAt: text('expires_at').notNull(),
    invitedBy: integer('invited_by'),
    answeredBy: integer('answered_by'),
    acceptedAt: text('accepted_at'),
    contractorId: integer('contractor_id'),
    createdAt: text('created_at').notNull(),
    updatedAt: text('updated_at').notNull(),
  },
  (t) => [
    uniqueIndex('contractor_invitations_live')
      .on(t.orgId, t.invitedOrgId)
      .where(sql`status = 'pending'`),
    uniqueIndex('contractor_invitations_token').on(t.tokenHash),
    index('contractor_invitations_sent').on(t.orgId, t.createdAt, t.id),
    index('contractor_invitations_received').on(t.invitedOrgId, t.createdAt, t.id),
    index('contractor_invitations_sent_status').on(t.orgId, t.status, t.createdAt, t.id),
    index('contractor_invitations_received_status').on(t.invitedOrgId, t.status, t.createdAt, t.id),
  ],
)

/**
 * What organizations may know of each other. Triggers keep a row for every organization, its name, whether it is there, and how many count it among their
 * contractors; `stale` ones are filled from the signed agreement and the directory card by cron. Names are searched by `organizations_search`, an FTS5 table.
 */
export const organizationProfiles = sqliteTable(
  'organization_profiles',
  {
    orgId: integer('org_id').primaryKey(),
    name: text('name').notNull(),
    isActive: flagColumn('is_active').notNull().default(true),
    legalName: text('legal_name'),
    bin: text('bin'),
    address: text('address'),
    city: text('city'),
    cityKey: text('city_key'),
    country: text('country'),
    countryKey: text('country_key'),
    isVerified: flagColumn('is_verified').notNull().default(false),
    connections: integer('connections').notNull().default(0),
    stale: flagColumn('stale').notNull().default(false),
  },
  (t) => [
    index('organization_profiles_ranked').on(t.isActive, t.isVerified, t.connections, t.orgId),
    index('organization_profiles_named').on(t.isActive, t.name, t.orgId),
    index('organization_profiles_city').on(t.isActive, t.cityKey, t.connections, t.orgId),
    index('organization_profiles_country').on(t.isActive, t.countryKey, t.isVerified, t.connections, t.orgId),
    index('organization_profiles_connected').on(t.isActive, t.connections, t.orgId),
    index('organization_profiles_stale')
      .on(t.orgId)
      .where(sql`stale = 1`),
  ],
)
