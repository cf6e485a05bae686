import { describe, expect, it } from 'vitest'
import { step } from '../../src/signing/machine.ts'
import type { Command, NewParticipant, PackageState, Step } from '../../src/signing/model.ts'
import {
  accept,
  approve,
  ask,
  at,
  changes,
  created,
  decline,
  document,
  evidence,
  fresh,
  HOUR,
  kinds,
  member,
  name,
  person,
  play,
  release,
  remind,
  replace,
  revoke,
  route,
  seal,
  send,
  sent,
  signing,
  statuses,
  statusOf,
  tick,
  verify,
} from './package-kit.ts'

const NOTHING = { state: null, events: [], effects: [] }
const approver = (id: string, order: number, more: Partial<NewParticipant> = {}) => member(id, order, { role: 'approver', ...more })
const viewer = (id: string, order = 1) => member(id, order, { role: 'viewer' })
const notified = ({ effects }: Pick<Step, 'effects'>) => effects.flatMap((e) => (e.kind === 'notify' ? [[e.why, ...e.participantIds]] : []))

describe('turns', () => {
  it('come to all of one order at once, and to the next when the last of this one is done', () => {
    const members = [member('c', 3), member('a', 1), approver('b', 2), viewer('v', 2), member('d', 2), member('e', 3)]
    let state = sent(route(members))
    expect(statuses(state)).toEqual(['waiting', 'current', 'waiting', 'viewing', 'waiting', 'waiting'])
    state = play(state, ...signing('a', 1)).state
    expect(statuses(state)).toEqual(['waiting', 'signed', 'current', 'viewing', 'current', 'waiting'])
    state = play(state, ...signing('d', 10)).state
    expect(statuses(state)).toEqual(['waiting', 'signed', 'current', 'viewing', 'signed', 'waiting'])
    state = play(state, [approve('b'), 20]).state
    expect([state.status, ...statuses(state)]).toEqual(['in_progress', 'current', 'signed', 'approved', 'viewing', 'signed', 'current'])
    const end = play(state, ...signing('e', 30), ...signing('c', 40))
    expect([end.state.status, ...statuses(end.state)]).toEqual(['signed', 'signed', 'signed', 'approved', 'viewing', 'signed', 'signed'])
    expect(end.events.slice(-2)).toEqual(['participant.signed', 'package.signed'])
  })

  it('do not wait for viewers, who never have one', () => {
    const state = sent(route([viewer('v', 1), member('a', 2), viewer('w', 3)]))
    expect(statuses(state)).toEqual(['viewing', 'current', 'viewing'])
    expect(play(state, ...signing('a', 1)).state.status).toBe('signed')
  })

  it('of a hundred in a row and of a hundred at once come to their end', () => {
    for (const order of [(i: number) => i + 1, () => 1]) {
      let state = sent(route(Array.from({ length: 100 }, (_, i) => member(`m${i}`, order(i)))))
      for (let i = 0; i < 100; i++) {
        expect(state.status).toBe('in_progress')
        state = play(state, ...signing(`m${i}`, i * 5)).state
      }
      expect([state.status, new Set(statuses(state))]).toEqual(['signed', new Set(['signed'])])
    }
  })

  it('a participant who stays the same stays the same object, so that a step costs what it changes', () => {
    const before = sent(route([member('a', 1), member('b', 1), member('c', 2)]))
    const after = play(before, [ask('a'), 1]).state
    expect(after.participants.map((p, i) => p === before.participants[i])).toEqual([false, true, true])
  })
})

describe('approving', () => {
  const route_ = () => sent(route([approver('o', 1), member('a', 2)]))

  it('passes the turn on, and says of what', () => {
    const { state, last } = play(route_(), [approve('o'), 5])
    expect([state.status, ...statuses(state), state.participants[0]?.actedAt, state.participants[0]?.signature]).toEqual([
      'in_progress',
      'approved',
      'current',
      at(5).now,
      null,
    ])
    expect(last.events).toEqual([{ type: 'participant.approved', data: { participant_id: 'o', documents: [document(1).sha256] } }])
    expect(step(state, approve('o'), at(6)).refusal?.code).toBe('conflict')
  })

  it('notes a consent that was given, and no other', () => {
    const consent = step(route_(), approve('o'), { ...at(5), consent: true })
    expect(consent.events[0]?.data).toMatchObject({ consent: true })
    expect(step(route_(), approve('o'), { ...at(5), consent: false }).events[0]?.data).not.toHaveProperty('consent')
  })

  it('by the last one ends the package', () => {
    const state = sent(route([member('a', 1), approver('o', 2)]))
    const { state: end, events, last } = play(state, ...signing('a', 1), [approve('o'), 9])
    expect([end.status, end.finishedAt, events.slice(-2)]).toEqual(['signed', at(9).now, ['participant.approved', 'package.signed']])
    expect(kinds(last)).toEqual(['project', 'announce', 'tell', 'seal'])
  })
})

