import type { PackageState, Participant, Person } from './model.ts'

interface FirstPerson {
  fullName: string
  identifier: string
  phone: string
}
type FirstRecord = Record<string, unknown> & { person?: FirstPerson; cms?: Record<string, unknown>[]; at?: string }
interface FirstState {
  v: 1
  createdAt: string
  finishedAt: string | null
  participants: (Record<string, unknown> & { person: FirstPerson | null; claim: FirstRecord | null; signature: FirstRecord | null })[]
}

const person = (p: FirstPerson): Person => ({ ...p, inn: null, email: null })
const record = (r: FirstRecord | null | undefined) =>
  r && {
    actor: 'signer',
    consent: false,
    ...r,
    ...(r.person ? { person: person(r.person) } : {}),
    ...(r.cms ? { cms: r.cms.map((c) => ({ format: 'CAdES-BES', timestamp: null, ...c })) } : {}),
  }

/** Reads a state as it was stored by an earlier version of the service. */
export function upgrade(stored: PackageState | FirstState): PackageState {
  if (stored.v === 2) return stored
  return {
    ...(stored as unknown as PackageState),
    v: 2,
    participants: stored.participants.map((p) => ({
      ...(p as unknown as Participant),
      clientId: null,
      companyId: null,
      actedAt: p.signature?.at ?? null,
      reason: null,
      person: p.person && person(p.person),
      claim: record(p.claim) as Participant['claim'],
      signature: record(p.signature) as Participant['signature'],
    })),
    quorums: [],
    deadline: null,
    callbackUrl: null,
    metadata: null,
    updatedAt: stored.finishedAt ?? stored.createdAt,
    remindedAt: null,
    certificate: null,
  }
}
