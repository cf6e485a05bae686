import { createHash } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { toBase64 } from '../../src/lib/ids.ts'
import { call, must, resetClock, uploadTemplate, type Problem } from '../app.ts'
import { docx, p } from '../documents/files.ts'
import { countRows, newCompany, newIin, newPhone, onePage, spoil, TEMPLATE } from '../factories.ts'
import { NOBODY, OFFICE, register } from './kit.ts'
import {
  aPerson,
  approves,
  create,
  documentOf,
  employ,
  eventsOf,
  filesOf,
  look,
  newFirm,
  newPackage,
  on,
  PACKAGES,
  reads,
  signs,
  statusesOf,
  type Package,
} from './packages-kit.ts'

afterEach(resetClock)

const later = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString()
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe('creating a package', () => {
  it('sends it to the first order, with what it was given', async () => {
    const company = await newCompany()
    const [boss, one] = [aPerson('Согласующий Руководитель'), aPerson('Подписант Один', { iin: newIin(), email: 'one@example.com' })]
    const made = await newPackage(company, [approves(1, boss), signs(2, one, ['sms', 'cms']), reads(2, aPerson('Наблюдатель'))], {
      title: ' Сделка ',
      documents: [documentOf('Agreement', 'Договор.pdf'), documentOf('Annex', 'Приложение.pdf')],
      deadline: later(3600),
      metadata: { crm: 'D-15' },
    })
    expect(made).toMatchObject({ title: 'Сделка', status: 'in_progress', current_order: 1, completed_at: null })
    expect(made.documents).toMatchObject([
      { name: 'Договор.pdf', type: 'original', sha256: sha256(onePage('Agreement')), size: onePage('Agreement').length },
      { name: 'Приложение.pdf', type: 'original', sha256: sha256(onePage('Annex')) },
    ])
    expect(made.participants.map((p) => [p.order, p.role, p.full_name, p.status, p.method, p.signed_at, p.client_id])).toEqual([
      [1, 'approver', boss.full_name, 'current', null, null, null],
      [2, 'signer', one.full_name, 'waiting', null, null, null],
      [2, 'viewer', 'Наблюдатель', 'viewing', null, null, null],
    ])
    expect(JSON.stringify(made)).not.toMatch(/\+7701|example\.com/)
    expect(await look(company, made)).toEqual(made)
    expect((await filesOf(company, made)).map((f) => f.id)).toEqual(made.documents.map((d) => d.id))
    expect((await eventsOf(company, made)).items.map((e) => e.type)).toEqual(['package.created', 'package.sent'])
  })

  it.each([
    [{ title: 'Своё' }, 'Своё'],
    [{ deal: 'Сделка 15', document_type: 'Договор', document_number: '№7' }, 'Сделка 15 – Договор - №7'],
    [{ deal: 'Сделка 15', document_type: 'Договор' }, 'Сделка 15 – Договор'],
    [{ deal: 'Сделка 15' }, 'Сделка 15'],
    [{ document_type: 'Договор', document_number: '№7' }, 'Договор - №7'],
    [{}, 'Agreement.pdf'],
  ])('with %j is called «%s»', async (given, title) => {
    const company = await newCompany()
    const made = await create(company, {
      ...given,
      documents: [documentOf()],
      participants: [signs(1, aPerson('А'))],
    })
    expect([made.status, made.body.title]).toEqual([201, title])
  })

  it('makes a draft where it is not to be sent, and sends it later, once', async () => {
    const company = await newCompany()
    const draft = await newPackage(company, [signs(1, aPerson('А')), signs(2, aPerson('Б'))], { send: false })
    expect([draft.status, statusesOf(draft), (await eventsOf(company, draft)).items.length]).toEqual(['draft', 'waiting,waiting', 1])
    expect((await on(company, draft)('POST', 'remind')).status).toBe(409)
    const sent = await on(company, draft)('POST', 'send')
    expect([sent.status, sent.body.status, statusesOf(sent.body)]).toEqual([200, 'in_progress', 'current,waiting'])
    expect((await on(company, draft)('POST', 'send')).status).toBe(409)
  })

  it('a draft whose deadline has passed is not sent', async () => {
    const company = await newCompany()
    const draft = await newPackage(company, [signs(1, aPerson('А'))], { send: false, deadline: later(600) })
    await must(200, 'POST', '/dev/clock', { body: { advance_seconds: 601 } })
    expect((await on(company, draft)('POST', 'send')).status).toBe(409)
    expect((await look(company, draft)).status).toBe('draft')
  })

  it('takes clients and companies of the organization, and knows a client by the phone', async () => {
    const company = await newCompany()
    const firm = await newFirm(company)
    const head = await employ(company, firm, 'head')
    const known = await register(company)
    const made = await newPackage(company, [
      { order: 1, role: 'signer', client_id: head.id, company_id: firm.id, methods: ['server'] },
      { order: 1, role: 'signer', client_id: known.id },
      signs(1, { full_name: 'Под другим именем', phone: known.phone }),
    ])
    expect(made.participants.map((p) => [p.full_name, p.client_id, p.company_id])).toEqual([
      [head.full_name, head.id, firm.id],
      [known.full_name, known.id, null],
      ['Под другим именем', known.id, null],
    ])
  })

  it('makes a document of a template', async () => {
    const company = await newCompany()
    const template_id = await uploadTemplate(company, TEMPLATE)
    const values = { client_name: 'Қасымов Әлихан', client_iin: newIin() }
    const made = await newPackage(company, [signs(1, aPerson('А'))], { documents: [{ name: 'Договор.pdf', template_id, values }] })
    const [file] = await filesOf(company, made)
    const answer = await call('GET', `${PACKAGES}/${made.id}/files/${file?.id}`, { token: company.token })
    expect([answer.status, answer.text.slice(0, 5)]).toEqual([200, '%PDF-'])
    const participants = [signs(1, aPerson('А'))]
    const missing = await create(company, { documents: [{ name: 'x.pdf', template_id, values: { client_name: 'Без ИИН' } }], participants })
    expect([missing.status, missing.body.errors]).toMatchObject([400, { 'documents.0.values.client_iin': expect.any(Array) as string[] }])
    expect((await create(await newCompany(), { documents: [{ name: 'x.pdf', template_id, values }], participants })).status).toBe(404)
  })

  it('has no deadline in a year that is written with more digits than others', async () => {
    const company = await newCompany()
    const make = (deadline: string) => create(company, { documents: [documentOf()], participants: [signs(1, aPerson('А'))], deadline })
    const { status, body } = await make('9999-12-31T23:59:59-23:59')
    expect([status, Object.keys(body.errors ?? {})]).toEqual([400, ['deadline']])
    const made = await make('9999-12-31T23:59:59+05:00')
    expect([made.status, (await look(company, made.body)).status]).toEqual([201, 'in_progress'])
  })

  it('misses values of fields that are called as what every object has', async () => {
    const company = await newCompany()
    const template_id = await uploadTemplate(company, docx(p('{constructor} {toString}')))
    const make = (values: Record<string, string>) =>
      create(company, { documents: [{ name: 'x.pdf', template_id, values }], participants: [signs(1, aPerson('А'))] })
    const { status, body } = await make({ toString: 'Б' })
    expect([status, Object.keys(body.errors ?? {})]).toEqual([400, ['documents.0.values.constructor']])
    expect((await make({ toString: 'Б', constructor: 'А' })).status).toBe(201)
  })

  it('tells documents of one name apart', async () => {
    const company = await newCompany()
    const made = await newPackage(company, [signs(1, aPerson('А'))], {
      documents: [documentOf('One', 'Акт.pdf'), documentOf('Two', 'Акт.pdf'), documentOf('Three', 'papka/../Акт.pdf')],
    })
    expect(made.documents.map((d) => d.name)).toEqual(['Акт.pdf', 'Акт (2).pdf', 'Акт (3).pdf'])
  })
})

