/** X.509 certificates (RFC 5280, section 4.1). */
import { type Asn1, readAsn1 } from '../../lib/der.ts'
import { sameBytes } from '../../lib/der-write.ts'
import { type DistinguishedName, formatName, parseIssuer, parseName } from '../../lib/distinguished-name.ts'
import { fromBase64, toHex } from '../../lib/ids.ts'
import { Remembered } from '../../lib/remembered.ts'
import { type AlgorithmIdentifier, digest, parseAlgorithm } from './algorithms.ts'
import { type Extensions, parseExtensions } from './extensions.ts'
import { parsePublicKey, type PublicKey } from './public-key.ts'
import { Refusal } from './reasons.ts'
import { isSignedWith } from './signature.ts'

export interface Certificate {
  readonly der: Uint8Array
  /** SHA-256 of `der`. */
  readonly sha256: Uint8Array
  /** The octets that the issuer signed, as they stood. */
  readonly tbs: Uint8Array
  readonly version: number
  /** The serial number's octets, hexadecimal. */
  readonly serial: string
  readonly serialBytes: Uint8Array
  readonly issuer: DistinguishedName
  readonly subject: DistinguishedName
  readonly notBefore: Date
  readonly notAfter: Date
  readonly publicKey: PublicKey
  /** SubjectPublicKeyInfo as it stood, and its key without tag, length and unused bits (what OCSP hashes). */
  readonly spki: Uint8Array
  readonly keyOctets: Uint8Array
  readonly signatureAlgorithm: AlgorithmIdentifier
  readonly signature: Uint8Array
  readonly extensions: Extensions
}

/** The most octets of a certificate that is read. */
const MAXIMUM_BYTES = 64 * 1024

/** Certificates that were read lately: the same authorities stand in every signature, and the same signer in one for each document. */
const lately = new Remembered<Certificate>(256, 8192)

/** Reads a certificate in DER. Throws `DerError` or `Refusal`. */
export function parseCertificate(der: Uint8Array): Certificate {
  const known = lately.get(der)
  if (known) return known
  // A copy: a view would keep alive all that the certificate came in.
  const certificate = readCertificate(der.slice())
  lately.set(certificate.der, certificate)
  return certificate
}

function readCertificate(der: Uint8Array): Certificate {
  const [tbs, algorithm, signature, more] = readAsn1(der, { maxBytes: MAXIMUM_BYTES, maxNodes: 4000 }).sequence()
  if (!tbs || !algorithm || !signature || more) throw new Refusal('malformed', 'The certificate is malformed')
  const fields = [...tbs.sequence()]
  const version = fields[0]?.isContext(0) ? (fields.shift()?.only().smallInteger() ?? 0) + 1 : 1
  const [serial, inner, issuer, validity, subject, spki, ...rest] = fields
  if (!serial || !inner || !issuer || !validity || !subject || !spki) throw new Refusal('malformed', 'The certificate is incomplete')
  const outer = parseAlgorithm(algorithm)
  if (!sameBytes(outer.raw, inner.raw)) throw new Refusal('malformed', 'The certificate names two signature algorithms')
  const extensions: Asn1 | undefined = rest.find((field) => field.isContext(3))
  return {
    der,
    sha256: digest('SHA-256', der),
    tbs: tbs.raw,
    version,
    serial: toHex(serial.integerBytes()),
    serialBytes: serial.integerBytes(),
    issuer: parseIssuer(issuer),
    subject: parseName(subject),
    notBefore: validity.at(0).time(),
    notAfter: validity.at(1).time(),
    publicKey: parsePublicKey(spki),
    spki: spki.raw,
    keyOctets: spki.at(1).bitOctets(),
    signatureAlgorithm: outer,
    signature: signature.bitOctets(),
    extensions: parseExtensions(extensions?.only()),
  }
}

const PEM = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----([A-Za-z0-9+/=\s]*)-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g

/** Every certificate of a PEM text, or the one of DER octets. Throws `DerError` or `Refusal`; nothing found is a refusal too. */
export function readCertificates(input: string | Uint8Array): Certificate[] {
  if (typeof input !== 'string' && input[0] === 0x30) return [parseCertificate(input)]
  const text = typeof input === 'string' ? input : new TextDecoder().decode(input)
  const found = [...text.matchAll(PEM)].map(([, body = '']) => {
    try {
      return fromBase64(body.replaceAll(/\s/g, ''))
    } catch {
      throw new Refusal('malformed', 'The certificate is not valid base64')
    }
  })
  if (found.length === 0) throw new Refusal('malformed', 'There is no certificate')
  return found.map(parseCertificate)
}

export const sameCertificate = (a: Certificate, b: Certificate): boolean => sameBytes(a.der, b.der)

/** Whether it names itself as its issuer. */
export const isSelfIssued = ({ issuer, subject }: Certificate): boolean => issuer.key === subject.key

/** Whether the issuer's key signed the certificate. Throws `Refusal` for algorithms that are refused. */
export const isSignedBy = (certificate: Certificate, issuer: Certificate): Promise<boolean> => isSignedWith(certificate, issuer.publicKey)

/** What is told of a certificate: names as one line, the serial number and the SHA-256 of its octets in hexadecimal. */
export interface CertificateSummary {
  readonly subject: string
  readonly issuer: string
  readonly serial: string
  readonly notBefore: Date
  readonly notAfter: Date
  readonly key: string
  readonly sha256: string
  readonly policies: readonly string[]
}

export function summarize(certificate: Certificate): CertificateSummary {
  return {
    subject: formatName(certificate.subject),
    issuer: formatName(certificate.issuer),
    serial: certificate.serial,
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    key: certificate.publicKey.label,
    sha256: toHex(certificate.sha256),
    policies: certificate.extensions.policies,
  }
}
