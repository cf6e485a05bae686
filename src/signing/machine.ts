import { MAX_WRONG_CODES, requestCode, verifyCode } from './machine-codes.ts'
import {
  acts,
  ALREADY_COMPLETING,
  canBeTold,
  ended,
  giveTurn,
  inTurn,
  isStep,
  move,
  noteLanguage,
  nothing,
  participantOf,
  refuse,
  samePerson,
  took,
  update,
} from './machine-parts.ts'
import type { CmsEvidence, Command, Effect, NewPackage, Origin, PackageState, Participant, Person, PlainEvent, Step } from './model.ts'

export { MAX_CODES_AN_HOUR, MAX_WRONG_CODES } from './machine-codes.ts'
export { samePerson } from './machine-parts.ts'

function create(fresh: NewPackage, now: string): Step {
  const participants = fresh.participants.map((p): Participant => ({
    ...p,
    status: acts(p) ? 'waiting' : 'viewing',
    actedAt: null,
    reason: null,
    challenge: null,
    claim: null,
    signature: null,
  }))
  const { id, orgId, subject, title, documents } = fresh
  const state: PackageState = {
    v: 2,
    id,
    orgId,
    subject,
    title,
    status: 'draft',
    version: 1,
    documents,
    participants,
    quorums: fresh.quorums ?? [],
    deadline: fresh.deadline ?? null,
    callbackUrl: fresh.callbackUrl ?? null,
    metadata: fresh.metadata ?? null,
    createdAt: now,
    updatedAt: now,
    finishedAt: null,
    remindedAt: null,
    sealed: null,
    certificate: null,
  }
  const data = { documents: documents.map((d) => d.sha256) }
  return { state, events: [{ type: 'package.created', data }], effects: [{ kind: 'project' }] }
}

function send(state: PackageState, now: string): Step {
  if (state.status !== 'draft') return refuse('conflict', `The package is ${state.status} already.`)
  if (state.deadline && state.deadline <= now) return refuse('conflict', 'The deadline has passed already.')
  return move(state, giveTurn({ ...state, status: 'in_progress' }, now), now, [{ type: 'package.sent' }])
}

/** What a contract's signer, or whoever replaces a participant, leaves of a code that was sent: when, and that it serves no more. */
const spent = (p: Participant) => p.challenge && { ...p.challenge, wrong: MAX_WRONG_CODES }

function nameParticipant(state: PackageState, id: string, person: Person, now: string): Step {
  const p = inTurn(state, id, 'sign')
  if (isStep(p)) return p
  if (p.claim) return refuse('conflict', ALREADY_COMPLETING)
  if (samePerson(p.person, person)) return nothing
  const events: PlainEvent[] = p.person ? [{ type: 'participant.replaced', data: { participant_id: id } }] : []
  return move(state, update(state, id, { person, challenge: spent(p) }), now, events)
}

function replace(state: PackageState, { participantId: id, by }: Extract<Command, { type: 'replace_participant' }>, now: string): Step {
  const p = participantOf(state, id)
  if (!p) return refuse('not_found', 'There is no such participant.')
  if (ended(state)) return refuse('conflict', `The package is ${state.status}.`)
  if (took(p) || p.status === 'not_needed') return refuse('conflict', 'This participant has acted already, or is not needed any more.')
  if (p.claim) return refuse('conflict', ALREADY_COMPLETING)
  const { lang: _, ...place } = p
  const replaced = { ...state, participants: state.participants.map((x) => (x === p ? { ...place, ...by, challenge: null } : x)) }
  return move(state, replaced, now, [{ type: 'participant.replaced', data: { participant_id: id, links: 'revoked' } }])
}

/** A signature made with a key: the signer's own, verified before it came here, or the employee's that the server keeps. */
function prove(state: PackageState, command: Extract<Command, { type: 'prove' }>, origin: Origin): Step {
  const p = inTurn(state, command.participantId, 'sign', command.method)
  if (isStep(p)) return p
  if (!p.person) return refuse('conflict', 'It is not known who signs.')
  if (p.claim) return refuse('conflict', ALREADY_COMPLETING)
  const cms = command.method === 'cms' ? command.cms : undefined
  if (cms && !covers(state, cms)) return refuse('conflict', 'Each document needs a signature of its own.')
  const { now: at, ip, userAgent, actor } = origin
  const claim = { method: command.method, at, ip, userAgent, actor, consent: origin.consent === true, ...(cms ? { cms } : {}) }
  return move(state, update(state, p.id, { claim }), at)
}

