import { createExecutionContext, env, SELF } from 'cloudflare:test'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { handle } from '../../src/app.ts'
import { logUnknown } from '../../src/http/log.ts'
import { sha256Hex } from '../../src/lib/hash.ts'
import {
  advance,
  askCode,
  call,
  createContract,
  filledContract,
  must,
  resetClock,
  sign,
  uploadTemplate,
  wrongCode,
  type Contract,
} from '../app.ts'
import { newCompany, newEmail, newPhone, newSigner, operatorToken, PASSWORD } from '../factories.ts'

afterEach(async () => {
  vi.restoreAllMocks()
  await resetClock()
})

/** Asks the Worker under another environment. */
const ask = (change: object, path: string, init: RequestInit = {}) =>
  handle(new Request(`http://qoltanba.test${path}`, init), { ...env, ...change }, createExecutionContext())
const json = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json', ...headers },
})

describe('Idempotency-Key', () => {
  const create = (company: { token: string; id: number }, template_id: number, key: string, more: object = {}) =>
    call<Contract>('POST', '/contracts', {
      token: company.token,
      body: { company_id: company.id, template_id, ...more },
      headers: { 'idempotency-key': key },
    })
  const count = async (orgId: number) =>
    (await env.DB.prepare('select count(*) as n from contracts where org_id = ?').bind(orgId).first<{ n: number }>())?.n

  it('gives the first answer again, to the same body alone, to the same caller alone, for a day', async () => {
    const [company, other] = [await newCompany(), await newCompany()]
    const [template, theirs] = [await uploadTemplate(company), await uploadTemplate(other)]
    const first = await create(company, template, 'key-1')
    expect([first.status, first.headers.get('idempotency-replayed')]).toEqual([201, null])
    const again = await create(company, template, 'key-1')
    expect([again.status, again.text, again.headers.get('idempotency-replayed')]).toEqual([201, first.text, 'true'])
    expect((await create(company, template, 'key-1', { client_filled: true })).status).toBe(422)
    expect((await create(company, template, 'key-2')).body.id).not.toBe(first.body.id)
    const mine = await create(other, theirs, 'key-1')
    expect([mine.status, mine.body.company_id]).toEqual([201, other.id])
    expect([await count(company.id), await count(other.id)]).toEqual([2, 1])
    // The same key elsewhere is another key.
    expect(
      (
        await call('POST', '/api/v1/webhooks', {
          token: company.token,
          body: { url: 'https://example.com/' },
          headers: { 'idempotency-key': 'key-1' },
        })
      ).status,
    ).toBe(201)
    await advance(86_400 - 30)
    const login = async () => ({
      ...company,
      token: (await must<{ token: string }>(200, 'POST', '/companies/login', { body: { email: company.email, password: PASSWORD } })).token,
    })
    expect((await create(await login(), template, 'key-1')).body.id).toBe(first.body.id)
    await advance(60)
    expect((await create(await login(), template, 'key-1')).body.id).not.toBe(first.body.id)
  })

  it('lets one of several calls through, and tells the others to wait', async () => {
    const company = await newCompany()
    const template = await uploadTemplate(company)
    const answers = await Promise.all(Array.from({ length: 8 }, () => create(company, template, 'together')))
    expect(answers.map((a) => a.status).filter((s) => s !== 201 && s !== 409)).toEqual([])
    for (const a of answers) if (a.status === 409) expect(a.headers.get('retry-after')).toBe('1')
    expect(new Set(answers.filter((a) => a.status === 201).map((a) => a.body.id)).size).toBe(1)
    expect(await count(company.id)).toBe(1)
  })

  it('of a call that was cut off may be used again after a while', async () => {
    const company = await newCompany()
    const template = await uploadTemplate(company)
    await create(company, template, 'cut-off')
    const rows = await env.DB.prepare('select caller from idempotency_keys order by rowid desc limit 1').first<{ caller: string }>()
    const setRunning = (secondsAgo: number) =>
      env.DB.prepare("update idempotency_keys set state = 'running', created_at = ? where caller = ?")
        .bind(new Date(Date.now() - secondsAgo * 1000).toISOString(), rows?.caller)
        .run()
    await setRunning(30)
    expect((await create(company, template, 'cut-off')).status).toBe(409)
    await setRunning(130)
    expect((await create(company, template, 'cut-off')).status).toBe(201)
    expect(await count(company.id)).toBe(2)
  })

  it('keeps a refusal, too: a wrong code that is sent again is counted once', async () => {
    const company = await newCompany()
    const contract = await filledContract(company)
    const signer = newSigner()
    const code = await askCode(company, contract, signer)
    for (let i = 0; i < 8; i++)
      expect((await sign(company, contract, signer, { code: wrongCode(code) }, { 'idempotency-key': 'wrong' })).status).toBe(400)
    const done = await sign(company, contract, signer, { code }, { 'idempotency-key': 'right' })
    const again = await sign(company, contract, signer, { code }, { 'idempotency-key': 'right' })
    expect([done.status, again.status, again.text === done.text]).toEqual([201, 201, true])
    expect((await sign(company, contract, signer, { code }, { 'idempotency-key': 'another' })).status).toBe(409)
  })

  it('of strangers without an account does not meet', async () => {
    const company = await newCompany()
    const [a, b] = [await filledContract(company), await filledContract(company)]
    const ask_ = (contract: Contract) =>
      sign(null, contract, newSigner(), { contract_token: contract.contract_token }, { 'idempotency-key': '1' })
    expect([(await ask_(a)).status, (await ask_(b)).status]).toEqual([202, 202])
  })

  it.each(['', ' ', 'a b', 'я', 'a'.repeat(256), 'a\tb'])('must be visible ASCII, 1 to 255 characters: %j is not', async (key) => {
    const company = await newCompany()
    const answer = await ask(
      {},
      '/contracts',
      json(
        { company_id: company.id, template_id: 1 },
        { authorization: `Bearer ${company.token}`, 'idempotency-key': encodeURI(key) === key ? key : unescape(encodeURIComponent(key)) },
      ),
    )
    expect(answer.status).toBe(400)
    expect(await count(company.id)).toBe(0)
  })

  it('leaves nothing in the table that tells a secret', async () => {
    const company = await newCompany()
    const { key } = await must<{ key: string }>(201, 'POST', '/api/v1/api-keys', {
      token: company.token,
      body: { name: 'ERP' },
      headers: { 'idempotency-key': 'my-secret-key' },
    })
    const again = await must<{ key: string }>(201, 'POST', '/api/v1/api-keys', {
      token: company.token,
      body: { name: 'ERP' },
      headers: { 'idempotency-key': 'my-secret-key' },
    })
    expect(again.key).toBe(key)
    const body = { name: 'ТОО', email: newEmail(), phone: newPhone(), password: 'очень тайный 1' }
    await must(201, 'POST', '/companies/register', { body, headers: { 'idempotency-key': 'register-1' } })
    const table = JSON.stringify((await env.DB.prepare('select * from idempotency_keys').all()).results)
    for (const secret of [key, 'my-secret-key', body.email, body.password]) expect(table).not.toContain(secret)
    // Nor can a password be tried against it: a plain hash of a body whose other fields are known would tell.
    expect(table).not.toContain(sha256Hex(`/companies/register\n${sha256Hex(JSON.stringify(body))}`))
  })
})

