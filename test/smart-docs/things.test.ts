import { env } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import { call, must } from '../app.ts'
import { newCompany, newMember, type Company } from '../factories.ts'
import { ACTOR, BENEFICIARY, make, PRODUCT, WORK, type Page, type Thing } from './kit.ts'

let company: Company
let stranger: Company
beforeAll(async () => {
  company = await newCompany()
  stranger = await newCompany()
})

const KINDS: [name: string, body: Record<string, unknown>, field: string][] = [
  ['works', WORK, 'name'],
  ['products', PRODUCT, 'name'],
  ['actors', ACTOR, 'full_name'],
  ['beneficiaries', BENEFICIARY, 'beneficiary'],
]
const ask = <T = Thing>(method: string, path: string, body?: object, token: string | null = company.token) =>
  call<T>(method, `/smart_doc/${path}`, { token, ...(body === undefined ? {} : { body }) })

describe.each(KINDS)('%s', (name, body, field) => {
  it('are made, read, changed and deleted', async () => {
    const made = await make(company, name, body)
    expect(made.id).toMatch(/^[0-9a-f]{8}$/)
    expect((await ask('GET', `${name}/${made.id}/`)).body).toEqual(made)
    const changed = await ask('PATCH', `${name}/${made.id}/`, { [field]: 'Ёлка Әсемқоңыр' })
    expect(changed.body).toEqual({ ...made, [field]: 'Ёлка Әсемқоңыр' })
    const found = await ask<Page<Thing>>('GET', `${name}/?search=${encodeURIComponent('елка ӘСЕМҚОҢЫР')}`)
    expect(found.body.results).toEqual([changed.body])
    expect((await ask('PUT', `${name}/${made.id}/`, body)).body).toEqual(made)
    expect((await ask('PUT', `${name}/${made.id}/`, { [field]: 'x' })).status).toBe(400)
    expect((await ask('PATCH', `${name}/${made.id}/`, {})).status).toBe(400)
    expect((await ask('DELETE', `${name}/${made.id}/`)).status).toBe(204)
    for (const method of ['GET', 'DELETE']) expect((await ask(method, `${name}/${made.id}/`)).status).toBe(404)
  })

  it('are another organization’s to nobody', async () => {
    const { id } = await make(company, name, body)
    for (const [method, sent] of [['GET'], ['PUT', body], ['PATCH', { [field]: 'x' }], ['DELETE']] as const) {
      const answer = await ask<{ detail: string }>(method, `${name}/${id}/`, sent, stranger.token)
      expect([answer.status, answer.body.detail], method).toEqual([404, 'Not found.'])
    }
    expect((await ask<Page<Thing>>('GET', `${name}/`, undefined, stranger.token)).body.results).toEqual([])
    expect((await ask('GET', `${name}/${id}/`)).status).toBe(200)
  })

  it('have a second name, with and without the last slash', async () => {
    const made = await make(company, name, body)
    for (const path of [`/smart_docs/${name}/${made.id}/`, `/smart_docs/${name}/${made.id}`, `/smart_doc/${name}/${made.id}`]) {
      expect(await must(200, 'GET', path, { token: company.token }), path).toEqual(made)
    }
  })
})

it('what several change at once is found by all of it', async () => {
  const { id } = await make(company, 'works', WORK)
  const [name, description] = ['Әуежолы', 'Ұшқыр']
  const answers = await Promise.all([
    ask('PATCH', `works/${id}/`, { name }),
    ask('PATCH', `works/${id}/`, { description }),
    ask('PATCH', `works/${id}/`, { measure: 'рейс' }),
  ])
  expect(answers.map((a) => a.status)).toEqual([200, 200, 200])
  const all = { name, description, measure: 'рейс' }
  for (const word of Object.values(all))
    expect((await ask<Page<Thing>>('GET', `works/?search=${encodeURIComponent(word)}`)).body.results, word).toMatchObject([{ id, ...all }])
  const told = await env.DB.prepare('select count(*) as n from audit_log where subject = ? and action = ?')
    .bind(`smart_work:${id}`, 'smart_work.changed')
    .first<{ n: number }>()
  expect(told?.n).toBe(3)
})

