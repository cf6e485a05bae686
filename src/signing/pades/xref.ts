import { nodeZlib } from '../../lib/node.ts'
import { PDFArray, PDFContext, PDFDict, PDFName, PDFNumber, PDFObjectParser, PDFRawStream } from 'pdf-lib'
import type { PDFObject } from 'pdf-lib'
import { limitParser } from '../../documents/pdf/parser-limits.ts'
import { AppError } from '../../http/errors.ts'
import { findLast, Scanner } from './bytes.ts'

/** Where an object is (ISO 32000-1, 7.5.4 and 7.5.8): at an offset, within an object stream, or nowhere any more. */
export type XrefEntry =
  | { type: 'offset'; offset: number; generation: number }
  | { type: 'packed'; stream: number; index: number }
  | { type: 'free'; generation: number }

export interface Xref {
  /** Kind of the newest section, which the next one must match (7.5.8.4). */
  kind: 'table' | 'stream'
  /** Offset of the newest section: `Prev` of the next one. */
  start: number
  /** Trailer dictionary of the newest section. */
  trailer: PDFDict
  /** Offsets of all sections, newest first. */
  sections: number[]
  entries: Map<number, XrefEntry>
  /** First number that no object ever had. */
  nextNumber: number
}

const LIMITS = { sections: 500, rows: 300_000, number: 8_388_607, inflated: 10_000_000, tail: 2048 } as const

/** What the sections of one file may still take together. */
interface Budget {
  rows: number
  inflated: number
}

export const damaged = (what: string) => new AppError('bad_file', `The PDF is damaged: ${what}.`)

/**
 * Reads the cross-reference chain as viewers do, from the last `startxref` before `end`: tables, streams, hybrids, linearized files.
 * Files that need repair are refused, as an update appended to them would point into nothing.
 *
 * @throws AppError `bad_file`
 */
export function readXref(bytes: Uint8Array, context: PDFContext, end: number = bytes.length): Xref {
  limitParser()
  const at = findLast(bytes, 'startxref', end, end - LIMITS.tail)
  const start = at < 0 ? undefined : new Scanner(bytes, at + 9).number()
  if (start === undefined) throw damaged('its end has no startxref')
  const entries = new Map<number, XrefEntry>()
  const sections: number[] = []
  let newest: Section | undefined
  let size = 0
  const budget: Budget = { rows: LIMITS.rows, inflated: LIMITS.inflated }
  for (let offset: number | undefined = start; offset !== undefined;) {
    if (offset >= end || sections.includes(offset) || sections.length >= LIMITS.sections) {
      throw damaged('its cross-reference sections do not form a chain')
    }
    sections.push(offset)
    const section = readSection(bytes, context, offset, budget)
    if (section.trailer.has(PDFName.of('Encrypt'))) throw new AppError('bad_file', 'The PDF is encrypted. Save it without a password.')
    newest ??= section
    size = Math.max(size, numberIn(section.trailer, 'Size') ?? 0)
    const hybrid = section.kind === 'table' ? numberIn(section.trailer, 'XRefStm') : undefined
    if (hybrid !== undefined) {
      // 7.5.8.4: what the stream has is marked free in the table, for readers that know no streams.
      const hidden = readSection(bytes, context, hybrid, budget)
      if (hidden.kind !== 'stream') throw damaged('its cross-reference stream is missing')
      keepNewer(
        entries,
        section.entries.filter(([, { type }]) => type !== 'free'),
      )
      keepNewer(entries, hidden.entries)
    }
    keepNewer(entries, section.entries)
    offset = numberIn(section.trailer, 'Prev')
  }
  if (!newest) throw damaged('it has no cross-reference')
  if (size > LIMITS.number) throw damaged('its objects have absurd numbers')
  const nextNumber = [...entries.keys()].reduce((max, n) => Math.max(max, n + 1), size)
  return { kind: newest.kind, start, trailer: newest.trailer, sections, entries, nextNumber }
}

