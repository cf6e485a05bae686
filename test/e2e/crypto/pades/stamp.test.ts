import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { degrees, PDFArray, PDFDict, PDFDocument, PDFName, StandardFonts } from 'pdf-lib'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { packageCertificate } from '../../../../src/documents/certificate-file.ts'
import type { PartyEvidence, RouteEvidence } from '../../../../src/documents/certificate.ts'
import { sealPdf } from '../../../../src/signing/pades/seal.ts'
import { checkSignable, stampedSource } from '../../../../src/signing/pades/signable.ts'
import { verifyPdfSignatures } from '../../../../src/signing/pades/verify.ts'
import { Bench, CATALOG, isPrefix, latin1, PAGE, PAGES, pdf, plainPdf } from './tools.ts'

// The Worker's bundler gives fonts as bytes; Node's does not know them.
const face = vi.hoisted(() => async (name: string) => {
  const { readFile } = await import('node:fs/promises')
  return { default: new Uint8Array(await readFile(`${import.meta.dirname}/../../../../.build/fonts/${name}.ttf`)) }
})
vi.mock('../../../../.build/fonts/arimo-regular.ttf', () => face('arimo-regular'))
vi.mock('../../../../.build/fonts/arimo-bold.ttf', () => face('arimo-bold'))
vi.mock('../../../../.build/fonts/symbols.ttf', () => face('symbols'))

const bench = new Bench()
afterAll(() => bench.close())
const at = new Date('2026-03-01T10:20:30Z')
let alice: ReturnType<Bench['signer']>
let platform: ReturnType<Bench['signer']>
const inputs = new Map<string, Uint8Array>()

const VALID = 'Signature is Valid.'
const party: PartyEvidence = {
  fullName: 'Сейтқазыұлы Нұрғиса',
  role: 'signer',
  identifier: '087557886546',
  inn: null,
  phone: '+77645787557',
  company: null,
  acted: { at: '2026-03-01T10:20:00Z', method: 'sms' },
  certificates: [],
  timestamp: null,
}
const evidence: RouteEvidence = {
  packageId: '0197a3c4-5d6e-7f80-9a1b-2c3d4e5f6071',
  verifyUrl: 'https://qoltanba.example/verify/0197a3c4-5d6e-7f80-9a1b-2c3d4e5f6071',
  producedAt: '2026-03-01T10:20:30Z',
  documentName: 'Договор.pdf',
  documentSha256: 'ab'.repeat(32),
  title: 'Сделка',
  organization: 'ТОО «Құрылыс»',
  parties: [party],
}

beforeAll(async () => {
  alice = bench.signer('alice')
  platform = bench.signer('platform')
  const [classic, streams] = [await plainPdf(3, false), await plainPdf(3, true)]
  inputs.set('a table', classic)
  inputs.set('streams', streams)
  inputs.set('object streams of qpdf', bench.qpdf(classic, '--object-streams=generate'))
  inputs.set('linearized', bench.qpdf(classic, '--linearize'))
  inputs.set('linearized with object streams', bench.qpdf(classic, '--linearize', '--object-streams=generate'))
  inputs.set('of LibreOffice', new Uint8Array(readFileSync(join(import.meta.dirname, 'libreoffice.pdf'))))
})

const seal = async (input: Uint8Array) => sealPdf(await stampedSource(input, evidence), { sign: platform.sign, at, fieldName: 'Seal' })

/** What outside tools find in every stamped version: signatures that hold, sound syntax, the certificate, a QR code. */
function expectStamped(sealed: Uint8Array, signatures: number, pages: number): void {
  expect(bench.pdfsig(sealed)).toEqual(Array.from({ length: signatures }, (_, i) => ({ validation: VALID, total: i === signatures - 1 })))
  expect(bench.qpdfCheck(sealed)).toMatch(/No syntax or stream encoding errors/)
  const text = bench.run('pdftotext', '-enc', 'UTF-8', bench.file(sealed, 'pdf'), '-').split('\f')
  expect(text.length - 1).toBe(pages)
  for (let i = 0; i < pages; i++)
    expect(text[i]).toContain(`${evidence.packageId} · 01.03.2026, 15:20:00 (UTC+05:00) · стр. ${i + 1} из ${pages}`)
  expect(text[pages - 1]).toMatch(/Сертификат онлайн подписания[^]*Сейтқазыұлы Нұрғиса[^]*087557886546/)
  const picture = bench.path('qr')
  bench.run('pdftoppm', '-r', '100', '-f', String(pages), '-l', String(pages), '-singlefile', '-png', bench.file(sealed, 'pdf'), picture)
  expect(bench.run('zbarimg', '--nodbus', '--quiet', '--raw', `${picture}.png`).trim()).toBe(evidence.verifyUrl)
}

