import { env } from 'cloudflare:test'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RETRY_SECONDS } from '../../src/webhooks/deliver.ts'
import { advance, call, drain, must, resetClock, until } from '../app.ts'
import { newCompany, type Company } from '../factories.ts'
import { aPerson, approves, atLink, door, idOf, newPackage, on, reads, signAt, signs, type Package } from '../office/packages-kit.ts'

interface Heard {
  url: string
  headers: Record<string, string>
  body: string
}
let heard: Heard[] = []
let answer: (url: string) => Response = () => new Response(null, { status: 204 })

beforeEach(() => {
  heard = []
  answer = () => new Response(null, { status: 204 })
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const url = input instanceof Request ? input.url : String(input)
    heard.push({ url, headers: Object.fromEntries(new Headers(init?.headers)), body: typeof init?.body === 'string' ? init.body : '' })
    return answer(url)
  })
})
afterEach(async () => {
  await env.DB.prepare("update jobs set status = 'done', payload = null where type = 'webhook.deliver'").run()
  vi.restoreAllMocks()
  await resetClock()
})

interface Endpoint {
  id: string
  url: string
  status: string
  secret: string
}
interface Delivery {
  id: string
  event: string
  message_id: string
  status: string
  attempts: number
  error: string | null
}
let hosts = 0
const newUrl = () => `https://callback${++hosts}.example.com/in?package=1`
const newEndpoint = (company: Company, body: object = {}) =>
  must<Endpoint>(201, 'POST', '/api/v1/webhooks', { token: company.token, body: { url: newUrl(), ...body } })
const endpoints = async (company: Company) =>
  (await must<{ items: Endpoint[] }>(200, 'GET', '/api/v1/webhooks', { token: company.token })).items
const log = async (company: Company, id: string) =>
  (await must<{ items: Delivery[] }>(200, 'GET', `/api/v1/webhooks/${id}/deliveries?per_page=100`, { token: company.token })).items
const rotate = async (company: Company, id: string) =>
  (await must<{ secret: string }>(200, 'POST', `/api/v1/webhooks/${id}/rotate-secret`, { token: company.token })).secret
const at = (url: string) => heard.filter((h) => h.url === url)
/** What was said to an address, once so much of it has come. */
const saidTo = (url: string, count: number) =>
  until(async () => {
    await drain()
    return at(url).length >= count && at(url)
  }, `${count} calls to ${url}`)
interface Change {
  type: string
  timestamp: string
  data: { package_id: string; participant_id?: string; status: string }
}
const changeOf = (h: Heard) => JSON.parse(h.body) as Change
/** `participant status`, by the order in which it happened; of one moment, participants first. */
const changes = (calls: Heard[]) =>
  calls
    .map(changeOf)
    .map(({ data }) => `${data.participant_id ?? 'package'} ${data.status}`)
    .toSorted((a, b) => (a < b ? -1 : 1))
/** As the npm package of Standard Webhooks judges it; throws when it does not hold. */
const verified = (secret: string, h: Heard) => new Webhook(secret).verify(h.body, h.headers)
const simple = (company: Company, callback_url: string) => newPackage(company, [signs(1, aPerson('Подписант'))], { callback_url })

