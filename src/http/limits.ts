import type { Ctx } from '../context.ts'
import { actorName } from '../identity/roles.ts'
import { AppError } from './errors.ts'
import type { AnySpec } from './operation.ts'

const PERIOD_SECONDS = 60

/** Rate limits: logins and public doors by address, the rest by the token's holder. The bindings in wrangler.toml say how many a minute. */
export async function limitRate(ctx: Ctx, spec: Pick<AnySpec, 'access' | 'login'>): Promise<void> {
  const { actor, env } = ctx
  const address = ctx.address ?? 'unknown'
  const holder = actorName(actor)
  const limiter = spec.login ? env.LIMIT_LOGIN : actor.kind === 'anonymous' ? env.LIMIT_ADDRESS : env.LIMIT_TOKEN
  const { success } = await limiter.limit({ key: spec.login || actor.kind === 'anonymous' ? address : holder })
  if (!success) throw new AppError('too_many_requests', 'Too many requests.', { retryAfter: PERIOD_SECONDS })
}
