import { env } from 'cloudflare:test'
import { expect, it } from 'vitest'
import { next } from '../factories.ts'

const AT = '2026-01-01T00:00:00.000Z'
const run = (text: string, ...values: unknown[]) =>
  env.DB.prepare(text)
    .bind(...values)
    .run()

/** As many contracts, straight into the table: the triggers must hold whoever writes. */
async function newContracts(many: number): Promise<{ org: number; ids: number[] }> {
  const org = 1_000_000 + next()
  const contractor = await env.DB.prepare(
    `insert into contractors (org_id, created_at, updated_at, contractor_type, name, name_key, search) values (?, ?, ?, 'manual', 'А', 'а', 'а') returning id`,
  )
    .bind(org, AT, AT)
    .first<{ id: number }>()
  const { results } = await env.DB.prepare(
    `insert into project_contracts (org_id, created_at, updated_at, contractor_id, number, date, total_amount, actual_advance_amount, status, search)
     select ?, ?, ?, ?, value, '2026-01-01', 100000000, 777, 'active', '' from json_each(?) returning id`,
  )
    .bind(org, AT, AT, contractor?.id, JSON.stringify(Array.from({ length: many }, (_, i) => i + 1)))
    .all<{ id: number }>()
  return { org, ids: results.map((row) => row.id) }
}

const pick = <T>(values: readonly T[]): T => values[Math.floor(Math.random() * values.length)] as T
const amount = () => Math.floor(Math.random() * 1_000_000)

/** Something that anybody might do to a row: add one, change its sum or state, move it, delete it softly, bring it back, delete it for good. */
function anyOperation(org: number, contracts: number[]): [string, ...unknown[]] {
  const table = pick(['completed_works', 'performance_acts', 'contract_payments'] as const)
  const sum = table === 'completed_works' ? 'total_amount' : 'amount'
  const of = `id = (select id from ${table} where org_id = ${org} order by random() limit 1)`
  const contract = pick(contracts)
  switch (pick(['add', 'add', 'add', 'sum', 'state', 'move', 'hide', 'all', 'drop'] as const)) {
    case 'add':
      if (table === 'completed_works')
        return [
          `insert into completed_works (org_id, created_at, updated_at, project_id, contract_id, work_type_id, user_id, quantity, total_amount, completion_date, search, status)
           values (?, '${AT}', '${AT}', 1, ?, 1, 1, 1, ?, '2026-01-01', '', ?)`,
          org,
          pick([contract, null]),
          amount(),
          pick(['draft', 'confirmed', 'confirmed', 'cancelled']),
        ]
      if (table === 'performance_acts')
        return [
          `insert into performance_acts (org_id, created_at, updated_at, contract_id, act_document_number, act_date, amount, is_approved, search) values (?, '${AT}', '${AT}', ?, '1', '2026-01-01', ?, ?, '')`,
          org,
          contract,
          amount(),
          pick([0, 1]),
        ]
      return [
        `insert into contract_payments (org_id, created_at, updated_at, contract_id, payment_date, amount, payment_type) values (?, '${AT}', '${AT}', ?, '2026-01-01', ?, ?)`,
        org,
        contract,
        amount(),
        pick(['advance', 'fact_payment', 'other']),
      ]
    case 'sum':
      return [`update ${table} set ${sum} = ? where ${of}`, amount()]
    case 'state':
      if (table === 'completed_works') return [`update ${table} set status = ? where ${of}`, pick(['draft', 'confirmed', 'cancelled'])]
      if (table === 'performance_acts') return [`update ${table} set is_approved = 1 - is_approved where ${of}`]
      return [`update ${table} set payment_type = ? where ${of}`, pick(['advance', 'fact_payment'])]
    case 'move':
      return [`update ${table} set contract_id = ? where ${of}`, contract]
    case 'hide':
      return [`update ${table} set deleted_at = iif(deleted_at is null, '${AT}', null) where ${of}`]
    // Sums, states and contracts at once, of many rows.
    case 'all':
      return [`update ${table} set contract_id = ?, ${sum} = ${sum} + 1 where org_id = ? and id % 7 = ?`, contract, org, next() % 7]
    case 'drop':
      return [`delete from ${table} where ${of}`]
  }
}

