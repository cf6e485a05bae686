import { env } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import { call, must, statusesOf } from '../app.ts'
import { newCompany, newEmail, newMember, newPhone } from '../factories.ts'
import { ADMIN, foremanSession, makeThing, newContract, newSite, workOf, type Site } from './site.ts'

interface Project {
  id: number
  name: string
  budget_amount: number | null
  is_head: boolean
  end_date: string | null
  cost_category: { id: number } | null
  assigned_users: { id: number }[]
  assigned_users_count: number
}
interface Page<T> {
  data: T[]
  meta: { total: number; per_page: number; links?: { label: string; active: boolean }[] }
}
interface Full {
  data: {
    analytics: { financial: Record<string, number>; counts: Record<string, number> }
    organizations_stats: { id: number; role: string }[]
  }
}

let site: Site
let guest: Site
beforeAll(async () => {
  site = await newSite()
  guest = await newSite()
})
const get = <T>(path: string, token = site.company.token) => must<T>(200, 'GET', `${ADMIN}${path}`, { token })
const status = async (method: string, path: string, token: string, body?: object) =>
  (await call(method, `${ADMIN}${path}`, { token, ...(body ? { body } : {}) })).status
const listed = async (token: string, query = '') => (await get<Page<Project>>(`/projects${query}`, token)).data.map((p) => p.id)

describe('a project', () => {
  it('is kept as it was said, changes in part, and has its dates in order', async () => {
    const of = await newCompany()
    const category = await makeThing(of, '/cost-categories', { name: 'СМР', code: 'SMR' })
    const body = {
      name: 'ЖК «Ёлка»',
      status: 'active',
      budget_amount: 15_000_000.5,
      site_area_m2: 2500.75,
      start_date: '2024-02-01',
      end_date: '2024-12-31',
    }
    const id = await makeThing(of, '/projects', { ...body, cost_category_id: category, additional_info: { этажей: 9 } })
    expect(await get<Project>(`/projects/${id}`, of.token)).toMatchObject({
      ...body,
      cost_category: { id: category, name: 'СМР' },
      is_head: true,
      assigned_users: [],
    })
    const change = (more: object) =>
      call<{ data: Project; errors?: object }>('PUT', `${ADMIN}/projects/${id}`, {
        token: of.token,
        body: { name: body.name, status: 'paused', ...more },
      })
    expect((await change({ customer: 'Заказчик' })).body.data).toMatchObject({
      ...body,
      status: 'paused',
      customer: 'Заказчик',
      additional_info: { этажей: 9 },
    })
    const early = await change({ end_date: '2024-01-31' })
    expect([early.status, Object.keys(early.body.errors ?? {})]).toEqual([422, ['end_date']])
    const foreign = await change({ cost_category_id: await makeThing(site.company, '/cost-categories', { name: 'Чужая' }) })
    expect([foreign.status, Object.keys(foreign.body.errors ?? {})]).toEqual([422, ['cost_category_id']])
    expect(await listed(of.token, '?name=елка&status=paused&is_archived=false')).toEqual([id])
    expect((await get<Page<Project>>('/projects', of.token)).meta.links?.map((l) => l.label)).toEqual([
      '&laquo; Previous',
      '1',
      'Next &raquo;',
    ])
    expect((await get<{ data: { id: number; path: object[] }[] }>('/projects/available-cost-categories', of.token)).data).toMatchObject([
      { id: category, path: [], projects_count: 1 },
    ])
    expect(await status('DELETE', `/projects/${id}`, of.token)).toBe(204)
    expect([await status('GET', `/projects/${id}`, of.token), await listed(of.token)]).toEqual([404, []])
  })

  it('is refused where there are as many as the subscription allows, also of those that come together', async () => {
    const of = await newCompany()
    await env.DB.prepare('insert into organization_limits (org_id, max_projects) values (?, 2)').bind(of.id).run()
    const made = await Promise.all([1, 2, 3, 4].map((n) => status('POST', '/projects', of.token, { name: `П${n}`, status: 'active' })))
    expect(made.toSorted((x, y) => x - y)).toEqual([201, 201, 403, 403])
  })

  it('has foremen of the organization, once each; they see it and no other', async () => {
    const { id, token } = await foremanSession(site.company)
    const other = await makeThing(site.company, '/projects', { name: 'Не его', status: 'active' })
    const path = `/projects/${site.project}/foremen/${id}`
    expect(await listed(token)).toEqual([])
    expect([await status('POST', path, site.company.token), await status('POST', path, site.company.token)]).toEqual([200, 200])
    expect(await get<Project>(`/projects/${site.project}`)).toMatchObject({
      assigned_users: [{ id, is_active: true }],
      assigned_users_count: 1,
    })
    expect(await listed(token)).toEqual([site.project])
    expect(await status('GET', `/projects/${other}`, token)).toBe(404)
    expect(await status('GET', `/projects/${site.project}/full`, token)).toBe(403)
    expect(await status('POST', `/projects/${site.project}/foremen/${guest.foreman}`, site.company.token)).toBe(404)
    expect(await status('DELETE', path, site.company.token)).toBe(200)
    expect(await listed(token)).toEqual([])
  })

  it('does not exist for others', async () => {
    const stranger = (await newCompany()).token
    const p = `/projects/${site.project}`
    const asked = ['', '/statistics', '/full', '/materials', '/work-types', '/organizations', '/available-organizations', '/child-works']
    for (const path of asked) expect([path, await status('GET', p + path, stranger)]).toEqual([path, 404])
    expect(await status('PUT', p, stranger, { name: 'Моё', status: 'active' })).toBe(404)
    for (const path of ['', `/foremen/${site.foreman}`, `/organizations/${guest.company.id}`])
      expect(await status('DELETE', p + path, stranger)).toBe(404)
  })
})

