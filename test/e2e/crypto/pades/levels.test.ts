import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseCertificate } from '../../../../src/signing/cms/certificate.ts'
import { addDocTimeStamp } from '../../../../src/signing/pades/seal.ts'
import { sealPdf } from '../../../../src/signing/pades/seal.ts'
import { addTimestamp, timestampImprint } from '../../../../src/signing/cms/sign.ts'
import { signWith, verifyPdf } from '../../../../src/signing/pades/cms.ts'
import { addDss } from '../../../../src/signing/pades/dss.ts'
import { coveredBytes, listSignatures } from '../../../../src/signing/pades/signatures.ts'
import { issueCrl } from '../../../../src/signing/pki/crl.ts'
import { randomSerial } from '../../../../src/signing/pki/issue.ts'
import { ocspRespond } from '../../../../src/signing/pki/ocsp.ts'
import { answerTimestampQuery } from '../../../../src/signing/tsa/authority.ts'
import { timestampQuery } from '../../../../src/signing/tsa/query.ts'
import { verifyTimestampResponse } from '../../../../src/signing/tsa/request.ts'
import { kz, makeAuthority, Openssl } from '../pki/tools.ts'
import { altered, Bench, isPrefix, plainPdf } from './tools.ts'

const bench = new Bench()
const openssl = new Openssl()
afterAll(() => {
  bench.close()
  openssl.close()
})

const now = new Date()
let ca: Awaited<ReturnType<typeof makeAuthority>>
let employee: Awaited<ReturnType<typeof ca.issue>>
let seal: Awaited<ReturnType<typeof ca.issue>>
let tsa: Awaited<ReturnType<typeof ca.issue>>
let options: Parameters<typeof verifyPdf>[1]

beforeAll(async () => {
  ca = await makeAuthority(now)
  employee = await ca.issue('server_key', kz)
  seal = await ca.issue('seal', { kind: 'plain', commonName: 'Qoltanba', organization: 'Qoltanba', country: 'KZ' })
  tsa = await ca.issue('time_stamping', { kind: 'plain', commonName: 'Qoltanba TSA' })
  options = { anchors: [parseCertificate(ca.root.certificate)], at: now, usage: 'seal' }
})

const keyOf = (holder: typeof seal) => ({
  certificate: parseCertificate(holder.certificate),
  chain: [parseCertificate(ca.authority.certificate)],
  key: holder.key,
})

/** The built-in authority, through its client. */
async function stamp(data: Uint8Array) {
  const nonce = crypto.getRandomValues(new Uint8Array(16))
  const built = { certificate: tsa.certificate, chain: [ca.authority.certificate], key: tsa.key }
  const answer = await answerTimestampQuery(timestampQuery(data, { nonce }), built, { serial: randomSerial(), now })
  const outcome = await verifyTimestampResponse(answer, data, { nonce }, options)
  if (!outcome.ok) throw new Error(outcome.reasons.map((r) => r.detail).join())
  return { token: outcome.token }
}

const stamped = async (cms: Uint8Array) => addTimestamp(cms, (await stamp(timestampImprint(cms))).token)

async function material() {
  const times = { thisUpdate: now, nextUpdate: new Date(now.getTime() + 86_400_000) }
  const file = openssl.file('', 'req')
  const pem = (der: Uint8Array) => openssl.pem('CERTIFICATE', der)
  openssl.say('ocsp', '-issuer', pem(ca.authority.certificate), '-cert', pem(seal.certificate), '-reqout', file, '-no_nonce')
  const { readFileSync } = await import('node:fs')
  const responder = { authority: ca.authority.certificate, signer: ca.authority }
  const good = () => Promise.resolve({ status: 'good' as const })
  return {
    certs: [ca.root.certificate, ca.authority.certificate, seal.certificate, tsa.certificate],
    crls: [
      await issueCrl(ca.root, { number: 1, ...times, revoked: [] }),
      await issueCrl(ca.authority, { number: 1, ...times, revoked: [] }),
    ],
    ocsps: [await ocspRespond(new Uint8Array(readFileSync(file)), good, responder, now, times.nextUpdate)],
  }
}

/** Employee signs, the platform seals with a time stamp, material, time stamp over all: B-LTA. */
async function longTerm(input: Uint8Array) {
  const first = await sealPdf(input, { ...signWith(keyOf(employee), stamped), at: now, fieldName: 'Signer' })
  const sealed = await sealPdf(first, {
    ...signWith(keyOf(seal), stamped),
    at: now,
    name: 'Qoltanba',
    reason: 'Подписано всеми',
    fieldName: 'Seal',
  })
  const stored = addDss(sealed, await material())
  const archived = await addDocTimeStamp(stored, async (data) => (await stamp(data)).token)
  return [input, first, sealed, stored, archived] as const
}

