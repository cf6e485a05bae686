import { env } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import { must, call, statusesOf } from '../app.ts'
import { newCompany, newCtx, newMember, type Company } from '../factories.ts'

const PATH = '/api/v1/admin/time-tracking'
let company: Company
let other: Company
let project: number
let foreman: { id: number; token: string }

async function newProject(orgId: number): Promise<number> {
  const at = (await newCtx()).now.toISOString()
  const row = await env.DB.prepare(
    "insert into projects (org_id, name, name_key, search, status, created_at, updated_at) values (?, 'Объект', 'объект', '', 'active', ?, ?) returning id",
  )
    .bind(orgId, at, at)
    .first<{ id: number }>()
  return row?.id ?? 0
}
beforeAll(async () => {
  company = await newCompany()
  other = await newCompany()
  project = await newProject(company.id)
  const token = await newMember(company, 'foreman')
  const row = await env.DB.prepare("select max(id) as id from users where org_id = ? and role = 'foreman'")
    .bind(company.id)
    .first<{ id: number }>()
  foreman = { id: row?.id ?? 0, token }
  await env.DB.prepare("insert into project_foremen (project_id, user_id, created_at) values (?, ?, '')").bind(project, foreman.id).run()
})

interface Entry {
  id: number
  status: string
  hours_worked: number | null
  total_cost: number | null
}
const body = (more: object = {}) => ({
  organization_id: company.id,
  user_id: company.userId,
  project_id: project,
  work_date: '2024-01-15',
  start_time: '09:00',
  end_time: '17:30:00',
  title: 'Кладка',
  hourly_rate: 1500,
  break_time: 1,
  ...more,
})
const make = async (more: object = {}, token = company.token) =>
  (await must<{ data: Entry }>(201, 'POST', PATH, { token, body: body(more) })).data
const step = (id: number, verb: string, token = company.token, said?: object) =>
  call('POST', `${PATH}/${id}/${verb}`, { token, body: said })