describe('declining', () => {
  const members = [member('a', 1), member('b', 1), viewer('v'), approver('o', 2), member('c', 3)]

  it('ends the package; the others stay as they are', () => {
    const before = play(sent(route(members)), ...signing('a', 1), [ask('b', 'x', 'cx'), 5]).state
    const { state, last } = play(before, [decline('b', 'Не согласен с п. 3'), 9])
    expect([state.status, state.finishedAt, ...statuses(state)]).toEqual([
      'declined',
      at(9).now,
      'signed',
      'declined',
      'viewing',
      'waiting',
      'waiting',
    ])
    expect(state.participants[1]).toMatchObject({ actedAt: at(9).now, reason: 'Не согласен с п. 3', challenge: null, signature: null })
    expect(last.events).toEqual([
      { type: 'participant.declined', data: { participant_id: 'b', reason: 'Не согласен с п. 3' } },
      { type: 'package.declined', data: { participant_id: 'b' } },
    ])
    expect(kinds(last)).toEqual(['project', 'announce', 'tell', 'notify'])
    expect(last.effects).toContainEqual({ kind: 'tell', news: 'ended' })
    for (const command of [approve('o'), ask('c'), decline('a'), decline('b'), revoke(), send, remind, replace('c', person(9))])
      expect(step(state, command, at(20)).refusal?.code, command.type).toBe('conflict')
    expect(step(state, tick, at(20))).toEqual(NOTHING)
    expect(step(state, seal, at(20))).toEqual(NOTHING)
  })

  it('is an approver’s right, too', () => {
    const state = play(sent(route([approver('o', 1), member('a', 2)])), [decline('o'), 1]).state
    expect([state.status, ...statuses(state)]).toEqual(['declined', 'declined', 'waiting'])
  })

  it('waits for a signature that is being completed, whoever’s', () => {
    const state = play(sent(route(members)), [ask('a', 'x', 'c1'), 1], [verify('a', 'x'), 2]).state
    expect(step(state, decline('b'), at(3)).refusal?.code).toBe('conflict')
    expect(play(state, [release('a'), 3], [decline('b'), 4]).state.status).toBe('declined')
  })
})

describe('who is told of the end', () => {
  const members = [
    member('a', 1),
    member('b', 1, { person: person(2, { phone: null }) }),
    viewer('v'),
    approver('o', 2),
    member('c', 2),
    member('d', 3),
  ]
  const middle = () =>
    play(sent(route(members)), ...signing('a', 1), [ask('b', 'x', 'c'), 9], [replace('b', person(2)), 9], ...signing('b', 70)).state

  it('of a refusal: whoever has acted or was in turn, but not who refused, nor viewers, nor who comes later', () => {
    expect(notified(play(middle(), [decline('c'), 99]).last)).toEqual([['declined', 'a', 'b', 'o']])
    expect(notified(play(sent(route(members)), [decline('a'), 1]).last)).toEqual([['declined']])
  })

  it('of a withdrawal: whoever has acted or was in turn', () => {
    expect(notified(play(middle(), [revoke('ошибка'), 99]).last)).toEqual([['revoked', 'a', 'b', 'o', 'c']])
    expect(notified(play(sent(route(members)), [revoke(), 1]).last)).toEqual([['revoked', 'a']])
  })

  it('of a draft’s withdrawal: nobody, since nobody knew', () => {
    expect(notified(play(created(route(members)), [revoke(), 1]).last)).toEqual([['revoked']])
  })

  it('of what has expired or was signed: nobody', () => {
    const state = sent(route(members, { deadline: at(60).now }))
    expect(notified(play(state, [tick, 60]).last)).toEqual([])
    expect(notified(play(sent(route([member('a', 1)])), ...signing('a', 1)).last)).toEqual([])
  })
})

