import { record, text } from '../answers.ts'
import { CODE_LIFETIME_MS, timeLeft } from '../time.ts'

/** What `GET /sign/{token}/package` says, as this page uses it. */
export interface PackageAnswer {
  id: string
  title: string
  status: (typeof PACKAGE_STATUSES)[number]
  organization: string
  /** An offer and a key acceptance act end in a certificate; anything else is just a package. */
  subject: 'package' | 'certificate_request'
  deadline: string | undefined
  documents: SignedFile[]
  results: ResultFile[]
  participant: {
    name: string
    role: (typeof ROLES)[number]
    status: (typeof PARTICIPANT_STATUSES)[number]
    /** The phone that a code goes to, masked. */
    phoneHint: string | undefined
    company: string | undefined
  }
  methods: ('sms' | 'cms')[]
  /** When the link stops working. */
  expiresAt: string | undefined
  code: LiveCode | undefined
}

/** Milliseconds, from when the answer came. */
export interface LiveCode {
  lifetime: number
  resend: number
}

export interface SignedFile {
  id: string
  name: string
  /** Bytes. */
  size: number
  /** Lower-case hex. */
  sha256: string
}

export interface ResultFile {
  id: string
  name: string
  size: number
  type: 'stamped' | 'certificate'
}

const PACKAGE_STATUSES = ['draft', 'in_progress', 'signed', 'declined', 'revoked', 'expired'] as const
const PARTICIPANT_STATUSES = ['waiting', 'current', 'signed', 'approved', 'declined', 'not_needed', 'viewing'] as const
const ROLES = ['signer', 'approver', 'viewer'] as const
const METHODS = ['sms', 'cms'] as const
const RESEND_MS = 60_000
const HOUR_MS = 3_600_000

const list = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.map(record) : [])
const size = (value: unknown): number => (typeof value === 'number' && value >= 0 ? value : 0)

/** A time that no code has is the clock's fault: then it is what a code usually has. */
const plausible = (left: number, usual: number): number => (left <= HOUR_MS ? Math.max(0, left) : usual)

function toCode(value: unknown, date: string | null): LiveCode | undefined {
  const it = record(value)
  // The header has whole seconds: rather a second too little than too much.
  const lifetime = plausible(timeLeft(text(it.expires_at), date) - 1000, CODE_LIFETIME_MS)
  return lifetime > 0 ? { lifetime, resend: plausible(timeLeft(text(it.resend_at), date), RESEND_MS) } : undefined
}

/** `date` is the answer's header, by whose clock the code lives. `undefined` when it is no answer of the service. */
export function toPackage(json: unknown, date: string | null): PackageAnswer | undefined {
  const answer = record(json)
  const it = record(answer.package)
  const who = record(answer.participant)
  const id = text(it.id)
  const status = PACKAGE_STATUSES.find((known) => known === it.status)
  const role = ROLES.find((known) => known === who.role)
  const own = PARTICIPANT_STATUSES.find((known) => known === who.status)
  if (id === undefined || !status || !role || !own) return undefined
  return {
    id,
    status,
    title: text(it.title) ?? '',
    organization: text(it.organization) ?? '',
    subject: it.subject === 'certificate_request' ? 'certificate_request' : 'package',
    deadline: text(it.deadline),
    documents: list(it.documents).map((file) => ({
      id: text(file.id) ?? '',
      name: text(file.name) ?? '',
      size: size(file.size),
      sha256: text(file.sha256) ?? '',
    })),
    results: list(it.results).map((file) => ({
      id: text(file.id) ?? '',
      name: text(file.name) ?? '',
      size: size(file.size),
      type: file.type === 'certificate' ? 'certificate' : 'stamped',
    })),
    participant: {
      name: text(who.full_name) ?? '',
      role,
      status: own,
      phoneHint: text(who.phone_hint)?.replaceAll(' ', '\u00a0'),
      company: text(who.company),
    },
    methods: METHODS.filter((method) => Array.isArray(answer.methods) && answer.methods.includes(method)),
    expiresAt: text(answer.expires_at),
    code: answer.code === null || answer.code === undefined ? undefined : toCode(answer.code, date),
  }
}
