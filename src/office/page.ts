import { sql, type SQL } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import * as z from 'zod'
import type { Db } from '../db/client.ts'
import { wholeParam } from '../http/operation.ts'

/** How lists of the office are asked for and answered: `{items, page, per_page, total}`. */
export const pageQuery = { page: wholeParam(100_000).default(1), per_page: wholeParam(100).default(20) }
export const pageOf = <T extends z.ZodType>(item: T, id: string) =>
  z.object({ items: z.array(item), page: z.int(), per_page: z.int(), total: z.int() }).meta({ id })

interface Source<T extends SQLiteTable> {
  table: T
  where: SQL | undefined
  /** A total order, so that pages do not overlap. */
  orderBy: (SQL | SQLiteColumn)[]
}

/** One page of a table, and how many rows there are in all. */
export async function readPage<T extends SQLiteTable, Shown>(
  db: Db,
  { table, where, orderBy }: Source<T>,
  { page, per_page }: { page: number; per_page: number },
  present: (row: T['$inferSelect']) => Shown,
) {
  const [rows, [count]] = await Promise.all([
    db
      .select()
      .from(table as SQLiteTable)
      .where(where)
      .orderBy(...orderBy)
      .limit(per_page)
      .offset((page - 1) * per_page),
    db
      .select({ total: sql<number>`count(*)` })
      .from(table as SQLiteTable)
      .where(where),
  ])
  return { items: (rows as T['$inferSelect'][]).map(present), page, per_page, total: count?.total ?? 0 }
}
