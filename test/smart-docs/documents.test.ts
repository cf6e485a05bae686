import { env } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import { call, must, statusesOf } from '../app.ts'
import { readPdfText } from '../documents/pdf-text.ts'
import { newCompany, newCtx, newIin, newMember, type Company } from '../factories.ts'
import { BUYER, invoiceOf, make, makeDocument, PRODUCT, SELLER, things, WORK, type Document, type Page } from './kit.ts'

let company: Company
let known: Awaited<ReturnType<typeof things>>
beforeAll(async () => {
  company = await newCompany({ name: 'ТОО «Тест»' })
  known = await things(company)
})

const post = (body: object, token = company.token, headers = {}) =>
  call<Record<string, string[]> & { detail: string }>('POST', '/smart_doc/documents/', { token, body, headers })

async function fileOf(document: Pick<Document, 'id'>, token = company.token): Promise<Uint8Array> {
  const { SELF } = await import('cloudflare:test')
  const answer = await SELF.fetch(`http://qoltanba.test/smart_doc/documents/${document.id}/file/`, {
    headers: { authorization: `Bearer ${token}` },
  })
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/pdf'])
  return new Uint8Array(await answer.arrayBuffer())
}
const textOf = async (document: Pick<Document, 'id'>) => (await readPdfText(await fileOf(document))).join('\n').replaceAll('\u00a0', ' ')

