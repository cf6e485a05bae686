/** What a package is made of (DECISIONS › office). Stored by its Durable Object; `v` is the shape's version. */
export interface PackageState {
  v: 1
  id: string
  orgId: number
  /** What is being signed, for the feature that learns of the package's end. */
  subject: { type: SubjectType; id: string }
  title: string
  status: PackageStatus
  /** Grows with every stored change. */
  version: number
  documents: PackageDocument[]
  participants: Participant[]
  createdAt: string
  finishedAt: string | null
  sealed: SealedDocument[] | null
}

export type SubjectType = 'contract'
export type PackageStatus = 'draft' | 'in_progress' | 'signed' | 'declined' | 'revoked' | 'expired'
export type Role = 'signer' | 'approver' | 'viewer'
export type SigningMethod = 'sms' | 'cms' | 'server'
export type ParticipantStatus = 'waiting' | 'current' | 'signed' | 'approved' | 'declined' | 'not_needed' | 'viewing'

export interface PackageDocument {
  id: string
  name: string
  fileId: string
  sha256: string
  size: number
}

export interface SealedDocument {
  documentId: string
  fileId: string
  sha256: string
  size: number
}

export interface Person {
  fullName: string
  /** IIN or BIN. */
  identifier: string
  /** E.164. */
  phone: string
}

export interface Participant {
  id: string
  /** Those of one order act in parallel; the next order starts when the last of this one is done. */
  order: number
  role: Role
  methods: SigningMethod[]
  person: Person | null
  status: ParticipantStatus
  challenge: Challenge | null
  claim: Claim | null
  signature: SignatureRecord | null
}

/** A one-time code that was sent; the code itself is kept only as a keyed hash, bound to package, participant, person and documents. */
export interface Challenge {
  id: string
  codeHash: string
  sentAt: string
  expiresAt: string
  wrong: number
  /** How many codes went to this participant since `countedFrom`. */
  sent: number
  countedFrom: string
}

/** A signature that was proved and waits for its prepaid unit. While it stands nothing else may happen to the participant. */
export interface Claim {
  method: SigningMethod
  at: string
  ip: string | null
  userAgent: string | null
  /** The detached CMS over each document, in the package's order, where the signer's own key made it. */
  cms?: CmsEvidence[]
}

/** A verified CMS: where it is kept, and whose certificate it names. */
export interface CmsEvidence {
  documentId: string
  fileId: string
  sha256: string
  /** Subject and issuer as RFC 4514, serial number in hex, validity in ISO 8601. */
  certificate: { subject: string; issuer: string; serialNumber: string; notBefore: string; notAfter: string; sha256: string }
  /** `unknown` where nobody could be asked: recorded, never hidden. */
  revocation: 'good' | 'unknown'
}

export interface SignatureRecord extends Claim {
  person: Person
  /** SHA-256 of every document as it was signed, in the package's order. */
  documents: string[]
}

export type EventType =
  | 'package.created'
  | 'package.sent'
  | 'package.signed'
  | 'package.sealed'
  | 'package.revoked'
  | 'participant.signed'
  | 'participant.replaced'
  | 'code.sent'
  | 'code.refused'

/** Who sent a command, when by the service's clock, and from where. */
export interface Origin {
  now: string
  actor: string
  ip: string | null
  userAgent: string | null
}

export interface NewPackage {
  id: string
  orgId: number
  subject: PackageState['subject']
  title: string
  documents: PackageDocument[]
  participants: Pick<Participant, 'id' | 'order' | 'role' | 'methods' | 'person'>[]
}

export type Command =
  | { type: 'create'; package: NewPackage }
  | { type: 'send' }
  | { type: 'name_participant'; participantId: string; person: Person }
  | { type: 'request_code'; participantId: string; challengeId: string; codeHash: string; ttlSeconds: number; resendSeconds: number }
  | { type: 'cancel_code'; participantId: string }
  | { type: 'verify_code'; participantId: string; codeHash: string }
  | { type: 'prove'; participantId: string; cms: CmsEvidence[] }
  | { type: 'accept'; participantId: string }
  | { type: 'release'; participantId: string }
  | { type: 'revoke' }
  | { type: 'record_seal'; documents: SealedDocument[] }

/** What must happen outside once the new state is stored; each is repeated until it is done, and harmless when repeated. */
export type Effect =
  | { kind: 'project' }
  | { kind: 'code'; participantId: string; challengeId: string; to: string }
  | { kind: 'seal' }
  | { kind: 'tell'; news: 'signed' | 'sealed' }

export type RefusalCode = 'not_found' | 'conflict' | 'forbidden' | 'wrong_code' | 'too_many_requests' | 'payment_required'
export interface Refusal {
  code: RefusalCode
  message: string
  retryAfter?: number
}

export interface PlainEvent {
  type: EventType
  data?: Record<string, unknown>
}

/** `refusal` with a `state`: refused, and yet something is to be kept (a wrong code is counted). */
export interface Step {
  state: PackageState | null
  events: PlainEvent[]
  effects: Effect[]
  refusal?: Refusal
}
