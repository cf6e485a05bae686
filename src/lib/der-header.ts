// The identifier and length octets of X.690, section 8.1, and object identifiers.
import { Remembered } from './remembered.ts'

/** What does not follow the encoding or the expected shape. */
export class DerError extends Error {
  override readonly name = 'DerError'
}

export const UNIVERSAL = 0
export const CONTEXT = 2

export const Tag = {
  boolean: 1,
  integer: 2,
  bitString: 3,
  octetString: 4,
  null: 5,
  oid: 6,
  enumerated: 10,
  utf8: 12,
  sequence: 16,
  set: 17,
  numeric: 18,
  printable: 19,
  t61: 20,
  ia5: 22,
  utcTime: 23,
  generalizedTime: 24,
  visible: 26,
  universalString: 28,
  bmp: 30,
} as const

export interface Header {
  readonly tagClass: number
  readonly tag: number
  readonly constructed: boolean
  readonly bodyStart: number
  /** `undefined` for an indefinite length. */
  readonly bodyEnd: number | undefined
}

/** Reads tag and length at `start`; what they announce must end by `limit`. */
export function readHeader(source: Uint8Array, start: number, limit: number, ber: boolean): Header {
  let at = start
  const first = octetAt(source, at++, limit)
  let tag = first & 0x1f
  if (tag === 0x1f) {
    tag = 0
    for (let octets = 0; ; octets++) {
      const octet = octetAt(source, at++, limit)
      if (octets === 0 && octet === 0x80) throw new DerError('a tag number with leading zeros')
      if (octets === 3) throw new DerError('the tag number is too big')
      tag = tag * 128 + (octet & 0x7f)
      if (octet < 0x80) break
    }
    if (tag < 0x1f) throw new DerError('a small tag number in the long form')
  }
  const [tagClass, constructed] = [first >> 6, (first & 0x20) !== 0]
  let length = octetAt(source, at++, limit)
  if (length === 0x80) {
    if (!ber || !constructed) throw new DerError('an indefinite length where DER is asked for')
    return { tagClass, tag, constructed, bodyStart: at, bodyEnd: undefined }
  }
  if (length > 0x80) {
    const octets = length - 0x80
    if (octets > 6) throw new DerError('the length is too big')
    length = 0
    for (let i = 0; i < octets; i++) length = length * 256 + octetAt(source, at++, limit)
    const shortest = length < 0x80 ? 0 : Math.ceil(Math.log2(length + 1) / 8)
    if (!ber && shortest !== octets) throw new DerError('a length not in its shortest form')
  }
  if (length > limit - at) throw new DerError('the element is longer than what holds it')
  return { tagClass, tag, constructed, bodyStart: at, bodyEnd: at + length }
}

function octetAt(source: Uint8Array, at: number, limit: number): number {
  if (at >= limit) throw new DerError('the element is cut short')
  return source[at] as number
}

/** The same few dozen stand in every certificate. */
const identifiers = new Remembered<string>(256, 32)

/** Object identifiers as dotted numbers; arcs of any size up to 64 octets in all. */
export function decodeOid(source: Uint8Array, start = 0, end = source.length): string {
  const known = identifiers.get(source, start, end)
  if (known !== undefined) return known
  const body = source.slice(start, end)
  const text = readOid(body)
  identifiers.set(body, text)
  return text
}

function readOid(body: Uint8Array): string {
  if (body.length === 0 || body.length > 64 || (body.at(-1) as number) >= 0x80) throw new DerError('a malformed object identifier')
  let text = ''
  // Numbers as long as they are exact, which but for arcs made of UUIDs they all are.
  let arc: number | bigint = 0
  let fresh = true
  for (const octet of body) {
    if (fresh && octet === 0x80) throw new DerError('an object identifier with padding')
    fresh = octet < 0x80
    if (typeof arc === 'number' && arc > MAXIMUM_EXACT) arc = BigInt(arc)
    arc = typeof arc === 'number' ? arc * 128 + (octet & 0x7f) : arc * 128n + BigInt(octet & 0x7f)
    if (!fresh) continue
    text += text === '' ? firstArcs(arc) : `.${arc}`
    arc = 0
  }
  return text
}

/** The largest number to which seven bits more can be added. */
const MAXIMUM_EXACT = 2 ** 45

/** Two arcs that are written as one (8.19.4). */
function firstArcs(both: number | bigint): string {
  if (typeof both === 'bigint') return `2.${both - 80n}`
  const root = Math.min(2, Math.floor(both / 40))
  return `${root}.${both - root * 40}`
}
