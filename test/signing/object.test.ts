import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { createHash } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { takeUnit } from '../../src/billing/balances.ts'
import { batch } from '../../src/db/client.ts'
import { uuidOf } from '../../src/lib/hash.ts'
import { step } from '../../src/signing/machine.ts'
import type { Origin } from '../../src/signing/model.ts'
import { projection, type News } from '../../src/signing/projection.ts'
import { trailHolds } from '../../src/signing/proof.ts'
import { sealPackage } from '../../src/signing/seal.ts'
import type { PackageStore } from '../../src/signing/store.ts'
import { packageEvents } from '../../src/signing/tables.ts'
import { eq } from 'drizzle-orm'
import {
  addField,
  advance,
  askCode,
  call,
  codeFor,
  fill,
  filledContract,
  must,
  outbox,
  resetClock,
  sign,
  signedContract,
  uploadTemplate,
  wrongCode,
  type Contract,
  type Problem,
  statusesOf,
} from '../app.ts'
import { balanceOf, newCompany, newCtx, newIin, newPhone, newSigner, type Company, type Signer } from '../factories.ts'
import { expectSame, inside, objectOf, rest, storedIn, stubOf, whileFailing } from './object-kit.ts'

afterEach(resetClock)

const signerOf = (packageId: string) => uuidOf(`${packageId}:signer`)

/** The package that a contract has now. */
async function packageOf(company: Company, contract: Pick<Contract, 'id'>): Promise<string> {
  const { package_id } = await must<Contract>(200, 'GET', `/contracts/${contract.id}`, { token: company.token })
  if (!package_id) throw new Error('no package')
  return package_id
}

async function expectSignedOnce(company: Company, contract: Contract, packageId: string, left = 9): Promise<void> {
  expect(await balanceOf(company.id)).toMatchObject({ left: { sms_signatures: left }, ledger: { sms_signatures: left } })
  const events = await inside(packageId, ({ store }) => store.events().map((e) => e.type))
  for (const type of ['participant.signed', 'package.signed'])
    expect(
      events.filter((t) => t === type),
      type,
    ).toHaveLength(1)
  const signatures = await must<{ signed_at: string | null }[]>(200, 'GET', `/signatures/contract/${contract.id}`, { token: company.token })
  expect(signatures.filter((s) => s.signed_at)).toHaveLength(1)
  expect(await must(200, 'GET', `/stats/company/${company.id}`, { token: company.token })).toMatchObject({
    total_signed: 10 - left,
    signed_this_month: 10 - left,
  })
  expect(await must(200, 'GET', `/contracts/${contract.id}`, { token: company.token })).toMatchObject({
    signed_at: expect.any(String) as string,
  })
}

async function readyToSign(): Promise<{ company: Company; contract: Contract; signer: Signer; code: string; packageId: string }> {
  const company = await newCompany()
  const contract = await filledContract(company)
  const signer = newSigner()
  const code = await askCode(company, contract, signer)
  return { company, contract, signer, code, packageId: await packageOf(company, contract) }
}

describe('several at once', () => {
  it('a code that comes ten times together, from two devices, signs once', async () => {
    const { company, contract, signer, code, packageId } = await readyToSign()
    const secret = { code, contract_token: contract.contract_token }
    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => sign(i % 2 ? company : null, contract, signer, secret)))
    expect(statusesOf(answers)).toEqual([201, ...Array.from({ length: 9 }, () => 409)])
    await expectSignedOnce(company, contract, packageId)
    await expectSame(packageId)
  })

  it('asking ten times together sends one code', async () => {
    const company = await newCompany()
    const contract = await filledContract(company)
    const signer = newSigner()
    const answers = await Promise.all(Array.from({ length: 10 }, () => sign(company, contract, signer)))
    expect(statusesOf(answers)).toEqual([202, ...Array.from({ length: 9 }, () => 429)])
    await codeFor(signer.client_phone)
    expect(await outbox(signer.client_phone)).toHaveLength(1)
    expect(await must<object[]>(200, 'GET', `/signatures/contract/${contract.id}`, { token: company.token })).toHaveLength(1)
  })

  it('signing and deleting together: one of them happens, and it stays', async () => {
    for (let i = 0; i < 4; i++) {
      const { company, contract, signer, code } = await readyToSign()
      const remove = () => call('DELETE', `/contracts/${contract.id}`, { token: company.token })
      const work = [() => sign(company, contract, signer, { code }), remove]
      const [a, b] = await Promise.all((i % 2 ? work : work.toReversed()).map((run) => run()))
      const [signed, removed] = i % 2 ? [a?.status, b?.status] : [b?.status, a?.status]
      expect([`${signed} ${removed}`]).toEqual([signed === 201 ? '201 409' : `${signed} 204`])
      expect((await call('GET', `/contracts/${contract.id}`, { token: company.token })).status).toBe(signed === 201 ? 200 : 404)
      expect((await balanceOf(company.id)).left.sms_signatures).toBe(signed === 201 ? 9 : 10)
    }
  })
})

