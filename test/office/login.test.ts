import { env } from 'cloudflare:test'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { hashPassword } from '../../src/identity/password.ts'
import { advance, call, must, outbox, resetClock, wrongCode } from '../app.ts'
import { newCompany, newPhone, PASSWORD } from '../factories.ts'
import { DECLARED } from '../spec.ts'
import { act, askLoginCode, count, logIn, OFFICE, passwordOf, register, statuses, session } from './kit.ts'

afterEach(resetClock)

describe('a client logs in', () => {
  it('with the password from the SMS', async () => {
    const company = await newCompany()
    const client = await register(company)
    const password = await passwordOf(client.phone)
    const entered = await logIn({ phone: client.phone, password })
    expect([entered.status, entered.body.client]).toEqual([200, client])
    expect(entered.text).not.toMatch(/scrypt|password/)
    expect((await logIn({ phone: client.phone, password: `${password}x` })).status).toBe(401)
    expect((await logIn({ phone: newPhone(), password })).status).toBe(401)
  })

  it('with a password or a code, not with both or neither', async () => {
    const phone = newPhone()
    for (const more of [{}, { password: 'x', code: '123456' }, { code: '12345' }, { code: '12345a' }, { password: '' }]) {
      expect((await logIn({ phone, ...more })).status, JSON.stringify(more)).toBe(400)
    }
  })

  it('as the client of the organization whose password or code it is', async () => {
    const [one, two] = [await newCompany(), await newCompany()]
    const first = await register(one)
    const firstPassword = await passwordOf(first.phone)
    const second = await register(two, { phone: first.phone, last_name: 'Двойной' })
    const secondPassword = await passwordOf(first.phone, 2)
    expect(secondPassword).not.toBe(firstPassword)
    expect((await logIn({ phone: first.phone, password: firstPassword })).body.client.id).toBe(first.id)
    expect((await logIn({ phone: first.phone, password: secondPassword })).body.client.id).toBe(second.id)
    const code = await askLoginCode(two, second)
    const newer = await askLoginCode(one, first, 2)
    expect((await logIn({ phone: first.phone, code })).body.client.id).toBe(second.id)
    expect((await logIn({ phone: first.phone, code: newer })).body.client.id).toBe(first.id)
    // Blocked by one, still a client of the other.
    await act(one, first, 'block')
    expect((await logIn({ phone: first.phone, password: firstPassword })).status).toBe(403)
    expect((await logIn({ phone: first.phone, password: secondPassword })).status).toBe(200)
  })

  it('with one scrypt, of however many organizations the phone is a client', async () => {
    const company = await newCompany()
    const client = await register(company)
    const password = await passwordOf(client.phone)
    for (let i = 0; i < 3; i++) await register(await newCompany(), { phone: client.phone })
    // As it was made before the secret changed: another salt, still good.
    const odd = await register(await newCompany(), { phone: client.phone })
    await env.DB.prepare('update office_clients set password_hash = ? where id = ?')
      .bind(await hashPassword(PASSWORD), odd.id)
      .run()
    const recipes = await env.DB.prepare(
      'select distinct substr(password_hash, 1, length(password_hash) - 44) as recipe from office_clients where phone = ?',
    )
      .bind(client.phone)
      .all()
    expect(recipes.results).toHaveLength(2)
    expect((await logIn({ phone: client.phone, password })).body.client.id).toBe(client.id)
    expect((await logIn({ phone: client.phone, password: PASSWORD })).body.client.id).toBe(odd.id)
    const others = await env.DB.prepare('select password_hash from office_clients where phone <> ?')
      .bind(client.phone)
      .all<{ password_hash: string }>()
    const recipe = recipes.results.map((r) => String(r.recipe))
    expect(others.results.some((o) => recipe.some((r) => o.password_hash.startsWith(r)))).toBe(false)
  })

  it('but not into an organization that is gone', async () => {
    const company = await newCompany()
    const client = await register(company)
    const token = await session(company, client)
    await must(204, 'DELETE', `/companies/${company.id}`, { token: company.token })
    expect((await logIn({ phone: client.phone, password: await passwordOf(client.phone) })).status).toBe(401)
    expect((await call('GET', `${OFFICE}/clients`, { token })).status).toBe(401)
  })
})

