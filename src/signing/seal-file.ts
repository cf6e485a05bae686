import type { Ctx } from '../context.ts'
import { AppError } from '../http/errors.ts'
import { platformKey } from './keys/platform.ts'
import { publishedList } from './keys/publish.ts'
import { hasExternalTsa, stampBytes, stampCms } from './keys/stamp.ts'
import { signWith } from './pades/cms.ts'
import { addDss } from './pades/dss.ts'
import type { ValidationMaterial } from './pades/dss.ts'
import { addDocTimeStamp, sealPdf } from './pades/seal.ts'
import type { Source } from './pades/seal.ts'

/** Bytes kept for a CMS with a time stamp of the built-in authority; others have longer chains. */
const OWN_ROOM = 8192

/**
 * How PDFs are sealed now: PAdES B-T by the platform's key. With a time-stamping authority of the settings validation material and a time
 * stamp over the whole file come on top (B-LTA; ETSI EN 319 142-1), so that the seal outlives its certificate.
 *
 * @throws AppError `unavailable` when there is no key, or no time stamp
 */
export async function openSealer(ctx: Ctx): Promise<(source: Source) => Promise<Uint8Array>> {
  const { certificate, chain, key } = await platformKey(ctx, 'seal')
  const stamp = async (cms: Uint8Array) => (await stampCms(ctx, cms)).cms
  const signer = signWith({ certificate, chain: chain.slice(0, -1), key }, stamp)
  const isExternal = hasExternalTsa(ctx)
  const options = {
    at: ctx.now,
    name: ctx.settings.PLATFORM_NAME,
    reason: 'Подписано всеми сторонами',
    fieldName: 'Seal',
    ...(isExternal ? {} : { room: OWN_ROOM }),
  }
  const seal = (source: Source) => sealPdf(source, { ...options, ...signer })
  if (!isExternal) return seal
  const material: ValidationMaterial = { certs: [certificate, ...chain].map(({ der }) => der), crls: await lists(ctx), ocsps: [] }
  return async (source) => addDocTimeStamp(addDss(await seal(source), material), async (bytes) => (await stampBytes(ctx, bytes)).token)
}

/** Of the authority, and of the root where it publishes one. */
async function lists(ctx: Ctx): Promise<Uint8Array[]> {
  const ofRoot = publishedList(ctx, 'root').catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not_found') return undefined
    throw error
  })
  return (await Promise.all([publishedList(ctx, 'authority'), ofRoot])).filter((list) => list !== undefined)
}
