import { env } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import { monthIn } from '../../src/lib/dates.ts'
import { call, must, statusesOf } from '../app.ts'
import { newCompany, newCtx, newPerson, next, type Company } from '../factories.ts'

const BASE = '/api/v1/admin'
const AT = '2026-01-01T00:00:00.000Z'
const run = (text: string, ...values: unknown[]) =>
  env.DB.prepare(text)
    .bind(...values)
    .run()
async function insert(table: string, values: Record<string, unknown>): Promise<number> {
  const all: Record<string, unknown> = { created_at: AT, updated_at: AT, ...values }
  const names = Object.keys(all)
  const row = await env.DB.prepare(`insert into ${table} (${names.join(', ')}) values (${names.map(() => '?').join(', ')}) returning id`)
    .bind(...Object.values(all))
    .first<{ id: number }>()
  return row?.id ?? 0
}
const pick = <T>(values: readonly T[]): T => values[Math.floor(Math.random() * values.length)] as T
const day = () => `2024-0${1 + Math.floor(Math.random() * 3)}-${String(1 + Math.floor(Math.random() * 28)).padStart(2, '0')}`

interface Movement {
  project_id: number
  material_id: number
  operation: 'receipt' | 'write_off'
  quantity: number
  total_price: number | null
  usage_date: string
  supplier_id: number | null
  deleted_at: string | null
}
interface World {
  company: Company
  projects: number[]
  materials: number[]
  supplier: number
  movements: Movement[]
}

/** An organization with random movements, some of them deleted or without a price. */
async function newWorld(): Promise<World> {
  const company = await newCompany()
  const org = company.id
  const unit = await insert('measurement_units', { org_id: org, name: `т${next()}`, short_name: 'т', type: 'material' })
  const name = (text: string) => ({ org_id: org, name: text, name_key: text })
  const projects = [
    await insert('projects', { ...name('А'), status: 'active', search: 'а' }),
    await insert('projects', { ...name('Б'), status: 'paused', search: 'б' }),
  ]
  const materials: number[] = []
  for (const material of ['Цемент', 'Песок', 'Кирпич', 'Лежит'])
    materials.push(await insert('materials', { ...name(material), measurement_unit_id: unit }))
  const supplier = await insert('suppliers', name('Поставщик'))
  const movements = Array.from({ length: 300 }, (): Movement => {
    const operation = pick(['receipt', 'write_off'] as const)
    return {
      project_id: pick(projects),
      material_id: pick(materials.slice(0, 3)),
      operation,
      quantity: 1 + Math.floor(Math.random() * 1_000_000),
      total_price: Math.random() < 0.2 ? null : Math.floor(Math.random() * 10_000_000),
      usage_date: day(),
      supplier_id: operation === 'receipt' && Math.random() < 0.7 ? supplier : null,
      deleted_at: Math.random() < 0.1 ? AT : null,
    }
  })
  await run(
    `insert into material_movements (org_id, created_at, updated_at, project_id, material_id, operation, quantity, total_price, usage_date, supplier_id, deleted_at)
     select ?, '${AT}', '${AT}', value ->> 'project_id', value ->> 'material_id', value ->> 'operation', value ->> 'quantity', value ->> 'total_price',
       value ->> 'usage_date', value ->> 'supplier_id', value ->> 'deleted_at' from json_each(?)`,
    org,
    JSON.stringify(movements),
  )
  return { company, projects, materials, supplier, movements: movements.filter((m) => m.deleted_at === null) }
}

let mine: World
let other: World
beforeAll(async () => {
  mine = await newWorld()
  other = await newWorld()
})
const get = <T>(path: string, token = mine.company.token) => must<T>(200, 'GET', `${BASE}${path}`, { token })
const refuse = async (status: number, path: string, field?: string, token = mine.company.token) => {
  const answer = await call<{ errors?: Record<string, unknown> }>('GET', `${BASE}${path}`, { token })
  expect(answer.status, `${path} ${answer.text}`).toBe(status)
  if (field) expect(Object.keys(answer.body.errors ?? {})).toEqual([field])
}

