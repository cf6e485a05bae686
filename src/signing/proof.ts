/** What the trail of a package proves: pure, so that anybody who has the rows comes to the same. */
import { chain } from './store.ts'
import type { packageEvents } from './tables.ts'

type Row = typeof packageEvents.$inferSelect

/** An event as it is listed; its hash covers all of it but itself. */
export const presentEvent = (e: Row) => ({
  seq: e.seq,
  type: e.type,
  at: e.at,
  actor: e.actor,
  ip: e.ip,
  user_agent: e.userAgent,
  ...(e.data ? { data: e.data } : {}),
  prev_hash: e.prevHash,
  hash: e.hash,
})

/** Whether the trail's hashes follow from each other (DECISIONS › office, Events). */
export function trailHolds(rows: readonly Row[]): boolean {
  let previous = '0'.repeat(64)
  return rows.every((e, i) => {
    const { hash: _, ...event } = presentEvent(e)
    const holds = e.seq === i + 1 && e.prevHash === previous && chain(event).hash === e.hash
    previous = e.hash
    return holds
  })
}

/** SHA-256 in hex of what the trail says that there is. Null where it says nothing. */
export interface Proof {
  originals: string[]
  stamped: string[] | null
  certificate: string | null
  /** By participant: what was signed, and the CMS that it left (older signatures by code left none that the trail names). */
  signatures: Map<string, { documents: string[]; cms: string[] | null }>
}

const texts = (value: unknown): string[] | null => (Array.isArray(value) ? value.filter((v): v is string => typeof v === 'string') : null)

/** Reads the trail; undefined when it does not hold. */
export function proofOf(rows: readonly Row[]): Proof | undefined {
  if (rows.length === 0 || !trailHolds(rows)) return undefined
  const proof: Proof = { originals: [], stamped: null, certificate: null, signatures: new Map() }
  for (const { type, data } of rows) {
    if (type === 'package.created') proof.originals = texts(data?.documents) ?? []
    else if (type === 'package.sealed') {
      proof.stamped = texts(data?.documents)
      proof.certificate = typeof data?.certificate === 'string' ? data.certificate : null
    } else if (type === 'participant.signed' && typeof data?.participant_id === 'string') {
      proof.signatures.set(data.participant_id, { documents: texts(data.documents) ?? [], cms: texts(data.signatures) })
    }
  }
  return proof
}

interface FileFacts {
  type: 'original' | 'stamped' | 'certificate'
  sha256: string
}

const same = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.toSorted().join() === b.toSorted().join()

/** Whether the files are those that the trail names, no more and no fewer. What is sealed but not listed yet, or listed and not sealed, does not fit. */
export function filesFit(proof: Proof, files: readonly FileFacts[]): boolean {
  const of = (type: FileFacts['type']) => files.filter((f) => f.type === type).map((f) => f.sha256)
  return (
    same(of('original'), proof.originals) &&
    same(of('stamped'), proof.stamped ?? []) &&
    same(of('certificate'), proof.certificate === null ? [] : [proof.certificate])
  )
}

/** Whether a participant signed these very documents, and its CMS are those that the trail names. */
export function signatureFits(proof: Proof, participantId: string, cms: readonly string[]): boolean {
  const signed = proof.signatures.get(participantId)
  if (!signed || !same(signed.documents, proof.originals)) return false
  return signed.cms === null || same(signed.cms, cms)
}
