import { createExecutionContext, env } from 'cloudflare:test'
import { exportJWK, generateKeyPair, importJWK, SignJWT, type CryptoKey as JoseKey } from 'jose'
import { afterEach, describe, expect, it } from 'vitest'
import { handle } from '../../src/app.ts'
import { settingsOf } from '../../src/env.ts'
import { hashPassword, verifyPassword } from '../../src/identity/password.ts'
import { signToken } from '../../src/identity/tokens.ts'
import { advance, call, must, now, resetClock, statusesOf } from '../app.ts'
import { countRows, newCompany, newCtx, newEmail, newMember, newPhone, operatorToken, PASSWORD, type Company } from '../factories.ts'

afterEach(resetClock)

interface Session {
  access: string
  refresh: string
}
const registration = () => ({ name: 'ТОО «Рога и Копыта»', email: newEmail(), phone: newPhone(), password: PASSWORD })
const logIn = (email: string, password = PASSWORD) =>
  call<Session & { detail: string }>('POST', '/clients/login/', { body: { email, password } })
const session = async (company: Company): Promise<Session> => {
  const { body } = await logIn(company.email)
  return body
}
const refresh = (token: string) => call<Session>('POST', '/clients/refresh/', { body: { refresh: token } })
const opens = async (token: string, id: number) => (await call('GET', `/companies/id/${id}`, { token })).status

describe('registering', () => {
  it('of one e-mail ten times together makes one company', async () => {
    const { email } = registration()
    const before = await countRows()
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => call('POST', '/companies/register', { body: { ...registration(), email } })),
    )
    expect(statusesOf(answers)).toEqual([201, 409, 409, 409, 409, 409])
    const after = await countRows()
    for (const table of ['organizations', 'users', 'balances', 'balance_entries', 'audit_log'])
      expect((after[table] ?? 0) - (before[table] ?? 0), table).toBe(1)
    const winner = answers.find((a) => a.status === 201)
    expect(winner?.text).not.toMatch(/password|scrypt/)
  })

  it('takes an e-mail once, however it is written, and a phone once, and never the operator’s', async () => {
    const company = await newCompany()
    const statuses = async (change: object) =>
      (await call('POST', '/companies/register', { body: { ...registration(), ...change } })).status
    expect(await statuses({ email: company.email.toUpperCase() })).toBe(409)
    expect(await statuses({ phone: company.phone })).toBe(409)
    expect(await statuses({ email: 'Operator@Example.com' })).toBe(409)
    expect((await call('PUT', `/companies/${company.id}`, { token: company.token, body: { email: 'operator@example.com' } })).status).toBe(
      409,
    )
    const other = await newCompany()
    expect((await call('PUT', `/companies/${company.id}`, { token: company.token, body: { email: other.email } })).status).toBe(409)
    expect((await call('PUT', `/companies/${company.id}`, { token: company.token, body: { phone: other.phone } })).status).toBe(409)
    expect(await must(200, 'GET', `/companies/id/${company.id}`, { token: company.token })).toMatchObject({
      email: company.email,
      phone: company.phone,
    })
  })

  it('opens every door with one identity', async () => {
    const body = registration()
    const { id } = await must<{ id: number }>(201, 'POST', '/companies/register', { body })
    const byPhone = await must<{ token: string; company: { id: number } }>(200, 'POST', '/companies/login', {
      body: { phone: body.phone, password: PASSWORD },
    })
    const byEmail = await must<{ token: string }>(200, 'POST', '/companies/login', {
      body: { email: ` ${body.email}`.trim().toUpperCase(), password: PASSWORD },
    })
    const b2b = await session({ ...body, id } as unknown as Company)
    const admin = await must<{ data: { token: string } }>(200, 'POST', '/api/v1/admin/auth/login', {
      body: { email: body.email, password: PASSWORD },
    })
    for (const token of [byPhone.token, byEmail.token, b2b.access, admin.data.token]) {
      for (const path of [
        `/companies/id/${id}`,
        '/clients/staff/',
        '/api/v1/webhooks',
        '/api/v1/agreement/statuses',
        '/api/v1/admin/auth/me',
      ])
        await must(200, 'GET', path, { token })
    }
  })
})

