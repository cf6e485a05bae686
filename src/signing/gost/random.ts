import { toHex } from '../../lib/ids.ts'
import { nodeCrypto } from '../../lib/node.ts'

/** Gives so many random octets. */
export type RandomOctets = (octets: number) => Uint8Array

export const secureRandom: RandomOctets = (octets) => crypto.getRandomValues(new Uint8Array(octets))

const HMAC_OCTETS = 64

/**
 * Random octets that depend on a secret and on what they are for as well (HMAC-SHA-512, counted): they are as good as what the platform gives, and should that
 * ever repeat itself, those for another purpose are still others, which nobody can tell without the secret (compare RFC 6979, 3.6). At most 64 at a time.
 */
export function hedgedRandom(secret: Uint8Array, purpose: Uint8Array, random: RandomOctets): RandomOctets {
  let count = 0
  return (octets) => {
    if (octets > HMAC_OCTETS) throw new RangeError('too many random octets')
    const hmac = nodeCrypto().createHmac('sha512', secret).update(random(HMAC_OCTETS)).update(purpose).update(String(count++))
    return new Uint8Array(hmac.digest()).subarray(0, octets)
  }
}

/** A uniformly random number from 1 to `limit` - 1: one that is out of range is thrown away and another drawn. */
export function randomBelow(limit: bigint, random: RandomOctets): bigint {
  const bits = (limit - 1n).toString(2).length
  const mask = (1n << BigInt(bits)) - 1n
  for (;;) {
    const drawn = BigInt(`0x${toHex(random(Math.ceil(bits / 8)))}`) & mask
    if (drawn > 0n && drawn < limit) return drawn
  }
}
