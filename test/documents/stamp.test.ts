import { decodePDFRawStream, degrees, PDFArray, PDFDict, PDFDocument, PDFName, PDFRawStream, PDFString, StandardFonts } from 'pdf-lib'
import type { PDFPage } from 'pdf-lib'
import { describe, expect, it } from 'vitest'
import { STATUS_POINTS } from '../../src/documents/certificate.ts'
import type { ContractEvidence, SignerEvidence, SigningEvidence } from '../../src/documents/certificate.ts'
import { checkSignable, stampedSource } from '../../src/signing/pades/signable.ts'
import { noise, refusal } from './files.ts'
import { notShown } from './read-pdf.ts'

const signer: SignerEvidence = {
  side: 2,
  fullName: 'Қасымов Әлихан Өмірұлы',
  identifier: '087557886546',
  phone: '+77645787557',
  method: 'sms',
  signedAt: '2025-06-21T17:04:48Z',
}
const evidence: ContractEvidence = {
  packageId: '0197a3c4-5d6e-7f80-9a1b-2c3d4e5f6071',
  verifyUrl: 'https://qoltanba.example/check/0197a3c4?h=ab12',
  documentName: 'Договор поставки № 12/А — Жеткізу шарты',
  documentSha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  signers: [signer],
  producedAt: '2025-06-21T17:05:00Z',
}

/** The stamped version as it is before it is sealed. */
async function stampSigned(pdf: Uint8Array, evidence: SigningEvidence): Promise<Uint8Array> {
  const source = await stampedSource(pdf, evidence)
  return typeof source === 'function' ? source().write().bytes : source
}

async function pages(...sizes: [width: number, height: number, turn?: number, crop?: [number, number, number, number]][]) {
  const doc = await PDFDocument.create({ updateMetadata: false })
  const font = await doc.embedFont(StandardFonts.Helvetica)
  for (const [width, height, turn = 0, crop] of sizes) {
    const page = doc.addPage([width, height])
    page.setRotation(degrees(turn))
    if (crop) page.setCropBox(...crop)
    page.drawText('Agreement', { x: width / 3, y: height / 2, font, size: 12 })
  }
  return doc.save()
}
/** The last matrix set on a page: the mark is drawn last. */
function matrixOfMark(page: PDFPage): string | undefined {
  const contents = page.node.Contents()
  const streams = contents instanceof PDFArray ? contents.asArray().map((_, i) => contents.lookup(i)) : [contents]
  const text = streams.map((s) => (s instanceof PDFRawStream ? new TextDecoder().decode(decodePDFRawStream(s).decode()) : '')).join('\n')
  return [...text.matchAll(/([-\d. ]+) cm \/Artifact/g)].at(-1)?.[1]?.trim()
}
const A4: [number, number] = [595, 842]

