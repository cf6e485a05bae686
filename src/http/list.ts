import { and, asc, desc, gt, lt, type SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import * as z from 'zod'
import { wholeParam } from './operation.ts'

type Filter = (value: string) => SQL | undefined

interface ListOptions<F extends Record<string, Filter>> {
  /** The column that orders the list and marks where a page ends: unique, monotonous (an id). */
  key: SQLiteColumn
  /** `desc`: newest first. */
  order?: 'asc' | 'desc'
  filters?: F
  defaultLimit?: number
  maxLimit?: number
}

export interface Page<T> {
  rows: T[]
  /** Where the next page starts; undefined on the last one. */
  next: string | undefined
}

/**
 * Declares a list once: which filters it takes, in which order it comes. Gives the query schema, the WHERE, ORDER BY and LIMIT, and cuts
 * the page. Pages go by key, not by offset: the cost of a page does not grow with the list, and rows that come or go do not shift it.
 */
export function defineList<F extends Record<string, Filter> = Record<string, never>>({
  key,
  order = 'desc',
  filters,
  defaultLimit = 100,
  maxLimit = 200,
}: ListOptions<F>) {
  const filterNames = Object.keys(filters ?? {})
  const query = z.object({
    limit: wholeParam(maxLimit)
      .optional()
      .meta({ description: `How many; ${defaultLimit} when left out.` }),
    after: z
      .string()
      .regex(key.dataType === 'number' ? /^\d{1,15}$/ : /^[0-9a-zA-Z-]{1,64}$/)
      .optional()
      .meta({ description: 'Where the page starts: taken from the Link header of the page before (rel="next").' }),
    ...Object.fromEntries(filterNames.map((name) => [name, z.string().max(255).optional()])),
  })
  type Query = { limit?: number | undefined; after?: string | undefined } & Record<string, unknown>

  const plan = (asked: Query, where: SQL | undefined) => {
    const limit = asked.limit ?? defaultLimit
    const start = asked.after === undefined ? undefined : key.dataType === 'number' ? Number(asked.after) : asked.after
    const after = start === undefined ? undefined : order === 'desc' ? lt(key, start) : gt(key, start)
    const chosen = filterNames.map((name) => (typeof asked[name] === 'string' ? filters?.[name]?.(asked[name]) : undefined))
    return { where: and(where, after, ...chosen), orderBy: order === 'desc' ? desc(key) : asc(key), limit: limit + 1 }
  }
  const page = <T>(rows: T[], asked: Query, keyOf: (row: T) => string | number): Page<T> => {
    const limit = asked.limit ?? defaultLimit
    const last = rows[limit - 1]
    return { rows: rows.slice(0, limit), next: rows.length > limit && last !== undefined ? String(keyOf(last)) : undefined }
  }
  return { query, plan, page }
}

/** `Link: <…>; rel="next"` (RFC 8288) for a list that is a bare array. */
export function linkNext(request: Request, next: string | undefined): Record<string, string> {
  if (next === undefined) return {}
  const url = new URL(request.url)
  url.searchParams.set('after', next)
  return { link: `<${url.pathname}${url.search}>; rel="next"` }
}
