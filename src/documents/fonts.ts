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
import type { Family } from './font-families.ts'
import { TrueTypeFace } from './truetype.ts'

export { resolveFamily } from './font-families.ts'
export type { Family, FontHints } from './font-families.ts'

type FaceName = `${Family}-${'regular' | 'bold' | 'italic' | 'bold-italic'}` | 'symbols'

const sources: Record<FaceName, () => Promise<{ default: ArrayBuffer | Uint8Array }>> = {
  'tinos-regular': () => import('../../.build/fonts/tinos-regular.ttf'),
  'tinos-bold': () => import('../../.build/fonts/tinos-bold.ttf'),
  'tinos-italic': () => import('../../.build/fonts/tinos-italic.ttf'),
  'tinos-bold-italic': () => import('../../.build/fonts/tinos-bold-italic.ttf'),
  'arimo-regular': () => import('../../.build/fonts/arimo-regular.ttf'),
  'arimo-bold': () => import('../../.build/fonts/arimo-bold.ttf'),
  'arimo-italic': () => import('../../.build/fonts/arimo-italic.ttf'),
  'arimo-bold-italic': () => import('../../.build/fonts/arimo-bold-italic.ttf'),
  'cousine-regular': () => import('../../.build/fonts/cousine-regular.ttf'),
  'cousine-bold': () => import('../../.build/fonts/cousine-bold.ttf'),
  'cousine-italic': () => import('../../.build/fonts/cousine-italic.ttf'),
  'cousine-bold-italic': () => import('../../.build/fonts/cousine-bold-italic.ttf'),
  'carlito-regular': () => import('../../.build/fonts/carlito-regular.ttf'),
  'carlito-bold': () => import('../../.build/fonts/carlito-bold.ttf'),
  'carlito-italic': () => import('../../.build/fonts/carlito-italic.ttf'),
  'carlito-bold-italic': () => import('../../.build/fonts/carlito-bold-italic.ttf'),
  symbols: () => import('../../.build/fonts/symbols.ttf'),
}

// Immutable once parsed, so one copy serves every document of the isolate.
const parsed = new Map<FaceName, Promise<TrueTypeFace>>()
const byBytes = new WeakMap<Uint8Array, TrueTypeFace>()

function loadTrueType(name: FaceName): Promise<TrueTypeFace> {
  let loading = parsed.get(name)
  if (!loading) {
    loading = sources[name]().then(({ default: data }) => {
      const bytes = data instanceof Uint8Array ? data : new Uint8Array(data)
      const title = name.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase())
      const face = new TrueTypeFace(bytes, title.replace('-', '_').replaceAll('-', '').replace('_', '-'))
      byBytes.set(bytes, face)
      return face
    })
    // A failed load must not be remembered for ever.
    loading.catch(() => parsed.delete(name))
    parsed.set(name, loading)
  }
  return loading
}

/** What pdf-lib's `registerFontkit` takes. Only our own faces are ever embedded, so parsing is a look-up. */
const fontkit = { create: (bytes: Uint8Array) => byBytes.get(bytes) ?? new TrueTypeFace(bytes, 'Face') }

const DENSE = 0x600

/** A text face together with the fallback for the glyphs it lacks. Metrics are fractions of the font size. */
export class Face {
  readonly name: FaceName
  readonly ascent: number
  /** Positive, below the baseline. */
  readonly descent: number
  readonly lineGap: number
  readonly underlinePosition: number
  readonly underlineThickness: number
  readonly main: TrueTypeFace
  readonly symbols: TrueTypeFace
  readonly #dense = new Float64Array(DENSE).fill(Number.NaN)
  readonly #sparse = new Map<number, number>()
  readonly #fallback = new Map<number, boolean>()

  constructor(name: FaceName, main: TrueTypeFace, symbols: TrueTypeFace) {
    this.name = name
    this.main = main
    this.symbols = symbols
    this.ascent = main.ascent / main.unitsPerEm
    this.descent = -main.descent / main.unitsPerEm
    this.lineGap = main.lineGap / main.unitsPerEm
    this.underlinePosition = main.underlinePosition / main.unitsPerEm
    this.underlineThickness = main.underlineThickness / main.unitsPerEm
  }

  /** Height of a line of single spacing, as a fraction of the font size: `hhea` ascent + descent + line gap. */
  get lineHeight(): number {
    return this.ascent + this.descent + this.lineGap
  }

