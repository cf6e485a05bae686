/**
 * The faces of marks and certificates. What these are written with is known beforehand, so that one subset of each face, packed once per
 * isolate, serves every document; characters beyond it come in a subset of the document's own.
 */
import { PDFString } from 'pdf-lib'
import type { PDFContext, PDFDict, PDFObject, PDFRef } from 'pdf-lib'
import { sha256Hex } from '../lib/hash.ts'
import { nodeZlib } from '../lib/node.ts'
import { loadFace } from './fonts.ts'
import type { Face } from './fonts.ts'
import type { TrueTypeFace } from './truetype.ts'
import { Verbatim } from './verbatim.ts'

/** Where objects are put that a page refers to. */
export interface Store {
  readonly context: PDFContext
  add: (object: PDFObject) => PDFRef
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)
const ALPHABET = [
  ...range(0x20, 0x7e),
  ...range(0x410, 0x44f),
  ...Array.from('ЁёӘәҒғҚқҢңӨөҰұҮүҺһІі«»·–—“”’№₸', (c) => c.codePointAt(0) ?? 0),
]

/** A subset that is ready to be written. Glyph ids are 1, 2, 3 … in the order of `codePoints`. */
interface Packed {
  name: string
  program: Uint8Array
  /** Of the program before it was packed. */
  length: number
  toUnicode: Uint8Array
  widths: Verbatim
}

const hex4 = (n: number) => n.toString(16).padStart(4, '0')
const utf16 = (codePoint: number) => Array.from(String.fromCodePoint(codePoint).split(''), (unit) => hex4(unit.charCodeAt(0))).join('')
const deflate = (data: string | Uint8Array) => new Uint8Array(nodeZlib().deflateSync(data))

function pack(face: TrueTypeFace, codePoints: readonly number[]): Packed {
  const subset = face.createSubset()
  const glyphs = codePoints.map((codePoint) => face.glyphForCodePoint(codePoint))
  for (const glyph of glyphs) subset.includeGlyph(glyph)
  let program = new Uint8Array()
  subset.encodeStream().on('data', (data) => (program = new Uint8Array(data)))
  const widths = glyphs.map(({ advanceWidth }) => Math.round((advanceWidth * 1000) / face.unitsPerEm))
  // ISO 32000-1, 9.6.4: six letters mark a subset, and those of one face in one file differ in them.
  const mark = Array.from(sha256Hex(codePoints.join()).slice(0, 6), (c) => String.fromCharCode(65 + Number.parseInt(c, 16))).join('')
  return {
    name: `${mark}+${face.postscriptName}`,
    program: deflate(program),
    length: program.length,
    toUnicode: deflate(toUnicode(codePoints)),
    widths: new Verbatim(`[1 [${widths.join(' ')}]]`),
  }
}

/** ISO 32000-1, 9.10.3. A block holds at most a hundred codes. */
function toUnicode(codePoints: readonly number[]): string {
  const blocks = []
  for (let from = 0; from < codePoints.length; from += 100) {
    const rows = codePoints.slice(from, from + 100).map((codePoint, i) => `<${hex4(from + i + 1)}> <${utf16(codePoint)}>`)
    blocks.push(`${rows.length} beginbfchar\n${rows.join('\n')}\nendbfchar`)
  }
  return `/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange
${blocks.join('\n')}
endcmap
CMapName currentdict /CMap defineresource pop
end
end`
}

const alphabets = new WeakMap<TrueTypeFace, Packed>()

function alphabetOf(face: TrueTypeFace): Packed {
  let packed = alphabets.get(face)
  if (!packed) alphabets.set(face, (packed = pack(face, ALPHABET)))
  return packed
}

const ALPHABET_CODES = new Map(ALPHABET.map((codePoint, i) => [codePoint, hex4(i + 1)]))

