import type {
  Challenge,
  CmsEvidence,
  Command,
  Effect,
  NewPackage,
  Origin,
  PackageState,
  Participant,
  Person,
  PlainEvent,
  Refusal,
  Step,
} from './model.ts'

/** Wrong codes that end an attempt. */
export const MAX_WRONG_CODES = 5
/** Calls bring the time at which they began: of two side by side, the earlier may be heard later. */
const SKEW_SECONDS = 30
/** Codes an hour to one participant: a link must not become a way to flood a phone. */
export const MAX_CODES_AN_HOUR = 10

const refuse = (code: Refusal['code'], message: string, retryAfter?: number): Step => ({
  state: null,
  events: [],
  effects: [],
  refusal: { code, message, ...(retryAfter === undefined ? {} : { retryAfter }) },
})
const move = (state: PackageState, events: PlainEvent[] = [], effects: Effect[] = []): Step => ({
  state: { ...state, version: state.version + 1 },
  events,
  effects,
})

const acted = (p: Participant) => ['signed', 'approved', 'declined'].includes(p.status)
const acts = (p: Participant) => p.role !== 'viewer'
export const samePerson = (a: Person | null, b: Person) =>
  a?.fullName === b.fullName && a.identifier === b.identifier && a.phone === b.phone

function update(state: PackageState, id: string, change: Partial<Participant>): PackageState {
  return { ...state, participants: state.participants.map((p) => (p.id === id ? { ...p, ...change } : p)) }
}

/** Gives the turn to the lowest order that still has somebody to act; ends the package when there is none. */
function turn(state: PackageState, now: string): PackageState {
  const left = state.participants.filter((p) => acts(p) && !acted(p) && p.status !== 'not_needed')
  if (left.length === 0) return { ...state, status: 'signed', finishedAt: now }
  const order = Math.min(...left.map((p) => p.order))
  return {
    ...state,
    participants: state.participants.map((p) => (p.status === 'waiting' && p.order === order ? { ...p, status: 'current' } : p)),
  }
}

/** The participant if it may act now; otherwise why not. */
function inTurn(state: PackageState, id: string): Participant | Step {
  const p = state.participants.find((x) => x.id === id)
  if (!p) return refuse('not_found', 'There is no such participant.')
  if (p.status === 'signed') return refuse('conflict', 'This has been signed already.')
  if (state.status === 'signed') return refuse('conflict', 'The package has been signed already.')
  if (state.status !== 'in_progress') return refuse('conflict', `The package is ${state.status}.`)
  if (p.role !== 'signer') return refuse('forbidden', 'Only a signer signs.')
  if (p.status !== 'current') return refuse('conflict', 'It is not this participant’s turn.')
  return p
}
const isStep = (x: Participant | Step): x is Step => 'events' in x

const secondsBetween = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 1000

function create(fresh: NewPackage, now: string): Step {
  const participants = fresh.participants.map((p): Participant => ({
    ...p,
    status: p.role === 'viewer' ? 'viewing' : 'waiting',
    challenge: null,
    claim: null,
    signature: null,
  }))
  const { id, orgId, subject, title, documents } = fresh
  const state: PackageState = {
    v: 1,
    id,
    orgId,
    subject,
    title,
    status: 'draft',
    version: 0,
    documents,
    participants,
    createdAt: now,
    finishedAt: null,
    sealed: null,
  }
  return move(state, [{ type: 'package.created', data: { documents: documents.map((d) => d.sha256) } }], [{ kind: 'project' }])
}

function nameParticipant(state: PackageState, id: string, person: Person): Step {
  const p = inTurn(state, id)
  if (isStep(p)) return p
  if (p.claim) return refuse('conflict', 'The signature is being completed.')
  if (samePerson(p.person, person)) return { state: null, events: [], effects: [] }
  const events: PlainEvent[] = p.person ? [{ type: 'participant.replaced', data: { participant_id: id } }] : []
  // The code belonged to the one who was named before; when it was sent still counts.
  const challenge = p.challenge && { ...p.challenge, wrong: MAX_WRONG_CODES }
  return move(update(state, id, { person, challenge }), events, [{ kind: 'project' }])
}

function requestCode(state: PackageState, command: Extract<Command, { type: 'request_code' }>, now: string): Step {
  const p = inTurn(state, command.participantId)
  if (isStep(p)) return p
  if (!p.methods.includes('sms')) return refuse('forbidden', 'This participant does not sign by SMS.')
  if (!p.person) return refuse('conflict', 'It is not known who signs.')
  if (p.claim) return refuse('conflict', 'The signature is being completed.')
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
    update(state, p.id, { challenge }),
    [{ type: 'code.sent', data: { participant_id: p.id } }],
    [{ kind: 'code', participantId: p.id, challengeId: challenge.id, to: p.person.phone }, { kind: 'project' }],
  )
}