describe('prices', () => {
  it.each([
    ['21', '21.00'],
    ['21.5', '21.50'],
    [21, '21.00'],
    [0.1, '0.10'],
    ['0', '0.00'],
    ['9999999999.99', '9999999999.99'],
    [9_999_999_999.99, '9999999999.99'],
  ])('%s reads as %s', async (price, shown) => expect((await make(company, 'works', { ...WORK, price })).price).toBe(shown))

  it.each(['', 'дорого', '1.005', '-1', '1,5', ' 1', '1e3', '0x10', '10000000000', -1, 0.001, 1e21, null, true, []])(
    '%j is none',
    async (price) => {
      const answer = await ask<Record<string, string[]>>('POST', 'works/', { ...WORK, price })
      expect([answer.status, Object.keys(answer.body)]).toEqual([400, ['price']])
    },
  )
})

describe('bank details', () => {
  it('are checked by their own rules', async () => {
    const wrong = { PIC: 'KZ427812870193980012', BIC: 'SABRRUMM', KBe: '37', Knp: '71' }
    for (const [field, value] of Object.entries(wrong)) {
      const answer = await ask<Record<string, string[]>>('POST', 'beneficiaries/', { ...BENEFICIARY, [field]: value })
      expect([answer.status, Object.keys(answer.body)]).toEqual([400, [field]])
    }
    expect(await make(company, 'beneficiaries', { ...BENEFICIARY, PIC: 'KZ41 7812 8701 9398 0012' })).toMatchObject(BENEFICIARY)
  })
})

describe('lists', () => {
  it('come in pages of 20 with links that lead on and back', async () => {
    const owner = await newCompany()
    for (let i = 0; i < 23; i++) await make(owner, 'actors', { ...ACTOR, full_name: `Работник ${i}` })
    const page = (path: string) => must<Page<{ full_name: string }>>(200, 'GET', path, { token: owner.token })
    const first = await page('/smart_doc/actors/?search=работник')
    expect([first.count, first.results.length, first.previous]).toEqual([23, 20, null])
    const next = new URL(first.next ?? '')
    const second = await page(next.pathname + next.search)
    expect([second.count, second.next, second.results.map((r) => r.full_name)]).toEqual([
      23,
      null,
      ['Работник 20', 'Работник 21', 'Работник 22'],
    ])
    const back = new URL(second.previous ?? '')
    expect((await page(back.pathname + back.search)).results).toEqual(first.results)
    expect((await page('/smart_doc/actors/?page_size=1000')).results).toHaveLength(23)
    for (const wrong of ['3', '0', 'last', '-1', '1.5', '99999999'])
      expect((await call('GET', `/smart_doc/actors/?page=${wrong}`, { token: owner.token })).status, wrong).toBe(404)
    // Every word must be there, whatever the order; signs that SQL knows are letters like any.
    expect((await page(`/smart_doc/actors/?search=${encodeURIComponent('22 работник директор')}`)).count).toBe(1)
    for (const nothing of ['работник сторож', '%', '_'])
      expect((await page(`/smart_doc/actors/?search=${encodeURIComponent(nothing)}`)).count, nothing).toBe(0)
  })
})

describe('who may', () => {
  it('every member reads, all but foremen write', async () => {
    for (const [role, status] of [
      ['admin', 201],
      ['accountant', 201],
      ['project_manager', 201],
      ['foreman', 403],
    ] as const) {
      const token = await newMember(company, role)
      expect((await ask('POST', 'works/', WORK, token)).status, role).toBe(status)
      expect((await ask('GET', 'works/', undefined, token)).status, role).toBe(200)
    }
  })

  it('a key writes in the name of whoever made it', async () => {
    const { key } = await must<{ key: string }>(201, 'POST', '/api/v1/api-keys', {
      token: company.token,
      body: { name: '1С', scopes: ['smartdocs:read', 'smartdocs:write'] },
    })
    const mine = await make(company, 'works', WORK)
    expect((await make({ token: key }, 'works', WORK)).staff).toBe(mine.staff)
  })
})

