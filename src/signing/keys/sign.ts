import type { Ctx } from '../../context.ts'
import type { Certificate } from '../cms/certificate.ts'
import type { CertificateFacts, CmsEvidence } from '../model.ts'
import type { KeyHandle } from './platform.ts'
import { stampCms } from './stamp.ts'

export type { KeyHandle } from './platform.ts'

export interface SignedOriginal {
  /** Detached CMS, DER. */
  bytes: Uint8Array
  format: CmsEvidence['format']
  certificate: CertificateFacts
  timestamp: NonNullable<CmsEvidence['timestamp']>
}

/** What is kept of a certificate with a signature. */
export async function factsOf(certificate: Certificate): Promise<CertificateFacts> {
  const { summarize } = await import('../cms/certificate.ts')
  const { subject, issuer, serial, notBefore, notAfter, sha256 } = summarize(certificate)
  return { subject, issuer, serialNumber: serial, notBefore: notBefore.toISOString(), notAfter: notAfter.toISOString(), sha256 }
}

/**
 * Signs a document by its SHA-256 with a key that we hold: a detached CAdES-T (ETSI EN 319 122-1) with the signing-certificate attribute,
 * the time at which it was asked for, and the path to the root but the root itself.
 */
export async function signOriginal(ctx: Ctx, who: KeyHandle, digestHex: string): Promise<SignedOriginal> {
  const { signDetachedCms } = await import('../cms/sign.ts')
  const { certificate, chain, key } = who
  const signed = await signDetachedCms({
    content: { digest: new Uint8Array(Buffer.from(digestHex, 'hex')) },
    certificate,
    chain: chain.slice(0, -1),
    key,
    signingTime: ctx.now,
  })
  const { cms, timestamp } = await stampCms(ctx, signed)
  return { bytes: cms, format: 'CAdES-T', certificate: await factsOf(certificate), timestamp }
}