const covers = (state: PackageState, cms: CmsEvidence[]) =>
  state.documents.length === cms.length && state.documents.every((d, i) => cms[i]?.documentId === d.id)

/** The evidence of a signature, as the trail keeps it (DECISIONS › office): phone, code check, address, consent, hashes. */
const evidenceOf = (p: Participant, documents: string[], cms: CmsEvidence[]) => ({
  participant_id: p.id,
  method: p.claim?.method,
  documents,
  signatures: cms.map((c) => c.sha256),
  at: p.claim?.at,
  ip: p.claim?.ip ?? null,
  user_agent: p.claim?.userAgent ?? null,
  ...(p.claim?.consent ? { consent: true } : {}),
  ...(p.claim?.method === 'sms' ? { phone: p.person?.phone, code_checked: true } : {}),
})

function accept(state: PackageState, id: string, made: CmsEvidence[] | undefined, now: string): Step {
  const p = participantOf(state, id)
  if (!p?.claim || !p.person) return refuse('conflict', 'There is no signature to accept.')
  const cms = p.claim.cms ?? made ?? []
  if (!covers(state, cms)) return refuse('conflict', 'Each document needs a signature of its own.')
  const documents = state.documents.map((d) => d.sha256)
  const signature = { ...p.claim, cms, person: p.person, documents }
  const signed = update(state, id, { status: 'signed', actedAt: p.claim.at, claim: null, challenge: null, signature })
  return onward(state, signed, now, { type: 'participant.signed', data: evidenceOf(p, documents, cms) })
}

/** Somebody is done: the turn goes on, and the package ends when there is nobody left. */
function onward(before: PackageState, after: PackageState, now: string, event: PlainEvent): Step {
  const next = giveTurn(after, now)
  if (next.status !== 'signed') return move(before, next, now, [event])
  return move(before, next, now, [event, { type: 'package.signed' }], whenSigned(next))
}

/** A certificate request has nothing that is stamped. */
const whenSigned = ({ subject }: PackageState): Effect[] => [
  { kind: 'tell', news: 'signed' },
  ...(subject.type === 'certificate_request' ? [] : [{ kind: 'seal' } as const]),
]

function release(state: PackageState, id: string, now: string): Step {
  const p = participantOf(state, id)
  if (!p?.claim) return nothing
  // Where the others sufficed meanwhile, this signature is not needed any more.
  const next = giveTurn(update(state, id, { claim: null }), now)
  if (next.status !== 'signed') return move(state, next, now)
  return move(state, next, now, [{ type: 'package.signed' }], whenSigned(next))
}

function approve(state: PackageState, id: string, origin: Origin): Step {
  const p = inTurn(state, id, 'approve')
  if (isStep(p)) return p
  const approved = update(state, id, { status: 'approved', actedAt: origin.now })
  const documents = state.documents.map((d) => d.sha256)
  const data = { participant_id: id, documents, ...(origin.consent ? { consent: true } : {}) }
  return onward(state, approved, origin.now, { type: 'participant.approved', data })
}

/** Those who had something to do with the package so far, for news of its end. */
const involved = (state: PackageState, but?: string) =>
  state.participants.filter((p) => acts(p) && p.id !== but && canBeTold(p) && (took(p) || p.status === 'current')).map((p) => p.id)

function finish(state: PackageState, status: 'declined' | 'revoked' | 'expired', now: string): PackageState {
  const participants = state.participants.map((p) => (p.challenge ? { ...p, challenge: null } : p))
  return { ...state, status, participants, finishedAt: now }
}

const ENDED: Effect = { kind: 'tell', news: 'ended' }

function decline(state: PackageState, id: string, reason: string, now: string): Step {
  const p = inTurn(state, id, 'decline')
  if (isStep(p)) return p
  if (p.claim) return refuse('conflict', ALREADY_COMPLETING)
  if (state.participants.some((x) => x.claim)) return refuse('conflict', 'A signature is being completed.')
  const next = finish(update(state, id, { status: 'declined', actedAt: now, reason }), 'declined', now)
  const events: PlainEvent[] = [
    { type: 'participant.declined', data: { participant_id: id, reason } },
    { type: 'package.declined', data: { participant_id: id } },
  ]
  return move(state, next, now, events, [ENDED, { kind: 'notify', why: 'declined', participantIds: involved(state, id) }])
}

