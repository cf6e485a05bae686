import { env, SELF } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import { sha256Hex, utf8 } from '../../src/lib/hash.ts'
import { toBase64 } from '../../src/lib/ids.ts'
import { readCertificates, type Certificate } from '../../src/signing/cms/certificate.ts'
import { checkCrl, parseCrl } from '../../src/signing/cms/crl.ts'
import { subjectIdentifiers } from '../../src/signing/cms/identifiers.ts'
import { buildOcspRequest, checkOcsp, parseOcspResponse } from '../../src/signing/cms/ocsp.ts'
import { verifyDetachedCms } from '../../src/signing/cms/verify.ts'
import { employeeKey } from '../../src/signing/keys/kept.ts'
import { platformAnchors } from '../../src/signing/keys/platform.ts'
import { chainOf } from '../../src/signing/keys/rows.ts'
import { signOriginal } from '../../src/signing/keys/sign.ts'
import { call, must, statusesOf } from '../app.ts'
import { newBin, newCompany, newCtx, newIin, type Company } from '../factories.ts'
import { act, count, NOBODY, OFFICE, register, type Client } from './kit.ts'

interface ServerSignature {
  id: string
  client_id: string
  company_id: string
  status: string
  certificate: { serial: string; subject: string; pem: string; thumbprint: string; not_after: string }
}

let us: Company
let company: { id: string; inn: string }
beforeAll(async () => {
  us = await newCompany()
  company = await must(201, 'POST', `${OFFICE}/companies`, { token: us.token, body: { inn: newBin(), name: 'ТОО «Ромашка»' } })
})

async function employ(role: string, more: object = {}, at = company): Promise<Client> {
  const client = await register(us, { iin: newIin(), middle_name: 'Маратович', ...more })
  await must(201, 'POST', `${OFFICE}/companies/${at.id}/employees`, {
    token: us.token,
    body: { client_id: client.id, role, position: 'Директор' },
  })
  return client
}
const path = (at = company) => `${OFFICE}/companies/${at.id}/server-signatures`
const give = (client: Pick<Client, 'id'>, at = company) =>
  call<ServerSignature>('POST', path(at), { token: us.token, body: { client_id: client.id } })
const list = async () => (await must<{ items: ServerSignature[] }>(200, 'GET', path(), { token: us.token })).items
const certificateOf = (signature: ServerSignature): Certificate => {
  const [certificate] = readCertificates(signature.certificate.pem)
  if (!certificate) throw new Error('no certificate')
  return certificate
}

const fetchDer = (path: string, init: RequestInit = {}) => SELF.fetch(`http://qoltanba.test${path}`, init)

/** What the published list and the responder say of a certificate, as a relying party hears it. */
async function heard(certificate: Certificate) {
  const ctx = await newCtx()
  const [issuer] = await chainOf(ctx, certificate)
  if (!issuer) throw new Error('no issuer')
  const get = async (url: string | undefined, init: RequestInit = {}) => {
    const { pathname } = new URL(url ?? '')
    const answer = await fetchDer(pathname, init)
    expect(answer.status).toBe(200)
    return new Uint8Array(await answer.arrayBuffer())
  }
  const { crlUrls, ocspUrls, issuerUrls } = certificate.extensions
  expect(await get(issuerUrls[0])).toEqual(issuer.der)
  const fresh = { at: ctx.now }
  const crl = await checkCrl(parseCrl(await get(crlUrls[0])), certificate, issuer, fresh)
  const request = buildOcspRequest(certificate, issuer, { nonce: crypto.getRandomValues(new Uint8Array(16)) })
  const posted = await get(ocspUrls[0], {
    method: 'POST',
    body: new Uint8Array(request),
    headers: { 'content-type': 'application/ocsp-request' },
  })
  const got = await get(`${ocspUrls[0] ?? ''}/${encodeURIComponent(toBase64(request))}`)
  const unescaped = await get(`${ocspUrls[0] ?? ''}/${toBase64(request)}`)
  const ocsp = await Promise.all([posted, got, unescaped].map((der) => checkOcsp(parseOcspResponse(der), certificate, issuer, fresh)))
  return [crl, ...ocsp].map((said) => (said.status === 'revoked' ? said.why : said.status))
}

