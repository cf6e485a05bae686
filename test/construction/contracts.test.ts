import { env } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import { call, must, statusesOf } from '../app.ts'
import { newCompany, newMember, next, type Company } from '../factories.ts'

const BASE = '/api/v1/admin'

interface Thing {
  id: number
}
interface Contract extends Thing {
  number: string
  contractor: Thing & { contractor_type: string; is_self_execution: boolean }
  parent_contract: Thing | null
  child_contracts: Thing[]
  actual_advance_amount: number
  completed_works_amount: number
  total_paid_amount: number
}
interface Listed {
  data: Contract[]
  meta: { total: number }
}
interface Analytics {
  financial: Record<string, number>
  counts: Record<string, number>
  status: { can_add_work: boolean; is_nearing_limit: boolean }
}

const make = async <T extends Thing>({ token }: Company, path: string, body: object): Promise<T> => {
  const made = await must<T & { data?: T }>(201, 'POST', `${BASE}${path}`, { token, body })
  return made.data ?? made
}
const newContractor = (company: Company, more: object = {}) => make(company, '/contractors', { name: `ООО Подряд ${next()}`, ...more })
const newContract = async (company: Company, more: object = {}) =>
  make<Contract>(company, '/contracts', {
    contractor_id: 'contractor_id' in more ? undefined : (await newContractor(company)).id,
    number: `К-${next()}`,
    date: '2024-02-01',
    total_amount: 1000,
    status: 'active',
    ...more,
  })
const read = async (company: Company, id: number) =>
  (await must<{ data: Contract }>(200, 'GET', `${BASE}/contracts/${id}`, { token: company.token })).data
const list = (company: Company, query = '') => must<Listed>(200, 'GET', `${BASE}/contracts?${query}`, { token: company.token })
const analyse = async (company: Company, id: number) =>
  (await must<{ data: Analytics }>(200, 'GET', `${BASE}/contracts/${id}/analytics`, { token: company.token })).data
const ids = ({ data }: Listed) => data.map(({ id }) => id).toSorted((a, b) => a - b)

/** A confirmed work straight into its table: contracts do not ask who wrote it. */
const addWork = (company: Company, contract: number, amount: number) =>
  env.DB.prepare(
    `insert into completed_works (org_id, created_at, updated_at, project_id, contract_id, work_type_id, user_id, quantity, total_amount, completion_date, search, status)
     values (?, '2024-01-01', '2024-01-01', 1, ?, 1, 1, 10000, ?, '2024-02-02', '', 'confirmed')`,
  )
    .bind(company.id, contract, amount)
    .run()

// Loads what is loaded on first use before calls come side by side.
beforeAll(async () => {
  await list(await newCompany())
})

describe('contractors', () => {
  it('makes one contractor of own forces, however many contracts ask for it at once', async () => {
    const company = await newCompany()
    const made = await Promise.all(
      Array.from({ length: 8 }, (_, i) => newContract(company, { contractor_id: null, is_self_execution: true, number: `Х-${i}` })),
    )
    expect(new Set(made.map((c) => c.contractor.id)).size).toBe(1)
    expect(made[0]?.contractor).toMatchObject({ contractor_type: 'self_execution', is_self_execution: true, is_deletable: false })
    await must(403, 'DELETE', `${BASE}/contractors/${made[0]?.contractor.id}`, { token: company.token })
    await must(403, 'PUT', `${BASE}/contractors/${made[0]?.contractor.id}`, { token: company.token, body: { name: 'Иначе' } })
  })

  it('is either kept with a contract or deleted without one, when both are asked at once', async () => {
    const company = await newCompany()
    for (let i = 0; i < 6; i++) {
      const { id } = await newContractor(company)
      const body = { contractor_id: id, number: `Г-${i}`, date: '2024-01-01', total_amount: 1, status: 'draft' }
      const [removed, made] = await Promise.all([
        call('DELETE', `${BASE}/contractors/${id}`, { token: company.token }),
        call('POST', `${BASE}/contracts`, { token: company.token, body }),
      ])
      expect([`${removed.status}/${made.status}`]).toContain(removed.status === 204 ? '204/422' : '409/201')
    }
  })

  it('keeps INN and e-mail unique within the organization, for deleted ones no more', async () => {
    const [company, other] = [await newCompany(), await newCompany()]
    const { id } = await newContractor(company, { inn: '7707083893', email: 'a@example.com' })
    for (const body of [{ inn: '7707083893' }, { email: 'a@example.com' }]) {
      const answer = await call<{ errors: object }>('POST', `${BASE}/contractors`, { token: company.token, body: { name: 'Б', ...body } })
      expect([answer.status, Object.keys(answer.body.errors)]).toEqual([422, Object.keys(body)])
    }
    await newContractor(other, { inn: '7707083893' })
    await must(204, 'DELETE', `${BASE}/contractors/${id}`, { token: company.token })
    await newContractor(company, { inn: '7707083893' })
  })
})

