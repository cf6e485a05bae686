import { PDFArray, PDFDict, PDFName, PDFNumber, PDFRef, PDFStream } from 'pdf-lib'
import type { PDFObject } from 'pdf-lib'
import { AppError } from '../http/errors.ts'
import { formatDateTime, toDate } from '../lib/dates.ts'
import { nodeZlib } from '../lib/node.ts'
import { certificatePages, zoneOf } from './certificate.ts'
import type { PackageEvidence, SigningEvidence } from './certificate.ts'
import { PAGE } from './certificate-layout.ts'
import { pdfNumber, wrapText } from './fonts.ts'
import type { StampFonts, Store } from './stamp-fonts.ts'

/** A document that is stamped, whatever file it becomes. */
export interface StampTarget extends Store {
  pages: readonly { ref: PDFRef; dict: PDFDict }[]
  /** Node under which pages are added. */
  root: PDFRef
  deref: (value: PDFObject | undefined) => PDFObject | undefined
  set: (ref: PDFRef, object: PDFObject) => void
}

/** Of the mark on an A4 page, in points: type size, distance from the bottom edge, from the sides. Larger pages have larger ones. */
const MARK = { size: 6.5, smallest: 4, bottom: 9, side: 24, gray: 0.4, pageWidth: 595 } as const
const MAX_SIDE = 20_000

const name = (text: string) => PDFName.of(text)

/**
 * Makes the copy of a signed document that people keep: a small mark in the bottom margin of every page, and the certificate's pages, which
 * the caller appends. Everything new is an object of its own; of a page only its lists of contents and of resources change. Equal input
 * gives equal objects: every date comes from the evidence.
 *
 * @returns the certificate's pages
 * @throws AppError `bad_file` when a page cannot be drawn on
 */
export function stampPages(target: StampTarget, fonts: StampFonts, evidence: SigningEvidence): PDFRef[] {
  const contents = certificatePages(fonts, evidence)
  const resources = fonts.write(target)
  const count = target.pages.length + contents.length
  const mark = markOf(evidence, count)
  const regular = resources.get(name('QR'))
  const open = target.add(target.context.stream('q\n'))
  if (regular) for (const [i, { ref, dict }] of target.pages.entries()) markPage(target, fonts, { ref, dict, regular, open }, mark(i))
  return addPages(target, fonts, resources, contents, (i) => mark(target.pages.length + i))
}

/** The text of the mark on each page, by its index. */
export function markOf(evidence: SigningEvidence | PackageEvidence, count: number): (index: number) => string {
  const times = 'signers' in evidence ? evidence.signers.map((s) => s.signedAt) : evidence.parties.flatMap((p) => p.acted?.at ?? [])
  const latest = times.sort((a, b) => toDate(b).getTime() - toDate(a).getTime())[0] ?? evidence.producedAt
  const text = `Подписано через Qoltanba · ${evidence.packageId} · ${formatDateTime(latest, zoneOf(evidence))} · стр. `
  return (index) => `${text}${index + 1} из ${count}`
}

/** Adds A4 pages with these contents and the mark; they are on no list yet. */
export function addPages(
  target: Pick<StampTarget, 'context' | 'add' | 'root'>,
  fonts: StampFonts,
  resources: PDFDict,
  contents: readonly string[],
  mark: (index: number) => string,
): PDFRef[] {
  const { context, add, root } = target
  const shared = add(context.obj({ Font: resources }))
  const whole = { matrix: [1, 0, 0, 1, 0, 0] as const, width: PAGE.width, height: PAGE.height }
  return contents.map((content, i) => {
    const drawn = `${content}\n${markOperators(fonts, 'QR', mark(i), whole)}`
    // Quickly rather than tightly: that is two thirds of what a page costs.
    const Contents = add(context.stream(new Uint8Array(nodeZlib().deflateSync(drawn, { level: 1 })), { Filter: 'FlateDecode' }))
    const box = [0, 0, PAGE.width, PAGE.height]
    // Everything that a page inherits is said anew: the document's own pages may be turned or cropped by the node above them.
    return add(context.obj({ Type: 'Page', Parent: root, MediaBox: box, CropBox: box, Rotate: 0, Resources: shared, Contents }))
  })
}

interface MarkedPage {
  ref: PDFRef
  dict: PDFDict
  regular: PDFObject
  /** Stream that saves the graphics state before the page's own contents. */
  open: PDFRef
}

/** Draws the mark at the bottom of the page as readers show it: turned by `Rotate`, cut to `CropBox`. */
function markPage(target: StampTarget, fonts: StampFonts, { ref, dict, regular, open }: MarkedPage, text: string): void {
  const { context, deref } = target
  const cloneOf = (value: PDFObject | undefined) => {
    const known = deref(value)
    return known instanceof PDFDict ? known.clone(context) : context.obj({})
  }
  const resources = cloneOf(inherited(target, dict, 'Resources'))
  const pageFonts = cloneOf(resources.get(name('Font')))
  const font = freeName(pageFonts)
  pageFonts.set(name(font), regular)
  resources.set(name('Font'), pageFonts)
  dict.set(name('Resources'), resources)

  const before = contentsOf(target, dict)
  const operators = markOperators(fonts, font, text, displayed(target, dict))
  const mark = target.add(context.stream(before.length > 0 ? `\nQ\n${operators}` : operators))
  dict.set(name('Contents'), context.obj(before.length > 0 ? [open, ...before, mark] : [mark]))
  target.set(ref, dict)
}

