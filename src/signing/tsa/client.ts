import { AppError } from '../../http/errors.ts'
import type { Certificate } from '../cms/certificate.ts'
import type { ChainOptions } from '../cms/chain.ts'
import { timestampQuery } from './query.ts'
import { verifyTimestampResponse } from './request.ts'

/** A time-stamping authority that was configured. */
export interface TimestampService {
  url: string
  /** Whom its certificate must lead to. */
  anchors: readonly Certificate[]
  intermediates?: readonly Certificate[]
  policy?: string
  /** Of an authority that wants to know who asks: the whole `Authorization` header. */
  authorization?: string
  /** Milliseconds, all in all. */
  timeout?: number
}

export interface Stamp {
  /** RFC 3161 token: CMS, without the response around it. */
  token: Uint8Array
  time: Date
  /** Who stamped: the subject of its certificate. */
  authority: string
}

const MAX_RESPONSE = 65_536
const TIMEOUT = 10_000

/**
 * Gets a time stamp over `data` (RFC 3161 over HTTP, 3.4) and verifies it. There is no signature with a time stamp without a verified time
 * stamp: whatever goes wrong is thrown.
 *
 * @param now when it is asked, for the checks
 * @throws AppError `unavailable`; the reasons are in its message
 */
export async function fetchTimestamp(
  { url, anchors, intermediates, policy, authorization, timeout = TIMEOUT }: TimestampService,
  data: Uint8Array,
  now: Date,
  { fetch: send = fetch, revocation = {} }: { fetch?: typeof fetch; revocation?: Pick<ChainOptions, 'crls' | 'ocsp'> } = {},
): Promise<Stamp> {
  const nonce = crypto.getRandomValues(new Uint8Array(16))
  const query = timestampQuery(data, { nonce, policy })
  let answer: Uint8Array
  try {
    const response = await send(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/timestamp-query',
        accept: 'application/timestamp-reply',
        ...(authorization ? { authorization } : {}),
      },
      body: new Uint8Array(query),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeout),
    })
    const type = response.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
    if (response.status !== 200 || type !== 'application/timestamp-reply') {
      await response.body?.cancel()
      throw unavailable(`it answered ${response.status} ${type ?? ''}`.trim())
    }
    answer = await readBounded(response)
  } catch (error) {
    if (error instanceof AppError) throw error
    throw Object.assign(unavailable('it cannot be reached'), { cause: error })
  }
  const outcome = await verifyTimestampResponse(
    answer,
    data,
    { nonce, policy },
    { anchors, at: now, ...(intermediates ? { intermediates } : {}), ...revocation },
  )
  if (!outcome.ok) throw unavailable(outcome.reasons.map(({ detail }) => detail).join('; '))
  return { token: outcome.token, time: outcome.time, authority: outcome.verdict.authority?.subject ?? '' }
}

async function readBounded({ body }: Response): Promise<Uint8Array> {
  const reader = body?.getReader()
  const parts: Uint8Array[] = []
  let size = 0
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    const chunk: Uint8Array = part.value
    size += chunk.length
    if (size > MAX_RESPONSE) {
      await reader?.cancel()
      throw unavailable('its answer is too large')
    }
    parts.push(chunk)
  }
  return new Uint8Array(Buffer.concat(parts))
}

const unavailable = (why: string) => new AppError('unavailable', `There is no time stamp from the authority: ${why}.`)
