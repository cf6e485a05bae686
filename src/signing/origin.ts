import type { Ctx } from '../context.ts'
import { actorName } from '../identity/roles.ts'
import type { Origin } from './model.ts'

/** Who sends a command to a package, when, and from where. */
export const originOf = (ctx: Ctx): Origin => ({
  now: ctx.now.toISOString(),
  // Who has no account and came by the contract's secret is the one who signs.
  actor: ctx.actor.kind === 'anonymous' ? 'signer' : actorName(ctx.actor),
  ip: ctx.address,
  userAgent: ctx.userAgent,
})
