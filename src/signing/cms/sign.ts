/** Making detached CAdES signatures (EN 319 122-1, baseline B) with a key of the platform, and adding time stamps to signatures. */
import { type Asn1, readAsn1 } from '../../lib/der.ts'
import {
  algorithm,
  compareBytes,
  element,
  explicit,
  nullValue,
  octetString,
  oid,
  sequence,
  setOf,
  time,
  unsignedInteger,
} from '../../lib/der-write.ts'
import { GostPrivateKey } from '../gost/sign.ts'
import { digest, type HashName, hashOid } from './algorithms.ts'
import type { Certificate } from './certificate.ts'
import { Refusal } from './reasons.ts'
import { ecdsaToDer } from './signature.ts'
import { Oid, parseSignedData, signedDataFields } from './signed-data.ts'

export type SigningHash = 'SHA-256' | 'SHA-384' | 'SHA-512'
type GostHash = GostPrivateKey['hash']
export type SigningKey = CryptoKey | GostPrivateKey

export interface SignRequest {
  /** The document, or its hash if it is made already (by `hash`). */
  readonly content: Uint8Array | { readonly digest: Uint8Array }
  readonly certificate: Certificate
  /** Authorities to send along, so that the path can be built. */
  readonly chain?: readonly Certificate[]
  /** ECDSA P-256 or P-384, or RSASSA-PKCS1-v1_5: its private half. An RSA key must have been imported for `hash`. Or one of GOST R 34.10-2012. */
  readonly key: SigningKey
  /** Default SHA-256. A GOST key has a hash of its own, and takes no other. */
  readonly hash?: SigningHash
  /** The claimed time. PAdES has it elsewhere and must leave it out. */
  readonly signingTime?: Date
}

const RSA_WITH: Record<SigningHash, string> = {
  'SHA-256': '1.2.840.113549.1.1.11',
  'SHA-384': '1.2.840.113549.1.1.12',
  'SHA-512': '1.2.840.113549.1.1.13',
}
/** As the engine of OpenSSL and CryptoPro write it: the key's own identifier, the hash being told beside it. */
const GOST_KEY: Record<GostHash, string> = { 'streebog-256': '1.2.643.7.1.1.1.1', 'streebog-512': '1.2.643.7.1.1.1.2' }
const ECDSA_WITH: Record<SigningHash, string> = {
  'SHA-256': '1.2.840.10045.4.3.2',
  'SHA-384': '1.2.840.10045.4.3.3',
  'SHA-512': '1.2.840.10045.4.3.4',
}

const attribute = (type: string, value: Uint8Array): Uint8Array => sequence(oid(type), setOf(value))

/** SigningCertificateV2 with the one certificate (RFC 5035, 3); SHA-256 is the default and is left out. */
function signingCertificate({ der, issuer, serialBytes }: Certificate, hash: SigningHash | GostHash): Uint8Array {
  const named = hash === 'SHA-256' ? [] : [algorithm(hashOid(hash), null)]
  const issuerSerial = sequence(sequence(explicit(4, issuer.raw)), element(0x02, serialBytes))
  return attribute(Oid.signingCertificateV2, sequence(sequence(sequence(...named, octetString(digest(hash, der)), issuerSerial))))
}

interface Made {
  readonly signature: Uint8Array
  readonly algorithm: Uint8Array
}

/** The signature's octets and the identifier of its algorithm. A GOST key has its own hash. */
async function signOctets(key: SigningKey, hash: SigningHash, octets: Uint8Array): Promise<Made> {
  if (key instanceof GostPrivateKey) return { signature: key.sign(digest(key.hash, octets)), algorithm: algorithm(GOST_KEY[key.hash]) }
  const { name } = key.algorithm
  if (name === 'ECDSA') {
    const raw = new Uint8Array(await crypto.subtle.sign({ name, hash }, key, octets))
    return { signature: ecdsaToDer(raw), algorithm: algorithm(ECDSA_WITH[hash], null) }
  }
  const own = (key.algorithm as { hash?: { name: string } }).hash?.name
  if (name !== 'RSASSA-PKCS1-v1_5' || own !== hash) throw new TypeError(`A key for ${name} with ${own} cannot sign with ${hash}`)
  return { signature: new Uint8Array(await crypto.subtle.sign({ name }, key, octets)), algorithm: algorithm(RSA_WITH[hash]) }
}