describe('an organization that takes part', () => {
  it('sees the project, records its own works there, which the head reads, and neither learns more', async () => {
    const [head, token] = [site.company.token, guest.company.token]
    const p = `/projects/${site.project}`
    const link = `${p}/organizations/${guest.company.id}`
    const record = () =>
      status('POST', '/completed-works', token, workOf(guest, { project_id: site.project, quantity: 2, notes: 'работа участника' }))
    await must(200, 'PUT', `${ADMIN}${p}`, { token: head, body: { name: 'Общий', status: 'active', budget_amount: 777 } })
    expect(await record()).toBe(422)
    expect((await get<{ data: { id: number }[] }>(`${p}/available-organizations`)).data.map((o) => o.id)).toContain(guest.company.id)
    expect([await status('POST', link, head), await status('POST', link, head)]).toEqual([200, 200])
    expect((await get<{ data: object[] }>(`${p}/organizations`, token)).data).toMatchObject([
      { id: site.company.id, role: 'head' },
      { id: guest.company.id, role: 'collaborator' },
    ])
    expect([await record(), await listed(token, '?shared=true'), (await listed(token)).includes(site.project)]).toEqual([
      201,
      [site.project],
      false,
    ])
    expect(await get<Project>(p, token)).toMatchObject({ is_head: false, budget_amount: null })
    expect([
      await status('PUT', p, token, { name: 'Моё', status: 'active' }),
      await status('DELETE', p, token),
      await status('GET', `${p}/child-works`, token),
      await status('DELETE', link, token),
    ]).toEqual([403, 403, 403, 403])

    const children = await get<Page<{ child_organization: { id: number }; total_amount: number }>>(
      `${p}/child-works?search=участника&status=confirmed&child_organization_id=${guest.company.id}`,
    )
    expect(children).toMatchObject({
      data: [{ child_organization: { id: guest.company.id }, parent_organization_id: site.company.id, total_amount: 200 }],
      meta: { total: 1, per_page: 50 },
    })
    expect((await get<Page<object>>(`${p}/child-works?status=draft&status=cancelled`)).data).toEqual([])
    expect(await status('GET', `${p}/child-works`, await newMember(site.company, 'project_manager'))).toBe(403)
    expect((await get<Page<{ id: number }>>('/completed-works')).data).toEqual([])
    // Its works count for the head; what the head does is not the guest's to know.
    expect((await get<Full>(`${p}/full`)).data.analytics).toMatchObject({
      financial: { works_total_amount: 200 },
      counts: { organizations: 2 },
    })
    await makeThing(site.company, '/completed-works', workOf(site))
    expect((await get<Full>(`${p}/full`, token)).data.analytics.financial['works_total_amount']).toBe(200)

    expect(await status('DELETE', `${p}/organizations/${site.company.id}`, head)).toBe(409)
    expect(await status('DELETE', link, head)).toBe(200)
    expect([await record(), await status('GET', p, token), await status('DELETE', link, head)]).toEqual([422, 404, 404])
  })

  it('may be a child of the head: made by its administrators, with an owner of its own, and offered first', async () => {
    const body = { name: 'ТОО «Филиал»', email: newEmail(), phone: newPhone(), password: 'password123' }
    const child = await makeThing(site.company, '/organizations/children', body)
    expect((await get<{ data: { id: number }[] }>(`/projects/${site.project}/available-organizations`)).data[0]?.id).toBe(child)
    const { token } = await must<{ token: string }>(200, 'POST', '/companies/login', {
      body: { email: body.email, password: body.password },
    })
    expect(await listed(token)).toEqual([])
    const again = await call<{ errors: object }>('POST', `${ADMIN}/organizations/children`, {
      token: site.company.token,
      body: { ...body, phone: newPhone() },
    })
    expect([again.status, Object.keys(again.body.errors)]).toEqual([422, ['email']])
    expect(
      await status('POST', '/organizations/children', await newMember(site.company, 'accountant'), { ...body, email: newEmail() }),
    ).toBe(403)
  })
})

