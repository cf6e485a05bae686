import { eq } from 'drizzle-orm'
import { orgOf, type Ctx } from '../context.ts'
import { organizations } from '../identity/tables.ts'
import { dayIn } from '../lib/dates.ts'

/** The zone in which an organization's days begin. The caller's own is mostly known since it was found out who calls. */
export async function zoneOf(ctx: Ctx, orgId = orgOf(ctx)): Promise<string> {
  const { actor } = ctx
  const known = (actor.kind === 'user' || actor.kind === 'key') && actor.orgId === orgId ? actor.timeZone : undefined
  if (known !== undefined) return known ?? ctx.settings.TIME_ZONE
  const [row] = await ctx.db.select({ zone: organizations.timeZone }).from(organizations).where(eq(organizations.id, orgId))
  return row?.zone ?? ctx.settings.TIME_ZONE
}

/** Today where the organization is. */
export const todayIn = async (ctx: Ctx): Promise<string> => dayIn(ctx.now, await zoneOf(ctx))
