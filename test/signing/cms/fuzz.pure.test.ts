// Whatever comes in: a refusal, quickly, and never another error. The random numbers are from a seed, so that a failure comes back.
import { describe, expect, it } from 'vitest'
import { DerError } from '../../../src/lib/der.ts'
import { readCertificates } from '../../../src/signing/cms/certificate.ts'
import { parseCrl } from '../../../src/signing/cms/crl.ts'
import { parseOcspResponse } from '../../../src/signing/cms/ocsp.ts'
import { Refusal } from '../../../src/signing/cms/reasons.ts'
import { addTimestamp, timestampImprint } from '../../../src/signing/cms/sign.ts'
import { verifyTimestamp } from '../../../src/signing/cms/timestamp.ts'
import { verifyDetachedCms } from '../../../src/signing/cms/verify.ts'
import { hasShared, shared } from './shared.ts'
import { content, decode, KZ_TIME, kzContent, RU_TIME, TIME, vectors } from './vectors.ts'

/** `FUZZ=20` tries as many times more. */
const MORE = Number(process.env.FUZZ ?? 1)

/** mulberry32 */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** Truncations, flipped bits, octets replaced, pieces left out or said twice. */
function* mutants(bytes: Uint8Array, count: number, seed: number): Generator<Uint8Array> {
  const next = random(seed)
  const at = () => Math.floor(next() * bytes.length)
  for (let i = 0; i < count; i++) {
    const copy = bytes.slice()
    switch (i % 6) {
      case 0:
        yield copy.subarray(0, at())
        break
      case 1: {
        const where = at()
        copy[where] = (copy[where] ?? 0) ^ (1 << Math.floor(next() * 8))
        yield copy
        break
      }
      case 2:
        for (let n = 0; n < 4; n++) copy[at()] = Math.floor(next() * 256)
        yield copy
        break
      case 3: {
        const [from, to] = [at(), at()].sort((a, b) => a - b)
        yield Uint8Array.from([...copy.subarray(0, from), ...copy.subarray(to)])
        break
      }
      case 4: {
        const from = at()
        yield Uint8Array.from([...copy.subarray(0, from), ...copy.subarray(from, from + 40), ...copy.subarray(from)])
        break
      }
      default:
        copy[at()] = [0x00, 0x80, 0xff, 0x30, 0x31, 0xa0, 0x24, 0x1f][Math.floor(next() * 8)] ?? 0
        yield copy
    }
  }
}

const parse = (read: () => unknown): void => {
  try {
    read()
  } catch (error) {
    expect(error instanceof DerError || error instanceof Refusal, String(error)).toBe(true)
  }
}

describe('changed signatures', () => {
  it.each([
    ['ecdsa', 'root', TIME, 900],
    ['rsa', 'root', TIME, 400],
    ['ru256', 'ru256Root', RU_TIME, 90],
    ['kzCms', 'kzGost2015Authority', KZ_TIME, 30],
  ] as const)('%s', { timeout: 120_000 }, async (cms, root, at, base) => {
    const count = base * MORE
    const anchors = readCertificates(decode(vectors[root]))
    const original = decode(vectors[cms])
    const document = cms === 'kzCms' ? kzContent : cms === 'ru256' ? decode(vectors.ruContent) : content
    const options = { anchors, at, requireSigningCertificate: cms !== 'kzCms' }
    const before = await verifyDetachedCms(original, document, options)
    let accepted = 0
    for (const mutant of mutants(original, count, 7)) {
      const verdict = await verifyDetachedCms(mutant, document, options)
      if (!verdict.ok) continue
      // What is not signed may change (the version, the list of algorithms, NULL parameters, other certificates); who signed and what may not.
      accepted++
      expect(verdict.signers.map(({ certificate }) => certificate?.sha256)).toEqual(
        before.signers.map(({ certificate }) => certificate?.sha256),
      )
      expect(verdict.signers.map(({ signingTime }) => signingTime)).toEqual(before.signers.map(({ signingTime }) => signingTime))
    }
    expect(accepted).toBeLessThan(count / 10)
  })
})

describe('changed parts', () => {
  it('certificates', () => {
    for (const name of ['root', 'kzGost2004', 'kzGost2015Authority', 'ru512Root'] as const) {
      for (const mutant of mutants(decode(vectors[name]), 400 * MORE, 11)) parse(() => readCertificates(mutant))
    }
  })
  it('what a stamp is added to', () => {
    for (const mutant of mutants(decode(vectors.ecdsa), 400 * MORE, 13)) {
      parse(() => timestampImprint(mutant))
      parse(() => addTimestamp(decode(vectors.ecdsa), mutant))
    }
  })
  it.skipIf(!hasShared)('lists, answers and stamps', { timeout: 60_000 }, async () => {
    for (const mutant of mutants(shared('kz/nca_gost_test.crl'), 300 * MORE, 17)) parse(() => parseCrl(mutant).find(new Uint8Array([1])))
    for (const mutant of mutants(shared('kz/ocsp_response_individual_sign_2004.bin'), 400 * MORE, 19))
      parse(() => parseOcspResponse(mutant))
    for (const mutant of mutants(shared('kz/tsp_token.bin'), 200 * MORE, 23)) {
      expect(await verifyTimestamp(mutant, content, { anchors: [], at: KZ_TIME })).toMatchObject({ ok: false })
    }
  })
  it('noise', async () => {
    const next = random(29)
    for (let i = 0; i < 500; i++) {
      const noise = Uint8Array.from({ length: Math.floor(next() * 300) }, () => Math.floor(next() * 256))
      noise[0] = 0x30
      expect((await verifyDetachedCms(noise, content, { anchors: [], at: TIME })).ok).toBe(false)
    }
  })
})
