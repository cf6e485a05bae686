import { nodeZlib } from '../../lib/node.ts'
import {
  PDFDict,
  PDFHexString,
  PDFName,
  PDFObjectParser,
  PDFObjectStreamParser,
  PDFParser,
  PDFRawStream,
  PDFString,
  PDFXRefStreamParser,
} from 'pdf-lib'
import type { PDFContext } from 'pdf-lib'

/** Most bytes that the object streams of one file may unpack to. */
const MAX_OBJECT_STREAMS = 20_000_000
const MAX_STRING = 1_000_000
const [OPEN, CLOSE, BACKSLASH, GREATER] = [0x28, 0x29, 0x5c, 0x3e]
/** Most values (numbers, names, arrays, …) in one file: each costs some 50 bytes of memory. */
const MAX_VALUES = 1_000_000
const spent = new WeakMap<PDFContext, { bytes: number; values: number }>()

function spentBy(context: PDFContext): { bytes: number; values: number } {
  let spending = spent.get(context)
  if (!spending) spent.set(context, (spending = { bytes: 0, values: 0 }))
  return spending
}

/** The cursor that pdf-lib's parsers share; its own typing keeps it private. */
interface Cursor {
  bytes: { done(): boolean; next(): number; peek(): number; offset(): number; slice(start: number, end: number): Uint8Array }
  skipWhitespaceAndComments(): void
}

const latin1 = (bytes: Uint8Array) => {
  let text = ''
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return text
}

let done = false

/**
 * Bounds pdf-lib 1.17's parser, which trusts its input: object streams inflated without a limit, cross-reference counts taken as true,
 * junk searched in quadratic time, strings built a character at a time. It has no seam for that, so six of its methods are replaced, once
 * per isolate; well-formed files are read as before.
 */
export function limitParser(): void {
  if (done) return
  done = true

  const parseObjects = PDFObjectStreamParser.forStream
  PDFObjectStreamParser.forStream = (stream, wait) => parseObjects(inflated(stream), wait)

  // pdf-lib reads the objects themselves in file order and uses nothing of a cross-reference stream but its trailer.
  Object.assign(PDFXRefStreamParser, {
    forStream({ dict }: PDFRawStream) {
      const [Root, Encrypt, Info, ID] = ['Root', 'Encrypt', 'Info', 'ID'].map((key) => dict.get(PDFName.of(key)))
      return { parseIntoContext: () => void Object.assign(dict.context.trailerInfo, { Root, Encrypt, Info, ID }) }
    },
  })

  Object.assign(PDFParser.prototype, {
    skipJibberish(this: Cursor) {
      this.skipWhitespaceAndComments()
      // An object's number, or the x, t, s of xref, trailer, startxref.
      if (!this.bytes.done() && !/[0-9xts]/.test(String.fromCharCode(this.bytes.peek()))) throw new Error('Junk between objects')
    },
  })

  // oxlint-disable-next-line typescript/unbound-method -- called with the parser as its `this` below
  const { parseObject } = PDFObjectParser.prototype
  Object.assign(PDFObjectParser.prototype, {
    parseObject(this: PDFObjectParser & { context: PDFContext }) {
      if (++spentBy(this.context).values > MAX_VALUES) throw new Error('Too many values')
      return parseObject.call(this)
    },
    /** ISO 32000-1, 7.3.4.2: parentheses nest, a backslash escapes. The escapes stay, as pdf-lib decodes them on demand. */
    parseString(this: Cursor) {
      const { bytes } = this
      const start = bytes.offset()
      let level = 0
      while (!bytes.done() && bytes.offset() - start < MAX_STRING) {
        const byte = bytes.next()
        if (byte === BACKSLASH && !bytes.done()) bytes.next()
        else if (byte === OPEN) level++
        else if (byte === CLOSE && --level === 0) return PDFString.of(latin1(bytes.slice(start + 1, bytes.offset() - 1)))
      }
      throw new Error('A string is not closed or too long')
    },
    parseHexString(this: Cursor) {
      const { bytes } = this
      const start = bytes.offset()
      while (!bytes.done() && bytes.offset() - start < MAX_STRING) {
        if (bytes.next() === GREATER) return PDFHexString.of(latin1(bytes.slice(start + 1, bytes.offset() - 1)))
      }
      throw new Error('A string is not closed or too long')
    },
  })
}

/** The same object stream without its filter: inflated natively, and never beyond the bound. */
function inflated(stream: PDFRawStream): PDFRawStream {
  const { dict, contents } = stream
  const { context } = dict
  const filter = dict.lookup(PDFName.of('Filter'))
  if (filter !== undefined && filter !== PDFName.of('FlateDecode')) throw new Error('Object streams may only be deflated')
  const bytes = filter ? new Uint8Array(nodeZlib().inflateSync(contents, { maxOutputLength: 2 * MAX_OBJECT_STREAMS })) : contents
  const spending = spentBy(context)
  spending.bytes += bytes.length
  if (spending.bytes > MAX_OBJECT_STREAMS) throw new Error('The object streams are too large')
  const entries = new Map(dict.entries())
  entries.delete(PDFName.of('Filter'))
  return PDFRawStream.of(PDFDict.fromMapWithContext(entries, context), bytes)
}
