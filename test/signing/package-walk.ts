// Random routes, and the commands that are thrown at them: what a service would send, and what it never should.
import * as fc from 'fast-check'
import { LANGS } from '../../src/http/lang.ts'
import type { Command, NewPackage, PackageState, PlainEvent, Role, SigningMethod } from '../../src/signing/model.ts'
import type { ChainedEvent } from '../../src/signing/store.ts'
import { at, document, evidence, member, person, RESEND, route, TTL } from './package-kit.ts'

const STEPS = 80

export interface Plan {
  members: { order: number; role: Role; methods: SigningMethod[]; phone: boolean }[]
  /** For each order, how many may be missing; undefined for no quorum. */
  missing: (number | undefined)[]
  documents: number
  deadline: number | undefined
  subject: NewPackage['subject']['type']
  moves: { kind: Kind; who: number; arg: number; wait: number }[]
}
const KINDS = [
  ...(['onward', 'onward', 'onward', 'onward', 'onward', 'onward', 'onward', 'onward', 'onward', 'onward', 'again', 'language'] as const),
  ...(['ask', 'verify', 'guess', 'old code', 'cancel', 'prove', 'server', 'accept', 'release', 'approve'] as const),
  ...(['decline', 'replace', 'name', 'remind', 'send', 'revoke', 'tick', 'seal', 'seal again', 'create'] as const),
] as const
type Kind = (typeof KINDS)[number]

export const plans: fc.Arbitrary<Plan> = fc.record({
  members: fc.array(
    fc.record({
      order: fc.nat(3),
      role: fc.constantFrom<Role>('signer', 'signer', 'signer', 'approver', 'viewer'),
      methods: fc.constantFrom<SigningMethod[]>(['sms'], ['sms'], ['cms'], ['server'], ['sms', 'cms'], ['sms', 'cms', 'server']),
      phone: fc.constantFrom(true, true, true, false),
    }),
    { minLength: 1, maxLength: 8, size: 'max' },
  ),
  missing: fc.array(fc.constantFrom(undefined, undefined, 0, 1, 2), { minLength: 4, maxLength: 4 }),
  documents: fc.integer({ min: 1, max: 3 }),
  deadline: fc.constantFrom(undefined, undefined, undefined, 900, 4000),
  subject: fc.constantFrom('package', 'package', 'package', 'contract', 'certificate_request'),
  moves: fc.array(
    fc.record({
      kind: fc.constantFrom(...KINDS),
      who: fc.nat(7),
      arg: fc.nat(999),
      wait: fc.constantFrom(0, 0, 0, 0, 1, 5, 20, 61, 61, 301),
    }),
    { minLength: 10, maxLength: STEPS, size: 'max' },
  ),
})

/** Orders without gaps, somebody who signs, and quorums that can be met: what a package's creation lets through. */
export function packageOf({ members, missing, documents, deadline, subject }: Plan): NewPackage {
  const used = [...new Set(members.filter((m) => m.role !== 'viewer').map((m) => m.order))].sort((a, b) => a - b)
  const people = members.map((m, i) =>
    member(`m${i}`, Math.max(0, used.indexOf(m.order)) + 1, {
      role: m.role,
      methods: m.methods,
      person: person(i + 1, m.phone ? {} : { phone: null }),
    }),
  )
  if (!people.some((p) => p.role === 'signer')) people.push(member('last', used.length + 1, { person: person(9) }))
  const orders = [...new Set(people.filter((p) => p.role !== 'viewer').map((p) => p.order))]
  const quorums = orders.flatMap((order) => {
    const less = missing[order - 1]
    const inOrder = people.filter((p) => p.order === order)
    const counted = inOrder.filter((p) => p.role === 'signer').length || inOrder.filter((p) => p.role === 'approver').length
    return less === undefined ? [] : [{ order, need: Math.max(1, counted - less) }]
  })
  return route(people, {
    subject: { type: subject, id: 'p1' },
    quorums,
    documents: Array.from({ length: documents }, (_, i) => document(i + 1)),
    deadline: deadline === undefined ? null : at(deadline).now,
  })
}

/** What the test itself knows of a participant. */
interface Known {
  code: { hash: string; until: number; sentAt: number; wrong: number; dead: boolean } | undefined
  before: string[]
  acted: number
}

