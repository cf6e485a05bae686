import { env } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import { refreshProfiles } from '../../src/construction/partners/profiles.ts'
import { call, must, statusesOf } from '../app.ts'
import { newCompany, newCtx, next, type Company } from '../factories.ts'

const BASE = '/api/v1/admin'
let company: Company
let partner: Company
let stranger: Company
beforeAll(async () => {
  ;[company, partner, stranger] = await Promise.all([
    newCompany({ name: 'ТОО «Заказчик»' }),
    newCompany({ name: 'ТОО «Ёлочный Подрядчик»' }),
    newCompany(),
  ])
  // The surface is loaded once, before calls come side by side: see warm.ts.
  await call('GET', `${BASE}/contractor-invitations/stats`, { token: company.token })
})

interface Invitation {
  id: number
  token: string | null
  status: string
  can_be_accepted: boolean
  contractor: { id: number } | null
}
const send = (to: number, token = company.token) =>
  call<{ data: Invitation; errors: Record<string, string[]> }>('POST', `${BASE}/contractor-invitations`, {
    token,
    body: { invited_organization_id: to, message: 'Приглашаем' },
  })
const invited = async (from: Company, to: Company) => (await send(to.id, from.token)).body.data
const answer = (key: number | string | null, verb: string, token: string) =>
  call<{ data: Invitation }>(verb === 'cancel' ? 'PATCH' : 'POST', `${BASE}/contractor-invitations/${key}/${verb}`, { token })
const age = (id: number) =>
  env.DB.prepare("update contractor_invitations set expires_at = '2020-01-01T00:00:00.000Z' where id = ?").bind(id).run()
const contractorsOf = async (orgId: number) =>
  (
    await env.DB.prepare('select * from contractors where org_id = ? and deleted_at is null')
      .bind(orgId)
      .all<{ id: number; contractor_type: string; source_org_id: number; inn: string | null; name: string }>()
  ).results

