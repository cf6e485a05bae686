/** Pictures of pages, LibreOffice as the other opinion, and the words of a PDF. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { crc32, deflateSync, inflateSync } from 'node:zlib'
import { decodePDFRawStream, PDFDict, PDFDocument, PDFName, PDFRawStream } from 'pdf-lib'
import { tool } from './service.ts'

const root = fileURLToPath(new URL('../..', import.meta.url).href)

export interface Gray {
  width: number
  height: number
  /** One byte a pixel, 0 is black. */
  pixels: Uint8Array
}

/** Reads a PNG of 8-bit samples; of coloured pixels, which here are grey all the same, the first sample. */
export function readGray(png: Uint8Array): Gray {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength)
  const [width, height] = [view.getUint32(16), view.getUint32(20)]
  const step = png[25] === 0 ? 1 : 3
  if (png[24] !== 8 || (png[25] !== 0 && png[25] !== 2) || png[28] !== 0) throw new Error('not a plain 8-bit PNG')
  const parts: Uint8Array[] = []
  for (let at = 8; at < png.length; at += 12 + view.getUint32(at)) {
    if (String.fromCharCode(...png.subarray(at + 4, at + 8)) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + view.getUint32(at)))
  }
  const raw = inflateSync(Buffer.concat(parts))
  const stride = width * step
  const rows = new Uint8Array(stride * height)
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)] ?? 0
    for (let x = 0; x < stride; x++) {
      const left = x >= step ? (rows[y * stride + x - step] ?? 0) : 0
      const up = y > 0 ? (rows[(y - 1) * stride + x] ?? 0) : 0
      const corner = x >= step && y > 0 ? (rows[(y - 1) * stride + x - step] ?? 0) : 0
      const estimate = left + up - corner
      const [a, b, c] = [Math.abs(estimate - left), Math.abs(estimate - up), Math.abs(estimate - corner)]
      const paeth = a <= b && a <= c ? left : b <= c ? up : corner
      const predicted = [0, left, up, (left + up) >> 1, paeth][filter] ?? 0
      rows[y * stride + x] = ((raw[y * (stride + 1) + 1 + x] ?? 0) + predicted) & 255
    }
  }
  return { width, height, pixels: step === 1 ? rows : rows.filter((_, i) => i % step === 0) }
}

/** Writes a grey PNG of sixteen shades: enough to compare with, and small in the repository. */
export function writeGray({ width, height, pixels }: Gray): Uint8Array {
  const raw = new Uint8Array(height * (width + 1))
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) raw[y * (width + 1) + 1 + x] = Math.round((pixels[y * width + x] ?? 0) / 17) * 17
  const chunk = (type: string, data: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(type), data])
    const ends = Buffer.alloc(8)
    ends.writeUInt32BE(data.length, 0)
    ends.writeUInt32BE(crc32(body), 4)
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 8
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10])
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(raw, { level: 9 })), chunk('IEND', new Uint8Array())])
}

/** Renders every page at 50 dots per inch in grey, as PNG files' bytes. */
export async function pageImages(pdf: Uint8Array, directory: string, name: string): Promise<Uint8Array[]> {
  const path = join(directory, `${name}.pdf`)
  await writeFile(path, pdf)
  const { status, stderr } = await tool('pdftoppm', ['-r', '50', '-gray', '-png', path, join(directory, name)])
  if (status !== 0 || stderr !== '') throw new Error(`pdftoppm: ${stderr}`)
  const files = (await readdir(directory)).filter((f) => f.startsWith(`${name}-`) && f.endsWith('.png')).sort()
  return Promise.all(files.map((f) => readFile(join(directory, f))))
}

const CELL = 4

/** Ink in cells of 4 × 4 pixels, so that another version's anti-aliasing does not count. */
function inkOf({ width, height, pixels }: Gray): Float64Array {
  const columns = Math.ceil(width / CELL)
  const ink = new Float64Array(columns * Math.ceil(height / CELL))
  for (const [i, pixel] of pixels.entries()) {
    const cell = Math.floor(Math.floor(i / width) / CELL) * columns + Math.floor((i % width) / CELL)
    ink[cell] = (ink[cell] ?? 0) + 255 - pixel
  }
  return ink
}

