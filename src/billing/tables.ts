import { sql } from 'drizzle-orm'
import { check, index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { organizations } from '../identity/tables.ts'

export const tariffPlans = sqliteTable(
  'tariff_plans',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    name: text('name').notNull(),
    /** Percent × 100: 10.5 % is 1050. */
    discount: integer('discount').notNull(),
    fromCount: integer('from_count').notNull(),
    toCount: integer('to_count').notNull(),
    isActive: integer('is_active', { mode: 'boolean' }).notNull(),
    createdAt: text('created_at').notNull(),
    deletedAt: text('deleted_at'),
  },
  (t) => [
    index('tariff_plans_listed')
      .on(t.id)
      .where(sql`deleted_at is null`),
  ],
)

/** Prepaid units left. The checks make a race for the last unit fail as a whole batch. */
export const balances = sqliteTable(
  'balances',
  {
    orgId: integer('org_id')
      .primaryKey()
      .references(() => organizations.id),
    sms: integer('sms_signatures').notNull(),
    ecp: integer('ecp_signatures').notNull(),
    updatedAt: text('updated_at').notNull(),
  },
  (t) => [check('balances_sms', sql`${t.sms} >= 0`), check('balances_ecp', sql`${t.ecp} >= 0`)],
)

/** Every movement of units, once: `id` names its cause (a signature of a package, a payment request). */
export const balanceEntries = sqliteTable(
  'balance_entries',
  {
    id: text('id').primaryKey(),
    orgId: integer('org_id').notNull(),
    cause: text('cause', { enum: ['trial', 'signature', 'payment', 'operator'] }).notNull(),
    sms: integer('sms').notNull(),
    ecp: integer('ecp').notNull(),
    createdAt: text('created_at').notNull(),
  },
  (t) => [index('balance_entries_org').on(t.orgId, t.createdAt)],
)

export const paymentRequests = sqliteTable(
  'payment_requests',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    orgId: integer('org_id')
      .notNull()
      .references(() => organizations.id),
    tariffPlanId: integer('tariff_plan_id').references(() => tariffPlans.id),
    smsCount: integer('sms_count').notNull(),
    ecpCount: integer('ecp_count').notNull(),
    /** Tiyn. */
    totalAmount: integer('total_amount').notNull(),
    status: text('status', { enum: ['pending', 'paid', 'cancelled', 'expired'] }).notNull(),
    paymentUrl: text('payment_url'),
    paymentRef: text('payment_ref'),
    paidAt: text('paid_at'),
    createdAt: text('created_at').notNull(),
    expiresAt: text('expires_at').notNull(),
    deletedAt: text('deleted_at'),
  },
  (t) => [
    index('payment_requests_org')
      .on(t.orgId, t.id)
      .where(sql`deleted_at is null`),
    index('payment_requests_due')
      .on(t.expiresAt)
      .where(sql`status = 'pending' and deleted_at is null`),
  ],
)
