import { describe, expect, it } from 'vitest'
import { MAX_WRONG_CODES, step } from '../../src/signing/machine.ts'
import type { Command, NewPackage, Origin, PackageState, Person, Step } from '../../src/signing/model.ts'

const START = Date.parse('2026-01-31T20:00:00.000Z')
const at = (seconds: number): Origin => ({
  now: new Date(START + seconds * 1000).toISOString(),
  actor: 'user:1',
  ip: '192.0.2.1',
  userAgent: 'test',
})
const person = (n: number): Person => ({ fullName: `Подписант ${n}`, identifier: '850504300017', phone: `+7701000000${n}` })
const TTL = 300
const RESEND = 60

type Member = NewPackage['participants'][number]
const member = (id: string, order: number, more: Partial<Member> = {}): Member => ({
  id,
  order,
  role: 'signer',
  methods: ['sms'],
  person: null,
  ...more,
})
const fresh = (participants: Member[]): NewPackage => ({
  id: 'p1',
  orgId: 7,
  subject: { type: 'contract', id: '1' },
  title: 'Договор',
  documents: [{ id: 'd1', name: 'a.pdf', fileId: 'f1', sha256: 'aa', size: 10 }],
  participants,
})

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    Object.values(value).forEach(freeze)
  }
  return value
}

/** Runs commands at given seconds; a state is frozen, so that a rule that changes its input fails. */
function play(state: PackageState | null, ...moves: [Command, number][]): { state: PackageState; last: Step; events: string[] } {
  let now = state
  let last: Step = { state: null, events: [], effects: [] }
  const events: string[] = []
  for (const [command, seconds] of moves) {
    last = step(freeze(now), command, at(seconds))
    events.push(...last.events.map((e) => e.type))
    now = last.state ?? now
  }
  if (!now) throw new Error('no package')
  return { state: now, last, events }
}
const ask = (participantId: string, codeHash = 'right', challengeId = 'c1'): Command => ({
  type: 'request_code',
  participantId,
  challengeId,
  codeHash,
  ttlSeconds: TTL,
  resendSeconds: RESEND,
})
const verify = (participantId: string, codeHash = 'right'): Command => ({ type: 'verify_code', participantId, codeHash })
const name = (participantId: string, n = 1): Command => ({ type: 'name_participant', participantId, person: person(n) })
const accept = (participantId: string): Command => ({ type: 'accept', participantId })
const sent = (...participants: Member[]) => play(null, [{ type: 'create', package: fresh(participants) }, 0], [{ type: 'send' }, 0]).state
const one = () => sent(member('a', 1))
const withCode = () => play(one(), [name('a'), 1], [ask('a'), 1]).state
const claimed = () => play(withCode(), [verify('a'), 2]).state
const signed = () => play(claimed(), [accept('a'), 3]).state
const revoked = () => play(withCode(), [{ type: 'revoke' }, 2]).state
const statuses = (s: PackageState) => s.participants.map((p) => p.status)
const seal: Command = { type: 'record_seal', documents: [{ documentId: 'd1', fileId: 's1', sha256: 'bb', size: 20 }] }

