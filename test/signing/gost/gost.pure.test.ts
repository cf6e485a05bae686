// The hashes against published values, the curves against their own definition, signatures against published ones.
import { describe, expect, it } from 'vitest'
import { toHex } from '../../../src/lib/ids.ts'
import { gostCurve, type GostCurveName, gostCurveNames } from '../../../src/signing/gost/curves.ts'
import { gost94, type Gost94Boxes } from '../../../src/signing/gost/gost94.ts'
import { combineX, invert, isOnCurve } from '../../../src/signing/gost/points.ts'
import { streebog } from '../../../src/signing/gost/streebog.ts'
import { gostPublicKey, type GostSignatureForm, verifyGost } from '../../../src/signing/gost/verify.ts'

const ascii = (text: string) => new TextEncoder().encode(text)
const fromHex = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

describe('Streebog (RFC 6986, section 10; the octets in the order of implementations)', () => {
  const m1 = ascii('012345678901234567890123456789012345678901234567890123456789012')
  // The second example is a line of Old Russian in Windows-1251.
  const m2 = fromHex(
    'd1e520e2e5f2f0e82c20d1f2f0e8e1eee6e820e2edf3f6e82c20e2e5fef2fa20f120eceef0ff20f1f2f0e5ebe0ece820ede020f5f0e0e1f0fbff20efebfaeafb20c8e3eef0e5e2fb',
  )
  it.each<[string, Uint8Array, 256 | 512, string]>([
    ['M1', m1, 256, '9d151eefd8590b89daa6ba6cb74af9275dd051026bb149a452fd84e5e57b5500'],
    [
      'M1',
      m1,
      512,
      '1b54d01a4af5b9d5cc3d86d68d285462b19abc2475222f35c085122be4ba1ffa00ad30f8767b3a82384c6574f024c311e2a481332b08ef7f41797891c1646f48',
    ],
    ['M2', m2, 256, '9dd2fe4e90409e5da87f53976d7405b0c0cac628fc669a741d50063c557e8f50'],
    [
      'M2',
      m2,
      512,
      '1e88e62226bfca6f9994f1f2d51569e0daf8475a3b0fe61a5300eee46d961376035fe83549ada2b8620fcd7c496ce5b33f0cb9dddc2b6460143b03dabac9fb28',
    ],
    ['nothing', ascii(''), 256, '3f539a213e97c802cc229d474c6aa32a825a360b2a933a949fd925208d9ce1bb'],
    [
      'nothing',
      ascii(''),
      512,
      '8e945da209aa869f0455928529bcae4679e9873ab707b55315f56ceb98bef0a7362f715528356ee83cda5f2aac4c6ad2ba3a715c1bcd81cb8e9f90bf4c1c1a8a',
    ],
  ])('of %s, %#', (_, data, bits, expected) => expect(toHex(streebog(data, bits))).toBe(expected))

  it('of whole blocks and their neighbours differs, and looks at every octet', () => {
    const seen = new Set<string>()
    for (const length of [63, 64, 65, 127, 128, 129, 1000]) {
      const data = new Uint8Array(length)
      seen.add(toHex(streebog(data, 512)))
      data[length - 1] = 1
      seen.add(toHex(streebog(data, 512)))
    }
    expect(seen.size).toBe(14)
  })
})

describe('GOST R 34.11-94', () => {
  it.each<[string, Gost94Boxes, string]>([
    ['', 'test', 'ce85b99cc46752fffee35cab9a7b0278abb4c2d2055cff685af4912c49490f8d'],
    ['a', 'test', 'd42c539e367c66e9c88a801f6649349c21871b4344c6a573f849fdce62f314dd'],
    ['abc', 'test', 'f3134348c44fb1b2a277729e2285ebb5cb5e0f29c975bc753b70497c06a4d51d'],
    ['message digest', 'test', 'ad4434ecb18f2c99b60cbe59ec3d2469582b65273f48de72db2fde16a4889a4d'],
    ['This is message, length=32 bytes', 'test', 'b1c466d37519b82e8319819ff32595e047a28cb6f83eff1c6916a815a637fffa'],
    ['Suppose the original message has length = 50 bytes', 'test', '471aba57a60a770d3a76130635c1fbea4ef14de51f78b4ae57dd893b62f55208'],
    ['U'.repeat(128), 'test', '53a3a3ed25180cef0c1d85a074273e551c25660a87062a52d926a9e8fe5733a4'],
    ['', 'cryptopro', '981e5f3ca30c841487830f84fb433e13ac1101569b9c13584ac483234cd656c0'],
    ['a', 'cryptopro', 'e74c52dd282183bf37af0079c9f78055715a103f17e3133ceff1aacf2f403011'],
    ['abc', 'cryptopro', 'b285056dbf18d7392d7677369524dd14747459ed8143997e163b2986f92fd42c'],
    ['message digest', 'cryptopro', 'bc6041dd2aa401ebfa6e9886734174febdb4729aa972d60f549ac39b29721ba0'],
    ['The quick brown fox jumps over the lazy dog', 'cryptopro', '9004294a361a508c586fe53d1f1b02746765e71b765472786e4770d565830a76'],
    ['This is message, length=32 bytes', 'cryptopro', '2cefc2f7b7bdc514e18ea57fa74ff357e7fa17d652c75f69cb1be7893ede48eb'],
  ])('of "%s" with the %s boxes', (text, boxes, expected) => expect(toHex(gost94(ascii(text), boxes))).toBe(expected))
})

