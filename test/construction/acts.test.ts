import { env, SELF } from 'cloudflare:test'
import { readXlsx } from 'hucre/xlsx'
import { beforeAll, describe, expect, it } from 'vitest'
import { call, must, statusesOf } from '../app.ts'
import { newCompany, newMember, next, type Company } from '../factories.ts'
import '../warm.ts'
import { makeThing, newContract as contractAt, newSite } from './site.ts'

const BASE = '/api/v1/admin'
interface Act {
  id: number
  amount: number
  is_approved: boolean
  approval_date: string | null
  act_document_number: string
  completed_works: { id: number; included_quantity: number; included_amount: number; total_amount: number }[]
  files: { id: number; filename: string }[]
  signing: { package_id: string; status: string } | null
}
interface Refusal {
  success: false
  message: string
  error: string
  errors?: Record<string, string[]>
}

async function insert(text: string, ...values: unknown[]): Promise<number> {
  const row = await env.DB.prepare(`${text} returning id`)
    .bind(...values)
    .first<{ id: number }>()
  if (!row) throw new Error('nothing was written')
  return row.id
}

const AT = '2024-01-01T00:00:00.000Z'
let typeId = 0
const newContract = async (company: Company, status = 'active') => {
  const contractor = await insert(
    "insert into contractors (org_id, created_at, updated_at, contractor_type, name, name_key, inn, search) values (?, ?, ?, 'manual', 'ООО Строймонтаж', '', ?, '')",
    company.id,
    AT,
    AT,
    `77${next()}`,
  )
  return insert(
    `insert into project_contracts (org_id, created_at, updated_at, contractor_id, number, date, subject, total_amount, status, search)
     values (?, ?, ?, ?, ?, '2024-01-15', 'Общестроительные работы', 500000000, ?, 'дпх-2024/001')`,
    company.id,
    AT,
    AT,
    contractor,
    `ДПХ-2024/${next()}`,
    status,
  )
}
const newWork = (company: Company, contract: number, { quantity = 25.5, total = 31_875, status = 'confirmed', day = '2024-12-18' } = {}) =>
  insert(
    `insert into completed_works (org_id, created_at, updated_at, project_id, contract_id, work_type_id, user_id, quantity, price, total_amount, completion_date, search, status)
     values (?, ?, ?, (select min(id) from projects where org_id = ?1), ?, ?, ?, ?, 125000, ?, ?, '', ?)`,
    company.id,
    AT,
    AT,
    contract,
    typeId,
    company.userId,
    Math.round(quantity * 10_000),
    Math.round(total * 100),
    day,
    status,
  )

let company: Company
let other: Company
let contract: number
beforeAll(async () => {
  ;[company, other] = await Promise.all([newCompany({ name: 'ТОО «Құрылыс Әлемі»' }), newCompany()])
  for (const c of [company, other])
    await insert(
      "insert into projects (org_id, created_at, updated_at, name, name_key, status, search) values (?, ?, ?, 'ЖК Солнечный', '', 'active', '')",
      c.id,
      AT,
      AT,
    )
  const unit = await env.DB.prepare("select id from measurement_units where short_name = 'м²'").first<{ id: number }>()
  typeId = await insert(
    "insert into work_types (org_id, created_at, updated_at, name, name_key, code, measurement_unit_id) values (?, ?, ?, 'Кладка кирпичных стен', '', 'KLAD-001', ?)",
    company.id,
    AT,
    AT,
    unit?.id,
  )
  contract = await newContract(company)
})

const token = () => company.token
const body = (more: object = {}) => ({ contract_id: contract, act_document_number: `АКТ-${next()}`, act_date: '2024-12-20', ...more })
const create = async (more: object = {}) =>
  (await must<{ data: Act }>(201, 'POST', `${BASE}/act-reports`, { token: token(), body: body(more) })).data
const put = (id: number, change: object, path = '') =>
  call<{ data: Act } & Refusal>('PUT', `${BASE}/act-reports/${id}${path}`, { token: token(), body: change })