export class Book {
  readonly known = new Map<string, Known>()
  readonly events: PlainEvent[] = []
  readonly trail: ChainedEvent[] = []
  /** Every status that callbacks would have heard, and the statuses that make of them. */
  readonly told = new Map<string, string>()
  readonly heard = new Set<string>()
  seals = 0
  tells: string[] = []
  constructor(state: PackageState) {
    for (const p of state.participants) this.known.set(p.id, { code: undefined, before: [], acted: 0 })
    for (const p of state.participants) this.told.set(p.id, p.status)
    this.told.set('package', state.status)
  }
  of(id: string): Known {
    const found = this.known.get(id)
    if (!found) throw new Error(`nobody is ${id}`)
    return found
  }
}

const NEVER = 'nobody'
let made = 0 /** The command that a move makes of what the package is now. */
export function commandOf(state: PackageState, book: Book, move: Plan['moves'][number], last: Command): Command {
  const p = state.participants[move.who % state.participants.length]
  const participantId = move.arg === 7 ? NEVER : (p?.id ?? NEVER)
  const known = book.known.get(participantId)
  const cms = state.documents.map((d) => evidence(d.id, `${participantId}-${move.arg}`))
  const some = move.arg % 4 === 0 ? cms.slice(1) : move.arg % 4 === 1 ? cms.toReversed() : cms
  const ask: Extract<Command, { type: 'request_code' }> = {
    type: 'request_code',
    participantId,
    challengeId: `c${++made}`,
    codeHash: `code${made}`,
    ttlSeconds: TTL,
    resendSeconds: RESEND,
  }
  const verify = (codeHash: string): Command => ({ type: 'verify_code', participantId, codeHash })
  const server: Command = { type: 'prove', participantId, method: 'server' }
  switch (move.kind) {
    case 'onward': {
      // What brings the package on: the participant whose turn it is does the next thing.
      const open = state.participants.filter((x) => x.status === 'current')
      const whose = open[move.who % Math.max(1, open.length)]
      const id = whose?.id ?? participantId
      if (state.status === 'draft') return { type: 'send' }
      if (whose?.claim) return { type: 'accept', participantId: id, cms }
      if (whose?.role === 'approver') return { type: 'approve', participantId: id }
      if (whose?.methods.includes('cms')) return { type: 'prove', participantId: id, method: 'cms', cms }
      if (whose?.methods.includes('server')) return { type: 'prove', participantId: id, method: 'server' }
      const code = book.known.get(id)?.code
      return code && !code.dead ? { type: 'verify_code', participantId: id, codeHash: code.hash } : { ...ask, participantId: id }
    }
    case 'again':
      return last
    case 'ask':
      return ask
    case 'verify':
      return verify(known?.code?.hash ?? 'none')
    case 'guess':
      return verify(`guess${move.arg}`)
    case 'old code':
      return verify(known?.before.at(-1 - (move.arg % 2)) ?? 'none')
    case 'cancel':
      return { type: 'cancel_code', participantId }
    case 'prove':
      return { type: 'prove', participantId, method: 'cms', cms: some }
    case 'server':
      return server
    case 'accept':
      return move.arg % 2 ? { type: 'accept', participantId } : { type: 'accept', participantId, cms: some }
    case 'release':
      return { type: 'release', participantId }
    case 'approve':
      return { type: 'approve', participantId }
    case 'decline':
      // Rarely, as it ends the walk.
      return move.arg % 3 ? server : { type: 'decline', participantId, reason: 'нет' }
    case 'replace':
      return {
        type: 'replace_participant',
        participantId,
        by: { person: person(1 + (move.arg % 9)), clientId: null, companyId: null, methods: move.arg % 3 ? ['sms'] : ['cms'] },
      }
    case 'name':
      return { type: 'name_participant', participantId, person: person(1 + (move.arg % 3)) }
    case 'remind':
      return { type: 'remind', pauseSeconds: 3600 }
    case 'send':
      return { type: 'send' }
    case 'revoke':
      return move.arg % 9 ? { type: 'tick' } : { type: 'revoke', reason: null }
    case 'tick':
      return { type: 'tick' }
    case 'seal':
    case 'seal again':
      return {
        type: 'record_seal',
        documents: state.documents.map((d) => ({ documentId: d.id, fileId: `s${move.arg}-${d.id}`, sha256: `s${move.arg}`, size: 1 })),
        certificate: move.kind === 'seal' ? null : { fileId: `k${move.arg}`, sha256: `k${move.arg}`, size: 1 },
      }
    case 'language':
      return { type: 'note_language', participantId, lang: LANGS[move.arg % 3] ?? 'ru' }
    case 'create':
      return { type: 'create', package: { ...route([member('z', 1)]), id: state.id } }
  }
}
