import { env } from 'cloudflare:test'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { accountingStandIn } from '../../.tools/stand-ins/accounting.ts'
import type { Handler } from '../../.tools/stand-ins/requests.ts'
import { call, must, statusesOf } from '../app.ts'
import { newCompany, newCtx, newMember, type Company } from '../factories.ts'

const BASE = '/api/v1/admin/accounting'
const URL_OF = 'https://books.test'
const ACCESS = { login: 'учёт', secret: 'a-secret' }
let books: ReturnType<typeof accountingStandIn>
let refuses = new Set<number>()
/** What stands in for the network; a test may put itself before the books. */
let net: Handler

async function setUp(provider: '1c' | 'sbis') {
  const { settings } = await newCtx()
  Object.assign(settings, {
    ACCOUNTING_PROVIDER: provider,
    ACCOUNTING_URL: URL_OF,
    ACCOUNTING_LOGIN: ACCESS.login,
    ACCOUNTING_SECRET: ACCESS.secret,
  })
}
let company: Company
beforeEach(async () => {
  refuses = new Set()
  books = accountingStandIn({ ...ACCESS, takes: ({ id }) => !refuses.has(id) })
  net = books
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input instanceof Request ? input : String(input), init)
    if (!request.url.startsWith(URL_OF)) throw new TypeError('fetch failed')
    return net(request)
  })
  company = await newCompany()
})
afterEach(async () => {
  vi.restoreAllMocks()
  Object.assign((await newCtx()).settings, { ACCOUNTING_PROVIDER: 'none' })
})

interface Answer {
  success: boolean
  message: string
  stats: Record<string, number>
}
const run = (name: string, token = company.token, body?: object) => call<Answer>('POST', `${BASE}/${name}`, { token, body })
const status = async () =>
  (await must<{ message: string; last_sync: Record<string, unknown> }>(200, 'GET', `${BASE}/sync-status`, { token: company.token }))
    .last_sync
const at = '2026-01-01T00:00:00.000Z'

async function newTransaction(orgId: number, userId: number, amount = 15_000_05): Promise<number> {
  const now = (await newCtx()).now.toISOString()
  const row = await env.DB.prepare(
    `insert into advance_transactions (org_id, user_id, type, amount, counts_from, balance_after, status, reported_at, approved_at, created_at, updated_at)
     values (?1, ?2, 'issue', ?3, '2026-01-01', 0, 'approved', ?4, ?4, ?4, ?4) returning id`,
  )
    .bind(orgId, userId, amount, now)
    .first<{ id: number }>()
  return row?.id ?? 0
}
const codeOf = async (id: number) =>
  (await env.DB.prepare('select external_code from advance_transactions where id = ?').bind(id).first<{ external_code: string | null }>())
    ?.external_code

