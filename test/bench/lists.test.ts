import { createExecutionContext, env, waitOnExecutionContext } from 'cloudflare:test'
import { beforeAll, expect, it } from 'vitest'
import { handle } from '../../src/app.ts'
import { admin } from '../../src/surfaces/admin.ts'
import { newCompany, type Company } from '../factories.ts'
import { fill } from './back-office.ts'
import { recordReads, type Seen } from './recording-d1.ts'

/**
 * What D1 reads for one page of every list of the back office, in its default order, by each sort both ways and with each exact filter, with 100,000 living
 * rows of the organization in every table and twenty organizations of 5,000 beside it.
 */

const SIZE = { mine: 100_000, other: 5000 }
const OTHERS = 20
/** Every list has pages of this size; in the default order others are asked for as well. */
const PAGE = 50
const OTHER_SIZES = [15, 20, 100]
const MOST_SHOWN: Record<string, number> = { '/contractor-invitations': 50 }
/** Rows read for each that a page may show. */
const MOST_READ = 5
const MOST_TRIPS = 2
/**
 * A work is shown with its project, contract, type, unit, person, contractor and materials. Works in the order of their days share them; by amount or quantity each
 * work of a page names others than its neighbours, and each of these is a row of its own to read.
 */
const SCATTERED: Record<string, RegExp> = { '/completed-works': /sortBy=(total_amount|quantity)/ }
const MOST_SCATTERED = 10

let company: Company
let other: number

/** Exact filters of each list with a value; `{id}` in them and in paths is the hundredth row of the organization. */
const FILTERS: Record<string, Record<string, string[]>> = {
  '/users': { is_active: ['1', '0'] },
  '/advance-transactions': { user_id: ['{id}'], project_id: ['{id}'], type: ['issue'], reporting_status: ['pending', 'approved'] },
  '/report-files': { type: ['act'] },
  '/time-tracking': { user_id: ['{id}'], project_id: ['{id}'], status: ['draft', 'approved'], billable: ['1', '0'] },
  '/contractor-invitations': { type: ['sent', 'received'], status: ['accepted', 'declined'] },
  '/site-requests': { project_id: ['{id}'], kind: ['material'], status: ['pending'] },
  '/measurement-units': { type: ['material', 'other'] },
  '/suppliers': { is_active: ['1', '0'] },
  '/projects': { status: ['active', 'cancelled'], is_archived: ['1', '0'], shared: ['1'] },
  '/projects/{id}/child-works': { child_organization_id: ['{other}'], status: ['confirmed'] },
  '/completed-works': {
    project_id: ['{id}'],
    contract_id: ['{id}'],
    work_type_id: ['{id}'],
    user_id: ['{id}'],
    contractor_id: ['{id}'],
    status: ['draft', 'confirmed'],
  },
  '/materials': { category: ['бетон'], is_active: ['1', '0'] },
  '/cost-categories': { is_active: ['1', '0'], parent_id: ['{id}', '0'] },
  '/rate-coefficients': { type: ['percentage'], applies_to: ['general'], scope: ['project'], is_active: ['1', '0'] },
  '/logs/material-usage': { project_id: ['{id}'], material_id: ['{id}'], user_id: ['{id}'], operation_type: ['receipt'] },
  '/logs/work-completion': { project_id: ['{id}'], work_type_id: ['{id}'], user_id: ['{id}'] },
  '/work-types': { category: ['бетонные'], is_active: ['1', '0'] },
  '/contractors': { inn: ['000000000100'] },
  '/contracts': { contractor_id: ['{id}'], project_id: ['{id}'], status: ['draft', 'active'], work_type_category: ['smr'] },
  '/contracts/{id}/completed-works': {},
  '/contracts/{contract}/payments': {},
  '/contracts/{contract}/agreements': {},
  '/specifications': {},
  '/act-reports': { contract_id: ['{id}'], project_id: ['{id}'], contractor_id: ['{id}'], is_approved: ['1', '0'] },
  '/report-templates': {},
  '/custom-reports': { category: ['core'], is_favorite: ['1', '0'], is_shared: ['1', '0'] },
}
/** These are sums over many rows, not lists of them: what they read is what they add up. The search of organizations is over all of them. */
const SUMS = /^\/(reports|materials\/analytics|organizations\/search)/