/** How different two pages look: 0 is the same, 1 is as if all ink were gone. */
export function difference(golden: Gray, page: Gray): number {
  if (golden.width !== page.width || golden.height !== page.height) return Infinity
  const [a, b] = [inkOf(golden), inkOf(page)]
  const wrong = a.reduce((sum, ink, i) => sum + Math.abs(ink - (b[i] ?? 0)), 0)
  return (
    wrong /
    Math.max(
      1,
      a.reduce((sum, ink) => sum + ink, 0),
    )
  )
}

/** The same PDF with every embedded outline emptied: its text can still be extracted, and nothing is to be seen. */
export async function blankGlyphs(pdf: Uint8Array): Promise<Uint8Array> {
  const document = await PDFDocument.load(pdf, { updateMetadata: false })
  for (const [ref, object] of document.context.enumerateIndirectObjects()) {
    if (!(object instanceof PDFDict) || object.get(PDFName.of('Type')) !== PDFName.of('FontDescriptor')) continue
    const file = document.context.lookup(object.get(PDFName.of('FontFile2')))
    if (!(file instanceof PDFRawStream)) throw new Error(`no font file in ${ref.toString()}`)
    const font = decodePDFRawStream(file).decode().slice()
    const view = new DataView(font.buffer)
    for (let at = 12; at < 12 + 16 * view.getUint16(4); at += 16) {
      const isLoca = String.fromCharCode(...font.subarray(at, at + 4)) === 'loca'
      if (isLoca) font.fill(0, view.getUint32(at + 8), view.getUint32(at + 8) + view.getUint32(at + 12))
    }
    const stream = PDFRawStream.of(document.context.obj({ Filter: 'FlateDecode', Length: 0 }), deflateSync(font))
    object.set(PDFName.of('FontFile2'), document.context.register(stream))
  }
  return document.save()
}

/** Words in reading order. Leaders, and the ways to write a hyphen, a bullet and a space, are not words. */
export async function wordsOf(path: string): Promise<string[]> {
  const { stdout, stderr, status } = await tool('pdftotext', [path, '-'])
  if (status !== 0 || stderr !== '') throw new Error(`pdftotext complains: ${stderr}`)
  const plain = stdout.replaceAll('\u2011', '-').replace(/[\uf0b7•]|[._]{3,}/g, ' ')
  return plain.split(/\s+/u).filter(Boolean)
}

const FONTS = `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>${['tinos', 'arimo', 'cousine', 'carlito']
  .map((family) => `<dir>${root}node_modules/@expo-google-fonts/${family}</dir>`)
  .join('')}<dir>${root}node_modules/dejavu-fonts-ttf/ttf</dir>${Object.entries({
  'Times New Roman': 'Tinos',
  Arial: 'Arimo',
  'Courier New': 'Cousine',
  Calibri: 'Carlito',
})
  .map(
    ([name, ours]) =>
      `<match target="pattern"><test qual="any" name="family"><string>${name}</string></test><edit name="family" mode="assign" binding="same"><string>${ours}</string></edit></match>`,
  )
  .join('')}`

/** Converts with LibreOffice, which is given the same fonts that we draw with. */
export async function convert(docx: Uint8Array, directory: string, name: string): Promise<string> {
  const config = join(directory, 'fonts.conf')
  await mkdir(join(directory, 'out'), { recursive: true })
  await writeFile(config, `${FONTS}<cachedir>${directory}/fonts</cachedir></fontconfig>`)
  await writeFile(join(directory, `${name}.docx`), docx)
  const profile = `-env:UserInstallation=file://${directory}/profile`
  const options = [profile, '--headless', '--convert-to', 'pdf', '--outdir', join(directory, 'out'), join(directory, `${name}.docx`)]
  const { status, stderr } = await tool('env', [`FONTCONFIG_FILE=${config}`, 'soffice', ...options])
  if (status !== 0) throw new Error(`soffice: ${stderr}`)
  return join(directory, 'out', `${name}.pdf`)
}

export async function pageCount(path: string): Promise<number> {
  const { stdout } = await tool('qpdf', ['--show-npages', path])
  return Number(stdout)
}
