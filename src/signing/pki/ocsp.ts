import { nodeCrypto } from '../../lib/node.ts'
import { DerError, readAsn1 } from '../../lib/der.ts'
import type { Asn1 } from '../../lib/der.ts'
import { element, enumerated, explicit, generalizedTime, implicit, octetString, oid, sameBytes, sequence } from '../../lib/der-write.ts'
import { toHex } from '../../lib/ids.ts'
import { type Certificate, parseCertificate } from '../cms/certificate.ts'
import type { RevocationReason } from '../cms/revocation.ts'
import { REASON_CODE } from './crl.ts'
import { extension } from './extensions.ts'
import type { Issuer } from './issue.ts'
import { signedStructure } from './sign.ts'

/** What is known of a certificate of ours. `unknown`: we have issued none of that number. */
export type CertificateStatus = { status: 'good' } | { status: 'revoked'; at: Date; reason: RevocationReason } | { status: 'unknown' }

export interface Responder {
  /** DER of the authority whose certificates are asked about. */
  authority: Uint8Array
  /** Who signs: the authority itself, or a delegate with a certificate of the profile `ocsp` from it. */
  signer: Issuer
}

const LIMITS = { bytes: 65_536, requests: 50, nonce: 128 } as const
const NONCE = '1.3.6.1.5.5.7.48.1.2'
/** By which clients name the issuer; a name and no signature, so that SHA-1 is taken. */
const HASHES: Record<string, string> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}
const ERRORS = { malformedRequest: 1, internalError: 2, tryLater: 3 } as const

interface Asked {
  certId: Asn1
  hash: string | undefined
  nameHash: Uint8Array
  keyHash: Uint8Array
  serial: Uint8Array
}

/** Whether a request is about certificates of this authority, which is told by the first that it asks about. */
export function asksAbout(request: Uint8Array, authority: Uint8Array): boolean {
  try {
    const [first] = readRequest(request).list
    return first !== undefined && isOf(first, parseCertificate(authority))
  } catch (error) {
    if (error instanceof DerError) return false
    throw error
  }
}

/** A response without an answer (RFC 6960, 2.3): not signed, so that it proves nothing. */
export const ocspError = (error: keyof typeof ERRORS): Uint8Array => sequence(enumerated(ERRORS[error]))

/**
 * Answers an OCSP request (RFC 6960; RFC 9654 for the nonce). Certificates of other authorities are `unknown`.
 *
 * @param lookup status by serial number, lowercase hex without leading zeros
 * @param now when it was looked up
 * @param nextUpdate until when the answer may be kept
 * @returns OCSPResponse in DER, content type `application/ocsp-response`
 */
export async function ocspRespond(
  request: Uint8Array,
  lookup: (serial: string) => Promise<CertificateStatus>,
  { authority, signer }: Responder,
  now: Date,
  nextUpdate: Date,
): Promise<Uint8Array> {
  let asked: { list: Asked[]; nonce: Uint8Array | undefined }
  try {
    asked = readRequest(request)
  } catch (error) {
    if (error instanceof DerError) return ocspError('malformedRequest')
    throw error
  }
  const issuer = parseCertificate(authority)
  const answers: Uint8Array[] = []
  for (const one of asked.list) {
    const status: CertificateStatus = isOf(one, issuer) ? await lookup(toHex(one.serial).replace(/^0+(?=.)/, '')) : { status: 'unknown' }
    answers.push(sequence(one.certId.raw, writeStatus(status), generalizedTime(now), explicit(0, generalizedTime(nextUpdate))))
  }
  const delegated = !sameBytes(signer.certificate, authority)
  const data = sequence(
    explicit(2, octetString(digest('sha1', parseCertificate(signer.certificate).keyOctets))),
    generalizedTime(now),
    sequence(...answers),
    ...(asked.nonce ? [explicit(1, sequence(extension(NONCE, asked.nonce)))] : []),
  )
  const basic = await signedStructure(signer.key, data, ...(delegated ? [explicit(0, sequence(signer.certificate))] : []))
  return sequence(enumerated(0), explicit(0, sequence(oid('1.3.6.1.5.5.7.48.1.1'), octetString(basic))))
}

const isOf = ({ hash, nameHash, keyHash }: Asked, { subject, keyOctets }: Certificate): boolean =>
  hash !== undefined && sameBytes(digest(hash, subject.raw), nameHash) && sameBytes(digest(hash, keyOctets), keyHash)

function writeStatus(status: CertificateStatus): Uint8Array {
  if (status.status === 'good') return implicit(0, new Uint8Array())
  if (status.status === 'unknown') return implicit(2, new Uint8Array())
  const reason = status.reason === 'unspecified' ? [] : [explicit(0, enumerated(REASON_CODE[status.reason]))]
  return element(0xa1, generalizedTime(status.at), ...reason)
}

/** OCSPRequest (RFC 6960, 4.1.1). A request's own signature is not looked at: anybody may ask. */
function readRequest(bytes: Uint8Array): { list: Asked[]; nonce: Uint8Array | undefined } {
  const root = readAsn1(bytes, { maxBytes: LIMITS.bytes, maxNodes: 4000 })
  const [body, signature, ...rest] = root.sequence()
  if (!body || rest.length > 0 || (signature && !signature.isContext(0))) throw new DerError('no OCSP request')
  const parts = [...body.sequence()]
  if (parts[0]?.isContext(0)) {
    if (parts.shift()?.only().smallInteger() !== 0) throw new DerError('an unknown version')
  }
  if (parts[0]?.isContext(1)) parts.shift()
  const list = parts.shift()?.sequence() ?? []
  const extensions = parts[0]?.isContext(2) ? (parts.shift()?.only().sequence() ?? []) : []
  if (parts.length > 0 || list.length === 0 || list.length > LIMITS.requests) throw new DerError('no list of certificates')
  return { list: list.map(readAsked), nonce: readNonce(extensions) }
}

function readAsked(request: Asn1): Asked {
  const [certId, single, ...rest] = request.sequence()
  const [hash, nameHash, keyHash, serial, ...more] = certId?.sequence() ?? []
  if (!certId || !hash || !nameHash || !keyHash || !serial || more.length > 0 || rest.length > 0) throw new DerError('no certificate id')
  if (single) readExtensions(single.isContext(0) ? single.only().sequence() : [])
  const id = hash.at(0).oid()
  return { certId, hash: HASHES[id], nameHash: nameHash.octets(), keyHash: keyHash.octets(), serial: serial.integerBytes() }
}

function readNonce(extensions: readonly Asn1[]): Uint8Array | undefined {
  const nonces = readExtensions(extensions).filter(({ id }) => id === NONCE)
  const [nonce] = nonces
  if (!nonce) return undefined
  if (nonces.length > 1 || nonce.value.length === 0 || nonce.value.length > LIMITS.nonce) throw new DerError('no usable nonce')
  return nonce.value
}

/** Extensions; a critical one that we do not know makes the request one that we cannot answer. */
function readExtensions(list: readonly Asn1[]): { id: string; value: Uint8Array }[] {
  return list.map((item) => {
    const [id, ...rest] = item.sequence()
    const value = rest.at(-1)
    if (!id || !value || rest.length > 2) throw new DerError('no extension')
    if (rest.length === 2 && rest[0]?.boolean() && id.oid() !== NONCE) throw new DerError('a critical extension that is not known')
    return { id: id.oid(), value: value.octets() }
  })
}

const digest = (hash: string, data: Uint8Array) => new Uint8Array(nodeCrypto().createHash(hash).update(data).digest())
