/**
 * A reader of ASN.1 in DER and BER (ITU-T X.690) for hostile input: every read is bounded, nothing is copied until asked for, and the only error is
 * `DerError`. Elements are parsed when their children are asked for; `raw` always gives the octets as they stood, which is what signatures cover.
 */
import { CONTEXT, decodeOid, DerError, readHeader, Tag, UNIVERSAL } from './der-header.ts'
import { decodeText } from './der-text.ts'
import { parseTime } from './der-time.ts'
import { concatBytes } from './der-write.ts'
import { toHex } from './ids.ts'

export { decodeOid, DerError }

export interface DerOptions {
  /** Allow BER: indefinite lengths, constructed strings, lengths not in their shortest form. Default: DER only. */
  ber?: boolean
  /** The most octets to look at; default 16 MiB. */
  maxBytes?: number
  /** The deepest nesting; default 48. */
  maxDepth?: number
  /** The most elements to parse in all; default 50 000. */
  maxNodes?: number
  /** Allow octets after the element (the padding of a PDF's /Contents). */
  trailing?: boolean
}

/** What the elements of one reading share. */
interface Reading {
  readonly source: Uint8Array
  readonly ber: boolean
  readonly maxDepth: number
  /** How many more may be parsed. */
  nodes: number
}

/** One element: its tag, its octets, and readers for what it should be. A reader that finds something else throws `DerError`. */
export class Asn1 {
  readonly tagClass: number
  readonly tag: number
  readonly constructed: boolean
  readonly #reading: Reading
  readonly #start: number
  readonly #bodyStart: number
  readonly #bodyEnd: number
  readonly #end: number
  readonly #depth: number
  #children: readonly Asn1[] | undefined

  constructor(reading: Reading, start: number, limit: number, depth: number) {
    if (depth > reading.maxDepth) throw new DerError('nested too deep')
    if (--reading.nodes < 0) throw new DerError('too many elements')
    this.#reading = reading
    this.#start = start
    this.#depth = depth
    const identifier = reading.source[start] as number
    const length = reading.source[start + 1] as number
    // One octet for the tag and one for the length, as nearly all have it, is read without a detour.
    if (start + 2 <= limit && (identifier & 0x1f) !== 0x1f && length < 0x80) {
      if (length > limit - start - 2) throw new DerError('the element is longer than what holds it')
      this.tagClass = identifier >> 6
      this.tag = identifier & 0x1f
      this.constructed = (identifier & 0x20) !== 0
      this.#bodyStart = start + 2
      this.#bodyEnd = start + 2 + length
      this.#end = this.#bodyEnd
      return
    }
    const header = readHeader(reading.source, start, limit, reading.ber)
    this.tagClass = header.tagClass
    this.tag = header.tag
    this.constructed = header.constructed
    this.#bodyStart = header.bodyStart
    if (header.bodyEnd === undefined) {
      const { children, end } = this.#readUntilEnd(limit)
      this.#children = children
      this.#bodyEnd = end
      this.#end = end + 2
    } else {
      this.#bodyEnd = header.bodyEnd
      this.#end = header.bodyEnd
    }
  }

  /** The children of an indefinite length, up to the two zero octets that end them. */
  #readUntilEnd(limit: number): { children: Asn1[]; end: number } {
    const { source } = this.#reading
    const children: Asn1[] = []
    let at = this.#bodyStart
    for (;;) {
      if (at + 2 > limit) throw new DerError('the element is cut short')
      if (source[at] === 0 && source[at + 1] === 0) return { children, end: at }
      const child = new Asn1(this.#reading, at, limit, this.#depth + 1)
      children.push(child)
      at = child.#end
    }
  }

  /** The whole element as it stood: a view, not a copy. */
  get raw(): Uint8Array {
    return this.#reading.source.subarray(this.#start, this.#end)
  }

  /** The contents without tag and length. */
  get body(): Uint8Array {
    return this.#reading.source.subarray(this.#bodyStart, this.#bodyEnd)
  }

  /** Whether it was read as DER. */
  get strict(): boolean {
    return !this.#reading.ber
  }

  get byteLength(): number {
    return this.#end - this.#start
  }

  is(tag: number): boolean {
    return this.tagClass === UNIVERSAL && this.tag === tag
  }

  /** Whether it is the context-specific [tag]. */
  isContext(tag: number): boolean {
    return this.tagClass === CONTEXT && this.tag === tag
  }

