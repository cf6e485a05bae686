import { PDFArray, PDFDict, PDFName, PDFRawStream, PDFRef } from 'pdf-lib'
import type { PDFObject } from 'pdf-lib'
import type { PdfReader } from './reader.ts'

const names = (list: string) => list.split(' ').map((text) => PDFName.of(text))

/** Keys of what acts by itself, carries other files, or is a form that asks to be filled in. */
const KEYS = names('AA AF JS JavaScript EmbeddedFiles EF XFA Collection RichMediaContent')
const SUBTYPES = new Set<PDFObject | undefined>(names('FileAttachment RichMedia Movie Screen Sound 3D Widget'))
/** Actions that `stripActive` takes out (ISO 32000-1, 12.6.4). */
const ACTIONS = new Set<PDFObject | undefined>(
  names(
    'GoToR GoToE GoToDp Launch SubmitForm ResetForm ImportData JavaScript Movie Sound Rendition SetOCGState Trans GoTo3DView Hide RichMediaExecute',
  ),
)
const [SUBTYPE, S] = [PDFName.of('Subtype'), PDFName.of('S')]

/** Every dictionary that a viewer can come to from the catalog, those of streams too. */
function* reachable(reader: PdfReader): Generator<PDFDict> {
  const seen = new Set<PDFRef>([reader.catalogRef])
  const stack = [reader.catalogRef]
  for (let ref = stack.pop(); ref; ref = stack.pop()) {
    const object = reader.deref(ref)
    for (const part of object ? partsOf(object) : []) {
      if (part instanceof PDFDict) yield part
      else if (part instanceof PDFRef && !seen.has(part)) {
        seen.add(part)
        stack.push(part)
      }
    }
  }
}

/** The object itself and all within it, as far as it is written in one piece: dictionaries, and references to others. */
function* partsOf(object: PDFObject): Generator<PDFDict | PDFRef> {
  const stack: PDFObject[] = [object]
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    const part = item instanceof PDFRawStream ? item.dict : item
    if (part instanceof PDFRef) yield part
    else if (part instanceof PDFArray) for (const value of part.asArray()) stack.push(value)
    else if (part instanceof PDFDict) {
      yield part
      for (const value of part.values()) stack.push(value)
    }
  }
}

export const refsOf = (object: PDFObject): PDFRef[] => [...partsOf(object)].filter((part) => part instanceof PDFRef)

/**
 * Whether a document has anything that a document which people sign must not have: scripts and other actions, attachments, media, fields of
 * a form. It may say yes where there is nothing (a structure element of an odd name); then the document is rewritten to no harm.
 *
 * @throws AppError `bad_file` when something that a viewer comes to cannot be read
 */
export function hasActive(reader: PdfReader): boolean {
  const form = reader.dictAt(reader.catalog, 'AcroForm')
  if (form && (reader.arrayAt(form, 'Fields')?.size() ?? 0) > 0) return true
  for (const dict of reachable(reader)) {
    if (KEYS.some((key) => dict.has(key)) || SUBTYPES.has(dict.get(SUBTYPE)) || ACTIONS.has(dict.get(S))) return true
  }
  return false
}
