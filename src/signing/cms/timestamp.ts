/** Time-stamp tokens (RFC 3161, with the update of RFC 5816): their checks, and what a signature is stamped by. */
import { readAsn1 } from '../../lib/der.ts'
import { sameBytes } from '../../lib/der-write.ts'
import { digest, type HashName, hashByOid, parseAlgorithm } from './algorithms.ts'
import { type CertificateSummary, summarize } from './certificate.ts'
import { type ChainOptions, type ChainResult, checkChain } from './chain.ts'
import { type Reason, reason, reasonOf, Refusal } from './reasons.ts'
import { checkSigner } from './signer.ts'
import { Oid, parseSignedData } from './signed-data.ts'
import { timestampUsage } from './usage.ts'

export interface TimestampInfo {
  readonly policy: string
  readonly hash: HashName
  readonly imprint: Uint8Array
  /** Hexadecimal octets. */
  readonly serial: string
  readonly time: Date
  readonly nonce: bigint | undefined
}

export interface TimestampVerdict {
  /** The token is right and its authority is trusted. */
  readonly ok: boolean
  /** The token is of this data and its signature is right, whoever made it. */
  readonly intact: boolean
  readonly reasons: readonly Reason[]
  readonly info: TimestampInfo | undefined
  readonly authority: CertificateSummary | undefined
  readonly chain: ChainResult | undefined
}

/** Reads TSTInfo (section 2.4.2). Throws `DerError` or `Refusal`. */
export function parseTimestampInfo(der: Uint8Array): TimestampInfo {
  const [version, policy, imprint, serial, time, ...rest] = readAsn1(der, { maxBytes: 64 * 1024, maxNodes: 1000 }).sequence()
  const [algorithm, hashed] = imprint?.sequence() ?? []
  if (version?.smallInteger() !== 1 || !policy || !algorithm || !hashed || !serial || !time)
    throw new Refusal('malformed', 'The time stamp is malformed')
  return {
    policy: policy.oid(),
    hash: hashByOid(parseAlgorithm(algorithm).oid),
    imprint: hashed.octets(),
    serial: Array.from(serial.integerBytes(), (octet) => octet.toString(16).padStart(2, '0')).join(''),
    time: time.time(),
    nonce: rest.find((field) => field.is(2))?.integer(),
  }
}

/**
 * Checks a token over `stamped`: its imprint, its signature and signing-certificate attribute, and its authority: extended usage and chain at the stamped time
 * (which must not be later than `options.at`). Never throws on what the token contains.
 */
export async function verifyTimestamp(token: Uint8Array, stamped: Uint8Array, options: ChainOptions): Promise<TimestampVerdict> {
  const failed = (why: Reason, info?: TimestampInfo): TimestampVerdict => ({
    ok: false,
    intact: false,
    reasons: [why],
    info,
    authority: undefined,
    chain: undefined,
  })
  let info: TimestampInfo | undefined
  try {
    const signed = parseSignedData(token)
    const { content, signers } = signed
    const [signer, second] = signers
    if (signed.contentType !== Oid.tstInfo || !content || !signer || second)
      return failed(reason('timestamp-wrong', 'This is no time stamp'))
    info = parseTimestampInfo(content)
    if (!sameBytes(info.imprint, digest(info.hash, stamped)))
      return failed(reason('timestamp-wrong', 'The time stamp is of something else'), info)
    const known = [...signed.certificates, ...(options.intermediates ?? [])]
    const checked = await checkSigner(signer, known, {
      contentType: Oid.tstInfo,
      digest: (hash) => digest(hash, content),
      requireSigningCertificate: true,
    })
    const { certificate } = checked
    if (!certificate || checked.reasons.length > 0) {
      const details = checked.reasons.map(({ detail }) => detail).join('; ')
      return failed(reason('timestamp-wrong', `The time stamp does not hold: ${details}`), info)
    }
    const late = info.time.getTime() > options.at.getTime() + (options.skewSeconds ?? 300) * 1000
    if (late) return failed(reason('timestamp-wrong', 'The time stamp is from the future'), info)
    const ocsp = [...(options.ocsp ?? []), ...signed.ocsp]
    const crls = [...(options.crls ?? []), ...signed.crls]
    const chain = await checkChain(certificate, {
      ...options,
      intermediates: known,
      at: info.time,
      now: options.now ?? options.at,
      ocsp,
      crls,
    })
    const untrusted = [...timestampUsage(certificate), ...chain.reasons].map(({ detail }) =>
      reason('timestamp-untrusted', `The time-stamping authority: ${detail}`),
    )
    return { ok: untrusted.length === 0, intact: true, reasons: untrusted, info, authority: summarize(certificate), chain }
  } catch (error) {
    return failed(reasonOf(error, 'The time stamp is malformed'), info)
  }
}
