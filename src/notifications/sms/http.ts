import { callProvider, DEFAULT_TIMEOUT_MS, scalar } from './call.ts'
import { accepted, rejected, SmsTransientError } from './types.ts'
import type { SmsMessage, SmsProvider, SmsRejection } from './types.ts'

export type TemplateValue = string | number | boolean | null | TemplateValue[] | { [key: string]: TemplateValue }

/**
 * Any provider with a plain HTTP API. In the URL's query, the headers and the body's strings `{to}` is the phone with its plus, `{digits}` the phone
 * without, `{text}` the message, `{id}` our id.
 */
export interface HttpSmsSettings {
  url: string
  method?: 'POST' | 'PUT' | 'GET' | undefined
  headers?: Readonly<Record<string, string>> | undefined
  body?: { type: 'json'; template: TemplateValue } | { type: 'form'; template: Readonly<Record<string, string>> } | undefined
  /** JSON pointer (RFC 6901) into the answer; without it 2xx alone is success. */
  success?:
    | {
        pointer: string
        /** The value, as text, that means success; without it any value but null, false, 0 and '' does. */
        equals?: string | undefined
      }
    | undefined
  /** JSON pointers to the provider's id of the message and to its error code. */
  idPointer?: string | undefined
  codePointer?: string | undefined
  timeoutMs?: number | undefined
}

const REASONS: Readonly<Record<number, SmsRejection>> = { 401: 'auth', 402: 'funds', 403: 'auth' }

type Encode = (value: string) => string

const fill = (template: string, message: SmsMessage, encode: Encode = (value) => value): string =>
  template.replaceAll(/\{(to|digits|text|id)\}/g, (_, key: string) => {
    if (key === 'to') return encode(message.to)
    if (key === 'digits') return encode(message.to.replace('+', ''))
    return encode(key === 'text' ? message.text : message.id)
  })

function fillDeep(template: TemplateValue, message: SmsMessage): TemplateValue {
  if (typeof template === 'string') return fill(template, message)
  if (Array.isArray(template)) return template.map((item) => fillDeep(item, message))
  if (typeof template !== 'object' || template === null) return template
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, fillDeep(value, message)]))
}

/** RFC 6901. `undefined` when there is nothing. */
export function atPointer(value: unknown, pointer: string): unknown {
  if (pointer === '') return value
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>(
      (node, key) => (typeof node === 'object' && node !== null && Object.hasOwn(node, key) ? Reflect.get(node, key) : undefined),
      value,
    )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function holds(found: unknown, equals: string | undefined): boolean {
  if (equals !== undefined) return (typeof found === 'boolean' ? String(found) : scalar(found)) === equals
  return found !== undefined && found !== null && found !== false && found !== 0 && found !== ''
}

function bodyOf(settings: HttpSmsSettings, message: SmsMessage): { body?: string | URLSearchParams; type?: string } {
  if (settings.body === undefined || settings.method === 'GET') return {}
  if (settings.body.type === 'json') return { body: JSON.stringify(fillDeep(settings.body.template, message)), type: 'application/json' }
  const fields = Object.entries(settings.body.template).map(([key, value]) => [key, fill(value, message)])
  return { body: new URLSearchParams(fields) }
}

/** The generic adapter: see `HttpSmsSettings`. */
export function httpSms(settings: HttpSmsSettings): SmsProvider {
  const name = 'http'
  return {
    name,
    async send(message, signal) {
      const { body, type } = bodyOf(settings, message)
      const headers = new Headers(type === undefined ? {} : { 'content-type': type })
      for (const [key, value] of Object.entries(settings.headers ?? {})) headers.set(key, fill(value, message, encodeURIComponent))
      const limits = { provider: name, timeoutMs: settings.timeoutMs ?? DEFAULT_TIMEOUT_MS, signal }
      const init = { method: settings.method ?? 'POST', headers, ...(body === undefined ? {} : { body }) }
      const answer = await callProvider(fill(settings.url, message, encodeURIComponent), init, limits)

      const json = parse(answer.text)
      const code = settings.codePointer === undefined ? undefined : scalar(atPointer(json, settings.codePointer))
      const isOk = answer.status >= 200 && answer.status < 300
      if (!isOk) return rejected(REASONS[answer.status] ?? 'other', code ?? `http_${answer.status}`)
      if (settings.success) {
        // A proxy's page with status 200 is no answer of the provider.
        if (json === undefined) throw new SmsTransientError(name, 'not_json')
        if (!holds(atPointer(json, settings.success.pointer), settings.success.equals)) return rejected('other', code ?? 'not_accepted')
      }
      const id = settings.idPointer === undefined ? undefined : scalar(atPointer(json, settings.idPointer))
      return accepted(id ?? message.id)
    },
  }
}
