import { env, SELF } from 'cloudflare:test'
import { runJob } from '../src/queue/consumer.ts'
import { departs } from './spec.ts'
import { newCtx, newSigner, TEMPLATE, type Company, type Signer } from './factories.ts'

export interface Answer<T> {
  status: number
  headers: Headers
  /** Parsed, where it is JSON. */
  body: T
  text: string
}

export interface Call {
  token?: string | null
  /** Sent as JSON. */
  body?: unknown
  /** Sent as it is. */
  raw?: BodyInit
  headers?: Record<string, string>
}

const ORIGIN = 'http://qoltanba.test'

/** Calls the Worker as the network would. `T` is what the caller expects the body to be; tests check what they use of it. */
export async function call<T = Record<string, unknown>>(
  method: string,
  path: string,
  { token, body, raw, headers = {} }: Call = {},
): Promise<Answer<T>> {
  const all = new Headers(headers)
  if (token) all.set('authorization', `Bearer ${token}`)
  if (body !== undefined && !all.has('content-type')) all.set('content-type', 'application/json')
  const response = await SELF.fetch(`${ORIGIN}${path}`, {
    method,
    headers: all,
    redirect: 'manual',
    body: body === undefined ? (raw ?? null) : JSON.stringify(body),
  })
  const text = await response.text()
  // Every answer of every test is held against its declaration.
  const fault = departs(method, new URL(`${ORIGIN}${path}`), response, text)
  if (fault !== undefined) throw new Error(`${method} ${path}: ${fault}`)
  const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '')
  return { status: response.status, headers: response.headers, body: (isJson && text !== '' ? JSON.parse(text) : undefined) as T, text }
}

/** The same for an answer that must have a status; says what came instead. */
export async function must<T = Record<string, unknown>>(status: number, method: string, path: string, options: Call = {}): Promise<T> {
  const answer = await call<T>(method, path, options)
  if (answer.status !== status) throw new Error(`${method} ${path}: ${answer.status} in place of ${status}: ${answer.text.slice(0, 500)}`)
  return answer.body
}

/** In ascending order, for calls that were made together. */
export const statusesOf = (answers: { status: number }[]) => answers.map((a) => a.status).toSorted((a, b) => a - b)

export interface Contract {
  id: number
  company_id: number
  template_id: number
  contract_token: string
  generated_pdf_path: string | null
  client_filled: boolean
  signed_at: string | null
  package_id: string | null
  rendering: { status: string; reason: string | null; warnings: string[] }
}
export interface Signature {
  id: number
  contract_id: number
  client_name: string
  client_iin: string
  client_phone: string
  signed_at: string | null
  method: string
}
export interface Problem {
  status: number
  detail: string
  errors?: Record<string, string[]>
  request_id?: string
}

export function templateForm(companyId: number | string, bytes: Uint8Array, fileName = 'договор.docx', name = 'Договор'): FormData {
  const form = new FormData()
  form.set('company_id', String(companyId))
  form.set('name', name)
  form.set('file', new File([bytes.slice()], fileName))
  return form
}

export const uploadTemplate = async (company: Company, bytes: Uint8Array = TEMPLATE, fileName?: string, name?: string): Promise<number> =>
  (
    await must<{ id: number }>(201, 'POST', '/templates/upload', {
      token: company.token,
      raw: templateForm(company.id, bytes, fileName, name),
    })
  ).id

export const createContract = (company: Company, templateId: number) =>
  must<Contract>(201, 'POST', '/contracts', { token: company.token, body: { company_id: company.id, template_id: templateId } })

export const addField = (
  company: Company,
  contractId: number,
  fieldName: string,
  more: { field_type?: string; value?: string | null } = {},
) =>
  must<{ id: number; value: string | null }>(201, 'POST', '/contract-fields', {
    token: company.token,
    body: { contract_id: contractId, field_name: fieldName, field_type: 'text', ...more },
  })