describe('the stamped version', () => {
  it('marks each page and appends the certificate, word for word', async () => {
    const out = await stampSigned(await pages(A4, A4), evidence)
    const wanted = [
      'Agreement',
      'Сертификат онлайн подписания',
      'Сторона 2',
      signer.fullName,
      '087557886546',
      '+77645787557',
      '21.06.2025, 22:04:48 (UTC+05:00)',
      'одноразовый код из SMS',
      'Статус',
      ...STATUS_POINTS,
      evidence.documentName,
      evidence.documentSha256,
      evidence.verifyUrl,
      `Подписано через Qoltanba · ${evidence.packageId} · 21.06.2025, 22:04:48 (UTC+05:00) · стр. 1 из 3`,
      'стр. 2 из 3',
      'стр. 3 из 3',
    ]
    expect(await notShown(out, ...wanted)).toEqual([])
    const doc = await PDFDocument.load(out, { updateMetadata: false })
    expect(doc.getPageCount()).toBe(3)
  })

  it('gives equal bytes for equal input', async () => {
    const input = await pages(A4)
    expect(await stampSigned(input, evidence)).toEqual(await stampSigned(input, evidence))
  })

  it('tells the time of the zone that is asked for, and the last signature on the mark', async () => {
    const signers = [signer, { ...signer, side: 3, signedAt: '2025-06-22T09:00:00+05:00' }]
    const out = await stampSigned(await pages(A4), { ...evidence, signers, timeZone: 'Europe/Moscow' })
    expect(await notShown(out, `${evidence.packageId} · 22.06.2025, 07:00:00 (UTC+03:00)`, '21.06.2025, 20:04:48 (UTC+03:00)')).toEqual([])
  })

  it('flows over pages with many signers, long names and what is not known', async () => {
    const name = 'Ұзынесім'.repeat(60)
    const signers = Array.from({ length: 12 }, (_, i) => ({
      ...signer,
      side: i + 1,
      fullName: i === 5 ? name : i === 6 ? 'Аты\n'.repeat(150) : signer.fullName,
      phone: null,
      identifier: null,
      method: (['sms', 'ecp', 'server'] as const)[i % 3] ?? 'sms',
    }))
    const out = await stampSigned(await pages(A4), { ...evidence, signers, documentName: 'Шарт '.repeat(100) })
    expect((await PDFDocument.load(out)).getPageCount()).toBeGreaterThan(6)
    const sides = signers.map((s) => `Сторона ${s.side}`)
    expect(await notShown(out, ...sides, name, 'не указан', 'электронная цифровая подпись (ЭЦП)', 'Аты'.repeat(45))).toEqual([])
  })

  it('puts the mark at the bottom as seen, whatever the rotation, crop and size', async () => {
    const crop: [number, number, number, number] = [50, 60, 300, 400]
    const input = await pages([...A4, 0, crop], [...A4, 90, crop], [...A4, 180, crop], [...A4, 270, crop], [90, 60], [5000, 3000])
    const doc = await PDFDocument.load(await stampSigned(input, { ...evidence, signers: [] }))
    expect(doc.getPages().map(matrixOfMark)).toEqual([
      '1 0 0 1 50 60',
      '0 1 -1 0 350 60',
      '-1 0 0 -1 350 460',
      '0 -1 1 0 50 460',
      '1 0 0 1 0 0',
      '1 0 0 1 0 0',
      '1 0 0 1 0 0',
    ])
  })

  it('leaves the fonts of the page alone, also when it was stamped before', async () => {
    const twice = await stampSigned(await stampSigned(await pages(A4), evidence), { ...evidence, packageId: 'second' })
    expect(await notShown(twice, evidence.packageId, 'Подписано через Qoltanba · second', signer.fullName)).toEqual([])
  })

  it('refuses what is no PDF, and noise, as such', async () => {
    expect(await refusal(() => stampSigned(new Uint8Array(10), evidence))).toMatch(/^bad_file/)
    const good = await pages(A4)
    const random = noise(11)
    for (let round = 0; round < 100; round++) {
      const bytes = good.slice()
      for (let flips = 3; flips > 0; flips--) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
      expect(await refusal(() => stampSigned(bytes, evidence))).toMatch(/^(bad_file: |accepted$)/)
    }
  })

  it('has the original in it to the byte, and changes no page that does not inherit', async () => {
    const input = await pages(A4, [842, 595, 90])
    const out = await stampSigned(input, evidence)
    expect(Buffer.compare(input, out.subarray(0, input.length))).toBe(0)
    const doc = await PDFDocument.load(out)
    const certificate = doc.getPage(2)
    expect(certificate.getSize()).toEqual({ width: 595.28, height: 841.89 })
    expect(certificate.getRotation().angle).toBe(0)
  })

  it('turns no page of the certificate with the pages of the document, and none inherits a crop', async () => {
    const source = await PDFDocument.load(await pages(A4))
    const tree = source.catalog.Pages()
    tree.set(PDFName.of('Rotate'), source.context.obj(90))
    tree.set(PDFName.of('CropBox'), source.context.obj([0, 0, 100, 100]))
    source.getPage(0).node.delete(PDFName.of('Rotate'))
    const doc = await PDFDocument.load(await stampSigned(await source.save(), evidence))
    expect(doc.getPages().map((page) => [page.getRotation().angle, page.getCropBox().width])).toEqual([
      [90, 100],
      [0, 595.28],
    ])
    expect(doc.getPages().map(matrixOfMark)).toEqual(['0 1 -1 0 100 0', '1 0 0 1 0 0'])
  })

  it('has neither scripts nor attachments nor a form that waits to be filled in', async () => {
    const source = await PDFDocument.load(await pages(A4))
    const field = source.getForm().createTextField('Name')
    field.setText('Filled in')
    field.addToPage(source.getPage(0), { x: 50, y: 50, width: 200, height: 20 })
    source.addJavaScript('main', 'app.alert(1)')
    await source.attach(new Uint8Array([1, 2, 3]), 'more.bin')
    const action = source.context.obj({ S: 'JavaScript', JS: PDFString.of('app.alert(2)') })
    source.catalog.set(PDFName.of('OpenAction'), action)
    for (const useObjectStreams of [false, true]) {
      const input = await source.save({ useObjectStreams })
      const out = await stampSigned(input, evidence)
      const doc = await PDFDocument.load(out, { updateMetadata: false })
      const dicts = doc.context.enumerateIndirectObjects().flatMap(([, object]) => (object instanceof PDFDict ? [object.toString()] : []))
      expect(dicts.join('\n')).not.toMatch(/\/(JavaScript|JS|OpenAction|EmbeddedFile|AcroForm)\b/)
      expect(await notShown(out, 'Filled in', 'Agreement', signer.fullName)).toEqual([])
      expect(await stampSigned(input, evidence)).toEqual(out)
    }
  })
})

