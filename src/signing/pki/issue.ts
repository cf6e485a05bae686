import { readAsn1 } from '../../lib/der.ts'
import { explicit, sequence, time, unsignedInteger } from '../../lib/der-write.ts'
import { parseCertificate } from '../cms/certificate.ts'
import {
  authorityInfoAccess,
  authorityKeyIdentifier,
  basicConstraints,
  certificatePolicies,
  crlDistributionPoints,
  EKU,
  extendedKeyUsage,
  keyIdentifier,
  keyUsage,
  ocspNoCheck,
  POLICY,
  subjectKeyIdentifier,
} from './extensions.ts'
import { writeName } from './names.ts'
import type { Subject } from './names.ts'
import { ecdsaWithSha256, signedStructure } from './sign.ts'

/** A certification authority of the platform at work. */
export interface Issuer {
  /** Its certificate, DER. */
  certificate: Uint8Array
  /** P-256, with the usage `sign`. */
  key: CryptoKey
}

export interface CertificateRequest {
  subject: Subject
  /** P-256 public key. */
  publicKey: CryptoKey
  /** 16 random bytes, the top bit clear: `randomSerial` makes them. */
  serial: Uint8Array
  /** Parts of a second are dropped. */
  notBefore: Date
  notAfter: Date
}

/** Where relying parties find what they need. */
export interface Publication {
  crl?: string
  ocsp?: string
  /** The issuer's certificate. */
  issuer?: string
}

/** What a certificate is for. */
export type Profile =
  /** An employee's key kept by the server. */
  | 'server_key'
  /** The platform's seal on documents. */
  | 'seal'
  | 'time_stamping'
  | 'ocsp'

/** A serial number that fits every reader: 127 bits, positive, never zero (RFC 5280, 4.1.2.2). */
export function randomSerial(): Uint8Array<ArrayBuffer> {
  const serial = crypto.getRandomValues(new Uint8Array(16))
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40
  return serial
}

/** The self-signed root: made once, its key kept away. It issues one level of authorities. */
export async function issueRoot(request: CertificateRequest, key: CryptoKey): Promise<Uint8Array> {
  const name = writeName(request.subject)
  const { id, spki } = await publicKeyOf(request)
  return write(key, name, name, request, spki, [
    basicConstraints(true, 1),
    keyUsage('keyCertSign', 'cRLSign'),
    subjectKeyIdentifier(id),
    authorityKeyIdentifier(id),
  ])
}

/** The authority that issues to people: everything under it is an end entity. */
export function issueAuthority(issuer: Issuer, request: CertificateRequest, published: Publication = {}): Promise<Uint8Array> {
  return issueUnder(issuer, request, published, [
    basicConstraints(true, 0),
    keyUsage('keyCertSign', 'cRLSign', 'digitalSignature'),
    certificatePolicies([POLICY.any]),
  ])
}

/**
 * Issues to an end entity (RFC 5280; RFC 3161, 2.3 for time stamping; RFC 6960, 4.2.2.2 for a responder).
 *
 * @throws RangeError when the request cannot be: validity beyond the issuer's, a serial of the wrong form, a key that is not P-256
 */
export function issueCertificate(
  issuer: Issuer,
  profile: Profile,
  request: CertificateRequest,
  published: Publication = {},
): Promise<Uint8Array> {
  return issueUnder(issuer, request, published, [basicConstraints(false), ...EXTENSIONS[profile]()])
}

const EXTENSIONS: Record<Profile, () => Uint8Array[]> = {
  server_key: () => [
    keyUsage('digitalSignature', 'nonRepudiation'),
    extendedKeyUsage([EKU.emailProtection]),
    certificatePolicies([POLICY.serverKey]),
  ],
  seal: () => [
    keyUsage('digitalSignature', 'nonRepudiation'),
    extendedKeyUsage([EKU.emailProtection, EKU.documentSigning]),
    certificatePolicies([POLICY.seal]),
  ],
  time_stamping: () => [
    keyUsage('digitalSignature', 'nonRepudiation'),
    extendedKeyUsage([EKU.timeStamping], true),
    certificatePolicies([POLICY.internalTimeStamp]),
  ],
  ocsp: () => [keyUsage('digitalSignature'), extendedKeyUsage([EKU.ocspSigning]), ocspNoCheck()],
}

async function issueUnder(issuer: Issuer, request: CertificateRequest, published: Publication, own: Uint8Array[]): Promise<Uint8Array> {
  const above = parseCertificate(issuer.certificate)
  if (seconds(request.notBefore) < seconds(above.notBefore) || seconds(request.notAfter) > seconds(above.notAfter)) {
    throw new RangeError('A certificate does not outlive its issuer')
  }
  const { id, spki } = await publicKeyOf(request)
  return write(issuer.key, above.subject.raw, writeName(request.subject), request, spki, [
    ...own,
    subjectKeyIdentifier(id),
    authorityKeyIdentifier(keyIdentifier(above.keyOctets)),
    ...(published.crl ? [crlDistributionPoints(published.crl)] : []),
    ...(published.ocsp || published.issuer ? [authorityInfoAccess(published)] : []),
  ])
}

function write(
  key: CryptoKey,
  issuer: Uint8Array,
  subject: Uint8Array,
  { serial, notBefore, notAfter }: CertificateRequest,
  spki: Uint8Array,
  extensions: Uint8Array[],
): Promise<Uint8Array> {
  if (serial.length !== 16 || (serial[0] ?? 0) >= 0x80 || serial.every((byte) => byte === 0)) {
    throw new RangeError('A serial has 16 bytes and is positive')
  }
  if (seconds(notAfter) <= seconds(notBefore)) throw new RangeError('A certificate must be valid for a while')
  const toBeSigned = sequence(
    explicit(0, unsignedInteger(2)),
    unsignedInteger(serial),
    ecdsaWithSha256(),
    issuer,
    sequence(time(notBefore), time(notAfter)),
    subject,
    spki,
    explicit(3, sequence(...extensions)),
  )
  return signedStructure(key, toBeSigned)
}

async function publicKeyOf({ publicKey }: CertificateRequest): Promise<{ id: Uint8Array; spki: Uint8Array }> {
  const { name, namedCurve } = { namedCurve: '', ...publicKey.algorithm }
  if (name !== 'ECDSA' || namedCurve !== 'P-256') throw new RangeError('Certificates are for P-256 keys')
  const spki = new Uint8Array((await crypto.subtle.exportKey('spki', publicKey)) as ArrayBuffer)
  return { id: keyIdentifier(readAsn1(spki).at(1).bitOctets()), spki }
}

const seconds = (date: Date) => Math.floor(date.getTime() / 1000)