  /** @returns whether the fallback face draws this character */
  needsFallback(codePoint: number): boolean {
    let answer = this.#fallback.get(codePoint)
    if (answer === undefined) {
      answer = !this.main.hasGlyphForCodePoint(codePoint) && this.symbols.hasGlyphForCodePoint(codePoint)
      this.#fallback.set(codePoint, answer)
    }
    return answer
  }

  /** @returns whether any character of the text comes from the fallback */
  mixes(text: string): boolean {
    for (let i = 0; i < text.length; i++) {
      // Letters, digits and punctuation of our languages are in every face.
      const unit = text.charCodeAt(i)
      if (unit >= 0x80 && (unit < 0x410 || unit > 0x44f) && this.needsFallback(text.codePointAt(i) ?? 0)) return true
    }
    return false
  }

  /** @returns whether neither face has the character, so that an empty box is drawn */
  isMissing(codePoint: number): boolean {
    return !this.main.hasGlyphForCodePoint(codePoint) && !this.symbols.hasGlyphForCodePoint(codePoint)
  }

  /** Advance width of a code point at size 1. */
  advance(codePoint: number): number {
    const known = codePoint < DENSE ? this.#dense[codePoint] : this.#sparse.get(codePoint)
    if (known !== undefined && known === known) return known
    const from = this.needsFallback(codePoint) ? this.symbols : this.main
    const width = from.glyphForCodePoint(codePoint).advanceWidth / from.unitsPerEm
    if (codePoint < DENSE) this.#dense[codePoint] = width
    else this.#sparse.set(codePoint, width)
    return width
  }

  /** Width in points of one line of text. */
  measure(text: string, size: number): number {
    let width = 0
    for (let i = 0; i < text.length; i++) {
      const code = text.codePointAt(i) ?? 0
      if (code > 0xffff) i++
      width += this.advance(code)
    }
    return width * size
  }

  /** Splits text into stretches drawn by the face itself and by the fallback. */
  split(text: string): { fallback: boolean; text: string }[] {
    if (!this.mixes(text)) return text === '' ? [] : [{ fallback: false, text }]
    const parts: { fallback: boolean; text: string }[] = []
    let from = 0
    let current: boolean | undefined
    for (let i = 0; i < text.length; i++) {
      const code = text.codePointAt(i) ?? 0
      const fallback = code >= 0x80 && this.needsFallback(code)
      if (current !== undefined && fallback !== current) {
        parts.push({ fallback: current, text: text.slice(from, i) })
        from = i
      }
      current = fallback
      if (code > 0xffff) i++
    }
    if (current !== undefined) parts.push({ fallback: current, text: text.slice(from) })
    return parts
  }
}

const faces = new Map<string, Promise<Face>>()

/** Loads a face once per isolate. */
export function loadFace(family: Family, style: { bold?: boolean; italic?: boolean } = {}): Promise<Face> {
  const name = `${family}-${style.bold ? (style.italic ? 'bold-italic' : 'bold') : style.italic ? 'italic' : 'regular'}` as const
  let face = faces.get(name)
  if (!face) {
    face = Promise.all([loadTrueType(name), loadTrueType('symbols')]).then(([main, symbols]) => new Face(name, main, symbols))
    face.catch(() => faces.delete(name))
    faces.set(name, face)
  }
  return face
}

/** Width in points of one line of text. */
export const measureText = (face: Face, text: string, size: number): number => face.measure(text, size)

/**
 * Wraps plain text into lines no wider than `width` points. Line feeds start new lines; a word wider than the line is cut.
 * @returns at least one line; trailing spaces are dropped
 */
export function wrapText(face: Face, text: string, size: number, width: number): string[] {
  const lines: string[] = []
  for (const paragraph of text.split(/\r\n|\r|\n/)) {
    let line = ''
    let used = 0
    for (const [word] of paragraph.matchAll(/[^ \t]+[ \t]*|[ \t]+/g)) {
      const bare = word.trimEnd()
      if (line !== '' && used + face.measure(bare, size) > width) {
        lines.push(line.trimEnd())
        line = ''
        used = 0
      }
      if (face.measure(bare, size) <= width) {
        line += word
        used += face.measure(word, size)
        continue
      }
      for (const character of word) {
        const advance = face.measure(character, size)
        if (line !== '' && used + advance > width) {
          lines.push(line.trimEnd())
          line = ''
          used = 0
        }
        line += character
        used += advance
      }
    }
    lines.push(line.trimEnd())
  }
  return lines
}

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
