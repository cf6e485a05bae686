import { randomInt, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Api, inventPhone, registerCompany, type Company } from '../../.tools/demo-steps.ts'
import { getPackage, makeLink, makePackage, type MadePackage } from './packages.ts'
import { operator, pause, until } from './service.ts'
import { Mortal, Receiver } from './setup-crash.ts'

/**
 * A hundred people sign one package in the same moment, some of them twice over: again and again on a service that goes on running, and on
 * one whose whole process tree is killed (SIGKILL) while they do. Each signature that was acknowledged must stand, each costs one unit, and
 * the package is signed once and sealed once.
 */

const SIGNERS = 100
/** Twenty of them take minutes: RACE_REPEATS=20. */
const REPEATS = Number(process.env.RACE_REPEATS ?? 2)
/** When the tree is killed: so many milliseconds after all began, or at the n-th acknowledgement. */
const MOMENTS: { after: 'ms' | 'acknowledged'; n: number }[] = [
  { after: 'acknowledged', n: 50 },
  { after: 'ms', n: randomInt(50, 3000) },
]
const UNITS = (REPEATS + MOMENTS.length) * SIGNERS + 50
const OFFICE = '/api/v1/office'

interface Signer {
  phone: string
  token: string
  code: string
  acknowledged: boolean
}
interface Race {
  made: MadePackage
  signers: Signer[]
  callback: string
}

let mortal: Mortal
let receiver: Receiver
let company: Company
/** Nobody: who signs has a link and no account. */
let open: Api
const races: Race[] = []

beforeAll(async () => {
  ;[mortal, receiver] = await Promise.all([Mortal.start(), Receiver.start()])
  company = await registerCompany(mortal.url, 'ТОО «Гонка»')
  open = new Api(mortal.url)
  await (await operator(mortal.url)).call('PUT', `/company-balances/${company.id}`, { sms_signatures: UNITS })
}, 180_000)
afterAll(async () => {
  receiver?.stop()
  await mortal?.remove()
}, 60_000)

/** So many at a time. */
async function pooled<T, R>(all: readonly T[], width: number, work: (one: T, i: number) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  const queue = [...all.entries()]
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let next = queue.shift(); next; next = queue.shift()) results[next[0]] = await work(next[1], next[0])
    }),
  )
  return results
}

/** Cron is called again and again, as in production, until there is an answer. */
const eventually = <T>(what: string, look: () => Promise<T | undefined>, seconds = 90) =>
  until(
    what,
    async () => {
      const found = await look()
      if (found === undefined) await mortal.cron()
      return found
    },
    seconds,
    1000,
  )

/** A package whose signers all hold a code that has just come. */
async function newRace(): Promise<Race> {
  const phones = Array.from({ length: SIGNERS }, inventPhone)
  const callback = `${receiver.url}/${randomUUID()}`
  const route = phones.map((phone, i) => ({ person: { full_name: `Подписант ${i + 1}`, phone }, methods: ['sms' as const] }))
  const made = await makePackage(company, `Гонка ${races.length + 1}`, [1], route, { callback_url: callback })
  const signers = await pooled(phones, 8, async (phone, i): Promise<Signer> => {
    const { token } = await makeLink(company, made, i)
    await open.call('POST', `/sign/${token}/otp`)
    return { phone, token, code: '', acknowledged: false }
  })
  await pooled(signers, 8, async (signer) => {
    signer.code = await eventually(`the code for ${signer.phone}`, async () => {
      const { messages } = await open.call<{ messages: { code: string | null }[] }>(
        'GET',
        `/dev/outbox?to=${encodeURIComponent(signer.phone)}`,
      )
      return messages[0]?.code ?? undefined
    })
  })
  const race = { made, signers, callback }
  races.push(race)
  return race
}

/** Undefined where the call was cut off. What lies between a dying service and its caller may say 5xx for it. */
async function sign(signer: Signer): Promise<number | undefined> {
  try {
    const response = await open.raw('POST', `/sign/${signer.token}/sign`, { method: 'sms', code: signer.code, consent: true })
    const said = (await response.json()) as Record<string, unknown>
    if (response.status === 200 && said.participant_status === 'signed') signer.acknowledged = true
    return response.status
  } catch {
    return undefined
  }
}

