import { describe, expect, it } from 'vitest'
import { MAX_CODES_AN_HOUR, MAX_WRONG_CODES, step } from '../../src/signing/machine.ts'
import type { Command, PackageState } from '../../src/signing/model.ts'
import {
  accept,
  approve,
  ask,
  at,
  created,
  decline,
  document,
  evidence,
  freeze,
  fresh,
  member,
  name,
  person,
  play,
  release,
  remind,
  replace,
  RESEND,
  revoke,
  route,
  seal,
  send,
  sent,
  statuses,
  tick,
  TTL,
  verify,
} from './package-kit.ts'

const NOTHING = { state: null, events: [], effects: [] }
const one = () => sent(fresh([member('a', 1)]))
const withCode = () => play(one(), [name('a'), 1], [ask('a'), 1]).state
const claimed = () => play(withCode(), [verify('a'), 2]).state
const signed = () => play(claimed(), [accept('a'), 3]).state
const revoked = () => play(withCode(), [revoke(), 2]).state

describe('a package', () => {
  it('begins as a draft, is sent once and gives the first order its turn', () => {
    const draft = play(null, [
      { type: 'create', package: fresh([member('v', 1, { role: 'viewer' }), member('a', 1), member('b', 1), member('c', 2)]) },
      0,
    ])
    expect([draft.state.status, draft.state.version, statuses(draft.state), draft.state.updatedAt]).toEqual([
      'draft',
      1,
      ['viewing', 'waiting', 'waiting', 'waiting'],
      at(0).now,
    ])
    const { state, last } = play(draft.state, [send, 1])
    expect([state.status, statuses(state), state.version, state.updatedAt]).toEqual([
      'in_progress',
      ['viewing', 'current', 'current', 'waiting'],
      2,
      at(1).now,
    ])
    expect(last.effects).toEqual([{ kind: 'project' }])
    expect(step(state, send, at(2)).refusal?.code).toBe('conflict')
    expect(step(state, { type: 'create', package: fresh([member('z', 1)]) }, at(2))).toEqual(NOTHING)
  })

  it('takes what it is made of, and nothing is there for what is not given', () => {
    const bare = created(fresh([member('a', 1)]))
    expect(bare).toMatchObject({
      v: 2,
      quorums: [],
      deadline: null,
      callbackUrl: null,
      metadata: null,
      finishedAt: null,
      remindedAt: null,
      sealed: null,
      certificate: null,
    })
    const more = { quorums: [{ order: 1, need: 1 }], deadline: at(60).now, callbackUrl: 'https://example.com/x', metadata: { crm: 'D-1' } }
    expect(created(fresh([member('a', 1)], more))).toMatchObject(more)
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
      actor: 'user:1',
      consent: false,
      cms: [evidence('d1')],
      person: person(1),
      documents: [document(1).sha256],
    })
    expect([state.status, state.participants[0]?.challenge, state.participants[0]?.claim, state.participants[0]?.actedAt]).toEqual([
      'signed',
      null,
      null,
      at(10).now,
    ])
    // The package is over when the last signature stands.
    expect(state.finishedAt).toBe(at(99).now)
  })

  it('keeps the first seal, with the certificate', () => {
    const { state, last } = play(signed(), [seal, 5])
    expect([state.sealed?.[0]?.sha256, state.certificate?.sha256, last.events]).toEqual([
      'bb',
      'cc',
      [{ type: 'package.sealed', data: { documents: ['bb'], certificate: 'cc' } }],
    ])
    expect(last.effects).toEqual([{ kind: 'project' }, { kind: 'tell', news: 'sealed' }])
    expect(step(state, { type: 'record_seal', documents: [], certificate: null }, at(6))).toEqual(NOTHING)
    expect(step(claimed(), seal, at(6))).toEqual(NOTHING)
    expect(play(signed(), [{ ...seal, certificate: null } as Command, 5]).last.events[0]?.data).toEqual({ documents: ['bb'] })
  })

  it('lets the next order act when the last of this one is done', () => {
    let state = sent(fresh([member('a', 1), member('b', 1), member('c', 2)]))
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
  const many = () =>
    sent(
      fresh([
        member('a', 1),
        member('v', 1, { role: 'viewer' }),
        member('k', 1, { methods: ['cms'] }),
        member('o', 1, { role: 'approver' }),
        member('b', 2),
        member('w', 2, { methods: ['cms'] }),
        member('q', 2, { role: 'approver' }),
      ]),
    )
  const draft = () => created(fresh([member('a', 1, { person: person(1) })]))
  const by = (n: number) => person(n)
  const prove = (participantId: string, cms = [evidence('d1')]): Command => ({ type: 'prove', participantId, method: 'cms', cms })
  const rows: [string, () => PackageState | null, Command, number, string][] = [
    ['no package', () => null, ask('a'), 1, 'not_found'],
    ...[send, revoke(), remind, tick, seal, approve('a'), decline('a'), replace('a', by(2)), release('a')].map(
      (command): (typeof rows)[number] => [`no package to ${command.type}`, () => null, command, 1, 'not_found'],
    ),
    ['nobody of that name', one, ask('x'), 1, 'not_found'],
    ['nobody of that name to approve', one, approve('x'), 1, 'not_found'],
    ['nobody of that name to decline', one, decline('x'), 1, 'not_found'],
    ['nobody of that name to be replaced', one, replace('x', by(2)), 1, 'not_found'],
    ['a viewer signs nothing', many, ask('v'), 1, 'forbidden'],
    ['a viewer proves nothing', many, prove('v'), 1, 'forbidden'],
    ['a viewer is not named', many, name('v'), 1, 'forbidden'],
    ['a viewer does not approve', many, approve('v'), 1, 'forbidden'],
    ['a viewer does not decline', many, decline('v'), 1, 'forbidden'],
    ['an approver does not sign', many, ask('o'), 1, 'forbidden'],
    ['a signer does not approve', many, approve('a'), 1, 'forbidden'],
    ['another’s method', () => play(many(), [name('k'), 1]).state, ask('k'), 2, 'forbidden'],
    ['a key where a code was agreed on', () => play(many(), [name('a'), 1]).state, prove('a'), 2, 'forbidden'],
    [
      'the kept key where a code was agreed on',
      () => play(many(), [name('a'), 1]).state,
      { type: 'prove', participantId: 'a', method: 'server' },
      2,
      'forbidden',
    ],
    // Rights are judged before turns, and whatever has become of the package.
    ['another’s method before the turn', many, ask('w'), 1, 'forbidden'],
    ['an approver’s signature before the turn', many, ask('q'), 1, 'forbidden'],
    ['a signer’s approval before the turn', many, approve('b'), 1, 'forbidden'],
    [
      'a viewer’s refusal in a draft',
      () => created(fresh([member('v', 1, { role: 'viewer' }), member('a', 1)])),
      decline('v'),
      1,
      'forbidden',
    ],
    ['an approval by the one who signed', signed, approve('a'), 4, 'forbidden'],
    ['not yet in turn', many, ask('b'), 1, 'conflict'],
    ['an approval not yet in turn', many, approve('q'), 1, 'conflict'],
    ['a refusal not yet in turn', many, decline('b'), 1, 'conflict'],
    ['nobody was named', one, ask('a'), 1, 'conflict'],
    ['nobody was named to prove', () => sent(fresh([member('a', 1, { methods: ['cms'] })])), prove('a'), 1, 'conflict'],
    ['nobody was told a phone', () => sent(fresh([member('a', 1, { person: person(1, { phone: null }) })])), ask('a'), 1, 'conflict'],
    ['no code was asked for', () => play(one(), [name('a'), 1]).state, verify('a'), 2, 'wrong_code'],
    ['a wrong code', withCode, verify('a', 'wrong'), 2, 'wrong_code'],
    ['the last moment has passed', withCode, verify('a'), 1 + TTL, 'wrong_code'],
    ['another code too soon', withCode, ask('a', 'new', 'c2'), 1 + RESEND - 1, 'too_many_requests'],
    ['a code while one is accepted', claimed, ask('a', 'new', 'c2'), 999, 'conflict'],
    ['another code while one is accepted', claimed, verify('a', 'wrong'), 3, 'conflict'],
    ['another person while one is accepted', claimed, name('a', 2), 3, 'conflict'],
    ['another participant while one is accepted', claimed, replace('a', by(2)), 3, 'conflict'],
    ['a refusal while one is accepted', claimed, decline('a'), 3, 'conflict'],
    ['withdrawal while one is accepted', claimed, revoke(), 3, 'conflict'],
    ['accepting what was not proved', withCode, accept('a'), 3, 'conflict'],
    ['accepting without evidence', claimed, accept('a', []), 3, 'conflict'],
    ['accepting with the evidence of something else', claimed, accept('a', [evidence('d9')]), 3, 'conflict'],
    ['accepting twice', signed, accept('a'), 4, 'conflict'],
    ['a second signature', signed, verify('a'), 4, 'conflict'],
    ['a code for what is signed', signed, ask('a', 'new', 'c2'), 999, 'conflict'],
    ['a refusal of what is signed', signed, decline('a'), 4, 'conflict'],
    ['withdrawal of what is signed', signed, revoke(), 4, 'conflict'],
    ['replacing whoever has signed', signed, replace('a', by(2)), 4, 'conflict'],
    ['a reminder of what is signed', signed, remind, 4, 'conflict'],
    ['sending what is signed', signed, send, 4, 'conflict'],
    ['signing what was withdrawn', revoked, verify('a'), 3, 'conflict'],
    ['a code for what was withdrawn', revoked, ask('a', 'new', 'c2'), 999, 'conflict'],
    ['accepting in what was withdrawn', revoked, accept('a'), 3, 'conflict'],
    ['a refusal of what was withdrawn', revoked, decline('a'), 3, 'conflict'],
    ['withdrawing twice', revoked, revoke(), 3, 'conflict'],
    ['replacing in what was withdrawn', revoked, replace('a', by(2)), 3, 'conflict'],
    ['a reminder of what was withdrawn', revoked, remind, 3, 'conflict'],
    ['signing a draft', draft, ask('a'), 1, 'conflict'],
    ['refusing a draft', draft, decline('a'), 1, 'conflict'],
    ['a reminder of a draft', draft, remind, 1, 'conflict'],
    ['sending after the deadline', () => created(route([member('a', 1)], { deadline: at(10).now })), send, 10, 'conflict'],
  ]
  it.each(rows)('%s', (_, state, command, seconds, code) => {
    const result = step(freeze(state()), command, at(seconds))
    expect(result.refusal?.code).toBe(code)
    // A refusal keeps nothing, but for the count of wrong codes.
    const kept = command.type === 'verify_code' && command.codeHash === 'wrong' && code === 'wrong_code'
    expect([result.state === null, result.effects.length > 0]).toEqual([!kept, kept])
  })

  it('say how long to wait for another code', () => {
    expect(step(withCode(), ask('a', 'new', 'c2'), at(11)).refusal).toMatchObject({ code: 'too_many_requests', retryAfter: 50 })
    expect(step(withCode(), ask('a', 'new', 'c2'), at(1 + RESEND)).refusal).toBeUndefined()
  })

  it('tell nobody’s name, phone, number or code', () => {
    const told = rows.map(([, state, command, seconds]) => step(state(), command, at(seconds)).refusal?.message).join('\n')
    expect(told).not.toMatch(/\+?7701|8505|Подписант|\bright\b/)
  })
})

