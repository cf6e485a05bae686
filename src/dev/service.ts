import { desc, eq, sql } from 'drizzle-orm'
import { noteClock, serviceNow, type Ctx } from '../context.ts'
import { outboxMessages } from '../notifications/tables.ts'
import { devState } from './tables.ts'

/** What went to phones and mailboxes, newest first; all of it, or what went to one. */
export async function listOutbox(ctx: Ctx, to: string | undefined) {
  const rows = await ctx.db
    .select()
    .from(outboxMessages)
    .where(to ? eq(outboxMessages.to, to) : undefined)
    .orderBy(desc(outboxMessages.seq))
    .limit(50)
  return { messages: rows.map(({ seq: _, id: __, createdAt, ...m }) => ({ ...m, created_at: createdAt })) }
}

/** Three centuries: beyond that dates stop being dates. Milliseconds. */
const FARTHEST = 1e13

/** Moves the service's clock on (or back), from where it is or from the machine's time. */
export async function moveClock(ctx: Ctx, seconds: number, reset: boolean) {
  const ms = Math.round(seconds * 1000)
  const value = reset ? sql`${ms}` : sql`max(${-FARTHEST}, min(${FARTHEST}, ${devState.value} + ${ms}))`
  const [row] = await ctx.db
    .insert(devState)
    .values({ name: 'clock', value: ms })
    .onConflictDoUpdate({ target: devState.name, set: { value } })
    .returning()
  noteClock(row?.value ?? 0)
  return { offset_seconds: (row?.value ?? 0) / 1000, now: (await serviceNow(ctx.settings, ctx.db)).toISOString() }
}
