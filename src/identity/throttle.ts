import { and, eq, inArray, sql } from 'drizzle-orm'
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

/** The account tried and the address it is tried from, both hashed: the table holds no e-mail and no address. */
function subjects(ctx: Ctx, account: string): Subject[] {
  const all: Subject[] = [{ kind: 'account', subject: sha256Hex(`account:${account}`), limit: ctx.settings.LOGIN_FAILURES_PER_ACCOUNT }]
  if (ctx.address)
    all.push({ kind: 'address', subject: sha256Hex(`address:${ctx.address}`), limit: ctx.settings.LOGIN_FAILURES_PER_ADDRESS })
  return all
}

const windowOpen = (ctx: Ctx, start: string) => {
  const left = Date.parse(start) + ctx.settings.LOGIN_WINDOW_SECONDS * 1000 - ctx.now.getTime()
  return left > 0 && left <= ctx.settings.LOGIN_WINDOW_SECONDS * 1000 ? left / 1000 : 0
}

/** Refuses (429) while an account or an address has used up its failures; before any password is looked at. */
export async function mayTryLogin(ctx: Ctx, account: string): Promise<void> {
  const asked = subjects(ctx, account)
  const rows = await ctx.db
    .select()
    .from(loginFailures)
    .where(
      and(
        inArray(loginFailures.kind, ['account', 'address']),
        inArray(
          loginFailures.subject,
          asked.map((s) => s.subject),
        ),
      ),
    )
  for (const row of rows) {
    const limit = asked.find((s) => s.kind === row.kind)?.limit ?? 0
    const left = windowOpen(ctx, row.windowStart)
    if (left > 0 && row.count >= limit) throw new AppError('too_many_requests', 'Too many attempts.', { retryAfter: left })
  }
}

/** Counts a failure; the count starts again when its window has passed. */
export async function loginFailed(ctx: Ctx, account: string): Promise<void> {
  const now = ctx.now.toISOString()
  const stale = new Date(ctx.now.getTime() - ctx.settings.LOGIN_WINDOW_SECONDS * 1000).toISOString()
  const fresh = sql`${loginFailures.windowStart} > ${stale} and ${loginFailures.windowStart} <= ${now}`
  await batch(
    ctx.db,
    subjects(ctx, account).map(({ kind, subject }) =>
      ctx.db
        .insert(loginFailures)
        .values({ kind, subject, count: 1, windowStart: now })
        .onConflictDoUpdate({
          target: [loginFailures.kind, loginFailures.subject],
          set: {
            count: sql`case when ${fresh} then ${loginFailures.count} + 1 else 1 end`,
            windowStart: sql`case when ${fresh} then ${loginFailures.windowStart} else ${now} end`,
          },
        }),
    ),
  )
}

/** A right password clears the account's failures; the address keeps its own, else one good account would hide a spray. */
export async function loginSucceeded(ctx: Ctx, account: string): Promise<void> {
  await ctx.db
    .delete(loginFailures)
    .where(and(eq(loginFailures.kind, 'account'), eq(loginFailures.subject, sha256Hex(`account:${account}`))))
}

/** Forgets failures whose window has long passed. */
export async function sweepLoginFailures(ctx: Ctx): Promise<void> {
  await ctx.db.delete(loginFailures).where(sql`${loginFailures.windowStart} < ${new Date(ctx.now.getTime() - 86_400_000).toISOString()}`)
}
