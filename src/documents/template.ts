import { AppError } from '../http/errors.ts'
import type { DocxParts } from './docx/guard.ts'
import type { TemplateSection } from './docx/template.ts'
import { looksLikeOle, looksLikePdf, looksLikeZip } from './magic.ts'
import type { PdfTemplateField } from './pdf/form.ts'

export type TemplateFormat = 'docx' | 'pdf'

export const TEMPLATE_MIME: Record<TemplateFormat, string> = {
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  pdf: 'application/pdf',
}

export interface TemplateInfo {
  format: TemplateFormat
  /** Of the contents, whatever the sender called them. */
  mime: string
  /** What wants a value, in the order of the document. */
  fields: PdfTemplateField[]
  /** Loops and conditions of a DOCX. */
  sections: TemplateSection[]
  /** What will not look as its author drew it, or is left out. */
  warnings: string[]
  /** Rendering is heavy enough to go through the queue. */
  needsQueue: boolean
}

export interface RenderedTemplate {
  pdf: Uint8Array
  pages: number
  warnings: string[]
}

/** Above these a document takes long to lay out: some 30 pages of Word text, or many pictures. Bytes, unpacked and packed. */
const LARGE = { text: 600_000, file: 3_000_000, pages: 100 } as const

/**
 * Looks into an uploaded template: which format, which fields, what cannot be shown. Contents decide; a name or type that claims
 * otherwise is refused, as people would open the file as what it is called.
 *
 * @throws AppError `bad_file` with a reason that may be shown
 */
export async function inspectTemplate(bytes: Uint8Array, fileName = '', declaredType = ''): Promise<TemplateInfo> {
  const format = formatOf(bytes)
  const said = claimedFormat(fileName, declaredType)
  if (said !== undefined && said !== format) {
    throw new AppError('bad_file', `The file is called ${said === 'pdf' ? 'a PDF' : 'a Word document'} but is not one.`)
  }
  const mime = TEMPLATE_MIME[format]
  if (format === 'pdf') {
    const { readPdfFields } = await import('./pdf/form.ts')
    const { fields, warnings, pages } = await readPdfFields(bytes)
    return { format, mime, fields, sections: [], warnings, needsQueue: bytes.length > LARGE.file || pages > LARGE.pages }
  }
  const [{ openDocx }, { readDocxFields }] = await Promise.all([import('./docx/guard.ts'), import('./docx/template.ts')])
  const document = openDocx(bytes)
  const { fields, sections, warnings } = readDocxFields(document)
  const needsQueue = bytes.length > LARGE.file || (document.parts.get(document.main)?.length ?? 0) > LARGE.text
  // A trial rendering tells what the layout does not support; a large document tells it when it is first rendered.
  const trial = needsQueue ? [] : (await renderDocx(document)).warnings
  return { format, mime, fields, sections, warnings: [...new Set([...warnings, ...trial])], needsQueue }
}

/**
 * Puts values into a template.
 *
 * @throws AppError `bad_file` for a broken template, `validation` for values that it cannot take
 */
export async function fillTemplate(
  format: TemplateFormat,
  bytes: Uint8Array,
  values: Record<string, unknown>,
): Promise<{ kind: TemplateFormat; bytes: Uint8Array; warnings: string[] }> {
  if (format === 'pdf') {
    const { fillPdfForm } = await import('./pdf/form.ts')
    return { kind: format, ...(await fillPdfForm(bytes, values)) }
  }
  const { fillDocx } = await import('./docx/template.ts')
  return { kind: format, ...fillDocx(bytes, values) }
}

/** Fills a template and lays it out as a PDF; throws as {@link fillTemplate} does. */
export async function renderTemplate(
  format: TemplateFormat,
  bytes: Uint8Array,
  values: Record<string, unknown>,
): Promise<RenderedTemplate> {
  if (format === 'pdf') {
    const { fillPdfForm } = await import('./pdf/form.ts')
    const { bytes: pdf, pages, warnings } = await fillPdfForm(bytes, values)
    return { pdf, pages, warnings }
  }
  const { fillDocxParts } = await import('./docx/template.ts')
  const filled = fillDocxParts(bytes, values)
  const { pdf, pages, warnings } = await renderDocx(filled.parts)
  return { pdf, pages, warnings: [...new Set([...filled.warnings, ...warnings])] }
}

async function renderDocx(document: DocxParts): Promise<RenderedTemplate> {
  const { renderDocx: render } = await import('./docx/render.ts')
  return render(document)
}

function formatOf(bytes: Uint8Array): TemplateFormat {
  if (looksLikeZip(bytes) || looksLikeOle(bytes)) return 'docx'
  if (looksLikePdf(bytes)) return 'pdf'
  throw new AppError('bad_file', 'A template is a Word document (.docx) or a PDF.')
}

/** What the sender calls the file; undefined when it says nothing, or something general. */
function claimedFormat(fileName: string, declaredType: string): TemplateFormat | undefined {
  const ending = /\.([a-z0-9]{1,8})$/i.exec(fileName)?.[1]?.toLowerCase()
  if (ending === 'pdf' || ending === 'docx') return ending
  const type = declaredType.split(';')[0]?.trim().toLowerCase()
  return type === TEMPLATE_MIME.pdf ? 'pdf' : type === TEMPLATE_MIME.docx ? 'docx' : undefined
}