describe('bookmarks', () => {
  it('are given with every answer that read or wrote, and taken', async () => {
    const company = await newCompany()
    const wrote = await call('PUT', `/companies/${company.id}`, { token: company.token, body: { name: 'Новое имя' } })
    const bookmark = wrote.headers.get('x-d1-bookmark') ?? ''
    expect(bookmark).toMatch(/^[0-9a-f-]{10,}$/)
    const read = await call('GET', `/companies/id/${company.id}`, { token: company.token, headers: { 'x-d1-bookmark': bookmark } })
    expect([read.body.name, read.headers.get('x-d1-bookmark') !== null]).toEqual(['Новое имя', true])
  })

  it('are handed to D1: a read starts there, another write from the primary', async () => {
    const starts: string[] = []
    const DB = { withSession: (start: string) => (starts.push(start), env.DB.withSession(start)) }
    const bookmark = '00000001-00000002-00000003-00112233445566778899aabbccddeeff'
    await ask({ DB }, '/tariff-plans')
    await ask({ DB }, '/companies/login', json({ email: 'nobody@example.com', password: 'x' }))
    expect(starts).toEqual(['first-unconstrained', 'first-primary'])
    starts.length = 0
    const spy = { withSession: (start: string) => (starts.push(start), env.DB.withSession('first-primary')) }
    await ask({ DB: spy }, '/tariff-plans', { headers: { 'x-d1-bookmark': bookmark } })
    await ask({ DB: spy }, '/tariff-plans', { headers: { 'x-d1-bookmark': `${bookmark}' or 1` } })
    expect(starts).toEqual([bookmark, 'first-unconstrained'])
  })
})

