import { and, isNotNull, sql, type SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { Ctx } from '../../context.ts'
import { invalid, mine } from '../../construction/registry/registry.ts'
import { materialMovements as t } from '../../construction/materials/tables.ts'
import { BACKWARDS } from '../sums/sums.ts'
import { DEFAULT_PER_PAGE, type Paging, type Period } from './schemas.ts'

/** Column among values, which may be more than what a statement binds. */
export const among = (column: SQLiteColumn | SQL, values: readonly (string | number)[] | undefined): SQL | undefined =>
  values === undefined ? undefined : sql`${column} in (select value from json_each(${JSON.stringify(values)}))`

/** The organization's living movements of a period; both days are included. @throws AppError validation for a period that ends before it begins */
export function movementsIn(ctx: Ctx, { date_from: from, date_to: to }: Period): SQL | undefined {
  if (from !== undefined && to !== undefined && to < from) throw invalid([{ path: 'date_to', message: BACKWARDS }])
  return and(
    mine(ctx, t),
    from === undefined ? undefined : sql`${t.usageDate} >= ${from}`,
    to === undefined ? undefined : sql`${t.usageDate} <= ${to}`,
  )
}

const when = (operation: 'receipt' | 'write_off', column: SQLiteColumn) =>
  sql<number>`total(case when ${t.operation} = ${sql.raw(`'${operation}'`)} then ${column} end)`

/** Sums over movements, in the units that they are kept in. */
export const sums = {
  received: when('receipt', t.quantity),
  used: when('write_off', t.quantity),
  receivedValue: when('receipt', t.totalPrice),
  usedValue: when('write_off', t.totalPrice),
  balance: sql<number>`total(case when ${t.operation} = 'receipt' then ${t.quantity} else -${t.quantity} end)`,
  count: sql<number>`count(*)`,
}
/** Of those that have a price, for averages. */
export const priced = and(isNotNull(t.totalPrice), sql`${t.quantity} > 0`)

/** A page, and one row more, which tells whether there is another page. */
export function windowOf({ page = 1, per_page: size = DEFAULT_PER_PAGE }: Paging) {
  return {
    limit: size + 1,
    offset: (page - 1) * size,
    take: <T>(rows: readonly T[]) => ({
      rows: rows.slice(0, size),
      meta: { current_page: page, per_page: size, has_more: rows.length > size },
    }),
  }
}
