import { and, asc, desc, eq, gte, is, isNotNull, isNull, lt, lte, or, sql, type SQL } from 'drizzle-orm'
import { SQLiteColumn, unionAll, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import * as z from 'zod'
import { holds, type Db } from '../db/client.ts'
import { counterOf, together, type CountedName, type Exact, type Scope } from '../db/list-counts.ts'
import { nextDay } from '../lib/dates.ts'
import { decimal } from './numbers.ts'
import { wholeParam } from './operation.ts'

/** One parameter of a list: how it is said, and which rows it leaves. */
export interface Filter<T = unknown> {
  schema: z.ZodType<T>
  where: (value: T) => SQL | undefined
  /** The same as values of one column, where it is that: such rows are counted (see `COUNTED`). */
  exact?: ((value: T) => Exact | undefined) | undefined
  /** The condition of each value by itself, where several may be asked for. */
  each?: ((value: T) => SQL[]) | undefined
}
/** A column, or an expression that stands for one. */
type Term = SQLiteColumn | SQL

const filter = <T>(schema: z.ZodType<T>, where: Filter<T>['where'], exact?: Filter<T>['exact'], each?: Filter<T>['each']): Filter =>
  ({ schema, where, exact, each }) as unknown as Filter
const ofColumn =
  <T>(column: Term, valuesOf: (value: T) => Exact['values']) =>
  (value: T): Exact | undefined =>
    is(column, SQLiteColumn) ? { column: column.name, values: valuesOf(value) } : undefined
/** One of several values, which travel as one parameter: a query has room for a hundred. */
const among = (column: SQLiteColumn, values: readonly (string | number)[]): SQL =>
  values.length === 1 ? sql`${column} = ${values[0]}` : sql`${column} in (select value from json_each(${JSON.stringify(values)}))`

const many = <T>(schema: z.ZodType<T>) =>
  z.union([schema.transform((one) => [one]), z.array(schema).min(1).max(100)]) as unknown as z.ZodType<T[]>

/** `true`, `false`, 1 and 0, as queries and forms say them. */
export const flagValue = z
  .union([z.boolean(), z.enum(['true', 'false', '1', '0']).transform((v) => v === 'true' || v === '1')])
  .meta({ json: { type: 'boolean' } }) as unknown as z.ZodType<boolean>

/** An id in a query. */
export const idValue = z
  .union([
    z.int().min(1),
    z
      .string()
      .regex(/^[1-9]\d{0,15}$/)
      .transform(Number),
  ])
  .refine(Number.isSafeInteger)
  .meta({ json: { type: 'integer', minimum: 1 } }) as unknown as z.ZodType<number>

export const dayValue = z.iso.date().refine((d) => d >= '1900-01-01' && d <= '2999-12-31', 'must be a day between 1900 and 2999')

/** Holds the text, whatever the case; the column holds `searchable` text. */
export const contains = (column: SQLiteColumn): Filter =>
  filter(z.string().max(255), (text) => (text.trim() ? holds(column, text) : undefined))
export const equals = (column: Term): Filter =>
  filter(
    z.string().max(255),
    (value) => (value === '' ? undefined : sql`${column} = ${value}`),
    ofColumn(column, (value) => [value]),
  )
export const flag = (column: SQLiteColumn): Filter =>
  filter(
    flagValue,
    (value) => eq(column, value),
    ofColumn(column, (value) => [Number(value)]),
  )
/** A yes or no that is worked out: `when` is what must hold for yes. */
export const whether = (when: SQL): Filter => filter(flagValue, (value) => (value ? when : sql`not coalesce(${when}, 0)`))
/** Of a fixed set; one or several. */
export const oneOf = <T extends string>(column: SQLiteColumn, values: readonly [T, ...T[]]): Filter =>
  filter(
    many(z.enum(values)),
    (chosen) => among(column, chosen),
    ofColumn(column, (chosen) => chosen),
    (chosen) => [...new Set(chosen)].map((value) => eq(column, value)),
  )
/** Ids of what rows refer to; one or several. */
export const refersTo = (column: SQLiteColumn): Filter =>
  filter(
    many(idValue),
    (ids) => among(column, ids),
    ofColumn(column, (ids) => ids),
    (ids) => [...new Set(ids)].map((id) => eq(column, id)),
  )
/** On or after a day, for columns of days and of instants (UTC) alike. */
export const fromDay = (column: SQLiteColumn): Filter => filter(dayValue, (day) => gte(column, day))
/** On or before a day. Of an instant the whole day counts. */
export const toDay = (column: SQLiteColumn, of: 'day' | 'instant' = 'day'): Filter =>
  filter(dayValue, (day) => (of === 'day' ? lte(column, day) : lt(column, nextDay(day))))
export const atLeast = (column: Term, scale: number): Filter =>
  filter(decimal(scale) as unknown as z.ZodType<number>, (n) => sql`${column} >= ${n}`)
export const atMost = (column: Term, scale: number): Filter =>
  filter(decimal(scale) as unknown as z.ZodType<number>, (n) => sql`${column} <= ${n}`)
export const present = (column: SQLiteColumn): Filter => filter(flagValue, (value) => (value ? isNotNull(column) : isNull(column)))
/** Any other: its own schema and condition. */
export const custom = <T>(schema: z.ZodType<T>, where: (value: T) => SQL | undefined, exact?: (value: T) => Exact): Filter =>
  filter(schema, where, exact)

interface Declared {
  /** The unique column that makes the order total. */
  key: SQLiteColumn
  filters?: Record<string, Filter>
  /** What it may be sorted by; the first is the default unless `sortBy` says otherwise. */
  sorts: Record<string, Term>
  sortBy?: string
  direction?: 'asc' | 'desc'
  perPage?: number
  maxPerPage?: number
  /** As which list its rows are counted: see `COUNTED`. */
  counted?: CountedName
  /** How the parameters are called, where not snake_case. */
  names?: { sortBy?: string; direction?: string; perPage?: string }
}

/** How a page is asked for, parsed. */
export type PageQuery = Record<string, unknown>

/** Rows of a list that an index of their own finds, in order; sources of one list have no row in common. */
export interface Source {
  where: SQL | undefined
  /** What `where` comes to in counters. */
  scope?: Scope | undefined
}
/** SQLite merges so many sources into one order. */
const MOST_SOURCES = 5

export interface Window {
  page: number
  perPage: number
  where: SQL | undefined
  /** The same taken apart: a page reads what it shows of each. */
  sources: SQL[]
  orderBy: SQL[]
  limit: number
  offset: number
  /** How many rows there are, by counters; without it they are counted one by one. */
  total?: SQL<number> | undefined
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

/**
 * Declares a list with numbered pages once: its filters, what it may be sorted by, its default order. Gives the query's schema and, for a parsed query, WHERE,
 * ORDER BY, LIMIT and OFFSET. The order is total: ties go by `key`.
 */
export function definePages({
  key,
  filters = {},
  sorts,
  sortBy,
  direction = 'desc',
  perPage = 15,
  maxPerPage = 100,
  counted,
  names = {},
}: Declared) {
  const called = { sortBy: 'sort_by', direction: 'sort_direction', perPage: 'per_page', ...names }
  const [first = 'id', ...others] = Object.keys(sorts)
  const query = z.object({
    page: wholeParam(1_000_000).optional(),
    [called.perPage]: wholeParam(maxPerPage).optional(),
    [called.sortBy]: z.enum([first, ...others]).optional(),
    [called.direction]: z.enum(['asc', 'desc']).optional(),
    ...Object.fromEntries(Object.entries(filters).map(([name, { schema }]) => [name, schema.optional()])),
  }) as z.ZodType<PageQuery>

  /**
   * `where` says whose rows they are, as one condition or as sources; `scope` what it comes to in counters. With at most one exact filter the total is a
   * counter's, with any others `count(*)` over the same WHERE.
   */
  const windowOf = (asked: PageQuery, where?: SQL | readonly Source[], scope?: Scope): Window => {
    const byDefault = sortBy ?? first
    const sort = typeof asked[called.sortBy] === 'string' ? String(asked[called.sortBy]) : byDefault
    const chosen = Object.entries(filters).flatMap(([name, f]) => {
      const value = asked[name]
      const condition = value === undefined ? undefined : f.where(value)
      return condition ? [{ condition, exact: f.exact?.(value), each: f.each?.(value) ?? [] }] : []
    })
    const known = chosen.flatMap(({ exact }) => exact ?? [])
    // A source that says the contrary of a filter has nothing to give.
    const given = (Array.isArray(where) ? (where as readonly Source[]) : [{ where: where as SQL | undefined, scope }]).filter(
      (source) => together([...(source.scope?.exact ?? []), ...known]) !== undefined,
    )
    const totals = given.map((source) =>
      counted && source.scope && known.length === chosen.length ? counterOf(counted, source.scope, known) : undefined,
    )
    let sources = given.map((source) => source.where)
    for (const { condition, each } of chosen) {
      // Indexes of filters are in the order of the default sort: only there each value is a source of its own.
      const apart = sort === byDefault && each.length > 1 && sources.length * each.length <= MOST_SOURCES ? each : [condition]
      sources = sources.flatMap((source) => apart.map((one) => and(source, one)))
    }
    const by = sorts[sort] ?? key
    const turn = (asked[called.direction] ?? direction) === 'asc' ? asc : desc
    const size = Number(asked[called.perPage] ?? perPage)
    const page = Number(asked.page ?? 1)
    return {
      page,
      perPage: size,
      where: given.length === 0 ? sql`false` : or(...sources),
      sources: sources.filter((source) => source !== undefined),
      orderBy: by === key ? [turn(key)] : [turn(by), turn(key)],
      limit: size,
      offset: (page - 1) * size,
      total: totals.every((n) => n !== undefined) ? (sql`${sql.join([sql`0`, ...totals], sql` + `)}` as SQL<number>) : undefined,
    }
  }
  return { query, windowOf }
}
export type Pages = ReturnType<typeof definePages>

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
  const [one, two, ...more] = window.sources
  const query = one && two ? unionAll(select(one), select(two), ...more.map(select)) : select(window.where)
  const [rows, [count]] = await db.batch([
    query
      .orderBy(...window.orderBy)
      .limit(window.limit)
      .offset(window.offset),
    countWindow(db, table, window),
  ])
  return { rows, meta: metaOf(window, count?.total ?? 0, rows.length) }
}

/** A page as a Laravel resource: `{data, links, meta}`. `url` is the call's own: links keep its other parameters. */
export function resourcePage<T>(data: T[], meta: PageMeta, url: string) {
  const here = new URL(url)
  const link = (page: number) => {
    const other = new URL(here)
    other.searchParams.set('page', String(page))
    return other.href
  }
  const { current_page, last_page } = meta
  return {
    data,
    links: {
      first: link(1),
      last: link(last_page),
      prev: current_page > 1 ? link(Math.min(current_page - 1, last_page)) : null,
      next: current_page < last_page ? link(current_page + 1) : null,
    },
    meta: { ...meta, path: `${here.origin}${here.pathname}` },
  }
}

/** The same, where `meta` has links to the pages around as well: the oldest resources have them. */
export function linkedPage<T>(rows: T[], meta: PageMeta, url: string) {
  const page = resourcePage(rows, meta, url)
  const near = Array.from({ length: 7 }, (_, i) => meta.current_page - 3 + i).filter((n) => n >= 1 && n <= meta.last_page)
  const around = near.map((n) => {
    const other = new URL(url)
    other.searchParams.set('page', String(n))
    return { url: other.href, label: String(n), active: n === meta.current_page }
  })
  const end = (label: string, href: string | null) => ({ url: href, label, active: false })
  const links = [end('&laquo; Previous', page.links.prev), ...around, end('Next &raquo;', page.links.next)]
  return { ...page, meta: { ...page.meta, links } }
}