describe('passwords are not for guessing', () => {
  it('one after another', async () => {
    const company = await newCompany()
    const client = await register(company)
    const statuses: number[] = []
    for (let i = 0; i < 10; i++) statuses.push((await logIn({ phone: client.phone, password: `guess-${i}` })).status)
    expect(statuses.slice(0, 3)).toEqual([401, 401, 401])
    expect(statuses.slice(-2)).toEqual([429, 429])
    const late = await logIn({ phone: client.phone, password: await passwordOf(client.phone) })
    expect([late.status, Number(late.headers.get('retry-after')) > 0]).toEqual([429, true])
    // A code still opens: nobody is kept out by another's guesses.
    expect((await logIn({ phone: client.phone, code: await askLoginCode(company, client) })).status).toBe(200)
    await advance(901)
    expect((await logIn({ phone: client.phone, password: await passwordOf(client.phone) })).status).toBe(200)
  })

  it('nor many at once, nor from one address over many phones', async () => {
    const phone = newPhone()
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => logIn({ phone, password: `guess-${i}` })))
    expect(answers.filter((a) => a.status === 401).length).toBeLessThanOrEqual(8)
    const address = { 'cf-connecting-ip': '203.0.113.7' }
    await logIn({ phone: newPhone(), password: 'x' }, address)
    await logIn({ phone: newPhone(), code: '123456' }, address)
    await env.DB.prepare("update login_failures set count = 20000 where kind = 'address'").run()
    expect((await logIn({ phone: newPhone(), password: 'x' }, address)).status).toBe(429)
    expect((await logIn({ phone: newPhone(), code: '123456' }, address)).status).toBe(429)
    expect((await logIn({ phone: newPhone(), code: '123456' }, { 'cf-connecting-ip': '203.0.113.8' })).status).toBe(401)
  })
})

describe('a login code', () => {
  it('has six digits, lives five minutes and serves once', async () => {
    const company = await newCompany()
    const client = await register(company)
    const code = await askLoginCode(company, client)
    expect(code).toMatch(/^\d{6}$/)
    expect((await logIn({ phone: client.phone, code })).status).toBe(200)
    expect((await logIn({ phone: client.phone, code })).status).toBe(401)
    await advance(61)
    const next = await askLoginCode(company, client, 2)
    await advance(301)
    expect((await logIn({ phone: client.phone, code: next })).status).toBe(401)
    const kept = JSON.stringify((await env.DB.prepare('select * from office_login_codes').all()).results)
    expect(kept).not.toContain(code)
  })

  it('comes once a minute at most, and ends the one before', async () => {
    const company = await newCompany()
    const client = await register(company)
    const first = await askLoginCode(company, client)
    const again = await act(company, client, 'login-codes')
    expect([again.status, Number(again.headers.get('retry-after')) > 0]).toEqual([429, true])
    await advance(61)
    const second = await askLoginCode(company, client, 2)
    expect((await logIn({ phone: client.phone, code: first })).status).toBe(first === second ? 200 : 401)
    expect((await logIn({ phone: client.phone, code: second })).status).toBe(200)
  })

  it('is sent once of eight calls at once', async () => {
    const company = await newCompany()
    const client = await register(company)
    const race = async () => statuses(await Promise.all(Array.from({ length: 8 }, () => act(company, client, 'login-codes'))))
    expect(await race()).toEqual([202, ...Array<number>(7).fill(429)])
    await advance(61)
    expect(await race()).toEqual([202, ...Array<number>(7).fill(429)])
    expect((await outbox(client.phone)).filter((m) => m.code !== null)).toHaveLength(2)
  })

  it('opens once of eight logins at once', async () => {
    const company = await newCompany()
    const client = await register(company)
    const code = await askLoginCode(company, client)
    const answers = await Promise.all(Array.from({ length: 8 }, () => logIn({ phone: client.phone, code })))
    expect(statuses(answers)).toEqual([200, ...Array<number>(7).fill(401)])
  })

  it('ends with five wrong ones, also at once, until a new one comes', async () => {
    const company = await newCompany()
    const client = await register(company)
    const code = await askLoginCode(company, client)
    const statuses: number[] = []
    for (let i = 0; i < 6; i++) statuses.push((await logIn({ phone: client.phone, code: wrongCode(code) })).status)
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429])
    expect((await logIn({ phone: client.phone, code })).status).toBe(429)
    await advance(61)
    const second = await askLoginCode(company, client, 2)
    const guesses = Array.from({ length: 20 }, (_, i) => String((Number(second) + 1 + i) % 1_000_000).padStart(6, '0'))
    const answers = await Promise.all(guesses.map((guess) => logIn({ phone: client.phone, code: guess })))
    expect(answers.filter((a) => a.status === 401)).toHaveLength(5)
    expect((await logIn({ phone: client.phone, code: second })).status).toBe(429)
    await advance(61)
    expect((await logIn({ phone: client.phone, code: await askLoginCode(company, client, 3) })).status).toBe(200)
  })

  it('is good for one phone alone', async () => {
    const company = await newCompany()
    const [one, two] = [await register(company), await register(company)]
    const code = await askLoginCode(company, one)
    await askLoginCode(company, two)
    const hashes = await env.DB.prepare('select code_hash from office_login_codes where client_id = ?')
      .bind(one.id)
      .first<{ code_hash: string }>()
    await env.DB.prepare('update office_login_codes set code_hash = ? where client_id = ?').bind(hashes?.code_hash, two.id).run()
    expect((await logIn({ phone: two.phone, code })).status).toBe(401)
    expect((await logIn({ phone: one.phone, code })).status).toBe(200)
  })
})

