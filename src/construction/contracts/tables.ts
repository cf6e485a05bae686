import { sql } from 'drizzle-orm'
import { check, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { livingIndex, owned } from '../registry/columns.ts'

export const CONTRACT_STATUSES = ['draft', 'active', 'completed', 'terminated', 'on_hold'] as const
export const CONTRACT_CATEGORIES = [
  'smr',
  'general_construction',
  'finishing',
  'installation',
  'design',
  'consultation',
  'supply',
  'services',
  'rent',
  'other',
] as const
export const SPECIFICATION_STATUSES = ['draft', 'approved', 'archived'] as const
export const PAYMENT_TYPES = ['advance', 'fact_payment', 'deferred_payment', 'other'] as const

/**
 * Contracts of construction; those of document 000 are `contracts/`. Money in minor units. The sums at the end are kept by triggers of the tables that they add
 * up; triggers also keep the hierarchy a tree of living contracts of one organization, and refuse a contractor that is none of theirs.
 */
export const projectContracts = sqliteTable(
  'project_contracts',
  {
    ...owned(),
    projectId: integer('project_id'),
    contractorId: integer('contractor_id').notNull(),
    /** The contractor's, as it is now: triggers keep it. */
    contractorName: text('contractor_name').notNull().default(''),
    parentId: integer('parent_contract_id'),
    number: text('number').notNull(),
    date: text('date').notNull(),
    subject: text('subject'),
    workTypeCategory: text('work_type_category', { enum: CONTRACT_CATEGORIES }),
    paymentTerms: text('payment_terms'),
    totalAmount: integer('total_amount').notNull(),
    /** Per cent, four digits after the point. */
    gpPercentage: integer('gp_percentage').notNull().default(0),
    plannedAdvanceAmount: integer('planned_advance_amount').notNull().default(0),
    /** As it was stated until there is an advance payment; from then on triggers keep the sum of those. */
    actualAdvanceAmount: integer('actual_advance_amount').notNull().default(0),
    status: text('status', { enum: CONTRACT_STATUSES }).notNull(),
    startDate: text('start_date'),
    endDate: text('end_date'),
    notes: text('notes'),
    /** Number and subject, as they are searched. */
    search: text('search').notNull(),
    /** The signing route that it was sent along last. */
    packageId: text('package_id'),
    /** Sum of confirmed works. */
    completedAmount: integer('completed_amount').notNull().default(0),
    /** Sum of approved acts. */
    performedAmount: integer('performed_amount').notNull().default(0),
    /** Sum of payments. */
    paidAmount: integer('paid_amount').notNull().default(0),
  },
  (t) => [
    livingIndex('project_contracts_listed', t, t.createdAt),
    livingIndex('project_contracts_updated', t, t.updatedAt),
    livingIndex('project_contracts_number', t, t.number),
    livingIndex('project_contracts_date', t, t.date),
    livingIndex('project_contracts_amount', t, t.totalAmount),
    // With the amount: counts and sums by status read nothing else.
    index('project_contracts_by_status')
      .on(t.orgId, t.status, t.id, t.totalAmount)
      .where(sql`deleted_at is null`),
    livingIndex('project_contracts_started', t, t.startDate),
    livingIndex('project_contracts_ended', t, t.endDate),
    // Exact filters, in the order of the default sort.
    livingIndex('project_contracts_status', t, t.status, t.createdAt),
    livingIndex('project_contracts_category', t, t.workTypeCategory, t.createdAt),
    livingIndex('project_contracts_contractor', t, t.contractorId, t.createdAt),
    // Deleted ones alike: their contractor may get another name.
    index('project_contracts_of_contractor').on(t.contractorId),
    livingIndex('project_contracts_project', t, t.projectId, t.createdAt),
    // The few that are behind their day, or nearly or wholly done.
    livingIndex('project_contracts_due', t, t.status, t.endDate),
    index('project_contracts_near')
      .on(t.orgId, t.id)
      .where(sql`deleted_at is null and total_amount > 0 and completed_amount * 20000 >= total_amount * 17999`),
    index('project_contracts_parent')
      .on(t.parentId)
      .where(sql`deleted_at is null`),
    check('project_contracts_days', sql`start_date is null or end_date is null or end_date >= start_date`),
    index('project_contracts_package')
      .on(t.packageId)
      .where(sql`package_id is not null`),
  ],
)

export const contractPayments = sqliteTable(
  'contract_payments',
  {
    ...owned(),
    contractId: integer('contract_id').notNull(),
    paymentDate: text('payment_date').notNull(),
    amount: integer('amount').notNull(),
    paymentType: text('payment_type', { enum: PAYMENT_TYPES }).notNull(),
    referenceDocumentNumber: text('reference_document_number'),
    description: text('description'),
  },
  (t) => [
    index('contract_payments_contract').on(t.contractId, t.paymentDate, t.id),
    livingIndex('contract_payments_dated', t, t.paymentDate),
    livingIndex('contract_payments_of', t, t.contractId, t.paymentDate),
  ],
)

/** A dated change to a contract (ДС); one that annuls earlier ones names them. */
export const supplementaryAgreements = sqliteTable(
  'supplementary_agreements',
  {
    ...owned(),
    contractId: integer('contract_id').notNull(),
    number: text('number').notNull(),
    agreementDate: text('agreement_date').notNull(),
    /** Minor units, signed. */
    changeAmount: integer('change_amount'),
    supersedeAgreementIds: text('supersede_agreement_ids', { mode: 'json' }).$type<number[]>(),
    subjectChanges: text('subject_changes', { mode: 'json' }).$type<string[]>().notNull(),
    subcontractChanges: text('subcontract_changes', { mode: 'json' }).$type<unknown[]>(),
    gpChanges: text('gp_changes', { mode: 'json' }).$type<unknown[]>(),
    advanceChanges: text('advance_changes', { mode: 'json' }).$type<unknown[]>(),
    packageId: text('package_id'),
  },
  (t) => [
    uniqueIndex('supplementary_agreements_unique')
      .on(t.contractId, t.number)
      .where(sql`deleted_at is null`),
    index('supplementary_agreements_dated')
      .on(t.contractId, t.agreementDate, t.id)
      .where(sql`deleted_at is null`),
  ],
)

export const specifications = sqliteTable(
  'specifications',
  {
    ...owned(),
    number: text('number').notNull(),
    specDate: text('spec_date').notNull(),
    totalAmount: integer('total_amount').notNull(),
    scopeItems: text('scope_items', { mode: 'json' }).$type<string[]>().notNull(),
    status: text('status', { enum: SPECIFICATION_STATUSES }).notNull(),
  },
  (t) => [
    uniqueIndex('specifications_unique')
      .on(t.orgId, t.number)
      .where(sql`deleted_at is null`),
    livingIndex('specifications_listed', t, t.createdAt),
  ],
)

export const contractSpecifications = sqliteTable(
  'contract_specifications',
  {
    contractId: integer('contract_id').notNull(),
    specificationId: integer('specification_id').notNull(),
    attachedAt: text('attached_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.contractId, t.specificationId] }), index('contract_specifications_of').on(t.specificationId)],
)
