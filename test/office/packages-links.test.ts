import { afterEach, describe, expect, it } from 'vitest'
import { makeToken } from '../../src/signing/links.ts'
import { uuidv7 } from '../../src/lib/ids.ts'
import { advance, call, drain, outbox, resetClock, wrongCode } from '../app.ts'
import { newCompany, newIin, onePage } from '../factories.ts'
import { count, NOBODY, register } from './kit.ts'
import {
  aPerson,
  approves,
  askAt,
  atLink,
  bySms,
  documentOf,
  door,
  eventsOf,
  idOf,
  linkOf,
  newFirm,
  newPackage,
  employ,
  on,
  reads,
  signs,
  type Opened,
} from './packages-kit.ts'

afterEach(resetClock)

describe('a link', () => {
  it('shows the documents, who asks and what may be done, and nobody else', async () => {
    const company = await newCompany({ name: 'ТОО «Отправитель»' })
    const [one, two] = [aPerson('Первый Подписант', { iin: newIin(), email: 'one@example.com' }), aPerson('Второй Подписант')]
    const p = await newPackage(company, [signs(1, one, ['sms', 'cms']), signs(1, two)], {
      documents: [documentOf('Agreement'), documentOf('Annex')],
    })
    const [mine, theirs] = [await linkOf(company, p, 0), await linkOf(company, p, 1)]
    expect(mine.token).toMatch(/^[\w-]{64}$/)
    expect(mine.url.endsWith(`/sign/${mine.token}`)).toBe(true)
    expect(Date.parse(mine.expires_at) - Date.now()).toBeGreaterThan(86_000_000)
    const { status, body, text, headers } = await atLink<Opened>(mine.token, 'package')
    expect([status, body]).toEqual([
      200,
      {
        package: {
          id: p.id,
          title: p.title,
          status: 'in_progress',
          organization: 'ТОО «Отправитель»',
          subject: 'package',
          deadline: null,
          documents: p.documents.map(({ id, name, size, sha256 }) => ({ id, name, size, sha256 })),
          results: [],
        },
        participant: {
          id: idOf(p, 0),
          full_name: one.full_name,
          role: 'signer',
          status: 'current',
          phone_hint: `${one.phone.slice(0, 2)} ••• ••• ${one.phone.slice(-4, -2)} ${one.phone.slice(-2)}`,
          company: null,
        },
        methods: ['sms', 'cms'],
        expires_at: mine.expires_at,
        code: null,
      },
    ])
    for (const secret of [one.phone, two.phone, two.full_name, one.iin, 'one@example.com', theirs.token, mine.token])
      expect(text).not.toContain(secret)
    expect(headers.get('cache-control')).toContain('no-store')
    const file = await call('GET', `/sign/${mine.token}/files/${p.documents[1]?.id}`)
    expect([file.status, file.headers.get('content-type'), file.text.startsWith('%PDF-')]).toEqual([200, 'application/pdf', true])
    expect(Number(file.headers.get('content-length') ?? onePage('Annex').length)).toBe(onePage('Annex').length)
    const page = await call('GET', `/sign/${mine.token}`)
    expect([page.status, page.headers.get('referrer-policy'), page.text.includes(mine.token)]).toEqual([200, 'no-referrer', false])
    expect(page.headers.get('content-security-policy')).not.toMatch(/unsafe-inline|unsafe-eval|\*/)
  })

  it('shows for which company somebody acts, and what the server’s methods are no use for', async () => {
    const company = await newCompany()
    const firm = await newFirm(company)
    const head = await employ(company, firm, 'head')
    const p = await newPackage(company, [
      { order: 1, role: 'signer', client_id: head.id, company_id: firm.id, methods: ['sms', 'server'] },
      reads(1, { full_name: 'Читатель' }),
      approves(1, { full_name: 'Согласующий' }),
    ])
    expect((await atLink<Opened>(await door(company, p, 0), 'package')).body).toMatchObject({
      methods: ['sms'],
      participant: { company: 'ТОО «Ромашка»' },
    })
    for (const place of [1, 2])
      expect((await atLink<Opened>(await door(company, p, place), 'package')).body).toMatchObject({
        methods: [],
        participant: { phone_hint: null },
      })
  })

  it('lives as long as it was made for: a minute to a week, a day unless told', async () => {
    const company = await newCompany()
    const p = await newPackage(company, [signs(1, aPerson('А'))])
    const make = async (ttl_seconds: unknown) =>
      (await on(company, p)('POST', 'signing-links', { participant_id: idOf(p, 0), ttl_seconds })).status
    for (const ttl of [59, 604_801, 0, -1, 60.5, '60', null]) expect(await make(ttl), String(ttl)).toBe(400)
    expect([await make(604_800), await make(60)]).toEqual([201, 201])
    const short = await linkOf(company, p, 0, 60)
    await advance(61)
    for (const [step, body] of [
      ['package'],
      ['otp'],
      ['sign', bySms('123456')],
      ['approve', { consent: true }],
      ['decline', { reason: 'x' }],
    ] as const)
      expect((await atLink(short.token, step, body)).status, step).toBe(410)
    expect((await call('GET', `/sign/${short.token}/files/${p.documents[0]?.id}`)).status).toBe(410)
    expect((await call('GET', `/sign/${short.token}`)).status).toBe(410)
  })

  it('that is withdrawn is gone, for what had begun with it, too; another one goes on', async () => {
    const company = await newCompany()
    const one = aPerson('Первый')
    const p = await newPackage(company, [signs(1, one)])
    const [gone, other] = [await linkOf(company, p, 0), await linkOf(company, p, 0)]
    const code = await askAt(gone.token, one.phone)
    expect((await on(company, p)('DELETE', `signing-links/${gone.id}`)).status).toBe(204)
    expect((await on(company, p)('DELETE', `signing-links/${gone.id}`)).status).toBe(204)
    expect((await on(company, p)('DELETE', `signing-links/${NOBODY}`)).status).toBe(404)
    for (const [step, body] of [['package'], ['otp'], ['sign', bySms(code)]] as const)
      expect((await atLink(gone.token, step, body)).status, step).toBe(410)
    expect((await atLink<Opened>(other.token, 'package')).body.code).toMatchObject({ expires_at: expect.any(String) as string })
    expect((await atLink(other.token, 'sign', bySms(code))).body).toEqual({ participant_status: 'signed', package_status: 'signed' })
  })

  it('that never was is 404, everywhere, and leaves nothing', async () => {
    const company = await newCompany()
    const p = await newPackage(company, [signs(1, aPerson('А'))])
    const kept = async () => [
      await eventsOf(company, p),
      await count('select count(*) as n from packages'),
      await count('select count(*) as n from idempotency_keys'),
    ]
    const before = await kept()
    const steps = [['package'], ['otp'], ['sign', bySms('123456')], ['approve', { consent: true }], ['decline', { reason: 'x' }]] as const
    for (const token of ['x'.repeat(43), 'x'.repeat(64), makeToken(uuidv7(Date.now())), makeToken(p.id), 'я', '%2e%2f', "'", NOBODY]) {
      for (const [step, body] of steps) expect((await atLink(token, step, body)).status, `${token} ${step}`).toBe(404)
      expect((await call('GET', `/sign/${token}/files/${p.documents[0]?.id}`)).status, token).toBe(404)
      expect((await call('GET', `/sign/${token}`)).status, token).toBe(404)
    }
    expect(await kept()).toEqual(before)
  })

  it('opens no other package’s file, nor one that is none', async () => {
    const company = await newCompany()
    const [mine, other] = [await newPackage(company, [signs(1, aPerson('А'))]), await newPackage(company, [signs(1, aPerson('Б'))])]
    const token = await door(company, mine, 0)
    for (const id of [other.documents[0]?.id, NOBODY, 'x', '%2e%2f', '%00'])
      expect((await call('GET', `/sign/${token}/files/${id}`)).status, id).toBe(404)
    expect((await call('GET', `/sign/${token}/files/${mine.documents[0]?.id?.toUpperCase()}`)).status).toBe(200)
  })

  it('is a participant’s of the package', async () => {
    const company = await newCompany()
    const p = await newPackage(company, [signs(1, aPerson('А'))])
    expect((await on(company, p)('POST', 'signing-links', { participant_id: NOBODY })).status).toBe(404)
    expect((await on(company, p)('POST', 'signing-links', {})).status).toBe(400)
    expect((await on(company, p)('POST', 'signing-links', { participant_id: 'x' })).status).toBe(400)
    const draft = await newPackage(company, [signs(1, aPerson('А'))], { send: false })
    expect((await on(company, draft)('POST', 'signing-links', { participant_id: idOf(draft, 0) })).status).toBe(409)
  })

  it('leaves in the trail that it was made and first looked at, but not itself', async () => {
    const company = await newCompany()
    const p = await newPackage(company, [signs(1, aPerson('А'))])
    const { id, token } = await linkOf(company, p, 0)
    for (let i = 0; i < 3; i++) await atLink(token, 'package')
    const { items } = await eventsOf(company, p)
    const of = (type: string) => items.filter((e) => e.type === type).map((e) => [e.data?.link_id, e.data?.participant_id])
    expect([of('link.created'), of('link.opened')]).toEqual([[[id, idOf(p, 0)]], [[id, idOf(p, 0)]]])
    expect(JSON.stringify(items)).not.toContain(token.slice(22))
  })
})