describe('pictures of products', () => {
  const PNG = Uint8Array.from(
    atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='),
    (c) => c.charCodeAt(0),
  )
  const put = (id: string, file: File | undefined, token = company.token) => {
    const form = new FormData()
    if (file) form.set('image', file)
    else form.set('other', 'x')
    return call<Thing & Record<string, string[]>>('PUT', `/smart_doc/products/${id}/image/`, { token, raw: form })
  }
  const png = (name = 'фото.png') => new File([PNG], name)

  it('are kept, shown and taken away', async () => {
    const { id } = await make(company, 'products', PRODUCT)
    const { status, body } = await put(id, png('photo.jpg'))
    expect([status, body.image]).toEqual([200, expect.stringMatching(new RegExp(`/smart_doc/products/${id}/image/$`))])
    const shown = await call('GET', `/smart_doc/products/${id}/image/`, { token: company.token })
    expect([shown.status, shown.headers.get('content-type'), shown.headers.get('content-length')]).toEqual([
      200,
      'image/png',
      String(PNG.length),
    ])
    expect((await call('GET', `/smart_doc/products/${id}/image/`, { token: stranger.token })).status).toBe(404)
    expect((await put(id, png(), stranger.token)).status).toBe(404)
    // A product that is sent back as it was read keeps its picture.
    expect((await ask('PUT', `products/${id}/`, { ...PRODUCT, image: body.image })).body.image).toBe(body.image)
    expect((await ask('PATCH', `products/${id}/`, { price: '1' })).body.image).toBe(body.image)
    for (const image of ['https://example.com/a.png', `${body.image}x`, 'data:image/png;base64,AAAA'])
      expect((await ask('PATCH', `products/${id}/`, { image })).status, image).toBe(400)
    expect((await ask('PATCH', `products/${id}/`, { image: null })).body.image).toBeNull()
    expect((await call('GET', `/smart_doc/products/${id}/image/`, { token: company.token })).status).toBe(404)
    expect((await ask('POST', 'products/', { ...PRODUCT, image: 'https://example.com/a.png' })).status).toBe(400)
  })

  it('are judged by their bytes and their size', async () => {
    const { id } = await make(company, 'products', PRODUCT)
    const wide = PNG.slice()
    wide.set([0, 0, 0x27, 0x11], 16)
    const bad: [string, File | undefined, number][] = [
      ['nothing', undefined, 400],
      ['no bytes', new File([], 'a.png'), 400],
      ['text', new File(['<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'], 'a.svg', { type: 'image/png' }), 400],
      ['a PDF', new File(['%PDF-1.7\n' + ' '.repeat(100)], 'a.png', { type: 'image/png' }), 400],
      ['half a header', new File([PNG.slice(0, 20)], 'a.png'), 400],
      ['too wide', new File([wide], 'a.png'), 400],
      ['too large', new File([PNG, new Uint8Array(5 * 1_048_576)], 'a.png'), 413],
    ]
    for (const [what, file, status] of bad) expect((await put(id, file)).status, what).toBe(status)
    expect((await ask('GET', `products/${id}/`)).body.image).toBeNull()
  })
})

it('what is done leaves a trail', async () => {
  const owner = await newCompany()
  const { id } = await make(owner, 'works', WORK)
  await must(200, 'PATCH', `/smart_doc/works/${id}/`, { token: owner.token, body: { price: 1 } })
  await must(204, 'DELETE', `/smart_doc/works/${id}/`, { token: owner.token })
  const { results } = await env.DB.prepare('select action, subject from audit_log where org_id = ? order by rowid').bind(owner.id).all()
  expect(results).toEqual(['created', 'changed', 'deleted'].map((done) => ({ action: `smart_work.${done}`, subject: `smart_work:${id}` })))
})