describe('withdrawal', () => {
  it('ends a draft and what is in progress, says why, and leaves the participants', () => {
    for (const state of [created(route([member('a', 1)])), play(sent(route([member('a', 1)])), [ask('a'), 1]).state]) {
      const { state: end, last } = play(state, [revoke('ошибка'), 9])
      expect([end.status, end.finishedAt, statuses(end)]).toEqual(['revoked', at(9).now, statuses(state)])
      expect(last.events).toEqual([{ type: 'package.revoked', data: { reason: 'ошибка' } }])
      expect(end.participants[0]?.challenge).toBeNull()
      expect(step(end, send, at(10)).refusal?.code).toBe('conflict')
    }
    expect(play(created(route([member('a', 1)])), [revoke(null), 9]).last.events).toEqual([{ type: 'package.revoked' }])
  })

  it('keeps what others have signed', () => {
    const { state } = play(sent(route([member('a', 1), member('b', 2)])), ...signing('a', 1), [revoke(), 9])
    expect([state.status, ...statuses(state), state.participants[0]?.signature?.at]).toEqual(['revoked', 'signed', 'current', at(2).now])
  })
})

describe('the deadline', () => {
  const due = (more: Partial<NewParticipant> = {}) => sent(route([member('a', 1, more), member('b', 2)], { deadline: at(100).now }))

  it('ends what is in progress, at its moment and not before', () => {
    expect(step(due(), tick, at(99))).toEqual(NOTHING)
    const { state, last } = play(due(), [tick, 100])
    expect([state.status, state.finishedAt, ...statuses(state)]).toEqual(['expired', at(100).now, 'current', 'waiting'])
    expect([last.events, kinds(last)]).toEqual([[{ type: 'package.expired' }], ['project', 'announce', 'tell']])
    expect(step(state, tick, at(200))).toEqual(NOTHING)
    for (const command of [ask('a'), verify('a'), approve('b'), decline('a'), revoke(), remind, replace('a', person(9))])
      expect(step(state, command, at(200)).refusal, command.type).toBeDefined()
  })

  it('ends neither a draft, nor what is over, nor what has none', () => {
    expect(step(created(route([member('a', 1)], { deadline: at(100).now })), tick, at(999))).toEqual(NOTHING)
    expect(step(sent(route([member('a', 1)])), tick, at(9_999_999))).toEqual(NOTHING)
    const signed = play(sent(route([member('a', 1)], { deadline: at(100).now })), ...signing('a', 1)).state
    expect(step(signed, tick, at(999))).toEqual(NOTHING)
  })

  it('lets a signature that was proved in time be completed first', () => {
    const claimed = play(due(), [ask('a'), 90], [verify('a'), 99]).state
    expect(step(claimed, tick, at(500))).toEqual(NOTHING)
    const accepted = play(claimed, [accept('a'), 501])
    expect([accepted.state.status, ...statuses(accepted.state)]).toEqual(['in_progress', 'signed', 'current'])
    expect(accepted.state.participants[0]?.actedAt).toBe(at(99).now)
    expect(play(accepted.state, [tick, 502]).state.status).toBe('expired')
    const last = play(sent(route([member('a', 1)], { deadline: at(100).now })), [ask('a'), 90], [verify('a'), 99], [accept('a'), 501])
    expect(last.state.status).toBe('signed')
  })

  it('ends it once such a signature was let go', () => {
    const claimed = play(due(), [ask('a'), 90], [verify('a'), 99], [release('a'), 501]).state
    expect(play(claimed, [tick, 502]).state.status).toBe('expired')
  })
})

describe('reminding', () => {
  const members = [member('a', 1), member('b', 1), member('n', 1, { person: person(9, { phone: null }) }), viewer('v'), member('c', 2)]

  it('goes to those whose turn it is and who have a phone, once an hour', () => {
    const { state, last } = play(sent(route(members)), [remind, 10])
    expect(last.effects).toEqual([{ kind: 'project' }, { kind: 'remind', at: at(10).now, participantIds: ['a', 'b'] }])
    expect(last.events).toEqual(['a', 'b'].map((id) => ({ type: 'participant.reminded', data: { participant_id: id } })))
    expect([state.remindedAt, state.version]).toEqual([at(10).now, 3])
    expect(step(state, remind, at(10 + HOUR - 60)).refusal).toMatchObject({ code: 'too_many_requests', retryAfter: 60 })
    const signed = play(state, ...signing('a', 20)).state
    expect(play(signed, [remind, 10 + HOUR]).last.effects).toContainEqual({ kind: 'remind', at: at(10 + HOUR).now, participantIds: ['b'] })
  })

  it('of nobody keeps nothing, so that the hour does not begin', () => {
    const state = sent(route([member('a', 1, { person: person(1, { phone: null }) })]))
    expect(step(state, remind, at(10))).toEqual(NOTHING)
  })

  it('is possible again where the clock was moved back', () => {
    expect(play(sent(route(members)), [remind, 9000], [remind, 10]).last.refusal).toBeUndefined()
  })
})

