/** Whether a file that came with an agreement is what it may be, and what it says it is: by its content, whatever it is called. */
import { AppError, type FieldIssue } from '../http/errors.ts'
import { spoken } from './fields.ts'

export const MAX_FILE_BYTES = 10 * 1_048_576
/** All files of one call together: they are held in memory while they are sealed. */
export const MAX_FORM_BYTES = 32 * 1_048_576

export type Mime = 'image/png' | 'image/jpeg' | 'application/pdf'

export interface CheckedFile {
  field: string
  name: string
  mime: Mime
  /** Read again when it is sealed: of all the files that come together one at a time is in memory twice. */
  file: File
}

export const bytesOf = async (file: File) => new Uint8Array(await file.arrayBuffer())

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const startsWith = (bytes: Uint8Array, magic: readonly number[], from = 0) => magic.every((b, i) => bytes[from + i] === b)
const word = (bytes: Uint8Array, at: number) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(at)
/** A side of 20,000 pixels is more than any scanner or camera gives. */
const isSide = (pixels: number) => pixels > 0 && pixels <= 20_000

const nameAt = (bytes: Uint8Array, at: number) => String.fromCharCode(...bytes.subarray(at, at + 4))

/** Signature, header with a size, then chunk after chunk to the end, data among them, and nothing behind it (W3C PNG, 5). */
function isPng(bytes: Uint8Array): boolean {
  if (bytes.length < 45 || !startsWith(bytes, PNG) || nameAt(bytes, 12) !== 'IHDR') return false
  if (!isSide(word(bytes, 16)) || !isSide(word(bytes, 20))) return false
  let hasData = false
  for (let at = 8; at + 12 <= bytes.length; at += 12 + word(bytes, at)) {
    const name = nameAt(bytes, at + 4)
    if (name === 'IEND') return hasData && at + 12 === bytes.length
    if (name === 'IDAT') hasData = true
  }
  return false
}

/** Whether the image ends: in what is compressed FF is followed by a zero, so that FF D9 is its end. Telephones put more behind it. */
function endsAfter(bytes: Uint8Array, from: number): boolean {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) if (bytes[at + 1] === 0xd9) return true
  return false
}

/** Start of image, a frame with a size, end of image (ITU T.81, B). */
function isJpeg(bytes: Uint8Array): boolean {
  if (!startsWith(bytes, [0xff, 0xd8, 0xff])) return false
  for (let at = 2; at + 9 < bytes.length;) {
    if (bytes[at] !== 0xff) return false
    const marker = bytes[at + 1] ?? 0
    const size = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
    // SOF0 to SOF15, but for DHT, JPG and DAC, which lie between them.
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      const [height, width] = [5, 7].map((offset) => ((bytes[at + offset] ?? 0) << 8) | (bytes[at + offset + 1] ?? 0))
      return isSide(height ?? 0) && isSide(width ?? 0) && endsAfter(bytes, at + 2 + size)
    }
    if (marker === 0xff) at += 1
    else if (size < 2) return false
    else at += 2 + size
  }
  return false
}

/** At its start: readers find a header anywhere in the first kilobyte, behind a page of HTML too. */
const startsAsPdf = (bytes: Uint8Array) => /^(\u00ef\u00bb\u00bf)?\s*%PDF-/.test(String.fromCharCode(...bytes.subarray(0, 64)))

async function isPdf(bytes: Uint8Array): Promise<boolean> {
  if (!startsAsPdf(bytes)) return false
  const { loadPdf } = await import('../documents/pdf/load.ts')
  try {
    await loadPdf(bytes, MAX_FILE_BYTES)
    return true
  } catch (error) {
    if (error instanceof AppError) return false
    throw error
  }
}

async function kindOf(bytes: Uint8Array): Promise<Mime | undefined> {
  if (isPng(bytes)) return 'image/png'
  if (isJpeg(bytes)) return 'image/jpeg'
  return (await isPdf(bytes)) ? 'application/pdf' : undefined
}

/** What nobody has said of a file. */
const UNSAID = ['', 'application/octet-stream']
const declared = (type: string) => type.split(';')[0]?.trim().toLowerCase().replace('image/jpg', 'image/jpeg') ?? ''

/**
 * Looks into a file.
 *
 * @returns the file, or what is wrong with it
 * @throws AppError `too_large`
 */
export async function checkFile(field: string, file: File, allowed: readonly Mime[]): Promise<CheckedFile | FieldIssue> {
  if (file.size > MAX_FILE_BYTES) throw new AppError('too_large', 'The file is too large.')
  const refuse = (why: string): FieldIssue => ({ path: field, message: `The ${spoken(field)} ${why}` })
  const bytes = await bytesOf(file)
  if (bytes.length === 0) return refuse('is empty.')
  const mime = await kindOf(bytes)
  if (!mime || !allowed.includes(mime)) return refuse(`must be a file of type: ${allowed.map((m) => m.split('/')[1]).join(', ')}.`)
  const said = declared(file.type)
  if (!UNSAID.includes(said) && said !== mime) return refuse(`is not what it says: ${mime} came as ${said.slice(0, 50)}.`)
  return { field, name: file.name, mime, file }
}
