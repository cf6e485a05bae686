import { env } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import { remindOfReports } from '../../src/construction/advances/remind.ts'
import { projects } from '../../src/construction/projects/tables.ts'
import { addDays, dayIn } from '../../src/lib/dates.ts'
import { call, drain, must, outbox, statusesOf } from '../app.ts'
import '../warm.ts'
import { newCompany, newCtx, newPerson, onePage, type Company } from '../factories.ts'

const API = '/api/v1/admin'
const PATH = `${API}/advance-transactions`
interface Advance {
  id: number
  user_id: number
  amount: number
  balance_after: number
  reporting_status: string
  attachment_ids: string | null
  accounting_data: object | null
  approved_by_user_id: number | null
}
type Answer = { data: Advance }
const today = async () => dayIn((await newCtx()).now, 'Asia/Almaty')

const write = (company: Pick<Company, 'token'>, body: object) => call<Answer>('POST', PATH, { token: company.token, body })
const issue = async (company: Pick<Company, 'token'>, userId: number, amount: number, more: object = {}) =>
  (await must<Answer>(201, 'POST', PATH, { token: company.token, body: { user_id: userId, type: 'issue', amount, ...more } })).data
const configure = (company: Company, body: object) => must(200, 'POST', `${API}/advance-settings`, { token: company.token, body })
const balance = (company: Company, userId: number) =>
  must<{ data: { current_balance: number; has_overdue_balance: boolean; total_reported: number } }>(
    200,
    'GET',
    `${API}/users/${userId}/advance-balance`,
    {
      token: company.token,
    },
  ).then(({ data }) => data)
const reportForm = (...files: File[]) => {
  const form = new FormData()
  for (const [name, value] of Object.entries({ description: 'Отчёт', document_number: 'О-1', document_date: '2024-12-21' }))
    form.set(name, value)
  for (const file of files) form.append('files', file)
  return form
}
const report = (company: Pick<Company, 'token'>, id: number, ...files: File[]) =>
  call<Answer>('POST', `${PATH}/${id}/report`, { token: company.token, raw: reportForm(...files) })
const approve = (company: Pick<Company, 'token'>, id: number, body: object = {}) =>
  call<Answer>('POST', `${PATH}/${id}/approve`, { token: company.token, body })
const PDF = () => new File([onePage().slice()], 'чек.pdf', { type: 'application/pdf' })

/** What accounts and running balances say, against what the transactions add up to. */
async function mustAddUp(orgId: number): Promise<void> {
  const { results } = await env.DB.prepare(
    'select id, user_id, type, amount, status, balance_after from advance_transactions where org_id = ? and deleted_at is null order by id',
  )
    .bind(orgId)
    .all<{ id: number; user_id: number; type: string; amount: number; status: string; balance_after: number }>()
  const nothing = { balance: 0, issued: 0, spent: 0, returned: 0, reported: 0 }
  const want = new Map<number, typeof nothing>()
  for (const t of results) {
    const a = want.get(t.user_id) ?? { ...nothing }
    a.balance += t.type === 'issue' ? t.amount : -t.amount
    if (t.type === 'issue') a.issued += t.amount
    if (t.type === 'expense') a.spent += t.amount
    if (t.type === 'return') a.returned += t.amount
    if (t.status !== 'pending') a.reported += t.amount
    want.set(t.user_id, a)
    expect([t.id, t.balance_after]).toEqual([t.id, a.balance])
    // Nobody has ever given back what they did not hold.
    if (t.type === 'return') expect([t.id, a.balance >= 0]).toEqual([t.id, true])
  }
  const { results: accounts } = await env.DB.prepare(
    'select user_id, balance, issued, spent, returned, reported from advance_accounts where org_id = ?',
  )
    .bind(orgId)
    .all<typeof nothing & { user_id: number }>()
  for (const { user_id, ...got } of accounts) expect([user_id, got]).toEqual([user_id, want.get(user_id) ?? nothing])
  expect(accounts.length).toBeGreaterThanOrEqual(want.size)
}

