import { sql } from 'drizzle-orm'
import { check, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { flagColumn, json, livingIndex, owned } from '../registry/columns.ts'

export const ADVANCE_TYPES = ['issue', 'expense', 'return'] as const
export const REPORTING = ['pending', 'reported', 'approved'] as const

/** How an organization gives out accountable money. Amounts in minor units; what is null is not limited, or not done. */
export const advanceSettings = sqliteTable(
  'advance_settings',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    orgId: integer('org_id').notNull(),
    maxSingleIssue: integer('max_single_issue'),
    reportDeadlineDays: integer('report_deadline_days'),
    dualAuthorizationThreshold: integer('dual_authorization_threshold'),
    requireProjectForExpense: flagColumn('require_project_for_expense').notNull().default(false),
    notifyOverdue: flagColumn('notify_overdue').notNull().default(true),
    notifyHighValue: flagColumn('notify_high_value').notNull().default(false),
    highValueThreshold: integer('high_value_threshold'),
    notifyApproval: flagColumn('notify_approval').notNull().default(true),
    notifyRejection: flagColumn('notify_rejection').notNull().default(true),
    reminderDaysBefore: integer('reminder_days_before'),
    createdAt: text('created_at').notNull(),
    updatedAt: text('updated_at').notNull(),
  },
  (t) => [
    uniqueIndex('advance_settings_org').on(t.orgId),
    check('advance_settings_high_value', sql`${t.notifyHighValue} = 0 or ${t.highValueThreshold} is not null`),
  ],
)

/** What each person holds, and the sums of all their transactions, in minor units. Triggers keep it: see `migrations`, `advance_…`. */
export const advanceAccounts = sqliteTable(
  'advance_accounts',
  {
    orgId: integer('org_id').notNull(),
    userId: integer('user_id').notNull(),
    balance: integer('balance').notNull().default(0),
    issued: integer('issued').notNull().default(0),
    spent: integer('spent').notNull().default(0),
    returned: integer('returned').notNull().default(0),
    /** Of those that were reported, approved or not. */
    reported: integer('reported').notNull().default(0),
    lastTransactionAt: text('last_transaction_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.userId] })],
)

/**
 * Money given to a person (`issue`), spent by them (`expense`) and given back (`return`). `balanceAfter` is the sum of the person's living transactions up to
 * and with this one, in the order in which they were written down: when a pending one before it changes or goes, it moves along.
 */
export const advanceTransactions = sqliteTable(
  'advance_transactions',
  {
    ...owned(),
    userId: integer('user_id').notNull(),
    projectId: integer('project_id'),
    type: text('type', { enum: ADVANCE_TYPES }).notNull(),
    amount: integer('amount').notNull(),
    description: text('description'),
    documentNumber: text('document_number'),
    documentDate: text('document_date'),
    /** The day from which the report's deadline counts: that of the document, or when it was written down. */
    countsFrom: text('counts_from').notNull(),
    balanceAfter: integer('balance_after').notNull(),
    status: text('status', { enum: REPORTING }).notNull().default('pending'),
    reportedAt: text('reported_at'),
    approvedAt: text('approved_at'),
    createdBy: integer('created_by'),
    approvedBy: integer('approved_by'),
    externalCode: text('external_code'),
    accountingData: json('accounting_data'),
    remindedAt: text('reminded_at'),
    overdueToldAt: text('overdue_told_at'),
  },
  (t) => [
    check('advance_transactions_amount', sql`${t.amount} > 0`),
    livingIndex('advance_transactions_listed', t),
    livingIndex('advance_transactions_user', t, t.userId),
    livingIndex('advance_transactions_project', t, t.projectId),
    livingIndex('advance_transactions_type', t, t.type),
    livingIndex('advance_transactions_status', t, t.status),
    livingIndex('advance_transactions_dated', t, t.documentDate),
    index('advance_transactions_due')
      .on(t.orgId, t.countsFrom, t.userId)
      .where(sql`type = 'issue' and status = 'pending' and deleted_at is null`),
    index('advance_transactions_open')
      .on(t.orgId, t.userId, t.countsFrom)
      .where(sql`type = 'issue' and status = 'pending' and deleted_at is null`),
    index('advance_transactions_remind')
      .on(t.orgId, t.countsFrom)
      .where(sql`type = 'issue' and status = 'pending' and deleted_at is null and reminded_at is null`),
    index('advance_transactions_untold')
      .on(t.orgId, t.countsFrom)
      .where(sql`type = 'issue' and status = 'pending' and deleted_at is null and overdue_told_at is null`),
    index('advance_transactions_unexported')
      .on(t.orgId, t.approvedAt)
      .where(sql`status = 'approved' and external_code is null and deleted_at is null`),
  ],
)

/** Receipts and reports that go with a transaction; the number is what `attachment_ids` lists. */
export const advanceFiles = sqliteTable(
  'advance_files',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    transactionId: integer('transaction_id').notNull(),
    fileId: text('file_id').notNull(),
    createdAt: text('created_at').notNull(),
  },
  (t) => [index('advance_files_transaction').on(t.transactionId, t.id)],
)
