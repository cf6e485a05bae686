import type { Ctx } from '../../context.ts'
import { asked, isAsked } from '../../db/asked.ts'
import { fileLink } from '../../documents/file-link.ts'
import { orNull, showMoney, showQuantity } from '../../http/numbers.ts'
import { definePages, fromDay, oneOf, readWindow, refersTo, toDay, type PageQuery } from '../../http/page-list.ts'
import { namesQuery } from '../people/people.ts'
import { projects } from '../projects/tables.ts'
import { mine, mineCounted } from '../registry/registry.ts'
import { isoStamp } from '../stamps.ts'
import { suppliers } from '../suppliers/tables.ts'
import { workTypes } from '../work-types/tables.ts'
import { materialMovements as table, materials } from './tables.ts'

type Row = typeof table.$inferSelect

export const OPERATION_NAMES = { receipt: 'Поступление', write_off: 'Списание' } as const
/** How long a link to a photo lives. */
const PHOTO_SECONDS = 300

export const movementPages = definePages({
  counted: 'material_movements',
  key: table.id,
  filters: {
    project_id: refersTo(table.projectId),
    material_id: refersTo(table.materialId),
    user_id: refersTo(table.userId),
    operation_type: oneOf(table.operation, ['receipt', 'write_off']),
    date_from: fromDay(table.usageDate),
    date_to: toDay(table.usageDate),
  },
  sorts: { created_at: table.createdAt, usage_date: table.usageDate, id: table.id },
})

/** Movements with the names of what they are about: all names in one trip. */
export async function presentMovements(ctx: Ctx, rows: readonly Row[]) {
  if (rows.length === 0) return []
  const of = (key: 'projectId' | 'materialId' | 'userId' | 'supplierId' | 'workTypeId') => asked(rows.map((row) => row[key]))
  const { db } = ctx
  const [ofProjects, ofMaterials, ofUsers, ofSuppliers, ofWorkTypes] = await db.batch([
    db.select({ id: projects.id, name: projects.name }).from(of('projectId')).crossJoin(projects).where(isAsked(projects.id)),
    db
      .select({ id: materials.id, name: materials.name, unit: materials.unitName })
      .from(of('materialId'))
      .crossJoin(materials)
      .where(isAsked(materials.id)),
    namesQuery(
      ctx,
      rows.map((row) => row.userId),
    ),
    db.select({ id: suppliers.id, name: suppliers.name }).from(of('supplierId')).crossJoin(suppliers).where(isAsked(suppliers.id)),
    db.select({ id: workTypes.id, name: workTypes.name }).from(of('workTypeId')).crossJoin(workTypes).where(isAsked(workTypes.id)),
  ])
  const nameOf = (found: readonly { id: number; name: string }[], id: number | null) => found.find((one) => one.id === id)?.name ?? null
  return Promise.all(
    rows.map(async (row) => {
      const material = ofMaterials.find(({ id }) => id === row.materialId)
      return {
        id: row.id,
        organization_id: row.orgId,
        project_id: row.projectId,
        project_name: nameOf(ofProjects, row.projectId),
        material_id: row.materialId,
        material_name: material?.name ?? null,
        user_id: row.userId,
        user_name: nameOf(ofUsers, row.userId),
        operation_type: row.operation,
        operation_type_readable: OPERATION_NAMES[row.operation],
        quantity: showQuantity(row.quantity),
        unit_symbol: material?.unit ?? null,
        unit_price: orNull(row.unitPrice, showMoney),
        total_price: orNull(row.totalPrice, showMoney),
        supplier_id: row.supplierId,
        supplier_name: nameOf(ofSuppliers, row.supplierId),
        document_number: row.documentNumber,
        invoice_date: row.invoiceDate,
        work_type_id: row.workTypeId,
        work_type_name: nameOf(ofWorkTypes, row.workTypeId),
        usage_date: row.usageDate,
        notes: row.notes,
        photo_url: row.photoFileId === null ? null : await fileLink(ctx, row.photoFileId, PHOTO_SECONDS, 'inline'),
        created_at: isoStamp(row.createdAt),
        updated_at: isoStamp(row.updatedAt),
      }
    }),
  )
}

export async function listMovements(ctx: Ctx, query: PageQuery) {
  const { rows, meta } = await readWindow(ctx.db, table, movementPages.windowOf(query, mine(ctx, table), mineCounted(ctx)))
  return { rows: await presentMovements(ctx, rows), meta }
}