export const fill = (contract: Contract, values: Record<string, string>) =>
  must<Contract>(200, 'PUT', `/contracts/token/${contract.contract_token}/fields`, { body: { values } })

/** A contract that is filled in, rendered and ready to be signed. */
export async function filledContract(company: Company, templateId?: number): Promise<Contract> {
  const contract = await createContract(company, templateId ?? (await uploadTemplate(company)))
  await addField(company, contract.id, 'client_name')
  return fill(contract, { client_name: 'Қасымов Әлихан' })
}

export interface SignMore {
  code?: string
  contract_token?: string
  company_id?: number
  method?: string
  cms?: string
}

/** The sign call of the company; with `token: null`, of whoever holds the contract's token. */
export const sign = (company: Company | null, contract: Pick<Contract, 'id'>, signer: Signer, more: SignMore = {}, headers = {}) =>
  call<Signature & Problem & { status: string; expires_at: string }>('POST', '/signatures/sign', {
    token: company?.token ?? null,
    headers,
    body: { contract_id: contract.id, ...signer, method: 'sms', ...more },
  })

/** Runs every job that is due, as queue and cron would. Jobs planned for later are left. */
export async function drain(): Promise<void> {
  const ctx = await newCtx()
  for (let i = 0; i < 20; i++) {
    const { results } = await env.DB.prepare("select id from jobs where status = 'pending' and due_at <= ?")
      .bind(new Date(Date.now() + 100).toISOString())
      .all<{ id: string }>()
    if (results.length === 0) return
    for (const { id } of results) await runJob(ctx, id)
  }
  throw new Error('jobs do not come to an end')
}

/** Until something holds that the queue does by itself meanwhile. */
export async function until<T>(look: () => Promise<T | undefined | null | false>, what: string): Promise<T> {
  for (let i = 0; i < 250; i++) {
    const found = await look()
    if (found) return found
    await new Promise((done) => setTimeout(done, 20))
  }
  throw new Error(`waited in vain for ${what}`)
}

export interface OutboxMessage {
  channel: string
  to: string
  text: string
  code: string | null
}
export async function outbox(to: string): Promise<OutboxMessage[]> {
  await drain()
  return (await must<{ messages: OutboxMessage[] }>(200, 'GET', `/dev/outbox?to=${encodeURIComponent(to)}`)).messages
}

/** The newest code that went to a phone, when there are `count` of them. */
export async function codeFor(phone: string, count = 1): Promise<string> {
  const messages = await until(async () => {
    const found = await outbox(phone)
    return found.length >= count && found
  }, `code ${count} for ${phone}`)
  return messages[0]?.code ?? ''
}

/** Asks for a code and returns it. */
export async function askCode(company: Company, contract: Pick<Contract, 'id'>, signer: Signer, count = 1): Promise<string> {
  const asked = await sign(company, contract, signer)
  if (asked.status !== 202) throw new Error(`asking for a code: ${asked.status} ${asked.text}`)
  return codeFor(signer.client_phone, count)
}

/** From nothing to a signed contract. */
export async function signedContract(
  company: Company,
  templateId?: number,
): Promise<{ contract: Contract; signer: Signer; signature: Signature }> {
  const contract = await filledContract(company, templateId)
  const signer = newSigner()
  const done = await sign(company, contract, signer, { code: await askCode(company, contract, signer) })
  if (done.status !== 201) throw new Error(`signing: ${done.status} ${done.text}`)
  return { contract, signer, signature: done.body }
}

/** A code that is not this one. */
export const wrongCode = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0')

export const advance = (seconds: number) => must<{ now: string }>(200, 'POST', '/dev/clock', { body: { advance_seconds: seconds } })
export const resetClock = () => must(200, 'POST', '/dev/clock', { body: { reset: true } })
/** Moves the clock to an instant. */
export async function moveTo(instant: string): Promise<void> {
  const { now } = await advance(0)
  await advance((Date.parse(instant) - Date.parse(now)) / 1000)
}
export const now = async () => new Date((await advance(0)).now)
