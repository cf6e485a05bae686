// What the tests of the package's rules share: people, routes, commands by short names.
import { step } from '../../src/signing/machine.ts'
import type {
  CmsEvidence,
  Command,
  Effect,
  NewPackage,
  NewParticipant,
  Origin,
  PackageState,
  Person,
  PlainEvent,
  Step,
} from '../../src/signing/model.ts'

const START = Date.parse('2026-01-31T20:00:00.000Z')
/** A call so many seconds after the tests' beginning of time. */
export const at = (seconds: number): Origin => ({
  now: new Date(START + seconds * 1000).toISOString(),
  actor: 'user:1',
  ip: '192.0.2.1',
  userAgent: 'test',
})
export const person = (n: number, more: Partial<Person> = {}): Person => ({
  fullName: `Подписант ${n}`,
  identifier: '850504300017',
  inn: null,
  phone: `+7701000000${n}`,
  email: null,
  ...more,
})
export const TTL = 300
export const RESEND = 60
export const HOUR = 3600

export const member = (id: string, order: number, more: Partial<NewParticipant> = {}): NewParticipant => ({
  id,
  order,
  role: 'signer',
  methods: ['sms'],
  person: null,
  clientId: null,
  companyId: null,
  ...more,
})
export const document = (n: number) => ({ id: `d${n}`, name: `${n}.pdf`, fileId: `f${n}`, sha256: `${n}a`.repeat(32), size: 10 })
/** A contract's package, unless told otherwise. */
export const fresh = (participants: NewParticipant[], more: Partial<NewPackage> = {}): NewPackage => ({
  id: 'p1',
  orgId: 7,
  subject: { type: 'contract', id: '1' },
  title: 'Договор',
  documents: [document(1)],
  participants,
  ...more,
})

/** A package whose participants are known from the start, numbered by their place; of subject `package`. */
export const route = (members: NewParticipant[], more: Partial<NewPackage> = {}): NewPackage =>
  fresh(
    members.map((m, i) => ({ ...m, person: m.person ?? person(i + 1) })),
    { subject: { type: 'package', id: 'p1' }, ...more },
  )

export function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    Object.values(value).forEach(freeze)
  }
  return value
}

export interface Played {
  state: PackageState
  last: Step
  /** All of them, as they were made. */
  plain: PlainEvent[]
  events: string[]
  effects: Effect[]
}

/** Runs commands at given seconds; a state is frozen, so that a rule that changes its input fails. */
export function play(state: PackageState | null, ...moves: [Command, number][]): Played {
  let now = state
  let last: Step = { state: null, events: [], effects: [] }
  const plain: PlainEvent[] = []
  const effects: Effect[] = []
  for (const [command, seconds] of moves) {
    last = step(freeze(now), command, at(seconds))
    plain.push(...last.events)
    effects.push(...last.effects)
    now = last.state ?? now
  }
  if (!now) throw new Error('no package')
  return { state: now, last, plain, events: plain.map((e) => e.type), effects }
}

export const ask = (participantId: string, codeHash = 'right', challengeId = 'c1'): Command => ({
  type: 'request_code',
  participantId,
  challengeId,
  codeHash,
  ttlSeconds: TTL,
  resendSeconds: RESEND,
})
export const verify = (participantId: string, codeHash = 'right'): Command => ({ type: 'verify_code', participantId, codeHash })
export const name = (participantId: string, n = 1): Command => ({ type: 'name_participant', participantId, person: person(n) })
export const accept = (participantId: string, cms: CmsEvidence[] = [evidence('d1')]): Command => ({ type: 'accept', participantId, cms })
export const release = (participantId: string): Command => ({ type: 'release', participantId })
export const approve = (participantId: string): Command => ({ type: 'approve', participantId })
export const decline = (participantId: string, reason = 'Не согласен'): Command => ({ type: 'decline', participantId, reason })
export const replace = (participantId: string, by: Person, more: Partial<NewParticipant> = {}): Command => ({
  type: 'replace_participant',
  participantId,
  by: { person: by, clientId: null, companyId: null, methods: ['sms'], ...more },
})
export const revoke = (reason: string | null = null): Command => ({ type: 'revoke', reason })
export const remind: Command = { type: 'remind', pauseSeconds: HOUR }
export const tick: Command = { type: 'tick' }
export const send: Command = { type: 'send' }
export const seal: Command = {
  type: 'record_seal',
  documents: [{ documentId: 'd1', fileId: 's1', sha256: 'bb', size: 20 }],
  certificate: { fileId: 'k1', sha256: 'cc', size: 30 },
}

/** A detached CMS as it is kept; the certificate's facts are of no matter to the rules. */
export const evidence = (documentId: string, of = 'x'): CmsEvidence => ({
  documentId,
  fileId: `${documentId}-${of}.p7s`,
  sha256: `${of}-${documentId}`,
  format: 'CAdES-BES',
  certificate: { subject: 'CN=x', issuer: 'CN=y', serialNumber: '01', notBefore: at(0).now, notAfter: at(9e6).now, sha256: 'ff' },
  revocation: 'good',
  timestamp: null,
})

/** Everything that it takes to sign with a code, a second each. */
export const signing = (id: string, from: number): [Command, number][] => [
  [ask(id, `code-${id}`, `c-${id}`), from],
  [verify(id, `code-${id}`), from + 1],
  [accept(id), from + 2],
]

export const created = (fresh_: NewPackage) => play(null, [{ type: 'create', package: fresh_ }, 0]).state
export const sent = (fresh_: NewPackage) => play(created(fresh_), [send, 0]).state
export const statuses = (s: PackageState) => s.participants.map((p) => p.status)
export const statusOf = (s: PackageState, id: string) => s.participants.find((p) => p.id === id)?.status
/** What callbacks are told of a step or of a play. */
export const changes = ({ effects }: { effects: Effect[] }) =>
  effects.flatMap((e) => (e.kind === 'announce' ? e.changes.map((c) => `${c.participantId ?? 'package'} ${c.status}`) : []))
export const kinds = ({ effects }: { effects: Effect[] }) => effects.map((e) => e.kind)
