import { describe, expect, it } from 'vitest'
import { quorumOf } from '../../src/signing/machine-parts.ts'
import { step } from '../../src/signing/machine.ts'
import type { NewParticipant } from '../../src/signing/model.ts'
import {
  accept,
  approve,
  ask,
  at,
  changes,
  decline,
  kinds,
  member,
  person,
  play,
  release,
  replace,
  revoke,
  route,
  sent,
  signing,
  statuses,
  tick,
  verify,
} from './package-kit.ts'

const approver = (id: string, order: number): NewParticipant => member(id, order, { role: 'approver' })
const of = (need: number, members: NewParticipant[], more = {}) => sent(route(members, { quorums: [{ order: 1, need }], ...more }))
const five = ['a', 'b', 'c', 'd', 'e'].map((id) => member(id, 1))

describe('n of m', () => {
  it.each([1, 2, 3, 4, 5])('%i of five suffice, the others are not needed any more', (need) => {
    let state = of(need, [...five, member('z', 2)])
    for (const [i, { id }] of five.slice(0, need).entries()) {
      expect([state.status, state.participants[5]?.status]).toEqual(['in_progress', 'waiting'])
      state = play(state, ...signing(id, i * 10)).state
    }
    const spared = Array.from({ length: 5 - need }, () => 'not_needed')
    expect(statuses(state)).toEqual([...Array.from({ length: need }, () => 'signed'), ...spared, 'current'])
  })

  it('ends the package where its order is the last', () => {
    const { state, last } = play(of(2, five), ...signing('b', 1), ...signing('e', 10))
    expect([state.status, ...statuses(state)]).toEqual(['signed', 'not_needed', 'signed', 'not_needed', 'not_needed', 'signed'])
    expect([changes(last), kinds(last)]).toEqual([
      ['a not_needed', 'c not_needed', 'd not_needed', 'e signed', 'package signed'],
      ['project', 'announce', 'tell', 'seal'],
    ])
  })

  it('takes the rights of whoever is not needed any more, and their codes', () => {
    const before = play(of(1, [member('a', 1), member('b', 1), member('c', 2)]), [ask('a', 'late', 'c1'), 1]).state
    const state = play(before, ...signing('b', 10)).state
    expect([statuses(state), state.participants[0]?.challenge]).toEqual([['not_needed', 'signed', 'current'], null])
    for (const command of [ask('a', 'x', 'c2'), verify('a', 'late'), decline('a'), replace('a', person(7)), accept('a')])
      expect(step(state, command, at(99)).refusal?.code, command.type).toBe('conflict')
    // What the others do goes on.
    expect(play(state, ...signing('c', 20)).state.status).toBe('signed')
  })

  it('whoever refuses ends the package all the same', () => {
    expect(play(of(1, five), [decline('c'), 1]).state.status).toBe('declined')
  })
})

