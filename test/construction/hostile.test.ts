import { beforeAll, describe, expect, it } from 'vitest'
import { consumptionNorms, materials } from '../../src/construction/materials/tables.ts'
import { insertRows } from '../../src/construction/registry/bulk.ts'
import { batch } from '../../src/db/client.ts'
import { call, must } from '../app.ts'
import { newCtx } from '../factories.ts'
import { ADMIN, makeThing, newContract, newSite, workOf, type Site } from './site.ts'

// What once broke the back office, one test for each kind.

let site: Site
beforeAll(async () => {
  site = await newSite()
})

const isEmpty = (data: unknown[] | { data: unknown[] }) => (Array.isArray(data) ? data : data.data).length === 0

interface Listed {
  data: { id: number; consumption_rates: Record<string, number> | null }[]
}

describe('a statement of D1 has room for a hundred parameters', () => {
  it('lists take a hundred ids in a filter, in several filters at once, and one more is bad input', async () => {
    const { token } = site.company
    const ids = (name: string, count: number) => Array.from({ length: count }, (_, i) => `${name}[]=${i + 1e9}`).join('&')
    for (const [path, filters] of [
      ['/completed-works', ['project_id', 'work_type_id', 'user_id']],
      ['/contracts', ['project_id', 'contractor_id']],
      ['/advance-transactions', ['user_id', 'project_id']],
      ['/logs/material-usage', ['project_id', 'material_id']],
      ['/logs/work-completion', ['project_id', 'work_type_id']],
      ['/time-tracking', ['user_id', 'project_id']],
      ['/act-reports', ['contract_id']],
    ] as const) {
      const asked = (count: number) => `${ADMIN}${path}?${filters.map((name) => ids(name, count)).join('&')}`
      expect((await must<{ data: unknown[] | { data: unknown[] } }>(200, 'GET', asked(100), { token })).data, path).toSatisfy(isEmpty)
      expect([400, 422], path).toContain((await call('GET', asked(101), { token })).status)
    }
  })

  it('a page of a hundred materials comes with what each has of norms', async () => {
    const { company, workType, material } = site
    const ctx = { ...(await newCtx()), actor: { kind: 'key', keyId: 'test', orgId: company.id, scopes: [] } } as const
    const first = material + 1_000_000
    const [sample] = await ctx.db.select().from(materials).limit(1)
    if (!sample) throw new Error('there is no material')
    const names = Array.from({ length: 100 }, (_, i) => `А ${String(i).padStart(3, '0')}`)
    const rows = names.map((name, i) => ({
      ...sample,
      orgId: company.id,
      id: first + i,
      name,
      nameKey: name,
      code: null,
      externalCode: null,
    }))
    const at = ctx.now.toISOString()
    const norms = rows.map(({ id }, i) => ({
      orgId: company.id,
      materialId: id,
      workTypeId: workType,
      quantity: (i + 1) * 10_000,
      createdAt: at,
      updatedAt: at,
    }))
    await batch(ctx.db, [...insertRows(ctx, materials, rows), ...insertRows(ctx, consumptionNorms, norms)])
    const page = await must<Listed>(200, 'GET', `${ADMIN}/materials?per_page=100&sort_by=name&sort_direction=asc`, { token: company.token })
    expect(page.data).toHaveLength(100)
    expect(page.data[0]?.consumption_rates).toEqual({ [workType]: 1 })
    expect(page.data[99]?.consumption_rates).toEqual({ [workType]: 100 })
  })
})

describe('sums that no number holds', () => {
  const refused = async (path: string, body: object, field: string) => {
    const answer = await call<{ errors: Record<string, string[]> }>('POST', `${ADMIN}${path}`, { token: site.company.token, body })
    expect([400, 422], `${path}: ${JSON.stringify(answer.body)}`).toContain(answer.status)
    expect(answer.body.errors).toHaveProperty([field])
  }
  const read = async (path: string) => must<Listed>(200, 'GET', `${ADMIN}${path}`, { token: site.company.token })

  it('a work whose price, by its quantity or of one unit, is absurd is refused, so that logs and papers can say it', async () => {
    await refused('/completed-works', workOf(site, { quantity: 9e9, price: 9e11, total_amount: 1 }), 'price')
    await refused('/completed-works', workOf(site, { quantity: 0.001, price: 1, total_amount: 9e11 }), 'price')
    await makeThing(site.company, '/completed-works', workOf(site, { quantity: 9e9, price: 100, total_amount: 1 }))
    await read('/logs/work-completion')
  })

  it('an act takes no part whose unit costs more than money can be', async () => {
    const contract = await newContract(site, 9e12)
    const work = await makeThing(
      site.company,
      '/completed-works',
      workOf(site, { contract_id: contract, quantity: 1, price: null, total_amount: 9e11 }),
    )
    const act = { contract_id: contract, act_document_number: 'А-1', act_date: '2024-03-01', work_ids: [work] }
    await refused(
      '/act-reports',
      { ...act, parts: [{ work_id: work, included_quantity: 0.0001, included_amount: 9e11 }] },
      'parts.0.included_amount',
    )
    const id = await makeThing(site.company, '/act-reports', { ...act, parts: [{ work_id: work, included_quantity: 0.5 }] })
    expect((await call('GET', `${ADMIN}/act-reports/${id}/export/excel`, { token: site.company.token })).status).toBe(200)
  })

  it('hours at an absurd rate are refused; those that just pass add up', async () => {
    const entry = {
      organization_id: site.company.id,
      user_id: site.foreman,
      project_id: site.project,
      work_date: '2024-02-15',
      title: 'Смена',
    }
    const day = { ...entry, start_time: '00:00', end_time: '23:59:59' }
    await refused('/time-tracking', { ...day, hourly_rate: 9e12 }, 'hourly_rate')
    for (let i = 0; i < 6; i++) await makeThing(site.company, '/time-tracking', { ...day, hourly_rate: 9e11 })
    await read('/time-tracking/reports/generate?start_date=2024-02-01&end_date=2024-02-28')
  })

  it('a price that a stated total makes is shown, however large', async () => {
    const materials = [{ material_id: site.material, quantity: 0.0001, unit_price: 1, total_amount: 9e11 }]
    await makeThing(site.company, '/completed-works', workOf(site, { price: null, materials }))
    const { data } = await must<{ data: { unit_price: number }[] }>(
      200,
      'GET',
      `${ADMIN}/materials/analytics/cost-history?material_id=${site.material}`,
      { token: site.company.token },
    )
    expect(data[0]?.unit_price).toBe(9e15)
  })
})
