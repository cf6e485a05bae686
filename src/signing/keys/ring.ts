import type { Ctx } from '../../context.ts'
import { AppError } from '../../http/errors.ts'
import type { KeyRing, WrappedKey } from '../pki/wrap.ts'

const rings = new Map<string, KeyRing>()

/** The key-encryption keys of the settings, imported once an isolate. */
async function ringOf(ctx: Pick<Ctx, 'settings'>): Promise<KeyRing> {
  const secret = ctx.settings.KEY_ENCRYPTION_KEYS
  const known = rings.get(secret)
  if (known) return known
  const { importKeyRing } = await import('../pki/wrap.ts')
  const ring = await importKeyRing(secret)
  rings.set(secret, ring)
  return ring
}

/** Opens a kept key for signing. One that does not open is the operator's to mend: the log says which, the caller gets 503. */
export async function openKey(ctx: Pick<Ctx, 'settings'>, id: string, wrapped: WrappedKey): Promise<CryptoKey> {
  const { KeyCustodyError, unwrapKey } = await import('../pki/wrap.ts')
  try {
    return await unwrapKey(await ringOf(ctx), id, wrapped)
  } catch (error) {
    if (!(error instanceof KeyCustodyError)) throw error
    console.error(error.message)
    throw new AppError('unavailable', 'The signing key can’t be used now.')
  }
}

/** A new P-256 key, wrapped under the first key-encryption key. */
export async function newKey(ctx: Pick<Ctx, 'settings'>, id: string) {
  const { generateWrappedKey } = await import('../pki/wrap.ts')
  return generateWrappedKey(await ringOf(ctx), id)
}

/** The kids that only unwrap, and what moves a record from them to the first; null for a record that does not open. */
export async function mover(ctx: Pick<Ctx, 'settings'>) {
  const { KeyCustodyError, rewrapKey } = await import('../pki/wrap.ts')
  const ring = await ringOf(ctx)
  const move = async (wrapped: WrappedKey): Promise<WrappedKey | null> => {
    try {
      return await rewrapKey(ring, wrapped)
    } catch (error) {
      if (!(error instanceof KeyCustodyError)) throw error
      console.error(error.message)
      return null
    }
  }
  return { older: [...ring.keys.keys()].filter((kid) => kid !== ring.first), move }
}
