/** Loading, measuring and wrapping: what is known of a face before it is in any PDF. Lengths in points unless said otherwise. */
import type { Family } from './font-families.ts'
import { TrueTypeFace } from './truetype.ts'

export type FaceName = `${Family}-${'regular' | 'bold' | 'italic' | 'bold-italic'}` | 'symbols'

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
export const fontkit = { create: (bytes: Uint8Array) => byBytes.get(bytes) ?? new TrueTypeFace(bytes, 'Face') }

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
