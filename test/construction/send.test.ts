import { env } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import { call, codeFor, drain, must, statusesOf, until } from '../app.ts'
import { newCompany, newPhone, next, type Company } from '../factories.ts'

const BASE = '/api/v1/admin'
interface Signing {
  package_id: string
  status: string
}
interface Act {
  id: number
  is_approved: boolean
  approval_date: string | null
  signing: Signing | null
}

let company: Company
let contract: number
let typeId: number
beforeAll(async () => {
  company = await newCompany()
  const token = company.token
  const made = async (path: string, body: object) => {
    const answer = await must<{ id?: number; data?: { id: number } }>(201, 'POST', `${BASE}${path}`, { token, body })
    return answer.data?.id ?? answer.id ?? 0
  }
  const contractor_id = await made('/contractors', { name: 'ООО Подряд' })
  contract = await made('/contracts', {
    contractor_id,
    number: `К-${next()}`,
    date: '2024-02-01',
    total_amount: 1_000_000,
    status: 'active',
  })
  const at = '2024-01-01T00:00:00.000Z'
  await env.DB.prepare(
    "insert into projects (org_id, created_at, updated_at, name, name_key, status, search) values (?, ?, ?, 'ЖК', '', 'active', '')",
  )
    .bind(company.id, at, at)
    .run()
  const type = await env.DB.prepare(
    "insert into work_types (org_id, created_at, updated_at, name, name_key, measurement_unit_id) values (?, ?, ?, 'Кладка', '', 1) returning id",
  )
    .bind(company.id, at, at)
    .first<{ id: number }>()
  typeId = type?.id ?? 0
})

async function newWork(): Promise<number> {
  const row = await env.DB.prepare(
    `insert into completed_works (org_id, created_at, updated_at, project_id, contract_id, work_type_id, user_id, quantity, total_amount, completion_date, search, status)
     values (?1, '2024-01-01', '2024-01-01', (select min(id) from projects where org_id = ?1), ?2, ?3, ?4, 10000, 10000, '2024-02-02', '', 'confirmed') returning id`,
  )
    .bind(company.id, contract, typeId, company.userId)
    .first<{ id: number }>()
  return row?.id ?? 0
}
const token = () => company.token
const newAct = async (work_ids: number[]) =>
  (
    await must<{ data: Act }>(201, 'POST', `${BASE}/act-reports`, {
      token: token(),
      body: { contract_id: contract, act_document_number: `А-${next()}`, act_date: '2024-12-20', work_ids },
    })
  ).data
const show = async (id: number) => (await must<{ data: Act }>(200, 'GET', `${BASE}/act-reports/${id}`, { token: token() })).data
const route = (phone = newPhone()) => ({
  participants: [{ order: 1, role: 'signer', person: { full_name: 'Сериков Айбек', phone }, methods: ['sms'] }],
})
const send = <T = { data: Act }>(path: string, body: object = route()) => call<T>('POST', `${BASE}${path}/send`, { token: token(), body })

async function linkOf(packageId: string | undefined): Promise<string> {
  const { participants } = await must<{ participants: { id: string }[] }>(200, 'GET', `/api/v1/office/packages/${packageId}`, {
    token: token(),
  })
  const made = await must<{ token: string }>(201, 'POST', `/api/v1/office/packages/${packageId}/signing-links`, {
    token: token(),
    body: { participant_id: participants[0]?.id },
  })
  return made.token
}
async function signBy(packageId: string | undefined, phone: string): Promise<void> {
  const link = await linkOf(packageId)
  expect((await call('POST', `/sign/${link}/otp`, { body: {} })).status).toBe(202)
  await must(200, 'POST', `/sign/${link}/sign`, { body: { method: 'sms', code: await codeFor(phone), consent: true } })
}