describe('what is no package', () => {
  const one = signs(1, aPerson('Подписант'))
  const base = { title: 'Неверный', documents: [documentOf()], participants: [one] }
  const rows: [string, object][] = [
    ['nobody', { participants: [] }],
    ['no signer', { participants: [reads(1, aPerson('А'))] }],
    ['only approvers', { participants: [approves(1, aPerson('А'))] }],
    ['a participant who is nobody', { participants: [{ order: 1, role: 'signer' }] }],
    ['a participant without a name', { participants: [{ order: 1, role: 'signer', person: { phone: newPhone() } }] }],
    ['an empty name', { participants: [signs(1, aPerson('  '))] }],
    ['a participant who is two', { participants: [{ ...one, client_id: NOBODY }] }],
    ['a gap in the order', { participants: [one, { ...one, order: 3 }] }],
    ['an order that does not begin', { participants: [{ ...one, order: 2 }] }],
    ['order zero', { participants: [{ ...one, order: 0 }] }],
    ['half an order', { participants: [{ ...one, order: 1.5 }] }],
    ['an unknown role', { participants: [{ ...one, role: 'king' }] }],
    ['an unknown method', { participants: [{ ...one, methods: ['fax'] }] }],
    ['no method', { participants: [{ ...one, methods: [] }] }],
    ['a code without a phone', { participants: [signs(1, { full_name: 'Без телефона' })] }],
    ['a bad phone', { participants: [signs(1, aPerson('А', { phone: '87011' }))] }],
    ['a bad IIN', { participants: [signs(1, aPerson('А', { iin: spoil(newIin()) }))] }],
    ['a bad INN', { participants: [signs(1, aPerson('А', { inn: '500100732250' }))] }],
    ['a bad mailbox', { participants: [signs(1, aPerson('А', { email: 'nobody' }))] }],
    ['a server signature of nobody’s', { participants: [{ ...one, methods: ['server'] }] }],
    ['101 participants', { participants: Array.from({ length: 101 }, () => one) }],
    ['a quorum that cannot be met', { quorums: [{ order: 1, need: 2 }] }],
    ['a quorum of an order that is not there', { quorums: [{ order: 2, need: 1 }] }],
    ['a quorum of none', { quorums: [{ order: 1, need: 0 }] }],
    [
      'two quorums of one order',
      {
        quorums: [
          { order: 1, need: 1 },
          { order: 1, need: 1 },
        ],
      },
    ],
    ['a quorum that counts viewers', { participants: [one, reads(1, aPerson('В'))], quorums: [{ order: 1, need: 2 }] }],
    ['a quorum that counts approvers beside signers', { participants: [one, approves(1, aPerson('С'))], quorums: [{ order: 1, need: 2 }] }],
    ['no document', { documents: [] }],
    ['51 documents', { documents: Array.from({ length: 51 }, () => documentOf()) }],
    ['a document without content', { documents: [{ name: 'x.pdf' }] }],
    ['a document of two kinds', { documents: [{ ...documentOf(), template_id: 1 }] }],
    ['a document without a name', { documents: [{ content_base64: documentOf().content_base64 }] }],
    ['no base64', { documents: [documentOf(), { name: 'x.pdf', content_base64: '***' }] }],
    ['base64 that is cut off', { documents: [{ name: 'x.pdf', content_base64: 'JVBER' }] }],
    ['no PDF', { documents: [{ name: 'x.pdf', content_base64: toBase64(new TextEncoder().encode('MZ not a pdf')) }] }],
    ['half a PDF', { documents: [{ name: 'x.pdf', content_base64: toBase64(onePage().slice(0, 200)) }] }],
    ['a deadline in the past', { deadline: later(-60) }],
    ['no date', { deadline: 'tomorrow' }],
    ['a date without a zone', { deadline: '2030-01-01T00:00:00' }],
    ['a callback that is not http', { callback_url: 'ftp://example.com/x' }],
    ['a callback with a password', { callback_url: 'https://user:x@example.com/' }],
    ['a callback that is nothing', { callback_url: 'nowhere' }],
    ['metadata of 17 kB', { metadata: { x: 'я'.repeat(17_000) } }],
    ['metadata that is no object', { metadata: ['x'] }],
    ['an empty title', { title: '  ' }],
    ['a title of two lines', { title: 'Первая\nВторая' }],
    ['a title of 256 characters', { title: 'я'.repeat(256) }],
    ['a word for send', { send: 'yes' }],
  ]
  it('is refused with 400, the field by name, and leaves nothing behind', async () => {
    const company = await newCompany()
    await create(company, { ...base, title: 'Первый, чтобы всё было загружено' })
    const before = await countRows(['jobs'])
    const said: unknown[] = []
    for (const [why, more] of rows) {
      const answer = await create(company, { ...base, ...more })
      said.push([why, answer.status, Object.keys(answer.body.errors ?? {}).length > 0])
    }
    expect(said).toEqual(rows.map(([why]) => [why, 400, true]))
    expect(await countRows(['jobs'])).toEqual(before)
  })

  it.each([
    ['an encrypted PDF', (text: string) => text.replace('/Root 1 0 R', '/Root 1 0 R/Encrypt<</Filter/Standard/V 1/R 2/O(x)/U(x)/P -4>>')],
    ['a PDF without pages', (text: string) => text.replace('/Kids[3 0 R]/Count 1', '/Kids[]/Count 0')],
  ])('%s is refused, too', async (_, spoilt) => {
    const bytes = new TextEncoder().encode(spoilt(new TextDecoder().decode(onePage())))
    const answer = await create(await newCompany(), { ...base, documents: [{ name: 'x.pdf', content_base64: toBase64(bytes) }] })
    expect([answer.status, Object.keys(answer.body.errors ?? {})]).toEqual([400, ['documents.0.content_base64']])
  })

  it('of other people’s clients, companies: 404', async () => {
    const [company, other] = [await newCompany(), await newCompany()]
    const [theirs, theirFirm, mine] = [await register(other), await newFirm(other), await register(company)]
    for (const who of [{ client_id: theirs.id }, { client_id: NOBODY }, { client_id: mine.id, company_id: theirFirm.id }])
      expect((await create(company, { ...base, participants: [{ order: 1, role: 'signer', ...who }] })).status, JSON.stringify(who)).toBe(
        404,
      )
    // Who acts for a company is one of its people.
    const firm = await newFirm(company)
    const alone = await create(company, { ...base, participants: [{ ...one, company_id: firm.id }] })
    expect([alone.status, Object.keys(alone.body.errors ?? {})]).toEqual([400, ['participants.0.company_id']])
    expect((await must<{ total: number }>(200, 'GET', PACKAGES, { token: company.token })).total).toBe(0)
  })

  it('a body that is none is refused in the form of the surface', async () => {
    const { token } = await newCompany()
    for (const [raw, type] of [
      ['{', 'application/json'],
      ['[]', 'application/json'],
      ['null', 'application/json'],
      ['title=x', 'application/x-www-form-urlencoded'],
    ] as const)
      expect((await call<Problem>('POST', PACKAGES, { token, raw, headers: { 'content-type': type } })).status, raw).toBe(400)
  })
})