  get children(): readonly Asn1[] {
    return (this.#children ??= this.#all())
  }

  #all(): readonly Asn1[] {
    if (!this.constructed) throw new DerError('a primitive element where a constructed one belongs')
    if (this.#bodyStart === this.#bodyEnd) return []
    const first = this.#child(this.#bodyStart)
    if (first.#end === this.#bodyEnd) return [first]
    const second = this.#child(first.#end)
    // Most have one or two: arrays of just that size, as one that grows takes room for many.
    const children = [first, second]
    for (let at = second.#end; at < this.#bodyEnd;) {
      const child = this.#child(at)
      children.push(child)
      at = child.#end
    }
    return children
  }

  #child(at: number): Asn1 {
    return new Asn1(this.#reading, at, this.#bodyEnd, this.#depth + 1)
  }

  /** The children one by one, without keeping them: for the thousands of entries of a CRL. */
  *each(): Generator<Asn1> {
    if (!this.constructed) throw new DerError('a primitive element where a constructed one belongs')
    if (this.#children) {
      yield* this.#children
      return
    }
    for (let at = this.#bodyStart; at < this.#bodyEnd;) {
      const child = this.#child(at)
      yield child
      at = child.#end
    }
  }

  /** The one child of an EXPLICIT tag. */
  only(): Asn1 {
    const [child, ...others] = this.children
    if (!child || others.length > 0) throw new DerError('one element belongs here')
    return child
  }

  /** The child at `index`; there must be one. */
  at(index: number): Asn1 {
    const child = this.children[index]
    if (!child) throw new DerError('an element is missing')
    return child
  }

  #expect(tag: number, constructed: boolean): void {
    if (!this.is(tag)) throw new DerError(`tag ${this.tag} where ${tag} belongs`)
    if (this.constructed !== constructed) throw new DerError('primitive and constructed are mixed up')
  }

  sequence(): readonly Asn1[] {
    this.#expect(Tag.sequence, true)
    return this.children
  }

  set(): readonly Asn1[] {
    this.#expect(Tag.set, true)
    return this.children
  }

  oid(): string {
    this.#expect(Tag.oid, false)
    return decodeOid(this.#reading.source, this.#bodyStart, this.#bodyEnd)
  }

  boolean(): boolean {
    this.#expect(Tag.boolean, false)
    const [value, more] = this.body
    if (value === undefined || more !== undefined) throw new DerError('a boolean of the wrong size')
    if (!this.#reading.ber && value !== 0 && value !== 0xff) throw new DerError('a boolean that is neither 0 nor 255')
    return value !== 0
  }

  /** The octets of an INTEGER in two's complement. */
  integerBytes(): Uint8Array {
    this.#expect(Tag.integer, false)
    return this.#number()
  }

  #number(): Uint8Array {
    const { body } = this
    const [first, second] = body
    if (first === undefined) throw new DerError('an empty integer')
    if (second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80)))
      throw new DerError('an integer with padding')
    return body
  }

  integer(): bigint {
    const bytes = this.integerBytes()
    return BigInt.asIntN(bytes.length * 8, BigInt(`0x${toHex(bytes)}`))
  }

  /** An INTEGER from 0 to 2^31 - 1. */
  smallInteger(): number {
    const bytes = this.integerBytes()
    const [first = 0x80] = bytes
    if (first >= 0x80 || bytes.length > 4) throw new DerError('an integer out of range')
    return bytes.reduce((value, octet) => value * 256 + octet, 0)
  }

  /** The number of an ENUMERATED, below 128. */
  enumerated(): number {
    this.#expect(Tag.enumerated, false)
    const [value = 0x80, more] = this.#number()
    if (value >= 0x80 || more !== undefined) throw new DerError('an enumerated value out of range')
    return value
  }

  /** The octets of an OCTET STRING, also of a constructed one (BER). */
  octets(): Uint8Array {
    if (!this.is(Tag.octetString)) throw new DerError('an octet string belongs here')
    return this.implicitOctets()
  }

  /** The octets of an OCTET STRING that another tag stands for. */
  implicitOctets(): Uint8Array {
    if (!this.constructed) return this.body
    if (!this.#reading.ber) throw new DerError('a constructed string where DER is asked for')
    return concatBytes(...this.children.map((part) => part.octets()))
  }

  /** The octets of a BIT STRING and how many of its last bits are unused. */
  bits(): { bytes: Uint8Array; unused: number } {
    this.#expect(Tag.bitString, false)
    const [unused] = this.body
    const bytes = this.body.subarray(1)
    if (unused === undefined || unused > 7 || (unused > 0 && bytes.length === 0)) throw new DerError('a malformed bit string')
    return { bytes, unused }
  }

  /** A BIT STRING of whole octets, as signatures and keys are. */
  bitOctets(): Uint8Array {
    const { bytes, unused } = this.bits()
    if (unused !== 0) throw new DerError('a bit string that is no whole number of octets')
    return bytes
  }

  /** The text of a character string of any of the kinds that names use. */
  text(): string {
    const text = this.constructed || this.tagClass !== UNIVERSAL ? undefined : decodeText(this.tag, this.body)
    if (text === undefined) throw new DerError('no readable string')
    return text
  }

  /** A UTCTime or GeneralizedTime. */
  time(): Date {
    const general = this.is(Tag.generalizedTime)
    if ((!general && !this.is(Tag.utcTime)) || this.constructed) throw new DerError('a time belongs here')
    const time = parseTime(this.body, general, this.#reading.ber)
    if (!time) throw new DerError('no valid time')
    return time
  }
}

/** Reads one element from the start of `bytes`. */
export function readAsn1(bytes: Uint8Array, options: DerOptions = {}): Asn1 {
  const { ber = false, maxBytes = 16 * 1024 * 1024, maxDepth = 48, maxNodes = 50_000, trailing = false } = options
  if (bytes.length > maxBytes) throw new DerError('longer than is looked at')
  const element = new Asn1({ source: bytes, ber, maxDepth, nodes: maxNodes }, 0, bytes.length, 0)
  if (!trailing && element.byteLength !== bytes.length) throw new DerError('something follows the element')
  return element
}
