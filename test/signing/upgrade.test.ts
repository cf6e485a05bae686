import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { afterEach, describe, expect, it } from 'vitest'
import type { PackageState, Participant } from '../../src/signing/model.ts'
import { sealPackage } from '../../src/signing/seal.ts'
import { askCode, call, filledContract, must, resetClock, sign, type Contract } from '../app.ts'
import { balanceOf, newCompany, newCtx, newSigner } from '../factories.ts'
import { expectSame, inside, objectOf, stubOf } from './object-kit.ts'

afterEach(resetClock)

/** As the first version of the service stored a package: all in one row, persons of three fields, and no tables but these. */
async function asFirstVersion(packageId: string, unsent: object[] = []): Promise<void> {
  await runInDurableObject(stubOf(packageId), (_, { storage }) => {
    const [head] = storage.sql.exec<{ value: string }>('select value from state').toArray()
    const participants = storage.sql.exec<{ value: string }>('select value from participants order by position').toArray()
    const state = {
      ...(JSON.parse(head?.value ?? '{}') as PackageState),
      participants: participants.map((r) => JSON.parse(r.value) as Participant),
    }
    const { quorums: _q, deadline: _d, callbackUrl: _c, metadata: _m, updatedAt: _u, remindedAt: _r, certificate: _k, ...kept } = state
    const person = (p: Participant['person']) => p && { fullName: p.fullName, identifier: p.identifier, phone: p.phone }
    const old = {
      ...kept,
      v: 1,
      participants: state.participants.map(({ clientId: _i, companyId: _o, actedAt: _a, reason: _e, ...p }) => ({
        ...p,
        person: person(p.person),
      })),
    }
    storage.sql.exec('drop table participants; drop table links; drop table projected')
    storage.sql.exec('update state set value = ?', JSON.stringify(old))
    for (const effect of unsent) storage.sql.exec('insert into effects (value) values (?)', JSON.stringify(effect))
    return storage.setAlarm(Date.now() + 60_000)
  })
  // What the migration makes of rows that were there before it.
  await env.DB.batch([
    env.DB.prepare("update packages set updated_at = '', deadline = null, current_order = null where id = ?").bind(packageId),
    env.DB.prepare('update package_participants set position = 0 where package_id = ?').bind(packageId),
    env.DB.prepare('update package_files set document_id = null, position = 0 where package_id = ?').bind(packageId),
  ])
  await evictDurableObject(stubOf(packageId))
}

async function asked() {
  const company = await newCompany()
  const contract = await filledContract(company)
  const signer = newSigner()
  const code = await askCode(company, contract, signer)
  const { package_id } = await must<Contract>(200, 'GET', `/contracts/${contract.id}`, { token: company.token })
  if (!package_id) throw new Error('no package')
  return { company, contract, signer, code, packageId: package_id }
}

describe('a package that the first version stored', () => {
  it('goes on working: a new code signs it, it is sealed, and its trail holds from its beginning', async () => {
    const { company, contract, signer, packageId } = await asked()
    const before = await inside(packageId, ({ store }) => store.events())
    await asFirstVersion(packageId)
    expect(await objectOf(packageId).view()).toMatchObject({
      v: 2,
      status: 'in_progress',
      participants: [{ person: { inn: null, email: null } }],
    })
    await must(200, 'POST', '/dev/clock', { body: { advance_seconds: 61 } })
    const code = await askCode(company, contract, signer, 2)
    const done = await sign(company, contract, signer, { code })
    expect([done.status, done.body.client_iin]).toEqual([201, signer.client_iin])
    await sealPackage(await newCtx(), packageId)
    expect((await inside(packageId, ({ store }) => store.events())).slice(0, before.length)).toEqual(before)
    expect(await must(200, 'GET', `/api/v1/verify/${packageId}`)).toMatchObject({ valid: true, status: 'signed' })
    expect((await balanceOf(company.id)).left.sms_signatures).toBe(9)
    await evictDurableObject(stubOf(packageId))
    expect(await objectOf(packageId).view()).toMatchObject({ v: 2, status: 'signed', participants: [{ status: 'signed' }] })
  })

  it('with a signature that was being completed completes it', async () => {
    const { company, contract, packageId } = await asked()
    const claim = { method: 'sms', at: new Date().toISOString(), ip: '192.0.2.7', userAgent: null }
    await asFirstVersion(packageId)
    await runInDurableObject(stubOf(packageId), (_, { storage }) => {
      const [row] = storage.sql.exec<{ value: string }>('select value from state').toArray()
      const old = JSON.parse(row?.value ?? '{}') as { participants: object[] }
      storage.sql.exec(
        'update state set value = ?',
        JSON.stringify({ ...old, participants: old.participants.map((p) => ({ ...p, claim })) }),
      )
    })
    await evictDurableObject(stubOf(packageId))
    expect(await runDurableObjectAlarm(stubOf(packageId))).toBe(true)
    const state = await objectOf(packageId).view()
    expect(state).toMatchObject({
      status: 'signed',
      participants: [{ status: 'signed', actedAt: claim.at, signature: { ip: '192.0.2.7' } }],
    })
    expect(state?.participants[0]?.signature?.cms).toHaveLength(1)
    expect((await balanceOf(company.id)).left.sms_signatures).toBe(9)
    expect((await call('GET', `/contracts/${contract.id}`, { token: company.token })).body.signed_at).toBe(claim.at)
  })

  it('that had not told D1 everything tells it now', async () => {
    const { packageId } = await asked()
    await asFirstVersion(packageId, [{ kind: 'project' }])
    // As it was before somebody was named: what the effect was about.
    await env.DB.prepare("update package_participants set full_name = '', identifier = null, phone = null where package_id = ?")
      .bind(packageId)
      .run()
    await env.DB.prepare('update packages set version = version - 1 where id = ?').bind(packageId).run()
    expect(await runDurableObjectAlarm(stubOf(packageId))).toBe(true)
    expect(await inside(packageId, ({ store }) => store.unsent())).toEqual([])
    await env.DB.prepare('update package_files set document_id = id where package_id = ?').bind(packageId).run()
    await expectSame(packageId)
  })
})
