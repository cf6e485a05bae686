import { env } from 'cloudflare:test'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { COUNTED, type CountedList } from '../../src/db/list-counts.ts'
import { next } from '../factories.ts'

// Counters of lists equal what is there, whatever was done to the rows, by whom, in what order.

const at = '2026-01-01T00:00:00.000Z'
/**
 * Tables of very different facets: a flag, an enumeration with ids that may be null, a list of some of the rows, rows of another organization's list, a tree,
 * values that are counted together.
 */
const TABLES = {
  suppliers: { columns: { name: () => `'n${next()}'`, name_key: () => `'n'` }, facets: { is_active: ['0', '1'] } },
  cost_categories: { columns: { name: () => `'n'`, search: () => `'n'` }, facets: { is_active: ['0', '1'] } },
  completed_works: {
    columns: { quantity: () => '1', total_amount: () => '1', completion_date: () => `'2026-01-01'`, search: () => `''` },
    facets: {
      status: [`'draft'`, `'confirmed'`, `'cancelled'`],
      project_id: ['1', '2'],
      work_type_id: ['1', '2'],
      user_id: ['1', '2'],
      contractor_id: ['null', '1'],
      host_org_id: ['null', ':host'],
    },
  },
  custom_reports: {
    columns: { name: () => `'n'`, definition: () => `'{}'` },
    facets: { is_shared: ['0', '1'], is_favorite: ['0', '1'], user_id: ['1', '2'], report_category: [`'core'`, `'works'`] },
  },
  site_requests: {
    columns: { title: () => `'t'`, title_key: () => `'t'`, priority: () => `'low'` },
    facets: { project_id: ['1', '2'], kind: [`'material'`, `'equipment'`], status: [`'pending'`, `'rejected'`] },
  },
} as const
type Table = keyof typeof TABLES

const step = fc.record({
  table: fc.constantFrom(...(Object.keys(TABLES) as Table[])),
  what: fc.constantFrom('add', 'add', 'add', 'change', 'change', 'remove', 'restore', 'move', 'erase'),
  which: fc.nat(30),
  choice: fc.array(fc.nat(11), { minLength: 6, maxLength: 6 }),
})
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

/** One statement of the random history of two organizations. */
function statement({ table, what, which, choice }: Step, orgs: readonly [number, number]): string {
  const { columns, facets } = TABLES[table]
  const org = orgs[which % 2] ?? 0
  const host = orgs[(which + 1) % 2] ?? 0
  const chosen = Object.entries<readonly string[]>(facets).map(
    ([column, values], i) => [column, (values[(choice[i] ?? 0) % values.length] ?? 'null').replace(':host', String(host))] as const,
  )
  if (what === 'add') {
    const all = [...Object.entries<() => string>(columns).map(([column, value]) => [column, value()] as const), ...chosen]
    return `insert into ${table} (org_id, created_at, updated_at, ${all.map(([c]) => c).join(', ')}) values (${org}, '${at}', '${at}', ${all.map(([, v]) => v).join(', ')})`
  }
  const one = `id = (select id from ${table} where org_id in (${orgs.join(', ')}) order by id limit 1 offset ${which % 8})`
  if (what === 'erase') return `delete from ${table} where ${one}`
  const set = {
    change: chosen.map(([column, value]) => `${column} = ${value}`).join(', '),
    remove: `deleted_at = '${at}'`,
    restore: 'deleted_at = null',
    move: `org_id = ${org}`,
  }[what]
  return `update ${table} set ${set} where ${one}`
}

/** What counters must say, from the rows themselves. */
async function recount(
  name: string,
  { table, org, living, facets, empty = [] }: CountedList,
  orgs: readonly number[],
): Promise<Record<string, number>> {
  const alive = Object.entries(living).map(([column, value]) => (value === null ? `${column} is null` : `${column} = '${value}'`))
  const where = [`${org} in (${orgs.join(', ')})`, ...alive].join(' and ')
  const found: [string, number][] = []
  const valueOf = (column: string) => (empty.includes(column) ? `'${column}=' || coalesce(${column}, '')` : `'${column}=' || ${column}`)
  for (const of of [[], ...facets.map((facet) => [facet].flat())]) {
    const value = of.map(valueOf).join(` || '&' || `) || `''`
    const { results } = await env.DB.prepare(
      `select ${org} as o, ${value} as facet, count(*) as n from ${table} where ${where} and ${value} is not null group by 1, 2`,
    ).all<{
      o: number
      facet: string
      n: number
    }>()
    found.push(...results.map(({ o, facet, n }): [string, number] => [`${o} ${name} ${facet}`, n]))
  }
  return Object.fromEntries(found)
}

it('counters equal what is there after random changes side by side', async () => {
  const lists = Object.entries<CountedList>(COUNTED).filter(([, { table }]) => table in TABLES)
  expect(lists).toHaveLength(7)
  let counted = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
      const orgs = [50_000_000 + next(), 50_000_000 + next()] as const
      for (let i = 0; i < steps.length; i += 8)
        // A refusal (a tree that would not stay one) changes nothing, and so no counter.
        await Promise.allSettled(steps.slice(i, i + 8).map((one) => env.DB.prepare(statement(one, orgs)).run()))
      for (const [name, list] of lists) {
        const { results } = await env.DB.prepare(
          `select org_id || ' ' || list || ' ' || facet as key, n from list_counts where org_id in (${orgs.join(', ')}) and list = ? and n <> 0`,
        )
          .bind(name)
          .all<{ key: string; n: number }>()
        const expected = await recount(name, list, orgs)
        expect(Object.fromEntries(results.map(({ key, n }) => [key, n]))).toEqual(expected)
        counted += Object.keys(expected).length
      }
    }),
    { numRuns: 25 },
  )
  expect(counted).toBeGreaterThan(200)
}, 120_000)

it('the system’s own rows, which migrations made, are counted', async () => {
  const there = await env.DB.prepare('select count(*) as n from measurement_units where org_id = 0 and deleted_at is null').first<number>(
    'n',
  )
  const said = await env.DB.prepare(
    `select n from list_counts where org_id = 0 and list = 'measurement_units' and facet = ''`,
  ).first<number>('n')
  expect(there).toBeGreaterThan(0)
  expect(said).toBe(there)
})
