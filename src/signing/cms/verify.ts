/** The verdict on a detached CMS signature of a document, for those who accept signatures and for those who look at them later. */
import { sameBytes } from '../../lib/der-write.ts'
import type { DistinguishedName } from '../../lib/distinguished-name.ts'
import { digest, type HashName } from './algorithms.ts'
import { type Certificate, type CertificateSummary, summarize } from './certificate.ts'
import { type ChainResult, checkChain, type RevocationSource } from './chain.ts'
import type { Crl } from './crl.ts'
import { type ExpectedSigner, mismatches, type SubjectIdentifiers, subjectIdentifiers } from './identifiers.ts'
import type { OcspResponse } from './ocsp.ts'
import { type Reason, reason, reasonOf } from './reasons.ts'
import { checkSigner, type CheckedSigner, type DigestProvider } from './signer.ts'
import { Oid, parseSignedData, type SignedData, type SignerInfo } from './signed-data.ts'
import { type TimestampVerdict, verifyTimestamp } from './timestamp.ts'
import { documentUsage, sealUsage } from './usage.ts'

export interface VerifyOptions {
  /** Authorities that are trusted to issue signers' certificates. */
  readonly anchors: readonly Certificate[]
  /** Authorities in between that signers do not always send along. */
  readonly intermediates?: readonly Certificate[]
  /** The time of judgement: when the signature was received, or now. Certificates must be valid then, or at the time of a trusted time stamp. */
  readonly at: Date
  /** Whether a signing-certificate attribute must be there (CAdES); default true. */
  readonly requireSigningCertificate?: boolean
  /** `person` (default): keyUsage must assert contentCommitment, and login certificates are refused. `seal`: any signing key. */
  readonly usage?: 'person' | 'seal'
  /** The most signers of one message; more are refused unread. As many as are read at all by default. */
  readonly maxSigners?: number
  /** What to do with a message that carries the content itself: refuse it (default), or accept it when it is the very same. */
  readonly embedded?: 'refuse' | 'same'
  /** Numbers that the certificate of every signer must name. */
  readonly expect?: ExpectedSigner
  /** Whether certificates of authorities that call themselves a test are accepted; default true: the anchors decide. */
  readonly allowTest?: boolean
  /** Authorities that time stamps are trusted from; `anchors` when not given. */
  readonly timestampAnchors?: readonly Certificate[]
  /** Revocation lists and OCSP answers in addition to those in the message. */
  readonly crls?: readonly Crl[]
  readonly ocsp?: readonly OcspResponse[]
  /** Asked about signers and time-stamping authorities of whom all else is right. */
  readonly ask?: RevocationSource
  /** Whether certificates must be good at `at` itself, whatever a time stamp says of an earlier moment: for who takes a signature that is made now. */
  readonly current?: boolean
}

export type SignatureFormat = 'CAdES-BES' | 'CAdES-T' | 'CMS'

export interface SignerVerdict {
  readonly ok: boolean
  readonly reasons: readonly Reason[]
  /** Remarks that do not refuse. */
  readonly warnings: readonly Reason[]
  readonly certificate: CertificateSummary | undefined
  /** The signer's certificate in DER. */
  readonly certificateDer: Uint8Array | undefined
  readonly identifiers: SubjectIdentifiers
  readonly digestAlgorithm: HashName | undefined
  readonly signatureAlgorithm: string | undefined
  /** What the signer's own clock said: a claim, not evidence. */
  readonly signingTime: Date | undefined
  readonly chain: ChainResult | undefined
  readonly keyUsageOk: boolean
  readonly format: SignatureFormat
  readonly timestamp: TimestampVerdict | undefined
}

export interface CmsVerdict {
  /** Every signer's signature holds, and there is at least one. */
  readonly ok: boolean
  /** Why not, of the message and of all signers. */
  readonly reasons: readonly Reason[]
  readonly signers: readonly SignerVerdict[]
}

