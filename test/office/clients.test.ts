import { env } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { call, must, outbox } from '../app.ts'
import { newCompany, newIin, newPhone, spoil } from '../factories.ts'
import { act, count, NOBODY, OFFICE, passwordOf, register, statuses, type Client, type Clients } from './kit.ts'

const body = (more: object = {}) => ({ phone: newPhone(), last_name: 'Сериков', first_name: 'Айбек', ...more })

describe('registering a client', () => {
  it('shows what was given and nothing secret, and sends the password to the phone alone', async () => {
    const company = await newCompany({ name: 'ТОО «Банк http://evil.example» 8-800' })
    const personal = { iin: newIin(), inn: '500100732259', snils: '112-233-445 95', birth_date: '1985-05-04' }
    const answer = await call<Client>('POST', `${OFFICE}/clients`, {
      token: company.token,
      body: body({ middle_name: ' Маратович ', email: 'client@example.com', ...personal }),
    })
    expect([answer.status, answer.body.full_name, answer.body.status]).toEqual([201, 'Сериков Айбек Маратович', 'active'])
    expect(answer.text).not.toMatch(/password|scrypt|500100732259|112-?233/)
    const [sms] = await outbox(answer.body.phone)
    expect(sms?.text).toContain('ТОО «Банк http evil example» 8-800')
    const password = await passwordOf(answer.body.phone)
    const row = await env.DB.prepare('select * from office_clients where id = ?').bind(answer.body.id).first<Record<string, string>>()
    expect(row).toMatchObject({ org_id: company.id, snils: '11223344595', iin: personal.iin, search_name: 'сериков айбек маратович' })
    expect(row?.password_hash).toMatch(/^scrypt\$16384\$8\$1\$[\w+/=]{24}\$[\w+/=]{44}$/)
    expect(JSON.stringify(row)).not.toContain(password)
    expect(await count('select count(*) as n from audit_log where subject = ?', `client:${answer.body.id}`)).toBe(1)
  })

  it('refuses what is not a phone, a person’s number or a day', async () => {
    const company = await newCompany()
    const bad = [
      { phone: '87011' },
      { phone: '+0701' },
      { iin: spoil(newIin()) },
      { iin: '180540034205' },
      { inn: '500100732250' },
      { inn: '7707083893' },
      { snils: '112-233-445 96' },
      { birth_date: '2001-02-29' },
      { birth_date: '1899-12-31' },
      { birth_date: '2999-01-01' },
      { email: 'x' },
      { last_name: ' ' },
      { first_name: undefined },
      { middle_name: 'а\nб' },
    ]
    for (const more of bad)
      expect((await call('POST', `${OFFICE}/clients`, { token: company.token, body: body(more) })).status, JSON.stringify(more)).toBe(400)
    expect(await count('select count(*) as n from office_clients where org_id = ?', company.id)).toBe(0)
  })

  it('takes a phone once in an organization, also of eight calls at once, and again in another', async () => {
    const [company, other] = [await newCompany(), await newCompany()]
    const one = body()
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => call('POST', `${OFFICE}/clients`, { token: company.token, body: one })),
    )
    expect(statuses(answers)).toEqual([201, ...Array<number>(7).fill(409)])
    expect((await call('POST', `${OFFICE}/clients`, { token: company.token, body: one })).status).toBe(409)
    await register(other, { phone: one.phone })
    expect(await outbox(one.phone)).toHaveLength(2)
    expect(await passwordOf(one.phone)).toMatch(/^[a-z2-9]{12}$/)
  })

  it('gives the same answer to the same Idempotency-Key, and sends one password', async () => {
    const company = await newCompany()
    const one = body()
    const create = () =>
      call<Client>('POST', `${OFFICE}/clients`, { token: company.token, body: one, headers: { 'idempotency-key': 'a-1' } })
    const [first, again] = [await create(), await create()]
    expect([first.status, again.status, again.body.id]).toEqual([201, 201, first.body.id])
    expect(await outbox(one.phone)).toHaveLength(1)
  })
})

