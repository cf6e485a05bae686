import { env } from 'cloudflare:test'
import type * as z from 'zod'
import { beforeAll, describe, expect, it } from 'vitest'
import { changeAct } from '../../src/construction/acts/change-act.ts'
import { createAdvance } from '../../src/construction/advances/create.ts'
import { NewAdvance } from '../../src/construction/advances/schemas.ts'
import { agreements } from '../../src/construction/contracts/agreements.ts'
import { contracts } from '../../src/construction/contracts/contracts.ts'
import { ChangeSpecification, NewAgreement, NewPayment } from '../../src/construction/contracts/part-schemas.ts'
import { recordPayment } from '../../src/construction/contracts/payments.ts'
import { ChangeContract } from '../../src/construction/contracts/schemas.ts'
import { attachSpecification, specifications } from '../../src/construction/contracts/specifications.ts'
import { materials } from '../../src/construction/materials/materials.ts'
import { recordReceipt } from '../../src/construction/materials/record-movement.ts'
import { NewMaterial, NewReceipt } from '../../src/construction/materials/schemas.ts'
import { sendContract } from '../../src/construction/send.ts'
import { SendRoute } from '../../src/construction/send-schemas.ts'
import { ChangeSiteRequest } from '../../src/construction/site-requests/schemas.ts'
import { siteRequests } from '../../src/construction/site-requests/site-requests.ts'
import { suppliers } from '../../src/construction/suppliers/suppliers.ts'
import { createEntry } from '../../src/construction/time/entries.ts'
import { NewTimeEntry } from '../../src/construction/time/schemas.ts'
import { units } from '../../src/construction/units/units.ts'
import { NewWorkType } from '../../src/construction/work-types/schemas.ts'
import { workTypes } from '../../src/construction/work-types/work-types.ts'
import { createWork } from '../../src/construction/works/create-work.ts'
import { NewWork } from '../../src/construction/works/schemas.ts'
import type { Ctx } from '../../src/context.ts'
import { must } from '../app.ts'
import { newCtx, newPhone, next } from '../factories.ts'
import { ADMIN, makeThing, newContract, newSite, workOf, type Site } from './site.ts'

// What happens between the look and the write: here it is made to happen just then.

interface Prepared {
  _prepare: () => { getQuery: () => { sql: string } }
}

/** A context in which `meanwhile` happens once: right before the first batch that writes, or right after the first that reads. */
async function contextWith(meanwhile: () => Promise<unknown>, when: 'before writing' | 'after reading' = 'before writing'): Promise<Ctx> {
  const ctx = await newCtx()
  let happened = false
  const db = new Proxy(ctx.db, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key)
      if (key !== 'batch') return typeof value === 'function' ? value.bind(target) : value
      return async (statements: Parameters<typeof target.batch>[0]) => {
        const writes = statements.some((s) => (s as unknown as Prepared)._prepare().getQuery().sql.includes('into audit_log'))
        const now = !happened && writes === (when === 'before writing')
        if (now) happened = true
        if (now && writes) await meanwhile()
        const results = await target.batch(statements)
        if (now && !writes) await meanwhile()
        return results
      }
    },
  })
  return { ...ctx, db, actor: { kind: 'key', keyId: 'test', orgId: site.company.id, scopes: [] } }
}

let site: Site
beforeAll(async () => {
  site = await newSite()
})

const make = (path: string, body: object) => makeThing(site.company, path, body)
const gone = (table: string, id: number) => env.DB.prepare(`update ${table} set deleted_at = '2024-01-01' where id = ?`).bind(id).run()
const count = async (table: string) => (await env.DB.prepare(`select count(*) as n from ${table}`).first<{ n: number }>())?.n
const read = <T extends z.ZodType>(schema: T, body: object): z.output<T> => schema.parse(body)

const newUnit = () => make('/measurement-units', { name: `ед ${next()}`, short_name: 'ед' })
const newSupplier = () => make('/suppliers', { name: `Поставщик ${next()}` })
const newProject = () => make('/projects', { name: `Дом ${next()}`, status: 'active' })
const newWorkType = async () => make('/work-types', { name: `Вид ${next()}`, measurement_unit_id: await newUnit() })
const payment = { payment_date: '2024-02-02', amount: 5, payment_type: 'other' }
const hours = { work_date: '2024-02-02', start_time: '09:00', end_time: '10:00', title: 'Смена' }

interface Case {
  /** What is named, where it is kept, and what is made with its name. */
  parent: () => Promise<number>
  of: string
  child: string
  create: (ctx: Ctx, id: number) => Promise<unknown>
  field: string
}