const total = (rows: readonly Movement[], of: (m: Movement) => number | null) => rows.reduce((sum, m) => sum + BigInt(of(m) ?? 0), 0n)
const units = (rows: readonly Movement[]) => Number(total(rows, (m) => m.quantity)) / 10_000
const money = (rows: readonly Movement[]) => Number(total(rows, (m) => m.total_price)) / 100
const PERIOD = { from: '2024-02-01', to: '2024-02-20' }
const inPeriod = (m: Movement) => m.usage_date >= PERIOD.from && m.usage_date <= PERIOD.to
const query = `date_from=${PERIOD.from}&date_to=${PERIOD.to}`

describe('material analytics', () => {
  it('add up as the movements do, by whatever', async () => {
    const all = mine.movements.filter(inPeriod)
    const receipts = all.filter((m) => m.operation === 'receipt')
    const used = all.filter((m) => m.operation === 'write_off')
    expect((await get<{ data: unknown }>(`/materials/analytics/summary?${query}`)).data).toEqual({
      unique_materials_count: new Set(all.map((m) => m.material_id)).size,
      total_operations: all.length,
      total_received: units(receipts),
      total_used: units(used),
      total_received_value: money(receipts),
      total_used_value: money(used),
    })
    type Use = { project_id: number; material_id: number; total_received: number; total_used: number; operations_count: number }
    const { data } = await get<{ data: Use[] }>(`/materials/analytics/usage-by-projects?${query}`)
    const groups = Map.groupBy(all, (m) => `${m.project_id}/${m.material_id}`)
    expect(data.length).toBe(groups.size)
    for (const row of data) {
      const own = groups.get(`${row.project_id}/${row.material_id}`) ?? []
      expect(row).toMatchObject({
        operations_count: own.length,
        total_received: units(own.filter((m) => m.operation === 'receipt')),
        total_used: units(own.filter((m) => m.operation === 'write_off')),
      })
    }
    const { data: delivered } = await get<{ data: { material_id: number; total_received: number }[] }>(
      '/materials/analytics/usage-by-suppliers',
    )
    for (const row of delivered)
      expect(row.total_received).toBe(units(mine.movements.filter((m) => m.supplier_id !== null && m.material_id === row.material_id)))
  })

  it('know what is left of each material, of one that never moved too', async () => {
    type Stock = { material_id: number; stock_quantity: number }
    const left = (id: number) => {
      const own = mine.movements.filter((m) => m.material_id === id)
      const signed = total(own, (m) => (m.operation === 'receipt' ? m.quantity : -m.quantity))
      return Number(signed) / 10_000
    }
    const { data } = await get<{ data: Stock[] }>('/materials/analytics/inventory-report?include_zero_balance=true')
    expect(new Map(data.map((row) => [row.material_id, row.stock_quantity]))).toEqual(new Map(mine.materials.map((id) => [id, left(id)])))
    const { data: low } = await get<{ data: Stock[] }>('/materials/analytics/low-stock?threshold=0.5')
    expect(new Set(low.map((row) => row.material_id))).toEqual(new Set(mine.materials.filter((id) => left(id) <= 0.5)))
    const { data: none } = await get<{ data: Stock[] }>('/materials/analytics/inventory-report')
    expect(none.map((row) => row.material_id)).not.toContain(mine.materials[3])
  })

  it('page without losing or repeating, and see nothing of others', async () => {
    type Page = { data: { material_id: number }[]; meta: { has_more: boolean } }
    const seen: string[] = []
    for (let page = 1, more = true; more; page++) {
      const { data, meta } = await get<Page>(`/materials/analytics/movement-report?per_page=100&page=${page}`)
      seen.push(...data.map((row) => JSON.stringify(row)))
      more = meta.has_more
      expect(data.every((row) => mine.materials.includes(row.material_id))).toBe(true)
    }
    expect(seen.length).toBe(mine.movements.length)
    const foreign = `material_ids=${other.materials.join(',')}&project_ids=${other.projects.join(',')}`
    expect((await get<Page>(`/materials/analytics/movement-report?${foreign}`)).data).toEqual([])
    await refuse(422, `/materials/analytics/cost-history?material_id=${other.materials[0]}`, 'material_id')
    await refuse(422, '/materials/analytics/summary?date_from=2024-02-02&date_to=2024-02-01', 'date_to')
    for (const bad of ['1;2', '1,,x', '0', '9'.repeat(30)]) await refuse(422, `/materials/analytics/movement-report?material_ids=${bad}`)
  })
})