describe('clients', () => {
  it('are listed page by page, by phone, status and name', async () => {
    const company = await newCompany()
    const made: Client[] = []
    for (const last_name of ['Ёлкин', 'Қасымов', 'Петров_%']) made.push(await register(company, { last_name }))
    const list = async (query: string) => must<Clients>(200, 'GET', `${OFFICE}/clients${query}`, { token: company.token })
    const names = async (query: string) => (await list(query)).items.map((c) => c.last_name)
    expect(await list('')).toMatchObject({ page: 1, per_page: 20, total: 3 })
    const pages = [await list('?per_page=2'), await list('?per_page=2&page=2'), await list('?per_page=2&page=3')]
    expect(pages.map((p) => [p.items.length, p.page, p.per_page, p.total])).toEqual([
      [2, 1, 2, 3],
      [1, 2, 2, 3],
      [0, 3, 2, 3],
    ])
    expect(new Set(pages.flatMap((p) => p.items.map((c) => c.id))).size).toBe(3)
    expect(await names(`?phone=${encodeURIComponent(made[0]?.phone ?? '')}`)).toEqual(['Ёлкин'])
    expect(await names(`?phone=${made[0]?.phone ?? ''}`)).toEqual(['Ёлкин'])
    for (const [query, found] of [
      ['ЕЛКИН', ['Ёлкин']],
      ['ёлкин айб', ['Ёлкин']],
      ['қАСЫМ', ['Қасымов']],
      ['_%', ['Петров_%']],
      ['%', ['Петров_%']],
      ['никто', []],
      [' ', ['Петров_%', 'Қасымов', 'Ёлкин']],
    ] as const) {
      expect(await names(`?search=${encodeURIComponent(query)}`), query).toEqual(expect.arrayContaining([...found]))
      expect((await list(`?search=${encodeURIComponent(query)}`)).total, query).toBe(found.length)
    }
    await act(company, made[1] ?? { id: '' }, 'block')
    expect(await names('?status=blocked')).toEqual(['Қасымов'])
    expect((await list('?status=active')).total).toBe(2)
    for (const query of ['?status=gone', '?per_page=101', '?page=0'])
      expect((await call('GET', `${OFFICE}/clients${query}`, { token: company.token })).status, query).toBe(400)
  })

  it('do not exist for another organization', async () => {
    const [company, stranger] = [await newCompany(), await newCompany()]
    const client = await register(company)
    const other = { token: stranger.token }
    expect((await call('GET', `${OFFICE}/clients/${client.id}`, other)).status).toBe(404)
    for (const action of ['block', 'unblock', 'login-codes'] as const)
      expect((await act(stranger, client, action)).status, action).toBe(404)
    expect((await act(company, { id: NOBODY }, 'block')).status).toBe(404)
    expect((await must<Clients>(200, 'GET', `${OFFICE}/clients`, other)).total).toBe(0)
    expect((await must<Clients>(200, 'GET', `${OFFICE}/clients?phone=${encodeURIComponent(client.phone)}`, other)).total).toBe(0)
    expect(await must<Client>(200, 'GET', `${OFFICE}/clients/${client.id}`, { token: company.token })).toEqual(client)
    expect(await outbox(client.phone)).toHaveLength(1)
  })

  it('open to keys by scope', async () => {
    const company = await newCompany()
    const key = async (scopes: string[]) =>
      (await must<{ key: string }>(201, 'POST', '/api/v1/api-keys', { token: company.token, body: { name: 'ERP', scopes } })).key
    const [reader, writer] = [await key(['clients:read']), await key(['clients:write'])]
    const create = (token: string) => call<Client>('POST', `${OFFICE}/clients`, { token, body: body() })
    expect([(await create(reader)).status, (await create(writer)).status]).toEqual([403, 201])
    expect((await call('GET', `${OFFICE}/clients`, { token: reader })).status).toBe(200)
    expect((await call('GET', `${OFFICE}/clients`, { token: writer })).status).toBe(403)
    expect((await call('POST', `${OFFICE}/companies`, { token: writer, body: { inn: '7707083893', name: 'X' } })).status).toBe(403)
  })
})
