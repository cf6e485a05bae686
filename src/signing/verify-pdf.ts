/** Signatures in a PDF that anybody sends: bounded in what they may cost, whatever the file holds. */
import type { Ctx } from '../context.ts'
import { AppError } from '../http/errors.ts'
import { logUnknown } from '../http/log.ts'
import { commonNameOf } from '../lib/distinguished-name.ts'
import { loadTrustAnchors } from './anchors.ts'
import type { HashName } from './cms/algorithms.ts'
import type { Certificate } from './cms/certificate.ts'
import type { TimestampVerdict } from './cms/timestamp.ts'
import type { CmsVerdict, VerifyOptions } from './cms/verify.ts'
import type { PdfVerdict } from './pades/verify.ts'

export interface FileSignature {
  format: 'PAdES' | 'CAdES-BES' | 'CAdES-T'
  valid: boolean
  signer: string
  /** ISO 8601: by a trusted time stamp where there is one, else as the signature itself claims. */
  signedAt: string | null
}

/** A document is signed by a few; every signature more is the whole file hashed and its objects compared once more: so many bytes and objects in all. */
const LIMITS = { signatures: 20, bytes: 200 * 1_048_576, objects: 150_000 } as const
/** GOST hashes are made by our own code, some 17 MB/s: bytes that all signatures together may ask for. */
const MAX_GOST_BYTES = 24 * 1_048_576

type Verdict = PdfVerdict<CmsVerdict, TimestampVerdict>

/**
 * Whether the CMS holds, and nothing but signing followed: a PAdES signature must name its certificate, older kinds need not. A file of our own is as we
 * made it to the byte, so that what followed a signature that it came with are our marks.
 */
function isGood(verdict: Verdict, ours: boolean): boolean {
  if ('problem' in verdict || !verdict.outcome.ok) return false
  // Bytes that change nothing and belong to no signing have no business there either.
  const untouched = verdict.total || verdict.changes === 'signing'
  if (!untouched && !ours) return false
  if (verdict.kind === 'timestamp') return true
  return verdict.subFilter !== 'ETSI.CAdES.detached' || verdict.outcome.signers.every(({ format }) => format !== 'CMS')
}

