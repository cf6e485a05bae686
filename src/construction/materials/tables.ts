import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { flagColumn, json, livingIndex, owned } from '../registry/columns.ts'

export const materials = sqliteTable(
  'materials',
  {
    ...owned(),
    name: text('name').notNull(),
    /** As it is searched. */
    nameKey: text('name_key').notNull(),
    code: text('code'),
    measurementUnitId: integer('measurement_unit_id').notNull(),
    /** The unit's short name, for what names many materials; triggers keep it. */
    unitName: text('unit_name'),
    description: text('description'),
    category: text('category'),
    /** Minor units. */
    defaultPrice: integer('default_price'),
    additionalProperties: json('additional_properties'),
    isActive: flagColumn('is_active').notNull().default(true),
    externalCode: text('external_code'),
    sbisNomenclatureCode: text('sbis_nomenclature_code'),
    sbisUnitCode: text('sbis_unit_code'),
    accountingData: json('accounting_data'),
    useInAccountingReports: flagColumn('use_in_accounting_reports').notNull().default(false),
    accountingAccount: text('accounting_account'),
  },
  (t) => [
    uniqueIndex('materials_unique_name')
      .on(t.orgId, t.name)
      .where(sql`deleted_at is null`),
    uniqueIndex('materials_unique_external')
      .on(t.orgId, t.externalCode)
      .where(sql`deleted_at is null and external_code is not null`),
    livingIndex('materials_listed', t),
    index('materials_sbis')
      .on(t.orgId, t.sbisNomenclatureCode)
      .where(sql`deleted_at is null and sbis_nomenclature_code is not null`),
    livingIndex('materials_category', t, t.category, t.name),
    livingIndex('materials_active', t, t.isActive, t.name),
    livingIndex('materials_made', t, t.createdAt),
    livingIndex('materials_updated', t, t.updatedAt),
    livingIndex('materials_category_made', t, t.category, t.createdAt),
    livingIndex('materials_active_made', t, t.isActive, t.createdAt),
    index('materials_unit').on(t.measurementUnitId),
  ],
)

/** How much of a material one unit of a work takes: a material's `consumption_rates`, and the materials of a work type. */
export const consumptionNorms = sqliteTable(
  'consumption_norms',
  {
    orgId: integer('org_id').notNull(),
    workTypeId: integer('work_type_id').notNull(),
    materialId: integer('material_id').notNull(),
    /** Four digits after the point, waste included. */
    quantity: integer('quantity').notNull(),
    notes: text('notes'),
    createdAt: text('created_at').notNull(),
    updatedAt: text('updated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.workTypeId, t.materialId] }), index('consumption_norms_material').on(t.materialId)],
)

/** Deliveries and write-offs. What is left of a material is the sum of them. */
export const materialMovements = sqliteTable(
  'material_movements',
  {
    ...owned(),
    projectId: integer('project_id').notNull(),
    materialId: integer('material_id').notNull(),
    userId: integer('user_id'),
    operation: text('operation', { enum: ['receipt', 'write_off'] }).notNull(),
    /** Four digits after the point. */
    quantity: integer('quantity').notNull(),
    /** Minor units. */
    unitPrice: integer('unit_price'),
    totalPrice: integer('total_price'),
    supplierId: integer('supplier_id'),
    documentNumber: text('document_number'),
    invoiceDate: text('invoice_date'),
    usageDate: text('usage_date').notNull(),
    workTypeId: integer('work_type_id'),
    /** The completed work that it was used in; its write-offs go and come with it. */
    workId: integer('work_id'),
    notes: text('notes'),
    photoFileId: text('photo_file_id'),
  },
  (t) => [
    livingIndex('material_movements_listed', t),
    livingIndex('material_movements_made', t, t.createdAt),
    livingIndex('material_movements_log_project', t, t.projectId, t.createdAt),
    livingIndex('material_movements_log_material', t, t.materialId, t.createdAt),
    livingIndex('material_movements_log_user', t, t.userId, t.createdAt),
    livingIndex('material_movements_operation', t, t.operation, t.createdAt),
    // All that reports add up over a period: they read nothing else.
    index('material_movements_used')
      .on(t.orgId, t.usageDate, t.id, t.operation, t.projectId, t.materialId, t.userId, t.supplierId, t.quantity, t.totalPrice)
      .where(sql`deleted_at is null`),
    index('material_movements_material')
      .on(t.orgId, t.materialId, t.usageDate, t.id)
      .where(sql`deleted_at is null`),
    index('material_movements_project')
      .on(t.orgId, t.projectId, t.usageDate, t.id)
      .where(sql`deleted_at is null`),
    // Who delivered a material last.
    index('material_movements_delivered')
      .on(t.materialId, t.usageDate, t.supplierId)
      .where(sql`deleted_at is null and operation = 'receipt' and supplier_id is not null`),
    // A work writes a material off once.
    uniqueIndex('material_movements_work')
      .on(t.workId, t.materialId)
      .where(sql`work_id is not null`),
  ],
)

/**
 * What living movements come to, of all times, by all that reports tell them apart by. Triggers keep it (`movement_sums_…` in migrations), so that what is left of
 * materials, and whatever else is asked of all times, does not read every movement there ever was.
 */
export const movementSums = sqliteTable(
  'movement_sums',
  {
    orgId: integer('org_id').notNull(),
    projectId: integer('project_id').notNull(),
    materialId: integer('material_id').notNull(),
    operation: text('operation', { enum: ['receipt', 'write_off'] }).notNull(),
    /** 0 where there is none, as of suppliers. */
    userId: integer('user_id').notNull(),
    supplierId: integer('supplier_id').notNull(),
    /** How many movements; a row of none may stay. */
    n: integer('n').notNull(),
    quantity: integer('quantity').notNull(),
    /** Money of those that have a price, and their quantity. */
    amount: integer('amount').notNull(),
    priced: integer('priced').notNull(),
    lastDay: text('last_day').notNull(),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.projectId, t.materialId, t.operation, t.userId, t.supplierId] })],
)
