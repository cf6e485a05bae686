/**
 * What was made of octets lately, by those octets, for things that never change: the same authorities, names and identifiers stand in every signature.
 * It holds no more than `most`; what was not asked for lately is forgotten first.
 */
export class Remembered<T> {
  readonly #half: number
  readonly #longest: number
  #recent = new Map<number, Entry<T>>()
  #older = new Map<number, Entry<T>>()

  /** Octets longer than `longest` are not kept. */
  constructor(most: number, longest: number) {
    this.#half = most >> 1
    this.#longest = longest
  }

  get(source: Uint8Array, start = 0, end = source.length): T | undefined {
    if (end - start > this.#longest) return undefined
    const sum = checksum(source, start, end)
    const recent = this.#recent.get(sum)
    if (recent && isSame(recent.octets, source, start, end)) return recent.value
    const older = this.#older.get(sum)
    if (!older || !isSame(older.octets, source, start, end)) return undefined
    this.#keep(sum, older)
    return older.value
  }

  /** Keeps `value`. The octets must be the caller's to give away: neither changed later, nor a view that keeps something bigger alive. */
  set(octets: Uint8Array, value: T): void {
    if (octets.length <= this.#longest) this.#keep(checksum(octets, 0, octets.length), { octets, value })
  }

  #keep(sum: number, entry: Entry<T>): void {
    if (this.#recent.size >= this.#half) {
      this.#older = this.#recent
      this.#recent = new Map()
    }
    this.#recent.set(sum, entry)
  }
}

interface Entry<T> {
  readonly octets: Uint8Array
  readonly value: T
}

/** FNV-1a of the length and the last octets, where a signature or a name differs from others. Who makes two alike makes them forget each other, no more. */
function checksum(source: Uint8Array, start: number, end: number): number {
  let sum = 0x811c9dc5 ^ (end - start)
  for (let at = Math.max(start, end - 48); at < end; at++) sum = Math.imul(sum ^ (source[at] as number), 0x01000193)
  return sum
}

function isSame(octets: Uint8Array, source: Uint8Array, start: number, end: number): boolean {
  if (octets.length !== end - start) return false
  for (let i = 0; i < octets.length; i++) if (octets[i] !== source[start + i]) return false
  return true
}