interface Section {
  kind: 'table' | 'stream'
  trailer: PDFDict
  entries: [number, XrefEntry][]
}

function keepNewer(entries: Map<number, XrefEntry>, older: [number, XrefEntry][]): void {
  for (const [number, entry] of older) if (!entries.has(number)) entries.set(number, entry)
}

function readSection(bytes: Uint8Array, context: PDFContext, offset: number, budget: Budget): Section {
  const scanner = new Scanner(bytes, offset)
  return scanner.take('xref') ? readTable(scanner, context, budget) : readStream(bytes, context, offset, budget)
}

function readTable(scanner: Scanner, context: PDFContext, budget: Budget): Section {
  const entries: [number, XrefEntry][] = []
  while (!scanner.take('trailer')) {
    const first = scanner.number(8)
    const count = scanner.number(8)
    if (first === undefined || count === undefined) throw damaged('its cross-reference table is malformed')
    for (let i = 0; i < count; i++) {
      const offset = scanner.number(10)
      const generation = scanner.number(5)
      const used = scanner.take('n')
      if (offset === undefined || generation === undefined || (!used && !scanner.take('f')) || --budget.rows < 0) {
        throw damaged('its cross-reference table is malformed')
      }
      entries.push([first + i, used && offset > 0 ? { type: 'offset', offset, generation } : { type: 'free', generation }])
    }
  }
  const trailer = parseAt(scanner.bytes, scanner.at, context)
  if (!(trailer instanceof PDFDict)) throw damaged('its trailer is malformed')
  return { kind: 'table', trailer, entries }
}

function readStream(bytes: Uint8Array, context: PDFContext, offset: number, budget: Budget): Section {
  const stream = parseIndirectAt(bytes, offset, context)?.object
  if (!(stream instanceof PDFRawStream) || stream.dict.get(PDFName.of('Type')) !== PDFName.of('XRef')) {
    throw damaged('there is no cross-reference where it says')
  }
  const { dict } = stream
  const widths = numbersIn(dict, 'W') ?? []
  const index = numbersIn(dict, 'Index') ?? [0, numberIn(dict, 'Size') ?? 0]
  const [w0 = 0, w1 = 0, w2 = 0] = widths
  const width = w0 + w1 + w2
  if (widths.length !== 3 || widths.some((w) => w > 8) || width === 0 || index.length % 2 !== 0) {
    throw damaged('its cross-reference stream is malformed')
  }
  const data = decodeStream(stream, budget.inflated)
  budget.inflated -= data.length
  const field = (at: number, size: number) => {
    let value = 0
    for (let i = 0; i < size; i++) value = value * 256 + (data[at + i] ?? 0)
    return value
  }
  const entries: [number, XrefEntry][] = []
  let at = 0
  for (let i = 0; i < index.length; i += 2) {
    const first = index[i] ?? 0
    for (let j = 0; j < (index[i + 1] ?? 0) && at + width <= data.length; j++, at += width) {
      if (first + j > LIMITS.number || --budget.rows < 0) throw damaged('it holds too many objects')
      const type = w0 === 0 ? 1 : field(at, w0)
      const [second, third] = [field(at + w0, w1), field(at + w0 + w1, w2)]
      if (type === 1) entries.push([first + j, { type: 'offset', offset: second, generation: third }])
      else if (type === 2) entries.push([first + j, { type: 'packed', stream: second, index: third }])
      else entries.push([first + j, { type: 'free', generation: third }])
    }
  }
  return { kind: 'stream', trailer: dict, entries }
}

