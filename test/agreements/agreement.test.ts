import { env } from 'cloudflare:test'
import { describe, expect, it, vi } from 'vitest'
import { exampleOf } from '../../src/agreements/schemas.ts'
import { FIELDS, FILES } from '../../src/agreements/fields.ts'
import { KINDS, type Kind } from '../../src/agreements/statuses.ts'
import { SCOPES } from '../../src/identity/roles.ts'
import { advance, call, drain, must, resetClock } from '../app.ts'
import { newCompany, newMember, operatorToken, spoil, type Company } from '../factories.ts'
import { readPdfText } from '../documents/pdf-text.ts'
import { BASE, bytesOf, formOf, png, readyAgreement, review, save, saved, status, submit, type Refusal } from './kit.ts'

const NO_TERMS = { message: 'The selected agree to the terms is invalid.', code: 400 }
const CYRILLIC = 'сorrespondent_account'
const LATIN = 'correspondent_account'

describe.each(KINDS)('drafts of %s', (kind) => {
  it('keep what is filled in so far, whatever it is, and say what would not do', async () => {
    const company = await newCompany()
    const none = await call<Refusal>('GET', `${BASE}/${kind}`, { token: company.token })
    expect([none.status, none.body]).toEqual([404, { error: `${kind[0]?.toUpperCase()}${kind.slice(1)} contract not found`, code: 404 }])
    expect(await status(company)).toMatchObject({ status: 'empty', title: 'Не отправлен', name: null, type: null })

    expect((await save(company, kind, { first_name: 'Анна' })).body).toEqual({ success: true })
    expect((await save(company, kind, { last_name: 'Ёлкина', snils: '1', billing_address_postalcode: 'x' })).body).toEqual({
      success: true,
      warnings: { snils: ['The snils is invalid.'], billing_address_postalcode: ['The billing address postalcode is invalid.'] },
    })
    const agreement = await saved(company, kind)
    expect(agreement).toMatchObject({ first_name: 'Анна', last_name: 'Ёлкина', snils: '1', agree_to_the_terms: null })
    expect(Object.keys(agreement)).toEqual(expect.arrayContaining([...Object.keys(FIELDS[kind]), ...FILES[kind]]))
    expect(await status(company)).toMatchObject({
      status: 'draft',
      title: 'Черновик',
      name: `Q${company.id}-${KINDS.indexOf(kind) + 1}`,
      type: kind,
    })

    await save(company, kind, { snils: null })
    expect((await saved(company, kind)).snils).toBeNull()
    const refused = await save(company, kind, { first_name: 'Пётр', agree_to_the_terms: false })
    expect([refused.status, refused.body]).toEqual([400, NO_TERMS])
    expect((await save(company, kind, { first_name: 'я'.repeat(101) })).body.errors).toHaveProperty('first_name')
    expect((await saved(company, kind)).first_name).toBe('Анна')
  })

  it('take what comes at once from several', async () => {
    const company = await newCompany()
    // Each field by itself, as a page may that keeps what is typed.
    const names = Object.keys(FIELDS[kind]).filter((name) => name.length < 50)
    const answers = await Promise.all(names.map((name) => save(company, kind, { [name]: `_${name}` })))
    expect(answers.map((a) => a.status)).toEqual(names.map(() => 200))
    expect(names.length).toBeGreaterThan(10)
    expect(await saved(company, kind)).toMatchObject(Object.fromEntries(names.map((name) => [name, `_${name}`])))
    const { results } = await env.DB.prepare('select status from agreement_history where org_id = ?').bind(company.id).all()
    expect(results).toEqual([{ status: 'draft' }])
  })
})

describe('the account in both spellings', () => {
  it.each(['jur', 'ip'] as const)('is taken in either and returned in both (%s)', async (kind) => {
    const company = await newCompany()
    for (const [spelling, account] of [
      [LATIN, '30101810400000000225'],
      [CYRILLIC, '30101810700000000187'],
    ] as const) {
      await save(company, kind, { [spelling]: account })
      expect(await saved(company, kind)).toMatchObject({ [LATIN]: account, [CYRILLIC]: account })
    }
    const wrong = await submit(company, kind, { [LATIN]: undefined, [CYRILLIC]: '30101810400000000226' })
    expect([wrong.status, Object.keys(wrong.body.errors ?? {})]).toEqual([400, [CYRILLIC]])
    const { [LATIN]: account } = exampleOf(kind)
    expect((await submit(company, kind, { [LATIN]: undefined, [CYRILLIC]: account })).status).toBe(200)
    expect(await saved(company, kind)).toMatchObject({ [LATIN]: account, [CYRILLIC]: account })
  })
})

const CHECKED: Record<Kind, string[]> = {
  fiz: [],
  jur: ['inn', 'ogrn', 'payment_account', LATIN],
  ip: ['inn', 'ogrn', 'payment_account', LATIN],
}

