import { env } from 'cloudflare:test'
import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { runJob } from '../../src/queue/consumer.ts'
import { announce } from '../../src/queue/outbox.ts'
import { batch } from '../../src/db/client.ts'
import { RETRY_SECONDS } from '../../src/webhooks/deliver.ts'
import { publish } from '../../src/webhooks/publish.ts'
import { advance, call, drain, must, resetClock, signedContract, until } from '../app.ts'
import { newCompany, newCtx, type Company } from '../factories.ts'

interface Heard {
  url: string
  headers: Headers
  body: string
  redirect: string | undefined
}
let heard: Heard[] = []
/** What a receiver answers, by its host. */
const answers = new Map<string, () => Response | Promise<Response>>()

beforeEach(() => {
  heard = []
  answers.clear()
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const url = input instanceof Request ? input.url : String(input)
    heard.push({
      url,
      headers: new Headers(init?.headers),
      body: typeof init?.body === 'string' ? init.body : '',
      redirect: init?.redirect,
    })
    return (answers.get(new URL(url).host) ?? (() => new Response(null, { status: 204 })))()
  })
})
afterEach(async () => {
  // Nothing that is still planned may come to a later test's receiver.
  await env.DB.prepare("update jobs set status = 'done', payload = null where type = 'webhook.deliver'").run()
  vi.restoreAllMocks()
  await resetClock()
})

interface Endpoint {
  id: string
  secret: string
  url: string
  host: string
}
interface Delivery {
  id: string
  event: string
  message_id: string
  status: string
  attempts: number
  response_status: number | null
  error: string | null
  next_attempt_at: string | null
}
let hosts = 0
async function newEndpoint(company: Company, more: object = {}): Promise<Endpoint> {
  const host = `hook${++hosts}.example.com`
  const made = await must<Endpoint>(201, 'POST', '/api/v1/webhooks', {
    token: company.token,
    body: { url: `https://${host}/in?x=1`, ...more },
  })
  return { ...made, host }
}
const test = async (company: Company, endpoint: Endpoint) =>
  (await must<{ delivery_id: string }>(202, 'POST', `/api/v1/webhooks/${endpoint.id}/test`, { token: company.token })).delivery_id
const log = async (company: Company, endpoint: Endpoint) =>
  (await must<{ items: Delivery[] }>(200, 'GET', `/api/v1/webhooks/${endpoint.id}/deliveries`, { token: company.token })).items
const change = (company: Company, endpoint: Endpoint, body: object) =>
  must(200, 'PATCH', `/api/v1/webhooks/${endpoint.id}`, { token: company.token, body })
const at = (endpoint: Endpoint) => heard.filter((h) => new URL(h.url).host === endpoint.host)
/** Waits until nothing is due any more, whoever did it. */
const settled = async (company: Company, endpoint: Endpoint, look: (d: Delivery) => boolean) =>
  until(async () => {
    await drain()
    const items = await log(company, endpoint)
    return items.length > 0 && items.every(look) && items
  }, 'a delivery')
/** Standard Webhooks 1.0, worked out anew. */
const signatureOf = (secret: string, h: Heard) =>
  `v1,${createHmac('sha256', Buffer.from(secret.replace('whsec_', ''), 'base64'))
    .update(`${h.headers.get('webhook-id')}.${h.headers.get('webhook-timestamp')}.${h.body}`)
    .digest('base64')}`

