import { PDFName } from 'pdf-lib'
import type { PDFDocument, PDFRef } from 'pdf-lib'
import { pdfNumber as n } from '../fonts.ts'
import type { Picture, Warnings } from './model.ts'
import type { LaidPage } from './pages.ts'

const MAX_PIXELS = 40_000_000
/** Pictures with transparency must be unpacked to have it separated, which takes several bytes a pixel. */
const MAX_UNPACKED = 6_000_000

interface Size {
  width: number
  height: number
}

/** Size of a JPEG from its frame header (ITU-T T.81, B.2.2). */
function jpegSize(bytes: Uint8Array): Size | undefined {
  for (let at = 2; at + 9 < bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1] ?? 0
    const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return { height: ((bytes[at + 5] ?? 0) << 8) | (bytes[at + 6] ?? 0), width: ((bytes[at + 7] ?? 0) << 8) | (bytes[at + 8] ?? 0) }
    }
    at += marker === 0xff ? 1 : 2 + Math.max(2, length)
  }
  return undefined
}

interface Png extends Size {
  depth: number
  colorType: number
  interlaced: boolean
  transparent: boolean
  palette: Uint8Array | undefined
  data: Uint8Array[]
}

/** The chunks of a PNG (ISO/IEC 15948) that matter here. */
function readPng(bytes: Uint8Array): Png | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const png: Png = { width: 0, height: 0, depth: 0, colorType: -1, interlaced: false, transparent: false, palette: undefined, data: [] }
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = view.getUint32(at)
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    const start = at + 8
    if (start + length > bytes.length) return undefined
    if (type === 'IHDR' && length >= 13) {
      png.width = view.getUint32(start)
      png.height = view.getUint32(start + 4)
      png.depth = bytes[start + 8] ?? 0
      png.colorType = bytes[start + 9] ?? -1
      png.interlaced = bytes[start + 12] !== 0
    } else if (type === 'PLTE') png.palette = bytes.subarray(start, start + length)
    else if (type === 'tRNS') png.transparent = true
    else if (type === 'IDAT') png.data.push(bytes.subarray(start, start + length))
    at = start + length + 4
  }
  return png.width > 0 && png.height > 0 && png.data.length > 0 ? png : undefined
}

const join = (parts: Uint8Array[]) => {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

/** Opaque pictures go into the PDF as they are: PDF reads the same compression and the same prediction (ISO 32000-1, 7.4.4.4). */
function embedPlainPng(document: PDFDocument, png: Png): PDFRef | undefined {
  const colors = { 0: 1, 2: 3, 3: 1 }[png.colorType]
  if (colors === undefined || png.interlaced || png.transparent || (png.colorType === 3 && !png.palette)) return undefined
  const { context } = document
  const plain = png.colorType === 2 ? 'DeviceRGB' : 'DeviceGray'
  const { palette } = png
  const isIndexed = png.colorType === 3 && palette !== undefined
  const space = isIndexed ? ['Indexed', 'DeviceRGB', palette.length / 3 - 1, context.register(context.flateStream(palette))] : plain
  const stream = context.stream(join(png.data), {
    Type: 'XObject',
    Subtype: 'Image',
    Width: png.width,
    Height: png.height,
    BitsPerComponent: png.depth,
    ColorSpace: space,
    Filter: 'FlateDecode',
    DecodeParms: { Predictor: 15, Colors: colors, BitsPerComponent: png.depth, Columns: png.width },
  })
  return context.register(stream)
}

/** The pictures of a document, each embedded once however often it is drawn. */
export class Pictures {
  readonly #document: PDFDocument
  readonly #warnings: Warnings
  readonly #bytes: (part: string) => Uint8Array | undefined
  readonly #refs = new Map<string, PDFRef | undefined>()

  constructor(document: PDFDocument, bytes: (part: string) => Uint8Array | undefined, warnings: Warnings) {
    this.#document = document
    this.#bytes = bytes
    this.#warnings = warnings
  }

  /** @returns undefined, with a warning, for what cannot be drawn */
  async embed(part: string): Promise<PDFRef | undefined> {
    if (!this.#refs.has(part)) this.#refs.set(part, await this.#embed(part))
    return this.#refs.get(part)
  }

  get(part: string): PDFRef | undefined {
    return this.#refs.get(part)
  }

  async #embed(part: string): Promise<PDFRef | undefined> {
    const bytes = this.#bytes(part)
    if (!bytes) {
      this.#warnings.add('A picture is missing from the file and is left out.')
      return undefined
    }
    try {
      const isPng = bytes[0] === 0x89 && bytes[1] === 0x50
      if (isPng) return await this.#embedPng(bytes)
      if (bytes[0] === 0xff && bytes[1] === 0xd8) {
        const size = jpegSize(bytes)
        if (!size || size.width * size.height === 0) throw new Error('Not a JPEG')
        if (size.width * size.height > MAX_PIXELS) return this.#tooLarge()
        // A copy: pdf-lib reads from the start of the underlying buffer, which the parts of a document may share.
        const image = await this.#document.embedJpg(bytes.slice())
        await image.embed()
        return image.ref
      }
    } catch {
      this.#warnings.add('A damaged picture is left out.')
      return undefined
    }
    const extension = (part.match(/\.([a-z0-9]{1,8})$/i)?.[1] ?? 'unknown').toUpperCase()
    this.#warnings.add(`Pictures in the format ${extension} are left out: use PNG or JPEG.`)
    return undefined
  }

  async #embedPng(bytes: Uint8Array): Promise<PDFRef | undefined> {
    const png = readPng(bytes)
    if (!png) throw new Error('Not a PNG')
    const pixels = png.width * png.height
    if (pixels > MAX_PIXELS) return this.#tooLarge()
    const plain = embedPlainPng(this.#document, png)
    if (plain) return plain
    if (pixels > MAX_UNPACKED) return this.#tooLarge()
    const image = await this.#document.embedPng(bytes.slice())
    await image.embed()
    return image.ref
  }

  #tooLarge(): undefined {
    this.#warnings.add('A picture has too many pixels and is left out.')
    return undefined
  }
}