describe('a signature that is being completed when the others suffice', () => {
  const racing = () => {
    const state = of(1, [member('a', 1), member('b', 1), member('c', 1), member('z', 2)])
    return play(state, [ask('a', 'x', 'c1'), 1], [verify('a', 'x'), 2], ...signing('b', 3)).state
  }

  it('is completed: the turn waits for it, and for nobody else', () => {
    const state = racing()
    expect(statuses(state)).toEqual(['current', 'signed', 'not_needed', 'waiting'])
    expect(step(state, ask('z'), at(9)).refusal?.code).toBe('conflict')
    const { state: done, events } = play(state, [accept('a'), 9])
    expect([statuses(done), events]).toEqual([['signed', 'signed', 'not_needed', 'current'], ['participant.signed']])
  })

  it('or is not needed either, once it was let go', () => {
    const { state, last } = play(racing(), [release('a'), 9])
    expect([statuses(state), state.participants[0]?.claim, changes(last)]).toEqual([
      ['not_needed', 'signed', 'not_needed', 'current'],
      null,
      ['a not_needed', 'z current'],
    ])
    expect(step(state, verify('a', 'x'), at(10)).refusal?.code).toBe('conflict')
  })

  it('and let go as the last thing that was waited for, ends the package', () => {
    const state = of(1, [member('a', 1), member('b', 1)])
    const whole = play(state, [ask('a', 'x', 'c1'), 1], [verify('a', 'x'), 2], ...signing('b', 3))
    expect([whole.state.status, whole.events.at(-1)]).toEqual(['in_progress', 'participant.signed'])
    const { state: end, last } = play(whole.state, [release('a'), 9])
    expect([end.status, end.finishedAt, statuses(end)]).toEqual(['signed', at(9).now, ['not_needed', 'signed']])
    expect([last.events, kinds(last)]).toEqual([[{ type: 'package.signed' }], ['project', 'announce', 'tell', 'seal']])
  })

  it('is in nobody’s way once the package’s deadline is there', () => {
    const state = of(1, [member('a', 1), member('b', 1), member('z', 2)], { deadline: at(50).now })
    const whole = play(state, [ask('a', 'x', 'c1'), 1], [verify('a', 'x'), 2], ...signing('b', 3), [tick, 60])
    expect(whole.state.status).toBe('in_progress')
    expect(play(whole.state, [release('a'), 61], [tick, 61]).state.status).toBe('expired')
  })

  it('holds off a withdrawal', () => {
    expect(step(racing(), revoke(), at(9)).refusal?.code).toBe('conflict')
    expect(play(racing(), [accept('a'), 9], [revoke(), 10]).state.status).toBe('revoked')
  })
})

describe('whom a quorum counts', () => {
  it('are the signers of its order; its approvers must all approve', () => {
    let state = of(1, [member('a', 1), member('b', 1), approver('o', 1), approver('p', 1), member('z', 2)])
    state = play(state, ...signing('a', 1)).state
    expect(statuses(state)).toEqual(['signed', 'not_needed', 'current', 'current', 'waiting'])
    state = play(state, [approve('o'), 9]).state
    expect(statuses(state)).toEqual(['signed', 'not_needed', 'approved', 'current', 'waiting'])
    expect(statuses(play(state, [approve('p'), 10]).state)).toEqual(['signed', 'not_needed', 'approved', 'approved', 'current'])
  })

  it('are the approvers where nobody signs', () => {
    const state = of(2, [approver('o', 1), approver('p', 1), approver('q', 1), member('z', 2)])
    expect(statuses(play(state, [approve('q'), 1], [approve('o'), 2]).state)).toEqual(['approved', 'not_needed', 'approved', 'current'])
  })

  it('are never viewers', () => {
    const state = of(1, [member('v', 1, { role: 'viewer' }), member('a', 1), member('b', 1), member('z', 2)])
    expect(statuses(play(state, ...signing('b', 1)).state)).toEqual(['viewing', 'not_needed', 'signed', 'current'])
  })

  it('is one order’s, and no other’s', () => {
    const members = [member('a', 1), member('b', 2), member('c', 2), member('d', 3), member('e', 3)]
    const quorums = [
      { order: 2, need: 1 },
      { order: 3, need: 2 },
    ]
    let state = sent(route(members, { quorums }))
    state = play(state, ...signing('a', 1), ...signing('c', 10)).state
    expect(statuses(state)).toEqual(['signed', 'not_needed', 'signed', 'current', 'current'])
    state = play(state, ...signing('d', 20)).state
    expect([state.status, ...statuses(state)]).toEqual(['in_progress', 'signed', 'not_needed', 'signed', 'signed', 'current'])
  })

  it('says nothing of an order that it does not name', () => {
    const signer = { role: 'signer' } as const
    expect(quorumOf({ quorums: [{ order: 2, need: 1 }] }, 1, [signer])).toBeUndefined()
    expect(quorumOf({ quorums: [{ order: 2, need: 1 }] }, 2, [{ role: 'approver' }, signer])).toEqual({ need: 1, role: 'signer' })
    expect(quorumOf({ quorums: [{ order: 2, need: 1 }] }, 2, [{ role: 'approver' }])).toEqual({ need: 1, role: 'approver' })
  })
})
