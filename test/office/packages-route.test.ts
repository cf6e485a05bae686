import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { advance, call, must, outbox, resetClock, until, wrongCode } from '../app.ts'
import { balanceOf, newCompany, newIin, newPhone, type Company } from '../factories.ts'
import { act, NOBODY, OFFICE, register, session, type Client } from './kit.ts'
import {
  aPerson,
  approves,
  askAt,
  atLink,
  bySms,
  create,
  documentOf,
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
  setUnits,
  signAt,
  signs,
  statusesOf,
  type Opened,
  type Package,
} from './packages-kit.ts'

afterEach(resetClock)

const became = (mine: string, whole: string) => [200, { participant_status: mine, package_status: whole }]
const said = ({ status, body }: { status: number; body: unknown }) => [status, body]

describe('a route', () => {
  it('goes from the approver over the employee’s server signature to two at once', async () => {
    const company = await newCompany()
    const firm = await newFirm(company)
    const [head, viewer] = [await employ(company, firm, 'head'), await employ(company, firm, 'viewer')]
    await giveKey(company, firm, head)
    const [boss, one, two] = [aPerson('Согласующий Руководитель'), aPerson('Первый Подписант'), aPerson('Второй Подписант')]
    const p = await newPackage(
      company,
      [
        approves(1, boss),
        { order: 2, role: 'signer', client_id: head.id, company_id: firm.id, methods: ['server'] },
        signs(3, one),
        signs(3, two),
        { order: 3, role: 'viewer', client_id: viewer.id },
      ],
      { documents: [documentOf('Agreement'), documentOf('Annex')] },
    )
    const [lBoss, lOne, lTwo, lViewer] = [
      await door(company, p, 0),
      await door(company, p, 2),
      await door(company, p, 3),
      await door(company, p, 4),
    ]
    // Nobody before their turn, nobody beyond their role.
    expect((await atLink(lOne, 'otp')).status).toBe(409)
    expect((await atLink(lOne, 'sign', bySms('123456'))).status).toBe(409)
    expect((await serverSign(company, p, head, firm)).status).toBe(409)
    for (const token of [lViewer, lBoss])
      for (const [step, body] of [['otp'], ['sign', bySms('123456')]] as const) expect((await atLink(token, step, body)).status).toBe(403)
    expect((await atLink(lViewer, 'approve', { consent: true })).status).toBe(403)
    expect((await atLink(lViewer, 'decline', { reason: 'не моё дело' })).status).toBe(403)
    expect((await atLink(lOne, 'approve', { consent: true })).status).toBe(403)

    expect(said(await atLink(lBoss, 'approve', { consent: true }))).toEqual(became('approved', 'in_progress'))
    expect((await atLink(lBoss, 'approve', { consent: true })).status).toBe(409)
    expect((await atLink(lBoss, 'decline', { reason: 'передумал' })).status).toBe(409)
    expect((await serverSign(company, p, viewer, firm)).status).toBe(403)
    const signed = await serverSign(company, p, head, firm)
    expect([signed.status, signed.body.current_order, statusesOf(signed.body)]).toEqual([200, 3, 'approved,signed,current,current,viewing'])
    expect((await serverSign(company, p, head, firm)).status).toBe(409)

    // Both at one moment, and one of them three times over, on two links.
    const codes = [await askAt(lOne, one.phone), await askAt(lTwo, two.phone)]
    const spare = await door(company, p, 2)
    expect((await atLink(lTwo, 'sign', bySms(codes[0] === codes[1] ? wrongCode(codes[1] ?? '') : (codes[0] ?? '')))).status).toBe(400)
    const raced = await Promise.all(
      [lOne, lTwo, lOne, spare].map((token) => atLink(token, 'sign', bySms((token === lTwo ? codes[1] : codes[0]) ?? ''))),
    )
    expect(raced[1]?.status).toBe(200)
    expect([raced[0], raced[2], raced[3]].map((a) => a?.status ?? 0).toSorted((a, b) => a - b)).toEqual([200, 409, 409])
    const done = await look(company, p)
    expect([done.status, statusesOf(done)]).toEqual(['signed', 'approved,signed,signed,signed,viewing'])
    expect(done.participants.map((x) => x.method)).toEqual([null, 'server', 'sms', 'sms', null])
    expect(done.completed_at).not.toBeNull()
    expect((await balanceOf(company.id)).left).toEqual({ sms_signatures: 8, ecp_signatures: 4 })

    // What is signed stays signed.
    expect((await atLink(lTwo, 'decline', { reason: 'поздно' })).status).toBe(409)
    for (const [method, step, body] of [
      ['POST', 'revoke', { reason: 'поздно' }],
      ['POST', 'remind', undefined],
      ['POST', 'send', undefined],
      ['POST', 'signing-links', { participant_id: idOf(p, 2) }],
      ['PUT', `participants/${idOf(p, 2)}`, { person: aPerson('Поздний') }],
    ] as const)
      expect((await on(company, p)(method, step, body)).status, step).toBe(409)
    const { items, valid } = await eventsOf(company, p)
    const times = (type: string) => items.filter((e) => e.type === type).length
    expect([valid, times('participant.approved'), times('participant.signed'), times('package.signed')]).toEqual([true, 1, 3, 1])
    // Who did it is told: the licensee, or the participant by its link.
    const actors = items.filter((e) => e.type === 'participant.signed').map((e) => e.actor.split(':')[0])
    expect(actors).toEqual(['user', 'participant', 'participant'])
  })

  it('needs n of m where it says so', async () => {
    const company = await newCompany()
    const pair = [aPerson('Любой Первый'), aPerson('Любой Второй')]
    const last = aPerson('Последний')
    const p = await newPackage(company, [...pair.map((x) => signs(1, x)), signs(2, last)], { quorums: [{ order: 1, need: 1 }] })
    const late = await door(company, p, 0)
    expect(said(await signAt(company, p, 1, pair[1]?.phone))).toEqual(became('signed', 'in_progress'))
    expect(statusesOf(await look(company, p))).toBe('not_needed,signed,current')
    expect((await atLink(late, 'otp')).status).toBe(409)
    expect((await atLink(late, 'decline', { reason: 'поздно' })).status).toBe(409)
    expect((await on(company, p)('PUT', `participants/${idOf(p, 0)}`, { person: aPerson('Поздний') })).status).toBe(409)
    expect(said(await signAt(company, p, 2, last.phone))).toEqual(became('signed', 'signed'))
  })
})

