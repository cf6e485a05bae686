import { afterEach, describe, expect, it } from 'vitest'
import { advance, call, outbox, resetClock, statusesOf, until, wrongCode, type Problem } from '../app.ts'
import { newCompany } from '../factories.ts'
import {
  aPerson,
  approves,
  askAt,
  atLink,
  bySms,
  door,
  employ,
  eventsOf,
  giveKey,
  idOf,
  linkOf,
  look,
  newFirm,
  newPackage,
  on,
  PACKAGES,
  reads,
  serverSign,
  signs,
  type Opened,
} from '../office/packages-kit.ts'
import { evidence } from './package-kit.ts'
import { expectSame, objectOf, originNow, someone } from './object-kit.ts'

afterEach(resetClock)

const times = <T>(count: number, work: (i: number) => Promise<T>) => Promise.all(Array.from({ length: count }, (_, i) => work(i)))

describe('guessing a code', () => {
  it('is five tries in all, by however many links and calls at once', async () => {
    const company = await newCompany()
    const one = aPerson('Угадываемый')
    const p = await newPackage(company, [signs(1, one)])
    const doors = await times(3, () => door(company, p, 0))
    const right = await askAt(doors[0] ?? '', one.phone)
    const answers = await times(24, (i) => atLink(doors[i % 3] ?? '', 'sign', bySms(wrongCode(right))))
    expect(statusesOf(answers)).toEqual([...Array<number>(4).fill(400), ...Array<number>(20).fill(429)])
    expect(statusesOf(await Promise.all(doors.map((token) => atLink(token, 'sign', bySms(right)))))).toEqual([429, 429, 429])
    expect((await eventsOf(company, p)).items.filter((e) => e.type === 'code.refused')).toHaveLength(5)
    await expectSame(p.id)
  })

  it('gets one code a minute and ten an hour, by however many links and calls at once', async () => {
    const company = await newCompany()
    const one = aPerson('Засыпаемый')
    const p = await newPackage(company, [signs(1, one)])
    const doors = await times(3, () => door(company, p, 0))
    const first = await times(12, (i) => atLink(doors[i % 3] ?? '', 'otp'))
    expect(statusesOf(first)).toEqual([202, ...Array<number>(11).fill(429)])
    const after = first.filter(({ status }) => status === 429).map(({ headers }) => Number(headers.get('retry-after')))
    expect(after.every((seconds) => seconds >= 1 && seconds <= 60)).toBe(true)
    for (let i = 1; i < 10; i++) {
      await advance(61)
      expect((await atLink(doors[i % 3] ?? '', 'otp')).status).toBe(202)
    }
    await advance(61)
    expect((await atLink(doors[0] ?? '', 'otp')).status).toBe(429)
    await until(async () => (await outbox(one.phone)).length >= 10 && true, 'ten codes')
    expect(await outbox(one.phone)).toHaveLength(10)
  })

  it('does not begin anew with a new language, link or look', async () => {
    const company = await newCompany()
    const one = aPerson('Упорный')
    const p = await newPackage(company, [signs(1, one)])
    const token = await door(company, p, 0)
    const right = await askAt(token, one.phone)
    for (const lang of ['kk', 'en', 'ru', 'kk', 'en']) {
      await atLink(token, 'sign', bySms(wrongCode(right)))
      await call('GET', `/sign/${token}/package`, { headers: { 'accept-language': lang } })
    }
    expect((await atLink(await door(company, p, 0), 'sign', bySms(right))).status).toBe(429)
  })
})

