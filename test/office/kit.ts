import { env } from 'cloudflare:test'
import { expect } from 'vitest'
import { call, codeFor, must, outbox, until } from '../app.ts'
import { newPhone, type Company } from '../factories.ts'

export interface Client {
  id: string
  phone: string
  full_name: string
  last_name: string
  middle_name: string | null
  email: string | null
  status: string
  created_at: string
}
export interface Clients {
  items: Client[]
  page: number
  per_page: number
  total: number
}
export interface ClientSession {
  token: string
  client: Client
}

export const OFFICE = '/api/v1/office'
/** The id of nothing. */
export const NOBODY = '0192f0c1-7d3a-7b1e-9c55-3f1a2b4c5d6e'

export const register = (company: Company, more: object = {}) =>
  must<Client>(201, 'POST', `${OFFICE}/clients`, {
    token: company.token,
    body: { phone: newPhone(), last_name: 'Сериков', first_name: 'Айбек', ...more },
  })

/** What a client logs in with: sent by SMS and nowhere else. */
export async function passwordOf(phone: string, count = 1): Promise<string> {
  const messages = await until(async () => {
    const found = (await outbox(phone)).filter((m) => m.code === null)
    return found.length >= count && found
  }, `password ${count} for ${phone}`)
  const [, password = ''] = /: ([a-z2-9]{12})$/m.exec(messages[0]?.text ?? '') ?? []
  expect(password).not.toBe('')
  return password
}

export const logIn = (body: { phone: string; password?: string; code?: string }, headers: Record<string, string> = {}) =>
  call<ClientSession & { detail: string }>('POST', `${OFFICE}/clients/login`, { body, headers })

export const act = (company: Company, client: Pick<Client, 'id'>, action: 'block' | 'unblock' | 'login-codes') =>
  call<Client & { expires_at: string }>('POST', `${OFFICE}/clients/${client.id}/${action}`, { token: company.token })

/** Asks for a login code and reads it from the phone. */
export async function askLoginCode(company: Company, client: Client, count = 1): Promise<string> {
  expect((await act(company, client, 'login-codes')).status).toBe(202)
  await until(async () => (await outbox(client.phone)).filter((m) => m.code !== null).length >= count, `code ${count}`)
  return codeFor(client.phone)
}

/** A client who is logged in. */
export async function session(company: Company, client: Client): Promise<string> {
  const entered = await logIn({ phone: client.phone, code: await askLoginCode(company, client) })
  expect(entered.status).toBe(200)
  return entered.body.token
}

export const count = async (text: string, ...values: unknown[]): Promise<number> =>
  (
    await env.DB.prepare(text)
      .bind(...values)
      .first<{ n: number }>()
  )?.n ?? -1

/** Statuses of calls that ran side by side, in order of number. */
export const statuses = (answers: { status: number }[]): number[] => answers.map((a) => a.status).sort((a, b) => a - b)
