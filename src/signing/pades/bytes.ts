// Finding and reading plain ASCII in a PDF's bytes.

const WHITE = new Set([0, 9, 10, 12, 13, 32])
export const isWhite = (byte: number | undefined): boolean => byte !== undefined && WHITE.has(byte)
export const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39

export const ascii = (text: string): Uint8Array<ArrayBuffer> => Buffer.from(text, 'latin1')

/** Bytes as text, one character a byte. For short stretches. */
export const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes)

export function startsAt(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false
  return true
}

/** Last position before `end` at which `text` stands, not before `from`; -1 when there is none. */
export function findLast(bytes: Uint8Array, text: string, end: number, from: number): number {
  for (let at = end - text.length; at >= Math.max(0, from); at--) if (startsAt(bytes, at, text)) return at
  return -1
}

/** First position from `from` at which `text` stands; -1 when there is none before `end`. */
export function findFirst(bytes: Uint8Array, text: string, from: number, end: number): number {
  const first = text.charCodeAt(0)
  for (let at = bytes.indexOf(first, from); at >= 0 && at + text.length <= end; at = bytes.indexOf(first, at + 1)) {
    if (startsAt(bytes, at, text)) return at
  }
  return -1
}

export function concat(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i])

/** A cursor over the tokens of a cross-reference table: white space, comments, unsigned numbers, keywords. */
export class Scanner {
  readonly bytes: Uint8Array
  at: number

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes
    this.at = at
  }

  skipWhite(): void {
    for (;;) {
      while (isWhite(this.bytes[this.at])) this.at++
      if (this.bytes[this.at] !== 0x25) return
      while (this.at < this.bytes.length && this.bytes[this.at] !== 10 && this.bytes[this.at] !== 13) this.at++
    }
  }

  /** Takes a keyword, if it stands here. */
  take(keyword: string): boolean {
    this.skipWhite()
    if (!startsAt(this.bytes, this.at, keyword)) return false
    this.at += keyword.length
    return true
  }

  /** Takes an unsigned number of at most `digits` digits; undefined if none stands here. */
  number(digits = 10): number | undefined {
    this.skipWhite()
    const from = this.at
    while (isDigit(this.bytes[this.at]) && this.at - from <= digits) this.at++
    const length = this.at - from
    return length === 0 || length > digits ? undefined : Number(latin1(this.bytes.subarray(from, this.at)))
  }
}