describe('passwords', () => {
  it('are kept as scrypt with its parameters, and a missing account costs the same work', async () => {
    const [a, b] = await Promise.all([hashPassword(PASSWORD), hashPassword(PASSWORD)])
    expect(a).toMatch(/^scrypt\$16384\$8\$1\$[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=$/)
    expect(a).not.toBe(b)
    expect(
      await Promise.all([
        verifyPassword(PASSWORD, a),
        verifyPassword(`${PASSWORD} `, a),
        verifyPassword('', a),
        verifyPassword(PASSWORD, null),
      ]),
    ).toEqual([true, false, false, false])
    // The same letters in another normal form (Windows and macOS type й differently).
    expect(await verifyPassword('пароль й'.normalize('NFD'), await hashPassword('пароль й'.normalize('NFC')))).toBe(true)
    const cost = async (stored: string | null) => {
      const start = performance.now()
      for (let i = 0; i < 3; i++) await verifyPassword('x', stored)
      return performance.now() - start
    }
    await cost(a)
    const [real, missing] = [await cost(a), await cost(null)]
    expect(missing).toBeGreaterThan(real / 5)
  })
})

describe('login throttling', () => {
  it('ends guessing within ten tries, for the right password too, on every door, until its window passes', async () => {
    const company = await newCompany()
    const statuses: number[] = []
    for (let i = 0; i < 10; i++) statuses.push((await logIn(company.email, `неверно ${i}`)).status)
    expect(statuses.slice(0, 8)).toEqual(Array.from({ length: 8 }, () => 401))
    expect(statuses.slice(8)).toEqual([429, 429])
    const refused = await logIn(company.email.toUpperCase())
    expect(refused.status).toBe(429)
    const wait = Number(refused.headers.get('retry-after'))
    expect(wait).toBeGreaterThan(800)
    expect(wait).toBeLessThanOrEqual(900)
    for (const path of ['/companies/login', '/api/v1/admin/auth/login'])
      expect((await call('POST', path, { body: { email: company.email, password: PASSWORD } })).status).toBe(429)
    // Who is logged in stays so; nobody else is hindered.
    expect(await opens(company.token, company.id)).toBe(200)
    expect((await logIn((await newCompany()).email)).status).toBe(200)
    await advance(901)
    expect((await logIn(company.email)).status).toBe(200)
  })

  it('counts guesses that come together', async () => {
    const company = await newCompany()
    const answers = await Promise.all(Array.from({ length: 24 }, (_, i) => logIn(company.email, `неверно ${i}`)))
    expect(answers.filter((a) => a.status === 401).length).toBeLessThanOrEqual(10)
    expect((await logIn(company.email)).status).toBe(429)
  })

  it('forgets failures once the right password comes, also where many log in together', async () => {
    const company = await newCompany()
    for (let i = 0; i < 7; i++) await logIn(company.email, 'неверно 1')
    expect((await logIn(company.email)).status).toBe(200)
    expect((await logIn(company.email, 'неверно 2')).status).toBe(401)
    expect((await Promise.all(Array.from({ length: 5 }, () => logIn(company.email)))).map((a) => a.status)).toEqual([
      200, 200, 200, 200, 200,
    ])
  })

  it('counts the address, whatever account is tried, and keeps neither in plain text', async () => {
    const strict = { ...env, LOGIN_FAILURES_PER_ADDRESS: '3' }
    const from = (address: string, email: string, password = 'неверно 1') =>
      handle(
        new Request('http://qoltanba.test/clients/login/', {
          method: 'POST',
          body: JSON.stringify({ email, password }),
          headers: { 'content-type': 'application/json', 'cf-connecting-ip': address },
        }),
        strict,
        createExecutionContext(),
      )
    for (let i = 0; i < 3; i++) expect((await from('192.0.2.9', `nobody${i}@example.com`)).status).toBe(401)
    const company = await newCompany()
    expect((await from('192.0.2.9', company.email, PASSWORD)).status).toBe(429)
    expect((await from('192.0.2.10', company.email, PASSWORD)).status).toBe(200)
    // Good logins are no failures of the address.
    for (let i = 0; i < 4; i++) expect((await from('192.0.2.11', company.email, PASSWORD)).status).toBe(200)
    const kept = JSON.stringify((await env.DB.prepare('select * from login_failures').all()).results)
    expect(kept).not.toMatch(/192\.0\.2|example\.com/)
  })

  it('holds for the operator', async () => {
    for (let i = 0; i < 8; i++) expect((await logIn('operator@example.com', 'неверно')).status).toBe(401)
    expect((await logIn('operator@example.com', 'operator-dev-password')).status).toBe(429)
    await advance(901)
    expect((await logIn('operator@example.com', 'operator-dev-password')).status).toBe(200)
  })
})

/** The environment with other signing keys. */
const withKeys = (keys: unknown[]): Env => Object.assign({ ...env }, { JWT_SIGNING_KEYS: JSON.stringify(keys) })

describe('access tokens', () => {
  const claims = (company: Company) => ({ org: company.id, sid: company.sessionId, use: 'access' })
  const make = (company: Company, key: JoseKey | Uint8Array, header: { alg: string; kid?: string; typ?: string }, change: object = {}) =>
    new SignJWT({ ...claims(company), ...change })
      .setProtectedHeader(header)
      .setIssuer('qoltanba')
      .setSubject(`user:${company.userId}`)
      .setJti('t1')
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(key)

  it('are taken only with our key, our form, and unaltered', async () => {
    const company = await newCompany()
    const [own] = settingsOf(env).JWT_SIGNING_KEYS
    if (!own) throw new Error('no key')
    const key = await importJWK(own, 'ES256')
    expect(await opens(await make(company, key, { alg: 'ES256', kid: own.kid, typ: 'JWT' }), company.id)).toBe(200)

    const { privateKey } = await generateKeyPair('ES256')
    const [head = '', body = '', signature = ''] = company.token.split('.')
    const encode = (value: object) => btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
    const { keys } = await must<{ keys: Record<string, unknown>[] }>(200, 'GET', '/.well-known/jwks.json')
    const publicBytes = new TextEncoder().encode(JSON.stringify(keys[0]))
    const forged: Record<string, string> = {
      'alg none': `${encode({ alg: 'none', typ: 'JWT', kid: own.kid })}.${body}.`,
      'alg None with the signature': `${encode({ alg: 'None', typ: 'JWT', kid: own.kid })}.${body}.${signature}`,
      'no signature': `${head}.${body}.`,
      'another’s signature': `${head}.${encode({ ...(JSON.parse(atob(body)) as object), org: 1 })}.${signature}`,
      'another key under our kid': await make(company, privateKey, { alg: 'ES256', kid: own.kid, typ: 'JWT' }),
      'another kid': await make(company, key, { alg: 'ES256', kid: 'other', typ: 'JWT' }),
      'no kid': await make(company, key, { alg: 'ES256', typ: 'JWT' }),
      'no typ': await make(company, key, { alg: 'ES256', kid: own.kid }),
      'the public key as a secret': await make(company, publicBytes, { alg: 'HS256', kid: own.kid, typ: 'JWT' }),
      'another use': await make(company, key, { alg: 'ES256', kid: own.kid, typ: 'JWT' }, { use: 'refresh' }),
      'another session': await make(company, key, { alg: 'ES256', kid: own.kid, typ: 'JWT' }, { sid: 'f'.repeat(32) }),
      'a session of another organization': await make(
        company,
        key,
        { alg: 'ES256', kid: own.kid, typ: 'JWT' },
        { org: (await newCompany()).id },
      ),
      'no organization, as the operator has none': await make(company, key, { alg: 'ES256', kid: own.kid, typ: 'JWT' }, { org: null }),
      'an organization as text': await make(company, key, { alg: 'ES256', kid: own.kid, typ: 'JWT' }, { org: String(company.id) }),
      'very long': `${company.token}${'A'.repeat(10_000)}`,
    }
    for (const [what, token] of Object.entries(forged)) expect(await opens(token, company.id), what).toBe(401)
    expect(JSON.stringify(keys)).not.toContain(`"d":`)
    expect(keys[0]).toMatchObject({ kid: own.kid, alg: 'ES256', use: 'sig' })
  })

  it('live an hour by the service’s clock', async () => {
    const company = await newCompany()
    await advance(3595)
    expect(await opens(company.token, company.id)).toBe(200)
    await advance(10)
    expect(await opens(company.token, company.id)).toBe(401)
  })

  it('are not refresh tokens, nor the other way round', async () => {
    const company = await newCompany()
    const { access, refresh: token } = await session(company)
    expect(await opens(token, company.id)).toBe(401)
    expect((await refresh(access)).status).toBe(401)
  })

  it('outlive a change of keys while the old one is listed', async () => {
    const company = await newCompany()
    const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
    const added = { ...(await exportJWK(pair.privateKey)), alg: 'EdDSA', kid: 'next' }
    const [old] = JSON.parse(env.JWT_SIGNING_KEYS) as object[]
    const ask = (keys: object[], path: string, token: string) =>
      handle(
        new Request(`http://qoltanba.test${path}`, { headers: { authorization: `Bearer ${token}` } }),
        withKeys(keys),
        createExecutionContext(),
      )
    const path = `/companies/id/${company.id}`
    expect((await ask([added, old ?? {}], path, company.token)).status).toBe(200)
    expect((await ask([added], path, company.token)).status).toBe(401)
    const ctx = await newCtx()
    const settings = settingsOf(withKeys([added, old]))
    const fresh = await signToken(
      settings,
      'access',
      { subject: `user:${company.userId}`, orgId: company.id, sessionId: company.sessionId, tokenId: 'x' },
      ctx.now,
    )
    expect(JSON.parse(atob(fresh.split('.')[0] ?? ''))).toMatchObject({ kid: 'next', alg: 'EdDSA' })
    expect((await ask([added], path, fresh)).status).toBe(200)
    const { keys } = (await (await ask([added, old ?? {}], '/.well-known/jwks.json', '')).json()) as { keys: { kid: string; d?: string }[] }
    expect(keys.map((k) => [k.kid === 'next', k.d])).toEqual([
      [true, undefined],
      [false, undefined],
    ])
  })
})

describe('refreshing', () => {
  it('gives a new pair, and the old refresh token ends the session when it comes again', async () => {
    const company = await newCompany()
    const first = await session(company)
    const second = await refresh(first.refresh)
    expect(second.status).toBe(200)
    expect(await opens(second.body.access, company.id)).toBe(200)
    expect((await refresh(first.refresh)).status).toBe(401)
    // Whoever holds which of the two: both are out.
    expect(await opens(second.body.access, company.id)).toBe(401)
    expect((await refresh(second.body.refresh)).status).toBe(401)
    expect(await opens(company.token, company.id)).toBe(200)
  })

  it('twice together succeeds at most once', async () => {
    const company = await newCompany()
    const { refresh: token } = await session(company)
    const answers = await Promise.all(Array.from({ length: 6 }, () => refresh(token)))
    expect(answers.filter((a) => a.status === 200).length).toBeLessThanOrEqual(1)
    expect(answers.filter((a) => a.status === 401).length).toBeGreaterThanOrEqual(5)
  })

  it('ends after two weeks', async () => {
    const company = await newCompany()
    const { refresh: token } = await session(company)
    await advance(14 * 86_400 + 5)
    expect((await refresh(token)).status).toBe(401)
  })

  it('of the back office changes the token, and the old one stops', async () => {
    const company = await newCompany()
    const { data } = await must<{ data: { token: string } }>(200, 'POST', '/api/v1/admin/auth/refresh', { token: company.token })
    expect(await opens(data.token, company.id)).toBe(200)
    expect(await opens(company.token, company.id)).toBe(401)
  })
})

const SURFACES = ['/clients/staff/', '/api/v1/webhooks', '/api/v1/agreement/statuses', '/api/v1/admin/auth/me', '/companies']
const everywhere = async (token: string) => [
  ...new Set(await Promise.all(SURFACES.map(async (path) => (await call('GET', path, { token })).status))),
]

describe('a company that is changed side by side', () => {
  it('keeps every change, its owner too', async () => {
    const company = await newCompany()
    const change = (body: object) => call('PUT', `/companies/${company.id}`, { token: company.token, body })
    const { name, email, phone } = registration()
    const answers = await Promise.all([change({ name }), change({ email }), change({ phone }), change({ password: 'новый пароль 3' })])
    expect(answers.map((a) => a.status)).toEqual([200, 200, 200, 200])
    const known = { id: company.id, name, email, phone }
    expect((await call('GET', `/companies/id/${company.id}`, { token: await operatorToken() })).body).toEqual(known)
    const owner = await env.DB.prepare('select email, phone from users where id = ?').bind(company.userId).first()
    expect(owner).toEqual({ email, phone })
    expect((await logIn(email, 'новый пароль 3')).status).toBe(200)
  })
})

describe('sessions end', () => {
  it.each(['/clients/logout/', '/api/v1/admin/auth/logout'])('at once and on every surface by %s; others stay', async (path) => {
    const company = await newCompany()
    const { access, refresh: token } = await session(company)
    expect(await everywhere(access)).toEqual([200])
    expect((await call('POST', path, { token: access })).status).toBeLessThan(300)
    expect(await everywhere(access)).toEqual([401])
    expect((await refresh(token)).status).toBe(401)
    expect(await everywhere(company.token)).toEqual([200])
  })

  it('with the company: nobody comes in, nothing opens, and its e-mail and phone are free', async () => {
    const company = await newCompany()
    const member = await newMember(company, 'accountant')
    const { refresh: token } = await session(company)
    const { key } = await must<{ key: string }>(201, 'POST', '/api/v1/api-keys', {
      token: company.token,
      body: { name: 'ERP', scopes: ['contracts:read', 'companies:read'] },
    })
    await must(204, 'DELETE', `/companies/${company.id}`, { token: company.token })
    for (const t of [company.token, member, key]) expect(await everywhere(t)).toEqual([401])
    expect((await refresh(token)).status).toBe(401)
    expect((await logIn(company.email)).status).toBe(401)
    expect((await call('GET', `/companies/id/${company.id}`, { token: await operatorToken() })).status).toBe(404)
    const again = await must<{ id: number }>(201, 'POST', '/companies/register', {
      body: { ...registration(), email: company.email, phone: company.phone },
    })
    expect(again.id).not.toBe(company.id)
    // An old token does not open the new company.
    expect(await opens(company.token, again.id)).toBe(401)
  })

  it('everywhere else with a new password', async () => {
    const company = await newCompany()
    const other = await session(company)
    await must(200, 'PUT', `/companies/${company.id}`, { token: company.token, body: { password: 'новый пароль 2' } })
    expect(await opens(company.token, company.id)).toBe(200)
    expect(await opens(other.access, company.id)).toBe(401)
    expect((await refresh(other.refresh)).status).toBe(401)
    expect([(await logIn(company.email)).status, (await logIn(company.email, 'новый пароль 2')).status]).toEqual([401, 200])
  })

  it('when the account is switched off', async () => {
    const company = await newCompany()
    const { access, refresh: token } = await session(company)
    await env.DB.prepare('update users set is_active = 0 where id = ?').bind(company.userId).run()
    expect([await opens(access, company.id), (await refresh(token)).status, (await logIn(company.email)).status]).toEqual([401, 401, 401])
  })
})

describe('API keys', () => {
  const newKey = (company: Company, body: object) =>
    must<{ id: string; key: string }>(201, 'POST', '/api/v1/api-keys', { token: company.token, body: { name: 'ERP', ...body } })

  it('are shown once, kept hashed, open what their scopes say, and stop at once', async () => {
    const company = await newCompany()
    const { id, key } = await newKey(company, { scopes: ['contracts:read'] })
    expect(key).toMatch(/^qk_[\w-]{43}$/)
    expect(JSON.stringify(await must(200, 'GET', '/api/v1/api-keys', { token: company.token }))).not.toContain(key)
    expect(JSON.stringify((await env.DB.prepare('select * from api_keys').all()).results)).not.toContain(key)
    await must(200, 'GET', `/contracts/company/${company.id}`, { token: key })
    expect((await call('POST', '/contracts', { token: key, body: { company_id: company.id, template_id: 1 } })).status).toBe(403)
    expect((await call('GET', `/company-balances/${company.id}`, { token: key })).status).toBe(403)
    await must(204, 'DELETE', `/api/v1/api-keys/${id}`, { token: company.token })
    expect((await call('GET', `/contracts/company/${company.id}`, { token: key })).status).toBe(401)
    expect((await call('DELETE', `/api/v1/api-keys/${id}`, { token: company.token })).status).toBe(404)
  })

  it('end when they say so', async () => {
    const company = await newCompany()
    const at = (seconds: number) => now().then((d) => new Date(d.getTime() + seconds * 1000).toISOString())
    const { key } = await newKey(company, { scopes: ['contracts:read'], expires_at: await at(60) })
    await must(200, 'GET', `/contracts/company/${company.id}`, { token: key })
    await advance(61)
    expect((await call('GET', `/contracts/company/${company.id}`, { token: key })).status).toBe(401)
    expect((await call('POST', '/api/v1/api-keys', { token: company.token, body: { name: 'x', expires_at: await at(-1) } })).status).toBe(
      400,
    )
    for (const expires_at of ['9999-12-31T23:59:59-23:59', '0000-01-01T00:00:00+23:59'])
      expect((await call('POST', '/api/v1/api-keys', { token: company.token, body: { name: 'x', expires_at } })).status, expires_at).toBe(
        400,
      )
  })

  it('know only the listed scopes, and none that opens accounts', async () => {
    const company = await newCompany()
    for (const scope of ['everything', 'account:keys', 'account:read', 'platform:write', 'admin:access', 'CONTRACTS:READ', '__proto__']) {
      expect((await call('POST', '/api/v1/api-keys', { token: company.token, body: { name: 'x', scopes: [scope] } })).status, scope).toBe(
        400,
      )
    }
  })

  it('do not take over the account that made them', async () => {
    const company = await newCompany()
    const { key } = await newKey(company, { scopes: ['companies:read', 'companies:write'] })
    for (const body of [{ password: 'захвачено 1' }, { email: newEmail() }, { phone: newPhone() }])
      expect((await call('PUT', `/companies/${company.id}`, { token: key, body })).status, JSON.stringify(body)).toBe(403)
    expect((await call('DELETE', `/companies/${company.id}`, { token: key })).status).toBe(403)
    expect((await call('POST', '/clients/logout/', { token: key })).status).toBe(403)
    expect(await must(200, 'PUT', `/companies/${company.id}`, { token: key, body: { name: 'Новое имя' } })).toMatchObject({
      name: 'Новое имя',
    })
    expect((await logIn(company.email)).status).toBe(200)
  })

  it('are not made without end', async () => {
    const company = await newCompany()
    const statement = env.DB.prepare(
      "insert into api_keys (id, org_id, name, prefix, hash, scopes, created_by, created_at) values (?, ?, 'x', 'qk_', ?, '[]', 0, '')",
    )
    await env.DB.batch(Array.from({ length: 100 }, () => statement.bind(crypto.randomUUID(), company.id, crypto.randomUUID())))
    expect((await call('POST', '/api/v1/api-keys', { token: company.token, body: { name: 'x' } })).status).toBe(409)
  })
})

describe('roles', () => {
  it.each([
    ['admin', [200, 200, 201, 201]],
    ['accountant', [200, 200, 403, 403]],
    ['project_manager', [200, 200, 201, 403]],
    ['foreman', [200, 403, 403, 403]],
  ] as const)('%s may do what its role says', async (role, wanted) => {
    const company = await newCompany()
    const token = await newMember(company, role)
    const statuses = [
      (await call('GET', `/contracts/company/${company.id}`, { token })).status,
      (await call('GET', `/company-balances/${company.id}`, { token })).status,
      (await call('POST', '/contracts', { token, body: { company_id: company.id, template_id: 900_000_001 } })).status,
      (await call('POST', '/api/v1/api-keys', { token, body: { name: 'x' } })).status,
    ]
    // A template that is not there is told to those who may ask.
    expect(statuses.map((s) => (s === 400 ? 201 : s))).toEqual(wanted)
    const taken = await call('PUT', `/companies/${company.id}`, { token, body: { password: 'захвачено 1' } })
    expect(taken.status).toBe(403)
  })

  it('the back office does not let foremen in', async () => {
    const company = await newCompany()
    const token = await newMember(company, 'foreman')
    const row = await env.DB.prepare("select email from users where org_id = ? and role = 'foreman'")
      .bind(company.id)
      .first<{ email: string }>()
    expect((await call('POST', '/api/v1/admin/auth/login', { body: { email: row?.email, password: PASSWORD } })).status).toBe(403)
    expect((await call('GET', '/api/v1/admin/auth/me', { token })).status).toBe(403)
    expect((await logIn(row?.email ?? '')).status).toBe(200)
  })
})

describe('the operator', () => {
  it('sees companies, writes what belongs to the platform, and has no documents', async () => {
    const company = await newCompany()
    const { token, company: none } = await must<{ token: string; company: null }>(200, 'POST', '/companies/login', {
      body: { email: 'operator@example.com', password: 'operator-dev-password' },
    })
    expect(none).toBeNull()
    expect(await must(200, 'GET', `/companies/id/${company.id}`, { token })).toMatchObject({ id: company.id })
    expect((await must<{ id: number }[]>(200, 'GET', '/companies', { token })).map((c) => c.id)).toContain(company.id)
    await must(200, 'PUT', `/company-balances/${company.id}`, { token, body: { sms_signatures: 3 } })
    for (const path of [
      `/contracts/company/${company.id}`,
      `/templates/company/${company.id}`,
      `/stats/company/${company.id}`,
      '/api/v1/webhooks',
      '/api/v1/api-keys',
    ])
      expect((await call('GET', path, { token })).status, path).toBe(403)
    await must(204, 'POST', '/clients/logout/', { token })
    expect((await call('GET', '/companies', { token })).status).toBe(401)
  })
})
