// Arithmetic on the curves in Jacobian coordinates, for what is public: its steps depend on its numbers. Secret ones go through ladder.ts.
import type { AffinePoint, GostCurve } from './curves.ts'

/** x = X/Z², y = Y/Z³; Z = 0 is the point at infinity. */
interface JacobianPoint {
  readonly X: bigint
  readonly Y: bigint
  readonly Z: bigint
}

const INFINITY: JacobianPoint = { X: 1n, Y: 1n, Z: 0n }

/** The inverse modulo a prime, by the extended Euclidean algorithm; `undefined` for multiples of it. */
export function invert(value: bigint, modulus: bigint): bigint | undefined {
  let [a, b] = [((value % modulus) + modulus) % modulus, modulus]
  let [x, y] = [1n, 0n]
  while (a !== 0n) {
    const quotient = b / a
    ;[b, a] = [a, b - quotient * a]
    ;[y, x] = [x, y - quotient * x]
  }
  return b === 1n ? ((y % modulus) + modulus) % modulus : undefined
}

/** Whether the coordinates are in range and satisfy y² = x³ + ax + b. */
export function isOnCurve({ p, a, b }: GostCurve, { x, y }: AffinePoint): boolean {
  if (x < 0n || x >= p || y < 0n || y >= p) return false
  return (y * y - ((x * x + a) * x + b)) % p === 0n
}

/** 2P. */
function double({ p, a, reduce }: GostCurve, { X, Y, Z }: JacobianPoint): JacobianPoint {
  if (Z === 0n) return INFINITY
  const yy = reduce(Y * Y)
  const zz = reduce(Z * Z)
  const slope = a === p - 3n ? reduce(3n * (X - zz) * (X + zz)) : reduce(3n * X * X + a * reduce(zz * zz))
  const s = reduce(4n * X * yy)
  const x = reduce(slope * slope - 2n * s)
  return { X: x, Y: reduce(slope * (s - x) - 8n * yy * yy), Z: reduce(2n * Y * Z) }
}

/** P + Q for an affine Q. */
function addAffine(curve: GostCurve, left: JacobianPoint, { x, y }: AffinePoint): JacobianPoint {
  const { p, reduce } = curve
  const { X, Y, Z } = left
  if (Z === 0n) return { X: x, Y: y, Z: 1n }
  const zz = reduce(Z * Z)
  const h = reduce(x * zz - X)
  const r = reduce(reduce(y * Z) * zz - Y)
  if (h % p === 0n) return r % p === 0n ? double(curve, left) : INFINITY
  const hh = reduce(h * h)
  const hhh = reduce(hh * h)
  const v = reduce(X * hh)
  const x3 = reduce(r * r - hhh - 2n * v)
  return { X: x3, Y: reduce(r * (v - x3) - Y * hhh), Z: reduce(Z * h) }
}

/** Makes several points affine with one inversion. Points at infinity do not occur among small odd multiples of a point of large order. */
function toAffine(curve: GostCurve, points: readonly JacobianPoint[]): AffinePoint[] | undefined {
  const { p } = curve
  const products: bigint[] = []
  let product = 1n
  for (const { Z } of points) {
    products.push(product)
    product = (product * Z) % p
  }
  let inverse = invert(product, p)
  if (inverse === undefined) return undefined
  const affine: AffinePoint[] = []
  for (let i = points.length - 1; i >= 0; i--) {
    const point = points[i] as JacobianPoint
    const z = (inverse * (products[i] as bigint)) % p
    inverse = (inverse * point.Z) % p
    const zz = (z * z) % p
    affine.push({ x: positive(point.X * zz, p), y: positive(((point.Y * zz) % p) * z, p) })
  }
  return affine.toReversed()
}

const positive = (value: bigint, p: bigint): bigint => {
  const rest = value % p
  return rest < 0n ? rest + p : rest
}

/** P, 3P, 5P, … for a window of `width` bits. */
function oddMultiples(curve: GostCurve, point: AffinePoint, width: number): AffinePoint[] | undefined {
  const count = 2 ** (width - 2)
  const multiples: JacobianPoint[] = [{ X: point.x, Y: point.y, Z: 1n }]
  const [twice] = toAffine(curve, [double(curve, multiples[0] as JacobianPoint)]) ?? []
  if (!twice) return undefined
  while (multiples.length < count) multiples.push(addAffine(curve, multiples.at(-1) as JacobianPoint, twice))
  return toAffine(curve, multiples)
}

/** The digits of the width-w non-adjacent form, lowest first: odd and below 2^(w-1) in size, or zero. */
function nonAdjacentForm(scalar: bigint, width: number): Int8Array {
  const bits = scalar.toString(2)
  const window = 2 ** width
  const digits = new Int8Array(bits.length + 1)
  let carry = 0
  for (let at = 0; at < digits.length;) {
    const bit = (bits.charCodeAt(bits.length - 1 - at) === 49 ? 1 : 0) + carry
    if (bit !== 1) {
      carry = bit >> 1
      at++
      continue
    }
    let digit = carry
    for (let i = 0; i < width; i++) if (bits.charCodeAt(bits.length - 1 - at - i) === 49) digit += 2 ** i
    carry = digit > window / 2 ? 1 : 0
    digits[at] = carry ? digit - window : digit
    at += width
  }
  return digits
}

const GENERATOR_WIDTH = 7
const POINT_WIDTH = 5
const generatorTables = new Map<string, AffinePoint[]>()

function generatorTable(curve: GostCurve): AffinePoint[] | undefined {
  const known = generatorTables.get(curve.name)
  if (known) return known
  const table = oddMultiples(curve, curve.generator, GENERATOR_WIDTH)
  if (table) generatorTables.set(curve.name, table)
  return table
}

/** The x coordinate of u·G + v·Q for scalars from 0 to q; `undefined` for infinity. Both multiplications share their doublings. */
export function combineX(curve: GostCurve, u: bigint, v: bigint, q: AffinePoint): bigint | undefined {
  const tables = [generatorTable(curve), oddMultiples(curve, q, POINT_WIDTH)] as const
  const [ofG, ofQ] = tables
  if (!ofG || !ofQ) return undefined
  const digitsOfU = nonAdjacentForm(u, GENERATOR_WIDTH)
  const digitsOfV = nonAdjacentForm(v, POINT_WIDTH)
  const step = (sum: JacobianPoint, table: readonly AffinePoint[], digit: number): JacobianPoint => {
    if (digit === 0) return sum
    const entry = table[(Math.abs(digit) - 1) / 2] as AffinePoint
    return addAffine(curve, sum, digit > 0 ? entry : { x: entry.x, y: -entry.y })
  }
  let sum = INFINITY
  for (let at = Math.max(digitsOfU.length, digitsOfV.length) - 1; at >= 0; at--) {
    sum = double(curve, sum)
    sum = step(sum, ofG, digitsOfU[at] ?? 0)
    sum = step(sum, ofQ, digitsOfV[at] ?? 0)
  }
  const inverse = invert(sum.Z, curve.p)
  return inverse === undefined ? undefined : positive(((sum.X * inverse) % curve.p) * inverse, curve.p)
}
