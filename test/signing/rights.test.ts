import { beforeAll, describe, expect, it } from 'vitest'
import type { Act } from '../../src/signing/machine-parts.ts'
import { judgeRights } from '../../src/signing/rights.ts'
import { granted } from '../../src/signing/stub.ts'
import { must } from '../app.ts'
import { balanceOf, newBin, newCompany, newCtx, type Company } from '../factories.ts'
import { act, OFFICE, register, type Client } from '../office/kit.ts'
import { objectOf, openPackage, originNow, takesPart } from './object-kit.ts'

let us: Company
let firm: { id: string }
const staff = new Map<string, Client>()

beforeAll(async () => {
  us = await newCompany()
  firm = await newFirm()
  for (const role of ['head', 'signer', 'approver', 'viewer']) staff.set(role, await employ(role))
  staff.set('nobody', await register(us))
})

const newFirm = (of = us) =>
  must<{ id: string }>(201, 'POST', `${OFFICE}/companies`, { token: of.token, body: { inn: newBin(), name: 'ТОО «Проверка»' } })
async function employ(role: string, at = firm): Promise<Client> {
  const client = await register(us)
  await must(201, 'POST', `${OFFICE}/companies/${at.id}/employees`, { token: us.token, body: { client_id: client.id, role } })
  return client
}
const judge = async (clientId: string | null, companyId: string | null, what: Act, step?: 'code' | 'act', orgId = us.id) =>
  (await judgeRights(await newCtx(), orgId, { clientId, companyId }, what, step))?.code ?? 'may'
const idOf = (role: string) => staff.get(role)?.id ?? ''

describe('for a company', () => {
  it.each([
    ['head', 'may', 'may', 'may'],
    ['signer', 'may', 'forbidden', 'may'],
    ['approver', 'forbidden', 'may', 'may'],
    ['viewer', 'forbidden', 'forbidden', 'forbidden'],
    ['nobody', 'forbidden', 'forbidden', 'forbidden'],
  ])('%s: sign %s, approve %s, decline %s', async (role, ...expected) => {
    const said = await Promise.all((['sign', 'approve', 'decline'] as const).map((what) => judge(idOf(role), firm.id, what)))
    expect(said).toEqual(expected)
  })

  it('nobody acts who is not one of its people, nor in another company', async () => {
    const other = await newFirm()
    expect(await judge(idOf('head'), other.id, 'sign')).toBe('forbidden')
    expect(await judge(null, firm.id, 'sign')).toBe('forbidden')
  })

  it('a right that was taken away is missing at once, and one that was given is there', async () => {
    const leaver = await employ('head')
    const path = `${OFFICE}/companies/${firm.id}/employees`
    expect(await judge(leaver.id, firm.id, 'sign')).toBe('may')
    await must(204, 'DELETE', `${path}/${leaver.id}`, { token: us.token })
    expect(await judge(leaver.id, firm.id, 'sign')).toBe('forbidden')
    await must(201, 'POST', path, { token: us.token, body: { client_id: leaver.id, role: 'approver' } })
    expect([await judge(leaver.id, firm.id, 'sign'), await judge(leaver.id, firm.id, 'approve')]).toEqual(['forbidden', 'may'])
  })
})

describe('a client', () => {
  it('acts for itself, by its package alone', async () => {
    expect(await judge(idOf('viewer'), null, 'sign')).toBe('may')
    expect(await judge(null, null, 'sign')).toBe('may')
  })

  it('that is blocked does nothing, and is refused a code', async () => {
    const client = await register(us)
    await act(us, client, 'block')
    expect([
      await judge(client.id, null, 'sign'),
      await judge(client.id, null, 'decline'),
      await judge(client.id, null, 'sign', 'code'),
    ]).toEqual(['forbidden', 'forbidden', 'conflict'])
    await act(us, client, 'unblock')
    expect(await judge(client.id, null, 'sign')).toBe('may')
  })

  it('of another organization is none', async () => {
    const other = await newCompany()
    expect(await judge(idOf('head'), firm.id, 'sign', 'act', other.id)).toBe('forbidden')
    expect(await judge('0192f0c1-7d3a-7b1e-9c55-3f1a2b4c5d6e', null, 'sign')).toBe('forbidden')
  })
})

