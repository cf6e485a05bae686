import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseCertificate } from '../../../../src/signing/cms/certificate.ts'
import { checkOcsp, parseOcspResponse } from '../../../../src/signing/cms/ocsp.ts'
import { ocspError, ocspRespond } from '../../../../src/signing/pki/ocsp.ts'
import type { CertificateStatus, Responder } from '../../../../src/signing/pki/ocsp.ts'
import { kz, makeAuthority, Openssl, ru } from './tools.ts'
import type { Holder } from './tools.ts'

const openssl = new Openssl()
const now = new Date()
const later = new Date(now.getTime() + 3600_000)
const known = new Map<string, CertificateStatus>()
const lookup = (serial: string) => Promise.resolve(known.get(serial) ?? ({ status: 'unknown' } as const))
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex').replace(/^0+/, '')

let ca: Awaited<ReturnType<typeof makeAuthority>>
let responder: Responder
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    void ocspRespond(new Uint8Array(Buffer.concat(chunks)), lookup, responder, now, later).then((answer) => {
      response.writeHead(200, { 'content-type': 'application/ocsp-response' }).end(answer)
    })
  })
})

beforeAll(async () => {
  ca = await makeAuthority(now)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve())
  })
})
afterAll(() => {
  server.close()
  openssl.close()
})

const pem = (holder: Pick<Holder, 'certificate'>) => openssl.pem('CERTIFICATE', holder.certificate)
const ask = (holders: Holder[], ...flags: string[]) => {
  const { port } = server.address() as AddressInfo
  const trust = ['-CAfile', pem(ca.root), '-verify_other', pem(ca.authority)]
  const issuer = ['-issuer', pem(ca.authority), ...holders.flatMap((h) => ['-cert', pem(h)])]
  return openssl.sayAsync('ocsp', '-url', `http://127.0.0.1:${port}/pki/ocsp`, ...flags, ...issuer, ...trust, '-resp_text')
}

