/** Certificate extensions (RFC 5280, section 4.2) as far as they are acted on. */
import { type Asn1, DerError, readAsn1 } from '../../lib/der.ts'

/** The bits of keyUsage in their order (section 4.2.1.3). contentCommitment is what nonRepudiation is called now. */
const KEY_USAGES = [
  'digitalSignature',
  'contentCommitment',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const

export type KeyUsage = (typeof KEY_USAGES)[number]

export interface Extensions {
  keyUsage?: readonly KeyUsage[]
  extendedKeyUsage?: readonly string[]
  extendedKeyUsageCritical?: boolean
  basicConstraints?: { readonly authority: boolean; readonly pathLength: number | undefined }
  subjectKeyId?: Uint8Array
  authorityKeyId?: Uint8Array
  crlUrls: readonly string[]
  ocspUrls: readonly string[]
  issuerUrls: readonly string[]
  policies: readonly string[]
  /** id-pkix-ocsp-nocheck: a responder's certificate that is not itself checked for revocation (RFC 6960, 4.2.2.2.1). */
  ocspNoCheck: boolean
  /** Identifiers of critical extensions that are not understood here; a certificate that has any must not be relied on. */
  unknownCritical: readonly string[]
}

export interface RawExtension {
  readonly oid: string
  readonly critical: boolean
  readonly value: Uint8Array
}

/** The list behind an EXPLICIT tag of a certificate, CRL, entry or OCSP structure; the same extension twice is malformed. */
export function parseExtensionList(list: Asn1): RawExtension[] {
  const found = new Map<string, RawExtension>()
  for (const node of list.sequence()) {
    const [id, second, third] = node.sequence()
    const value = third ?? second
    if (!id || !value) throw new DerError('a malformed extension')
    const oid = id.oid()
    if (found.has(oid)) throw new DerError('an extension that stands twice')
    found.set(oid, { oid, critical: third && second ? second.boolean() : false, value: value.octets() })
  }
  return [...found.values()]
}

const ascii = (octets: Uint8Array): string => String.fromCharCode(...octets.subarray(0, 1024))

/** http(s) addresses among GeneralNames (section 4.2.1.6): [6] is a URI. */
const uris = (names: readonly Asn1[]): string[] =>
  names.flatMap((name) => (name.isContext(6) && !name.constructed ? [ascii(name.body)] : []))

function keyUsages(node: Asn1): KeyUsage[] {
  const { bytes } = node.bits()
  return KEY_USAGES.filter((_, bit) => ((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0)
}

function basicConstraints(node: Asn1): { authority: boolean; pathLength: number | undefined } {
  const fields = node.sequence()
  const flag = fields.find((field) => field.is(1))
  const length = fields.find((field) => field.is(2))
  if (fields.length > (flag ? 1 : 0) + (length ? 1 : 0)) throw new DerError('malformed basic constraints')
  return { authority: flag?.boolean() ?? false, pathLength: length?.smallInteger() }
}

function distributionUrls(node: Asn1): string[] {
  return node.sequence().flatMap((point) => {
    const name = point.sequence().find((field) => field.isContext(0))
    const full = name?.children.find((field) => field.isContext(0))
    return full ? uris(full.children) : []
  })
}

function accessUrls(node: Asn1, method: string): string[] {
  return node.sequence().flatMap((description) => (description.at(0).oid() === method ? uris([description.at(1)]) : []))
}

/** Reads what is known, and notes what is critical and is not. */
export function parseExtensions(list: Asn1 | undefined): Extensions {
  const unknownCritical: string[] = []
  const extensions: Extensions = { crlUrls: [], ocspUrls: [], issuerUrls: [], policies: [], ocspNoCheck: false, unknownCritical }
  for (const { oid, critical, value } of list ? parseExtensionList(list) : []) {
    const node = () => readAsn1(value)
    switch (oid) {
      case '2.5.29.15':
        extensions.keyUsage = keyUsages(node())
        break
      case '2.5.29.37':
        extensions.extendedKeyUsage = node()
          .sequence()
          .map((purpose) => purpose.oid())
        extensions.extendedKeyUsageCritical = critical
        break
      case '2.5.29.19':
        extensions.basicConstraints = basicConstraints(node())
        break
      case '2.5.29.14':
        extensions.subjectKeyId = node().octets()
        break
      case '2.5.29.35': {
        const id = node()
          .sequence()
          .find((field) => field.isContext(0))
        if (id) extensions.authorityKeyId = id.implicitOctets()
        break
      }
      case '2.5.29.31':
        extensions.crlUrls = distributionUrls(node())
        break
      case '1.3.6.1.5.5.7.1.1':
        extensions.ocspUrls = accessUrls(node(), '1.3.6.1.5.5.7.48.1')
        extensions.issuerUrls = accessUrls(node(), '1.3.6.1.5.5.7.48.2')
        break
      case '2.5.29.32':
        extensions.policies = node()
          .sequence()
          .map((policy) => policy.at(0).oid())
        break
      case '1.3.6.1.5.5.7.48.1.5':
        extensions.ocspNoCheck = true
        break
      case '2.5.29.17': // subjectAltName: identity is taken from the subject
        break
      default:
        if (critical) unknownCritical.push(oid)
    }
  }
  return extensions
}