describe('working time', () => {
  it('counts hours and money exactly, again after every change, and leaves the break alone', async () => {
    const entry = await make({ hourly_rate: '333.33' })
    expect(entry).toMatchObject({
      hours_worked: 8.5,
      break_time: 1,
      total_cost: 2833.31,
      duration_formatted: '8ч 30м',
      start_time: '09:00:00',
      task: null,
      approved_by: null,
    })
    const { data } = await must<{ data: Entry }>(200, 'PUT', `${PATH}/${entry.id}`, { token: company.token, body: { end_time: null } })
    expect(data).toMatchObject({ hours_worked: null, total_cost: null, is_active_timer: true, duration_formatted: null })
    // A timer that runs has nothing to approve.
    expect((await step(entry.id, 'submit')).status).toBe(404)
  })

  it('keeps its sums true when start, end and rate change side by side', async () => {
    const { id } = await make()
    const changes = [{ start_time: '08:00' }, { end_time: '18:00' }, { hourly_rate: 10 }, { start_time: '07:00', hourly_rate: 20 }]
    const answers = await Promise.all(changes.map((change) => call('PUT', `${PATH}/${id}`, { token: company.token, body: change })))
    expect(statusesOf(answers)).toEqual([200, 200, 200, 200])
    const { data } = await must<{ data: Entry & { start_time: string; end_time: string; hourly_rate: number } }>(
      200,
      'GET',
      `${PATH}/${id}`,
      { token: company.token },
    )
    const hours = Number(data.end_time.slice(0, 2)) - Number(data.start_time.slice(0, 2))
    expect([data.hours_worked, data.total_cost]).toEqual([hours, hours * data.hourly_rate])
  })

  it('of steps side by side one is taken; what is approved stays', async () => {
    const { id } = await make()
    expect(statusesOf(await Promise.all(Array.from({ length: 4 }, () => step(id, 'submit'))))).toEqual([200, 404, 404, 404])
    const both = await Promise.all([step(id, 'approve'), step(id, 'reject', company.token, { reason: 'нет' }), step(id, 'approve')])
    expect(statusesOf(both)).toEqual([200, 404, 404])
    for (const [method, said] of [
      ['PUT', { title: 'поздно' }],
      ['DELETE', undefined],
    ] as const) {
      const { status } = await call(method, `${PATH}/${id}`, { token: company.token, body: said })
      const { data } = await must<{ data: Entry }>(200, 'GET', `${PATH}/${id}`, { token: company.token })
      expect(status).toBe(data.status === 'approved' ? 404 : 200)
      if (data.status === 'rejected') break
    }
  })

  it('refuses tomorrow, ends before beginnings, other organizations’ things, and approval by the back door', async () => {
    const foreign = await newProject(other.id)
    const cases: [string, object][] = [
      ['work_date', { work_date: '2999-01-01' }],
      ['end_time', { end_time: '09:00:00' }],
      ['end_time', { end_time: '25:00' }],
      ['project_id', { project_id: foreign }],
      ['user_id', { user_id: other.userId }],
      ['organization_id', { organization_id: other.id }],
      ['task_id', { task_id: 1 }],
      ['status', { status: 'approved' }],
      ['end_time', { status: 'submitted', end_time: null }],
      ['break_time', { break_time: 24.5 }],
    ]
    for (const [field, more] of cases) {
      const answer = await call<{ errors: Record<string, unknown> }>('POST', PATH, { token: company.token, body: body(more) })
      expect([answer.status, Object.keys(answer.body.errors)], field).toEqual([400, [field]])
    }
    const { id } = await make()
    expect((await call('PUT', `${PATH}/${id}`, { token: company.token, body: { status: 'approved' } })).status).toBe(400)
    for (const verb of ['submit', 'approve']) expect((await step(id, verb, other.token)).status).toBe(404)
  })

  it('a foreman has his own entries, in his own projects, and approves none', async () => {
    const own = await make({ user_id: foreman.id }, foreman.token)
    const another = await make()
    const elsewhere = await newProject(company.id)
    for (const more of [{}, { user_id: foreman.id, project_id: elsewhere }])
      expect((await call('POST', PATH, { token: foreman.token, body: body(more) })).status).toBe(400)
    for (const method of ['GET', 'DELETE']) expect((await call(method, `${PATH}/${another.id}`, { token: foreman.token })).status).toBe(404)
    expect((await call('PUT', `${PATH}/${own.id}`, { token: foreman.token, body: { user_id: company.userId } })).status).toBe(400)
    expect((await step(another.id, 'submit', foreman.token)).status).toBe(404)
    expect((await step(own.id, 'submit', foreman.token)).status).toBe(200)
    expect((await step(own.id, 'approve', foreman.token)).status).toBe(403)
    const { data } = await must<{ data: { user_id: number }[] }>(200, 'GET', PATH, { token: foreman.token })
    expect(data.map((row) => row.user_id)).toEqual([foreman.id])
    const statistics = await must<{ data: { total_entries: number } }>(200, 'GET', `${PATH}/statistics/overview`, { token: foreman.token })
    expect(statistics.data.total_entries).toBe(1)
  })

  it('statistics, calendar and report say the same; money counts billable hours only', async () => {
    const lone = await newCompany()
    const at = await newProject(lone.id)
    const mine = (more: object) =>
      must(201, 'POST', PATH, {
        token: lone.token,
        body: body({ organization_id: lone.id, user_id: lone.userId, project_id: at, ...more }),
      })
    await mine({})
    await mine({ work_date: '2024-01-16', start_time: '10:00', end_time: '14:00', is_billable: false })
    await mine({ work_date: '2024-01-16', start_time: '15:00', end_time: null })
    await mine({ work_date: '2024-02-01' })
    const ask = async <T>(where: string, query = 'start_date=2024-01-01&end_date=2024-01-31') =>
      (await must<{ data: T }>(200, 'GET', `${PATH}/${where}?${query}`, { token: lone.token })).data
    expect(await ask('statistics/overview')).toEqual({
      total_hours: 12.5,
      billable_hours: 8.5,
      total_entries: 3,
      status_breakdown: { draft: 3, submitted: 0, approved: 0, rejected: 0 },
      project_breakdown: [{ project_id: at, project_name: 'Объект', hours: 12.5, entries_count: 3 }],
      user_breakdown: [{ user_id: lone.userId, user_name: 'ТОО «Тест»', hours: 12.5, entries_count: 3 }],
    })
    expect(await ask('calendar/entries')).toMatchObject({
      '2024-01-15': { total_hours: 8.5, entries_count: 1 },
      '2024-01-16': { total_hours: 4, entries_count: 2, entries: [{ hours_worked: 4 }, { hours_worked: null }] },
    })
    expect(await ask('calendar/entries', 'end_date=2024-02-10')).toMatchObject({ '2024-02-01': { entries_count: 1 } })
    for (const by of ['user', 'project', 'work_type', 'date']) {
      const report = await ask<{ groups: { hours: number; group_key: string }[] }>(
        'reports/generate',
        `start_date=2024-01-01&end_date=2024-01-31&group_by=${by}`,
      )
      expect(report).toMatchObject({ summary: { total_hours: 12.5, billable_hours: 8.5, total_cost: 12_750, entries_count: 3 } })
      expect(report.groups.map((group) => group.hours)).toEqual(by === 'date' ? [8.5, 4] : [12.5])
      expect(report.groups[0]?.group_key).toBe(
        { user: 'ТОО «Тест»', project: 'Объект', work_type: 'Без вида работ', date: '2024-01-15' }[by],
      )
    }
    for (const query of ['start_date=2024-01-31&end_date=2024-01-01', 'start_date=2020-01-01&end_date=2024-01-01'])
      expect((await call('GET', `${PATH}/reports/generate?${query}`, { token: lone.token })).status).toBe(422)
  })
})