describe('a document', () => {
  it('says what works, products and people say, with its sums exact and in words', async () => {
    const body = invoiceOf(known, {
      date: '2026-11-22',
      items: [
        { work: known.work, quantity: '2.5' },
        { product: known.product, quantity: 3, price: '100.01', vat_rate: '0' },
        { work: known.work, quantity: '1', price: 0.1, vat_rate: null },
      ],
      vat: { mode: 'on_top' },
      contract: { number: '15/26', date: '2026-03-01' },
    })
    const made = await makeDocument(company, body)
    expect(made).toMatchObject({
      kind: 'invoice',
      year: 2026,
      date: '2026-11-22',
      status: 'draft',
      package_id: null,
      seller: { ...SELLER, contacts: null, director: null },
      buyer: { ...BUYER, address: null },
      beneficiary: { PIC: 'KZ417812870193980012', BIC: 'TBKBKZKA', KBe: '17', Knp: '710' },
      items: [
        {
          position: 1,
          work: known.work,
          product: null,
          quantity: '2.500',
          price: '21.00',
          vat_rate: '16.00',
          net: '52.50',
          vat: '8.40',
          total: '60.90',
        },
        { product: known.product, quantity: '3.000', price: '100.01', vat_rate: '0.00', net: '300.03', vat: '0.00', total: '300.03' },
        { quantity: '1.000', price: '0.10', vat_rate: null, net: '0.10', vat: '0.00', total: '0.10' },
      ],
      net: '352.63',
      vat: '8.40',
      total: '361.03',
      amount_in_words: { ru: 'Триста шестьдесят один тенге 03 тиын', kk: 'Үш жүз алпыс бір теңге 03 тиын' },
    })
    expect(await must(200, 'GET', `/smart_doc/documents/${made.id}/`, { token: company.token })).toEqual(made)

    const text = await textOf(made)
    for (const said of [
      `Счет на оплату № ${made.number} от 22 ноября 2026 г.`,
      'KZ417812870193980012',
      'TBKBKZKA',
      'БИН / ИИН: 180540034205',
      `БИН / ИИН ${BUYER.bin}, ${BUYER.name}`,
      '№ 15/26 от 01.03.2026',
      'Всего наименований 3, на сумму 361,03 KZT',
      'Всего к оплате: Триста шестьдесят один тенге 03 тиын',
      'Төлеуге барлығы: Үш жүз алпыс бір теңге 03 тиын',
      'Сумма НДС (16%):',
      'Боранбаев Азамат Қайратұлы, Директор',
    ])
      expect(text).toContain(said)
  })

  it('stays as it was made, whatever becomes of what it was made from', async () => {
    const other = await things(company)
    const made = await makeDocument(company, invoiceOf(other))
    const before = await fileOf(made)
    await must(200, 'PATCH', `/smart_doc/works/${other.work}/`, { token: company.token, body: { name: 'Другое', price: '1' } })
    for (const [name, id] of [
      ['works', other.work],
      ['actors', other.actor],
      ['beneficiaries', other.beneficiary],
    ] as const)
      await must(204, 'DELETE', `/smart_doc/${name}/${id}/`, { token: company.token })
    expect(await must(200, 'GET', `/smart_doc/documents/${made.id}/`, { token: company.token })).toEqual(made)
    expect(await fileOf(made)).toEqual(before)
  })

  it('is drawn again, to the same bytes, where drawing was cut off', async () => {
    const made = await makeDocument(company, invoiceOf(known))
    const before = await fileOf(made)
    await env.DB.prepare('update smart_documents set file_id = null where id = ?').bind(made.id).run()
    expect(await fileOf(made)).toEqual(before)
  })

  it('takes the seller of the last one, the buyer from the directory, and the rate of VAT of its day', async () => {
    const ctx = await newCtx()
    const { directoryClients } = await import('../../src/directory/tables.ts')
    const director = 'ИСАЕВА АСЕЛЬ ТОКТАРБЕКОВНА'
    const card = { bin: '120440025390', companyName: 'ТОО "ЕВРАЗИЯ ТРАНЗИТ СЕРВИС"', director, address: 'Г.АЛМАТЫ, УЛИЦА ЗАКАРПАТСКАЯ, 51' }
    await ctx.db.insert(directoryClients).values({ id: 7_000_001, ...card, rubrics: [], types: [], label: '', updated: '' })
    const body = invoiceOf(known, {
      seller: undefined,
      buyer: { bin: card.bin, address: null },
      vat: { mode: 'included' },
      date: '2025-12-31',
    })
    const made = await makeDocument(company, body)
    expect(made.seller).toMatchObject(SELLER)
    expect(made.buyer).toEqual({ bin: card.bin, name: card.companyName, address: null, contacts: null, director })
    expect(made.items[0]).toMatchObject({ vat_rate: '12.00', total: '42.00', vat: '4.50' })
    const sole = await makeDocument(company, { ...body, buyer: { bin: newIin(), name: 'ИП Ерболова Айгерім' }, date: '2026-01-01' })
    expect(sole.items[0]).toMatchObject({ vat_rate: '16.00', vat: '5.79' })
  })

  it('is refused with all that is wrong at once', async () => {
    const fresh = await newCompany()
    const own = await things(fresh)
    const body = {
      ...invoiceOf(own),
      seller: undefined,
      buyer: { bin: '180440034204' },
      beneficiary: known.beneficiary,
      actor: 'ffffffff',
      items: [
        { work: known.work, quantity: '1' },
        { product: own.work, quantity: 1 },
        { work: own.work, quantity: '999999999', price: '9999999999.99', vat_rate: '12' },
      ],
    }
    const { status, body: said } = await post({ ...body, buyer: { bin: newIin() } }, fresh.token)
    expect([status, Object.keys(said).sort()]).toEqual([
      400,
      ['actor', 'beneficiary', 'buyer.name', 'items.0.work', 'items.1.product', 'items.2.quantity', 'items.2.vat_rate', 'seller'],
    ])
    const wrong: [string, object][] = [
      ['buyer.bin', { buyer: { bin: '180540034206', name: 'x' } }],
      ['items', { items: [] }],
      ['items', { items: Array.from({ length: 501 }, () => ({ work: known.work, quantity: '1' })) }],
      ['items.0.work', { items: [{ quantity: '1' }] }],
      ['items.0.work', { items: [{ work: known.work, product: known.product, quantity: '1' }] }],
      ['items.0.quantity', { items: [{ work: known.work, quantity: '0' }] }],
      ['items.0.quantity', { items: [{ work: known.work, quantity: '0.0001' }] }],
      ['items.0.vat_rate', { items: [{ work: known.work, quantity: '1', vat_rate: '100.01' }], vat: { mode: 'on_top' } }],
      ['date', { date: '2026-02-30' }],
      ['date', { date: '1999-01-01' }],
      ['kind', { kind: 'letter' }],
      ['beneficiary', { beneficiary: undefined }],
      ['terms.end_date', { kind: 'contract', terms: { start_date: '2026-02-01', end_date: '2026-01-01' } }],
    ]
    for (const [field, change] of wrong) {
      const answer = await post(invoiceOf(known, change))
      expect([answer.status, Object.keys(answer.body)], JSON.stringify(change).slice(0, 200)).toEqual([400, [field]])
    }
  })
})

