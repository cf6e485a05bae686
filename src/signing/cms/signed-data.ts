/** The structure of CMS SignedData (RFC 5652, section 5), read and not judged. */
import { type Asn1, readAsn1 } from '../../lib/der.ts'
import { type DistinguishedName, parseIssuer } from '../../lib/distinguished-name.ts'
import { type AlgorithmIdentifier, parseAlgorithm } from './algorithms.ts'
import { type Certificate, parseCertificate } from './certificate.ts'
import { type Crl, parseCrl } from './crl.ts'
import { type OcspResponse, parseOcspResponse } from './ocsp.ts'
import { reasonOf, Refusal } from './reasons.ts'

export const Oid = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  algorithmProtection: '1.2.840.113549.1.9.52',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  timestampToken: '1.2.840.113549.1.9.16.2.14',
} as const

const OCSP_IN_CMS = '1.3.6.1.5.5.7.16.2'

export interface Attribute {
  readonly oid: string
  readonly values: readonly Asn1[]
}

export interface SignerInfo {
  readonly node: Asn1
  readonly signer: { readonly issuer: DistinguishedName; readonly serial: Uint8Array } | { readonly keyId: Uint8Array }
  readonly digestAlgorithm: AlgorithmIdentifier
  /** The attributes that are signed and the octets that the signature is of: those that stood there, with the tag of a SET (section 5.4). */
  readonly signed: { readonly attributes: readonly Attribute[]; readonly octets: Uint8Array } | undefined
  readonly signatureAlgorithm: AlgorithmIdentifier
  readonly signature: Uint8Array
  readonly unsigned: readonly Attribute[]
}

export interface SignedData {
  /** Identifiers of the hashes that the message announces. */
  readonly digestAlgorithms: readonly string[]
  readonly contentType: string
  /** The content that the message carries itself, if it does. */
  readonly content: Uint8Array | undefined
  /** Certificates that could be read; others that came along are passed over. */
  readonly certificates: readonly Certificate[]
  readonly crls: readonly Crl[]
  readonly ocsp: readonly OcspResponse[]
  readonly signers: readonly SignerInfo[]
}

/** The most of a message that is looked at: real ones are a few kilobytes, lists of certificates and revocation included. */
export const MAXIMUM_CMS_BYTES = 2 * 1024 * 1024
/** Of SignedData and SignerInfo (5.1, 5.3). Which of them belongs is not looked at: signers get it wrong, and nothing hangs on it. */
const VERSIONS: readonly number[] = [1, 3, 4, 5]
const MAXIMUM_SIGNERS = 16
const MAXIMUM_CERTIFICATES = 48

function parseAttributes(node: Asn1 | undefined): Attribute[] {
  return (node?.children ?? []).map((attribute) => {
    const [type, values, more] = attribute.sequence()
    if (!type || !values || more) throw new Refusal('malformed', 'An attribute of the signature is malformed')
    return { oid: type.oid(), values: values.set() }
  })
}

/** RFC 5652, 5.4: the IMPLICIT [0] is replaced by the tag of SET OF. Nothing else is touched, least of all the order. */
function signedOctets(node: Asn1): Uint8Array {
  const octets = node.raw.slice()
  octets[0] = 0x31
  return octets
}

function issuerAndSerial(node: Asn1): { issuer: DistinguishedName; serial: Uint8Array } {
  const [issuer, serial, more] = node.sequence()
  if (!issuer || !serial || more) throw new Refusal('malformed', 'The description of a signer is malformed')
  return { issuer: parseIssuer(issuer), serial: serial.integerBytes() }
}

function parseSigner(node: Asn1): SignerInfo {
  const [version, sid, digestAlgorithm, ...rest] = node.sequence()
  const signed = rest[0]?.isContext(0) ? rest.shift() : undefined
  const [signatureAlgorithm, signature, unsigned, more] = rest
  if (!version || !sid || !digestAlgorithm || !signatureAlgorithm || !signature) {
    throw new Refusal('malformed', 'The description of a signer is incomplete')
  }
  if (!VERSIONS.includes(version.smallInteger()) || more || (unsigned && !unsigned.isContext(1))) {
    throw new Refusal('malformed', 'The description of a signer is malformed')
  }
  return {
    node,
    signer: sid.isContext(0) ? { keyId: sid.implicitOctets() } : issuerAndSerial(sid),
    digestAlgorithm: parseAlgorithm(digestAlgorithm),
    signed: signed && { attributes: parseAttributes(signed), octets: signedOctets(signed) },
    signatureAlgorithm: parseAlgorithm(signatureAlgorithm),
    signature: signature.octets(),
    unsigned: parseAttributes(unsigned),
  }
}

/** Parses each, and passes over what cannot be read: it may be of a kind that is not ours, and a needed one that is missing is noticed later. */
function readable<T>(nodes: readonly Asn1[], parse: (node: Asn1) => T | undefined): T[] {
  return nodes.slice(0, MAXIMUM_CERTIFICATES).flatMap((node) => {
    try {
      return parse(node) ?? []
    } catch (error) {
      reasonOf(error, 'Passed over')
      return []
    }
  })
}

function ocspOf(node: Asn1): OcspResponse | undefined {
  if (!node.isContext(1)) return undefined
  const [format, info] = node.children
  return format?.oid() === OCSP_IN_CMS && info ? parseOcspResponse(info.raw) : undefined
}

/** The fields of the SignedData inside a ContentInfo, from BER or DER. */
export function signedDataFields(cms: Uint8Array): readonly Asn1[] {
  if (cms.length > MAXIMUM_CMS_BYTES) throw new Refusal('too-big', 'The signature is too big')
  const [type, content, more] = readAsn1(cms, { ber: true, maxBytes: MAXIMUM_CMS_BYTES }).sequence()
  if (!type || !content?.isContext(0) || more) throw new Refusal('not-signed-data', 'This is no CMS signature')
  if (type.oid() !== Oid.signedData) throw new Refusal('not-signed-data', 'This is CMS, but no signature')
  return content.only().sequence()
}

/** Reads a ContentInfo with SignedData. Throws `DerError` or `Refusal`. */
export function parseSignedData(cms: Uint8Array): SignedData {
  const [version, algorithms, encapsulated, ...rest] = signedDataFields(cms)
  if (!version || !algorithms || !encapsulated) throw new Refusal('malformed', 'The signature is incomplete')
  if (!VERSIONS.includes(version.smallInteger())) throw new Refusal('malformed', 'The signature is of an unknown version')
  const [contentType, content] = encapsulated.sequence()
  if (!contentType || (content && !content.isContext(0))) throw new Refusal('malformed', 'The signature is incomplete')
  const certificates = rest.find((field) => field.isContext(0))?.children ?? []
  const lists = rest.find((field) => field.isContext(1))?.children ?? []
  const signers = rest.find((field) => field.is(17))?.children
  if (!signers) throw new Refusal('malformed', 'The signature is incomplete')
  if (signers.length === 0) throw new Refusal('no-signers', 'Nobody signed')
  if (signers.length > MAXIMUM_SIGNERS) throw new Refusal('too-many-signers', 'There are too many signers')
  return {
    digestAlgorithms: algorithms.set().map((node) => parseAlgorithm(node).oid),
    contentType: contentType.oid(),
    content: content?.only().octets(),
    certificates: readable(certificates, (node) => (node.is(16) ? parseCertificate(node.raw) : undefined)),
    crls: readable(lists, (node) => (node.is(16) ? parseCrl(node.raw) : undefined)),
    ocsp: readable(lists, ocspOf),
    signers: signers.map(parseSigner),
  }
}
