import { ALREADY_COMPLETING, inTurn, isStep, move, nothing, refuse, update } from './machine-parts.ts'
import type { Challenge, Command, Origin, PackageState, Step } from './model.ts'

/** Wrong codes that end an attempt. */
export const MAX_WRONG_CODES = 5
/** Calls bring the time at which they began: of two side by side, the earlier may be heard later. */
const SKEW_SECONDS = 30
/** Codes an hour to one participant: a link must not become a way to flood a phone. */
export const MAX_CODES_AN_HOUR = 10

const secondsBetween = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 1000

export function requestCode(state: PackageState, command: Extract<Command, { type: 'request_code' }>, now: string): Step {
  const p = inTurn(state, command.participantId, 'sign', 'sms')
  if (isStep(p)) return p
  if (!p.person) return refuse('conflict', 'It is not known who signs.')
  if (!p.person.phone) return refuse('conflict', 'There is no phone to send a code to.')
  if (p.claim) return refuse('conflict', ALREADY_COMPLETING)
  if (p.challenge) {
    const wait = command.resendSeconds - secondsBetween(p.challenge.sentAt, now)
    // Much longer than that only where the clock was moved back.
    if (wait > 0 && wait <= command.resendSeconds + SKEW_SECONDS)
      return refuse('too_many_requests', 'A code was sent a moment ago.', Math.min(wait, command.resendSeconds))
  }
  const age = p.challenge ? secondsBetween(p.challenge.countedFrom, now) : Infinity
  const counting = p.challenge !== null && age >= 0 && age < 3600
  if (p.challenge && counting && p.challenge.sent >= MAX_CODES_AN_HOUR)
    return refuse('too_many_requests', 'Too many codes were sent.', 3600 - age)
  const challenge: Challenge = {
    id: command.challengeId,
    codeHash: command.codeHash,
    sentAt: now,
    expiresAt: new Date(Date.parse(now) + command.ttlSeconds * 1000).toISOString(),
    wrong: 0,
    sent: p.challenge && counting ? p.challenge.sent + 1 : 1,
    countedFrom: p.challenge && counting ? p.challenge.countedFrom : now,
  }
  return move(
    state,
    update(state, p.id, { challenge }),
    now,
    [{ type: 'code.sent', data: { participant_id: p.id } }],
    [{ kind: 'code', participantId: p.id, challengeId: challenge.id, to: p.person.phone }],
  )
}

export function verifyCode(state: PackageState, id: string, codeHash: string, origin: Origin): Step {
  const p = inTurn(state, id, 'sign', 'sms')
  if (isStep(p)) return p
  const { challenge } = p
  // Proved before and cut off: the same code takes it up again, no other one may.
  if (p.claim) return challenge?.codeHash === codeHash ? nothing : refuse('conflict', ALREADY_COMPLETING)
  if (!challenge) return refuse('wrong_code', 'No code was asked for.')
  if (challenge.wrong >= MAX_WRONG_CODES) return refuse('too_many_requests', 'This attempt has ended; ask for a new code.')
  if (challenge.expiresAt <= origin.now) return refuse('wrong_code', 'The code has expired; ask for a new one.')
  if (challenge.codeHash !== codeHash) {
    const wrong = challenge.wrong + 1
    const counted = move(state, update(state, id, { challenge: { ...challenge, wrong } }), origin.now, [
      { type: 'code.refused', data: { participant_id: id, wrong } },
    ])
    const refusal =
      wrong >= MAX_WRONG_CODES
        ? ({ code: 'too_many_requests', message: 'Too many wrong codes; ask for a new one.' } as const)
        : ({ code: 'wrong_code', message: 'The code is wrong.' } as const)
    return { ...counted, refusal }
  }
  const { now: at, ip, userAgent, actor } = origin
  return move(state, update(state, id, { claim: { method: 'sms', at, ip, userAgent, actor, consent: origin.consent === true } }), at)
}
