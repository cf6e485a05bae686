// What openssl signs: accepted when it should be, refused with the right reason when not.
import { describe, expect, it } from 'vitest'
import { readAsn1 } from '../../../../src/lib/der.ts'
import { concatBytes } from '../../../../src/lib/der-write.ts'
import { verifyDetachedCms, type VerifyOptions } from '../../../../src/signing/cms/verify.ts'
import { AUTHORITY, issue, type Issued, type KeyKind, LOGIN, sign } from './openssl.ts'

const document = new TextEncoder().encode('Договор № 17 — Қазақстан\n'.repeat(50))
const other = new TextEncoder().encode('Another document')

/** The same message with indefinite lengths around it. */
function indefinite(cms: Uint8Array): Uint8Array {
  const [type, content] = readAsn1(cms).sequence()
  const fields = content?.only().children.map(({ raw }) => raw) ?? []
  const open = (tag: number, ...parts: Uint8Array[]) => concatBytes(Uint8Array.of(tag, 0x80), ...parts, Uint8Array.of(0, 0))
  return open(0x30, type?.raw ?? new Uint8Array(), open(0xa0, open(0x30, ...fields)))
}

describe('CMS by openssl', () => {
  const root = issue(undefined)
  const ec = issue(root)
  const judge = (cms: Uint8Array, options: Partial<VerifyOptions> = {}, content = document) =>
    verifyDetachedCms(cms, content, { anchors: [root.certificate], at: new Date(), ...options })
  const codes = async (cms: Uint8Array, options: Partial<VerifyOptions> = {}, content = document) => {
    const verdict = await judge(cms, options, content)
    expect(verdict.ok).toBe(verdict.reasons.length === 0)
    for (const { detail } of verdict.reasons) expect(detail).toMatch(/^[A-Z].{10,}/)
    return verdict.reasons.map(({ code }) => code)
  }
  const good = sign(ec, document, '-cades')

  it('tells who signed, with what and when', async () => {
    const verdict = await judge(good)
    expect(verdict).toMatchObject({ ok: true, reasons: [] })
    const [signer] = verdict.signers
    expect(signer).toMatchObject({
      ok: true,
      format: 'CAdES-BES',
      keyUsageOk: true,
      digestAlgorithm: 'SHA-256',
      signatureAlgorithm: 'ECDSA with SHA-256',
      identifiers: { iin: '990101300017', commonName: 'ТЕСТОВ ТЕСТ', surname: 'ТЕСТОВ', country: 'KZ' },
      certificate: { subject: 'C=KZ,serialNumber=IIN990101300017,SN=ТЕСТОВ,CN=ТЕСТОВ ТЕСТ', key: 'ECDSA P-256' },
      timestamp: undefined,
    })
    expect(Math.abs((signer?.signingTime?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000)
    expect(signer?.chain?.revocation).toEqual([
      { status: 'unknown', reasons: [{ code: 'revocation-unknown', detail: 'Nothing is known of revocation' }] },
    ])
  })

  describe.each<[KeyKind, string[][]]>([
    [
      'rsa',
      [
        [],
        ['-md', 'sha384'],
        ['-md', 'sha512'],
        ['-keyid'],
        ['-keyopt', 'rsa_padding_mode:pss'],
        ['-keyopt', 'rsa_padding_mode:pss', '-md', 'sha512'],
      ],
    ],
    ['rsa-pss', [['-keyopt', 'rsa_padding_mode:pss']]],
    ['p256', [['-md', 'sha512'], ['-keyid']]],
    ['p384', [['-md', 'sha384']]],
    ['p521', [['-md', 'sha512']]],
  ])('a key of the kind %s', (kind, variants) => {
    const signer = issue(root, { kind })
    it.each(variants)('%s %s %s %s', async (...flags) => {
      const cms = sign(signer, document, '-cades', ...flags)
      expect(await codes(cms)).toEqual([])
      expect(await codes(cms, {}, other)).toEqual(['digest-mismatch'])
    })
  })

  it('reads BER with indefinite lengths, and does not mistake its content for the document', async () => {
    const streamed = sign(ec, document, '-cades', '-stream', '-nodetach')
    expect(streamed[1]).toBe(0x80)
    expect(await codes(streamed, { embedded: 'same' })).toEqual([])
    expect(await codes(streamed)).toEqual(['embedded-content'])
    // The trap: a message over another document that carries it must not pass for this one.
    expect(await codes(streamed, { embedded: 'same' }, other)).toEqual(['embedded-content-differs', 'digest-mismatch'])
    expect(await codes(sign(ec, document, '-cades', '-nodetach'))).toEqual(['embedded-content'])
    expect(await codes(indefinite(good))).toEqual([])
    expect(await codes(indefinite(good), {}, other)).toEqual(['digest-mismatch'])
  })

  it('takes a digest provider for the content', async () => {
    const asked: string[] = []
    const verdict = await verifyDetachedCms(
      good,
      async (hash) => {
        asked.push(hash)
        return new Uint8Array(await crypto.subtle.digest(hash, document))
      },
      { anchors: [root.certificate], at: new Date() },
    )
    expect([verdict.ok, asked]).toEqual([true, ['SHA-256']])
    // What goes wrong in reading the document is not a verdict on the signature.
    const broken = verifyDetachedCms(good, () => Promise.reject(new Error('no such file')), { anchors: [root.certificate], at: new Date() })
    await expect(broken).rejects.toThrow('no such file')
  })

  it('wants attributes and a signing certificate', async () => {
    expect(await codes(sign(ec, document, '-noattr'))).toEqual(['no-signed-attributes'])
    const plain = sign(ec, document)
    expect(await codes(plain)).toEqual(['signing-certificate-missing'])
    const verdict = await judge(plain, { requireSigningCertificate: false })
    expect([verdict.ok, verdict.signers[0]?.format]).toEqual([true, 'CMS'])
  })

  it('refuses what was changed', async () => {
    const changed = good.slice()
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1
    expect(await codes(changed)).toEqual(['signature-wrong'])
    expect(await codes(good, {}, document.subarray(1))).toEqual(['digest-mismatch'])
  })

  it('refuses strangers and their look-alikes', async () => {
    const strange = issue(undefined)
    expect(await codes(sign(issue(strange), document, '-cades'))).toEqual(['untrusted'])
    expect(await codes(good, { anchors: [] })).toEqual(['untrusted'])
    // The same name as the root, another key: with key identifiers it is no candidate, without them its signature is wrong.
    const name = `/CN=${root.certificate.subject.relative[0]?.[0]?.value}`
    const twin = issue(undefined, { subject: name })
    expect(await codes(sign(issue(twin), document, '-cades'))).toEqual(['untrusted'])
    const nameless = { ...twin.certificate, extensions: { ...twin.certificate.extensions } }
    delete nameless.extensions.subjectKeyId
    expect(await codes(good, { anchors: [nameless] })).toEqual(['issuer-signature-wrong'])
    expect(await codes(good, { anchors: [nameless, root.certificate] })).toEqual([])
    // A certificate that is trusted as an authority does not make its holder's signatures trusted unless it issued itself.
    expect(await codes(good, { anchors: [ec.certificate] })).toEqual(['untrusted'])
  })

  it('refuses certificates out of their time', async () => {
    const expired = sign(issue(root, { days: -1 }), document, '-cades')
    expect(await codes(expired)).toEqual(['expired', 'expired-at-signing'])
    expect(await codes(good, { at: new Date(Date.now() + 100 * 86_400_000) })).toEqual(['expired', 'expired'])
    expect(await codes(good, { at: new Date(Date.now() - 86_400_000) })).toContain('not-yet-valid')
  })

  it.each<[string, string, string]>([
    ['login', LOGIN, 'login-certificate'],
    [
      'login by its extended usage alone',
      'keyUsage=critical,digitalSignature,nonRepudiation\nextendedKeyUsage=clientAuth\n',
      'login-certificate',
    ],
    [
      "login by Kazakhstan's policy",
      'keyUsage=critical,digitalSignature,nonRepudiation\ncertificatePolicies=1.2.398.3.3.2.4\n',
      'login-certificate',
    ],
    ['no commitment', 'keyUsage=critical,digitalSignature\nextendedKeyUsage=emailProtection\n', 'key-usage'],
    ['no usage', 'extendedKeyUsage=emailProtection\n', 'key-usage'],
    ['code', 'keyUsage=critical,nonRepudiation\nextendedKeyUsage=codeSigning\n', 'key-usage'],
    ['a critical extension', 'keyUsage=critical,nonRepudiation\n1.2.3.4.5=critical,ASN1:NULL\n', 'unknown-critical-extension'],
    ['name constraints', 'keyUsage=critical,nonRepudiation\nnameConstraints=critical,permitted;email:x.kz\n', 'unknown-critical-extension'],
  ])('refuses a certificate: %s', async (_, ext, code) => {
    expect(await codes(sign(issue(root, { ext }), document, '-cades'))).toEqual([code])
  })

  it('takes any signing key for a seal, but not a login certificate of a person', async () => {
    const cms = sign(issue(root, { ext: 'keyUsage=critical,digitalSignature\n' }), document, '-cades')
    expect(await codes(cms, { usage: 'seal' })).toEqual([])
    const wrong = sign(issue(root, { ext: 'keyUsage=critical,keyAgreement\n' }), document, '-cades')
    expect(await codes(wrong, { usage: 'seal' })).toEqual(['key-usage'])
  })

  it('refuses weak hashes and short keys, and curves it does not know', async () => {
    expect(await codes(sign(ec, document, '-md', 'sha1'), { requireSigningCertificate: false })).toEqual(['algorithm-refused'])
    expect(await codes(sign(issue(root, { kind: 'rsa' }), document, '-md', 'md5'), { requireSigningCertificate: false })).toEqual([
      'algorithm-refused',
    ])
    expect(await codes(sign(issue(root, { kind: 'rsa1024' }), document, '-cades'))).toEqual(['key-too-short'])
    expect(await codes(sign(issue(root, { kind: 'k256' }), document, '-cades'))).toEqual(['algorithm-unsupported'])
    const weak = issue(root, { flags: ['-sha1'] })
    expect(await codes(sign(weak, document, '-cades'))).toEqual(['algorithm-refused'])
  })

  it('matches the participant', async () => {
    expect(await codes(good, { expect: { iin: '990101300017' } })).toEqual([])
    expect(await codes(good, { expect: { iin: '990101300018' } })).toEqual(['signer-mismatch'])
    expect(await codes(good, { expect: { iin: '990101300017', bin: '123456789021' } })).toEqual(['signer-mismatch'])
    const company = issue(root, { subject: '/CN=ИВАНОВ ИВАН/serialNumber=IIN990101300017/C=KZ/O=ТОО Рога/OU=BIN123456789021' })
    expect(await codes(sign(company, document, '-cades'), { expect: { iin: '990101300017', bin: '123456789021' } })).toEqual([])
    // Two different numbers in one certificate name nobody.
    const both = issue(root, { subject: '/CN=X/serialNumber=IIN990101300017/serialNumber=IIN990101300018' })
    expect(await codes(sign(both, document, '-cades'), { expect: { iin: '990101300017' } })).toEqual(['signer-mismatch'])
    // Nor does a number in another attribute.
    const elsewhere = issue(root, { subject: '/CN=IIN990101300017/O=BIN123456789021' })
    expect(await codes(sign(elsewhere, document, '-cades'), { expect: { iin: '990101300017' } })).toEqual(['signer-mismatch'])
    const russian = issue(root, {
      subject: '/CN=ООО/INNLE=7707083893/1.2.643.3.131.1.1=770708389312/1.2.643.100.1=1027700132195/1.2.643.100.3=11223344595',
    })
    const cms = sign(russian, document, '-cades')
    expect(await codes(cms, { expect: { inn: '7707083893' } })).toEqual([])
    expect(await codes(cms, { expect: { inn: '770708389312' } })).toEqual([])
    expect(await codes(cms, { expect: { inn: '7707083894' } })).toEqual(['signer-mismatch'])
    expect((await judge(cms)).signers[0]?.identifiers).toMatchObject({
      ogrn: '1027700132195',
      snils: '11223344595',
      innLegal: '7707083893',
    })
    const old = issue(root, { subject: '/CN=ООО/1.2.643.3.131.1.1=007707083893' })
    expect(await codes(sign(old, document, '-cades'), { expect: { inn: '7707083893' } })).toEqual([])
  })

  describe('several signers', () => {
    const rsa = issue(root, { kind: 'rsa' })
    const two = (second: Issued) => sign(ec, document, '-cades', '-signer', second.pem, '-inkey', second.key)
    it('are all judged', async () => {
      const verdict = await judge(two(rsa))
      expect([verdict.ok, verdict.signers.map(({ ok }) => ok)]).toEqual([true, [true, true]])
      expect(new Set(verdict.signers.map(({ signatureAlgorithm }) => signatureAlgorithm))).toEqual(
        new Set(['ECDSA with SHA-256', 'RSA PKCS#1 v1.5 with SHA-256']),
      )
    })
    it('must all be good', async () => {
      const verdict = await judge(two(issue(root, { ext: LOGIN })))
      expect(verdict.ok).toBe(false)
      expect(verdict.reasons.map(({ code }) => code)).toEqual(['login-certificate'])
      expect(verdict.signers.filter(({ ok }) => ok).length).toBe(1)
    })
  })

  describe('authorities in between', () => {
    const middle = issue(root, { ext: AUTHORITY, subject: '/CN=Middle' })
    const leaf = issue(middle)
    it('may come along or be known', async () => {
      expect(await codes(sign(leaf, document, '-cades', '-certfile', middle.pem))).toEqual([])
      expect(await codes(sign(leaf, document, '-cades'))).toEqual(['untrusted'])
      expect(await codes(sign(leaf, document, '-cades'), { intermediates: [middle.certificate] })).toEqual([])
      expect(await codes(sign(leaf, document, '-cades'), { anchors: [middle.certificate] })).toEqual([])
      const verdict = await judge(sign(leaf, document, '-cades', '-certfile', middle.pem))
      expect(verdict.signers[0]?.chain?.certificates.length).toBe(3)
    })
    it('must be authorities', async () => {
      const cms = (issuer: Issued) => sign(issue(issuer), document, '-cades', '-certfile', issuer.pem)
      expect(await codes(cms(issue(root, { subject: '/CN=Person' })))).toEqual(['issuer-not-authority', 'issuer-not-authority'])
      expect(await codes(cms(issue(root, { subject: '/CN=Flag', ext: 'keyUsage=critical,keyCertSign\n' })))).toEqual([
        'issuer-not-authority',
      ])
      const usage = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,cRLSign\n'
      expect(await codes(cms(issue(root, { subject: '/CN=Usage', ext: usage })))).toEqual(['issuer-not-authority'])
      expect(await codes(cms(issue(root, { subject: '/CN=Late', ext: AUTHORITY, days: -1 })))).toEqual(['expired'])
      expect(await codes(cms(issue(root, { subject: '/CN=Odd', ext: `${AUTHORITY}1.2.3.4.5=critical,ASN1:NULL\n` })))).toEqual([
        'unknown-critical-extension',
      ])
    })
    it('keep to the length of the path', async () => {
      const short = issue(root, {
        subject: '/CN=Short',
        ext: 'basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign\n',
      })
      const below = issue(short, { subject: '/CN=Below', ext: AUTHORITY })
      expect(await codes(sign(issue(short), document, '-cades', '-certfile', short.pem))).toEqual([])
      const options = { intermediates: [short.certificate, below.certificate] }
      expect(await codes(sign(issue(below), document, '-cades'), options)).toEqual(['path-too-long'])
    })
    it('do not go on for ever', async () => {
      // Each could have issued the next for all that names and keys say: the search has to stop by itself.
      const crowd = Array.from({ length: 200 }, (_, i) => ({
        ...middle.certificate,
        issuer: middle.certificate.subject,
        der: Uint8Array.of(i),
      }))
      const before = performance.now()
      const verdict = await judge(sign(leaf, document, '-cades'), { intermediates: crowd })
      expect(verdict.ok).toBe(false)
      expect(performance.now() - before).toBeLessThan(5000)
    })
  })
})