describe('cut off', () => {
  it('before the unit is taken: the signature is completed afterwards, with one unit', async () => {
    const { company, contract, signer, code, packageId } = await readyToSign()
    await whileFailing(packageId, /balance_entries/, async () => {
      await expect(sign(company, contract, signer, { code })).rejects.toThrow(/500/)
      // An alarm that finds D1 away, too, is not the last one.
      expect(await runDurableObjectAlarm(stubOf(packageId))).toBe(true)
      expect(await runInDurableObject(stubOf(packageId), (_, { storage }) => storage.getAlarm())).not.toBeNull()
    })
    expect((await objectOf(packageId).view())?.participants[0]).toMatchObject({ status: 'current', claim: { method: 'sms' } })
    // Nobody can slip in between.
    expect((await call('DELETE', `/contracts/${contract.id}`, { token: company.token })).status).toBe(409)
    expect(
      (await call('PUT', `/contracts/token/${contract.contract_token}/fields`, { body: { values: { client_name: 'Другой' } } })).status,
    ).toBe(409)
    await evictDurableObject(stubOf(packageId))
    expect(await runDurableObjectAlarm(stubOf(packageId))).toBe(true)
    await expectSignedOnce(company, contract, packageId)
    await expectSame(packageId)
  })

  it('after the unit was taken: it is not taken again', async () => {
    const { company, contract, signer, packageId } = await readyToSign()
    // As `signByCode` leaves it when the isolate dies between D1 and the acceptance.
    const origin: Origin = { now: new Date().toISOString(), actor: 'user:1', ip: '192.0.2.7', userAgent: null }
    await inside(packageId, async ({ store }) => {
      const state = store.state()
      const hash = state?.participants[0]?.challenge?.codeHash ?? ''
      const claimed = step(state, { type: 'verify_code', participantId: signerOf(packageId), codeHash: hash }, origin)
      if (!claimed.state) throw new Error('no claim')
      store.save(claimed.state, claimed.events, claimed.effects, origin)
    })
    expect(await takeUnit(await newCtx(), company.id, 'sms', `signature:${packageId}:${signerOf(packageId)}`)).toBe(true)
    await runInDurableObject(stubOf(packageId), (_, { storage }) => storage.setAlarm(Date.now() + 60_000))
    await evictDurableObject(stubOf(packageId))
    expect(await runDurableObjectAlarm(stubOf(packageId))).toBe(true)
    await expectSignedOnce(company, contract, packageId)
    await expectSame(packageId)
    // The moment and the place are those of the proof, not of the repair.
    expect((await objectOf(packageId).view())?.participants[0]?.signature).toMatchObject({
      at: origin.now,
      ip: '192.0.2.7',
      person: { phone: signer.client_phone },
    })
  })

  it('with nothing left to pay: the claim is given back, and the code signs once there is', async () => {
    const { company, contract, signer, code, packageId } = await readyToSign()
    await env.DB.prepare('update balances set sms_signatures = 0 where org_id = ?').bind(company.id).run()
    await env.DB.prepare("insert into balance_entries (id, org_id, cause, sms, ecp, created_at) values (?, ?, 'operator', -10, 0, '')")
      .bind(crypto.randomUUID(), company.id)
      .run()
    const refused = await sign(company, contract, signer, { code })
    expect(refused.status).toBe(402)
    expect((await objectOf(packageId).view())?.participants[0]).toMatchObject({ status: 'current', claim: null })
    await env.DB.prepare('update balances set sms_signatures = 1 where org_id = ?').bind(company.id).run()
    expect((await sign(company, contract, signer, { code })).status).toBe(201)
    expect((await balanceOf(company.id)).left.sms_signatures).toBe(0)
  })

  it.each([
    ['the copy in D1', /"packages"|package_participants/],
    ['the contract', /signed_totals/],
    ['the plan to seal', /insert into "jobs"/],
  ])('before %s is written: the signature stands, and the rest follows once', async (_, matches) => {
    const { company, contract, signer, code, packageId } = await readyToSign()
    const done = await whileFailing(packageId, matches, () => sign(company, contract, signer, { code }))
    expect([done.status, done.body.client_iin, done.body.signed_at !== null]).toEqual([201, signer.client_iin, true])
    // Signed is signed, whatever D1 knows.
    expect((await sign(company, contract, signer, { code })).status).toBe(409)
    expect((await sign(company, contract, { ...signer, client_phone: newPhone() })).status).toBe(409)
    expect((await call('DELETE', `/contracts/${contract.id}`, { token: company.token })).status).toBe(409)
    expect(
      (await call('PUT', `/contracts/token/${contract.contract_token}/fields`, { body: { values: { client_name: 'Другой' } } })).status,
    ).toBe(409)
    expect(
      (
        await call('POST', '/contract-fields', {
          token: company.token,
          body: { contract_id: contract.id, field_name: 'x', field_type: 'text' },
        })
      ).status,
    ).toBe(409)
    // Sealing goes on by itself and may have sent the rest already.
    await rest(packageId)
    await sealPackage(await newCtx(), packageId)
    await expectSignedOnce(company, contract, packageId)
    await expectSame(packageId)
    expect((await call('GET', `/contracts/${contract.id}/pdf`, { token: company.token })).status).toBe(200)
  })

  it('while the copy in D1 can’t be written at all: the alarm stays until it can', async () => {
    const { company, contract, signer, code, packageId } = await readyToSign()
    await whileFailing(packageId, /"packages"|signed_totals|insert into "jobs"/, async () => {
      expect((await sign(company, contract, signer, { code })).status).toBe(201)
      expect(await runDurableObjectAlarm(stubOf(packageId))).toBe(true)
      expect(await runInDurableObject(stubOf(packageId), (_, { storage }) => storage.getAlarm())).not.toBeNull()
    })
    await rest(packageId)
    expect(await inside(packageId, ({ store }) => store.unsent())).toEqual([])
    await expectSignedOnce(company, contract, packageId)
  })
})

