// Private keys as OpenSSL's GOST engine writes them, and what is none of them.
import { describe, expect, it } from 'vitest'
import { readAsn1 } from '../../../src/lib/der.ts'
import { algorithm, nullValue, octetString, oid, sequence, unsignedInteger } from '../../../src/lib/der-write.ts'
import { parseCertificate } from '../../../src/signing/cms/certificate.ts'
import { PrivateKeyError, readGostPrivateKey } from '../../../src/signing/cms/private-key.ts'
import { parsePublicKey } from '../../../src/signing/cms/public-key.ts'
import { signDetachedCms } from '../../../src/signing/cms/sign.ts'
import { verifyDetachedCms } from '../../../src/signing/cms/verify.ts'
import { engineKeys, gostOperators } from '../gost/engine-keys.ts'
import { decode } from './vectors.ts'

const ALGORITHM = { 256: '1.2.643.7.1.1.1.1', 512: '1.2.643.7.1.1.1.2' }
const DIGEST = { 256: '1.2.643.7.1.1.2.2', 512: '1.2.643.7.1.1.2.3' }
const SET = { 256: '1.2.643.7.1.2.1.1.1', 512: '1.2.643.7.1.2.1.2.1' }
/** Little-endian, with a first and a last octet that tell the ends apart. */
const number = (size: number) => Uint8Array.from({ length: size }, (_, i) => (i === 0 ? 7 : i === size - 1 ? 1 : 0))
interface Shape {
  bits?: 256 | 512
  kind?: string
  set?: string
  hash?: string
  version?: number
}
const pkcs8 = (key: Uint8Array, { bits = 256, kind = ALGORITHM[bits], set = SET[bits], hash, version = 0 }: Shape = {}) =>
  sequence(unsignedInteger(version), algorithm(kind, sequence(oid(set), ...(hash ? [oid(hash)] : []))), octetString(key))
const refusal = (der: Uint8Array): string => {
  try {
    readGostPrivateKey(der)
  } catch (error) {
    if (error instanceof PrivateKeyError) return error.message
    throw error
  }
  return ''
}

describe('a key of the engine', () => {
  it.each(Object.entries(engineKeys))('%s is that of its public half', (_, [key, spki]) => {
    const theirs = parsePublicKey(readAsn1(decode(spki)))
    expect(theirs.kind).toBe('gost')
    expect(readGostPrivateKey(decode(key)).publicKey).toEqual('key' in theirs ? theirs.key : undefined)
  })
  it.each([256, 512] as const)('%i may stand in an OCTET STRING or an INTEGER of its own', (bits) => {
    const key = number(bits / 8)
    const { point } = readGostPrivateKey(pkcs8(key, { bits })).publicKey
    for (const inner of [octetString(key), unsignedInteger(key.toReversed())])
      expect(readGostPrivateKey(pkcs8(inner, { bits })).publicKey.point).toEqual(point)
    expect(readGostPrivateKey(pkcs8(key, { bits, hash: DIGEST[bits], version: 1 })).publicKey.point).toEqual(point)
  })
})

describe('refused with the reason', () => {
  const key = number(32)
  it.each<[string, Uint8Array, RegExp]>([
    ['a masked key', pkcs8(Uint8Array.from([...key, ...key])), /masked/],
    ['a key with two masks', pkcs8(new Uint8Array(96).fill(3)), /masked/],
    ['a masked key in an OCTET STRING', pkcs8(octetString(Uint8Array.from([...key, ...key]))), /masked/],
    ['a masked key in a SEQUENCE', pkcs8(sequence(octetString(key), octetString(key))), /masked/],
    ['an RSA key', sequence(unsignedInteger(0), algorithm('1.2.840.113549.1.1.1', nullValue()), octetString(key)), /not one of GOST/],
    ['GOST R 34.10-2001', pkcs8(key, { kind: '1.2.643.2.2.19', set: '1.2.643.2.2.35.1' }), /not one of GOST R 34\.10-2012/],
    ['a key of Kazakhstan', pkcs8(key, { kind: '1.2.398.3.10.1.1.2.1' }), /not one of GOST/],
    ['an unknown parameter set', pkcs8(key, { set: '1.2.643.2.2.35.0' }), /1\.2\.643\.2\.2\.35\.0 is not supported/],
    ['a set of the other size', pkcs8(key, { set: SET[512] }), /two sizes/],
    ['another hash', pkcs8(key, { hash: DIGEST[512] }), /another hash/],
    ['no parameters', sequence(unsignedInteger(0), algorithm(ALGORITHM[256], null), octetString(key)), /\(none\) is not supported/],
    ['nought', pkcs8(new Uint8Array(32)), /cannot be read/],
    ['a number over the order', pkcs8(new Uint8Array(32).fill(0xff)), /cannot be read/],
    ['too short a number', pkcs8(octetString(key.subarray(1))), /another length/],
    ['a negative number', pkcs8(Uint8Array.from([2, 1, 0x80])), /cannot be read/],
    ['another version', pkcs8(key, { version: 2 }), /cannot be read/],
    ['nothing', new Uint8Array(), /cannot be read/],
    ['rubbish', new Uint8Array(64).fill(0x30), /cannot be read/],
  ])('%s', (_, der, reason) => expect(refusal(der)).toMatch(reason))

  it('a key cut short or changed, or it is another key; nothing of it is said', () => {
    const [whole = ''] = engineKeys['256-TCA'] ?? []
    const der = decode(whole)
    const secret = Buffer.from(der.subarray(-32)).toString('hex')
    for (let at = 0; at < der.length; at++) {
      expect(refusal(der.subarray(0, at))).not.toBe('')
      const said = refusal(der.map((octet, i) => (i === at ? octet ^ 0x55 : octet)))
      expect(said).not.toContain(secret.slice(0, 12))
    }
  })
})

describe('CMS with a GOST key', () => {
  const content = new TextEncoder().encode('Договор')
  const at = new Date('2027-01-01T00:00:00Z')
  it.each(['256', '512'] as const)('of %s bits holds, and is CAdES', async (bits) => {
    const operator = gostOperators[bits]
    const [root, certificate] = [parseCertificate(decode(operator.root)), parseCertificate(decode(operator.certificate))]
    const key = readGostPrivateKey(decode(operator.key))
    const options = { anchors: [root], at }
    const cms = await signDetachedCms({ content, certificate, key, signingTime: at })
    expect(await verifyDetachedCms(cms, content, options)).toMatchObject({
      ok: true,
      reasons: [],
      signers: [{ format: 'CAdES-BES', digestAlgorithm: `streebog-${bits}`, signatureAlgorithm: `GOST R 34.10-2012 (${bits})` }],
    })
    expect((await verifyDetachedCms(cms, content.subarray(1), options)).reasons.map(({ code }) => code)).toEqual(['digest-mismatch'])
    const spoilt = cms.map((octet, i) => (i === cms.length - 1 ? octet ^ 1 : octet))
    expect((await verifyDetachedCms(spoilt, content, options)).reasons.map(({ code }) => code)).toEqual(['signature-wrong'])
    // Whatever hash is asked for, the key's own is used.
    const asked = await signDetachedCms({ content, certificate, key, hash: 'SHA-512' })
    expect(await verifyDetachedCms(asked, content, options)).toMatchObject({ ok: true, signers: [{ digestAlgorithm: `streebog-${bits}` }] })
  })
})
