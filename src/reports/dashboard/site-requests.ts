import { sql } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import { siteRequests as t } from '../../construction/site-requests/tables.ts'
import { mine } from '../../construction/registry/registry.ts'

/** Requests from sites: each waits, or was dealt with one way or the other. */
export async function siteRequestStatistics(ctx: Ctx) {
  const [row] = await ctx.db
    .select({
      total: sql<number>`count(*)`,
      pending: sql<number>`total(${t.status} = 'pending')`,
      personnel: sql<number>`total(${t.kind} = 'personnel')`,
    })
    .from(t)
    .where(mine(ctx, t))
  const { total = 0, pending = 0, personnel = 0 } = row ?? {}
  return { total_requests: total, pending_requests: pending, processed_requests: total - pending, personnel_requests: personnel }
}