describe.each(gostCurveNames())('the curve %s', (name: GostCurveName) => {
  const curve = gostCurve(name)
  const { generator: g, p, q, a, b } = curve

  it('is a curve with its generator on it, of the order given', () => {
    expect((4n * a ** 3n + 27n * b ** 2n) % p).not.toBe(0n)
    expect(isOnCurve(curve, g)).toBe(true)
    expect(isOnCurve(curve, { x: g.x, y: g.y + 1n })).toBe(false)
    expect(isOnCurve(curve, { x: g.x + p, y: g.y })).toBe(false)
    expect(combineX(curve, q, 0n, g)).toBeUndefined()
    expect(combineX(curve, q - 1n, 0n, g)).toBe(g.x)
  })
  it('adds as a group does', () => {
    expect(combineX(curve, 5n, 0n, g)).toBe(combineX(curve, 2n, 3n, g))
    expect(combineX(curve, 12_345n, q - 12_345n, g)).toBeUndefined()
    const scalar = (q * 3n) / 7n
    expect(combineX(curve, scalar, 0n, g)).toBe(combineX(curve, 0n, scalar, g))
    expect(combineX(curve, scalar, 0n, g)).toBe(combineX(curve, 1n, scalar - 1n, g))
  })
  it('takes keys in their place and length only', () => {
    const little = (value: bigint) => fromHex(value.toString(16).padStart(curve.size * 2, '0')).toReversed()
    const octets = Uint8Array.from([...little(g.x), ...little(g.y)])
    expect(gostPublicKey(name, octets)?.point).toEqual(g)
    expect(gostPublicKey(name, octets.subarray(1))).toBeUndefined()
    expect(
      gostPublicKey(
        name,
        octets.map((octet, i) => (i === 0 ? octet ^ 1 : octet)),
      ),
    ).toBeUndefined()
  })

  describe('signatures', () => {
    // With the private key 7 and the nonce 11, made by the formulas of GOST R 34.10-2012, section 6.1.
    const digest = Uint8Array.from({ length: curve.size }, (_, i) => (i * 37 + 5) & 0xff)
    const e = BigInt(`0x${toHex(digest.toReversed())}`) % q
    const x = (k: bigint) => combineX(curve, k, 0n, g) ?? 0n
    const r = x(11n) % q
    const s = (r * 7n + 11n * e) % q
    // The y of 7G, out of its x: the curve's own equation, by trying both roots through the sum 7G + 1G.
    const key = { curve: name, point: multiple(curve, 7n) }
    const big = (value: bigint) => fromHex(value.toString(16).padStart(curve.size * 2, '0'))
    const made: Record<GostSignatureForm, Uint8Array> = {
      ru: Uint8Array.from([...big(s), ...big(r)]),
      kz: Uint8Array.from([...big(r).toReversed(), ...big(s).toReversed()]),
    }
    it.each<GostSignatureForm>(['ru', 'kz'])('in the form of %s hold, and only in it', (form) => {
      expect(verifyGost(key, digest, made[form], form)).toBe(true)
      expect(verifyGost(key, digest, made[form], form === 'ru' ? 'kz' : 'ru')).toBe(false)
      expect(
        verifyGost(
          key,
          digest.map((octet, i) => (i === 3 ? octet ^ 1 : octet)),
          made[form],
          form,
        ),
      ).toBe(false)
      expect(
        verifyGost(
          key,
          digest,
          made[form].map((octet, i) => (i === 3 ? octet ^ 1 : octet)),
          form,
        ),
      ).toBe(false)
      expect(verifyGost(key, digest, made[form].subarray(1), form)).toBe(false)
      expect(verifyGost(key, digest.subarray(1), made[form], form)).toBe(false)
    })
    it('with numbers out of range are refused', () => {
      const pair = (first: bigint, second: bigint) => Uint8Array.from([...big(first), ...big(second)])
      for (const [one, two] of [
        [0n, r],
        [s, 0n],
        [q, r],
        [s, q],
        [0n, 0n],
      ] as const)
        expect(verifyGost(key, digest, pair(one, two), 'ru')).toBe(false)
      expect(verifyGost(key, new Uint8Array(curve.size), made.ru, 'ru')).toBe(false)
    })
  })
})

/** k·G by repeated affine addition: slow and independent of the code under test. */
function multiple({ p, a, generator }: ReturnType<typeof gostCurve>, k: bigint): { x: bigint; y: bigint } {
  const mod = (value: bigint) => ((value % p) + p) % p
  let sum = generator
  for (let i = 1n; i < k; i++) {
    const slope =
      sum.x === generator.x
        ? mod((3n * sum.x * sum.x + a) * (invert(2n * sum.y, p) ?? 0n))
        : mod((sum.y - generator.y) * (invert(mod(sum.x - generator.x), p) ?? 0n))
    const x = mod(slope * slope - sum.x - generator.x)
    sum = { x, y: mod(slope * (generator.x - x) - generator.y) }
  }
  return sum
}
