import { randomInt } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { inventIin, inventPhone, registerCompany, uploadTemplate, type Api, type Company } from '../../.tools/demo-steps.ts'
import { docx, p } from '../documents/files.ts'
import { contractByToken, operator, pause, until, type Contract, type Person } from './service.ts'
import { Mortal, Receiver } from './setup-crash.ts'

/**
 * The whole process tree is killed (SIGKILL) at many moments while contracts are filled in, codes are asked for, signatures are made and
 * payments are marked, and started again on the same state. What was acknowledged must hold, nothing may be done twice, and what was begun
 * must come to its end.
 *
 * Contracts move through three stages, one a round: filled in, asked a code for, signed. So each round kills all of it at once.
 */

const UNITS = 500
const PER_ROUND = 3
/** When the tree is killed: so many milliseconds after the round's calls began, or at the first (last) acknowledgement of some kind. */
const MOMENTS: (number | 'first 202' | 'last 202' | 'first 201' | 'last 201')[] = [
  0,
  'last 202',
  25,
  'first 201',
  90,
  'first 202',
  'last 201',
  randomInt(0, 600),
]

interface Deal {
  contract: Contract
  person: Person
  code?: string
  /** What the service acknowledged. */
  filled: boolean
  codeSent: boolean
  signedAt?: string
  /** Asked for more than once because a call was cut off. */
  repeated: boolean
}
interface Payment {
  id: number
  units: number
  paid: boolean
}

let mortal: Mortal
let receiver: Receiver
let company: Company
let platform: Api
let template: { id: number }
const deals: Deal[] = []
const payments: Payment[] = []

beforeAll(async () => {
  ;[mortal, receiver] = await Promise.all([Mortal.start(), Receiver.start()])
  company = await registerCompany(mortal.url, 'ТОО «Обрыв»')
  platform = await operator(mortal.url)
  await platform.call('PUT', `/company-balances/${company.id}`, { sms_signatures: UNITS })
  await company.api.call('POST', '/api/v1/webhooks', { url: receiver.url })
  template = await uploadTemplate(company, docx(p('Договор: {client_name}')), 'Договор')
}, 180_000)
afterAll(async () => {
  receiver?.stop()
  await mortal?.remove()
}, 60_000)

async function newDeal(): Promise<Deal> {
  const { api, id } = company
  const contract = await api.call<Contract>('POST', '/contracts', { company_id: id, template_id: template.id })
  await api.call('POST', '/contract-fields', { contract_id: contract.id, field_name: 'client_name', field_type: 'text' })
  const person = { client_name: 'Қасымов Әлихан', client_iin: inventIin(), client_phone: inventPhone() }
  const deal = { contract, person, filled: false, codeSent: false, repeated: false }
  deals.push(deal)
  return deal
}
async function newPayment(): Promise<Payment> {
  const units = randomInt(1, 9)
  const { id } = await company.api.call<{ id: number }>('POST', '/payment_requests', {
    company_id: company.id,
    sms_count: units,
    ecp_count: 0,
  })
  const payment = { id, units, paid: false }
  payments.push(payment)
  return payment
}

type Answer = { status: number; said: Record<string, unknown> } | undefined
/** A call that may be cut off: then there is no answer. */
async function attempt(by: Api, method: string, path: string, body: Record<string, unknown>): Promise<Answer> {
  try {
    const response = await by.raw(method, path, body)
    return { status: response.status, said: (await response.json()) as Record<string, unknown> }
  } catch {
    return undefined
  }
}
/** An answer of the service itself, and no fault: what lies between a dying service and its caller may say 5xx for it. */
const answered = (answer: Answer): answer is NonNullable<Answer> => answer !== undefined && 'title' in answer.said !== answer.status < 400

const signBody = (deal: Deal) => ({ contract_id: deal.contract.id, method: 'sms', ...deal.person })

async function fill(deal: Deal): Promise<Answer> {
  const answer = await attempt(company.api, 'PUT', `/contracts/token/${deal.contract.contract_token}/fields`, {
    values: { client_name: deal.person.client_name },
  })
  if (answer?.status === 200) deal.filled = true
  return answer
}
async function ask(deal: Deal): Promise<Answer> {
  const answer = await attempt(company.api, 'POST', '/signatures/sign', signBody(deal))
  if (answer?.status === 202) deal.codeSent = true
  return answer
}
async function sign(deal: Deal): Promise<Answer> {
  const answer = await attempt(company.api, 'POST', '/signatures/sign', { ...signBody(deal), code: deal.code })
  if (answer?.status === 201) deal.signedAt = String(answer.said.signed_at)
  return answer
}
async function pay(payment: Payment): Promise<Answer> {
  const answer = await attempt(platform, 'PUT', `/payment_requests/${payment.id}`, { status: 'paid' })
  if (answer?.status === 200) payment.paid = true
  return answer
}

