import { env, SELF } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseCertificate, readCertificates, type Certificate } from '../../src/signing/cms/certificate.ts'
import { subjectIdentifiers } from '../../src/signing/cms/identifiers.ts'
import { verifyDetachedCms } from '../../src/signing/cms/verify.ts'
import { platformAnchors } from '../../src/signing/keys/platform.ts'
import { packageObject } from '../../src/signing/stub.ts'
import { issueCertificate } from '../../src/office/issue-certificate.ts'
import { fromBase64 } from '../../src/lib/ids.ts'
import { call, codeFor, must, outbox, statusesOf, until, type Answer } from '../app.ts'
import { newBin, newCompany, newCtx, newIin, spoil, type Company } from '../factories.ts'
import { act, count, NOBODY, OFFICE, register, type Client } from './kit.ts'

interface Request {
  id: string
  status: string
  company_id: string | null
  documents: { id: string; kind: string; name: string; size: number }[]
  certificate: { serial: string; subject: string; pem: string } | null
  sign_url: string
  expires_at: string
  detail: string
}

const REQUESTS = `${OFFICE}/certificate-requests`
let us: Company
let company: { id: string; inn: string }
beforeAll(async () => {
  us = await newCompany({ name: 'ТОО «Өрлеу»' })
  company = await must(201, 'POST', `${OFFICE}/companies`, { token: us.token, body: { inn: newBin(), name: 'ТОО «Ромашка»' } })
  await must(201, 'POST', '/api/v1/webhooks', {
    token: us.token,
    body: { url: 'http://127.0.0.1:1/hook', events: ['certificate_request.step_changed'] },
  })
})

const employ = (client: Client, role = 'signer') =>
  must(201, 'POST', `${OFFICE}/companies/${company.id}/employees`, { token: us.token, body: { client_id: client.id, role } })
const ask = (client: Pick<Client, 'id'>, more: object = {}) =>
  call<Request>('POST', REQUESTS, { token: us.token, body: { client_id: client.id, ...more } })
const send = (request: Pick<Request, 'id'>) => call<Request>('POST', `${REQUESTS}/${request.id}/documents/send`, { token: us.token })
const complete = (request: Pick<Request, 'id'>, code: string): Promise<Answer<Request>> =>
  call<Request>('POST', `${REQUESTS}/${request.id}/complete`, { token: us.token, body: { code } })
const read = (request: Pick<Request, 'id'>) => must<Request>(200, 'GET', `${REQUESTS}/${request.id}`, { token: us.token })

async function sent(client: Client, more: object = {}): Promise<{ request: Request; code: string }> {
  const { body: request } = await ask(client, more)
  expect((await send(request)).status).toBe(202)
  await until(async () => (await outbox(client.phone)).some((m) => m.code !== null), 'a code')
  return { request, code: await codeFor(client.phone) }
}
const certificateOf = ({ certificate }: Request): Certificate => {
  const [read] = readCertificates(certificate?.pem ?? '')
  if (!read) throw new Error('no certificate')
  return read
}
const bytesOf = async (path: string) => {
  const answer = await SELF.fetch(`http://qoltanba.test${path}`, { headers: { authorization: `Bearer ${us.token}` } })
  expect(answer.status).toBe(200)
  return new Uint8Array(await answer.arrayBuffer())
}

