import { env } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import { advance, call, codeFor, drain, must, resetClock, statusesOf, until } from '../app.ts'
import { newCompany, newPhone, type Company } from '../factories.ts'
import { invoiceOf, makeDocument, things, type Document } from './kit.ts'

interface Package {
  id: string
  title: string
  status: string
  documents: { id: string; name: string; sha256: string }[]
  participants: { id: string; full_name: string }[]
}

let company: Company
let known: Awaited<ReturnType<typeof things>>
beforeAll(async () => {
  company = await newCompany()
  known = await things(company)
})

const signer = (phone = newPhone()) => ({ order: 1, role: 'signer', person: { full_name: 'Сериков Айбек', phone }, methods: ['sms'] })
const send = (document: Pick<Document, 'id'>, body: object, headers = {}) =>
  call<Document & { detail: string } & Record<string, unknown>>('POST', `/smart_doc/documents/${document.id}/send/`, {
    token: company.token,
    body,
    headers,
  })
const read = (document: Pick<Document, 'id'>) =>
  must<Document>(200, 'GET', `/smart_doc/documents/${document.id}/`, { token: company.token })
const officePackage = (id: string | null) => must<Package>(200, 'GET', `/api/v1/office/packages/${id}`, { token: company.token })

async function bytesOf({ id }: Pick<Document, 'id'>): Promise<Uint8Array> {
  const { SELF } = await import('cloudflare:test')
  const answer = await SELF.fetch(`http://qoltanba.test/smart_doc/documents/${id}/file/`, {
    headers: { authorization: `Bearer ${company.token}` },
  })
  return new Uint8Array(await answer.arrayBuffer())
}
const sha256 = async (bytes: Uint8Array) =>
  Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes.slice())), (b) => b.toString(16).padStart(2, '0')).join('')

/** The link of the only participant. */
async function linkOf(packageId: string | null): Promise<string> {
  const { participants } = await officePackage(packageId)
  const made = await must<{ token: string }>(201, 'POST', `/api/v1/office/packages/${packageId}/signing-links`, {
    token: company.token,
    body: { participant_id: participants[0]?.id },
  })
  return made.token
}

