import { createExecutionContext, env, waitOnExecutionContext } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import { handle } from '../../src/app.ts'
import { newCompany, newPerson, type Company } from '../factories.ts'
import { recordReads } from './recording-d1.ts'

/**
 * Reports over 100,000 movements of an organization, and over the same grown to 1,000,000, as many of a stranger's beside them: what D1 reads, and how long
 * an answer takes. Of all times it must read the sums that are kept, of a period that period's movements once, and nothing of anybody else.
 */

const SIZES = [100_000, 1_000_000]
const STEP = 50_000
const TIMES = 20
const MATERIALS = 500
const PROJECTS = 50
/** Materials that one project takes. */
const TAKEN = 150
const USERS = 20
const SUPPLIERS = 40
const DAYS = 700

let mine: Company
let stranger: Company
/** The first of each kind of an organization: the others follow it. */
interface First {
  material: number
  project: number
  supplier: number
  user: number
}
const first = new Map<number, First>()
const firstOf = ({ id }: Company): First => first.get(id) ?? { material: 0, project: 0, supplier: 0, user: 0 }

const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10)
const BEGIN = day(DAYS)
/** A month and a year that lie in the middle of it. */
const MONTH = `date_from=${day(130)}&date_to=${day(101)}`
const YEAR = `date_from=${day(464)}&date_to=${day(100)}`

const many = (from: number, to: number) => `with recursive n(i) as (select ${from} union all select i + 1 from n where i < ${to})`
const AT = `'2026-01-01T00:00:00.000Z'`
const run = (text: string) => env.DB.prepare(text).run()

async function catalog(company: Company): Promise<void> {
  const org = company.id
  const named = (text: string) => `'${text} ' || i, lower('${text} ' || i), ${AT}, ${AT} from n`
  await run(
    `insert into materials (org_id, measurement_unit_id, name, name_key, created_at, updated_at) ${many(1, MATERIALS)} select ${org}, 1, ${named('Материал')}`,
  )
  await run(
    `insert into projects (org_id, search, status, name, name_key, created_at, updated_at) ${many(1, PROJECTS)} select ${org}, '', 'active', ${named('Объект')}`,
  )
  await run(
    `insert into suppliers (org_id, name, name_key, created_at, updated_at) ${many(1, SUPPLIERS)} select ${org}, ${named('Поставщик')}`,
  )
  const people: number[] = []
  for (let i = 0; i < USERS; i++) people.push((await newPerson(company, 'foreman')).id)
  const least = (table: string) => `(select min(id) from ${table} where org_id = ${org})`
  const row = await env.DB.prepare(
    `select ${least('materials')} as material, ${least('projects')} as project, ${least('suppliers')} as supplier`,
  ).first<Omit<First, 'user'>>()
  if (row) first.set(org, { ...row, user: Math.min(...people) })
}

/** So many more movements of both. Indexes are made anew afterwards, which is many times faster; the triggers that keep sums and counters work as ever. */
async function grow(from: number, to: number): Promise<void> {
  const { results: indexes } = await env.DB.prepare(
    `select name, sql from sqlite_master where type = 'index' and tbl_name = 'material_movements' and sql is not null`,
  ).all<{ name: string; sql: string }>()
  for (const { name } of indexes) await run(`drop index "${name}"`)
  for (let start = from; start <= to; start += STEP)
    for (const company of [mine, stranger]) {
      const { material, project, supplier, user } = firstOf(company)
      // Each project takes its own materials, which others take too; its foreman writes them off.
      await run(
        `insert into material_movements (org_id, project_id, material_id, user_id, supplier_id, operation, quantity, unit_price, total_price, usage_date, created_at, updated_at)
         ${many(start, Math.min(to, start + STEP - 1))}, m as (select i, i % ${PROJECTS} as p, (i / ${PROJECTS}) * 7 % ${TAKEN} as k, i / 3 % 3 = 0 as came from n)
         select ${company.id}, ${project} + p, ${material} + (p * 10 + k) % ${MATERIALS}, ${user} + p % ${USERS}, iif(came, ${supplier} + k % ${SUPPLIERS}, null),
           iif(came, 'receipt', 'write_off'), 10000 + i % 9999, 1500, 150 + i % 1000, date('${BEGIN}', ((i / ${PROJECTS} * 37 + i % ${PROJECTS} * 13) % ${DAYS}) || ' days'), ${AT}, ${AT} from m`,
      )
    }
  for (const { sql } of indexes) await run(sql)
}

beforeAll(async () => {
  ;[mine, stranger] = await Promise.all([newCompany(), newCompany()])
  await catalog(mine)
  await catalog(stranger)
})

