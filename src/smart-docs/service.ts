import { and, asc, eq, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { audit, orgOf, type Ctx } from '../context.ts'
import { batch, holds, isUniqueViolation } from '../db/client.ts'
import { AppError, notFound } from '../http/errors.ts'
import { drfPage, drfWindow } from '../http/drf-page.ts'
import { randomHex } from '../lib/ids.ts'
import { searchable } from '../lib/search-text.ts'
import { staffOf } from './staff.ts'
import type { smartActors, smartBeneficiaries, smartProducts, smartWorks } from './tables.ts'

const TRIES = 30

type Table = typeof smartWorks | typeof smartActors | typeof smartProducts | typeof smartBeneficiaries
type Own<T extends Table> = Omit<T['$inferInsert'], 'seq' | 'id' | 'orgId' | 'staff' | 'search' | 'createdAt'>

/** Where input goes: `before` is the row that it changes. */
export interface At<T extends Table> {
  ctx: Ctx
  before?: T['$inferSelect']
}

/** One of the things that smart documents are made from: how input becomes a row, and a row an answer. */
export interface Resource<T extends Table, New, Change, Shown> {
  table: T
  /** As the audit trail names it. */
  noun: string
  columns: (input: New, at: At<T>) => Own<T>
  changes: (input: Change, at: At<T>) => Partial<Own<T>>
  present: (ctx: Ctx, row: T['$inferSelect']) => Shown
  /** What a search looks through. */
  searched: (row: Own<T>) => string[]
}

export interface ListQuery {
  page?: string | undefined
  page_size?: string | undefined
  search?: string | undefined
}

const mine = (ctx: Ctx, table: Table, id: string) => and(eq(table.orgId, orgOf(ctx)), eq(table.id, id))

/** Rows whose text holds every word of the search, in any order. */
export const matches = (column: SQLiteColumn, search: string | undefined) =>
  and(
    ...(search ?? '')
      .split(/\s+/)
      .filter((word) => word !== '')
      .slice(0, 20)
      .map((word) => holds(column, word)),
  )

/** Tries again where the eight digits of an id are taken in the organization. */
export async function withNewId<T>(write: (id: string) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await write(randomHex(4))
    } catch (error) {
      if (tries >= 5 || !isUniqueViolation(error, '.id')) throw error
    }
  }
}

/** The verbs that all of them share. Each row belongs to the caller's organization; anybody else's does not exist. */
export function verbsOf<T extends Table, New, Change, Shown>(resource: Resource<T, New, Change, Shown>) {
  // drizzle's own types can't be carried through a parameter: the query sees a table of the common columns, answers are of the resource's.
  const table: Table = resource.table
  const { noun, columns, changes, present, searched } = resource
  type Row = T['$inferSelect']
  const searchOf = (row: Own<T>) => searchable(searched(row).join('\n'))

  async function load(ctx: Ctx, id: string): Promise<Row> {
    const [row] = await ctx.db
      .select()
      .from(table)
      .where(mine(ctx, table, id))
    if (!row) throw notFound()
    return row
  }

  async function list(ctx: Ctx, query: ListQuery, url: string) {
    const window = drfWindow(query)
    const where = and(eq(table.orgId, orgOf(ctx)), matches(table.search, query.search))
    const [rows, [count]] = await ctx.db.batch([
      ctx.db.select().from(table).where(where).orderBy(asc(table.seq)).limit(window.limit).offset(window.offset),
      ctx.db
        .select({ total: sql<number>`count(*)` })
        .from(table)
        .where(where),
    ])
    return drfPage(
      window,
      url,
      count?.total ?? 0,
      (rows as Row[]).map((row) => present(ctx, row)),
    )
  }

  async function create(ctx: Ctx, input: New): Promise<Shown> {
    const orgId = orgOf(ctx)
    const own = columns(input, { ctx })
    const common = { orgId, staff: await staffOf(ctx), search: searchOf(own), createdAt: ctx.now.toISOString() }
    return withNewId(async (id) => {
      const values = { ...own, ...common, id } as unknown as typeof smartWorks.$inferInsert
      const [made] = await batch(ctx.db, [
        ctx.db
          .insert(table as typeof smartWorks)
          .values(values)
          .returning(),
        audit(ctx, orgId, `${noun}.created`, `${noun}:${id}`),
      ])
      const [row] = made as Row[]
      if (!row) throw new Error(`the ${noun} was not written`)
      return present(ctx, row)
    })
  }

  /** `search` is of all the fields: where another change came between, this one is worked out anew from what that one left. */
  async function write(ctx: Ctx, id: string, changesTo: (before: Row) => Partial<Own<T>>): Promise<Shown> {
    for (let tries = 0; tries < TRIES; tries++) {
      const before = await load(ctx, id)
      const change = changesTo(before)
      const set = { ...change, search: searchOf({ ...before, ...change }) } as object
      const unchanged = and(mine(ctx, table, id), eq(table.search, before.search))
      const [, changed] = await batch(ctx.db, [
        audit(ctx, orgOf(ctx), `${noun}.changed`, `${noun}:${id}`, sql`exists (select 1 from ${table} where ${unchanged})`),
        ctx.db
          .update(table as typeof smartWorks)
          .set(set)
          .where(unchanged)
          .returning(),
      ])
      const [row] = changed as Row[]
      if (row) return present(ctx, row)
    }
    throw new AppError('conflict', 'It is being changed by others; try again.')
  }

  return {
    load,
    list,
    create,
    get: async (ctx: Ctx, id: string) => present(ctx, await load(ctx, id)),
    /** All fields anew. */
    replace: (ctx: Ctx, id: string, input: New) => write(ctx, id, (before) => columns(input, { ctx, before })),
    change: (ctx: Ctx, id: string, input: Change) => write(ctx, id, (before) => changes(input, { ctx, before })),
    /** Documents that were made from it keep what it said. */
    remove: async (ctx: Ctx, id: string): Promise<void> => {
      await load(ctx, id)
      await batch(ctx.db, [ctx.db.delete(table).where(mine(ctx, table, id)), audit(ctx, orgOf(ctx), `${noun}.deleted`, `${noun}:${id}`)])
    },
  }
}