describe('a call', () => {
  it('tells of a signed contract, signed as Standard Webhooks has it, to those who asked for it', async () => {
    const company = await newCompany()
    const [all, some, none] = [
      await newEndpoint(company),
      await newEndpoint(company, { events: ['contract.signed', 'contract.signed'] }),
      await newEndpoint(company, { events: ['payment_request.status_changed'] }),
    ]
    const { contract, signature } = await signedContract(company)
    for (const endpoint of [all, some]) {
      await settled(company, endpoint, (d) => d.status === 'delivered')
      const [got, ...more] = at(endpoint)
      if (!got) throw new Error('nothing came')
      expect(more).toEqual([])
      expect(JSON.parse(got.body)).toMatchObject({
        type: 'contract.signed',
        timestamp: expect.any(String) as string,
        data: { contract_id: contract.id, company_id: company.id, method: 'sms', signed_at: signature.signed_at },
      })
      expect([got.url, got.redirect, got.headers.get('content-type')]).toEqual([endpoint.url, 'manual', 'application/json'])
      expect(Math.abs(Number(got.headers.get('webhook-timestamp')) - Date.now() / 1000)).toBeLessThan(30)
      expect(got.headers.get('webhook-id')).toMatch(/^msg_[0-9a-f]{32}$/)
      expect(got.headers.get('webhook-signature')).toBe(signatureOf(endpoint.secret, got))
      expect(got.body).not.toContain(signature.client_phone)
    }
    expect(at(none)).toEqual([])
  })

  it('of one event goes out once, however often the event is seen', async () => {
    const company = await newCompany()
    const endpoint = await newEndpoint(company)
    const ctx = await newCtx()
    for (let i = 0; i < 3; i++) {
      const { writes, jobs } = await publish(ctx, company.id, 'contract.signed', { contract_id: 1 }, { key: 'the same' })
      await batch(ctx.db, writes)
      await announce(ctx.env, jobs)
    }
    await settled(company, endpoint, (d) => d.status === 'delivered')
    await drain()
    expect(at(endpoint)).toHaveLength(1)
  })

  it('of another organization is not made, shown or repeated', async () => {
    const [company, other] = [await newCompany(), await newCompany()]
    const [endpoint, theirs] = [await newEndpoint(company), await newEndpoint(other)]
    const id = await test(other, theirs)
    await settled(other, theirs, (d) => d.status === 'delivered')
    expect(at(endpoint)).toEqual([])
    expect((await call('POST', `/api/v1/webhooks/${endpoint.id}/deliveries/${id}/replay`, { token: company.token })).status).toBe(404)
    expect((await call('POST', `/api/v1/webhooks/${theirs.id}/deliveries/${id}/replay`, { token: company.token })).status).toBe(404)
  })
})

