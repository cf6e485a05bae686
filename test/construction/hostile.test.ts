import { beforeAll, describe, expect, it } from 'vitest'
import { consumptionNorms, materials } from '../../src/construction/materials/tables.ts'
import { insertRows } from '../../src/construction/registry/bulk.ts'
import { batch } from '../../src/db/client.ts'
import { call, must } from '../app.ts'
import { newCtx } from '../factories.ts'
import { ADMIN, newSite, type Site } from './site.ts'

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