describe('numbers', () => {
  it('are counted for each organization, kind and year, without gaps, also side by side', async () => {
    const owner = await newCompany()
    const own = await things(owner)
    const of = (kind: string, date: string) => post(invoiceOf(own, { kind, date }), owner.token)
    const answers = await Promise.all(Array.from({ length: 8 }, () => of('invoice', '2026-05-05')))
    expect(answers.map((a) => Number(a.body.number)).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    // What is refused takes no number.
    expect((await post(invoiceOf(own, { date: '2026-06-06', actor: 'ffffffff' }), owner.token)).status).toBe(400)
    const more = [
      await of('invoice', '2026-12-31'),
      await of('invoice', '2025-12-31'),
      await of('act', '2026-05-05'),
      await of('waybill', '2026-05-05'),
    ]
    expect(more.map((a) => a.body.number)).toEqual([9, 1, 1, 1])
  })

  it('an Idempotency-Key gives the first document again', async () => {
    const body = invoiceOf(known)
    const headers = { 'idempotency-key': 'счёт-1'.replace(/[^\x20-\x7e]/g, 'x') }
    const [one, two] = [await post(body, company.token, headers), await post(body, company.token, headers)]
    expect(two.body).toEqual(one.body)
    expect((await post(invoiceOf(known, { date: '2026-01-01' }), company.token, headers)).status).toBe(422)
  })
})

describe('forms', () => {
  it('АВР is form Р-1', async () => {
    const made = await makeDocument(
      company,
      invoiceOf(known, {
        kind: 'act',
        date: '2026-11-22',
        beneficiary: undefined,
        buyer: { ...BUYER, director: 'ТЛЕУБАЕВ САБЫР МАМАНОВИЧ' },
        items: [{ work: known.work, quantity: '2', date: '2026-11-20', report: 'Отчет № 3, 15 стр.' }],
        act: { stock_usage: 'Цемент, 3 т', attachment_pages: 15 },
      }),
    )
    const text = await textOf(made)
    for (const said of [
      'Форма Р-1',
      'от 20 декабря 2012 года № 562',
      'АКТ ВЫПОЛНЕННЫХ РАБОТ (ОКАЗАННЫХ УСЛУГ)*',
      '22.11.2026',
      '20.11.2026',
      'Отчет № 3, 15 стр.',
      'Цемент, 3 т',
      'Сорок два тенге 00 тиын',
      'Сдал (Исполнитель)',
      'Принял (Заказчик)',
      'ТЛЕУБАЕВ САБЫР',
      BUYER.bin,
      SELLER.bin,
    ])
      expect(text).toContain(said)
  })

  it('накладная is form З-2, over as many pages as it takes', async () => {
    const body = invoiceOf(known, {
      kind: 'waybill',
      date: '2026-11-22',
      beneficiary: undefined,
      accountant: known.actor,
      released_by: known.actor,
      items: Array.from({ length: 60 }, () => ({ product: known.product, quantity: '1.5' })),
      vat: { mode: 'included', rate: 12 },
      delivery: { carrier: 'ТОО «Қазжол транс»', proxy_number: '12', proxy_date: '2026-11-21', receiver: 'Оспанов К.' },
    })
    const made = await makeDocument(company, body)
    const pages = (await readPdfText(await fileOf(made))).map((page) => page.replaceAll('\u00a0', ' '))
    expect(pages.length).toBeGreaterThan(2)
    for (const [i, page] of pages.entries()) {
      expect(page).toContain(`стр. ${i + 1} из ${pages.length}`)
      if (i < pages.length - 1) expect(page).toContain('Номенклатурный')
    }
    const text = pages.join('\n')
    for (const said of [
      'Форма З-2',
      'НАКЛАДНАЯ НА ОТПУСК ЗАПАСОВ НА СТОРОНУ',
      'Қазжол',
      '31 500 000,00',
      '№ 12 от 21 ноября 2026 г.',
      'Девяносто',
    ])
      expect(text).toContain(said)
    expect(text.match(/525 000,00/g)).toHaveLength(60)
  })

  it.each(['invoice', 'act', 'waybill', 'contract'])(
    'a long number stays on its line, and so does a word that nearly fits (%s)',
    async (kind) => {
      const work = await make(company, 'works', { ...WORK, name: 'Электроэнергия', measure: 'киловатт-час', price: '9999999.99' })
      const items = [{ work: work.id, quantity: '12345.678' }]
      const made = await makeDocument(company, invoiceOf(known, { kind, date: '2026-11-22', items, vat: { mode: 'on_top' } }))
      const text = await textOf(made)
      // 12,345.678 × 9,999,999.99, and 16 % of it.
      expect([made.net, made.total]).toEqual(['123456779876.54', '143209864656.79'])
      for (const said of ['123 456 779 876,54', '143 209 864 656,79', 'киловатт-час'])
        if (kind !== 'waybill' || !said.endsWith(',54')) expect(text).toContain(said)
    },
  )

  it('a contract says its terms', async () => {
    const terms = {
      city: 'Алматы',
      start_date: '2026-12-01',
      end_date: '2027-02-28',
      prepayment_percent: '30',
      payment_days: 10,
      penalty_percent: '0.1',
    }
    const made = await makeDocument(company, invoiceOf(known, { kind: 'contract', date: '2026-11-22', terms }))
    const text = (await textOf(made)).replaceAll('\n', ' ')
    for (const said of [
      `ДОГОВОР № ${made.number}`,
      'г. Алматы',
      'с 1 декабря 2026 г. по 28 февраля 2027 г.',
      'в размере 30 % цены Договора, что составляет 12,60 KZT',
      'Остаток в размере 29,40 KZT',
      'Сорок два тенге 00 тиын',
      'неустойку в размере 0,1 %',
      'ИИК KZ417812870193980012',
      'КБе 17, КНП 710',
    ])
      expect(text).toContain(said)
  })

  it('bears any text that the API takes', async () => {
    const names = [
      'Ж'.repeat(255),
      'W '.repeat(127),
      '💡 ☑ ™ № ₸ «ҚҢҒӘІҰҮӨҺ» العربية 漢字',
      `a${'\u0301'.repeat(200)}`,
      '\u202eабв\u2066',
      '<b>&amp;</b> %s {{x}}',
    ]
    const ids = await Promise.all(
      names.map(async (name) => (await make(company, 'works', { ...WORK, name, measure: 'м'.repeat(32), price: '9999999999.99' })).id),
    )
    const items = ids.map((work) => ({ work, quantity: '999.999' }))
    const long = (max: number) => 'Щ'.repeat(max)
    const party = { bin: BUYER.bin, name: long(255), address: long(500), contacts: long(255), director: long(255) }
    for (const kind of ['invoice', 'act', 'waybill', 'contract']) {
      const parties = { seller: party, buyer: party, contract: { number: long(100) } }
      const made = await makeDocument(company, invoiceOf(known, { kind, items, vat: { mode: 'on_top' }, ...parties }))
      expect((await fileOf(made)).length).toBeGreaterThan(10_000)
    }
  })
})

describe('lists and rights', () => {
  it('list the organization’s own, filtered and searched', async () => {
    const owner = await newCompany()
    const own = await things(owner)
    const first = await makeDocument(owner, invoiceOf(own, { date: '2025-03-03' }))
    const second = await makeDocument(owner, invoiceOf(own, { kind: 'act', date: '2026-03-03', buyer: { bin: newIin(), name: 'ИП Әсем' } }))
    const ids = async (query: string, token = owner.token) =>
      (await must<Page<Document>>(200, 'GET', `/smart_doc/documents/?${query}`, { token })).results.map((d) => d.id)
    expect(await ids('')).toEqual([second.id, first.id])
    expect(await ids('kind=act')).toEqual([second.id])
    expect(await ids('year=2025')).toEqual([first.id])
    expect(await ids('status=draft')).toHaveLength(2)
    expect(await ids('status=signed')).toEqual([])
    expect(await ids(`bin=${BUYER.bin}`)).toEqual([first.id])
    expect(await ids(`search=${encodeURIComponent('әсем')}`)).toEqual([second.id])
    expect(await ids('', (await newCompany()).token)).toEqual([])
  })

  it('are nobody else’s', async () => {
    const made = await makeDocument(company, invoiceOf(known))
    const stranger = await newCompany()
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['GET', 'file/', undefined],
      ['POST', 'send/', { participants: [{ order: 1, role: 'signer', person: { full_name: 'Ч', phone: '+77010000001' } }] }],
    ] as const) {
      const options = { token: stranger.token, ...(body ? { body } : {}) }
      expect((await call(method, `/smart_doc/documents/${made.id}/${path}`, options)).status, path).toBe(404)
    }
    // What belongs to another organization is no part of a document.
    const own = await things(stranger)
    expect((await post(invoiceOf(own, { items: [{ work: known.work, quantity: 1 }] }), stranger.token)).status).toBe(400)
    const foreman = await newMember(company, 'foreman')
    expect((await post(invoiceOf(known), foreman)).status).toBe(403)
    expect(statusesOf([await call('GET', `/smart_doc/documents/${made.id}/`, { token: foreman })])).toEqual([200])
  })
})

it('a product is shown by its own price where none is said', async () => {
  const { id } = await make(company, 'products', { ...PRODUCT, price: '0.05' })
  const made = await makeDocument(company, invoiceOf(known, { items: [{ product: id, quantity: '0.5' }] }))
  expect([made.total, made.amount_in_words.ru]).toEqual(['0.03', 'Ноль тенге 03 тиын'])
})
