import { env } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import { call, must, statusesOf } from '../app.ts'
import { newMember, next } from '../factories.ts'
import { ADMIN, foremanSession, makeThing, newContract, newSite, workOf, type Site } from './site.ts'

interface Work {
  id: number
  quantity: number
  price: number | null
  total_amount: number
  status: string
  completion_date: string
  notes: string | null
  project: { id: number }
  contract: { id: number; completion_percentage: number } | null
  user: { id: number }
  materials: { material_id: number; quantity: number; total_amount: number | null }[]
  applied_coefficients: { value: number }[]
}
interface Said<T = Work> {
  success: boolean
  message: string
  data: T
  errors?: Record<string, string[]>
}

let site: Site
beforeAll(async () => {
  site = await newSite()
})
const path = `${ADMIN}/completed-works`
const post = (body: object, token = site.company.token) => call<Said>('POST', path, { token, body })
const put = (id: number, body: object, token = site.company.token) => call<Said>('PUT', `${path}/${id}`, { token, body })
const make = async (more: object = {}, of = site) =>
  (await must<Said>(201, 'POST', path, { token: of.company.token, body: workOf(of, more) })).data

describe('a completed work', () => {
  it('is priced, shown whole, priced anew when it changes, and keeps a total that was said', async () => {
    const made = await make({
      quantity: 150.5,
      price: 500.25,
      materials: [{ material_id: site.material, quantity: 25.5, unit_price: 150 }],
    })
    expect(made).toMatchObject({
      total_amount: 75_287.63,
      project: { id: site.project },
      work_type: { id: site.workType, measurementUnit: { short_name: 'м²' }, isActive: true },
      user: { id: site.foreman, name: 'Прораб', avatar_url: null },
      contract: null,
      contractor: null,
      materials: [{ material_id: site.material, quantity: 25.5, unit_price: 150, total_amount: 3825, measurement_unit: 'м²' }],
    })
    expect((await put(made.id, { quantity: 200.75, total_amount: 95_456.25 })).body.data).toMatchObject({
      price: 475.5,
      total_amount: 95_456.25,
    })
    expect((await put(made.id, { notes: 'та же сумма' })).body.data).toMatchObject({ total_amount: 95_456.25, notes: 'та же сумма' })
    expect((await put(made.id, { quantity: 45.25, price: 850 })).body.data).toMatchObject({ total_amount: 38_462.5 })
    expect((await put(made.id, { price: null })).body.data).toMatchObject({ total_amount: 3825, materials: [{ quantity: 25.5 }] })
    expect((await must<Said>(200, 'GET', `${path}/${made.id}`, { token: site.company.token })).data.total_amount).toBe(3825)
  })

  it('shows people and units as they are now, under whatever name they were recorded', async () => {
    const own = await newSite()
    const { company } = own
    const made = await make({ materials: [{ material_id: own.material, quantity: 1 }] }, own)
    const shown = async () => (await must<Said>(200, 'GET', `${path}/${made.id}`, { token: company.token })).data
    await must(200, 'PUT', `${ADMIN}/users/${own.foreman}`, {
      token: company.token,
      body: { name: 'Прораб Старший', phone: '+77010000001', position: 'Начальник участка' },
    })
    const { unit } = (await env.DB.prepare('select measurement_unit_id as unit from materials where id = ?')
      .bind(own.material)
      .first<{ unit: number }>()) ?? { unit: 0 }
    await must(200, 'PUT', `${ADMIN}/measurement-units/${unit}`, { token: company.token, body: { short_name: 'кв. м' } })
    expect(await shown()).toMatchObject({
      user: { id: own.foreman, name: 'Прораб Старший', phone: '+77010000001', position: 'Начальник участка' },
      materials: [{ measurement_unit: 'кв. м' }],
    })
    const metres = await makeThing(company, '/measurement-units', { name: `метр ${next()}`, short_name: 'п. м', type: 'material' })
    await must(200, 'PUT', `${ADMIN}/materials/${own.material}`, {
      token: company.token,
      body: { name: `Плитка ${next()}`, measurement_unit_id: metres },
    })
    expect((await shown()).materials).toMatchObject([{ measurement_unit: 'п. м' }])
    // Whoever has left is still named.
    await env.DB.prepare('delete from memberships where user_id = ?').bind(own.foreman).run()
    expect(await shown()).toMatchObject({ user: { name: 'Прораб Старший', phone: '+77010000001', position: 'Начальник участка' } })
  })

  it('takes the coefficients that fit its day and place', async () => {
    const winter = { name: 'Зима', value: 15.5, type: 'percentage', applies_to: 'work_costs', scope: 'project', valid_from: '2023-12-01' }
    const there = await makeThing(site.company, '/projects', { name: 'Зимний', status: 'active' })
    await makeThing(site.company, '/rate-coefficients', { ...winter, conditions: { project_ids: [there] } })
    const made = await make({ project_id: there })
    expect(made).toMatchObject({ price: 100, total_amount: 1155, applied_coefficients: [{ name: 'Зима', value: 15.5 }] })
    expect((await put(made.id, { completion_date: '2023-11-30' })).body.data).toMatchObject({
      total_amount: 1000,
      applied_coefficients: [],
    })
    expect((await make({ project_id: there, price: undefined, total_amount: 777 })).total_amount).toBe(777)
  })

  it('writes its materials off while it is confirmed, and takes the write-offs with it', async () => {
    const made = await make({ status: 'draft', materials: [{ material_id: site.material, quantity: 5, unit_price: 2 }] })
    const writtenOff = async () =>
      (
        await env.DB.prepare('select quantity, total_price from material_movements where work_id = ? and deleted_at is null')
          .bind(made.id)
          .all()
      ).results
    expect(await writtenOff()).toEqual([])
    await put(made.id, { status: 'confirmed' })
    expect(await writtenOff()).toEqual([{ quantity: 50_000, total_price: 1000 }])
    const other = await makeThing(site.company, '/materials', { name: 'Цемент', measurement_unit_id: 1 })
    const synced = await must<Said>(200, 'POST', `${path}/${made.id}/sync-materials`, {
      token: site.company.token,
      body: { materials: [{ material_id: other, quantity: 3 }] },
    })
    expect(synced.data.materials).toMatchObject([{ material_id: other, quantity: 3, unit_price: null, total_amount: null }])
    expect(await writtenOff()).toEqual([{ quantity: 30_000, total_price: null }])
    await must(204, 'DELETE', `${path}/${made.id}`, { token: site.company.token })
    expect(await writtenOff()).toEqual([])
    expect(await env.DB.prepare('select count(*) n from work_materials where work_id = ?').bind(made.id).first('n')).toBe(0)
  })

  it('is refused with what it names wrongly, field by field, and with sums that are too much', async () => {
    const alien = await newSite()
    const body = workOf(site, {
      project_id: alien.project,
      work_type_id: alien.workType,
      user_id: alien.foreman,
      contractor_id: alien.contractor,
      materials: [{ material_id: alien.material, quantity: 1 }],
    })
    const refused = await post(body)
    expect(refused.status).toBe(422)
    expect(Object.keys(refused.body.errors ?? {}).toSorted()).toEqual([
      'contractor_id',
      'materials.0.material_id',
      'project_id',
      'user_id',
      'work_type_id',
    ])
    const far = await makeThing(site.company, '/projects', { name: 'Другой', status: 'active' })
    const contract = await newContract(site, 1000)
    const elsewhere = await post(workOf(site, { project_id: far, contract_id: contract }))
    expect([elsewhere.status, Object.keys(elsewhere.body.errors ?? {})]).toEqual([422, ['contract_id']])
    for (const [more, field] of [
      [{ quantity: 9e9, price: 9e11 }, 'quantity'],
      [{ quantity: 0.001, price: null, total_amount: 9e11 }, 'price'],
      [{ quantity: 0.0009 }, 'quantity'],
      [{ materials: [{ material_id: site.material, quantity: 9e9, unit_price: 9e12 }] }, 'materials.0.quantity'],
      [{ materials: [1, 2].map(() => ({ material_id: site.material, quantity: 1 })) }, 'materials.1.material_id'],
      [{ completion_date: '2024-02-30' }, 'completion_date'],
    ] as const) {
      const answer = await post(workOf(site, more))
      expect([answer.status, Object.keys(answer.body.errors ?? {})]).toEqual([422, [field]])
    }
  })

  it('is deleted by the owner alone, and never seen by others', async () => {
    const made = await make()
    const alien = await newSite()
    const manager = await newMember(site.company, 'project_manager')
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const answer = await call(method, `${path}/${made.id}`, { token: alien.company.token, ...(method === 'PUT' ? { body: {} } : {}) })
      expect([method, answer.status]).toEqual([method, 404])
    }
    expect((await call('DELETE', `${path}/${made.id}`, { token: manager })).status).toBe(403)
    expect((await call('DELETE', `${path}/${made.id}`, { token: site.company.token })).status).toBe(204)
    expect((await call('GET', `${path}/${made.id}`, { token: site.company.token })).status).toBe(404)
  })

  it('of a foreman is seen by them, those of others are not', async () => {
    const { id, token } = await foremanSession(site.company)
    const [own, other] = [await make({ user_id: id }), await make()]
    const list = await must<Said<Work[]>>(200, 'GET', path, { token })
    expect(list.data.map((w) => w.id)).toEqual([own.id])
    expect((await call('GET', `${path}/${other.id}`, { token })).status).toBe(404)
    expect((await post(workOf(site, { user_id: id }), token)).status).toBe(403)
  })
})

