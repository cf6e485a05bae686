import { and, eq, isNull, sql, type SQL } from 'drizzle-orm'
import { getTableName } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { audit, orgOf, type Ctx } from '../../context.ts'
import { batch, isUniqueViolation, sqliteMessage, type Write } from '../../db/client.ts'
import { AppError, notFound, type FieldIssue } from '../../http/errors.ts'
import type { Exact, Scope } from '../../db/list-counts.ts'
import { readWindow, type PageMeta, type PageQuery, type Pages, type Source } from '../../http/page-list.ts'
import { writeGuarded, writtenAt } from './guard.ts'
import { findMissing, type Reference } from './references.ts'

/** A table whose rows belong to an organization: see `owned()`. */
export type OwnedTable = SQLiteTable & {
  id: SQLiteColumn
  orgId: SQLiteColumn
  deletedAt: SQLiteColumn
}
type Row<T extends SQLiteTable> = T['$inferSelect']
type Columns<T extends SQLiteTable> = Partial<Omit<T['$inferInsert'], 'id' | 'orgId' | 'createdAt' | 'updatedAt' | 'deletedAt'>>
/** A change may be worked out where it is written, from what is there at that moment. */
type Changes<T extends SQLiteTable> = { [K in keyof Columns<T>]: Columns<T>[K] | SQL }

/** Where input goes: `before` is the row that it changes. */
export interface At<T extends SQLiteTable> {
  ctx: Ctx
  before?: Row<T>
}

/** What a registry is: how input becomes a row, and a row an answer. Everything else is the same for all of them. */
export interface Registry<T extends OwnedTable, New, Change, Related, Shown> {
  table: T
  /** As the audit trail names it. */
  noun: string
  /** What is said where there is no such row. */
  missing: string
  list: Pages
  columns: (input: New, at: At<T>) => Columns<T>
  changes: (input: Change, at: At<T>) => Changes<T>
  /** Whose rows are seen; the caller's organization's, unless said otherwise. */
  seen?: (ctx: Ctx) => SQL
  /** What `seen` comes to in counters; the whole organization's rows, where `seen` is not said. */
  scope?: (ctx: Ctx) => Scope | undefined
  /** What `seen` comes to where an index can't find all of it in order: the list merges them. */
  sources?: (ctx: Ctx) => readonly Source[]
  /** What of other registries the input names: each must be the organization's. */
  references?: (input: New | Change, ctx: Ctx) => Reference[]
  /** Rules that need what is stored, or more than one field. */
  check?: (input: New | Change, at: At<T>) => FieldIssue[] | Promise<FieldIssue[]>
  /** Which unique index belongs to which field: as SQLite names them, `table.column`. */
  unique?: Record<string, FieldIssue & { status?: 400 | 422 }>
  /** What triggers refuse, by the text that they raise: rules that only hold if the database itself keeps them. */
  refusals?: Record<string, () => AppError>
  /** What goes into the same transaction; `id` is the row's, which a new one has only there. */
  also?: (input: New | Change, id: SQL<number>, at: At<T>) => Write[]
  /** Rows of other tables that the answer shows, for all rows of a page in one trip. */
  related: (ctx: Ctx, rows: Row<T>[]) => Promise<Related>
  present: (row: Row<T>, related: Related, ctx: Ctx) => Shown
  /** Of such rules what must still hold where a change is written. */
  holds?: (input: Change, at: At<T> & { before: Row<T> }) => SQL | undefined
  /** Refuses a deletion. */
  mayRemove?: (ctx: Ctx, row: Row<T>) => Promise<void>
  /** What must still hold where a deletion is written; why it does not, `mayRemove` tells. */
  unused?: (row: Row<T>, ctx: Ctx) => SQL
  /** What else goes with the row, in the same transaction. */
  alsoRemove?: (ctx: Ctx, row: Row<T>) => Write[]
  /** For good; otherwise the row stays, unseen. */
  hardRemove?: boolean
}

/** The id that the insert just before gave, inside one batch: tables here count with AUTOINCREMENT. */
export const insertedId = (table: SQLiteTable): SQL<number> =>
  sql<number>`(select seq from sqlite_sequence where name = ${getTableName(table)})`

export const invalid = (issues: FieldIssue[], status?: 400 | 422) =>
  new AppError('validation', issues[0]?.message ?? 'The given data was invalid.', { issues, ...(status ? { status } : {}) })

/** Without what was not said: a change leaves that as it is. */
export const said = <T extends object>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> }

/** The living rows of the caller's organization. */
export const mine = (ctx: Ctx, table: OwnedTable): SQL => sql`${table.orgId} = ${orgOf(ctx)} and ${table.deletedAt} is null`

/** The same in counters; where a person sees only what is theirs, with the person. */
export const mineCounted = (ctx: Ctx, userId?: number): Scope => ({
  orgs: [orgOf(ctx)],
  ...(userId === undefined ? {} : { exact: [{ column: 'user_id', values: [userId] }] }),
})

