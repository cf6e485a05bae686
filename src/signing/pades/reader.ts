import { PDFArray, PDFContext, PDFDict, PDFHexString, PDFName, PDFNumber, PDFRawStream, PDFRef, PDFString } from 'pdf-lib'
import type { PDFObject } from 'pdf-lib'
import { looksLikePdf } from '../../documents/magic.ts'
import { AppError } from '../../http/errors.ts'
import { hasAbsurdToken } from '../../documents/pdf/tokens.ts'
import { Scanner } from './bytes.ts'
import { damaged, decodeStream, numberIn, parseAt, parseIndirectAt, readXref } from './xref.ts'
import type { Xref } from './xref.ts'

/** Bounds of what is opened here; our own sealed files may be larger than uploads. Bytes. */
const LIMITS = { file: 60_000_000, unpacked: 40_000_000, pages: 2000 } as const

const ABSURD = 'it holds a name or a number of absurd length'

/**
 * One revision of a PDF, read as viewers read it: through its cross-reference, an object at a time. What is not asked for costs nothing,
 * so the price of a signature does not grow with the document. Objects are pdf-lib's; those read are the reader's own and may be changed
 * by who appends an update.
 *
 * pdf-lib's own loader takes objects in file order and ignores the cross-reference; a hostile file shows it something else than it shows
 * a viewer, and that is why it is not used here.
 */
export class PdfReader {
  readonly bytes: Uint8Array
  readonly context: PDFContext
  readonly xref: Xref
  readonly catalog: PDFDict
  readonly catalogRef: PDFRef
  readonly #objects = new Map<number, PDFObject | undefined>()
  readonly #packed = new Map<number, { data: Uint8Array; offsets: Map<number, number> }>()
  #unpacked = 0
  /** Bytes of streams that were read: objects do not overlap, so that there are no more than the file has. */
  #streamed = 0

  /**
   * @param end where the revision ends; by default the newest
   * @throws AppError `bad_file`: no PDF, damaged, encrypted or beyond bounds
   */
  constructor(bytes: Uint8Array, end: number = bytes.length) {
    if (!looksLikePdf(bytes)) throw new AppError('bad_file', 'This is not a PDF.')
    if (bytes.length > LIMITS.file) throw new AppError('bad_file', `The file is larger than ${LIMITS.file / 1e6} MB.`)
    if (end === bytes.length && hasAbsurdToken(bytes)) throw damaged(ABSURD)
    this.bytes = end === bytes.length ? bytes : bytes.subarray(0, end)
    this.context = PDFContext.create()
    this.xref = readXref(this.bytes, this.context)
    const root = this.xref.trailer.get(PDFName.of('Root'))
    const catalog = this.deref(root)
    if (!(root instanceof PDFRef) || !(catalog instanceof PDFDict)) throw damaged('it has no catalog')
    this.catalogRef = root
    this.catalog = catalog
  }

  /** The object of this number, as the cross-reference has it; undefined where there is none. */
  get(number: number): PDFObject | undefined {
    if (!this.#objects.has(number)) {
      // Whoever comes back here while it is being read, comes from the object itself.
      this.#objects.set(number, undefined)
      this.#objects.set(number, this.#read(number))
    }
    return this.#objects.get(number)
  }

  /** Follows references. Circles lead to undefined. */
  deref(value: PDFObject | undefined): PDFObject | undefined {
    let object = value
    for (let i = 0; object instanceof PDFRef; i++) {
      const entry = this.xref.entries.get(object.objectNumber)
      const generation = entry?.type === 'offset' ? entry.generation : 0
      if (i > 20 || generation !== object.generationNumber) return undefined
      object = this.get(object.objectNumber)
    }
    return object
  }

  dictAt(dict: PDFDict, key: string): PDFDict | undefined {
    const value = this.deref(dict.get(PDFName.of(key)))
    return value instanceof PDFDict ? value : undefined
  }