describe('the hierarchy', () => {
  it('has no ring after contracts were moved below each other at once', async () => {
    const company = await newCompany()
    const { id: contractor_id } = await newContractor(company)
    const [a, b, c] = await Promise.all([1, 2, 3].map(() => newContract(company, { contractor_id })))
    if (!a || !b || !c) throw new Error('contracts were not made')
    const move = (id: number, parent_contract_id: number | null) =>
      call('PUT', `${BASE}/contracts/${id}`, { token: company.token, body: { parent_contract_id } })
    for (let i = 0; i < 4; i++) {
      await Promise.all([a, b, c].map(({ id }) => move(id, null)))
      const moves = statusesOf(await Promise.all([move(a.id, b.id), move(b.id, c.id), move(c.id, a.id)]))
      expect(moves).toEqual([200, 200, 422])
    }
    const refused = await call<{ errors: object }>('PUT', `${BASE}/contracts/${a.id}`, {
      token: company.token,
      body: { parent_contract_id: a.id },
    })
    expect([refused.status, Object.keys(refused.body.errors)]).toEqual([422, ['parent_contract_id']])
  })

  it('lets children stand by themselves when their parent is deleted', async () => {
    const company = await newCompany()
    const parent = await newContract(company)
    const child = await newContract(company, { parent_contract_id: parent.id })
    expect((await read(company, parent.id)).child_contracts.map((c) => c.id)).toEqual([child.id])
    await must(204, 'DELETE', `${BASE}/contracts/${parent.id}`, { token: company.token })
    expect((await read(company, child.id)).parent_contract).toBeNull()
    expect(ids(await list(company, 'has_parent=false'))).toEqual([child.id])
    await must(404, 'GET', `${BASE}/contracts/${parent.id}`, { token: company.token })
    const body = { parent_contract_id: parent.id }
    await must(422, 'PUT', `${BASE}/contracts/${child.id}`, { token: company.token, body })
  })
})

describe('agreements', () => {
  it('counts what stands, whatever is annulled, deleted and moved', async () => {
    const company = await newCompany()
    const { id } = await newContract(company)
    const agree = (agreement_date: string, change_amount: number | null, supersede_agreement_ids?: number[]) =>
      make(company, '/agreements', {
        contract_id: id,
        number: `ДС-${next()}`,
        agreement_date,
        change_amount,
        subject_changes: ['Изменение'],
        ...(supersede_agreement_ids ? { supersede_agreement_ids } : {}),
      })
    const delta = async () => (await analyse(company, id)).financial.agreements_delta
    const first = await agree('2024-02-01', 750)
    const second = await agree('2024-03-01', -100.5)
    await agree('2024-03-02', null)
    expect(await delta()).toBe(649.5)
    const replacing = await agree('2024-04-01', 20, [second.id, second.id])
    expect(await delta()).toBe(770)
    // Only earlier ones may be annulled, and none may be moved behind the one that annuls it.
    const put = (which: number, body: object) => call('PUT', `${BASE}/agreements/${which}`, { token: company.token, body })
    expect((await put(first.id, { supersede_agreement_ids: [replacing.id] })).status).toBe(422)
    expect((await put(first.id, { supersede_agreement_ids: [first.id] })).status).toBe(422)
    expect((await put(second.id, { agreement_date: '2024-05-01' })).status).toBe(422)
    expect((await put(replacing.id, { agreement_date: '2024-02-15' })).status).toBe(422)
    await must(204, 'DELETE', `${BASE}/agreements/${replacing.id}`, { token: company.token })
    expect(await delta()).toBe(649.5)
    expect((await put(second.id, { agreement_date: '2024-05-01' })).status).toBe(200)
    // Another contract's agreement is none of this one's, not even in the same organization.
    const elsewhere = await newContract(company)
    const theirs = await make(company, '/agreements', {
      contract_id: elsewhere.id,
      number: 'ДС-1',
      agreement_date: '2024-01-01',
      subject_changes: ['Иное'],
    })
    expect((await put(first.id, { supersede_agreement_ids: [theirs.id] })).status).toBe(422)
  })

  it('never lets two annul each other, when both try at once', async () => {
    const company = await newCompany()
    const { id } = await newContract(company)
    const two = await Promise.all(
      ['2024-02-01', '2024-02-02'].map((agreement_date, i) =>
        make(company, '/agreements', {
          contract_id: id,
          number: `ДС-${i}`,
          agreement_date,
          change_amount: 10,
          subject_changes: ['Изменение'],
        }),
      ),
    )
    const [a, b] = two.map((agreement) => agreement.id)
    if (!a || !b) throw new Error('agreements were not made')
    const put = (which: number, body: object) => call('PUT', `${BASE}/agreements/${which}`, { token: company.token, body })
    const answers = await Promise.all([
      put(b, { supersede_agreement_ids: [a] }),
      put(a, { agreement_date: '2024-02-03', supersede_agreement_ids: [b] }),
    ])
    expect(statusesOf(answers)).toEqual([200, 422])
  })

  it('gives a number once within a contract, of calls at once too', async () => {
    const company = await newCompany()
    const { id } = await newContract(company)
    const body = { contract_id: id, number: 'ДС-1', agreement_date: '2024-02-01', subject_changes: ['Изменение'] }
    const answers = await Promise.all(Array.from({ length: 4 }, () => call('POST', `${BASE}/agreements`, { token: company.token, body })))
    expect(statusesOf(answers)).toEqual([201, 422, 422, 422])
  })
})