describe('what is refused at upload', () => {
  const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'))
  const check = (pdf: Uint8Array) => refusal(() => checkSignable(pdf))

  it('is nothing that can be sealed', async () => {
    for (const pdf of [await pages(A4), await pages([842, 595, 270]), await stampSigned(await pages(A4, A4), evidence)]) {
      expect(await check(pdf)).toBe('accepted')
    }
    expect(await check(await pages(...Array.from({ length: 1000 }, () => A4)))).toBe('accepted')
  })

  it('is told with the reason', async () => {
    const doc = await PDFDocument.load(await pages(A4))
    const text = latin1(await doc.save({ useObjectStreams: false }))
    const shadowed = (extra: string) => {
      // The page again, in front of the cross-reference that does not know it: readers of the file order see this one.
      const start = Number(/startxref\s+(\d+)/.exec(text)?.[1])
      const page = /(\d+) 0 obj\n<<\n\/Type \/Page\n/.exec(text)?.[1] ?? '0'
      const shadow = `${page} 0 obj\n<< /Type /Page /MediaBox [0 0 9 9] >>\nendobj\n`
      const catalog = text.replace('/Type /Catalog\n', (type) => type + extra)
      const at = start + extra.length
      const moved = catalog.replace(/^(\d{10}) 00000 n/gm, (row: string, offset: string) =>
        Number(offset) > catalog.indexOf('/Type /Catalog')
          ? row.replace(offset, String(Number(offset) + extra.length).padStart(10, '0'))
          : row,
      )
      return bytes(`${moved.slice(0, at)}${shadow}${moved.slice(at).replace(/startxref\s+\d+/, `startxref\n${at + shadow.length}`)}`)
    }
    const rows: [string, Uint8Array, RegExp][] = [
      ['not a PDF', bytes('hello'), /not a PDF/],
      ['cut off', bytes(text.slice(0, -60)), /damaged/],
      ['encrypted', bytes(text.replace(/trailer\n<</, 'trailer\n<< /Encrypt 1 0 R')), /encrypted/],
      ['no pages', bytes(text.replace(/\/Kids \[ \d+ 0 R \]/, (kids) => '/Kids []'.padEnd(kids.length))), /no pages/],
      [
        'a page without size',
        bytes(text.replace(/\/MediaBox \[[^\]]*\]/, (box) => '/MediaBox [ 0 0 0 0 ]'.padEnd(box.length))),
        /usable size/,
      ],
      ['a broken cross-reference', bytes(text.replace(/startxref\n\d+/, 'startxref\n12')), /damaged/],
      ['too many pages', await pages(...Array.from({ length: 1001 }, () => A4)), /more than 1000 pages/],
      ['two views of one file', shadowed('/Collection << >>\n'), /different things/],
    ]
    for (const [what, pdf, why] of rows) expect.soft(await check(pdf), what).toMatch(new RegExp(`^bad_file: .*${why.source}`))
    // Where nothing has to be rewritten, only what viewers see counts, and that is what is stamped.
    expect(await check(shadowed(''))).toBe('accepted')
  })

  it('never fails otherwise, whatever byte is altered', async () => {
    const good = [await pages(A4), await (await PDFDocument.load(await pages(A4, A4))).save({ useObjectStreams: false })]
    const random = noise(23)
    for (let round = 0; round < 300; round++) {
      const pdf = (good[round % 2] ?? new Uint8Array()).slice()
      for (let flips = 1 + Math.floor(4 * random()); flips > 0; flips--) pdf[Math.floor(random() * pdf.length)] = Math.floor(random() * 256)
      const said = await check(pdf)
      expect(said).toMatch(/^(bad_file: |accepted$)/)
      // What was accepted is sealed.
      if (said === 'accepted') expect(await refusal(() => stampSigned(pdf, evidence))).toBe('accepted')
    }
  })
})