describe('declining', () => {
  it('ends the package; those who took part hear of it, and nobody else', async () => {
    const company = await newCompany({ name: 'ТОО «Отправитель»' })
    const [agreed, no, other, third] = [aPerson('Согласовавший'), aPerson('Несогласный'), aPerson('Второй'), aPerson('Третий')]
    const p = await newPackage(company, [approves(1, agreed), signs(2, no), signs(2, other), signs(3, third)])
    expect((await atLink(await door(company, p, 0), 'approve', { consent: true })).status).toBe(200)
    const [lNo, lOther, lThird] = [await door(company, p, 1), await door(company, p, 2), await door(company, p, 3)]
    const sent = await askAt(lOther, other.phone)
    expect((await atLink(lThird, 'decline', { reason: 'не моя очередь' })).status).toBe(409)
    for (const reason of ['', '   ', 'я'.repeat(1001)])
      expect((await atLink(lNo, 'decline', { reason })).status, reason.slice(0, 3)).toBe(400)
    expect(said(await atLink(lNo, 'decline', { reason: ' Не согласен с п. 3 ' }))).toEqual(became('declined', 'declined'))
    expect((await atLink(lNo, 'decline', { reason: 'ещё раз' })).status).toBe(409)
    expect((await atLink(lOther, 'otp')).status).toBe(409)
    expect((await atLink(lOther, 'sign', bySms(sent))).status).toBe(409)
    const after = await look(company, p)
    expect([after.status, statusesOf(after), after.completed_at]).toEqual(['declined', 'approved,declined,current,waiting', null])
    const declined = (await eventsOf(company, p)).items.find((e) => e.type === 'participant.declined')
    expect(declined?.data).toMatchObject({ participant_id: idOf(p, 1), reason: 'Не согласен с п. 3' })
    const news = async (phone = '') => (await outbox(phone)).filter((m) => m.code === null).map((m) => m.text)
    await until(async () => (await news(agreed.phone)).length > 0 && (await news(other.phone)).length > 0, 'the news of a refusal')
    expect((await news(agreed.phone))[0]).toMatch(/ТОО «Отправитель».*отказался/)
    expect([await news(no.phone), await news(third.phone)]).toEqual([[], []])
    expect((await balanceOf(company.id)).left.sms_signatures).toBe(10)
  })
})