  arrayAt(dict: PDFDict, key: string): PDFArray | undefined {
    const value = this.deref(dict.get(PDFName.of(key)))
    return value instanceof PDFArray ? value : undefined
  }

  nameAt(dict: PDFDict, key: string): string | undefined {
    const value = this.deref(dict.get(PDFName.of(key)))
    return value instanceof PDFName ? value.decodeText() : undefined
  }

  numberAt(dict: PDFDict, key: string): number | undefined {
    const value = this.deref(dict.get(PDFName.of(key)))
    return value instanceof PDFNumber ? value.asNumber() : undefined
  }

  textAt(dict: PDFDict, key: string): string | undefined {
    const value = this.deref(dict.get(PDFName.of(key)))
    return value instanceof PDFString || value instanceof PDFHexString ? value.decodeText() : undefined
  }

  bytesAt(dict: PDFDict, key: string): Uint8Array | undefined {
    const value = this.deref(dict.get(PDFName.of(key)))
    return value instanceof PDFString || value instanceof PDFHexString ? value.asBytes() : undefined
  }

  /**
   * References to the first `limit` pages, in order. What is none in the tree is passed over; `strict` refuses it: readers count it, and would show other
   * pages than these once there are more.
   */
  pages(limit: number = LIMITS.pages, strict = false): PDFRef[] {
    const found: PDFRef[] = []
    const seen = new Set<PDFRef>()
    const stray = () => {
      if (strict) throw damaged('its page tree is malformed')
    }
    const visit = (ref: PDFObject | undefined, depth: number): void => {
      if (found.length >= limit) return
      if (!(ref instanceof PDFRef)) return stray()
      if (seen.has(ref) || depth > 64 || seen.size > 10 * LIMITS.pages) throw damaged('its page tree is malformed')
      seen.add(ref)
      const node = this.deref(ref)
      if (!(node instanceof PDFDict)) return stray()
      const kids = this.arrayAt(node, 'Kids')
      if (!kids) found.push(ref)
      else for (const kid of kids.asArray()) visit(kid, depth + 1)
    }
    visit(this.catalog.get(PDFName.of('Pages')), 0)
    return found
  }

  #read(number: number): PDFObject | undefined {
    const entry = this.xref.entries.get(number)
    if (!entry || entry.type === 'free') return undefined
    if (entry.type === 'packed') {
      const { data, offsets } = this.#objectStream(entry.stream)
      const at = offsets.get(number)
      return at === undefined ? undefined : parseAt(data, at, this.context)
    }
    const found = parseIndirectAt(this.bytes, entry.offset, this.context)
    if (found?.number !== number || found.generation !== entry.generation) throw damaged('an object is not where the cross-reference says')
    if (found.object instanceof PDFRawStream) {
      this.#streamed += found.object.contents.length
      if (this.#streamed > this.bytes.length) throw damaged('its objects overlap')
    }
    return found.object
  }

  #objectStream(number: number) {
    const known = this.#packed.get(number)
    if (known) return known
    const entry = this.xref.entries.get(number)
    const stream = entry?.type === 'offset' ? this.get(number) : undefined
    if (!(stream instanceof PDFRawStream)) throw damaged('an object stream is missing')
    const data = decodeStream(stream, LIMITS.unpacked - this.#unpacked)
    this.#unpacked += data.length
    if (hasAbsurdToken(data)) throw damaged(ABSURD)
    const [first, count] = [numberIn(stream.dict, 'First') ?? 0, numberIn(stream.dict, 'N') ?? 0]
    const scanner = new Scanner(data, 0)
    const offsets = new Map<number, number>()
    for (let i = 0; i < count && scanner.at < first; i++) {
      const [object, offset] = [scanner.number(), scanner.number()]
      if (object === undefined || offset === undefined) break
      offsets.set(object, first + offset)
    }
    const unpacked = { data, offsets }
    this.#packed.set(number, unpacked)
    return unpacked
  }
}
