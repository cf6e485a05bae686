/** Paths from a certificate to a trust anchor: the part of RFC 5280, section 6 that is named at `checkChain`. */
import { sameBytes } from '../../lib/der-write.ts'
import { type Certificate, isSelfIssued, isSignedBy, sameCertificate } from './certificate.ts'
import { checkCrl, type Crl } from './crl.ts'
import { checkOcsp, type OcspResponse } from './ocsp.ts'
import { type Reason, reason, reasonOf } from './reasons.ts'
import { notKnown, type Revocation } from './revocation.ts'

/** Lists and answers on revocation, from wherever they were got. None of them is believed for being here. */
export interface RevocationMaterial {
  readonly crls: readonly Crl[]
  readonly ocsp: readonly OcspResponse[]
}

/** Gets what there is to be known of the certificates of a path, which leads to an anchor. Tells what it could not get by leaving it out; never throws. */
export type RevocationSource = (path: readonly Certificate[]) => Promise<RevocationMaterial>

export interface ChainOptions {
  /** Authorities that are trusted as they are; they need not be self-signed. */
  readonly anchors: readonly Certificate[]
  /** Certificates that may stand between; nothing is trusted for being here. */
  readonly intermediates?: readonly Certificate[]
  /** The time at which all of the chain must be valid. */
  readonly at: Date
  /** The time at which answers on revocation must be fresh, if it is later than `at` (which then is a time-stamped moment of signing). */
  readonly now?: Date | undefined
  readonly crls?: readonly Crl[]
  readonly ocsp?: readonly OcspResponse[]
  /** Asked once a path is found and nothing else is wrong with the certificate. */
  readonly ask?: RevocationSource | undefined
  readonly skewSeconds?: number
}

export interface ChainResult {
  readonly ok: boolean
  readonly reasons: readonly Reason[]
  /** The certificate first, the anchor last; the certificate alone when no path was found. */
  readonly certificates: readonly Certificate[]
  /** What is known of revocation of each certificate but the anchor, in the same order. */
  readonly revocation: readonly Revocation[]
}

const MAXIMUM_LENGTH = 8
/** The most signatures to verify in the search: a heap of look-alike issuers must not keep us busy. */
const MAXIMUM_SIGNATURES = 12

function validity({ notBefore, notAfter, extensions }: Certificate, at: Date, who: string): Reason[] {
  const reasons: Reason[] = []
  if (at < notBefore) reasons.push(reason('not-yet-valid', `${who} is valid only from ${notBefore.toISOString()}`))
  if (at > notAfter) reasons.push(reason('expired', `${who} expired on ${notAfter.toISOString()}`))
  const [critical] = extensions.unknownCritical
  if (critical) reasons.push(reason('unknown-critical-extension', `${who} has the critical extension ${critical}, which is not understood`))
  return reasons
}

/** Whether `issuer` may have issued the last of `path`; `path` starts with the end certificate. */
function authority(issuer: Certificate, path: readonly Certificate[], at: Date): Reason[] {
  const reasons = validity(issuer, at, 'The certificate of an authority')
  const { basicConstraints, keyUsage } = issuer.extensions
  // A certificate of version 1 has no extensions to say it with; only an anchor may be one, which the caller sees to.
  if (issuer.version >= 3 && !basicConstraints?.authority)
    reasons.push(reason('issuer-not-authority', 'The issuer is not an authority (basicConstraints)'))
  if (keyUsage && !keyUsage.includes('keyCertSign'))
    reasons.push(reason('issuer-not-authority', 'The issuer may not sign certificates (keyUsage)'))
  const between = path.slice(1).filter((certificate) => !isSelfIssued(certificate)).length
  const limit = basicConstraints?.pathLength
  if (limit !== undefined && between > limit)
    reasons.push(reason('path-too-long', 'There are more authorities in between than one of them allows'))
  return reasons
}

/** Names match, and so do the key identifiers where both certificates give one. */
function mayHaveIssued(issuer: Certificate, certificate: Certificate): boolean {
  if (issuer.subject.key !== certificate.issuer.key) return false
  const [wanted, has] = [certificate.extensions.authorityKeyId, issuer.extensions.subjectKeyId]
  return !wanted || !has || sameBytes(wanted, has)
}

const NO_PATH = { length: 0, reasons: [reason('untrusted', 'The certificate is not from a trusted authority')] }

class Search {
  readonly #options: ChainOptions
  #signatures = MAXIMUM_SIGNATURES
  /** Why the path that came farthest failed. */
  #best: { readonly length: number; readonly reasons: readonly Reason[] } = NO_PATH