describe('server signatures', () => {
  it('gives an employee who may sign a key with a certificate of their numbers', async () => {
    const iin = newIin()
    const head = await employ('head', { iin })
    const made = await give(head)
    expect(made.status).toBe(201)
    expect(made.text).not.toMatch(/PRIVATE|dek|wrapped/i)
    const certificate = certificateOf(made.body)
    expect(subjectIdentifiers(certificate)).toMatchObject({ iin, bin: company.inn, commonName: 'СЕРИКОВ АЙБЕК', givenName: 'МАРАТОВИЧ' })
    expect(certificate.extensions.keyUsage).toEqual(['digitalSignature', 'contentCommitment'])
    expect(made.body).toMatchObject({ client_id: head.id, company_id: company.id, status: 'active' })
    expect(made.body.certificate).toMatchObject({ serial: certificate.serial, thumbprint: sha256Hex(certificate.der) })
    expect(await list()).toEqual(expect.arrayContaining([made.body]))
    expect(await heard(certificate)).toEqual(['good', 'good', 'good', 'good'])

    // What it signs is a signature of that person.
    const ctx = await newCtx()
    const key = await employeeKey(ctx, { orgId: us.id, clientId: head.id, companyId: company.id })
    if (!key) throw new Error('no key')
    expect(key.key.extractable).toBe(false)
    const { bytes } = await signOriginal(ctx, key, sha256Hex('Договор'))
    const anchors = await platformAnchors(ctx)
    const verdict = await verifyDetachedCms(bytes, utf8('Договор'), { anchors, at: ctx.now, expect: { iin, bin: company.inn } })
    expect(verdict.reasons).toEqual([])
  })

  it('writes Russia’s numbers as Russia does', async () => {
    const russian = await must<{ id: string; inn: string }>(201, 'POST', `${OFFICE}/companies`, {
      token: us.token,
      body: { inn: '7707083893', kpp: '773601001', name: 'ПАО Сбербанк' },
    })
    const client = await employ('signer', { iin: undefined, inn: '500100732259', snils: '112-233-445 95' }, russian)
    const { body } = await give(client, russian)
    expect(subjectIdentifiers(certificateOf(body))).toMatchObject({
      inn: '500100732259',
      innLegal: '7707083893',
      snils: '11223344595',
      commonName: 'Сериков Айбек Маратович',
      title: 'Директор',
    })
    // A person with numbers of both states is found by either.
    const iin = newIin()
    const both = await employ('signer', { iin, inn: '500100732259' }, russian)
    expect(subjectIdentifiers(certificateOf((await give(both, russian)).body))).toMatchObject({ iin, inn: '500100732259', country: 'RU' })
    await must(201, 'POST', `${OFFICE}/companies/${company.id}/employees`, { token: us.token, body: { client_id: both.id, role: 'head' } })
    expect(subjectIdentifiers(certificateOf((await give(both)).body))).toMatchObject({ iin, inn: '500100732259', country: 'KZ' })
    // And nobody's numbers are invented.
    const nameless = await employ('signer', { iin: undefined })
    expect(subjectIdentifiers(certificateOf((await give(nameless)).body))).not.toHaveProperty('iin')
  })

  it('is for heads and signers who are employed there, one at a time', async () => {
    const signer = await employ('signer')
    expect((await give(signer)).status).toBe(201)
    expect((await give(signer)).status).toBe(409)
    for (const role of ['approver', 'viewer']) expect((await give(await employ(role))).status).toBe(403)
    expect((await give(await register(us))).status).toBe(403)
    expect((await give({ id: NOBODY })).status).toBe(404)
    expect((await give(signer, { id: NOBODY, inn: '' })).status).toBe(404)
    const blocked = await employ('head')
    await act(us, blocked, 'block')
    expect((await give(blocked)).status).toBe(409)
  })

  it('comes out one of many that are asked for at once', async () => {
    const signer = await employ('signer')
    expect(statusesOf(await Promise.all(Array.from({ length: 6 }, () => give(signer))))).toEqual([201, 409, 409, 409, 409, 409])
    expect(await count('select count(*) as n from kept_keys where client_id = ?', signer.id)).toBe(1)
    expect(
      await count(
        'select count(*) as n from issued_certificates where serial in (select serial from kept_keys where client_id = ?)',
        signer.id,
      ),
    ).toBe(1)
  })

  it('is revoked by a deletion: list and responder say so, and the key is gone', async () => {
    const signer = await employ('signer')
    const { body } = await give(signer)
    const certificate = certificateOf(body)
    expect(await heard(certificate)).toEqual(['good', 'good', 'good', 'good'])
    const remove = () => call('DELETE', `${path()}/${body.id}`, { token: us.token })
    expect(statusesOf(await Promise.all([remove(), remove(), remove()]))).toEqual([204, 404, 404])
    expect(await heard(certificate)).toEqual(Array(4).fill('cessationOfOperation'))
    expect(await employeeKey(await newCtx(), { orgId: us.id, clientId: signer.id, companyId: company.id })).toBeNull()
    expect(await count('select count(*) as n from kept_keys where id = ? and key is null', body.id)).toBe(1)
    expect((await list()).find((s) => s.id === body.id)?.status).toBe('revoked')
    expect((await give(signer)).status).toBe(201)
    expect(
      await count("select count(*) as n from audit_log where action = 'server_signature.revoked' and subject like ?", `%${body.id}`),
    ).toBe(1)
  })

  it('goes with its employee', async () => {
    const signer = await employ('signer')
    const certificate = certificateOf((await give(signer)).body)
    await must(204, 'DELETE', `${OFFICE}/companies/${company.id}/employees/${signer.id}`, { token: us.token })
    expect(await heard(certificate)).toEqual(Array(4).fill('affiliationChanged'))
    expect((await give(signer)).status).toBe(403)
  })

  it('ends with its certificate, and is renewed shortly before', async () => {
    const signer = await employ('signer')
    const { body } = await give(signer)
    const certificate = certificateOf(body)
    const who = { orgId: us.id, clientId: signer.id, companyId: company.id }
    const after = { ...(await newCtx()), now: new Date(certificate.notAfter.getTime() + 1000) }
    expect(await employeeKey(after, who)).toBeNull()
    const soon = new Date(Date.now() + 29 * 86_400_000).toISOString()
    await env.DB.prepare('update issued_certificates set not_after = ? where serial = ?').bind(soon, certificate.serial).run()
    const renewed = await give(signer)
    expect(renewed.status).toBe(201)
    expect(await heard(certificate)).toEqual(Array(4).fill('superseded'))
    expect((await employeeKey(await newCtx(), who))?.id).toBe(renewed.body.id)
  })

  it('does not open under another key-encryption key, nor as another’s', async () => {
    const [one, two] = [await employ('signer'), await employ('signer')]
    const made = [(await give(one)).body, (await give(two)).body]
    const ctx = await newCtx()
    const who = (client: Client) => ({ orgId: us.id, clientId: client.id, companyId: company.id })
    const blind = { ...ctx, settings: { ...ctx.settings, KEY_ENCRYPTION_KEYS: JSON.stringify({ k9: toBase64(new Uint8Array(32)) }) } }
    await expect(employeeKey(blind, who(one))).rejects.toMatchObject({ code: 'unavailable' })
    await env.DB.prepare('update kept_keys set key = (select key from kept_keys where id = ?) where id = ?')
      .bind(made[1]?.id, made[0]?.id)
      .run()
    await expect(employeeKey(ctx, who(one))).rejects.toMatchObject({ code: 'unavailable' })
    expect(await employeeKey(ctx, who(two))).not.toBeNull()
    expect(await employeeKey(ctx, { ...who(two), orgId: us.id + 1 })).toBeNull()
  })

  it('does not exist for others', async () => {
    const { body } = await give(await employ('signer'))
    const { token } = await newCompany()
    expect((await call('GET', path(), { token })).status).toBe(404)
    expect((await call('POST', path(), { token, body: { client_id: body.client_id } })).status).toBe(404)
    expect((await call('DELETE', `${path()}/${body.id}`, { token })).status).toBe(404)
    const theirs = await newCompany()
    const own = await must<{ id: string }>(201, 'POST', `${OFFICE}/companies`, {
      token: theirs.token,
      body: { inn: newBin(), name: 'ТОО «Чужое»' },
    })
    expect((await call('POST', path({ id: own.id, inn: '' }), { token: theirs.token, body: { client_id: body.client_id } })).status).toBe(
      404,
    )
    expect((await call('DELETE', `${path({ id: own.id, inn: '' })}/${body.id}`, { token: theirs.token })).status).toBe(404)
  })
})
