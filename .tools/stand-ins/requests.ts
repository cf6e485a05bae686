/** What both stand-ins check of a request: that the operator's certificate signed it (detached PKCS#7, or a bare signature). */
import type { Certificate } from '../../src/signing/cms/certificate.ts'
import { digest } from '../../src/signing/cms/algorithms.ts'
import { verifyBare } from '../../src/signing/cms/signature.ts'
import { verifyDetachedCms } from '../../src/signing/cms/verify.ts'

/** A service over HTTP that is a function: served by Node, or called in place of the network. */
export type Handler = (request: Request) => Promise<Response>

/** The certificate that is registered for the client, and the authorities above it. */
export interface Client {
  certificate: Certificate
  chain: Certificate[]
  root: Certificate
}

/** Whether the certificate that is registered for the client signed exactly this. */
export async function isSignedBy(
  { certificate, chain, root }: Client,
  signature: string | Uint8Array,
  content: string | Uint8Array,
  at: Date,
): Promise<boolean> {
  const bytes =
    typeof signature === 'string'
      ? Uint8Array.from(atob(signature.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))
      : signature
  const text = typeof content === 'string' ? new TextEncoder().encode(content) : content
  try {
    const { ok, signers } = await verifyDetachedCms(bytes, (hash) => digest(hash, text), {
      anchors: [root],
      intermediates: chain,
      at,
      usage: 'seal',
      maxSigners: 1,
    })
    const der = signers[0]?.certificateDer
    return ok && der?.length === certificate.der.length && der.every((byte, i) => byte === certificate.der[i])
  } catch {
    return false
  }
}

/** Whether the certificate that is registered for the client made exactly this bare signature (base64url). */
export async function isSecretOf({ certificate }: Client, signature: string, content: string): Promise<boolean> {
  try {
    return await verifyBare(certificate.publicKey, new TextEncoder().encode(content), new Uint8Array(Buffer.from(signature, 'base64url')))
  } catch {
    return false
  }
}

/** What ESIA calls `client_certificate_hash`. */
export const hashOf = ({ certificate }: Client): string =>
  Buffer.from(digest('streebog-256', certificate.der)).toString('hex').toUpperCase()
