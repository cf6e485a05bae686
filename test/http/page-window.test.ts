import { env } from 'cloudflare:test'
import { beforeAll, expect, it } from 'vitest'
import { projectPages } from '../../src/construction/projects/projects.ts'
import { projects } from '../../src/construction/projects/tables.ts'
import { siteRequestPages } from '../../src/construction/site-requests/site-requests.ts'
import { siteRequests } from '../../src/construction/site-requests/tables.ts'
import { readWindow, type PageQuery } from '../../src/http/page-list.ts'
import { sql } from 'drizzle-orm'
import { newCtx, next } from '../factories.ts'
import { recordReads } from '../bench/recording-d1.ts'

// Whichever way a page is come by, it is the same page: some filters leave few rows, some more than are found and sorted.

const ORG = 60_000_000 + next()
const ROWS = 3000
const STATUSES = ['active', 'completed', 'paused', 'cancelled'] as const
const [RARE, OFTEN] = [7, 8]

beforeAll(async () => {
  const n = `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${ROWS})`
  // Names and days repeat, so that ids decide; one project in seventy-five is not `active`.
  await env.DB.batch([
    env.DB.prepare(`insert into projects (org_id, created_at, updated_at, name, name_key, status, is_archived, search, start_date) ${n}
      select ${ORG}, '2024-01-01T00:00:00.' || printf('%03d', i % 700) || 'Z', '2024', 'н' || i % 50, 'н', case i % 75 when 0 then 'paused' when 1 then 'cancelled' else 'active' end,
        i % 40 = 0, '', iif(i % 9 = 0, null, date('2024-01-01', '+' || i % 300 || ' day')) from n`),
    env.DB
      .prepare(`insert into site_requests (org_id, created_at, updated_at, project_id, kind, title, title_key, status, priority, required_date) ${n}
      select ${ORG}, '2024-01-01T00:00:00.' || printf('%03d', i % 700) || 'Z', '2024', iif(i % 100 = 0, ${RARE}, ${OFTEN}), iif(i % 3, 'material', 'equipment'), 't', 't',
        'pending', 'normal', date('2024-01-01', '+' || i % 90 || ' day') from n`),
  ])
}, 60_000)

interface Case {
  query: PageQuery
  /** The same in SQL. */
  where: string
  order: string
}

const projectCases: Case[] = [
  { query: {}, where: 'true', order: 'created_at desc, id desc' },
  ...(['asc', 'desc'] as const).flatMap((turn) => [
    { query: { sort_by: 'name', sort_direction: turn }, where: 'true', order: `name ${turn}, id ${turn}` },
    // Few of them, many, none; by the sort's own column; of two filters; of several values, one of them twice.
    ...STATUSES.map((status) => ({
      query: { status: [status], sort_by: 'name', sort_direction: turn },
      where: `status = '${status}'`,
      order: `name ${turn}, id ${turn}`,
    })),
    {
      query: { status: ['paused'], sort_by: 'status', sort_direction: turn },
      where: `status = 'paused'`,
      order: `status ${turn}, id ${turn}`,
    },
    {
      query: { status: ['active', 'paused', 'active'], sort_by: 'status', sort_direction: turn },
      where: `status in ('active', 'paused')`,
      order: `status ${turn}, id ${turn}`,
    },
    {
      query: { status: ['active'], is_archived: false, sort_by: 'start_date', sort_direction: turn },
      where: `status = 'active' and is_archived = 0`,
      order: `start_date ${turn}, id ${turn}`,
    },
    {
      query: { status: ['paused', 'active'], sort_direction: turn },
      where: `status in ('active', 'paused')`,
      order: `created_at ${turn}, id ${turn}`,
    },
    {
      query: { status: ['cancelled', 'paused'], is_archived: true, sort_direction: turn },
      where: `status in ('cancelled', 'paused') and is_archived = 1`,
      order: `created_at ${turn}, id ${turn}`,
    },
  ]),
]
const requestCases: Case[] = [RARE, OFTEN].flatMap((project) => [
  { query: { project_id: [project], sort_by: 'required_date' }, where: `project_id = ${project}`, order: 'required_date desc, id desc' },
  {
    query: { project_id: [project], kind: ['material'] },
    where: `project_id = ${project} and kind = 'material'`,
    order: 'created_at desc, id desc',
  },
  {
    query: { project_id: [RARE, OFTEN], kind: ['equipment', 'material'], sort_by: 'required_date', sort_direction: 'asc' },
    where: `project_id in (${RARE}, ${OFTEN})`,
    order: 'required_date asc, id asc',
  },
])

const LISTS = [
  ...projectCases.map((one) => ({ ...one, table: projects, pages: projectPages, name: 'projects' })),
  ...requestCases.map((one) => ({ ...one, table: siteRequests, pages: siteRequestPages, name: 'site_requests' })),
]

it.each(LISTS)('$name: $query', async ({ query, where, order, table, pages, name }) => {
  const ctx = await newCtx()
  const mine = sql`${table.orgId} = ${ORG} and ${table.deletedAt} is null`
  const { results } = await env.DB.prepare(`select id from ${name} where org_id = ${ORG} and ${where} order by ${order}`).all<{
    id: number
  }>()
  const ids = results.map(({ id }) => id)
  for (const page of [1, 2, Math.max(1, Math.ceil(ids.length / 20)), 1000]) {
    const window = pages.windowOf({ ...query, page, per_page: 20 }, mine, { orgs: [ORG] })
    const { rows, meta } = await readWindow(ctx.db, table, window)
    expect(rows.map(({ id }) => id)).toEqual(ids.slice((page - 1) * 20, page * 20))
    expect(meta.total).toBe(ids.length)
  }
})

it('few rows are found and sorted, many are met on the way; never is the whole list walked through', async () => {
  const read = async (query: PageQuery, pages: typeof projectPages, table: typeof projects | typeof siteRequests) => {
    const { db, seen } = recordReads(env.DB)
    const ctx = { ...(await newCtx()), db: (await import('../../src/db/client.ts')).openDb({ ...env, DB: db }, 'first-primary').db }
    const mine = sql`${table.orgId} = ${ORG} and ${table.deletedAt} is null`
    await readWindow(ctx.db, table, pages.windowOf({ ...query, per_page: 20 }, mine, { orgs: [ORG] }))
    return seen.reduce((sum, { rowsRead }) => sum + rowsRead, 0)
  }
  // 40 of 3,000 each, found by the filter's index, sorted.
  expect(await read({ status: ['paused'], sort_by: 'name' }, projectPages, projects)).toBeLessThan(100)
  expect(await read({ project_id: [RARE], sort_by: 'required_date' }, siteRequestPages, siteRequests)).toBeLessThan(80)
  // 2,920 of 3,000, met in the order of the sort.
  expect(await read({ status: ['active'], sort_by: 'name' }, projectPages, projects)).toBeLessThan(40)
  expect(await read({ project_id: [OFTEN], sort_by: 'required_date' }, siteRequestPages, siteRequests)).toBeLessThan(40)
  // Two values are merged.
  expect(await read({ status: ['paused', 'cancelled'] }, projectPages, projects)).toBeLessThan(40)
})
