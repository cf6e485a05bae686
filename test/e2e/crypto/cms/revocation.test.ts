// CRLs by `openssl ca`, answers by `openssl ocsp`.
import { describe, expect, it } from 'vitest'
import { toHex } from '../../../../src/lib/ids.ts'
import type { Certificate } from '../../../../src/signing/cms/certificate.ts'
import { checkChain } from '../../../../src/signing/cms/chain.ts'
import { checkCrl, parseCrl } from '../../../../src/signing/cms/crl.ts'
import { buildOcspRequest, checkOcsp, parseOcspResponse } from '../../../../src/signing/cms/ocsp.ts'
import { verifyDetachedCms } from '../../../../src/signing/cms/verify.ts'
import { contentType, forge, messageDigest, signingCertificate } from './forge.ts'
import { AUTHORITY, fresh, get, issue, type Issued, openssl, put, sign } from './openssl.ts'

const utc = (time: Date) => `${time.toISOString().replaceAll(/[-:T]/g, '').slice(2, 14)}Z`
const HOUR = 3_600_000

/** The text database of `openssl ca`: one line for each certificate, revoked ones with time and reason. */
function database(entries: readonly { certificate: Certificate; revoked?: string; ago?: number }[]): string {
  return entries
    .map(({ certificate, revoked, ago = HOUR }) => {
      const serial = certificate.serial.toUpperCase()
      const mark = revoked
        ? `R\t${utc(certificate.notAfter)}\t${utc(new Date(Date.now() - ago))},${revoked}`
        : `V\t${utc(certificate.notAfter)}\t`
      return `${mark}\t${serial.length % 2 ? `0${serial}` : serial}\tunknown\t/CN=x\n`
    })
    .join('')
}

function crlOf(ca: Issued, index: string, ...extra: string[]): Uint8Array {
  const config = put(
    `[ca]\ndefault_ca=d\n[d]\ndatabase=${put(index)}\ncrlnumber=${put('01\n')}\ndefault_md=sha256\ndefault_crl_days=7\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid\n${extra.join('\n')}`,
  )
  const pem = fresh('crl.pem')
  openssl('ca', '-gencrl', '-config', config, '-cert', ca.pem, '-keyfile', ca.key, '-out', pem)
  return new Uint8Array(openssl('crl', '-in', pem, '-outform', 'DER'))
}