describe('codes', () => {
  it('go to the participant’s own phone', () => {
    const state = sent(route([member('a', 1), member('b', 1)]))
    expect(play(state, [ask('b', 'x', 'c7'), 1]).last.effects).toEqual([
      { kind: 'project' },
      { kind: 'code', participantId: 'b', challengeId: 'c7', to: person(2).phone },
    ])
  })

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

  it('are worth nothing once the participant was replaced', () => {
    expect(play(withCode(), [replace('a', person(2)), 2], [verify('a'), 3]).last.refusal?.code).toBe('wrong_code')
  })

  it('of one participant are nothing to another', () => {
    const both = sent(route([member('a', 1), member('b', 1)]))
    const { state } = play(both, [ask('a', 'for a', 'c1'), 1], [ask('b', 'for b', 'c2'), 1])
    expect(play(state, [verify('b', 'for a'), 2]).last.refusal?.code).toBe('wrong_code')
    expect(play(state, [verify('b', 'for b'), 2]).state.participants.map((p) => p.claim !== null)).toEqual([false, true])
  })

  it('are ten an hour at most', () => {
    let state = play(one(), [name('a'), 0]).state
    for (let i = 0; i < MAX_CODES_AN_HOUR; i++) state = play(state, [ask('a', `h${i}`, `c${i}`), i * RESEND]).state
    const eleventh = play(state, [ask('a', 'more', 'more'), 600]).last
    expect(eleventh.refusal).toMatchObject({ code: 'too_many_requests', retryAfter: 3000 })
    // Whoever is named instead does not begin anew.
    expect(play(state, [name('a', 2), 601], [ask('a', 'more', 'more'), 602]).last.refusal?.code).toBe('too_many_requests')
    const later = play(state, [ask('a', 'more', 'more'), 3600])
    expect([later.last.refusal, later.state.participants[0]?.challenge?.sent]).toEqual([undefined, 1])
  })

  it('may be asked for again where the clock was moved back', () => {
    expect(play(withCode(), [ask('a', 'new', 'c2'), -9000]).last.refusal).toBeUndefined()
    // Of two calls side by side the earlier may be heard later: that is no moved clock.
    expect(play(withCode(), [ask('a', 'new', 'c2'), -10]).last.refusal).toMatchObject({ code: 'too_many_requests', retryAfter: RESEND })
  })

  it('of a signature that could not be paid for still sign until they expire', () => {
    const released = play(claimed(), [release('a'), 3]).state
    expect(play(released, [verify('a'), 4]).state.participants[0]?.claim?.at).toBe(at(4).now)
    expect(play(released, [verify('a'), 1 + TTL]).last.refusal?.code).toBe('wrong_code')
    expect(play(released, [revoke(), 4]).state.status).toBe('revoked')
  })

  it('that were proved and cut off take it up again, and leave the first moment', () => {
    expect(step(claimed(), verify('a'), at(50))).toEqual(NOTHING)
    expect(step(claimed(), verify('a'), at(TTL + 50))).toEqual(NOTHING)
  })

  it('stand in no event, and phones in that of a signature alone', () => {
    const { state } = play(withCode(), [verify('a', 'wrong'), 2])
    const steps = [step(one(), ask('a'), at(1)), step(state, verify('a', 'wrong'), at(3)), step(state, verify('a'), at(3))]
    const events = steps.flatMap((s) => s.events)
    expect(JSON.stringify(events)).not.toMatch(/right|wrong"[^:]|\+7701/)
    const done = step(claimed(), accept('a'), at(4)).events
    expect(JSON.stringify(done)).not.toMatch(/right|code-/)
    // The evidence of a signature by code (DECISIONS › office) has the phone.
    expect(done[0]?.data).toMatchObject({ phone: person(1).phone, code_checked: true })
  })
})