describe('ready reports', () => {
  interface Report {
    data: { material_id: number; total_quantity: number; total_amount: number; operations_count: number }[]
    totals: { total_amount: number; operations_count: number }
    pagination: { total: number; last_page: number }
  }
  it('material usage is what was written off; pages and totals are of the whole', async () => {
    const used = mine.movements.filter((m) => inPeriod(m) && m.operation === 'write_off' && m.project_id === mine.projects[0])
    const path = `/reports/material-usage?${query}&project_id=${mine.projects[0]}&per_page=1&sort_by=total_amount`
    const pages = [await get<Report>(`${path}&page=1`), await get<Report>(`${path}&page=2`), await get<Report>(`${path}&page=9`)]
    const groups = Map.groupBy(used, (m) => m.material_id)
    for (const { totals, pagination } of pages) {
      expect(totals).toEqual({ total_amount: money(used), operations_count: used.length })
      expect(pagination.total).toBe(groups.size)
    }
    const rows = pages.flatMap((page) => page.data)
    expect(rows.length).toBe(2)
    for (const row of rows) {
      const own = groups.get(row.material_id) ?? []
      expect(row).toMatchObject({ total_quantity: units(own), total_amount: money(own), operations_count: own.length })
    }
    const foreign = {
      project_id: other.projects[0],
      material_id: other.materials[0],
      user_id: other.company.userId,
      template_id: 999_999_999,
    }
    for (const [field, value] of Object.entries(foreign)) await refuse(422, `/reports/material-usage?${field}=${value}`, field)
  })

  it('the official one carries balances along: its form, its table and its JSON agree', async () => {
    const project = mine.projects[0] ?? 0
    const path = `/reports/official-material-usage?project_id=${project}&${query}`
    interface Official {
      data: Record<string, number>[]
      operations: { number: number; material_id: number; balance: number; quantity: number; operation_type: string; date: string }[]
      pagination: { total: number }
    }
    const whole = await get<Official>(`${path}&per_page=1000`)
    const paged = [await get<Official>(`${path}&per_page=40&page=1`), await get<Official>(`${path}&per_page=40&page=2`)]
    expect(paged.flatMap((page) => page.operations)).toEqual(whole.operations.slice(0, 80))
    for (const row of whole.data) {
      const of = (when: (m: Movement) => boolean, operation: string) =>
        total(
          mine.movements.filter(
            (m) => m.project_id === project && m.material_id === row['material_id'] && m.operation === operation && when(m),
          ),
          (m) => m.quantity,
        )
      const opening = of((m) => m.usage_date < PERIOD.from, 'receipt') - of((m) => m.usage_date < PERIOD.from, 'write_off')
      const [received, used] = [of(inPeriod, 'receipt'), of(inPeriod, 'write_off')]
      expect(row).toMatchObject({
        opening_balance: Number(opening) / 10_000,
        received_quantity: Number(received) / 10_000,
        used_quantity: Number(used) / 10_000,
        closing_balance: Number(opening + received - used) / 10_000,
      })
      const last = whole.operations.findLast((o) => o.material_id === row['material_id'])
      expect(last?.balance).toBe(row['closing_balance'])
    }
    // Filters choose what is listed; balances count everything.
    const filter = '&operation_type=write_off&min_quantity=10'
    const some = await get<Official>(`${path}${filter}&per_page=1000`)
    const wanted = whole.operations.filter((o) => o.operation_type === 'write_off' && o.quantity >= 10)
    expect(some.operations.map((o) => [o.balance, o.quantity])).toEqual(wanted.map((o) => [o.balance, o.quantity]))
    const csv = await call('GET', `${BASE}${path}${filter}&format=csv`, { token: mine.company.token })
    const lines = csv.text.trim().split('\r\n').slice(1)
    const digits = (n: number) => String(n).replace('.', ',')
    expect(
      lines.map((line) =>
        line
          .split(';')
          .slice(5, 10)
          .filter((_, i) => i === 0 || i === 4),
      ),
    ).toEqual(wanted.map((o) => [digits(o.quantity), digits(o.balance)]))
    await refuse(422, `/reports/official-material-usage?project_id=${other.projects[0]}&${query}`, 'project_id')
  })

  it('files are also kept, two of one day side by side, and only the owner’s organization finds them', async () => {
    const path = `${BASE}/reports/work-completion?format=xlsx`
    for (let i = 0; i < 2; i++) {
      const answer = await call('GET', path, { token: mine.company.token })
      expect([answer.status, answer.text.slice(0, 2)]).toEqual([200, 'PK'])
    }
    const { results } = await env.DB.prepare("select path from report_files where org_id = ? and path like 'reports/work-completion/%'")
      .bind(mine.company.id)
      .all()
    expect(results.length).toBe(2)
  })

  it('are a module: without it there are none', async () => {
    const company = await newCompany()
    await run('insert into organization_limits (org_id, modules) values (?, \'["basic_reports"]\')', company.id)
    await refuse(403, '/reports/foreman-activity', undefined, company.token)
    await refuse(403, `/reports/official-material-usage?project_id=1&${query}`, undefined, company.token)
    await get('/reports/material-usage', company.token)
  })

  it('contractors: contracts whole, works and payments of the period, percentages half up', async () => {
    const org = mine.company.id
    const contractor = await insert('contractors', {
      org_id: org,
      contractor_type: 'manual',
      name: 'Подрядчик',
      name_key: 'подрядчик',
      search: '',
    })
    const project = mine.projects[1] ?? 0
    const contract = await insert('project_contracts', {
      org_id: org,
      project_id: project,
      contractor_id: contractor,
      number: '1',
      date: '2024-01-01',
      total_amount: 300_000_00,
      status: 'terminated',
      search: '',
    })
    for (const [amount, paid] of [
      [100_00, '2024-02-01'],
      [50_00, '2024-02-20'],
      [7_00, '2024-02-21'],
    ])
      await insert('contract_payments', { org_id: org, contract_id: contract, payment_date: paid, amount, payment_type: 'other' })
    interface Summary {
      summary: Record<string, number | null>
      contractors: Record<string, number | null>[]
    }
    const path = `/reports/contractor-summary?project_id=${project}`
    const { summary, contractors } = await get<Summary>(`${path}&${query}&contract_status=cancelled&include_completed_works=false`)
    expect(contractors).toMatchObject([
      {
        contractor_id: contractor,
        total_contract_amount: 300_000,
        total_payment_amount: 150,
        payment_percentage: 0.05,
        remaining_to_complete: null,
      },
    ])
    expect(summary).toMatchObject({ total_remaining_amount: 299_850, total_completed_amount: null })
    expect((await get<Summary>(`${path}&contract_status=active`)).contractors).toEqual([])
    await refuse(404, `/reports/contractor-detail/${contractor}?project_id=${other.projects[0]}`, undefined, other.company.token)
    await refuse(422, `/reports/contractor-detail/${contractor}?project_id=${other.projects[0]}`, 'project_id')
    const csv = await call('GET', `${BASE}/reports/contractor-detail/${contractor}?project_id=${project}&export_format=csv`, {
      token: mine.company.token,
    })
    expect(csv.text.trim().split('\r\n').length).toBe(1 + 1 + 3 + 1)
    // Of sixty contracts, more than are read together, each has its own payments after it.
    await run(
      `insert into project_contracts (org_id, project_id, contractor_id, number, date, total_amount, status, search, created_at, updated_at)
       with recursive n(i) as (select 2 union all select i + 1 from n where i < 60) select ?, ?, ?, i, '2024-01-02', 1000, 'active', '', '${AT}', '${AT}' from n`,
      org,
      project,
      contractor,
    )
    await run(
      `insert into contract_payments (org_id, contract_id, payment_date, amount, payment_type, created_at, updated_at)
       select org_id, id, '2024-02-01', number, 'other', '${AT}', '${AT}' from project_contracts where org_id = ? and number % 3 = 0 order by id desc`,
      org,
    )
    const many = await call('GET', `${BASE}/reports/contractor-detail/${contractor}?project_id=${project}&export_format=csv`, {
      token: mine.company.token,
    })
    const told = many.text.split('\r\n').map((line) => line.split(';'))
    expect(told.slice(5, -2).map(([number, what, , , , , , , , paid]) => [number, what, what === 'Платеж' ? paid : ''])).toEqual(
      Array.from({ length: 59 }, (_, i) => String(i + 2)).flatMap((n) => [
        [n, 'Контракт', ''],
        ...(Number(n) % 3 === 0 ? [[n, 'Платеж', `0,${n.padStart(2, '0')}`]] : []),
      ]),
    )
  })
})

