import type { Ctx } from '../../context.ts'
import { AppError } from '../../http/errors.ts'
import type { Certificate } from '../cms/certificate.ts'
import { authorityInUse, ownKey } from './authority.ts'
import { remembered } from './memory.ts'
import { openKey } from './ring.ts'
import { authorityKeys, chainOf } from './rows.ts'

/** A certificate with its key, ready to sign. */
export interface KeyHandle {
  certificate: Certificate
  /** The authority that issued it, then the root. */
  chain: Certificate[]
  key: CryptoKey
}

export type OwnPurpose = 'seal' | 'time_stamping' | 'ocsp' | 'authority'

async function open(ctx: Ctx, purpose: OwnPurpose): Promise<KeyHandle> {
  const { id, certificate, wrapped } = await (purpose === 'authority' ? authorityInUse(ctx) : ownKey(ctx, purpose))
  if (!wrapped) throw new AppError('unavailable', 'The platform has no key for this.')
  return { certificate, chain: await chainOf(ctx, certificate), key: await openKey(ctx, id, wrapped) }
}

/**
 * The platform's own key for a purpose: made on first use, made anew before its certificate ends. All isolates come to one key, however
 * many make it at once; each looks again every minute.
 */
export const platformKey = (ctx: Ctx, purpose: OwnPurpose): Promise<KeyHandle> =>
  remembered(ctx, `${purpose} ${ctx.settings.PLATFORM_AUTHORITY?.key.keyId ?? ''} ${ctx.settings.KEY_ENCRYPTION_KEYS}`, () =>
    open(ctx, purpose),
  )

/** The platform's roots: the one in use, and those before it, which what they vouched for still leads to. */
export async function platformAnchors(ctx: Ctx): Promise<Certificate[]> {
  await platformKey(ctx, 'authority')
  return (await authorityKeys(ctx)).filter((k) => k.purpose === 'root').map((k) => k.certificate)
}
