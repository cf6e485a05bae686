import { PDFDict, PDFName, PDFNumber, PDFRawStream, PDFRef } from 'pdf-lib'
import type { PDFDocument, PDFObject } from 'pdf-lib'
import { loadPdf, withPdf } from '../../documents/pdf/load.ts'
import { AppError } from '../../http/errors.ts'
import { sameBytes } from './bytes.ts'
import { PdfReader } from './reader.ts'
import { serialize, Update } from './update.ts'

/** A document opened to be drawn on with pdf-lib, whose changes are appended. */
export interface Revision {
  doc: PDFDocument
  /** The file with everything that has changed since it was opened, as an incremental update. */
  save: () => Promise<Uint8Array<ArrayBuffer>>
}

/**
 * Opens a PDF for changes that leave its bytes, and so its signatures, as they are: marks on pages, pages added. Draw with pdf-lib as
 * ever; whatever object comes out different is written, and nothing else. Readers report such changes to who signed before.
 *
 * pdf-lib reads objects in file order, viewers through the cross-reference: a file in which the two see different things is refused.
 *
 * @throws AppError `bad_file`
 */
export async function openRevision(bytes: Uint8Array, maxBytes?: number): Promise<Revision> {
  const reader = new PdfReader(bytes)
  const doc = await loadPdf(bytes, maxBytes)
  const { context } = doc
  if (context.trailerInfo.Root !== reader.catalogRef) throw ambiguous()
  const before = new Map<PDFRef, Snapshot>()
  for (const [ref, object] of context.enumerateIndirectObjects()) {
    const viewed = reader.deref(ref)
    if (viewed !== undefined && !sameObject(snapshot(withoutCount(viewed)), snapshot(withoutCount(object)))) throw ambiguous()
    before.set(ref, snapshot(object))
  }
  for (const [number, entry] of reader.xref.entries) {
    const ref = PDFRef.of(number, entry.type === 'offset' ? entry.generation : 0)
    if (entry.type !== 'free' && !before.has(ref) && !isStructure(reader.get(number))) throw ambiguous()
  }
  context.largestObjectNumber = Math.max(context.largestObjectNumber, reader.xref.nextNumber - 1)

  const save = async () => {
    // Fonts and images enter the document only now.
    await doc.flush()
    return withPdf(() => {
      const update = new Update(reader, context.largestObjectNumber + 1)
      for (const [ref, object] of context.enumerateIndirectObjects()) {
        const known = before.get(ref)
        if (!known || !sameObject(known, snapshot(object))) update.set(ref, object)
      }
      return update.write().bytes
    })
  }
  return { doc, save }
}

const ambiguous = () => new AppError('bad_file', 'The PDF is damaged: readers would see different things in it.')

/** An object as it is written; streams with their data beside, which pdf-lib never changes in place. */
interface Snapshot {
  text: Uint8Array
  data?: Uint8Array
}

function snapshot(object: PDFObject): Snapshot {
  if (!(object instanceof PDFRawStream)) return { text: serialize(object) }
  const dict = object.dict.clone()
  dict.delete(PDFName.of('Length'))
  return { text: serialize(dict), data: object.contents }
}

/** Loading puts wrong page counts right, which is no difference. */
function withoutCount(object: PDFObject): PDFObject {
  if (!(object instanceof PDFDict) || object.get(PDFName.of('Type')) !== PDFName.of('Pages')) return object
  if (!(object.get(PDFName.of('Count')) instanceof PDFNumber)) return object
  const copy = object.clone()
  copy.delete(PDFName.of('Count'))
  return copy
}

const sameObject = (a: Snapshot, b: Snapshot) =>
  sameBytes(a.text, b.text) && (a.data === b.data || (a.data !== undefined && b.data !== undefined && sameBytes(a.data, b.data)))

/** Object streams and cross-reference streams, which pdf-lib does not keep. */
const isStructure = (object: PDFObject | undefined) =>
  object === undefined ||
  (object instanceof PDFRawStream &&
    [PDFName.of('ObjStm'), PDFName.of('XRef')].some((type) => object.dict.get(PDFName.of('Type')) === type))
