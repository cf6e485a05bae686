import { decodePDFRawStream, PDFArray, PDFDict, PDFDocument, PDFName, PDFRawStream } from 'pdf-lib'

const latin1 = (bytes: Uint8Array) => Array.from(bytes, (b) => String.fromCharCode(b)).join('')

const contentOf = (stream: unknown) => (stream instanceof PDFRawStream ? latin1(decodePDFRawStream(stream).decode()) : '')

/** Glyph codes to text, from a ToUnicode map. */
function readMap(cmap: string): Map<string, string> {
  const map = new Map<string, string>()
  for (const [, code = '', hex = ''] of cmap.matchAll(/<([0-9a-f]{4})> <([0-9a-f]+)>/gi)) {
    const units = hex.match(/.{4}/g) ?? []
    map.set(code.toLowerCase(), String.fromCharCode(...units.map((u) => Number.parseInt(u, 16))))
  }
  return map
}

/** Text of every page in drawing order, one line per text object, as a reader of the ToUnicode maps sees it. */
export async function readPdfText(bytes: Uint8Array): Promise<string[]> {
  const document = await PDFDocument.load(bytes, { updateMetadata: false })
  const { context } = document
  return document.getPages().map((page) => {
    const fonts = new Map<string, Map<string, string>>()
    const entries = page.node.normalizedEntries().Font.entries()
    for (const [name, reference] of entries) {
      const font = context.lookup(reference, PDFDict)
      fonts.set(name.decodeText(), readMap(contentOf(context.lookup(font.get(PDFName.of('ToUnicode'))))))
    }
    const contents = page.node.Contents()
    const streams = contents instanceof PDFArray ? contents.asArray().map((s) => context.lookup(s)) : [contents]
    const content = streams.map(contentOf).join('\n')
    const lines: string[] = []
    for (const [, object = ''] of content.matchAll(/\bBT\s([\s\S]*?)\sET\b/g)) {
      let map: Map<string, string> | undefined
      let line = ''
      for (const [, font, hex] of object.matchAll(/\/(\S+) \S+ Tf|<([0-9A-Fa-f]+)>/g)) {
        if (font !== undefined) map = fonts.get(font)
        for (const code of hex?.match(/.{4}/g) ?? []) line += map?.get(code.toLowerCase()) ?? '\ufffd'
      }
      lines.push(line)
    }
    return lines.join('\n')
  })
}