describe('browsers', () => {
  it('may call from any origin', async () => {
    for (const path of ['/contracts', '/clients/login/', '/api/v1/admin/auth/login', '/nothing']) {
      const response = await SELF.fetch(`http://qoltanba.test${path}`, {
        method: 'OPTIONS',
        headers: {
          origin: 'https://app.example',
          'access-control-request-method': 'PUT',
          'access-control-request-headers': 'authorization,idempotency-key',
        },
      })
      expect([
        response.status,
        response.headers.get('access-control-allow-origin'),
        response.headers.get('access-control-allow-credentials'),
      ]).toEqual([204, '*', null])
      for (const name of ['authorization', 'content-type', 'idempotency-key', 'x-d1-bookmark'])
        expect(response.headers.get('access-control-allow-headers')).toContain(name)
      for (const method of ['PUT', 'PATCH', 'DELETE']) expect(response.headers.get('access-control-allow-methods')).toContain(method)
    }
    for (const path of ['/tariff-plans', '/companies', '/nothing']) {
      const answer = await call('GET', path)
      expect(answer.headers.get('access-control-allow-origin')).toBe('*')
      for (const name of ['x-d1-bookmark', 'retry-after', 'link', 'x-request-id', 'idempotency-replayed'])
        expect(answer.headers.get('access-control-expose-headers')).toContain(name)
      expect([
        answer.headers.get('x-content-type-options'),
        answer.headers.get('cache-control'),
        answer.headers.get('referrer-policy'),
      ]).toEqual(['nosniff', 'no-store', 'no-referrer'])
      expect(answer.headers.get('x-request-id')).toMatch(/./)
    }
  })
})

describe('what nobody meant', () => {
  const broken = {
    DB: {
      withSession: () => ({
        prepare: () => {
          throw new Error('D1_ERROR: secret detail')
        },
        getBookmark: () => null,
      }),
    },
  }
  it.each([
    ['/tariff-plans', 'application/problem+json'],
    ['/clients/staff/', 'application/json; charset=utf-8'],
    ['/api/v1/agreement/statuses', 'application/json; charset=utf-8'],
    ['/api/v1/admin/auth/me', 'application/json; charset=utf-8'],
  ])('%s says nothing but where to look it up', async (path, type) => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const answer = await ask(broken, path, { headers: { authorization: `Bearer ${(await newCompany()).token}`, 'cf-ray': 'ray-77' } })
    const text = await answer.text()
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('x-request-id')]).toEqual([500, type, 'ray-77'])
    expect(text).not.toMatch(/secret detail|D1_ERROR|select|\.ts/)
    expect(logged.mock.calls.flat().join('\n')).toContain('ray-77')
  })

  it('is logged without the values that were bound', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const company = await newCompany()
    // A defect in the middle of a write: the statement fails with everything bound.
    await env.DB.prepare("create trigger broken before insert on contract_fields begin select raise(abort, 'broken'); end").run()
    try {
      const contract = await createContract(company, await uploadTemplate(company))
      const answer = await SELF.fetch(
        'http://qoltanba.test/contract-fields',
        json(
          { contract_id: contract.id, field_name: 'client_name', field_type: 'text', value: 'Тайное Значение' },
          { authorization: `Bearer ${company.token}` },
        ),
      )
      expect(answer.status).toBe(500)
    } finally {
      await env.DB.prepare('drop trigger broken').run()
    }
    const said = logged.mock.calls.flat().join('\n')
    expect(said).toContain('broken')
    expect(said).not.toContain('Тайное')
  })

  it('keeps that silence where an error came through a Durable Object, which leaves only its text', () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const lost = new Error('Failed query: insert into x values (?)\nparams: Тайное Значение,+77011234567')
    logUnknown(lost, 'r1', 'test')
    logUnknown(new Error('outer', { cause: lost }), 'r2', 'test')
    const said = logged.mock.calls.flat().join('\n')
    expect(said).toContain('insert into x')
    expect(said).not.toMatch(/Тайное|7701/)
  })

  it('in the configuration is told to the log by name, and to callers not at all', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const answer = await ask({ APP_SECRET: 'short-secret', OPERATOR_EMAIL: 'nobody' }, '/health')
    expect(answer.status).toBe(503)
    expect(await answer.text()).not.toMatch(/APP_SECRET|OPERATOR/)
    const said = logged.mock.calls.flat().join('\n')
    expect(said).toMatch(/APP_SECRET.*OPERATOR_EMAIL|OPERATOR_EMAIL.*APP_SECRET/)
    expect(said).not.toContain('short-secret')
  })
})

