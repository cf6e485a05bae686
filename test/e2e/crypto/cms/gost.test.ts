// OpenSSL's GOST engine signs what we accept and refuses what we refuse, and accepts what we sign. Where the engine is not installed the vectors that it made
// stand for it: test/signing/cms/vectors.pure.test.ts, test/signing/cms/private-key.pure.test.ts.
import { describe, expect, it } from 'vitest'
import { hashOf, isSecretOf } from '../../../../.tools/stand-ins/requests.ts'
import { certificateHash, clientSecret, signForAuthority } from '../../../../src/agreements/authority.ts'
import type { Settings } from '../../../../src/env.ts'
import { parseCertificate, readCertificates } from '../../../../src/signing/cms/certificate.ts'
import { readGostPrivateKey } from '../../../../src/signing/cms/private-key.ts'
import { signDetachedCms } from '../../../../src/signing/cms/sign.ts'
import { parseSignedData } from '../../../../src/signing/cms/signed-data.ts'
import { verifyDetachedCms } from '../../../../src/signing/cms/verify.ts'
import { notTheirs } from '../../../../src/signing/methods/whose.ts'
import { digestOf, engine, engineAccepts, type GostKind, gostPerson, hasEngine } from './gost-engine.ts'
import { fresh, get, put } from './openssl.ts'

const document = new TextEncoder().encode('Договор № 17 — Қазақстан\n'.repeat(50))
const text = (path: string) => new TextDecoder().decode(get(path))
const derOf = (path: string) => new Uint8Array(Buffer.from(text(path).replaceAll(/-----[A-Z ]+-----|\s/g, ''), 'base64'))

/** Root, a person under it, and the person's signature by the engine. */
function signedBy(kind: GostKind, set: string) {
  const { root, person, key } = gostPerson(kind, set)
  const cms = fresh('s.p7s')
  const files = ['-in', put(document), '-signer', person, '-inkey', key, '-out', cms]
  if (!engine('cms', '-sign', '-binary', '-cades', ...files, '-outform', 'DER', '-md', digestOf(kind)))
    throw new Error('openssl cms failed')
  return { root, cms: get(cms) }
}

const flip = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((octet, i) => (i === at ? octet ^ 1 : octet))

const SETS = [
  ['gost2012_256', 'A'],
  ['gost2012_256', 'B'],
  ['gost2012_256', 'C'],
  ['gost2012_256', 'TCA'],
  ['gost2012_512', 'A'],
  ['gost2012_512', 'B'],
  ['gost2012_512', 'C'],
] as const
/** Other names of the same curves. */
const NAMES = (['TCB', 'TCC', 'TCD', 'XA', 'XB'] as const).map((set) => ['gost2012_256', set] as const)