function verifyCode(state: PackageState, id: string, codeHash: string, origin: Origin): Step {
  const p = inTurn(state, id)
  if (isStep(p)) return p
  const { challenge } = p
  // Proved before and cut off: the same code takes it up again, no other one may.
  if (p.claim)
    return challenge?.codeHash === codeHash
      ? { state: null, events: [], effects: [] }
      : refuse('conflict', 'The signature is being completed.')
  if (!challenge) return refuse('wrong_code', 'No code was asked for.')
  if (challenge.wrong >= MAX_WRONG_CODES) return refuse('too_many_requests', 'This attempt has ended; ask for a new code.')
  if (challenge.expiresAt <= origin.now) return refuse('wrong_code', 'The code has expired; ask for a new one.')
  if (challenge.codeHash !== codeHash) {
    const wrong = challenge.wrong + 1
    const ended = wrong >= MAX_WRONG_CODES
    const step = move(
      update(state, id, { challenge: { ...challenge, wrong } }),
      [{ type: 'code.refused', data: { participant_id: id, wrong } }],
      [{ kind: 'project' }],
    )
    return {
      ...step,
      refusal: ended
        ? { code: 'too_many_requests', message: 'Too many wrong codes; ask for a new one.' }
        : { code: 'wrong_code', message: 'The code is wrong.' },
    }
  }
  return move(update(state, id, { claim: { method: 'sms', at: origin.now, ip: origin.ip, userAgent: origin.userAgent } }))
}

/** A signature made with the signer's own key, which was verified before it came here. */
function prove(state: PackageState, id: string, cms: CmsEvidence[], origin: Origin): Step {
  const p = inTurn(state, id)
  if (isStep(p)) return p
  if (!p.methods.includes('cms')) return refuse('forbidden', 'This participant does not sign with a key.')
  if (!p.person) return refuse('conflict', 'It is not known who signs.')
  if (p.claim) return refuse('conflict', 'The signature is being completed.')
  const covers = state.documents.length === cms.length && state.documents.every((d, i) => cms[i]?.documentId === d.id)
  if (!covers) return refuse('conflict', 'Each document needs a signature of its own.')
  return move(update(state, id, { claim: { method: 'cms', at: origin.now, ip: origin.ip, userAgent: origin.userAgent, cms } }))
}

function accept(state: PackageState, id: string): Step {
  const p = state.participants.find((x) => x.id === id)
  if (!p?.claim || !p.person) return refuse('conflict', 'There is no signature to accept.')
  const signature = { ...p.claim, person: p.person, documents: state.documents.map((d) => d.sha256) }
  const signed = turn(update(state, id, { status: 'signed', claim: null, challenge: null, signature }), p.claim.at)
  const events: PlainEvent[] = [
    { type: 'participant.signed', data: { participant_id: id, method: p.claim.method, documents: signature.documents } },
  ]
  if (signed.status !== 'signed') return move(signed, events, [{ kind: 'project' }])
  return move(signed, [...events, { type: 'package.signed' }], [{ kind: 'project' }, { kind: 'tell', news: 'signed' }, { kind: 'seal' }])
}

function revoke(state: PackageState, now: string): Step {
  if (state.status === 'revoked') return { state: null, events: [], effects: [] }
  if (state.status !== 'draft' && state.status !== 'in_progress') return refuse('conflict', 'The package has been signed already.')
  if (state.participants.some((p) => p.claim)) return refuse('conflict', 'A signature is being completed.')
  const participants = state.participants.map((p) => ({ ...p, challenge: null }))
  return move({ ...state, participants, status: 'revoked', finishedAt: now }, [{ type: 'package.revoked' }], [{ kind: 'project' }])
}

/**
 * The rules of a package: what a command makes of a state. Pure; `state: null` in the answer means that nothing changes. The Durable
 * Object stores state, events and effects together and only then lets the effects out.
 */
export function step(state: PackageState | null, command: Command, origin: Origin): Step {
  if (command.type === 'create') return state ? { state: null, events: [], effects: [] } : create(command.package, origin.now)
  if (!state) return refuse('not_found', 'There is no such package.')
  switch (command.type) {
    case 'send': {
      if (state.status !== 'draft') return { state: null, events: [], effects: [] }
      return move(turn({ ...state, status: 'in_progress' }, origin.now), [{ type: 'package.sent' }], [{ kind: 'project' }])
    }
    case 'name_participant':
      return nameParticipant(state, command.participantId, command.person)
    case 'request_code':
      return requestCode(state, command, origin.now)
    case 'cancel_code': {
      const p = inTurn(state, command.participantId)
      if (isStep(p) || !p.challenge || p.claim) return { state: null, events: [], effects: [] }
      return move(update(state, p.id, { challenge: { ...p.challenge, wrong: MAX_WRONG_CODES } }))
    }
    case 'verify_code':
      return verifyCode(state, command.participantId, command.codeHash, origin)
    case 'prove':
      return prove(state, command.participantId, command.cms, origin)
    case 'accept':
      return accept(state, command.participantId)
    case 'release':
      return move(update(state, command.participantId, { claim: null }))
    case 'revoke':
      return revoke(state, origin.now)
    case 'record_seal': {
      if (state.status !== 'signed' || state.sealed) return { state: null, events: [], effects: [] }
      const data = { documents: command.documents.map((d) => d.sha256) }
      return move(
        { ...state, sealed: command.documents },
        [{ type: 'package.sealed', data }],
        [{ kind: 'project' }, { kind: 'tell', news: 'sealed' }],
      )
    }
  }
}