describe('money', () => {
  it('keeps advance and payments in step through calls side by side', async () => {
    const company = await newCompany()
    const { id } = await newContract(company, { planned_advance_amount: 500, actual_advance_amount: 250 })
    expect((await read(company, id)).actual_advance_amount).toBe(250)
    const pay = (amount: number, payment_type: string) =>
      make(company, `/contracts/${id}/payments`, { payment_date: '2024-03-01', amount, payment_type })
    await pay(99.99, 'fact_payment')
    expect((await read(company, id)).actual_advance_amount).toBe(250)
    const paid = await Promise.all(Array.from({ length: 6 }, () => pay(10.01, 'advance')))
    expect(await read(company, id)).toMatchObject({ actual_advance_amount: 60.06, total_paid_amount: 160.05 })
    // From now on payments say what the advance is; saying the same again is no contradiction.
    const put = (actual_advance_amount: number) =>
      call<{ errors?: object }>('PUT', `${BASE}/contracts/${id}`, { token: company.token, body: { actual_advance_amount } })
    expect((await put(60.06)).status).toBe(200)
    const refused = await put(61)
    expect([refused.status, Object.keys(refused.body.errors ?? {})]).toEqual([422, ['actual_advance_amount']])
    await Promise.all([
      must(204, 'DELETE', `${BASE}/payments/${paid[0]?.id}`, { token: company.token }),
      must(200, 'PUT', `${BASE}/payments/${paid[1]?.id}`, { token: company.token, body: { payment_type: 'other' } }),
      must(200, 'PUT', `${BASE}/payments/${paid[2]?.id}`, { token: company.token, body: { amount: 20 } }),
    ])
    expect(await read(company, id)).toMatchObject({ actual_advance_amount: 50.03, total_paid_amount: 160.03 })
  })

  it('takes sums beyond all measure without failing', async () => {
    const company = await newCompany()
    const most = 9e12
    const parent = await newContract(company, { total_amount: most, gp_percentage: 100 })
    await Promise.all(Array.from({ length: 12 }, () => newContract(company, { total_amount: most, parent_contract_id: parent.id })))
    for (let i = 0; i < 12; i++)
      await make(company, `/contracts/${parent.id}/payments`, { payment_date: '2024-03-01', amount: most, payment_type: 'advance' })
    expect((await read(company, parent.id)).total_paid_amount).toBe(12 * most)
    expect((await analyse(company, parent.id)).financial.total_amount).toBe(13 * most)
    const { data } = await must<{ data: { contracts: { total_amount: number } } }>(200, 'GET', `${BASE}/dashboard/contracts/statistics`, {
      token: company.token,
    })
    expect(data.contracts.total_amount).toBe(13 * most)
    await must(200, 'GET', `${BASE}/filters/quick-stats`, { token: company.token })
    await must(200, 'GET', `${BASE}/contracts/${parent.id}/full`, { token: company.token })
  })

  it('adds attached specifications to the price, and keeps what is attached', async () => {
    const company = await newCompany()
    const { id } = await newContract(company)
    const specification = await make(company, '/specifications', {
      number: 'С-1',
      spec_date: '2024-01-01',
      total_amount: 100.5,
      scope_items: ['Кладка'],
    })
    const link = `${BASE}/contracts/${id}/specifications/${specification.id}`
    const { token } = company
    await Promise.all([must(200, 'POST', link, { token }), must(200, 'POST', link, { token })])
    expect((await analyse(company, id)).financial).toMatchObject({ specifications_amount: 100.5, total_amount: 1100.5 })
    await must(409, 'DELETE', `${BASE}/specifications/${specification.id}`, { token })
    await must(204, 'DELETE', link, { token })
    await must(404, 'DELETE', link, { token })
    await must(204, 'DELETE', `${BASE}/specifications/${specification.id}`, { token })
    await must(404, 'POST', link, { token })
  })
})