// The surface is loaded once, before calls come side by side: see warm.ts.
beforeAll(() => must(401, 'GET', `${API}/auth/me`))

describe('balances', () => {
  it('add up after a thousand random operations, many at once', { timeout: 240_000 }, async () => {
    const company = await newCompany()
    const people = await Promise.all(Array.from({ length: 3 }, () => newPerson(company, 'foreman')))
    const made: number[] = []
    let seed = 20_241_220
    const random = (below: number) => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff
      return (seed >> 8) % below
    }
    const person = () => people[random(3)]?.id ?? 0
    const some = () => made[random(made.length)] ?? 0
    const amount = () => (random(100_000) + 1) / 100
    const counts: Record<string, number> = {}
    const step = async (): Promise<void> => {
      const what = made.length < 5 ? 0 : random(10)
      const token = company.token
      const type = (['issue', 'issue', 'issue', 'expense', 'return'] as const)[random(5)] ?? 'issue'
      const answer = await (what < 5
        ? write(company, { user_id: person(), type, amount: amount() })
        : what === 5
          ? call<Answer>('DELETE', `${PATH}/${some()}`, { token })
          : what === 6
            ? call<Answer>('PUT', `${PATH}/${some()}`, { token, body: { amount: amount(), user_id: person(), type } })
            : what === 7
              ? call<Answer>('POST', `${PATH}/${some()}/report`, {
                  token,
                  body: { description: 'Отчёт', document_number: '1', document_date: '2024-12-21' },
                })
              : what === 8
                ? approve(company, some())
                : call<Answer>('POST', `${API}/users/${person()}/issue-funds`, { token, body: { amount: amount() } }))
      const key = `${what < 5 ? 'write' : what} ${answer.status}`
      counts[key] = (counts[key] ?? 0) + 1
      expect([200, 201, 400, 404]).toContain(answer.status)
      if (answer.status === 201) made.push(answer.body.data.id)
    }
    for (let done = 0; done < 1000; done += 20) await Promise.all(Array.from({ length: 20 }, step))
    // Every kind was done in earnest, not only refused.
    for (const key of ['write 201', '5 200', '6 200', '7 200', '8 200', '9 200']) expect(counts[key], key).toBeGreaterThan(3)
    await mustAddUp(company.id)
  })
  it('follow a pending one that changes its sum and its person; later ones move along', async () => {
    const company = await newCompany()
    const [a, b] = [await newPerson(company, 'foreman'), await newPerson(company, 'foreman')]
    const first = await issue(company, a.id, 100.1)
    const second = await issue(company, a.id, 50)
    await issue(company, b.id, 7)
    expect(second.balance_after).toBe(150.1)
    await must(200, 'PUT', `${PATH}/${first.id}`, { token: company.token, body: { amount: 60, user_id: b.id } })
    expect((await must<Answer>(200, 'GET', `${PATH}/${second.id}`, { token: company.token })).data.balance_after).toBe(50)
    expect([(await balance(company, a.id)).current_balance, (await balance(company, b.id)).current_balance]).toEqual([50, 67])
    await mustAddUp(company.id)
  })
  it('what is held is given back once, and not more than that', async () => {
    const company = await newCompany()
    const { id } = await newPerson(company, 'foreman')
    await issue(company, id, 100)
    const answers = await Promise.all(Array.from({ length: 4 }, () => write(company, { user_id: id, type: 'return', amount: 60 })))
    expect(statusesOf(answers)).toEqual([201, 400, 400, 400])
    expect((await write(company, { user_id: id, type: 'expense', amount: 60 })).body.data.balance_after).toBe(-20)
  })
})

