import { PDFDict, PDFHexString, PDFName, PDFString } from 'pdf-lib'
import type { PDFObject } from 'pdf-lib'
import { Verbatim } from '../../documents/verbatim.ts'
import { AppError } from '../../http/errors.ts'
import { nodeCrypto } from '../../lib/node.ts'
import { ascii, concat, findFirst } from './bytes.ts'
import { attachSignature, certificationLevel } from './fields.ts'
import type { Appearance } from './fields.ts'
import { PdfReader } from './reader.ts'
import { Update } from './update.ts'

export interface SealOptions {
  /** When it is signed, as the signer says: goes to `M`. PAdES has no signingTime attribute (ETSI EN 319 142-1, 6.3). */
  at: Date
  /** Who signs. */
  name?: string
  reason?: string
  location?: string
  /** An empty field of that name is filled; otherwise one is added. */
  fieldName?: string
  appearance?: Appearance
  /** Bytes kept for the CMS. A chain with a time stamp takes some 6000. */
  room?: number
}

/** Who signs: with the bytes at hand, or with their hash alone, which spares a copy of the file. Gives a detached CMS over them. */
export type Signer =
  | { sign: (bytesToSign: Uint8Array<ArrayBuffer>) => Promise<Uint8Array> }
  | { signHash: (sha256: Uint8Array) => Promise<Uint8Array> }

/** What is signed: a file as it is, or what is made anew for each attempt at appending a signature to it. */
export type Source = Uint8Array | (() => Update)

/** A PDF that waits for its signature. */
export interface PreparedSignature {
  /** The file with zeros where the CMS will be. */
  bytes: Uint8Array<ArrayBuffer>
  byteRange: [number, number, number, number]
  fieldName: string
}

const DEFAULT_ROOM = 16_384
const MAX_ROOM = 262_144
/** Room for four numbers of ten digits: filled with spaces once they are known. */
const RANGE_PLACE = '[0 0000000000 0000000000 0000000000]'

/**
 * First phase of signing (PAdES B-B, ETSI EN 319 142-1): an incremental update with a signature field and an empty place for the CMS.
 * Whoever holds the key signs `bytesToSign`, here or elsewhere; `embedSignature` puts the CMS in.
 *
 * @throws AppError `bad_file` when the PDF cannot be read, is encrypted, or was certified against further signatures
 */
export function prepareSignature(source: Source, options: SealOptions): PreparedSignature {
  const update = opened(source)
  if (certificationLevel(update.reader) === 1)
    throw new AppError('bad_file', "The PDF's author has certified it against any further signature.")
  const entries: [string, string | undefined][] = [
    ['Name', options.name],
    ['Reason', options.reason],
    ['Location', options.location],
  ]
  return prepare(update, {
    type: 'Sig',
    subFilter: 'ETSI.CAdES.detached',
    // In hexadecimal, so that no text of a caller looks like the places that are filled in.
    more: [
      ['M', PDFString.of(pdfDate(options.at))],
      ...entries.flatMap(([key, text]): [string, PDFObject][] => (text === undefined ? [] : [[key, PDFHexString.fromText(text)]])),
    ],
    fieldName: options.fieldName ?? 'Signature',
    appearance: options.appearance,
    room: options.room ?? DEFAULT_ROOM,
  })
}

const opened = (source: Source) => (typeof source === 'function' ? source() : new Update(new PdfReader(source)))

/**
 * Adds a document time stamp (PAdES B-LTA; ETSI EN 319 142-1, 5.4.3): it covers the whole file, validation material included.
 *
 * @param stamp takes the bytes that are covered, gives an RFC 3161 token (the CMS alone, without the response around it)
 */
