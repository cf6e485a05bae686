import {
  PDFArray,
  PDFBool,
  PDFButton,
  PDFCheckBox,
  PDFDict,
  PDFDropdown,
  PDFName,
  PDFOptionList,
  PDFRadioGroup,
  PDFSignature,
  PDFTextField,
} from 'pdf-lib'
import type { PDFDocument, PDFField, PDFForm } from 'pdf-lib'
import { AppError } from '../../http/errors.ts'
import { loadFace, PdfFonts } from '../fonts.ts'
import type { TemplateField } from '../tables.ts'
import { guessFieldType, isYes, MAX_FIELD_NAME, MAX_FIELDS, textOf } from '../values.ts'
import { dropUnreachable, stripActive } from './clean.ts'
import { flattenForm } from './flatten.ts'
import { loadPdf, withPdf } from './load.ts'
import { setTextOf } from './text-field.ts'

export interface PdfTemplateField extends TemplateField {
  /** What may be chosen, for lists and radio buttons. */
  options?: string[]
}

export interface PdfFields {
  fields: PdfTemplateField[]
  warnings: string[]
  pages: number
}

const bad = (message: string) => new AppError('bad_file', message)

/**
 * Lists the fields of a PDF form (AcroForm) in the order of the form. A PDF without a form is a template without fields.
 *
 * @throws AppError `bad_file`: not a PDF, damaged, encrypted, already digitally signed (filling would break the signature), a form that is
 * XFA only, too many fields or pages
 */
export async function readPdfFields(bytes: Uint8Array): Promise<PdfFields> {
  const doc = await loadPdf(bytes)
  return withPdf(() => {
    const { form, warnings } = openForm(doc)
    const groups = form ? groupFields(form) : new Map<string, PDFField[]>()
    const fields = [...groups].map(([name, [field]]) => describe(name, field))
    if (form?.getFields().some((f) => f instanceof PDFSignature))
      warnings.push('Signature fields are left out: documents are signed here in another way.')
    return { fields, warnings: [...warnings, ...stripActive(doc)], pages: doc.getPageCount() }
  })
}

/**
 * Fills a PDF form and makes it part of the pages, in our fonts, as the standard ones have no Cyrillic. Equal input gives equal bytes.
 * A field without a value keeps what the form holds.
 *
 * @returns the PDF, without its form, and warnings: values that had to be made small, names without a value or without a field
 * @throws AppError `bad_file` as {@link readPdfFields}; `validation` for a value that is none of a field's options
 */
export async function fillPdfForm(
  bytes: Uint8Array,
  values: Record<string, unknown>,
): Promise<{ bytes: Uint8Array; warnings: string[]; pages: number }> {
  const [doc, face] = [await loadPdf(bytes), await loadFace('arimo')]
  return withPdf(async () => {
    const { form, warnings } = openForm(doc)
    stripActive(doc)
    const groups = form ? groupFields(form) : new Map<string, PDFField[]>()
    if (form && groups.size) {
      const fonts = await PdfFonts.embed(doc, [face], false)
      for (const [name, fields] of groups) {
        const value = Object.hasOwn(values, name) ? values[name] : undefined
        if (value === undefined || value === null) {
          if (fields.every(isEmpty)) warnings.push(`"${name}" has no value.`)
        } else for (const field of fields) fillField(field, name, value, (text) => warnings.push(text), face)
      }
      form.updateFieldAppearances(fonts.pdfFont(face))
    }
    flattenForm(doc)
    dropUnreachable(doc)
    for (const name of Object.keys(values))
      if (!groups.has(name)) warnings.push(`The template has no field "${name.slice(0, MAX_FIELD_NAME)}".`)
    const out = await doc.save({ updateFieldAppearances: false, addDefaultPage: false, objectsPerTick: Infinity })
    return { bytes: out, warnings, pages: doc.getPageCount() }
  })
}

