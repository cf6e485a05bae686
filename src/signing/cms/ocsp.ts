/** The online certificate status protocol, its client side (RFC 6960; nonce: RFC 8954). */
import { type Asn1, readAsn1 } from '../../lib/der.ts'
import { algorithm, element, explicit, octetString, oid, sameBytes, sequence } from '../../lib/der-write.ts'
import { type AlgorithmIdentifier, digest, type HashName, hashByOid, hashOid, parseAlgorithm } from './algorithms.ts'
import { type Certificate, isSignedBy, parseCertificate, sameCertificate } from './certificate.ts'
import { parseExtensionList } from './extensions.ts'
import { parseName } from '../../lib/distinguished-name.ts'
import { reasonOf, Refusal } from './reasons.ts'
import { type Freshness, notKnown, type Revocation, revocationReason, type RevocationReason, staleness, unknown } from './revocation.ts'
import { isSignedWith } from './signature.ts'
import { isOcspSigner } from './usage.ts'

const BASIC = '1.3.6.1.5.5.7.48.1.1'
const NONCE = '1.3.6.1.5.5.7.48.1.2'

/** The names of OCSPResponseStatus (section 4.2.1). */
const STATUSES = ['successful', 'malformedRequest', 'internalError', 'tryLater', undefined, 'sigRequired', 'unauthorized'] as const
export type OcspStatus = Exclude<(typeof STATUSES)[number], undefined> | 'unknown'

interface SingleResponse {
  readonly hash: HashName | undefined
  readonly issuerNameHash: Uint8Array
  readonly issuerKeyHash: Uint8Array
  readonly serial: Uint8Array
  readonly state:
    | { readonly kind: 'good' }
    | { readonly kind: 'unknown' }
    | { readonly kind: 'revoked'; readonly at: Date; readonly why: RevocationReason }
  readonly thisUpdate: Date
  readonly nextUpdate: Date | undefined
}

export interface OcspResponse {
  readonly status: OcspStatus
  /** Absent unless the status is `successful`. */
  readonly basic?: {
    readonly tbs: Uint8Array
    readonly responder: { readonly name: string } | { readonly keyHash: Uint8Array }
    readonly producedAt: Date
    readonly responses: readonly SingleResponse[]
    readonly nonce: Uint8Array | undefined
    readonly signatureAlgorithm: AlgorithmIdentifier
    readonly signature: Uint8Array
    readonly certificates: readonly Certificate[]
  }
}

/**
 * A request for the status of one certificate (section 4.1.1). SHA-1 names the certificate by default, which every responder understands; nothing rests on
 * its strength. A nonce of 16-32 random octets, if given, must come back.
 */
export function buildOcspRequest(
  certificate: Certificate,
  issuer: Certificate,
  options: { hash?: HashName; nonce?: Uint8Array } = {},
): Uint8Array {
  const { hash = 'SHA-1', nonce } = options
  const id = sequence(
    algorithm(hashOid(hash)),
    octetString(digest(hash, certificate.issuer.raw)),
    octetString(digest(hash, issuer.keyOctets)),
    element(0x02, certificate.serialBytes),
  )
  const extensions = nonce ? [explicit(2, sequence(sequence(oid(NONCE), octetString(octetString(nonce)))))] : []
  return sequence(sequence(sequence(sequence(id)), ...extensions))
}

function parseState(node: Asn1): SingleResponse['state'] {
  if (node.isContext(0)) return { kind: 'good' }
  if (!node.isContext(1)) return { kind: 'unknown' }
  const [at, why] = node.children
  if (!at) throw new Refusal('malformed', 'The OCSP answer is malformed')
  return { kind: 'revoked', at: at.time(), why: revocationReason(why?.only()) }
}

function parseSingle(node: Asn1): SingleResponse {
  const [id, state, thisUpdate, ...rest] = node.sequence()
  const [hash, nameHash, keyHash, serial] = id?.sequence() ?? []
  if (!hash || !nameHash || !keyHash || !serial || !state || !thisUpdate) throw new Refusal('malformed', 'The OCSP answer is malformed')
  const extensions = rest.find((field) => field.isContext(1))
  const strange = extensions ? parseExtensionList(extensions.only()).some(({ critical }) => critical) : false
  let known: HashName | undefined
  try {
    known = strange ? undefined : hashByOid(parseAlgorithm(hash).oid, true)
  } catch (error) {
    reasonOf(error, 'The name of a certificate by an unknown hash')
  }
  return {
    hash: known,
    issuerNameHash: nameHash.octets(),
    issuerKeyHash: keyHash.octets(),
    serial: serial.integerBytes(),
    state: parseState(state),
    thisUpdate: thisUpdate.time(),
    nextUpdate: rest
      .find((field) => field.isContext(0))
      ?.only()
      .time(),
  }
}

