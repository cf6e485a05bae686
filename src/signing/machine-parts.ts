import type { Lang } from '../http/lang.ts'
import type { Effect, PackageState, Participant, Person, PlainEvent, Refusal, SigningMethod, StatusChange, Step } from './model.ts'

export const ALREADY_COMPLETING = 'The signature is being completed.'

/** Nothing changes, and nothing is wrong with that. */
export const nothing: Step = { state: null, events: [], effects: [] }

export const refuse = (code: Refusal['code'], message: string, retryAfter?: number): Step => ({
  ...nothing,
  refusal: { code, message, ...(retryAfter === undefined ? {} : { retryAfter }) },
})
export const isStep = (x: Participant | Step): x is Step => 'events' in x

/** A change: the version grows, D1 is told, and so are those who asked for callbacks, of every status that is another now. */
export function move(before: PackageState, after: PackageState, now: string, events: PlainEvent[] = [], more: Effect[] = []): Step {
  const changes: StatusChange[] = after.participants.flatMap((p, i) =>
    p.status === before.participants[i]?.status ? [] : [{ participantId: p.id, status: p.status }],
  )
  if (before.status !== after.status) changes.push({ participantId: null, status: after.status })
  const heard = changes.length > 0 && after.subject.type === 'package'
  return {
    state: { ...after, version: before.version + 1, updatedAt: now },
    events,
    effects: [{ kind: 'project' }, ...(heard ? [{ kind: 'announce', at: now, changes } as const] : []), ...more],
  }
}

export const participantOf = (state: PackageState, id: string) => state.participants.find((p) => p.id === id)

export function update(state: PackageState, id: string, change: Partial<Participant>): PackageState {
  return { ...state, participants: state.participants.map((p) => (p.id === id ? { ...p, ...change } : p)) }
}

/** How somebody reads the page is no event, and D1 need not know: whoever holds a link may switch as often as it likes. */
export function noteLanguage(state: PackageState, id: string, lang: Lang): Step {
  const p = participantOf(state, id)
  return !p || p.lang === lang ? nothing : { ...nothing, state: update(state, id, { lang }) }
}

export const ended = ({ status }: PackageState) => status !== 'draft' && status !== 'in_progress'
export const acts = (p: Pick<Participant, 'role'>) => p.role !== 'viewer'
/** By SMS, or by mail where there is no phone. */
export const canBeTold = ({ person }: Pick<Participant, 'person'>) => Boolean(person?.phone ?? person?.email)
/** Has signed, approved or declined. */
export const took = (p: Participant) => p.status === 'signed' || p.status === 'approved' || p.status === 'declined'

export const samePerson = (a: Person | null, b: Person) =>
  a?.fullName === b.fullName && a.identifier === b.identifier && a.inn === b.inn && a.phone === b.phone

export type Act = 'sign' | 'approve' | 'decline'

/**
 * Why a participant may not do something by its role or the methods given to it, whatever the turn: `head` and `signer` sign, `approver`
 * approves, `viewer` reads (DECISIONS › office, Rights).
 */
export function withoutRight(p: Participant, act: Act, method?: SigningMethod): Refusal | undefined {
  if (!acts(p)) return { code: 'forbidden', message: 'A viewer only reads.' }
  if (act === 'sign' && p.role !== 'signer') return { code: 'forbidden', message: 'Only a signer signs.' }
  if (act === 'approve' && p.role !== 'approver') return { code: 'forbidden', message: 'Only an approver approves.' }
  if (method && !p.methods.includes(method)) return { code: 'forbidden', message: 'This participant does not sign in this way.' }
  return undefined
}

/** The participant if it may act now; otherwise why not. Rights are judged before turns. */
export function inTurn(state: PackageState, id: string, act: Act, method?: SigningMethod): Participant | Step {
  const p = participantOf(state, id)
  if (!p) return refuse('not_found', 'There is no such participant.')
  const refusal = withoutRight(p, act, method)
  if (refusal) return { ...nothing, refusal }
  if (p.status === 'signed') return refuse('conflict', 'This has been signed already.')
  if (p.status === 'approved') return refuse('conflict', 'This has been approved already.')
  if (state.status === 'signed') return refuse('conflict', 'The package has been signed already.')
  if (state.status !== 'in_progress') return refuse('conflict', `The package is ${state.status}.`)
  if (p.status === 'not_needed') return refuse('conflict', 'Enough others have signed.')
  if (p.status !== 'current') return refuse('conflict', 'It is not this participant’s turn.')
  return p
}

/** How many of an order must act, and whom that counts: its signers, or its approvers where nobody signs. Undefined where all must. */
export function quorumOf(state: Pick<PackageState, 'quorums'>, order: number, inOrder: Pick<Participant, 'role'>[]) {
  const need = state.quorums.find((q) => q.order === order)?.need
  const role = inOrder.some((p) => p.role === 'signer') ? ('signer' as const) : ('approver' as const)
  return need === undefined ? undefined : { need, role }
}

/** Who of an order is still to act, those left out whom a reached quorum makes unnecessary. A proved signature is always completed. */
function split(state: PackageState, order: number, inOrder: Participant[]): { left: Participant[]; spared: Participant[] } {
  const open = inOrder.filter((p) => p.status === 'waiting' || p.status === 'current')
  const quorum = quorumOf(state, order, inOrder)
  const done = inOrder.filter((p) => p.role === quorum?.role && (p.status === 'signed' || p.status === 'approved')).length
  if (!quorum || done < quorum.need) return { left: open, spared: [] }
  const spared = open.filter((p) => p.role === quorum.role && !p.claim)
  return { left: open.filter((p) => !spared.includes(p)), spared }
}

/** The order whose turn it is; where nobody is left, the last one. */
export function currentOrder({ participants }: Pick<PackageState, 'participants'>): number {
  const open = participants.filter((p) => p.status === 'current' || p.status === 'waiting').map((p) => p.order)
  return open.length > 0 ? Math.min(...open) : Math.max(1, ...participants.filter(acts).map((p) => p.order))
}

/** Gives the turn to the lowest order that still has somebody to act; ends the package when there is none. */
export function giveTurn(state: PackageState, now: string): PackageState {
  const orders = [...new Set(state.participants.filter(acts).map((p) => p.order))].toSorted((a, b) => a - b)
  let participants = state.participants
  for (const order of orders) {
    const inOrder = participants.filter((p) => acts(p) && p.order === order)
    const { left, spared } = split(state, order, inOrder)
    if (spared.length > 0)
      participants = participants.map((p) => (spared.includes(p) ? { ...p, status: 'not_needed' as const, challenge: null } : p))
    if (left.length === 0) continue
    if (left.some((p) => p.status === 'waiting'))
      participants = participants.map((p) => (left.includes(p) && p.status === 'waiting' ? { ...p, status: 'current' as const } : p))
    return { ...state, participants }
  }
  return { ...state, participants, status: 'signed', finishedAt: now }
}