describe('the stamped version of a document', () => {
  it('is sealed over the original itself, whatever kind of file that is', async () => {
    for (const [kind, input] of inputs) {
      const sealed = await seal(input)
      const pages = kind === 'of LibreOffice' ? 2 : 4
      expect(isPrefix(input, sealed), kind).toBe(true)
      expectStamped(sealed, 1, pages)
    }
  })

  it('keeps the signatures that it came with', async () => {
    for (const [kind, input] of inputs) {
      const signed = await sealPdf(input, { sign: alice.sign, at, fieldName: 'Alice' })
      await checkSignable(signed)
      const sealed = await seal(signed)
      expect(isPrefix(signed, sealed), kind).toBe(true)
      expectStamped(sealed, 2, kind === 'of LibreOffice' ? 2 : 4)
      const judge = (cms: Uint8Array, covered: Uint8Array) =>
        Promise.resolve([alice, platform].some(({ pem }) => bench.accepts(cms, covered, pem)))
      expect(await verifyPdfSignatures(sealed, { signature: judge, timestamp: judge })).toMatchObject([
        { fieldName: 'Alice', outcome: true, total: false },
        { fieldName: 'Seal', outcome: true, total: true, changes: 'none' },
      ])
    }
  })

  it('keeps the form and the scripts of a file that was signed with them', async () => {
    const doc = await PDFDocument.load(inputs.get('a table') ?? new Uint8Array())
    const field = doc.getForm().createTextField('Name')
    field.setText('Filled in')
    field.addToPage(doc.getPage(0), { x: 50, y: 50, width: 200, height: 20 })
    doc.addJavaScript('main', 'var a = 1')
    const form = await doc.save({ useObjectStreams: false })
    const theirs = await sealPdf(form, { sign: alice.sign, at, fieldName: 'Theirs' })
    const sealed = await seal(theirs)
    expect(isPrefix(theirs, sealed)).toBe(true)
    expectStamped(sealed, 2, 4)
    expect(bench.run('pdftotext', bench.file(sealed, 'pdf'), '-')).toContain('Filled in')
    const after = await PDFDocument.load(sealed)
    expect(after.getForm().getTextField('Name').getText()).toBe('Filled in')
  })

  it('of a form without a signature has the form in its pages', async () => {
    const doc = await PDFDocument.load(inputs.get('streams') ?? new Uint8Array())
    const field = doc.getForm().createTextField('Name')
    field.setText('Filled in')
    field.addToPage(doc.getPage(0), { x: 50, y: 50, width: 200, height: 20 })
    doc.addJavaScript('main', 'var a = 1')
    for (const useObjectStreams of [false, true]) {
      const sealed = await seal(await doc.save({ useObjectStreams }))
      expectStamped(sealed, 1, 4)
      expect(bench.run('pdftotext', bench.file(sealed, 'pdf'), '-')).toContain('Filled in')
      expect(bench.run('qpdf', '--qdf', '--object-streams=disable', bench.file(sealed, 'pdf'), '-')).not.toMatch(/\/JavaScript\b|\/FT \/Tx/)
    }
  })

  it('carries what was certified against changes, whose signature holds in it', async () => {
    const certified = await certify(inputs.get('a table') ?? new Uint8Array())
    expect(bench.pdfsig(certified)).toEqual([{ validation: VALID, total: true }])
    await checkSignable(certified)
    const sealed = await seal(certified)
    expectStamped(sealed, 1, 1)
    bench.run('pdfdetach', '-saveall', '-o', bench.dir, bench.file(sealed, 'pdf'))
    expect(Buffer.compare(readFileSync(bench.path('Договор.pdf')), certified)).toBe(0)
  })

  it('is signed over the bytes that openssl finds', async () => {
    const sealed = await seal(inputs.get('linearized') ?? new Uint8Array())
    const [, end = '', from = '', length = ''] = /\/ByteRange \[0 (\d+) (\d+) (\d+)\s*\]/.exec(latin1(sealed)) ?? []
    expect(Number(from) + Number(length)).toBe(sealed.length)
    const hex = latin1(sealed.subarray(Number(end) + 1, Number(from) - 1))
    const covered = Buffer.concat([sealed.subarray(0, Number(end)), sealed.subarray(Number(from))])
    expect(bench.accepts(Buffer.from(hex, 'hex'), covered, platform.pem)).toBe(true)
    expect(bench.accepts(Buffer.from(hex, 'hex'), Buffer.concat([covered, Buffer.from(' ')]), platform.pem)).toBe(false)
  })

  it('makes room for a signature that is larger than what was kept', async () => {
    const input = inputs.get('streams') ?? new Uint8Array()
    const sealed = await sealPdf(await stampedSource(input, evidence), { sign: alice.sign, at, room: 100 })
    expectStamped(sealed, 1, 4)
  })
})