describe('an issue', () => {
  const remove = (company: Pick<Company, 'token'>, id: number) => call('DELETE', `${PATH}/${id}`, { token: company.token })
  const change = (company: Pick<Company, 'token'>, id: number, body: object) =>
    call<Answer>('PUT', `${PATH}/${id}`, { token: company.token, body })
  const take = async (company: Company, user_id: number, type: 'expense' | 'return', amount: number) =>
    (await must<Answer>(201, 'POST', PATH, { token: company.token, body: { user_id, type, amount } })).data

  it.each(['expense', 'return'] as const)('stays while a later %s took of it', async (type) => {
    const company = await newCompany()
    const [a, b] = [await newPerson(company, 'foreman'), await newPerson(company, 'foreman')]
    const first = await issue(company, a.id, 100)
    const used = await take(company, a.id, type, 60)
    expect((await remove(company, first.id)).status).toBe(400)
    for (const body of [{ amount: 59.99 }, { user_id: b.id }, { type: 'expense' }])
      expect((await change(company, first.id, body)).status).toBe(400)
    expect((await balance(company, a.id)).current_balance).toBe(40)
    expect((await change(company, first.id, { amount: 60 })).status).toBe(200)
    // Money that came later was not there when that was taken.
    const second = await issue(company, a.id, 500)
    expect((await remove(company, first.id)).status).toBe(400)
    expect(statusesOf([await remove(company, second.id), await remove(company, used.id), await remove(company, first.id)])).toEqual([
      200, 200, 200,
    ])
    expect((await balance(company, a.id)).current_balance).toBe(0)
    await mustAddUp(company.id)
  })
  it('and a return of it, written side by side, do not undo each other', async () => {
    const company = await newCompany()
    const people = await Promise.all(Array.from({ length: 8 }, () => newPerson(company, 'foreman')))
    for (const { id } of people) {
      const { id: issued } = await issue(company, id, 100)
      const answers = await Promise.all([remove(company, issued), write(company, { user_id: id, type: 'return', amount: 100 })])
      expect([
        [200, 400],
        [201, 400],
      ]).toContainEqual(statusesOf(answers).toSorted((x, y) => x - y))
      expect((await balance(company, id)).current_balance).toBe(0)
    }
    await mustAddUp(company.id)
  })
  it('may be less than what was spent; a return never, wherever it is put', async () => {
    const company = await newCompany()
    const [a, b] = [await newPerson(company, 'foreman'), await newPerson(company, 'foreman')]
    await issue(company, a.id, 100)
    const spent = await take(company, a.id, 'expense', 10)
    const returned = await take(company, a.id, 'return', 90)
    expect((await change(company, spent.id, { amount: 10.01 })).status).toBe(400)
    expect((await change(company, spent.id, { type: 'return' })).status).toBe(200)
    await issue(company, a.id, 1000)
    // There is enough now, but there was not then.
    expect((await change(company, returned.id, { amount: 91 })).status).toBe(400)
    await issue(company, b.id, 1000)
    expect((await change(company, returned.id, { user_id: b.id })).status).toBe(400)
    expect((await write(company, { user_id: a.id, type: 'expense', amount: 1500 })).body.data.balance_after).toBe(-500)
    await mustAddUp(company.id)
  })
})

