import { env } from 'cloudflare:test'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { livingSecrets } from '../../src/webhooks/secrets.ts'
import type { WebhookSecret } from '../../src/webhooks/tables.ts'
import { call, must, statusesOf } from '../app.ts'
import { newCompany, newCtx, type Company } from '../factories.ts'

beforeEach(() => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response(null, { status: 204 }))
})
afterEach(() => {
  vi.restoreAllMocks()
})

interface Endpoint {
  id: string
  url: string
  events: string[]
  status: string
  secret: string
}
const at = (id: string) => `/api/v1/webhooks/${id}`
const make = ({ token }: Company, url = 'https://hooks.example.com/in') =>
  call<Endpoint>('POST', '/api/v1/webhooks', { token, body: { url } })
const audited = async (orgId: number, action: string) =>
  (await env.DB.prepare('select count(*) as n from audit_log where org_id = ? and action = ?').bind(orgId, action).first<{ n: number }>())
    ?.n

describe('at once', () => {
  it('every secret that rotation told signs', async () => {
    const company = await newCompany()
    const { body: endpoint } = await make(company)
    const answers = await Promise.all(
      [1, 2, 3].map(() => call<Endpoint>('POST', `${at(endpoint.id)}/rotate-secret`, { token: company.token })),
    )
    const told = answers.filter((a) => a.status === 200).map((a) => a.body.secret)
    expect(told.length).toBeGreaterThan(1)
    const row = await env.DB.prepare('select secrets from webhooks where id = ?').bind(endpoint.id).first<{ secrets: string }>()
    const ctx = await newCtx()
    const living = await livingSecrets(ctx.settings, JSON.parse(row?.secrets ?? '[]') as WebhookSecret[], ctx.now)
    expect(living.toSorted()).toEqual([...told, endpoint.secret].toSorted())
    expect(await audited(company.id, 'webhook.secret_rotated')).toBe(told.length)
  })

  it('changes of different fields are all kept', async () => {
    const company = await newCompany()
    const { token } = company
    const { body: endpoint } = await make(company)
    const changes = [{ url: 'https://other.example.com/in' }, { events: ['contract.signed'] }, { status: 'paused' }]
    await Promise.all(changes.map((body) => must(200, 'PATCH', at(endpoint.id), { token, body })))
    const { items } = await must<{ items: Endpoint[] }>(200, 'GET', '/api/v1/webhooks', { token })
    expect(items).toMatchObject([Object.assign({}, ...changes)])
  })

  it('no more endpoints are made than there may be', async () => {
    const company = await newCompany()
    for (let i = 0; i < 48; i++) expect((await make(company)).status).toBe(201)
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => make(company)))
    expect(statusesOf(answers)).toEqual([201, 201, 422, 422, 422])
    expect(await audited(company.id, 'webhook.created')).toBe(50)
  })

  it('no more keys are made than there may be', async () => {
    const company = await newCompany()
    const { token } = company
    const key = () => call('POST', '/api/v1/api-keys', { token, body: { name: 'ключ', scopes: ['packages:read'] } })
    for (let i = 0; i < 98; i++) expect((await key()).status).toBe(201)
    expect(statusesOf(await Promise.all([1, 2, 3, 4, 5].map(key)))).toEqual([201, 201, 409, 409, 409])
    const { items } = await must<{ items: unknown[] }>(200, 'GET', '/api/v1/api-keys', { token })
    expect(items).toHaveLength(100)
    expect(await audited(company.id, 'api_key.created')).toBe(100)
  })
})