/** `D:20260301152030+05'00'` (ISO 32000-1, 7.9.4) as ISO 8601. */
export function readPdfDate(text: string | undefined): string | null {
  const parts = /^D:(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:Z|([+-]\d\d)'?(\d\d)?)?/.exec(text ?? '')
  if (!parts) return null
  const [, year, month = '01', day = '01', hour = '00', minute = '00', second = '00', zone = '+00', part = '00'] = parts
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone}:${part}`)
  return Number.isNaN(date.getTime()) ? null : date.toISOString()
}

function present(verdict: Verdict, valid: boolean): FileSignature {
  if ('problem' in verdict || verdict.kind === 'timestamp') return { format: 'PAdES', valid: false, signer: '', signedAt: null }
  const [signer] = verdict.outcome.signers
  const subject = signer?.certificate?.subject
  const stamped = signer?.timestamp?.ok ? signer.timestamp.info?.time.toISOString() : undefined
  return {
    format: 'PAdES',
    valid,
    signer: signer?.identifiers.commonName ?? (subject === undefined ? (verdict.claimed.name ?? '') : commonNameOf(subject)),
    signedAt: stamped ?? signer?.signingTime?.toISOString() ?? readPdfDate(verdict.claimed.date),
  }
}

const tooMuch = () => new AppError('unprocessable', 'The PDF has more signatures than can be checked here in a file of its size.')

/** Hashes of what signatures cover; past the bound for GOST the file is refused. */
async function digests() {
  const { digest } = await import('./cms/algorithms.ts')
  let gost = 0
  return (content: Uint8Array) => (hash: HashName) => {
    if (!hash.startsWith('SHA-')) gost += content.length
    if (gost > MAX_GOST_BYTES) throw tooMuch()
    return digest(hash, content)
  }
}

async function optionsFor(ctx: Ctx, store: { certs: Uint8Array[]; crls: Uint8Array[]; ocsps: Uint8Array[] }): Promise<VerifyOptions> {
  const [{ parseCertificate }, { parseCrl }, { parseOcspResponse }, { revocationSource }, { platformAnchors }] = await Promise.all([
    import('./cms/certificate.ts'),
    import('./cms/crl.ts'),
    import('./cms/ocsp.ts'),
    import('./revocation/source.ts'),
    import('./keys/platform.ts'),
  ])
  const anchors: Certificate[] = [...(await platformAnchors(ctx)), ...(await loadTrustAnchors(ctx))]
  const ask = revocationSource(ctx)
  return {
    anchors,
    at: ctx.now,
    maxSigners: 1,
    requireSigningCertificate: false,
    intermediates: readable(store.certs, parseCertificate),
    crls: readable(store.crls, parseCrl),
    ocsp: readable(store.ocsps, parseOcspResponse),
    ...(ask ? { ask } : {}),
  }
}

/** What can be read of the file's own store of validation material. */
function readable<T>(items: readonly Uint8Array[], parse: (der: Uint8Array) => T): T[] {
  return items.slice(0, 50).flatMap((item) => {
    try {
      return [parse(item)]
    } catch {
      return []
    }
  })
}

async function verdictsOf(ctx: Ctx, bytes: Uint8Array): Promise<Verdict[]> {
  const [{ PdfReader }, { signatureFields }, { readDss }, { verifyPdfSignatures }, { verifyDetachedCms }, { verifyTimestamp }] =
    await Promise.all([
      import('./pades/reader.ts'),
      import('./pades/fields.ts'),
      import('./pades/dss.ts'),
      import('./pades/verify.ts'),
      import('./cms/verify.ts'),
      import('./cms/timestamp.ts'),
    ])
  const reader = new PdfReader(bytes)
  const signed = signatureFields(reader).filter((field) => field.value !== undefined).length
  const cost = { signatures: signed, bytes: signed * bytes.length, objects: signed * reader.xref.entries.size }
  if (cost.signatures > LIMITS.signatures || cost.bytes > LIMITS.bytes || cost.objects > LIMITS.objects) throw tooMuch()
  if (signed === 0) return []
  const options = await optionsFor(ctx, readDss(reader))
  const hashes = await digests()
  return verifyPdfSignatures(bytes, {
    signature: (cms, covered) => verifyDetachedCms(cms, hashes(covered), options),
    timestamp: (token, covered) => verifyTimestamp(token, covered, options),
  })
}

/**
 * The signatures of a PDF and whether all of it holds: each signature and time stamp is right, of somebody whom the platform or the operator trusts, and
 * nothing but signing followed it. A file that can't be read has none.
 *
 * @param ours whether these bytes are known to be what the platform made
 * @throws AppError `unprocessable` where the file asks for more than is done for one
 */
export async function pdfSignatures(ctx: Ctx, bytes: Uint8Array, ours = false): Promise<{ valid: boolean; signatures: FileSignature[] }> {
  try {
    const verdicts = await verdictsOf(ctx, bytes)
    const good = verdicts.map((v) => isGood(v, ours))
    const signatures = verdicts.flatMap((v, i) => (v.kind === 'signature' || 'problem' in v ? [present(v, good[i] ?? false)] : []))
    return { valid: signatures.length > 0 && good.every(Boolean), signatures }
  } catch (error) {
    if (error instanceof AppError && error.code !== 'bad_file') throw error
    // Damaged, encrypted, out of bounds: told by the reader. Anything else is a defect of ours, and no reason to fail.
    if (!(error instanceof AppError)) logUnknown(error, ctx.requestId, 'verify a file')
    return { valid: false, signatures: [] }
  }
}