it('of more contractors than a Worker should hold, the summary asks for fewer', { timeout: 60_000 }, async () => {
  const company = await newCompany()
  const org = company.id
  const project = await insert('projects', { org_id: org, name: 'А', name_key: 'а', status: 'active', search: 'а' })
  const many = 'with recursive n(i) as (select 1 union all select i + 1 from n where i < 10001)'
  await run(
    `insert into contractors (org_id, contractor_type, name, name_key, search, created_at, updated_at)
     ${many} select ?, 'manual', 'П' || i, '', '', '${AT}', '${AT}' from n`,
    org,
  )
  await run(
    `insert into project_contracts (org_id, project_id, contractor_id, number, date, total_amount, status, search, created_at, updated_at)
     select org_id, ?, id, id, '2024-01-02', 1000, iif(id % 2, 'active', 'draft'), '', '${AT}', '${AT}' from contractors where org_id = ?`,
    project,
    org,
  )
  const ask = (more: string) =>
    call<{ errors: object }>('GET', `${BASE}/reports/contractor-summary?project_id=${project}${more}`, { token: company.token })
  for (const more of ['', '&export_format=csv']) {
    const { status, body } = await ask(more)
    expect([status, Object.keys(body.errors)]).toEqual([422, ['contractor_ids']])
  }
  expect((await ask('&contract_status=draft')).status).toBe(200)
})