describe('replacing', () => {
  const members = [member('a', 1, { clientId: 'k1', companyId: 'o1', methods: ['server'] }), viewer('v'), member('b', 2)]
  const by = person(8)

  it('gives a participant’s place to somebody else, in a draft, in turn and before it', () => {
    for (const state of [created(route(members)), sent(route(members))])
      for (const id of ['a', 'v', 'b']) {
        const { state: now, last } = play(state, [replace(id, by, { methods: ['cms'] }), 5])
        const [was, is] = [state, now].map((s) => s.participants.find((p) => p.id === id))
        expect(is).toEqual({ ...was, person: by, clientId: null, companyId: null, methods: ['cms'], challenge: null })
        expect(statuses(now)).toEqual(statuses(state))
        expect(last.events).toEqual([{ type: 'participant.replaced', data: { participant_id: id, links: 'revoked' } }])
        expect(changes(last)).toEqual([])
      }
  })

  it('lets the new one act in the old one’s turn, by its own methods', () => {
    const state = play(sent(route(members)), [replace('a', by), 1]).state
    expect(step(state, { type: 'prove', participantId: 'a', method: 'server' }, at(2)).refusal?.code).toBe('forbidden')
    const signed = play(state, ...signing('a', 2)).state
    expect(signed.participants[0]?.signature?.person).toEqual(by)
  })

  it('comes too late for whoever has acted', () => {
    const acted = sent(route([approver('o', 1), member('a', 2), member('b', 3)]))
    const approved = play(acted, [approve('o'), 1]).state
    expect(step(approved, replace('o', by), at(2)).refusal?.code).toBe('conflict')
    const signed = play(approved, ...signing('a', 3)).state
    expect(step(signed, replace('a', by), at(9)).refusal?.code).toBe('conflict')
    expect(step(signed, replace('b', by), at(9)).refusal).toBeUndefined()
  })
})

describe('a signature made with a key', () => {
  const documents = [document(1), document(2)]
  const both = [evidence('d1', 'mine'), evidence('d2', 'mine')]
  const withKey = () => sent(route([member('a', 1, { methods: ['cms'] })], { documents }))
  const prove = (cms = both): Command => ({ type: 'prove', participantId: 'a', method: 'cms', cms })

  it('covers every document, each by its own, in their order', () => {
    for (const cms of [[], [evidence('d1')], [evidence('d2'), evidence('d1')], [...both, evidence('d1')], [evidence('d1'), evidence('d1')]])
      expect(step(withKey(), prove(cms), at(1)).refusal?.code).toBe('conflict')
    const { state, plain } = play(withKey(), [prove(), 1], [{ type: 'accept', participantId: 'a' }, 2])
    expect([state.status, state.participants[0]?.signature?.cms]).toEqual(['signed', both])
    expect(plain[0]).toEqual({
      type: 'participant.signed',
      data: {
        participant_id: 'a',
        method: 'cms',
        documents: documents.map((d) => d.sha256),
        signatures: ['mine-d1', 'mine-d2'],
        at: at(1).now,
        ip: '192.0.2.1',
        user_agent: 'test',
      },
    })
  })

  it('that its signer brought is never exchanged for another', () => {
    const claimed = play(withKey(), [prove(), 1]).state
    const others = [evidence('d1', 'other'), evidence('d2', 'other')]
    expect(play(claimed, [accept('a', others), 2]).state.participants[0]?.signature?.cms).toEqual(both)
  })

  it('is proved once', () => {
    const claimed = play(withKey(), [prove(), 1]).state
    expect(step(claimed, prove(), at(2)).refusal?.code).toBe('conflict')
    const signed = play(claimed, [{ type: 'accept', participantId: 'a' }, 3]).state
    expect(step(signed, prove(), at(4)).refusal?.code).toBe('conflict')
  })

  it('that the server keeps waits for its evidence', () => {
    const state = sent(route([member('a', 1, { methods: ['server'], clientId: 'k1', companyId: 'o1' })], { documents }))
    const claimed = play(state, [{ type: 'prove', participantId: 'a', method: 'server' }, 1]).state
    expect(claimed.participants[0]?.claim).toMatchObject({ method: 'server', at: at(1).now })
    expect(claimed.participants[0]?.claim).not.toHaveProperty('cms')
    expect(step(claimed, { type: 'accept', participantId: 'a' }, at(2)).refusal?.code).toBe('conflict')
    expect(play(claimed, [accept('a', both), 2]).state.participants[0]?.signature).toMatchObject({ method: 'server', cms: both })
  })

  it('keeps consent, actor and place of the proof, whoever completes it', () => {
    const origin = { ...at(1), actor: 'link:7', ip: '203.0.113.9', userAgent: 'phone', consent: true }
    const claimed = step(withKey(), prove(), origin).state
    const done = step(claimed, { type: 'accept', participantId: 'a' }, { ...at(60), actor: 'service', ip: null, userAgent: null })
    const kept = { at: at(1).now, actor: 'link:7', ip: '203.0.113.9', userAgent: 'phone', consent: true }
    expect(done.state?.participants[0]?.signature).toMatchObject(kept)
    expect(done.events[0]?.data).toMatchObject({ at: at(1).now, ip: '203.0.113.9', user_agent: 'phone', consent: true })
  })
})

