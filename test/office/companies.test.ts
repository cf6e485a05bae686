import { describe, expect, it } from 'vitest'
import { call, must } from '../app.ts'
import { newBin, newCompany, spoil, type Company } from '../factories.ts'
import { act, count, NOBODY, OFFICE, register, statuses, type Client } from './kit.ts'

interface OfficeCompany {
  id: string
  inn: string
  kpp: string | null
  name: string
}
interface Employee {
  client_id: string
  full_name: string
  role: string
  position: string | null
}
const SBER = '7707083893'
const KPP = '773601001'
const add = (company: Company, body: object) => call<OfficeCompany>('POST', `${OFFICE}/companies`, { token: company.token, body })
const newOfficeCompany = (company: Company) =>
  must<OfficeCompany>(201, 'POST', `${OFFICE}/companies`, { token: company.token, body: { inn: newBin(), name: 'ТОО «Проверка»' } })
const employ = (company: Company, at: OfficeCompany, client: Pick<Client, 'id'>, role: string, position?: string) =>
  call<Employee>('POST', `${OFFICE}/companies/${at.id}/employees`, { token: company.token, body: { client_id: client.id, role, position } })
const employees = async (company: Company, at: OfficeCompany) =>
  (await must<{ items: Employee[] }>(200, 'GET', `${OFFICE}/companies/${at.id}/employees`, { token: company.token })).items
const remove = (company: Company, at: OfficeCompany, client: Pick<Client, 'id'>) =>
  call('DELETE', `${OFFICE}/companies/${at.id}/employees/${client.id}`, { token: company.token })

describe('companies of clients', () => {
  it('have numbers whose check digits hold', async () => {
    const company = await newCompany()
    const made = await add(company, { inn: SBER, kpp: KPP, name: ' ПАО Сбербанк ' })
    expect([made.status, made.body]).toMatchObject([201, { inn: SBER, kpp: KPP, name: 'ПАО Сбербанк' }])
    expect(await must(200, 'GET', `${OFFICE}/companies/${made.body.id}`, { token: company.token })).toEqual(made.body)
    for (const inn of [newBin(), '500100732259']) expect((await add(company, { inn, name: 'X' })).body.kpp, inn).toBeNull()
    const bad = [
      { inn: spoil(SBER) },
      { inn: spoil(newBin()) },
      { inn: '770708389' },
      { inn: '0000000000' },
      { kpp: '77360100' },
      { kpp: 'абвгдежзи' },
      { name: ' ' },
      { name: 'я'.repeat(256) },
      { inn: newBin(), kpp: KPP },
    ]
    for (const more of bad) expect((await add(company, { inn: '7736050003', name: 'X', ...more })).status, JSON.stringify(more)).toBe(400)
  })

  it('are there once by INN and KPP, also of eight calls at once; branches are others', async () => {
    const [company, other] = [await newCompany(), await newCompany()]
    for (const body of [
      { inn: SBER, name: 'Без КПП' },
      { inn: SBER, kpp: KPP, name: 'Голова' },
    ]) {
      const answers = await Promise.all(Array.from({ length: 8 }, () => add(company, body)))
      expect(statuses(answers)).toEqual([201, ...Array<number>(7).fill(409)])
    }
    expect((await add(company, { inn: SBER, kpp: '780601001', name: 'Филиал' })).status).toBe(201)
    expect((await add(other, { inn: SBER, kpp: KPP, name: 'Голова' })).status).toBe(201)
  })

  it('have employees with a right each', async () => {
    const company = await newCompany()
    const at = await newOfficeCompany(company)
    const clients: Client[] = []
    for (const role of ['head', 'head', 'signer', 'approver', 'viewer']) {
      const client = await register(company)
      clients.push(client)
      const added = await employ(company, at, client, role, role === 'head' ? 'Директор' : undefined)
      expect([added.status, added.body]).toMatchObject([
        201,
        { client_id: client.id, full_name: client.full_name, phone: client.phone, role },
      ])
    }
    const [head, , signer] = clients
    if (!head || !signer) throw new Error('nobody')
    const listed = await employees(company, at)
    expect(listed.map((e) => e.role).sort()).toEqual(['approver', 'head', 'head', 'signer', 'viewer'])
    expect(listed.find((e) => e.client_id === head.id)?.position).toBe('Директор')
    expect((await employ(company, at, head, 'viewer')).status).toBe(409)
    for (const role of ['king', '', 'HEAD']) expect((await employ(company, at, signer, role)).status, role).toBe(400)
    expect((await employ(company, at, { id: 'x' }, 'viewer')).status).toBe(400)
    expect((await remove(company, at, signer)).status).toBe(204)
    expect((await remove(company, at, signer)).status).toBe(404)
    expect((await employees(company, at)).map((e) => e.client_id)).not.toContain(signer.id)
    expect((await employ(company, at, signer, 'approver')).status).toBe(201)
    expect((await act(company, signer, 'block')).status).toBe(200)
    expect(await employees(company, at)).toHaveLength(5)
  })

  it('take a client once of eight calls at once, and let go once', async () => {
    const company = await newCompany()
    const at = await newOfficeCompany(company)
    const client = await register(company)
    const added = await Promise.all(Array.from({ length: 8 }, () => employ(company, at, client, 'signer')))
    expect(statuses(added)).toEqual([201, ...Array<number>(7).fill(409)])
    const removed = await Promise.all(Array.from({ length: 8 }, () => remove(company, at, client)))
    expect(statuses(removed)).toEqual([204, ...Array<number>(7).fill(404)])
    const audited = 'select count(*) as n from audit_log where subject = ? and action = ?'
    expect(await count(audited, `office_company:${at.id}/client:${client.id}`, 'employee.removed')).toBe(1)
  })

  it('and their people do not exist for another organization', async () => {
    const [company, stranger] = [await newCompany(), await newCompany()]
    const [at, theirs] = [await newOfficeCompany(company), await newOfficeCompany(stranger)]
    const [client, foreign] = [await register(company), await register(stranger)]
    await employ(company, at, client, 'head')
    expect((await call('GET', `${OFFICE}/companies/${at.id}`, { token: stranger.token })).status).toBe(404)
    expect((await call('GET', `${OFFICE}/companies/${at.id}/employees`, { token: stranger.token })).status).toBe(404)
    expect((await employ(stranger, at, foreign, 'head')).status).toBe(404)
    expect((await employ(company, at, foreign, 'head')).status).toBe(404)
    expect((await employ(stranger, theirs, client, 'head')).status).toBe(404)
    expect((await employ(company, at, { id: NOBODY }, 'head')).status).toBe(404)
    expect((await remove(stranger, at, client)).status).toBe(404)
    expect((await remove(stranger, theirs, client)).status).toBe(404)
    expect(await employees(company, at)).toHaveLength(1)
    expect(await employees(stranger, theirs)).toHaveLength(0)
  })
})
