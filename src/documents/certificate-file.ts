import { PDFContext, PDFHexString, PDFWriter } from 'pdf-lib'
import type { PDFRef } from 'pdf-lib'
import { sha256Hex } from '../lib/hash.ts'
import { certificatePages, packageCertificatePages, TITLE } from './certificate.ts'
import type { PackageEvidence, SigningEvidence } from './certificate.ts'
import { addPages, markOf } from './stamp.ts'
import { StampFonts } from './stamp-fonts.ts'

/** A file that travels within another. */
interface Attachment {
  name: string
  bytes: Uint8Array
}

/** The one certificate of a package, as a PDF of its own. Equal evidence gives equal bytes. */
export async function packageCertificate(evidence: PackageEvidence): Promise<Uint8Array> {
  const fonts = await StampFonts.load()
  return certificateFile(fonts, evidence, packageCertificatePages(fonts, evidence))
}

/**
 * The stamped version of a document whose author certified it against changes: its certificate's pages, with the document itself attached to
 * them as it is, so that the author's signature holds.
 */
export async function certificateAround(original: Uint8Array, evidence: SigningEvidence): Promise<Uint8Array> {
  const fonts = await StampFonts.load()
  const attached = { name: evidence.documentName, bytes: original }
  return certificateFile(fonts, evidence, certificatePages(fonts, evidence, { attached: true }), attached)
}

function certificateFile(
  fonts: StampFonts,
  evidence: SigningEvidence | PackageEvidence,
  contents: string[],
  attachment?: Attachment,
): Promise<Uint8Array> {
  const context = PDFContext.create()
  const store = { context, add: (object: Parameters<PDFContext['register']>[0]) => context.register(object) }
  const root = context.nextRef()
  const Kids = addPages({ ...store, root }, fonts, fonts.write(store), contents, markOf(evidence, contents.length))
  context.assign(root, context.obj({ Type: 'Pages', Kids, Count: Kids.length }))
  const { trailerInfo } = context
  trailerInfo.Root = context.register(
    context.obj({
      Type: 'Catalog',
      Pages: root,
      Lang: PDFHexString.fromText('ru'),
      ...(attachment ? attached(context, attachment) : {}),
    }),
  )
  trailerInfo.Info = context.register(context.obj({ Title: PDFHexString.fromText(`${TITLE} ${evidence.packageId}`) }))
  const id = PDFHexString.of(sha256Hex(contents.join('\n')).slice(0, 32))
  trailerInfo.ID = context.obj([id, id])
  return PDFWriter.forContext(context, Infinity).serializeToBuffer()
}

/** Entries of the catalog by which viewers list an attached file (ISO 32000-1, 7.11.4; PDF 2.0 adds `AF`). */
function attached(context: PDFContext, { name, bytes }: Attachment) {
  const stream = context.stream(bytes, { Type: 'EmbeddedFile', Subtype: 'application/pdf', Params: { Size: bytes.length } })
  const file: PDFRef = context.register(stream)
  const text = PDFHexString.fromText(name)
  const specification = context.register(
    context.obj({ Type: 'Filespec', F: text, UF: text, EF: { F: file, UF: file }, AFRelationship: 'Source' }),
  )
  return { Names: { EmbeddedFiles: { Names: [text, specification] } }, AF: [specification], PageMode: 'UseAttachments' }
}
