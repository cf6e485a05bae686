/** Signing by GOST R 34.10-2012 (RFC 7091, 6.1), with a nonce for each signature that is random and depends on the key and the digest. */
import { toHex } from '../../lib/ids.ts'
import { type GostCurve, type GostCurveName, gostCurve } from './curves.ts'
import { multiplyGenerator } from './ladder.ts'
import { invert } from './points.ts'
import { hedgedRandom, randomBelow, type RandomOctets, secureRandom } from './random.ts'
import { type GostPublicKey, verifyGost } from './verify.ts'

const littleEndian = (octets: Uint8Array): bigint => BigInt(`0x${toHex(octets.toReversed())}`)

/** Big-endian. */
function octetsOf(value: bigint, size: number): Uint8Array {
  const hex = value.toString(16).padStart(size * 2, '0')
  return Uint8Array.from({ length: size }, (_, i) => Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16))
}

/**
 * The pair of numbers for a digest (as the hash function writes it), a private key and a nonce, which nobody may learn and none may serve twice; `undefined`
 * for the one nonce in all that does not do. The key and the nonce enter the last formula with a random factor.
 */
export function signWithNonce(
  curve: GostCurve,
  key: bigint,
  digest: Uint8Array,
  nonce: bigint,
  random: RandomOctets = secureRandom,
): { r: bigint; s: bigint } | undefined {
  const { q } = curve
  const e = littleEndian(digest) % q || 1n
  const r = multiplyGenerator(curve, nonce, random).x % q
  const factor = randomBelow(q, random)
  const masked = (((key * factor) % q) * r + ((nonce * factor) % q) * e) % q
  const s = (masked * (invert(factor, q) ?? 0n)) % q
  return r === 0n || s === 0n ? undefined : { r, s }
}

/** A private key. Its number stays inside: it is in no property, and so in no log. */
export class GostPrivateKey {
  readonly publicKey: GostPublicKey
  /** By which whatever this key signs is hashed. */
  readonly hash: 'streebog-256' | 'streebog-512'
  readonly #number: bigint

  /** Throws `RangeError` for a number that is no key of the curve. */
  constructor(name: GostCurveName, number: bigint) {
    const curve = gostCurve(name)
    if (number <= 0n || number >= curve.q) throw new RangeError('no private key of the curve')
    this.#number = number
    this.hash = curve.size === 32 ? 'streebog-256' : 'streebog-512'
    this.publicKey = { curve: name, point: multiplyGenerator(curve, number, secureRandom) }
  }

  /** The signature of a digest by `hash`, as Russia writes it: s‖r, each big-endian. */
  sign(digest: Uint8Array, random: RandomOctets = secureRandom): Uint8Array {
    const curve = gostCurve(this.publicKey.curve)
    if (digest.length !== curve.size) throw new RangeError('a digest of another length')
    const hedged = hedgedRandom(octetsOf(this.#number, curve.size), digest, random)
    for (;;) {
      const made = signWithNonce(curve, this.#number, digest, randomBelow(curve.q, hedged), hedged)
      if (!made) continue
      const signature = Uint8Array.from([...octetsOf(made.s, curve.size), ...octetsOf(made.r, curve.size)])
      // A wrong one may give the key away: it does not leave.
      if (!verifyGost(this.publicKey, digest, signature, 'ru')) throw new Error('The signature does not hold')
      return signature
    }
  }
}