describe('sealing', () => {
  it('happens once, however many try', async () => {
    const company = await newCompany()
    const { contract } = await signedContract(company)
    const packageId = await packageOf(company, contract)
    const ctx = await newCtx()
    const first = await objectOf(packageId).view()
    await Promise.all([sealPackage(ctx, packageId), sealPackage(ctx, packageId), sealPackage(ctx, packageId)])
    expect((await objectOf(packageId).view())?.sealed).toEqual(first?.sealed)
    const events = await inside(packageId, ({ store }) => store.events().filter((e) => e.type === 'package.sealed'))
    expect(events).toHaveLength(1)
    await expectSame(packageId)
  })
})

describe('the trail', () => {
  it('is chained as RFC 8785 and SHA-256 have it, and tampering shows', async () => {
    const company = await newCompany()
    const { contract } = await signedContract(company)
    const packageId = await packageOf(company, contract)
    const rows = await (
      await newCtx()
    ).db
      .select()
      .from(packageEvents)
      .where(eq(packageEvents.packageId, packageId))
      .orderBy(packageEvents.seq)
    expect(rows.map((e) => e.type)).toEqual([
      'package.created',
      'package.sent',
      'code.sent',
      'participant.signed',
      'package.signed',
      'package.sealed',
    ])
    // Worked out anew, with nothing of ours.
    const canonical = (value: unknown): string =>
      Array.isArray(value)
        ? `[${value.map(canonical).join(',')}]`
        : typeof value === 'object' && value !== null
          ? `{${Object.keys(value)
              .sort()
              .map((k) => `${JSON.stringify(k)}:${canonical((value as Record<string, unknown>)[k])}`)
              .join(',')}}`
          : JSON.stringify(value)
    let previous = '0'.repeat(64)
    for (const [i, e] of rows.entries()) {
      const event = {
        seq: i + 1,
        type: e.type,
        at: e.at,
        actor: e.actor,
        ip: e.ip,
        user_agent: e.userAgent,
        ...(e.data ? { data: e.data } : {}),
        prev_hash: previous,
      }
      previous = createHash('sha256')
        .update(previous + canonical(event))
        .digest('hex')
      expect(e.hash).toBe(previous)
    }
    expect(trailHolds(rows)).toBe(true)
    for (const [i] of rows.entries()) expect(trailHolds(rows.map((e, j) => (i === j ? { ...e, ip: '203.0.113.9' } : e)))).toBe(false)
    expect(trailHolds(rows.filter((_, i) => i !== 2))).toBe(false)
    expect(trailHolds(rows.toSpliced(0, 1))).toBe(false)
  })

  it('holds no code, no token and no whole phone number', async () => {
    const { contract, signer, code, packageId } = await readyToSign()
    const events = JSON.stringify(await inside(packageId, ({ store }) => store.events()))
    expect(events).not.toContain(contract.contract_token)
    expect(events).not.toContain(signer.client_phone)
    expect(events).not.toMatch(new RegExp(`"${code}"`))
  })

  it('and a package are checked by anybody who holds the id: initials, no numbers', async () => {
    const company = await newCompany({ name: 'ТОО <b>Проверка</b>' })
    const { contract, signer } = await signedContract(company)
    const packageId = await packageOf(company, contract)
    const answer = await call<{ valid: boolean; signatures: { full_name: string }[] }>('GET', `/api/v1/verify/${packageId}`)
    expect(answer.body).toMatchObject({
      valid: true,
      status: 'signed',
      signatures: [{ full_name: 'Қ. Ә. Ұ.', method: 'sms', valid: true }],
    })
    const page = await call('GET', `/verify/${packageId.toUpperCase()}`)
    for (const text of [answer.text, page.text])
      for (const secret of [signer.client_iin, signer.client_phone, signer.client_phone.slice(1), 'Қасымов', contract.contract_token])
        expect(text).not.toContain(secret)
    expect(page.text).not.toContain('<b>Проверка')
    // A file that was replaced in the store shows.
    const file = await env.DB.prepare("select sha256 from package_files where package_id = ? and type = 'stamped'")
      .bind(packageId)
      .first<{ sha256: string }>()
    await env.FILES.put(`organizations/${company.id}/${file?.sha256}`, 'другое')
    expect((await call<{ valid: boolean }>('GET', `/api/v1/verify/${packageId}`)).body.valid).toBe(false)
  })
})

