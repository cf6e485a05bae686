import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Api, inventPhone, registerCompany, type Company } from '../../.tools/demo-steps.ts'
import { makeLink, makePackage, type MadePackage } from './packages.ts'
import { baseUrl, codeFor, until } from './service.ts'
import { Receiver, type Call } from './setup-crash.ts'

/** What the npm package of Standard Webhooks says of our calls: to endpoints and to a package's own address, before and after a rotation. */

let receiver: Receiver
let company: Company
const open = new Api(baseUrl())

beforeAll(async () => {
  receiver = await Receiver.start()
  company = await registerCompany(baseUrl(), 'ТОО «Подписчик»')
})
afterAll(() => receiver.stop())

const addressOf = (path: string) => new URL(path, receiver.url).href
const at = (path: string) => receiver.calls.filter((c) => c.path === path)
const calls = (path: string, count: number, seconds = 60) =>
  until(`${count} calls at ${path}`, async () => (at(path).length >= count ? at(path) : undefined), seconds)
const newEndpoint = (path: string, events: string[]) =>
  company.api.call<{ id: string; secret: string }>('POST', '/api/v1/webhooks', { url: addressOf(path), events })
const rotate = async (id: string) => (await company.api.call<{ secret: string }>('POST', `/api/v1/webhooks/${id}/rotate-secret`)).secret
const test = (id: string) => company.api.call('POST', `/api/v1/webhooks/${id}/test`)
const newPackage = (callback: string): Promise<MadePackage & { phone: string }> => {
  const phone = inventPhone()
  const participants = [{ person: { full_name: 'Подписант', phone }, methods: ['sms' as const] }]
  return makePackage(company, 'Для подписчика', [1], participants, { callback_url: addressOf(callback) }).then((made) => ({
    ...made,
    phone,
  }))
}
async function sign(made: MadePackage & { phone: string }): Promise<void> {
  const { token } = await makeLink(company, made)
  await open.call('POST', `/sign/${token}/otp`)
  await open.call('POST', `/sign/${token}/sign`, { method: 'sms', code: await codeFor(open, made.phone), consent: true })
}
/** Throws where the signature or its time does not hold. */
const verify = (secret: string, { raw, headers }: Call) => new Webhook(secret).verify(raw, headers)
const refused = (secret: string, call: Call) => expect(() => verify(secret, call)).toThrow('No matching signature found')

describe('standardwebhooks', () => {
  it('verifies what an endpoint gets, and nothing that was changed on the way', async () => {
    const endpoint = await newEndpoint('/all', [])
    await test(endpoint.id)
    const [call] = await calls('/all', 1)
    if (!call) throw new Error('nothing came')
    expect(verify(endpoint.secret, call)).toEqual(call.body)
    expect(call.body).toMatchObject({ type: 'webhook.test', timestamp: expect.any(String) as string, data: expect.any(Object) as object })
    refused(endpoint.secret, { ...call, raw: `${call.raw} ` })
    refused(endpoint.secret, { ...call, headers: { ...call.headers, 'webhook-id': 'msg_other' } })
    expect(() => verify(endpoint.secret, { ...call, headers: { ...call.headers, 'webhook-timestamp': '1' } })).toThrow(
      'Message timestamp too old',
    )
    await company.api.raw('DELETE', `/api/v1/webhooks/${endpoint.id}`)
  })

  it('verifies each try of one message under one id', async () => {
    const endpoint = await newEndpoint('/flaky', ['webhook.test'])
    receiver.failures = 1
    await test(endpoint.id)
    const tries = await calls('/flaky', 2)
    expect(new Set(tries.map((c) => c.id)).size).toBe(1)
    for (const call of tries) expect(verify(endpoint.secret, call)).toEqual(call.body)
    await company.api.raw('DELETE', `/api/v1/webhooks/${endpoint.id}`)
  })

  it('verifies what a package’s own address gets with the oldest endpoint’s secret, and with both while a new one overlaps', async () => {
    const [oldest, other] = [await newEndpoint('/oldest', ['contract.signed']), await newEndpoint('/other', ['package.status_changed'])]
    const first = await newPackage('/package/1')
    await sign(first)
    const told = await calls('/package/1', 4)
    for (const call of told) {
      expect(verify(oldest.secret, call)).toEqual(call.body)
      refused(other.secret, call)
      expect(call.body.data.package_id).toBe(first.id)
    }
    const statuses = told.map(
      ({ body: { data } }) => `${data.participant_id === undefined ? 'package' : 'participant'} ${JSON.stringify(data.status)}`,
    )
    expect(new Set(statuses)).toEqual(
      new Set(['package "in_progress"', 'package "signed"', 'participant "current"', 'participant "signed"']),
    )
    for (const call of await calls('/other', 2)) expect(verify(other.secret, call)).toEqual(call.body)

    const fresh = await rotate(oldest.id)
    await newPackage('/package/2')
    for (const call of await calls('/package/2', 2)) {
      expect(verify(fresh, call)).toEqual(call.body)
      expect(verify(oldest.secret, call)).toEqual(call.body)
      expect(call.headers['webhook-signature']?.split(' ')).toHaveLength(2)
    }
    expect(at('/oldest')).toEqual([])
  })

  it('verifies it where no endpoint was there, once its secret was asked for', async () => {
    company = await registerCompany(baseUrl(), 'ТОО «Без подписки»')
    await newPackage('/lone/1')
    await calls('/lone/1', 2)
    const { items } = await company.api.call<{ items: { id: string; status: string; url: string }[] }>('GET', '/api/v1/webhooks')
    expect(items).toMatchObject([{ status: 'paused', url: addressOf('/lone/1') }])
    const secret = await rotate(items[0]?.id ?? '')
    await newPackage('/lone/2')
    for (const call of await calls('/lone/2', 2)) expect(verify(secret, call)).toEqual(call.body)
    for (const call of at('/lone/1')) refused(secret, call)
  })
})