export async function addDocTimeStamp(
  bytes: Uint8Array,
  stamp: (bytesToStamp: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>,
  { fieldName = 'DocTimeStamp', room = DEFAULT_ROOM }: { fieldName?: string; room?: number } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const place = { type: 'DocTimeStamp' as const, subFilter: 'ETSI.RFC3161', more: [], fieldName, appearance: undefined }
  return filled((space) => prepare(opened(bytes), { ...place, room: space }), { sign: stamp }, room)
}

/** Signs a PDF in one go. A CMS that turns out larger than the room that was kept is asked for once more, with room enough. */
export function sealPdf(source: Source, { room = DEFAULT_ROOM, ...options }: SealOptions & Signer): Promise<Uint8Array<ArrayBuffer>> {
  return filled((space) => prepareSignature(source, { ...options, room: space }), options, room)
}

async function filled(make: (room: number) => PreparedSignature, signer: Signer, room: number): Promise<Uint8Array<ArrayBuffer>> {
  const prepared = make(room)
  const cms = await signed(prepared, signer)
  if (cms.length <= room) return fill(prepared, cms)
  const wider = make(Math.min(2 * cms.length, MAX_ROOM))
  return fill(wider, await signed(wider, signer))
}

const signed = (prepared: PreparedSignature, signer: Signer) =>
  'sign' in signer ? signer.sign(bytesToSign(prepared)) : signer.signHash(hashToSign(prepared))

/** What the CMS is made over: the file without the place of the CMS itself. */
export function bytesToSign({ bytes, byteRange: [, end, from, length] }: PreparedSignature): Uint8Array<ArrayBuffer> {
  return concat(bytes.subarray(0, end), bytes.subarray(from, from + length))
}

function hashToSign({ bytes, byteRange: [, end, from, length] }: PreparedSignature): Uint8Array {
  const hash = nodeCrypto().createHash('sha256').update(bytes.subarray(0, end))
  return new Uint8Array(hash.update(bytes.subarray(from, from + length)).digest())
}

/**
 * Second phase: puts the CMS into its place.
 *
 * @throws AppError `bad_request` when the CMS is empty or larger than the place that was kept
 */
export function embedSignature(prepared: PreparedSignature, cms: Uint8Array): Uint8Array<ArrayBuffer> {
  return fill({ ...prepared, bytes: prepared.bytes.slice() }, cms)
}

/** In place: of a large file there are copies enough. */
function fill({ bytes, byteRange: [, end, from] }: PreparedSignature, cms: Uint8Array): Uint8Array<ArrayBuffer> {
  const room = (from - end - 2) / 2
  if (cms.length === 0 || cms.length > room)
    throw new AppError('bad_request', `The signature has ${cms.length} bytes; there is room for ${room}.`)
  bytes.set(ascii(hexOf(cms)), end + 1)
  return bytes
}

interface Place {
  type: 'Sig' | 'DocTimeStamp'
  subFilter: string
  more: [string, PDFObject][]
  fieldName: string
  appearance: Appearance | undefined
  room: number
}

function prepare(update: Update, { type, subFilter, more, fieldName, appearance, room }: Place): PreparedSignature {
  if (!Number.isInteger(room) || room < 1 || room > MAX_ROOM) throw new AppError('bad_request', 'No such room for a signature.')
  const value = PDFDict.withContext(update.reader.context)
  const put = (key: string, object: PDFObject) => value.set(PDFName.of(key), object)
  put('Type', PDFName.of(type))
  put('Filter', PDFName.of('Adobe.PPKLite'))
  put('SubFilter', PDFName.of(subFilter))
  put('ByteRange', new Verbatim(RANGE_PLACE))
  put('Contents', PDFHexString.of('00'.repeat(room)))
  for (const [key, object] of more) put(key, object)
  const ref = update.add(value)
  const name = attachSignature(update, ref, fieldName, appearance)
  const { bytes, spans } = update.write()

  const span = spans.get(ref)
  const range = span ? findFirst(bytes, RANGE_PLACE, span.start, span.end) : -1
  const contents = span ? findFirst(bytes, '/Contents <', span.start, span.end) : -1
  if (range < 0 || contents < 0) throw new Error('The place of the signature was not written')
  const end = contents + '/Contents '.length
  const from = end + 2 + 2 * room
  const byteRange: PreparedSignature['byteRange'] = [0, end, from, bytes.length - from]
  bytes.set(ascii(`[${byteRange.join(' ')}]`.padEnd(RANGE_PLACE.length)), range)
  return { bytes, byteRange, fieldName: name }
}

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** ISO 32000-1, 7.9.4, in UTC. */
export const pdfDate = (at: Date) => `D:${at.toISOString().slice(0, 19).replace(/[-:T]/g, '')}+00'00'`
