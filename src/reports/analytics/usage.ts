import { and, asc, desc, eq, sql } from 'drizzle-orm'
import type * as z from 'zod'
import type { Ctx } from '../../context.ts'
import { materials } from '../../construction/materials/tables.ts'
import { projects } from '../../construction/projects/tables.ts'
import { suppliers } from '../../construction/suppliers/tables.ts'
import { measurementUnits } from '../../construction/units/tables.ts'
import { todayIn } from '../../construction/zone.ts'
import { orNull, showQuantitySum, showSum } from '../../http/numbers.ts'
import { addDays } from '../../lib/dates.ts'
import { moved, movedIn, type Period } from '../sums/movements.ts'
import { priceOf } from '../sums/sums.ts'
import { among, inOrder, windowOf } from './conditions.ts'
import type { ByProjects, BySuppliers, MostUsedQuery } from './schemas.ts'

const unit = measurementUnits.shortName
const named = { material_id: materials.id, material_name: materials.name, unit }

export async function materialSummary(ctx: Ctx, period: Period) {
  const [row] = await ctx.db.select({ kinds: sql<number>`count(distinct v.material_id)`, ...moved }).from(movedIn(ctx, inOrder(period)))
  return {
    unique_materials_count: row?.kinds ?? 0,
    total_operations: row?.count ?? 0,
    total_received: showQuantitySum(row?.received ?? 0),
    total_used: showQuantitySum(row?.used ?? 0),
    total_received_value: showSum(row?.receivedValue ?? 0),
    total_used_value: showSum(row?.usedValue ?? 0),
  }
}

/** Sums by `of` and material; summed up first and named then, since there are many times fewer sums than movements. */
const summedBy = (ctx: Ctx, of: 'project_id' | 'supplier_id', period: Period, ids: readonly number[] | undefined) =>
  ctx.db
    .select({
      of: sql<number>`v.${sql.raw(of)}`.as('of_id'),
      material: sql<number>`v.material_id`.as('of_material'),
      received: moved.received.as('received'),
      used: moved.used.as('used'),
      value: moved.receivedValue.as('received_value'),
      priced: moved.receivedPriced.as('received_priced'),
      n: moved.count.as('operations'),
      last: sql<string>`max(v.last_day)`.as('last'),
    })
    .from(movedIn(ctx, inOrder(period)))
    .where(and(sql`v.${sql.raw(of)} > 0`, among(sql`v.${sql.raw(of)}`, ids)))
    .groupBy(sql`v.${sql.raw(of)}`, sql`v.material_id`)
    .as('g')

export async function usageByProjects(ctx: Ctx, { project_ids: ids, ...asked }: z.output<typeof ByProjects>) {
  const window = windowOf(asked)
  const g = summedBy(ctx, 'project_id', asked, ids)
  const rows = await ctx.db
    .select({
      project_id: projects.id,
      project_name: projects.name,
      ...named,
      received: g.received,
      used: g.used,
      operations_count: g.n,
      last_operation_date: g.last,
    })
    .from(g)
    .innerJoin(projects, eq(projects.id, g.of))
    .innerJoin(materials, eq(materials.id, g.material))
    .leftJoin(measurementUnits, eq(measurementUnits.id, materials.measurementUnitId))
    .orderBy(asc(projects.name), asc(projects.id), asc(materials.name), asc(materials.id))
    .limit(window.limit)
    .offset(window.offset)
  return window.take(
    rows.map(({ received, used, ...row }) => ({ ...row, total_received: showQuantitySum(received), total_used: showQuantitySum(used) })),
  )
}

/** Suppliers are known from deliveries; of what was used, only what names a supplier is theirs. */
export async function usageBySuppliers(ctx: Ctx, { supplier_ids: ids, ...asked }: z.output<typeof BySuppliers>) {
  const window = windowOf(asked)
  const g = summedBy(ctx, 'supplier_id', asked, ids)
  const rows = await ctx.db
    .select({
      supplier_id: suppliers.id,
      supplier_name: suppliers.name,
      ...named,
      received: g.received,
      used: g.used,
      value: g.value,
      pricedQuantity: g.priced,
      operations_count: g.n,
    })
    .from(g)
    .innerJoin(suppliers, eq(suppliers.id, g.of))
    .innerJoin(materials, eq(materials.id, g.material))
    .leftJoin(measurementUnits, eq(measurementUnits.id, materials.measurementUnitId))
    .orderBy(asc(suppliers.name), asc(suppliers.id), asc(materials.name), asc(materials.id))
    .limit(window.limit)
    .offset(window.offset)
  return window.take(
    rows.map(({ received, used, value, pricedQuantity, ...row }) => ({
      ...row,
      total_received: showQuantitySum(received),
      total_used: showQuantitySum(used),
      average_price: orNull(priceOf(value, pricedQuantity), showSum),
    })),
  )
}

/** What was used most over the last days, today included. */
export async function mostUsed(ctx: Ctx, { period = 30, limit = 10 }: z.output<typeof MostUsedQuery>) {
  const today = await todayIn(ctx)
  const since = addDays(today, 1 - period)
  const most = ctx.db
    .select({ material: sql<number>`v.material_id`.as('of_material'), used: sql<number>`total(v.quantity)`.as('used') })
    .from(movedIn(ctx, { date_from: since < '1900-01-01' ? '1900-01-01' : since, date_to: today }))
    .where(sql`v.operation = 'write_off'`)
    .groupBy(sql`v.material_id`)
    .orderBy(desc(sql`used`), asc(sql`v.material_id`))
    .limit(limit)
    .as('most')
  const rows = await ctx.db
    .select({ ...named, used: most.used })
    .from(most)
    .innerJoin(materials, eq(materials.id, most.material))
    .leftJoin(measurementUnits, eq(measurementUnits.id, materials.measurementUnitId))
    .orderBy(desc(most.used), asc(materials.id))
  return rows.map(({ used: quantity, ...row }) => ({ ...row, total_used: showQuantitySum(quantity) }))
}