describe.runIf(hasEngine)('GOST R 34.10-2012 by OpenSSL’s engine', () => {
  it.each(SETS)('%s, parameter set %s', async (kind, set) => {
    const { root, cms } = signedBy(kind, set)
    const options = { anchors: readCertificates(get(root)), at: new Date() }
    const accepts = async (message: Uint8Array, content = document) => (await verifyDetachedCms(message, content, options)).ok

    const verdict = await verifyDetachedCms(cms, document, options)
    expect(verdict).toMatchObject({ ok: true, reasons: [], signers: [{ format: 'CAdES-BES' }] })
    expect(engineAccepts(cms, document, root)).toBe(true)

    const other = signedBy(kind, set)
    const [spoiltContent, spoiltSignature] = [flip(document, 99), flip(cms, cms.length - 1)]
    expect([await accepts(cms, spoiltContent), engineAccepts(cms, spoiltContent, root)]).toEqual([false, false])
    expect([await accepts(spoiltSignature), engineAccepts(spoiltSignature, document, root)]).toEqual([false, false])
    expect([await accepts(other.cms), engineAccepts(other.cms, document, root)]).toEqual([false, false])

    // A bit anywhere: whatever the engine refuses, so do we. But for the kinds of string in the issuer's name, by which names do not differ (RFC 5280, 7.1).
    const [info] = parseSignedData(cms).signers
    const issuer = info && 'issuer' in info.signer ? info.signer.issuer.raw : new Uint8Array()
    const described = info?.node.raw ?? new Uint8Array()
    const from = described.byteOffset - cms.byteOffset + Buffer.from(described).indexOf(issuer)
    for (let at = 1; at < cms.length; at += 37) {
      if (at >= from && at < from + issuer.length) continue
      const spoilt = flip(cms, at)
      const ours = await accepts(spoilt)
      if (ours) expect([at, engineAccepts(spoilt, document, root)]).toEqual([at, true])
    }
  })

  it('is whose the INN says', async () => {
    const { root, cms } = signedBy('gost2012_256', 'TCA')
    const { signers } = await verifyDetachedCms(cms, document, { anchors: readCertificates(get(root)), at: new Date() })
    const who = signers[0]?.identifiers ?? {}
    expect(who).toMatchObject({ inn: '500100732259', innLegal: '7707083893', commonName: 'Иванов Иван' })
    expect(notTheirs(who, { identifier: null, inn: '500100732259', companyInn: '7707083893' })).toBeUndefined()
    expect(notTheirs(who, { identifier: null, inn: '500100732260' })).toMatch(/another INN/)
    expect(notTheirs(who, { identifier: null, inn: '500100732259', companyInn: '7736050003' })).toMatch(/another company/)
  })
})

describe.runIf(hasEngine)('what we sign with a key of the engine', () => {
  it.each([...SETS, ...NAMES])('%s, parameter set %s', async (kind, set) => {
    const { root, person, key } = gostPerson(kind, set)
    const [certificate] = readCertificates(get(person))
    if (!certificate) throw new Error('no certificate')
    const cms = await signDetachedCms({ content: document, certificate, key: readGostPrivateKey(derOf(key)), signingTime: new Date() })
    const options = { anchors: readCertificates(get(root)), at: new Date() }
    expect(await verifyDetachedCms(cms, document, options)).toMatchObject({ ok: true, reasons: [], signers: [{ format: 'CAdES-BES' }] })
    expect(engineAccepts(cms, document, root)).toBe(true)
    for (const [message, content] of [
      [cms, flip(document, 99)],
      [flip(cms, cms.length - 1), document],
    ] as const)
      expect(engineAccepts(message, content, root)).toBe(false)
  })

  it.each([
    ['gost2012_256', 'TCA'],
    ['gost2012_512', 'A'],
  ] as const)('is what ESIA and Госключ ask for: %s, %s', async (kind, set) => {
    const { root, person, key } = gostPerson(kind, set)
    const settings = { ESIA_CERTIFICATE: text(person), ESIA_PRIVATE_KEY: text(key) } as Settings
    const ctx = { settings, now: new Date() }
    const asked = 'QOLTANBAopenid fullname2026.12.01 10:00:00 +0300'
    const bytes = new TextEncoder().encode(asked)
    const secret = await clientSecret(ctx, bytes)
    const client = { certificate: parseCertificate(derOf(person)), chain: [], root: parseCertificate(derOf(root)) }
    expect([await isSecretOf(client, secret, asked), await isSecretOf(client, secret, `${asked}!`)]).toEqual([true, false])
    const signature = new Uint8Array(Buffer.from(secret, 'base64url'))
    const publicKey = fresh('pub.pem')
    engine('pkey', '-in', key, '-pubout', '-out', publicKey)
    const holds = (content: Uint8Array, value: Uint8Array) =>
      engine('dgst', `-${digestOf(kind)}`, '-verify', publicKey, '-signature', put(value), put(content))
    expect([holds(bytes, signature), holds(flip(bytes, 3), signature), holds(bytes, flip(signature, 3))]).toEqual([true, false, false])
    expect(await certificateHash(ctx)).toBe(hashOf(client))
    const cms = await signForAuthority(ctx, document)
    expect([engineAccepts(cms, document, root), engineAccepts(cms, bytes, root)]).toEqual([true, false])
  })
})