const now = (deal: Deal) => contractByToken(company.api, deal.contract.contract_token)
async function codesOf(deal: Deal): Promise<string[]> {
  const { messages } = await company.api.call<{ messages: { code: string }[] }>(
    'GET',
    `/dev/outbox?to=${encodeURIComponent(deal.person.client_phone)}`,
  )
  return messages.map((m) => m.code)
}
/** Cron is called again and again, as in production, until there is an answer. */
const eventually = <T>(what: string, look: () => Promise<T | undefined>, seconds = 60) =>
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

async function finishFilling(deal: Deal): Promise<void> {
  const before = await now(deal)
  if (deal.filled) expect([deal.contract.id, before.client_filled], 'an acknowledged filling holds').toEqual([deal.contract.id, true])
  else if (!before.client_filled) {
    const again = await fill(deal)
    expect([again?.status, deal.contract.id], JSON.stringify(again?.said)).toEqual([200, deal.contract.id])
  }
  deal.contract = await eventually(`rendering of ${deal.contract.id}`, async () => {
    const contract = await now(deal)
    expect(contract.rendering.status).not.toBe('failed')
    return contract.generated_pdf_path && contract.package_id ? contract : undefined
  })
}

async function finishAsking(deal: Deal): Promise<void> {
  if (!deal.codeSent) {
    // Either it came to nothing and is asked again, or it had begun: then the code comes, and asking again is too soon.
    const again = await ask(deal)
    expect([202, 429], JSON.stringify(again?.said)).toContain(again?.status)
    deal.repeated = true
  }
  deal.code = await eventually(`the code for ${deal.contract.id}`, async () => (await codesOf(deal))[0])
}

async function finishSigning(deal: Deal): Promise<void> {
  if (deal.signedAt === undefined) {
    deal.repeated = true
    const again = await sign(deal)
    // Signed by the call that was cut off, or now.
    expect([201, 409], JSON.stringify(again?.said)).toContain(again?.status)
  }
  const contract = await eventually(`the signature of ${deal.contract.id}`, async () => {
    const found = await now(deal)
    return found.signed_at ? found : undefined
  })
  if (deal.signedAt !== undefined) expect(contract.signed_at).toBe(deal.signedAt)
  deal.contract = contract
}

async function finishPaying(payment: Payment): Promise<void> {
  const { status } = await company.api.call<{ status: string }>('GET', `/payment_requests/${payment.id}`)
  if (payment.paid) expect([payment.id, status], 'an acknowledged payment holds').toEqual([payment.id, 'paid'])
  else if (status === 'pending') expect((await pay(payment))?.status).toBe(200)
  payment.paid = true
}

async function round(moment: (typeof MOMENTS)[number], fills: Deal[], asks: Deal[], signs: Deal[]): Promise<void> {
  const paying = await Promise.all([newPayment(), newPayment()])
  let killed = false
  const kill = () => {
    if (!killed) mortal.kill()
    killed = true
  }
  const seen = { 201: 0, 202: 0 }
  const watch = (status: 201 | 202, of: number) => (answer: Answer) => {
    if (!answered(answer) || answer.status !== status) return
    seen[status]++
    if ((moment === `first ${status}` && seen[status] === 1) || (moment === `last ${status}` && seen[status] === of)) kill()
  }
  // Not all in the same millisecond: calls are to be met at different points of their way.
  const staggered = async <T>(i: number, call: () => Promise<T>) => {
    await pause(i * 15)
    return call()
  }
  const calls = [
    ...signs.map((deal, i) => staggered(i, () => sign(deal)).then(watch(201, signs.length))),
    ...asks.map((deal, i) => staggered(i, () => ask(deal)).then(watch(202, asks.length))),
    ...fills.map((deal, i) => staggered(i, () => fill(deal))),
    ...paying.map((payment, i) => staggered(i, () => pay(payment))),
  ]
  if (typeof moment === 'number') await pause(moment).then(kill)
  await Promise.all(calls)
  kill()
  await mortal.revive()
  const tasks = [
    ...signs.map((deal) => () => finishSigning(deal)),
    ...asks.map((deal) => () => finishAsking(deal)),
    ...fills.map((deal) => () => finishFilling(deal)),
    ...paying.map((payment) => () => finishPaying(payment)),
  ]
  await Promise.all(tasks.map((task) => task()))
}