/** A file that its author certifies against any change (ISO 32000-1, 12.8.2.2). */
async function certify(input: Uint8Array): Promise<Uint8Array> {
  const doc = await PDFDocument.load(input, { updateMetadata: false })
  const { context } = doc
  const room = 8000
  const place = '[0 0000000000 0000000000 0000000000]'
  const reference = { Type: 'SigRef', TransformMethod: 'DocMDP', TransformParams: { Type: 'TransformParams', P: 1, V: '1.2' } }
  const value = context.register(
    context.obj({ Type: 'Sig', Filter: 'Adobe.PPKLite', SubFilter: 'ETSI.CAdES.detached', Reference: [reference], Kept: 'Kept' }),
  )
  const field = context.register(
    context.obj({ FT: 'Sig', Type: 'Annot', Subtype: 'Widget', Rect: [0, 0, 0, 0], V: value, P: doc.getPage(0).ref }),
  )
  doc.catalog.set(PDFName.of('AcroForm'), context.obj({ Fields: [field], SigFlags: 3 }))
  doc.catalog.set(PDFName.of('Perms'), context.obj({ DocMDP: value }))
  doc.getPage(0).node.set(PDFName.of('Annots'), context.obj([field]))
  const kept = `/ByteRange ${place}\n/Contents <${'0'.repeat(room)}>\n`
  const before = latin1(await doc.save({ useObjectStreams: false }))
  // The place comes in where the marker stands; the cross-reference follows.
  const moved = before.replace('/Kept /Kept\n', kept)
  const added = kept.length - '/Kept /Kept\n'.length
  const from = before.indexOf('/Kept /Kept')
  const shift = (text: string) => String(Number(text) + (Number(text) > from ? added : 0))
  const fixed = moved
    .replace(/^(\d{10}) (\d{5} n)/gm, (_, offset: string, rest: string) => `${shift(offset).padStart(10, '0')} ${rest}`)
    .replace(/startxref\n(\d+)/, (_, offset: string) => `startxref\n${shift(offset)}`)
  const file = Buffer.from(fixed, 'latin1')
  const start = file.indexOf('/Contents <0000') + 10
  const end = start + room + 2
  file.write(`[0 ${start} ${end} ${file.length - end}]`.padEnd(place.length), file.indexOf(place), 'latin1')
  const cms = await alice.sign(Buffer.concat([file.subarray(0, start), file.subarray(end)]))
  file.write(Buffer.from(cms).toString('hex'), start + 1, 'latin1')
  return new Uint8Array(file)
}

describe('the certificate of a package', () => {
  it('is sealed, and no letter of it is blank', async () => {
    const letters = 'ӘҒҚҢӨҰҮҺІәғқңөұүһіЁёЫЭЮЯыэюя'
    const whole = { ...evidence, createdAt: evidence.producedAt, finishedAt: evidence.producedAt, trailHash: 'cd'.repeat(32) }
    const documents = [{ name: 'Договор.pdf', sha256: 'ab'.repeat(32) }]
    const out = await packageCertificate({
      ...whole,
      documents,
      parties: [{ ...party, fullName: Array.from(letters, (letter) => letter.repeat(3)).join(' ') }],
    })
    const sealed = await sealPdf(out, { sign: platform.sign, at })
    expect(bench.pdfsig(sealed)).toEqual([{ validation: VALID, total: true }])
    expect(bench.qpdfCheck(sealed)).toMatch(/No syntax or stream encoding errors/)
    const file = bench.file(sealed, 'pdf')
    const found = bench
      .run('pdftotext', '-enc', 'UTF-8', '-bbox', file, '-')
      .matchAll(/xMin="(.+)" yMin="(.+)" xMax="(.+)" yMax="(.+)">(.+)<\/word>/g)
    const boxes = new Map(Array.from(found, ([, left, top, right, bottom, text]) => [text, [left, top, right, bottom].map(Number)]))
    const dpi = 200
    bench.run('pdftoppm', '-gray', '-r', String(dpi), '-singlefile', file, bench.path('page'))
    const picture = readFileSync(bench.path('page.pgm'))
    const width = Number(/^P5\s+(\d+)/.exec(picture.subarray(0, 20).toString('latin1'))?.[1])
    const height = Number(/^P5\s+\d+\s+(\d+)/.exec(picture.subarray(0, 20).toString('latin1'))?.[1])
    const pixels = picture.subarray(picture.length - width * height)
    const drawn = new Map<string, string>()
    for (const letter of letters) {
      const box = boxes.get(letter.repeat(3))
      if (!box) throw new Error(`${letter} is not found`)
      const [left = 0, top = 0, right = 0, bottom = 0] = box.map((n) => Math.round((n * dpi) / 72))
      const rows = Array.from({ length: bottom - top }, (_, y) => pixels.subarray((top + y) * width + left, (top + y) * width + right))
      const dark = rows.flatMap((row) => [...row]).filter((grey) => grey < 128).length / ((bottom - top) * (right - left))
      expect.soft(dark, letter).toBeGreaterThan(0.05)
      const shape = rows.map((row) => row.toString('hex')).join()
      // Letters of which both alphabets have one look alike; a missing one would look like all the others that are missing.
      expect.soft(drawn.get(shape), letter).toBeUndefined()
      drawn.set(shape, letter)
    }
  })
})

