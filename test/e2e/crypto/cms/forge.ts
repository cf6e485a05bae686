// Signatures with anything wrong in them: each part can be replaced before the key signs.
import {
  algorithm,
  element,
  explicit,
  nullValue,
  octetString,
  oid,
  sequence,
  setOf,
  unsignedInteger,
} from '../../../../src/lib/der-write.ts'
import { digest, hashOid } from '../../../../src/signing/cms/algorithms.ts'
import { ecdsaToDer } from '../../../../src/signing/cms/signature.ts'
import { Oid } from '../../../../src/signing/cms/signed-data.ts'
import { importKey, type Issued } from './openssl.ts'

export const attribute = (type: string, ...values: Uint8Array[]): Uint8Array => sequence(oid(type), element(0x31, ...values))

export const contentType = (type: string = Oid.data): Uint8Array => attribute(Oid.contentType, oid(type))
export const messageDigest = (content: Uint8Array): Uint8Array => attribute(Oid.messageDigest, octetString(digest('SHA-256', content)))
/** The second form with the hash of any certificate. */
export const signingCertificate = (der: Uint8Array, ...more: Uint8Array[]): Uint8Array =>
  attribute(Oid.signingCertificateV2, sequence(sequence(sequence(octetString(digest('SHA-256', der)), ...more))))
/** The first form, by SHA-1. */
export const signingCertificateV1 = (der: Uint8Array): Uint8Array =>
  attribute(Oid.signingCertificate, sequence(sequence(sequence(octetString(digest('SHA-1', der))))))

export interface Forgery {
  signer: Issued
  /** The signed attributes in this order. */
  attributes: Uint8Array[]
  /** What is signed, if not the attributes as they stand. */
  signs?: Uint8Array
  eContentType?: string
  content?: Uint8Array
  signatureAlgorithm?: Uint8Array
  digestAlgorithm?: Uint8Array
  unsigned?: Uint8Array[]
  certificates?: Uint8Array[]
  /** CRLs, as they are. */
  lists?: Uint8Array[]
  signers?: number
}

export async function forge(forgery: Forgery): Promise<Uint8Array> {
  const { signer, attributes, eContentType = Oid.data, content, unsigned, signers = 1 } = forgery
  const { certificate } = signer
  const key = await importKey(signer.key, { name: 'ECDSA', namedCurve: 'P-256' })
  const signs = forgery.signs ?? element(0x31, ...attributes)
  const signature = ecdsaToDer(new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, signs)))
  const sha256 = forgery.digestAlgorithm ?? algorithm(hashOid('SHA-256'), nullValue())
  const info = sequence(
    unsignedInteger(1),
    sequence(certificate.issuer.raw, element(0x02, certificate.serialBytes)),
    sha256,
    element(0xa0, ...attributes),
    forgery.signatureAlgorithm ?? algorithm('1.2.840.10045.4.3.2', null),
    octetString(signature),
    ...(unsigned ? [element(0xa1, ...unsigned)] : []),
  )
  const encapsulated = content ? sequence(oid(eContentType), explicit(0, octetString(content))) : sequence(oid(eContentType))
  const certificates = element(0xa0, ...(forgery.certificates ?? [certificate.der]))
  const data = sequence(
    unsignedInteger(1),
    setOf(sha256),
    encapsulated,
    certificates,
    ...(forgery.lists ? [element(0xa1, ...forgery.lists)] : []),
    element(0x31, ...Array.from({ length: signers }, () => info)),
  )
  return sequence(oid(Oid.signedData), explicit(0, data))
}
