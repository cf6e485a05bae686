import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { issueCrl } from '../../../../src/signing/pki/crl.ts'
import { issueAuthority, issueCertificate, randomSerial } from '../../../../src/signing/pki/issue.ts'
import { writeName } from '../../../../src/signing/pki/names.ts'
import { keyPair, kz, makeAuthority, Openssl, ru, validity } from './tools.ts'
import type { Holder } from './tools.ts'

const openssl = new Openssl()
afterAll(() => openssl.close())

const now = new Date()
const published = {
  crl: `https://qoltanba.example/pki/${'i'.repeat(140)}.crl`,
  ocsp: 'https://qoltanba.example/pki/ocsp',
  issuer: 'https://qoltanba.example/pki/ca.cer',
}
let ca: Awaited<ReturnType<typeof makeAuthority>>
let root: string
let chain: string
const pem = (holder: Pick<Holder, 'certificate'>) => openssl.pem('CERTIFICATE', holder.certificate)

beforeAll(async () => {
  ca = await makeAuthority(now, published)
  root = pem(ca.root)
  chain = pem(ca.authority)
})

const verify = (file: string, ...flags: string[]) =>
  openssl.say('verify', '-x509_strict', ...flags, '-CAfile', root, '-untrusted', chain, file)

describe('issuing', () => {
  it('makes chains that openssl accepts strictly, each for its purpose', async () => {
    expect(openssl.say('verify', '-x509_strict', '-check_ss_sig', '-CAfile', root, root)).toMatch(/: OK/)
    const made = {
      kz: await ca.issue('server_key', kz),
      ru: await ca.issue('server_key', ru),
      seal: await ca.issue('seal', { kind: 'plain', commonName: 'Qoltanba', organization: 'Qoltanba', country: 'KZ' }),
      tsa: await ca.issue('time_stamping', { kind: 'plain', commonName: 'Qoltanba TSA' }),
      ocsp: await ca.issue('ocsp', { kind: 'plain', commonName: 'Qoltanba OCSP' }),
    }
    for (const [what, holder] of Object.entries(made)) expect(verify(pem(holder), '-policy_check'), what).toMatch(/: OK/)
    for (const signer of [made.kz, made.ru, made.seal]) expect(verify(pem(signer), '-purpose', 'smimesign')).toMatch(/: OK/)
    expect(verify(pem(made.tsa), '-purpose', 'timestampsign')).toMatch(/: OK/)
    expect(verify(pem(made.kz), '-purpose', 'timestampsign')).toMatch(/unsuitable certificate purpose|unsupported certificate purpose/i)
    expect(verify(pem(made.kz), '-purpose', 'sslclient')).toMatch(/certificate purpose/i)
  })

  it('writes subjects as Kazakhstan and Russia do', async () => {
    const text = (holder: Holder) => openssl.say('x509', '-in', pem(holder), '-noout', '-subject', '-nameopt', 'RFC2253,-esc_msb,utf8')
    const [inKz, inRu] = [await ca.issue('server_key', kz), await ca.issue('server_key', ru)]
    expect(text(inKz)).toContain('serialNumber=IIN123456789011')
    expect(text(inKz)).toContain('OU=BIN123456789021')
    expect(text(inKz)).toMatch(/SN=ҚАСЫМОВ/)
    expect(text(inKz)).toContain('GN=ӨМІРҰЛЫ')
    expect(text(inKz)).toContain('C=KZ')
    for (const [name, digits] of Object.entries({ INN: '500100732259', OGRN: '1027700132195', SNILS: '11223344595' }))
      expect(text(inRu)).toContain(`${name}=${digits}`)
    const parsed = openssl.say('asn1parse', '-inform', 'DER', '-in', openssl.file(inRu.certificate))
    expect(parsed.match(/NUMERICSTRING/g)).toHaveLength(4)
    expect(() => writeName({ ...kz, kind: 'kz', surname: 'x', commonName: 'x', iin: '12' })).toThrow(RangeError)
    expect(() => writeName({ kind: 'ru', commonName: 'x', inn: '1234567890' })).toThrow(RangeError)
    expect(() => writeName({ kind: 'ru', commonName: 'x', email: 'ж@пример.рф' })).toThrow(RangeError)
  })

  it('says where lists and responders are, for what the key serves, under which policy', async () => {
    const holder = await ca.issue('server_key', kz)
    const text = openssl.say('x509', '-in', pem(holder), '-noout', '-text', '-certopt', 'no_sigdump')
    expect(text).toMatch(/Key Usage: critical\s+Digital Signature, Non Repudiation\n/)
    expect(text).toMatch(/Extended Key Usage: ?\s+E-mail Protection\n/)
    expect(text).toMatch(/Basic Constraints: critical\s+CA:FALSE/)
    expect(text).toContain(`URI:${published.crl}`)
    expect(text).toContain(`OCSP - URI:${published.ocsp}`)
    expect(text).toContain(`CA Issuers - URI:${published.issuer}`)
    expect(text).toMatch(/Policy: 2\.25\.182919204107046892961757828494918279647\.1/)
    const serial = /Serial Number:\s+([0-9a-f:]+)/.exec(text)?.[1]?.replaceAll(':', '')
    expect(serial).toBe(Buffer.from(holder.serial).toString('hex'))
    const tsa = openssl.say('x509', '-in', pem(await ca.issue('time_stamping', { kind: 'plain', commonName: 'T' })), '-noout', '-text')
    expect(tsa).toMatch(/Extended Key Usage: critical\s+Time Stamping\n/)
    const ocsp = openssl.say('x509', '-in', pem(await ca.issue('ocsp', { kind: 'plain', commonName: 'O' })), '-noout', '-text')
    expect(ocsp).toContain('OCSP No Check')
  })

  it('knows times: expired, beyond 2049, truncated to seconds', async () => {
    const old = await ca.issue('server_key', kz, {
      notBefore: new Date(now.getTime() - 5 * 86_400_000),
      notAfter: new Date(now.getTime() - 86_400_000),
    })
    expect(verify(pem(old))).toMatch(/certificate has expired/)
    const far = await makeAuthority(new Date('2045-01-01T00:00:00.987Z'))
    expect(openssl.say('x509', '-in', pem(far.root), '-noout', '-dates')).toMatch(
      /notBefore=Dec 12 00:00:01 2044 GMT\s+notAfter=Dec 30 00:00:01 2054 GMT/,
    )
  })

  it('refuses what must not be issued', async () => {
    const { publicKey } = await keyPair()
    const request = { subject: kz, publicKey, serial: randomSerial(), ...validity(now, 10) }
    const bad: [string, object][] = [
      ['longer than the issuer', validity(now, 3000)],
      ['before the issuer', validity(now, 10, 15)],
      ['no time', { notAfter: request.notBefore }],
      ['short serial', { serial: new Uint8Array(8).fill(1) }],
      ['negative serial', { serial: new Uint8Array(16).fill(0xff) }],
      ['zero serial', { serial: new Uint8Array(16) }],
      [
        'another curve',
        {
          publicKey: ((await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-384' }, true, ['sign', 'verify'])) as CryptoKeyPair)
            .publicKey,
        },
      ],
    ]
    for (const [what, change] of bad) {
      await expect(issueCertificate(ca.authority, 'server_key', { ...request, ...change }), what).rejects.toThrow(RangeError)
    }
    // The issuing authority may not make authorities: openssl sees the path length.
    const sub = await keyPair()
    const below = await issueAuthority(ca.authority, {
      ...request,
      subject: { kind: 'plain', commonName: 'Sub' },
      publicKey: sub.publicKey,
    })
    const leaf = await issueCertificate({ certificate: below, key: sub.privateKey }, 'server_key', { ...request, ...validity(now, 5, 0) })
    const both = openssl.pem('CERTIFICATE', ca.authority.certificate, below)
    expect(openssl.say('verify', '-CAfile', root, '-untrusted', both, openssl.pem('CERTIFICATE', leaf))).toMatch(
      /path length constraint exceeded/,
    )
  })
})

describe('issueCrl', () => {
  it('is what openssl checks a chain with', async () => {
    const [good, bad] = [await ca.issue('server_key', kz), await ca.issue('server_key', ru)]
    const times = { thisUpdate: now, nextUpdate: new Date(now.getTime() + 86_400_000) }
    const at = new Date(now.getTime() - 3600_000)
    const revoked = [
      { serial: bad.serial, at, reason: 'keyCompromise' as const },
      { serial: randomSerial(), at, reason: 'unspecified' as const },
    ]
    const lists = openssl.pem(
      'X509 CRL',
      await issueCrl(ca.root, { number: 1, ...times, revoked: [] }),
      await issueCrl(ca.authority, { number: 300, ...times, revoked }),
    )
    const check = (holder: Holder, crls = lists) => verify(pem(holder), '-crl_check_all', '-CRLfile', crls)
    expect(check(good)).toMatch(/: OK/)
    expect(check(bad)).toMatch(/certificate revoked/)
    const text = openssl.say(
      'crl',
      '-in',
      openssl.pem('X509 CRL', await issueCrl(ca.authority, { number: 300, ...times, revoked })),
      '-noout',
      '-text',
      '-CAfile',
      chain,
    )
    expect(text).toMatch(/verify OK/)
    expect(text).toMatch(/Version 2/)
    expect(text).toMatch(/CRL Number:\s+300/)
    expect(text).toMatch(/Key Compromise/)
    expect(text.match(/Reason Code/g)).toHaveLength(1)
    const stale = { thisUpdate: new Date(now.getTime() - 2 * 86_400_000), nextUpdate: new Date(now.getTime() - 86_400_000) }
    const old = openssl.pem(
      'X509 CRL',
      await issueCrl(ca.root, { number: 1, ...times, revoked: [] }),
      await issueCrl(ca.authority, { number: 2, ...stale, revoked: [] }),
    )
    expect(check(good, old)).toMatch(/CRL has expired/)
  })
})
