import { nodeCrypto } from '../../lib/node.ts'
import { PDFArray, PDFDict, PDFHexString, PDFName, PDFNumber, PDFRawStream, PDFRef } from 'pdf-lib'
import type { PDFObject } from 'pdf-lib'
import { ascii, concat } from './bytes.ts'
import type { PdfReader } from './reader.ts'
import { damaged } from './xref.ts'

/** An indirect object within which something is changed. */
export interface Holder {
  ref: PDFRef
  object: PDFObject
}

/**
 * An incremental update (ISO 32000-1, 7.5.6): new and changed objects, a cross-reference section of the kind that the file ends with, and
 * a trailer that points back. The bytes before it stay as they are, and with them every signature over them.
 */
export class Update {
  readonly reader: PdfReader
  readonly #changed = new Map<PDFRef, PDFObject>()
  #next: number

  /** @param nextNumber first number for new objects, where some were given out elsewhere */
  constructor(reader: PdfReader, nextNumber: number = reader.xref.nextNumber) {
    this.reader = reader
    this.#next = Math.max(nextNumber, reader.xref.nextNumber)
  }

  /** Adds an object under a new number. */
  add(object: PDFObject): PDFRef {
    const ref = PDFRef.of(this.#next++)
    this.#changed.set(ref, object)
    return ref
  }

  /** Replaces an object. */
  set(ref: PDFRef, object: PDFObject): void {
    this.#changed.set(ref, object)
    this.#next = Math.max(this.#next, ref.objectNumber + 1)
  }

  /** The catalog, as what holds the things that are edited. */
  get catalog(): Holder {
    return { ref: this.reader.catalogRef, object: this.reader.catalog }
  }

  /** The array under a key of a dictionary, to be pushed to. What holds it is written anew: an object of its own, or the given holder. */
  editArray(holder: Holder, dict: PDFDict, key: string): PDFArray {
    const array = this.reader.arrayAt(dict, key) ?? PDFArray.withContext(this.reader.context)
    this.#edit(holder, dict, key, array)
    return array
  }

  /** The dictionary under a key, to be changed, and what holds it. */
  editDict(holder: Holder, dict: PDFDict, key: string): { dict: PDFDict; holder: Holder } {
    const inner = this.reader.dictAt(dict, key) ?? PDFDict.withContext(this.reader.context)
    return { dict: inner, holder: this.#edit(holder, dict, key, inner) }
  }

  #edit(holder: Holder, dict: PDFDict, key: string, value: PDFObject): Holder {
    const current = dict.get(PDFName.of(key))
    if (current instanceof PDFRef && this.reader.deref(current) === value) {
      // The last of a row of references is what really holds the value.
      let ref = current
      for (let next = this.reader.get(ref.objectNumber); next instanceof PDFRef; next = this.reader.get(ref.objectNumber)) ref = next
      this.set(ref, value)
      return { ref, object: value }
    }
    dict.set(PDFName.of(key), value)
    this.set(holder.ref, holder.object)
    return holder
  }

  /** The file with the update at its end, and where each written object stands in it. */
  write(): { bytes: Uint8Array<ArrayBuffer>; spans: Map<PDFRef, { start: number; end: number }> } {
    const { bytes, xref } = this.reader
    const parts: Uint8Array[] = [bytes]
    const spans = new Map<PDFRef, { start: number; end: number }>()
    let at = bytes.length
    const put = (part: Uint8Array) => {
      parts.push(part)
      at += part.length
    }
    if (bytes[at - 1] !== 10 && bytes[at - 1] !== 13) put(ascii('\n'))
    const refs = [...this.#changed.keys()].sort((a, b) => a.objectNumber - b.objectNumber)
    for (const ref of refs) {
      const object = this.#changed.get(ref)
      if (!object) continue
      const start = at
      put(ascii(`${ref.objectNumber} ${ref.generationNumber} obj\n`))
      put(serialize(object))
      put(ascii('\nendobj\n'))
      spans.set(ref, { start, end: at })
    }
    const start = at
    const rows = refs.map((ref) => ({ number: ref.objectNumber, generation: ref.generationNumber, offset: spans.get(ref)?.start ?? 0 }))
    const trailer = this.#trailer(parts.slice(1))
    put(xref.kind === 'table' ? table(rows, trailer) : this.#stream(rows, trailer, start))
    put(ascii(`startxref\n${start}\n%%EOF\n`))
    return { bytes: concat(...parts), spans }
  }

  #trailer(written: Uint8Array[]): PDFDict {
    const { context, xref } = this.reader
    const trailer = PDFDict.withContext(context)
    trailer.set(PDFName.of('Size'), PDFNumber.of(this.#next))
    trailer.set(PDFName.of('Prev'), PDFNumber.of(xref.start))
    for (const key of ['Root', 'Info']) {
      const value = xref.trailer.get(PDFName.of(key))
      if (value) trailer.set(PDFName.of(key), value)
    }
    const first = this.reader.arrayAt(xref.trailer, 'ID')?.get(0)
    if (first) {
      // 14.4: the first half names the file for ever, the second this version of it.
      const hash = nodeCrypto().createHash('sha256').update(first.toString())
      for (const part of written) hash.update(part)
      const id = PDFArray.withContext(context)
      id.push(first)
      id.push(PDFHexString.of(hash.update(String(xref.start)).digest('hex').slice(0, 32)))
      trailer.set(PDFName.of('ID'), id)
    }
    return trailer
  }

  #stream(rows: Row[], trailer: PDFDict, start: number): Uint8Array {
    const number = this.#next
    const all = [...rows, { number, generation: 0, offset: start }]
    const data = new Uint8Array(all.length * 7)
    const view = new DataView(data.buffer)
    for (const [i, row] of all.entries()) {
      view.setUint8(i * 7, 1)
      view.setUint32(i * 7 + 1, row.offset)
      view.setUint16(i * 7 + 5, row.generation)
    }
    const { context } = this.reader
    const index = runs(all).flatMap((run) => [run[0]?.number ?? 0, run.length])
    trailer.set(PDFName.of('Type'), PDFName.of('XRef'))
    trailer.set(PDFName.of('Size'), PDFNumber.of(number + 1))
    trailer.set(PDFName.of('W'), context.obj([1, 4, 2]))
    trailer.set(PDFName.of('Index'), context.obj(index))
    return concat(ascii(`${number} 0 obj\n`), serialize(PDFRawStream.of(trailer, data)), ascii('\nendobj\n'))
  }
}

interface Row {
  number: number
  generation: number
  offset: number
}

/** Rows, in order, cut where numbers leave gaps. */
function runs(rows: Row[]): Row[][] {
  const out: Row[][] = []
  for (const row of rows) {
    const last = out.at(-1)
    if (last && last.at(-1)?.number === row.number - 1) last.push(row)
    else out.push([row])
  }
  return out
}

/** 7.5.4: rows of exactly 20 bytes. */
function table(rows: Row[], trailer: PDFDict): Uint8Array {
  const digits = (n: number, width: number) => String(n).padStart(width, '0')
  const sections = runs(rows).map(
    (run) => `${run[0]?.number ?? 0} ${run.length}\n${run.map((r) => `${digits(r.offset, 10)} ${digits(r.generation, 5)} n \n`).join('')}`,
  )
  return concat(ascii(`xref\n${sections.join('')}trailer\n`), serialize(trailer), ascii('\n'))
}

/** An object as the file has it. */
export function serialize(object: PDFObject): Uint8Array<ArrayBuffer> {
  if (nesting(object, 0) > 200) throw damaged('its objects are nested too deeply')
  const out = new Uint8Array(object.sizeInBytes())
  object.copyBytesInto(out, 0)
  return out
}

function nesting(object: PDFObject, depth: number): number {
  if (depth > 200) return depth
  const inner = object instanceof PDFArray ? object.asArray() : object instanceof PDFDict ? object.values() : []
  return inner.reduce((deepest, value) => Math.max(deepest, nesting(value, depth + 1)), depth)
}
