import { env } from 'cloudflare:test'
import { beforeAll, expect, it } from 'vitest'
import { call, must, statusesOf } from '../app.ts'
import { newCompany, newMember, type Company } from '../factories.ts'

const PATH = '/api/v1/admin/site-requests'
let company: Company
let other: Company
let project: number
let elsewhere: number
let foreman: string

async function newProject(orgId: number): Promise<number> {
  const row = await env.DB.prepare(
    "insert into projects (org_id, name, name_key, search, status, created_at, updated_at) values (?, 'Объект', 'объект', '', 'active', '', '') returning id",
  )
    .bind(orgId)
    .first<{ id: number }>()
  return row?.id ?? 0
}
beforeAll(async () => {
  company = await newCompany()
  other = await newCompany()
  project = await newProject(company.id)
  elsewhere = await newProject(company.id)
  foreman = await newMember(company, 'foreman')
  await env.DB.prepare(
    "insert into project_foremen (project_id, user_id, created_at) select ?, max(id), '' from users where org_id = ? and role = 'foreman'",
  )
    .bind(project, company.id)
    .run()
})
interface Request {
  id: number
  status: string
  processed_by: object | null
}
const ask = (more: object = {}, token = company.token) =>
  call<{ data: Request; errors: Record<string, string[]> }>('POST', PATH, {
    token,
    body: { project_id: project, kind: 'material', title: 'Кирпич М150', ...more },
  })
const change = (id: number, body: object, token = company.token) => call<{ data: Request }>('PATCH', `${PATH}/${id}`, { token, body })

it('waits until it is processed or rejected, once, by whoever manages projects', async () => {
  const made = await ask({}, foreman)
  expect([made.status, made.body.data]).toMatchObject([
    201,
    { status: 'pending', priority: 'normal', project: { id: project }, processed_at: null, answer: null },
  ])
  const { id } = made.body.data
  expect((await change(id, { title: 'Кирпич М200' }, foreman)).status).toBe(200)
  expect((await change(id, { status: 'processed' }, foreman)).status).toBe(403)
  const all = await Promise.all([
    change(id, { status: 'processed', answer: 'Во вторник' }),
    change(id, { status: 'rejected' }),
    change(id, { status: 'processed' }),
  ])
  expect(statusesOf(all)).toEqual([200, 409, 409])
  expect(all.find((a) => a.status === 200)?.body.data).toMatchObject({ title: 'Кирпич М200', processed_by: { id: company.userId } })
  expect((await change(id, { title: 'поздно' })).status).toBe(409)
})

it('is the organization’s own; a foreman’s, of his projects', async () => {
  const foreign = await newProject(other.id)
  for (const [more, field] of [
    [{ project_id: foreign }, 'project_id'],
    [{ kind: 'money' }, 'kind'],
    [{ title: ' ' }, 'title'],
  ] as const) {
    const answer = await ask(more)
    expect([answer.status, Object.keys(answer.body.errors)]).toEqual([422, [field]])
  }
  expect((await ask({ project_id: elsewhere }, foreman)).status).toBe(422)
  const mine = (await ask({ project_id: elsewhere, kind: 'personnel' })).body.data
  for (const token of [other.token, foreman]) {
    expect((await call('GET', `${PATH}/${mine.id}`, { token })).status).toBe(404)
    expect((await change(mine.id, { title: 'x' }, token)).status).toBe(404)
  }
  expect((await change(mine.id, { project_id: foreign })).status).toBe(422)
  const list = async (query: string, token = company.token) =>
    (await must<{ data: Request[]; meta: { total: number } }>(200, 'GET', `${PATH}?${query}`, { token })).data.map((row) => row.id)
  expect(await list('kind=personnel')).toEqual([mine.id])
  expect(await list('kind=personnel', foreman)).toEqual([])
  expect(await list('', other.token)).toEqual([])
})
