import * as fc from 'fast-check'
import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { MAX_WRONG_CODES, step } from '../../src/signing/machine.ts'
import type { Command, Origin, PackageState, Participant, PlainEvent, SigningMethod, Step } from '../../src/signing/model.ts'
import { chain, type ChainedEvent } from '../../src/signing/store.ts'
import { at, freeze, RESEND, TTL } from './package-kit.ts'
import { Book, commandOf, packageOf, plans, type Plan } from './package-walk.ts'

/**
 * Random routes under random commands: what a service would send, and what it never should (twice, out of turn, too late, of somebody else).
 * After each command the package is held against a book that this test keeps for itself.
 */

const SEED = Number(process.env.SEED ?? 20_260_131)
const RUNS = Number(process.env.RUNS ?? 250)
/** For what is looked at after every command: `expect` is slow. */
function holds(truth: boolean, what: string): void {
  if (!truth) throw new Error(what)
}
const TERMINAL = new Set(['signed', 'declined', 'revoked', 'expired'])
const ACTED = new Set(['signed', 'approved', 'declined'])
const acts = (p: Participant) => p.role !== 'viewer'

/** Whether those of an order have done all that the next ones wait for: worked out by hand, from statuses alone. */
function orderDone(state: PackageState, order: number): boolean {
  const those = state.participants.filter((p) => acts(p) && p.order === order)
  const quorum = state.quorums.find((q) => q.order === order)
  const counted = quorum && (those.some((p) => p.role === 'signer') ? 'signer' : 'approver')
  const did = (p: Participant) => p.status === 'signed' || p.status === 'approved'
  const enough = !quorum || those.filter((p) => p.role === counted && did(p)).length >= quorum.need
  return those.every((p) => did(p) || (quorum && p.role === counted && enough && p.status === 'not_needed')) && enough
}

const of = (s: PackageState, id: string) => s.participants.find((p) => p.id === id)

/** A signature is proved by a living code of that participant, or by a key whose method it has, in its turn. */
function checkClaim(before: PackageState, p: Participant, book: Book, command: Command, seconds: number, method: SigningMethod): void {
  const known = book.of(p.id)
  expect(before.status).toBe('in_progress')
  expect(of(before, p.id)).toMatchObject({ status: 'current', role: 'signer' })
  expect(p.methods).toContain(method)
  if (method === 'sms') {
    expect(command).toMatchObject({ type: 'verify_code', participantId: p.id, codeHash: known.code?.hash })
    expect([known.code?.dead, (known.code?.wrong ?? 99) < MAX_WRONG_CODES, seconds < (known.code?.until ?? 0)]).toEqual([false, true, true])
  } else {
    expect(command).toMatchObject({ type: 'prove', participantId: p.id, method })
    if (method === 'cms') expect(p.claim?.cms?.map((c) => c.documentId)).toEqual(before.documents.map((d) => d.id))
  }
}

function checkChange(before: PackageState, was: Participant, p: Participant, book: Book, command: Command, seconds: number): void {
  const mine = 'participantId' in command && command.participantId === p.id
  // The route is what it was.
  expect([p.id, p.order, p.role]).toEqual([was.id, was.order, was.role])
  // Who has acted has acted: nothing of it changes any more.
  if (ACTED.has(was.status) || was.status === 'not_needed') expect(p).toEqual(was)
  // Who somebody is changes by naming and replacing alone, and never while a signature is being completed.
  if (JSON.stringify([p.person, p.methods]) !== JSON.stringify([was.person, was.methods])) {
    expect(['name_participant', 'replace_participant']).toContain(command.type)
    expect([mine, was.claim]).toEqual([true, null])
    if (command.type === 'replace_participant') expect(p.challenge).toBeNull()
  }
  if (p.status !== was.status && ACTED.has(p.status)) {
    expect([mine, was.status, before.status]).toEqual([true, 'current', 'in_progress'])
    expect(book.of(p.id).acted++, 'nobody acts twice').toBe(0)
    expect(p.actedAt).not.toBeNull()
    // Nobody acts before all that were needed of the orders below.
    for (const order of new Set(before.participants.filter(acts).map((x) => x.order)))
      if (order < p.order) expect(orderDone(before, order), `order ${order} was not done`).toBe(true)
  }
  if (p.status === 'signed' && was.status !== 'signed') {
    expect([command.type, was.claim === null, p.claim, p.challenge]).toEqual(['accept', false, null, null])
    expect(p.signature).toMatchObject({ ...was.claim, person: was.person, documents: before.documents.map((d) => d.sha256) })
    expect(p.signature?.cms?.map((c) => c.documentId)).toEqual(before.documents.map((d) => d.id))
    expect(p.actedAt).toBe(was.claim?.at)
  }
  // A claim comes of a proof, and goes by acceptance or release alone.
  if (p.claim && !was.claim) checkClaim(before, p, book, command, seconds, p.claim.method)
  if (was.claim && !p.claim) expect([mine, ['accept', 'release'].includes(command.type)]).toEqual([true, true])
  if (was.claim && p.claim) expect(p).toEqual(was)
  // One new code a minute, and never more than five guesses.
  expect(p.challenge?.wrong ?? 0).toBeLessThanOrEqual(MAX_WRONG_CODES)
  if (p.challenge && was.challenge && p.challenge.id !== was.challenge.id)
    expect(seconds - (book.of(p.id).code?.sentAt ?? -999)).toBeGreaterThanOrEqual(RESEND)
}