describe('whoever was replaced', () => {
  it('does nothing more with what it had: neither its link nor its code', async () => {
    const company = await newCompany()
    const [one, other] = [aPerson('Прежний'), aPerson('Новый')]
    const p = await newPackage(company, [signs(1, one)])
    const token = await door(company, p, 0)
    const code = await askAt(token, one.phone)
    expect((await on(company, p)('PUT', `participants/${idOf(p, 0)}`, { person: other })).status).toBe(200)
    const steps: [string, object?][] = [
      ['package'],
      ['otp'],
      ['sign', bySms(code)],
      ['approve', { consent: true }],
      ['decline', { reason: 'x' }],
    ]
    expect(await Promise.all(steps.map(async ([step, body]) => (await atLink(token, step, body)).status))).toEqual(steps.map(() => 410))
    expect((await atLink(await door(company, p, 0), 'sign', bySms(code))).status).toBe(400)
    expect((await look(company, p)).participants[0]?.status).toBe('current')
  })

  it('does not act in the new one’s place by a call that was on its way', async () => {
    const company = await newCompany()
    const p = await newPackage(company, [
      { ...signs(1, aPerson('Прежний')), methods: ['sms', 'cms'] },
      approves(1, aPerson('Прежний согласующий')),
    ])
    const [link, second] = [await linkOf(company, p, 0), await linkOf(company, p, 1)]
    const by = { person: someone('Новый'), clientId: null, companyId: null, methods: ['sms' as const, 'cms' as const] }
    const [signer, approver] = [idOf(p, 0), idOf(p, 1)]
    for (const id of [signer, approver]) await objectOf(p.id).replace(id, by, await originNow())
    // As after the link was found to serve, while the signature was being verified.
    const [origin, his] = [await originNow(), await originNow()].map((o, i) => ({ ...o, linkId: [link, second][i]?.id ?? '' })) as [
      Awaited<ReturnType<typeof originNow>>,
      Awaited<ReturnType<typeof originNow>>,
    ]
    const cms = p.documents.map(({ id }) => evidence(id))
    const answers = [
      await objectOf(p.id).signByKey(signer, null, cms, origin),
      await objectOf(p.id).signByCode(signer, null, '123456', origin),
      await objectOf(p.id).requestCode(signer, null, origin),
      await objectOf(p.id).decline(signer, 'нет', origin),
      await objectOf(p.id).approve(approver, his),
    ]
    expect(answers.map((a) => (a.ok ? 'ok' : a.code))).toEqual(answers.map(() => 'gone'))
    expect((await look(company, p)).participants.map((x) => x.status)).toEqual(['current', 'current'])
    expect(await outbox(by.person.phone)).toEqual([])
    await expectSame(p.id)
  })

  it('does not have the new one’s key sign what was asked of its own', async () => {
    const company = await newCompany()
    const firm = await newFirm(company)
    const [head, next] = [await employ(company, firm, 'head'), await employ(company, firm, 'signer')]
    await Promise.all([giveKey(company, firm, head), giveKey(company, firm, next)])
    const of = (client: { id: string }) => ({ client_id: client.id, company_id: firm.id })
    const p = await newPackage(company, [{ order: 1, role: 'signer', ...of(head), methods: ['server'] }])
    // As when the one call was on its way and the other one came first.
    expect((await on(company, p)('PUT', `participants/${idOf(p, 0)}`, { ...of(next), methods: ['server'] })).status).toBe(200)
    const meant = { clientId: head.id, companyId: firm.id }
    expect(await objectOf(p.id).signByServer(idOf(p, 0), await originNow(), meant)).toMatchObject({ ok: false, code: 'conflict' })
    expect((await serverSign(company, p, head, firm)).status).toBe(403)
    expect((await serverSign(company, p, next, firm)).status).toBe(200)
  })
})

describe('a link out of its time', () => {
  it('that is withdrawn or whose package is ends everything that was begun with it', async () => {
    const company = await newCompany()
    const one = aPerson('Подписант')
    const p = await newPackage(company, [signs(1, one)])
    const [link, other] = [await linkOf(company, p, 0), await linkOf(company, p, 0)]
    const code = await askAt(link.token, one.phone)
    await call('DELETE', `${PACKAGES}/${p.id}/signing-links/${link.id}`, { token: company.token })
    expect((await atLink(link.token, 'sign', bySms(code))).status).toBe(410)
    await on(company, p)('POST', 'revoke')
    expect((await atLink(other.token, 'sign', bySms(code))).status).toBe(410)
  })

  it('neither declines what it signed, nor signs what it declined', async () => {
    const company = await newCompany()
    const [one, two] = [aPerson('Первый'), aPerson('Второй')]
    const p = await newPackage(company, [signs(1, one), signs(1, two)])
    const [mine, theirs] = [await door(company, p, 0), await door(company, p, 1)]
    const code = await askAt(mine, one.phone)
    const answers = await Promise.all([atLink(mine, 'sign', bySms(code)), atLink(mine, 'decline', { reason: 'передумал' })])
    expect(statusesOf(answers)).toEqual([200, 409])
    const signed = answers[0]?.status === 200
    expect((await atLink(mine, 'decline', { reason: 'передумал' })).status).toBe(409)
    expect((await atLink(mine, 'sign', bySms(code))).status).toBe(409)
    expect((await look(company, p)).participants[0]?.status).toBe(signed ? 'signed' : 'declined')
    expect((await atLink(theirs, 'otp')).status).toBe(signed ? 202 : 409)
  })
})

