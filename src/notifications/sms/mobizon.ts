import { callProvider, DEFAULT_TIMEOUT_MS, readJsonObject, scalar } from './call.ts'
import { accepted, rejected, SmsTransientError } from './types.ts'
import type { SmsProvider, SmsRejection, SmsResult } from './types.ts'

export interface MobizonSettings {
  apiKey: string
  /** `https://api.mobizon.kz` */
  baseUrl: string
  /** Registered sender id; without one the account's default is used. */
  sender?: string | undefined
  timeoutMs?: number | undefined
}

// https://mobizon.kz/help/api-docs › API response codes. 3 application error, 10 save conflict, 30 request rate and 999 general error pass by themselves.
const TRANSIENT = new Set(['3', '10', '30', '999'])
const REASONS: Readonly<Record<string, SmsRejection>> = { 8: 'auth', 9: 'auth', 13: 'auth', 14: 'auth', 99: 'number' }
const FIELDS: Readonly<Record<string, SmsRejection>> = { recipient: 'number', text: 'content', from: 'content' }

/** A validation error names the fields in `data`; the free text of `message` is the only place where an empty balance shows. */
function rejection(code: string, body: Record<string, unknown>): SmsRejection {
  const known = REASONS[code]
  if (known) return known
  const fields = typeof body.data === 'object' && body.data !== null ? Object.keys(body.data) : []
  const named = fields.map((field) => FIELDS[field]).find(Boolean)
  if (named) return named
  const message = typeof body.message === 'string' ? body.message.toLowerCase() : ''
  return /balance|funds|баланс|средств/.test(message) ? 'funds' : 'other'
}

function read(text: string, provider: string): SmsResult {
  const body = readJsonObject(text)
  if (!body) throw new SmsTransientError(provider, 'not_json')
  const code = scalar(body.code)
  if (code === undefined) throw new SmsTransientError(provider, 'unexpected')
  if (TRANSIENT.has(code)) throw new SmsTransientError(provider, code)
  if (code !== '0' && code !== '100') return rejected(rejection(code, body), code)
  // 100 puts the sending into the background, where `data` is the task's id.
  const data = { ...body, ...(typeof body.data === 'object' ? body.data : { messageId: body.data }) }
  return accepted(scalar(data.messageId) ?? scalar(data.campaignId) ?? '')
}

/** Mobizon, `message/sendsmsmessage` (mobizon.kz/help/api-docs/message). It does not know repeats; our id becomes the campaign's name, to be found by. */
export function mobizon(settings: MobizonSettings): SmsProvider {
  const name = 'mobizon'
  const query = new URLSearchParams({ output: 'json', api: 'v1', apiKey: settings.apiKey })
  const url = `${settings.baseUrl.replace(/\/+$/, '')}/service/message/sendsmsmessage?${query.toString()}`
  return {
    name,
    async send(message, signal) {
      const body = new URLSearchParams({ recipient: message.to.replace('+', ''), text: message.text, 'params[name]': message.id })
      if (settings.sender) body.set('from', settings.sender)
      const limits = { provider: name, timeoutMs: settings.timeoutMs ?? DEFAULT_TIMEOUT_MS, signal }
      const answer = await callProvider(url, { method: 'POST', body }, limits)
      if (answer.status === 401 || answer.status === 403) return rejected('auth', `http_${answer.status}`)
      return read(answer.text, name)
    },
  }
}
