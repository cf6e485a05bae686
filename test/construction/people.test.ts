import { env } from 'cloudflare:test'
import { deflateSync, crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { organizationLimits } from '../../src/construction/people/tables.ts'
import { call, must, statusesOf } from '../app.ts'
import { newCompany, newCtx, newEmail, newMember, newPerson, PASSWORD, type Company } from '../factories.ts'

const API = '/api/v1/admin'
const STRONG = 'SecurePass123!'
interface Foreman {
  id: number
  name: string
  email: string
  phone: string | null
  position: string | null
  avatar_path: string | null
  avatar_url: string | null
  is_active: boolean
}
const foreman = (more: object = {}) => ({
  name: 'Пётр Сидоров',
  email: newEmail(),
  password: STRONG,
  password_confirmation: STRONG,
  phone: '+7 (900) 123-45-67',
  ...more,
})
const hire = (company: Pick<Company, 'token'>, more?: object) =>
  must<Foreman>(201, 'POST', `${API}/users`, { token: company.token, body: foreman(more) })
const logIn = (email: string, password = STRONG) => call<{ access: string }>('POST', '/clients/login/', { body: { email, password } })
const limit = async (orgId: number, max: { maxUsers?: number; maxProjects?: number }) => {
  const { db } = await newCtx()
  await db
    .insert(organizationLimits)
    .values({ orgId, ...max })
    .onConflictDoUpdate({ target: organizationLimits.orgId, set: max })
}

const chunk = (type: string, data: Uint8Array) => {
  const body = Buffer.concat([Buffer.from(type), data])
  const [size, crc] = [Buffer.alloc(4), Buffer.alloc(4)]
  size.writeUInt32BE(data.length)
  crc.writeUInt32BE(crc32(body))
  return Buffer.concat([size, body, crc])
}
const png = (...more: Buffer[]) =>
  new Uint8Array(
    Buffer.concat([
      Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
      chunk('IHDR', Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0])),
      ...more,
      chunk('IDAT', deflateSync(Buffer.from([0, 255, 255, 255]))),
      chunk('IEND', Buffer.alloc(0)),
    ]),
  )
const form = (fields: Record<string, string | File>) => {
  const out = new FormData()
  for (const [name, value] of Object.entries(fields)) out.set(name, value)
  return out
}