describe('a package', () => {
  it('begins as a draft, is sent once and gives the first order its turn', () => {
    const package_ = fresh([member('v', 1, { role: 'viewer' }), member('a', 1), member('b', 1), member('c', 2)])
    const draft = play(null, [{ type: 'create', package: package_ }, 0])
    expect([draft.state.status, draft.state.version, statuses(draft.state)]).toEqual([
      'draft',
      1,
      ['viewing', 'waiting', 'waiting', 'waiting'],
    ])
    const { state, last } = play(draft.state, [{ type: 'send' }, 1])
    expect([state.status, statuses(state)]).toEqual(['in_progress', ['viewing', 'current', 'current', 'waiting']])
    expect(last.effects).toEqual([{ kind: 'project' }])
    expect(step(state, { type: 'send' }, at(2))).toEqual({ state: null, events: [], effects: [] })
    expect(step(state, { type: 'create', package: package_ }, at(2))).toEqual({ state: null, events: [], effects: [] })
  })

  it('is signed by code, claim and unit, in this order, and tells of it', () => {
    const { state, last, events } = play(one(), [name('a'), 1], [ask('a'), 2], [verify('a'), 10], [accept('a'), 99])
    expect(events).toEqual(['code.sent', 'participant.signed', 'package.signed'])
    expect(last.effects).toEqual([{ kind: 'project' }, { kind: 'tell', news: 'signed' }, { kind: 'seal' }])
    // The moment of signing is that of the proof, not that of the payment.
    expect(state.participants[0]?.signature).toEqual({
      method: 'sms',
      at: at(10).now,
      ip: '192.0.2.1',
      userAgent: 'test',
      person: person(1),
      documents: ['aa'],
    })
    expect([state.status, state.finishedAt, state.participants[0]?.challenge, state.participants[0]?.claim]).toEqual([
      'signed',
      at(10).now,
      null,
      null,
    ])
  })

  it('keeps the first seal', () => {
    const { state, last } = play(signed(), [seal, 5])
    expect([state.sealed?.[0]?.sha256, last.events.map((e) => e.type)]).toEqual(['bb', ['package.sealed']])
    expect(step(state, { type: 'record_seal', documents: [] }, at(6)).state).toBeNull()
    expect(step(claimed(), seal, at(6)).state).toBeNull()
  })

  it('lets the next order act when the last of this one is done', () => {
    let state = sent(member('a', 1), member('b', 1), member('c', 2))
    const sign = (id: string) => play(state, [name(id), 1], [ask(id), 1], [verify(id), 2], [accept(id), 3])
    expect(sign('c').last.refusal?.code).toBe('conflict')
    state = sign('b').state
    expect(statuses(state)).toEqual(['current', 'signed', 'waiting'])
    expect(sign('c').last.refusal?.code).toBe('conflict')
    state = sign('a').state
    expect([state.status, statuses(state)]).toEqual(['in_progress', ['signed', 'signed', 'current']])
    state = sign('c').state
    expect([state.status, statuses(state)]).toEqual(['signed', ['signed', 'signed', 'signed']])
  })
})

describe('refusals', () => {
  const many = () => sent(member('a', 1), member('v', 1, { role: 'viewer' }), member('k', 1, { methods: ['cms'] }), member('b', 2))
  const rows: [string, () => PackageState | null, Command, number, string][] = [
    ['no package', () => null, ask('a'), 1, 'not_found'],
    ['nobody of that name', one, ask('x'), 1, 'not_found'],
    ['a viewer signs nothing', many, ask('v'), 1, 'forbidden'],
    ['a viewer is not named', many, name('v'), 1, 'forbidden'],
    ['another’s method', () => play(many(), [name('k'), 1]).state, ask('k'), 2, 'forbidden'],
    ['not yet in turn', many, ask('b'), 1, 'conflict'],
    ['nobody was named', one, ask('a'), 1, 'conflict'],
    ['no code was asked for', () => play(one(), [name('a'), 1]).state, verify('a'), 2, 'wrong_code'],
    ['a wrong code', withCode, verify('a', 'wrong'), 2, 'wrong_code'],
    ['the last moment has passed', withCode, verify('a'), 1 + TTL, 'wrong_code'],
    ['another code too soon', withCode, ask('a', 'new', 'c2'), 1 + RESEND - 1, 'too_many_requests'],
    ['a code while one is accepted', claimed, ask('a', 'new', 'c2'), 999, 'conflict'],
    ['another person while one is accepted', claimed, name('a', 2), 3, 'conflict'],
    ['withdrawal while one is accepted', claimed, { type: 'revoke' }, 3, 'conflict'],
    ['accepting what was not proved', withCode, accept('a'), 3, 'conflict'],
    ['accepting twice', signed, accept('a'), 4, 'conflict'],
    ['a second signature', signed, verify('a'), 4, 'conflict'],
    ['a code for what is signed', signed, ask('a', 'new', 'c2'), 999, 'conflict'],
    ['withdrawal of what is signed', signed, { type: 'revoke' }, 4, 'conflict'],
    ['signing what was withdrawn', revoked, verify('a'), 3, 'conflict'],
    ['a code for what was withdrawn', revoked, ask('a', 'new', 'c2'), 999, 'conflict'],
    ['accepting in what was withdrawn', revoked, accept('a'), 3, 'conflict'],
    ['signing a draft', () => play(null, [{ type: 'create', package: fresh([member('a', 1)]) }, 0]).state, ask('a'), 1, 'conflict'],
  ]
  it.each(rows)('%s', (_, state, command, seconds, code) => {
    const result = step(freeze(state()), command, at(seconds))
    expect(result.refusal?.code).toBe(code)
    // A refusal keeps nothing, but for the count of wrong codes.
    const kept = command.type === 'verify_code' && command.codeHash === 'wrong'
    expect([result.state === null, result.effects.length > 0]).toEqual([!kept, kept])
  })

  it('says how long to wait for another code', () => {
    expect(step(withCode(), ask('a', 'new', 'c2'), at(11)).refusal).toMatchObject({ code: 'too_many_requests', retryAfter: 50 })
    expect(step(withCode(), ask('a', 'new', 'c2'), at(1 + RESEND)).refusal).toBeUndefined()
  })
})