/** The form, after the refusals that concern it; undefined when there is none. */
function openForm(doc: PDFDocument): { form?: PDFForm; warnings: string[] } {
  const warnings: string[] = []
  const dict = doc.catalog.lookup(PDFName.of('AcroForm'))
  if (doc.catalog.lookup(PDFName.of('NeedsRendering')) === PDFBool.True)
    throw bad('The form is XFA only, which readers other than Adobe do not show. Save it as an AcroForm.')
  if (!(dict instanceof PDFDict)) return { warnings }
  const list = dict.lookup(PDFName.of('Fields'))
  const size = list instanceof PDFArray ? list.size() : 0
  if (dict.delete(PDFName.of('XFA'))) {
    if (size === 0) throw bad('The form is XFA only, which readers other than Adobe do not show. Save it as an AcroForm.')
    warnings.push('The XFA copy of the form is left out; its ordinary fields are used.')
  }
  if (size === 0) return { warnings }
  checkFieldTree(doc, list)
  const form = doc.getForm()
  const signed = form.getFields().some((f) => f instanceof PDFSignature && f.acroField.dict.lookup(PDFName.of('V')) instanceof PDFDict)
  if (signed) {
    throw bad('The PDF is already digitally signed, and filling it would break that signature. Upload it unsigned.')
  }
  return { form, warnings }
}

/** pdf-lib walks the fields without a limit; a cycle or a field listed twice could keep it busy for ever. */
function checkFieldTree(doc: PDFDocument, root: unknown): void {
  const seen = new Set<unknown>()
  const stack = [{ list: root, depth: 0 }]
  for (let item = stack.pop(); item; item = stack.pop()) {
    if (!(item.list instanceof PDFArray)) continue
    for (const entry of item.list.asArray()) {
      const field = doc.context.lookup(entry)
      if (seen.has(field) || seen.size > 20 * MAX_FIELDS || item.depth > 32) throw bad('The PDF is damaged: its form is malformed.')
      seen.add(field)
      if (field instanceof PDFDict) stack.push({ list: field.lookup(PDFName.of('Kids')), depth: item.depth + 1 })
    }
  }
}

/**
 * Fields that take a value, by the name that our API gives them; two fields of one name are filled alike. Forms name fields freely
 * («Text Field 1», `form[0].name[0]`); what a field name may not hold here becomes `_`.
 */
function groupFields(form: PDFForm): Map<string, PDFField[]> {
  const byName = new Map<string, PDFField[]>()
  for (const field of form.getFields()) {
    if (field instanceof PDFSignature || field instanceof PDFButton) continue
    const name = field.getName()
    byName.set(name, [...(byName.get(name) ?? []), field])
    if (byName.size > MAX_FIELDS) throw bad(`The form has more than ${MAX_FIELDS} fields.`)
  }
  const groups = new Map<string, PDFField[]>()
  for (const [name, fields] of byName) {
    const plain =
      name
        .replaceAll(/[^\p{L}\p{N}_.-]+/gu, '_')
        .slice(-MAX_FIELD_NAME + 4)
        .replaceAll(/^_+|_+$/g, '') || 'field'
    let free = plain
    for (let n = 2; groups.has(free) || (free !== name && byName.has(free)); n++) free = `${plain}_${n}`
    groups.set(free, fields)
  }
  return groups
}

function describe(name: string, field: PDFField | undefined): PdfTemplateField {
  if (field instanceof PDFCheckBox) return { name, type: 'checkbox' }
  if (field instanceof PDFDropdown || field instanceof PDFOptionList || field instanceof PDFRadioGroup) {
    return { name, type: 'text', options: field.getOptions() }
  }
  return { name, type: guessFieldType(name) }
}

/** Whether the form itself holds no value for a text field; other kinds always have a state. */
const isEmpty = (field: PDFField): boolean => field instanceof PDFTextField && (field.isRichFormatted() || (field.getText() ?? '') === '')

function fillField(
  field: PDFField,
  name: string,
  value: unknown,
  warn: (text: string) => void,
  face: Parameters<typeof setTextOf>[2],
): void {
  const text = textOf(value) ?? ''
  if (field instanceof PDFCheckBox) {
    if (isYes(value)) field.check()
    else field.uncheck()
  } else if (field instanceof PDFTextField) {
    setTextOf(field, text, face, (what) => warn(`"${name}" ${what}`))
  } else if (field instanceof PDFDropdown || field instanceof PDFOptionList || field instanceof PDFRadioGroup) {
    if (text === '') {
      field.clear()
      return
    }
    const wanted = text.trim().toLowerCase()
    const option = field.getOptions().find((o) => o.trim().toLowerCase() === wanted)
    // pdf-lib's own size for lists shows few of their lines.
    if (field instanceof PDFOptionList) field.setFontSize(9)
    if (option !== undefined) field.select(option)
    else if (field instanceof PDFDropdown && field.isEditable()) field.select(text)
    else throw new AppError('validation', `"${name}" must be one of: ${field.getOptions().join(', ').slice(0, 300)}.`)
  }
}