describe('foremen', () => {
  it('are created, log in, and never into the back office', async () => {
    const company = await newCompany()
    const made = await hire(company)
    expect(made).toMatchObject({ is_active: true, avatar_url: null, phone: '+7 (900) 123-45-67' })
    expect(JSON.stringify(made)).not.toContain('assword')
    expect((await logIn(made.email)).status).toBe(200)
    const login = (password: string) => call('POST', `${API}/auth/login`, { body: { email: made.email, password } })
    expect((await login(STRONG)).status).toBe(403)
    expect((await login('Wrong-password-1')).status).toBe(401)
  })
  it('share a phone, which is nobody’s login', async () => {
    const company = await newCompany()
    await hire(company)
    expect((await hire(company)).phone).toBe('+7 (900) 123-45-67')
  })
  it.each(['Sh0rt!', 'lowercase123!', 'UPPERCASE123!', 'NoSymbols123'])('a password like %s is refused', async (password) => {
    const company = await newCompany()
    const answer = await call<{ errors: object }>('POST', `${API}/users`, {
      token: company.token,
      body: foreman({ password, password_confirmation: password }),
    })
    expect([answer.status, Object.keys(answer.body.errors)]).toEqual([422, ['password']])
  })
  it('one who has an account elsewhere joins, and neither organization sees or changes what is the other’s', async () => {
    const [home, other] = [await newCompany(), await newCompany()]
    const own = await hire(home, { name: 'Анна Дом', position: 'Прораб', phone: '+7 701 111 11 11' })
    const sent = { name: 'Другое имя', position: 'Мастер', phone: '+7 702 222 22 22' }
    const joined = await hire(other, { ...sent, email: own.email.toUpperCase() })
    expect(joined).toMatchObject({ id: own.id, email: own.email, ...sent, avatar_path: null, is_active: true })
    expect(Object.keys(joined)).toEqual(Object.keys(own))
    expect((await call('POST', `${API}/users`, { token: other.token, body: foreman({ email: own.email }) })).status).toBe(409)
    const item = `${API}/users/${own.id}`
    // The password that was sent is nobody's, and none can be set.
    expect((await logIn(own.email)).status).toBe(200)
    const password = { password: 'Иной-Пароль-1', password_confirmation: 'Иной-Пароль-1' }
    expect((await call('PUT', item, { token: other.token, body: password })).status).toBe(403)
    const noted = { name: 'Анна Гостья', phone: '+77010000000', position: 'Старший' }
    await must(200, 'PUT', item, { token: other.token, body: noted })
    const raw = form({ avatar: new File([png()], 'a.png', { type: 'image/png' }) })
    const drawn = await must<Foreman>(200, 'PATCH', item, { token: other.token, raw })
    expect(drawn).toMatchObject({ ...noted, avatar_path: expect.any(String) })
    expect(await must(200, 'GET', item, { token: home.token })).toMatchObject({
      name: 'Анна Дом',
      position: 'Прораб',
      phone: '+7 701 111 11 11',
      avatar_path: null,
    })
    await must(200, 'PATCH', item, { token: home.token, body: { name: 'Анна Новая', phone: '+7 703 333 33 33' } })

    // Wherever the other names its people, it is by its own note.
    const project = (
      await must<{ id: number }>(201, 'POST', `${API}/projects`, { token: other.token, body: { name: 'Дом', status: 'active' } })
    ).id
    await must(200, 'POST', `${API}/projects/${project}/foremen/${own.id}`, { token: other.token })
    await must(200, 'POST', `${API}/users/${own.id}/issue-funds`, { token: other.token, body: { amount: 5 } })
    const shift = {
      organization_id: other.id,
      user_id: own.id,
      project_id: project,
      work_date: '2024-02-02',
      start_time: '09:00',
      end_time: '10:00',
      title: 'С',
    }
    await must(201, 'POST', `${API}/time-tracking`, { token: other.token, body: shift })
    await must(201, 'POST', `${API}/materials`, { token: other.token, body: { name: 'Кирпич', measurement_unit_id: 1 } })
    await env.DB.prepare(
      `insert into material_movements (org_id, project_id, material_id, user_id, operation, quantity, usage_date, created_at, updated_at)
       select ?1, ?2, m.id, ?3, 'write_off', 10000, '2024-02-02', '2024-02-02', '2024-02-02' from materials m where m.org_id = ?1`,
    )
      .bind(other.id, project, own.id)
      .run()
    for (const path of [
      '/users',
      `/users/${own.id}`,
      `/users/${own.id}/advance-balance`,
      `/projects/${project}`,
      `/projects/${project}/statistics`,
      '/advance-transactions',
      '/advance-transactions/available-users',
      '/reports/advance-accounts/summary',
      '/filters/completed-works',
      '/reports/foreman-activity',
      '/reports/official-material-usage?date_from=2024-01-01&date_to=2024-12-31&project_id=' + String(project),
      '/logs/material-usage',
      '/time-tracking/statistics/overview?start_date=2024-02-01&end_date=2024-02-28',
      '/time-tracking',
    ]) {
      const { text } = await call('GET', `${API}${path}`, { token: other.token })
      expect([path, text.includes('Анна Гостья'), /Анна (Дом|Новая)|701 111|703 333/.test(text)]).toEqual([path, true, false])
    }

    const { access } = (await logIn(own.email)).body
    await must(200, 'POST', `${item}/block`, { token: other.token })
    expect((await call('GET', `${API}/profile`, { token: access })).status).toBe(200)
    expect(await must(200, 'GET', item, { token: other.token })).toMatchObject({ is_active: false })
    expect(await must(200, 'GET', item, { token: home.token })).toMatchObject({ is_active: true })
  })
  it('one whose account is blocked elsewhere joins as anybody does, and nobody is told', async () => {
    const [home, other] = [await newCompany(), await newCompany()]
    const own = await hire(home)
    await must(200, 'POST', `${API}/users/${own.id}/block`, { token: home.token })
    expect(await hire(other, { email: own.email })).toMatchObject({ id: own.id, is_active: true })
    expect((await logIn(own.email)).status).toBe(401)
  })
  it('a blocked one is out at once, and comes back', async () => {
    const company = await newCompany()
    const made = await hire(company)
    const { access } = (await logIn(made.email)).body
    expect((await call('GET', `${API}/profile`, { token: access })).status).toBe(200)
    await must(200, 'POST', `${API}/users/${made.id}/block`, { token: company.token })
    expect((await call('GET', `${API}/profile`, { token: access })).status).toBe(401)
    expect((await logIn(made.email)).status).toBe(401)
    await must(200, 'POST', `${API}/users/${made.id}/unblock`, { token: company.token })
    expect((await logIn(made.email)).status).toBe(200)
    expect((await call('GET', `${API}/profile`, { token: access })).status).toBe(401)
  })
  it('a changed name is found at once; where the person is a guest, that of the note', async () => {
    const [home, other] = [await newCompany(), await newCompany()]
    const own = await hire(home)
    await hire(other, { email: own.email, name: 'Гость' })
    await must(200, 'PATCH', `${API}/users/${own.id}`, { token: home.token, body: { name: 'Фёдор Ёлкин' } })
    const found = async (token: string, name: string) =>
      (await must<{ data: Foreman[] }>(200, 'GET', `${API}/users?name=${name}`, { token })).data.map((one) => one.name)
    expect([await found(home.token, 'елкин'), await found(other.token, 'елкин'), await found(other.token, 'гость')]).toEqual([
      ['Фёдор Ёлкин'],
      [],
      ['Гость'],
    ])
    await must(200, 'PATCH', `${API}/users/${own.id}`, { token: other.token, body: { name: 'Ёжиков' } })
    expect([await found(other.token, 'ежиков'), await found(other.token, 'гость')]).toEqual([['Ёжиков'], []])
  })
  it('exist for their organization alone, and not as other roles', async () => {
    const [company, other] = [await newCompany(), await newCompany()]
    const made = await hire(company)
    const accountant = await newPerson(company, 'accountant')
    for (const [method, path] of [
      ['GET', ''],
      ['PUT', ''],
      ['POST', '/block'],
    ] as const)
      expect(
        (await call(method, `${API}/users/${made.id}${path}`, { token: other.token, ...(method === 'PUT' ? { body: {} } : {}) })).status,
      ).toBe(404)
    expect((await call('GET', `${API}/users/${accountant.id}`, { token: company.token })).status).toBe(404)
    expect((await call('POST', `${API}/users`, { token: accountant.token, body: foreman() })).status).toBe(403)
    expect((await call('GET', `${API}/users`, { token: await newMember(company, 'foreman') })).status).toBe(403)
  })
  it('the subscription’s last place is taken once', async () => {
    const company = await newCompany()
    await limit(company.id, { maxUsers: 3 })
    await hire(company)
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => call('POST', `${API}/users`, { token: company.token, body: foreman() })),
    )
    expect(statusesOf(answers)).toEqual([201, 403, 403, 403, 403])
    const [one] = (await must<{ data: Foreman[] }>(200, 'GET', `${API}/users`, { token: company.token })).data
    await must(200, 'POST', `${API}/users/${one?.id}/block`, { token: company.token })
    await hire(company)
    expect((await call('POST', `${API}/users/${one?.id}/unblock`, { token: company.token })).status).toBe(403)
  })
  it('one e-mail at the same time makes one account', async () => {
    const company = await newCompany()
    const body = foreman()
    const answers = await Promise.all([1, 2, 3].map(() => call('POST', `${API}/users`, { token: company.token, body })))
    expect(statusesOf(answers)).toEqual([201, 409, 409])
  })
})

