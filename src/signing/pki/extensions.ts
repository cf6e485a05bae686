import { nodeCrypto } from '../../lib/node.ts'
import { bitString, boolean, element, implicit, octetString, oid, sequence, unsignedInteger } from '../../lib/der-write.ts'
import { utf8 } from '../../lib/hash.ts'

// Extensions of certificates and lists (RFC 5280, 4.2 and 5.2), each as a whole `Extension`.

/** What our certificates say of themselves. The arc hangs under 2.25 (X.667): a UUID's number, which needs no registration. */
const ARC = '2.25.182919204107046892961757828494918279647'
export const POLICY = {
  any: '2.5.29.32.0',
  /** A person's key that we keep and use at the person's command. */
  serverKey: `${ARC}.1`,
  /** The platform's own seal. */
  seal: `${ARC}.2`,
  /** The built-in time-stamping authority: internal evidence, not an accredited authority's word. */
  internalTimeStamp: `${ARC}.3`,
} as const

export const EKU = {
  emailProtection: '1.3.6.1.5.5.7.3.4',
  /** RFC 9336. */
  documentSigning: '1.3.6.1.5.5.7.3.36',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  ocspSigning: '1.3.6.1.5.5.7.3.9',
} as const

const KEY_USAGE_BITS = { digitalSignature: 0, nonRepudiation: 1, keyCertSign: 5, cRLSign: 6 } as const
export type KeyUsage = keyof typeof KEY_USAGE_BITS

export function extension(id: string, value: Uint8Array, critical = false): Uint8Array {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), octetString(value))
}

/** 4.2.1.9; `pathLength` of a CA says how many CAs may stand under it. */
export function basicConstraints(ca: boolean, pathLength?: number): Uint8Array {
  const parts = ca ? [boolean(true), ...(pathLength === undefined ? [] : [unsignedInteger(pathLength)])] : []
  return extension('2.5.29.19', sequence(...parts), true)
}

/** 4.2.1.3 */
export function keyUsage(...usages: KeyUsage[]): Uint8Array {
  const bits = usages.map((usage) => KEY_USAGE_BITS[usage])
  const octet = bits.reduce<number>((sum, bit) => sum | (0x80 >> bit), 0)
  return extension('2.5.29.15', bitString(Uint8Array.of(octet), 7 - Math.max(...bits)), true)
}

/** 4.2.1.12 */
export const extendedKeyUsage = (purposes: readonly string[], critical = false): Uint8Array =>
  extension('2.5.29.37', sequence(...purposes.map(oid)), critical)

/** 4.2.1.2 */
export const subjectKeyIdentifier = (id: Uint8Array): Uint8Array => extension('2.5.29.14', octetString(id))

/** 4.2.1.1 */
export const authorityKeyIdentifier = (id: Uint8Array): Uint8Array => extension('2.5.29.35', sequence(implicit(0, id)))

/** 4.2.1.4 */
export const certificatePolicies = (policies: readonly string[]): Uint8Array =>
  extension('2.5.29.32', sequence(...policies.map((policy) => sequence(oid(policy)))))

/** 4.2.1.13: where the list of revoked certificates is. */
export const crlDistributionPoints = (url: string): Uint8Array =>
  extension('2.5.29.31', sequence(sequence(element(0xa0, element(0xa0, uri(url))))))

/** 4.2.2.1: where the responder and the issuer's certificate are. */
export function authorityInfoAccess({ ocsp, issuer }: { ocsp?: string; issuer?: string }): Uint8Array {
  const parts = [
    ...(ocsp ? [sequence(oid('1.3.6.1.5.5.7.48.1'), uri(ocsp))] : []),
    ...(issuer ? [sequence(oid('1.3.6.1.5.5.7.48.2'), uri(issuer))] : []),
  ]
  return extension('1.3.6.1.5.5.7.1.1', sequence(...parts))
}

/** RFC 6960, 4.2.2.2.1: nobody need ask whether the responder itself is revoked. */
export const ocspNoCheck = (): Uint8Array => extension('1.3.6.1.5.5.7.48.1.5', Uint8Array.of(5, 0))

/** GeneralName: uniformResourceIdentifier. */
const uri = (url: string): Uint8Array => implicit(6, utf8(url))

/** Key identifier: the leftmost 160 bits of the SHA-256 of the key's bits (RFC 7093, 2, method 1). */
export const keyIdentifier = (keyBits: Uint8Array): Uint8Array =>
  new Uint8Array(nodeCrypto().createHash('sha256').update(keyBits).digest().subarray(0, 20))
