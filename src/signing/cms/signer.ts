/** One signature of a SignedData: that its attributes are in order, and that the key of the certificate made it (RFC 5652, 5.4-5.6; RFC 5035; EN 319 122-1). */
import type { Asn1 } from '../../lib/der.ts'
import { sameBytes } from '../../lib/der-write.ts'
import { parseName } from '../../lib/distinguished-name.ts'
import { digest, type HashName, hashByOid, parseAlgorithm, type SignatureAlgorithm, signatureAlgorithm } from './algorithms.ts'
import type { Certificate } from './certificate.ts'
import { type Reason, reason, reasonOf, Refusal } from './reasons.ts'
import { verifySignature } from './signature.ts'
import { Oid, type SignerInfo } from './signed-data.ts'

/** Gives the hash of the content, so that it need not be in memory as a whole. */
export type DigestProvider = (hash: HashName) => Uint8Array | Promise<Uint8Array>

export interface CheckedSigner {
  readonly reasons: readonly Reason[]
  readonly warnings: readonly Reason[]
  readonly certificate: Certificate | undefined
  readonly hash: HashName | undefined
  readonly algorithm: SignatureAlgorithm | undefined
  /** What the signer's machine said the time was. */
  readonly signingTime: Date | undefined
  /** Whether a signing-certificate attribute names the certificate, which makes it CAdES. */
  readonly namesCertificate: boolean
}

export function findCertificate({ signer }: SignerInfo, among: readonly Certificate[]): Certificate | undefined {
  return among.find((certificate) =>
    'keyId' in signer
      ? certificate.extensions.subjectKeyId && sameBytes(certificate.extensions.subjectKeyId, signer.keyId)
      : certificate.issuer.key === signer.issuer.key && sameBytes(certificate.serialBytes, signer.serial),
  )
}

/** The signed attributes by type, each at most once and (but for signing certificates, whose one value is a list) with exactly one value. */
class SignedAttributes {
  readonly #values = new Map<string, Asn1>()

