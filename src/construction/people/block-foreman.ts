import { and, eq } from 'drizzle-orm'
import { audit, orgOf, type Ctx } from '../../context.ts'
import { batch } from '../../db/client.ts'
import { endSessions } from '../../identity/sessions.ts'
import { users } from '../../identity/tables.ts'
import { loadForeman, showForeman } from './foremen.ts'
import { mustHaveRoom, refusedByLimit, roomGuard } from './limits.ts'
import { memberships } from './tables.ts'

/**
 * Lets a foreman work, or no longer. An own one's account is closed, and whoever is logged in with it is put out at once; of one who joined from another
 * organization only the membership ends, for what happens elsewhere is not ours. Who is blocked takes no place of the subscription, so that coming back needs one.
 */
export async function setForemanActive(ctx: Ctx, userId: number, isActive: boolean) {
  const orgId = orgOf(ctx)
  const { member, user } = await loadForeman(ctx, userId)
  const changes = member.isActive !== isActive || (!member.isGuest && user.isActive !== isActive)
  if (changes && isActive) await mustHaveRoom(ctx, 'users')
  const at = ctx.now.toISOString()
  const own = and(eq(users.id, userId), eq(users.orgId, orgId))
  try {
    if (changes)
      await batch(ctx.db, [
        ctx.db.update(memberships).set({ isActive, updatedAt: at }).where(eq(memberships.id, member.id)),
        ...(member.isGuest ? [] : [ctx.db.update(users).set({ isActive, updatedAt: at }).where(own)]),
        ...(isActive ? [roomGuard(ctx, 'users')] : []),
        audit(ctx, orgId, isActive ? 'foreman.unblocked' : 'foreman.blocked', `user:${userId}`),
      ])
  } catch (error) {
    throw refusedByLimit(error) ?? error
  }
  if (!isActive && !member.isGuest) await endSessions(ctx, orgId, userId)
  return showForeman(ctx, userId)
}
