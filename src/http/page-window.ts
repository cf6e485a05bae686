import { and, is, or, sql, type SQL } from 'drizzle-orm'
import { SQLiteColumn, unionAll, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Db } from '../db/client.ts'
import type { Exact, Scope } from '../db/list-counts.ts'

/** A column, or an expression that stands for one. */
export type Term = SQLiteColumn | SQL

/** Rows of a list that an index of their own finds, in order; sources of one list have no row in common. */
export interface Source {
  where: SQL | undefined
  /** What `where` comes to in counters. */
  scope?: Scope | undefined
}

/** A filter that was asked for. */
export interface Chosen {
  condition: SQL
  exact?: Exact | undefined
  /** The condition of each value by itself. */
  each: SQL[]
  /** What it leaves: few rows, as what belongs to one project, or a good part of all, as a status does. */
  leaves?: 'few' | 'many' | undefined
}

export interface Order {
  by: Term
  key: SQLiteColumn
  turn: (column: Term) => SQL
  /** The indexes of filters are in the order of the default sort. */
  isDefault: boolean
}

/** One way to the rows of a page. */
interface Way {
  /** Merged, so that a page reads what it shows of each. */
  sources: (SQL | undefined)[]
  orderBy: SQL[]
  /** Whether it is gone; otherwise it always is. */
  when?: SQL
}

export interface Window {
  page: number
  perPage: number
  offset: number
  /** All rows of the list. */
  where: SQL | undefined
  /** At most one of them is gone. */
  ways: Way[]
  /** How many rows there are, by counters; without it they are counted one by one. */
  total?: SQL<number> | undefined
}

/** SQLite merges so many sources into one order. */
const MOST_SOURCES = 5
/** So many are found and sorted; of more than these some are soon met in any order. */
const FEW = 2000

/** No index serves what has a plus before it. */
const plain = (term: Term): SQL => sql`+${term}`
const loosely = (condition: SQL): SQL => sql`+(${condition})`

/**
 * How to come to a page. SQLite has no statistics here and takes any index that gives the order, though it may have to walk through a whole list to the few rows
 * that a filter leaves; so it is told which to take, and counters say which at the time of the query.
 */
export function waysTo(
  given: readonly Source[],
  chosen: readonly Chosen[],
  order: Order,
  total: SQL<number> | undefined,
): Pick<Window, 'where' | 'ways'> {
  const { by, key, turn, isDefault } = order
  const orderBy = by === key ? [turn(key)] : [turn(by), turn(key)]
  const sorted = orderBy.length === 1 ? [turn(plain(key))] : [turn(plain(by)), turn(plain(key))]
  const few = chosen.some(({ leaves }) => leaves === 'few')
  const narrowed = (how: (one: Chosen) => SQL) => given.map(({ where }) => and(where, ...chosen.map(how)))
  const found = narrowed(({ condition, leaves }) => (few && leaves === 'many' ? loosely(condition) : condition))
  const where = given.length === 0 ? sql`false` : or(...found)
  const exact = chosen.length > 0 || given.some(({ scope }) => scope?.exact)
  if (given.length === 0 || !exact) return { where, ways: [{ sources: found, orderBy }] }

  if (isDefault) {
    let sources = given.map((source) => source.where)
    for (const { condition, each, leaves } of chosen) {
      const one = few && leaves === 'many' ? loosely(condition) : condition
      const apart = each.length > 1 && sources.length * each.length <= MOST_SOURCES && one === condition ? each : [one]
      sources = sources.flatMap((source) => apart.map((part) => and(source, part)))
    }
    return { where, ways: [{ sources, orderBy }] }
  }
  // The index of the sort finds what is filtered by its own column, and gives it in order.
  const isSorted = ({ exact: of }: Chosen) => is(by, SQLiteColumn) && of?.column === by.name
  if (chosen.some(isSorted))
    return { where, ways: [{ sources: narrowed((one) => (isSorted(one) ? one.condition : loosely(one.condition))), orderBy }] }
  const met = narrowed(({ condition, leaves }) => (leaves ? loosely(condition) : condition))
  if (total && given.length === 1)
    return {
      where,
      ways: [
        { sources: found, orderBy: sorted, when: sql`${total} <= ${FEW}` },
        { sources: met, orderBy, when: sql`${total} > ${FEW}` },
      ],
    }
  return { where, ways: [few ? { sources: found, orderBy: sorted } : { sources: met, orderBy }] }
}

/** `meta` of a page, as Laravel gives it. */
export interface PageMeta {
  current_page: number
  from: number | null
  last_page: number
  per_page: number
  to: number | null
  total: number
}

export function metaOf({ page, perPage, offset }: Pick<Window, 'page' | 'perPage' | 'offset'>, total: number, shown: number): PageMeta {
  return {
    current_page: page,
    from: shown === 0 ? null : offset + 1,
    last_page: Math.max(1, Math.ceil(total / perPage)),
    per_page: perPage,
    to: shown === 0 ? null : offset + shown,
    total,
  }
}

/** How many rows a window is of: one row, with the total. */
const countWindow = (db: Db, table: SQLiteTable, { where, total }: Window) =>
  total === undefined
    ? db
        .select({ total: sql<number>`count(*)` })
        .from(table)
        .where(where)
    : db
        .select({ total })
        .from(sql`(select 1)`)
        .where(sql`true`)

/** Rows of one table and how many there are in all: one trip to the database. */
export async function readWindow<T extends SQLiteTable>(
  db: Db,
  table: T,
  window: Window,
): Promise<{ rows: T['$inferSelect'][]; meta: PageMeta }> {
  const select = (where: SQL | undefined) =>
    db
      .select()
      .from(table as SQLiteTable)
      .where(where)
  const go = ({ sources: [one, two, ...more], orderBy, when }: Way) => {
    const query = two ? unionAll(select(one), select(two), ...more.map(select)) : select(one)
    // Of no rows nothing is read. drizzle takes expressions here, and declares numbers alone.
    const limit = when ? (sql`iif(${when}, ${window.perPage}, 0)` as unknown as number) : window.perPage
    return query
      .orderBy(...orderBy)
      .limit(limit)
      .offset(window.offset)
  }
  const [count, ...found] = await db.batch([countWindow(db, table, window), ...window.ways.map(go)])
  const rows = found.flat()
  return { rows, meta: metaOf(window, count[0]?.total ?? 0, rows.length) }
}