describe('rate limits', () => {
  const limiter = (keys: string[], success: boolean) => ({ limit: async ({ key }: { key: string }) => (keys.push(key), { success }) })

  it('count callers by address at public doors, by who they are elsewhere', async () => {
    const company = await newCompany()
    const [token, address, login]: string[][] = [[], [], []]
    const bindings = {
      LIMIT_TOKEN: limiter(token ?? [], true),
      LIMIT_ADDRESS: limiter(address ?? [], true),
      LIMIT_LOGIN: limiter(login ?? [], true),
    }
    const headers = { 'cf-connecting-ip': '192.0.2.5' }
    await ask(bindings, '/tariff-plans', { headers })
    await ask(bindings, '/companies', { headers: { ...headers, authorization: `Bearer ${company.token}` } })
    await ask(
      bindings,
      '/companies/login',
      json({ email: 'nobody@example.com', password: 'x' }, { ...headers, authorization: `Bearer ${company.token}` }),
    )
    // Tokens that are tried count, too.
    await ask(bindings, '/companies', { headers: { ...headers, authorization: 'Bearer qk_guess' } })
    expect({ token, address, login }).toEqual({
      token: [`user:${company.userId}`],
      address: ['192.0.2.5', '192.0.2.5'],
      login: ['192.0.2.5'],
    })
  })

  it('answer 429 and say when to come again, before anything is done', async () => {
    const company = await newCompany()
    const all = { LIMIT_TOKEN: limiter([], false), LIMIT_ADDRESS: limiter([], false), LIMIT_LOGIN: limiter([], false) }
    const authorization = `Bearer ${company.token}`
    for (const [path, init] of [
      ['/tariff-plans', {}],
      ['/companies', { headers: { authorization } }],
      ['/companies', { headers: { authorization: 'Bearer x.y.z' } }],
      ['/companies/login', json({})],
      ['/companies/register', json({})],
    ] as const) {
      const answer = await ask(all, path, init)
      expect([answer.status, answer.headers.get('retry-after')], path).toEqual([429, '60'])
    }
  })
})

describe('outside development', () => {
  const production = {
    ENVIRONMENT: 'production',
    PUBLIC_URL: 'https://qoltanba.example',
    OPERATOR_EMAIL: 'op@qoltanba.example',
    OPERATOR_PASSWORD: 'an operator’s password',
    SMS_PROVIDER: 'smsc',
    SMSC_API_KEY: 'x',
    PLATFORM_AUTHORITY: JSON.stringify({
      root: '-----BEGIN CERTIFICATE-----',
      certificate: '-----BEGIN CERTIFICATE-----',
      key: { v: 1, keyId: crypto.randomUUID(), alg: 'ES256', kid: 'k', dek: '', iv: '', key: '' },
    }),
    LOGIN_FAILURES_PER_ADDRESS: '50',
  }

  it('there is neither outbox nor clock, and nothing tells that there could be', async () => {
    const nowhere = await (await ask(production, '/dev/nowhere', { headers: { 'cf-ray': 'r' } })).text()
    const tries: [string, RequestInit][] = [
      ['/dev/outbox', {}],
      ['/dev/outbox?to=%2B77011234567', {}],
      ['/dev/outbox?to=a&to=b', {}],
      ['/dev/clock', json({ advance_seconds: 60 })],
      ['/dev/clock', json({ advance_seconds: 'x' })],
      ['/dev/clock', { method: 'POST', body: '{' }],
      ['/dev/clock', { method: 'POST', body: 'x', headers: { 'content-type': 'text/plain' } }],
    ]
    for (const [path, init] of tries) {
      const answer = await ask(production, path, { ...init, headers: { ...(init.headers as object), 'cf-ray': 'r' } })
      expect([answer.status, await answer.text()], path).toEqual([404, nowhere])
    }
    expect((await call('GET', '/dev/outbox')).status).toBe(200)
  })

  it('the clock is the machine’s, whatever was set', async () => {
    await advance(1e6)
    const { time } = (await (await ask(production, '/health')).json()) as { time: string }
    expect(Math.abs(Date.parse(time) - Date.now())).toBeLessThan(10_000)
  })

  it('the development operator has no account', async () => {
    const answer = await ask(production, '/companies/login', json({ email: 'operator@example.com', password: 'operator-dev-password' }))
    expect(answer.status).toBe(401)
    expect(
      (await ask(production, '/companies/login', json({ email: production.OPERATOR_EMAIL, password: production.OPERATOR_PASSWORD })))
        .status,
    ).toBe(200)
  })
})

describe('health', () => {
  it('asks each store, and says which does not answer', async () => {
    expect(await must(200, 'GET', '/health')).toMatchObject({ status: 'ok', checks: { d1: 'ok', r2: 'ok', durable_objects: 'ok' } })
    const FILES = {
      head: async () => {
        throw new Error('away')
      },
    }
    const answer = await ask({ FILES }, '/health')
    expect([answer.status, await answer.json()]).toMatchObject([503, { status: 'degraded', checks: { d1: 'ok', r2: 'failed' } }])
    const SESSIONS = {
      getByName: () => ({
        check: async () => {
          throw new Error('away')
        },
      }),
    }
    expect(await (await ask({ SESSIONS }, '/health')).json()).toMatchObject({ checks: { durable_objects: 'failed' } })
  })

  it('the operator’s token outlives nothing of it', async () => {
    expect((await call('GET', '/companies', { token: await operatorToken() })).status).toBe(200)
  })
})
