import { sql, type SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'

type Id = number | string | null | undefined

/**
 * Ids as a table to read from: `.from(asked(ids)).crossJoin(table).where(isAsked(table.id))` gives the rows that other rows name, in no order. Each row found is
 * one read (`rows_read`), where `in (…)` reads its list as well, and one of JSON twice. Numbers stand in the text, since a statement has room for a hundred
 * parameters. A pair of numbers is two columns.
 */
export function asked(ids: readonly (Id | readonly [number, number])[]): SQL {
  const given = ids.filter((id) => id !== null && id !== undefined)
  const numbers = given.filter((id) => [id].flat().every(Number.isSafeInteger))
  if (numbers.length < given.length) return sql`(select value as column1 from json_each(${JSON.stringify([...new Set(given)])})) as asked`
  const rows = [...new Set(numbers.map((id) => `(${String(id)})`))]
  return sql`(values ${sql.raw(rows.join(', ') || '(null, null)')}) as asked`
}

export const isAsked = (column: SQLiteColumn): SQL => sql`${column} = asked.column1`
/** The second of a pair. */
export const isAskedWith = (column: SQLiteColumn): SQL => sql`${column} = asked.column2`