/** Whether what a participant is fits what the package is. */
function checkStatus(after: PackageState, p: Participant): void {
  expect([p.signature !== null, p.reason !== null]).toEqual([p.status === 'signed', p.status === 'declined'])
  if (p.status === 'approved') expect(p.role).toBe('approver')
  if (after.status === 'draft') expect(p.status).toBe(acts(p) ? 'waiting' : 'viewing')
  if (!acts(p)) expect(p.status).toBe('viewing')
  if (p.status === 'not_needed') {
    const quorum = after.quorums.find((q) => q.order === p.order)
    const same = after.participants.filter((x) => x.order === p.order && x.role === p.role)
    expect(same.filter((x) => x.status === 'signed' || x.status === 'approved').length).toBeGreaterThanOrEqual(quorum?.need ?? 99)
    expect([p.claim, p.challenge]).toEqual([null, null])
  }
}

/** The turn is with the lowest order that is not done, and with all of it. */
function checkTurn(state: PackageState): void {
  const orders = [...new Set(state.participants.filter(acts).map((p) => p.order))].sort((a, b) => a - b)
  const turn = orders.find((order) => !orderDone(state, order))
  expect(state.status === 'signed').toBe(turn === undefined && !['draft', 'revoked', 'declined', 'expired'].includes(state.status))
  if (state.status !== 'in_progress') return
  for (const p of state.participants.filter(acts)) {
    const fits = p.order > (turn ?? 0) ? ['waiting'] : ['signed', 'approved', 'not_needed', ...(p.order === turn ? ['current'] : [])]
    holds(fits.includes(p.status), `${p.id} of order ${p.order} is ${p.status} in the turn of ${turn}`)
  }
  expect(state.participants.some((p) => p.status === 'current')).toBe(true)
}

/** Of a package whose participants read it in no language yet. */
const unread = (state: PackageState) => ({ ...state, participants: state.participants.map(({ lang: _, ...p }) => p) })

function checkPackage(before: PackageState, after: PackageState, result: Step, command: Command, now: string): void {
  if (command.type === 'note_language') {
    // Nobody is told of it, and nothing else is another: at any time, whatever is under way.
    expect([result.events, result.effects, result.refusal, unread(after)]).toEqual([[], [], undefined, unread(before)])
    for (const p of after.participants) expect(p.lang).toBe(p.id === command.participantId ? command.lang : of(before, p.id)?.lang)
    return
  }
  // It is the person's, not the place's.
  const replaced = command.type === 'replace_participant' && result.state ? command.participantId : undefined
  for (const p of after.participants) holds(p.lang === (p.id === replaced ? undefined : of(before, p.id)?.lang), `the language of ${p.id}`)
  holds(after.version === before.version + (result.state ? 1 : 0), 'the version')
  holds(after.participants.length === before.participants.length, 'the number of participants')
  for (const key of [
    'v',
    'id',
    'orgId',
    'subject',
    'title',
    'documents',
    'quorums',
    'deadline',
    'callbackUrl',
    'metadata',
    'createdAt',
  ] as const)
    holds(after[key] === before[key], `${key} has changed`)
  if (result.state) holds(after.updatedAt === now, 'the time of the change')
  else holds(result.events.length + result.effects.length === 0, 'something comes of nothing')
  // Whoever is refused changes nothing but the count of wrong codes.
  if (result.refusal && result.state) expect([command.type, result.events.map((e) => e.type)]).toEqual(['verify_code', ['code.refused']])
  // From an end there is no way back.
  if (TERMINAL.has(before.status)) {
    expect([after.status, after.finishedAt]).toEqual([before.status, before.finishedAt])
    expect(after.participants).toBe(before.participants)
    expect(result.state === null || command.type === 'record_seal').toBe(true)
  }
  holds((after.finishedAt !== null) === TERMINAL.has(after.status), 'the time of the end')
  // Sealed once, and only what was signed.
  if (before.sealed) expect([after.sealed, after.certificate]).toEqual([before.sealed, before.certificate])
  if (after.sealed) expect(after.status).toBe('signed')
  // A proved signature is never cut off by an end.
  if (before.participants.some((p) => p.claim) && after.status !== before.status) expect(['accept', 'release']).toContain(command.type)
  if (TERMINAL.has(after.status)) expect(after.participants.every((p) => p.claim === null)).toBe(true)
  if (TERMINAL.has(after.status) && after.status !== 'signed') expect(after.participants.every((p) => p.challenge === null)).toBe(true)
}

