import { createExecutionContext, env, waitOnExecutionContext } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import { handle } from '../../src/app.ts'
import { newCompany, operatorToken, type Company } from '../factories.ts'
import { recordReads, type Seen } from './recording-d1.ts'

/**
 * What D1 reads for one page of each list, while the tables grow from 100 to 100,000 rows of the caller's own organization, as many of a
 * stranger's, and as many deleted ones. It may be three rows for each one shown, and must not grow.
 */

const SIZES = [100, 10_000, 100_000]
const PAGE = 100
const STEP = 10_000

let mine: Company
let stranger: Company
let operator: string

/** Rows `from`..`to` of every table, for me and the stranger; of each two that are deleted softly, one is. */
async function grow(from: number, to: number): Promise<void> {
  for (let start = from; start <= to; start += STEP) {
    const numbers = `with recursive n(i) as (select ${start} union all select i + 1 from n where i < ${Math.min(to, start + STEP - 1)})`
    const at = `strftime('%Y-%m-%dT%H:%M:%fZ', 1700000000 + i, 'unixepoch')`
    for (const { id: org } of [mine, stranger]) {
      const token = `printf('%08x-0000-4000-8000-%012x', ${org}, i)`
      const each = (table: string, columns: string, values: string, where = 'true') =>
        env.DB.prepare(`insert into ${table} (${columns}) ${numbers} select ${values} from n where ${where}`)
      const deleted = (id: number) => `case when ${id} = 1 then ${at} end`
      const statements = [
        each(
          'files',
          'id, org_id, sha256, name, mime, size, created_at',
          `'f-${org}-' || i, ${org}, printf('%064x', i), 'a.pdf', 'application/pdf', 1000, ${at}`,
        ),
        ...[0, 1].map((gone) =>
          each(
            'templates',
            'org_id, name, format, file_id, fields, warnings, large, created_at, deleted_at',
            `${org}, 'Договор', 'docx', 'f-${org}-' || i, '[]', '[]', 0, ${at}, ${deleted(gone)}`,
          ),
        ),
        ...[0, 1].map((gone) =>
          each(
            'contracts',
            'org_id, template_id, contract_token, client_filled, version, generated_file_id, package_id, created_at, deleted_at',
            `${org}, (select min(id) from templates where org_id = ${org}), ${token} || '${gone}', 1, 1, 'f-${org}-' || i, ${token}, ${at}, ${deleted(gone)}`,
          ),
        ),
        env.DB.prepare(
          `insert into renderings (id, org_id, contract_id, version, status, warnings, attempts, file_id, created_at)
           ${numbers} select 'r-${org}-' || i, ${org}, c.id, 1, 'ready', '[]', 1, c.generated_file_id, ${at} from n join contracts c on c.contract_token = ${token} || '0'`,
        ),
        each(
          'signatures',
          'org_id, contract_id, client_name, client_iin, client_phone, method, created_at',
          `${org}, (select min(id) from contracts where org_id = ${org}), 'Иванов', '180540034205', '+77771234567', 'sms', ${at}`,
        ),
        ...[0, 1].map((gone) =>
          each(
            'payment_requests',
            'org_id, sms_count, ecp_count, total_amount, status, created_at, expires_at, deleted_at',
            `${org}, 1, 1, 100, 'cancelled', ${at}, ${at}, ${deleted(gone)}`,
          ),
        ),
        ...[0, 1].map((gone) =>
          each(
            'tariff_plans',
            'name, discount, from_count, to_count, is_active, created_at, deleted_at',
            `'План', 1, 1, 2, 1, ${at}, ${deleted(gone)}`,
          ),
        ),
        ...[0, 1].map((gone) =>
          each(
            'organizations',
            'name, email, phone, created_at, deleted_at',
            `'ТОО', 'o-${org}-${gone}-' || i || '@example.com', '+${org}-${gone}-' || i, ${at}, ${deleted(gone)}`,
          ),
        ),
        env.DB.prepare(
          `insert into contract_fields (contract_id, field_name, field_type, value)
           ${numbers} select c.id, 'client_name', 'text', 'x' from n join contracts c on c.contract_token = ${token} || '0'`,
        ),
        each(
          'webhook_deliveries',
          'id, webhook_id, message_id, event, body, status, created_at',
          `'d-${org}-' || i, 'w-${org}', 'm' || i, 'contract.signed', '{}', 'delivered', ${at}`,
        ),
        each(
          'api_keys',
          'id, org_id, name, prefix, hash, scopes, created_by, created_at, revoked_at',
          `'k-${org}-' || i, ${org}, 'x', 'qk_', 'h-${org}-' || i, '[]', 0, ${at}, ${at}`,
        ),
        each('audit_log', 'org_id, actor, action, subject, request_id, at', `${org}, 'user', 'x', 'y', 'z', ${at}`),
        each(
          'jobs',
          'id, type, status, attempts, due_at, created_at, finished_at',
          `'j-${org}-' || i, 'sms.send', 'done', 1, ${at}, ${at}, ${at}`,
        ),
      ]
      await env.DB.batch(statements)
    }
  }
}

