import { PDFDict, PDFHexString, PDFName, PDFNumber, PDFRef } from 'pdf-lib'
import { DerError, readAsn1 } from '../../lib/der.ts'
import { AppError } from '../../http/errors.ts'
import { concat, isWhite, latin1 } from './bytes.ts'
import { signatureFields } from './fields.ts'
import type { SignatureField } from './fields.ts'
import { PdfReader } from './reader.ts'

export type SignatureKind = 'signature' | 'timestamp'

/** A signature as the file has it. Nothing is verified but that it covers what it must. */
export interface PdfSignature {
  fieldName: string
  kind: SignatureKind
  /** `ETSI.CAdES.detached`, `adbe.pkcs7.detached`, `ETSI.RFC3161`, … */
  subFilter: string
  /** The CMS, or the time stamp token. */
  cms: Uint8Array
  /** Where the revision that it signs ends. */
  end: number
  byteRange: [number, number, number, number]
  /** What it says of itself; not proven by anybody. */
  name: string | undefined
  reason: string | undefined
  /** `M` as it is written. */
  date: string | undefined
  /** It covers the whole file but its own place. */
  total: boolean
}

/** A signature that must not be believed, whatever its CMS says. */
export interface BrokenSignature {
  fieldName: string
  kind: SignatureKind
  problem: SignatureProblem
}

export type SignatureProblem =
  /** Of a kind that is not known here. */
  | 'unknown_format'
  | 'malformed_range'
  /** The gap of the byte range is not exactly the place of the CMS: something is kept out of the signature. */
  | 'gap'
  /** What is signed does not end where a revision ends, or the signature is not of that revision. */
  | 'not_a_revision'
  | 'malformed_cms'

const KNOWN = new Set(['ETSI.CAdES.detached', 'adbe.pkcs7.detached', 'ETSI.RFC3161'])
const MAX_SIGNATURES = 60

/** The bytes that a signature covers. */
export function coveredBytes(
  bytes: Uint8Array,
  { byteRange: [, end, from, length] }: Pick<PdfSignature, 'byteRange'>,
): Uint8Array<ArrayBuffer> {
  return concat(bytes.subarray(0, end), bytes.subarray(from, from + length))
}

/**
 * The signatures of a PDF in the order in which they were made.
 *
 * @throws AppError `bad_file`
 */
export function listSignatures(bytes: Uint8Array): (PdfSignature | BrokenSignature)[] {
  const reader = new PdfReader(bytes)
  const signed = signatureFields(reader).filter((field) => field.value !== undefined)
  if (signed.length > MAX_SIGNATURES) throw new AppError('bad_file', `The PDF has more than ${MAX_SIGNATURES} signatures.`)
  return signed.map((field) => read(reader, field)).sort((a, b) => ('end' in a ? a.end : 0) - ('end' in b ? b.end : 0))
}

function read(reader: PdfReader, { name: fieldName, value, valueRef }: SignatureField): PdfSignature | BrokenSignature {
  if (!value) throw new Error('The field is not signed')
  const subFilter = reader.nameAt(value, 'SubFilter') ?? ''
  const kind = subFilter === 'ETSI.RFC3161' ? 'timestamp' : 'signature'
  const broken = (problem: SignatureProblem): BrokenSignature => ({ fieldName, kind, problem })
  if (!KNOWN.has(subFilter)) return broken('unknown_format')

  const byteRange = rangeOf(reader, value)
  if (!byteRange) return broken('malformed_range')
  const [, start, from, length] = byteRange
  const end = from + length
  const gap = reader.bytes.subarray(start, from)
  const hex = Buffer.from(gap.subarray(1, -1)).toString('latin1')
  const contents = reader.deref(value.get(PDFName.of('Contents')))
  // The gap is the place of the CMS to the byte: nothing else is kept out of the signature.
  const whole = gap[0] === 0x3c && gap.at(-1) === 0x3e && hex.length % 2 === 0 && /^[0-9a-fA-F]*$/.test(hex)
  if (!whole || !(contents instanceof PDFHexString) || contents.asString() !== hex) return broken('gap')
  if (!isRevision(reader, byteRange, valueRef)) return broken('not_a_revision')
  const cms = withoutPadding(new Uint8Array(Buffer.from(hex, 'hex')))
  if (!cms) return broken('malformed_cms')
  return {
    fieldName,
    kind,
    subFilter,
    cms,
    end,
    byteRange,
    name: reader.textAt(value, 'Name'),
    reason: reader.textAt(value, 'Reason'),
    date: reader.textAt(value, 'M'),
    total: end === reader.bytes.length,
  }
}

/** ISO 32000-1, 12.8.1, narrowed to what PAdES allows: two ranges, the first from the file's beginning. */
function rangeOf(reader: PdfReader, value: PDFDict): PdfSignature['byteRange'] | undefined {
  const numbers =
    reader
      .arrayAt(value, 'ByteRange')
      ?.asArray()
      .map((n) => (n instanceof PDFNumber ? n.asNumber() : Number.NaN)) ?? []
  const [zero, start, from, length] = numbers
  if (numbers.length !== 4 || zero !== 0 || start === undefined || from === undefined || length === undefined) return undefined
  if (!numbers.every((n) => Number.isSafeInteger(n) && n >= 0)) return undefined
  return start > 0 && from > start + 2 && length > 0 && from + length <= reader.bytes.length ? [0, start, from, length] : undefined
}

/**
 * What is signed must be a file by itself, ending with `%%EOF`, and its own cross-reference must lead to this very signature, with the
 * gap within it: else a later revision gave an old signature a new place.
 */
function isRevision(reader: PdfReader, [, start, from, length]: PdfSignature['byteRange'], valueRef: PDFRef | undefined): boolean {
  const end = from + length
  let tail = end
  while (tail > from && isWhite(reader.bytes[tail - 1])) tail--
  if (latin1(reader.bytes.subarray(tail - 5, tail)) !== '%%EOF') return false
  try {
    const revision = end === reader.bytes.length ? reader : new PdfReader(reader.bytes, end)
    if (!valueRef) return signatureFields(revision).some((f) => f.value && !f.valueRef && holds(revision, f.ref, f.value, start))
    const signature = revision.deref(valueRef)
    return signature instanceof PDFDict && holds(revision, valueRef, signature, start)
  } catch {
    return false
  }
}

/** Whether the gap that starts there can be the `Contents` of this object: it stands in the object, before any other begins. */
function holds(revision: PdfReader, ref: PDFRef, signature: PDFDict, start: number): boolean {
  const entry = revision.xref.entries.get(ref.objectNumber)
  if (entry?.type !== 'offset' || entry.offset >= start || !signature.has(PDFName.of('Contents'))) return false
  for (const other of revision.xref.entries.values()) {
    if (other.type === 'offset' && other.offset > entry.offset && other.offset <= start) return false
  }
  return !revision.xref.sections.some((at) => at > entry.offset && at <= start)
}

/** The CMS says how long it is; what comes after it in its place must be zeros. */
function withoutPadding(contents: Uint8Array): Uint8Array | undefined {
  try {
    const { byteLength } = readAsn1(contents, { ber: true, trailing: true })
    return contents.subarray(byteLength).every((byte) => byte === 0) ? contents.slice(0, byteLength) : undefined
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}