describe('the list', () => {
  it('finds contracts by what is worked out of them', async () => {
    const company = await newCompany()
    const late = await newContract(company, { end_date: '2024-03-01', planned_advance_amount: 10, actual_advance_amount: 10 })
    const near = await newContract(company, { planned_advance_amount: 10, actual_advance_amount: 5 })
    const done = await newContract(company, { end_date: '2024-03-01', planned_advance_amount: 10 })
    const under = await newContract(company, { total_amount: 0, parent_contract_id: late.id })
    await addWork(company, near.id, 899_95)
    await addWork(company, done.id, 1000_00)
    await must(200, 'PUT', `${BASE}/contracts/${done.id}`, { token: company.token, body: { status: 'completed' } })
    await addWork(company, late.id, 899_94)
    const finds = async (query: string, ...expected: { id: number }[]) =>
      expect([query, ids(await list(company, query))]).toEqual([query, expected.map(({ id }) => id).toSorted((a, b) => a - b)])
    // 899.95 of 1,000 is 90.00 as it is shown; 899.94 is 89.99.
    await finds('is_nearing_limit=true', near, done)
    await finds('is_nearing_limit=false', late, under)
    await finds('is_overdue=true', late)
    await finds('is_overdue=false', near, done, under)
    await finds('requiring_attention=true', late, near, done)
    await finds('requiring_attention=0', under)
    await finds('completion_from=89.99&completion_to=90', late, near)
    await finds('completion_from=90', near, done)
    await finds('completion_to=89.99', late, under)
    await finds('completion_from=0', late, near, done, under)
    await finds('advance_paid_status=paid', late)
    await finds('advance_paid_status=partial', near)
    await finds('advance_paid_status=not_paid', done, under)
    await finds('has_advance=true', late, near, done)
    await finds('has_children=true', late)
    await finds('has_parent=true', under)
    await finds('status[]=completed&status[]=draft', done)
    await finds(`number=${encodeURIComponent(near.number.toLowerCase())}`, near)
    const attention = await must<{ data: { id: number; priority: number }[] }>(
      200,
      'GET',
      `${BASE}/dashboard/contracts/requiring-attention`,
      {
        token: company.token,
      },
    )
    expect(attention.data.map(({ id, priority }) => [id, priority])).toEqual([
      [late.id, 189],
      [done.id, 175],
      [near.id, 115],
    ])
  })

  it('searches by number, contractor and project, and takes every letter as it is', async () => {
    const company = await newCompany()
    const { id: contractor_id } = await newContractor(company, { name: 'ООО «Берёза» 100%', phone: '+7 (495) 123-45-67' })
    const mine = await newContract(company, { contractor_id, number: 'ДПХ_1/А', subject: 'Отделка ДГП-9' })
    await newContract(company)
    const finds = async (key: string, text: string, found: boolean) =>
      expect([key, text, ids(await list(company, `${key}=${encodeURIComponent(text)}`))]).toEqual([key, text, found ? [mine.id] : []])
    await finds('contractor_search', 'БЕРЕЗА', true)
    await finds('contractor_search', '4951234567', true)
    await finds('contractor_search', '0%', true)
    await finds('contractor_search', "'; drop table contractors; --", false)
    await finds('number', 'дпх_1', true)
    await finds('number', 'дпх%1', false)
    // The subject is searched, but is no number.
    await finds('search', 'дгп-9', true)
    await finds('number', 'дгп-9', false)
  })

  it('reads few rows of 2,000 for each sort and exact filter', async () => {
    const company = await newCompany()
    const { id: contractor_id } = await newContractor(company)
    const other = await newContractor(company)
    await env.DB.prepare(
      `insert into project_contracts (org_id, created_at, updated_at, contractor_id, number, date, total_amount, status, work_type_category, search)
       select ?, '2024-01-01T00:00:' || printf('%05d', value), '2024-01-01', iif(value % 100 = 0, ?, ?), 'К-' || value, date('2020-01-01', '+' || value || ' day'), value * 100,
         iif(value % 50 = 0, 'on_hold', 'active'), iif(value % 50 = 1, 'design', 'smr'), 'к-' || value || char(10)
       from json_each(?)`,
    )
      .bind(company.id, other.id, contractor_id, JSON.stringify(Array.from({ length: 2000 }, (_, i) => i)))
      .run()
    const { contractPages } = await import('../../src/construction/contracts/contracts.ts')
    const { projectContracts: t } = await import('../../src/construction/contracts/tables.ts')
    const { newCtx } = await import('../factories.ts')
    const { sql } = await import('drizzle-orm')
    const ctx = await newCtx()
    const sorts = ['created_at', 'updated_at', 'number', 'date', 'total_amount', 'status', 'start_date', 'end_date']
    for (const query of [
      ...sorts.flatMap((sort_by) => ['asc', 'desc'].map((sort_direction) => ({ sort_by, sort_direction }))),
      { contractor_id: [other.id] },
      { status: ['on_hold'] },
      { work_type_category: ['design'] },
    ]) {
      const [way] = contractPages.windowOf(query, sql`${t.orgId} = ${company.id} and ${t.deletedAt} is null`).ways
      const built = ctx.db
        .select()
        .from(t)
        .where(way?.sources[0])
        .orderBy(...(way?.orderBy ?? []))
        .limit(15)
        .toSQL()
      const { results, meta } = await env.DB.prepare(built.sql)
        .bind(...built.params)
        .run()
      expect([query, results.length]).toEqual([query, 15])
      expect([query, meta.rows_read <= 75]).toEqual([query, true])
    }
  })
})