describe('a transaction', () => {
  it('goes pending → reported → approved, once, and no other way', async () => {
    const company = await newCompany()
    const { id: userId } = await newPerson(company, 'foreman')
    const { id } = await issue(company, userId, 500)
    expect((await approve(company, id)).status).toBe(400)
    expect(statusesOf(await Promise.all([report(company, id), report(company, id)]))).toEqual([200, 400])
    expect((await call('DELETE', `${PATH}/${id}`, { token: company.token })).status).toBe(400)
    expect((await call('PUT', `${PATH}/${id}`, { token: company.token, body: { amount: 1 } })).status).toBe(400)
    await must(200, 'PUT', `${PATH}/${id}`, { token: company.token, body: { accounting_data: { account: '71.01', note: 'a' } } })
    const answers = await Promise.all([1, 2].map(() => approve(company, id, { accounting_data: { note: null, approved_amount: 400 } })))
    expect(statusesOf(answers)).toEqual([200, 400])
    const { data } = await must<Answer>(200, 'GET', `${PATH}/${id}`, { token: company.token })
    expect(data).toMatchObject({
      amount: 500,
      reporting_status: 'approved',
      approved_by_user_id: company.userId,
      accounting_data: { account: '71.01', approved_amount: 400 },
    })
    expect((await balance(company, userId)).total_reported).toBe(500)
    await mustAddUp(company.id)
  })
  it('obeys the settings, which refuse thresholds that are missing', async () => {
    const company = await newCompany()
    const { id } = await newPerson(company, 'foreman')
    expect(
      (await call('POST', `${API}/advance-settings`, { token: company.token, body: { notify_admin_on_high_value_transaction: true } }))
        .status,
    ).toBe(422)
    await configure(company, { max_single_issue_amount: 1000, require_project_for_expense: true })
    expect((await write(company, { user_id: id, type: 'issue', amount: 1000.01 })).status).toBe(400)
    const own = await issue(company, id, 1000)
    expect((await call('PUT', `${PATH}/${own.id}`, { token: company.token, body: { amount: 2000 } })).status).toBe(400)
    const spent = await call<{ errors: object }>('POST', PATH, { token: company.token, body: { user_id: id, type: 'expense', amount: 5 } })
    expect([spent.status, Object.keys(spent.body.errors)]).toEqual([422, ['project_id']])
  })
  it('of a large sum is approved by somebody else than who wrote it down', async () => {
    const company = await newCompany()
    const [{ id: userId }, accountant] = [await newPerson(company, 'foreman'), await newPerson(company, 'accountant')]
    await configure(company, { dual_authorization_threshold: 1000 })
    const { id } = await issue(company, userId, 1000)
    await report(company, id)
    expect((await approve(company, id)).status).toBe(400)
    expect((await approve(accountant, id)).status).toBe(200)
  })
  it('of another organization does not exist, and its people and projects are bad input', async () => {
    const [company, other] = [await newCompany(), await newCompany()]
    const [{ id }, stranger] = [await newPerson(company, 'foreman'), await newPerson(other, 'foreman')]
    const own = await issue(company, id, 10)
    for (const [method, path, body] of [
      ['GET', `/${own.id}`],
      ['PUT', `/${own.id}`, {}],
      ['DELETE', `/${own.id}`],
      ['POST', `/${own.id}/approve`, {}],
    ] as const)
      expect((await call(method, `${PATH}${path}`, { token: other.token, ...(body ? { body } : {}) })).status).toBe(404)
    expect((await report(other, own.id)).status).toBe(404)
    expect((await write(company, { user_id: stranger.id, type: 'issue', amount: 1 })).status).toBe(422)
    expect((await call('PUT', `${PATH}/${own.id}`, { token: company.token, body: { user_id: stranger.id } })).status).toBe(422)
    expect((await call('POST', `${API}/users/${stranger.id}/issue-funds`, { token: company.token, body: { amount: 1 } })).status).toBe(404)
    const at = (await newCtx()).now.toISOString()
    const { db } = await newCtx()
    const [project] = await db
      .insert(projects)
      .values({ orgId: other.id, name: 'Чужой', nameKey: 'чужой', search: 'чужой', status: 'active', createdAt: at, updatedAt: at })
      .returning()
    expect((await write(company, { user_id: id, type: 'issue', amount: 1, project_id: project?.id })).status).toBe(422)
    expect((await call('GET', `${API}/reports/advance-accounts/projects/${project?.id}`, { token: company.token })).status).toBe(404)
  })
})

describe('receipts', () => {
  it('come and go until the approval, and are judged by their bytes', async () => {
    const company = await newCompany()
    const { id: userId } = await newPerson(company, 'foreman')
    const { id } = await issue(company, userId, 10)
    const { data } = (await report(company, id, PDF(), PDF())).body
    expect(data.attachment_ids?.split(',')).toHaveLength(2)
    const attach = (file: File) => {
      const raw = new FormData()
      raw.append('files[]', file)
      return call<Answer>('POST', `${PATH}/${id}/attachments`, { token: company.token, raw })
    }
    expect((await attach(new File(['MZ\u0090 program'], 'чек.pdf'))).status).toBe(422)
    expect((await attach(new File(['PK\u0003\u0004 any archive'], 'a.docx'))).status).toBe(422)
    expect((await attach(PDF())).body.data.attachment_ids?.split(',')).toHaveLength(3)
    const [first] = data.attachment_ids?.split(',') ?? []
    const detach = () => call<Answer>('DELETE', `${PATH}/${id}/attachments/${first}`, { token: company.token })
    expect(statusesOf([await detach(), await detach()])).toEqual([200, 404])
    await approve(company, id)
    expect((await attach(PDF())).status).toBe(400)
    expect((await detach()).status).toBe(400)
  })
})

