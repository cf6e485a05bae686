import { enumerated, explicit, sequence, time, unsignedInteger } from '../../lib/der-write.ts'
import { parseCertificate } from '../cms/certificate.ts'
import type { RevocationReason } from '../cms/revocation.ts'
import { authorityKeyIdentifier, extension, keyIdentifier } from './extensions.ts'
import type { Issuer } from './issue.ts'
import { ecdsaWithSha256, signedStructure } from './sign.ts'

/** CRLReason (RFC 5280, 5.3.1). `unspecified` is not written, as the standard asks. */
export const REASON_CODE: Record<RevocationReason, number> = {
  unspecified: 0,
  keyCompromise: 1,
  cACompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
  removeFromCRL: 8,
  privilegeWithdrawn: 9,
  aACompromise: 10,
}

export interface Revoked {
  serial: Uint8Array
  at: Date
  reason: RevocationReason
}

/** A complete list of what an authority has revoked (RFC 5280, 5; version 2). `number` grows with every list. */
export function issueCrl(
  issuer: Issuer,
  { number, thisUpdate, nextUpdate, revoked }: { number: number | bigint; thisUpdate: Date; nextUpdate: Date; revoked: readonly Revoked[] },
): Promise<Uint8Array> {
  const { subject, keyOctets } = parseCertificate(issuer.certificate)
  const rows = revoked.map(({ serial, at, reason }) =>
    sequence(
      unsignedInteger(serial),
      time(at),
      ...(reason === 'unspecified' ? [] : [sequence(extension('2.5.29.21', enumerated(REASON_CODE[reason])))]),
    ),
  )
  const toBeSigned = sequence(
    unsignedInteger(1),
    ecdsaWithSha256(),
    subject.raw,
    time(thisUpdate),
    time(nextUpdate),
    // Left out when empty, which an empty sequence would not be.
    ...(rows.length > 0 ? [sequence(...rows)] : []),
    explicit(0, sequence(authorityKeyIdentifier(keyIdentifier(keyOctets)), extension('2.5.29.20', unsignedInteger(number)))),
  )
  return signedStructure(issuer.key, toBeSigned)
}