describe('invitations', () => {
  it('one is live for a pair, however many are sent at once; an expired one does not block', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => send(partner.id)))
    expect(statusesOf(all)).toEqual([201, 400, 400, 400, 400])
    expect(all.find((a) => a.status === 400)?.body.errors.invited_organization_id?.[0]).toContain('уже существует')
    const first = all.find((a) => a.status === 201)?.body.data
    await age(first?.id ?? 0)
    expect((await answer(first?.id ?? 0, 'accept', partner.token)).status).toBe(400)
    const list = (status: string) =>
      must<{ data: { data: Invitation[] } }>(200, 'GET', `${BASE}/contractor-invitations?status=${status}`, { token: company.token })
    expect((await list('expired')).data.data).toMatchObject([{ id: first?.id, status: 'expired', token: null, can_be_accepted: false }])
    expect((await list('pending')).data.data).toEqual([])
    const second = await send(partner.id)
    expect(second.status).toBe(201)
    expect((await must<{ data: object }>(200, 'GET', `${BASE}/contractor-invitations/stats`, { token: company.token })).data).toEqual({
      sent: { total: 2, pending: 1, accepted: 0, declined: 0, expired: 1 },
      received: { total: 0, pending: 0, accepted: 0, declined: 0, expired: 0 },
    })
    expect((await answer(second.body.data.id, 'cancel', partner.token)).status).toBe(404)
    expect((await answer(second.body.data.id, 'cancel', company.token)).body.data).toMatchObject({ status: 'declined', token: null })
    expect((await answer(second.body.data.id, 'cancel', company.token)).status).toBe(400)
  })

  it('keeps no token, opens to both parties by it, and to nobody else', async () => {
    const from = await newCompany()
    const { id, token } = await invited(from, partner)
    const row = await env.DB.prepare('select * from contractor_invitations where id = ?').bind(id).first()
    expect(JSON.stringify(row)).not.toContain(token)
    for (const key of [id, token]) {
      expect((await call('GET', `${BASE}/contractor-invitations/${key}`, { token: partner.token })).status).toBe(200)
      for (const verb of ['accept', 'decline', 'cancel']) expect((await answer(key, verb, stranger.token)).status).toBe(404)
    }
    expect((await answer(id, 'accept', from.token)).status).toBe(404)
    // The other party's people stay unknown.
    const seen = await must<{ data: object }>(200, 'GET', `${BASE}/contractor-invitations/${id}`, { token: partner.token })
    expect(JSON.stringify(seen)).not.toContain(from.email)
    expect(seen.data).toMatchObject({ invited_by: null, organization: { id: from.id, city: null } })
  })

  it('of accepting, declining and cancelling at once one happens; accepting makes one contractor', async () => {
    const from = await newCompany()
    const { id, token } = await invited(from, partner)
    const all = await Promise.all([
      answer(token, 'accept', partner.token),
      answer(id, 'accept', partner.token),
      answer(id, 'decline', partner.token),
      answer(id, 'cancel', from.token),
    ])
    expect(statusesOf(all)).toEqual([200, 400, 400, 400])
    const { data } = await must<{ data: Invitation }>(200, 'GET', `${BASE}/contractor-invitations/${id}`, { token: from.token })
    expect(await contractorsOf(from.id)).toHaveLength(data.status === 'accepted' ? 1 : 0)
  })

  it('a contractor entered by hand with the same INN becomes the invited one; names follow the organization', async () => {
    const [from, to] = [await newCompany(), await newCompany({ name: 'ТОО «Новый»' })]
    await env.DB.prepare("update organization_profiles set bin = '180540034205' where org_id = ?").bind(to.id).run()
    const byHand = await must<{ data: { id: number } }>(201, 'POST', `${BASE}/contractors`, {
      token: from.token,
      body: { name: 'Старое имя', inn: '180540034205' },
    })
    await must(201, 'POST', `${BASE}/contractors`, { token: from.token, body: { name: 'Чужой', email: to.email } })
    const { id } = await invited(from, to)
    const accepted = await answer(id, 'accept', to.token)
    expect(accepted.status).toBe(200)
    const made = (await contractorsOf(from.id)).find((row) => row.source_org_id === to.id)
    expect(made).toMatchObject({
      id: byHand.data.id,
      contractor_type: 'invited_organization',
      inn: '180540034205',
      name: 'ТОО «Новый»',
      contractor_invitation_id: id,
      email: null,
    })
    expect((await send(to.id, from.token)).status).toBe(400)
    const { data } = await must<{ data: object }>(200, 'GET', `${BASE}/organizations/${to.id}/availability`, { token: from.token })
    expect(data).toMatchObject({ status: 'already_contractor', existing_contractor: { id: made?.id } })
    const found = await must<{ data: { data: { id: number; connections_count: number }[] } }>(
      200,
      'GET',
      `${BASE}/organizations/search?search=Новый&exclude_existing_contractors=false&per_page=50`,
      { token: from.token },
    )
    expect(found.data.data.find((row) => row.id === to.id)).toMatchObject({ connections_count: 1, is_contractor: true })
  })
})