const show = async (id: number) => (await must<{ data: Act }>(200, 'GET', `${BASE}/act-reports/${id}`, { token: token() })).data
const performed = async () =>
  (await env.DB.prepare('select performed_amount as n from project_contracts where id = ?').bind(contract).first<{ n: number }>())?.n

describe('what an act is made of', () => {
  it('is the whole of works, or exact parts of them', async () => {
    const [a, b] = [await newWork(company, contract), await newWork(company, contract, { quantity: 3, total: 100 })]
    const act = await create({ work_ids: [a, b, b], parts: [{ work_id: b, included_quantity: 1, notes: 'Первый этаж' }] })
    expect(act.completed_works.map((w) => [w.id, w.included_quantity, w.included_amount, w.total_amount])).toEqual([
      [a, 25.5, 31_875, 31_875],
      [b, 1, 33.33, 100],
    ])
    expect([act.amount, act.is_approved, act.approval_date]).toEqual([31_908.33, false, null])
    const other = (await put(act.id, { work_ids: [b], parts: [{ work_id: b, included_amount: 50.5 }] }, '/works')).body.data
    expect([other.amount, other.completed_works.length]).toEqual([50.5, 1])
    expect((await put(act.id, { work_ids: [] }, '/works')).body.data.amount).toBe(0)
  })

  it('is only confirmed works of that contract, which is active and the organization’s', async () => {
    const second = await newContract(company)
    const draft = await newContract(company, 'draft')
    const foreign = await newContract(other)
    const good = await newWork(company, contract)
    const strange = [
      await newWork(company, contract, { status: 'draft' }),
      await newWork(company, second),
      await newWork(other, foreign),
      999_999_999,
    ]
    for (const id of strange) {
      const refused = await call<Refusal>('POST', `${BASE}/act-reports`, { token: token(), body: body({ work_ids: [good, id] }) })
      expect([refused.status, refused.body.success, Object.keys(refused.body.errors ?? {})]).toEqual([400, false, ['work_ids.1']])
      expect(refused.body.error).toBe(refused.body.errors?.['work_ids.1']?.[0])
    }
    for (const contract_id of [draft, foreign, 999_999_999]) {
      const refused = await call<Refusal>('POST', `${BASE}/act-reports`, { token: token(), body: body({ contract_id }) })
      expect([refused.status, Object.keys(refused.body.errors ?? {})]).toEqual([400, ['contract_id']])
    }
    for (const [parts, field] of [
      [[{ work_id: good, included_quantity: 25.6 }], 'parts.0.included_quantity'],
      [[{ work_id: good, included_amount: 31_875.01 }], 'parts.0.included_amount'],
      [[{ work_id: good + 1_000_000 }], 'parts.0.work_id'],
      [[{ work_id: good }, { work_id: good }], 'parts.1.work_id'],
    ] as const) {
      const refused = await call<Refusal>('POST', `${BASE}/act-reports`, { token: token(), body: body({ work_ids: [good], parts }) })
      expect([refused.status, Object.keys(refused.body.errors ?? {})]).toEqual([400, [field]])
    }
  })
})

