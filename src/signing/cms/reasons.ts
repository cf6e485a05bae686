import { DerError } from '../../lib/der.ts'

/** Why something is refused (or, as a warning, worth a remark). The code is stable; the sentence is for people. */
export interface Reason {
  readonly code: ReasonCode
  readonly detail: string
}

export type ReasonCode =
  // the message
  | 'malformed'
  | 'too-big'
  | 'not-signed-data'
  | 'no-signers'
  | 'too-many-signers'
  | 'wrong-content-type'
  | 'embedded-content'
  | 'embedded-content-differs'
  // one signature in it
  | 'no-signed-attributes'
  | 'attribute-duplicate'
  | 'attribute-missing'
  | 'attribute-wrong'
  | 'digest-mismatch'
  | 'signing-certificate-missing'
  | 'signing-certificate-mismatch'
  | 'signature-wrong'
  // algorithms and keys
  | 'algorithm-refused'
  | 'algorithm-unsupported'
  | 'algorithm-mismatch'
  | 'key-too-short'
  // certificates
  | 'certificate-missing'
  | 'not-yet-valid'
  | 'expired'
  | 'expired-at-signing'
  | 'unknown-critical-extension'
  | 'untrusted'
  | 'issuer-not-authority'
  | 'path-too-long'
  | 'issuer-signature-wrong'
  | 'revoked'
  | 'login-certificate'
  | 'key-usage'
  | 'signer-mismatch'
  | 'test-certificate'
  // time stamps
  | 'timestamp-wrong'
  | 'timestamp-untrusted'
  // warnings only
  | 'sha1-signing-certificate'
  | 'signing-time-in-future'
  | 'unproven-algorithm'
  | 'revocation-unknown'

export const reason = (code: ReasonCode, detail: string): Reason => ({ code, detail })

/** A refusal in the course of checking one thing; caught where its verdict is made, never seen outside this folder. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly reason: Reason

  constructor(code: ReasonCode, detail: string) {
    super(detail)
    this.reason = { code, detail }
  }
}

/** The reason behind an error that hostile input causes; anything else is a fault of ours and goes on its way. */
export function reasonOf(error: unknown, what: string): Reason {
  if (error instanceof Refusal) return error.reason
  if (error instanceof DerError) return reason('malformed', `${what}: ${error.message}`)
  throw error
}
