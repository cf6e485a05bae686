// Real signatures and certificates of Kazakhstan's authority and of Russian GOST: those kept here always, the shared ones where they are at hand.
import { describe, expect, it } from 'vitest'
import { formatName } from '../../../src/lib/distinguished-name.ts'
import { readCertificates } from '../../../src/signing/cms/certificate.ts'
import { checkChain } from '../../../src/signing/cms/chain.ts'
import { checkCrl, parseCrl } from '../../../src/signing/cms/crl.ts'
import { subjectIdentifiers } from '../../../src/signing/cms/identifiers.ts'
import { buildOcspRequest, checkOcsp, parseOcspResponse } from '../../../src/signing/cms/ocsp.ts'
import { checkSigner } from '../../../src/signing/cms/signer.ts'
import { digest } from '../../../src/signing/cms/algorithms.ts'
import { Oid, parseSignedData } from '../../../src/signing/cms/signed-data.ts'
import { verifyTimestamp } from '../../../src/signing/cms/timestamp.ts'
import { documentUsage, timestampUsage } from '../../../src/signing/cms/usage.ts'
import { verifyDetachedCms } from '../../../src/signing/cms/verify.ts'
import { hasShared, shared } from './shared.ts'
import { content, decode, KZ_TIME, kzContent, RU_TIME, TIME, vectors } from './vectors.ts'

const flip = (bytes: Uint8Array, at: number): Uint8Array =>
  bytes.map((octet, i) => (i === (at + bytes.length) % bytes.length ? octet ^ 1 : octet))
const certificate = (der: Uint8Array) => {
  const [one] = readCertificates(der)
  if (!one) throw new Error('no certificate')
  return one
}

describe('kept vectors', () => {
  it.each(['ecdsa', 'rsa'] as const)('%s', async (kind) => {
    const options = { anchors: readCertificates(decode(vectors.root)), at: TIME, expect: { iin: '990101300017' } }
    const cms = decode(vectors[kind])
    expect(await verifyDetachedCms(cms, content, options)).toMatchObject({ ok: true, signers: [{ format: 'CAdES-BES' }] })
    expect((await verifyDetachedCms(flip(cms, -1), content, options)).reasons.map(({ code }) => code)).toEqual(['signature-wrong'])
  })
  it('a hash that the message does not announce', async () => {
    const cms = decode(vectors.ecdsa)
    // The first identifier of SHA-256 is in the announcement, which is not signed.
    const at = Buffer.from(cms).indexOf(Buffer.from('608648016503040201', 'hex')) + 8
    const options = { anchors: readCertificates(decode(vectors.root)), at: TIME }
    const { reasons } = await verifyDetachedCms(flip(cms, at), content, options)
    expect(reasons.map(({ code }) => code)).toEqual(['algorithm-mismatch'])
  })
  it.each(['ru256', 'ru512'] as const)('%s', async (kind) => {
    const options = { anchors: readCertificates(decode(vectors[`${kind}Root`])), at: RU_TIME }
    const cms = decode(vectors[kind])
    const document = decode(vectors.ruContent)
    expect(await verifyDetachedCms(cms, document, options)).toMatchObject({
      ok: true,
      signers: [
        {
          format: 'CAdES-BES',
          identifiers: { snils: '11223344595', commonName: 'Иванов' },
          certificate: { subject: 'SNILS=11223344595,C=RU,CN=Иванов' },
        },
      ],
    })
    expect((await verifyDetachedCms(flip(cms, -1), document, options)).reasons.map(({ code }) => code)).toEqual(['signature-wrong'])
    expect((await verifyDetachedCms(cms, flip(document, 7), options)).reasons.map(({ code }) => code)).toEqual(['digest-mismatch'])
    const other = readCertificates(decode(vectors[kind === 'ru256' ? 'ru512Root' : 'ru256Root']))
    expect((await verifyDetachedCms(cms, document, { ...options, anchors: other })).reasons.map(({ code }) => code)).toEqual(['untrusted'])
  })
  it('GOST 34.10-2015 of Kazakhstan, and the RSA signer beside it who had expired', async () => {
    const anchors = readCertificates(decode(vectors.kzGost2015Authority))
    const options = { anchors, at: KZ_TIME, requireSigningCertificate: false }
    const verdict = await verifyDetachedCms(decode(vectors.kzCms), kzContent, options)
    expect(verdict.ok).toBe(false)
    expect(verdict.signers.map(({ ok }) => ok)).toEqual([true, false])
    expect(verdict.signers[0]).toMatchObject({
      signatureAlgorithm: 'GOST 34.10-2015 (512)',
      digestAlgorithm: 'streebog-512',
      identifiers: { iin: '123456789012', commonName: 'ТЕСТТОВ ТЕСТТ', givenName: 'ТЕСТТОВИЧ' },
      warnings: [{ code: 'test-certificate' }],
      signingTime: new Date('2022-09-27T21:29:41Z'),
    })
    expect(verdict.signers[1]?.reasons.map(({ code }) => code)).toEqual(['expired', 'untrusted', 'expired-at-signing'])
    const strict = await verifyDetachedCms(decode(vectors.kzCms), kzContent, { anchors, at: KZ_TIME, allowTest: false })
    expect(strict.signers[0]?.reasons.map(({ code }) => code)).toEqual(['signing-certificate-missing', 'test-certificate'])
    const tampered = await verifyDetachedCms(decode(vectors.kzCms), new TextEncoder().encode('test124'), options)
    expect(tampered.signers[0]?.reasons.map(({ code }) => code)).toEqual(['digest-mismatch'])
  })
  it('GOST 34.310-2004 of Kazakhstan', async () => {
    const leaf = certificate(decode(vectors.kzGost2004))
    const anchors = readCertificates(decode(vectors.kzGost2004Authority))
    const at = new Date('2022-05-01T00:00:00Z')
    expect(await checkChain(leaf, { anchors, at })).toMatchObject({ ok: true })
    expect((await checkChain({ ...leaf, signature: flip(leaf.signature, 9) }, { anchors, at })).reasons.map(({ code }) => code)).toEqual([
      'issuer-signature-wrong',
    ])
    expect(subjectIdentifiers(leaf)).toMatchObject({
      iin: '123456789011',
      bin: '123456789021',
      organization: 'АО "ТЕСТ"',
      surname: 'ТЕСТОВ',
    })
    expect(formatName(leaf.subject)).toBe(
      String.raw`GN=ТЕСТОВИЧ,OU=BIN123456789021,O=АО \"ТЕСТ\",C=KZ,serialNumber=IIN123456789011,SN=ТЕСТОВ,CN=ТЕСТОВ ТЕСТ`,
    )
    expect(documentUsage(leaf)).toEqual([])
  })
})

