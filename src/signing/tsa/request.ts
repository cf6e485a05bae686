import { toHex } from '../../lib/ids.ts'
import type { ChainOptions } from '../cms/chain.ts'
import { reason, reasonOf } from '../cms/reasons.ts'
import type { Reason } from '../cms/reasons.ts'
import { verifyTimestamp } from '../cms/timestamp.ts'
import type { TimestampVerdict } from '../cms/timestamp.ts'
import { readTimestampAnswer } from './query.ts'
import type { QueryOptions } from './query.ts'

/** How far the stamped time may be from ours, milliseconds. */
const SKEW = 5 * 60_000

export type StampOutcome =
  | { ok: true; token: Uint8Array; verdict: TimestampVerdict; time: Date }
  | { ok: false; reasons: readonly Reason[]; verdict?: TimestampVerdict }

/**
 * Checks an authority's response to our query over `data` (RFC 3161, 2.2 and 2.4.2): granted, of this data, of this nonce, under the policy
 * asked for, of the present, signed by a certificate for time stamping alone that leads to an anchor. All of it, or it is no time stamp.
 */
export async function verifyTimestampResponse(
  response: Uint8Array,
  data: Uint8Array,
  { nonce, policy }: QueryOptions,
  options: ChainOptions,
): Promise<StampOutcome> {
  const refused = (detail: string, verdict?: TimestampVerdict): StampOutcome => ({
    ok: false,
    reasons: [reason('timestamp-wrong', detail)],
    ...(verdict ? { verdict } : {}),
  })
  try {
    const answer = readTimestampAnswer(response)
    if (!answer.granted) {
      return refused(`The authority refused: status ${answer.status} ${[...answer.failures, answer.text].filter(Boolean).join(' ')}`.trim())
    }
    const verdict = await verifyTimestamp(answer.token, data, options)
    const { info } = verdict
    if (!verdict.ok || !info) return { ok: false, reasons: verdict.reasons, verdict }
    // As numbers, so that leading zeros make no difference.
    if (info.nonce !== BigInt(`0x${toHex(nonce)}`)) return refused('The time stamp answers another question', verdict)
    if (policy !== undefined && info.policy !== policy) return refused('The time stamp is under another policy', verdict)
    if (Math.abs(info.time.getTime() - options.at.getTime()) > SKEW) return refused("The authority's clock is not ours", verdict)
    return { ok: true, token: answer.token, verdict, time: info.time }
  } catch (error) {
    return { ok: false, reasons: [reasonOf(error, 'The response is malformed')] }
  }
}