describe('a receiver that fails', () => {
  it('is tried again on the schedule, under the same id, and then no more', async () => {
    const company = await newCompany()
    const endpoint = await newEndpoint(company)
    answers.set(endpoint.host, () => new Response('no', { status: 500 }))
    const ctx = await newCtx()
    const id = await test(company, endpoint)
    for (const [i, wait] of [...RETRY_SECONDS, undefined].entries()) {
      const [delivery] = await settled(company, endpoint, (d) => d.attempts === i + 1)
      expect(delivery).toMatchObject({
        id,
        attempts: i + 1,
        response_status: 500,
        error: 'answered 500',
        status: wait === undefined ? 'failed' : 'pending',
      })
      const jobs = (
        await env.DB.prepare("select id, due_at from jobs where status = 'pending' and type = 'webhook.deliver'").all<{
          id: string
          due_at: string
        }>()
      ).results
      expect(jobs).toHaveLength(wait === undefined ? 0 : 1)
      if (wait === undefined) break
      const planned = Date.parse(jobs[0]?.due_at ?? '') - Date.now()
      expect(planned / 1000).toBeGreaterThan(wait - 10)
      expect(planned / 1000).toBeLessThanOrEqual(wait)
      expect(delivery?.next_attempt_at).not.toBeNull()
      // Too early is not at all; then its time has come.
      await runJob(ctx, jobs[0]?.id ?? '')
      expect(at(endpoint)).toHaveLength(i + 1)
      await env.DB.prepare("update jobs set due_at = '2020-01-01T00:00:00.000Z' where id = ?").bind(jobs[0]?.id).run()
    }
    expect(at(endpoint)).toHaveLength(8)
    expect(new Set(at(endpoint).map((h) => h.headers.get('webhook-id'))).size).toBe(1)
    expect(new Set(at(endpoint).map((h) => h.body)).size).toBe(1)
    expect([5, 300, 1800, 7200, 18_000, 36_000, 36_000]).toEqual([...RETRY_SECONDS])

    // Repeated by hand it keeps its id, and arrives.
    answers.delete(endpoint.host)
    await must(202, 'POST', `/api/v1/webhooks/${endpoint.id}/deliveries/${id}/replay`, { token: company.token })
    await settled(company, endpoint, (d) => d.status === 'delivered')
    expect(new Set(at(endpoint).map((h) => h.headers.get('webhook-id'))).size).toBe(1)
    expect(at(endpoint)).toHaveLength(9)
  })

  it.each<[string, () => Response | Promise<Response>, object]>([
    [
      'a redirect, which is not followed',
      () => new Response(null, { status: 302, headers: { location: 'http://127.0.0.1/' } }),
      { response_status: 302 },
    ],
    ['a refusal', () => new Response('x', { status: 410 }), { response_status: 410 }],
    [
      'silence',
      () => Promise.reject(new DOMException('secret', 'TimeoutError')),
      { response_status: null, error: 'no answer within 15 s' },
    ],
    [
      'nobody there',
      () => Promise.reject(new TypeError('connect 10.0.0.1 refused')),
      { response_status: null, error: 'could not be reached' },
    ],
  ])('%s counts as failed', async (_, answer, wanted) => {
    const company = await newCompany()
    const endpoint = await newEndpoint(company)
    answers.set(endpoint.host, answer)
    await test(company, endpoint)
    const [delivery] = await settled(company, endpoint, (d) => d.attempts === 1)
    expect(delivery).toMatchObject({ status: 'pending', ...wanted })
    expect(at(endpoint)).toHaveLength(1)
  })

  it('does not hinder another', async () => {
    const company = await newCompany()
    const [bad, good] = [await newEndpoint(company), await newEndpoint(company)]
    answers.set(bad.host, () => Promise.reject(new Error('away')))
    await signedContract(company)
    await settled(company, good, (d) => d.status === 'delivered')
    expect((await settled(company, bad, (d) => d.attempts === 1)).map((d) => d.status)).toEqual(['pending'])
  })

  it('for days is switched off, until it is switched on again', async () => {
    const company = await newCompany()
    const endpoint = await newEndpoint(company)
    answers.set(endpoint.host, () => new Response(null, { status: 503 }))
    await test(company, endpoint)
    await settled(company, endpoint, (d) => d.attempts === 1)
    const since = () =>
      env.DB.prepare('select failing_since, status from webhooks where id = ?')
        .bind(endpoint.id)
        .first<{ failing_since: string | null; status: string }>()
    expect(await since()).toMatchObject({ failing_since: expect.any(String) as string, status: 'active' })
    await env.DB.prepare('update webhooks set failing_since = ? where id = ?')
      .bind(new Date(Date.now() - 5.1 * 86_400_000).toISOString(), endpoint.id)
      .run()
    await test(company, endpoint)
    await until(async () => (await drain(), (await since())?.status === 'disabled'), 'switching off')
    const before = at(endpoint).length
    expect((await call('POST', `/api/v1/webhooks/${endpoint.id}/test`, { token: company.token })).status).toBe(409)
    await signedContract(company)
    await drain()
    expect(at(endpoint)).toHaveLength(before)
    answers.delete(endpoint.host)
    await change(company, endpoint, { status: 'active' })
    expect(await since()).toEqual({ failing_since: null, status: 'active' })
    await test(company, endpoint)
    await until(async () => (await drain(), at(endpoint).length > before), 'a call')
  })

  it('and then works is no longer failing', async () => {
    const company = await newCompany()
    const endpoint = await newEndpoint(company)
    await env.DB.prepare('update webhooks set failing_since = ? where id = ?')
      .bind(new Date(Date.now() - 6 * 86_400_000).toISOString(), endpoint.id)
      .run()
    await test(company, endpoint)
    await settled(company, endpoint, (d) => d.status === 'delivered')
    expect(await env.DB.prepare('select failing_since, status from webhooks where id = ?').bind(endpoint.id).first()).toEqual({
      failing_since: null,
      status: 'active',
    })
  })
})

