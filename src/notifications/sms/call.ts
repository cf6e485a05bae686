import { SmsTransientError } from './types.ts'

export const DEFAULT_TIMEOUT_MS = 10_000
const MAX_BODY_BYTES = 64 * 1024
const MAX_RETRY_AFTER_S = 3600

export interface ProviderAnswer {
  status: number
  text: string
  retryAfter: number | undefined
}

export interface CallLimits {
  provider: string
  timeoutMs: number
  signal: AbortSignal | undefined
}

/** Reads at most 64 KB: what a provider has to say is short, and an error page need not fill the isolate. */
async function readBounded(response: Response, provider: string): Promise<string> {
  if (!response.body) return ''
  const reader = response.body.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.byteLength
    if (size > MAX_BODY_BYTES) {
      await reader.cancel()
      throw new SmsTransientError(provider, 'too_large')
    }
    chunks.push(value)
  }
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return new TextDecoder().decode(bytes)
}

function retryAfterSeconds(response: Response): number | undefined {
  const header = response.headers.get('retry-after')
  return header !== null && /^\d{1,6}$/.test(header) ? Math.min(Number(header), MAX_RETRY_AFTER_S) : undefined
}

/**
 * One HTTP call to a provider. The timeout covers the body too. Redirects are not followed: they would carry the key and the text elsewhere.
 *
 * @throws SmsTransientError for no answer, an answer that is too large, 3xx, 408, 425, 429 and 5xx. The cause is not kept: it may name the URL.
 */
export async function callProvider(url: string, init: RequestInit, limits: CallLimits): Promise<ProviderAnswer> {
  const { provider, timeoutMs, signal } = limits
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: signal ? AbortSignal.any([signal, timeout]) : timeout })
    const { status } = response
    const text = await readBounded(response, provider)
    const answer = { status, text, retryAfter: retryAfterSeconds(response) }
    if ((status >= 300 && status < 400) || status === 408 || status === 425 || status === 429 || status >= 500) {
      throw new SmsTransientError(provider, `http_${status}`, answer.retryAfter)
    }
    return answer
  } catch (error) {
    if (error instanceof SmsTransientError) throw error
    if (signal?.aborted) throw new SmsTransientError(provider, 'aborted')
    throw new SmsTransientError(provider, timeout.aborted ? 'timeout' : 'network')
  }
}

/** The JSON object of an answer, `undefined` for HTML, an array, nothing at all. */
export function readJsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

/** An id or a code as text, whether it came as a number or as a string. */
export function scalar(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}