describe('withdrawing', () => {
  it('ends links and codes; once; and is told to those who took part', async () => {
    const company = await newCompany()
    const [one, two] = [aPerson('Первый'), aPerson('Второй')]
    const p = await newPackage(company, [signs(1, one), signs(2, two)])
    const token = await door(company, p, 0)
    const code = await askAt(token, one.phone)
    const done = await on(company, p)('POST', 'revoke', { reason: 'ошибка' })
    expect([done.status, done.body.status, statusesOf(done.body)]).toEqual([200, 'revoked', 'current,waiting'])
    expect((await on(company, p)('POST', 'revoke', {})).status).toBe(409)
    for (const [step, body] of [
      ['package'],
      ['otp'],
      ['sign', bySms(code)],
      ['approve', { consent: true }],
      ['decline', { reason: 'x' }],
    ] as const)
      expect((await atLink(token, step, body)).status, step).toBe(410)
    expect((await call('GET', `/sign/${token}`)).status).toBe(410)
    expect((await call('GET', `/sign/${token}/files/${p.documents[0]?.id}`)).status).toBe(410)
    expect((await call<{ valid: boolean }>('GET', `/api/v1/verify/${p.id}`)).body.valid).toBe(false)
    const texts = await until(async () => {
      const found = (await outbox(one.phone)).filter((m) => m.code === null)
      return found.length > 0 && found
    }, 'the news of a withdrawal')
    expect([texts.length, texts[0]?.text.includes('отозваны'), (await outbox(two.phone)).length]).toEqual([1, true, 0])
  })

  it('ends a draft, of which nobody knew', async () => {
    const company = await newCompany()
    const one = aPerson('Первый')
    const draft = await newPackage(company, [signs(1, one)], { send: false })
    expect((await on(company, draft)('POST', 'revoke')).body.status).toBe('revoked')
    expect((await on(company, draft)('POST', 'send')).status).toBe(409)
    expect(await outbox(one.phone)).toEqual([])
  })
})

describe('replacing', () => {
  it('puts somebody else in the place: old links and codes die, the trail says so', async () => {
    const company = await newCompany()
    const [old, fresh] = [aPerson('Заменённый'), aPerson('Новый Подписант', { iin: newIin() })]
    const p = await newPackage(company, [signs(1, old)])
    const token = await door(company, p, 0)
    const code = await askAt(token, old.phone)
    const replaced = await on(company, p)('PUT', `participants/${idOf(p, 0)}`, { person: fresh })
    expect([replaced.status, replaced.body.participants.map((x) => [x.id, x.full_name, x.status])]).toEqual([
      200,
      [[idOf(p, 0), 'Новый Подписант', 'current']],
    ])
    for (const [step, body] of [['package'], ['otp'], ['sign', bySms(code)]] as const)
      expect((await atLink(token, step, body)).status, step).toBe(410)
    const next = await door(company, p, 0)
    // The code that went to the one before is nobody's.
    expect((await atLink(next, 'sign', bySms(code))).status).toBe(400)
    expect(said(await atLink(next, 'sign', bySms(await askAt(next, fresh.phone))))).toEqual(became('signed', 'signed'))
    const { items } = await eventsOf(company, p)
    expect(items.filter((e) => e.type === 'participant.replaced').map((e) => e.data?.participant_id)).toEqual([idOf(p, 0)])
    expect((await on(company, p)('PUT', `participants/${idOf(p, 0)}`, { person: aPerson('Поздний') })).status).toBe(409)
  })

  it('takes who is somebody, for those who are there', async () => {
    const company = await newCompany()
    const p = await newPackage(company, [signs(1, aPerson('А')), reads(1, aPerson('Б'))])
    const put = async (body: object, participant = idOf(p, 0)) => (await on(company, p)('PUT', `participants/${participant}`, body)).status
    for (const body of [
      {},
      { person: {} },
      { person: aPerson(' ') },
      { person: aPerson('В'), client_id: NOBODY },
      { person: aPerson('В'), methods: ['fax'] },
    ])
      expect(await put(body), JSON.stringify(body)).toBe(400)
    expect(await put({ person: { full_name: 'Без телефона' }, methods: ['sms'] })).toBe(400)
    expect(await put({ client_id: NOBODY })).toBe(404)
    expect(await put({ person: aPerson('В') }, NOBODY)).toBe(404)
    expect(await put({ person: aPerson('Другой читатель') }, idOf(p, 1))).toBe(200)
    expect((await look(company, p)).participants.map((x) => [x.full_name, x.role, x.status])).toEqual([
      ['А', 'signer', 'current'],
      ['Другой читатель', 'viewer', 'viewing'],
    ])
  })
})