describe('letters', () => {
  it('tell administrators of large sums, and the person of an approval', async () => {
    const company = await newCompany()
    const person = await newPerson(company, 'foreman')
    await configure(company, { notify_admin_on_high_value_transaction: true, high_value_notification_threshold: 500 })
    const small = await issue(company, person.id, 499.99)
    await issue(company, person.id, 500)
    expect((await outbox(company.email)).map((m) => [m.channel, m.text.includes('500.00')])).toEqual([['email', true]])
    await report(company, small.id)
    await Promise.all([approve(company, small.id), approve(company, small.id)])
    expect(await outbox(person.email)).toHaveLength(1)
  })
  it('remind once, in time and in the organization’s zone; what is late goes to administrators', async () => {
    const company = await newCompany()
    const [soon, late, later] = await Promise.all([1, 2, 3].map(() => newPerson(company, 'foreman')))
    if (!soon || !late || !later) throw new Error('three people')
    const day = await today()
    await configure(company, { report_submission_deadline_days: 7, send_report_reminder_days_before: 2 })
    await issue(company, soon.id, 10, { document_date: addDays(day, -5) })
    await issue(company, late.id, 20, { document_date: addDays(day, -8) })
    await issue(company, later.id, 30, { document_date: addDays(day, -4) })
    const tick = async (hour: string) => {
      const ctx = await newCtx()
      // Almaty is five hours ahead of UTC.
      await Promise.all([1, 2].map(() => remindOfReports({ ...ctx, now: new Date(`${day}T${hour}:00:00+05:00`) })))
      await drain()
    }
    const letters = async () => Promise.all([soon, late, later, company].map(async ({ email }) => (await outbox(email)).length))
    await tick('07')
    expect(await letters()).toEqual([0, 0, 0, 0])
    await tick('09')
    await tick('10')
    expect(await letters()).toEqual([1, 0, 0, 1])
    expect([(await balance(company, late.id)).has_overdue_balance, (await balance(company, soon.id)).has_overdue_balance]).toEqual([
      true,
      false,
    ])
  })
})

describe('reports', () => {
  it('sum up by person and project, and are kept as files', async () => {
    const company = await newCompany()
    const { id } = await newPerson(company, 'foreman')
    await issue(company, id, 100.01)
    await write(company, { user_id: id, type: 'expense', amount: 30 })
    const sums = { total_issued: 100.01, total_spent: 30, total_returned: 0, total_reported: 0, outstanding: 70.01 }
    const get = (path: string) => must<{ data: object }>(200, 'GET', `${API}/reports/advance-accounts/${path}`, { token: company.token })
    expect((await get('summary')).data).toMatchObject({ ...sums, users: [{ user_id: id, ...sums }] })
    expect((await get(`users/${id}`)).data).toMatchObject({ ...sums, transactions: [{ type: 'expense' }, { type: 'issue' }] })
    const csv = await call('GET', `${API}/reports/advance-accounts/export/csv`, { token: company.token })
    expect(csv.text.split('\r\n').filter(Boolean)).toHaveLength(3)
    expect(csv.text).toContain('100,01')
    const kept = await env.DB.prepare('select count(*) as n from report_files where org_id = ?').bind(company.id).first('n')
    expect(kept).toBe(1)
    expect((await call('GET', `${API}/reports/advance-accounts/export/exe`, { token: company.token })).status).toBe(404)
  })
})
