import { PDFDict, PDFHexString, PDFName, PDFNumber, PDFRawStream, PDFRef } from 'pdf-lib'
import type { PDFObject } from 'pdf-lib'
import { AppError } from '../../http/errors.ts'
import { ascii } from './bytes.ts'
import type { PdfReader } from './reader.ts'
import type { Update } from './update.ts'
import { damaged } from './xref.ts'

/** A terminal signature field (ISO 32000-1, 12.7.4.5). */
export interface SignatureField {
  /** Full name, of the names of its parents with dots between. */
  name: string
  ref: PDFRef
  dict: PDFDict
  /** The signature dictionary, once it is signed. */
  value: PDFDict | undefined
  valueRef: PDFRef | undefined
}

/** Where a signature is seen. Without it it is invisible, as PAdES allows. */
export interface Appearance {
  /** Index of the page, from 0. */
  page: number
  /** Left, bottom, right, top; points in the page's own space. */
  rect: [number, number, number, number]
  /** Content stream in a box from 0,0 to the rectangle's size, and the resources that it names. Empty by default: a clickable place. */
  content?: string
  resources?: PDFDict
}

const LIMITS = { fields: 20_000, depth: 32 } as const

/** The signature fields of a form, in its order. */
export function signatureFields(reader: PdfReader): SignatureField[] {
  const form = reader.dictAt(reader.catalog, 'AcroForm')
  const found: SignatureField[] = []
  const seen = new Set<PDFRef>()
  const visit = (ref: PDFObject, prefix: string, inherited: string | undefined, depth: number): void => {
    if (!(ref instanceof PDFRef) || seen.has(ref)) return
    if (depth > LIMITS.depth || seen.size > LIMITS.fields) throw damaged('its form is malformed')
    seen.add(ref)
    const dict = reader.deref(ref)
    if (!(dict instanceof PDFDict)) return
    const own = reader.textAt(dict, 'T')
    const name = own === undefined ? prefix : prefix === '' ? own : `${prefix}.${own}`
    const type = reader.nameAt(dict, 'FT') ?? inherited
    const raw = dict.get(PDFName.of('V'))
    const value = reader.deref(raw)
    const kids = reader.arrayAt(dict, 'Kids')?.asArray() ?? []
    const named = kids.filter((kid) => {
      const field = reader.deref(kid)
      return field instanceof PDFDict && field.has(PDFName.of('T'))
    })
    if (type === 'Sig' && named.length === 0) {
      found.push({
        name,
        ref,
        dict,
        value: value instanceof PDFDict ? value : undefined,
        valueRef: raw instanceof PDFRef ? raw : undefined,
      })
    } else for (const kid of kids) visit(kid, name, type, depth + 1)
  }
  for (const ref of (form && reader.arrayAt(form, 'Fields')?.asArray()) ?? []) visit(ref, '', undefined, 0)
  return found
}

/**
 * What the author's certification allows afterwards (12.8.2.2): 1 nothing but further validation material, 2 filling and signing,
 * 3 comments too; undefined where there is none.
 */
export function certificationLevel(reader: PdfReader): number | undefined {
  const permissions = reader.dictAt(reader.catalog, 'Perms')
  return permissionOf(reader, permissions && reader.dictAt(permissions, 'DocMDP'))
}

/** Whether who signed has said that pages may not change: by certification, or by a lock on the document with the signature (12.7.5.5). */
export function forbidsChanges(reader: PdfReader): boolean {
  return (
    certificationLevel(reader) !== undefined ||
    signatureFields(reader).some(
      ({ dict, value }) => value && (permissionOf(reader, value) !== undefined || reader.dictAt(dict, 'Lock')?.has(PDFName.of('P'))),
    )
  )
}

function permissionOf(reader: PdfReader, signature: PDFDict | undefined): number | undefined {
  const references = (signature && reader.arrayAt(signature, 'Reference')?.asArray()) ?? []
  for (const item of references) {
    const reference = reader.deref(item)
    if (!(reference instanceof PDFDict) || reader.nameAt(reference, 'TransformMethod') !== 'DocMDP') continue
    const parameters = reader.dictAt(reference, 'TransformParams')
    return (parameters && reader.numberAt(parameters, 'P')) ?? 2
  }
  return undefined
}

/**
 * Gives a signature dictionary its field: the empty one of that name when the document has it, else a new one on the page.
 *
 * @returns the field's name; a number is added to one that is taken
 */
export function attachSignature(update: Update, value: PDFRef, wanted: string, appearance?: Appearance): string {
  const { reader } = update
  const fields = signatureFields(reader)
  const empty = fields.find((f) => f.name === wanted && !f.dict.has(PDFName.of('V')))
  const form = update.editDict(update.catalog, reader.catalog, 'AcroForm')
  form.dict.set(PDFName.of('SigFlags'), PDFNumber.of((reader.numberAt(form.dict, 'SigFlags') ?? 0) | 3))
  if (empty) {
    empty.dict.set(PDFName.of('V'), value)
    update.set(empty.ref, empty.dict)
    return empty.name
  }
  const name = freeName(reader, form.dict, wanted)
  const pageRef = reader.pages((appearance?.page ?? 0) + 1)[appearance?.page ?? 0]
  const page = reader.deref(pageRef)
  if (!pageRef || !(page instanceof PDFDict)) throw new AppError('bad_file', 'The PDF has no such page to put a signature on.')

  const [left, bottom, right, top] = appearance?.rect ?? [0, 0, 0, 0]
  const field = PDFDict.fromMapWithContext(new Map(), reader.context)
  const put = (key: string, object: PDFObject) => field.set(PDFName.of(key), object)
  put('Type', PDFName.of('Annot'))
  put('Subtype', PDFName.of('Widget'))
  put('FT', PDFName.of('Sig'))
  put('T', PDFHexString.fromText(name))
  put('V', value)
  // 12.5.3: Print and Locked.
  put('F', PDFNumber.of(132))
  put('P', pageRef)
  put('Rect', reader.context.obj([left, bottom, right, top]))
  if (appearance) {
    const box = PDFDict.withContext(reader.context)
    box.set(PDFName.of('Type'), PDFName.of('XObject'))
    box.set(PDFName.of('Subtype'), PDFName.of('Form'))
    box.set(PDFName.of('BBox'), reader.context.obj([0, 0, right - left, top - bottom]))
    box.set(PDFName.of('Resources'), appearance.resources ?? PDFDict.withContext(reader.context))
    const normal = PDFDict.withContext(reader.context)
    normal.set(PDFName.of('N'), update.add(PDFRawStream.of(box, ascii(appearance.content ?? ''))))
    put('AP', normal)
  }
  const ref = update.add(field)
  update.editArray(form.holder, form.dict, 'Fields').push(ref)
  update.editArray({ ref: pageRef, object: page }, page, 'Annots').push(ref)
  return name
}

function freeName(reader: PdfReader, form: PDFDict, wanted: string): string {
  const base = wanted.replaceAll('.', '_') || 'Signature'
  const taken = new Set(
    (reader.arrayAt(form, 'Fields')?.asArray() ?? []).map((ref) => {
      const dict = reader.deref(ref)
      return dict instanceof PDFDict ? reader.textAt(dict, 'T') : undefined
    }),
  )
  let name = base
  for (let i = 2; taken.has(name); i++) name = `${base}_${i}`
  return name
}
