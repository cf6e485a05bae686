import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { flagColumn, json, livingIndex, owned } from '../registry/columns.ts'

export const PROJECT_STATUSES = ['active', 'completed', 'paused', 'cancelled'] as const

export const projects = sqliteTable(
  'projects',
  {
    ...owned(),
    name: text('name').notNull(),
    nameKey: text('name_key').notNull(),
    address: text('address'),
    description: text('description'),
    customer: text('customer'),
    designer: text('designer'),
    startDate: text('start_date'),
    endDate: text('end_date'),
    status: text('status', { enum: PROJECT_STATUSES }).notNull(),
    isArchived: flagColumn('is_archived').notNull().default(false),
    additionalInfo: json('additional_info'),
    externalCode: text('external_code'),
    costCategoryId: integer('cost_category_id'),
    accountingData: json('accounting_data'),
    useInAccountingReports: flagColumn('use_in_accounting_reports').notNull().default(false),
    /** Minor units. */
    budgetAmount: integer('budget_amount'),
    /** Square metres, four digits after the point. */
    siteArea: integer('site_area'),
    contractNumber: text('contract_number'),
    /** Name, address and external code, as they are searched. */
    search: text('search').notNull(),
  },
  (t) => [
    livingIndex('projects_listed', t, t.createdAt),
    livingIndex('projects_named', t, t.name),
    livingIndex('projects_status', t, t.status),
    livingIndex('projects_started', t, t.startDate),
    livingIndex('projects_ended', t, t.endDate),
    livingIndex('projects_updated', t, t.updatedAt),
    // Exact filters, in the order of the default sort.
    livingIndex('projects_of_status', t, t.status, t.createdAt),
    livingIndex('projects_archived', t, t.isArchived, t.createdAt),
    index('projects_category')
      .on(t.costCategoryId)
      .where(sql`deleted_at is null`),
    index('projects_external')
      .on(t.orgId, t.externalCode)
      .where(sql`external_code is not null`),
  ],
)

/** Who works on a project. */
export const projectForemen = sqliteTable(
  'project_foremen',
  {
    projectId: integer('project_id').notNull(),
    userId: integer('user_id').notNull(),
    createdAt: text('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.projectId, t.userId] }), index('project_foremen_user').on(t.userId)],
)

/** Organizations that take part in a project of another one, which is its head and has no row here. */
export const projectOrganizations = sqliteTable(
  'project_organizations',
  {
    projectId: integer('project_id').notNull(),
    orgId: integer('org_id').notNull(),
    role: text('role', { enum: ['collaborator'] }).notNull(),
    createdAt: text('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.projectId, t.orgId] }), index('project_organizations_org').on(t.orgId)],
)
