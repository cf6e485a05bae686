import { PDFContext, PDFHexString, PDFWriter } from 'pdf-lib'
import { sha256Hex } from '../lib/hash.ts'
import { paginate, Writer, type Piece } from './certificate-layout.ts'
import { addPages } from './stamp.ts'
import { StampFonts } from './stamp-fonts.ts'

/**
 * A PDF of running text on A4 pages, as many as it takes, in our own fonts. Equal text gives equal bytes.
 *
 * @param compose the blocks of the text, each of which moves to the next page rather than break
 */
export async function textFile(title: string, compose: (write: Writer) => Piece[][]): Promise<Uint8Array> {
  const fonts = await StampFonts.load()
  const contents = paginate(compose(new Writer(fonts)))
  const context = PDFContext.create()
  const store = { context, add: (object: Parameters<PDFContext['register']>[0]) => context.register(object) }
  const root = context.nextRef()
  // The bottom margin stays free for the mark of the stamped version.
  const Kids = addPages({ ...store, root }, fonts, fonts.write(store), contents, () => '')
  context.assign(root, context.obj({ Type: 'Pages', Kids, Count: Kids.length }))
  const { trailerInfo } = context
  trailerInfo.Root = context.register(context.obj({ Type: 'Catalog', Pages: root, Lang: PDFHexString.fromText('ru') }))
  trailerInfo.Info = context.register(context.obj({ Title: PDFHexString.fromText(title) }))
  const id = PDFHexString.of(sha256Hex(contents.join('\n')).slice(0, 32))
  trailerInfo.ID = context.obj([id, id])
  return PDFWriter.forContext(context, Infinity).serializeToBuffer()
}