describe('sending', () => {
  it('makes a package of the office, which leads the document to its signed version', { timeout: 60_000 }, async () => {
    const phone = newPhone()
    const made = await makeDocument(company, invoiceOf(known, { date: '2026-11-22' }))
    const original = await bytesOf(made)
    const sent = await send(made, { participants: [signer(phone)] })
    expect([sent.status, sent.body.status]).toEqual([200, 'sent'])
    const shown = await officePackage(sent.body.package_id)
    const title = `Счет на оплату № ${made.number} от 22.11.2026`
    expect(shown).toMatchObject({ title, status: 'in_progress', documents: [{ name: `${title}.pdf`, sha256: await sha256(original) }] })
    const { items } = await must<{ items: Package[] }>(200, 'GET', '/api/v1/office/packages', { token: company.token })
    expect(items.map((p) => p.id)).toContain(shown.id)

    const link = await linkOf(shown.id)
    expect((await call('POST', `/sign/${link}/otp`, { body: {} })).status).toBe(202)
    const code = await codeFor(phone)
    await must(200, 'POST', `/sign/${link}/sign`, { body: { method: 'sms', code, consent: true } })
    expect((await until(async () => (await read(made)).status === 'signed' && (await read(made)), 'signed')).package_id).toBe(shown.id)
    await drain()
    const stamped = await until(async () => {
      const bytes = await bytesOf(made)
      return bytes.length > original.length && bytes
    }, 'the stamped version')
    // An incremental update: the original is the beginning of it.
    expect(stamped.subarray(0, original.length)).toEqual(original)
    expect([(await send(made, { participants: [signer()] })).status, (await read(made)).status]).toEqual([409, 'signed'])
    const { results } = await must<{ results: Document[] }>(200, 'GET', '/smart_doc/documents/?status=signed', { token: company.token })
    expect(results.map((d) => d.id)).toEqual([made.id])
  })

  it('may be repeated after a refusal, a withdrawal and a deadline', async () => {
    const made = await makeDocument(company, invoiceOf(known, { kind: 'act' }))
    const first = await send(made, { participants: [signer()] })
    const link = await linkOf(first.body.package_id)
    await must(200, 'POST', `/sign/${link}/decline`, { body: { reason: 'не та сумма' } })
    expect((await read(made)).status).toBe('declined')

    const second = await send(made, { participants: [signer()] })
    expect(second.body.package_id).not.toBe(first.body.package_id)
    expect(second.body.status).toBe('sent')
    await must(200, 'POST', `/api/v1/office/packages/${second.body.package_id}/revoke`, {
      token: company.token,
      body: { reason: 'ошибка' },
    })
    expect((await read(made)).status).toBe('revoked')

    const deadline = new Date(Date.now() + 600_000).toISOString()
    expect((await send(made, { participants: [signer()], deadline })).body.status).toBe('sent')
    try {
      await advance(900)
      expect((await read(made)).status).toBe('expired')
      expect((await send(made, { participants: [signer()] })).body.status).toBe('sent')
    } finally {
      await resetClock()
    }
  })

  it('of calls side by side one wins, and the others leave nothing to sign', async () => {
    const made = await makeDocument(company, invoiceOf(known))
    const answers = await Promise.all(Array.from({ length: 3 }, () => send(made, { participants: [signer()] })))
    expect(statusesOf(answers)).toEqual([200, 409, 409])
    const { results } = await env.DB.prepare(
      "select status from packages where org_id = ? and title like ? and status in ('draft', 'in_progress')",
    )
      .bind(company.id, `Счет на оплату № ${made.number} %`)
      .all<{ status: string }>()
    expect(results.length).toBe(1)
    expect((await read(made)).status).toBe('sent')
  })

  it('what was cut off before it was sent can be sent again', async () => {
    const made = await makeDocument(company, invoiceOf(known))
    const left = await must<Package>(201, 'POST', '/api/v1/office/packages', {
      token: company.token,
      body: {
        documents: [{ name: 'a.pdf', content_base64: Buffer.from(await bytesOf(made)).toString('base64') }],
        participants: [signer()],
        send: false,
      },
    })
    await env.DB.prepare('update smart_documents set package_id = ? where id = ?').bind(left.id, made.id).run()
    // It may be at work still …
    expect((await send(made, { participants: [signer()] })).status).toBe(409)
    try {
      await advance(121)
      // … but not for ever.
      expect((await send(made, { participants: [signer()] })).body.status).toBe('sent')
    } finally {
      await resetClock()
    }
    expect((await officePackage(left.id)).status).toBe('revoked')
  })

  it('refuses a route that can’t be, and stays a draft', async () => {
    const made = await makeDocument(company, invoiceOf(known))
    const bad: [string, object, number][] = [
      ['nobody', { participants: [] }, 400],
      ['no signer', { participants: [{ ...signer(), role: 'viewer' }] }, 400],
      ['a gap', { participants: [{ ...signer(), order: 2 }] }, 400],
      ['no phone', { participants: [{ ...signer(), person: { full_name: 'А' } }] }, 400],
      ['yesterday', { participants: [signer()], deadline: '2020-01-01T00:00:00Z' }, 400],
      ['a client of nobody', { participants: [{ order: 1, role: 'signer', client_id: '0192f0c1-7d3a-7b1e-9c55-3f1a2b4c5d6e' }] }, 404],
    ]
    for (const [what, body, status] of bad) expect((await send(made, body)).status, what).toBe(status)
    expect(await read(made)).toMatchObject({ status: 'draft', package_id: null })
  })

  it('an Idempotency-Key sends once', async () => {
    const made = await makeDocument(company, invoiceOf(known))
    const body = { participants: [signer()] }
    const headers = { 'idempotency-key': 'send-once' }
    const [one, two] = [await send(made, body, headers), await send(made, body, headers)]
    expect([one.status, two.status, two.body.package_id]).toEqual([200, 200, one.body.package_id])
  })
})
