import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseCertificate } from '../../../../src/signing/cms/certificate.ts'
import type { Certificate } from '../../../../src/signing/cms/certificate.ts'
import { randomSerial } from '../../../../src/signing/pki/issue.ts'
import { answerTimestampQuery, refuse } from '../../../../src/signing/tsa/authority.ts'
import type { BuiltInAuthority } from '../../../../src/signing/tsa/authority.ts'
import { fetchTimestamp } from '../../../../src/signing/tsa/client.ts'
import type { TimestampService } from '../../../../src/signing/tsa/client.ts'
import { readTimestampAnswer, timestampQuery } from '../../../../src/signing/tsa/query.ts'
import { verifyTimestampResponse } from '../../../../src/signing/tsa/request.ts'
import { kz, makeAuthority, Openssl } from '../pki/tools.ts'

const openssl = new Openssl()
const now = new Date()
const data = new TextEncoder().encode('Шарт / Договор № 1')
const nonce = new Uint8Array([0, 0, 7, 8, 9, 10, 11, 12])
const POLICY = '1.2.3.4.1'

let ca: Awaited<ReturnType<typeof makeAuthority>>
let anchors: Certificate[]
let authority: BuiltInAuthority
let config: string
let handler: (query: Uint8Array, response: ServerResponse) => void
const server = createServer((request: IncomingMessage, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => handler(new Uint8Array(Buffer.concat(chunks)), response))
})
const pem = (...ders: Uint8Array[]) => openssl.pem('CERTIFICATE', ...ders)

beforeAll(async () => {
  ca = await makeAuthority(now)
  anchors = [parseCertificate(ca.root.certificate)]
  const tsa = await ca.issue('time_stamping', { kind: 'plain', commonName: 'Qoltanba TSA', country: 'KZ' })
  authority = { certificate: tsa.certificate, chain: [ca.authority.certificate], key: tsa.key }
  const [serial, cert, key, chain] = [
    openssl.file('01\n', 'srl'),
    pem(tsa.certificate),
    await openssl.keyFile(tsa.key),
    pem(ca.authority.certificate),
  ]
  config = openssl.file(
    `[tsa]\ndefault_tsa = t\n[t]\nserial = ${serial}\nsigner_cert = ${cert}\ncerts = ${chain}\nsigner_key = ${key}\nsigner_digest = sha256\ndefault_policy = ${POLICY}\ndigests = sha256, sha512\nordering = no\ntsa_name = yes\ness_cert_id_chain = no\n`,
    'cnf',
  )
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve())
  })
})
afterAll(() => {
  server.close()
  openssl.close()
})

/** What openssl's authority answers. */
function opensslReply(query: Uint8Array): Uint8Array {
  const out = join(openssl.dir, 'reply.tsr')
  const said = openssl.say('ts', '-reply', '-config', config, '-queryfile', openssl.file(query, 'tsq'), '-out', out)
  if (!said.includes('Response has been generated')) throw new Error(said)
  return new Uint8Array(readFileSync(out))
}
const ours = (query: Uint8Array, at = now) => answerTimestampQuery(query, authority, { serial: randomSerial(), now: at })
const chainOptions = () => ({ anchors, at: now })

