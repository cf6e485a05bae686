import { DerError } from '../../lib/der.ts'
import {
  algorithm,
  bitString,
  element,
  explicit,
  generalizedTime,
  octetString,
  oid,
  sequence,
  setOf,
  unsignedInteger,
  utf8String,
} from '../../lib/der-write.ts'
import { digest, hashOid } from '../cms/algorithms.ts'
import { parseCertificate } from '../cms/certificate.ts'
import type { Certificate } from '../cms/certificate.ts'
import { Oid } from '../cms/signed-data.ts'
import { POLICY } from '../pki/extensions.ts'
import { ecdsaWithSha256, signEcdsa } from '../pki/sign.ts'
import { FAILURE, readTimestampQuery } from './query.ts'
import type { Failure, TimestampQuery } from './query.ts'

/**
 * The built-in time-stamping authority. It is as trustworthy as the platform itself and no more: for development, and as internal evidence.
 * The policy in each token says so.
 */
export interface BuiltInAuthority {
  /** DER; profile `time_stamping`. */
  certificate: Uint8Array
  /** Certificates above it but the root, DER. */
  chain: readonly Uint8Array[]
  /** P-256. */
  key: CryptoKey
}

/** What it stamps: imprints of these hashes, by their length in bytes. */
const IMPRINTS = new Map([
  [hashOid('SHA-256'), 32],
  [hashOid('SHA-384'), 48],
  [hashOid('SHA-512'), 64],
])

/**
 * Answers a request (RFC 3161, 2.2): a token, or a refusal in the protocol's own words. Never throws on what the request contains.
 *
 * @param serial of the token: unique for ever, positive, at most 20 bytes
 * @param now the stamped time; parts of a second are dropped, and the accuracy says so
 * @returns TimeStampResp in DER, content type `application/timestamp-reply`
 */
export async function answerTimestampQuery(
  query: Uint8Array,
  authority: BuiltInAuthority,
  { serial, now }: { serial: Uint8Array; now: Date },
): Promise<Uint8Array> {
  let asked: TimestampQuery
  try {
    asked = readTimestampQuery(query)
  } catch (error) {
    if (error instanceof DerError) return refuse('badRequest', 'This is no time-stamp request')
    throw error
  }
  const length = IMPRINTS.get(asked.hashOid)
  if (length === undefined) return refuse('badAlg', 'SHA-256, SHA-384 or SHA-512, please')
  if (asked.hashed.length !== length) return refuse('badDataFormat', 'The imprint has not the length of its hash')
  if (asked.policy !== undefined && asked.policy !== POLICY.internalTimeStamp) return refuse('unacceptedPolicy', 'There is one policy here')
  if (asked.extensions) return refuse('unacceptedExtension', 'No extension is known here')
  const certificate = parseCertificate(authority.certificate)
  const info = sequence(
    unsignedInteger(1),
    oid(POLICY.internalTimeStamp),
    asked.imprint,
    unsignedInteger(serial),
    generalizedTime(now),
    sequence(unsignedInteger(1)),
    ...(asked.nonce ? [asked.nonce] : []),
    explicit(0, explicit(4, certificate.subject.raw)),
  )
  const certificates = asked.certReq ? [authority.certificate, ...authority.chain] : []
  return sequence(sequence(unsignedInteger(0)), await signToken(info, certificate, certificates, authority.key))
}

/** PKIStatusInfo with status 2, rejection. */
export function refuse(failure: Failure, text: string): Uint8Array {
  const bit = FAILURE[failure]
  const bits = new Uint8Array((bit >> 3) + 1)
  bits[bit >> 3] = 0x80 >> (bit & 7)
  return sequence(sequence(unsignedInteger(2), sequence(utf8String(text)), bitString(bits, 7 - (bit & 7))))
}

/** TimeStampToken (2.4.2): CMS SignedData around TSTInfo, with the signing-certificate attribute of RFC 5816. */
async function signToken(
  info: Uint8Array,
  certificate: Certificate,
  certificates: readonly Uint8Array[],
  key: CryptoKey,
): Promise<Uint8Array> {
  const attribute = (type: string, value: Uint8Array) => sequence(oid(type), setOf(value))
  const issuerSerial = sequence(sequence(explicit(4, certificate.issuer.raw)), element(0x02, certificate.serialBytes))
  const attributes = setOf(
    attribute(Oid.contentType, oid(Oid.tstInfo)),
    attribute(Oid.messageDigest, octetString(digest('SHA-256', info))),
    attribute(Oid.signingCertificateV2, sequence(sequence(sequence(octetString(digest('SHA-256', certificate.der)), issuerSerial)))),
  )
  const signature = await signEcdsa(key, attributes)
  const sha256 = algorithm(hashOid('SHA-256'), null)
  // IMPLICIT tags in place of the sets' own.
  const tagged = (tag: number, set: Uint8Array) => {
    const copy = set.slice()
    copy[0] = tag
    return copy
  }
  const signer = sequence(
    unsignedInteger(1),
    sequence(certificate.issuer.raw, element(0x02, certificate.serialBytes)),
    sha256,
    tagged(0xa0, attributes),
    ecdsaWithSha256(),
    octetString(signature),
  )
  const signedData = sequence(
    unsignedInteger(3),
    setOf(sha256),
    sequence(oid(Oid.tstInfo), explicit(0, octetString(info))),
    ...(certificates.length > 0 ? [tagged(0xa0, setOf(...certificates))] : []),
    setOf(signer),
  )
  return sequence(oid(Oid.signedData), explicit(0, signedData))
}
