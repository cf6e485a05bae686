import { callProvider, DEFAULT_TIMEOUT_MS, readJsonObject, scalar } from './call.ts'
import { accepted, rejected, SmsTransientError } from './types.ts'
import type { SmsMessage, SmsProvider, SmsRejection, SmsResult } from './types.ts'

export interface SmscSettings {
  credentials: { apiKey: string } | { login: string; password: string }
  /** `https://smsc.kz` or `https://smsc.ru` */
  baseUrl: string
  /** Registered sender name. */
  sender?: string | undefined
  timeoutMs?: number | undefined
}

// smsc.kz/api › send › error codes. 4 is an address blocked for frequent errors: more tries would only prolong the block.
const REASONS: Readonly<Record<string, SmsRejection>> = {
  1: 'other',
  2: 'auth',
  3: 'funds',
  4: 'rate',
  5: 'other',
  6: 'content',
  7: 'number',
  8: 'number',
}
const DUPLICATE = '9'

function read(text: string, message: SmsMessage, provider: string): SmsResult {
  const body = readJsonObject(text)
  if (!body) throw new SmsTransientError(provider, 'not_json')
  const code = scalar(body.error_code)
  const id = scalar(body.id)
  if (code === undefined) {
    if (id === undefined) throw new SmsTransientError(provider, 'unexpected')
    return accepted(id)
  }
  if (code === DUPLICATE) {
    // The same phone and text within a minute. On a retry it is our own earlier try that got through; at first it is somebody's too quick second request.
    if (message.retry) return accepted(message.id)
    throw new SmsTransientError(provider, code, 60)
  }
  return rejected(REASONS[code] ?? 'other', code)
}

/** SMSC, `sys/send.php` with JSON answers (`fmt=3`). Our id becomes the message's. */
export function smsc(settings: SmscSettings): SmsProvider {
  const name = 'smsc'
  const url = `${settings.baseUrl.replace(/\/+$/, '')}/sys/send.php`
  const credentials: Record<string, string> =
    'apiKey' in settings.credentials
      ? { apikey: settings.credentials.apiKey }
      : { login: settings.credentials.login, psw: settings.credentials.password }
  return {
    name,
    async send(message, signal) {
      // The plus switches SMSC's own correction of numbers off: a corrected number is somebody else's.
      const body = new URLSearchParams({
        ...credentials,
        phones: message.to,
        mes: message.text,
        id: message.id,
        fmt: '3',
        charset: 'utf-8',
      })
      if (settings.sender) body.set('sender', settings.sender)
      const limits = { provider: name, timeoutMs: settings.timeoutMs ?? DEFAULT_TIMEOUT_MS, signal }
      const answer = await callProvider(url, { method: 'POST', body }, limits)
      if (answer.status === 401 || answer.status === 403) return rejected('auth', `http_${answer.status}`)
      return read(answer.text, message, name)
    },
  }
}
