import { and, isNotNull, sql, type SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { invalid } from '../../construction/registry/registry.ts'
import { materialMovements as t } from '../../construction/materials/tables.ts'
import { BACKWARDS } from '../sums/sums.ts'
import type { Period } from '../sums/movements.ts'
import { DEFAULT_PER_PAGE, type Paging } from './schemas.ts'

/** Column among values, which may be more than what a statement binds. */
export const among = (column: SQLiteColumn | SQL, values: readonly (string | number)[] | undefined): SQL | undefined =>
  values === undefined ? undefined : sql`${column} in (select value from json_each(${JSON.stringify(values)}))`

/** What was asked, where its days are in order. @throws AppError validation for a period that ends before it begins */
export function inOrder<P extends Period>(asked: P): P {
  const { date_from: from, date_to: to } = asked
  if (from !== undefined && to !== undefined && to < from) throw invalid([{ path: 'date_to', message: BACKWARDS }])
  return asked
}

/** Of movements those that have a price, for averages. */
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