describe('pictures', () => {
  it('keep nothing that they do not show, open by a link for an hour, and go with their rows', async () => {
    const company = await newCompany()
    const noted = png(chunk('tEXt', Buffer.from('Author\0Secret')))
    const avatar = new File([noted], 'мой.png', { type: 'image/png' })
    const { data } = await must<{ data: Foreman }>(200, 'PATCH', `${API}/profile`, { token: company.token, raw: form({ avatar }) })
    const path = new URL(data.avatar_url ?? '').pathname
    const shown = await call('GET', path)
    expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/png'])
    expect(shown.text).not.toContain('Secret')
    await must(200, 'PUT', `${API}/profile`, { token: company.token, raw: form({ remove_avatar: 'true' }) })
    expect((await call('GET', path)).status).toBe(404)
  })
  it.each([
    ['text', new TextEncoder().encode('это не картинка')],
    ['a cut PNG', png().slice(0, 40)],
    ['over 2 MB', Buffer.concat([png(), Buffer.alloc(2 * 1_048_576)])],
    ['a GIF for a foreman', Buffer.from('GIF89a\x01\0\x01\0\0\0\0;aaaaaaaaaaaaaaaaaaaaaaaaaa', 'latin1')],
    ['absurd dimensions', png().map((byte, i) => (i >= 16 && i < 24 ? 0x7f : byte))],
  ])('%s is refused', async (_, bytes) => {
    const company = await newCompany()
    const avatar = new File([Uint8Array.from(bytes)], 'avatar.png', { type: 'image/png' })
    const answer = await call<{ errors: object }>('POST', `${API}/users`, {
      token: company.token,
      raw: form({ ...foreman(), avatar }),
    })
    expect([answer.status, Object.keys(answer.body.errors)]).toEqual([422, ['avatar']])
  })
})