function freeName(fonts: PDFDict): string {
  let font = 'QR'
  for (let i = 2; fonts.has(name(font)); i++) font = `QR${i}`
  return font
}

/** References to the page's content streams, in order; one that leads to none is left out, as readers give up on the whole list for it. */
function contentsOf({ deref }: StampTarget, page: PDFDict): PDFRef[] {
  const value = page.get(name('Contents'))
  const list = deref(value)
  const items = list instanceof PDFArray ? list.asArray() : [value]
  return items.filter((item): item is PDFRef => item instanceof PDFRef && deref(item) instanceof PDFStream)
}

/** The mark is an artifact (ISO 32000-1, 14.8.2.2), so that screen readers pass over it. */
function markOperators(fonts: StampFonts, font: string, text: string, { matrix, width, height }: Displayed): string {
  const face = fonts.face({ bold: false })
  const scale = Math.max(1, Math.min(width, height) / MARK.pageWidth)
  const side = Math.min(MARK.side * scale, width / 20)
  const room = width - 2 * side
  const wished = Math.min(MARK.size * scale, height / 20)
  const size = Math.min(wished, Math.max(MARK.smallest, (wished * room) / face.measure(text, wished)))
  const lines = wrapText(face, text, size, room)
  const bottom = Math.min(MARK.bottom * scale, height / 30)
  const shown = lines.map((line, i) => {
    const x = (width - face.measure(line, size)) / 2
    const y = bottom + (lines.length - 1 - i) * size * 1.2
    return `1 0 0 1 ${pdfNumber(x)} ${pdfNumber(y)} Tm <${fonts.codes(line)}> Tj`
  })
  return `q ${matrix.map(fine).join(' ')} cm /Artifact BMC ${MARK.gray} g BT /${font} ${pdfNumber(size)} Tf ${shown.join(' ')} ET EMC Q\n`
}

/** A factor of a matrix: more digits than lengths have, as units may be large. */
const fine = (n: number) => String(Math.round(n * 1e6) / 1e6)

interface Displayed {
  matrix: readonly [a: number, b: number, c: number, d: number, e: number, f: number]
  width: number
  height: number
}

/**
 * The page as it is shown: its size in points, and the matrix from there (origin at the lower left corner as seen) to the page's own space.
 * `UserUnit` makes the units of a page larger than points.
 */
function displayed(target: StampTarget, page: PDFDict): Displayed {
  const media = boxOf(target, inherited(target, page, 'MediaBox'))
  if (!media) throw new AppError('bad_file', 'The PDF is damaged: a page has no usable size.')
  const crop = boxOf(target, inherited(target, page, 'CropBox')) ?? media
  let [left, bottom] = [Math.max(media.left, crop.left), Math.max(media.bottom, crop.bottom)]
  let [right, top] = [Math.min(media.right, crop.right), Math.min(media.top, crop.top)]
  // A crop box beside the page counts for nothing.
  if (!(right > left && top > bottom)) ({ left, bottom, right, top } = media)
  const unit = numberOf(target, page.get(name('UserUnit'))) ?? 1
  const k = unit > 0 ? 1 / unit : 1
  const [width, height] = [(right - left) / k, (top - bottom) / k]
  const angle = numberOf(target, inherited(target, page, 'Rotate')) ?? 0
  const turn = (((Math.round(angle / 90) % 4) + 4) % 4) * 90
  if (turn === 90) return { matrix: [0, k, -k, 0, right, bottom], width: height, height: width }
  if (turn === 180) return { matrix: [-k, 0, 0, -k, right, top], width, height }
  if (turn === 270) return { matrix: [0, -k, k, 0, left, top], width: height, height: width }
  return { matrix: [k, 0, 0, k, left, bottom], width, height }
}

/** An attribute of the page, or of a node above it (7.7.3.4). */
function inherited({ deref }: StampTarget, page: PDFDict, key: string): PDFObject | undefined {
  let node: PDFObject | undefined = page
  for (let depth = 0; node instanceof PDFDict && depth < 64; depth++) {
    const value = node.get(name(key))
    if (value !== undefined) return value
    node = deref(node.get(name('Parent')))
  }
  return undefined
}

function numberOf({ deref }: StampTarget, value: PDFObject | undefined): number | undefined {
  const number = deref(value)
  return number instanceof PDFNumber && Number.isFinite(number.asNumber()) ? number.asNumber() : undefined
}

/** A rectangle (7.9.5), whichever corners it names; undefined when it has no usable size. */
function boxOf(target: StampTarget, value: PDFObject | undefined) {
  const array = target.deref(value)
  const numbers = array instanceof PDFArray ? array.asArray().map((item) => numberOf(target, item)) : []
  const [x1, y1, x2, y2] = numbers
  if (x1 === undefined || y1 === undefined || x2 === undefined || y2 === undefined) return undefined
  const box = { left: Math.min(x1, x2), bottom: Math.min(y1, y2), right: Math.max(x1, x2), top: Math.max(y1, y2) }
  const [width, height] = [box.right - box.left, box.top - box.bottom]
  return width > 0 && height > 0 && width < MAX_SIDE && height < MAX_SIDE ? box : undefined
}
