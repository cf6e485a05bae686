import { getTableColumns, getTableName, sql, type SQL } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { orgOf, type Ctx } from '../../context.ts'
import type { Write } from '../../db/client.ts'
import type { OwnedTable } from './registry.ts'

// Many rows by few statements: rows travel as JSON, one parameter a statement.

/** Values by the table's properties. */
export type Values = Record<string, unknown>

/** How many rows go with one statement: their JSON stays far below what a parameter may hold (2 MB). */
const ROWS = 500

const inPieces = <T>(rows: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(rows.length / ROWS) }, (_, i) => rows.slice(i * ROWS, (i + 1) * ROWS))

function columnsOf(table: SQLiteTable, rows: readonly Values[]): [key: string, column: SQLiteColumn][] {
  const named = new Set(rows.flatMap((row) => Object.keys(row)))
  return Object.entries(getTableColumns(table)).filter(([key]) => named.has(key))
}

/** A row as the database keeps it, by the names of columns. */
const encode = (columns: [string, SQLiteColumn][], row: Values): Values =>
  Object.fromEntries(
    columns
      .filter(([key]) => row[key] !== undefined)
      .map(([key, column]) => [column.name, row[key] === null ? null : column.mapToDriverValue(row[key])]),
  )

const listed = (parts: SQL[]): SQL => sql.join(parts, sql`, `)
const path = (column: SQLiteColumn): SQL => sql.raw(`'$.${column.name}'`)

/** Inserts rows as they are; what a row does not say is null. */
export function insertRows(ctx: Ctx, table: SQLiteTable, rows: readonly Values[]): Write[] {
  const columns = columnsOf(table, rows)
  return inPieces(rows).map((piece) =>
    ctx.db
      .run(sql`insert into ${sql.identifier(getTableName(table))} (${listed(columns.map(([, c]) => sql.identifier(c.name)) as unknown as SQL[])})
      select ${listed(columns.map(([, c]) => sql`value ->> ${path(c)}`))} from json_each(${JSON.stringify(piece.map((row) => encode(columns, row)))})`),
  )
}

/** Changes the organization's living rows by their ids, in this order; what a row does not say stays. */
export function updateRows(ctx: Ctx, table: OwnedTable, rows: readonly (Values & { id: number })[]): Write[] {
  const columns = columnsOf(table, rows).filter(([key]) => key !== 'id')
  const name = sql.identifier(getTableName(table))
  return inPieces(rows).map((piece) => {
    const said = JSON.stringify(piece.map((row) => ({ ...encode(columns, row), id: row.id })))
    const set = columns.map(([, c]) => {
      const column = sql.identifier(c.name)
      return sql`${column} = case when json_type(j.value, ${path(c)}) is null then ${name}.${column} else j.value ->> ${path(c)} end`
    })
    // With a plus the organization is no reason to walk through all of its rows: each row is found by its id.
    return ctx.db.run(sql`update ${name} set ${listed(set)} from json_each(${said}) j
      where ${name}.id = j.value ->> '$.id' and +${name}.org_id = ${orgOf(ctx)} and ${name}.deleted_at is null`)
  })
}
