import {
  lineTo,
  moveTo,
  PDFDocument,
  popGraphicsState,
  pushGraphicsState,
  setLineWidth,
  stroke,
  type PDFOperator,
  type PDFPage,
} from 'pdf-lib'
import { loadFace, PdfFonts, wrapText, type Face, type Family } from '../fonts.ts'
import { cleanText } from '../values.ts'

/** A4, in points. The lower margin leaves room for the page's number and, below it, for the mark of the stamped version. */
const SHORT = 595.28
const LONG = 841.89
const MARGIN = { side: 40, top: 30, bottom: 50 } as const
const FOOT = { size: 7, y: 36 } as const
export const LEADING = 1.2

export type Align = 'left' | 'center' | 'right'

export interface TextLook {
  size?: number
  bold?: boolean
  align?: Align
}

export interface SheetOptions {
  landscape?: boolean
  /** Arimo unless said. */
  family?: Family
  /** Of the file, and in the foot of every page of several. */
  title: string
  /** Written into the file as the time of its making, so that the same paper gives the same bytes. */
  made: Date
}

/** A4 pages that are written from top to bottom. Nothing is clipped: text wraps, and what has no room goes to the next page. */
export class Sheet {
  readonly width: number
  readonly height: number
  readonly left = MARGIN.side
  /** Where the next thing goes: its upper edge. */
  y = 0
  readonly #document: PDFDocument
  readonly #fonts: PdfFonts
  readonly #faces: { regular: Face; bold: Face }
  readonly #title: string
  #page: PDFPage | undefined

  private constructor(document: PDFDocument, fonts: PdfFonts, faces: { regular: Face; bold: Face }, options: SheetOptions) {
    this.#document = document
    this.#fonts = fonts
    this.#faces = faces
    this.#title = options.title
    this.width = options.landscape ? LONG : SHORT
    this.height = options.landscape ? SHORT : LONG
    this.turn()
  }

  static async open(options: SheetOptions): Promise<Sheet> {
    const document = await PDFDocument.create({ updateMetadata: false })
    document.setTitle(options.title)
    document.setLanguage('ru')
    document.setProducer('Qoltanba')
    document.setCreationDate(options.made)
    document.setModificationDate(options.made)
    const { family = 'arimo' } = options
    const [regular, bold] = await Promise.all([loadFace(family), loadFace(family, { bold: true })])
    return new Sheet(document, await PdfFonts.embed(document, [regular, bold]), { regular, bold }, options)
  }

  /** From margin to margin. */
  get room(): number {
    return this.width - 2 * MARGIN.side
  }

  /** What is left of the page, in height. */
  get rest(): number {
    return this.y - MARGIN.bottom
  }

  /** The height of an empty page. */
  get whole(): number {
    return this.height - MARGIN.top - MARGIN.bottom
  }

  /** The next page. */
  turn(): void {
    this.#page = this.#document.addPage([this.width, this.height])
    this.y = this.height - MARGIN.top
  }

  /** Turns the page unless there is that much room, or a page has no more anyway. */
  need(height: number): void {
    if (this.rest < Math.min(height, this.whole)) this.turn()
  }

  gap(height: number): void {
    this.y -= height
  }

  face(bold = false): Face {
    return bold ? this.#faces.bold : this.#faces.regular
  }

  wrap(text: string, width: number, { size = 8, bold = false }: TextLook = {}): string[] {
    return text === '' ? [] : wrapText(this.face(bold), cleanText(text), size, Math.max(width, size))
  }

  /** The width of the longest word, in units of the letters' size. A no-break space is part of the number that it is in. */
  widest(text: string, bold = false): number {
    const face = this.face(bold)
    return Math.max(
      0,
      ...cleanText(text)
        .split(/[ \n]+/)
        .map((word) => face.measure(word, 1)),
    )
  }

  #onPage(): PDFPage {
    if (!this.#page) throw new Error('there is no page')
    return this.#page
  }

  /** One line of text within `width` from `x`; `top` is the upper edge of the line. */
  line(text: string, x: number, top: number, width: number, { size = 8, bold = false, align = 'left' }: TextLook = {}): void {
    const face = this.face(bold)
    const free = width - face.measure(text, size)
    const at = x + (align === 'left' ? 0 : align === 'right' ? free : free / 2)
    const baseline = top - (size * (LEADING + face.ascent - face.descent)) / 2
    this.#fonts.drawText(this.#onPage(), text, at, baseline, { face, size })
  }

  /** As much of a text as fits one line of `width`, with three points for the rest. */
  cut(text: string, width: number, { size = 8, bold = false }: TextLook = {}): string {
    const face = this.face(bold)
    if (face.measure(text, size) <= width) return text
    const letters = Array.from(text)
    while (letters.length > 0 && face.measure(`${letters.join('')}…`, size) > width) letters.pop()
    return `${letters.join('')}…`
  }

  /** A paragraph over the whole width, or from `indent` on. */
  text(text: string, { indent = 0, after = 0, ...look }: TextLook & { indent?: number; after?: number } = {}): void {
    const { size = 8 } = look
    for (const line of this.wrap(text, this.room - indent, look)) {
      this.need(size * LEADING)
      this.line(line, this.left + indent, this.y, this.room - indent, look)
      this.y -= size * LEADING
    }
    this.y -= after
  }

  /** Anything else, in the page's own coordinates: what is drawn leaves no trace in what comes after it. */
  paint(operators: readonly PDFOperator[]): void {
    this.#onPage().pushOperators(pushGraphicsState(), ...operators, popGraphicsState())
  }

  /** A straight line. */
  rule(x1: number, y1: number, x2: number, y2: number, width = 0.5): void {
    this.#onPage().pushOperators(pushGraphicsState(), setLineWidth(width), moveTo(x1, y1), lineTo(x2, y2), stroke(), popGraphicsState())
  }

  /** The file, with the number on every page where there are several. */
  async bytes(): Promise<Uint8Array> {
    const pages = this.#document.getPages()
    if (pages.length > 1) {
      const foot: TextLook = { size: FOOT.size, align: 'right' }
      const numberOf = (page: number) => ` · стр. ${page} из ${pages.length}`
      const title = this.cut(this.#title, this.room - this.face().measure(numberOf(pages.length), FOOT.size), foot)
      for (const [i, page] of pages.entries()) {
        this.#page = page
        this.line(title + numberOf(i + 1), this.left, FOOT.y + FOOT.size, this.room, foot)
      }
    }
    return this.#document.save({ updateFieldAppearances: false })
  }
}
