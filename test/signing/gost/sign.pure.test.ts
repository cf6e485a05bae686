// Signing: the standard's own examples, every curve against the verifier, and that the steps do not tell the number.
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { toHex } from '../../../src/lib/ids.ts'
import { type GostCurve, gostCurve, gostCurveNames } from '../../../src/signing/gost/curves.ts'
import { multiplyGenerator } from '../../../src/signing/gost/ladder.ts'
import { combineX, isOnCurve } from '../../../src/signing/gost/points.ts'
import { hedgedRandom, randomBelow, secureRandom } from '../../../src/signing/gost/random.ts'
import { GostPrivateKey, signWithNonce } from '../../../src/signing/gost/sign.ts'
import { verifyGost } from '../../../src/signing/gost/verify.ts'

const fromHex = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
const hex = (value: bigint, size: number) => value.toString(16).padStart(size * 2, '0')
/** A digest as the hash function writes it, from the number that it stands for. */
const digestOf = (value: bigint, size: number) => fromHex(hex(value, size)).toReversed()

interface Example {
  curve: GostCurve
  d: bigint
  x: bigint
  y: bigint
  e: bigint
  k: bigint
  r: bigint
  s: bigint
}

const plain = (p: bigint) => (value: bigint) => value % p
const P256 = 0x8000000000000000000000000000000000000000000000000000000000000431n
const P512 =
  0x4531acd1fe0023c7550d267b6b2fee80922b14b2ffb90f04d4eb7c09b5d2d15df1d852741af4704a0458047e80e4546d35b8336fac224dd81664bbf528be6373n

/** RFC 7091, 7.1 and 7.2. Their curves are for examples alone. */
const EXAMPLES: [string, Example][] = [
  [
    '7.1, 256 bits',
    {
      curve: {
        name: 'cryptopro-a',
        size: 32,
        p: P256,
        a: 7n,
        b: 0x5fbff498aa938ce739b8e022fbafef40563f6e6a3472fc2a514c0ce9dae23b7en,
        q: 0x8000000000000000000000000000000150fe8a1892976154c59cfc193accf5b3n,
        generator: { x: 2n, y: 0x8e2a8a0e65147d4bd6316030e16d19c85c97f0a9ca267122b96abbcea7e8fc8n },
        reduce: plain(P256),
      },
      d: 0x7a929ade789bb9be10ed359dd39a72c11b60961f49397eee1d19ce9891ec3b28n,
      x: 0x7f2b49e270db6d90d8595bec458b50c58585ba1d4e9b788f6689dbd8e56fd80bn,
      y: 0x26f1b489d6701dd185c8413a977b3cbbaf64d1c593d26627dffb101a87ff77dan,
      e: 0x2dfbc1b372d89a1188c09c52e0eec61fce52032ab1022e8e67ece6672b043ee5n,
      k: 0x77105c9b20bcd3122823c8cf6fcc7b956de33814e95b7fe64fed924594dceab3n,
      r: 0x41aa28d2f1ab148280cd9ed56feda41974053554a42767b83ad043fd39dc0493n,
      s: 0x1456c64ba4642a1653c235a98a60249bcd6d3f746b631df928014f6c5bf9c40n,
    },
  ],
  [
    '7.2, 512 bits',
    {
      curve: {
        name: 'tc26-512-a',
        size: 64,
        p: P512,
        a: 7n,
        b: 0x1cff0806a31116da29d8cfa54e57eb748bc5f377e49400fdd788b649eca1ac4361834013b2ad7322480a89ca58e0cf74bc9e540c2add6897fad0a3084f302adcn,
        q: 0x4531acd1fe0023c7550d267b6b2fee80922b14b2ffb90f04d4eb7c09b5d2d15da82f2d7ecb1dbac719905c5eecc423f1d86e25edbe23c595d644aaf187e6e6dfn,
        generator: {
          x: 0x24d19cc64572ee30f396bf6ebbfd7a6c5213b3b3d7057cc825f91093a68cd762fd60611262cd838dc6b60aa7eee804e28bc849977fac33b4b530f1b120248a9an,
          y: 0x2bb312a43bd2ce6e0d020613c857acddcfbf061e91e5f2c3f32447c259f39b2c83ab156d77f1496bf7eb3351e1ee4e43dc1a18b91b24640b6dbb92cb1add371en,
        },
        reduce: plain(P512),
      },
      d: 0xba6048aadae241ba40936d47756d7c93091a0e8514669700ee7508e508b102072e8123b2200a0563322dad2827e2714a2636b7bfd18aadfc62967821fa18dd4n,
      x: 0x115dc5bc96760c7b48598d8ab9e740d4c4a85a65be33c1815b5c320c854621dd5a515856d13314af69bc5b924c8b4ddff75c45415c1d9dd9dd33612cd530efe1n,
      y: 0x37c7c90cd40b0f5621dc3ac1b751cfa0e2634fa0503b3d52639f5d7fb72afd61ea199441d943ffe7f0c70a2759a3cdb84c114e1f9339fdf27f35eca93677beecn,
      e: 0x3754f3cfacc9e0615c4f4a7c4d8dab531b09b6f9c170c533a71d147035b0c5917184ee536593f4414339976c647c5d5a407adedb1d560c4fc6777d2972075b8cn,
      k: 0x359e7f4b1410feacc570456c6801496946312120b39d019d455986e364f365886748ed7a44b3e794434006011842286212273a6d14cf70ea3af71bb1ae679f1n,
      r: 0x2f86fa60a081091a23dd795e1e3c689ee512a3c82ee0dcc2643c78eea8fcacd35492558486b20f1c9ec197c90699850260c93bcbcd9c5c3317e19344e173ae36n,
      s: 0x1081b394696ffe8e6585e7a9362d26b6325f56778aadbc081c0bfbe933d52ff5823ce288e8c4f362526080df7f70ce406a6eeb1f56919cb92a9853bde73e5b4an,
    },
  ],
]

