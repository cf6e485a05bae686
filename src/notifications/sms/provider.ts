import { httpSms } from './http.ts'
import type { HttpSmsSettings } from './http.ts'
import { mobizon } from './mobizon.ts'
import type { MobizonSettings } from './mobizon.ts'
import { smsc } from './smsc.ts'
import type { SmscSettings } from './smsc.ts'
import type { SmsProvider } from './types.ts'

/** Which provider sends, and what it needs. `outbox` keeps messages in the service and is for development. */
export interface SmsSettings {
  provider: 'outbox' | 'mobizon' | 'smsc' | 'http'
  /** Registered sender name, where the provider has such. */
  sender?: string | undefined
  /** One call's limit; 10 s by default. */
  timeoutMs?: number | undefined
  mobizon?: Pick<MobizonSettings, 'apiKey' | 'baseUrl'> | undefined
  smsc?: { baseUrl: string; login?: string | undefined; password?: string | undefined; apiKey?: string | undefined } | undefined
  http?: HttpSmsSettings | undefined
}

function smscCredentials(settings: NonNullable<SmsSettings['smsc']>): SmscSettings['credentials'] {
  if (settings.apiKey) return { apiKey: settings.apiKey }
  if (settings.login && settings.password) return { login: settings.login, password: settings.password }
  throw new Error('SMS settings: smsc needs an API key, or a login and a password')
}

/**
 * The adapter for the chosen provider; `undefined` for the outbox, which is not an HTTP call and belongs to the caller.
 *
 * @throws Error when the settings of the chosen provider are missing: meant to end the start, not a message.
 */
export function chooseProvider(settings: SmsSettings): SmsProvider | undefined {
  const { sender, timeoutMs } = settings
  if (settings.provider === 'mobizon' && settings.mobizon) return mobizon({ ...settings.mobizon, sender, timeoutMs })
  if (settings.provider === 'smsc' && settings.smsc) {
    return smsc({ credentials: smscCredentials(settings.smsc), baseUrl: settings.smsc.baseUrl, sender, timeoutMs })
  }
  if (settings.provider === 'http' && settings.http) return httpSms({ timeoutMs, ...settings.http })
  if (settings.provider === 'outbox') return undefined
  throw new Error(`SMS settings: ${settings.provider} is chosen, its settings are missing`)
}