describe('reminding', () => {
  it('reaches those whose turn it is with a link, once an hour', async () => {
    const company = await newCompany({ name: 'ТОО «Отправитель»' })
    const people = ['Первый', 'Второй', 'Третий'].map((n) => aPerson(n))
    const p = await newPackage(
      company,
      people.map((x, i) => signs(i < 2 ? 1 : 2, x)),
    )
    // A key outlives the hour, which a session does not.
    const { key } = await must<{ key: string }>(201, 'POST', '/api/v1/api-keys', {
      token: company.token,
      body: { name: 'ERP', scopes: ['packages:write'] },
    })
    const remind = () => on({ token: key }, p)<{ reminded: number }>('POST', 'remind')
    const first = await remind()
    expect([first.status, first.body.reminded]).toEqual([202, 2])
    const again = await remind()
    expect([again.status, Number(again.headers.get('retry-after')) > 3500]).toEqual([429, true])
    const text = await until(async () => (await outbox(people[1]?.phone ?? ''))[0]?.text, 'a reminder')
    expect(text).toContain('ТОО «Отправитель»')
    const token = /\/sign\/([\w-]{64})/.exec(text)?.[1] ?? ''
    expect((await atLink<Opened>(token, 'package')).body.participant.full_name).toBe('Второй')
    expect(said(await atLink(token, 'sign', bySms(await askAt(token, people[1]?.phone, 2))))).toEqual(became('signed', 'in_progress'))
    expect(await outbox(people[2]?.phone ?? '')).toEqual([])
    await advance(3601)
    expect((await remind()).body).toEqual({ reminded: 1 })
  })
})

describe('time', () => {
  it('ends a package at its deadline: nobody acts any more, and links show the end', async () => {
    const company = await newCompany()
    const one = aPerson('Опоздавший')
    const p = await newPackage(company, [signs(1, one)], { deadline: new Date(Date.now() + 600_000).toISOString() })
    const token = await door(company, p, 0)
    const code = await askAt(token, one.phone)
    await advance(601)
    // Each call finds it expired by itself, whoever comes first.
    expect((await atLink(token, 'sign', bySms(code))).status).toBe(409)
    expect((await atLink(token, 'otp')).status).toBe(409)
    expect((await atLink(token, 'decline', { reason: 'поздно' })).status).toBe(409)
    expect((await atLink<Opened>(token, 'package')).body.package.status).toBe('expired')
    expect((await look(company, p)).status).toBe('expired')
    for (const step of ['send', 'remind', 'revoke']) expect((await on(company, p)('POST', step)).status, step).toBe(409)
    expect((await on(company, p)('POST', 'signing-links', { participant_id: idOf(p, 0) })).status).toBe(409)
    const { items } = await eventsOf(company, p)
    expect(items.filter((e) => e.type === 'package.expired')).toHaveLength(1)
    expect((await balanceOf(company.id)).left.sms_signatures).toBe(10)
  })

  it('ends it for each operation that is the first to come', async () => {
    const company = await newCompany()
    const late = (i: number) =>
      newPackage(company, [signs(1, aPerson(`${i}`)), approves(1, aPerson('С'))], { deadline: new Date(Date.now() + 60_000).toISOString() })
    const made = await Promise.all(Array.from({ length: 6 }, (_, i) => late(i)))
    const [revoke, remind, replace, link, approver, looked] = made as [Package, Package, Package, Package, Package, Package]
    const token = await door(company, approver, 1)
    await advance(61)
    expect((await on(company, revoke)('POST', 'revoke', {})).status).toBe(409)
    expect((await on(company, remind)('POST', 'remind')).status).toBe(409)
    expect((await on(company, replace)('PUT', `participants/${idOf(replace, 0)}`, { person: aPerson('Н') })).status).toBe(409)
    expect((await on(company, link)('POST', 'signing-links', { participant_id: idOf(link, 0) })).status).toBe(409)
    expect((await atLink(token, 'approve', { consent: true })).status).toBe(409)
    await look(company, looked)
    for (const p of made) expect((await look(company, p)).status).toBe('expired')
  })
})