describe('approval', () => {
  it('has a day, counts for the contract, freezes the act and its works, and may be withdrawn', async () => {
    const work = await newWork(company, contract)
    const act = await create({ work_ids: [work] })
    const before = (await performed()) ?? 0
    const approved = (await put(act.id, { is_approved: true, description: 'Утверждён' })).body.data
    expect([approved.is_approved, /^\d{4}-\d\d-\d\d$/.test(String(approved.approval_date))]).toEqual([true, true])
    expect(await performed()).toBe(before + 3_187_500)
    for (const [change, path] of [
      [{ act_document_number: 'x' }, ''],
      [{ description: null }, ''],
      [{ work_ids: [] }, '/works'],
    ] as const)
      expect((await put(act.id, change, path)).status).toBe(400)
    // What changes nothing is no change.
    expect((await put(act.id, { is_approved: true })).status).toBe(200)
    await expect(env.DB.prepare('update completed_works set total_amount = 1 where id = ?').bind(work).run()).rejects.toThrow('work_in_act')
    const withdrawn = (await put(act.id, { is_approved: false, act_document_number: 'АКТ-ИСПР' })).body.data
    expect([withdrawn.is_approved, withdrawn.approval_date, withdrawn.act_document_number]).toEqual([false, null, 'АКТ-ИСПР'])
    expect(await performed()).toBe(before)
  })

  it('of a work that is in several acts goes through once, however many try', async () => {
    const work = await newWork(company, contract)
    const acts = await Promise.all(Array.from({ length: 5 }, () => create({ work_ids: [work] })))
    const before = (await performed()) ?? 0
    const answers = await Promise.all(acts.map(({ id }) => put(id, { is_approved: true })))
    expect(statusesOf(answers)).toEqual([200, 400, 400, 400, 400])
    expect(await performed()).toBe(before + 3_187_500)
    const winner = acts[answers.findIndex((a) => a.status === 200)]?.id ?? 0
    // The others can't take it again, and see why.
    const loser = acts.find(({ id }) => id !== winner)?.id ?? 0
    expect((await put(loser, { work_ids: [work] }, '/works')).body.errors).toHaveProperty('work_ids.0')
    const seen = async (id: number) =>
      (await must<{ data: { id: number }[] }>(200, 'GET', `${BASE}/act-reports/${id}/available-works`, { token: token() })).data.find(
        (w) => w.id === work,
      )
    expect(await seen(loser)).toMatchObject({ is_included_in_approved_act: true, is_included_in_current_act: true })
    expect(await seen(winner)).toMatchObject({ is_included_in_approved_act: false, is_included_in_current_act: true })
    // Deleting frees it.
    expect((await call('DELETE', `${BASE}/performance-acts/${winner}`, { token: token() })).status).toBe(204)
    expect(await performed()).toBe(before)
    expect((await call('GET', `${BASE}/act-reports/${winner}`, { token: token() })).status).toBe(404)
    expect((await put(loser, { is_approved: true })).status).toBe(200)
  })

  it('and a change of works side by side leave an amount that is the sum of the works', async () => {
    const works = [
      await newWork(company, contract),
      await newWork(company, contract, { total: 100 }),
      await newWork(company, contract, { total: 7.77 }),
    ]
    const act = await create({ work_ids: works })
    await Promise.all([
      put(act.id, { work_ids: works.slice(0, 1) }, '/works'),
      put(act.id, { is_approved: true }),
      put(act.id, { work_ids: works.slice(1) }, '/works'),
      put(act.id, { work_ids: [] }, '/works'),
    ])
    const end = await show(act.id)
    expect(end.amount).toBe(Math.round(end.completed_works.reduce((sum, w) => sum + w.included_amount * 100, 0)) / 100)
  })
})

it('lists acts by the project and the contractor of their contract, wherever that goes', async () => {
  const site = await newSite()
  const { token: own } = site.company
  const contract = await contractAt(site, 1000)
  const act = await makeThing(site.company, '/act-reports', { contract_id: contract, act_document_number: 'А-1', act_date: '2024-12-01' })
  interface Page {
    data: { data: { id: number; contract: { contractor_name: string } }[]; pagination: { total: number } }
  }
  const list = async (query: string) => (await must<Page>(200, 'GET', `${BASE}/act-reports?${query}`, { token: own })).data
  const found = async (query: string) => {
    const { data, pagination } = await list(query)
    expect(pagination.total).toBe(data.length)
    return data.map(({ id }) => id)
  }
  const [project, contractor] = await Promise.all([
    makeThing(site.company, '/projects', { name: 'Другой дом', status: 'active' }),
    makeThing(site.company, '/contractors', { name: 'Другой подрядчик' }),
  ])
  expect(await found(`project_id=${site.project}&contractor_id=${site.contractor}`)).toEqual([act])
  await must(200, 'PUT', `${BASE}/contracts/${contract}`, { token: own, body: { project_id: project, contractor_id: contractor } })
  expect(await found(`project_id=${site.project}`)).toEqual([])
  expect(await found(`contractor_id=${site.contractor}`)).toEqual([])
  expect(await found(`project_id=${project}`)).toEqual([act])
  expect(await found(`contractor_id=${contractor}`)).toEqual([act])
  // The contract is shown with its contractor's name, whatever becomes of either.
  expect((await list('')).data[0]?.contract.contractor_name).toBe('Другой подрядчик')
  await must(200, 'PUT', `${BASE}/contractors/${contractor}`, { token: own, body: { name: 'Переименованный' } })
  expect((await list('')).data[0]?.contract.contractor_name).toBe('Переименованный')
  await must(204, 'DELETE', `${BASE}/contracts/${contract}`, { token: own })
  expect(await found(`project_id=${project}`)).toEqual([])
  expect(await found(`contractor_id=${contractor}`)).toEqual([])
  expect(await found('')).toEqual([act])
})

