import {
  EncryptedPDFError,
  ParseSpeeds,
  PDFArray,
  PDFDict,
  PDFDocument,
  PDFName,
  PDFNumber,
  PDFPageLeaf,
  PDFPageTree,
  PDFRef,
} from 'pdf-lib'
import { AppError } from '../../http/errors.ts'
import { looksLikePdf } from '../magic.ts'
import { limitParser } from './parser-limits.ts'
import { hasAbsurdToken } from './tokens.ts'

/** Bounds of a PDF that comes from outside. */
export const PDF_LIMITS = { file: 15_000_000, pages: 1000, objects: 200_000, objectNumber: 8_388_607, token: 20_000 } as const

const bad = (message: string) => new AppError('bad_file', message)

/**
 * Runs what reads or changes a PDF from outside. Whatever its structure makes pdf-lib throw becomes a refusal; the cause is kept for logs.
 *
 * @throws AppError `bad_file`, or any AppError that `work` throws itself
 */
export async function withPdf<T>(work: () => Promise<T> | T): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof AppError) throw error
    throw Object.assign(bad('The PDF is damaged: its structure cannot be read.'), { cause: error })
  }
}

/**
 * Loads a PDF that comes from a stranger: strict and bounded in size, objects and pages, whose tree is known to be a tree afterwards.
 * Encrypted files are refused, as what they say could not be shown to a signer.
 *
 * @throws AppError `bad_file`
 */
export async function loadPdf(bytes: Uint8Array, maxBytes: number = PDF_LIMITS.file): Promise<PDFDocument> {
  if (!looksLikePdf(bytes)) throw bad('This is not a PDF.')
  if (bytes.length > maxBytes) throw bad(`The file is larger than ${maxBytes / 1e6} MB.`)
  if (!String.fromCharCode(...bytes.subarray(-4096)).includes('%%EOF'))
    throw bad('The PDF is damaged: its end is missing. It may have been cut off on the way.')
  if (hasAbsurdToken(bytes, PDF_LIMITS.token)) throw bad('The PDF is damaged: it holds a name or a number of absurd length.')
  limitParser()
  return withPdf(async () => {
    const doc = await parse(bytes)
    const { context } = doc
    if (context.trailerInfo.Encrypt !== undefined) throw encrypted()
    if (context.enumerateIndirectObjects().length > PDF_LIMITS.objects || context.largestObjectNumber > PDF_LIMITS.objectNumber) {
      throw bad('The PDF holds too many objects.')
    }
    checkPages(doc)
    return doc
  })
}

async function parse(bytes: Uint8Array): Promise<PDFDocument> {
  try {
    return await PDFDocument.load(bytes, { updateMetadata: false, throwOnInvalidObject: true, parseSpeed: ParseSpeeds.Fastest })
  } catch (error) {
    // Object streams of an encrypted file fail before pdf-lib comes to see why.
    if (error instanceof EncryptedPDFError || includes(bytes, '/Encrypt')) throw encrypted()
    throw error
  }
}

const encrypted = () => bad('The PDF is encrypted. Save it without a password.')

function includes(bytes: Uint8Array, text: string): boolean {
  const wanted = Array.from(text, (c) => c.charCodeAt(0))
  const first = wanted[0] ?? 0
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (wanted.every((byte, i) => bytes[at + i] === byte)) return true
  }
  return false
}

/** The page tree must be one: no cycles, no page twice (which can multiply), every page with a usable size. Wrong counts are put right. */
function checkPages(doc: PDFDocument): void {
  const malformed = () => bad('The PDF is damaged: its page tree is malformed.')
  const seen = new Set<unknown>()
  let pages = 0
  const count = (node: unknown, depth: number): number => {
    if (seen.has(node) || depth > 64 || seen.size > 10 * PDF_LIMITS.pages) throw malformed()
    seen.add(node)
    if (node instanceof PDFPageLeaf) {
      if (++pages > PDF_LIMITS.pages) throw bad(`The PDF has more than ${PDF_LIMITS.pages} pages.`)
      return 1
    }
    const kids = node instanceof PDFPageTree ? node.lookup(PDFName.of('Kids')) : undefined
    if (!(node instanceof PDFPageTree) || !(kids instanceof PDFArray)) throw malformed()
    const leaves = kids.asArray().reduce((sum, ref) => {
      if (!(ref instanceof PDFRef)) throw malformed()
      return sum + count(doc.context.lookup(ref), depth + 1)
    }, 0)
    node.set(PDFName.of('Count'), PDFNumber.of(leaves))
    return leaves
  }
  if (count(doc.catalog.lookup(PDFName.of('Pages')), 0) === 0) throw bad('The PDF has no pages.')
  for (const page of doc.getPages()) {
    const { width, height } = page.getMediaBox()
    if (!(width > 0 && height > 0 && width < 20_000 && height < 20_000)) throw bad('The PDF is damaged: a page has no usable size.')
  }
}

/** Every dictionary in the file, also those within others and those of streams. */
export function* everyDict(doc: PDFDocument): Generator<PDFDict> {
  for (const [, object] of doc.context.enumerateIndirectObjects()) {
    const stack: unknown[] = [object]
    while (stack.length) {
      const item = stack.pop()
      const dict = item instanceof PDFDict ? item : dictOfStream(item)
      if (dict) {
        yield dict
        for (const value of dict.values()) stack.push(value)
      } else if (item instanceof PDFArray) for (const value of item.asArray()) stack.push(value)
    }
  }
}

export const dictOfStream = (object: unknown): PDFDict | undefined =>
  typeof object === 'object' && object !== null && 'dict' in object && object.dict instanceof PDFDict ? object.dict : undefined
