import { createExecutionContext, createScheduledController, env, waitOnExecutionContext } from 'cloudflare:test'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import '../warm.ts'
import worker from '../../src/worker.ts'
import { signMessage } from '../../src/webhooks/secrets.ts'
import {
  advance,
  askCode,
  call,
  createContract,
  filledContract,
  must,
  now,
  resetClock,
  sign,
  uploadTemplate,
  type Contract,
  statusesOf,
} from '../app.ts'
import { balanceOf, newCompany, newSigner, next, operatorToken, PLAIN_TEMPLATE, type Company, type Signer } from '../factories.ts'

let operator: string
beforeEach(async () => {
  operator = await operatorToken()
})
afterEach(resetClock)

interface Payment {
  id: number
  status: string
  total_amount: number
  paid_at: string | null
  expires_at: string
}
const units = { sms_count: 10, ecp_count: 5 }
const newPayment = (company: Company, more: object = {}) =>
  must<Payment>(201, 'POST', '/payment_requests', { token: company.token, body: { company_id: company.id, ...units, ...more } })
const put = (id: number, status: string, token: string, more: object = {}) =>
  call<Payment>('PUT', `/payment_requests/${id}`, { token, body: { status, ...more } })
const statusOf = async (id: number) => (await must<Payment>(200, 'GET', `/payment_requests/${id}`, { token: await operatorToken() })).status
const runMinute = async () => {
  const context = createExecutionContext()
  await worker.scheduled(createScheduledController({ cron: '* * * * *' }), env, context)
  await waitOnExecutionContext(context)
}
async function expectBalance(orgId: number, sms: number, ecp: number): Promise<void> {
  const wanted = { sms_signatures: sms, ecp_signatures: ecp }
  expect(await balanceOf(orgId)).toEqual({ left: wanted, ledger: wanted })
}

describe('the price of a payment request', () => {
  it('is the server’s: unit prices, less the plan’s discount, to the tiyn', async () => {
    const company = await newCompany()
    const plan = await must<{ id: number }>(201, 'POST', '/tariff-plans', {
      token: operator,
      body: { name: 'Базовый', discount: 10.55, from_count: 10, to_count: 20, is_active: true },
    })
    expect((await newPayment(company)).total_amount).toBe(2500)
    expect((await newPayment(company, { tariff_plan_id: plan.id })).total_amount).toBe(2236.25)
    expect((await newPayment(company, { tariff_plan_id: plan.id, total_amount: 2236.25 })).total_amount).toBe(2236.25)
    const bad: [string, object][] = [
      ['total_amount', { tariff_plan_id: plan.id, total_amount: 2236.24 }],
      ['total_amount', { total_amount: 0 }],
      ['total_amount', { total_amount: 2500.001 }],
      ['tariff_plan_id', { tariff_plan_id: 900_000_001 }],
      ['tariff_plan_id', { tariff_plan_id: plan.id, sms_count: 4 }],
      ['tariff_plan_id', { tariff_plan_id: plan.id, sms_count: 16 }],
      ['sms_count', { sms_count: 0, ecp_count: 0 }],
    ]
    for (const [field, more] of bad) {
      const answer = await call<{ errors: object }>('POST', '/payment_requests', {
        token: company.token,
        body: { company_id: company.id, ...units, ...more },
      })
      expect([answer.status, Object.keys(answer.body.errors ?? {})], JSON.stringify(more)).toEqual([400, [field]])
    }
    // A plan that is off offer, or gone, is no plan; what was asked for before keeps its price.
    const kept = await newPayment(company, { tariff_plan_id: plan.id })
    await must(200, 'PUT', `/tariff-plans/${plan.id}`, { token: operator, body: { is_active: false } })
    expect(
      (
        await call('POST', '/payment_requests', {
          token: company.token,
          body: { company_id: company.id, ...units, tariff_plan_id: plan.id },
        })
      ).status,
    ).toBe(400)
    await must(204, 'DELETE', `/tariff-plans/${plan.id}`, { token: operator })
    expect(await must(200, 'GET', `/payment_requests/${kept.id}`, { token: company.token })).toMatchObject({
      total_amount: 2236.25,
      tariff_plan_id: plan.id,
    })
  })

  it('plans have a range that is not empty, and their writer leaves a trail', async () => {
    const plan = { name: `План ${next()}`, discount: 0, from_count: 5, to_count: 4, is_active: true }
    expect((await call('POST', '/tariff-plans', { token: operator, body: plan })).status).toBe(400)
    const { id } = await must<{ id: number }>(201, 'POST', '/tariff-plans', { token: operator, body: { ...plan, to_count: 5 } })
    expect((await call('PUT', `/tariff-plans/${id}`, { token: operator, body: { from_count: 6 } })).status).toBe(400)
    await must(200, 'PUT', `/tariff-plans/${id}`, { token: operator, body: { to_count: 6 } })
    await must(204, 'DELETE', `/tariff-plans/${id}`, { token: operator })
    expect((await call('GET', `/tariff-plans/${id}`)).status).toBe(404)
    const trail = await env.DB.prepare('select actor, action from audit_log where subject in (?, ?) order by id')
      .bind(`tariff_plan:${plan.name}`, `tariff_plan:${id}`)
      .all()
    expect(trail.results).toEqual(['created', 'changed', 'deleted'].map((what) => ({ actor: 'operator', action: `tariff_plan.${what}` })))
  })

  it('plans that are changed side by side keep every change, but for one of two that leave no range', async () => {
    const plan = { name: `План ${next()}`, discount: 0, from_count: 5, to_count: 5, is_active: true }
    const { id } = await must<{ id: number }>(201, 'POST', '/tariff-plans', { token: operator, body: plan })
    const change = (body: object) => call('PUT', `/tariff-plans/${id}`, { token: operator, body })
    expect(statusesOf(await Promise.all([change({ to_count: 6 }), change({ discount: 7.5 }), change({ is_active: false })]))).toEqual([
      200, 200, 200,
    ])
    expect((await call('GET', `/tariff-plans/${id}`)).body).toMatchObject({ to_count: 6, discount: 7.5, is_active: false })
    expect(statusesOf(await Promise.all([change({ from_count: 6 }), change({ to_count: 5 })]))).toEqual([200, 400])
  })
})

