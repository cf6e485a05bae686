import * as z from 'zod'
import type { Ctx } from '../context.ts'
import { AppError } from '../http/errors.ts'
import { operation, type Input, type Operation, type Spec } from '../http/operation.ts'

/** The `Client` header names the organization: if it is sent, it must be the token's own. For another one the caller is nobody. */
function checkClient({ actor }: Ctx, request: Request): void {
  const client = request.headers.get('client')
  if (client === null || !('orgId' in actor)) return
  if (client.trim() !== String(actor.orgId)) throw new AppError('unauthenticated', 'The client is not the token’s own.')
}

/** An operation of document 003. */
export const agreementOperation = <
  P extends z.ZodType = z.ZodUndefined,
  Q extends z.ZodType = z.ZodUndefined,
  B extends z.ZodType = z.ZodUndefined,
>(
  spec: Omit<Spec<P, Q, B>, 'tag'>,
  handler: (ctx: Ctx, input: Input<P, Q, B>) => Promise<unknown>,
): Operation => {
  const { run, ...declared } = operation({ tag: 'Agreements', ...spec }, handler)
  return {
    ...declared,
    run: async (c, ctx, errors) => {
      checkClient(ctx, c.req.raw)
      return run(c, ctx, errors)
    },
  }
}
