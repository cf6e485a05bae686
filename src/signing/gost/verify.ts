import { type AffinePoint, type GostCurve, type GostCurveName, gostCurve } from './curves.ts'
import { combineX, invert, isOnCurve } from './points.ts'

/** Russia writes s‖r, each big-endian (RFC 4491, 4.2.2 in CMS's way of RFC 9215); Kazakhstan r‖s, each little-endian. */
export type GostSignatureForm = 'ru' | 'kz'

export interface GostPublicKey {
  readonly curve: GostCurveName
  readonly point: AffinePoint
}

const bigEndian = (bytes: Uint8Array): bigint => {
  let hex = '0x0'
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0')
  return BigInt(hex)
}
const littleEndian = (bytes: Uint8Array): bigint => bigEndian(bytes.toReversed())

/**
 * A public key from x‖y, each little-endian (RFC 9215, section 4): 64 octets on the curves of 256 bits, 128 on those of 512.
 * `undefined` when the length is wrong or the point is not on the curve.
 */
export function gostPublicKey(name: GostCurveName, octets: Uint8Array): GostPublicKey | undefined {
  const curve = gostCurve(name)
  if (octets.length !== curve.size * 2) return undefined
  const point = { x: littleEndian(octets.subarray(0, curve.size)), y: littleEndian(octets.subarray(curve.size)) }
  return isOnCurve(curve, point) ? { curve: name, point } : undefined
}

function halves(curve: GostCurve, signature: Uint8Array, form: GostSignatureForm): { r: bigint; s: bigint } | undefined {
  if (signature.length !== curve.size * 2) return undefined
  const [first, second] = [signature.subarray(0, curve.size), signature.subarray(curve.size)]
  return form === 'ru' ? { r: bigEndian(second), s: bigEndian(first) } : { r: littleEndian(first), s: littleEndian(second) }
}

/** GOST R 34.10-2012, section 6.2 (RFC 7091): whether `signature` is of `digest` (as the hash function writes it) under the key. */
export function verifyGost(key: GostPublicKey, digest: Uint8Array, signature: Uint8Array, form: GostSignatureForm): boolean {
  const curve = gostCurve(key.curve)
  const pair = halves(curve, signature, form)
  if (!pair || digest.length !== curve.size) return false
  const { q } = curve
  const { r, s } = pair
  if (r <= 0n || r >= q || s <= 0n || s >= q) return false
  const e = littleEndian(digest) % q || 1n
  const v = invert(e, q)
  if (v === undefined) return false
  const x = combineX(curve, (s * v) % q, ((q - r) * v) % q, key.point)
  return x !== undefined && x % q === r
}
