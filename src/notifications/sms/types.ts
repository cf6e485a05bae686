/** What a message asks of a provider. */
export interface SmsMessage {
  /** E.164, with the plus. */
  to: string
  text: string
  /** Our id, the same on every try: passed on where the provider takes one. 1-40 characters of `A-Z a-z 0-9 . - _`. */
  id: string
  /** Whether an earlier try ended without an answer, so that the message may already be with the provider. */
  retry?: boolean
}

export type SmsRejection = 'auth' | 'funds' | 'number' | 'content' | 'rate' | 'other'

/** A final answer: another try of the same message would end the same way. */
export type SmsResult =
  | { status: 'accepted'; providerId: string }
  | {
      status: 'rejected'
      reason: SmsRejection
      /** The provider's own code as it came, or `http_<status>`. */
      providerCode: string
    }

export interface SmsProvider {
  readonly name: string
  /**
   * Hands one message over. Accepted means that the provider has it, not that it was delivered.
   *
   * @throws SmsTransientError when there was no answer, or one that says to come again: the caller retries with `retry: true`.
   */
  send(message: SmsMessage, signal?: AbortSignal): Promise<SmsResult>
}

export const accepted = (providerId: string): SmsResult => ({ status: 'accepted', providerId })

export const rejected = (reason: SmsRejection, providerCode: string): SmsResult => ({ status: 'rejected', reason, providerCode })

/** No final answer. Its message names the provider and what happened, never a phone, a text, an address or a key, so that it may be logged. */
export class SmsTransientError extends Error {
  readonly provider: string
  /** The provider's code, `http_<status>`, or one of timeout, aborted, network, too_large, not_json, unexpected. */
  readonly providerCode: string
  /** Seconds the provider asked to wait, where it did. */
  readonly retryAfter: number | undefined

  constructor(provider: string, providerCode: string, retryAfter?: number) {
    super(`SMS provider ${provider} gave no final answer: ${providerCode}`)
    this.name = 'SmsTransientError'
    this.provider = provider
    this.providerCode = providerCode
    this.retryAfter = retryAfter
  }
}