describe.skipIf(!hasShared)('shared vectors', () => {
  it.each(['g256A', 'g256B', 'g256C', 'g256TCA', 'g512A', 'g512B', 'g512C'])('Russian GOST: %s', async (set) => {
    const options = { anchors: readCertificates(shared(`gost-ru/${set}-ca.pem`)), at: RU_TIME }
    const [cms, document] = [shared(`gost-ru/${set}.p7s`), shared('gost-ru/data.bin')]
    expect(await verifyDetachedCms(cms, document, options)).toMatchObject({ ok: true, reasons: [] })
    expect((await verifyDetachedCms(flip(cms, -1), document, options)).ok).toBe(false)
    expect((await verifyDetachedCms(cms, flip(document, 100), options)).ok).toBe(false)
  })

  const gost2015 = () => certificate(shared('kz/nca_gost2015_test.der'))
  const gost2004 = () => certificate(shared('kz/nca_gost_test.der'))
  const rsa = () => certificate(shared('kz/nca_rsa_test.der'))

  it('Kazakh CMS, detached and not', async () => {
    const options = { anchors: [gost2015(), rsa()], at: KZ_TIME, requireSigningCertificate: false }
    const detached = await verifyDetachedCms(shared('kz/SIGNED_DETACHED_CMS.p7s'), kzContent, options)
    expect(detached.signers.map(({ ok }) => ok)).toEqual([true, false])
    expect(detached.signers[1]?.reasons.map(({ code }) => code)).toEqual(['expired', 'expired-at-signing'])
    const attached = await verifyDetachedCms(shared('kz/SIGNED_CMS.p7s'), kzContent, { ...options, embedded: 'same' })
    expect(attached.signers[0]?.reasons).toEqual([])
    expect((await verifyDetachedCms(shared('kz/SIGNED_CMS.p7s'), kzContent, options)).reasons[0]?.code).toBe('embedded-content')
  })
  it('a signing and a login certificate of the same person', async () => {
    const signing = certificate(shared('kz/individual_valid_sign_2004_rsa.der'))
    const login = certificate(shared('kz/individual_valid_sign_2004_rsa_auth.der'))
    for (const one of [signing, login]) expect((await checkChain(one, { anchors: [rsa()], at: new Date('2022-05-01') })).ok).toBe(true)
    expect(documentUsage(signing)).toEqual([])
    expect(documentUsage(login).map(({ code }) => code)).toEqual(['login-certificate'])
    expect(signing.extensions).toMatchObject({
      keyUsage: ['digitalSignature', 'contentCommitment'],
      extendedKeyUsage: ['1.3.6.1.5.5.7.3.4', '1.2.398.3.3.4.1.1'],
      policies: ['1.2.398.3.3.2.3'],
      crlUrls: ['http://test.pki.gov.kz/crl/nca_rsa_test.crl'],
      ocspUrls: ['http://test.pki.gov.kz/ocsp/'],
      issuerUrls: ['http://test.pki.gov.kz/cert/nca_rsa_test.cer'],
      unknownCritical: [],
    })
  })
  it.each([
    ['nca_gost2022_test.crl', gost2015, '3a90343e720594c55204b19cb9a402422ef0e622'],
    ['nca_gost_test.crl', gost2004, '5e5d1c4849cbf6f9efb9bcce9178baf65c660d8f'],
    ['nca_rsa_test.crl', rsa, '474c38696d8677a2c8b6e40345a8b04168c0905c'],
  ] as const)('%s', async (file, authority, revoked) => {
    const ca = authority()
    const crl = parseCrl(shared(`kz/${file}`))
    const at = new Date(crl.thisUpdate.getTime() + 86_400_000)
    const of = (serial: string) => ({
      ...ca,
      issuer: ca.subject,
      serialBytes: Uint8Array.from(serial.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)),
    })
    expect(await checkCrl(crl, of('01'), ca, { at })).toMatchObject({ status: 'good' })
    expect(await checkCrl(crl, of(revoked), ca, { at })).toMatchObject({ status: 'revoked' })
    expect(await checkCrl({ ...crl, signature: flip(crl.signature, 3) }, of('01'), ca, { at })).toMatchObject({ status: 'unknown' })
  })
  it.each([
    ['ceo_2015_revoked', gost2015, 'revoked'],
    ['individual_2015', gost2015, 'revoked'],
    ['ceo_sign_2004_revoked', gost2004, 'revoked'],
    ['individual_sign_2004', rsa, 'good'],
  ] as const)('OCSP answer %s', async (file, authority, status) => {
    const ca = authority()
    const response = parseOcspResponse(shared(`kz/ocsp_response_${file}.bin`))
    const single = response.basic?.responses[0]
    const subject = { ...ca, issuer: ca.subject, serialBytes: single?.serial ?? new Uint8Array() }
    const at = new Date('2022-09-02T17:00:00Z')
    const nonce = response.basic?.nonce ?? new Uint8Array()
    expect(nonce.length).toBe(8)
    expect(await checkOcsp(response, subject, ca, { at, nonce })).toMatchObject({ status, source: 'ocsp' })
    expect((await checkOcsp(response, subject, ca, { at: new Date('2022-09-05') })).status).toBe('unknown')
    expect((await checkOcsp(response, subject, authority === rsa ? gost2004() : rsa(), { at })).status).toBe('unknown')
    expect(buildOcspRequest(subject, ca, { hash: 'SHA-256' }).length).toBeGreaterThan(100)
  })
  it('a time stamp of Kazakhstan’s authority: right, but of a SHA-1 imprint, which is refused', async () => {
    const token = shared('kz/tsp_token.bin')
    const data = parseSignedData(token)
    const [signer] = data.signers
    if (!signer || !data.content) throw new Error('no token')
    const info = data.content
    const checked = await checkSigner(signer, data.certificates, {
      contentType: Oid.tstInfo,
      digest: (hash) => digest(hash, info),
      requireSigningCertificate: true,
    })
    expect(checked).toMatchObject({ reasons: [], namesCertificate: true, algorithm: { label: 'GOST 34.310-2004' } })
    expect(checked.certificate && timestampUsage(checked.certificate)).toEqual([])
    const verdict = await verifyTimestamp(token, kzContent, { anchors: [gost2004()], at: KZ_TIME })
    expect(verdict.reasons.map(({ code }) => code)).toEqual(['algorithm-refused'])
  })
})
