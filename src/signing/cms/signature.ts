import { type Asn1, DerError, readAsn1 } from '../../lib/der.ts'
import { sequence, unsignedInteger } from '../../lib/der-write.ts'
import { verifyGost } from '../gost/verify.ts'
import { type AlgorithmIdentifier, digest, signatureAlgorithm, type SignatureAlgorithm } from './algorithms.ts'
import type { PublicKey } from './public-key.ts'
import { Refusal } from './reasons.ts'

/** The shortest RSA key that is accepted, in bits. */
const MINIMUM_RSA_BITS = 2048

const COORDINATE = { 'P-256': 32, 'P-384': 48, 'P-521': 66 } as const

function fixedSize(value: Asn1, size: number): Uint8Array | undefined {
  const octets = value.integerBytes()
  const [first = 0] = octets
  const magnitude = first === 0 ? octets.subarray(1) : octets
  if (first >= 0x80 || magnitude.length > size) return undefined
  const padded = new Uint8Array(size)
  padded.set(magnitude, size - magnitude.length)
  return padded
}

/** ECDSA-Sig-Value (RFC 3279, 2.2.3) → r‖s as WebCrypto wants it; `undefined` when it is malformed or too big for the curve. */
export function ecdsaToRaw(signature: Uint8Array, size: number): Uint8Array | undefined {
  try {
    const [r, s, more] = readAsn1(signature).sequence()
    const halves = r && s && !more ? [fixedSize(r, size), fixedSize(s, size)] : []
    const [first, second] = halves
    if (!first || !second) return undefined
    const raw = new Uint8Array(size * 2)
    raw.set(first)
    raw.set(second, size)
    return raw
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}

/** r‖s → ECDSA-Sig-Value. */
export function ecdsaToDer(raw: Uint8Array): Uint8Array {
  const half = raw.length / 2
  return sequence(unsignedInteger(raw.subarray(0, half)), unsignedInteger(raw.subarray(half)))
}

/** Keys imported once per key object; a trust anchor verifies many times. Keys, not promises of them: a request must not wait for another's. */
const importedKeys = new WeakMap<PublicKey, Map<string, CryptoKey>>()

async function importOnce(key: PublicKey, id: string, make: () => Promise<CryptoKey>): Promise<CryptoKey> {
  const of = importedKeys.get(key) ?? new Map<string, CryptoKey>()
  importedKeys.set(key, of)
  const known = of.get(id)
  if (known) return known
  const made = await make()
  of.set(id, made)
  return made
}

/**
 * Whether `signature` is of `data` under `key` by `algorithm`. Throws `Refusal` when the key is not of the algorithm's kind, is too short or not supported:
 * a wrong signature is `false`.
 */
export async function verifySignature(
  key: PublicKey,
  algorithm: SignatureAlgorithm,
  data: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  if (key.kind === 'unsupported') throw new Refusal('algorithm-unsupported', key.why)
  const mismatch = () => new Refusal('algorithm-mismatch', `${algorithm.label} does not go with a key of ${key.label}`)
  if (key.kind === 'gost') {
    if (algorithm.kind !== 'gost' || algorithm.hash !== key.hash) throw mismatch()
    return verifyGost(key.key, digest(key.hash, data), signature, key.form)
  }
  const { subtle } = crypto
  const { hash } = algorithm
  if (key.kind === 'ecdsa') {
    if (algorithm.kind !== 'ecdsa') throw mismatch()
    const raw = ecdsaToRaw(signature, COORDINATE[key.curve])
    if (!raw) return false
    const name = { name: 'ECDSA', namedCurve: key.curve }
    const usableKey = await usable(importOnce(key, hash, () => subtle.importKey('raw', key.point, name, false, ['verify'])))
    return holds(subtle.verify({ name: 'ECDSA', hash }, usableKey, raw, data))
  }
  if (algorithm.kind !== 'rsa-pkcs1' && algorithm.kind !== 'rsa-pss') throw mismatch()
  if (key.bits < MINIMUM_RSA_BITS)
    throw new Refusal('key-too-short', `An RSA key of ${key.bits} bits is too short; ${MINIMUM_RSA_BITS} are the least`)
  const name = algorithm.kind === 'rsa-pss' ? 'RSA-PSS' : 'RSASSA-PKCS1-v1_5'
  if (key.pss && (algorithm.kind !== 'rsa-pss' || (key.pss.hash && key.pss.hash !== hash) || algorithm.saltLength < key.pss.saltLength))
    throw mismatch()
  const usableKey = await usable(
    importOnce(key, `${name} ${hash}`, () => subtle.importKey('spki', key.spki, { name, hash }, false, ['verify'])),
  )
  const parameters = algorithm.kind === 'rsa-pss' ? { name, saltLength: algorithm.saltLength } : { name }
  return holds(subtle.verify(parameters, usableKey, signature, data))
}

/** What an authority has signed: a certificate, a list, an answer. */
interface Signed {
  readonly tbs: Uint8Array
  readonly signature: Uint8Array
  readonly signatureAlgorithm: AlgorithmIdentifier
}

const verified = new WeakMap<Signed, WeakMap<PublicKey, boolean>>()

/**
 * Whether this key signed it, found out once: the same authority's certificate is in every signature, and its list, of megabytes maybe, is looked at for each.
 * Throws `Refusal`.
 */
export async function isSignedWith(signed: Signed, key: PublicKey): Promise<boolean> {
  const of = verified.get(signed) ?? new WeakMap<PublicKey, boolean>()
  verified.set(signed, of)
  const known = of.get(key)
  if (known !== undefined) return known
  const { tbs, signature, signatureAlgorithm: algorithm } = signed
  const found = await verifySignature(key, signatureAlgorithm(algorithm), tbs, signature)
  of.set(key, found)
  return found
}

/** A key that the platform's cryptography refuses (a point off the curve, an odd modulus) is malformed, not an error of ours. */
async function usable(key: Promise<CryptoKey>): Promise<CryptoKey> {
  try {
    return await key
  } catch {
    throw new Refusal('malformed', 'The public key is malformed')
  }
}

/** Parameters that cannot be (a PSS salt longer than the key) are an error for some runtimes and a wrong signature for others. */
async function holds(verified: Promise<boolean>): Promise<boolean> {
  try {
    return await verified
  } catch {
    return false
  }
}
