/**
 * The faces of every PDF we draw: loading, measuring, wrapping and embedding.
 *
 * Four families stand in for the fonts of word processors, with the same advance widths: Tinos for Times New Roman, Arimo for Arial,
 * Cousine for Courier New, Carlito for Calibri. What they lack (check boxes, arrows, sometimes ₸ ₽) comes glyph by glyph from a
 * DejaVu Sans subset. Sizes and widths are in PDF points (1/72 inch), y grows upwards as in PDF.
 */
import {
  beginText,
  endText,
  PDFHexString,
  PDFName,
  popGraphicsState,
  pushGraphicsState,
  setFillingRgbColor,
  setFontAndSize,
  setTextMatrix,
  showText,
} from 'pdf-lib'
import type { PDFDocument, PDFFont, PDFPage } from 'pdf-lib'
import { fontkit } from './face.ts'
import type { Face, FaceName } from './face.ts'
import type { TrueTypeFace } from './truetype.ts'

export { Face, loadFace, measureText, wrapText } from './face.ts'
export { resolveFamily } from './font-families.ts'
export type { Family, FontHints } from './font-families.ts'

export interface TextStyle {
  face: Face
  /** Points. */
  size: number
  /** Red, green, blue from 0 to 1; black by default. */
  color?: [number, number, number]
}

/** A number as PDF syntax takes it: no exponent, no noise digits. */
export const pdfNumber = (value: number): string => {
  const rounded = Math.round(value * 1000) / 1000
  return Object.is(rounded, -0) || !Number.isFinite(rounded) ? '0' : rounded.toString()
}

/** The faces embedded in one PDF document, as subsets of what is drawn. */
export class PdfFonts {
  readonly #document: PDFDocument
  readonly #fonts = new Map<FaceName, PDFFont>()
  /** Codes in the subset by character: each is asked of pdf-lib once. */
  readonly #codes = new Map<FaceName, Map<string, string>>()
  readonly #pageFonts = new WeakMap<PDFPage, Set<string>>()

  private constructor(document: PDFDocument) {
    this.#document = document
  }

  /** Prepares faces for drawing; the fallback comes with `withSymbols`, which is right unless the text is known not to need it. */
  static async embed(document: PDFDocument, wanted: Iterable<Face>, withSymbols = true): Promise<PdfFonts> {
    const fonts = new PdfFonts(document)
    // pdf-lib's type lists all of fontkit; its embedder calls what TrueTypeFace has.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    document.registerFontkit(fontkit as unknown as Parameters<PDFDocument['registerFontkit']>[0])
    for (const face of wanted) {
      await fonts.#add(face.name, face.main)
      if (withSymbols) await fonts.#add('symbols', face.symbols)
    }
    return fonts
  }

  async #add(name: FaceName, face: TrueTypeFace) {
    if (this.#fonts.has(name)) return
    // ISO 32000-1, 9.6.4: six letters mark a subset, and subsets of one face in one file must differ in them.
    let seed = this.#document.context.largestObjectNumber
    let mark = ''
    for (let i = 0; i < 6; i++, seed = Math.floor(seed / 26)) mark += String.fromCharCode(65 + (seed % 26))
    const options = { subset: true, customName: `${mark}+${face.postscriptName}`, features: { liga: false, kern: false } }
    this.#fonts.set(name, await this.#document.embedFont(face.bytes, options))
  }

  /** pdf-lib's own font object, for form fields. It has no fallback glyphs. */
  pdfFont(face: Face): PDFFont {
    return this.#font(face.name)
  }

  #font(name: FaceName): PDFFont {
    const font = this.#fonts.get(name)
    if (!font) throw new Error(`The face ${name} was not embedded in this document`)
    return font
  }

  /** Name of the face's resource on a page, which is registered there on first use. */
  resource(page: PDFPage, face: Face, fallback = false): string {
    const name = fallback ? 'symbols' : face.name
    const key = `Q-${name}`
    const known = this.#pageFonts.get(page) ?? new Set<string>()
    if (!known.has(key)) {
      this.#pageFonts.set(page, known.add(key))
      const { Font } = page.node.normalizedEntries()
      Font.set(PDFName.of(key), this.#font(name).ref)
    }
    return key
  }

  /** Text as the hexadecimal string of the embedded subset, with the angle brackets. */
  encode(face: Face, text: string, fallback = false): string {
    const name = fallback ? 'symbols' : face.name
    let codes = this.#codes.get(name)
    if (!codes) this.#codes.set(name, (codes = new Map()))
    let hex = ''
    for (const character of text) {
      let code = codes.get(character)
      if (code === undefined) {
        code = this.#font(name).encodeText(character).asString()
        codes.set(character, code)
      }
      hex += code
    }
    return `<${hex}>`
  }

  /**
   * Draws one line of text; glyphs the face lacks come from the fallback.
   * @param x left end of the baseline, points from the left edge of the page
   * @param y baseline, points from the bottom edge of the page
   * @returns the width drawn, in points
   */
  drawText(page: PDFPage, text: string, x: number, y: number, style: TextStyle): number {
    const { face, size, color = [0, 0, 0] } = style
    const parts = face.split(text).flatMap((part) => {
      const encoded = PDFHexString.of(this.encode(face, part.text, part.fallback).slice(1, -1))
      return [setFontAndSize(this.resource(page, face, part.fallback), size), showText(encoded)]
    })
    page.pushOperators(
      pushGraphicsState(),
      beginText(),
      setFillingRgbColor(...color),
      setTextMatrix(1, 0, 0, 1, x, y),
      ...parts,
      endText(),
      popGraphicsState(),
    )
    return face.measure(text, size)
  }
}
