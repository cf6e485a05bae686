import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { json, livingIndex, owned } from '../registry/columns.ts'

export const WORK_STATUSES = ['draft', 'confirmed', 'cancelled'] as const

/** Money in minor units, quantities with four digits after the point. `orgId` is who did it; the project may be another organization's. */
export const completedWorks = sqliteTable(
  'completed_works',
  {
    ...owned(),
    projectId: integer('project_id').notNull(),
    contractId: integer('contract_id'),
    contractorId: integer('contractor_id'),
    workTypeId: integer('work_type_id').notNull(),
    userId: integer('user_id').notNull(),
    quantity: integer('quantity').notNull(),
    price: integer('price'),
    totalAmount: integer('total_amount').notNull(),
    completionDate: text('completion_date').notNull(),
    notes: text('notes'),
    /** Notes, as they are searched. */
    search: text('search').notNull(),
    status: text('status', { enum: WORK_STATUSES }).notNull(),
    additionalInfo: json('additional_info'),
    /** Which coefficients made the amount: `[{id, name, type, value}]`. */
    coefficients: text('coefficients', { mode: 'json' }).$type<object[]>(),
    createdBy: integer('created_by'),
  },
  (t) => [
    livingIndex('completed_works_listed', t, t.completionDate),
    livingIndex('completed_works_made', t, t.createdAt),
    livingIndex('completed_works_status', t, t.status, t.completionDate),
    index('completed_works_project')
      .on(t.projectId, t.completionDate, t.id)
      .where(sql`deleted_at is null`),
    index('completed_works_contract')
      .on(t.contractId, t.completionDate, t.id)
      .where(sql`deleted_at is null`),
    index('completed_works_type')
      .on(t.workTypeId, t.id)
      .where(sql`deleted_at is null`),
    index('completed_works_user')
      .on(t.userId, t.completionDate, t.id)
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
  },
  (t) => [uniqueIndex('work_materials_unique').on(t.workId, t.materialId), index('work_materials_material').on(t.materialId)],
)
