/** What a CRL or an OCSP answer says of one certificate. */
import type { Asn1 } from '../../lib/der.ts'
import { type Reason, reason } from './reasons.ts'

export type RevocationReason =
  | 'unspecified'
  | 'keyCompromise'
  | 'cACompromise'
  | 'affiliationChanged'
  | 'superseded'
  | 'cessationOfOperation'
  | 'certificateHold'
  | 'removeFromCRL'
  | 'privilegeWithdrawn'
  | 'aACompromise'

export type Revocation =
  | { readonly status: 'good'; readonly source: 'crl' | 'ocsp'; readonly asOf: Date }
  | { readonly status: 'revoked'; readonly source: 'crl' | 'ocsp'; readonly asOf: Date; readonly at: Date; readonly why: RevocationReason }
  | { readonly status: 'unknown'; readonly reasons: readonly Reason[] }

/** How fresh an answer must be. */
export interface Freshness {
  /** The time at which the answer must be fresh. */
  readonly at: Date
  /** When the signature is known to have been made, if earlier: a revocation after it does not touch it. */
  readonly signedAt?: Date | undefined
  /** How far clocks may differ; default 5 minutes. */
  readonly skewSeconds?: number
  /** How old an answer may be that does not say when the next one comes; default one day. */
  readonly maximumAgeSeconds?: number
}

const CODES: readonly (RevocationReason | undefined)[] = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  undefined,
  'removeFromCRL',
  'privilegeWithdrawn',
  'aACompromise',
]

/** CRLReason (RFC 5280, 5.3.1); a code that is not there counts as unspecified. */
export const revocationReason = (node: Asn1 | undefined): RevocationReason => (node ? CODES[node.enumerated()] : undefined) ?? 'unspecified'

export const unknown = (...reasons: Reason[]): Revocation => ({ status: 'unknown', reasons })

export const notKnown = (detail: string): Revocation => unknown(reason('revocation-unknown', detail))

/** Why an answer of this age says nothing, if so. */
export function staleness(
  thisUpdate: Date,
  nextUpdate: Date | undefined,
  { at, skewSeconds = 300, maximumAgeSeconds = 86_400 }: Freshness,
): string | undefined {
  const now = at.getTime()
  if (thisUpdate.getTime() > now + skewSeconds * 1000) return 'The answer on revocation is from the future'
  const until = nextUpdate ? nextUpdate.getTime() : thisUpdate.getTime() + maximumAgeSeconds * 1000
  return until + skewSeconds * 1000 < now ? 'The answer on revocation is out of date' : undefined
}
