import { eq } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { AppError } from '../http/errors.ts'
import { apiKeys, users } from '../identity/tables.ts'

/** Whose staff id a new row carries: the caller's; where a key calls, that of whoever made the key. */
export async function staffOf(ctx: Ctx): Promise<string> {
  const { actor } = ctx
  if (actor.kind === 'user') return actor.staffId
  if (actor.kind !== 'key') throw new AppError('forbidden', 'This is for members of a company.')
  const [row] = await ctx.db
    .select({ staff: users.staffId })
    .from(apiKeys)
    .innerJoin(users, eq(users.id, apiKeys.createdBy))
    .where(eq(apiKeys.id, actor.keyId))
  if (!row) throw new Error('the key has no maker')
  return row.staff
}