function revoke(state: PackageState, reason: string | null, now: string): Step {
  if (ended(state)) return refuse('conflict', `The package is ${state.status} already.`)
  if (state.participants.some((p) => p.claim)) return refuse('conflict', 'A signature is being completed.')
  const effects: Effect[] = [ENDED, { kind: 'notify', why: 'revoked', participantIds: involved(state) }]
  return move(state, finish(state, 'revoked', now), now, [{ type: 'package.revoked', ...(reason ? { data: { reason } } : {}) }], effects)
}

/** A claim that was proved in time is still completed. */
function tick(state: PackageState, now: string): Step {
  const due = state.status === 'in_progress' && state.deadline !== null && state.deadline <= now
  if (!due || state.participants.some((p) => p.claim)) return nothing
  return move(state, finish(state, 'expired', now), now, [{ type: 'package.expired' }], [ENDED])
}

function remind(state: PackageState, pauseSeconds: number, now: string): Step {
  if (state.status !== 'in_progress') return refuse('conflict', `The package is ${state.status}.`)
  const age = state.remindedAt === null ? Infinity : (Date.parse(now) - Date.parse(state.remindedAt)) / 1000
  if (age >= 0 && age < pauseSeconds)
    return refuse('too_many_requests', 'The participants were reminded less than an hour ago.', pauseSeconds - age)
  const whom = state.participants.filter((p) => p.status === 'current' && canBeTold(p)).map((p) => p.id)
  if (whom.length === 0) return nothing
  const events = whom.map((id): PlainEvent => ({ type: 'participant.reminded', data: { participant_id: id } }))
  return move(state, { ...state, remindedAt: now }, now, events, [{ kind: 'remind', at: now, participantIds: whom }])
}

function recordSeal(state: PackageState, command: Extract<Command, { type: 'record_seal' }>, now: string): Step {
  if (state.status !== 'signed' || state.sealed) return nothing
  const { documents, certificate } = command
  const data = { documents: documents.map((d) => d.sha256), ...(certificate ? { certificate: certificate.sha256 } : {}) }
  const next = { ...state, sealed: documents, certificate }
  return move(state, next, now, [{ type: 'package.sealed', data }], [{ kind: 'tell', news: 'sealed' }])
}

/**
 * The rules of a package: what a command makes of a state. Pure; `state: null` in the answer means that nothing changes. The Durable
 * Object stores state, events and effects together and only then lets the effects out.
 */
export function step(state: PackageState | null, command: Command, origin: Origin): Step {
  const { now } = origin
  if (command.type === 'create') return state ? nothing : create(command.package, now)
  if (!state) return refuse('not_found', 'There is no such package.')
  switch (command.type) {
    case 'send':
      return send(state, now)
    case 'name_participant':
      return nameParticipant(state, command.participantId, command.person, now)
    case 'replace_participant':
      return replace(state, command, now)
    case 'note_language':
      return noteLanguage(state, command.participantId, command.lang)
    case 'request_code':
      return requestCode(state, command, now)
    case 'cancel_code': {
      const p = inTurn(state, command.participantId, 'sign')
      if (isStep(p) || !p.challenge || p.claim) return nothing
      return move(state, update(state, p.id, { challenge: spent(p) }), now)
    }
    case 'verify_code':
      return verifyCode(state, command.participantId, command.codeHash, origin)
    case 'prove':
      return prove(state, command, origin)
    case 'accept':
      return accept(state, command.participantId, command.cms, now)
    case 'release':
      return release(state, command.participantId, now)
    case 'approve':
      return approve(state, command.participantId, origin)
    case 'decline':
      return decline(state, command.participantId, command.reason, now)
    case 'remind':
      return remind(state, command.pauseSeconds, now)
    case 'revoke':
      return revoke(state, command.reason, now)
    case 'tick':
      return tick(state, now)
    case 'record_seal':
      return recordSeal(state, command, now)
  }
}
