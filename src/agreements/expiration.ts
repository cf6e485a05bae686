import { eq } from 'drizzle-orm'
import { orgOf, type Ctx } from '../context.ts'
import { notFound } from '../http/errors.ts'
import { organizations } from '../identity/tables.ts'

const DAY_MS = 86_400_000

/** When the organization's trial ends, in UTC, and how many days are left of it, begun ones counted whole. */
export async function trialExpiration(ctx: Ctx) {
  const [org] = await ctx.db
    .select({ createdAt: organizations.createdAt })
    .from(organizations)
    .where(eq(organizations.id, orgOf(ctx)))
  if (!org) throw notFound()
  const end = Date.parse(org.createdAt) + ctx.settings.AGREEMENT_TRIAL_DAYS * DAY_MS
  return {
    days: Math.max(0, Math.ceil((end - ctx.now.getTime()) / DAY_MS)),
    expiration: new Date(end).toISOString().slice(0, 19).replace('T', ' '),
  }
}
