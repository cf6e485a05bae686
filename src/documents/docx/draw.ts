import { strToU8, zlibSync } from 'fflate'
import { PDFString } from 'pdf-lib'
import type { PDFDocument, PDFPage } from 'pdf-lib'
import { pdfNumber as n } from '../fonts.ts'
import type { Face, PdfFonts } from '../fonts.ts'
import type { PageNumbers } from './atoms.ts'
import { fieldText } from './atoms.ts'
import type { Placed, PlacedRow } from './boxes.ts'
import type { Line, Piece } from './lines.ts'
import type { Look } from './looks.ts'
import type { LaidPage } from './pages.ts'
import { anchorPoint, imageName, placePicture } from './pictures.ts'
import type { Pictures } from './pictures.ts'
import type { Rule } from './rules.ts'
import { drawRule, joinRules, rgb } from './rules.ts'

type TextPiece = Extract<Piece, { kind: 'text' }>

/** Visits every piece of text on a page, in reading order. */
export function eachPiece(page: LaidPage, visit: (piece: Piece) => void) {
  const walk = (placed: Placed[]) => {
    for (const item of placed) {
      if (item.kind === 'paragraph') for (const line of item.lines) line.pieces.forEach(visit)
      else for (const row of item.rows) for (const cell of row.cells) walk(cell.content)
    }
  }
  for (const area of page.areas) walk(area.placed)
}

/** Faces that a page's text needs, with whether some glyphs come from the fallback. */
export function facesOf(pages: LaidPage[]): { faces: Set<Face>; fallback: boolean } {
  const faces = new Set<Face>()
  let fallback = false
  for (const page of pages) {
    eachPiece(page, (piece) => {
      if (piece.kind !== 'text' || piece.text === '') return
      faces.add(piece.look.face)
      fallback ||= piece.look.face.mixes(piece.text)
    })
  }
  return { faces, fallback }
}

const safeLink = (link: string) => /^(https?|mailto|tel):/i.test(link) && link.length < 2000

/** Writes the content of one page. Layout coordinates run down from the top left corner; PDF's run up. */
export class PagePainter {
  readonly #document: PDFDocument
  readonly #page: PDFPage
  readonly #fonts: PdfFonts
  readonly #pictures: Pictures
  readonly #laid: LaidPage
  readonly #numbers: PageNumbers
  // Grounds lie under text, and text under borders, whatever the order of the blocks.
  readonly #grounds: string[] = []
  readonly #contents: string[] = []
  readonly #overlays: string[] = []
  readonly #rules: Rule[] = []
  readonly #links: { x: number; y: number; width: number; height: number; uri: string }[] = []
  #state = ''

  constructor(document: PDFDocument, laid: LaidPage, fonts: PdfFonts, pictures: Pictures, pages: number) {
    this.#document = document
    this.#laid = laid
    this.#fonts = fonts
    this.#pictures = pictures
    this.#numbers = { page: laid.number, pages, format: laid.section.pageFormat }
    this.#page = document.addPage([laid.width, laid.height])
  }

  paint() {
    for (const area of this.#laid.areas) this.#blocks(area.placed, area.x, area.y)
    const rules = joinRules(this.#rules).map(drawRule)
    const content = ['q', ...this.#grounds, 'Q', 'q', ...this.#contents, 'Q', 'q', ...rules, ...this.#overlays, 'Q'].join('\n')
    const { context } = this.#document
    // fflate packs several times faster than pdf-lib's own deflate.
    const packed = zlibSync(strToU8(content, true), { level: 6 })
    this.#page.node.addContentStream(context.register(context.stream(packed, { Filter: 'FlateDecode' })))
    for (const { x, y, width, height, uri } of this.#links) {
      const annotation = context.obj({
        Type: 'Annot',
        Subtype: 'Link',
        Rect: [x, y, x + width, y + height],
        Border: [0, 0, 0],
        A: { Type: 'Action', S: 'URI', URI: PDFString.of(encodeURI(decodeLink(uri))) },
      })
      this.#page.node.addAnnot(context.register(annotation))
    }
  }

  /** From layout to PDF. */
  #up(y: number) {
    return this.#laid.height - y
  }

  #ground(x: number, y: number, width: number, height: number, color: string) {
    if (width > 0 && height > 0) this.#grounds.push(`${rgb(color)} rg ${n(x)} ${n(this.#up(y + height))} ${n(width)} ${n(height)} re f`)
  }

  #blocks(placed: Placed[], x: number, y: number) {
    for (const item of placed) {
      if (item.kind === 'paragraph') this.#paragraph(item, x, y + item.y)
      else for (const row of item.rows) this.#row(row, x + item.box.x, y + item.y)
    }
  }

  #paragraph(item: Extract<Placed, { kind: 'paragraph' }>, x: number, y: number) {
    const { box } = item
    const { borders } = box
    const [left, right] = [x + box.left - (borders?.left?.space ?? 0), x + box.right + (borders?.right?.space ?? 0)]
    if (box.shading !== undefined) this.#ground(left, y, right - left, item.height, box.shading)
    if (borders) {
      const [top, bottom] = [this.#up(y), this.#up(y + item.height)]
      if (item.first && !item.joinsAbove && borders.top) this.#rules.push({ border: borders.top, x1: left, x2: right, y1: top, y2: top })
      if (item.first && item.joinsAbove && borders.between)
        this.#rules.push({ border: borders.between, x1: left, x2: right, y1: top, y2: top })
      if (item.last && !item.joinsBelow && borders.bottom)
        this.#rules.push({ border: borders.bottom, x1: left, x2: right, y1: bottom, y2: bottom })
      if (borders.left) this.#rules.push({ border: borders.left, x1: left, x2: left, y1: bottom, y2: top })
      if (borders.right) this.#rules.push({ border: borders.right, x1: right, x2: right, y1: bottom, y2: top })
    }
    let at =
      y +
      (item.first ? item.height - item.lines.reduce((h, l) => h + l.height, 0) - (item.last && !item.joinsBelow ? box.borderBottom : 0) : 0)
    for (const line of item.lines) {
      this.#line(line, x, at)
      at += line.height
    }
  }