  constructor(options: ChainOptions) {
    this.#options = options
  }

  get failure(): readonly Reason[] {
    return this.#best.reasons
  }

  #note(length: number, reasons: readonly Reason[]): void {
    if (length > this.#best.length) this.#best = { length, reasons }
  }

  async #link(path: readonly Certificate[], issuer: Certificate): Promise<boolean> {
    const certificate = path.at(-1) as Certificate
    const reasons = authority(issuer, path, this.#options.at)
    if (reasons.length === 0) {
      if (--this.#signatures < 0) {
        this.#note(path.length, [reason('untrusted', 'Too many certificates to look for a path in')])
        return false
      }
      try {
        if (await isSignedBy(certificate, issuer)) return true
        reasons.push(reason('issuer-signature-wrong', 'The issuer did not sign the certificate'))
      } catch (error) {
        reasons.push(reasonOf(error, 'A certificate of the chain is malformed'))
      }
    }
    this.#note(path.length, reasons)
    return false
  }

  /** The rest of the path to an anchor, depth first; anchors before others. */
  async extend(path: readonly Certificate[]): Promise<readonly Certificate[] | undefined> {
    const certificate = path.at(-1) as Certificate
    for (const anchor of this.#options.anchors) {
      if (path.length > 1 && sameCertificate(anchor, certificate)) return path
      if (mayHaveIssued(anchor, certificate) && (await this.#link(path, anchor))) return [...path, anchor]
    }
    if (path.length >= MAXIMUM_LENGTH) return undefined
    for (const candidate of this.#options.intermediates ?? []) {
      if (candidate.version < 3 || path.some((known) => sameCertificate(known, candidate))) continue
      if (!mayHaveIssued(candidate, certificate) || !(await this.#link(path, candidate))) continue
      const found = await this.extend([...path, candidate])
      if (found) return found
    }
    return undefined
  }
}

const NOTHING_KNOWN = notKnown('Nothing is known of revocation')

/** OCSP before lists; a revocation wins over everything, something known over nothing. */
async function revocationOf(certificate: Certificate, issuer: Certificate, options: ChainOptions): Promise<Revocation> {
  if (!options.ocsp?.length && !options.crls?.length) return NOTHING_KNOWN
  const freshness = {
    at: options.now ?? options.at,
    signedAt: options.at,
    ...(options.skewSeconds === undefined ? {} : { skewSeconds: options.skewSeconds }),
  }
  const answers: Revocation[] = []
  for (const response of options.ocsp ?? []) answers.push(await checkOcsp(response, certificate, issuer, freshness))
  for (const crl of options.crls ?? []) {
    if (crl.issuer.key === certificate.issuer.key) answers.push(await checkCrl(crl, certificate, issuer, freshness))
  }
  const of = (status: Revocation['status']) => answers.find((answer) => answer.status === status)
  return of('revoked') ?? of('good') ?? of('unknown') ?? NOTHING_KNOWN
}

/**
 * Builds and checks a path: names and key identifiers, signatures, validity at `at`, basicConstraints with path length, keyCertSign, critical extensions, and
 * revocation as far as lists and answers are given or got. Not done: name constraints and policies (critical ones are refused as not understood), delta lists.
 * Revocation that is unknown is told, not refused. Never throws on what a certificate contains.
 */
export async function checkChain(certificate: Certificate, options: ChainOptions): Promise<ChainResult> {
  const own = validity(certificate, options.at, 'The certificate')
  const search = new Search(options)
  const path = await search.extend([certificate])
  if (!path) return { ok: false, reasons: [...own, ...search.failure], certificates: [certificate], revocation: [] }
  const asked = own.length === 0 ? await options.ask?.(path) : undefined
  const known = asked
    ? { ...options, crls: [...(options.crls ?? []), ...asked.crls], ocsp: [...(options.ocsp ?? []), ...asked.ocsp] }
    : options
  const revocation: Revocation[] = []
  let issued = certificate
  for (const issuer of path.slice(1)) {
    revocation.push(await revocationOf(issued, issuer, known))
    issued = issuer
  }
  const revoked = revocation.flatMap((answer, i) =>
    answer.status === 'revoked'
      ? [
          reason(
            'revoked',
            `${i === 0 ? 'The certificate' : 'The certificate of an authority'} was revoked on ${answer.at.toISOString()} (${answer.why})`,
          ),
        ]
      : [],
  )
  const reasons = [...own, ...revoked]
  return { ok: reasons.length === 0, reasons, certificates: path, revocation }
}
