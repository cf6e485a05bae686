// Tricks with the parts of a signature that openssl would not make by itself.
import { describe, expect, it } from 'vitest'
import {
  algorithm,
  concatBytes,
  element,
  explicit,
  implicit,
  octetString,
  oid,
  sequence,
  setOf,
  utf8String,
} from '../../../../src/lib/der-write.ts'
import { digest, hashOid } from '../../../../src/signing/cms/algorithms.ts'
import { Oid } from '../../../../src/signing/cms/signed-data.ts'
import { verifyDetachedCms, type VerifyOptions } from '../../../../src/signing/cms/verify.ts'
import { attribute, contentType, forge, type Forgery, messageDigest, signingCertificate, signingCertificateV1 } from './forge.ts'
import { issue, opensslVerifies } from './openssl.ts'

const content = new TextEncoder().encode('Шарт')

describe('signed attributes', () => {
  const root = issue(undefined)
  const signer = issue(root)
  const second = issue(root)
  const named = signingCertificate(signer.certificate.der)
  const proper = [contentType(), messageDigest(content), named]
  const judge = async (forgery: Partial<Forgery>, options: Partial<VerifyOptions> = {}) => {
    const cms = await forge({ signer, attributes: proper, ...forgery })
    return { cms, verdict: await verifyDetachedCms(cms, content, { anchors: [root.certificate], at: new Date(), ...options }) }
  }
  const codes = async (forgery: Partial<Forgery>, options?: Partial<VerifyOptions>) =>
    (await judge(forgery, options)).verdict.reasons.map(({ code }) => code)

  it('in order are accepted, by openssl too', async () => {
    const { cms, verdict } = await judge({})
    expect(verdict.reasons).toEqual([])
    expect(opensslVerifies(cms, content, root)).toBe(true)
  })

  it('in any order are accepted when they were signed as they stand, as openssl does', async () => {
    const attributes = [named, messageDigest(content), contentType()]
    expect(element(0x31, ...attributes)).not.toEqual(setOf(...attributes))
    const { cms, verdict } = await judge({ attributes })
    expect(verdict.reasons).toEqual([])
    expect(opensslVerifies(cms, content, root)).toBe(true)
    // Nothing is put in order for the signer: what stands there is not what was signed.
    expect(await codes({ attributes, signs: setOf(...attributes) })).toEqual(['signature-wrong'])
  })

  it('are signed with the tag of a SET, not with their own', async () => {
    expect(await codes({ signs: element(0xa0, ...proper) })).toEqual(['signature-wrong'])
    expect(await codes({ signs: content })).toEqual(['signature-wrong'])
  })

  it.each<[string, Uint8Array[], string[]]>([
    ['two content types', [contentType(), contentType(), messageDigest(content), named], ['attribute-duplicate']],
    [
      'two digests, the right one first',
      [contentType(), messageDigest(content), messageDigest(utf8String('x')), named],
      ['attribute-duplicate'],
    ],
    [
      'two values of one digest',
      [contentType(), attribute(Oid.messageDigest, octetString(digest('SHA-256', content)), octetString(new Uint8Array(32))), named],
      ['attribute-duplicate'],
    ],
    ['a digest without value', [contentType(), attribute(Oid.messageDigest), named], ['attribute-wrong']],
    ['no digest', [contentType(), named], ['attribute-missing']],
    ['no content type', [messageDigest(content), named], ['attribute-missing']],
    ['another content type', [contentType(Oid.tstInfo), messageDigest(content), named], ['attribute-wrong']],
    ['a digest of something else', [contentType(), messageDigest(utf8String('x')), named], ['digest-mismatch']],
    [
      'a digest that is cut short',
      [contentType(), attribute(Oid.messageDigest, octetString(digest('SHA-256', content).subarray(0, 16))), named],
      ['digest-mismatch'],
    ],
    ['no signing certificate', [contentType(), messageDigest(content)], ['signing-certificate-missing']],
    [
      'a signing certificate that is another',
      [contentType(), messageDigest(content), signingCertificate(second.certificate.der)],
      ['signing-certificate-mismatch'],
    ],
    [
      'an empty list of signing certificates',
      [contentType(), messageDigest(content), attribute(Oid.signingCertificateV2, sequence(sequence()))],
      ['signing-certificate-mismatch'],
    ],
    [
      'the first form right and the second wrong',
      [contentType(), messageDigest(content), signingCertificateV1(signer.certificate.der), signingCertificate(second.certificate.der)],
      ['signing-certificate-mismatch'],
    ],
    ['an attribute that is no attribute', [contentType(), messageDigest(content), named, sequence(oid('1.2.3'))], ['malformed']],
    [
      'a signing time that is none',
      [contentType(), messageDigest(content), named, attribute(Oid.signingTime, utf8String('yesterday'))],
      ['malformed'],
    ],
  ])('refuses %s', async (_, attributes, expected) => {
    expect(await codes({ attributes })).toEqual(expected)
  })

  it('refuses a signing certificate with another serial number', async () => {
    const { issuer } = signer.certificate
    const issuerSerial = (serial: Uint8Array) => sequence(sequence(explicit(4, issuer.raw)), element(0x02, serial))
    const attributes = (serial: Uint8Array) => [
      contentType(),
      messageDigest(content),
      signingCertificate(signer.certificate.der, issuerSerial(serial)),
    ]
    expect(await codes({ attributes: attributes(signer.certificate.serialBytes) })).toEqual([])
    expect(await codes({ attributes: attributes(second.certificate.serialBytes) })).toEqual(['signing-certificate-mismatch'])
  })

  it('takes the first form of the signing certificate with a remark', async () => {
    const { verdict } = await judge({ attributes: [contentType(), messageDigest(content), signingCertificateV1(signer.certificate.der)] })
    expect([verdict.ok, verdict.signers[0]?.warnings.map(({ code }) => code)]).toEqual([true, ['sha1-signing-certificate']])
  })

  it('checks protected algorithms where they are given', async () => {
    const protection = (hash: string, signature: string) =>
      attribute(Oid.algorithmProtection, sequence(algorithm(hash), implicitSequence(1, oid(signature))))
    const implicitSequence = (n: number, ...parts: Uint8Array[]) => element(0xa0 + n, ...parts)
    const attributes = (hash: string, signature: string) => [...proper, protection(hash, signature)]
    expect(await codes({ attributes: attributes(hashOid('SHA-256'), '1.2.840.10045.4.3.2') })).toEqual([])
    expect(await codes({ attributes: attributes(hashOid('SHA-512'), '1.2.840.10045.4.3.2') })).toEqual(['algorithm-mismatch'])
    expect(await codes({ attributes: attributes(hashOid('SHA-256'), '1.2.840.10045.4.3.4') })).toEqual(['algorithm-mismatch'])
    expect(await codes({ attributes: [...proper, attribute(Oid.algorithmProtection, implicit(1, new Uint8Array()))] })).toEqual([
      'malformed',
    ])
  })

  it('refuses algorithms that do not go together', async () => {
    expect(await codes({ signatureAlgorithm: algorithm('1.2.840.10045.4.3.4', null) })).toEqual(['algorithm-mismatch'])
    expect(await codes({ signatureAlgorithm: algorithm('1.2.840.113549.1.1.11') })).toEqual(['algorithm-mismatch'])
    expect(await codes({ signatureAlgorithm: algorithm('1.2.643.7.1.1.3.2') })).toEqual(['algorithm-mismatch'])
    expect(await codes({ signatureAlgorithm: algorithm('1.2.840.10045.4.1', null) })).toEqual(['algorithm-refused'])
    expect(await codes({ digestAlgorithm: algorithm('1.2.840.113549.2.5') })).toEqual(['algorithm-refused'])
    expect(await codes({ digestAlgorithm: algorithm('1.2.3.4') })).toEqual(['algorithm-unsupported'])
    // The key's own identifier: the hash then is the message's.
    expect(await codes({ signatureAlgorithm: algorithm('1.2.840.10045.2.1', null) })).toEqual([])
  })

  it('refuses another kind of content, a missing certificate and too many signers', async () => {
    const stamp = { eContentType: Oid.tstInfo, attributes: [contentType(Oid.tstInfo), messageDigest(content), named] }
    expect(await codes(stamp)).toEqual(['wrong-content-type'])
    expect(await codes({ certificates: [] })).toEqual(['certificate-missing'])
    expect(await codes({ certificates: [second.certificate.der] })).toEqual(['certificate-missing'])
    expect(await codes({ certificates: [] }, { intermediates: [signer.certificate] })).toEqual([])
    expect(await codes({ certificates: [sequence(oid('1.2.3')), signer.certificate.der] })).toEqual([])
    expect(await codes({ signers: 17 })).toEqual(['too-many-signers'])
    expect(await codes({ signers: 0 })).toEqual(['no-signers'])
    const big = await verifyDetachedCms(new Uint8Array(3 << 20), content, { anchors: [], at: new Date() })
    expect(big.reasons.map(({ code }) => code)).toEqual(['too-big'])
  })

  it('refuses content of its own, the same or another', async () => {
    expect(await codes({ content })).toEqual(['embedded-content'])
    expect(await codes({ content }, { embedded: 'same' })).toEqual([])
    expect(await codes({ content: concatBytes(content, content) }, { embedded: 'same' })).toEqual(['embedded-content-differs'])
  })

  it('refuses what stands beside the attributes: a stamp that is none, rubbish in their place', async () => {
    expect(await codes({ unsigned: [attribute(Oid.timestampToken, sequence(oid(Oid.data)))] })).toEqual(['not-signed-data'])
    expect(await codes({ unsigned: [attribute('1.2.3.4', utf8String('x'))] })).toEqual([])
    expect(await codes({ unsigned: [utf8String('x')] })).toEqual(['malformed'])
  })
})