describe('one’s own profile', () => {
  it('only what is sent changes; a new e-mail is unverified and logs in', async () => {
    const company = await newCompany()
    await env.DB.prepare('update users set email_verified_at = ? where id = ?').bind('2026-01-01T00:00:00.000Z', company.userId).run()
    const email = newEmail()
    const { data } = await must<{ data: Record<string, unknown> }>(200, 'PATCH', `${API}/profile`, {
      token: company.token,
      raw: form({ email: email.toUpperCase(), position: 'Директор' }),
    })
    expect(data).toMatchObject({ email, position: 'Директор', name: 'ТОО «Тест»', phone: company.phone, last_login_at: null })
    expect(await env.DB.prepare('select email_verified_at as at from users where id = ?').bind(company.userId).first('at')).toBeNull()
    await must(200, 'POST', `${API}/auth/login`, { body: { email, password: PASSWORD } })
    const mine = await must<{ data: { last_login_at: string } }>(200, 'GET', `${API}/profile-settings`, { token: company.token })
    expect(mine.data.last_login_at).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/)
  })
  it('an e-mail of anybody is taken, a password must be confirmed', async () => {
    const [company, other] = [await newCompany(), await newCompany()]
    for (const [field, body] of [
      ['email', { email: other.email }],
      ['email', { email: 'operator@example.com' }],
      ['password_confirmation', { password: 'newSecurePassword123' }],
      ['password', { password: 'short', password_confirmation: 'short' }],
    ] as const) {
      const answer = await call<{ errors: object }>('PUT', `${API}/profile`, { token: company.token, body })
      expect([answer.status, Object.keys(answer.body.errors)]).toEqual([422, [field]])
    }
  })
  it('a new password ends the other sessions, not this one', async () => {
    const company = await newCompany()
    const login = await must<{ data: { token: string } }>(200, 'POST', `${API}/auth/login`, {
      body: { email: company.email, password: PASSWORD },
    })
    const password = 'newSecurePassword123'
    await must(200, 'PATCH', `${API}/profile`, { token: company.token, body: { password, password_confirmation: password } })
    expect((await call('GET', `${API}/auth/me`, { token: login.data.token })).status).toBe(401)
    expect((await call('GET', `${API}/auth/me`, { token: company.token })).status).toBe(200)
    expect((await call('POST', `${API}/auth/login`, { body: { email: company.email, password: PASSWORD } })).status).toBe(401)
  })
})
