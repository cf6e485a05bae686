import { env } from 'cloudflare:test'
import { beforeAll, expect, it } from 'vitest'
import { call, must } from '../app.ts'
import { newCompany, newPerson, PASSWORD, type Company } from '../factories.ts'

let from: Company
let to: Company
beforeAll(async () => {
  ;[from, to] = await Promise.all([newCompany({ name: 'ТОО «Заказчик & <b>сын</b>»' }), newCompany({ name: 'ТОО «Подрядчик»' })])
})

interface Invitation {
  id: number
  status: string
  invitation_url: string
}
const invite = async (sender: Company = from) => {
  const body = { invited_organization_id: to.id, message: 'Приходите <script>alert(1)</script>' }
  const { data } = await must<{ data: Invitation }>(201, 'POST', '/api/v1/admin/contractor-invitations', { token: sender.token, body })
  return { ...data, path: new URL(data.invitation_url, 'http://qoltanba.test').pathname }
}
const answer = (path: string, email: string, password: string, verb: string) => {
  const form = new FormData()
  for (const [name, value] of Object.entries({ email, password, answer: verb })) form.set(name, value)
  return call('POST', `${path}?lang=en`, { raw: form })
}
const statusOf = async ({ id }: Invitation) =>
  (await must<{ data: Invitation }>(200, 'GET', `/api/v1/admin/contractor-invitations/${id}`, { token: to.token })).data.status
it('is where the invitation’s address leads: it tells who asks, runs no script, and is answered by an employee once', async () => {
  const invitation = await invite()
  const page = await call('GET', invitation.path, { headers: { 'accept-language': 'kk' } })
  expect(page.status).toBe(200)
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'/)
  expect(page.text).toContain('ТОО «Заказчик &amp; &lt;b&gt;сын&lt;/b&gt;» ұйымы ТОО «Подрядчик» ұйымын')
  expect(page.text).toContain('Приходите &lt;script&gt;')
  expect(page.text).not.toContain('<script')
  // The link says nothing of people.
  expect(page.text).not.toContain(from.email)

  const accepted = await answer(invitation.path, to.email, PASSWORD, 'accept')
  expect(accepted.status, accepted.text).toBe(200)
  expect(accepted.text).toContain('The invitation is accepted')
  expect(await statusOf(invitation)).toBe('accepted')
  expect((await answer(invitation.path, to.email, PASSWORD, 'decline')).status).toBe(410)
  expect((await call('GET', invitation.path)).status).toBe(410)
  expect(await statusOf(invitation)).toBe('accepted')
})

it('takes no answer of a wrong password, of another organization, of a role that may not, or of nobody', async () => {
  const invitation = await invite(await newCompany())
  const foreman = await newPerson(to, 'foreman')
  const wrong = await answer(invitation.path, to.email, 'не тот пароль', 'accept')
  expect(wrong.status).toBe(401)
  expect(wrong.text).toContain('The e-mail or the password is wrong.')
  expect(wrong.text).toContain(`value="${to.email}"`)
  expect(wrong.text).not.toContain('не тот пароль')
  expect((await answer(invitation.path, from.email, PASSWORD, 'accept')).text).toContain('This invitation is for ТОО «Подрядчик»')
  expect((await answer(invitation.path, foreman.email, PASSWORD, 'accept')).text).toContain('Your role may not answer')
  expect((await answer(invitation.path, '', '', 'accept')).status).toBe(401)
  expect((await answer(invitation.path, to.email, PASSWORD, 'maybe')).status).toBe(400)
  expect(await statusOf(invitation)).toBe('pending')
  expect((await answer(invitation.path, to.email, PASSWORD, 'decline')).text).toContain('The invitation is declined')
  expect(await statusOf(invitation)).toBe('declined')
})

it('is over when the time is, and unknown where nothing was sent', async () => {
  const invitation = await invite(await newCompany())
  await env.DB.prepare("update contractor_invitations set expires_at = '2020-01-01T00:00:00.000Z' where id = ?").bind(invitation.id).run()
  expect((await call('GET', `${invitation.path}?lang=ru`)).text).toContain('Приглашение больше не действует')
  expect((await answer(invitation.path, to.email, PASSWORD, 'accept')).status).toBe(410)
  expect((await call('GET', `/invitations/accept/${'a'.repeat(43)}`)).status).toBe(404)
  expect((await call('GET', '/invitations/accept/short')).status).toBe(404)
})