/** A bare signature, without CMS around it: s‖r by a GOST key, as certificates have it by others (`verifyBare`). */
export const signBare = async (key: SigningKey, content: Uint8Array): Promise<Uint8Array> =>
  (await signOctets(key, 'SHA-256', content)).signature

/** Signs: a ContentInfo with SignedData of one signer, in DER, without the content. */
export async function signDetachedCms(request: SignRequest): Promise<Uint8Array> {
  const { content, certificate, chain = [], key, hash: asked = 'SHA-256', signingTime } = request
  const hash = key instanceof GostPrivateKey ? key.hash : asked
  const contentDigest = content instanceof Uint8Array ? digest(hash, content) : content.digest
  const attributes = setOf(
    attribute(Oid.contentType, oid(Oid.data)),
    attribute(Oid.messageDigest, octetString(contentDigest)),
    signingCertificate(certificate, hash),
    ...(signingTime ? [attribute(Oid.signingTime, time(signingTime))] : []),
  )
  const made = await signOctets(key, asked, attributes)
  const implicitAttributes = attributes.slice()
  implicitAttributes[0] = 0xa0
  const bare = !(key instanceof GostPrivateKey) && key.algorithm.name === 'ECDSA'
  const digestAlgorithm = algorithm(hashOid(hash), bare ? null : nullValue())
  const signerInfo = sequence(
    unsignedInteger(1),
    sequence(certificate.issuer.raw, element(0x02, certificate.serialBytes)),
    digestAlgorithm,
    implicitAttributes,
    made.algorithm,
    octetString(made.signature),
  )
  const certificates = [certificate, ...chain].map(({ der }) => der).toSorted(compareBytes)
  const signedData = sequence(
    unsignedInteger(1),
    setOf(digestAlgorithm),
    sequence(oid(Oid.data)),
    explicit(0, ...certificates),
    setOf(signerInfo),
  )
  return sequence(oid(Oid.signedData), explicit(0, signedData))
}

/** What a time stamp of the signature is made over: the octets of its value (EN 319 122-1, 5.3). Throws `DerError` or `Refusal`. */
export function timestampImprint(cms: Uint8Array, signer = 0): Uint8Array {
  const info = parseSignedData(cms).signers[signer]
  if (!info) throw new Refusal('no-signers', 'There is no such signer')
  return info.signature
}

/** The hash of `timestampImprint`, for the request to the authority. */
export const timestampDigest = (cms: Uint8Array, hash: HashName = 'SHA-256', signer = 0): Uint8Array =>
  digest(hash, timestampImprint(cms, signer))

const rawOf = (nodes: readonly Asn1[]): Uint8Array[] => nodes.map((node) => node.raw)

/**
 * Adds a time-stamp token as an unsigned attribute, which makes CAdES-BES into CAdES-T. Whatever is signed stays as it stood, octet for octet; only lengths
 * around it change, and indefinite ones become definite. Throws `DerError` or `Refusal` for what is no signature or no token.
 */
export function addTimestamp(cms: Uint8Array, token: Uint8Array, signer = 0): Uint8Array {
  if (parseSignedData(token).contentType !== Oid.tstInfo) throw new Refusal('timestamp-wrong', 'This is no time stamp')
  const fields = signedDataFields(cms)
  const signers = fields.at(-1)
  const target = signers?.set()[signer]
  if (!signers || !target) throw new Refusal('no-signers', 'There is no such signer')
  const parts = target.sequence()
  const unsigned = parts.at(-1)?.isContext(1) ? parts.at(-1) : undefined
  const kept = unsigned ? parts.slice(0, -1) : parts
  const stamp = attribute(Oid.timestampToken, readAsn1(token, { ber: true }).raw)
  const attributes = setOf(...rawOf(unsigned?.children ?? []), stamp)
  attributes[0] = 0xa1
  const stamped = sequence(...rawOf(kept), attributes)
  const others = signers.children.filter((node) => node !== target)
  return sequence(oid(Oid.signedData), explicit(0, sequence(...rawOf(fields.slice(0, -1)), setOf(...rawOf(others), stamped))))
}
