import { and, getTableName, sql, type SQL } from 'drizzle-orm'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Ctx } from '../../context.ts'
import { batch, sqliteMessage, type Write } from '../../db/client.ts'
import { AppError } from '../../http/errors.ts'
import { stillThere, type Reference } from './references.ts'

// What a row names may be deleted after it was looked for, and before the row is written. So the write looks once more.

/** `updated_at` of what is written; null, which no row may have, where something that it names has gone, or `holds` is no longer so. */
export const writtenAt = (ctx: Ctx, references: readonly Reference[], holds?: SQL): SQL<string> =>
  sql`iif(${and(stillThere(ctx, references), holds)}, ${ctx.now.toISOString()}, null)`

/** Runs writes with a row of `table` that has `writtenAt`. Where it was refused, `look` tells what is in the way, as it would have at first. */
export async function writeGuarded(
  ctx: Ctx,
  table: SQLiteTable,
  writes: Write[],
  look: () => Promise<void>,
  write = (all: Write[]) => batch(ctx.db, all),
): Promise<unknown[]> {
  try {
    return await write(writes)
  } catch (error) {
    if (!sqliteMessage(error).includes(`NOT NULL constraint failed: ${getTableName(table)}.updated_at`)) throw error
    await look()
    throw new AppError('conflict', 'Данные изменились во время записи, повторите запрос.')
  }
}