describe('in a package', () => {
  const codeOf = (outcome: { ok: boolean; code?: string }) => (outcome.ok ? 'ok' : outcome.code)

  it('rights come before turns: by role, by method, and by the company at that moment', async () => {
    const [signer, viewer] = ['signer', 'viewer'].map((role) => ({ clientId: idOf(role), companyId: firm.id }))
    const { id, participants } = await openPackage(us, [
      takesPart(1, 'Первый'),
      takesPart(2, 'Работник', signer),
      takesPart(2, 'Наблюдатель по праву', viewer),
      takesPart(2, 'Согласующий', { ...signer, role: 'approver', methods: [] }),
      takesPart(2, 'Ключом', { methods: ['cms'] }),
      takesPart(2, 'Читатель', { role: 'viewer', methods: [] }),
    ])
    const [, worker = '', watcher = '', approver = '', byKey = '', reader = ''] = participants.map((p) => p.id)
    const [object, origin] = [objectOf(id), await originNow()]
    // Out of turn, all of them; and those without a right are told that.
    expect(codeOf(await object.signByCode(worker, null, '123456', origin))).toBe('conflict')
    expect(codeOf(await object.requestCode(worker, null, origin))).toBe('conflict')
    for (const participant of [watcher, byKey, reader, approver]) {
      expect(codeOf(await object.requestCode(participant, null, origin))).toBe('forbidden')
      expect(codeOf(await object.signByCode(participant, null, '123456', origin))).toBe('forbidden')
      expect(codeOf(await object.maySign(participant, 'sms', origin))).toBe('forbidden')
    }
    expect(codeOf(await object.maySign(worker, 'server', origin))).toBe('forbidden')
    expect(codeOf(await object.maySign(byKey, 'cms', origin))).toBe('conflict')
    expect(codeOf(await object.approve(worker, origin))).toBe('forbidden')
    // A signer's right in its company is no approver's.
    expect(codeOf(await object.approve(approver, origin))).toBe('forbidden')
    expect(codeOf(await object.decline(approver, 'нет', origin))).toBe('conflict')
    expect(codeOf(await object.decline(watcher, 'нет', origin))).toBe('forbidden')
    expect(codeOf(await object.decline(reader, 'нет', origin))).toBe('forbidden')
    expect((await object.view())?.version).toBe(2)
  })

  it('a right lost between the code and its use signs nothing, and takes no unit', async () => {
    const leaver = await employ('signer')
    const before = await balanceOf(us.id)
    const { id, participants } = await openPackage(us, [takesPart(1, 'Уходящий', { clientId: leaver.id, companyId: firm.id })])
    const [p] = participants
    granted(await objectOf(id).requestCode(p?.id ?? '', null, await originNow()))
    await must(204, 'DELETE', `${OFFICE}/companies/${firm.id}/employees/${leaver.id}`, { token: us.token })
    expect(codeOf(await objectOf(id).signByCode(p?.id ?? '', null, '123456', await originNow()))).toBe('forbidden')
    expect(await balanceOf(us.id)).toEqual(before)
    // Not even counted: the code was not looked at.
    expect((await objectOf(id).view())?.participants[0]).toMatchObject({ status: 'current', claim: null, challenge: { wrong: 0 } })
  })

  it('a blocked client gets no code (409) and does not act (403)', async () => {
    const client = await register(us)
    const { id, participants } = await openPackage(us, [takesPart(1, 'Заблокированный', { clientId: client.id })])
    await act(us, client, 'block')
    const [p] = participants
    expect(codeOf(await objectOf(id).requestCode(p?.id ?? '', null, await originNow()))).toBe('conflict')
    expect(codeOf(await objectOf(id).signByCode(p?.id ?? '', null, '123456', await originNow()))).toBe('forbidden')
    expect(codeOf(await objectOf(id).decline(p?.id ?? '', 'нет', await originNow()))).toBe('forbidden')
  })
})