/** Writes a subset as a composite font (9.7) and gives its reference. */
function write({ context, add }: Store, face: TrueTypeFace, { name, program, length, toUnicode, widths }: Packed): PDFRef {
  const scale = 1000 / face.unitsPerEm
  const { minX, minY, maxX, maxY } = face.bbox
  const descriptor = {
    Type: 'FontDescriptor',
    FontName: name,
    Flags: 32,
    FontBBox: [minX, minY, maxX, maxY].map((n) => Math.round(n * scale)),
    ItalicAngle: face.italicAngle,
    Ascent: Math.round(face.ascent * scale),
    Descent: Math.round(face.descent * scale),
    CapHeight: Math.round(face.capHeight * scale),
    StemV: 80,
    FontFile2: add(context.stream(program, { Filter: 'FlateDecode', Length1: length })),
  }
  const descendant = {
    Type: 'Font',
    Subtype: 'CIDFontType2',
    BaseFont: name,
    CIDToGIDMap: 'Identity',
    CIDSystemInfo: { Registry: PDFString.of('Adobe'), Ordering: PDFString.of('Identity'), Supplement: 0 },
    FontDescriptor: add(context.obj(descriptor)),
    W: widths,
  }
  return add(
    context.obj({
      Type: 'Font',
      Subtype: 'Type0',
      BaseFont: name,
      Encoding: 'Identity-H',
      DescendantFonts: [add(context.obj(descendant))],
      ToUnicode: add(context.stream(toUnicode, { Filter: 'FlateDecode' })),
    }),
  )
}

/** Regular, bold, and the face of symbols. */
type ExtraName = 'QRx' | 'QBx' | 'QS'

/** One document's own characters of a face. */
class Extra {
  readonly face: TrueTypeFace
  readonly #codes = new Map<number, string>()

  constructor(face: TrueTypeFace) {
    this.face = face
  }

  code(codePoint: number): string {
    let code = this.#codes.get(codePoint)
    if (code === undefined) this.#codes.set(codePoint, (code = hex4(this.#codes.size + 1)))
    return code
  }

  pack(): Packed | undefined {
    return this.#codes.size === 0 ? undefined : pack(this.face, [...this.#codes.keys()])
  }
}

export interface FontStyle {
  bold?: boolean
  /** Points. */
  size: number
}

/** The faces as one document uses them. Draw first, then `write`. */
export class StampFonts {
  readonly #regular: Face
  readonly #bold: Face
  readonly #extras: Record<ExtraName, Extra>

  private constructor(regular: Face, bold: Face) {
    this.#regular = regular
    this.#bold = bold
    this.#extras = { QRx: new Extra(regular.main), QBx: new Extra(bold.main), QS: new Extra(regular.symbols) }
  }

  static async load(): Promise<StampFonts> {
    return new StampFonts(...(await Promise.all([loadFace('arimo'), loadFace('arimo', { bold: true })])))
  }

  face({ bold }: Pick<FontStyle, 'bold'>): Face {
    return bold ? this.#bold : this.#regular
  }

  /** Text of the alphabet as the regular face's codes, in hexadecimal. */
  codes(text: string): string {
    return Array.from(text, (character) => ALPHABET_CODES.get(character.codePointAt(0) ?? 0) ?? '').join('')
  }

  /**
   * Operators that set the font and show one line of text, to stand between `BT` and `ET`. A line with a letter beyond the alphabet is in the
   * document's own subset altogether: whoever searches finds words in one font.
   */
  show(text: string, { bold = false, size }: FontStyle): string {
    const face = this.face({ bold })
    const [alphabet, extra] = bold ? (['QB', 'QBx'] as const) : (['QR', 'QRx'] as const)
    const codePoints = Array.from(text, (character) => character.codePointAt(0) ?? 0)
    const isOwn = codePoints.some((codePoint) => !ALPHABET_CODES.has(codePoint) && !face.needsFallback(codePoint))
    let operators = ''
    let current = ''
    for (const codePoint of codePoints) {
      let font: 'QR' | 'QB' | ExtraName = alphabet
      let code = isOwn ? undefined : ALPHABET_CODES.get(codePoint)
      if (code === undefined) code = this.#extras[(font = face.needsFallback(codePoint) ? 'QS' : extra)].code(codePoint)
      if (font !== current) {
        operators += `${current === '' ? '' : '> Tj '}/${font} ${size} Tf <`
        current = font
      }
      operators += code
    }
    return current === '' ? '' : `${operators}> Tj`
  }

  /** Writes the fonts; the dictionary names them as `show` does, and the regular alphabet `QR`. */
  write(store: Store): PDFDict {
    const { context } = store
    const fonts: [string, TrueTypeFace, Packed | undefined][] = [
      ['QR', this.#regular.main, alphabetOf(this.#regular.main)],
      ['QB', this.#bold.main, alphabetOf(this.#bold.main)],
      ...Object.entries(this.#extras).map(([name, extra]): [string, TrueTypeFace, Packed | undefined] => [name, extra.face, extra.pack()]),
    ]
    return context.obj(Object.fromEntries(fonts.flatMap(([name, face, packed]) => (packed ? [[name, write(store, face, packed)]] : []))))
  }
}