describe('revocation', () => {
  const root = issue(undefined)
  const good = issue(root)
  const bad = issue(root)
  const now = new Date()
  const index = database([{ certificate: good.certificate }, { certificate: bad.certificate, revoked: 'keyCompromise' }])

  describe('lists', () => {
    const crl = parseCrl(crlOf(root, index))
    const check = (of: Issued, at = now, list = crl, by = root) => checkCrl(list, of.certificate, by.certificate, { at })

    it('tell good from revoked', async () => {
      expect(await check(good)).toMatchObject({ status: 'good', source: 'crl' })
      expect(await check(bad)).toMatchObject({ status: 'revoked', source: 'crl', why: 'keyCompromise' })
    })
    it('do not reach back to a signature known to be older', async () => {
      const of = (signedAt: Date) => checkCrl(crl, bad.certificate, root.certificate, { at: now, signedAt })
      expect((await of(new Date(Date.now() - 2 * HOUR))).status).toBe('good')
      expect((await of(new Date(Date.now() - HOUR / 2))).status).toBe('revoked')
    })
    it('say nothing when stale, from the future, of another authority, changed, partial or a delta', async () => {
      expect((await check(good, new Date(Date.now() + 8 * 24 * HOUR))).status).toBe('unknown')
      expect((await check(good, new Date(Date.now() - HOUR))).status).toBe('unknown')
      const twin = issue(undefined, { subject: `/CN=${root.certificate.subject.relative[0]?.[0]?.value}` })
      expect((await check(good, now, parseCrl(crlOf(twin, '')))).status).toBe('unknown')
      expect((await check(good, now, parseCrl(crlOf(issue(undefined), '')))).status).toBe('unknown')
      const changed = crl.der.slice()
      changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1
      expect((await check(bad, now, parseCrl(changed))).status).toBe('unknown')
      const partial = parseCrl(crlOf(root, index, 'issuingDistributionPoint=critical,@i', '[i]', 'onlyuser=TRUE'))
      expect([partial.unusable, (await check(good, now, partial)).status]).toEqual([
        'The list covers only a part of the certificates',
        'unknown',
      ])
      const delta = parseCrl(crlOf(root, index, '2.5.29.27=critical,DER:020101'))
      expect([delta.unusable, (await check(good, now, delta)).status]).toEqual(['The list is a delta only', 'unknown'])
    })
    it('need an issuer that may sign them', async () => {
      const mute = issue(undefined, { ext: 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n' })
      const leaf = issue(mute)
      expect((await check(leaf, now, parseCrl(crlOf(mute, '')), mute)).status).toBe('unknown')
    })
    it('of many thousands of entries are walked through quickly', async () => {
      const many = Array.from(
        { length: 5000 },
        (_, i) => `R\t301231000000Z\t240101000000Z\t${(0x7000_0000 + i).toString(16).toUpperCase()}\tunknown\t/CN=x\n`,
      ).join('')
      const list = parseCrl(crlOf(root, many + index))
      const before = performance.now()
      expect((await check(bad, now, list)).status).toBe('revoked')
      expect((await check(good, now, list)).status).toBe('good')
      expect(performance.now() - before).toBeLessThan(1000)
    })
    it('refuse a signature by a revoked certificate, and authorities that are revoked', async () => {
      const content = new TextEncoder().encode('x')
      const anchors = [root.certificate]
      const verdict = await verifyDetachedCms(sign(bad, content, '-cades'), content, { anchors, at: new Date(), crls: [crl] })
      expect(verdict.reasons.map(({ code }) => code)).toEqual(['revoked'])
      const fine = await verifyDetachedCms(sign(good, content, '-cades'), content, { anchors, at: new Date(), crls: [crl] })
      expect([fine.ok, fine.signers[0]?.chain?.revocation.map(({ status }) => status)]).toEqual([true, ['good']])
      const middle = issue(root, { ext: AUTHORITY, subject: '/CN=Middle' })
      const leaf = issue(middle)
      const crls = [parseCrl(crlOf(root, database([{ certificate: middle.certificate, revoked: 'CACompromise' }])))]
      const chain = await checkChain(leaf.certificate, { anchors, intermediates: [middle.certificate], at: new Date(), crls })
      expect(chain.reasons.map(({ detail }) => detail.replace(/on .* \(/, '('))).toEqual([
        'The certificate of an authority was revoked (cACompromise)',
      ])
      expect(chain.revocation.map(({ status }) => status)).toEqual(['unknown', 'revoked'])
    })
  })

  describe('in the message itself', () => {
    const content = new TextEncoder().encode('x')
    const make = (signer: Issued, ...lists: Uint8Array[]) =>
      forge({ signer, lists, attributes: [contentType(), messageDigest(content), signingCertificate(signer.certificate.der)] })
    const judge = async (cms: Uint8Array) => verifyDetachedCms(cms, content, { anchors: [root.certificate], at: new Date() })

    it('is heeded', async () => {
      const list = crlOf(root, index)
      expect((await judge(await make(bad, list))).reasons.map(({ code }) => code)).toEqual(['revoked'])
      expect((await judge(await make(good, list))).signers[0]?.chain?.revocation).toMatchObject([{ status: 'good', source: 'crl' }])
    })
    it('may be rubbish', async () => {
      const verdict = await judge(await make(good, Uint8Array.of(0x30, 0), Uint8Array.of(0xa1, 2, 5, 0)))
      expect([verdict.ok, verdict.signers[0]?.chain?.revocation.map(({ status }) => status)]).toEqual([true, ['unknown']])
    })
  })

  describe('OCSP', () => {
    const nonce = Uint8Array.from({ length: 16 }, (_, i) => i + 1)
    const responder = issue(root, {
      ext: 'keyUsage=critical,digitalSignature\nextendedKeyUsage=OCSPSigning\nnoCheck=ignored\n',
      subject: '/CN=OCSP',
    })
    const answer = (request: Uint8Array, by: Issued, ...flags: string[]) => {
      const out = fresh('ocsp.der')
      const signer = ['-rsigner', by.pem, '-rkey', by.key]
      openssl('ocsp', '-index', put(index), '-CA', root.pem, ...signer, '-reqin', put(request), '-respout', out, '-ndays', '1', ...flags)
      return parseOcspResponse(get(out))
    }
    const ask = (of: Issued, by = responder, ...flags: string[]) =>
      answer(buildOcspRequest(of.certificate, root.certificate, { nonce }), by, ...flags)
    const check = (response: ReturnType<typeof parseOcspResponse>, of: Issued, at = new Date(), sent: Uint8Array | undefined = nonce) =>
      checkOcsp(response, of.certificate, root.certificate, { at, ...(sent ? { nonce: sent } : {}) })

    it('requests are what openssl reads', () => {
      const text = openssl('ocsp', '-reqin', put(buildOcspRequest(good.certificate, root.certificate, { nonce })), '-req_text').toString()
      expect(text).toContain(`Serial Number: ${good.certificate.serial.toUpperCase()}`)
      expect(text.replaceAll(/\s/g, '')).toContain(toHex(nonce).toUpperCase())
    })
    it('tells good, revoked and unknown, from a delegate and from the issuer itself', async () => {
      for (const by of [responder, root]) {
        expect(await check(ask(good, by), good)).toMatchObject({ status: 'good', source: 'ocsp' })
        expect(await check(ask(bad, by), bad)).toMatchObject({ status: 'revoked', why: 'keyCompromise' })
        const stranger = issue(root)
        expect(await check(ask(stranger, by), stranger)).toMatchObject({
          status: 'unknown',
          reasons: [{ detail: 'The OCSP responder does not know the certificate' }],
        })
      }
      expect((await check(ask(good, responder, '-resp_key_id'), good)).status).toBe('good')
    })
    it('understands SHA-256 as the name of a certificate', async () => {
      const response = answer(buildOcspRequest(good.certificate, root.certificate, { hash: 'SHA-256', nonce }), responder)
      expect((await check(response, good)).status).toBe('good')
    })
    it('must be about this certificate and this question', async () => {
      const response = ask(good)
      expect(await check(response, bad)).toMatchObject({
        status: 'unknown',
        reasons: [{ detail: 'The OCSP answer is about another certificate' }],
      })
      expect(
        await check(
          response,
          good,
          new Date(),
          nonce.map((octet) => octet + 1),
        ),
      ).toMatchObject({ status: 'unknown' })
      const silent = answer(buildOcspRequest(good.certificate, root.certificate), responder)
      expect((await check(silent, good)).status).toBe('unknown')
      expect((await checkOcsp(silent, good.certificate, root.certificate, { at: new Date() })).status).toBe('good')
    })
    it('must be fresh', async () => {
      const response = ask(good)
      expect((await check(response, good, new Date(Date.now() + 2 * 24 * HOUR))).status).toBe('unknown')
      expect((await check(response, good, new Date(Date.now() - HOUR))).status).toBe('unknown')
    })
    it('needs an entitled responder', async () => {
      const person = await check(ask(good, issue(root)), good)
      expect(person).toMatchObject({ status: 'unknown', reasons: [{ detail: 'The OCSP responder is not entitled by the issuer' }] })
      const stranger = issue(issue(undefined), { ext: 'extendedKeyUsage=OCSPSigning\n', subject: '/CN=OCSP' })
      expect((await check(ask(good, stranger), good)).status).toBe('unknown')
      const expired = issue(root, { ext: 'extendedKeyUsage=OCSPSigning\n', subject: '/CN=Old OCSP', days: -1 })
      expect((await check(ask(good, expired), good)).status).toBe('unknown')
    })
    it('is nothing when it is an error, or changed', async () => {
      expect(await check(parseOcspResponse(Uint8Array.of(0x30, 3, 0x0a, 1, 6)), good)).toMatchObject({
        status: 'unknown',
        reasons: [{ detail: 'The OCSP responder answered unauthorized' }],
      })
      const response = ask(good)
      const basic = response.basic
      if (!basic) throw new Error('no answer')
      const signature = basic.signature.slice()
      signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1
      expect(await check({ ...response, basic: { ...basic, signature } }, good)).toMatchObject({ status: 'unknown' })
    })
    it('is used in a chain', async () => {
      const options = { anchors: [root.certificate], at: new Date() }
      const chain = await checkChain(bad.certificate, { ...options, ocsp: [ask(bad)] })
      expect(chain.reasons.map(({ code }) => code)).toEqual(['revoked'])
      expect((await checkChain(good.certificate, { ...options, ocsp: [ask(good)] })).revocation.map(({ status }) => status)).toEqual([
        'good',
      ])
    })
  })
})
