import { PDFObject } from 'pdf-lib'

/** Bytes of PDF syntax as they are, among pdf-lib's objects. Text is Latin-1. */
export class Verbatim extends PDFObject {
  readonly #bytes: Uint8Array

  constructor(source: string | Uint8Array) {
    super()
    this.#bytes = typeof source === 'string' ? Buffer.from(source, 'latin1') : source
  }

  override toString(): string {
    return Buffer.from(this.#bytes).toString('latin1')
  }

  override sizeInBytes(): number {
    return this.#bytes.length
  }

  override copyBytesInto(buffer: Uint8Array, offset: number): number {
    buffer.set(this.#bytes, offset)
    return this.#bytes.length
  }
}
