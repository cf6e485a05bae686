import { describe, expect, it } from 'vitest'
import { step } from '../../src/signing/machine.ts'
import type { PackageState } from '../../src/signing/model.ts'
import { upgrade } from '../../src/signing/upgrade.ts'
import { accept, at, evidence, member, play, release, route, sent, signing } from './package-kit.ts'

const PERSON = { fullName: 'Қасымов Әлихан', identifier: '850504300017', phone: '+77010000001' }
const CLAIM = { method: 'sms', at: at(10).now, ip: '192.0.2.1', userAgent: null }
const DOCUMENT = { id: 'd1', name: 'Договор.pdf', fileId: 'f1', sha256: 'aa', size: 10 }
/** As the first version of the service stored it. */
const first = (participant: object, more: object = {}) =>
  JSON.parse(
    JSON.stringify({
      v: 1,
      id: 'p1',
      orgId: 7,
      subject: { type: 'contract', id: '1' },
      title: 'Договор',
      status: 'in_progress',
      version: 4,
      documents: [DOCUMENT],
      participants: [
        {
          id: 'a',
          order: 1,
          role: 'signer',
          methods: ['sms', 'cms'],
          person: null,
          status: 'current',
          challenge: null,
          claim: null,
          signature: null,
          ...participant,
        },
      ],
      createdAt: at(0).now,
      finishedAt: null,
      sealed: null,
      ...more,
    }),
  ) as Parameters<typeof upgrade>[0]

describe('a state of the first version', () => {
  it('has everything that a new one has, and is what it was', () => {
    const state = upgrade(first({}))
    const shape = (s: PackageState) => [Object.keys(s).toSorted(), Object.keys(s.participants[0] ?? {}).toSorted()]
    expect(shape(state)).toEqual(shape(sent(route([member('a', 1)]))))
    expect(state).toMatchObject({ v: 2, id: 'p1', version: 4, status: 'in_progress', updatedAt: at(0).now, quorums: [], certificate: null })
    expect(state.participants[0]).toMatchObject({
      id: 'a',
      status: 'current',
      person: null,
      clientId: null,
      companyId: null,
      actedAt: null,
    })
  })

  it('goes on by the same rules', () => {
    const { state } = play(upgrade(first({ person: PERSON })), ...signing('a', 100))
    expect([state.status, state.version, state.participants[0]?.signature?.person]).toEqual([
      'signed',
      7,
      { ...PERSON, inn: null, email: null },
    ])
  })

  it('keeps a claim that was being completed', () => {
    const state = upgrade(
      first({
        person: PERSON,
        claim: CLAIM,
        challenge: { id: 'c', codeHash: 'h', sentAt: at(1).now, expiresAt: at(300).now, wrong: 0, sent: 1, countedFrom: at(1).now },
      }),
    )
    const done = step(state, accept('a'), at(60))
    expect(done.state?.participants[0]?.signature).toMatchObject({ ...CLAIM, consent: false, cms: [evidence('d1')] })
    expect(done.events[0]?.data).toMatchObject({ phone: PERSON.phone, at: CLAIM.at })
    expect(step(state, release('a'), at(60)).state?.participants[0]?.claim).toBeNull()
  })

  it('keeps what was signed, by code and by key', () => {
    const cms = { documentId: 'd1', fileId: 'k1', sha256: 'bb', certificate: evidence('d1').certificate, revocation: 'unknown' }
    const signature = { ...CLAIM, person: PERSON, documents: ['aa'] }
    const by = (record: object) =>
      upgrade(first({ person: PERSON, status: 'signed', signature: record }, { status: 'signed', finishedAt: at(11).now, sealed: [] }))
    const bySms = by(signature)
    expect(bySms.participants[0]).toMatchObject({
      status: 'signed',
      actedAt: at(10).now,
      signature: { person: { inn: null }, documents: ['aa'] },
    })
    expect(bySms).toMatchObject({ updatedAt: at(11).now, finishedAt: at(11).now, sealed: [], certificate: null })
    const byKey = by({ ...signature, method: 'cms', cms: [cms] })
    expect(byKey.participants[0]?.signature?.cms).toEqual([{ ...cms, format: 'CAdES-BES', timestamp: null }])
  })

  it('that is none is left as it is', () => {
    const now = sent(route([member('a', 1)]))
    expect(upgrade(now)).toBe(now)
  })
})