it.each(MOMENTS.map((moment, i) => ({ i, moment })))(
  'killed at $moment: what was acknowledged holds, and the rest comes to its end',
  async ({ i, moment }) => {
    const made = deals.length
    for (let n = 0; n < PER_ROUND; n++) await newDeal()
    const from = (back: number) => (back > i ? [] : deals.slice(made - back * PER_ROUND, made - (back - 1) * PER_ROUND))
    await round(moment, from(0), from(1), from(2))
  },
  150_000,
)

it('nothing was done twice, and all that was queued is done', async () => {
  // The last two rounds' contracts are taken to the end without a kill.
  for (const deal of deals.filter((d) => d.code === undefined)) {
    await ask(deal)
    await finishAsking(deal)
  }
  for (const deal of deals.filter((d) => d.contract.signed_at === null)) {
    await sign(deal)
    await finishSigning(deal)
  }
  const { api, id } = company
  const paid = payments.reduce((sum, payment) => sum + payment.units, 0)
  expect(await api.call('GET', `/company-balances/${id}`)).toMatchObject({ sms_signatures: UNITS + paid - deals.length })
  expect(await api.call('GET', `/stats/company/${id}`)).toMatchObject({ total_signed: deals.length, active_contracts: 0 })

  for (const deal of deals) {
    const { id: contractId, signed_at } = deal.contract
    const rows = await api.call<{ signed_at: string | null }[]>('GET', `/signatures/contract/${contractId}`)
    expect(rows.filter((r) => r.signed_at)).toEqual([expect.objectContaining({ signed_at, client_iin: deal.person.client_iin })])
    const stamped = await eventually(`the stamped file of ${contractId}`, async () => {
      const response = await api.raw('GET', `/contracts/${contractId}/pdf`)
      await response.body?.cancel()
      return response.ok ? response.headers.get('etag') : undefined
    })
    const check = await api.call<{ valid: boolean; documents: { stamped_sha256: string }[] }>(
      'GET',
      `/api/v1/verify/${deal.contract.package_id}`,
    )
    expect(check).toMatchObject({ valid: true, documents: [{ stamped_sha256: stamped?.replaceAll('"', '') }] })
    await eventually(`the webhook of ${contractId}`, async () => (receiver.about('contract_id', contractId).length > 0 ? true : undefined))
    expect(receiver.about('contract_id', contractId)).toHaveLength(1)
    // One code, unless a call that was cut off before its code was on its way was made again.
    const codes = await codesOf(deal)
    expect(codes.length).toBeLessThanOrEqual(deal.repeated ? 2 : 1)
  }
  for (const payment of payments) {
    await eventually(`the webhook of payment ${payment.id}`, async () =>
      receiver.about('payment_request_id', payment.id).length > 0 ? true : undefined,
    )
    expect(receiver.about('payment_request_id', payment.id)).toHaveLength(1)
  }
  expect(mortal.kills).toBe(MOMENTS.length)
}, 240_000)

it('the database agrees: one entry for each unit, one file for each document, no work left over', async () => {
  await mortal.settle()
  const database = await mortal.database()
  const rows = (sql: string) =>
    database
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }))
  const [ledger] = rows(
    `select sum(sms) as sms, sum(cause = 'signature') as signatures, sum(cause = 'payment') as payments from balance_entries where org_id = ${company.id}`,
  )
  const [balance] = rows(`select sms_signatures as sms from balances where org_id = ${company.id}`)
  expect(ledger).toEqual({ sms: balance?.sms, signatures: deals.length, payments: payments.length })
  expect(
    rows(
      `select type, count(*) as files from package_files f join packages p on p.id = f.package_id and p.status = 'signed' group by type order by type`,
    ),
  ).toEqual([
    { type: 'original', files: deals.length },
    { type: 'stamped', files: deals.length },
  ])
  expect(rows(`select status, count(*) as deliveries from webhook_deliveries group by status`)).toEqual([
    { status: 'delivered', deliveries: deals.length + payments.length },
  ])
  expect(rows(`select sum(signed) as signed from signed_totals`)).toEqual([{ signed: deals.length }])
  expect(rows(`select contract_id from signatures where signed_at is not null group by contract_id having count(*) > 1`)).toEqual([])
  expect(rows(`select type, status, error from jobs where status <> 'done'`)).toEqual([])
  expect(rows(`select contract_id, version from renderings where status = 'rendering' or status = 'failed'`)).toEqual([])
  database.close()
  expect(mortal.faults()).toEqual([])
}, 150_000)