it('lists acts with what all of them come to, and keeps that right', async () => {
  const c = await newCompany()
  const own = await newContract(c)
  const make = (n: number, more: object = {}) =>
    must<{ data: Act }>(201, 'POST', `${BASE}/act-reports`, {
      token: c.token,
      body: { contract_id: own, act_document_number: `А-${n}`, act_date: `2024-12-0${n}`, ...more },
    })
  await make(1, { description: 'Ёлочная кладка' })
  await make(2)
  await make(3)
  interface Page {
    data: { data: Act[]; pagination: object; statistics: object }
  }
  const list = (query: string) => must<Page>(200, 'GET', `${BASE}/act-reports?${query}`, { token: c.token })
  const page = await list('per_page=2&page=1')
  expect(page.data.data.map((a) => a.act_document_number)).toEqual(['А-3', 'А-2'])
  expect(page.data.pagination).toEqual({ current_page: 1, last_page: 2, per_page: 2, total: 3 })
  const totals = { total_acts: 3, approved_acts: 0, total_amount: 0 }
  expect(page.data.statistics).toEqual(totals)
  for (const [query, numbers] of [
    ['search=елочная', ['А-1']],
    ['search=ДПХ-2024/001', ['А-3', 'А-2', 'А-1']],
    [`contract_id=${own}&date_from=2024-12-02&date_to=2024-12-02`, ['А-2']],
    ['contractor_id=999999', []],
    ['sort_by=act_document_number&sort_direction=asc&is_approved=false', ['А-1', 'А-2', 'А-3']],
  ] as const) {
    const found = await list(query)
    expect(found.data.data.map((a) => a.act_document_number)).toEqual(numbers)
    expect(found.data.statistics).toEqual(totals)
  }
  const first = page.data.data[0]?.id ?? 0
  await must(200, 'PUT', `${BASE}/act-reports/${first}`, { token: c.token, body: { is_approved: true } })
  await must(204, 'DELETE', `${BASE}/performance-acts/${page.data.data[1]?.id}`, { token: c.token })
  expect((await list('')).data.statistics).toEqual({ total_acts: 2, approved_acts: 1, total_amount: 0 })
  await must(204, 'DELETE', `${BASE}/performance-acts/${first}`, { token: c.token })
  expect((await list('')).data.statistics).toEqual({ total_acts: 1, approved_acts: 0, total_amount: 0 })
  // Another organization sees none of it, nor may a foreman.
  expect((await call('GET', `${BASE}/act-reports/${first}`, { token: token() })).status).toBe(404)
  expect((await call('GET', `${BASE}/act-reports`, { token: await newMember(c, 'foreman') })).status).toBe(403)
  expect((await call('POST', `${BASE}/act-reports/bulk-export/excel`, { token: token(), body: { act_ids: [first] } })).status).toBe(400)
})