/** What is to happen outside: D1 is told of every change, callbacks of every status once, the subject and the seal once. */
function checkEffects(before: PackageState, after: PackageState, result: Step, book: Book, now: string): void {
  const { effects } = result
  holds(effects.filter((e) => e.kind === 'project').length === after.version - before.version, 'D1 is told once of each change')
  for (const effect of effects) {
    if (effect.kind === 'announce') {
      expect([after.subject.type, effect.at]).toEqual(['package', now])
      for (const { participantId, status } of effect.changes) {
        const key = `${participantId ?? 'package'} ${status}`
        expect(book.heard.has(key), `${key} is told twice`).toBe(false)
        book.heard.add(key)
        expect(book.told.get(participantId ?? 'package')).not.toBe(status)
        book.told.set(participantId ?? 'package', status)
      }
    }
    if (effect.kind === 'seal') {
      book.seals++
      expect([after.status, after.subject.type === 'certificate_request']).toEqual(['signed', false])
    }
    if (effect.kind === 'tell') book.tells.push(effect.news)
    if (effect.kind === 'code')
      expect(of(after, effect.participantId)).toMatchObject({ person: { phone: effect.to }, challenge: { id: effect.challengeId } })
    if (effect.kind === 'notify') {
      const who = before.participants.filter(
        (p) => acts(p) && (p.person?.phone ?? p.person?.email) && (ACTED.has(p.status) || p.status === 'current'),
      )
      const decliner = after.participants.find((p) => p.status === 'declined' && of(before, p.id)?.status !== 'declined')
      expect(effect.participantIds.toSorted()).toEqual(
        who
          .map((p) => p.id)
          .filter((id) => id !== decliner?.id)
          .toSorted(),
      )
    }
    if (effect.kind === 'remind') expect(effect.participantIds.every((id) => of(after, id)?.status === 'current')).toBe(true)
  }
  if (after.subject.type === 'package')
    for (const [id, status] of [...after.participants.map((p) => [p.id, p.status] as const), ['package', after.status] as const])
      holds(book.told.get(id) === status, `${id} is ${status}, and callbacks have heard ${book.told.get(id)}`)
  const over = TERMINAL.has(after.status)
  holds(book.seals === (after.status === 'signed' && after.subject.type !== 'certificate_request' ? 1 : 0), `${book.seals} seals`)
  const tells = [...(over ? [after.status === 'signed' ? 'signed' : 'ended'] : []), ...(after.sealed ? ['sealed'] : [])]
  holds(book.tells.join() === tells.join(), `the subject was told ${book.tells.join()} in place of ${tells.join()}`)
}

const once = (events: PlainEvent[], type: string) => events.filter((e) => e.type === type).length

function checkEvents(after: PackageState, book: Book): void {
  const { events } = book
  for (const [status, type] of [
    ['signed', 'package.signed'],
    ['declined', 'package.declined'],
    ['revoked', 'package.revoked'],
    ['expired', 'package.expired'],
  ] as const)
    expect(once(events, type), type).toBe(after.status === status ? 1 : 0)
  expect(once(events, 'package.sealed')).toBe(after.sealed ? 1 : 0)
  expect(once(events, 'package.created')).toBe(1)
  expect(once(events, 'package.sent')).toBeLessThanOrEqual(1)
  for (const p of after.participants)
    for (const done of ['signed', 'approved', 'declined'] as const)
      expect(events.filter((e) => e.type === `participant.${done}` && e.data?.participant_id === p.id).length).toBe(
        p.status === done ? 1 : 0,
      )
  // Neither a code nor what it is told by.
  expect(JSON.stringify(events)).not.toMatch(/code\d|guess/)
}

