import { and, sql, type SQL } from 'drizzle-orm'
import { orgOf, type Ctx } from '../../context.ts'
import { mine } from '../../construction/registry/registry.ts'
import { materialMovements as t, movementSums } from '../../construction/materials/tables.ts'

/** Days as `YYYY-MM-DD`; both are included, and either may be left out. */
export interface Period {
  date_from?: string | undefined
  date_to?: string | undefined
}

/** The organization's living movements of a period. */
export const movementsIn = (ctx: Ctx, { date_from: from, date_to: to }: Period): SQL | undefined =>
  and(
    mine(ctx, t),
    from === undefined ? undefined : sql`${t.usageDate} >= ${from}`,
    to === undefined ? undefined : sql`${t.usageDate} <= ${to}`,
  )

/**
 * The organization's movements as reports add them up, to be selected from as `v`: project_id, material_id, operation, user_id and supplier_id (0 where there is
 * none), `n` movements with their quantity, their amount, the quantity of those that have a price (`priced`), and `last_day`. Of all times it is the sums that
 * are kept; of a period the movements of those days, from an index that has all of this.
 */
export function movedIn(ctx: Ctx, period: Period): SQL {
  const always = period.date_from === undefined && period.date_to === undefined
  if (always)
    return sql`(select project_id, material_id, operation, user_id, supplier_id, n, quantity, amount, priced, last_day
      from ${movementSums} where org_id = ${orgOf(ctx)} and n > 0) as v`
  return sql`(select project_id, material_id, operation, coalesce(user_id, 0) as user_id, coalesce(supplier_id, 0) as supplier_id, 1 as n, quantity,
      coalesce(total_price, 0) as amount, iif(total_price is null, 0, quantity) as priced, usage_date as last_day
    from ${t} where ${movementsIn(ctx, period)}) as v`
}

const when = (operation: 'receipt' | 'write_off', column: string) =>
  sql<number>`total(case when v.operation = ${sql.raw(`'${operation}'`)} then ${sql.raw(`v.${column}`)} end)`

/** Sums over `v`, in the units that they are kept in. */
export const moved = {
  received: when('receipt', 'quantity'),
  used: when('write_off', 'quantity'),
  receivedValue: when('receipt', 'amount'),
  receivedPriced: when('receipt', 'priced'),
  usedValue: when('write_off', 'amount'),
  balance: sql<number>`total(case when v.operation = 'receipt' then v.quantity else -v.quantity end)`,
  count: sql<number>`coalesce(sum(v.n), 0)`,
}