/** The nonce's octets; some responders do not wrap them in an OCTET STRING of their own. */
function nonceOf(list: Asn1 | undefined): Uint8Array | undefined {
  const value = list ? parseExtensionList(list).find((extension) => extension.oid === NONCE)?.value : undefined
  if (!value) return undefined
  return value[0] === 0x04 && value[1] === value.length - 2 ? value.subarray(2) : value
}

/** Reads an OCSPResponse. Throws `DerError` or `Refusal`. */
export function parseOcspResponse(der: Uint8Array): OcspResponse {
  const [code, wrapped] = readAsn1(der, { maxBytes: 256 * 1024, maxNodes: 10_000 }).sequence()
  if (!code) throw new Refusal('malformed', 'The OCSP answer is empty')
  const status = STATUSES[code.enumerated()] ?? 'unknown'
  if (status !== 'successful') return { status }
  const [type, octets] = wrapped?.only().sequence() ?? []
  if (type?.oid() !== BASIC || !octets) throw new Refusal('algorithm-unsupported', 'The OCSP answer is of another kind than basic')
  const [data, algorithm, signature, certificates] = readAsn1(octets.octets(), { maxNodes: 10_000 }).sequence()
  if (!data || !algorithm || !signature) throw new Refusal('malformed', 'The OCSP answer is incomplete')
  const fields = [...data.sequence()]
  if (fields[0]?.isContext(0)) fields.shift()
  const [responder, producedAt, list, extensions] = fields
  if (!responder || !producedAt || !list) throw new Refusal('malformed', 'The OCSP answer is incomplete')
  const id = responder.only()
  return {
    status,
    basic: {
      tbs: data.raw,
      responder: responder.isContext(1) ? { name: parseName(id).key } : { keyHash: id.octets() },
      producedAt: producedAt.time(),
      responses: list.sequence().map(parseSingle),
      nonce: nonceOf(extensions?.only()),
      signatureAlgorithm: parseAlgorithm(algorithm),
      signature: signature.bitOctets(),
      certificates:
        certificates
          ?.only()
          .sequence()
          .slice(0, 8)
          .map((node) => parseCertificate(node.raw)) ?? [],
    },
  }
}

type Basic = NonNullable<OcspResponse['basic']>

const answersFor = ({ responder }: Basic, certificate: Certificate): boolean =>
  'name' in responder ? responder.name === certificate.subject.key : sameBytes(responder.keyHash, digest('SHA-1', certificate.keyOctets))

/** Section 4.2.2.2: the issuer itself, or a responder whose certificate the issuer signed for this purpose. */
async function responderFor(basic: Basic, issuer: Certificate, at: Date): Promise<Certificate | undefined> {
  if (answersFor(basic, issuer)) return issuer
  for (const certificate of basic.certificates) {
    if (!answersFor(basic, certificate)) continue
    if (sameCertificate(certificate, issuer)) return issuer
    const current = certificate.notBefore <= at && at <= certificate.notAfter
    const delegated =
      isOcspSigner(certificate) && certificate.issuer.key === issuer.subject.key && certificate.extensions.unknownCritical.length === 0
    if (current && delegated && (await isSignedBy(certificate, issuer))) return certificate
  }
  return undefined
}

/** What the answer says of the certificate. The responder must be entitled, the signature right and the answer fresh; else the status is unknown. */
export async function checkOcsp(
  response: OcspResponse,
  certificate: Certificate,
  issuer: Certificate,
  freshness: Freshness & { readonly nonce?: Uint8Array },
): Promise<Revocation> {
  const { basic } = response
  if (!basic) return notKnown(`The OCSP responder answered ${response.status}`)
  try {
    const responder = await responderFor(basic, issuer, freshness.at)
    if (!responder) return notKnown('The OCSP responder is not entitled by the issuer')
    if (!(await isSignedWith(basic, responder.publicKey))) return notKnown('The signature of the OCSP answer is wrong')
    if (freshness.nonce && !(basic.nonce && sameBytes(basic.nonce, freshness.nonce)))
      return notKnown('The OCSP answer is to another question (nonce)')
    const single = basic.responses.find(
      ({ hash, issuerNameHash, issuerKeyHash, serial }) =>
        hash &&
        sameBytes(serial, certificate.serialBytes) &&
        sameBytes(issuerNameHash, digest(hash, certificate.issuer.raw)) &&
        sameBytes(issuerKeyHash, digest(hash, issuer.keyOctets)),
    )
    if (!single) return notKnown('The OCSP answer is about another certificate')
    const stale = staleness(single.thisUpdate, single.nextUpdate, freshness)
    if (stale) return notKnown(stale)
    const { state } = single
    if (state.kind === 'unknown') return notKnown('The OCSP responder does not know the certificate')
    if (state.kind === 'good' || state.at > (freshness.signedAt ?? freshness.at))
      return { status: 'good', source: 'ocsp', asOf: single.thisUpdate }
    return { status: 'revoked', source: 'ocsp', asOf: single.thisUpdate, at: state.at, why: state.why }
  } catch (error) {
    return unknown(reasonOf(error, 'The OCSP answer is malformed'))
  }
}