describe('a package’s callback', () => {
  it('tells each change of status once, signed with the secret of the oldest endpoint', async () => {
    const company = await newCompany()
    const [oldest, other] = [await newEndpoint(company), await newEndpoint(company, { events: ['contract.signed'] })]
    const url = newUrl()
    const one = aPerson('Подписант')
    const p = await newPackage(
      company,
      [approves(1, aPerson('Согласующий')), signs(2, one), signs(2, aPerson('Другой')), reads(1, aPerson('Читатель'))],
      {
        callback_url: url,
        quorums: [{ order: 2, need: 1 }],
      },
    )
    await atLink(await door(company, p, 0), 'approve', { consent: true })
    await signAt(company, p, 1, one.phone)
    const [approver, signer, spared] = [0, 1, 2].map((i) => idOf(p, i))
    const expected = [
      `package in_progress`,
      `package signed`,
      `${approver} approved`,
      `${approver} current`,
      `${signer} current`,
      `${signer} signed`,
      `${spared} current`,
      `${spared} not_needed`,
    ].toSorted((a, b) => (a < b ? -1 : 1))
    const calls = await saidTo(url, expected.length)
    expect(changes(calls)).toEqual(expected)
    expect(new Set(calls.map((c) => c.headers['webhook-id'])).size).toBe(expected.length)
    for (const c of calls) {
      expect(verified(oldest.secret, c)).toEqual(changeOf(c))
      expect(() => verified(other.secret, c)).toThrow('No matching signature')
      expect(() => new Webhook(oldest.secret).verify(c.body.replace(p.id, '0'), c.headers)).toThrow()
      const { type, data, timestamp } = changeOf(c)
      expect([type, Object.keys(data).toSorted((a, b) => (a < b ? -1 : 1))]).toEqual(
        data.participant_id
          ? ['participant.status_changed', ['package_id', 'participant_id', 'status']]
          : ['package.status_changed', ['package_id', 'status']],
      )
      expect(data.package_id).toBe(p.id)
      expect(Math.abs(Date.parse(timestamp) - Date.now())).toBeLessThan(60_000)
      expect(c.body).not.toContain(one.phone)
    }
    // When it happened, not when it was told.
    const when = (status: string) => calls.map(changeOf).find(({ data }) => !data.participant_id && data.status === status)?.timestamp ?? ''
    expect(when('in_progress') < when('signed')).toBe(true)
    // The endpoint that listens to all hears the same, under the same ids; the other none of it.
    const listened = await saidTo(oldest.url, expected.length)
    expect(new Set(listened.map((c) => c.headers['webhook-id']))).toEqual(new Set(calls.map((c) => c.headers['webhook-id'])))
    expect(at(other.url)).toEqual([])
    await drain()
    expect(at(url)).toHaveLength(expected.length)
  })

  it.each(['declined', 'revoked', 'expired'] as const)('tells that it was %s', async (end) => {
    const company = await newCompany()
    await newEndpoint(company)
    const url = newUrl()
    const deadline = new Date(Date.now() + 60_000).toISOString()
    const p = await newPackage(company, [signs(1, aPerson('А'))], { callback_url: url, deadline })
    const token = await door(company, p, 0)
    if (end === 'declined') await atLink(token, 'decline', { reason: 'нет' })
    if (end === 'revoked') await on(company, p)('POST', 'revoke')
    if (end === 'expired') {
      await advance(61)
      await atLink(token, 'package')
    }
    const expected = [
      `${idOf(p, 0)} current`,
      'package in_progress',
      `package ${end}`,
      ...(end === 'declined' ? [`${idOf(p, 0)} declined`] : []),
    ]
    expect(changes(await saidTo(url, expected.length))).toEqual(expected.toSorted((a, b) => (a < b ? -1 : 1)))
  })

  it('tells nothing of a draft until it is sent', async () => {
    const company = await newCompany()
    const url = newUrl()
    const draft = await newPackage(company, [signs(1, aPerson('А'))], { callback_url: url, send: false })
    await drain()
    expect(at(url)).toEqual([])
    await on(company, draft)('POST', 'send')
    expect(changes(await saidTo(url, 2))).toContain('package in_progress')
  })
})

describe('an organization without an endpoint', () => {
  it('gets one, paused, whose secret is told by rotating it and signs from then on', async () => {
    const company = await newCompany()
    const [first, second] = [newUrl(), newUrl()]
    await simple(company, first)
    const [before] = await saidTo(first, 2)
    const [made, ...more] = await endpoints(company)
    expect([made?.url, made?.status, more]).toEqual([first, 'paused', []])
    expect(JSON.stringify(made)).not.toContain('whsec')
    const secret = await rotate(company, made?.id ?? '')
    if (before) expect(() => verified(secret, before)).toThrow()
    // Another package, another address, the same secret; and a second endpoint changes nothing of that.
    await newEndpoint(company)
    await simple(company, second)
    for (const c of await saidTo(second, 2)) expect(verified(secret, c)).toEqual(changeOf(c))
    expect(at(first)).toHaveLength(2)
    expect((await log(company, made?.id ?? '')).map((d) => d.status)).toEqual(['delivered', 'delivered', 'delivered', 'delivered'])
  })

  it('gets one of many packages at once', async () => {
    const company = await newCompany()
    const urls = Array.from({ length: 5 }, newUrl)
    await Promise.all(urls.map((url) => simple(company, url)))
    for (const url of urls) await saidTo(url, 2)
    expect(await endpoints(company)).toHaveLength(1)
  })

  it('that removes it gets another with the next package', async () => {
    const company = await newCompany()
    const url = newUrl()
    await simple(company, url)
    await saidTo(url, 2)
    const [made] = await endpoints(company)
    await must(204, 'DELETE', `/api/v1/webhooks/${made?.id}`, { token: company.token })
    await simple(company, url)
    const calls = await saidTo(url, 4)
    const [again] = await endpoints(company)
    const secret = await rotate(company, again?.id ?? '')
    for (const c of calls) expect(() => verified(secret, c)).toThrow()
    await simple(company, url)
    for (const c of (await saidTo(url, 6)).slice(4)) expect(verified(secret, c)).toBeDefined()
  })
})