describe('by right', () => {
  let company: Company
  let firm: { id: string }
  beforeAll(async () => {
    company = await newCompany()
    firm = await newFirm(company)
  })
  const forThem = (client: Pick<Client, 'id'>, methods: string[], role = 'signer') => ({
    order: 1,
    role,
    client_id: client.id,
    company_id: firm.id,
    methods,
  })

  it('only what an employee may do for the company at that moment', async () => {
    const viewer = await employ(company, firm, 'viewer')
    const reader = await newPackage(company, [forThem(viewer, ['sms'])])
    const token = await door(company, reader, 0)
    expect((await atLink(token, 'otp')).status).toBe(403)
    expect((await atLink(token, 'sign', bySms('123456'))).status).toBe(403)
    expect((await atLink(token, 'decline', { reason: 'x' })).status).toBe(403)
    const leaver = await employ(company, firm, 'signer')
    await giveKey(company, firm, leaver)
    const left = await newPackage(company, [forThem(leaver, ['server'])])
    await must(204, 'DELETE', `${OFFICE}/companies/${firm.id}/employees/${leaver.id}`, { token: company.token })
    expect((await serverSign(company, left, leaver, firm)).status).toBe(403)
    expect((await look(company, left)).status).toBe('in_progress')
  })

  it('only by the methods given', async () => {
    const head = await employ(company, firm, 'head')
    const careful = aPerson('Осторожный')
    const strict = await newPackage(company, [signs(1, careful, ['cms'])])
    const token = await door(company, strict, 0)
    expect((await atLink(token, 'otp')).status).toBe(403)
    expect((await atLink(token, 'sign', bySms('123456'))).status).toBe(403)
    expect(await outbox(careful.phone)).toEqual([])
    const bySmsOnly = await newPackage(company, [forThem(head, ['sms'])])
    expect((await serverSign(company, bySmsOnly, head, firm)).status).toBe(403)
  })

  it('no server signature without a key: none yet, or deleted', async () => {
    const signer = await employ(company, firm, 'signer')
    const p = await newPackage(company, [forThem(signer, ['server'])])
    expect((await serverSign(company, p, signer, firm)).status).toBe(403)
    const key = await giveKey(company, firm, signer)
    await must(204, 'DELETE', `${OFFICE}/companies/${firm.id}/server-signatures/${key.id}`, { token: company.token })
    expect((await serverSign(company, p, signer, firm)).status).toBe(403)
    expect((await look(company, p)).participants[0]?.status).toBe('current')
    await giveKey(company, firm, signer)
    expect((await serverSign(company, p, signer, firm)).body.status).toBe('signed')
  })

  it('not for somebody who is on no route, nor for whom there is not', async () => {
    const [head, stranger] = [await employ(company, firm, 'head'), await employ(company, firm, 'head')]
    await giveKey(company, firm, head)
    const p = await newPackage(company, [forThem(head, ['server'])])
    expect((await serverSign(company, p, stranger, firm)).status).toBe(403)
    expect((await serverSign(company, p, { id: NOBODY }, firm)).status).toBe(404)
    expect((await serverSign(company, p, head, { id: NOBODY })).status).toBe(404)
    expect((await on(company, p)('POST', 'server-sign', { client_id: head.id })).status).toBe(400)
    expect((await look(company, p)).status).toBe('in_progress')
  })

  it('a blocked client gets no code and signs nothing', async () => {
    const client = await register(company)
    const p = await newPackage(company, [{ order: 1, role: 'signer', client_id: client.id, methods: ['sms'] }])
    const token = await door(company, p, 0)
    const code = await askAt(token, client.phone)
    await act(company, client, 'block')
    expect((await atLink(token, 'sign', bySms(code))).status).toBe(403)
    await advance(61)
    expect((await atLink(token, 'otp')).status).toBe(409)
    expect((await atLink(token, 'decline', { reason: 'x' })).status).toBe(403)
    await act(company, client, 'unblock')
    expect(said(await atLink(token, 'sign', bySms(code)))).toEqual(became('signed', 'signed'))
  })
})

