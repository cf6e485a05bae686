// What a PDF's pages say, as far as tests need it: every string drawn, read through each font's ToUnicode map in turn.
import { decodePDFRawStream, PDFDocument, PDFRawStream } from 'pdf-lib'

const latin1 = (bytes: Uint8Array) => Array.from(bytes, (b) => String.fromCharCode(b)).join('')
const squash = (text: string) => text.normalize('NFC').replaceAll(/\s+/g, '')

function toUnicode(cmap: string): Map<string, string> {
  const map = new Map<string, string>()
  for (const [, block = ''] of cmap.matchAll(/beginbfchar([\s\S]*?)endbfchar/g)) {
    for (const [, code = '', text = ''] of block.matchAll(/<([0-9a-f]+)>\s*<([0-9a-f]+)>/gi)) {
      const units = (text.match(/.{4}/g) ?? []).map((unit) => Number.parseInt(unit, 16))
      map.set(code.toLowerCase(), String.fromCharCode(...units))
    }
  }
  return map
}

/** The text without spaces, once for each font. */
export async function pdfReadings(bytes: Uint8Array): Promise<string[]> {
  const doc = await PDFDocument.load(bytes, { updateMetadata: false })
  const maps: Map<string, string>[] = []
  const strings: string[] = []
  for (const [, object] of doc.context.enumerateIndirectObjects()) {
    if (!(object instanceof PDFRawStream) || object.dict.toString().includes('/Length1')) continue
    const text = latin1(decodePDFRawStream(object).decode())
    if (text.includes('beginbfchar')) maps.push(toUnicode(text))
    else if (/\bTj\b/.test(text)) for (const [, hex = ''] of text.matchAll(/<([0-9a-f]+)>\s*Tj/gi)) strings.push(hex.toLowerCase())
  }
  const plain = strings.map((hex) => latin1(Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)))).join('')
  const mapped = maps.map((map) =>
    squash(strings.map((hex) => (hex.match(/.{4}/g) ?? []).map((code) => map.get(code) ?? '').join('')).join('')),
  )
  return [squash(plain), ...mapped]
}

/** Whether each text is drawn in one font. Gives those that are not. */
export async function notShown(bytes: Uint8Array, ...texts: string[]): Promise<string[]> {
  const readings = await pdfReadings(bytes)
  return texts.filter((text) => !readings.some((reading) => reading.includes(squash(text))))
}