describe('a payment request', () => {
  // from, to, who: what comes of it
  it.each([
    ['pending', 'pending', 'company', 200],
    ['pending', 'cancelled', 'company', 200],
    ['pending', 'paid', 'company', 403],
    ['pending', 'expired', 'company', 403],
    ['pending', 'cancelled', 'operator', 200],
    ['pending', 'paid', 'operator', 200],
    ['pending', 'expired', 'operator', 200],
    ['paid', 'pending', 'operator', 409],
    ['paid', 'cancelled', 'operator', 409],
    ['paid', 'cancelled', 'company', 409],
    ['paid', 'expired', 'operator', 409],
    ['paid', 'paid', 'operator', 409],
    ['cancelled', 'pending', 'operator', 409],
    ['cancelled', 'paid', 'operator', 409],
    ['cancelled', 'cancelled', 'company', 409],
    ['expired', 'pending', 'operator', 409],
    ['expired', 'paid', 'operator', 409],
    ['expired', 'cancelled', 'company', 409],
  ] as const)('%s to %s by the %s: %i', async (from, to, who, status) => {
    const company = await newCompany()
    const { id } = await newPayment(company)
    if (from !== 'pending') expect((await put(id, from, operator)).status).toBe(200)
    const answer = await put(id, to, who === 'operator' ? operator : company.token)
    expect(answer.status).toBe(status)
    expect(await statusOf(id)).toBe(status === 200 ? to : from)
    const paid = from === 'paid' || (status === 200 && to === 'paid')
    await expectBalance(company.id, paid ? 20 : 10, paid ? 10 : 5)
    if (status === 200) expect(answer.body.paid_at !== null).toBe(to === 'paid')
    expect((await call('DELETE', `/payment_requests/${id}`, { token: company.token })).status).toBe(paid ? 409 : 204)
  })

  it('paid ten times together is credited once', async () => {
    const company = await newCompany()
    const { id } = await newPayment(company)
    const answers = await Promise.all(Array.from({ length: 10 }, () => put(id, 'paid', operator)))
    expect(statusesOf(answers)).toEqual([200, ...Array.from({ length: 9 }, () => 409)])
    await expectBalance(company.id, 20, 10)
  })

  it('paid and cancelled and deleted together: one of them', async () => {
    for (let i = 0; i < 5; i++) {
      const company = await newCompany()
      const { id } = await newPayment(company)
      const work = [
        () => put(id, 'paid', operator),
        () => put(id, 'cancelled', company.token),
        () => call('DELETE', `/payment_requests/${id}`, { token: company.token }),
      ]
      const turned = [...work.slice(i % 3), ...work.slice(0, i % 3)]
      await Promise.all(turned.map((run) => run()))
      const row = await env.DB.prepare('select status, deleted_at from payment_requests where id = ?')
        .bind(id)
        .first<{ status: string; deleted_at: string | null }>()
      const credited = row?.status === 'paid'
      if (credited) expect(row?.deleted_at).toBeNull()
      await expectBalance(company.id, credited ? 20 : 10, credited ? 10 : 5)
    }
  })

  it('credits a company that has no balance', async () => {
    const company = await newCompany()
    const { id } = await newPayment(company)
    await must(204, 'DELETE', `/company-balances/${company.id}`, { token: operator })
    await expectBalance(company.id, 0, 0)
    expect((await put(id, 'paid', operator)).status).toBe(200)
    await expectBalance(company.id, 10, 5)
  })

  it('expires after a week, in every answer at once, and by cron in the book', async () => {
    const company = await newCompany()
    const [{ id }, other] = [await newPayment(company), await newPayment(company)]
    await put(other.id, 'paid', operator)
    await advance(7 * 86_400 - 5)
    await runMinute()
    expect(await statusOf(id)).toBe('pending')
    await advance(10)
    expect(await statusOf(id)).toBe('expired')
    const listed = await must<Payment[]>(200, 'GET', `/payment_requests/company/${company.id}`, { token: await freshToken(company) })
    expect(listed.map((p) => p.status)).toEqual(['paid', 'expired'])
    expect((await put(id, 'paid', await operatorToken())).status).toBe(409)
    expect((await put(id, 'cancelled', await freshToken(company))).status).toBe(409)
    await runMinute()
    await runMinute()
    const rows = await env.DB.prepare('select status from payment_requests where org_id = ? order by id').bind(company.id).all()
    expect(rows.results).toEqual([{ status: 'expired' }, { status: 'paid' }])
    await resetClock()
    expect(await statusOf(id)).toBe('expired')
    await expectBalance(company.id, 20, 10)
  })

  it('is not paid in the future, and remembers when it was', async () => {
    const company = await newCompany()
    const { id } = await newPayment(company)
    const at = async (seconds: number) => new Date((await now()).getTime() + seconds * 1000).toISOString()
    expect((await put(id, 'paid', operator, { paid_at: await at(3600) })).status).toBe(400)
    const yesterday = await at(-86_400)
    expect((await put(id, 'paid', operator, { paid_at: yesterday })).body.paid_at).toBe(yesterday)
  })
})