describe('an act that is sent', () => {
  it('stays as it is until everybody has signed, and is approved then', { timeout: 60_000 }, async () => {
    const work = await newWork()
    const [act, rival] = [await newAct([work]), await newAct([work])]
    const phone = newPhone()
    const sent = await send(`/act-reports/${act.id}`, route(phone))
    expect([sent.status, sent.body.data.signing?.status]).toEqual([200, 'sent'])
    const refused = await Promise.all([
      call('PUT', `${BASE}/act-reports/${act.id}`, { token: token(), body: { description: 'Иначе' } }),
      call('PUT', `${BASE}/act-reports/${act.id}/works`, { token: token(), body: { work_ids: [] } }),
      call('DELETE', `${BASE}/performance-acts/${act.id}`, { token: token() }),
      send(`/act-reports/${act.id}`),
      // Its work is held: no other act may be approved or sent with it.
      send(`/act-reports/${rival.id}`),
    ])
    expect(statusesOf(refused)).toEqual([409, 409, 409, 409, 409])
    expect((await call('PUT', `${BASE}/act-reports/${rival.id}`, { token: token(), body: { is_approved: true } })).status).toBe(400)
    await signBy(sent.body.data.signing?.package_id, phone)
    const signed = await until(async () => {
      const now = await show(act.id)
      return now.is_approved && now
    }, 'the approval')
    expect([signed.signing?.status, /^\d{4}-\d\d-\d\d$/.test(String(signed.approval_date))]).toEqual(['signed', true])
    expect((await call('PUT', `${BASE}/act-reports/${act.id}`, { token: token(), body: { is_approved: false } })).status).toBe(409)
    await drain()
  })

  it('may be changed and sent again after a refusal', async () => {
    const act = await newAct([await newWork()])
    const first = await send(`/act-reports/${act.id}`)
    await must(200, 'POST', `/sign/${await linkOf(first.body.data.signing?.package_id)}/decline`, { body: { reason: 'не та сумма' } })
    expect(await show(act.id)).toMatchObject({ is_approved: false, signing: { status: 'declined' } })
    await must(200, 'PUT', `${BASE}/act-reports/${act.id}/works`, { token: token(), body: { work_ids: [] } })
    const second = await send(`/act-reports/${act.id}`)
    expect([second.status, second.body.data.signing?.status]).toEqual([200, 'sent'])
    expect(second.body.data.signing?.package_id).not.toBe(first.body.data.signing?.package_id)
  })

  it('goes out once, however many send it or another act with its work', async () => {
    const work = await newWork()
    const [a, b] = [await newAct([work]), await newAct([work])]
    const answers = await Promise.all([a, a, b, b].map(({ id }) => send(`/act-reports/${id}`)))
    expect(statusesOf(answers)).toEqual([200, 409, 409, 409])
    const { results } = await env.DB.prepare(
      "select status from packages where org_id = ? and json_extract(metadata, '$.performance_act') in (?, ?)",
    )
      .bind(company.id, a.id, b.id)
      .all<{ status: string }>()
    expect(results.filter(({ status }) => status === 'in_progress')).toHaveLength(1)
  })
})

it('a contract that was a draft becomes active when it is signed', { timeout: 60_000 }, async () => {
  const { data: draft } = await must<{ data: { id: number; contractor: { id: number } } }>(200, 'GET', `${BASE}/contracts/${contract}`, {
    token: token(),
  })
  const { data } = await must<{ data: { id: number; signing: null } }>(201, 'POST', `${BASE}/contracts`, {
    token: token(),
    body: { contractor_id: draft.contractor.id, number: `Ч-${next()}`, date: '2024-02-01', total_amount: 5, status: 'draft' },
  })
  expect(data.signing).toBeNull()
  const phone = newPhone()
  const sent = await send<{ data: { status: string; signing: Signing } }>(`/contracts/${data.id}`, route(phone))
  expect([sent.status, sent.body.data.status, sent.body.data.signing.status]).toEqual([200, 'draft', 'sent'])
  await signBy(sent.body.data.signing.package_id, phone)
  const read = async () =>
    (await must<{ data: { status: string; signing: Signing } }>(200, 'GET', `${BASE}/contracts/${data.id}`, { token: token() })).data
  await until(async () => (await read()).status === 'active', 'the contract to be active')
  expect((await read()).signing.status).toBe('signed')
})

it('an agreement has a route of its own, and nobody else sends what is not theirs', { timeout: 60_000 }, async () => {
  const agreement = await must<{ id: number }>(201, 'POST', `${BASE}/agreements`, {
    token: token(),
    body: { contract_id: contract, number: 'ДС-1', agreement_date: '2024-03-01', subject_changes: ['Изменение сроков'], change_amount: 5 },
  })
  const route2 = await send<{ signing: Signing }>(`/agreements/${agreement.id}`)
  expect([route2.status, route2.body.signing.status]).toEqual([200, 'sent'])
  const other = await newCompany()
  for (const path of [`/contracts/${contract}`, `/agreements/${agreement.id}`])
    expect((await call('POST', `${BASE}${path}/send`, { token: other.token, body: route() })).status).toBe(404)
  expect((await call('POST', `${BASE}/contracts/${contract}/send`, { token: token(), body: { participants: [] } })).status).toBe(422)
})
