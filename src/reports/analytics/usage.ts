import { and, asc, count, countDistinct, desc, eq, sql } from 'drizzle-orm'
import type * as z from 'zod'
import type { Ctx } from '../../context.ts'
import { materialMovements as t, materials } from '../../construction/materials/tables.ts'
import { projects } from '../../construction/projects/tables.ts'
import { suppliers } from '../../construction/suppliers/tables.ts'
import { measurementUnits } from '../../construction/units/tables.ts'
import { todayIn } from '../../construction/zone.ts'
import { orNull, showMoney, showQuantitySum, showSum } from '../../http/numbers.ts'
import { addDays } from '../../lib/dates.ts'
import { priceOf } from '../sums/sums.ts'
import { among, movementsIn, sums, windowOf } from './conditions.ts'
import type { ByProjects, BySuppliers, MostUsedQuery, Period } from './schemas.ts'

const unit = measurementUnits.shortName
const named = { material_id: materials.id, material_name: materials.name, unit }

export async function materialSummary(ctx: Ctx, period: Period) {
  const [row] = await ctx.db
    .select({ kinds: countDistinct(t.materialId), ...sums })
    .from(t)
    .where(movementsIn(ctx, period))
  return {
    unique_materials_count: row?.kinds ?? 0,
    total_operations: row?.count ?? 0,
    total_received: showQuantitySum(row?.received ?? 0),
    total_used: showQuantitySum(row?.used ?? 0),
    total_received_value: showSum(row?.receivedValue ?? 0),
    total_used_value: showSum(row?.usedValue ?? 0),
  }
}

export async function usageByProjects(ctx: Ctx, { project_ids: ids, ...asked }: z.output<typeof ByProjects>) {
  const window = windowOf(asked)
  const rows = await ctx.db
    .select({
      project_id: projects.id,
      project_name: projects.name,
      ...named,
      received: sums.received,
      used: sums.used,
      operations_count: count(),
      last_operation_date: sql<string>`max(${t.usageDate})`,
    })
    .from(t)
    .innerJoin(projects, eq(projects.id, t.projectId))
    .innerJoin(materials, eq(materials.id, t.materialId))
    .leftJoin(measurementUnits, eq(measurementUnits.id, materials.measurementUnitId))
    .where(and(movementsIn(ctx, asked), among(t.projectId, ids)))
    .groupBy(t.projectId, t.materialId)
    .orderBy(asc(projects.name), asc(t.projectId), asc(materials.name), asc(t.materialId))
    .limit(window.limit)
    .offset(window.offset)
  return window.take(
    rows.map(({ received, used, ...row }) => ({ ...row, total_received: showQuantitySum(received), total_used: showQuantitySum(used) })),
  )
}

/** Suppliers are known from deliveries; of what was used, only what names a supplier is theirs. */
export async function usageBySuppliers(ctx: Ctx, { supplier_ids: ids, ...asked }: z.output<typeof BySuppliers>) {
  const window = windowOf(asked)
  const receipt = sql`${t.operation} = 'receipt' and ${t.totalPrice} is not null`
  const rows = await ctx.db
    .select({
      supplier_id: suppliers.id,
      supplier_name: suppliers.name,
      ...named,
      received: sums.received,
      used: sums.used,
      value: sums.receivedValue,
      pricedQuantity: sql<number>`total(case when ${receipt} then ${t.quantity} end)`,
      operations_count: count(),
    })
    .from(t)
    .innerJoin(suppliers, eq(suppliers.id, t.supplierId))
    .innerJoin(materials, eq(materials.id, t.materialId))
    .leftJoin(measurementUnits, eq(measurementUnits.id, materials.measurementUnitId))
    .where(and(movementsIn(ctx, asked), among(t.supplierId, ids)))
    .groupBy(t.supplierId, t.materialId)
    .orderBy(asc(suppliers.name), asc(t.supplierId), asc(materials.name), asc(t.materialId))
    .limit(window.limit)
    .offset(window.offset)
  return window.take(
    rows.map(({ received, used, value, pricedQuantity, ...row }) => ({
      ...row,
      total_received: showQuantitySum(received),
      total_used: showQuantitySum(used),
      average_price: orNull(priceOf(value, pricedQuantity), showMoney),
    })),
  )
}

/** What was used most over the last days, today included. */
export async function mostUsed(ctx: Ctx, { period = 30, limit = 10 }: z.output<typeof MostUsedQuery>) {
  const today = await todayIn(ctx)
  const since = addDays(today, 1 - period)
  const used = sql<number>`total(${t.quantity})`.as('used')
  const rows = await ctx.db
    .select({ ...named, used })
    .from(t)
    .innerJoin(materials, eq(materials.id, t.materialId))
    .leftJoin(measurementUnits, eq(measurementUnits.id, materials.measurementUnitId))
    .where(and(movementsIn(ctx, { date_from: since < '1900-01-01' ? '1900-01-01' : since, date_to: today }), eq(t.operation, 'write_off')))
    .groupBy(t.materialId)
    .orderBy(desc(used), asc(t.materialId))
    .limit(limit)
  return rows.map(({ used: quantity, ...row }) => ({ ...row, total_used: showQuantitySum(quantity) }))
}