describe('an Idempotency-Key', () => {
  const body = (title: string, person = aPerson('Один раз')) => ({ title, documents: [documentOf()], participants: [signs(1, person)] })
  const packagesOf = async (token: string) => (await must<{ total: number }>(200, 'GET', PACKAGES, { token })).total

  it('gives the first answer again; another body is 422; another organization’s key is its own', async () => {
    const [company, other] = [await newCompany(), await newCompany()]
    const key = { 'idempotency-key': crypto.randomUUID() }
    const same = body('Раз')
    const [first, again] = [await create(company, same, key), await create(company, same, key)]
    expect([first.status, again.status, again.body]).toEqual([201, 201, first.body])
    expect((await create(company, body('Два'), key)).status).toBe(422)
    const theirs = await create(other, same, key)
    expect([theirs.status, theirs.body.id === first.body.id]).toEqual([201, false])
    expect([await packagesOf(company.token), await packagesOf(other.token)]).toEqual([1, 1])
  })

  it('holds when the same call comes many times at once', async () => {
    const company = await newCompany()
    const key = { 'idempotency-key': crypto.randomUUID() }
    const same = body('Гонка')
    const answers = await Promise.all(Array.from({ length: 6 }, () => create(company, same, key)))
    expect(await packagesOf(company.token)).toBe(1)
    const ids = new Set(answers.filter((a) => a.status === 201).map((a) => a.body.id))
    expect([ids.size, answers.every((a) => a.status === 201 || a.status === 409)]).toEqual([1, true])
  })
})

