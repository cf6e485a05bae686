import { decodePDFRawStream, degrees, PDFArray, PDFDocument, PDFRawStream, StandardFonts } from 'pdf-lib'
import type { PDFPage } from 'pdf-lib'
import { describe, expect, it } from 'vitest'
import { STATUS_POINTS } from '../../src/documents/certificate.ts'
import { stampSigned } from '../../src/documents/stamp.ts'
import type { SignerEvidence, SigningEvidence } from '../../src/documents/stamp.ts'
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
const evidence: SigningEvidence = {
  packageId: '0197a3c4-5d6e-7f80-9a1b-2c3d4e5f6071',
  verifyUrl: 'https://qoltanba.example/check/0197a3c4?h=ab12',
  documentName: 'Договор поставки № 12/А — Жеткізу шарты',
  documentSha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  signers: [signer],
  producedAt: '2025-06-21T17:05:00Z',
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
  return [...text.matchAll(/([-\d. ]+) cm\s+\/Mark/g)].at(-1)?.[1]?.trim()
}
const A4: [number, number] = [595, 842]

describe('stampSigned', () => {
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
    expect(doc.getModificationDate()).toEqual(new Date(evidence.producedAt))
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
    expect(await notShown(out, ...sides, name, 'не указан', 'электронная цифровая подпись (ЭЦП)', 'Аты'.repeat(60))).toEqual([])
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
})