it('keeps the sums of contracts equal to a recomputation through 1,000 random operations side by side', async () => {
  const { org, ids } = await newContracts(5)
  for (let i = 0; i < 20; i++) await Promise.all(Array.from({ length: 50 }, () => run(...anyOperation(org, ids))))
  const { results } = await env.DB.prepare(
    `select c.completed_amount, c.performed_amount, c.paid_amount, c.actual_advance_amount,
       (select coalesce(sum(total_amount), 0) from completed_works w where w.contract_id = c.id and w.status = 'confirmed' and w.deleted_at is null) as works,
       (select coalesce(sum(amount), 0) from performance_acts a where a.contract_id = c.id and a.is_approved = 1 and a.deleted_at is null) as acts,
       (select coalesce(sum(amount), 0) from contract_payments p where p.contract_id = c.id and p.deleted_at is null) as payments,
       (select coalesce(sum(amount), 0) from contract_payments p where p.contract_id = c.id and p.deleted_at is null and p.payment_type = 'advance') as advances
     from project_contracts c where c.org_id = ?`,
  )
    .bind(org)
    .all<Record<string, number>>()
  expect(results).toHaveLength(5)
  for (const c of results) {
    expect([c.completed_amount, c.performed_amount, c.paid_amount, c.actual_advance_amount]).toEqual([
      c.works,
      c.acts,
      c.payments,
      c.advances,
    ])
  }
  // Chance may leave one contract without any of a kind, not all of them.
  for (const kind of ['works', 'acts', 'payments', 'advances'])
    expect(Math.max(...results.map((c) => c[kind] ?? 0)), kind).toBeGreaterThan(0)
})

it('leaves a stated advance alone until the first advance payment', async () => {
  const { org, ids } = await newContracts(1)
  const advance = async () =>
    (await env.DB.prepare('select actual_advance_amount as n from project_contracts where org_id = ?').bind(org).first<{ n: number }>())?.n
  const pay = (type: string, sum: number) =>
    env.DB.prepare(
      `insert into contract_payments (org_id, created_at, updated_at, contract_id, payment_date, amount, payment_type) values (?, '${AT}', '${AT}', ?, '2026-01-01', ?, ?) returning id`,
    )
      .bind(org, ids[0], sum, type)
      .first<{ id: number }>()
  const other = await pay('fact_payment', 500)
  expect(await advance()).toBe(777)
  await run('update contract_payments set amount = 1 where id = ?', other?.id)
  await run('delete from contract_payments where id = ?', other?.id)
  expect(await advance()).toBe(777)
  const first = await pay('advance', 100)
  await pay('advance', 50)
  expect(await advance()).toBe(150)
  await run('delete from contract_payments where id = ?', first?.id)
  expect(await advance()).toBe(50)
})

it('never makes a ring of contracts that are moved side by side', async () => {
  const { org, ids } = await newContracts(6)
  for (let i = 0; i < 10; i++)
    await Promise.allSettled(
      Array.from({ length: 30 }, () => run('update project_contracts set parent_contract_id = ? where id = ?', pick(ids), pick(ids))),
    )
  const { results } = await env.DB.prepare('select id, parent_contract_id as parent from project_contracts where org_id = ?')
    .bind(org)
    .all<{ id: number; parent: number | null }>()
  const parents = new Map(results.map(({ id, parent }) => [id, parent]))
  expect([...parents.values()].some((p) => p !== null)).toBe(true)
  for (const id of ids) {
    let [at, steps] = [parents.get(id) ?? null, 0]
    for (; at !== null && steps <= ids.length; steps++) at = parents.get(at) ?? null
    expect(at).toBeNull()
  }
})
