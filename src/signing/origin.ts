import type { Ctx } from '../context.ts'
import { actorName } from '../identity/roles.ts'
import type { Origin } from './model.ts'

/** Who sends a command to a package, when, and from where. */
export const originOf = (ctx: Ctx): Origin => ({
  now: ctx.now.toISOString(),
  actor: actorName(ctx.actor),
  ip: ctx.address,
  userAgent: ctx.userAgent,
})
