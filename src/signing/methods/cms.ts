import type { Ctx } from '../../context.ts'
import { AppError } from '../../http/errors.ts'
import { loadTrustAnchors } from '../anchors.ts'
import type { Certificate } from '../cms/certificate.ts'
import type { ChainResult } from '../cms/chain.ts'
import type { SignerVerdict } from '../cms/verify.ts'
import type { CertificateFacts, CmsEvidence } from '../model.ts'
import type { RevocationOptions } from '../revocation/client.ts'
import { type ExpectedParticipant, notTheirs } from './whose.ts'

export interface VerifiedCms {
  /** The message as it came, DER or BER. */
  bytes: Uint8Array
  certificate: CertificateFacts
  revocation: CmsEvidence['revocation']
  format: CmsEvidence['format']
  /** The time stamp that came along, if one did. */
  timestamp: CmsEvidence['timestamp']
}

export interface SignerCmsOptions extends RevocationOptions {
  /** How the surface words a refusal; `unprocessable` by default. */
  code?: 'validation' | 'unprocessable'
  /** The field that the signature came in; `cms` by default. */
  path?: string
}

/** Seconds after which it is worth asking about revocation again: failures are remembered for as long. */
const ASK_AGAIN = 60

const anchors = new WeakMap<Ctx, Promise<Certificate[]>>()

/** The operator's anchors, loaded once for all signatures of a call. */
function anchorsOf(ctx: Ctx): Promise<Certificate[]> {
  const known = anchors.get(ctx) ?? loadTrustAnchors(ctx)
  anchors.set(ctx, known)
  return known
}

/** A certificate as evidence keeps it. */
const factsOf = ({
  subject,
  issuer,
  serial,
  notBefore,
  notAfter,
  sha256,
}: NonNullable<SignerVerdict['certificate']>): CertificateFacts => ({
  subject,
  issuer,
  serialNumber: serial,
  notBefore: notBefore.toISOString(),
  notAfter: notAfter.toISOString(),
  sha256,
})

const isGood = (chain: ChainResult | undefined): boolean =>
  Boolean(chain && chain.revocation.length > 0 && chain.revocation.every(({ status }) => status === 'good'))

/**
 * Verifies a detached CMS (CAdES, ETSI EN 319 122) that a participant's own key made over exactly these bytes: one signature, the way to one of the
 * operator's trust anchors, validity now, a key usage that commits to contents, the participant's numbers, revocation as far as authorities tell, and a time
 * stamp where one came along.
 *
 * @param text base64, or with armour
 * @throws AppError `options.code` with the reason in its message and at `options.path`; `unavailable` where revocation must be known and nobody answers
 */
export async function verifySignerCms(
  ctx: Ctx,
  text: string,
  content: Uint8Array,
  expect: ExpectedParticipant,
  { code = 'unprocessable', path = 'cms', ...network }: SignerCmsOptions = {},
): Promise<VerifiedCms> {
  const [{ decodeCmsInput }, { verifyDetachedCms }, { reasonOf }, { revocationSource }, { canAsk }] = await Promise.all([
    import('../cms/input.ts'),
    import('../cms/verify.ts'),
    import('../cms/reasons.ts'),
    import('../revocation/source.ts'),
    import('../revocation/client.ts'),
  ])
  const refuse = (...reasons: string[]) =>
    new AppError(code, `The signature is refused. ${reasons[0] ?? 'It does not hold'}.`, {
      issues: [...new Set(reasons)].slice(0, 5).map((message) => ({ path, message })),
    })
  let bytes: Uint8Array
  try {
    bytes = decodeCmsInput(text)
  } catch (error) {
    throw refuse(reasonOf(error, 'The signature').detail)
  }
  const ask = revocationSource(ctx, network)
  const verdict = await verifyDetachedCms(bytes, content, {
    anchors: await anchorsOf(ctx),
    at: ctx.now,
    current: true,
    maxSigners: 1,
    ...(ask ? { ask } : {}),
  })
  const [signer] = verdict.signers
  if (!verdict.ok || !signer?.certificate) throw refuse(...verdict.reasons.map(({ detail }) => detail))
  const { timestamp, identifiers, chain, format } = signer
  if (timestamp && !timestamp.ok) throw refuse(...timestamp.reasons.map(({ detail }) => detail))
  const whose = notTheirs(identifiers, expect)
  if (whose) throw refuse(whose)

  const known = isGood(chain)
  if (!known && ctx.settings.REVOCATION_REQUIRED) {
    if (canAsk(chain?.certificates ?? []))
      throw new AppError('unavailable', 'The certificate’s authority does not tell whether it is revoked.', { retryAfter: ASK_AGAIN })
    throw refuse('It can’t be known whether the certificate is revoked: it does not say where to ask')
  }
  return {
    bytes,
    certificate: factsOf(signer.certificate),
    revocation: known ? 'good' : 'unknown',
    format: format === 'CAdES-T' ? format : 'CAdES-BES',
    timestamp:
      timestamp?.info && timestamp.authority
        ? { at: timestamp.info.time.toISOString(), authority: timestamp.authority.subject, internal: false }
        : null,
  }
}