it('does not show one organization anything of another', async () => {
  const [company, stranger] = [await newCompany(), await newCompany()]
  const { id } = await newContract(company)
  const payment = await make(company, `/contracts/${id}/payments`, { payment_date: '2024-03-01', amount: 1, payment_type: 'other' })
  const agreement = await make(company, '/agreements', {
    contract_id: id,
    number: '1',
    agreement_date: '2024-01-01',
    subject_changes: ['А'],
  })
  const { token } = stranger
  for (const path of [
    `/contracts/${id}`,
    `/contracts/${id}/full`,
    `/contracts/${id}/analytics`,
    `/contracts/${id}/payments`,
    `/contracts/${id}/agreements`,
    `/contracts/${id}/completed-works`,
    `/payments/${payment.id}`,
    `/agreements/${agreement.id}`,
  ])
    await must(404, 'GET', `${BASE}${path}`, { token })
  const body = { payment_date: '2024-03-01', amount: 1, payment_type: 'other' }
  await must(404, 'POST', `${BASE}/contracts/${id}/payments`, { token, body })
  const alien = { contract_id: id, number: '2', agreement_date: '2024-01-01', subject_changes: ['А'] }
  await must(422, 'POST', `${BASE}/agreements`, { token, body: alien })
  expect((await list(stranger)).meta.total).toBe(0)
  // What belongs to a deleted contract is gone with it.
  await must(204, 'DELETE', `${BASE}/contracts/${id}`, { token: company.token })
  await must(404, 'GET', `${BASE}/payments/${payment.id}`, { token: company.token })
  await must(404, 'GET', `${BASE}/agreements/${agreement.id}`, { token: company.token })
  // Foremen see works, not contracts, their sums and everybody's names.
  const foreman = await newMember(company, 'foreman')
  for (const path of ['/contracts', '/contractors', '/filters/completed-works', '/filters/quick-stats', '/dashboard/contracts/top'])
    await must(403, 'GET', `${BASE}${path}`, { token: foreman })
})
