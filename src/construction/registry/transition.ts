import { and, eq, inArray, sql, type SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { audit, orgOf, type Ctx } from '../../context.ts'
import { batch, type Write } from '../../db/client.ts'
import { AppError, notFound } from '../../http/errors.ts'
import { mine, type OwnedTable } from './registry.ts'

interface Step<T extends OwnedTable> {
  table: T
  id: number
  /** Which column holds the state, from which states the step may start, and what it sets. */
  column: SQLiteColumn
  from: readonly string[]
  set: { [K in keyof T['$inferInsert']]?: T['$inferInsert'][K] }
  /** As the audit trail names it: `time_entry.approved`. */
  action: string
  missing: string
  /** What is said where the row is in another state, or `when` does not hold. */
  refusal: AppError | (() => Promise<AppError>)
  /** Further conditions that must hold at that moment. */
  when?: SQL
  also?: Write[]
}

/**
 * One step of a state machine, decided where it is written: of calls side by side one finds the row in a state to start from. What is in `also` is written in
 * any case, so it must itself depend on the row's new state.
 */
export async function takeStep<T extends OwnedTable>(ctx: Ctx, step: Step<T>): Promise<T['$inferSelect']> {
  const { table, id, column, from, set, action, missing, refusal, when, also = [] } = step
  const own: OwnedTable = table
  const [changed] = await batch(ctx.db, [
    ctx.db
      .update(own)
      .set({ ...set, updatedAt: ctx.now.toISOString() })
      .where(and(eq(own.id, id), mine(ctx, own), inArray(column, [...from]), when))
      .returning(),
    // What did not happen leaves no trace.
    audit(ctx, orgOf(ctx), action, `${action.split('.')[0] ?? ''}:${id}`, sql`changes() > 0`),
    ...also,
  ])
  const [row] = changed as T['$inferSelect'][]
  if (row) return row
  const [there] = await ctx.db
    .select({ id: own.id })
    .from(own)
    .where(and(eq(own.id, id), mine(ctx, own)))
  if (!there) throw notFound(missing)
  throw refusal instanceof AppError ? refusal : await refusal()
}
