import type { Ctx } from '../../context.ts'
import { AppError } from '../../http/errors.ts'

const baseOf = (ctx: Pick<Ctx, 'settings'>) => `${ctx.settings.PUBLIC_URL ?? ''}/pki/`

/** Whether an address is of the platform's own authority: it answers in here, where a Worker could not call itself by its name. */
export const isOwn = (ctx: Pick<Ctx, 'settings'>, url: URL): boolean =>
  ctx.settings.PUBLIC_URL !== undefined && url.href.startsWith(baseOf(ctx))

/** What the platform's own authority says: its OCSP responder to this request, or the list at this address. Undefined when it is not at work. */
export async function ownAnswer(ctx: Ctx, kind: 'ocsp' | 'crl', url: URL, request: Uint8Array): Promise<Uint8Array | undefined> {
  try {
    if (kind === 'ocsp') return await (await import('../keys/responder.ts')).answerOcsp(ctx, request)
    const name = url.href.slice(baseOf(ctx).length).replace(/\.crl$/, '')
    return await (await import('../keys/publish.ts')).publishedList(ctx, name)
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}