describe('units', () => {
  it('none left: no code, no signature, and nothing is lost by having tried', async () => {
    const company = await newCompany()
    const one = aPerson('Первый')
    const p = await newPackage(company, [signs(1, one)])
    const token = await door(company, p, 0)
    const code = await askAt(token, one.phone)
    await setUnits(company.id, 0)
    expect((await atLink(token, 'sign', bySms(code))).status).toBe(402)
    await advance(61)
    expect((await atLink(token, 'otp')).status).toBe(402)
    await setUnits(company.id, 1)
    expect(said(await atLink(token, 'sign', bySms(code)))).toEqual(became('signed', 'signed'))
    expect((await balanceOf(company.id)).left.sms_signatures).toBe(0)
  })

  it('the last one is taken by one of two who race for it, in two packages', async () => {
    const company = await newCompany()
    const both = [aPerson('Первый'), aPerson('Второй')]
    const packages = await Promise.all(both.map((x) => newPackage(company, [signs(1, x)])))
    const tokens = await Promise.all(packages.map((p) => door(company, p, 0)))
    const codes = [await askAt(tokens[0] ?? '', both[0]?.phone), await askAt(tokens[1] ?? '', both[1]?.phone)]
    await setUnits(company.id, 1)
    const answers = await Promise.all(tokens.map((token, i) => atLink(token, 'sign', bySms(codes[i] ?? ''))))
    expect(answers.map((a) => a.status).toSorted((a, b) => a - b)).toEqual([200, 402])
    expect((await balanceOf(company.id)).left.sms_signatures).toBe(0)
    // Approving costs nothing.
    const free = await newPackage(company, [approves(1, aPerson('С')), signs(2, aPerson('П'))])
    expect((await atLink(await door(company, free, 0), 'approve', { consent: true })).status).toBe(200)
  })
})

