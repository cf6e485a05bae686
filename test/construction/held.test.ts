import { env } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import { onPackage } from '../../src/construction/on-package.ts'
import type { PackageState } from '../../src/signing/model.ts'
import { call, must, statusesOf } from '../app.ts'
import '../warm.ts'
import { newCtx, newPhone, next } from '../factories.ts'
import { ADMIN, makeThing, newContract, newSite, workOf, type Site } from './site.ts'

// What is out for signature stays as its paper says it; nothing of a deleted contract or project goes forward.

let site: Site
beforeAll(async () => {
  site = await newSite()
})
const token = () => site.company.token
const put = (path: string, body: object) => call('PUT', `${ADMIN}${path}`, { token: token(), body })
const remove = (path: string) => call('DELETE', `${ADMIN}${path}`, { token: token() })
const make = (path: string, body: object) => makeThing(site.company, path, body)
const send = async (path: string) =>
  call<{ data?: { signing: { package_id: string } }; signing?: { package_id: string } }>('POST', `${ADMIN}${path}/send`, {
    token: token(),
    body: { participants: [{ order: 1, role: 'signer', person: { full_name: 'Сериков Айбек', phone: newPhone() }, methods: ['sms'] }] },
  })
async function sent(path: string): Promise<string> {
  const { status, body, text } = await send(path)
  expect([status, text]).toEqual([200, text])
  return (body.data ?? body).signing?.package_id ?? ''
}
const revoke = (id: string) => must(200, 'POST', `/api/v1/office/packages/${id}/revoke`, { token: token(), body: {} })
const signed = async (id: string) =>
  env.DB.prepare("update packages set status = 'signed', finished_at = ? where id = ?")
    .bind((await newCtx()).now.toISOString(), id)
    .run()
const newSpecification = () =>
  make('/specifications', { number: `С-${next()}`, spec_date: '2024-01-10', total_amount: 100, scope_items: ['Кладка'] })
const newAgreement = (contract_id: number, more: object = {}) =>
  make('/agreements', { contract_id, number: `ДС-${next()}`, agreement_date: '2024-03-01', subject_changes: ['Срок'], ...more })
const newAct = async (contract_id: number, more: object = {}) => {
  const work = await make('/completed-works', workOf(site, { contract_id, ...more }))
  return make('/act-reports', { contract_id, act_document_number: `А-${next()}`, act_date: '2024-03-01', work_ids: [work] })
}

describe('a contract that is out for signature', () => {
  const paper = {
    number: 'Другой',
    date: '2024-01-16',
    subject: 'Другое',
    payment_terms: 'Иначе',
    total_amount: 1,
    gp_percentage: 1,
    planned_advance_amount: 1,
    start_date: '2024-01-16',
    end_date: '2024-12-31',
    notes: 'Иначе',
    project_id: null,
  }
  it('keeps all that its paper says, its annexes too; the rest may change', async () => {
    const [id, specification, more] = [await newContract(site, 5000), await newSpecification(), await newSpecification()]
    await must(200, 'POST', `${ADMIN}/contracts/${id}/specifications/${specification}`, { token: token() })
    const other = await make('/contractors', { name: `Подрядчик ${next()}` })
    const packageId = await sent(`/contracts/${id}`)
    for (const [name, value] of Object.entries({ ...paper, contractor_id: other }))
      expect([name, (await put(`/contracts/${id}`, { [name]: value })).status]).toEqual([name, 409])
    for (const body of [{ number: 'Н' }, { spec_date: '2024-01-11' }, { total_amount: 5 }, { scope_items: ['Штукатурка'] }])
      expect((await put(`/specifications/${specification}`, body)).status).toBe(409)
    const annexes = await Promise.all([
      call('POST', `${ADMIN}/contracts/${id}/specifications/${more}`, { token: token() }),
      remove(`/contracts/${id}/specifications/${specification}`),
      remove(`/contracts/${id}`),
    ])
    expect(statusesOf(annexes)).toEqual([409, 409, 409])
    // What is sent again as it is, is no change.
    expect((await put(`/contracts/${id}`, { status: 'on_hold', work_type_category: 'smr', total_amount: 5000 })).status).toBe(200)
    expect((await put(`/specifications/${specification}`, { status: 'approved', scope_items: ['Кладка'] })).status).toBe(200)
    await revoke(packageId)
    expect((await put(`/contracts/${id}`, paper)).status).toBe(200)
    expect((await remove(`/contracts/${id}/specifications/${specification}`)).status).toBe(204)
  })
  it('once signed is changed after an agreement only, and never deleted', async () => {
    const id = await newContract(site, 5000)
    // One that was there before has nothing to do with what was signed.
    await newAgreement(id)
    await signed(await sent(`/contracts/${id}`))
    expect((await put(`/contracts/${id}`, { end_date: '2025-01-01' })).status).toBe(409)
    expect((await put(`/contracts/${id}`, { status: 'completed' })).status).toBe(200)
    await newAgreement(id)
    expect((await put(`/contracts/${id}`, { end_date: '2025-01-01' })).status).toBe(200)
    expect((await remove(`/contracts/${id}`)).status).toBe(409)
  })
})

