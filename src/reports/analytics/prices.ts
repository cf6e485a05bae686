import { and, asc, desc, eq, sql } from 'drizzle-orm'
import type * as z from 'zod'
import type { Ctx } from '../../context.ts'
import { materialMovements as t, materials } from '../../construction/materials/tables.ts'
import { projects } from '../../construction/projects/tables.ts'
import { findMissing } from '../../construction/registry/references.ts'
import { invalid } from '../../construction/registry/registry.ts'
import { orNull, showMoney, showQuantity, showSum } from '../../http/numbers.ts'
import { movementsIn } from '../sums/movements.ts'
import { priceOf } from '../sums/sums.ts'
import { among, inOrder, priced, windowOf } from './conditions.ts'
import type { CostHistoryQuery, DynamicsQuery, MovementQuery } from './schemas.ts'

const value = sql<number>`total(${t.totalPrice})`
const quantity = sql<number>`total(${t.quantity})`
const priceIn = (row: { value: number; quantity: number }) => showSum(priceOf(row.value, row.quantity) ?? 0)

/** What one unit cost on each day that it moved at a price: the average of the day, by quantity. */
export async function costHistory(ctx: Ctx, { material_id: id, ...asked }: z.output<typeof CostHistoryQuery>) {
  const missing = await findMissing(ctx, [
    { path: 'material_id', table: materials, id, message: 'Выбранный материал не найден в вашей организации.' },
  ])
  if (missing.length > 0) throw invalid(missing)
  const window = windowOf(asked)
  const rows = await ctx.db
    .select({ date: t.usageDate, value, quantity })
    .from(t)
    .where(and(movementsIn(ctx, inOrder(asked)), eq(t.materialId, id), priced))
    .groupBy(t.usageDate)
    .orderBy(asc(t.usageDate))
    .limit(window.limit)
    .offset(window.offset)
  return window.take(rows.map((row) => ({ date: row.date, unit_price: priceIn(row) })))
}

/** More days or months than this no chart shows. */
const MOST_LABELS = 5000

/** The average price of a unit by day or month, of all chosen materials together; periods without a price are left out. */
export async function costDynamics(ctx: Ctx, { material_ids: ids, group_by: by, ...asked }: z.output<typeof DynamicsQuery>) {
  // By day first, as their index has them: months then have little to sort.
  const days = ctx.db
    .select({ day: t.usageDate, value: value.as('value'), quantity: quantity.as('quantity') })
    .from(t)
    .where(and(movementsIn(ctx, inOrder(asked)), among(t.materialId, ids), priced))
    .groupBy(t.usageDate)
    .as('days')
  const label = sql<string>`substr(${days.day}, 1, ${sql.raw(by === 'month' ? '7' : '10')})`
  const rows = await ctx.db
    .select({ label, value: sql<number>`total(${days.value})`, quantity: sql<number>`total(${days.quantity})` })
    .from(days)
    .groupBy(label)
    .orderBy(label)
    .limit(MOST_LABELS)
  return { labels: rows.map((row) => row.label), values: rows.map(priceIn) }
}

/** Movements as they happened, the newest first. */
export async function movementReport(ctx: Ctx, { material_ids: kinds, project_ids: places, ...asked }: z.output<typeof MovementQuery>) {
  const window = windowOf(asked)
  const rows = await ctx.db
    .select({ movement: t, material: materials.name, project: projects.name })
    .from(t)
    .innerJoin(materials, eq(materials.id, t.materialId))
    .innerJoin(projects, eq(projects.id, t.projectId))
    .where(and(movementsIn(ctx, inOrder(asked)), among(t.materialId, kinds), among(t.projectId, places)))
    .orderBy(desc(t.usageDate), desc(t.id))
    .limit(window.limit)
    .offset(window.offset)
  return window.take(
    rows.map(({ movement, material, project }) => ({
      date: movement.usageDate,
      material_id: movement.materialId,
      material_name: material,
      project_id: movement.projectId,
      project_name: project,
      operation_type: movement.operation,
      quantity: showQuantity(movement.quantity),
      unit_price: orNull(movement.unitPrice, showMoney),
      total_price: orNull(movement.totalPrice, showMoney),
    })),
  )
}
