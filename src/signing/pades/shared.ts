import { PDFArray, PDFDict, PDFName, PDFRawStream, PDFRef } from 'pdf-lib'
import type { PDFObject } from 'pdf-lib'
import type { PdfReader } from './reader.ts'

/** Ways back up, which lead out of what a page shows. */
const UP = new Set(['Parent', 'P'].map((key) => PDFName.of(key)))
const NODES = new Set(['Page', 'Pages', 'Catalog'].map((type) => PDFName.of(type)))
const ANNOTS = PDFName.of('Annots')

/**
 * Whether what the pages show is made of any of these objects. A document can be prepared so that one object has two parts, say the form's
 * list of fields and a page's list of contents: then what is a signature's business in the one is an alteration in the other.
 */
export function arePartOfPages(reader: PdfReader, suspects: ReadonlySet<number>): boolean {
  if (suspects.size === 0) return false
  const stack: PDFObject[] = []
  for (const ref of reader.pages()) {
    const page = reader.deref(ref)
    if (!(page instanceof PDFDict)) continue
    for (const [key, value] of page.entries()) if (key !== ANNOTS && !UP.has(key)) stack.push(value)
    // The list of annotations is what signing adds to; the annotations are what is shown.
    const annotations = reader.deref(page.get(ANNOTS))
    if (annotations instanceof PDFArray) for (const item of annotations.asArray()) if (!isSuspect(item, suspects)) stack.push(item)
  }
  const seen = new Set<number>()
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    if (value instanceof PDFRef) {
      if (isSuspect(value, suspects)) return true
      if (seen.has(value.objectNumber)) continue
      seen.add(value.objectNumber)
    }
    const object = reader.deref(value)
    if (object instanceof PDFArray) for (const item of object.asArray()) stack.push(item)
    const dict = object instanceof PDFRawStream ? object.dict : object
    if (!(dict instanceof PDFDict) || NODES.has(dict.get(PDFName.of('Type')) as PDFName)) continue
    for (const [key, item] of dict.entries()) if (!UP.has(key)) stack.push(item)
  }
  return false
}

const isSuspect = (value: PDFObject, suspects: ReadonlySet<number>) => value instanceof PDFRef && suspects.has(value.objectNumber)