describe('a code by a link', () => {
  it('has six digits, lives five minutes, comes once a minute and ends the one before', async () => {
    const company = await newCompany()
    const one = aPerson('Медлительный')
    const p = await newPackage(company, [signs(1, one)])
    const token = await door(company, p, 0)
    const asked = await atLink<{ expires_at: string }>(token, 'otp')
    expect(asked.status).toBe(202)
    expect(Math.abs(Date.parse(asked.body.expires_at) - Date.now() - 300_000)).toBeLessThan(20_000)
    const again = await atLink(token, 'otp')
    expect([again.status, Number(again.headers.get('retry-after')) > 30]).toEqual([429, true])
    await drain()
    const [first] = await outbox(one.phone)
    expect(first?.code).toMatch(/^\d{6}$/)
    expect(first?.text).toContain('Договор №7')
    await advance(61)
    const second = await askAt(token, one.phone, 2)
    if (second !== first?.code) expect((await atLink(token, 'sign', bySms(first?.code ?? ''))).status).toBe(400)
    await advance(301)
    const late = await atLink(token, 'sign', bySms(second))
    expect([late.status, late.body.detail]).toEqual([400, expect.stringMatching(/expired/)])
  })

  it('ends after five wrong ones, for the right one too, until a new one', async () => {
    const company = await newCompany()
    const one = aPerson('Угадываемый')
    const p = await newPackage(company, [signs(1, one)])
    const [token, other] = [await door(company, p, 0), await door(company, p, 0)]
    const right = await askAt(token, one.phone)
    const statuses: number[] = []
    for (let i = 0; i < 6; i++) statuses.push((await atLink(i % 2 ? other : token, 'sign', bySms(wrongCode(right)))).status)
    expect(statuses).toEqual([400, 400, 400, 400, 429, 429])
    expect((await atLink(token, 'sign', bySms(right))).status).toBe(429)
    // A page that is opened now does not ask for a code that serves no more.
    expect((await atLink<Opened>(other, 'package')).body.code).toBeNull()
    await advance(61)
    expect((await atLink(token, 'sign', bySms(await askAt(token, one.phone, 2)))).status).toBe(200)
    const { items } = await eventsOf(company, p)
    expect(items.filter((e) => e.type === 'code.refused')).toHaveLength(5)
  })

  it('signs with consent alone, in the forms that are declared', async () => {
    const company = await newCompany()
    const one = aPerson('Первый')
    const p = await newPackage(company, [signs(1, one)])
    const token = await door(company, p, 0)
    const code = await askAt(token, one.phone)
    const bodies = [
      {},
      { method: 'sms', code },
      { method: 'sms', code, consent: false },
      { method: 'sms', code, consent: 'true' },
      { method: 'sms', consent: true },
      { method: 'sms', code: '12345', consent: true },
      { method: 'sms', code: Number(code), consent: true },
      { method: 'fax', code, consent: true },
      { method: 'server', consent: true },
      { method: 'cms', consent: true },
      { method: 'cms', consent: true, signatures: [] },
    ]
    for (const body of bodies) expect((await atLink(token, 'sign', body)).status, JSON.stringify(body)).toBe(400)
    expect((await atLink(token, 'approve', {})).status).toBe(400)
    expect((await atLink(token, 'sign', bySms(code))).status).toBe(200)
    const signed = (await eventsOf(company, p)).items.find((e) => e.type === 'participant.signed')
    expect(signed?.data).toMatchObject({
      participant_id: idOf(p, 0),
      method: 'sms',
      consent: true,
      code_checked: true,
      documents: [p.documents[0]?.sha256],
    })
    expect(JSON.stringify(signed)).not.toContain(`"${code}"`)
  })

  it('is for this participant’s place: another’s link takes another’s code', async () => {
    const company = await newCompany()
    const [one, two] = [aPerson('Первый'), aPerson('Второй')]
    const p = await newPackage(company, [signs(1, one), signs(1, two)])
    const [lOne, lTwo] = [await door(company, p, 0), await door(company, p, 1)]
    const [mine, theirs] = [await askAt(lOne, one.phone), await askAt(lTwo, two.phone)]
    if (mine !== theirs) expect((await atLink(lTwo, 'sign', bySms(mine))).status).toBe(400)
    // Nor does it log anybody in.
    const client = await register(company, { phone: one.phone })
    expect((await call('POST', '/api/v1/office/clients/login', { body: { phone: client.phone, code: mine } })).status).toBe(401)
    expect((await atLink(lOne, 'sign', bySms(mine))).status).toBe(200)
  })

  it('comes twice with one Idempotency-Key and signs once', async () => {
    const company = await newCompany()
    const one = aPerson('Первый')
    const p = await newPackage(company, [signs(1, one)])
    const token = await door(company, p, 0)
    const body = bySms(await askAt(token, one.phone))
    const headers = { 'idempotency-key': crypto.randomUUID() }
    const post = () => call('POST', `/sign/${token}/sign`, { body, headers })
    const [first, again] = [await post(), await post()]
    expect([first.status, again.status, again.body]).toEqual([200, 200, first.body])
    expect((await atLink(token, 'sign', body)).status).toBe(409)
  })
})