describe('callbacks', () => {
  const all = (state: PackageState, ...moves: [Command, number][]) => changes(play(state, ...moves))

  it('are told of each change of status once, with its moment', () => {
    const members = [approver('o', 1), member('a', 2), member('b', 2), viewer('v')]
    const begun = play(created(route(members)), [send, 1])
    expect(begun.last.effects).toContainEqual({
      kind: 'announce',
      at: at(1).now,
      changes: [
        { participantId: 'o', status: 'current' },
        { participantId: null, status: 'in_progress' },
      ],
    })
    expect(all(begun.state, [approve('o'), 5], ...signing('a', 10), ...signing('b', 20), [seal, 30])).toEqual([
      'o approved',
      'a current',
      'b current',
      'a signed',
      'b signed',
      'package signed',
    ])
  })

  it('are told nothing of a draft, nor of what changes no status', () => {
    expect(kinds(play(null, [{ type: 'create', package: route([member('a', 1)]) }, 0]))).toEqual(['project'])
    const state = sent(route([member('a', 1), member('b', 2)]))
    expect(
      all(state, [ask('a'), 1], [verify('a', 'wrong'), 2], [verify('a'), 3], [release('a'), 4], [replace('b', person(5)), 5], [remind, 6]),
    ).toEqual([])
  })

  it.each<[string, Command, string[]]>([
    ['a refusal', decline('a'), ['a declined', 'package declined']],
    ['a withdrawal', revoke(), ['package revoked']],
    ['the deadline', tick, ['package expired']],
  ])('are told of %s', (_, command, told) => {
    const state = sent(route([member('a', 1), member('b', 2)], { deadline: at(50).now }))
    expect(all(state, [command, 60])).toEqual(told)
  })

  it.each(['contract', 'certificate_request'] as const)('are for packages alone: what signs a %s says it in its own words', (type) => {
    const state = created(route([member('a', 1), approver('o', 2)], { subject: { type, id: '1' } }))
    const whole = play(state, [send, 1], ...signing('a', 2), [approve('o'), 9])
    expect([whole.state.status, changes(whole)]).toEqual(['signed', []])
    expect(whole.effects).toContainEqual({ kind: 'tell', news: 'signed' })
    expect(changes(play(state, [send, 1], [decline('a'), 2]))).toEqual([])
  })
})

describe('a certificate request', () => {
  const request = (members: NewParticipant[], more = {}) =>
    sent(route(members, { subject: { type: 'certificate_request', id: 'r1' }, ...more }))

  it('has no seal: its documents are signed, and that is all', () => {
    const whole = play(request([member('a', 1)]), ...signing('a', 1))
    expect([whole.state.status, kinds(whole).includes('seal')]).toEqual(['signed', false])
  })

  it('has none either where the last signature was let go', () => {
    const state = request([member('a', 1), member('b', 1)], { quorums: [{ order: 1, need: 1 }] })
    const whole = play(state, [ask('a', 'x', 'c1'), 1], [verify('a', 'x'), 2], ...signing('b', 3), [release('a'), 9])
    expect([whole.state.status, kinds(whole).includes('seal')]).toEqual(['signed', false])
  })
})

it('a contract’s signer is named when it signs, and the trail says when it is another', () => {
  const state = sent(fresh([member('a', 1)]))
  const first = play(state, [name('a', 1), 1])
  expect(first.events).toEqual([])
  expect(play(first.state, [name('a', 2), 2]).plain).toEqual([{ type: 'participant.replaced', data: { participant_id: 'a' } }])
  expect(step(first.state, name('a', 1), at(2))).toEqual(NOTHING)
  expect(statusOf(first.state, 'a')).toBe('current')
})