describe('the list', () => {
  it('takes its filters together, and its sorts', async () => {
    const own = await newSite()
    const a = await make({ quantity: 1, price: 50, notes: 'Ёлочка', completion_date: '2024-03-01' }, own)
    const b = await make({ quantity: 2, price: 200, status: 'draft', materials: [{ material_id: own.material, quantity: 1 }] }, own)
    const ids = async (query: string) =>
      (await must<Said<Work[]>>(200, 'GET', `${path}?${query}`, { token: own.company.token })).data.map((w) => w.id)
    expect(await ids('')).toEqual([a.id, b.id])
    expect(await ids('sortBy=total_amount')).toEqual([b.id, a.id])
    expect(await ids('sortBy=quantity&sortDirection=asc')).toEqual([a.id, b.id])
    expect(await ids('with_materials=true')).toEqual([b.id])
    expect(await ids('with_materials=false')).toEqual([a.id])
    expect(await ids('search=елочк')).toEqual([a.id])
    expect(await ids('amount_from=50&amount_to=50&status=confirmed')).toEqual([a.id])
    expect(await ids('quantity_from=1.5&completion_date_to=2024-02-15')).toEqual([b.id])
    expect(await ids('status=draft&status=cancelled')).toEqual([b.id])
    expect(await ids('perPage=1&page=2')).toEqual([b.id])
    expect((await call('GET', `${path}?sortBy=password_hash`, { token: own.company.token })).status).toBe(422)
  })

  it('finds a page by an index in its order, whatever exact filter is set', async () => {
    const plans = await Promise.all(
      ['project_id', 'contract_id', 'work_type_id', 'user_id', 'contractor_id', 'status'].map(async (column) => {
        const text = `explain query plan select * from completed_works where org_id = 1 and deleted_at is null and ${column} = 1 order by completion_date desc, id desc limit 15`
        return (await env.DB.prepare(text).all<{ detail: string }>()).results.map((r) => r.detail).join()
      }),
    )
    for (const plan of plans) {
      expect(plan).toMatch(/USING INDEX completed_works_\w+ \(org_id=\? AND \w+=\?\)/)
      expect(plan).not.toContain('TEMP B-TREE')
    }
  })
})