const balance = async () => (await company.api.call<{ sms_signatures: number }>('GET', `/company-balances/${company.id}`)).sms_signatures
/** Everything that must have come of a race, once. */
async function expectOutcome({ made, callback, signers }: Race, unitsBefore: number): Promise<void> {
  const { api } = company
  const path = `${OFFICE}/packages/${made.id}`
  const done = await eventually(`the end of ${made.id}`, async () => {
    const found = await getPackage(company, made)
    return found.status === 'in_progress' ? undefined : found
  })
  expect(done.status).toBe('signed')
  expect(done.participants.map((p) => p.status)).toEqual(signers.map(() => 'signed'))
  const files = await eventually(`the seal of ${made.id}`, async () => {
    const { items } = await api.call<{ items: { id: string; type: string }[] }>('GET', `${path}/files`)
    return items.some((f) => f.type === 'certificate') ? items : undefined
  })
  expect(files.map((f) => f.type)).toEqual(['original', 'stamped', 'certificate'])
  const { items, valid } = await api.call<{ items: { type: string; data?: { participant_id?: string } }[]; valid: boolean }>(
    'GET',
    `${path}/events`,
  )
  const times = (type: string) => items.filter((e) => e.type === type).length
  expect([valid, times('package.signed'), times('package.sealed'), times('participant.signed')]).toEqual([true, 1, 1, SIGNERS])
  const ids = new Set(made.participants.map((p) => p.id))
  expect(new Set(items.filter((e) => e.type === 'participant.signed').map((e) => e.data?.participant_id))).toEqual(ids)
  const signatures = await api.call<{ items: { participant_id: string }[] }>('GET', `${path}/files/${files[0]?.id}/signatures`)
  expect([signatures.items.length, new Set(signatures.items.map((s) => s.participant_id))]).toEqual([SIGNERS, ids])
  expect(unitsBefore - (await balance())).toBe(SIGNERS)
  // in_progress and signed of the package, current and signed of each: each under one id.
  const expected = 2 + 2 * SIGNERS
  const heard = () => receiver.calls.filter((c) => c.path === new URL(callback).pathname)
  await eventually(`the callbacks of ${made.id}`, async () => (new Set(heard().map((c) => c.id)).size >= expected ? true : undefined))
  const changes = new Map(heard().map((c) => [c.id, JSON.stringify(c.body.data)]))
  expect([changes.size, new Set(changes.values()).size]).toEqual([expected, expected])
}

it.each(Array.from({ length: REPEATS }, (_, i) => i + 1))(
  'a hundred at once, number %i: each signs once, one seal',
  async () => {
    const race = await newRace()
    const before = await balance()
    // Every tenth is impatient and sends it twice.
    const answers = await Promise.all(race.signers.flatMap((signer, i) => (i % 10 ? [sign(signer)] : [sign(signer), sign(signer)])))
    const tally = Object.fromEntries([...Map.groupBy(answers, String)].map(([status, of]) => [status, of.length]))
    expect(tally).toEqual({ 200: SIGNERS, 409: SIGNERS / 10 })
    expect(race.signers.every((s) => s.acknowledged)).toBe(true)
    await expectOutcome(race, before)
  },
  180_000,
)

it.each(MOMENTS)(
  'killed after $n $after: what was acknowledged stands, the rest is signed once',
  async ({ after, n }) => {
    const race = await newRace()
    const before = await balance()
    const kills = mortal.kills
    let seen = 0
    const kill = () => {
      if (mortal.kills === kills) mortal.kill()
    }
    const all = race.signers.map(async (signer) => {
      if ((await sign(signer)) === 200 && ++seen === n && after === 'acknowledged') kill()
    })
    if (after === 'ms') await pause(n).then(kill)
    await Promise.all(all)
    kill()
    await mortal.revive()
    const acknowledged = race.signers.filter((s) => s.acknowledged).length
    if (after === 'acknowledged') expect(acknowledged).toBeGreaterThanOrEqual(n)
    const held = (await getPackage(company, race.made)).participants.map((p) => p.status)
    for (const [i, signer] of race.signers.entries()) if (signer.acknowledged) expect(held[i]).toBe('signed')
    // Whoever was cut off tries again with the same code: signed by the call that was cut off, or now.
    const again = await Promise.all(race.signers.filter((s) => !s.acknowledged).map((signer) => sign(signer)))
    expect(again.filter((status) => status !== 200 && status !== 409)).toEqual([])
    await expectOutcome(race, before)
  },
  240_000,
)

it('the database agrees: one unit, one signature and one delivery for each, no work left over', async () => {
  await mortal.settle()
  const database = await mortal.database()
  const rows = (sql: string) =>
    database
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }))
  const total = races.length * SIGNERS
  expect(
    rows(`select count(*) as entries, count(distinct id) as ids, sum(sms) as sms from balance_entries where cause = 'signature'`),
  ).toEqual([{ entries: total, ids: total, sms: -total }])
  expect(
    rows(`select count(*) as signatures, count(distinct package_id || participant_id || document_id) as ids from package_signatures`),
  ).toEqual([{ signatures: total, ids: total }])
  expect(rows(`select type, count(*) as files from package_files group by type order by type`)).toEqual([
    { type: 'certificate', files: races.length },
    { type: 'original', files: races.length },
    { type: 'stamped', files: races.length },
  ])
  expect(rows(`select status, count(*) as n, count(distinct message_id) as ids from webhook_deliveries group by status`)).toEqual([
    { status: 'delivered', n: races.length * (2 + 2 * SIGNERS), ids: races.length * (2 + 2 * SIGNERS) },
  ])
  expect(rows(`select package_id, max(seq) - count(*) as gaps from package_events group by package_id having gaps <> 0`)).toEqual([])
  expect(rows(`select type, status, error from jobs where status <> 'done'`)).toEqual([])
  database.close()
  expect(mortal.faults()).toEqual([])
}, 120_000)