describe('report templates', () => {
  const body = (more: object = {}) => ({
    name: 'Шаблон',
    report_type: 'material_usage',
    columns_config: [
      { header: 'Сумма, тг', data_key: 'total_cost', order: 2 },
      { header: 'Что', data_key: 'material.name', order: 1 },
    ],
    is_default: true,
    ...more,
  })
  const make = (more: object = {}, token = mine.company.token) =>
    must<{ id: number; is_default: boolean }>(201, 'POST', `${BASE}/report-templates`, { token, body: body(more) })
  const defaults = async (org: number) =>
    (
      await env.DB.prepare(
        'select id, report_type from report_templates where org_id = ? and is_default = 1 and deleted_at is null order by id',
      )
        .bind(org)
        .all<{ id: number; report_type: string }>()
    ).results

  it('one is the default, whoever races for it', async () => {
    const company = await newCompany()
    const made = await Promise.all(Array.from({ length: 6 }, () => make({}, company.token)))
    expect(made.every((t) => t.is_default)).toBe(true)
    expect((await defaults(company.id)).length).toBe(1)
    const works = await make({ report_type: 'work_completion' }, company.token)
    const calls = made.map(({ id }) => call('POST', `${BASE}/report-templates/${id}/set-default`, { token: company.token }))
    expect(statusesOf(await Promise.all(calls))).toEqual([200, 200, 200, 200, 200, 200])
    // It may also come by another way: a template that changes its type.
    await must(200, 'PATCH', `${BASE}/report-templates/${works.id}`, { token: company.token, body: { report_type: 'material_usage' } })
    expect(await defaults(company.id)).toEqual([{ id: works.id, report_type: 'material_usage' }])
  })

  it('give files their columns; JSON stays whole; a template of another report or organization is none', async () => {
    const world = await newWorld()
    const { token } = world.company
    const template = await make({ is_default: false }, token)
    const head = async (more: string) =>
      (await call('GET', `${BASE}/reports/material-usage?format=csv${more}`, { token })).text.replace('\ufeff', '').split('\r\n')[0]
    expect(await head('')).toContain('Материал;Код')
    expect(await head(`&template_id=${template.id}`)).toBe('Что;Сумма, тг')
    await must(200, 'POST', `${BASE}/report-templates/${template.id}/set-default`, { token })
    expect(await head('')).toBe('Что;Сумма, тг')
    const json = await get<{ data: object[]; columns: { header: string }[] }>('/reports/material-usage', token)
    expect(json.columns.map((c) => c.header)).toEqual(['Что', 'Сумма, тг'])
    expect(Object.keys(json.data[0] ?? {})).toContain('operations_count')
    await refuse(422, `/reports/work-completion?template_id=${template.id}`, 'template_id', token)
    await refuse(422, `/reports/material-usage?template_id=${template.id}`, 'template_id')
    await must(200, 'DELETE', `${BASE}/report-templates/${template.id}`, { token })
    expect(await head('')).toContain('Материал;Код')
  })
})