describe('codes', () => {
  it('end after five wrong ones, for the right one too, until a new one', () => {
    let state = withCode()
    const said: (string | undefined)[] = []
    for (let i = 0; i < MAX_WRONG_CODES; i++) {
      const played = play(state, [verify('a', 'wrong'), 2])
      state = played.state
      said.push(played.last.refusal?.code)
    }
    expect(said).toEqual(['wrong_code', 'wrong_code', 'wrong_code', 'wrong_code', 'too_many_requests'])
    expect(play(state, [verify('a'), 3]).last.refusal?.code).toBe('too_many_requests')
    expect(play(state, [ask('a', 'new', 'c2'), 61], [verify('a', 'right'), 62]).last.refusal?.code).toBe('wrong_code')
    expect(play(state, [ask('a', 'new', 'c2'), 61], [verify('a', 'new'), 62]).state.participants[0]?.claim).not.toBeNull()
  })

  it('are worth nothing once somebody else is named, or it is taken back', () => {
    expect(play(withCode(), [name('a', 2), 2], [verify('a'), 3]).last.refusal?.code).toBe('too_many_requests')
    expect(play(withCode(), [{ type: 'cancel_code', participantId: 'a' }, 2], [verify('a'), 3]).last.refusal?.code).toBe(
      'too_many_requests',
    )
    // And naming another does not shorten the wait.
    expect(play(withCode(), [name('a', 2), 2], [ask('a', 'new', 'c2'), 3]).last.refusal?.code).toBe('too_many_requests')
    expect(play(withCode(), [name('a', 1), 2], [verify('a'), 3]).state.participants[0]?.claim).not.toBeNull()
  })

  it('of a signature that could not be paid for still sign until they expire', () => {
    const released = play(claimed(), [{ type: 'release', participantId: 'a' }, 3]).state
    expect(play(released, [verify('a'), 4]).state.participants[0]?.claim?.at).toBe(at(4).now)
    expect(play(released, [verify('a'), 1 + TTL]).last.refusal?.code).toBe('wrong_code')
    expect(play(released, [{ type: 'revoke' }, 4]).state.status).toBe('revoked')
  })

  it('stand in no event', () => {
    const { state } = play(withCode(), [verify('a', 'wrong'), 2])
    const events = [
      step(one(), ask('a'), at(1)),
      step(state, verify('a', 'wrong'), at(3)),
      step(state, verify('a'), at(3)),
      step(claimed(), accept('a'), at(4)),
    ].flatMap((s) => s.events)
    expect(JSON.stringify(events)).not.toMatch(/right|wrong"[^:]|\+7701/)
  })
})

/** Small, and the same for the same seed (mulberry32). */
function noise(seed: number): (below: number) => number {
  let a = seed >>> 0
  return (below) => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

describe('any interleaving', () => {
  const seed = Number(process.env.SEED ?? Date.now() % 1e9)

  it(`keeps the rules (SEED=${seed})`, () => {
    const seen = { signed: 0, revoked: 0, refused: 0, wrong: 0, orders: 0 }
    for (let round = 0; round < 150; round++) {
      const random = noise(seed + round)
      const where = `seed ${seed}, round ${round}`
      const members: Member[] = Array.from({ length: 1 + random(4) }, (_, i) =>
        member(`m${i}`, 1 + random(2), random(5) === 0 ? { role: 'viewer' } : {}),
      )
      if (!members.some((m) => m.role === 'signer')) members.push(member('last', 1))
      if (!members.some((m) => m.order === 1)) for (const m of members) m.order = 1
      let state = sent(...members)
      let seconds = 0
      let made = 0
      // What the test itself knows: the living code of each, and who was named.
      const codes = new Map<string, { hash: string; until: number; sentAt: number; wrong: number }>()
      for (let i = 0; i < 80; i++) {
        seconds += [0, 1, 5, 61, 301][random(5)] ?? 0
        const target = members[random(members.length)]?.id ?? 'm0'
        const known = codes.get(target)
        const choices: Command[] = [
          name(target, 1 + random(2)),
          name(target, 1),
          ask(target, `code${++made}`, `c${made}`),
          ask(target, `code${++made}`, `c${made}`),
          verify(target, known?.hash ?? 'none'),
          verify(target, known?.hash ?? 'none'),
          verify(target, 'wrong'),
          accept(target),
          accept(target),
          { type: 'release', participantId: target },
          { type: 'cancel_code', participantId: target },
          { type: 'send' },
          seal,
          ...(random(12) === 0 ? [{ type: 'revoke' } as const] : []),
        ]
        const command = choices[random(choices.length)] ?? choices[0]
        if (!command) continue
        const before = freeze(state)
        const result = step(before, command, at(seconds))
        const after = result.state ?? before
        const say = `${where}, step ${i}, ${JSON.stringify(command)}`
        const of = (s: PackageState, id: string) => s.participants.find((p) => p.id === id)

        if (result.refusal) seen.refused++
        expect(after.version, say).toBe(before.version + (result.state ? 1 : 0))
        expect(
          after.participants.map((p) => [p.id, p.order, p.role]),
          say,
        ).toEqual(before.participants.map((p) => [p.id, p.order, p.role]))
        for (const p of after.participants) {
          const was = of(before, p.id)
          // Who has signed has signed: nothing of it changes any more.
          if (was?.signature) expect(p, say).toEqual(was)
          // A signature comes of a claim and an acceptance alone, a claim of the right code alone.
          if (p.signature && !was?.signature) {
            expect([command, was?.claim === null], say).toEqual([accept(p.id), false])
            expect(p.signature.person, say).toEqual(was?.person)
          }
          if (p.claim && !was?.claim) {
            const code = codes.get(p.id)
            expect(command, say).toEqual(verify(p.id, code?.hash))
            expect([seconds < (code?.until ?? 0), (code?.wrong ?? 99) < MAX_WRONG_CODES, before.status], say).toEqual([
              true,
              true,
              'in_progress',
            ])
          }
          // The turn comes when everybody before has signed, and never to a viewer.
          if (p.status === 'current' || p.status === 'signed') {
            const earlier = after.participants.filter((o) => o.role !== 'viewer' && o.order < p.order)
            expect([p.role, earlier.every((o) => o.status === 'signed')], say).toEqual(['signer', true])
            if (earlier.length > 0) seen.orders++
          }
          // One new code a minute.
          if (p.challenge && p.challenge.id !== was?.challenge?.id && was?.challenge)
            expect(seconds - (codes.get(p.id)?.sentAt ?? -99), say).toBeGreaterThanOrEqual(RESEND)
          expect(p.challenge?.wrong ?? 0, say).toBeLessThanOrEqual(MAX_WRONG_CODES)
        }
        const open = after.participants.filter((p) => p.role === 'signer' && p.status !== 'signed')
        expect(after.status === 'signed', say).toBe(open.length === 0)
        if (command.type === 'revoke') {
          const blocked = before.status === 'signed' || before.participants.some((p) => p.claim)
          expect(after.status === 'revoked', say).toBe(!blocked || before.status === 'revoked')
        }
        if (before.status === 'revoked' || before.status === 'signed') expect(after.status, say).toBe(before.status)
        if (before.status === 'revoked') expect(after.participants, say).toEqual(before.participants)

        // The test's own book.
        if (result.state && command.type === 'request_code')
          codes.set(target, { hash: command.codeHash, until: seconds + TTL, sentAt: seconds, wrong: 0 })
        if (command.type === 'verify_code' && result.state && result.refusal && known) {
          known.wrong++
          seen.wrong++
        }
        if (known && result.state && (command.type === 'cancel_code' || command.type === 'name_participant')) known.wrong = MAX_WRONG_CODES
        state = after
      }
      if (state.status === 'signed') seen.signed++
      if (state.status === 'revoked') seen.revoked++
    }
    // The walk must have been everywhere, or it proves nothing.
    for (const [what, count] of Object.entries(seen)) expect(count, `${what}, seed ${seed}`).toBeGreaterThan(10)
  })
})
