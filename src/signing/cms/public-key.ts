/** Public keys out of SubjectPublicKeyInfo: RFC 3279 and 4055 (RSA), 5480 (EC), 9215 (GOST), and Kazakhstan's own identifiers. */
import { type Asn1, readAsn1 } from '../../lib/der.ts'
import { algorithm, bitString, sameBytes, sequence } from '../../lib/der-write.ts'
import type { GostCurveName } from '../gost/curves.ts'
import { type GostPublicKey, type GostSignatureForm, gostPublicKey } from '../gost/verify.ts'
import { type HashName, parseAlgorithm, parsePss } from './algorithms.ts'
import { Refusal } from './reasons.ts'

export type EcCurve = 'P-256' | 'P-384' | 'P-521'

export type PublicKey = { readonly label: string } & (
  | { readonly kind: 'rsa'; readonly bits: number; readonly spki: Uint8Array; readonly pss: PssLimits | undefined }
  | { readonly kind: 'ecdsa'; readonly curve: EcCurve; readonly point: Uint8Array }
  | {
      readonly kind: 'gost'
      readonly key: GostPublicKey
      readonly form: GostSignatureForm
      readonly hash: HashName
      readonly proven: boolean
    }
  | { readonly kind: 'unsupported'; readonly why: string }
)

/** What the key itself says of its use: nothing, or PSS only (RFC 4055, 3.3), with a hash and the shortest salt where it gives them. */
export type PssLimits = { readonly hash: HashName | undefined; readonly saltLength: number }

const RSA_ENCRYPTION = '1.2.840.113549.1.1.1'
const RSA_ALGORITHM = algorithm(RSA_ENCRYPTION)

function rsaKey(octets: Uint8Array, spki: Uint8Array, pss: PssLimits | undefined): PublicKey {
  const [modulus, exponent] = readAsn1(octets).sequence()
  if (!modulus || !exponent) throw new Refusal('malformed', 'The RSA key is malformed')
  const bits = bitLength(modulus.integerBytes())
  const e = exponent.integerBytes()
  // Odd, and three at least: two bits.
  if (bits === 0 || bitLength(e) < 2 || ((e.at(-1) ?? 0) & 1) === 0) throw new Refusal('malformed', 'The RSA key is malformed')
  if (bits > 8192) return { kind: 'unsupported', label: `RSA ${bits}`, why: 'RSA keys of more than 8192 bits are not supported' }
  return { kind: 'rsa', bits, pss, label: `RSA ${bits}`, spki }
}

/** Of a positive INTEGER; 0 of any other. */
function bitLength(octets: Uint8Array): number {
  const [first = 0] = octets
  const magnitude = first === 0 ? octets.subarray(1) : octets
  return first >= 0x80 || magnitude.length === 0 ? 0 : (magnitude.length - 1) * 8 + (32 - Math.clz32(magnitude[0] ?? 0))
}

function ecCurve(oid: string): { curve: EcCurve; size: number } | undefined {
  switch (oid) {
    case '1.2.840.10045.3.1.7':
      return { curve: 'P-256', size: 32 }
    case '1.3.132.0.34':
      return { curve: 'P-384', size: 48 }
    case '1.3.132.0.35':
      return { curve: 'P-521', size: 66 }
    default:
      return undefined
  }
}

function ecKey(parameters: Asn1 | undefined, point: Uint8Array): PublicKey {
  const known = parameters?.is(6) ? ecCurve(parameters.oid()) : undefined
  if (!known) return { kind: 'unsupported', label: 'EC', why: 'Only the curves P-256, P-384 and P-521 are supported, by name' }
  if (point[0] !== 4 || point.length !== known.size * 2 + 1)
    return { kind: 'unsupported', label: known.curve, why: 'The point is not written in full' }
  return { kind: 'ecdsa', curve: known.curve, point, label: `ECDSA ${known.curve}` }
}

