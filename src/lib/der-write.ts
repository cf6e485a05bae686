/** A writer of DER (ITU-T X.690). Each function gives a whole element; parts that are elements already are put in as they are. */
import { formatGeneralizedTime } from './der-time.ts'

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length]
  const octets: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256)
  return [0x80 + octets.length, ...octets]
}

/** An element with the identifier octet `tag` (class, form and a number below 31 in one). */
export function element(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  return concatBytes(Uint8Array.from([tag, ...lengthOctets(length)]), ...parts)
}

/** Bytewise order, a shorter one first where it is the beginning of the other (X.690, 11.6). */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return (a[i] as number) - (b[i] as number)
  return a.length - b.length
}

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && compareBytes(a, b) === 0

export const sequence = (...parts: readonly Uint8Array[]): Uint8Array => element(0x30, ...parts)
/** SET OF in its DER order. */
export const setOf = (...parts: readonly Uint8Array[]): Uint8Array => element(0x31, ...parts.toSorted(compareBytes))
/** [n] around whole elements. */
export const explicit = (n: number, ...parts: readonly Uint8Array[]): Uint8Array => element(0xa0 + n, ...parts)
/** [n] in place of the tag of a primitive element. */
export const implicit = (n: number, body: Uint8Array): Uint8Array => element(0x80 + n, body)
export const octetString = (bytes: Uint8Array): Uint8Array => element(0x04, bytes)
export const bitString = (bytes: Uint8Array, unused = 0): Uint8Array => element(0x03, Uint8Array.of(unused), bytes)
export const boolean = (value: boolean): Uint8Array => Uint8Array.of(0x01, 0x01, value ? 0xff : 0)
export const nullValue = (): Uint8Array => Uint8Array.of(0x05, 0x00)
export const utf8String = (text: string): Uint8Array => element(0x0c, new TextEncoder().encode(text))
export const enumerated = (value: number): Uint8Array => element(0x0a, Uint8Array.of(value))

/** A string of one octet a character: PrintableString (19), NumericString (18) or IA5String (22). */
export function asciiString(tag: 18 | 19 | 22, text: string): Uint8Array {
  return element(
    tag,
    Uint8Array.from(text, (character) => character.charCodeAt(0) & 0x7f),
  )
}

/** An INTEGER that is not negative, from a number or from its octets, big-endian. */
export function unsignedInteger(value: bigint | number | Uint8Array): Uint8Array {
  let octets: Uint8Array
  if (value instanceof Uint8Array) {
    octets = value.subarray(value.findIndex((octet) => octet !== 0))
    if (value.every((octet) => octet === 0)) octets = Uint8Array.of(0)
  } else {
    const hex = value.toString(16)
    const even = hex.length % 2 ? `0${hex}` : hex
    octets = Uint8Array.from({ length: even.length / 2 }, (_, i) => Number.parseInt(even.slice(i * 2, i * 2 + 2), 16))
  }
  return (octets[0] as number) >= 0x80 ? element(0x02, Uint8Array.of(0), octets) : element(0x02, octets)
}

/** An OBJECT IDENTIFIER from its dotted form. */
export function oid(dotted: string): Uint8Array {
  const [first = 0n, second = 0n, ...rest] = dotted.split('.').map(BigInt)
  const octets: number[] = []
  for (const arc of [first * 40n + second, ...rest]) {
    const digits = [Number(arc & 0x7fn)]
    for (let left = arc >> 7n; left > 0n; left >>= 7n) digits.unshift(Number(left & 0x7fn) | 0x80)
    octets.push(...digits)
  }
  return element(0x06, Uint8Array.from(octets))
}

export const generalizedTime = (time: Date): Uint8Array => element(0x18, new TextEncoder().encode(formatGeneralizedTime(time)))

/** UTCTime until 2049 and GeneralizedTime afterwards, to the second (RFC 5280, 4.1.2.5; RFC 5652, 11.3). */
export function time(moment: Date): Uint8Array {
  const year = moment.getUTCFullYear()
  if (year < 1950 || year > 2049) return generalizedTime(moment)
  return element(0x17, new TextEncoder().encode(formatGeneralizedTime(moment).slice(2)))
}

/** AlgorithmIdentifier: with NULL parameters, with others, or (`null`) without. */
export function algorithm(dotted: string, parameters: Uint8Array | null = nullValue()): Uint8Array {
  return parameters ? sequence(oid(dotted), parameters) : sequence(oid(dotted))
}