/** The clock was moved further than a token lives. */
async function freshToken(company: Company): Promise<string> {
  return (await must<{ token: string }>(200, 'POST', '/companies/login', { body: { email: company.email, password: 'верный пароль 1' } }))
    .token
}

describe('the payment provider’s callback', () => {
  interface Sent {
    body?: unknown
    raw?: string
    secret?: string
    timestamp?: number | string
    signature?: (right: string) => string
    signed?: string
  }
  async function callback({
    body,
    raw = JSON.stringify(body),
    secret = env.PAYMENT_CALLBACK_SECRET,
    timestamp,
    signature = (s) => s,
    signed = raw,
  }: Sent) {
    const at = timestamp ?? Math.floor((await now()).getTime() / 1000)
    const right = signMessage(secret, 'msg_1', Number(at), signed)
    return (
      await call('POST', '/payments/callback', {
        raw,
        headers: {
          'content-type': 'application/json',
          'webhook-id': 'msg_1',
          'webhook-timestamp': String(at),
          'webhook-signature': signature(right),
        },
      })
    ).status
  }

  it('that is signed marks a request paid, once, however often it comes', async () => {
    const company = await newCompany()
    const { id } = await newPayment(company)
    const body = { payment_request_id: id, status: 'paid', total_amount: 2500 }
    expect(await Promise.all([callback({ body }), callback({ body }), callback({ body })])).toContain(204)
    expect(await callback({ body, signature: (s) => `v1,AAAA v2,x ${s}` })).toBe(204)
    expect(await statusOf(id)).toBe('paid')
    await expectBalance(company.id, 20, 10)
  })

  it('that is not signed, not fresh or not about this sum changes nothing', async () => {
    const company = await newCompany()
    const { id } = await newPayment(company)
    const body = { payment_request_id: id, status: 'paid', total_amount: 2500 }
    const seconds = Math.floor((await now()).getTime() / 1000)
    const unsigned: Sent[] = [
      { body, signature: () => '' },
      { body, signature: () => 'v1,' },
      { body, signature: (s) => s.slice(0, -2) },
      { body, signature: (s) => s.replace('v1,', 'v2,') },
      { body, secret: `whsec_${'A'.repeat(40)}` },
      { body, signed: JSON.stringify({ ...body, payment_request_id: 1 }) },
      { body, timestamp: seconds - 301 },
      { body, timestamp: seconds + 400 },
      { body, timestamp: 'NaN' },
      { body, timestamp: '' },
      { body, timestamp: `${seconds}.5` },
      { body, signature: (s) => `${'v1,x '.repeat(20)}${s}` },
    ]
    for (const [i, sent] of unsigned.entries()) expect(await callback(sent), `case ${i}`).toBe(401)
    for (const raw of [
      '',
      '{',
      '[]',
      'null',
      '"x"',
      JSON.stringify({ ...body, status: 'cancelled' }),
      JSON.stringify({ ...body, payment_request_id: '1' }),
      JSON.stringify({ ...body, total_amount: -1 }),
    ])
      expect(await callback({ raw }), raw).toBe(400)
    for (const total_amount of [2499.99, 2500.001, 0, 1e-7, 25e300])
      expect([400, 409], String(total_amount)).toContain(await callback({ body: { ...body, total_amount } }))
    expect(await callback({ raw: `{"x":"${'a'.repeat(30_000)}"}` })).toBe(413)
    expect(await callback({ body: { ...body, payment_request_id: 900_000_001 } })).toBe(404)
    expect(await callback({ body: { ...body, payment_request_id: 900_000_001, total_amount: 1e-7 } })).toBe(404)
    expect(await statusOf(id)).toBe('pending')
    await put(id, 'cancelled', company.token)
    expect(await callback({ body })).toBe(409)
    await expectBalance(company.id, 10, 5)
  })
})

