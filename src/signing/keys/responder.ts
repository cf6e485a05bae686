import type { Ctx } from '../../context.ts'
import { AppError } from '../../http/errors.ts'
import { sameBytes } from '../../lib/der-write.ts'
import type { Issuer } from '../pki/issue.ts'
import { platformKey } from './platform.ts'
import { statusOf } from './publish.ts'
import { openKey } from './ring.ts'
import { authorityKeys, type PlatformKey } from './rows.ts'

/** For how long an answer may be kept. */
const FRESH_MS = 3_600_000

/** The authority that a request asks, and who answers for it: its delegate, or, of an authority of the past, itself. */
async function responderFor(ctx: Ctx, request: Uint8Array): Promise<{ asked: PlatformKey; signer: Issuer } | undefined> {
  const { asksAbout } = await import('../pki/ocsp.ts')
  const { certificate, chain, key } = await platformKey(ctx, 'ocsp')
  const authorities = (await authorityKeys(ctx)).filter((k) => k.purpose === 'authority')
  const isCurrent = (k: PlatformKey) => chain[0] !== undefined && sameBytes(k.certificate.der, chain[0].der)
  const asked = authorities.find((k) => asksAbout(request, k.certificate.der)) ?? authorities.find(isCurrent)
  if (!asked) return undefined
  if (isCurrent(asked)) return { asked, signer: { certificate: certificate.der, key } }
  if (!asked.wrapped) return undefined
  return { asked, signer: { certificate: asked.certificate.der, key: await openKey(ctx, asked.id, asked.wrapped) } }
}

/** Answers an OCSP request (RFC 6960) of any of our authorities. Never throws for what the request holds; out of service it says `tryLater`. */
export async function answerOcsp(ctx: Ctx, request: Uint8Array): Promise<Uint8Array> {
  const { ocspError, ocspRespond } = await import('../pki/ocsp.ts')
  try {
    const responder = await responderFor(ctx, request)
    if (!responder) return ocspError('tryLater')
    const { asked, signer } = responder
    return await ocspRespond(
      request,
      (serial) => statusOf(ctx, asked, serial),
      { authority: asked.certificate.der, signer },
      ctx.now,
      new Date(ctx.now.getTime() + FRESH_MS),
    )
  } catch (error) {
    if (error instanceof AppError && error.code === 'unavailable') return ocspError('tryLater')
    throw error
  }
}
