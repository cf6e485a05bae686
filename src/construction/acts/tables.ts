import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { flagColumn, livingIndex, owned } from '../registry/columns.ts'

/** An act of completed works (КС-2): confirmed works of one contract. `amount` is the sum of what is included of them, minor units. */
export const performanceActs = sqliteTable(
  'performance_acts',
  {
    ...owned(),
    contractId: integer('contract_id').notNull(),
    /** Of the contract, while it is there: triggers keep them. */
    projectId: integer('project_id'),
    contractorId: integer('contractor_id'),
    number: text('act_document_number').notNull(),
    actDate: text('act_date').notNull(),
    description: text('description'),
    amount: integer('amount').notNull(),
    isApproved: flagColumn('is_approved').notNull().default(false),
    approvalDate: text('approval_date'),
    /** Number and description, as they are searched; the contract's number is searched in the contract. */
    search: text('search').notNull(),
    /** The signing route that it was sent along last. */
    packageId: text('package_id'),
  },
  (t) => [
    livingIndex('performance_acts_listed', t, t.actDate),
    livingIndex('performance_acts_made', t, t.createdAt),
    livingIndex('performance_acts_amount', t, t.amount),
    livingIndex('performance_acts_number', t, t.number),
    livingIndex('performance_acts_numbered', t),
    livingIndex('performance_acts_project', t, t.projectId, t.actDate),
    livingIndex('performance_acts_contractor', t, t.contractorId, t.actDate),
    livingIndex('performance_acts_approved', t, t.isApproved, t.actDate),
    index('performance_acts_package')
      .on(t.packageId)
      .where(sql`package_id is not null`),
    index('performance_acts_contract')
      .on(t.contractId, t.actDate, t.id)
      .where(sql`deleted_at is null`),
  ],
)

/** How many acts an organization has, and for how much: kept by triggers, so that no list adds all of them up. */
export const actTotals = sqliteTable('act_totals', {
  orgId: integer('org_id').primaryKey(),
  acts: integer('acts').notNull(),
  approved: integer('approved').notNull(),
  amount: integer('amount').notNull(),
})

/** Which part of which work an act includes. */
export const actWorks = sqliteTable(
  'act_works',
  {
    actId: integer('act_id').notNull(),
    workId: integer('work_id').notNull(),
    includedQuantity: integer('included_quantity').notNull(),
    includedAmount: integer('included_amount').notNull(),
    notes: text('notes'),
  },
  (t) => [primaryKey({ columns: [t.actId, t.workId] }), index('act_works_work').on(t.workId)],
)

/** What an act was exported as. */
export const actFiles = sqliteTable(
  'act_files',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    actId: integer('act_id').notNull(),
    fileId: text('file_id').notNull(),
    filename: text('filename').notNull(),
    createdAt: text('created_at').notNull(),
  },
  (t) => [index('act_files_act').on(t.actId)],
)