describe('client', () => {
  it("accepts the word of openssl's authority and of our own", async () => {
    const query = timestampQuery(data, { nonce })
    for (const answer of [opensslReply(query), await ours(query)]) {
      const outcome = await verifyTimestampResponse(answer, data, { nonce }, chainOptions())
      expect(outcome).toMatchObject({ ok: true, verdict: { ok: true, intact: true, info: { hash: 'SHA-256', nonce: 0x0708090a0b0cn } } })
      if (!outcome.ok) continue
      expect(Math.abs(outcome.time.getTime() - now.getTime())).toBeLessThan(60_000)
      const token = openssl.file(outcome.token)
      const said = openssl.say(
        'ts',
        '-verify',
        '-data',
        openssl.file(data),
        '-in',
        token,
        '-token_in',
        '-CAfile',
        pem(ca.root.certificate),
        '-untrusted',
        pem(ca.authority.certificate),
      )
      expect(said).toMatch(/Verification: OK/)
    }
    expect(openssl.say('ts', '-query', '-in', openssl.file(query), '-text')).toMatch(
      /sha256[^]*Nonce: 0x0?708090A0B0C\s+Certificate required: yes/,
    )
  })

  it('refuses what is not exactly the answer', async () => {
    const query = timestampQuery(data, { nonce })
    const good = await ours(query)
    const check = async (
      answer: Uint8Array,
      changes: { data?: Uint8Array; nonce?: Uint8Array; policy?: string; at?: Date; anchors?: Certificate[] } = {},
    ) => {
      const outcome = await verifyTimestampResponse(
        answer,
        changes.data ?? data,
        { nonce: changes.nonce ?? nonce, policy: changes.policy },
        { anchors: changes.anchors ?? anchors, at: changes.at ?? now },
      )
      return outcome.ok ? 'accepted' : outcome.reasons.map(({ detail }) => detail).join('; ')
    }
    expect(await check(good)).toBe('accepted')
    expect(await check(good, { nonce: new Uint8Array([7, 8, 9, 10, 11, 12]) })).toBe('accepted')
    expect(await check(good, { data: new Uint8Array([1]) })).toMatch(/of something else/)
    expect(await check(good, { nonce: new Uint8Array([1]) })).toMatch(/another question/)
    expect(await check(await ours(timestampQueryWithoutNonce()))).toMatch(/another question/)
    expect(await check(good, { policy: '1.2.3' })).toMatch(/another policy/)
    expect(await check(good, { at: new Date(now.getTime() + 600_000) })).toMatch(/clock/)
    expect(await check(good, { at: new Date(now.getTime() - 600_000) })).toMatch(/future/)
    expect(await check(good, { anchors: [parseCertificate((await makeAuthority(now)).root.certificate)] })).toMatch(/authority/)
    expect(await check(refuse('systemFailure', 'асыра'))).toMatch(/refused: status 2 systemFailure асыра/)
    expect(await check(new Uint8Array([0x30, 0]))).toMatch(/malformed/)
    expect(await check(new TextEncoder().encode('<html>'))).toMatch(/malformed/)
    // An employee's certificate is none for time stamps.
    const employee = await ca.issue('server_key', kz)
    const forged = await answerTimestampQuery(
      query,
      { ...authority, certificate: employee.certificate, key: employee.key },
      { serial: randomSerial(), now },
    )
    expect(await check(forged)).toMatch(/not for time stamps/)
    // CMS leaves a few bytes unsigned (its version, the list of hashes): altered they may pass, but nothing said may change.
    const whole = await verifyTimestampResponse(good, data, { nonce }, chainOptions())
    let passed = 0
    for (let i = 0; i < good.length; i += 3) {
      const altered = good.slice()
      altered[i] = (altered[i] ?? 0) ^ 0x10
      const outcome = await verifyTimestampResponse(altered, data, { nonce }, chainOptions())
      if (!outcome.ok) continue
      passed++
      expect(outcome.verdict.info, `byte ${i}`).toEqual(whole.verdict?.info)
    }
    expect(passed).toBeLessThan(15)
  })
})

const timestampQueryWithoutNonce = () => {
  const file = openssl.file('', 'tsq')
  openssl.say('ts', '-query', '-data', openssl.file(data), '-sha256', '-no_nonce', '-cert', '-out', file)
  return new Uint8Array(readFileSync(file))
}

