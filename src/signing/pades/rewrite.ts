import { PDFDict, PDFName, PDFNumber, PDFRawStream, PDFRef } from 'pdf-lib'
import type { PDFDocument, PDFObject } from 'pdf-lib'
import { dropUnreachable, stripActive } from '../../documents/pdf/clean.ts'
import { flattenForm } from '../../documents/pdf/flatten.ts'
import { loadPdf, withPdf } from '../../documents/pdf/load.ts'
import { AppError } from '../../http/errors.ts'
import { refsOf } from './active.ts'
import { sameBytes } from './bytes.ts'
import type { PdfReader } from './reader.ts'
import { serialize } from './update.ts'

/**
 * A document without signatures, written anew with nothing in it that acts: forms become part of the pages, scripts and attachments are left
 * out. Equal input gives equal bytes.
 *
 * pdf-lib reads objects in file order, viewers through the cross-reference: a file in which the two see different things is refused, or else
 * what is sealed might not be what was read and signed.
 *
 * @throws AppError `bad_file`
 */
export async function rewritten(reader: PdfReader, maxBytes: number): Promise<Uint8Array> {
  const doc = await loadPdf(reader.bytes, maxBytes)
  await withPdf(() => {
    mustAgree(reader, doc)
    stripActive(doc)
    flattenForm(doc)
    dropUnreachable(doc)
  })
  const useObjectStreams = reader.xref.kind === 'stream'
  return doc.save({ useObjectStreams, updateFieldAppearances: false, addDefaultPage: false, objectsPerTick: Infinity })
}

function mustAgree(reader: PdfReader, { context }: PDFDocument): void {
  if (context.trailerInfo.Root !== reader.catalogRef) throw ambiguous()
  const seen = new Set<PDFRef>([reader.catalogRef])
  const stack = [reader.catalogRef]
  for (let ref = stack.pop(); ref; ref = stack.pop()) {
    const [viewed, loaded] = [reader.deref(ref), context.lookup(ref)]
    if (!viewed || !loaded ? viewed !== loaded : !sameObject(viewed, loaded)) throw ambiguous()
    for (const next of viewed ? refsOf(viewed) : []) {
      if (seen.has(next)) continue
      seen.add(next)
      stack.push(next)
    }
  }
}

const ambiguous = () => new AppError('bad_file', 'The PDF is damaged: readers would see different things in it.')

function sameObject(a: PDFObject, b: PDFObject): boolean {
  if (!(a instanceof PDFRawStream) || !(b instanceof PDFRawStream)) return sameBytes(written(a), written(b))
  return sameBytes(written(a.dict, 'Length'), written(b.dict, 'Length')) && Buffer.compare(a.contents, b.contents) === 0
}

/** Loading puts wrong page counts right, which is no difference; nor is how the length of a stream is written. */
function written(object: PDFObject, but = 'Count'): Uint8Array {
  if (!(object instanceof PDFDict) || !(but === 'Length' || isPageTree(object))) return serialize(object)
  const copy = object.clone()
  copy.delete(PDFName.of(but))
  return serialize(copy)
}

const isPageTree = (dict: PDFDict) =>
  dict.get(PDFName.of('Type')) === PDFName.of('Pages') && dict.get(PDFName.of('Count')) instanceof PDFNumber