  #row(row: PlacedRow, x: number, y: number) {
    const top = y + row.y
    for (const { box, height, content, contentY } of row.cells) {
      const [left, right] = [x + box.x, x + box.x + box.width]
      const bottom = top + height
      if (box.shading !== undefined) this.#ground(left, top, box.width, height, box.shading)
      this.#blocks(content, left + box.margins.left, top + contentY)
      const { edges } = box
      const rule = (border: Rule['border'] | undefined, x1: number, y1: number, x2: number, y2: number) => {
        if (border) this.#rules.push({ border, x1, y1: this.#up(y1), x2, y2: this.#up(y2) })
      }
      rule(edges.top, left, top, right, top)
      rule(edges.bottom, left, bottom, right, bottom)
      rule(edges.left, left, bottom, left, top)
      rule(edges.right, right, bottom, right, top)
    }
  }

  #line(line: Line, x: number, y: number) {
    const baseline = this.#up(y + line.baseline)
    for (const piece of line.pieces) {
      const at = x + piece.x
      if (piece.kind === 'picture') {
        this.#picture(piece, at, baseline, x, y)
      } else this.#text(piece, at, baseline, y, line.height)
      if (piece.link !== undefined && safeLink(piece.link)) {
        this.#links.push({ x: at, y: this.#up(y + line.height), width: piece.width, height: line.height, uri: piece.link })
      }
    }
  }

  #picture(piece: Extract<Piece, { kind: 'picture' }>, x: number, baseline: number, areaX: number, lineTop: number) {
    const { picture } = piece
    const ref = this.#pictures.get(picture.part)
    if (!ref) return
    const name = imageName(ref)
    this.#page.node.setXObject(name, ref)
    const { anchor } = picture
    if (!anchor) {
      this.#contents.push(placePicture(name.toString(), x, baseline, piece.width, piece.height, picture.crop))
      return
    }
    const place = anchorPoint(picture, anchor, this.#laid, areaX, lineTop)
    const operators = placePicture(
      name.toString(),
      place.x,
      this.#up(place.y + picture.height),
      picture.width,
      picture.height,
      picture.crop,
    )
    if (anchor.behind) this.#grounds.push(operators)
    else this.#overlays.push(operators)
  }

  #text(piece: TextPiece, x: number, baseline: number, top: number, height: number) {
    const { look } = piece
    const text = piece.field ? fieldText(piece.field.kind, piece.field.format, this.#numbers) : piece.text
    if (look.background !== undefined) this.#ground(x, top, piece.width, height, look.background)
    if (text !== '') {
      const state = `${n(look.spacing)} Tc ${n(look.scale * 100)} Tz ${rgb(look.color)} rg`
      const setup = state === this.#state ? '' : `${state} `
      this.#state = state
      const shown = look.face.split(text).map((part) => {
        const font = this.#fonts.resource(this.#page, look.face, part.fallback)
        return `/${font} ${n(look.size)} Tf ${this.#show(look, part.text, part.fallback, piece.stretch)}`
      })
      this.#contents.push(`BT ${setup}1 0 0 1 ${n(x)} ${n(baseline + look.rise)} Tm ${shown.join(' ')} ET`)
    }
    this.#decorate(look, x, baseline, piece.width)
  }

  /** Justified text keeps its space characters, each followed by a shift: so it is still copied as words. */
  #show(look: Look, text: string, fallback: boolean, stretch: number): string {
    if (stretch === 0 || !text.includes(' ')) return `${this.#fonts.encode(look.face, text, fallback)} Tj`
    const shift = n((-stretch * 1000) / (look.size * look.scale))
    const parts = text.split(' ').map((word, i, all) => (i < all.length - 1 ? `${word} ` : word))
    const encoded = parts.filter((p) => p !== '').map((p) => this.#fonts.encode(look.face, p, fallback) + (p.endsWith(' ') ? shift : ''))
    return `[${encoded.join('')}] TJ`
  }

  #decorate(look: Look, x: number, baseline: number, width: number) {
    const { face, size } = look
    const thickness = Math.max(0.4, face.underlineThickness * size)
    const stroke = (y: number, color: string, weight = thickness, style = 'single') => {
      this.#contents.push(`q ${drawRule({ border: { style, width: weight, color, space: 0 }, x1: x, y1: y, x2: x + width, y2: y })} Q`)
    }
    if (look.underline !== undefined) {
      const y = baseline + face.underlinePosition * size + Math.min(0, look.rise)
      const kind = look.underline.toLowerCase()
      const style =
        kind.includes('dotdash') || kind.includes('dashdot')
          ? 'dotDash'
          : kind.includes('dot')
            ? 'dotted'
            : kind.includes('dash')
              ? 'dashed'
              : 'single'
      stroke(y, look.underlineColor, kind.includes('thick') || kind.includes('heavy') ? 2 * thickness : thickness, style)
      if (kind.includes('double')) stroke(y - 2 * thickness, look.underlineColor)
    }
    if (look.strike) stroke(baseline + look.rise + size * 0.26, look.color)
    if (look.doubleStrike) for (const part of [0.22, 0.32]) stroke(baseline + look.rise + size * part, look.color)
  }
}

/** Links may already be percent-encoded. */
function decodeLink(uri: string): string {
  try {
    return decodeURI(uri)
  } catch {
    return uri.replace(/%/g, '%25')
  }
}