/** Parameter sets by identifier: CryptoPro's (RFC 4357), those of TC 26 (RFC 7836, 9215) and Kazakhstan's names for the same curves. */
export function gostCurveByOid(oid: string): GostCurveName | undefined {
  switch (oid) {
    case '1.2.643.2.2.35.1':
    case '1.2.643.2.2.36.0':
    case '1.2.643.7.1.2.1.1.2':
    case '1.2.398.3.10.1.1.1.1.1':
      return 'cryptopro-a'
    case '1.2.643.2.2.35.2':
    case '1.2.643.7.1.2.1.1.3':
      return 'cryptopro-b'
    case '1.2.643.2.2.35.3':
    case '1.2.643.2.2.36.1':
    case '1.2.643.7.1.2.1.1.4':
      return 'cryptopro-c'
    case '1.2.643.7.1.2.1.1.1':
    case '1.2.398.3.10.1.1.2.1.1':
      return 'tc26-256-a'
    case '1.2.643.7.1.2.1.2.1':
    case '1.2.398.3.10.1.1.2.2.1':
      return 'tc26-512-a'
    case '1.2.643.7.1.2.1.2.2':
      return 'tc26-512-b'
    case '1.2.643.7.1.2.1.2.3':
      return 'tc26-512-c'
    default:
      return undefined
  }
}

interface GostKind {
  readonly label: string
  readonly form: GostSignatureForm
  readonly hash: HashName
  /** False where no real certificate of the kind was ever checked: the curve comes from two independent third-party programs. */
  readonly proven: boolean
}

export function gostKind(oid: string): GostKind | undefined {
  switch (oid) {
    case '1.2.643.7.1.1.1.1':
      return { label: 'GOST R 34.10-2012 (256)', form: 'ru', hash: 'streebog-256', proven: true }
    case '1.2.643.7.1.1.1.2':
      return { label: 'GOST R 34.10-2012 (512)', form: 'ru', hash: 'streebog-512', proven: true }
    case '1.2.398.3.10.1.1.1.1':
      return { label: 'GOST 34.310-2004', form: 'kz', hash: 'gost94-test', proven: true }
    case '1.2.398.3.10.1.1.2.2':
      return { label: 'GOST 34.10-2015 (512)', form: 'kz', hash: 'streebog-512', proven: true }
    case '1.2.398.3.10.1.4.1.2':
      return { label: 'GOST 34.10-2015 (512)', form: 'kz', hash: 'streebog-512', proven: false }
    case '1.2.398.3.10.1.1.2.1':
    case '1.2.398.3.10.1.4.1.1':
      return { label: 'GOST 34.10-2015 (256)', form: 'kz', hash: 'streebog-256', proven: false }
    default:
      return undefined
  }
}

function gostKey(kind: GostKind, parameters: Asn1 | undefined, octets: Uint8Array): PublicKey {
  const set = parameters?.constructed ? parameters.sequence()[0]?.oid() : parameters?.oid()
  const name = set === undefined ? undefined : gostCurveByOid(set)
  if (!name) return { kind: 'unsupported', label: kind.label, why: `The GOST parameter set ${set ?? '(none)'} is not supported` }
  const key = gostPublicKey(name, readAsn1(octets).octets())
  if (!key || name.includes('512') !== kind.hash.endsWith('512')) throw new Refusal('malformed', 'The GOST key is no point of its curve')
  return { kind: 'gost', key, form: kind.form, hash: kind.hash, proven: kind.proven, label: `${kind.label} ${name}` }
}

/** Reads SubjectPublicKeyInfo. A key of an unknown kind is `unsupported`, which only matters when it is to verify something. */
export function parsePublicKey(node: Asn1): PublicKey {
  const [id, bits, more] = node.sequence()
  if (!id || !bits || more) throw new Refusal('malformed', 'The public key is malformed')
  const { oid, parameters, raw } = parseAlgorithm(id)
  const octets = bits.bitOctets()
  // WebCrypto takes only the identifier rsaEncryption, also for a key that is for PSS.
  const rsa = (pss?: PssLimits) =>
    rsaKey(octets, sameBytes(raw, RSA_ALGORITHM) ? node.raw : sequence(RSA_ALGORITHM, bitString(octets)), pss)
  const gost = gostKind(oid)
  if (gost) return gostKey(gost, parameters, octets)
  switch (oid) {
    case RSA_ENCRYPTION:
      return rsa()
    case '1.2.840.113549.1.1.10':
      return rsa(parameters ? parsePss(parameters) : { hash: undefined, saltLength: 0 })
    case '1.2.840.10045.2.1':
      return ecKey(parameters, octets)
    case '1.2.643.2.2.19':
      return { kind: 'unsupported', label: 'GOST R 34.10-2001', why: 'GOST R 34.10-2001 is out of use and not supported' }
    default:
      return { kind: 'unsupported', label: oid, why: `Keys of the kind ${oid} are not supported` }
  }
}
