import { showQuantitySum } from '../../http/numbers.ts'
import { and, asc, eq, sql, type SQL } from 'drizzle-orm'
import type * as z from 'zod'
import { orgOf, type Ctx } from '../../context.ts'
import { materialMovements as t, materials } from '../../construction/materials/tables.ts'
import { mine } from '../../construction/registry/registry.ts'
import { suppliers } from '../../construction/suppliers/tables.ts'
import { measurementUnits } from '../../construction/units/tables.ts'

import { moved, movedIn } from '../sums/movements.ts'
import { among, windowOf } from './conditions.ts'
import type { InventoryQuery, LowStockQuery, Paging } from './schemas.ts'

/** Ten units. */
const LOW = 100_000

/** What is left, as queries over `stock` say it. */
const LEFT = sql`coalesce("stock"."balance", 0)`

/** Every living material with what is left of it; one that never moved has nothing. */
async function stocks(ctx: Ctx, where: SQL | undefined, having: SQL | undefined, paging: Paging) {
  const left = sql`(select v.material_id, ${moved.balance} as balance from ${movedIn(ctx, {})} group by v.material_id) as stock`
  const balance = sql<number>`${LEFT}`
  const window = windowOf(paging)
  const ofSupplier = sql`${t.materialId} = ${materials.id} and ${t.orgId} = ${orgOf(ctx)} and ${t.operation} = 'receipt' and ${t.supplierId} is not null and ${t.deletedAt} is null`
  const rows = await ctx.db
    .select({
      material_id: materials.id,
      material_name: materials.name,
      unit: measurementUnits.shortName,
      category: materials.category,
      balance: balance.as('quantity_left'),
      // Who delivered it last.
      supplier_name: sql<
        string | null
      >`(select ${suppliers.name} from ${t} indexed by material_movements_delivered join ${suppliers} on ${suppliers.id} = ${t.supplierId}
        where ${ofSupplier} order by ${t.usageDate} desc, ${t.id} desc limit 1)`.as('supplier_name'),
    })
    .from(materials)
    .leftJoin(left, sql`stock.material_id = ${materials.id}`)
    .leftJoin(measurementUnits, eq(measurementUnits.id, materials.measurementUnitId))
    .where(and(mine(ctx, materials), where, having))
    .orderBy(asc(materials.name), asc(materials.id))
    .limit(window.limit)
    .offset(window.offset)
  return window.take(rows.map(({ balance: quantity, ...row }) => ({ ...row, stock_quantity: showQuantitySum(quantity) })))
}

const notAbove = (threshold: number) => sql`${LEFT} <= ${threshold}`

/** Materials whose balance is not above the threshold. */
export async function lowStock(ctx: Ctx, { threshold = LOW, ...paging }: z.output<typeof LowStockQuery>) {
  const { rows, meta } = await stocks(ctx, undefined, notAbove(threshold), paging)
  return { rows: rows.map(({ category: _, supplier_name: __, ...row }) => row), meta }
}

export function inventory(ctx: Ctx, asked: z.output<typeof InventoryQuery>) {
  const { category_ids: categories, supplier_ids: ids, stock_threshold: threshold = LOW, ...paging } = asked
  const delivered =
    ids &&
    sql`exists (select 1 from ${t} where ${t.materialId} = ${materials.id} and ${t.orgId} = ${orgOf(ctx)} and ${t.operation} = 'receipt'
      and ${t.deletedAt} is null and ${among(t.supplierId, ids)})`
  return stocks(
    ctx,
    and(among(materials.category, categories), delivered),
    and(asked.include_zero_balance ? undefined : sql`${LEFT} <> 0`, asked.only_low_stock ? notAbove(threshold) : undefined),
    paging,
  )
}