describe('ocspRespond', () => {
  it("answers openssl's client: good, revoked, unknown; signed by the authority or by its delegate", async () => {
    const [good, bad, never] = [await ca.issue('server_key', kz), await ca.issue('server_key', ru), await ca.issue('server_key', kz)]
    known.set(hex(good.serial), { status: 'good' })
    known.set(hex(bad.serial), { status: 'revoked', at: new Date('2026-02-03T04:05:06Z'), reason: 'keyCompromise' })
    const delegate = await ca.issue('ocsp', { kind: 'plain', commonName: 'Qoltanba OCSP' })
    for (const signer of [ca.authority, delegate]) {
      responder = { authority: ca.authority.certificate, signer }
      for (const flags of [['-sha256'], ['-no_nonce']]) {
        const said = await ask([good, bad, never], ...flags)
        expect(said).toMatch(/Response verify OK/)
        expect(said).toMatch(/pem: good/)
        expect(said).toMatch(/pem: revoked[^]*Reason: keyCompromise\s+Revocation Time: Feb {2}3 04:05:06 2026 GMT/)
        expect(said).toMatch(/pem: unknown/)
        expect(said).not.toMatch(/WARNING|Nonce Verify error/)
        expect(said).toMatch(/Responder Id: [0-9A-F]{40}/)
        expect(said.includes('OCSP Nonce')).toBe(!flags.includes('-no_nonce'))
      }
    }
  })

  it('is understood by our own verifier', async () => {
    const [good, bad] = [await ca.issue('server_key', kz), await ca.issue('server_key', ru)]
    known.set(hex(good.serial), { status: 'good' })
    known.set(hex(bad.serial), { status: 'revoked', at: new Date('2026-02-03T04:05:06Z'), reason: 'superseded' })
    const delegate = await ca.issue('ocsp', { kind: 'plain', commonName: 'Qoltanba OCSP' })
    const stranger = await ca.issue('server_key', kz)
    const issuer = parseCertificate(ca.authority.certificate)
    for (const holder of [good, bad]) {
      const request = openssl.file('', 'req')
      openssl.say('ocsp', '-issuer', pem(ca.authority), '-cert', pem(holder), '-reqout', request)
      const statusBy = async (signer: Pick<Holder, 'certificate' | 'key'>) => {
        const to = { authority: ca.authority.certificate, signer }
        const answer = await ocspRespond(new Uint8Array(readFileSync(request)), lookup, to, now, later)
        return checkOcsp(parseOcspResponse(answer), parseCertificate(holder.certificate), issuer, { at: now })
      }
      const wanted = holder === good ? { status: 'good' } : { status: 'revoked', why: 'superseded', at: new Date('2026-02-03T04:05:06Z') }
      expect(await statusBy(ca.authority)).toMatchObject(wanted)
      expect(await statusBy(delegate)).toMatchObject(wanted)
      expect(await statusBy(stranger)).toMatchObject({ status: 'unknown' })
    }
  })

  it('calls the certificates of others unknown', async () => {
    responder = { authority: ca.authority.certificate, signer: ca.authority }
    const other = await makeAuthority(now)
    const theirs = await other.issue('server_key', kz)
    known.set(hex(theirs.serial), { status: 'good' })
    const request = openssl.file('', 'req')
    openssl.say('ocsp', '-issuer', pem(other.authority), '-cert', pem(theirs), '-reqout', request)
    const answer = await ocspRespond(new Uint8Array(readFileSync(request)), lookup, responder, now, later)
    expect(openssl.say('ocsp', '-respin', openssl.file(answer), '-text', '-noverify')).toMatch(/Cert Status: unknown/)
  })

  it('is not believed when it is altered, or signed by whom the authority did not authorise', async () => {
    const good = await ca.issue('server_key', kz)
    known.set(hex(good.serial), { status: 'good' })
    const request = openssl.file('', 'req')
    openssl.say('ocsp', '-issuer', pem(ca.authority), '-cert', pem(good), '-reqout', request)
    const bytes = new Uint8Array(readFileSync(request))
    const check = (answer: Uint8Array) =>
      openssl.say(
        'ocsp',
        '-respin',
        openssl.file(answer),
        '-issuer',
        pem(ca.authority),
        '-cert',
        pem(good),
        '-CAfile',
        pem(ca.root),
        '-verify_other',
        pem(ca.authority),
        '-no_nonce',
      )
    const answer = await ocspRespond(bytes, lookup, { authority: ca.authority.certificate, signer: ca.authority }, now, later)
    expect(check(answer)).toMatch(/Response verify OK/)
    const altered = answer.slice()
    const at = Buffer.from(answer).indexOf(Buffer.from(good.serial))
    altered[at + 3] = (altered[at + 3] ?? 0) ^ 1
    expect(check(altered)).toMatch(/Response Verify Failure/)
    const employee = await ca.issue('server_key', ru)
    const forged = await ocspRespond(bytes, lookup, { authority: ca.authority.certificate, signer: employee }, now, later)
    expect(check(forged)).toMatch(/missing ocspsigning usage/i)
  })

  it('calls malformed what is no request', async () => {
    responder = { authority: ca.authority.certificate, signer: ca.authority }
    const good = await ca.issue('server_key', kz)
    const file = openssl.file('', 'req')
    openssl.say('ocsp', '-issuer', pem(ca.authority), '-cert', pem(good), '-reqout', file)
    const request = new Uint8Array(readFileSync(file))
    const bad = [
      new Uint8Array(),
      new Uint8Array([0x30]),
      request.subarray(0, -1),
      new Uint8Array([...request, 0]),
      new Uint8Array(100_000),
      new Uint8Array([0x30, 2, 0x30, 0]),
    ]
    for (const bytes of bad) expect(await ocspRespond(bytes, lookup, responder, now, later)).toEqual(ocspError('malformedRequest'))
    for (let i = 0; i < request.length; i++) {
      const altered = request.slice()
      altered[i] = (altered[i] ?? 0) ^ 0x55
      expect((await ocspRespond(altered, lookup, responder, now, later))[0]).toBe(0x30)
    }
    expect(openssl.say('ocsp', '-respin', openssl.file(ocspError('malformedRequest')), '-text')).toMatch(/malformedrequest \(1\)/i)
    expect(openssl.say('ocsp', '-respin', openssl.file(ocspError('tryLater')), '-text')).toMatch(/trylater \(3\)/i)
  })
})
