import { PDFDict, PDFName, PDFNumber, PDFRef } from 'pdf-lib'
import { certificateAround } from '../../documents/certificate-file.ts'
import { PDF_LIMITS } from '../../documents/pdf/load.ts'
import type { SigningEvidence } from '../../documents/certificate.ts'
import { stampPages } from '../../documents/stamp.ts'
import { StampFonts } from '../../documents/stamp-fonts.ts'
import { AppError } from '../../http/errors.ts'
import { hasActive } from './active.ts'
import { forbidsChanges, signatureFields } from './fields.ts'
import { PdfReader } from './reader.ts'
import { rewritten } from './rewrite.ts'
import { prepareSignature } from './seal.ts'
import type { Source } from './seal.ts'
import { Update } from './update.ts'
import { damaged } from './xref.ts'

/** What we rendered ourselves may be larger than what may be uploaded; bytes. */
const MAX_BYTES = 40_000_000
const KEPT_BYTES = 2_000_000

/**
 * The stamped version of a document, to be sealed: each page marked and the certificate's pages added, in an incremental update (ISO 32000-1,
 * 7.5.6). So the original is in it to the byte, and signatures that it came with hold. Two kinds are treated otherwise: what acts by itself
 * or is a form, without a signature, is first rewritten without that; and what its author certified against changes is attached to the
 * certificate. Equal input gives equal bytes.
 *
 * @throws AppError `bad_file`: no PDF, damaged, encrypted, ambiguous or beyond bounds
 */
export async function stampedSource(bytes: Uint8Array, evidence: SigningEvidence): Promise<Source> {
  if (bytes.length > MAX_BYTES) throw new AppError('bad_file', `The file is larger than ${MAX_BYTES / 1e6} MB.`)
  const reader = new PdfReader(bytes)
  checkPages(reader)
  if (forbidsChanges(reader)) return certificateAround(bytes, evidence)
  const isSigned = signatureFields(reader).some((field) => field.value !== undefined)
  const base = isSigned || !hasActive(reader) ? bytes : await rewritten(reader, MAX_BYTES)
  if (base.length > MAX_BYTES) throw new AppError('bad_file', 'The PDF unpacks to too much.')
  const fonts = await StampFonts.load()
  // What was read already serves the first attempt; of a large file it is let go, as it holds all of it.
  let known = base === bytes && bytes.length < KEPT_BYTES ? reader : undefined
  return () => {
    const update = stampUpdate(known ?? new PdfReader(base), fonts, evidence)
    known = undefined
    return update
  }
}

/**
 * Makes sure that a document can be sealed once it is signed: by stamping it, and leaving a place for a signature.
 *
 * @throws AppError `bad_file` with a reason that may be shown
 */
export async function checkSignable(bytes: Uint8Array): Promise<void> {
  const at = new Date(0)
  const basis = { packageId: '', verifyUrl: '', producedAt: at.toISOString(), documentName: '', documentSha256: '' }
  prepareSignature(await stampedSource(bytes, { ...basis, title: '', organization: '', parties: [] }), { at })
}

function checkPages(reader: PdfReader): void {
  const { length } = reader.pages(PDF_LIMITS.pages + 1, true)
  if (length === 0) throw new AppError('bad_file', 'The PDF has no pages.')
  if (length > PDF_LIMITS.pages) throw new AppError('bad_file', `The PDF has more than ${PDF_LIMITS.pages} pages.`)
}

function stampUpdate(reader: PdfReader, fonts: StampFonts, evidence: SigningEvidence): Update {
  const update = new Update(reader)
  const root = reader.catalog.get(PDFName.of('Pages'))
  const tree = reader.deref(root)
  if (!(root instanceof PDFRef) || !(tree instanceof PDFDict) || !reader.arrayAt(tree, 'Kids')) throw damaged('its page tree is malformed')
  const pages = reader.pages().map((ref) => {
    const dict = reader.deref(ref)
    if (!(dict instanceof PDFDict)) throw damaged('its page tree is malformed')
    return { ref, dict }
  })
  const target = {
    context: reader.context,
    pages,
    root,
    add: update.add.bind(update),
    set: update.set.bind(update),
    deref: reader.deref.bind(reader),
  }
  const added = stampPages(target, fonts, evidence)
  const kids = update.editArray({ ref: root, object: tree }, tree, 'Kids')
  for (const page of added) kids.push(page)
  tree.set(PDFName.of('Count'), PDFNumber.of(pages.length + added.length))
  update.set(root, tree)
  return update
}
