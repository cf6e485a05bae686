import { asc, desc, eq, gte, is, isNotNull, isNull, lt, lte, sql, type SQL } from 'drizzle-orm'
import { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import * as z from 'zod'
import { holds } from '../db/client.ts'
import { counterOf, together, type CountedName, type Exact, type Scope } from '../db/list-counts.ts'
import { nextDay } from '../lib/dates.ts'
import { decimal } from './numbers.ts'
import { wholeParam } from './operation.ts'
import { waysTo, type Chosen, type PageMeta, type Source, type Term, type Window } from './page-window.ts'

export { readWindow, type PageMeta, type Source } from './page-window.ts'

/** One parameter of a list: how it is said, and which rows it leaves. */
export interface Filter<T = unknown> {
  schema: z.ZodType<T>
  where: (value: T) => SQL | undefined
  /** The same as values of one column, where it is that: such rows are counted (see `COUNTED`). */
  exact?: ((value: T) => Exact | undefined) | undefined
  /** The condition of each value by itself, where several may be asked for. */
  each?: ((value: T) => SQL[]) | undefined
  leaves?: Chosen['leaves']
}

const filter = <T>(schema: z.ZodType<T>, where: Filter<T>['where'], more: Pick<Filter<T>, 'exact' | 'each' | 'leaves'> = {}): Filter =>
  ({ schema, where, ...more }) as unknown as Filter
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
export const equals = (column: Term, leaves: Chosen['leaves'] = 'many'): Filter =>
  filter(z.string().max(255), (value) => (value === '' ? undefined : sql`${column} = ${value}`), {
    exact: ofColumn(column, (value) => [value]),
    leaves,
  })
export const flag = (column: SQLiteColumn): Filter =>
  filter(flagValue, (value) => eq(column, value), { exact: ofColumn(column, (value) => [Number(value)]), leaves: 'many' })
/** A yes or no that is worked out: `when` is what must hold for yes. */
export const whether = (when: SQL): Filter => filter(flagValue, (value) => (value ? when : sql`not coalesce(${when}, 0)`))
/** Of a fixed set; one or several. */
export const oneOf = <T extends string>(column: SQLiteColumn, values: readonly [T, ...T[]]): Filter =>
  filter(many(z.enum(values)), (chosen) => among(column, chosen), {
    exact: ofColumn(column, (chosen) => chosen),
    each: (chosen) => [...new Set(chosen)].map((value) => eq(column, value)),
    leaves: 'many',
  })
/** Ids of what rows refer to; one or several. */
export const refersTo = (column: SQLiteColumn): Filter =>
  filter(many(idValue), (ids) => among(column, ids), {
    exact: ofColumn(column, (ids) => ids),
    each: (ids) => [...new Set(ids)].map((id) => eq(column, id)),
    leaves: 'few',
  })
/** One id, where others take several. */
export const refersToOne = (column: SQLiteColumn): Filter =>
  filter(idValue, (id) => eq(column, id), { exact: ofColumn(column, (id) => [id]), leaves: 'few' })
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
export const custom = <T>(schema: z.ZodType<T>, where: (value: T) => SQL | undefined, more?: Pick<Filter<T>, 'exact' | 'leaves'>): Filter =>
  filter(schema, where, more)

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
   * `where` says whose rows they are, as one condition or as sources; `scope` what it comes to in counters. The total is a counter's where they know it, with
   * any other filters `count(*)` over the same WHERE.
   */
  const windowOf = (asked: PageQuery, where?: SQL | readonly Source[], scope?: Scope): Window => {
    const byDefault = sortBy ?? first
    const sort = typeof asked[called.sortBy] === 'string' ? String(asked[called.sortBy]) : byDefault
    const chosen = Object.entries(filters).flatMap(([name, f]) => {
      const value = asked[name]
      const condition = value === undefined ? undefined : f.where(value)
      return condition ? [{ condition, exact: f.exact?.(value), each: f.each?.(value) ?? [], leaves: f.leaves }] : []
    })
    const known = chosen.flatMap(({ exact }) => exact ?? [])
    // A source that says the contrary of a filter has nothing to give.
    const given = (Array.isArray(where) ? (where as readonly Source[]) : [{ where: where as SQL | undefined, scope }]).filter(
      (source) => together([...(source.scope?.exact ?? []), ...known]) !== undefined,
    )
    const totals = given.map((source) =>
      counted && source.scope && known.length === chosen.length ? counterOf(counted, source.scope, known) : undefined,
    )
    const total = totals.every((n) => n !== undefined) ? (sql`${sql.join([sql`0`, ...totals], sql` + `)}` as SQL<number>) : undefined
    const turn = (asked[called.direction] ?? direction) === 'asc' ? asc : desc
    const order = { by: sorts[sort] ?? key, key, turn, isDefault: sort === byDefault }
    const perPageAsked = Number(asked[called.perPage] ?? perPage)
    const page = Number(asked.page ?? 1)
    return { page, perPage: perPageAsked, offset: (page - 1) * perPageAsked, total, ...waysTo(given, chosen, order, total) }
  }
  return { query, windowOf }
}
export type Pages = ReturnType<typeof definePages>

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