describe('what is sent to a link', () => {
  it.each<[string, string, BodyInit | null, number]>([
    ['no consent', 'sign', '{"method":"sms","code":"123456"}', 400],
    ['consent that is a text', 'approve', '{"consent":"true"}', 400],
    ['consent refused', 'approve', '{"consent":false}', 400],
    ['a code of other digits', 'sign', '{"method":"sms","code":"１２３４５６","consent":true}', 400],
    ['a code with a line end', 'sign', '{"method":"sms","code":"123456\\n","consent":true}', 400],
    ['a number for a code', 'sign', '{"method":"sms","code":123456,"consent":true}', 400],
    ['the server’s method', 'sign', '{"method":"server","consent":true}', 400],
    ['no body', 'decline', null, 400],
    ['a NUL', 'decline', '{"reason":"a\\u0000b"}', 400],
    ['half a letter', 'decline', '{"reason":"\\ud800"}', 400],
    ['bytes that are no UTF-8', 'decline', new Uint8Array([0x7b, 0x22, 0x72, 0xff, 0xfe, 0x22, 0x7d]), 400],
    ['a reason of spaces that are none', 'decline', '{"reason":"\\u200b\\u00a0 \\u2028"}', 400],
    ['too long a reason', 'decline', JSON.stringify({ reason: 'ы'.repeat(1001) }), 400],
    ['an array', 'decline', '[]', 400],
    ['a body of two megabytes', 'decline', `{"reason":"x","more":"${'x'.repeat(2_000_000)}"}`, 413],
    ['five megabytes of signatures', 'sign', `{"method":"cms","consent":true,"more":"${'x'.repeat(5_000_000)}"}`, 413],
  ])('%s is refused', async (_, step, raw, status) => {
    const company = await newCompany()
    const p = await newPackage(company, [{ ...signs(1, aPerson('Подписант')) }, approves(1, aPerson('Согласующий'))])
    const token = await door(company, p, step === 'approve' ? 1 : 0)
    const answer = await call<Problem>('POST', `/sign/${token}/${step}`, {
      ...(raw === null ? {} : { raw }),
      headers: { 'content-type': 'application/json' },
    })
    expect(answer.status).toBe(status)
    expect((await look(company, p)).status).toBe('in_progress')
  })

  it('is kept as it was written, whatever the letters', async () => {
    const company = await newCompany()
    const reason = "Қабылдамаймын \u202eаткод\u202c 👩‍👩‍👧 <script>alert(1)</script> '; drop table packages; --"
    const p = await newPackage(company, [signs(1, aPerson('Отказавшийся'))])
    expect((await atLink(await door(company, p, 0), 'decline', { reason })).status).toBe(200)
    const { items, valid } = await eventsOf(company, p)
    expect([valid, items.find((e) => e.type === 'participant.declined')?.data?.reason]).toEqual([true, reason])
    await expectSame(p.id)
  })

  it('by the wrong method, or from the wrong role, does nothing', async () => {
    const company = await newCompany()
    const p = await newPackage(company, [
      signs(1, aPerson('Подписант')),
      approves(1, aPerson('Согласующий')),
      reads(1, aPerson('Читатель')),
    ])
    const [signer, approver, viewer] = await times(3, (i) => door(company, p, i))
    for (const [method, step] of [
      ['GET', 'otp'],
      ['GET', 'sign'],
      ['PUT', 'sign'],
      ['DELETE', 'package'],
      ['POST', 'package'],
    ] as const)
      expect([404, 405]).toContain((await call(method, `/sign/${signer}/${step}`)).status)
    const asked: [string | undefined, string, object?][] = [
      [signer, 'approve', { consent: true }],
      [approver, 'otp'],
      [approver, 'sign', bySms('123456')],
      [viewer, 'otp'],
      [viewer, 'sign', bySms('123456')],
      [viewer, 'approve', { consent: true }],
      [viewer, 'decline', { reason: 'нет' }],
    ]
    const answers = await Promise.all(asked.map(([token = '', step, body]) => atLink(token, step, body)))
    expect(answers.map((a) => a.status)).toEqual(asked.map(() => 403))
    expect((await atLink<Opened>(signer ?? '', 'package')).body.participant.status).toBe('current')
    await expectSame(p.id)
  })
})