describe('organizations', () => {
  const search = async (query: string, token = company.token) =>
    (
      await must<{ data: { data: { id: number; name: string; legal_name: string }[]; meta: { total: number; has_next_page: boolean } } }>(
        200,
        'GET',
        `${BASE}/organizations/search?${query}`,
        { token },
      )
    ).data

  it('are found by words of their names, whatever the case and ё, with directory facts alone', async () => {
    const mark = `Метка${next()}`
    const other = await newCompany({ name: `ТОО «${mark} Ёлки»` })
    await newCompany({ name: `АО Прочее ${mark}` })
    for (const text of [mark.toLowerCase(), `${mark} елк`, `ЁЛКИ ${mark}`, `«${mark}» ёл`])
      expect(
        (await search(`search=${encodeURIComponent(text)}`)).data.map((row) => row.id),
        text,
      ).toContain(other.id)
    expect((await search(`search=${mark}&per_page=1`)).meta).toMatchObject({ total: 2, has_next_page: true })
    expect((await search(`search=${mark}`, other.token)).data.map((row) => row.id)).not.toContain(other.id)
    const text = JSON.stringify(await search(`search=${mark}`))
    for (const secret of [other.email, other.phone]) expect(text).not.toContain(secret)
    await env.DB.prepare("update organizations set name = 'Иное имя' where id = ?").bind(other.id).run()
    expect((await search(`search=${mark}`)).data).toHaveLength(1)
    await env.DB.prepare("update organizations set deleted_at = 'x' where id = ?").bind(other.id).run()
    expect((await search('search=Иное')).data.map((row) => row.id)).not.toContain(other.id)
    expect(
      (await must<{ data: object }>(200, 'GET', `${BASE}/organizations/${other.id}/availability`, { token: company.token })).data,
    ).toMatchObject({ status: 'inactive' })
  })

  it('whatever is asked for is words, never a query', async () => {
    for (const text of ['"', '*', 'a OR b', 'NEAR(', '^', "'; drop", 'name:x', '%', '-', 'тоо', '\\', '" OR "']) {
      const answered = await call('GET', `${BASE}/organizations/search?search=${encodeURIComponent(text)}`, { token: company.token })
      expect(answered.status, text).toBe(200)
    }
    for (const query of ['per_page=51', 'sort_by=nothing', 'verified=maybe'])
      expect((await call('GET', `${BASE}/organizations/search?${query}`, { token: company.token })).status).toBe(400)
  })

  it('are suggested for what ties them: region, shared contractors, kinds of work', async () => {
    const me = await newCompany()
    const [near, alike, tied, third] = await Promise.all([newCompany(), newCompany(), newCompany(), newCompany()])
    const city = `город${next()}`
    await env.DB.prepare('update organization_profiles set city = ?1, city_key = ?1 where org_id in (?2, ?3)')
      .bind(city, me.id, near.id)
      .run()
    const at = (await newCtx()).now.toISOString()
    const work = `Кладка ${next()}`
    for (const org of [me, alike])
      await env.DB.prepare(
        'insert into work_types (org_id, name, name_key, measurement_unit_id, created_at, updated_at) values (?1, ?2, ?2, 1, ?3, ?3)',
      )
        .bind(org.id, work, at)
        .run()
    for (const org of [me, tied]) {
      const { id } = await invited(org, third)
      expect((await answer(id, 'accept', third.token)).status).toBe(200)
    }
    const { data } = await must<{ data: { id: number; suggestion_reason: string; compatibility_score: number }[] }>(
      200,
      'GET',
      `${BASE}/organizations/suggestions?limit=20`,
      { token: me.token },
    )
    const reason = new Map(data.map((row) => [row.id, row.suggestion_reason]))
    expect([reason.get(near.id), reason.get(alike.id), reason.get(tied.id)]).toEqual([
      `Работает в вашем регионе: ${city}`,
      `Выполняет похожие работы: ${work}`,
      'Есть общие подрядчики: 1',
    ])
    expect([reason.has(third.id), reason.has(me.id)]).toEqual([false, false])
    const similar = await must<{ data: { recommendations: { id: number; match_reasons: string[] }[] } }>(
      200,
      'GET',
      `${BASE}/organizations/recommendations?category=similar_projects`,
      { token: me.token },
    )
    expect(similar.data.recommendations.map((row) => row.id)).toEqual([alike.id])
  })

  it('one whose agreement is signed no longer is verified no longer', async () => {
    const other = await newCompany()
    await env.DB.prepare('update organization_profiles set stale = 1, is_verified = 1 where org_id = ?').bind(other.id).run()
    await refreshProfiles(await newCtx())
    expect(await env.DB.prepare('select is_verified, stale from organization_profiles where org_id = ?').bind(other.id).first()).toEqual({
      is_verified: 0,
      stale: 0,
    })
  })
})