/** The verbs that all registries share. Each row belongs to the caller's organization; anybody else's does not exist. */
export function verbsOf<T extends OwnedTable, New, Change, Related, Shown>(registry: Registry<T, New, Change, Related, Shown>) {
  // drizzle's types can't be carried through a parameter: the query sees the common columns, answers are of the registry's own.
  const { noun, missing, unique = {}, refusals = {} } = registry
  const table: OwnedTable = registry.table
  const seen = registry.seen ?? ((ctx: Ctx) => mine(ctx, table))

  async function load(ctx: Ctx, id: number): Promise<Row<T>> {
    const [row] = await ctx.db
      .select()
      .from(table)
      .where(and(eq(table.id, id), seen(ctx)))
    if (!row) throw notFound(missing)
    return row
  }

  async function show(ctx: Ctx, row: Row<T>): Promise<Shown> {
    return registry.present(row, await registry.related(ctx, [row]), ctx)
  }

  const scopeOf = registry.scope ?? (registry.seen ? () => undefined : mineCounted)

  /** `exact`: what `where` says, where it is values of one column. */
  async function list(ctx: Ctx, query: PageQuery, where?: SQL, exact?: Exact): Promise<{ rows: Shown[]; meta: PageMeta }> {
    const scope = where && !exact ? undefined : scopeOf(ctx)
    const window =
      registry.sources && !where
        ? registry.list.windowOf(query, registry.sources(ctx))
        : registry.list.windowOf(query, and(seen(ctx), where), scope && exact ? { ...scope, exact: [exact] } : scope)
    const { rows, meta } = await readWindow(ctx.db, registry.table, window)
    const related = await registry.related(ctx, rows)
    return { rows: rows.map((row) => registry.present(row, related, ctx)), meta }
  }

  async function mustBeRight(input: New | Change, at: At<T>): Promise<void> {
    const [missingOnes, problems] = await Promise.all([
      findMissing(at.ctx, registry.references?.(input, at.ctx) ?? []),
      registry.check?.(input, at) ?? [],
    ])
    const issues = [...missingOnes, ...problems]
    if (issues.length > 0) throw invalid(issues)
  }

  /** Runs the writes; a unique index that refuses is the field's fault, and a trigger says what it refuses. */
  async function write(ctx: Ctx, writes: Write[]): Promise<unknown[]> {
    try {
      return await batch(ctx.db, writes)
    } catch (error) {
      const taken = Object.entries(unique).find(([column]) => isUniqueViolation(error, column))?.[1]
      if (taken) throw invalid([{ path: taken.path, message: taken.message }], taken.status)
      const refusal = Object.entries(refusals).find(([text]) => sqliteMessage(error).includes(text))?.[1]
      throw refusal?.() ?? error
    }
  }

  const guarded = (input: New | Change, at: At<T>, writes: Write[]) =>
    writeGuarded(
      at.ctx,
      table,
      writes,
      () => mustBeRight(input, at),
      (all) => write(at.ctx, all),
    )

  async function create(ctx: Ctx, input: New): Promise<Shown> {
    await mustBeRight(input, { ctx })
    const at = ctx.now.toISOString()
    const orgId = orgOf(ctx)
    const updatedAt = writtenAt(ctx, registry.references?.(input, ctx) ?? [])
    const values = { ...registry.columns(input, { ctx }), orgId, createdAt: at, updatedAt }
    const writes = [
      ctx.db
        .insert(table)
        .values(values as never)
        .returning(),
      ...(registry.also?.(input, insertedId(table), { ctx }) ?? []),
      audit(ctx, orgId, `${noun}.created`, noun),
    ]
    const [made] = await guarded(input, { ctx }, writes)
    const [row] = made as Row<T>[]
    if (!row) throw new Error(`the ${noun} was not written`)
    return show(ctx, row)
  }

  /** `loaded` is the row, where the caller has loaded it already. */
  async function change(ctx: Ctx, id: number, input: Change, loaded?: Row<T>): Promise<Shown> {
    const before = loaded ?? (await load(ctx, id))
    await mustBeRight(input, { ctx, before })
    const holds = registry.holds?.(input, { ctx, before })
    const updatedAt = writtenAt(ctx, registry.references?.(input, ctx) ?? [], holds)
    const set = { ...registry.changes(input, { ctx, before }), updatedAt }
    const writes = [
      ctx.db
        .update(table)
        .set(set as never)
        .where(and(eq(table.id, id), isNull(table.deletedAt)))
        .returning(),
      ...(registry.also?.(input, sql<number>`${id}`, { ctx, before }) ?? []),
      audit(ctx, orgOf(ctx), `${noun}.changed`, `${noun}:${id}`),
    ]
    const [changed] = await guarded(input, { ctx, before }, writes)
    const [row] = changed as Row<T>[]
    if (!row) throw notFound(missing)
    return show(ctx, row)
  }

  async function remove(ctx: Ctx, id: number): Promise<void> {
    const row = await load(ctx, id)
    await registry.mayRemove?.(ctx, row)
    const at = ctx.now.toISOString()
    const where = and(eq(table.id, id), isNull(table.deletedAt), registry.unused?.(row, ctx))
    const [gone] = await write(ctx, [
      registry.hardRemove
        ? ctx.db.delete(table).where(where).returning({ id: table.id })
        : ctx.db.update(table).set({ deletedAt: at, updatedAt: at }).where(where).returning({ id: table.id }),
      audit(ctx, orgOf(ctx), `${noun}.deleted`, `${noun}:${id}`, sql`changes() > 0`),
      ...(registry.alsoRemove?.(ctx, row) ?? []),
    ])
    if ((gone as unknown[]).length > 0) return
    await registry.mayRemove?.(ctx, row)
    throw notFound(missing)
  }

  return {
    registry,
    load,
    show,
    list,
    create,
    change,
    remove,
    get: async (ctx: Ctx, id: number): Promise<Shown> => show(ctx, await load(ctx, id)),
  }
}
export type Verbs<New, Change, Shown> = {
  list: (ctx: Ctx, query: PageQuery, where?: SQL) => Promise<{ rows: Shown[]; meta: PageMeta }>
  get: (ctx: Ctx, id: number) => Promise<Shown>
  create: (ctx: Ctx, input: New) => Promise<Shown>
  change: (ctx: Ctx, id: number, input: Change) => Promise<Shown>
  remove: (ctx: Ctx, id: number) => Promise<void>
}
