import { AppError } from '../../http/errors.ts'

/** The longest line that is read, in bytes. A record of the directory has some two kilobytes. */
export const MAX_LINE = 65_536
/** The largest body, in bytes: what Cloudflare lets through. */
export const MAX_IMPORT = 100 * 1_048_576

export interface Line {
  /** From 1, as an editor counts. */
  number: number
  /** Undefined where the line is too long. */
  bytes: Uint8Array | undefined
}

export const tooLarge = () => new AppError('too_large', `The body is larger than ${MAX_IMPORT / 1_048_576} MB: send it in parts.`)
const NEWLINE = 10

/** One line put together from pieces of the stream; of one that is too long nothing is kept. */
class Pieces {
  #parts: Uint8Array[] = []
  #size = 0

  add(part: Uint8Array): void {
    this.#size += part.length
    if (this.#size <= MAX_LINE) this.#parts.push(part)
    else this.#parts = []
  }
  take(): Uint8Array | undefined {
    const whole = this.#size <= MAX_LINE ? new Uint8Array(this.#size) : undefined
    let at = 0
    for (const part of this.#parts) {
      whole?.set(part, at)
      at += part.length
    }
    this.#parts = []
    this.#size = 0
    return whole
  }
  get isEmpty(): boolean {
    return this.#size === 0
  }
}

/**
 * The lines of a stream that are not blank, as it comes: no more than one line is held.
 * @throws AppError `too_large` where the whole is larger than {@link MAX_IMPORT}
 */
export async function* readLines(body: AsyncIterable<Uint8Array> | null): AsyncGenerator<Line> {
  const pieces = new Pieces()
  let number = 0
  let size = 0
  for await (const chunk of body ?? []) {
    size += chunk.length
    if (size > MAX_IMPORT) throw tooLarge()
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      number++
      // Blank lines are many at most in what is sent to tire us.
      if (end > start || !pieces.isEmpty) {
        pieces.add(chunk.subarray(start, end))
        yield { number, bytes: pieces.take() }
      }
      start = end + 1
    }
    pieces.add(chunk.slice(start))
  }
  if (!pieces.isEmpty) yield { number: ++number, bytes: pieces.take() }
}
