import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex, type SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { json, livingIndex, owned } from '../registry/columns.ts'
import type { AppliedCoefficient } from '../coefficients/apply.ts'

export const WORK_STATUSES = ['draft', 'confirmed', 'cancelled'] as const
export type WorkStatus = (typeof WORK_STATUSES)[number]
/** What the amount was worked out from, and will be again when something of it changes. */
export const COST_BASES = ['price', 'materials', 'total'] as const
export type CostBasis = (typeof COST_BASES)[number]

export interface UsedMaterial {
  material_id: number
  quantity: number
  unit_price: number | null
  total_amount: number | null
  notes: string | null
  created_at: string
  updated_at: string
}

interface Hosted {
  id: SQLiteColumn
  hostOrgId: SQLiteColumn
  projectId: SQLiteColumn
  completionDate: SQLiteColumn
}
const hostedIndex = (name: string, t: Hosted, ...columns: SQLiteColumn[]) =>
  index(name)
    .on(t.hostOrgId, t.projectId, ...columns, t.completionDate, t.id)
    .where(sql`deleted_at is null and host_org_id is not null`)

/**
 * Money in minor units, quantities with four digits after the point. `orgId` is who did it; the project may be another organization's. Triggers refuse what
 * would go beyond the contract (`contract_limit`, `contract_closed`) and what an act no longer lets change (`work_in_act`).
 */
export const completedWorks = sqliteTable(
  'completed_works',
  {
    ...owned(),
    projectId: integer('project_id').notNull(),
    contractId: integer('contract_id'),
    contractorId: integer('contractor_id'),
    workTypeId: integer('work_type_id').notNull(),
    userId: integer('user_id').notNull(),
    /** The head of the project, where that is another organization. */
    hostOrgId: integer('host_org_id'),
    /** Grows with every change; one who changes what has changed meanwhile sets it to null and so fails. */
    version: integer('version').notNull().default(1),
    quantity: integer('quantity').notNull(),
    price: integer('price'),
    totalAmount: integer('total_amount').notNull(),
    costBasis: text('cost_basis', { enum: COST_BASES }).notNull().default('price'),
    completionDate: text('completion_date').notNull(),
    notes: text('notes'),
    /** Notes, as they are searched. */
    search: text('search').notNull(),
    status: text('status', { enum: WORK_STATUSES }).notNull(),
    additionalInfo: json('additional_info'),
    /** Which coefficients made the amount: `[{id, name, type, value}]`. */
    coefficients: text('coefficients', { mode: 'json' }).$type<AppliedCoefficient[]>(),
    createdBy: integer('created_by'),
    /** Its rows of `work_materials`, oldest first, as lists show them: triggers keep them. */
    usedMaterials: text('used_materials', { mode: 'json' })
      .$type<UsedMaterial[]>()
      .notNull()
      .default(sql`'[]'`),
  },
  (t) => [
    livingIndex('completed_works_listed', t, t.completionDate),
    livingIndex('completed_works_made', t, t.createdAt),
    livingIndex('completed_works_numbered', t),
    livingIndex('completed_works_by_status', t, t.status),
    livingIndex('completed_works_log', t, t.status, t.createdAt),
    livingIndex('completed_works_log_project', t, t.status, t.projectId, t.createdAt),
    livingIndex('completed_works_log_type', t, t.status, t.workTypeId, t.createdAt),
    livingIndex('completed_works_log_user', t, t.status, t.userId, t.createdAt),
    livingIndex('completed_works_amount', t, t.totalAmount),
    livingIndex('completed_works_quantity', t, t.quantity),
    // Exact filters, in the order of the default sort.
    livingIndex('completed_works_status', t, t.status, t.completionDate),
    livingIndex('completed_works_of_project', t, t.projectId, t.completionDate),
    livingIndex('completed_works_of_contract', t, t.contractId, t.completionDate),
    livingIndex('completed_works_of_type', t, t.workTypeId, t.completionDate),
    livingIndex('completed_works_of_user', t, t.userId, t.completionDate),
    livingIndex('completed_works_of_contractor', t, t.contractorId, t.completionDate),
    // What others recorded in a project.
    hostedIndex('completed_works_hosted', t),
    hostedIndex('completed_works_hosted_status', t, t.status),
    hostedIndex('completed_works_hosted_type', t, t.workTypeId),
    hostedIndex('completed_works_hosted_by', t, t.orgId),
    // Of all organizations.
    index('completed_works_project')
      .on(t.projectId, t.id)
      .where(sql`deleted_at is null`),
    index('completed_works_contract')
      .on(t.contractId, t.completionDate, t.id)
      .where(sql`deleted_at is null`),
    index('completed_works_type')
      .on(t.workTypeId)
      .where(sql`deleted_at is null`),
    index('completed_works_contractor')
      .on(t.contractorId, t.id)
      .where(sql`deleted_at is null and contractor_id is not null`),
  ],
)

export const workMaterials = sqliteTable(
  'work_materials',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    workId: integer('work_id').notNull(),
    materialId: integer('material_id').notNull(),
    quantity: integer('quantity').notNull(),
    unitPrice: integer('unit_price'),
    totalAmount: integer('total_amount'),
    notes: text('notes'),
    createdAt: text('created_at').notNull(),
    updatedAt: text('updated_at').notNull(),
  },
  (t) => [uniqueIndex('work_materials_unique').on(t.workId, t.materialId), index('work_materials_material').on(t.materialId)],
)