beforeAll(async () => {
  ;[mine, stranger] = await Promise.all([newCompany(), newCompany()])
  operator = await operatorToken()
  for (const { id } of [mine, stranger])
    await env.DB.prepare(
      `insert into webhooks (id, org_id, url, events, status, secrets, created_at) values ('w-${id}', ${id}, 'https://example.com', '[]', 'active', '[]', '2026-01-01T00:00:00.000Z')`,
    ).run()
})

interface Page {
  shown: number
  read: number
  next: string | null
  seen: Seen[]
}

async function readPage(path: string, token: string | undefined): Promise<Page> {
  const { db, seen } = recordReads(env.DB)
  const execution = createExecutionContext()
  const request = new Request(`http://bench.test${path}`, { headers: token ? { authorization: `Bearer ${token}` } : {} })
  const response = await handle(request, { ...env, DB: db }, execution)
  const text = await response.text()
  await waitOnExecutionContext(execution)
  if (response.status !== 200) throw new Error(`GET ${path}: ${response.status} ${text.slice(0, 300)}`)
  const said: unknown = JSON.parse(text)
  const rows = Array.isArray(said) ? said : Object.values(said as object).find(Array.isArray)
  return {
    shown: (rows ?? []).length,
    read: seen.reduce((sum, s) => sum + s.rowsRead, 0),
    next: /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1] ?? null,
    seen,
  }
}

const LISTS: [what: string, path: () => string, token: () => string | undefined][] = [
  ['GET /companies (operator)', () => '/companies', () => operator],
  ['GET /companies', () => '/companies', () => mine.token],
  ['GET /templates/company/{id}', () => `/templates/company/${mine.id}`, () => mine.token],
  ['GET /contracts/company/{id}', () => `/contracts/company/${mine.id}`, () => mine.token],
  ['GET /contract-fields/{id}', () => `/contract-fields/${firstContract}`, () => mine.token],
  ['GET /signatures/contract/{id}', () => `/signatures/contract/${firstContract}`, () => mine.token],
  ['GET /payment_requests/company/{id}', () => `/payment_requests/company/${mine.id}`, () => mine.token],
  ['GET /payment_requests/company/{id} (operator)', () => `/payment_requests/company/${mine.id}`, () => operator],
  ['GET /tariff-plans', () => '/tariff-plans', () => undefined],
  ['GET /api/v1/webhooks', () => '/api/v1/webhooks', () => mine.token],
  ['GET /api/v1/api-keys', () => '/api/v1/api-keys', () => mine.token],
]
let firstContract = 0

const measured = new Map<string, { first: number; second: number }[]>()

describe.each(SIZES)('%i rows', (size) => {
  beforeAll(async () => {
    const before = SIZES[SIZES.indexOf(size) - 1] ?? 0
    await grow(before + 1, size)
    firstContract ||= (await env.DB.prepare('select min(id) as id from contracts where org_id = ?').bind(mine.id).first<number>('id')) ?? 0
  })

  it.each(LISTS)('%s', async (what, path, token) => {
    const first = await readPage(path(), token())
    // The page after the first one, where there is one, must not cost more.
    const second = first.next === null ? first : await readPage(first.next, token())
    measured.set(what, [...(measured.get(what) ?? []), { first: first.read, second: second.read }])
    console.log(`ROWS\t${what}\t${size}\t${first.shown}\t${first.read}\t${second.read}`)
    for (const page of [first, second])
      expect(page.read, page.seen.map((s) => `${s.rowsRead}: ${s.sql}`).join('\n')).toBeLessThanOrEqual(3 * Math.max(PAGE, page.shown))
  })
})