/** Keeps the trail as the object does, and what the test must know of codes. */
function note(result: Step, book: Book, command: Command, origin: Origin, seconds: number): void {
  for (const { type, data } of result.events) {
    const last = book.trail.at(-1)
    const { now, actor, ip, userAgent } = origin
    book.events.push({ type, ...(data ? { data } : {}) })
    book.trail.push(
      chain({
        seq: book.trail.length + 1,
        type,
        at: now,
        actor,
        ip,
        user_agent: userAgent,
        ...(data ? { data } : {}),
        prev_hash: last?.hash ?? '0'.repeat(64),
      }),
    )
  }
  if (!result.state || !('participantId' in command)) return
  const known = book.known.get(command.participantId)
  if (!known) return
  if (command.type === 'request_code') {
    if (known.code) known.before.push(known.code.hash)
    known.code = { hash: command.codeHash, until: seconds + TTL, sentAt: seconds, wrong: 0, dead: false }
  }
  if (!known.code) return
  if (command.type === 'verify_code' && result.refusal && ++known.code.wrong >= MAX_WRONG_CODES) known.code.dead = true
  if (command.type === 'cancel_code' || command.type === 'name_participant') known.code.dead = true
  // Whoever takes a place begins with nothing.
  if (command.type === 'replace_participant') {
    known.before.push(known.code.hash)
    known.code = undefined
  }
}

/** RFC 8785 and SHA-256, worked out anew. */
function chainHolds(events: ChainedEvent[]): boolean {
  const canonical = (value: unknown): string =>
    Array.isArray(value)
      ? `[${value.map(canonical).join(',')}]`
      : typeof value === 'object' && value !== null
        ? `{${Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`)
            .join(',')}}`
        : JSON.stringify(value)
  let previous = '0'.repeat(64)
  return events.every(({ hash, ...event }, i) => {
    const good =
      event.seq === i + 1 &&
      event.prev_hash === previous &&
      hash ===
        createHash('sha256')
          .update(previous + canonical(event))
          .digest('hex')
    previous = hash
    return good
  })
}

/** What the walks came to, so that a test that never gets anywhere is noticed. */
const seen = {
  signed: 0,
  declined: 0,
  revoked: 0,
  expired: 0,
  sealed: 0,
  refused: 0,
  wrong: 0,
  'not needed': 0,
  'later orders': 0,
  replaced: 0,
  reminded: 0,
  released: 0,
}

function walk(plan: Plan): void {
  const first = step(null, { type: 'create', package: packageOf(plan) }, at(0))
  if (!first.state) throw new Error('no package')
  let state = freeze(first.state)
  const book = new Book(state)
  note(first, book, { type: 'tick' }, at(0), 0)
  let seconds = 0
  let last: Command = { type: 'send' }
  for (const [i, move] of plan.moves.entries()) {
    seconds += move.wait
    const command = commandOf(state, book, move, last)
    const origin = at(seconds)
    const result = step(state, command, origin)
    const after = freeze(result.state ?? state)
    try {
      checkPackage(state, after, result, command, origin.now)
      for (const [at_, p] of after.participants.entries()) {
        const was = state.participants[at_]
        if (!was) throw new Error('a participant came from nowhere')
        if (p !== was && command.type !== 'note_language') checkChange(state, was, p, book, command, seconds)
        if (p !== was || after.status !== state.status) checkStatus(after, p)
      }
      if (after !== state) checkTurn(after)
      note(result, book, command, origin, seconds)
      checkEffects(state, after, result, book, origin.now)
      if (result.events.length > 0) checkEvents(after, book)
    } catch (error) {
      throw new Error(`step ${i}, ${JSON.stringify(command)}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    }
    if (result.refusal) seen.refused++
    if (result.refusal?.code === 'wrong_code' && result.state) seen.wrong++
    if (result.state && command.type === 'replace_participant') seen.replaced++
    if (result.state && command.type === 'release') seen.released++
    if (result.effects.some((e) => e.kind === 'remind')) seen.reminded++
    state = after
    last = command
  }
  expect(chainHolds(book.trail), 'the chain').toBe(true)
  if (state.status !== 'draft' && state.status !== 'in_progress') seen[state.status]++
  if (state.sealed) seen.sealed++
  if (state.participants.some((p) => p.status === 'not_needed')) seen['not needed']++
  if (state.participants.some((p) => p.order > 1 && ACTED.has(p.status))) seen['later orders']++
}

it(`any route keeps its rules under any commands (SEED=${SEED})`, () => {
  fc.assert(fc.property(plans, walk), { seed: SEED, numRuns: RUNS })
  // The walks must have been everywhere, or they prove nothing.
  if (RUNS >= 200)
    for (const [what, count] of Object.entries(seen)) expect(count, `${what}, of ${JSON.stringify(seen)}`).toBeGreaterThanOrEqual(8)
}, 60_000)