describe('certificate requests', () => {
  it('lead from two documents and a code to a certificate of the client’s numbers', async () => {
    const iin = newIin()
    const client = await register(us, { iin })
    await employ(client)
    const made = await ask(client, { company_id: company.id })
    expect(made.status).toBe(201)
    const request = made.body
    expect(request).toMatchObject({ status: 'created', kind: 'nep', client_id: client.id, company_id: company.id, certificate: null })
    expect(request.documents.map((d) => [d.kind, d.name])).toEqual([
      ['offer', 'Оферта.pdf'],
      ['key_acceptance_act', 'Акт признания ключа.pdf'],
    ])
    const at = (document: { id: string } | undefined) => `${REQUESTS}/${request.id}/documents/${document?.id ?? ''}`
    expect((await complete(request, '123456')).status).toBe(409)
    expect((await call('GET', `${at(request.documents[0])}/signature`, { token: us.token })).status).toBe(409)

    const answer = await send(request)
    expect(answer.body).toMatchObject({ status: 'documents_sent', sign_url: expect.stringMatching(/\/sign\/[\w-]{64}$/) })
    expect(Date.parse(answer.body.expires_at)).toBeGreaterThan(Date.now() + 86_000_000)
    expect((await send(request)).status).toBe(429)
    await until(async () => (await outbox(client.phone)).some((m) => m.code !== null), 'a code')
    const code = await codeFor(client.phone)
    expect((await complete(request, spoil(code))).status).toBe(400)
    const done = await complete(request, code)
    expect([done.status, done.body.status]).toEqual([200, 'issued'])
    expect(done.text).not.toMatch(/PRIVATE|dek|wrapped/i)
    expect(subjectIdentifiers(certificateOf(done.body))).toMatchObject({ iin, bin: company.inn })
    expect(await read(request)).toEqual(done.body)
    expect(statusesOf([await complete(request, code), await send(request)])).toEqual([409, 409])

    // Both documents carry a signature that anybody can check.
    const ctx = await newCtx()
    for (const document of request.documents) {
      const [pdf, cms] = [await bytesOf(at(document)), await bytesOf(`${at(document)}/signature`)]
      expect([String.fromCharCode(...pdf.subarray(0, 5)), pdf.length]).toEqual(['%PDF-', document.size])
      const verdict = await verifyDetachedCms(cms, pdf, { anchors: await platformAnchors(ctx), at: ctx.now })
      expect(verdict.reasons).toEqual([])
      expect(verdict.signers[0]?.format).toBe('CAdES-T')
    }
    // It is no prepaid signature, and one key is kept.
    expect(await count('select count(*) as n from balance_entries where org_id = ? and sms < 0', us.id)).toBe(0)
    expect(
      await count("select count(*) as n from kept_keys where client_id = ? and purpose = 'client' and key is not null", client.id),
    ).toBe(1)
    const actions = await env.DB.prepare('select action from audit_log where instr(subject, ?) = 1 order by id')
      .bind(`certificate_request:${request.id}`)
      .all<{ action: string }>()
    expect(actions.results.map((r) => r.action)).toEqual([
      'certificate_request.created',
      'certificate_request.documents_sent',
      'certificate.issued',
    ])
    const { results: calls } = await env.DB.prepare(
      "select json_extract(body, '$.data') as data from webhook_deliveries where event = 'certificate_request.step_changed' and instr(body, ?) > 0 order by created_at",
    )
      .bind(request.id)
      .all<{ data: string }>()
    expect(calls.map((c) => JSON.parse(c.data) as object)).toEqual(
      ['documents_sent', 'issued'].map((status) => ({ request_id: request.id, status })),
    )
  })

  it('are for one’s own people, who may sign where the certificate says', async () => {
    const client = await register(us)
    expect((await ask({ id: NOBODY })).status).toBe(404)
    expect((await ask(client, { company_id: NOBODY })).status).toBe(404)
    expect((await ask(client, { company_id: company.id })).status).toBe(403)
    await employ(client, 'viewer')
    expect((await ask(client, { company_id: company.id })).status).toBe(403)
    const qualified = await ask(client, { kind: 'kep' })
    expect([qualified.status, qualified.text]).toEqual([400, expect.stringContaining('accredited authorities')])

    const stranger = await newCompany()
    const { body: request } = await ask(client)
    const [document] = request.documents
    for (const [method, path, body] of [
      ['POST', REQUESTS, { client_id: client.id }],
      ['GET', `${REQUESTS}/${request.id}`, undefined],
      ['POST', `${REQUESTS}/${request.id}/documents/send`, undefined],
      ['POST', `${REQUESTS}/${request.id}/complete`, { code: '123456' }],
      ['GET', `${REQUESTS}/${request.id}/documents/${document?.id ?? ''}`, undefined],
      ['GET', `${REQUESTS}/${request.id}/documents/${document?.id ?? ''}/signature`, undefined],
      ['DELETE', `${REQUESTS}/${request.id}/certificate`, undefined],
    ] as const)
      expect((await call(method, path, { token: stranger.token, ...(body ? { body } : {}) })).status, path).toBe(404)
    expect((await call('GET', `${REQUESTS}/${request.id}/documents/${NOBODY}`, { token: us.token })).status).toBe(404)
    expect((await call('DELETE', `${REQUESTS}/${request.id}/certificate`, { token: us.token })).status).toBe(404)
  })

  it('do not give in to guessing, nor to a client who is blocked', async () => {
    const client = await register(us)
    const { request, code } = await sent(client)
    for (let i = 0; i < 4; i++) expect((await complete(request, spoil(code))).status).toBe(400)
    expect([400, 429]).toContain((await complete(request, spoil(code))).status)
    expect((await complete(request, code)).status).toBe(429)
    expect((await read(request)).status).toBe('documents_sent')

    const other = await register(us)
    const { body: early } = await ask(other)
    const late = await sent(await register(us))
    await act(us, other, 'block')
    await act(us, { id: (late.request as unknown as { client_id: string }).client_id }, 'block')
    expect((await send(early)).status).toBe(409)
    expect((await complete(late.request, late.code)).status).toBe(409)
    expect((await ask(other)).status).toBe(409)
  })

  it('are completed once, however many do it at once', async () => {
    const client = await register(us)
    const { request, code } = await sent(client)
    const answers = await Promise.all(Array.from({ length: 5 }, () => complete(request, code)))
    expect(answers.filter((a) => a.status === 200).length).toBeGreaterThan(0)
    expect(answers.every((a) => a.status === 200 || a.status === 409)).toBe(true)
    expect(new Set(answers.filter((a) => a.status === 200).map((a) => a.body.certificate?.serial)).size).toBe(1)
    expect(await count('select count(*) as n from kept_keys where client_id = ?', client.id)).toBe(1)
  })

  it('come to their certificate when the call was cut off after the signature', async () => {
    const client = await register(us)
    const { request, code } = await sent(client)
    const ctx = await newCtx()
    const row = await env.DB.prepare('select package_id from certificate_requests where id = ?')
      .bind(request.id)
      .first<{ package_id: string }>()
    const object = packageObject(ctx, row?.package_id ?? '')
    const signer = (await object.view())?.participants[0]?.id ?? ''
    // Nobody but the package itself is left to tell.
    const origin = { now: ctx.now.toISOString(), actor: 'signer', ip: null, userAgent: null }
    expect(await object.signByCode(signer, null, code, origin)).toMatchObject({ ok: true })
    const issued = await until(async () => {
      const now = await read(request)
      return now.status === 'issued' && now
    }, 'the certificate')
    await Promise.all([issueCertificate(ctx, request.id), issueCertificate(ctx, request.id)])
    expect(await read(request)).toEqual(issued)
    expect(await count('select count(*) as n from kept_keys where client_id = ?', client.id)).toBe(1)
  })

  it('name no company for which the right was lost meanwhile', async () => {
    const client = await register(us)
    await employ(client)
    const { request, code } = await sent(client, { company_id: company.id })
    await must(204, 'DELETE', `${OFFICE}/companies/${company.id}/employees/${client.id}`, { token: us.token })
    expect((await complete(request, code)).status).toBe(403)
    await issueCertificate(await newCtx(), request.id)
    expect((await read(request)).status).toBe('documents_sent')
    expect(await count('select count(*) as n from kept_keys where client_id = ?', client.id)).toBe(0)
  })

  it('follow one another: the certificate before is revoked, and so is one that is given back or whose company was left', async () => {
    const client = await register(us)
    await employ(client)
    const issue = async (more: object) => {
      const { body: request } = await ask(client, more)
      const codes = (await outbox(client.phone)).filter((m) => m.code !== null).length
      expect((await send(request)).status).toBe(202)
      await until(async () => (await outbox(client.phone)).filter((m) => m.code !== null).length > codes, 'another code')
      const done = await complete(request, await codeFor(client.phone))
      expect(done.status).toBe(200)
      return done.body
    }
    const reasonOf = async ({ certificate }: Request) =>
      (
        await env.DB.prepare('select reason from issued_certificates where serial = ?')
          .bind(certificate?.serial)
          .first<{ reason: string | null }>()
      )?.reason
    const [first, own] = [await issue({ company_id: company.id }), await issue({})]
    const second = await issue({ company_id: company.id })
    expect([await reasonOf(first), await reasonOf(own), await reasonOf(second)]).toEqual(['superseded', null, null])
    await must(204, 'DELETE', `${OFFICE}/companies/${company.id}/employees/${client.id}`, { token: us.token })
    expect([await reasonOf(own), await reasonOf(second)]).toEqual([null, 'affiliationChanged'])
    const giveBack = () => call('DELETE', `${REQUESTS}/${own.id}/certificate`, { token: us.token })
    expect(statusesOf(await Promise.all([giveBack(), giveBack()]))).toEqual([204, 404])
    expect(await reasonOf(own)).toBe('unspecified')
    const row = await env.DB.prepare('select certificate from issued_certificates where serial = ?')
      .bind(own.certificate?.serial)
      .first<{ certificate: string }>()
    expect(parseCertificate(fromBase64(row?.certificate ?? '')).serial).toBe(own.certificate?.serial)
  })
})