describe('somebody else’s package', () => {
  it('does not exist, for any operation', async () => {
    const [company, other] = [await newCompany(), await newCompany()]
    const firm = await newFirm(other)
    const theirs = await employ(other, firm, 'head')
    const made = await newPackage(company, [signs(1, aPerson('А'))])
    const link = await linkOf(company, made, 0)
    const p = await look(company, made)
    const file = p.documents[0]?.id
    const calls: [string, string, object?][] = [
      ['GET', ''],
      ['GET', 'events'],
      ['GET', 'files'],
      ['GET', `files/${file}`],
      ['GET', `files/${file}/signatures`],
      ['GET', `files/${file}/signatures/${NOBODY}`],
      ['GET', 'archive'],
      ['POST', 'send'],
      ['POST', 'remind'],
      ['POST', 'revoke', { reason: 'чужой' }],
      ['PUT', `participants/${idOf(p, 0)}`, { person: aPerson('Чужой') }],
      ['POST', 'signing-links', { participant_id: idOf(p, 0) }],
      ['DELETE', `signing-links/${link.id}`],
      ['POST', 'server-sign', { client_id: theirs.id, company_id: firm.id }],
    ]
    for (const [method, step, body] of calls) {
      expect((await on(other, p)(method, step, body)).status, `${method} ${step}`).toBe(404)
      expect((await on(company, { id: NOBODY })(method, step, body)).status, `nowhere: ${method} ${step}`).toBe(404)
      expect((await on(company, { id: 'x' })(method, step, body)).status, `no id: ${method} ${step}`).toBe(404)
    }
    expect(await look(company, p)).toEqual(p)
    expect((await atLink(link.token, 'package')).status).toBe(200)
    // One's own, but of another package.
    const mine = await newPackage(company, [signs(1, aPerson('Б'))])
    expect((await on(company, mine)('GET', `files/${file}`)).status).toBe(404)
    expect((await on(company, mine)('GET', `files/${file}/signatures`)).status).toBe(404)
    expect((await on(company, mine)('PUT', `participants/${idOf(p, 0)}`, { person: aPerson('В') })).status).toBe(404)
    expect((await on(company, mine)('POST', 'signing-links', { participant_id: idOf(p, 0) })).status).toBe(404)
    expect((await on(company, mine)('DELETE', `signing-links/${link.id}`)).status).toBe(404)
    // An id in capitals is the same one.
    expect((await on(company, { id: p.id.toUpperCase() })('GET')).body.id).toBe(p.id)
  })

  it('that signs a contract is led by the contract', async () => {
    const company = await newCompany()
    const { filledContract, askCode } = await import('../app.ts')
    const contract = await filledContract(company)
    await askCode(company, contract, { client_name: 'А Б', client_iin: newIin(), client_phone: newPhone() })
    const { package_id } = await must<{ package_id: string }>(200, 'GET', `/contracts/${contract.id}`, { token: company.token })
    const p = { id: package_id }
    const { participants } = await look(company, p)
    for (const [method, step, body] of [
      ['POST', 'revoke', {}],
      ['POST', 'send', undefined],
      ['POST', 'remind', undefined],
      ['POST', 'signing-links', { participant_id: participants[0]?.id }],
      ['PUT', `participants/${participants[0]?.id}`, { person: aPerson('Другой') }],
    ] as const)
      expect((await on(company, p)(method, step, body)).status, step).toBe(404)
    expect((await must<{ total: number }>(200, 'GET', PACKAGES, { token: company.token })).total).toBe(0)
  })
})

describe('a client’s own packages', () => {
  it('are those that name it, or its phone: neither drafts nor revoked ones, nor those of others', async () => {
    const company = await newCompany()
    const me = await register(company)
    const token = await session(company, me)
    const byPhone = { full_name: 'Другое имя', phone: me.phone }
    const named = await newPackage(company, [{ order: 1, role: 'signer', client_id: me.id, methods: ['sms'] }])
    const phoned = await newPackage(company, [signs(1, aPerson('А')), signs(2, byPhone)])
    const draft = await newPackage(company, [signs(1, byPhone)], { send: false })
    const revoked = await newPackage(company, [signs(1, byPhone)])
    await on(company, revoked)('POST', 'revoke')
    await newPackage(company, [signs(1, aPerson('Посторонний'))])
    const other = await newCompany()
    await newPackage(other, [signs(1, byPhone)])
    const mine = async () =>
      (await must<{ items: Package[]; total: number }>(200, 'GET', `${OFFICE}/me/packages`, { token })).items.map((p) => p.id)
    expect(await mine()).toEqual([phoned.id, named.id])
    await on(company, draft)('POST', 'send')
    expect(await mine()).toEqual([draft.id, phoned.id, named.id])
    // Somebody else's place now.
    await on(company, named)('PUT', `participants/${idOf(named, 0)}`, { person: aPerson('Замена') })
    expect(await mine()).toEqual([draft.id, phoned.id])
    expect((await call('GET', `${OFFICE}/me/packages`, { token: company.token })).status).toBe(403)
    for (const path of [PACKAGES, `${PACKAGES}/${phoned.id}`, `${PACKAGES}/${phoned.id}/events`])
      expect((await call('GET', path, { token })).status, path).toBe(403)
    expect((await create({ token }, { title: 'x', documents: [documentOf()], participants: [signs(1, aPerson('А'))] })).status).toBe(403)
  })

  it('also where the client was registered later', async () => {
    const company = await newCompany()
    const person = aPerson('Будущий Клиент')
    const p = await newPackage(company, [signs(1, person)])
    const client = await register(company, { phone: person.phone })
    const token = await session(company, client)
    const { items } = await must<{ items: Package[] }>(200, 'GET', `${OFFICE}/me/packages`, { token })
    expect(items.map((x) => x.id)).toEqual([p.id])
  })
})
