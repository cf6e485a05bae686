import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { flagColumn, json } from '../registry/columns.ts'

/**
 * Foremen of an organization. Most are its own users; one who has an account in another organization joins with it and keeps its password. What an
 * organization notes about a person (position, codes of its accounting) is here, and not seen by others.
 */
export const memberships = sqliteTable(
  'memberships',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    orgId: integer('org_id').notNull(),
    userId: integer('user_id').notNull(),
    isActive: flagColumn('is_active').notNull().default(true),
    position: text('position'),
    /** Name as it is searched. */
    nameKey: text('name_key').notNull(),
    externalCode: text('external_code'),
    employeeId: text('employee_id'),
    accountingAccount: text('accounting_account'),
    accountingData: json('accounting_data'),
    createdAt: text('created_at').notNull(),
    updatedAt: text('updated_at').notNull(),
  },
  (t) => [
    uniqueIndex('memberships_unique').on(t.orgId, t.userId),
    index('memberships_listed').on(t.orgId, t.createdAt, t.userId),
    index('memberships_external').on(t.orgId, t.externalCode),
  ],
)