describe.each(KINDS)('sending %s', (kind) => {
  it('wants consent before all else, then every field and file, each by its name', async () => {
    const company = await newCompany()
    for (const change of [
      { agree_to_the_terms: 'false' },
      { agree_to_the_terms: undefined },
      { agree_to_the_terms: '0', first_name: undefined },
    ]) {
      const answer = await submit(company, kind, change)
      expect([answer.status, answer.body]).toEqual([400, NO_TERMS])
    }
    const nothing = new FormData()
    nothing.set('agree_to_the_terms', 'true')
    const bare = await call<Refusal>('POST', `${BASE}/${kind}`, { token: company.token, raw: nothing })
    const required = Object.entries(FIELDS[kind]).flatMap(([name, f]) => (f.required ? [name] : []))
    expect([bare.status, bare.body.code, bare.body.message]).toEqual([
      400,
      400,
      `The ${required[0]?.replaceAll('_', ' ')} field is required.`,
    ])
    expect(Object.keys(bare.body.errors ?? {}).toSorted()).toEqual([...required, ...FILES[kind]].toSorted())
    const json = await call<Refusal>('POST', `${BASE}/${kind}`, { token: company.token, body: exampleOf(kind) })
    expect([json.status, Object.keys(json.body.errors ?? {})]).toEqual([400, FILES[kind]])
    expect(await status(company)).toMatchObject({ status: 'empty' })
  })

  it('checks dates, shapes and check digits', async () => {
    const company = await newCompany()
    const example = exampleOf(kind) as Record<string, string>
    const bad: Record<string, string> = {
      ...Object.fromEntries(CHECKED[kind].map((name) => [name, spoil(example[name] ?? '')])),
      ...(kind === 'jur'
        ? { kpp: '12', email: 'nobody', phone: '8 999' }
        : { birthday: '1990-02-30', passport_series: '12 34', passport_number: '1', date_of_issue: '2999-01-01' }),
      billing_address_postalcode: '12345',
      snils: '112-233-445 96',
    }
    const answer = await submit(company, kind, bad)
    expect([answer.status, Object.keys(answer.body.errors ?? {}).toSorted()]).toEqual([400, Object.keys(bad).toSorted()])
    expect(answer.body.message).toBe(Object.values(answer.body.errors ?? {})[0]?.[0])
  })

  it('makes the PDF, with what was filled in, and goes under review', async () => {
    const company = await newCompany()
    const notYet = await call<Refusal>('GET', `${BASE}/download`, { token: company.token })
    expect([notYet.status, notYet.body]).toEqual([409, { message: 'File not ready for download' }])
    const more = { last_name: 'Щёголев-Ңұрлы', shipping_address_city: 'Өскемен' }
    expect((await submit(company, kind, more)).body).toEqual({ success: true })
    expect(await status(company)).toMatchObject({ status: 'review', title: 'На проверке', type: kind })
    const { bytes, headers } = await bytesOf(`${BASE}/download`, company.token)
    expect(headers.get('content-type')).toBe('application/pdf')
    const text = (await readPdfText(bytes)).join(' ').replaceAll(/\s+/g, ' ')
    const { name } = await status(company)
    for (const said of [
      `Договор об оказании услуг связи № ${name}`,
      'Щёголев-Ңұрлы',
      'Өскемен',
      ...CHECKED[kind].map((f) => String(exampleOf(kind)[f])),
    ])
      expect(text).toContain(said)
    expect(text).not.toContain('\ufffd')
    // Under review nothing changes any more.
    for (const again of [await submit(company, kind), await save(company, kind, { first_name: 'Другой' })])
      expect([again.status, again.body]).toEqual([409, { message: 'The agreement is under review' }])
    expect(await saved(company, kind)).toMatchObject(more)
  })
})

describe('an Idempotency-Key', () => {
  it('gives the first answer again', async () => {
    const company = await newCompany()
    const send = () => call('POST', `${BASE}/fiz`, { token: company.token, raw: formOf('fiz'), headers: { 'idempotency-key': 'one' } })
    const [first, second] = [await send(), await send()]
    expect([first.status, second.status, second.headers.get('idempotency-replayed')]).toEqual([200, 200, 'true'])
  })
})