  constructor(info: SignerInfo) {
    if (!info.signed) throw new Refusal('no-signed-attributes', 'The signature has no signed attributes, which CAdES requires')
    for (const { oid, values } of info.signed.attributes) {
      if (this.#values.has(oid)) throw new Refusal('attribute-duplicate', `The signed attribute ${oid} stands twice`)
      const [value, second] = values
      if (!value) throw new Refusal('attribute-wrong', `The signed attribute ${oid} is empty`)
      if (second) throw new Refusal('attribute-duplicate', `The signed attribute ${oid} has two values`)
      this.#values.set(oid, value)
    }
  }

  get(oid: string): Asn1 | undefined {
    return this.#values.get(oid)
  }

  need(oid: string, name: string): Asn1 {
    const value = this.#values.get(oid)
    if (!value) throw new Refusal('attribute-missing', `The signed attribute ${name} is missing`)
    return value
  }
}

/** ESSCertID and ESSCertIDv2 (RFC 5035, 4-5): the first in the list is the signer's. */
function names(certificate: Certificate, attribute: Asn1, version: 1 | 2): boolean {
  const [first] = attribute.at(0).sequence()
  const fields = [...(first?.sequence() ?? [])]
  const explicitHash = version === 2 && fields[0]?.is(16) ? fields.shift() : undefined
  const hash = explicitHash ? hashByOid(parseAlgorithm(explicitHash).oid) : version === 2 ? 'SHA-256' : 'SHA-1'
  const [certificateHash, issuerSerial] = fields
  const own = hash === 'SHA-256' ? certificate.sha256 : digest(hash, certificate.der)
  if (!certificateHash || !sameBytes(certificateHash.octets(), own)) return false
  if (!issuerSerial) return true
  const directory = issuerSerial
    .at(0)
    .sequence()
    .find((name) => name.isContext(4))
  const issuer = directory?.only()
  const sameIssuer = !issuer || sameBytes(issuer.raw, certificate.issuer.raw) || parseName(issuer).key === certificate.issuer.key
  return sameIssuer && sameBytes(issuerSerial.at(1).integerBytes(), certificate.serialBytes)
}

/** RFC 6211: the algorithms repeated under the signature, where they are. */
function checkProtection(attribute: Asn1 | undefined, info: SignerInfo): void {
  if (!attribute) return
  const [hash, signature] = attribute.sequence()
  const same =
    hash &&
    signature?.isContext(1) &&
    parseAlgorithm(hash).oid === info.digestAlgorithm.oid &&
    signature.children[0]?.oid() === info.signatureAlgorithm.oid
  if (!same) throw new Refusal('algorithm-mismatch', 'The protected algorithms are others than those used')
}

/**
 * Checks one signer: the attributes contentType, messageDigest and signingCertificate(V2), and the signature over the attributes as they stood. The
 * certificate itself is not judged.
 */
export async function checkSigner(
  info: SignerInfo,
  certificates: readonly Certificate[],
  expected: { readonly contentType: string; readonly digest: DigestProvider; readonly requireSigningCertificate: boolean },
): Promise<CheckedSigner> {
  const reasons: Reason[] = []
  const warnings: Reason[] = []
  const certificate = findCertificate(info, certificates)
  let hash: HashName | undefined
  let algorithm: SignatureAlgorithm | undefined
  let signingTime: Date | undefined
  let namesCertificate = false
  const attempt = async (check: () => void | Promise<void>): Promise<void> => {
    try {
      await check()
    } catch (error) {
      reasons.push(reasonOf(error, 'The signature is malformed'))
    }
  }
  if (!certificate) reasons.push(reason('certificate-missing', "The signer's certificate is not in the signature"))

  await attempt(async () => {
    hash = hashByOid(info.digestAlgorithm.oid)
    algorithm = signatureAlgorithm(info.signatureAlgorithm, hash)
    if (algorithm.hash !== hash) throw new Refusal('algorithm-mismatch', 'The signature uses another hash than the message says')
    if (!info.signed || !certificate) return
    const right = await verifySignature(certificate.publicKey, algorithm, info.signed.octets, info.signature)
    if (!right) throw new Refusal('signature-wrong', 'The signature was not made by the key of the certificate, or was changed')
    if (certificate.publicKey.kind === 'gost' && !certificate.publicKey.proven) {
      warnings.push(reason('unproven-algorithm', `${certificate.publicKey.label} was never checked against a real signature`))
    }
  })

  await attempt(async () => {
    const attributes = new SignedAttributes(info)
    const type = attributes.need(Oid.contentType, 'content type').oid()
    if (type !== expected.contentType) throw new Refusal('attribute-wrong', 'The signed content type is another than that of the content')
    const digestOfContent = attributes.need(Oid.messageDigest, 'message digest').octets()
    signingTime = attributes.get(Oid.signingTime)?.time()
    checkProtection(attributes.get(Oid.algorithmProtection), info)
    if (hash && !sameBytes(digestOfContent, await expected.digest(hash)))
      throw new Refusal('digest-mismatch', 'The signature is of another document')

    const [second, first] = [attributes.get(Oid.signingCertificateV2), attributes.get(Oid.signingCertificate)]
    if (!second && !first) {
      if (expected.requireSigningCertificate)
        throw new Refusal('signing-certificate-missing', 'The signature does not name its certificate (signingCertificateV2)')
      return
    }
    if (!certificate) return
    if ((second && !names(certificate, second, 2)) || (first && !names(certificate, first, 1))) {
      throw new Refusal('signing-certificate-mismatch', 'The signature names another certificate than the one it comes with')
    }
    namesCertificate = true
    if (!second)
      warnings.push(reason('sha1-signing-certificate', 'The signature names its certificate by SHA-1 (the first form of the attribute)'))
  })
  return { reasons, warnings, certificate, hash, algorithm, signingTime, namesCertificate }
}
