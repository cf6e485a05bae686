import { record, text, toContract, toFields } from './answers.ts'
import type { Contract, Field } from './answers.ts'

export interface Signer {
  name: string
  iin: string
  phone: string
}

/** `kind` is what the page can say something about; the rest is for the form. */
export class ApiError extends Error {
  readonly kind: 'network' | 'notFound' | 'gone' | 'conflict' | 'invalid' | 'noUnits' | 'tooMany' | 'server' | 'unexpected'
  /** Field errors of a problem document, by the last part of their path. */
  readonly fields: Readonly<Record<string, string>>
  readonly retryAfter: number | undefined
  readonly attemptsLeft: number | undefined

  constructor(kind: ApiError['kind'], problem: Record<string, unknown> = {}, retryAfter?: number) {
    super(kind)
    this.kind = kind
    this.fields = fieldErrors(problem.errors)
    this.retryAfter = retryAfter
    this.attemptsLeft = typeof problem.attempts_left === 'number' ? problem.attempts_left : undefined
  }
}

/** Takes `{"field": ["message"]}` and `[{"path", "message"}]`. */
function fieldErrors(errors: unknown): Record<string, string> {
  const pairs: [string, unknown][] = Array.isArray(errors)
    ? errors.map(record).map(({ path, message }) => [text(path) ?? '', message])
    : Object.entries(record(errors)).map(([path, messages]) => [path, Array.isArray(messages) ? messages[0] : messages])
  return Object.fromEntries(pairs.map(([path, message]) => [path.replace(/^values\./, ''), text(message) ?? '']))
}

const KINDS: Readonly<Record<number, ApiError['kind']>> = {
  400: 'invalid',
  402: 'noUnits',
  404: 'notFound',
  409: 'conflict',
  410: 'gone',
  422: 'invalid',
  429: 'tooMany',
}

const TIMEOUT_MS = 30_000
const JSON_HEADERS = { 'content-type': 'application/json' }

function timeoutSignal(): AbortSignal {
  const controller = new AbortController()
  setTimeout(() => controller.abort(), TIMEOUT_MS)
  return controller.signal
}

// Reads may come from a replica; the bookmark of the last answer makes it at least as fresh as what this page has already done.
const BOOKMARK = 'x-d1-bookmark'
let bookmark: string | undefined

async function call(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers)
  if (bookmark !== undefined) headers.set(BOOKMARK, bookmark)
  let response: Response
  try {
    response = await fetch(path, {
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
      signal: timeoutSignal(),
      ...init,
      headers,
    })
  } catch {
    throw new ApiError('network')
  }
  bookmark = response.headers.get(BOOKMARK) ?? bookmark
  if (response.ok) return response
  const problem: unknown = await response.json().catch(() => undefined)
  const kind = response.status >= 500 ? 'server' : (KINDS[response.status] ?? 'unexpected')
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
  throw new ApiError(kind, record(problem), Number.isFinite(retryAfter) ? retryAfter : undefined)
}

/** What a proxy says with a good status is no answer of the service. */
async function readJson<T>(response: Response, read: (json: unknown) => T | undefined): Promise<T> {
  const json: unknown = await response.json().catch(() => undefined)
  const value = read(json)
  if (value === undefined) throw new ApiError('server')
  return value
}

/** randomUUID needs a secure context; getRandomValues does not. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export interface Accepted {
  /** Milliseconds that the code lives. */
  lifetime: number
}

const CODE_LIFETIME_MS = 5 * 60_000

export interface Api {
  pdfUrl: string
  contract: () => Promise<Contract>
  fields: () => Promise<Field[]>
  fill: (values: Readonly<Record<string, string>>) => Promise<Contract>
  pdf: () => Promise<Uint8Array>
  /** Whether the PDF can be had now: right after signing its stamped version may still be in the making. */
  isPdfReady: () => Promise<boolean>
  /** Without a code asks for one, with a code signs. */
  sign: (contractId: number, signer: Signer, code?: string) => Promise<Accepted | { signedAt: string | undefined }>
}

export function createApi(token: string): Api {
  const base = `/contracts/token/${encodeURIComponent(token)}`
  // One key per intent: kept while there is no answer, so that a repeated tap or a retry after a lost connection is the same request.
  let pending: { body: string; key: string } | undefined

  return {
    pdfUrl: `${base}/pdf`,
    contract: async () => readJson(await call(base), toContract),
    fields: async () => readJson(await call(`${base}/fields`), toFields),
    fill: async (values) =>
      readJson(await call(`${base}/fields`, { method: 'PUT', body: JSON.stringify({ values }), headers: JSON_HEADERS }), toContract),
    async pdf() {
      const response = await call(`${base}/pdf`)
      return response.arrayBuffer().then(
        (bytes) => new Uint8Array(bytes),
        () => Promise.reject(new ApiError('network')),
      )
    },
    async isPdfReady() {
      try {
        const response = await call(`${base}/pdf`, { method: 'HEAD' })
        return response.ok
      } catch (error) {
        if (error instanceof ApiError && error.kind === 'conflict') return false
        throw error
      }
    },
    async sign(contractId, signer, code) {
      const body = JSON.stringify({
        contract_id: contractId,
        contract_token: token,
        client_name: signer.name,
        client_iin: signer.iin,
        client_phone: signer.phone,
        method: 'sms',
        ...(code === undefined ? {} : { code }),
      })
      if (pending?.body !== body) pending = { body, key: newKey() }
      const headers = { ...JSON_HEADERS, 'idempotency-key': pending.key }
      try {
        const response = await call('/signatures/sign', { method: 'POST', body, headers })
        const answer = await readJson(response, (json) => (typeof json === 'object' && json !== null ? record(json) : undefined))
        pending = undefined
        if (response.status === 201) return { signedAt: text(answer.signed_at) }
        return { lifetime: lifetime(text(answer.expires_at), response.headers.get('date')) }
      } catch (error) {
        const isUnanswered = error instanceof ApiError && (error.kind === 'network' || error.kind === 'server')
        if (!isUnanswered) pending = undefined
        throw error
      }
    },
  }
}

/** By the server's clock, since the phone's may be wrong; a value that cannot be right becomes the five minutes that a code lives. */
function lifetime(expiresAt: string | undefined, date: string | null): number {
  const left = Date.parse(expiresAt ?? '') - (date === null ? Date.now() : Date.parse(date))
  return left > 0 ? Math.min(left, CODE_LIFETIME_MS) : CODE_LIFETIME_MS
}