describe('an endpoint', () => {
  it('that is paused gets nothing, not even what was on its way', async () => {
    const company = await newCompany()
    const endpoint = await newEndpoint(company)
    answers.set(endpoint.host, () => new Response(null, { status: 500 }))
    await test(company, endpoint)
    await settled(company, endpoint, (d) => d.attempts === 1)
    await change(company, endpoint, { status: 'paused' })
    await env.DB.prepare("update jobs set due_at = '2020-01-01T00:00:00.000Z' where status = 'pending' and type = 'webhook.deliver'").run()
    await settled(company, endpoint, (d) => d.status === 'failed' && d.error === 'the endpoint is paused')
    await signedContract(company)
    await drain()
    expect(at(endpoint)).toHaveLength(1)
  })

  it('has a secret that is told once, kept sealed, and overlaps for a day when it changes', async () => {
    const company = await newCompany()
    const endpoint = await newEndpoint(company)
    expect(endpoint.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(JSON.stringify(await must(200, 'GET', '/api/v1/webhooks', { token: company.token }))).not.toContain('whsec')
    const { secret: second } = await must<Endpoint>(200, 'POST', `/api/v1/webhooks/${endpoint.id}/rotate-secret`, { token: company.token })
    const table = JSON.stringify((await env.DB.prepare('select * from webhooks').all()).results)
    for (const secret of [endpoint.secret, second]) expect(table).not.toContain(secret.slice(6))
    const signatures = async () => {
      const ctx = await newCtx()
      const { writes, jobs } = await publish(ctx, company.id, 'contract.signed', {}, { key: crypto.randomUUID() })
      await batch(ctx.db, writes)
      const before = at(endpoint).length
      for (const job of jobs) await runJob(ctx, job.id)
      const got = at(endpoint)[before]
      if (!got) throw new Error('nothing came')
      return {
        said: got.headers.get('webhook-signature')?.split(' '),
        first: signatureOf(endpoint.secret, got),
        second: signatureOf(second, got),
      }
    }
    const both = await signatures()
    expect(both.said).toEqual([both.second, both.first])
    await advance(86_400 - 60)
    expect((await signatures()).said).toHaveLength(2)
    await advance(120)
    const later = await signatures()
    expect(later.said).toEqual([later.second])
  })

  it('is a url that may be called, with events that are known, and there are not endlessly many', async () => {
    const company = await newCompany()
    const status = async (body: object) => (await call('POST', '/api/v1/webhooks', { token: company.token, body })).status
    for (const url of [
      '',
      'hook',
      'ftp://example.com/',
      'https://user:x@example.com/',
      'javascript:alert(1)',
      `https://example.com/${'x'.repeat(2000)}`,
    ])
      expect(await status({ url }), url).toBe(400)
    expect(await status({ url: 'https://example.com/', events: ['contract.deleted'] })).toBe(400)
    expect(await status({ url: 'https://example.com/', events: ['__proto__'] })).toBe(400)
    const endpoint = await newEndpoint(company)
    expect(
      (await call('PATCH', `/api/v1/webhooks/${endpoint.id}`, { token: company.token, body: { url: 'ftp://example.com/' } })).status,
    ).toBe(400)
    expect((await call('PATCH', `/api/v1/webhooks/${endpoint.id}`, { token: company.token, body: { status: 'disabled' } })).status).toBe(
      400,
    )
    for (let i = 1; i < 50; i++) await newEndpoint(company)
    expect(await status({ url: 'https://example.com/' })).toBe(422)
  })

  it('that is removed leaves no log, and what was on its way is forgotten', async () => {
    const company = await newCompany()
    const endpoint = await newEndpoint(company)
    answers.set(endpoint.host, () => new Response(null, { status: 500 }))
    await test(company, endpoint)
    await settled(company, endpoint, (d) => d.attempts === 1)
    await must(204, 'DELETE', `/api/v1/webhooks/${endpoint.id}`, { token: company.token })
    await env.DB.prepare("update jobs set due_at = '2020-01-01T00:00:00.000Z' where status = 'pending' and type = 'webhook.deliver'").run()
    await drain()
    expect(at(endpoint)).toHaveLength(1)
    expect(
      (await env.DB.prepare('select count(*) as n from webhook_deliveries where webhook_id = ?').bind(endpoint.id).first<{ n: number }>())
        ?.n,
    ).toBe(0)
    expect((await call('GET', `/api/v1/webhooks/${endpoint.id}/deliveries`, { token: company.token })).status).toBe(404)
  })
})