describe('the copy in D1', () => {
  it('is the same however often it is written, and never goes back', async () => {
    const { company, contract, signer, code, packageId } = await readyToSign()
    const whole = (store: PackageStore) => {
      const state = store.state()
      if (!state) throw new Error('no package')
      const participants = state.participants.map((participant, position) => ({ position, participant }))
      const news: News = { first: true, participants, events: store.events() }
      return structuredClone({ state, news })
    }
    const old = await inside(packageId, ({ store }) => whole(store))
    await sign(company, contract, signer, { code })
    await expectSame(packageId)
    const ctx = await newCtx()
    const present = await inside(packageId, ({ store }) => whole(store))
    for (const { state, news } of [present, old, present, old]) await batch(ctx.db, projection(ctx, state, news))
    await expectSame(packageId)
  })
})

describe('codes', () => {
  it('five wrong ones end the attempt, for the right one too; a new one a minute later signs', async () => {
    const { company, contract, signer, code } = await readyToSign()
    const statuses: number[] = []
    for (let i = 0; i < 6; i++) statuses.push((await sign(company, contract, signer, { code: wrongCode(code) })).status)
    expect(statuses).toEqual([400, 400, 400, 400, 429, 429])
    expect((await sign(company, contract, signer, { code })).status).toBe(429)
    await advance(61)
    const second = await askCode(company, contract, signer, 2)
    if (second !== code) expect((await sign(company, contract, signer, { code })).status).toBe(400)
    expect((await sign(company, contract, signer, { code: second })).status).toBe(201)
    expect((await balanceOf(company.id)).left.sms_signatures).toBe(9)
  })

  it('many guesses at once are counted like any', async () => {
    const { company, contract, signer, code } = await readyToSign()
    const guesses = Array.from({ length: 40 }, (_, i) => String((Number(code) + 1 + i) % 1_000_000).padStart(6, '0'))
    const answers = await Promise.all(guesses.map((guess) => sign(company, contract, signer, { code: guess })))
    expect(answers.filter((a) => a.status === 400)).toHaveLength(4)
    expect(answers.filter((a) => a.status === 429)).toHaveLength(36)
  })

  it('live five minutes', async () => {
    const { company, contract, signer, code } = await readyToSign()
    await advance(301)
    const late = await sign(company, contract, signer, { code })
    expect([late.status, late.body.detail]).toEqual([400, expect.stringMatching(/expired/)])
    expect((await balanceOf(company.id)).left.sms_signatures).toBe(10)
  })

  it('are sent once a minute at most, and the new one ends the old', async () => {
    const { company, contract, signer, code } = await readyToSign()
    const again = await sign(company, contract, signer)
    expect(again.status).toBe(429)
    expect(Number(again.headers.get('retry-after'))).toBeGreaterThan(50)
    expect(Number(again.headers.get('retry-after'))).toBeLessThanOrEqual(60)
    await advance(61)
    const second = await askCode(company, contract, signer, 2)
    if (second !== code) expect((await sign(company, contract, signer, { code })).status).toBe(400)
    expect((await sign(company, contract, signer, { code: second })).status).toBe(201)
  })

  it('sign for the person they were sent to, whoever knows them', async () => {
    const { company, contract, signer, code } = await readyToSign()
    const others = [{ client_name: 'Другой Человек' }, { client_iin: newIin() }, { client_phone: newPhone() }]
    for (const other of others)
      expect((await sign(company, contract, { ...signer, ...other }, { code })).status, JSON.stringify(other)).toBe(400)
    expect((await sign(company, contract, signer, { code })).status).toBe(201)
  })

  it('are not lost when a code for somebody else is refused', async () => {
    const { company, contract, signer, code } = await readyToSign()
    expect((await sign(company, contract, newSigner())).status).toBe(429)
    expect((await sign(company, contract, signer, { code })).status).toBe(201)
  })

  it('end with the person: a minute later the code of the next one counts', async () => {
    const { company, contract, signer, code } = await readyToSign()
    await advance(61)
    const other = newSigner()
    const second = await askCode(company, contract, other)
    expect((await sign(company, contract, signer, { code })).status).toBe(400)
    const done = await sign(company, contract, other, { code: second })
    expect([done.status, done.body.client_iin]).toEqual([201, other.client_iin])
  })

  it('end with the document: a filled-in change withdraws what could be signed', async () => {
    const { company, contract, signer, code, packageId } = await readyToSign()
    await fill(contract, { client_name: 'Другое имя' })
    expect((await sign(company, contract, signer, { code })).status).toBe(400)
    expect(await must(200, 'GET', `/api/v1/verify/${packageId}`)).toMatchObject({ status: 'revoked', valid: false, signatures: [] })
    expect(await packageOf(company, contract)).not.toBe(packageId)
    const second = await askCode(company, contract, signer, 2)
    expect((await sign(company, contract, signer, { code: second })).status).toBe(201)
  })

  it('are no way to flood phones, however often the document is made anew', async () => {
    const company = await newCompany()
    const contract = await filledContract(company)
    const statuses: number[] = []
    for (let i = 0; i < 12; i++) {
      await fill(contract, { client_name: `Имя ${i}` })
      const asked = await sign(null, contract, newSigner(), { contract_token: contract.contract_token })
      statuses.push(asked.status)
      if (asked.status === 429) expect(Number(asked.headers.get('retry-after'))).toBeGreaterThan(3500)
    }
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 202), 429, 429])
    await advance(3601)
    expect((await sign(null, contract, newSigner(), { contract_token: contract.contract_token })).status).toBe(202)
  })

  it('end with the pending signature', async () => {
    const { company, contract, signer, code } = await readyToSign()
    const [pending] = await must<{ id: number }[]>(200, 'GET', `/signatures/contract/${contract.id}`, { token: company.token })
    await must(204, 'DELETE', `/signatures/${pending?.id}`, { token: company.token })
    expect((await sign(company, contract, signer, { code })).status).toBe(429)
    expect((await balanceOf(company.id)).left.sms_signatures).toBe(10)
  })

  it('are kept nowhere in plain text', async () => {
    const { code, signer, packageId } = await readyToSign()
    const { kept, codes } = await storedIn(packageId)
    expect(JSON.stringify(kept)).not.toContain(`"${code}"`)
    // Once the message is on its way the object itself no longer knows.
    expect(codes).toEqual([])
    const jobs = JSON.stringify((await env.DB.prepare('select * from jobs').all()).results)
    expect(jobs).not.toContain(signer.client_phone)
    expect(jobs).not.toContain(`: ${code}`)
  })

  it('go to nobody while the contract has nothing to sign', async () => {
    const company = await newCompany()
    const contract = await must<Contract>(201, 'POST', '/contracts', {
      token: company.token,
      body: { company_id: company.id, template_id: await uploadTemplate(company) },
    })
    await addField(company, contract.id, 'client_name')
    const signer = newSigner()
    const early = await call<Problem>('POST', '/signatures/sign', {
      token: company.token,
      body: { contract_id: contract.id, ...signer, method: 'sms' },
    })
    expect(early.status).toBe(409)
    expect((await sign(company, contract, signer, { code: '123456' })).status).toBe(409)
    expect(await outbox(signer.client_phone)).toEqual([])
  })
})
