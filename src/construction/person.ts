import type { Ctx } from '../context.ts'
import { AppError } from '../http/errors.ts'

/** The person who calls. An API key is nobody: what belongs to a person is refused to it. */
export function personOf(ctx: Pick<Ctx, 'actor'>): { userId: number; orgId: number } {
  const { actor } = ctx
  if (actor.kind !== 'user') throw new AppError('forbidden', 'Это доступно только людям, а не ключам API.')
  return { userId: actor.userId, orgId: actor.orgId }
}

/** Who made a row, or asks; null for a key. */
export const authorOf = (ctx: Pick<Ctx, 'actor'>): number | null => (ctx.actor.kind === 'user' ? ctx.actor.userId : null)

/** The person's id, where a foreman calls: they see what is assigned to them and nothing else. */
export const foremanId = ({ actor }: Pick<Ctx, 'actor'>): number | undefined =>
  actor.kind === 'user' && actor.role === 'foreman' ? actor.userId : undefined