describe('blocking', () => {
  it('ends sessions, refuses codes and logins, and lets nothing of before back in', async () => {
    const company = await newCompany()
    const client = await register(company)
    const password = await passwordOf(client.phone)
    const token = await session(company, client)
    await advance(61)
    const code = await askLoginCode(company, client, 2)
    const spare = await register(company)
    const spareCode = await askLoginCode(company, spare)
    expect((await call('GET', `${OFFICE}/clients`, { token })).status).toBe(403)

    expect((await act(company, client, 'block')).body.status).toBe('blocked')
    expect((await act(company, client, 'block')).status).toBe(200)
    await act(company, spare, 'block')
    expect((await call('GET', `${OFFICE}/clients`, { token })).status).toBe(401)
    expect((await act(company, client, 'login-codes')).status).toBe(409)
    expect((await logIn({ phone: client.phone, password })).status).toBe(403)
    expect((await logIn({ phone: client.phone, code })).status).toBe(403)
    expect((await logIn({ phone: client.phone, password: 'wrong' })).status).toBe(401)

    expect((await act(company, client, 'unblock')).body.status).toBe('active')
    await act(company, spare, 'unblock')
    expect((await call('GET', `${OFFICE}/clients`, { token })).status).toBe(401)
    expect((await logIn({ phone: spare.phone, code: spareCode })).status).toBe(401)
    expect((await logIn({ phone: client.phone, password })).status).toBe(200)
    const audited = 'select count(*) as n from audit_log where subject = ? and action = ?'
    expect(await count(audited, `client:${client.id}`, 'client.blocked')).toBe(1)
    expect(await count(audited, `client:${client.id}`, 'client.unblocked')).toBe(1)
  })

  it('leaves no session of a login that ran beside it', async () => {
    const company = await newCompany()
    const client = await register(company)
    const code = await askLoginCode(company, client)
    const [entered] = await Promise.all([logIn({ phone: client.phone, code }), act(company, client, 'block')])
    await act(company, client, 'unblock')
    if (entered.status === 200) expect((await call('GET', `${OFFICE}/clients`, { token: entered.body.token })).status).toBe(401)
    else expect(entered.status).toBe(403)
  })
})

describe('a client’s session', () => {
  it('opens nothing that needs a permission, on any surface', async () => {
    const company = await newCompany()
    const token = await session(company, await register(company))
    for (const { spec, path } of DECLARED.filter((d) => !['public', 'client:packages'].includes(d.spec.access))) {
      const method = spec.method.toUpperCase()
      const filled = path.replace(/\{(\w*)\}/g, (_, name: string) => (name === 'id' || name === 'company_id' ? String(company.id) : '1'))
      const valid = !spec.body ? {} : spec.bodyAs === 'form' ? { raw: new FormData() } : { body: spec.example }
      expect((await call(method, filled, { token, ...valid })).status, `${method} ${path}`).toBe(403)
    }
  })

  it('ends after an hour', async () => {
    const company = await newCompany()
    const token = await session(company, await register(company))
    await advance(3601)
    expect((await call('GET', `${OFFICE}/clients`, { token })).status).toBe(401)
  })

  it('leaves no personal data in the log', async () => {
    const spies = (['log', 'info', 'warn', 'error'] as const).map((how) => vi.spyOn(console, how))
    const company = await newCompany()
    const client = await register(company, { last_name: 'Секретов' })
    const password = await passwordOf(client.phone)
    await logIn({ phone: client.phone, password })
    await session(company, client)
    const said = JSON.stringify(spies.flatMap((spy) => spy.mock.calls))
    for (const secret of [client.phone.slice(1), 'Секретов', password]) expect(said).not.toContain(secret)
    for (const spy of spies) spy.mockRestore()
  })
})