it('sums are those of what there is', async () => {
  const of = await newSite()
  const token = of.company.token
  const [a, b] = [await newContract(of, 10_000), await newContract(of, 0.01)]
  const materials = [{ material_id: of.material, quantity: 3, unit_price: 0.1 }]
  const works = await Promise.all([
    makeThing(of.company, '/completed-works', workOf(of, { contract_id: a, quantity: 0.1, price: 0.1, materials })),
    makeThing(of.company, '/completed-works', workOf(of, { contract_id: a, quantity: 1.005, price: 100, materials })),
    makeThing(of.company, '/completed-works', workOf(of, { contract_id: b, status: 'draft', materials })),
    makeThing(of.company, '/completed-works', workOf(of, { status: 'cancelled' })),
  ])
  await must(201, 'POST', `${ADMIN}/contracts/${a}/payments`, {
    token,
    body: { payment_date: '2024-03-01', amount: 250.05, payment_type: 'fact_payment' },
  })
  const act = await makeThing(of.company, '/act-reports', {
    contract_id: a,
    act_document_number: 'КС-1',
    act_date: '2024-03-01',
    work_ids: [works[1]],
  })
  await must(200, 'PUT', `${ADMIN}/act-reports/${act}`, { token, body: { is_approved: true } })
  const { analytics } = (await get<Full>(`/projects/${of.project}/full`, token)).data
  expect(analytics).toEqual({
    financial: {
      contracts_total_amount: 10_000.01,
      performed_amount_by_acts: 100.5,
      received_payments_amount: 250.05,
      works_total_amount: 100.51,
      materials_total_amount: 0.6,
      overall_cost: 101.11,
    },
    counts: { organizations: 1, contracts: 2, performance_acts: 1 },
  })
  const { data } = await get<{ data: object }>(`/projects/${of.project}/statistics`, token)
  expect(data).toMatchObject({
    works: {
      total_count: 4,
      draft_count: 1,
      confirmed_count: 2,
      cancelled_count: 1,
      unique_work_types_count: 1,
      total_amount: 100.51,
      draft_amount: 1000,
    },
    materials: { unique_materials_count: 1, total_amount: 0.6, write_offs_count: 2, written_off_amount: 0.6 },
    performance_acts: [
      {
        id: act,
        amount: 100.5,
        is_approved: true,
        completed_works: [{ id: works[1], total_amount: 100.5, work_type: { id: of.workType } }],
      },
    ],
  })
  expect((await get<{ data: object[] }>(`/projects/${of.project}/materials`, token)).data).toMatchObject([
    { id: of.material, measurement_unit: { short_name: 'м²' } },
  ])
  expect((await get<{ data: object[] }>(`/projects/${of.project}/work-types`, token)).data).toMatchObject([
    { id: of.workType, measurementUnit: { short_name: 'м²' } },
  ])
  expect(statusesOf([await call('DELETE', `${ADMIN}/completed-works/${works[1]}`, { token })])).toEqual([400])
})
