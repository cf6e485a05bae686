/**
 * A reader and subsetter of TrueType faces (OpenType 1.9: `glyf` outlines), in the shape that pdf-lib expects of a "fontkit".
 *
 * Why not `@pdf-lib/fontkit`: our faces are made by our own build, so a tenth of a per cent of it is used, while it weighs 380 kB
 * gzipped, parses slowly, and writes a short `loca` without padding odd glyphs, which draws blank letters. Here each code point gets a
 * glyph id of its own in the embedded subset, so that copied text tells a no-break space from a space.
 */

/** A glyph as pdf-lib sees it. `id` is the code point: two code points that share an outline must stay two codes in the PDF. */
export interface FaceGlyph {
  id: number
  /** Index in the face's own `glyf` table. */
  index: number
  codePoints: number[]
  /** In font units. */
  advanceWidth: number
}

interface SubsetStream {
  on(event: string, callback: (data: Uint8Array) => unknown): SubsetStream
}

/** U+25A1 stands for what a face lacks. */
const BOX = 0x25a1
/** Has no look of its own: controls, spaces, marks over letters, selectors of variants. */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Z}\p{Mn}]/u

const tag = (view: DataView, at: number) => String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)))

/** One parsed face. Lengths are in font units unless said otherwise. */
export class TrueTypeFace {
  readonly bytes: Uint8Array
  readonly unitsPerEm: number
  readonly ascent: number
  /** Negative below the baseline, as in `hhea`. */
  readonly descent: number
  readonly lineGap: number
  readonly capHeight: number
  readonly xHeight: number
  readonly italicAngle: number
  readonly underlinePosition: number
  readonly underlineThickness: number
  readonly bbox: { minX: number; minY: number; maxX: number; maxY: number }
  readonly postscriptName: string
  readonly numGlyphs: number
  readonly characterSet: number[]
  readonly cff = false
  readonly 'OS/2': { sFamilyClass: number }
  readonly head: { macStyle: { italic: boolean } }
  readonly post: { isFixedPitch: boolean }

  readonly #view: DataView
  readonly #tables = new Map<string, { offset: number; length: number }>()
  readonly #glyphIndex = new Map<number, number>()
  readonly #glyphs = new Map<number, FaceGlyph>()
  readonly #longLoca: boolean
  readonly #numberOfHMetrics: number

  constructor(bytes: Uint8Array, postscriptName: string) {
    this.bytes = bytes
    this.postscriptName = postscriptName
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#view = view
    for (let i = 0, n = view.getUint16(4); i < n; i++) {
      const at = 12 + 16 * i
      this.#tables.set(tag(view, at), { offset: view.getUint32(at + 8), length: view.getUint32(at + 12) })
    }
    const head = this.#offset('head')
    this.unitsPerEm = view.getUint16(head + 18)
    const edge = (at: number) => view.getInt16(head + at)
    this.bbox = { minX: edge(36), minY: edge(38), maxX: edge(40), maxY: edge(42) }
    this.head = { macStyle: { italic: (view.getUint16(head + 44) & 2) !== 0 } }
    this.#longLoca = view.getInt16(head + 50) === 1
    const hhea = this.#offset('hhea')
    this.ascent = view.getInt16(hhea + 4)
    this.descent = view.getInt16(hhea + 6)
    this.lineGap = view.getInt16(hhea + 8)
    this.#numberOfHMetrics = view.getUint16(hhea + 34)
    this.numGlyphs = view.getUint16(this.#offset('maxp') + 4)
    const os2 = this.#offset('OS/2')
    this['OS/2'] = { sFamilyClass: view.getInt16(os2 + 30) >> 8 }
    const hasHeights = view.getUint16(os2) >= 2
    this.xHeight = hasHeights ? view.getInt16(os2 + 86) : 0
    this.capHeight = hasHeights ? view.getInt16(os2 + 88) : this.ascent
    const post = this.#offset('post')
    this.italicAngle = view.getInt32(post + 4) / 65536
    this.underlinePosition = view.getInt16(post + 8)
    this.underlineThickness = view.getInt16(post + 10)
    this.post = { isFixedPitch: view.getUint32(post + 12) !== 0 }
    this.#readCmap()
    this.characterSet = [...this.#glyphIndex.keys()]
  }

  #offset(name: string): number {
    const table = this.#tables.get(name)
    if (!table) throw new Error(`The face ${this.postscriptName} has no ${name} table`)
    return table.offset
  }

  /** Reads the first Unicode subtable of format 4 or 12. */
  #readCmap() {
    const view = this.#view
    const cmap = this.#offset('cmap')
    const subtables = Array.from({ length: view.getUint16(cmap + 2) }, (_, i) => cmap + view.getUint32(cmap + 8 + 8 * i))
    const at = subtables.find((s) => view.getUint16(s) === 12) ?? subtables.find((s) => view.getUint16(s) === 4)
    if (at === undefined) throw new Error(`The face ${this.postscriptName} has no Unicode cmap`)
    if (view.getUint16(at) === 12) {
      for (let i = 0, n = view.getUint32(at + 12); i < n; i++) {
        const group = at + 16 + 12 * i
        const [start, end, first] = [view.getUint32(group), view.getUint32(group + 4), view.getUint32(group + 8)]
        for (let code = start; code <= end; code++) this.#glyphIndex.set(code, first + code - start)
      }
      return
    }
    const segments = view.getUint16(at + 6) / 2
    for (let i = 0; i < segments; i++) {
      const end = view.getUint16(at + 14 + 2 * i)
      const start = view.getUint16(at + 16 + 2 * (segments + i))
      const delta = view.getUint16(at + 16 + 2 * (2 * segments + i))
      const rangeAt = at + 16 + 2 * (3 * segments + i)
      const range = view.getUint16(rangeAt)
      for (let code = start; code <= end && code !== 0xffff; code++) {
        const raw = range === 0 ? code : view.getUint16(rangeAt + range + 2 * (code - start))
        if (raw !== 0) this.#glyphIndex.set(code, (raw + delta) & 0xffff)
      }
    }
  }