describe('prepaid signatures', () => {
  async function readyToSign(company: Company, template: number): Promise<{ contract: Contract; signer: Signer; code: string }> {
    const contract = await createContract(company, template)
    const signer = newSigner()
    return { contract, signer, code: await askCode(company, contract, signer) }
  }

  it('race: five signatures on three units make three, and the ledger adds up', async () => {
    const company = await newCompany()
    const template = await uploadTemplate(company, PLAIN_TEMPLATE)
    const ready = []
    for (let i = 0; i < 5; i++) ready.push(await readyToSign(company, template))
    await must(200, 'PUT', `/company-balances/${company.id}`, { token: operator, body: { sms_signatures: 3 } })
    const answers = await Promise.all(ready.map(({ contract, signer, code }) => sign(company, contract, signer, { code })))
    expect(statusesOf(answers)).toEqual([201, 201, 201, 402, 402])
    await expectBalance(company.id, 0, 5)
    // Nothing was signed by those, and nothing is asked for any more.
    const unpaid = ready.filter((_, i) => answers[i]?.status === 402)
    for (const { contract } of unpaid) {
      expect(await must(200, 'GET', `/contracts/${contract.id}`, { token: company.token })).toMatchObject({ signed_at: null })
      expect((await sign(company, contract, newSigner())).status).toBe(402)
    }
    // Paid for meanwhile, the codes still sign.
    await must(200, 'PUT', `/company-balances/${company.id}`, { token: operator, body: { sms_signatures: 2 } })
    const late = await Promise.all(unpaid.map(({ contract, signer, code }) => sign(company, contract, signer, { code })))
    expect(late.map((a) => a.status)).toEqual([201, 201])
    await expectBalance(company.id, 0, 5)
  })

  it('are set by the operator alone, with the difference in the ledger, also while somebody signs', async () => {
    const company = await newCompany()
    expect((await call('PUT', `/company-balances/${company.id}`, { token: company.token, body: { sms_signatures: 999 } })).status).toBe(403)
    const contract = await filledContract(company)
    const signer = newSigner()
    const code = await askCode(company, contract, signer)
    await Promise.all([
      sign(company, contract, signer, { code }),
      ...[4, 7, 5].map((n) =>
        must(200, 'PUT', `/company-balances/${company.id}`, { token: operator, body: { sms_signatures: n, ecp_signatures: n } }),
      ),
    ])
    const { left, ledger } = await balanceOf(company.id)
    expect(left).toEqual(ledger)
    expect(
      (await call('POST', '/company-balances', { token: operator, body: { company_id: company.id, sms_signatures: 1, ecp_signatures: 1 } }))
        .status,
    ).toBe(409)
    expect(
      (
        await call('POST', '/company-balances', {
          token: operator,
          body: { company_id: 900_000_001, sms_signatures: 1, ecp_signatures: 1 },
        })
      ).status,
    ).toBe(404)
  })

  it('can be more than one request buys', async () => {
    const company = await newCompany()
    await must(200, 'PUT', `/company-balances/${company.id}`, { token: operator, body: { sms_signatures: 1_000_000 } })
    const { id } = await newPayment(company)
    await put(id, 'paid', operator)
    expect(await must(200, 'GET', `/company-balances/${company.id}`, { token: company.token })).toMatchObject({ sms_signatures: 1_000_010 })
  })
})