describe('the dashboard', () => {
  it('counts as the lists do, for oneself and one’s children, and nobody else', async () => {
    type Counts = { data: Record<string, number> }
    expect((await get<Counts>('/dashboard')).data).toMatchObject({ projects_count: 2, materials_count: 4, suppliers_count: 1 })
    for (const path of ['/dashboard', '/dashboard/limits', '/dashboard/history', '/dashboard/timeseries', '/dashboard/top-entities'])
      await refuse(404, `${path}?organization_id=${other.company.id}`)
    const child = await newWorld()
    await run('update organizations set parent_id = ? where id = ?', mine.company.id, child.company.id)
    const top = await get<{ data: { id: number }[] }>(`/dashboard/top-entities?organization_id=${child.company.id}`)
    expect(new Set(top.data.map((row) => row.id))).toEqual(new Set(child.projects))
    // A child does not see its head.
    await refuse(404, `/dashboard?organization_id=${mine.company.id}`, undefined, child.company.token)
  })

  it('counts a record in the month that it falls into where the organization is', async () => {
    const { company } = await newWorld()
    await run("update organizations set time_zone = 'Pacific/Auckland' where id = ?", company.id)
    const { now } = await newCtx()
    const month = monthIn(now, 'Pacific/Auckland')
    await run('update materials set created_at = ? where org_id = ?', AT, company.id)
    const { results } = await env.DB.prepare('select id from materials where org_id = ? order by id').bind(company.id).all<{ id: number }>()
    // Midnight there is a day before, about noon, in UTC.
    const midnight = (offset: string) => new Date(`${month}-01T00:00:00${offset}`)
    const start = [midnight('+13:00'), midnight('+12:00')].find(
      (at) => monthIn(at, 'Pacific/Auckland') === month && monthIn(new Date(at.getTime() - 1), 'Pacific/Auckland') !== month,
    )
    if (!start) throw new Error('no midnight')
    const set = (i: number, at: Date) => run('update materials set created_at = ? where id = ?', at.toISOString(), results[i]?.id)
    await set(0, start)
    await set(1, new Date(start.getTime() - 1))
    await set(2, new Date(start.getTime() - 1000))
    const { data } = await get<{ data: { labels: string[]; values: number[] } }>('/dashboard/timeseries?metric=materials', company.token)
    expect(data.labels.at(-1)).toBe(month)
    expect(data.values.slice(-2)).toEqual([2, 1])
  })

  it('is arranged by each for oneself', async () => {
    const path = `${BASE}/dashboard/settings`
    const { token } = await newPerson(mine.company, 'accountant')
    const item = (id: string, order = 10) => ({ id, enabled: true, order })
    const put = (body: object, as = token) => call<{ error?: string }>('PUT', path, { token: as, body: { version: 1, ...body } })
    expect((await call('GET', path, { token })).status).toBe(204)
    expect((await put({ items: [item('limits')] })).body.error).toBe('unknown_widget_id')
    expect((await put({ version: 2, items: [] })).body.error).toBe('invalid_version')
    expect((await put({ layout_mode: 'grid', items: [item('summary')] })).status).toBe(200)
    const saved = await get<{ data: { layout_mode: string; items: { id: string }[] } }>('/dashboard/settings', token)
    expect([saved.data.layout_mode, saved.data.items[0]?.id]).toEqual(['grid', 'summary'])
    expect(saved.data.items.map(({ id }) => id)).not.toContain('limits')
    expect((await call('GET', path, { token: mine.company.token })).status).toBe(204)
    expect((await call('GET', `${path}?org_id=${other.company.id}`, { token })).status).toBe(404)
    await must(200, 'DELETE', path, { token })
    expect((await call('GET', path, { token })).status).toBe(204)
  })
})
