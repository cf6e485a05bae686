import type { Ctx } from '../../context.ts'
import { AppError } from '../../http/errors.ts'
import { loadTrustAnchors } from '../anchors.ts'
import type { CmsEvidence } from '../model.ts'

export interface VerifiedCms {
  /** The message as it came, DER or BER. */
  bytes: Uint8Array
  certificate: CmsEvidence['certificate']
  revocation: CmsEvidence['revocation']
}

const refuse = (message: string) => new AppError('validation', 'The signature is refused.', { issues: [{ path: 'cms', message }] })

/**
 * Verifies a detached CMS (CAdES, ETSI EN 319 122) that a signer's own key made over exactly these bytes: the signature, the way to a trust
 * anchor, validity now, a key usage that commits to contents, and the signer's own number. Throws `validation` with the reason.
 * `identifier` is the IIN or BIN that the certificate must name.
 */
export async function verifySignerCms(ctx: Ctx, text: string, content: Uint8Array, identifier: string): Promise<VerifiedCms> {
  const [{ decodeCmsInput }, { verifyDetachedCms }, { reasonOf }] = await Promise.all([
    import('../cms/input.ts'),
    import('../cms/verify.ts'),
    import('../cms/reasons.ts'),
  ])
  let bytes: Uint8Array
  try {
    bytes = decodeCmsInput(text)
  } catch (error) {
    throw refuse(reasonOf(error, 'The signature').detail)
  }
  const verdict = await verifyDetachedCms(bytes, content, { anchors: await loadTrustAnchors(ctx), at: ctx.now })
  if (!verdict.ok) throw refuse(verdict.reasons[0]?.detail ?? 'The signature does not hold')
  const [signer, another] = verdict.signers
  if (!signer?.certificate || another) throw refuse('There must be one signature')
  const { iin, bin } = signer.identifiers
  if (identifier !== iin && identifier !== bin) throw refuse('The certificate is of another IIN or BIN than the signer’s')
  const { subject, issuer, serial, notBefore, notAfter, sha256 } = signer.certificate
  const statuses = signer.chain?.revocation.map((r) => r.status) ?? []
  return {
    bytes,
    certificate: { subject, issuer, serialNumber: serial, notBefore: notBefore.toISOString(), notAfter: notAfter.toISOString(), sha256 },
    revocation: statuses.length > 0 && statuses.every((s) => s === 'good') ? 'good' : 'unknown',
  }
}
