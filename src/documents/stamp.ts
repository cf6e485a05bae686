import {
  beginMarkedContent,
  beginText,
  concatTransformationMatrix,
  drawObject,
  endMarkedContent,
  endText,
  PDFHexString,
  PDFName,
  PDFNumber,
  popGraphicsState,
  pushGraphicsState,
  setFillingGrayscaleColor,
  setFontAndSize,
  setTextMatrix,
  showText,
} from 'pdf-lib'
import type { PDFPage } from 'pdf-lib'
import { formatDateTime, toDate } from '../lib/dates.ts'
import { appendCertificate, DEFAULT_TIME_ZONE } from './certificate.ts'
import type { SigningEvidence } from './certificate.ts'
import { loadFace, PdfFonts, wrapText } from './fonts.ts'
import type { Face } from './fonts.ts'
import { dropUnreachable, stripActive } from './pdf/clean.ts'
import { flattenForm } from './pdf/flatten.ts'
import { loadPdf, withPdf } from './pdf/load.ts'

export type { SignerEvidence, SigningEvidence, SigningMethod } from './certificate.ts'

/** Of the mark on an A4 page, in points: type size, distance from the bottom edge, from the sides. Larger pages have larger ones. */
const MARK = { size: 6.5, smallest: 4, bottom: 9, side: 24, gray: 0.4, pageWidth: 595 } as const

/** What we rendered ourselves may be larger than what may be uploaded; bytes. */
const MAX_SIGNED = 40_000_000

/**
 * Makes the copy of a signed document that people keep: a small mark in the bottom margin of every page, and the certificate appended.
 * The signed bytes themselves stay what they are; this is a new file, which carries no digital signature of the old one. Forms become part
 * of the pages, scripts and attachments are left out. Equal input gives equal bytes: every date comes from the evidence.
 *
 * @param pdf the document that was signed
 * @throws AppError `bad_file` when it is not a PDF that can be read
 */
export async function stampSigned(pdf: Uint8Array, evidence: SigningEvidence): Promise<Uint8Array> {
  const doc = await loadPdf(pdf, MAX_SIGNED)
  await withPdf(() => {
    stripActive(doc)
    flattenForm(doc)
    dropUnreachable(doc)
  })
  const [regular, bold] = await Promise.all([loadFace('arimo'), loadFace('arimo', { bold: true })])
  const fonts = await PdfFonts.embed(doc, [regular, bold])
  appendCertificate(doc, fonts, { regular, bold }, evidence)

  const at = evidence.signers.map((s) => s.signedAt).sort((a, b) => toDate(b).getTime() - toDate(a).getTime())[0] ?? evidence.producedAt
  const when = formatDateTime(at, evidence.timeZone ?? DEFAULT_TIME_ZONE)
  const pages = doc.getPages()
  await withPdf(() => {
    for (const [i, page] of pages.entries()) {
      markPage(page, `Подписано через Qoltanba · ${evidence.packageId} · ${when} · стр. ${i + 1} из ${pages.length}`, regular, fonts)
    }
  })
  doc.setModificationDate(toDate(evidence.producedAt))
  return doc.save({ updateFieldAppearances: false, addDefaultPage: false, objectsPerTick: Infinity })
}

/**
 * Draws the mark at the bottom of the page as readers show it: turned by `Rotate`, cut to `CropBox`. It is a form object with its own
 * fonts, so that no resource of the page is touched, and an artifact (ISO 32000-1, 14.8.2.2), so that screen readers pass over it.
 */
function markPage(page: PDFPage, text: string, face: Face, fonts: PdfFonts): void {
  const { matrix, width, height } = displayed(page)
  const scale = Math.max(1, Math.min(width, height) / MARK.pageWidth)
  const side = Math.min(MARK.side * scale, width / 20)
  const room = width - 2 * side
  const wished = Math.min(MARK.size * scale, height / 20)
  const size = Math.min(wished, Math.max(MARK.smallest, (wished * room) / face.measure(text, wished)))
  const lines = wrapText(face, text, size, room)
  const bottom = Math.min(MARK.bottom * scale, height / 30)
  const operators = lines.flatMap((line, i) => {
    const x = (width - face.measure(line, size)) / 2
    const y = bottom + (lines.length - 1 - i) * size * 1.2
    return [setTextMatrix(1, 0, 0, 1, x, y), showText(PDFHexString.of(fonts.encode(face, line).slice(1, -1)))]
  })
  const { context } = page.doc
  const mark = context.formXObject(
    [
      beginMarkedContent('Artifact'),
      setFillingGrayscaleColor(MARK.gray),
      beginText(),
      setFontAndSize('F', size),
      ...operators,
      endText(),
      endMarkedContent(),
    ],
    { BBox: [0, 0, width, height], Resources: { Font: { F: fonts.pdfFont(face).ref } } },
  )
  const key = page.node.newXObject('Mark', context.register(mark))
  page.pushOperators(pushGraphicsState(), concatTransformationMatrix(...matrix), drawObject(key), popGraphicsState())
}

type Matrix = [a: number, b: number, c: number, d: number, e: number, f: number]

/**
 * The page as it is shown: its size in points, and the matrix from there (origin at the lower left corner as seen) to the page's own space.
 * `UserUnit` makes the units of a page larger than points.
 */
function displayed(page: PDFPage): { matrix: Matrix; width: number; height: number } {
  const media = page.getMediaBox()
  const crop = page.getCropBox()
  const left = Math.max(media.x, crop.x)
  const bottom = Math.max(media.y, crop.y)
  let right = Math.min(media.x + media.width, crop.x + crop.width)
  let top = Math.min(media.y + media.height, crop.y + crop.height)
  // A crop box beside the page counts for nothing.
  if (!(right > left && top > bottom)) [right, top] = [left + media.width, bottom + media.height]
  const declared = page.node.getInheritableAttribute(PDFName.of('UserUnit'))
  const unit = declared instanceof PDFNumber && declared.asNumber() > 0 ? declared.asNumber() : 1
  const k = 1 / unit
  const [width, height] = [(right - left) * unit, (top - bottom) * unit]
  const turn = (((Math.round(page.getRotation().angle / 90) % 4) + 4) % 4) * 90
  if (turn === 90) return { matrix: [0, k, -k, 0, right, bottom], width: height, height: width }
  if (turn === 180) return { matrix: [-k, 0, 0, -k, right, top], width, height }
  if (turn === 270) return { matrix: [0, -k, k, 0, left, top], width: height, height: width }
  return { matrix: [k, 0, 0, k, left, bottom], width, height }
}
