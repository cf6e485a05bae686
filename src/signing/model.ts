import type { Lang } from '../http/lang.ts'

/** What a package is made of (DECISIONS › office). Stored by its Durable Object; `v` is the shape's version (see upgrade.ts). */
export interface PackageState {
  v: 2
  id: string
  orgId: number
  /** What is being signed, for the feature that learns of the package's end. */
  subject: { type: SubjectType; id: string }
  title: string
  status: PackageStatus
  /** Grows with every change that D1 is told of. */
  version: number
  documents: PackageDocument[]
  participants: Participant[]
  /** That many of an order's signers and approvers suffice; the others are no longer needed then. */
  quorums: Quorum[]
  /** ISO 8601; a package that is not over by then has expired. */
  deadline: string | null
  /** Is told of every change of status, besides the organization's endpoints. */
  callbackUrl: string | null
  metadata: Record<string, unknown> | null
  createdAt: string
  updatedAt: string
  finishedAt: string | null
  remindedAt: string | null
  /** The stamped version of every document, once made. */
  sealed: SealedDocument[] | null
  /** The one certificate of the package («Сертификат онлайн подписания»), made with the stamped versions. */
  certificate: StoredFile | null
}

export type SubjectType = 'contract' | 'package' | 'certificate_request'
export type PackageStatus = 'draft' | 'in_progress' | 'signed' | 'declined' | 'revoked' | 'expired'
export type Role = 'signer' | 'approver' | 'viewer'
export type SigningMethod = 'sms' | 'cms' | 'server'
export type ParticipantStatus = 'waiting' | 'current' | 'signed' | 'approved' | 'declined' | 'not_needed' | 'viewing'

export interface Quorum {
  order: number
  need: number
}

/** What the certificate of a package is called. */
export const CERTIFICATE_NAME = 'Сертификат.pdf'

/** Bytes in R2, named by the row in `files`. */
export interface StoredFile {
  fileId: string
  sha256: string
  size: number
}

export interface PackageDocument extends StoredFile {
  id: string
  name: string
}

export interface SealedDocument extends StoredFile {
  documentId: string
}

export interface Person {
  fullName: string
  /** IIN or BIN of Kazakhstan. */
  identifier: string | null
  /** INN of Russia. */
  inn: string | null
  /** E.164. */
  phone: string | null
  email: string | null
}