interface Sorted {
  shape: Record<string, { def?: { innerType?: { options?: string[] } }; unwrap?: () => { options?: string[] } } | undefined>
}
const LISTS = admin.operations
  .filter(({ spec }) => spec.query && ['per_page', 'perPage'].some((name) => name in (spec.query as unknown as Sorted).shape))
  .filter(({ spec }) => !SUMS.test(spec.path))
  .map(({ spec }) => {
    const { shape } = spec.query as unknown as Sorted
    const named = (...names: string[]) => names.find((name) => name in shape) ?? ''
    const by = named('sort_by', 'sortBy')
    const sorts = shape[by]?.unwrap?.().options ?? []
    const turn = named('sort_direction', 'sortDirection', 'sort_dir')
    return {
      path: spec.path,
      size: named('per_page', 'perPage'),
      sorts: sorts.flatMap((s) => [`&${by}=${s}&${turn}=asc`, `&${by}=${s}&${turn}=desc`]),
    }
  })

/** Who calls, and what the clock of development says: asked before every operation, whatever it does. */
const BEFORE = /^select "users"."staff_id", .* inner join "organizations"|from "dev_state"/s

interface Read {
  read: number
  shown: number
  trips: number
  total: number
  seen: Seen[]
}

async function readPage(path: string): Promise<Read> {
  const { db, seen, trips } = recordReads(env.DB)
  const execution = createExecutionContext()
  const request = new Request(`http://bench.test/api/v1/admin${path}`, { headers: { authorization: `Bearer ${company.token}` } })
  const response = await handle(request, { ...env, DB: db }, execution)
  const text = await response.text()
  await waitOnExecutionContext(execution)
  if (response.status !== 200) throw new Error(`GET ${path}: ${response.status} ${text.slice(0, 300)}`)
  const arrays: number[] = []
  const totals: number[] = []
  const visit = (value: unknown, depth: number): void => {
    if (Array.isArray(value)) arrays.push(value.length)
    else if (value && typeof value === 'object' && depth < 3)
      for (const [key, inner] of Object.entries(value)) {
        if (key === 'total' && typeof inner === 'number') totals.push(inner)
        visit(inner, depth + 1)
      }
  }
  visit(JSON.parse(text), 0)
  return { read: seen.reduce((sum, s) => sum + s.rowsRead, 0), shown: arrays[0] ?? 0, trips: trips(BEFORE), total: totals[0] ?? -1, seen }
}

beforeAll(async () => {
  company = await newCompany()
  const others: number[] = []
  for (let i = 0; i < OTHERS; i++) others.push((await newCompany()).id)
  other = others[0] ?? 0
  await fill(company.id, others, SIZE)
}, 1_200_000)

it('every list of the back office is measured', () => {
  expect(LISTS.map((list) => list.path).toSorted()).toEqual(Object.keys(FILTERS).toSorted())
})

it.each(LISTS)('GET $path', { timeout: 240_000 }, async ({ path, size, sorts }) => {
  const id = String(company.id * 1_000_000 + 101)
  const filters = Object.entries(FILTERS[path] ?? {}).flatMap(([name, values]) =>
    values.map((value) => `&${name}=${encodeURIComponent(value.replace('{id}', id).replace('{other}', String(other)))}`),
  )
  const broken: string[] = []
  const groups = new Map<number, { times: number; trips: number; query: string }>()
  const measure = async (query: string, perPage: number, page: number) => {
    const one = await readPage(`${path.replace(/\{\w+\}/, id)}?${size}=${perPage}&page=${page}${query}`)
    const most = (SCATTERED[path]?.test(query) ?? false) ? MOST_SCATTERED : MOST_READ
    const times = one.read / perPage
    const worst = groups.get(most)
    const said = `${query.slice(1).replace(id, '…') || 'default order'}, page ${page} of ${perPage}`
    groups.set(most, {
      ...(worst && worst.times >= times ? worst : { times, query: said }),
      trips: Math.max(worst?.trips ?? 0, one.trips),
    })
    if (times > most || one.trips > MOST_TRIPS)
      broken.push(`${said} (${one.trips} trips):\n${one.seen.map((s) => `  ${s.rowsRead}: ${s.sql.slice(0, 600)}`).join('\n')}`)
    return one
  }
  const first = await measure('', PAGE, 1)
  expect(first.shown, 'a page is full').toBe(PAGE)
  if (!path.includes('{')) expect(first.total, 'the organization has its rows').toBeGreaterThanOrEqual(SIZE.mine / 2)
  for (const query of ['', ...sorts, ...filters]) for (const page of [1, 2]) await measure(query, PAGE, page)
  for (const perPage of OTHER_SIZES) if (perPage <= (MOST_SHOWN[path] ?? 100)) for (const page of [1, 2]) await measure('', perPage, page)
  for (const [most, { times, trips, query }] of groups) console.log(`LIST\tGET ${path}\t${times.toFixed(2)}\t${trips}\t${query}\t${most}`)
  expect(broken.join('\n')).toBe('')
})
