/**
 * Multiplication of a curve's generator by a secret number. What is done doesn't depend on the number: as many steps for every one, each with the same two
 * additions, by formulas without special cases. The arithmetic of BigInt itself is not constant-time, and JavaScript has no other: the number is therefore
 * masked with a random multiple of the order, and the coordinates with a random factor, so that what can be measured is never of the same numbers twice.
 */
import type { AffinePoint, GostCurve } from './curves.ts'
import { invert } from './points.ts'
import { type RandomOctets, randomBelow } from './random.ts'

/** x = X/Z, y = Y/Z; Z = 0 is the point at infinity. */
interface ProjectivePoint {
  readonly X: bigint
  readonly Y: bigint
  readonly Z: bigint
}

/** Bits of the factor with which the order is added to the number. */
const MASK_BITS = 64

/**
 * P + Q, also where they are the same, opposite or infinity (Renes, Costello, Batina: Complete addition formulas for prime order elliptic curves, algorithm
 * 1). On curves with a cofactor that holds among the multiples of a generator of odd order, which are all there are here.
 */
function add({ a, b, reduce }: GostCurve, P: ProjectivePoint, Q: ProjectivePoint): ProjectivePoint {
  const b3 = 3n * b
  const xx = reduce(P.X * Q.X)
  const yy = reduce(P.Y * Q.Y)
  const zz = reduce(P.Z * Q.Z)
  const xy = reduce((P.X + P.Y) * (Q.X + Q.Y) - xx - yy)
  const xz = reduce((P.X + P.Z) * (Q.X + Q.Z) - xx - zz)
  const yz = reduce((P.Y + P.Z) * (Q.Y + Q.Z) - yy - zz)
  const azz = reduce(a * zz)
  const u = reduce(a * xz + b3 * zz)
  const v = reduce(b3 * xz + a * (xx - azz))
  const w = 3n * xx + azz
  const [less, more] = [yy - u, yy + u]
  return { X: reduce(xy * less - yz * v), Y: reduce(less * more + w * v), Z: reduce(yz * more + xy * w) }
}

/** k·G for 0 < k < q, by the Montgomery ladder. */
export function multiplyGenerator(curve: GostCurve, k: bigint, random: RandomOctets): AffinePoint {
  const { p, q, generator } = curve
  const masked = k + q * randomBelow(1n << BigInt(MASK_BITS), random)
  const factor = randomBelow(p, random)
  const steps = q.toString(2).length + MASK_BITS
  // The second is always ahead of the first by G.
  let pair: [ProjectivePoint, ProjectivePoint] = [
    { X: 0n, Y: factor, Z: 0n },
    { X: (generator.x * factor) % p, Y: (generator.y * factor) % p, Z: factor },
  ]
  for (let at = steps - 1; at >= 0; at--) {
    const bit = Number((masked >> BigInt(at)) & 1n)
    const sum = add(curve, pair[0], pair[1])
    const kept = pair[bit] as ProjectivePoint
    const twice = add(curve, kept, kept)
    pair = bit === 0 ? [twice, sum] : [sum, twice]
  }
  const { X, Y, Z } = pair[0]
  const inverse = invert(Z, p)
  if (inverse === undefined) throw new RangeError('a multiple of the order')
  const positive = (value: bigint): bigint => ((value % p) + p) % p
  return { x: positive(X * inverse), y: positive(Y * inverse) }
}