describe('RFC 7091', () => {
  it.each(EXAMPLES)('%s', (_, { curve, d, x, y, e, k, r, s }) => {
    expect(isOnCurve(curve, { x, y })).toBe(true)
    expect(multiplyGenerator(curve, d, secureRandom)).toEqual({ x, y })
    // Whatever the factors are that hide the numbers.
    for (let i = 0; i < 3; i++) expect(signWithNonce(curve, d, digestOf(e, curve.size), k)).toEqual({ r, s })
  })
})

describe.each(gostCurveNames())('on the curve %s', (name) => {
  const curve = gostCurve(name)
  const { q, size, generator } = curve

  it('multiplies as the verifier does, at the ends of the range too', () => {
    for (const k of [1n, 2n, 3n, q / 3n, q - 2n, q - 1n]) {
      const point = multiplyGenerator(curve, k, secureRandom)
      expect(isOnCurve(curve, point)).toBe(true)
      expect(point.x).toBe(combineX(curve, k, 0n, generator))
    }
    expect(multiplyGenerator(curve, q - 1n, secureRandom).y).toBe(curve.p - generator.y)
    expect(() => multiplyGenerator(curve, q, secureRandom)).toThrow(RangeError)
  })

  it('signs what holds, differently each time', () => {
    const key = new GostPrivateKey(name, randomBelow(q, secureRandom))
    const digest = secureRandom(size)
    const [one, two] = [key.sign(digest), key.sign(digest)]
    for (const signature of [one, two]) expect(verifyGost(key.publicKey, digest, signature, 'ru')).toBe(true)
    // Not the same nonce: r, the second half, is another.
    expect(toHex(one.subarray(size))).not.toBe(toHex(two.subarray(size)))
    expect(verifyGost(key.publicKey, secureRandom(size), one, 'ru')).toBe(false)
    expect(verifyGost(new GostPrivateKey(name, 5n).publicKey, digest, one, 'ru')).toBe(false)
    expect(key.hash).toBe(size === 32 ? 'streebog-256' : 'streebog-512')
    expect(() => key.sign(digest.subarray(1))).toThrow(RangeError)
    // A digest that is a multiple of the order counts as one (section 6.1, step 2).
    for (const zero of [new Uint8Array(size), digestOf(q, size)]) expect(verifyGost(key.publicKey, zero, key.sign(zero), 'ru')).toBe(true)
  })

  it('takes as many steps for every number', () => {
    let reductions = 0
    const counted = {
      ...curve,
      reduce: (value: bigint) => {
        reductions++
        return curve.reduce(value)
      },
    }
    const steps = [1n, 2n, 2n ** 200n, q - 1n].map((k) => {
      reductions = 0
      multiplyGenerator(counted, k, secureRandom)
      return reductions
    })
    expect(new Set(steps).size).toBe(1)
    expect(steps[0]).toBeGreaterThan(size * 8 * 20)
  })

  it('has no other keys than those of the group', () => {
    for (const number of [0n, -1n, q, q + 1n]) expect(() => new GostPrivateKey(name, number)).toThrow(RangeError)
  })
})

describe('a private key', () => {
  const number = 0x1234567890abcdef1234567890abcdef1234567890abcdefn
  const key = new GostPrivateKey('tc26-256-a', number)
  it('does not show its number', () => {
    const shown = [inspect(key, { depth: 9, showHidden: true }), Object.keys(key).join(), JSON.stringify(key.hash)].join('\n')
    for (const said of [number.toString(), number.toString(16)]) expect(shown).not.toContain(said)
  })
})

describe('random numbers', () => {
  it('differ for each message and key where the platform gives the same again and again', () => {
    const stuck = (octets: number) => new Uint8Array(octets)
    const [key, other] = [new GostPrivateKey('tc26-512-a', 12_345n), new GostPrivateKey('tc26-512-a', 12_346n)]
    const [one, two] = [new Uint8Array(64).fill(1), new Uint8Array(64).fill(2)]
    // r, the second half, is of the nonce alone.
    const nonces = [key.sign(one, stuck), key.sign(two, stuck), other.sign(one, stuck)].map((signature) => toHex(signature.subarray(64)))
    expect(new Set(nonces).size).toBe(3)
    expect(key.sign(one, stuck)).toEqual(key.sign(one, stuck))
    expect(verifyGost(key.publicKey, one, key.sign(one, stuck), 'ru')).toBe(true)
  })
  it('differ from call to call, and are at most so many', () => {
    const hedged = hedgedRandom(new Uint8Array(32), new Uint8Array(32), (octets) => new Uint8Array(octets))
    expect(toHex(hedged(64))).not.toBe(toHex(hedged(64)))
    expect(() => hedged(65)).toThrow(RangeError)
  })
  it('are in range, and what is out of it is drawn anew', () => {
    const drawn = ['ff', '00', '0a', '07'].map(fromHex)
    const next = () => drawn.shift() ?? new Uint8Array(1)
    // Of eleven there are ten, in four bits: 15 and 0 are thrown away.
    expect(randomBelow(11n, next)).toBe(10n)
    expect(randomBelow(11n, next)).toBe(7n)
  })
  it('are all there, as often', () => {
    const seen = new Map<bigint, number>()
    for (let i = 0; i < 4000; i++) {
      const value = randomBelow(5n, secureRandom)
      seen.set(value, (seen.get(value) ?? 0) + 1)
    }
    expect(new Set(seen.keys())).toEqual(new Set([1n, 2n, 3n, 4n]))
    for (const count of seen.values()) expect(count).toBeGreaterThan(800)
  })
})