interface Asked {
  path: string
  body?: object
}
async function ask(db: D1Database, { path, body }: Asked): Promise<number> {
  const execution = createExecutionContext()
  const request = new Request(`http://bench.test/api/v1/admin${path}`, {
    headers: { authorization: `Bearer ${mine.token}`, 'content-type': 'application/json' },
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
  })
  const began = performance.now()
  const response = await handle(request, { ...env, DB: db }, execution)
  const text = await response.text()
  const ms = performance.now() - began
  await waitOnExecutionContext(execution)
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${text.slice(0, 300)}`)
  return ms
}

/** What the movements of a report are, of which it may read each once; without any it may read only what is kept. */
const PERIODS = {
  'all times': 'false',
  month: `usage_date between '${day(130)}' and '${day(101)}'`,
  year: `usage_date between '${day(464)}' and '${day(100)}'`,
  'last 30 days': `usage_date between '${day(29)}' and '${day(0)}'`,
  'since that month': `usage_date >= '${day(130)}'`,
  every: 'true',
}
type Over = keyof typeof PERIODS
const ofProject = () => ` and project_id = ${firstOf(mine).project}`
const byMaterial = (where: object[]) => ({
  data_sources: { primary: 'material_movements' },
  query_config: { where },
  columns_config: [{ field: 'material_id', label: 'Материал', order: 1 }],
  aggregations_config: { group_by: ['material_id'], aggregations: [{ field: 'quantity', function: 'sum', alias: 'q' }] },
})
/** Rows of names that a report reads beside what it adds up: materials, projects, their units, sums by them. */
const NAMES: Record<string, number> = {
  'usage by projects of a month': 40_000,
  'material usage of a project, a month': 1000,
  'prices of a material': 100,
}
const REPORTS: [what: string, over: Over, asked: () => Asked, only?: () => string][] = [
  ['material usage', 'all times', () => ({ path: '/reports/material-usage' })],
  ['inventory', 'all times', () => ({ path: '/materials/analytics/inventory-report' })],
  ['low stock', 'all times', () => ({ path: '/materials/analytics/low-stock' })],
  ['materials in numbers', 'all times', () => ({ path: '/materials/analytics/summary' })],
  ['usage by projects', 'all times', () => ({ path: '/materials/analytics/usage-by-projects' })],
  ['usage by suppliers', 'all times', () => ({ path: '/materials/analytics/usage-by-suppliers' })],
  ['projects', 'all times', () => ({ path: '/reports/project-status-summary' })],
  ['foremen', 'all times', () => ({ path: '/reports/foreman-activity' })],
  ['the dashboard’s projects', 'all times', () => ({ path: '/dashboard/top-entities' })],
  ['a project’s sums', 'all times', () => ({ path: `/projects/${firstOf(mine).project}/statistics` })],
  ['material usage of a month', 'month', () => ({ path: `/reports/material-usage?${MONTH}` })],
  [
    'material usage of a project, a month',
    'month',
    () => ({ path: `/reports/material-usage?${MONTH}&project_id=${firstOf(mine).project}` }),
    ofProject,
  ],
  ['materials in numbers of a month', 'month', () => ({ path: `/materials/analytics/summary?${MONTH}` })],
  ['usage by projects of a month', 'month', () => ({ path: `/materials/analytics/usage-by-projects?${MONTH}` })],
  ['usage by suppliers of a month', 'month', () => ({ path: `/materials/analytics/usage-by-suppliers?${MONTH}` })],
  ['foremen of a month', 'month', () => ({ path: `/reports/foreman-activity?${MONTH}` })],
  ['most used of the last 30 days', 'last 30 days', () => ({ path: '/materials/analytics/most-used' })],
  ['builder: materials of a month', 'month', () => ({ path: '/custom-reports/builder/preview', body: byMaterial(WITHIN_MONTH) })],
  ['material usage of a year', 'year', () => ({ path: `/reports/material-usage?${YEAR}` })],
  ['prices by day of a year', 'year', () => ({ path: `/materials/analytics/cost-dynamics-report?group_by=day&${YEAR}` })],
  ['prices by month, of all there is', 'every', () => ({ path: '/materials/analytics/cost-dynamics-report' })],
  [
    'prices of a material',
    'every',
    () => ({ path: `/materials/analytics/cost-history?material_id=${firstOf(mine).material}` }),
    () => ` and material_id = ${firstOf(mine).material}`,
  ],
  // What was there when the month began is what is there now, less all that has moved since.
  [
    'official use of a project, a month',
    'since that month',
    () => ({ path: `/reports/official-material-usage?project_id=${firstOf(mine).project}&${MONTH}` }),
    ofProject,
  ],
]
const WITHIN_MONTH = [{ field: 'usage_date', operator: 'between', value: { from: day(130), to: day(101) } }]

describe.each(SIZES)('%i movements', (size) => {
  beforeAll(() => grow((SIZES[SIZES.indexOf(size) - 1] ?? 0) + 1, size), 1_800_000)

  it.each(REPORTS)('%s', async (what, over, asked, only = () => '') => {
    const counted = await env.DB.prepare(
      `select count(*) as n from material_movements where org_id = ${mine.id} and deleted_at is null and ${PERIODS[over]}${only()}`,
    ).first<{ n: number }>()
    const { db, seen } = recordReads(env.DB)
    await ask(db, asked())
    const read = seen.reduce((sum, s) => sum + s.rowsRead, 0)
    const times: number[] = []
    for (let i = 0; i < TIMES; i++) times.push(await ask(env.DB, asked()))
    const sorted = times.toSorted((a, b) => a - b).map(Math.round)
    const found = counted?.n ?? 0
    console.log(
      ['REPORT', what, size, found, NAMES[what] ?? 10_000, read, sorted[TIMES / 2], sorted[Math.ceil(TIMES * 0.95) - 1]].join('\t'),
    )
    expect(read).toBeGreaterThan(0)
  })
})