describe('who calls', () => {
  let company: Company
  it('is nobody for another organization’s Client, and itself for its own', async () => {
    company = await newCompany()
    const stranger = await newCompany()
    const ask = (client: string) => call<Refusal>('GET', `${BASE}/current-status`, { token: company.token, headers: { client } })
    expect((await ask(String(company.id))).status).toBe(200)
    for (const client of [String(stranger.id), '0', 'abc', '']) {
      const answer = await ask(client)
      expect([answer.status, answer.body]).toEqual([401, { message: 'User not found.', code: 500 }])
    }
    for (const token of [null, 'not.a.token']) {
      const answer = await call<Refusal>('POST', `${BASE}/fiz-save`, { token, body: {} })
      expect([answer.status, answer.body]).toEqual([401, { message: 'User not found.', code: 500 }])
    }
  })

  it('sees agreements if it runs the organization, or has the scope', async () => {
    const ask = async (token: string) => (await call('GET', `${BASE}/current-status`, { token })).status
    expect(await ask(await newMember(company, 'accountant'))).toBe(200)
    for (const role of ['project_manager', 'foreman'] as const) expect(await ask(await newMember(company, role)), role).toBe(403)
    const key = async (scopes: readonly string[]) =>
      (await must<{ key: string }>(201, 'POST', '/api/v1/api-keys', { token: company.token, body: { name: 'тест', scopes } })).key
    expect(await ask(await key(['agreements:read']))).toBe(200)
    expect(await ask(await key(SCOPES.filter((s) => !s.startsWith('agreements:'))))).toBe(403)
    expect(await ask(await operatorToken())).toBe(403)
  })
})

describe('the trial', () => {
  it('ends two weeks after the organization came', async () => {
    const company = await newCompany()
    // A key outlives a session.
    const body = { name: 'тест', scopes: ['agreements:read'] }
    const { key } = await must<{ key: string }>(201, 'POST', '/api/v1/api-keys', { token: company.token, body })
    const ask = () => must<{ days: number; expiration: string }>(200, 'GET', `${BASE}/expiration`, { token: key })
    const first = await ask()
    expect(first.days).toBe(14)
    expect(Math.abs(Date.parse(`${first.expiration.replace(' ', 'T')}Z`) - Date.now() - 14 * 86_400_000)).toBeLessThan(60_000)
    await advance(10 * 86_400)
    expect(await ask()).toEqual({ days: 4, expiration: first.expiration })
    await advance(10 * 86_400)
    expect(await ask()).toEqual({ days: 0, expiration: first.expiration })
    await resetClock()
  })
})

describe('statuses', () => {
  it('are written down, told, and called out', async () => {
    const company = await newCompany()
    vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response(null, { status: 204 }))
    await must(201, 'POST', '/api/v1/webhooks', { token: company.token, body: { url: 'https://hook.example.com/in' } })
    await save(company, 'ip', { first_name: 'А' })
    expect((await submit(company, 'ip')).status).toBe(200)
    expect((await review(company, 'ip', 'rejected', 'Паспорт не читается')).status).toBe(200)
    expect(await status(company)).toMatchObject({ status: 'rejected', title: 'Отклонён', comment: 'Паспорт не читается' })
    // Put right, with the one file that was bad, and the others as they were.
    const before = await saved(company, 'ip')
    const again = new FormData()
    for (const [name, value] of Object.entries(exampleOf('ip'))) again.set(name, String(value))
    again.set('file_passport', png('новый.png'))
    expect((await call('POST', `${BASE}/ip`, { token: company.token, raw: again })).status).toBe(200)
    const after = await saved(company, 'ip')
    expect(after.file_passport).not.toBe(before.file_passport)
    expect([after.file_selfie, after.file_registration]).toEqual([before.file_selfie, before.file_registration])
    expect((await bytesOf(`${BASE}/files/${before.file_passport}`, company.token)).status).toBe(404)
    expect((await review(company, 'ip', 'ready')).status).toBe(200)

    const wanted = ['draft', 'review', 'rejected', 'review', 'ready']
    const { history } = await must<{ history: { status: string; comment: string | null; type: string }[] }>(200, 'GET', `${BASE}/history`, {
      token: company.token,
    })
    expect(history.map((h) => h.status)).toEqual(wanted)
    expect(history.map((h) => h.comment)).toEqual([null, null, 'Паспорт не читается', null, null])
    const { results } = await env.DB.prepare(
      'select body from webhook_deliveries d join webhooks w on w.id = d.webhook_id where w.org_id = ? order by d.created_at, d.rowid',
    )
      .bind(company.id)
      .all<{ body: string }>()
    const calls = results.map(({ body }) => JSON.parse(body) as { type: string; data: object })
    expect(calls.map((c) => c.type)).toEqual(wanted.map(() => 'agreement.status_changed'))
    expect(calls.map((c) => c.data)).toEqual(wanted.map((status) => ({ client: company.id, name: `Q${company.id}-3`, type: 'ip', status })))
    await drain()
    vi.restoreAllMocks()
  })

  it('of several agreements are the signed one’s, else those of the one that moved last', async () => {
    const company = await newCompany()
    await save(company, 'fiz', { first_name: 'А' })
    await advance(1)
    await save(company, 'jur', { first_name: 'Б' })
    expect(await status(company)).toMatchObject({ type: 'jur', status: 'draft' })
    await advance(1)
    await readyAgreement(company, 'fiz')
    expect(await status(company)).toMatchObject({ type: 'fiz', status: 'ready' })
    await resetClock()
  })
})
