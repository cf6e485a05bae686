import { record, text } from './answers.ts'

/** `kind` is what the page can say something about; the rest is for the form. */
export class ApiError extends Error {
  readonly kind: 'network' | 'notFound' | 'gone' | 'conflict' | 'invalid' | 'noUnits' | 'tooMany' | 'forbidden' | 'server' | 'unexpected'
  /** Field errors of a problem document, by the last part of their path. */
  readonly fields: Readonly<Record<string, string>>
  /** The service's own sentences, in English: each thing that is wrong, or all of it in one. */
  readonly sentences: readonly string[]
  readonly retryAfter: number | undefined
  readonly attemptsLeft: number | undefined

  constructor(kind: ApiError['kind'], problem: Record<string, unknown> = {}, retryAfter?: number) {
    super(kind)
    this.kind = kind
    this.fields = fieldErrors(problem.errors)
    const each = [
      ...new Set(
        Object.values(record(problem.errors))
          .flat()
          .map(text)
          .filter((message) => message !== undefined),
      ),
    ]
    this.sentences = each.length > 0 ? each : [problem.detail].map(text).filter((message) => message !== undefined)
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
  403: 'forbidden',
  404: 'notFound',
  409: 'conflict',
  410: 'gone',
  422: 'invalid',
  429: 'tooMany',
}

const TIMEOUT_MS = 30_000
/** Files of many megabytes on a slow phone, and the check of fifty signatures. */
export const LONG_TIMEOUT_MS = 180_000
export const JSON_HEADERS = { 'content-type': 'application/json' }

function timeoutSignal(ms = TIMEOUT_MS): AbortSignal {
  const controller = new AbortController()
  setTimeout(() => controller.abort(), ms)
  return controller.signal
}

// Reads may come from a replica; the bookmark of the last answer makes it at least as fresh as what this page has already done.
const BOOKMARK = 'x-d1-bookmark'
let bookmark: string | undefined

export async function call(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers)
  if (bookmark !== undefined) headers.set(BOOKMARK, bookmark)
  // In the language that is read here, which may be another than the browser's: messages come in it, too.
  headers.set('accept-language', document.documentElement.lang)
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
export async function readJson<T>(response: Response, read: (json: unknown) => T | undefined): Promise<T> {
  const json: unknown = await response.json().catch(() => undefined)
  const value = read(json)
  if (value === undefined) throw new ApiError('server')
  return value
}

export async function readBytes(path: string, cache: RequestCache = 'no-store'): Promise<Uint8Array<ArrayBuffer>> {
  const response = await call(path, { signal: timeoutSignal(LONG_TIMEOUT_MS), cache })
  return response.arrayBuffer().then(
    (bytes) => new Uint8Array(bytes),
    () => Promise.reject(new ApiError('network')),
  )
}

/** randomUUID needs a secure context; getRandomValues does not. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/**
 * A sender of POST requests with one idempotency key per intent: kept while there is no answer, so that a repeated tap or a retry after a lost connection
 * is the same request.
 */
export function createSender(): <T>(
  path: string,
  body: string,
  read: (response: Response) => Promise<T>,
  timeoutMs?: number,
) => Promise<T> {
  let pending: { what: string; key: string } | undefined
  return async (path, body, read, timeoutMs) => {
    const what = `${path} ${body}`
    if (pending?.what !== what) pending = { what, key: newKey() }
    try {
      const headers = { ...JSON_HEADERS, 'idempotency-key': pending.key }
      const response = await call(path, { method: 'POST', body, headers, signal: timeoutSignal(timeoutMs) })
      const answer = await read(response)
      pending = undefined
      return answer
    } catch (error) {
      const isUnanswered = error instanceof ApiError && (error.kind === 'network' || error.kind === 'server')
      if (!isUnanswered) pending = undefined
      throw error
    }
  }
}