describe('pages that are turned, cropped or odd', () => {
  it('have the mark at the bottom as they are shown', async () => {
    const doc = await PDFDocument.create()
    const font = await doc.embedFont(StandardFonts.Helvetica)
    const sizes = [
      [595, 842, 0],
      [842, 595, 0],
      [595, 842, 90],
      [595, 842, 180],
      [595, 842, 270],
    ] as const
    for (const [width, height, turn] of sizes) {
      const page = doc.addPage([width, height])
      page.setRotation(degrees(turn))
      page.drawText('Agreement', { x: width / 3, y: height / 2, font, size: 12 })
    }
    const file = bench.file(await seal(await doc.save()), 'pdf')
    for (const [i, [width, height, turn]] of sizes.entries()) {
      const box = bench.run('pdftotext', '-bbox', '-f', String(i + 1), '-l', String(i + 1), file, '-')
      const corners = /xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">Подписано/.exec(box)?.slice(1) ?? []
      const [left = 0, top = 0, right = 0, bottom = 0] = corners.map(Number)
      expect(right - left, `page ${i + 1}`).toBeGreaterThan(bottom - top)
      expect((turn % 180 === 0 ? height : width) - bottom, `page ${i + 1}`).toBeLessThan(15)
    }
  })

  it('have no Contents, or one that is a list by reference', async () => {
    const objects = [
      CATALOG,
      '<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 /MediaBox [0 0 300 300] /Resources << /Font << /QR 7 0 R >> >> >>',
      '<< /Type /Page /Parent 2 0 R >>',
      '<< /Type /Page /Parent 2 0 R /Contents 5 0 R >>',
      '[6 0 R]',
      '<< /Length 42 >>\nstream\nq 2 0 0 2 0 0 cm BT /QR 9 Tf (Text) Tj ET\nendstream',
      '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    ]
    const sealed = await seal(new Uint8Array(pdf(objects)))
    expectStamped(sealed, 1, 3)
    expect(bench.run('pdftotext', bench.file(sealed, 'pdf'), '-')).toContain('Text')
    const doc = await PDFDocument.load(sealed)
    expect(doc.getPage(1).node.Resources()?.lookup(PDFName.of('Font'), PDFDict).keys().map(String)).toEqual(['/QR', '/QR2'])
    // What the page had stands between the stream that saves the graphics state and the one that restores it.
    expect([0, 1].map((i) => doc.getPage(i).node.lookup(PDFName.of('Contents'), PDFArray).size())).toEqual([1, 3])
  })

  it('name contents that are not there', async () => {
    const [gone, some] = ['9 0 R', '[9 0 R 4 0 R 2 0 R]']
    for (const contents of [gone, some]) {
      const stream = '<< /Length 42 >>\nstream\nq 2 0 0 2 0 0 cm BT /QR 9 Tf (Text) Tj ET\nendstream'
      const sealed = await seal(new Uint8Array(pdf([CATALOG, PAGES, PAGE.replace('>>', `/Contents ${contents} >>`), stream])))
      const file = bench.file(sealed, 'pdf')
      expect(bench.say('qpdf', '--check', file), contents).not.toContain('WARNING')
      expect(bench.run('pdftotext', '-l', '1', file, '-'), contents).toContain('Подписано через Qoltanba')
    }
  })

  it('are no pages: what readers would count among them, so that the certificate were out of sight', async () => {
    for (const kids of ['3 0 R null', 'null 3 0 R', '3 0 R 9 0 R', '3 0 R [4]', `3 0 R ${PAGE}`])
      await expect(
        checkSignable(new Uint8Array(pdf([CATALOG, `<< /Type /Pages /Kids [${kids}] /Count 2 >>`, PAGE]))),
        kids,
      ).rejects.toMatchObject({
        code: 'bad_file',
      })
  })
})