/** Data of a stream that is not filtered or only deflated, PNG prediction undone (7.4.4.4). */
export function decodeStream(stream: PDFRawStream, limit: number): Uint8Array {
  const { dict, contents } = stream
  const filters = listOf(dict.get(PDFName.of('Filter')))
  const parameters = listOf(dict.get(PDFName.of('DecodeParms')))[0]
  if (filters.length === 0) return contents
  if (limit <= 0) throw damaged('it unpacks to too much')
  if (filters.length > 1 || filters[0] !== PDFName.of('FlateDecode')) throw damaged('its structure is packed in an unusual way')
  let data: Uint8Array
  try {
    const { buffer, byteOffset, byteLength } = nodeZlib().inflateSync(contents, { maxOutputLength: limit })
    data = new Uint8Array(buffer, byteOffset, byteLength)
  } catch (cause) {
    throw Object.assign(damaged('a packed part of it cannot be read'), { cause })
  }
  const predictor = parameters instanceof PDFDict ? (numberIn(parameters, 'Predictor') ?? 1) : 1
  if (predictor === 1 || !(parameters instanceof PDFDict)) return data
  if (predictor < 10) throw damaged('its structure is packed in an unusual way')
  const [columns, colors, bits] = [
    numberIn(parameters, 'Columns') ?? 1,
    numberIn(parameters, 'Colors') ?? 1,
    numberIn(parameters, 'BitsPerComponent') ?? 8,
  ]
  if (colors !== 1 || bits !== 8 || columns > 64) throw damaged('its structure is packed in an unusual way')
  return unpredict(data, columns)
}

const listOf = (value: PDFObject | undefined): PDFObject[] =>
  value === undefined ? [] : value instanceof PDFArray ? value.asArray() : [value]

function unpredict(data: Uint8Array, columns: number): Uint8Array {
  const rows = Math.floor(data.length / (columns + 1))
  const out = new Uint8Array(rows * columns)
  for (let row = 0; row < rows; row++) {
    const filter = data[row * (columns + 1)] ?? 0
    for (let i = 0; i < columns; i++) {
      const at = row * columns + i
      const left = i > 0 ? (out[at - 1] ?? 0) : 0
      const up = row > 0 ? (out[at - columns] ?? 0) : 0
      const corner = i > 0 && row > 0 ? (out[at - columns - 1] ?? 0) : 0
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter]
      if (guess === undefined) throw damaged('a packed part of it cannot be read')
      out[at] = (data[row * (columns + 1) + 1 + i] ?? 0) + guess
    }
  }
  return out
}

function paeth(a: number, b: number, c: number): number {
  const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)]
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c
}

export function numberIn(dict: PDFDict, key: string): number | undefined {
  const value = dict.get(PDFName.of(key))
  if (!(value instanceof PDFNumber)) return undefined
  const number = value.asNumber()
  return Number.isSafeInteger(number) && number >= 0 ? number : undefined
}

function numbersIn(dict: PDFDict, key: string): number[] | undefined {
  const value = dict.get(PDFName.of(key))
  if (!(value instanceof PDFArray)) return undefined
  const numbers = value.asArray().map((n) => (n instanceof PDFNumber ? n.asNumber() : -1))
  return numbers.every((n) => Number.isSafeInteger(n) && n >= 0) ? numbers : undefined
}

/** Parses the object that stands at an offset. */
export function parseAt(bytes: Uint8Array, at: number, context: PDFContext): PDFObject {
  try {
    return PDFObjectParser.forBytes(bytes.subarray(at), context).parseObject()
  } catch (cause) {
    throw Object.assign(damaged('an object in it cannot be read'), { cause })
  }
}

/** Parses `n g obj …` at an offset; undefined when no such thing stands there. */
export function parseIndirectAt(
  bytes: Uint8Array,
  offset: number,
  context: PDFContext,
): { number: number; generation: number; object: PDFObject } | undefined {
  const scanner = new Scanner(bytes, offset)
  const number = scanner.number(8)
  const generation = scanner.number(5)
  if (number === undefined || generation === undefined || !scanner.take('obj')) return undefined
  return { number, generation, object: parseAt(bytes, scanner.at, context) }
}