describe('an agreement that is out for signature', () => {
  it('stays whole, as does what it names of the contract and of those that it annuls', async () => {
    const contract = await newContract(site, 5000)
    const earlier = await newAgreement(contract, { agreement_date: '2024-02-01' })
    const id = await newAgreement(contract, { supersede_agreement_ids: [earlier] })
    const packageId = await sent(`/agreements/${id}`)
    for (const body of [
      { number: 'Н' },
      { agreement_date: '2024-03-02' },
      { change_amount: 5 },
      { subject_changes: ['Цена'] },
      { subcontract_changes: [{ a: 1 }] },
      { gp_changes: [{ a: 1 }] },
      { advance_changes: [{ a: 1 }] },
      { supersede_agreement_ids: [] },
    ])
      expect([body, (await put(`/agreements/${id}`, body)).status]).toEqual([body, 409])
    const refused = [
      await remove(`/agreements/${id}`),
      await remove(`/agreements/${earlier}`),
      await put(`/agreements/${earlier}`, { number: 'Н' }),
      await put(`/contracts/${contract}`, { number: 'Другой' }),
      await remove(`/contracts/${contract}`),
    ]
    expect(refused.map((a) => a.status)).toEqual([409, 409, 409, 409, 409])
    expect((await put(`/agreements/${earlier}`, { change_amount: 5 })).status).toBe(200)
    expect((await put(`/contracts/${contract}`, { notes: 'Не в соглашении' })).status).toBe(200)
    await signed(packageId)
    expect((await put(`/agreements/${id}`, { change_amount: 5 })).status).toBe(409)
    expect((await put(`/contracts/${contract}`, { number: 'Другой' })).status).toBe(200)
  })
})

describe('of a deleted contract', () => {
  it('an act goes no further; its approval may be taken back, and it may go', async () => {
    const contract = await newContract(site, 50_000)
    const [open, approved] = [await newAct(contract), await newAct(contract)]
    await must(200, 'PUT', `${ADMIN}/act-reports/${approved}`, { token: token(), body: { is_approved: true } })
    expect((await remove(`/contracts/${contract}`)).status).toBe(204)
    const refused = [
      await put(`/act-reports/${open}`, { is_approved: true }),
      await put(`/performance-acts/${open}`, { is_approved: true }),
      await put(`/act-reports/${open}`, { description: 'Иначе' }),
      await put(`/act-reports/${open}/works`, { work_ids: [] }),
      await send(`/act-reports/${open}`),
      await send(`/act-reports/${approved}`),
    ]
    expect(refused.map((a) => a.status)).toEqual([409, 409, 409, 409, 409, 409])
    expect((await put(`/act-reports/${approved}`, { is_approved: false })).status).toBe(200)
    expect((await remove(`/performance-acts/${open}`)).status).toBe(204)
  })
  it('is not deleted while an act is out; one that is gone all the same approves nothing', async () => {
    const contract = await newContract(site, 50_000)
    const act = await newAct(contract)
    const packageId = await sent(`/act-reports/${act}`)
    expect((await put(`/contracts/${contract}`, { subject: 'Иначе' })).status).toBe(409)
    expect((await remove(`/contracts/${contract}`)).status).toBe(409)
    await env.DB.prepare("update project_contracts set deleted_at = '2024-01-01' where id = ?").bind(contract).run()
    const ctx = await newCtx()
    await onPackage(ctx, { id: packageId, orgId: site.company.id, finishedAt: ctx.now } as unknown as PackageState, 'signed')
    const { is_approved } =
      (await env.DB.prepare('select is_approved from performance_acts where id = ?').bind(act).first<{ is_approved: number }>()) ?? {}
    expect(is_approved).toBe(0)
  })
  it('a draft of a work is not confirmed', async () => {
    const contract = await newContract(site, 50_000)
    const work = await make('/completed-works', workOf(site, { contract_id: contract, status: 'draft' }))
    await must(204, 'DELETE', `${ADMIN}/contracts/${contract}`, { token: token() })
    const answer = await call<{ errors: object }>('PUT', `${ADMIN}/completed-works/${work}`, {
      token: token(),
      body: { status: 'confirmed' },
    })
    expect([answer.status, Object.keys(answer.body.errors)]).toEqual([422, ['contract_id']])
    expect((await put(`/completed-works/${work}`, { notes: 'Черновик' })).status).toBe(200)
    expect((await put(`/completed-works/${work}`, { contract_id: null, status: 'confirmed' })).status).toBe(200)
  })
})

describe('of a deleted project', () => {
  it('hours are not approved; they are rejected, moved, and approved there', async () => {
    const project = await make('/projects', { name: `Дом ${next()}`, status: 'active' })
    const entry = await make('/time-tracking', {
      organization_id: site.company.id,
      user_id: site.foreman,
      project_id: project,
      work_date: '2024-02-02',
      start_time: '09:00',
      end_time: '10:00',
      title: 'Смена',
      status: 'submitted',
    })
    const step = (what: string, body: object = {}) => call('POST', `${ADMIN}/time-tracking/${entry}/${what}`, { token: token(), body })
    await must(204, 'DELETE', `${ADMIN}/projects/${project}`, { token: token() })
    expect((await step('approve')).status).toBe(404)
    expect((await step('reject', { reason: 'Не тот проект' })).status).toBe(200)
    expect((await put(`/time-tracking/${entry}`, { status: 'submitted', project_id: site.project })).status).toBe(200)
    expect((await step('approve')).status).toBe(200)
  })
  it('a request is only rejected, and nothing else of it changes', async () => {
    const ask = (project_id: number) => make('/site-requests', { project_id, kind: 'material', title: 'Кирпич' })
    const change = (id: number, body: object) => call('PATCH', `${ADMIN}/site-requests/${id}`, { token: token(), body })
    const project = await make('/projects', { name: `Дом ${next()}`, status: 'active' })
    const id = await ask(project)
    await must(204, 'DELETE', `${ADMIN}/projects/${project}`, { token: token() })
    expect([(await change(id, { status: 'processed' })).status, (await change(id, { title: 'Иначе' })).status]).toEqual([422, 422])
    expect((await change(id, { status: 'rejected', answer: 'Проект закрыт' })).status).toBe(200)
  })
})