describe('the list', () => {
  const list = (token: string, query = '') =>
    must<{ items: Package[]; page: number; per_page: number; total: number }>(200, 'GET', `${PACKAGES}${query}`, { token })

  it('is the organization’s own, newest first, by pages that do not overlap', async () => {
    const [company, other] = [await newCompany(), await newCompany()]
    const made: string[] = []
    for (let i = 0; i < 5; i++)
      made.unshift((await newPackage(company, [signs(1, aPerson('А')), reads(1, aPerson('Б'))], { title: `№${i}` })).id)
    await newPackage(other, [signs(1, aPerson('А'))])
    const all = await list(company.token)
    expect([all.total, all.page, all.items.map((p) => p.id)]).toEqual([5, 1, made])
    expect(all.items[0]).toEqual(await look(company, { id: made[0] ?? '' }))
    const pages = await Promise.all([1, 2, 3, 4].map((page) => list(company.token, `?per_page=2&page=${page}`)))
    expect(pages.map((p) => p.items.length)).toEqual([2, 2, 1, 0])
    expect(pages.flatMap((p) => p.items.map((x) => x.id))).toEqual(made)
    expect(pages[3]).toMatchObject({ page: 4, per_page: 2, total: 5 })
    for (const bad of ['?page=0', '?per_page=0', '?per_page=101', '?page=x', '?status=unknown', '?role=king'])
      expect((await call('GET', `${PACKAGES}${bad}`, { token: company.token })).status, bad).toBe(400)
  })

  it('is filtered by status and role', async () => {
    const company = await newCompany()
    const firm = await newFirm(company)
    const head = await employ(company, firm, 'head')
    const draft = await newPackage(company, [signs(1, aPerson('А'))], { send: false })
    const going = await newPackage(company, [{ order: 1, role: 'signer', client_id: head.id, company_id: firm.id, methods: ['sms'] }])
    const revoked = await newPackage(company, [signs(1, aPerson('А'))])
    await on(company, revoked)('POST', 'revoke', { reason: 'ошибка' })
    const due = await newPackage(company, [signs(1, aPerson('А'))], { deadline: later(600) })
    const by = async (query: string) => (await list(company.token, query)).items.map((p) => p.id)
    expect(await by('?status=draft')).toEqual([draft.id])
    expect(await by('?status=in_progress')).toEqual([due.id, going.id])
    expect(await by('?status=revoked')).toEqual([revoked.id])
    expect(await by('?status=signed')).toEqual([])
    expect(await by('?role=participant')).toEqual([going.id])
    expect((await by('?role=creator')).length).toBe(4)
    // What is past its deadline has expired, whether or not anybody has looked.
    await must(200, 'POST', '/dev/clock', { body: { advance_seconds: 601 } })
    expect([await by('?status=expired'), await by('?status=in_progress')]).toEqual([[due.id], [going.id]])
    const listed = (await list(company.token)).items.find((p) => p.id === due.id)
    expect([listed?.status, (await look(company, due)).status]).toEqual(['expired', 'expired'])
  })

  it('is not for those who may not', async () => {
    const company = await newCompany()
    expect((await call('GET', `${OFFICE}/packages`, { token: null })).status).toBe(401)
    expect((await call('GET', `${OFFICE}/packages`, { token: 'x' })).status).toBe(401)
    const key = async (scopes: string[]) =>
      (await must<{ key: string }>(201, 'POST', '/api/v1/api-keys', { token: company.token, body: { name: 'ERP', scopes } })).key
    const [reader, writer, other] = [await key(['packages:read']), await key(['packages:write']), await key(['clients:write'])]
    const p = await newPackage(company, [signs(1, aPerson('А'))])
    const body = { title: 'x', documents: [documentOf()], participants: [signs(1, aPerson('А'))] }
    const said = async (token: string) => [
      (await call('GET', PACKAGES, { token })).status,
      (await create({ token }, body)).status,
      (await on({ token }, p)('GET', 'events')).status,
      (await on({ token }, p)('POST', 'remind')).status,
    ]
    expect([await said(reader), await said(other)]).toEqual([
      [200, 403, 200, 403],
      [403, 403, 403, 403],
    ])
    expect((await create({ token: writer }, body)).status).toBe(201)
  })
})
