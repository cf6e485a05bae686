import { sql } from 'drizzle-orm'
import { check, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { flagColumn, json } from '../registry/columns.ts'

/**
 * Foremen of an organization. Most are its own users; one who has an account in another organization joins with it and keeps its password. What an
 * organization notes about a person (position, codes of its accounting; of a guest also name, phone and picture) is here, and not seen by others.
 */
export const memberships = sqliteTable(
  'memberships',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    orgId: integer('org_id').notNull(),
    userId: integer('user_id').notNull(),
    /** The account is another organization's: it is not ours to change or to block. */
    isGuest: flagColumn('is_guest').notNull().default(false),
    isActive: flagColumn('is_active').notNull().default(true),
    position: text('position'),
    /** Name as it is shown, and as it is searched; e-mail: copies of the account's, for lists that sort by them. A guest's are as the organization wrote them. */
    name: text('name').notNull(),
    nameKey: text('name_key').notNull(),
    /** Name and position, as they are searched. */
    search: text('search').notNull(),
    email: text('email').notNull(),
    /** Of the account as well, so that what names a person reads one row; triggers keep them. Of a guest they are the organization's own notes, as the name is. */
    accountPhone: text('account_phone'),
    accountPosition: text('account_position'),
    accountAvatarId: text('account_avatar_id'),
    externalCode: text('external_code'),
    employeeId: text('employee_id'),
    accountingAccount: text('accounting_account'),
    accountingData: json('accounting_data'),
    createdAt: text('created_at').notNull(),
    updatedAt: text('updated_at').notNull(),
  },
  (t) => [
    uniqueIndex('memberships_unique').on(t.orgId, t.userId),
    index('memberships_user').on(t.userId),
    index('memberships_listed').on(t.orgId, t.createdAt, t.userId),
    index('memberships_updated').on(t.orgId, t.updatedAt, t.userId),
    index('memberships_named').on(t.orgId, t.name, t.userId),
    index('memberships_mailed').on(t.orgId, t.email, t.userId),
    index('memberships_active').on(t.orgId, t.isActive, t.createdAt, t.userId),
    index('memberships_guests')
      .on(t.orgId, t.isActive)
      .where(sql`is_guest = 1`),
    index('memberships_employee').on(t.orgId, t.employeeId),
    index('memberships_external').on(t.orgId, t.externalCode),
  ],
)

/** What a subscription switches on. */
export const MODULES = ['basic_reports', 'advanced_reports'] as const
export type Module = (typeof MODULES)[number]

/** What an organization's subscription gives it; null, like no row at all, is what the trial gives. */
export const organizationLimits = sqliteTable(
  'organization_limits',
  {
    orgId: integer('org_id').primaryKey(),
    modules: text('modules', { mode: 'json' }).$type<Module[]>(),
    maxUsers: integer('max_users'),
    maxProjects: integer('max_projects'),
    /** Written by the guard of a batch that adds one: whether there is one too many then, which the checks refuse. */
    usersOver: integer('users_over').notNull().default(0),
    projectsOver: integer('projects_over').notNull().default(0),
  },
  (t) => [check('organization_limits_users', sql`${t.usersOver} = 0`), check('organization_limits_projects', sql`${t.projectsOver} = 0`)],
)
