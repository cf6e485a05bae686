import { type Asn1, DerError, readAsn1 } from '../../lib/der.ts'
import { sequence, unsignedInteger } from '../../lib/der-write.ts'
import { nodeCrypto } from '../../lib/node.ts'
import { verifyGost } from '../gost/verify.ts'
import { type AlgorithmIdentifier, digest, type HashName, nodeHash, signatureAlgorithm, type SignatureAlgorithm } from './algorithms.ts'
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
const importedKeys = new WeakMap<PublicKey, { readonly name: string; readonly hash: HashName; readonly key: CryptoKey }>()

/** The key for the one algorithm it is used with; a key that the platform's cryptography refuses (a point off the curve, an odd modulus) is malformed. */
async function importOnce(
  of: PublicKey,
  format: 'raw' | 'spki',
  octets: Uint8Array,
  parameters: { name: string; hash: HashName; namedCurve?: string },
): Promise<CryptoKey> {
  const { name, hash } = parameters
  const known = importedKeys.get(of)
  if (known?.name === name && known.hash === hash) return known.key
  try {
    const key = await crypto.subtle.importKey(format, octets, parameters, false, ['verify'])
    importedKeys.set(of, { name, hash, key })
    return key
  } catch {
    throw new Refusal('malformed', 'The public key is malformed')
  }
}

type NodeKey = ReturnType<ReturnType<typeof nodeCrypto>['createPublicKey']>

const nodeKeys = new WeakMap<PublicKey, NodeKey>()

/** RSA is verified in so little that the way through WebCrypto, with a key of somebody new, is felt beside it. */
function rsaHolds(of: PublicKey, spki: Uint8Array, hash: HashName, signature: Uint8Array, data: Uint8Array): boolean {
  let key = nodeKeys.get(of)
  if (!key) {
    try {
      key = nodeCrypto().createPublicKey({ key: Buffer.from(spki.buffer, spki.byteOffset, spki.length), format: 'der', type: 'spki' })
    } catch {
      throw new Refusal('malformed', 'The public key is malformed')
    }
    nodeKeys.set(of, key)
  }
  try {
    return nodeCrypto().verify(nodeHash(hash), data, key, signature)
  } catch {
    return false
  }
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
  const { hash } = algorithm
  if (key.kind === 'ecdsa') {
    if (algorithm.kind !== 'ecdsa') throw mismatch()
    const raw = ecdsaToRaw(signature, COORDINATE[key.curve])
    if (!raw) return false
    const imported = await importOnce(key, 'raw', key.point, { name: 'ECDSA', hash, namedCurve: key.curve })
    return holds({ name: 'ECDSA', hash }, imported, raw, data)
  }
  if (algorithm.kind !== 'rsa-pkcs1' && algorithm.kind !== 'rsa-pss') throw mismatch()
  if (key.bits < MINIMUM_RSA_BITS)
    throw new Refusal('key-too-short', `An RSA key of ${key.bits} bits is too short; ${MINIMUM_RSA_BITS} are the least`)
  if (key.pss && (algorithm.kind !== 'rsa-pss' || (key.pss.hash && key.pss.hash !== hash) || algorithm.saltLength < key.pss.saltLength))
    throw mismatch()
  if (algorithm.kind !== 'rsa-pss') return rsaHolds(key, key.spki, hash, signature, data)
  const imported = await importOnce(key, 'spki', key.spki, { name: 'RSA-PSS', hash })
  return holds({ name: 'RSA-PSS', saltLength: algorithm.saltLength }, imported, signature, data)
}

/** Whether a bare signature is of `data` under `key`: by the hash of its own of a GOST key, by SHA-256 of another. Throws `Refusal` as `verifySignature`. */
export function verifyBare(key: PublicKey, data: Uint8Array, signature: Uint8Array): Promise<boolean> {
  const { label } = key
  const algorithm: SignatureAlgorithm =
    key.kind === 'gost'
      ? { kind: 'gost', hash: key.hash, label }
      : { kind: key.kind === 'ecdsa' ? 'ecdsa' : 'rsa-pkcs1', hash: 'SHA-256', label }
  return verifySignature(key, algorithm, data, signature)
}

/** What an authority has signed: a certificate, a list, an answer. */
interface Signed {
  readonly tbs: Uint8Array
  readonly signature: Uint8Array
  readonly signatureAlgorithm: AlgorithmIdentifier
}

const verified = new WeakMap<Signed, { readonly key: PublicKey; readonly right: boolean }>()

/**
 * Whether this key signed it, found out once: the same authority's certificate is in every signature, and its list, of megabytes maybe, is looked at for each.
 * Throws `Refusal`.
 */
export async function isSignedWith(signed: Signed, key: PublicKey): Promise<boolean> {
  const known = verified.get(signed)
  if (known?.key === key) return known.right
  const { tbs, signature, signatureAlgorithm: algorithm } = signed
  const right = await verifySignature(key, signatureAlgorithm(algorithm), tbs, signature)
  verified.set(signed, { key, right })
  return right
}

/** Parameters that cannot be (a PSS salt longer than the key) are an error for some runtimes and a wrong signature for others. */
async function holds(
  parameters: { name: string; hash?: HashName; saltLength?: number },
  key: CryptoKey,
  signature: Uint8Array,
  data: Uint8Array,
): Promise<boolean> {
  try {
    return await crypto.subtle.verify(parameters, key, signature, data)
  } catch {
    return false
  }
}