describe('authority', () => {
  const ask = async (...flags: string[]) => {
    const query = openssl.file('', 'tsq')
    openssl.say('ts', '-query', '-data', openssl.file(data), ...flags, '-out', query)
    const answer = await ours(new Uint8Array(readFileSync(query)))
    const file = openssl.file(answer, 'tsr')
    return {
      text: openssl.say('ts', '-reply', '-in', file, '-text'),
      verify: (untrusted: string) =>
        openssl.say('ts', '-verify', '-queryfile', query, '-in', file, '-CAfile', pem(ca.root.certificate), '-untrusted', untrusted),
      answer,
    }
  }

  it('is believed by openssl, with and without nonce and certificates', async () => {
    for (const flags of [['-sha256', '-cert'], ['-sha512'], ['-sha384', '-no_nonce', '-cert'], ['-sha256', '-no_nonce']]) {
      const { verify, text } = await ask(...flags)
      const untrusted = flags.includes('-cert') ? pem(ca.authority.certificate) : pem(authority.certificate, ca.authority.certificate)
      expect(verify(untrusted), flags.join(' ')).toMatch(/Verification: OK/)
      expect(text).toMatch(/Status: Granted/)
      expect(text).toMatch(/Policy OID: 2\.25\.182919204107046892961757828494918279647\.3/)
      expect(text).toMatch(/Accuracy: 0x01 seconds/)
      expect(text.includes('Nonce: unspecified')).toBe(flags.includes('-no_nonce'))
    }
  })

  it('refuses in the words of the protocol', async () => {
    expect((await ask('-sha1')).text).toMatch(/Status: Rejected[^]*unrecognized or unsupported algorithm/)
    expect((await ask('-md5')).text).toMatch(/unrecognized or unsupported algorithm/)
    expect((await ask('-sha256', '-tspolicy', '1.2.3')).text).toMatch(/requested TSA policy is not supported/)
    const failures = async (query: Uint8Array) => {
      const answer = readTimestampAnswer(await ours(query))
      return answer.granted ? ['granted'] : answer.failures
    }
    const query = timestampQuery(data, { nonce })
    expect(await failures(query)).toEqual(['granted'])
    for (const bytes of [new Uint8Array(), query.subarray(0, -1), new Uint8Array([...query, 0]), new Uint8Array(70_000)]) {
      expect(await failures(bytes)).toEqual(['badRequest'])
    }
    for (let i = 0; i < query.length; i++) {
      const altered = query.slice()
      altered[i] = (altered[i] ?? 0) ^ 0x21
      expect(await failures(altered)).toBeInstanceOf(Array)
    }
    const short = Buffer.from(query)
    // SHA-256 renamed to SHA-512 over an imprint of 32 bytes.
    const at = short.indexOf(Buffer.from('0609608648016503040201', 'hex')) + 10
    short[at] = 3
    expect(await failures(new Uint8Array(short))).toEqual(['badDataFormat'])
  })
})

describe('fetchTimestamp', () => {
  const service = (more: Partial<TimestampService> = {}): TimestampService => ({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tsa`,
    anchors,
    timeout: 2000,
    ...more,
  })
  const reply = (response: ServerResponse, body: Uint8Array | string, type = 'application/timestamp-reply', status = 200) =>
    void response.writeHead(status, { 'content-type': type, location: '/elsewhere' }).end(body)

  it('gets a verified token', async () => {
    handler = (query, response) => reply(response, opensslReply(query))
    const stamp = await fetchTimestamp(service(), data, now)
    expect(Math.abs(stamp.time.getTime() - now.getTime())).toBeLessThan(60_000)
    expect(stamp.token[0]).toBe(0x30)
    const again = await fetchTimestamp(service({ policy: POLICY }), data, now)
    expect(again.token).not.toEqual(stamp.token)
  })

  it('gives nothing when anything is wrong', async () => {
    const failing = (what: RegExp, answer: typeof handler, more: Partial<TimestampService> = {}) => {
      handler = answer
      return expect(fetchTimestamp(service(more), data, now)).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringMatching(what) as string,
      })
    }
    await failing(/answered 500/, (_, response) => reply(response, 'no', 'text/plain', 500))
    await failing(/answered 302/, (_, response) => reply(response, '', 'application/timestamp-reply', 302))
    await failing(/text\/html/, (query, response) => reply(response, opensslReply(query), 'text/html; charset=utf-8'))
    await failing(/too large/, (_, response) => reply(response, new Uint8Array(100_000)))
    await failing(/malformed/, (_, response) => reply(response, 'nonsense'))
    await failing(/badAlg/, (_, response) => reply(response, refuse('badAlg', '')))
    await failing(/cannot be reached/, () => {}, { timeout: 100 })
    await failing(/cannot be reached/, (_, response) => void response.destroy())
    await failing(/cannot be reached/, () => {}, { url: 'http://127.0.0.1:1/' })
    await failing(/another question/, (_, response) => reply(response, opensslReply(timestampQuery(data, { nonce }))))
    await failing(/something else/, (_, response) => reply(response, opensslReply(timestampQuery(nonce, { nonce }))))
    await failing(/authority/, (query, response) => reply(response, opensslReply(query)), { anchors: [] })
  })
})