describe('the contract of works', () => {
  it('is never exceeded: not by a new work, a larger one, a confirmed one, one that moves there; agreements count', async () => {
    const contract = await newContract(site, 1000)
    const on = { contract_id: contract }
    const first = await make({ ...on, quantity: 6 })
    const refused = await post(workOf(site, { ...on, quantity: 4.01 }))
    expect([refused.status, refused.body.message]).toEqual([400, 'Превышен лимит контракта.'])
    const draft = await make({ ...on, status: 'draft' })
    const other = await make()
    expect(
      statusesOf(await Promise.all([put(draft.id, { status: 'confirmed' }), put(other.id, on), put(first.id, { quantity: 10.01 })])),
    ).toEqual([400, 400, 400])
    expect((await put(first.id, { quantity: 10 })).body.data.contract).toMatchObject({ completion_percentage: 100 })
    await makeThing(site.company, '/agreements', {
      contract_id: contract,
      number: 'ДС-1',
      agreement_date: '2024-02-01',
      change_amount: 500,
      subject_changes: ['Объём'],
    })
    expect((await put(first.id, { quantity: 15 })).status).toBe(200)
    expect((await put(first.id, { quantity: 15.01 })).status).toBe(400)
    // What is too much already may become less, and be described.
    await must(200, 'PUT', `${ADMIN}/contracts/${contract}`, { token: site.company.token, body: { status: 'completed' } })
    expect((await put(first.id, { notes: 'принято' })).status).toBe(200)
    expect((await put(first.id, { quantity: 14 })).status).toBe(200)
    expect((await put(first.id, { quantity: 14.5 })).status).toBe(400)
    expect((await post(workOf(site, { ...on, quantity: 0.001 }))).status).toBe(400)
  })

  it('holds, and its sums are exact, whatever happens side by side', async () => {
    const of = await newSite()
    const contracts = [await newContract(of, 800), await newContract(of, 300)]
    const ids: number[] = []
    let seed = 20_241_122
    const random = (n: number) => ((seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0) >>> 8) % n
    const one = async () => {
      const id = ids[random(ids.length || 1)]
      const contract_id = contracts[random(2)]
      const status = ['confirmed', 'confirmed', 'draft', 'cancelled'][random(4)]
      const materials = [{ material_id: of.material, quantity: 1 + random(9), unit_price: 3.33 }]
      const roll = random(10)
      if (id === undefined || roll < 4) {
        const made = await post(workOf(of, { contract_id, status, quantity: 1 + random(5), price: 33.33, materials }), of.company.token)
        if (made.status === 201) ids.push(made.body.data.id)
        return made.status
      }
      if (roll < 5) return (await call('DELETE', `${path}/${id}`, { token: of.company.token })).status
      const change = [{ quantity: 1 + random(6) }, { status }, { contract_id }, { price: 10 + random(50) }, { materials }][random(5)]
      return (await put(id, change ?? {}, of.company.token)).status
    }
    const seen = new Set<number>()
    for (let round = 0; round < 12; round++) {
      for (const status of await Promise.all(Array.from({ length: 8 }, one))) seen.add(status)
      const { results } = await env.DB.prepare(
        `select c.total_amount as agreed, c.completed_amount as kept, (select coalesce(sum(w.total_amount), 0) from completed_works w
           where w.contract_id = c.id and w.status = 'confirmed' and w.deleted_at is null) as summed
         from project_contracts c where c.id in (?, ?)`,
      )
        .bind(...contracts)
        .all<{ agreed: number; kept: number; summed: number }>()
      for (const { agreed, kept, summed } of results) {
        expect(kept).toBe(summed)
        expect(summed).toBeLessThanOrEqual(agreed)
      }
    }
    // Of every work: the sum is of its own quantity and price, and what it wrote off is what it took.
    const { results: wrong } = await env.DB.prepare(
      `select w.id from completed_works w where w.org_id = ?1 and w.deleted_at is null and (abs(w.total_amount * 10000 - w.quantity * w.price) > 5000
         or (select count(*) from material_movements m where m.work_id = w.id) <> iif(w.status = 'confirmed', (select count(*) from work_materials x where x.work_id = w.id), 0))
       union all select m.id from material_movements m join completed_works w on w.id = m.work_id where w.org_id = ?1 and w.deleted_at is not null`,
    )
      .bind(of.company.id)
      .all()
    expect(wrong).toEqual([])
    expect([...seen]).toEqual(expect.arrayContaining([200, 201, 204, 400]))
    expect([...seen].every((status) => status < 500)).toBe(true)
  }, 120_000)
})

