import { changesSince } from './changes.ts'
import type { Changes } from './changes.ts'
import { PdfReader } from './reader.ts'
import { coveredBytes, listSignatures } from './signatures.ts'
import type { PdfSignature, SignatureKind, SignatureProblem } from './signatures.ts'

/** How the CMS within are judged: by `src/signing/cms` and `src/signing/tsa`, with the caller's anchors, time and revocation. */
export interface PdfVerifiers<S, T> {
  /** Verifies a detached CMS over these bytes. Throws or tells in its result what is wrong. */
  signature: (cms: Uint8Array, covered: Uint8Array<ArrayBuffer>) => Promise<S>
  /** Verifies an RFC 3161 token over these bytes. */
  timestamp: (token: Uint8Array, covered: Uint8Array<ArrayBuffer>) => Promise<T>
}

interface VerdictBase {
  fieldName: string
  /** Nothing follows what was signed; else see `changes`. Of several signatures only the newest can be total. */
  total: boolean
  /** What was done after it. */
  changes: Changes
  /** What the signature says of itself. */
  claimed: Pick<PdfSignature, 'name' | 'reason' | 'date'>
  subFilter: string
}

export type PdfVerdict<S, T> =
  | (VerdictBase & { kind: 'signature'; outcome: S })
  | (VerdictBase & { kind: 'timestamp'; outcome: T })
  | { fieldName: string; kind: SignatureKind; problem: SignatureProblem }

/**
 * Verifies every signature and time stamp of a PDF, in the order in which they were made. An outcome tells of the signed revision alone:
 * a document is as signed when the outcome is good and `changes` is not `content`.
 *
 * @throws AppError `bad_file`, and whatever the verifiers throw
 */
export async function verifyPdfSignatures<S, T>(bytes: Uint8Array, verifiers: PdfVerifiers<S, T>): Promise<PdfVerdict<S, T>[]> {
  const now = new PdfReader(bytes)
  const verdicts: PdfVerdict<S, T>[] = []
  for (const found of listSignatures(bytes)) {
    if ('problem' in found) {
      verdicts.push(found)
      continue
    }
    const { fieldName, total, subFilter, name, reason, date } = found
    const changes = total ? 'none' : changesSince(new PdfReader(bytes, found.end), now)
    const base = { fieldName, total, changes, subFilter, claimed: { name, reason, date } }
    const covered = coveredBytes(bytes, found)
    verdicts.push(
      found.kind === 'signature'
        ? { ...base, kind: 'signature', outcome: await verifiers.signature(found.cms, covered) }
        : { ...base, kind: 'timestamp', outcome: await verifiers.timestamp(found.cms, covered) },
    )
  }
  return verdicts
}