export const imageName = (ref: PDFRef) => PDFName.of(`I-${ref.objectNumber}`)

/**
 * The operators that draw a picture in a rectangle, without what is cropped.
 * @param y bottom edge, in PDF coordinates
 */
export function placePicture(name: string, x: number, y: number, width: number, height: number, crop: Picture['crop']): string {
  if (!crop) return `q ${n(width)} 0 0 ${n(height)} ${n(x)} ${n(y)} cm ${name} Do Q`
  const whole = { width: width / (1 - crop.left - crop.right), height: height / (1 - crop.top - crop.bottom) }
  const corner = { x: x - crop.left * whole.width, y: y - crop.bottom * whole.height }
  const clip = `${n(x)} ${n(y)} ${n(width)} ${n(height)} re W n`
  return `q ${clip} ${n(whole.width)} 0 0 ${n(whole.height)} ${n(corner.x)} ${n(corner.y)} cm ${name} Do Q`
}

/** Top left corner of a floating picture, from the top left corner of the page (20.4.3.4, 20.4.3.5). */
export function anchorPoint(
  picture: Picture,
  { horizontal, vertical }: NonNullable<Picture['anchor']>,
  { width, height, section }: LaidPage,
  areaX: number,
  lineTop: number,
): { x: number; y: number } {
  const [top, bottom] = [Math.abs(section.top), Math.abs(section.bottom)]
  const column = { start: areaX, size: width - section.left - section.right }
  const bases: Record<string, { start: number; size: number }> = {
    page: { start: 0, size: width },
    margin: { start: section.left, size: column.size },
    leftMargin: { start: 0, size: section.left },
    insideMargin: { start: 0, size: section.left },
    rightMargin: { start: width - section.right, size: section.right },
    outsideMargin: { start: width - section.right, size: section.right },
  }
  const verticals: Record<string, { start: number; size: number }> = {
    page: { start: 0, size: height },
    margin: { start: top, size: height - top - bottom },
    topMargin: { start: 0, size: top },
    bottomMargin: { start: height - bottom, size: bottom },
  }
  const at = (base: { start: number; size: number }, { offset, align }: typeof horizontal, size: number) => {
    if (align === undefined) return base.start + offset
    const share = align === 'center' ? 0.5 : ['right', 'bottom', 'outside'].includes(align) ? 1 : 0
    return base.start + (base.size - size) * share
  }
  return {
    x: at(bases[horizontal.from] ?? column, horizontal, picture.width),
    y: at(verticals[vertical.from] ?? { start: lineTop, size: 0 }, vertical, picture.height),
  }
}
