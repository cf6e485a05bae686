import { and, eq, sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { batch } from '../db/client.ts'
import { AppError } from '../http/errors.ts'
import { sha256Hex } from '../lib/hash.ts'
import { loginFailures } from './tables.ts'

interface Subject {
  kind: 'account' | 'address'
  subject: string
  limit: number
}

/** The account tried and the address it is tried from, both hashed: the table holds no e-mail and no address. No account: the address alone. */
function subjects(ctx: Ctx, account: string | null): Subject[] {
  const all: Subject[] = []
  if (account !== null)
    all.push({ kind: 'account', subject: sha256Hex(`account:${account}`), limit: ctx.settings.LOGIN_FAILURES_PER_ACCOUNT })
  if (ctx.address)
    all.push({ kind: 'address', subject: sha256Hex(`address:${ctx.address}`), limit: ctx.settings.LOGIN_FAILURES_PER_ADDRESS })
  return all
}

/** Calls bring the time at which they began: of two side by side, the earlier may be counted later. */
const SKEW_MS = 30_000

/**
 * Counts a try before any password is looked at, so that guesses that come together are counted like any; refuses it (429) while the
 * account or the address has used up its failures. A right password takes it back. The count starts again when its window has passed.
 */
export async function takeLoginTry(ctx: Ctx, account: string | null): Promise<void> {
  const windowMs = ctx.settings.LOGIN_WINDOW_SECONDS * 1000
  const now = ctx.now.getTime()
  const at = (ms: number) => new Date(ms).toISOString()
  const fresh = sql`${loginFailures.windowStart} > ${at(now - windowMs)} and ${loginFailures.windowStart} <= ${at(now + SKEW_MS)}`
  const asked = subjects(ctx, account)
  const counted = await batch(
    ctx.db,
    asked.map(({ kind, subject }) =>
      ctx.db
        .insert(loginFailures)
        .values({ kind, subject, count: 1, windowStart: at(now) })
        .onConflictDoUpdate({
          target: [loginFailures.kind, loginFailures.subject],
          set: {
            count: sql`case when ${fresh} then ${loginFailures.count} + 1 else 1 end`,
            windowStart: sql`case when ${fresh} then ${loginFailures.windowStart} else ${at(now)} end`,
          },
        })
        .returning({ count: loginFailures.count, windowStart: loginFailures.windowStart }),
    ),
  )
  for (const [i, { limit }] of asked.entries()) {
    const [row] = counted[i] as { count: number; windowStart: string }[]
    if (row && row.count > limit)
      throw new AppError('too_many_requests', 'Too many attempts.', { retryAfter: (Date.parse(row.windowStart) + windowMs - now) / 1000 })
  }
}

/** A right password clears the account's failures; the address keeps its own but this try, else one good account would hide a spray. */
export async function loginSucceeded(ctx: Ctx, account: string | null): Promise<void> {
  await batch(
    ctx.db,
    subjects(ctx, account).map(({ kind, subject }) => {
      const mine = and(eq(loginFailures.kind, kind), eq(loginFailures.subject, subject))
      return kind === 'account'
        ? ctx.db.delete(loginFailures).where(mine)
        : ctx.db
            .update(loginFailures)
            .set({ count: sql`max(${loginFailures.count} - 1, 0)` })
            .where(mine)
    }),
  )
}

/** Forgets failures whose window has long passed. */
export async function sweepLoginFailures(ctx: Ctx): Promise<void> {
  await ctx.db.delete(loginFailures).where(sql`${loginFailures.windowStart} < ${new Date(ctx.now.getTime() - 86_400_000).toISOString()}`)
}