describe('the act of works', () => {
  it('keeps what it holds: nothing changes in an approved one, nothing leaves one that is not approved yet', async () => {
    const contract = await newContract(site, 100_000)
    const work = await make({ contract_id: contract })
    const at = '2024-03-01T00:00:00.000Z'
    const act = await env.DB.prepare(
      `insert into performance_acts (org_id, contract_id, act_document_number, act_date, amount, is_approved, search, created_at, updated_at)
       values (?, ?, 'КС-1', '2024-03-01', 80000, 0, '', ?, ?) returning id`,
    )
      .bind(site.company.id, contract, at, at)
      .first<number>('id')
    await env.DB.prepare('insert into act_works (act_id, work_id, included_quantity, included_amount) values (?, ?, 80000, 80000)')
      .bind(act, work.id)
      .run()
    expect((await put(work.id, { quantity: 9 })).status).toBe(200)
    expect(
      statusesOf([
        await put(work.id, { quantity: 7 }),
        await put(work.id, { status: 'cancelled' }),
        await put(work.id, { contract_id: null }),
      ]),
    ).toEqual([400, 400, 400])
    expect((await call('DELETE', `${path}/${work.id}`, { token: site.company.token })).status).toBe(400)
    // Out for signature: what people sign stays what it is, until it is declined.
    await env.DB.batch([
      env.DB.prepare(
        "insert into packages (id, org_id, subject_type, subject_id, title, status, version, created_at) values ('held', ?, 'act', '1', '', 'in_progress', 1, ?)",
      ).bind(site.company.id, at),
      env.DB.prepare("update performance_acts set package_id = 'held' where id = ?").bind(act),
    ])
    expect((await put(work.id, { quantity: 9.5 })).status).toBe(400)
    await env.DB.prepare("update packages set status = 'declined' where id = 'held'").run()
    expect((await put(work.id, { quantity: 9.5 })).status).toBe(200)
    await env.DB.prepare('update performance_acts set is_approved = 1 where id = ?').bind(act).run()
    expect(statusesOf([await put(work.id, { notes: 'поздно' }), await put(work.id, { quantity: 10 })])).toEqual([400, 400])
    const sync = await call('POST', `${path}/${work.id}/sync-materials`, { token: site.company.token, body: { materials: [] } })
    expect(sync.status).toBe(400)
  })
})