const CLOCK_SKEW_MS = 5 * 60_000
/** A signer's clock may be in another zone than it thinks; a claim outside of the certificate's validity by more than this contradicts itself. */
const CLAIM_TOLERANCE_MS = 12 * 3_600_000

/** The time stamp over the signature's octets (CAdES-T): of several, the first that is trusted, or else the first. */
async function timestampOf(
  info: SignerInfo,
  intermediates: readonly Certificate[],
  options: VerifyOptions,
): Promise<TimestampVerdict | undefined> {
  const tokens = info.unsigned.filter(({ oid }) => oid === Oid.timestampToken).flatMap(({ values }) => values)
  let first: TimestampVerdict | undefined
  for (const token of tokens.slice(0, 4)) {
    const verdict = await verifyTimestamp(token.raw, info.signature, {
      anchors: options.timestampAnchors ?? options.anchors,
      intermediates,
      at: options.at,
      ask: options.ask,
      ...(options.crls ? { crls: options.crls } : {}),
      ...(options.ocsp ? { ocsp: options.ocsp } : {}),
    })
    if (verdict.ok) return verdict
    first ??= verdict
  }
  return first
}

const saysTest = ({ relative }: DistinguishedName): boolean =>
  relative.some((attributes) => attributes.some(({ value }) => value.includes('TEST') && /\bTEST\b/.test(value)))

const isTest = ({ subject, issuer }: Certificate): boolean => saysTest(subject) || saysTest(issuer)

/** What is to be said of the certificate at the time that counts. */
async function judgeCertificate(
  certificate: Certificate,
  { signingTime, reasons: wrong }: CheckedSigner,
  identifiers: SubjectIdentifiers,
  data: SignedData,
  intermediates: readonly Certificate[],
  stamp: TimestampVerdict | undefined,
  options: VerifyOptions,
): Promise<{ reasons: Reason[]; warnings: Reason[]; chain: ChainResult; usage: Reason[] }> {
  const stamped = stamp?.ok && !options.current ? stamp.info?.time : undefined
  const usage = options.usage === 'seal' ? sealUsage(certificate) : documentUsage(certificate)
  const unfit = [...usage, ...mismatches(identifiers, options.expect ?? {})]
  const chain = await checkChain(certificate, {
    anchors: options.anchors,
    intermediates,
    at: stamped ?? options.at,
    now: options.at,
    crls: [...(options.crls ?? []), ...data.crls],
    ocsp: [...(options.ocsp ?? []), ...data.ocsp],
    // Nobody is asked on behalf of a signature that does not hold anyway.
    ask: wrong.length + unfit.length === 0 ? options.ask : undefined,
  })
  const reasons = [...chain.reasons, ...unfit]
  const warnings: Reason[] = []
  const claimed = signingTime?.getTime() ?? Number.NaN
  if (claimed < certificate.notBefore.getTime() - CLAIM_TOLERANCE_MS || claimed > certificate.notAfter.getTime() + CLAIM_TOLERANCE_MS) {
    reasons.push(reason('expired-at-signing', 'By its own account the signature was made when the certificate was not valid'))
  }
  if (signingTime && signingTime.getTime() > options.at.getTime() + CLOCK_SKEW_MS) {
    warnings.push(reason('signing-time-in-future', "The clock of the signer's machine is ahead"))
  }
  if ([certificate, ...chain.certificates].some(isTest)) {
    const remark = reason('test-certificate', 'The certificate is from a test authority')
    if (options.allowTest === false) reasons.push(remark)
    else warnings.push(remark)
  }
  return { reasons, warnings, chain, usage }
}