describe('what is named goes while the row that names it comes', () => {
  it.each<[string, Case]>([
    [
      'a unit of a material',
      {
        parent: newUnit,
        of: 'measurement_units',
        child: 'materials',
        create: (ctx, id) => materials.create(ctx, read(NewMaterial, { name: `М ${next()}`, measurement_unit_id: id })),
        field: 'measurement_unit_id',
      },
    ],
    [
      'a unit of a work type',
      {
        parent: newUnit,
        of: 'measurement_units',
        child: 'work_types',
        create: (ctx, id) => workTypes.create(ctx, read(NewWorkType, { name: `В ${next()}`, measurement_unit_id: id })),
        field: 'measurement_unit_id',
      },
    ],
    [
      'a supplier of a delivery',
      {
        parent: newSupplier,
        of: 'suppliers',
        child: 'material_movements',
        create: (ctx, id) =>
          recordReceipt(ctx, read(NewReceipt, { project_id: site.project, material_id: site.material, supplier_id: id, quantity: 1 })),
        field: 'supplier_id',
      },
    ],
    [
      'the kind of a work',
      {
        parent: newWorkType,
        of: 'work_types',
        child: 'completed_works',
        create: (ctx, id) => createWork(ctx, read(NewWork, workOf(site, { work_type_id: id, status: 'draft' }))),
        field: 'work_type_id',
      },
    ],
    [
      'the contractor of a work',
      {
        parent: () => make('/contractors', { name: `П ${next()}` }),
        of: 'contractors',
        child: 'completed_works',
        create: (ctx, id) => createWork(ctx, read(NewWork, workOf(site, { contractor_id: id, status: 'draft' }))),
        field: 'contractor_id',
      },
    ],
    [
      'the contract of a payment',
      {
        parent: () => newContract(site, 100),
        of: 'project_contracts',
        child: 'contract_payments',
        create: (ctx, id) => recordPayment(ctx, id, read(NewPayment, payment)),
        field: 'contract_id',
      },
    ],
    [
      'the contract of an agreement',
      {
        parent: () => newContract(site, 100),
        of: 'project_contracts',
        child: 'supplementary_agreements',
        create: (ctx, id) =>
          agreements.create(
            ctx,
            read(NewAgreement, { contract_id: id, number: '1', agreement_date: '2024-02-02', subject_changes: ['Срок'] }),
          ),
        field: 'contract_id',
      },
    ],
    [
      'the project of hours',
      {
        parent: newProject,
        of: 'projects',
        child: 'time_entries',
        create: (ctx, id) =>
          createEntry(ctx, read(NewTimeEntry, { ...hours, organization_id: site.company.id, user_id: site.foreman, project_id: id })),
        field: 'project_id',
      },
    ],
    [
      'the project of accountable money',
      {
        parent: newProject,
        of: 'projects',
        child: 'advance_transactions',
        create: (ctx, id) => createAdvance(ctx, read(NewAdvance, { user_id: site.foreman, project_id: id, type: 'issue', amount: 1 })),
        field: 'project_id',
      },
    ],
  ])('%s: nothing is written, and the field is told', async (_, { parent, of, child, create, field }) => {
    const id = await parent()
    const before = await count(child)
    const ctx = await contextWith(() => gone(of, id))
    await expect(create(ctx, id)).rejects.toMatchObject({ code: 'validation', details: { issues: [{ path: field }] } })
    expect(await count(child)).toBe(before)
    // Without it the same goes through.
    await expect(create(await contextWith(async () => undefined), await parent())).resolves.toBeDefined()
    expect(await count(child)).toBe((before ?? 0) + 1)
  })
})

describe('what is in use by then is not deleted', () => {
  it.each<[string, string, () => Promise<number>, (id: number) => Promise<unknown>, (ctx: Ctx, id: number) => Promise<void>]>([
    [
      'a unit',
      'measurement_units',
      newUnit,
      (id) => make('/materials', { name: `М ${next()}`, measurement_unit_id: id }),
      (ctx, id) => units.remove(ctx, id),
    ],
    [
      'a supplier',
      'suppliers',
      newSupplier,
      (id) => make('/materials/receipts', { project_id: site.project, material_id: site.material, supplier_id: id, quantity: 1 }),
      (ctx, id) => suppliers.remove(ctx, id),
    ],
  ])('%s', async (_, table, parent, use, remove) => {
    const id = await parent()
    await expect(remove(await contextWith(() => use(id)), id)).rejects.toMatchObject({ code: 'forbidden' })
    expect(await env.DB.prepare(`select deleted_at as at from ${table} where id = ?`).bind(id).first()).toEqual({ at: null })
  })

  it('a second deletion finds nothing, and leaves no trace', async () => {
    const id = await newSupplier()
    const twice = suppliers.remove(await contextWith(() => gone('suppliers', id)), id)
    await expect(twice).rejects.toMatchObject({ code: 'not_found' })
    const trace = await env.DB.prepare('select count(*) as n from audit_log where subject = ?').bind(`supplier:${id}`).first()
    expect(trace).toEqual({ n: 0 })
  })
})

