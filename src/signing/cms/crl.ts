/** Certificate revocation lists (RFC 5280, section 5): full ones, signed by the issuer of the certificates they list. */
import { type Asn1, readAsn1 } from '../../lib/der.ts'
import { sameBytes } from '../../lib/der-write.ts'
import { type DistinguishedName, parseIssuer } from '../../lib/distinguished-name.ts'
import { type AlgorithmIdentifier, parseAlgorithm } from './algorithms.ts'
import type { Certificate } from './certificate.ts'
import { parseExtensionList } from './extensions.ts'
import { reasonOf, Refusal } from './reasons.ts'
import { type Freshness, notKnown, type Revocation, revocationReason, type RevocationReason, staleness, unknown } from './revocation.ts'
import { isSignedWith } from './signature.ts'

export interface CrlEntry {
  readonly revokedAt: Date
  readonly why: RevocationReason
  /** Since when the key is thought to be in wrong hands (section 5.3.2). */
  readonly invalidSince: Date | undefined
}

export interface Crl {
  readonly der: Uint8Array
  readonly tbs: Uint8Array
  readonly issuer: DistinguishedName
  readonly thisUpdate: Date
  readonly nextUpdate: Date | undefined
  readonly authorityKeyId: Uint8Array | undefined
  readonly signatureAlgorithm: AlgorithmIdentifier
  readonly signature: Uint8Array
  /** Why the list as a whole cannot be used here: it is a delta, indirect, partial, or has a critical extension that is not understood. */
  readonly unusable: string | undefined
  /** Looks a serial number up. Throws `DerError` or `Refusal` for a malformed entry on the way. */
  readonly find: (serial: Uint8Array) => CrlEntry | undefined
}

/** Tens of thousands of entries are normal: the list is walked, never kept. */
const LIMITS = { maxBytes: 48 * 1024 * 1024, maxNodes: 8_000_000, maxDepth: 32 }

interface ListExtensions {
  readonly authorityKeyId: Uint8Array | undefined
  readonly unusable: string | undefined
}

function listExtensions(list: Asn1 | undefined): ListExtensions {
  let authorityKeyId: Uint8Array | undefined
  let unusable: string | undefined
  for (const { oid, critical, value } of list ? parseExtensionList(list) : []) {
    if (oid === '2.5.29.35') {
      authorityKeyId = readAsn1(value)
        .sequence()
        .find((field) => field.isContext(0))
        ?.implicitOctets()
    } else if (oid === '2.5.29.27') unusable ??= 'The list is a delta only'
    else if (oid === '2.5.29.28') {
      // IssuingDistributionPoint: a name alone does not narrow the list, any of the flags does.
      if (
        readAsn1(value)
          .sequence()
          .some((field) => !field.isContext(0))
      )
        unusable ??= 'The list covers only a part of the certificates'
    } else if (critical) unusable ??= `The list has the critical extension ${oid}, which is not understood`
  }
  return { authorityKeyId, unusable }
}

function parseEntry(fields: readonly Asn1[]): CrlEntry {
  const [, date, list] = fields
  if (!date) throw new Refusal('malformed', 'An entry of the list is malformed')
  let why: RevocationReason = 'unspecified'
  let invalidSince: Date | undefined
  for (const { oid, critical, value } of list ? parseExtensionList(list) : []) {
    if (oid === '2.5.29.21') why = revocationReason(readAsn1(value))
    else if (oid === '2.5.29.24') invalidSince = readAsn1(value).time()
    else if (critical) throw new Refusal('malformed', `An entry has the critical extension ${oid}, which is not understood`)
  }
  return { revokedAt: date.time(), why, invalidSince }
}

/** Reads a CRL in DER. Throws `DerError` or `Refusal`. */
export function parseCrl(der: Uint8Array): Crl {
  const [tbs, algorithm, signature, more] = readAsn1(der, LIMITS).sequence()
  if (!tbs || !algorithm || !signature || more) throw new Refusal('malformed', 'The revocation list is malformed')
  const fields = [...tbs.sequence()]
  if (fields[0]?.is(2)) fields.shift()
  const [inner, issuer, thisUpdate, ...rest] = fields
  if (!inner || !issuer || !thisUpdate) throw new Refusal('malformed', 'The revocation list is incomplete')
  const outer = parseAlgorithm(algorithm)
  if (!sameBytes(outer.raw, inner.raw)) throw new Refusal('malformed', 'The revocation list names two signature algorithms')
  const nextUpdate = rest[0]?.is(23) || rest[0]?.is(24) ? rest.shift()?.time() : undefined
  const revoked = rest[0]?.is(16) ? rest.shift() : undefined
  const extensions = rest.find((field) => field.isContext(0))
  return {
    der,
    tbs: tbs.raw,
    issuer: parseIssuer(issuer),
    thisUpdate: thisUpdate.time(),
    nextUpdate,
    signatureAlgorithm: outer,
    signature: signature.bitOctets(),
    ...listExtensions(extensions?.only()),
    find: (serial) => {
      if (!revoked) return undefined
      for (const entry of readAsn1(revoked.raw, LIMITS).each()) {
        if (sameBytes(entry.at(0).integerBytes(), serial)) return parseEntry(entry.sequence())
      }
      return undefined
    },
  }
}

/** What the list says of the certificate at a time. The list must be the issuer's own, signed by its key, and fresh; else the status is unknown. */
export async function checkCrl(crl: Crl, certificate: Certificate, issuer: Certificate, freshness: Freshness): Promise<Revocation> {
  try {
    if (crl.issuer.key !== certificate.issuer.key) return notKnown('The revocation list is of another authority')
    if (crl.unusable) return notKnown(crl.unusable)
    const { keyUsage } = issuer.extensions
    if (keyUsage && !keyUsage.includes('cRLSign')) return notKnown('The issuer may not sign revocation lists')
    if (!(await isSignedWith(crl, issuer.publicKey))) return notKnown('The signature of the revocation list is wrong')
    const stale = staleness(crl.thisUpdate, crl.nextUpdate, freshness)
    if (stale) return notKnown(stale)
    const entry = crl.find(certificate.serialBytes)
    const good: Revocation = { status: 'good', source: 'crl', asOf: crl.thisUpdate }
    if (!entry || entry.why === 'removeFromCRL') return good
    const since = Math.min(entry.revokedAt.getTime(), entry.invalidSince?.getTime() ?? Number.POSITIVE_INFINITY)
    if (since > (freshness.signedAt ?? freshness.at).getTime()) return good
    return { status: 'revoked', source: 'crl', asOf: crl.thisUpdate, at: new Date(since), why: entry.why }
  } catch (error) {
    return unknown(reasonOf(error, 'The revocation list is malformed'))
  }
}