export interface Participant {
  id: string
  /** Those of one order act in parallel; the next order starts when the last of this one is done. */
  order: number
  role: Role
  methods: SigningMethod[]
  person: Person | null
  /** The organization's client that this is, if any. */
  clientId: string | null
  /** The company for which it acts, by what it may do there at that moment. */
  companyId: string | null
  /** In which language it reads the signing page, once it has: messages to it are in that one. */
  lang?: Lang
  status: ParticipantStatus
  /** When it signed, approved or declined. */
  actedAt: string | null
  /** Why it declined. */
  reason: string | null
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

/** A signature that was proved and waits for its evidence and its prepaid unit. While it stands nothing else may happen to the participant. */
export interface Claim {
  method: SigningMethod
  at: string
  ip: string | null
  userAgent: string | null
  /** Who sent it, as the trail names actors. */
  actor: string
  /** The signer agreed to what the page says of signing. */
  consent: boolean
  /** The detached CMS over each document, in the package's order; made by the signer's own key, the employee's kept key, or the platform's seal. */
  cms?: CmsEvidence[]
}

/** A detached CMS over one original: where it is kept, and whose certificate it names. */
export interface CmsEvidence {
  documentId: string
  fileId: string
  sha256: string
  /** Missing where an earlier version kept it: its file has a row already. */
  size?: number
  format: 'CAdES-BES' | 'CAdES-T'
  /** Subject and issuer as RFC 4514, serial number in hex, validity in ISO 8601. */
  certificate: CertificateFacts
  /** `unknown` where nobody could be asked: recorded, never hidden. */
  revocation: 'good' | 'unknown'
  /** RFC 3161, over the signature's value. `internal`: by the platform's own authority, which is no accredited one. */
  timestamp: { at: string; authority: string; internal: boolean } | null
}

export interface CertificateFacts {
  subject: string
  issuer: string
  serialNumber: string
  notBefore: string
  notAfter: string
  sha256: string
}

export interface SignatureRecord extends Claim {
  person: Person
  /** SHA-256 of every document as it was signed, in the package's order. */
  documents: string[]
}

/** A link for one participant; the token itself is kept as a hash alone. */
export interface Link {
  id: string
  participantId: string
  tokenHash: string
  createdAt: string
  expiresAt: string
  /** When it was withdrawn, or its participant replaced. */
  revokedAt: string | null
  openedAt: string | null
}

export type EventType =
  | 'package.created'
  | 'package.sent'
  | 'package.signed'
  | 'package.sealed'
  | 'package.declined'
  | 'package.revoked'
  | 'package.expired'
  | 'participant.signed'
  | 'participant.approved'
  | 'participant.declined'
  | 'participant.replaced'
  | 'participant.reminded'
  | 'link.created'
  | 'link.revoked'
  | 'link.opened'
  | 'code.sent'
  | 'code.refused'

/** Who sent a command, when by the service's clock, and from where. */
export interface Origin {
  now: string
  actor: string
  ip: string | null
  userAgent: string | null
  /** The link by which it came: it must still serve when the command is taken up. */
  linkId?: string
  /** Whoever acts has agreed to what the page says of it. */
  consent?: boolean
}

export type NewParticipant = Pick<Participant, 'id' | 'order' | 'role' | 'methods' | 'person' | 'clientId' | 'companyId'>

export interface NewPackage {
  id: string
  orgId: number
  subject: PackageState['subject']
  title: string
  documents: PackageDocument[]
  participants: NewParticipant[]
  quorums?: Quorum[]
  deadline?: string | null
  callbackUrl?: string | null
  metadata?: Record<string, unknown> | null
}

export type Command =
  | { type: 'create'; package: NewPackage }
  | { type: 'send' }
  /** A contract's signer says who it is when it signs. */
  | { type: 'name_participant'; participantId: string; person: Person }
  | { type: 'replace_participant'; participantId: string; by: Pick<Participant, 'person' | 'clientId' | 'companyId' | 'methods'> }
  | { type: 'note_language'; participantId: string; lang: Lang }
  | { type: 'request_code'; participantId: string; challengeId: string; codeHash: string; ttlSeconds: number; resendSeconds: number }
  | { type: 'cancel_code'; participantId: string }
  | { type: 'verify_code'; participantId: string; codeHash: string }
  | { type: 'prove'; participantId: string; method: 'cms'; cms: CmsEvidence[] }
  | { type: 'prove'; participantId: string; method: 'server' }
  /** With the evidence, where the claim did not bring it. */
  | { type: 'accept'; participantId: string; cms?: CmsEvidence[] }
  | { type: 'release'; participantId: string }
  | { type: 'approve'; participantId: string }
  | { type: 'decline'; participantId: string; reason: string }
  | { type: 'remind'; pauseSeconds: number }
  | { type: 'revoke'; reason: string | null }
  /** What time does: a package past its deadline ends. */
  | { type: 'tick' }
  | { type: 'record_seal'; documents: SealedDocument[]; certificate: StoredFile | null }

/** What must happen outside once the new state is stored; each is repeated until it is done, and harmless when repeated. */
export type Effect =
  | { kind: 'project' }
  | { kind: 'code'; participantId: string; challengeId: string; to: string }
  | { kind: 'seal' }
  | { kind: 'tell'; news: 'signed' | 'sealed' | 'ended' }
  /** Callbacks: one for each change of status. */
  | { kind: 'announce'; at: string; changes: StatusChange[] }
  /** Tells those who took part that there is nothing more to do. */
  | { kind: 'notify'; why: 'declined' | 'revoked'; participantIds: string[] }
  | { kind: 'remind'; at: string; participantIds: string[] }

/** `participantId` is null for the package itself. */
export interface StatusChange {
  participantId: string | null
  status: string
}

export type RefusalCode =
  | 'not_found'
  | 'conflict'
  | 'forbidden'
  | 'wrong_code'
  | 'too_many_requests'
  | 'payment_required'
  | 'gone'
  | 'unavailable'
  | 'bad_request'
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