it('a contract stays in the project of its works, also of those that come at that moment', async () => {
  const [contract, empty, elsewhere] = [await newContract(site, 10_000), await newContract(site, 10_000), await newProject()]
  const move = async (id: number, project_id: number | null, meanwhile: () => Promise<unknown> = async () => undefined) =>
    contracts.change(await contextWith(meanwhile), id, read(ChangeContract, { project_id }))
  const refused = { code: 'validation', details: { issues: [{ path: 'project_id' }] } }
  await make('/completed-works', workOf(site, { contract_id: contract, status: 'draft' }))
  for (const to of [elsewhere, null]) await expect(move(contract, to)).rejects.toMatchObject(refused)
  await expect(move(contract, site.project)).resolves.toMatchObject({ project: { id: site.project } })
  await expect(move(empty, elsewhere, () => make('/completed-works', workOf(site, { contract_id: empty })))).rejects.toMatchObject(refused)
  await expect(move(await newContract(site, 1), elsewhere)).resolves.toMatchObject({ project: { id: elsewhere } })
})

const route = () => ({
  participants: [
    { order: 1, role: 'signer' as const, person: { full_name: 'Сериков Айбек', phone: newPhone() }, methods: ['sms' as const] },
  ],
})
const packageOf = (table: string, id: number) => env.DB.prepare(`select package_id as it from ${table} where id = ?`).bind(id).first('it')
const newSpecification = () =>
  make('/specifications', { number: `С-${next()}`, spec_date: '2024-01-10', total_amount: 100, scope_items: ['Кладка'] })

describe('what goes out for signature meanwhile', () => {
  const sendIt = async (id: number) => sendContract(await contextWith(async () => undefined), id, read(SendRoute, route()))
  const conflict = { code: 'conflict' }

  it('is not changed, annexed or deleted', async () => {
    for (const act of [
      (ctx: Ctx, id: number) => contracts.change(ctx, id, read(ChangeContract, { total_amount: 7 })),
      (ctx: Ctx, id: number) => contracts.remove(ctx, id),
      async (ctx: Ctx, id: number) => attachSpecification(ctx, id, await newSpecification()),
    ]) {
      const id = await newContract(site, 100)
      await expect(act(await contextWith(() => sendIt(id)), id)).rejects.toMatchObject(conflict)
      const row = await env.DB.prepare(
        'select total_amount, deleted_at, (select count(*) from contract_specifications where contract_id = c.id) as annexes from project_contracts c where id = ?',
      )
        .bind(id)
        .first()
      expect(row).toEqual({ total_amount: 10_000, deleted_at: null, annexes: 0 })
    }
    const [id, annex] = [await newContract(site, 100), await newSpecification()]
    await annexTo(id, annex)
    const change = specifications.change(await contextWith(() => sendIt(id)), annex, read(ChangeSpecification, { total_amount: 5 }))
    await expect(change).rejects.toMatchObject(conflict)
  })
  it('does not go where its paper changed while it was drawn', async () => {
    const [id, annex] = [await newContract(site, 100), await newSpecification()]
    await annexTo(id, annex)
    for (const meanwhile of [
      () => must(200, 'PUT', `${ADMIN}/specifications/${annex}`, { token: site.company.token, body: { total_amount: next() } }),
      async () => annexTo(id, await newSpecification()),
      () => must(200, 'PUT', `${ADMIN}/contracts/${id}`, { token: site.company.token, body: { notes: 'Иначе' } }),
    ]) {
      await expect(sendContract(await contextWith(meanwhile, 'after reading'), id, read(SendRoute, route()))).rejects.toMatchObject(
        conflict,
      )
      expect(await packageOf('project_contracts', id)).toBeNull()
    }
    await expect(sendIt(id)).resolves.toMatchObject({ signing: { status: 'sent' } })
  })
})

const annexTo = (contract: number, specification: number) =>
  must(200, 'POST', `${ADMIN}/contracts/${contract}/specifications/${specification}`, { token: site.company.token })

describe('what stands above goes meanwhile', () => {
  it('an act is not approved when its contract is deleted', async () => {
    const contract = await newContract(site, 10_000)
    const work = await make('/completed-works', workOf(site, { contract_id: contract }))
    const act = await make('/act-reports', { contract_id: contract, act_document_number: 'А', act_date: '2024-03-01', work_ids: [work] })
    const ctx = await contextWith(() => gone('project_contracts', contract))
    await expect(changeAct(ctx, act, { is_approved: true })).rejects.toMatchObject({ code: 'conflict' })
    expect(await env.DB.prepare('select is_approved from performance_acts where id = ?').bind(act).first('is_approved')).toBe(0)
  })
  it('a site request moves to no project that is deleted', async () => {
    const [id, target] = [await make('/site-requests', { project_id: site.project, kind: 'material', title: 'Кирпич' }), await newProject()]
    const ctx = await contextWith(() => gone('projects', target))
    const moved = siteRequests.change(ctx, id, read(ChangeSiteRequest, { project_id: target }))
    await expect(moved).rejects.toMatchObject({ code: 'validation', details: { issues: [{ path: 'project_id' }] } })
    expect(await env.DB.prepare('select project_id as it from site_requests where id = ?').bind(id).first('it')).toBe(site.project)
  })
})
