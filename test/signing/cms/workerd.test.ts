// The same code inside workerd: one signature of each family, accepted and then refused, and one made and read back.
import { describe, expect, it } from 'vitest'
import { readCertificates } from '../../../src/signing/cms/certificate.ts'
import { readAsn1 } from '../../../src/lib/der.ts'
import { Refusal } from '../../../src/signing/cms/reasons.ts'
import { parsePublicKey } from '../../../src/signing/cms/public-key.ts'
import { ecdsaToDer, verifySignature } from '../../../src/signing/cms/signature.ts'
import { addTimestamp, signDetachedCms, timestampImprint } from '../../../src/signing/cms/sign.ts'
import { parseSignedData } from '../../../src/signing/cms/signed-data.ts'
import { verifyDetachedCms } from '../../../src/signing/cms/verify.ts'
import { content, decode, KZ_TIME, kzContent, RU_TIME, TIME, vectors } from './vectors.ts'

const RSA = { modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) }

describe('in workerd', () => {
  it.each([
    ['rsa', 'root', content, TIME],
    ['ecdsa', 'root', content, TIME],
    ['ru256', 'ru256Root', decode(vectors.ruContent), RU_TIME],
    ['ru512', 'ru512Root', decode(vectors.ruContent), RU_TIME],
  ] as const)('%s', async (cms, root, document, at) => {
    const options = { anchors: readCertificates(decode(vectors[root])), at }
    expect(await verifyDetachedCms(decode(vectors[cms]), document, options)).toMatchObject({ ok: true, reasons: [] })
    const spoilt = decode(vectors[cms])
    spoilt[spoilt.length - 1] = (spoilt.at(-1) ?? 0) ^ 1
    expect((await verifyDetachedCms(spoilt, document, options)).reasons.map(({ code }) => code)).toEqual(['signature-wrong'])
    expect((await verifyDetachedCms(decode(vectors[cms]), document.subarray(1), options)).reasons.map(({ code }) => code)).toEqual([
      'digest-mismatch',
    ])
  })
  it('kz', async () => {
    const options = { anchors: readCertificates(decode(vectors.kzGost2015Authority)), at: KZ_TIME, requireSigningCertificate: false }
    const verdict = await verifyDetachedCms(decode(vectors.kzCms), kzContent, options)
    expect(verdict.signers.map(({ ok, signatureAlgorithm }) => [ok, signatureAlgorithm])).toEqual([
      [true, 'GOST 34.10-2015 (512)'],
      [false, 'RSA PKCS#1 v1.5 with SHA-256'],
    ])
  })
  it.each([
    ['ECDSA', { name: 'ECDSA', namedCurve: 'P-521' }, { kind: 'ecdsa', hash: 'SHA-512', label: 'x' }],
    ['ECDSA', { name: 'ECDSA', namedCurve: 'P-384' }, { kind: 'ecdsa', hash: 'SHA-384', label: 'x' }],
    ['RSA-PSS', { name: 'RSA-PSS', hash: 'SHA-256', ...RSA }, { kind: 'rsa-pss', hash: 'SHA-256', saltLength: 32, label: 'x' }],
    ['RSASSA-PKCS1-v1_5', { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512', ...RSA }, { kind: 'rsa-pkcs1', hash: 'SHA-512', label: 'x' }],
  ] as const)('%s %o', async (name, generate, algorithm) => {
    const pair = (await crypto.subtle.generateKey(generate, true, ['sign', 'verify'])) as CryptoKeyPair
    const key = parsePublicKey(readAsn1(new Uint8Array((await crypto.subtle.exportKey('spki', pair.publicKey)) as ArrayBuffer)))
    const made = new Uint8Array(await crypto.subtle.sign({ name, hash: algorithm.hash, saltLength: 32 }, pair.privateKey, content))
    const signature = name === 'ECDSA' ? ecdsaToDer(made) : made
    expect(await verifySignature(key, algorithm, content, signature)).toBe(true)
    expect(await verifySignature(key, algorithm, content.subarray(1), signature)).toBe(false)
    expect(await verifySignature(key, algorithm, content, signature.subarray(1))).toBe(false)
    for (const other of [new Uint8Array(), Uint8Array.of(0, ...signature), new Uint8Array(signature.length).fill(0xff)])
      expect(await verifySignature(key, algorithm, content, other)).toBe(false)
    if (algorithm.kind === 'rsa-pss') {
      for (const saltLength of [0, 20, 400])
        expect(await verifySignature(key, { ...algorithm, saltLength }, content, signature)).toBe(false)
    }
  })
  it('malformed RSA keys', async () => {
    const pair = (await crypto.subtle.generateKey({ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', ...RSA }, true, [
      'sign',
      'verify',
    ])) as CryptoKeyPair
    const spki = new Uint8Array((await crypto.subtle.exportKey('spki', pair.publicKey)) as ArrayBuffer)
    // The last octet of the modulus, before the five of the exponent: an even one is none.
    spki[spki.length - 6] = (spki.at(-6) ?? 0) & 0xfe
    const key = parsePublicKey(readAsn1(spki))
    expect(key).toMatchObject({ kind: 'rsa', bits: 2048 })
    for (const algorithm of [
      { kind: 'rsa-pkcs1', hash: 'SHA-256', label: 'x' },
      { kind: 'rsa-pss', hash: 'SHA-256', saltLength: 32, label: 'x' },
    ] as const) {
      const verdict = await verifySignature(key, algorithm, content, new Uint8Array(256).fill(1)).catch((error: unknown) => error)
      expect(verdict === false || verdict instanceof Refusal).toBe(true)
    }
  })
  it('signs', async () => {
    const { signers, certificates } = parseSignedData(decode(vectors.ecdsa))
    const [certificate] = certificates
    if (!certificate) throw new Error('no certificate')
    // A key that is not the certificate's: everything must be in order but the signature itself.
    const pair = (await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])) as CryptoKeyPair
    const cms = await signDetachedCms({ content, certificate, key: pair.privateKey, signingTime: TIME })
    const verdict = await verifyDetachedCms(cms, content, { anchors: readCertificates(decode(vectors.root)), at: TIME })
    expect(verdict.reasons.map(({ code }) => code)).toEqual(['signature-wrong'])
    expect(timestampImprint(cms)).not.toEqual(signers[0]?.signature)
    expect(() => addTimestamp(cms, cms)).toThrow('no time stamp')
  })
})