describe.each(['1c', 'sbis'] as const)('exchange with %s', (provider) => {
  beforeEach(() => setUp(provider))

  it('takes over codes of people and materials whom both know, and makes none', async () => {
    await newMember(company, 'foreman')
    const member = await env.DB.prepare('select id from memberships where org_id = ?').bind(company.id).first<{ id: number }>()
    await env.DB.prepare("update memberships set employee_id = 'Т-7' where id = ?")
      .bind(member?.id ?? 0)
      .run()
    for (const [name, code] of [
      ['Кирпич', 'М-1'],
      ['Цемент', 'М-2'],
      ['Песок', null],
    ])
      await env.DB.prepare(
        'insert into materials (org_id, name, name_key, measurement_unit_id, external_code, sbis_nomenclature_code, created_at, updated_at) values (?1, ?2, ?2, 1, ?3, ?4, ?5, ?5)',
      )
        .bind(company.id, name, code, name === 'Песок' ? '0007' : null, at)
        .run()
    Object.assign(books.booksOf(String(company.id)), {
      users: [
        { external_code: 'СОТР-7', employee_id: 'Т-7', accounting_account: '71.01' },
        { external_code: 'СОТР-8' },
        { employee_id: 'без кода' },
      ],
      // The third means the sand, but has the cement's code.
      materials: [
        { external_code: 'М-1', accounting_account: '10.01' },
        { external_code: 'М-3', sbis_nomenclature_code: '0007' },
        { external_code: 'М-9' },
        { external_code: 'М-1' },
        'что?',
      ],
    })
    expect((await run('import-users')).body.stats).toEqual({ total: 3, created: 0, updated: 1, skipped: 1, errors: 1 })
    expect((await run('import-materials')).body.stats).toEqual({ total: 5, created: 0, updated: 2, skipped: 1, errors: 2 })
    expect(
      await env.DB.prepare('select external_code, accounting_account from memberships where id = ?')
        .bind(member?.id ?? 0)
        .first(),
    ).toEqual({ external_code: 'СОТР-7', accounting_account: '71.01' })
    const { results } = await env.DB.prepare(
      'select name, external_code, use_in_accounting_reports as used from materials where org_id = ? order by id',
    )
      .bind(company.id)
      .all()
    expect(results).toEqual([
      { name: 'Кирпич', external_code: 'М-1', used: 1 },
      { name: 'Цемент', external_code: 'М-2', used: 0 },
      { name: 'Песок', external_code: 'М-3', used: 1 },
    ])
    expect(await status()).toMatchObject({
      status: 'completed',
      users_synced: true,
      projects_synced: false,
      materials_synced: true,
      transactions_synced: false,
    })
  })

  it('makes projects with their cost categories, changes them the next time, and goes no further than the subscription', async () => {
    const projects = (count: number, name = 'Объект') =>
      Array.from({ length: count }, (_, i) => ({
        external_code: `П-${i}`,
        name: `${name} ${i}`,
        cost_category: { external_code: 'К-1', name: 'Стройка' },
      }))
    books.booksOf(String(company.id)).projects = projects(3)
    expect((await run('import-projects')).body.stats).toEqual({ total: 3, created: 3, updated: 0, skipped: 0, errors: 0 })
    await env.DB.prepare(
      'insert into organization_limits (org_id, max_projects) values (?, 4) on conflict (org_id) do update set max_projects = 4',
    )
      .bind(company.id)
      .run()
    books.booksOf(String(company.id)).projects = projects(6, 'Корпус')
    expect((await run('import-projects')).body.stats).toEqual({ total: 6, created: 1, updated: 3, skipped: 0, errors: 2 })
    const { results } = await env.DB.prepare(
      'select p.name, p.status, c.external_code as category from projects p join cost_categories c on c.id = p.cost_category_id where p.org_id = ? order by p.id',
    )
      .bind(company.id)
      .all()
    expect(results).toEqual([0, 1, 2, 3].map((i) => ({ name: `Корпус ${i}`, status: 'active', category: 'К-1' })))
    expect(
      (await env.DB.prepare('select count(*) as n from cost_categories where org_id = ?').bind(company.id).first<{ n: number }>())?.n,
    ).toBe(1)
  })

  it('hands each approved transaction over once, and notes what was refused', async () => {
    const other = await newCompany()
    const ids = [
      await newTransaction(company.id, company.userId),
      await newTransaction(company.id, company.userId, 1),
      await newTransaction(company.id, company.userId),
    ]
    const foreign = await newTransaction(other.id, other.userId)
    refuses.add(ids[2] ?? 0)
    expect((await run('export-transactions')).body.stats).toEqual({ total: 3, exported: 2, errors: 1 })
    expect(await Promise.all([...ids, foreign].map(codeOf))).toEqual([
      expect.stringMatching(/^БУХ/),
      expect.stringMatching(/^БУХ/),
      null,
      null,
    ])
    const taken = [...books.booksOf(String(company.id)).transactions.values()].map(
      ({ transaction }) => (transaction as { amount: string }).amount,
    )
    expect(taken.toSorted()).toEqual(['0.01', '15000.05'])
    refuses.clear()
    expect((await run('export-transactions')).body.stats).toEqual({ total: 1, exported: 1, errors: 0 })
    expect((await run('export-transactions')).body.stats).toEqual({ total: 0, exported: 0, errors: 0 })
    expect(books.booksOf(String(company.id)).transactions.size).toBe(3)
  })

  it('a crash after the other side took it does not hand it over twice', async () => {
    const id = await newTransaction(company.id, company.userId)
    net = async (request) => {
      await books(request)
      throw new TypeError('connection lost')
    }
    expect((await run('export-transactions')).status).toBe(503)
    expect([await codeOf(id), books.booksOf(String(company.id)).transactions.size]).toEqual([null, 1])
    expect(await status()).toMatchObject({ status: 'failed', transactions_synced: false })
    net = books
    expect((await run('export-transactions')).body.stats).toEqual({ total: 1, exported: 1, errors: 0 })
    const [[, only] = []] = books.booksOf(String(company.id)).transactions
    expect([await codeOf(id), books.booksOf(String(company.id)).transactions.size]).toEqual([only?.external_code, 1])
  })
})

describe('an accounting system', () => {
  it('that there is none of is said so, and nothing is sent', async () => {
    for (const name of ['import-users', 'import-projects', 'import-materials', 'export-transactions']) {
      const { status: code, body } = await run(name)
      expect([code, body.success]).toEqual([503, false])
      expect(body.message).toContain('не настроен')
    }
    expect(await status()).toMatchObject({ status: 'never', timestamp: null, users_synced: false })
    expect((await run('export-transactions', company.token, { start_date: '2024-12-31', end_date: '2024-01-01' })).status).toBe(400)
  })

  it('that answers nonsense, or not at all, is not our defect; the status tells', async () => {
    await setUp('1c')
    const answers: Handler[] = [
      async () => new Response('<html>', { status: 200 }),
      async () => Response.json({ users: 'все' }),
      async () => new Response(null, { status: 401 }),
      async () => new Response(null, { status: 500 }),
      async () => new Response(null, { status: 302, headers: { location: 'https://evil.test' } }),
      () => Promise.reject(new TypeError('away')),
    ]
    for (const answer of answers) {
      net = answer
      const { status: code, body } = await run('import-users')
      expect([code, body.success]).toEqual([503, false])
      expect(body.message).toMatch(/^Ошибка при импорте пользователей: /)
      expect(body.message).not.toContain(ACCESS.secret)
      expect(await status()).toMatchObject({ status: 'failed', users_synced: false })
    }
    net = books
    expect((await run('import-users')).status).toBe(200)
    expect(await status()).toMatchObject({ status: 'completed', users_synced: true })
  })

  it('is asked once at a time; a run that was cut off does not block for ever', async () => {
    await setUp('1c')
    net = async (request) => {
      await new Promise((done) => setTimeout(done, 300))
      return books(request)
    }
    expect(statusesOf(await Promise.all([run('import-users'), run('import-users'), run('import-users')]))).toEqual([200, 409, 409])
    await env.DB.prepare("update accounting_runs set status = 'running', started_at = '2020-01-01T00:00:00.000Z' where org_id = ?")
      .bind(company.id)
      .run()
    expect(await status()).toMatchObject({ status: 'failed' })
    expect((await run('import-users')).status).toBe(200)
  })

  it('is for those who keep the books', async () => {
    await setUp('1c')
    const manager = await newMember(company, 'project_manager')
    expect((await run('import-users', manager)).status).toBe(403)
    expect((await run('import-users', await newMember(company, 'accountant'))).status).toBe(200)
  })
})