describe('a secret that is rotated', () => {
  it('signs beside the new one for a day, then no more', async () => {
    const company = await newCompany()
    const endpoint = await newEndpoint(company)
    const fresh = await rotate(company, endpoint.id)
    const both = newUrl()
    await simple(company, both)
    for (const c of await saidTo(both, 2)) {
      expect(verified(fresh, c)).toEqual(changeOf(c))
      expect(verified(endpoint.secret, c)).toEqual(changeOf(c))
    }
    await advance(86_401)
    const alone = newUrl()
    const later: Company = {
      ...company,
      token: (
        await must<{ key: string }>(201, 'POST', '/api/v1/api-keys', {
          token: await again(company),
          body: { name: 'x', scopes: ['packages:write'] },
        })
      ).key,
    }
    await simple(later, alone)
    for (const c of await saidTo(alone, 2)) {
      // The clock was moved: the time is not what is judged here.
      const now = Math.floor(Date.now() / 1000)
      expect(Number(c.headers['webhook-timestamp']) - now).toBeGreaterThan(86_000)
      const signed = new Webhook(fresh).sign(c.headers['webhook-id'] ?? '', new Date(Number(c.headers['webhook-timestamp']) * 1000), c.body)
      expect(c.headers['webhook-signature']).toBe(signed)
    }
  })
})

/** A session lives an hour; the clock was moved on. */
const again = async (company: Company) =>
  (await must<{ token: string }>(200, 'POST', '/companies/login', { body: { email: company.email, password: 'верный пароль 1' } })).token

describe('an address that fails', () => {
  it('is tried again on the schedule under the same id, and is no failure of the endpoint', async () => {
    const company = await newCompany()
    const endpoint = await newEndpoint(company, { events: ['contract.signed'] })
    const url = newUrl()
    answer = (u) => new Response(null, { status: u === url ? 500 : 204 })
    const p = await simple(company, url)
    for (const [i, wait] of [...RETRY_SECONDS, undefined].entries()) {
      await saidTo(url, 2 * (i + 1))
      const deliveries = await until(
        async () => {
          const found = await log(company, endpoint.id)
          return found.length === 2 && found.every((d) => d.attempts === i + 1) && found
        },
        `try ${i + 1}`,
      )
      expect(deliveries.map((d) => d.status)).toEqual(wait === undefined ? ['failed', 'failed'] : ['pending', 'pending'])
      await env.DB.prepare(
        "update jobs set due_at = '2020-01-01T00:00:00.000Z' where type = 'webhook.deliver' and status = 'pending'",
      ).run()
    }
    const ids = new Set(at(url).map((c) => c.headers['webhook-id']))
    expect([ids.size, at(url).length]).toEqual([2, 16])
    const row = await env.DB.prepare('select status, failing_since from webhooks where id = ?').bind(endpoint.id).first()
    expect(row).toEqual({ status: 'active', failing_since: null })
    // Repeated by hand it goes where it was meant to, under its id.
    answer = () => new Response(null, { status: 204 })
    const [delivery] = await log(company, endpoint.id)
    await must(202, 'POST', `/api/v1/webhooks/${endpoint.id}/deliveries/${delivery?.id}/replay`, { token: company.token })
    const calls = await saidTo(url, 17)
    expect([ids.has(calls[16]?.headers['webhook-id']), at(endpoint.url).length]).toEqual([true, 0])
    expect(changeOf(calls[16] ?? { url, headers: {}, body: '{}' }).data.package_id).toBe(p.id)
  })

  it('does not hinder the package', async () => {
    const company = await newCompany()
    answer = () => {
      throw new TypeError('nobody there')
    }
    const one = aPerson('Подписант')
    const p = await newPackage(company, [signs(1, one)], { callback_url: newUrl() })
    expect((await signAt(company, p, 0, one.phone)).body.package_status).toBe('signed')
  })

  it('is called though its endpoint is paused or switched off, which says nothing of it', async () => {
    const company = await newCompany()
    const endpoint = await newEndpoint(company)
    await must(200, 'PATCH', `/api/v1/webhooks/${endpoint.id}`, { token: company.token, body: { status: 'paused' } })
    const url = newUrl()
    await simple(company, url)
    for (const c of await saidTo(url, 2)) expect(verified(endpoint.secret, c)).toBeDefined()
    expect(at(endpoint.url)).toEqual([])
    await env.DB.prepare("update webhooks set status = 'disabled' where id = ?").bind(endpoint.id).run()
    await simple(company, url)
    await saidTo(url, 4)
    expect(at(endpoint.url)).toEqual([])
  })
})

it('another organization’s secret signs nothing here', async () => {
  const [company, other] = [await newCompany(), await newCompany()]
  const [mine, theirs] = [await newEndpoint(company), await newEndpoint(other)]
  const url = newUrl()
  const made: Package[] = [await simple(company, url), await simple(other, url)]
  const calls = await saidTo(url, 4)
  for (const c of calls) {
    const own = changeOf(c).data.package_id === made[0]?.id
    expect(verified(own ? mine.secret : theirs.secret, c)).toBeDefined()
    expect(() => verified(own ? theirs.secret : mine.secret, c)).toThrow()
  }
  expect((await call('GET', `/api/v1/webhooks/${mine.id}/deliveries`, { token: other.token })).status).toBe(404)
})