describe('PAdES B-B to B-LTA with our own authority', () => {
  it('holds at each step, by ourselves and by pdfsig, qpdf and openssl', async () => {
    for (const streams of [false, true]) {
      const revisions = await longTerm(await plainPdf(3, streams))
      for (const [i, revision] of revisions.entries()) {
        const before = revisions[i - 1]
        if (before) expect(isPrefix(before, revision)).toBe(true)
      }
      const archived = revisions[4]
      const verdicts = await verifyPdf(archived, options)
      expect(verdicts).toMatchObject([
        {
          kind: 'signature',
          fieldName: 'Signer',
          total: false,
          changes: 'signing',
          outcome: { ok: true, signers: [{ format: 'CAdES-T', identifiers: { iin: '123456789011' }, timestamp: { ok: true } }] },
        },
        {
          kind: 'signature',
          fieldName: 'Seal',
          total: false,
          changes: 'signing',
          outcome: { ok: true, signers: [{ format: 'CAdES-T', signingTime: undefined }] },
        },
        { kind: 'timestamp', fieldName: 'DocTimeStamp', total: true, changes: 'none', outcome: { ok: true } },
      ])
      // Revocation comes from the store: of the seal by OCSP or list, of the issuing authority by list.
      const [, sealVerdict] = verdicts
      const chain =
        sealVerdict && 'outcome' in sealVerdict && sealVerdict.kind === 'signature' ? sealVerdict.outcome.signers[0]?.chain : undefined
      expect(chain?.revocation.map((r) => r.status)).toEqual(['good', 'good'])

      const said = bench.pdfsig(archived)
      expect(said.slice(0, 2).map((s) => s.validation)).toEqual(['Signature is Valid.', 'Signature is Valid.'])
      expect(bench.pdfsig(revisions[2])).toMatchObject([
        { validation: 'Signature is Valid.' },
        { validation: 'Signature is Valid.', total: true },
      ])
      expect(bench.qpdfCheck(archived)).toMatch(/No syntax or stream encoding errors/)
    }
  })

  it('is made of parts that openssl accepts one by one, tampered ones not', async () => {
    const archived = (await longTerm(await plainPdf(1, true)))[4]
    const [root, chain] = [openssl.pem('CERTIFICATE', ca.root.certificate), openssl.pem('CERTIFICATE', ca.authority.certificate)]
    for (const signature of listSignatures(archived)) {
      if ('problem' in signature) throw new Error(signature.problem)
      const [cms, covered] = [openssl.file(signature.cms), coveredBytes(archived, signature)]
      const check = (data: Uint8Array) =>
        signature.kind === 'signature'
          ? openssl.say(
              'cms',
              '-verify',
              '-cades',
              '-binary',
              '-inform',
              'DER',
              '-in',
              cms,
              '-content',
              openssl.file(data),
              '-CAfile',
              root,
              '-out',
              '/dev/null',
            )
          : openssl.say('ts', '-verify', '-data', openssl.file(data), '-in', cms, '-token_in', '-CAfile', root, '-untrusted', chain)
      const wanted = signature.kind === 'signature' ? /CAdES Verification successful/ : /Verification: OK/
      expect(check(covered)).toMatch(wanted)
      expect(check(altered(covered, '%PDF-1.7', '%PDF-1.6'))).not.toMatch(wanted)
      // ETSI EN 319 142-1, 6.3: the time of signing is in the dictionary, not in the CMS.
      if (signature.kind === 'signature')
        expect(openssl.say('cms', '-cmsout', '-print', '-inform', 'DER', '-in', cms)).not.toMatch(/signingTime/)
    }
    const tampered = await verifyPdf(altered(archived, '%PDF-1.7', '%PDF-1.6'), options)
    expect(tampered.map((v) => 'outcome' in v && v.outcome.ok)).toEqual([false, false, false])
    const strangers = await verifyPdf(archived, { ...options, anchors: [parseCertificate((await makeAuthority(now)).root.certificate)] })
    expect(strangers.map((v) => 'outcome' in v && v.outcome.ok)).toEqual([false, false, false])
  })

  it('is what the judge of the contract takes for a seal: the newest signature covers the file, and openssl accepts it', async () => {
    const pdf = Buffer.from((await longTerm(await plainPdf(1, true)))[2])
    const found = [...pdf.toString('latin1').matchAll(/\/ByteRange\s*\[\s*0\s+(\d+)\s+(\d+)\s+(\d+)\s*\]/g)].map((m) =>
      m.slice(1).map(Number),
    )
    expect(found).toHaveLength(2)
    const [end = 0, from = 0, length = 0] = found[1] ?? []
    expect(from + length).toBe(pdf.length)
    const hex = /^<([0-9a-f\s]+)>$/i.exec(pdf.subarray(end, from).toString('latin1'))?.[1] ?? ''
    const [cms, covered] = [openssl.file(Buffer.from(hex, 'hex')), openssl.file(Buffer.concat([pdf.subarray(0, end), pdf.subarray(from)]))]
    const args = ['-verify', '-noverify', '-binary', '-inform', 'DER', '-in', cms, '-content', covered, '-out', '/dev/null']
    expect(openssl.say('cms', ...args)).toMatch(/Verification successful/)
  })

  it('makes no signature when there is no time stamp', async () => {
    const failing = () => Promise.reject(new Error('no time stamp'))
    await expect(sealPdf(await plainPdf(1, false), { ...signWith(keyOf(seal), failing), at: now })).rejects.toThrow('no time stamp')
  })
})