async function judgeSigner(info: SignerInfo, data: SignedData, provider: DigestProvider, options: VerifyOptions): Promise<SignerVerdict> {
  const known = [...data.certificates, ...(options.intermediates ?? [])]
  const checked = await checkSigner(info, known, {
    contentType: data.contentType,
    digest: provider,
    requireSigningCertificate: options.requireSigningCertificate ?? true,
  })
  const { certificate } = checked
  const timestamp = await timestampOf(info, known, options)
  const identifiers = certificate ? subjectIdentifiers(certificate) : {}
  const judged = certificate ? await judgeCertificate(certificate, checked, identifiers, data, known, timestamp, options) : undefined
  const reasons = [...checked.reasons, ...(judged?.reasons ?? [])]
  // RFC 5652, 5.1: others go by the announcement, and would not hash by anything else.
  if (!data.digestAlgorithms.includes(info.digestAlgorithm.oid))
    reasons.push(reason('algorithm-mismatch', 'The signature uses a hash that the message does not announce'))
  const warnings = [...checked.warnings, ...(judged?.warnings ?? [])]
  // A stamp that is not of this signature is an attempt at something; one from an authority that is not known here only does not count.
  if (timestamp && !timestamp.ok) (timestamp.intact ? warnings : reasons).push(...timestamp.reasons)
  return {
    ok: reasons.length === 0,
    reasons,
    warnings,
    certificate: certificate && summarize(certificate),
    certificateDer: certificate?.der,
    identifiers,
    digestAlgorithm: checked.hash,
    signatureAlgorithm: checked.algorithm?.label,
    signingTime: checked.signingTime,
    chain: judged?.chain,
    keyUsageOk: judged?.usage.length === 0,
    format: !checked.namesCertificate ? 'CMS' : timestamp?.ok ? 'CAdES-T' : 'CAdES-BES',
    timestamp,
  }
}

/** Each hash of the content is made once, however many signers use it. */
function remember(content: Uint8Array | DigestProvider): DigestProvider {
  const made = new Map<HashName, Uint8Array | Promise<Uint8Array>>()
  return (hash) => {
    const known = made.get(hash) ?? (content instanceof Uint8Array ? digest(hash, content) : content(hash))
    made.set(hash, known)
    return known
  }
}

async function embeddedContent(
  data: SignedData,
  content: Uint8Array | DigestProvider,
  provider: DigestProvider,
  options: VerifyOptions,
): Promise<Reason[]> {
  if (!data.content) return []
  const same =
    content instanceof Uint8Array ? sameBytes(data.content, content) : sameBytes(digest('SHA-256', data.content), await provider('SHA-256'))
  if (!same) return [reason('embedded-content-differs', 'The signature carries a content of its own, which is not the document')]
  return options.embedded === 'same'
    ? []
    : [reason('embedded-content', 'The signature carries the document itself; a detached one belongs here')]
}

/**
 * Verifies a detached signature over `content`: the caller's octets, or a function that gives their hash. What the message carries itself is never what is
 * verified. Reads BER and DER; RSA (PKCS#1 v1.5, PSS), ECDSA, and GOST of Russia and Kazakhstan.
 *
 * Follows RFC 5652 and EN 319 122-1 (baseline B and T). Never throws on what the message contains; errors of the digest provider pass through.
 */
export async function verifyDetachedCms(
  cms: Uint8Array,
  content: Uint8Array | DigestProvider,
  options: VerifyOptions,
): Promise<CmsVerdict> {
  let data: SignedData
  try {
    data = parseSignedData(cms)
  } catch (error) {
    return { ok: false, reasons: [reasonOf(error, 'The signature is malformed')], signers: [] }
  }
  if (data.signers.length > (options.maxSigners ?? data.signers.length))
    return { ok: false, reasons: [reason('too-many-signers', 'There are more signers than may be')], signers: [] }
  const provider = remember(content)
  const reasons: Reason[] = await embeddedContent(data, content, provider, options)
  if (data.contentType !== Oid.data) reasons.push(reason('wrong-content-type', 'The signature is of something else than a document'))
  const signers: SignerVerdict[] = []
  for (const info of data.signers) signers.push(await judgeSigner(info, data, provider, options))
  const all = [...reasons, ...signers.flatMap((signer) => signer.reasons)]
  return { ok: all.length === 0 && signers.length > 0, reasons: all, signers }
}
