import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { json, livingIndex, owned } from '../registry/columns.ts'

export const CONTRACTOR_TYPES = ['manual', 'invited_organization', 'holding_member', 'self_execution'] as const

export const contractors = sqliteTable(
  'contractors',
  {
    ...owned(),
    type: text('contractor_type', { enum: CONTRACTOR_TYPES }).notNull(),
    name: text('name').notNull(),
    nameKey: text('name_key').notNull(),
    contactPerson: text('contact_person'),
    phone: text('phone'),
    email: text('email'),
    legalAddress: text('legal_address'),
    inn: text('inn'),
    kpp: text('kpp'),
    bankDetails: text('bank_details'),
    notes: text('notes'),
    /** The organization that it is, where it is one of ours. */
    sourceOrgId: integer('source_org_id'),
    invitationId: integer('contractor_invitation_id'),
    connectedAt: text('connected_at'),
    syncSettings: json('sync_settings'),
    lastSyncAt: text('last_sync_at'),
    /** Name, INN, KPP, e-mail and phone, as they are searched. */
    search: text('search').notNull(),
  },
  (t) => [
    uniqueIndex('contractors_unique_inn')
      .on(t.orgId, t.inn)
      .where(sql`deleted_at is null and inn is not null`),
    uniqueIndex('contractors_unique_email')
      .on(t.orgId, t.email)
      .where(sql`deleted_at is null and email is not null`),
    uniqueIndex('contractors_unique_source')
      .on(t.orgId, t.sourceOrgId)
      .where(sql`deleted_at is null and source_org_id is not null`),
    // What the organization does by itself has one contractor.
    uniqueIndex('contractors_unique_self')
      .on(t.orgId)
      .where(sql`deleted_at is null and contractor_type = 'self_execution'`),
    livingIndex('contractors_named', t, t.name),
    livingIndex('contractors_listed', t, t.createdAt),
    index('contractors_source')
      .on(t.sourceOrgId)
      .where(sql`source_org_id is not null`),
  ],
)
