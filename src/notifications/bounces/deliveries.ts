import { and, eq, isNull, lt, or, sql } from 'drizzle-orm'
import { audit, type Ctx } from '../../context.ts'
import { batch } from '../../db/client.ts'
import { announce } from '../../queue/outbox.ts'
import { mailDeliveries as table } from '../tables.ts'
import type { Failure } from './delivery-status.ts'
import { returnHash } from './return-address.ts'

export type Delivery = typeof table.$inferSelect

/** A mail that is about to be sent: written first, since what comes back may come before the server's answer is here. Every try writes the same. */
export async function expectReturn(
  ctx: Ctx,
  said: { id: string; token: string; orgId: number | null; scheduleId: number | null; to: string },
): Promise<void> {
  const { id, token, orgId, scheduleId, to } = said
  await ctx.db
    .insert(table)
    .values({ id, returnHash: returnHash(token), orgId, scheduleId, address: to, createdAt: ctx.now.toISOString() })
    .onConflictDoNothing()
}

export async function deliveryBy(ctx: Ctx, token: string): Promise<Delivery | undefined> {
  const [row] = await ctx.db
    .select()
    .from(table)
    .where(eq(table.returnHash, returnHash(token)))
  return row
}

/**
 * Records that a mail did not arrive. Told again it changes nothing, but a permanent failure may follow a temporary one; that one takes the recipient off the
 * schedule which the mail was of, in the same transaction.
 */
export async function recordFailure(ctx: Ctx, id: string, { kind, code }: Failure): Promise<void> {
  const [delivery] = await ctx.db.select().from(table).where(eq(table.id, id))
  if (!delivery) return
  const open = kind === 'permanent' ? or(isNull(table.failure), eq(table.failure, 'temporary')) : isNull(table.failure)
  const { scheduleId, orgId } = delivery
  const off =
    kind === 'permanent' && scheduleId !== null
      ? await (await import('../../reports/schedules/undelivered.ts')).takeOff(ctx, { ...delivery, scheduleId }, code)
      : { writes: [], notices: [] }
  await batch(ctx.db, [
    ctx.db
      .update(table)
      .set({ failure: kind, code, failedAt: ctx.now.toISOString() })
      .where(and(eq(table.id, id), open)),
    audit(ctx, orgId, `mail.${kind}_failure`, `mail_delivery:${delivery.returnHash.slice(0, 16)}`, sql`changes() > 0`),
    ...off.writes,
    ...off.notices.map(({ write }) => write),
  ])
  await announce(ctx.env, off.notices)
}

const DAY = 86_400_000
/** No server reports after so many days (RFC 5321, 4.5.4.1: four or five). */
const WAIT_DAYS = 30
const KEPT_DAYS = 365

/** Forgets mails that arrived, as far as is known, and after a year those that did not. */
export async function sweepDeliveries(ctx: Ctx): Promise<void> {
  const before = (days: number) => new Date(ctx.now.getTime() - days * DAY).toISOString()
  await ctx.db
    .delete(table)
    .where(or(and(isNull(table.failure), lt(table.createdAt, before(WAIT_DAYS))), lt(table.createdAt, before(KEPT_DAYS))))
}