async function bytes(method: string, path: string, init: RequestInit = {}) {
  const answer = await SELF.fetch(`http://qoltanba.test${BASE}${path}`, {
    method,
    headers: { authorization: `Bearer ${token()}`, 'content-type': 'application/json' },
    ...init,
  })
  return { status: answer.status, id: Number(answer.headers.get('x-file-id')), bytes: new Uint8Array(await answer.arrayBuffer()) }
}

describe('what an act is exported as', () => {
  it('is a PDF and a workbook, kept once under a number', { timeout: 60_000 }, async () => {
    const works = [await newWork(company, contract), await newWork(company, contract, { quantity: 3, total: 100, day: '2024-11-02' })]
    const act = await create({ act_document_number: '=1+1', work_ids: works, parts: [{ work_id: works[1], included_quantity: 1 }] })
    const pdf = await bytes('GET', `/act-reports/${act.id}/export/pdf`)
    expect([pdf.status, new TextDecoder().decode(pdf.bytes.subarray(0, 5))]).toEqual([200, '%PDF-'])
    const again = await bytes('GET', `/contracts/${contract}/performance-acts/${act.id}/export/pdf`)
    expect(again.id).toBe(pdf.id)
    const xlsx = await bytes('GET', `/act-reports/${act.id}/export/excel`)
    // A second later it is still the same file.
    await new Promise((done) => setTimeout(done, 1100))
    expect((await bytes('GET', `/act-reports/${act.id}/export/excel`)).id).toBe(xlsx.id)
    expect((await show(act.id)).files.map((f) => f.id)).toEqual([pdf.id, xlsx.id])
    expect((await bytes('GET', `/act-reports/${act.id}/download-pdf/${pdf.id}`)).bytes).toEqual(pdf.bytes)
    const { sheets } = await readXlsx(xlsx.bytes)
    expect(sheets.map((s) => s.name)).toEqual(['КС-2', 'Материалы'])
    const rows = sheets[0]?.rows ?? []
    expect(rows.find((row) => row[0] === 1 && row[1] === 'KLAD-001')?.slice(2)).toEqual(['Кладка кирпичных стен', 'м²', 1, 33.33, 33.33])
    expect(rows.find((row) => row[0] === 'Итого по акту')?.[6]).toBe(31_908.33)
    expect(rows.flat()).toContain('=1+1')
    const changed = await put(act.id, { description: 'Иначе', act_date: '2024-12-21' })
    expect(changed.status).toBe(200)
    expect((await bytes('GET', `/act-reports/${act.id}/export/pdf`)).id).not.toBe(pdf.id)
    const empty = await create()
    expect((await bytes('GET', `/act-reports/${empty.id}/download-pdf/${pdf.id}`)).status).toBe(404)
    expect((await bytes('GET', `/contracts/${await newContract(company)}/performance-acts/${act.id}/export/pdf`)).status).toBe(404)
    const many = await bytes('POST', '/act-reports/bulk-export/excel', { body: JSON.stringify({ act_ids: [act.id, empty.id] }) })
    const book = (await readXlsx(many.bytes)).sheets
    expect(book.map((s) => [s.name, s.rows.length])).toEqual([
      ['Акты', 4],
      ['Работы', 3],
      ['Материалы', 1],
    ])
    expect((await bytes('POST', '/act-reports/bulk-export/excel', { body: JSON.stringify({ act_ids: [] }) })).status).toBe(400)
  })

  it('is called by its whole number, slashes and all, and its rows have room for their codes', { timeout: 60_000 }, async () => {
    const act = await create({ act_document_number: `А/2024/${'7'.repeat(100)}` })
    const { bytes: book } = await bytes('GET', `/act-reports/${act.id}/export/excel`)
    expect((await show(act.id)).files.map((f) => f.filename)).toEqual([
      `Акт о приемке выполненных работ № А-2024-${'7'.repeat(100)} от 20.12.2024.xlsx`,
    ])
    const [sheet] = (await readXlsx(book)).sheets
    const row = sheet?.rows.findIndex((cells) => cells.includes(act.act_document_number)) ?? -1
    expect(sheet?.rowDefs?.get(row)?.height).toBe(60)
  })
})
