import type { Ctx } from '../../context.ts'
import { AppError } from '../../http/errors.ts'
import { loadTrustAnchors } from '../anchors.ts'
import type { Certificate } from '../cms/certificate.ts'
import type { CmsEvidence } from '../model.ts'
import { platformKey } from './platform.ts'

export interface StampedToken {
  /** RFC 3161. */
  token: Uint8Array
  at: Date
  authority: string
  internal: boolean
}

export const hasExternalTsa = ({ settings }: Pick<Ctx, 'settings'>): boolean => settings.TSA_URL !== undefined

async function anchorsOf(ctx: Ctx): Promise<Certificate[]> {
  const pem = ctx.settings.TSA_CERTIFICATES
  if (pem === undefined) return loadTrustAnchors(ctx)
  const { readCertificates } = await import('../cms/certificate.ts')
  try {
    return readCertificates(pem)
  } catch {
    console.error('TSA_CERTIFICATES cannot be read')
    throw new AppError('unavailable', 'The time-stamping authority is not configured.')
  }
}

async function fromOutside(ctx: Ctx, url: string, data: Uint8Array): Promise<StampedToken> {
  const { TSA_POLICY: policy, TSA_AUTHORIZATION: authorization } = ctx.settings
  const { fetchTimestamp } = await import('../tsa/client.ts')
  const service = { url, anchors: await anchorsOf(ctx), ...(policy ? { policy } : {}), ...(authorization ? { authorization } : {}) }
  const { token, time, authority } = await fetchTimestamp(service, data, ctx.now)
  return { token, at: time, authority, internal: false }
}

async function fromInside(ctx: Ctx, data: Uint8Array): Promise<StampedToken> {
  const [{ answerTimestampQuery }, { readTimestampAnswer, timestampQuery }, { randomSerial }, { summarize }] = await Promise.all([
    import('../tsa/authority.ts'),
    import('../tsa/query.ts'),
    import('../pki/issue.ts'),
    import('../cms/certificate.ts'),
  ])
  const { certificate, chain, key } = await platformKey(ctx, 'time_stamping')
  const query = timestampQuery(data, { nonce: crypto.getRandomValues(new Uint8Array(16)) })
  const authority = { certificate: certificate.der, chain: chain.slice(0, -1).map(({ der }) => der), key }
  const answer = readTimestampAnswer(await answerTimestampQuery(query, authority, { serial: randomSerial(), now: ctx.now }))
  if (!answer.granted) throw new AppError('unavailable', 'There is no time stamp from the built-in authority.')
  const at = new Date(Math.floor(ctx.now.getTime() / 1000) * 1000)
  return { token: answer.token, at, authority: summarize(certificate).subject, internal: true }
}

/**
 * A time stamp over bytes: of the authority in the settings, verified, or else of the built-in one, which vouches for no more than we do.
 * There is no signature with a time stamp without one: whatever goes wrong is thrown (AppError `unavailable`).
 */
export function stampBytes(ctx: Ctx, bytes: Uint8Array): Promise<StampedToken> {
  const url = ctx.settings.TSA_URL
  return url === undefined ? fromInside(ctx, bytes) : fromOutside(ctx, url, bytes)
}

/** Makes CAdES-BES into CAdES-T (EN 319 122-1): the stamp is over the signature's octets. Throws as `stampBytes` does. */
export async function stampCms(ctx: Ctx, cms: Uint8Array): Promise<{ cms: Uint8Array; timestamp: NonNullable<CmsEvidence['timestamp']> }> {
  const { addTimestamp, timestampImprint } = await import('../cms/sign.ts')
  const { token, at, authority, internal } = await stampBytes(ctx, timestampImprint(cms))
  return { cms: addTimestamp(cms, token), timestamp: { at: at.toISOString(), authority, internal } }
}
