import { sql, type SQL } from 'drizzle-orm'
import { drizzle, type DrizzleD1Database } from 'drizzle-orm/d1'
import type { BatchItem } from 'drizzle-orm/batch'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { searchable } from '../lib/search-text.ts'
import { withDistinctColumns } from './distinct-columns.ts'

export type Db = DrizzleD1Database
export type Write = BatchItem<'sqlite'>

/** Where a session starts when the caller brought no bookmark (D1 Sessions API). */
export type Start = 'first-unconstrained' | 'first-primary'

export interface DbSession {
  db: Db
  /** The bookmark after the last query; the caller sends it back to read its own writes on any replica. */
  bookmark: () => string | undefined
}

const BOOKMARK = /^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{32}$/

/** Opens D1 through the Sessions API: every query of one request sees at least what the one before it saw. */
export function openDb(env: Env, start: Start, bookmark?: string): DbSession {
  const session = env.DB.withSession(bookmark && BOOKMARK.test(bookmark) ? bookmark : start)
  return { db: withDistinctColumns(drizzle(session as unknown as D1Database)), bookmark: () => session.getBookmark() ?? undefined }
}

const isRaw = (write: Write): write is Write & { getQuery: () => { sql: string; params: unknown[] } } =>
  'getQuery' in write && !('_prepare' in write && 'prepare' in write)

/** drizzle's batch takes statements that it built, not `sql` texts: those are prepared here, in the form that it expects. */
function prepared(db: Db, write: Write): Write {
  if (!isRaw(write)) return write
  const query = write.getQuery()
  const statement = (db as unknown as { $client: D1Database }).$client.prepare(query.sql)
  return { _prepare: () => ({ stmt: statement, getQuery: () => query, mapResult: (result: unknown) => result }) } as unknown as Write
}

/** Runs writes as one transaction: all of them happen, or none does. */
export async function batch(db: Db, writes: Write[]): Promise<unknown[]> {
  const [first, ...rest] = writes.map((write) => prepared(db, write))
  return first ? db.batch([first, ...rest]) : []
}

/** What SQLite gives of a column, blobs aside. */
export type Stored = string | number | null

/** Runs a query that is a text of ours with its values, and gives rows as arrays. */
export async function rawRows(db: Db, text: string, params: readonly (string | number)[]): Promise<Stored[][]> {
  const client = (db as unknown as { $client: D1Database }).$client
  return client
    .prepare(text)
    .bind(...params)
    .raw<Stored[]>()
}

/** D1 binds at most 100 parameters: rows of a bulk insert in pieces that fit. */
export function chunks<T extends object>(rows: T[], columns: number): T[][] {
  const size = Math.max(1, Math.floor(100 / columns))
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, i) => rows.slice(i * size, (i + 1) * size))
}

/** What SQLite said under drizzle's wrapper, which also quotes the parameters and so must not be shown or logged. */
export function sqliteMessage(error: unknown): string {
  const parts: string[] = []
  for (let e = error; e instanceof Error && parts.length < 5; e = e.cause) if (!('params' in e)) parts.push(e.message)
  return parts.join(' | ')
}

export const isUniqueViolation = (error: unknown, column = '') => {
  const message = sqliteMessage(error)
  return message.includes('UNIQUE constraint failed') && message.includes(column)
}
export const isCheckViolation = (error: unknown) => sqliteMessage(error).includes('CHECK constraint failed')

/** Rows whose searchable column holds the text; `%` and `_` are letters like any. */
export const holds = (column: SQLiteColumn, text: string): SQL => sql`instr(${column}, ${searchable(text.trim())}) > 0`
