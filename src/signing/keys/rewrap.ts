import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import { batch } from '../../db/client.ts'
import { mover } from './ring.ts'
import { keptKeys, platformKeys } from './tables.ts'

const AT_ONCE = 200

/**
 * Moves kept keys to the first key-encryption key, some at a time: after a rotation the old one may be dropped when no record names it any
 * longer. Only the key around each is wrapped anew. A record that was changed meanwhile is left alone.
 */
export async function rewrapKeys(ctx: Ctx): Promise<void> {
  const { older, move } = await mover(ctx)
  if (older.length === 0) return
  for (const table of [platformKeys, keptKeys]) {
    const rows = await ctx.db
      .select({ id: table.id, key: table.key })
      .from(table)
      .where(and(isNotNull(table.key), inArray(sql`json_extract(${table.key}, '$.kid')`, older)))
      .limit(AT_ONCE)
    const moved = await Promise.all(rows.map(async ({ id, key }) => ({ id, before: key, after: key && (await move(key)) })))
    await batch(
      ctx.db,
      moved.flatMap(({ id, before, after }) =>
        after
          ? [
              ctx.db
                .update(table)
                .set({ key: after })
                .where(and(eq(table.id, id), sql`${table.key} = ${JSON.stringify(before)}`)),
            ]
          : [],
      ),
    )
  }
}
