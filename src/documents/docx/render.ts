import { PDFDocument } from 'pdf-lib'
import { PdfFonts } from '../fonts.ts'
import { eachPiece, facesOf, PagePainter } from './draw.ts'
import type { DocxParts } from './guard.ts'
import { Looks } from './looks.ts'
import { openPackage } from './package.ts'
import { Paginator } from './pages.ts'
import { parseDocument, readFontTable } from './parse.ts'
import { Pictures } from './pictures.ts'

export interface RenderOptions {
  /** Title of the PDF; the document's own when absent. */
  title?: string
  /** Language of the text as in BCP 47, for screen readers; the document's own, or Russian, when absent. */
  language?: string
  /** Creation date of the PDF. Without it there is none, so that the same document always gives the same bytes. */
  date?: Date
}

export interface Rendering {
  pdf: Uint8Array
  pages: number
  /** English sentences about what is drawn differently from the original; empty when nothing is. */
  warnings: string[]
}

/**
 * Draws a Word document (ECMA-376 WordprocessingML) as a PDF 1.7 file with embedded subset fonts and extractable text.
 *
 * The same input gives the same bytes. Work is bounded: 500 pages, 400,000 XML elements, 40 megapixels a picture.
 * @param source the file, or its parts when the guard has already opened it
 * @throws AppError `bad_file` when the file is not a sound DOCX, or is too large to draw
 */
export async function renderDocx(source: Uint8Array | DocxParts, options: RenderOptions = {}): Promise<Rendering> {
  const opened = openPackage(source)
  const model = parseDocument(opened)
  const looks = await Looks.load(model, readFontTable(opened))
  const pages = new Paginator(model, looks).run()

  const document = await PDFDocument.create({ updateMetadata: false })
  const { faces, fallback } = facesOf(pages)
  const fonts = await PdfFonts.embed(document, faces, fallback)
  const pictures = new Pictures(document, (part) => opened.bytes(part), model.warnings)
  const parts = new Set<string>()
  for (const page of pages) eachPiece(page, (piece) => piece.kind === 'picture' && parts.add(piece.picture.part))
  for (const part of parts) await pictures.embed(part)
  for (const page of pages) new PagePainter(document, page, fonts, pictures, pages.length).paint()

  const title = options.title ?? model.title
  if (title !== '') document.setTitle(title, { showInWindowTitleBar: true })
  document.setLanguage(options.language ?? (model.language === '' ? 'ru' : model.language))
  document.setProducer('Qoltanba')
  document.setCreator('Qoltanba')
  if (options.date) {
    document.setCreationDate(options.date)
    document.setModificationDate(options.date)
  }
  // pdf-lib yields to the event loop every 50 objects unless told not to.
  const pdf = await document.save({ addDefaultPage: false, updateFieldAppearances: false, objectsPerTick: Infinity })
  return { pdf, pages: pages.length, warnings: model.warnings.list }
}