  hasGlyphForCodePoint(codePoint: number): boolean {
    return this.#glyphIndex.has(codePoint)
  }

  /** @returns the glyph of a code point; the missing-glyph box when the face has none */
  glyphForCodePoint(codePoint: number): FaceGlyph {
    let glyph = this.#glyphs.get(codePoint)
    if (!glyph) {
      const index = this.#glyphIndex.get(codePoint) ?? this.#missing(codePoint)
      glyph = { id: codePoint, index, codePoints: [codePoint], advanceWidth: this.#metric(index).advance }
      this.#glyphs.set(codePoint, glyph)
    }
    return glyph
  }

  /** The faces' own glyph for this is empty: what is left out of a paper without a trace nobody would miss. */
  #missing(codePoint: number): number {
    return UNSEEN.test(String.fromCodePoint(codePoint)) ? 0 : (this.#glyphIndex.get(BOX) ?? 0)
  }

  /** One glyph per code point, in order; `features` of pdf-lib is ignored, there is no shaping. */
  layout(text: string): { glyphs: FaceGlyph[] } {
    const glyphs: FaceGlyph[] = []
    for (const character of text) glyphs.push(this.glyphForCodePoint(character.codePointAt(0) ?? 0))
    return { glyphs }
  }

  #metric(index: number): { advance: number; bearing: number } {
    const at = this.#offset('hmtx')
    const n = this.#numberOfHMetrics
    if (index < n) return { advance: this.#view.getUint16(at + 4 * index), bearing: this.#view.getInt16(at + 4 * index + 2) }
    return { advance: this.#view.getUint16(at + 4 * (n - 1)), bearing: this.#view.getInt16(at + 4 * n + 2 * (index - n)) }
  }

  #outline(index: number): Uint8Array {
    const loca = this.#offset('loca')
    const start = (i: number) => (this.#longLoca ? this.#view.getUint32(loca + 4 * i) : 2 * this.#view.getUint16(loca + 2 * i))
    const glyf = this.#offset('glyf')
    return this.bytes.subarray(glyf + start(index), glyf + start(index + 1))
  }

  createSubset() {
    const ids = new Map<number, number>([[-1, 0]])
    const indexes = [0]
    return {
      cff: false,
      /** @returns the glyph's id in the subset: 1, 2, 3 … in order of first use */
      includeGlyph: (glyph: FaceGlyph): number => {
        let id = ids.get(glyph.id)
        if (id === undefined) {
          id = indexes.length
          ids.set(glyph.id, id)
          indexes.push(glyph.index)
        }
        return id
      },
      encodeStream: (): SubsetStream => {
        const stream: SubsetStream = {
          on: (event, callback) => {
            if (event === 'data') callback(this.#encode(indexes))
            if (event === 'end') callback(new Uint8Array())
            return stream
          },
        }
        return stream
      },
    }
  }

  /** Writes a face of the given glyphs, in order, with the tables a CIDFontType2 needs (ISO 32000-1, 9.9). */
  #encode(included: number[]): Uint8Array {
    const indexes = [...included]
    // Composite glyphs refer to others by index: append those and rewrite the references.
    const component = new Map<number, number>()
    const outlines: Uint8Array[] = []
    for (let i = 0; i < indexes.length; i++) {
      const outline = this.#outline(indexes[i] ?? 0).slice()
      const view = new DataView(outline.buffer)
      if (outline.length >= 10 && view.getInt16(0) < 0) {
        for (let at = 10, flags = 0x20; (flags & 0x20) !== 0 && at + 4 <= outline.length;) {
          flags = view.getUint16(at)
          const index = view.getUint16(at + 2)
          const id = component.get(index) ?? indexes.push(index) - 1
          component.set(index, id)
          view.setUint16(at + 2, id)
          at += 4 + (flags & 1 ? 4 : 2) + (flags & 0x08 ? 2 : flags & 0x40 ? 4 : flags & 0x80 ? 8 : 0)
        }
      }
      outlines.push(outline)
    }
    const count = indexes.length
    const loca = new DataView(new ArrayBuffer(4 * (count + 1)))
    let size = 0
    for (const [i, outline] of outlines.entries()) {
      loca.setUint32(4 * i, size)
      // Glyph data starts on four-byte boundaries; without the padding some readers draw nothing.
      size += (outline.length + 3) & ~3
    }
    loca.setUint32(4 * count, size)
    const glyf = new Uint8Array(size)
    for (const [i, outline] of outlines.entries()) glyf.set(outline, loca.getUint32(4 * i))
    const hmtx = new DataView(new ArrayBuffer(4 * count))
    for (const [i, index] of indexes.entries()) {
      const { advance, bearing } = this.#metric(index)
      hmtx.setUint16(4 * i, advance)
      hmtx.setInt16(4 * i + 2, bearing)
    }
    const copy = (name: string) => {
      const { offset, length } = this.#tables.get(name) ?? { offset: 0, length: 0 }
      return new DataView(this.bytes.slice(offset, offset + length).buffer)
    }
    const [head, hhea, maxp] = [copy('head'), copy('hhea'), copy('maxp')]
    head.setUint32(8, 0)
    head.setInt16(50, 1)
    hhea.setUint16(34, count)
    maxp.setUint16(4, count)
    return assemble([
      ['glyf', glyf],
      ['head', new Uint8Array(head.buffer)],
      ['hhea', new Uint8Array(hhea.buffer)],
      ['hmtx', new Uint8Array(hmtx.buffer)],
      ['loca', new Uint8Array(loca.buffer)],
      ['maxp', new Uint8Array(maxp.buffer)],
    ])
  }
}

function checksum(bytes: Uint8Array): number {
  let sum = 0
  for (let i = 0; i < bytes.length; i += 4) {
    sum = (sum + (((bytes[i] ?? 0) << 24) | ((bytes[i + 1] ?? 0) << 16) | ((bytes[i + 2] ?? 0) << 8) | (bytes[i + 3] ?? 0))) >>> 0
  }
  return sum
}

/** The sfnt wrapper; tables must come sorted by tag. */
function assemble(tables: [string, Uint8Array][]): Uint8Array {
  const start = 12 + 16 * tables.length
  const out = new Uint8Array(tables.reduce((size, [, data]) => size + ((data.length + 3) & ~3), start))
  const view = new DataView(out.buffer)
  const power = Math.floor(Math.log2(tables.length))
  view.setUint32(0, 0x00010000)
  view.setUint16(4, tables.length)
  view.setUint16(6, 16 << power)
  view.setUint16(8, power)
  view.setUint16(10, 16 * tables.length - (16 << power))
  let offset = start
  for (const [i, [name, data]] of tables.entries()) {
    const at = 12 + 16 * i
    for (let c = 0; c < 4; c++) view.setUint8(at + c, name.charCodeAt(c))
    view.setUint32(at + 4, checksum(data))
    view.setUint32(at + 8, offset)
    view.setUint32(at + 12, data.length)
    out.set(data, offset)
    offset += (data.length + 3) & ~3
  }
  return out
}
