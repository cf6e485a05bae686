import { createExecutionContext, env, waitOnExecutionContext } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import { handle } from '../../src/app.ts'
import { newCompany, type Company } from '../factories.ts'
import { recordReads } from './recording-d1.ts'

/**
 * Reports over 100,000 movements of an organization, and over the same grown to 1,000,000, as many of a stranger's beside them: what D1 reads, and how long
 * an answer takes. What a report adds up it must read once, from an index; it must not read anybody else's.
 */

const SIZES = [100_000, 1_000_000]
const STEP = 50_000
const TIMES = 20
const MATERIALS = 500
const PROJECTS = 50

let mine: Company
let stranger: Company
/** The first material and project of each organization: the others follow it. */
const first = new Map<number, { material: number; project: number }>()

const many = (from: number, to: number) => `with recursive n(i) as (select ${from} union all select i + 1 from n where i < ${to})`
const AT = `'2026-01-01T00:00:00.000Z'`

async function catalog({ id: org }: Company): Promise<void> {
  const run = (text: string) => env.DB.prepare(text).run()
  await run(`insert into materials (org_id, name, name_key, measurement_unit_id, created_at, updated_at)
    ${many(1, MATERIALS)} select ${org}, 'Материал ' || i, 'материал ' || i, 1, ${AT}, ${AT} from n`)
  await run(`insert into projects (org_id, name, name_key, search, status, created_at, updated_at)
    ${many(1, PROJECTS)} select ${org}, 'Объект ' || i, 'объект ' || i, '', 'active', ${AT}, ${AT} from n`)
  const row = await env.DB.prepare(
    'select (select min(id) from materials where org_id = ?1) as material, (select min(id) from projects where org_id = ?1) as project',
  )
    .bind(org)
    .first<{ material: number; project: number }>()
  if (row) first.set(org, row)
}

async function grow(from: number, to: number): Promise<void> {
  for (let start = from; start <= to; start += STEP)
    for (const { id: org } of [mine, stranger]) {
      const { material, project } = first.get(org) ?? { material: 0, project: 0 }
      await env.DB.prepare(
        `insert into material_movements (org_id, project_id, material_id, operation, quantity, unit_price, total_price, usage_date, created_at, updated_at)
         ${many(start, Math.min(to, start + STEP - 1))}
         select ${org}, ${project} + i % ${PROJECTS}, ${material} + (i * 7) % ${MATERIALS}, iif(i % 3 = 0, 'receipt', 'write_off'), 10000 + i % 9999, 1500, 150 + i % 1000,
           date('2024-01-01', (i % 700) || ' days'), ${AT}, ${AT} from n`,
      ).run()
    }
}

beforeAll(async () => {
  ;[mine, stranger] = await Promise.all([newCompany(), newCompany()])
  await catalog(mine)
  await catalog(stranger)
})

async function ask(path: string): Promise<{ read: number; ms: number }> {
  const { db, seen } = recordReads(env.DB)
  const execution = createExecutionContext()
  const request = new Request(`http://bench.test/api/v1/admin${path}`, { headers: { authorization: `Bearer ${mine.token}` } })
  const began = Date.now()
  const response = await handle(request, { ...env, DB: db }, execution)
  const text = await response.text()
  const ms = Date.now() - began
  await waitOnExecutionContext(execution)
  if (response.status !== 200) throw new Error(`GET ${path}: ${response.status} ${text.slice(0, 300)}`)
  return { read: seen.reduce((sum, s) => sum + s.rowsRead, 0), ms }
}

const REPORTS: [what: string, path: () => string][] = [
  ['material usage', () => '/reports/material-usage'],
  ['material usage of a month', () => '/reports/material-usage?date_from=2024-03-01&date_to=2024-03-31'],
  [
    'official use of a project, a month',
    () => `/reports/official-material-usage?project_id=${first.get(mine.id)?.project}&date_from=2024-03-01&date_to=2024-03-31`,
  ],
  ['inventory', () => '/materials/analytics/inventory-report'],
  ['projects', () => '/reports/project-status-summary'],
]

describe.each(SIZES)('%i movements', (size) => {
  beforeAll(() => grow((SIZES[SIZES.indexOf(size) - 1] ?? 0) + 1, size))

  it.each(REPORTS)('%s', async (what, path) => {
    const times: number[] = []
    let read = 0
    for (let i = 0; i < TIMES; i++) {
      const answer = await ask(path())
      times.push(answer.ms)
      read = answer.read
    }
    const sorted = times.toSorted((a, b) => a - b)
    console.log(`REPORT\t${what}\t${size}\t${read}\t${sorted[Math.floor(TIMES / 2)]}\t${sorted[Math.ceil(TIMES * 0.95) - 1]}`)
    // One reading of its own movements, and what they are named by.
    expect(read).toBeLessThanOrEqual(2.2 * size + 20_000)
  })
})
