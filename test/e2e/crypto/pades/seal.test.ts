import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/http/errors.ts'
import { bytesToSign, embedSignature, prepareSignature, sealPdf } from '../../../../src/signing/pades/seal.ts'
import { listSignatures } from '../../../../src/signing/pades/signatures.ts'
import { Bench, CATALOG, form, isPrefix, latin1, PAGE, PAGES, pdf, plainPdf } from './tools.ts'

const bench = new Bench()
afterAll(() => bench.close())

const at = new Date('2026-03-01T10:20:30Z')
let alice: ReturnType<Bench['signer']>
let bob: ReturnType<Bench['signer']>
const inputs = new Map<string, Uint8Array>()

beforeAll(async () => {
  alice = bench.signer('alice')
  bob = bench.signer('bob')
  const [classic, streams] = [await plainPdf(3, false), await plainPdf(3, true)]
  inputs.set('pdf-lib, table', classic)
  inputs.set('pdf-lib, streams', streams)
  inputs.set('qpdf, object streams', bench.qpdf(classic, '--object-streams=generate'))
  inputs.set('qpdf, linearized', bench.qpdf(classic, '--linearize'))
  inputs.set('qpdf, linearized with object streams', bench.qpdf(classic, '--linearize', '--object-streams=generate'))
  inputs.set('qpdf, QDF', bench.qpdf(streams, '--qdf', '--object-streams=disable'))
  inputs.set('no line end at the end', classic.subarray(0, classic.lastIndexOf(0x46) + 1))
})

/** Two signers one after the other; all that outside tools say. */
async function signTwice(input: Uint8Array) {
  const once = await sealPdf(input, { sign: alice.sign, at, name: 'Алиса', reason: 'Договор (№ 1) /Contents <00>', fieldName: 'Seal' })
  const twice = await sealPdf(once, { sign: bob.sign, at, name: 'Bob', fieldName: 'Seal' })
  return { once, twice }
}

/** The page's annotations, object 4, are in an object stream that only the cross-reference stream knows (ISO 32000-1, 7.5.8.4). */
function hybrid(): Uint8Array {
  const objects: [number, string][] = [
    [1, CATALOG],
    [2, PAGES],
    [3, PAGE.replace('>>', '/Annots 4 0 R >>')],
    [5, '<< /Type /ObjStm /N 1 /First 4 /Length 11 >>\nstream\n4 0 [7 0 R]\nendstream'],
    [7, '<< /Type /Annot /Subtype /Text /Rect [9 9 20 20] /Contents (note) >>'],
  ]
  let body = '%PDF-1.5\n'
  const at = new Map<number, number>()
  const put = (number: number, text: string) => {
    at.set(number, body.length)
    body += `${number} 0 obj\n${text}\nendobj\n`
  }
  for (const [number, text] of objects) put(number, text)
  const rows = Buffer.from([2, 0, 5, 0])
  put(6, `<< /Type /XRef /Size 8 /W [1 2 1] /Index [4 1] /Root 1 0 R /Length 4 >>\nstream\n${rows.toString('latin1')}\nendstream`)
  const start = body.length
  const row = (number: number) => (at.has(number) ? `${String(at.get(number)).padStart(10, '0')} 00000 n \n` : '0000000000 65535 f \n')
  body += `xref\n0 8\n${[0, 1, 2, 3, 4, 5, 6, 7].map(row).join('')}trailer\n<< /Size 8 /Root 1 0 R /XRefStm ${at.get(6) ?? 0} >>\nstartxref\n${start}\n%%EOF\n`
  return new Uint8Array(Buffer.from(body, 'latin1'))
}

describe('sealPdf', () => {
  it('is accepted by pdfsig and qpdf on every kind of file, and a second signature leaves the first valid', async () => {
    for (const [kind, input] of inputs) {
      const { once, twice } = await signTwice(input)
      expect(isPrefix(input, once), kind).toBe(true)
      expect(isPrefix(once, twice), kind).toBe(true)
      expect(bench.pdfsig(once), kind).toEqual([{ validation: 'Signature is Valid.', total: true }])
      expect(bench.pdfsig(twice), kind).toEqual([
        { validation: 'Signature is Valid.', total: false },
        { validation: 'Signature is Valid.', total: true },
      ])
      expect(bench.qpdfCheck(twice), kind).toMatch(/No syntax or stream encoding errors/)
      // The update ends as the file did before: with a table or with a stream.
      const stream = /\/Type ?\/XRef/
      expect(stream.test(latin1(twice.subarray(once.length))), kind).toBe(stream.test(latin1(input)))
    }
  })

  it('works on a file of LibreOffice', async () => {
    const { twice } = await signTwice(new Uint8Array(readFileSync(join(import.meta.dirname, 'libreoffice.pdf'))))
    expect(bench.pdfsig(twice).map((s) => s.validation)).toEqual(['Signature is Valid.', 'Signature is Valid.'])
    expect(bench.qpdfCheck(twice)).toMatch(/No syntax or stream encoding errors/)
    expect(bench.run('pdftotext', bench.file(twice, 'pdf'), '-')).toContain('Шарт туралы келісім, ₸ 5 000')
  })

  it('writes the object that holds what changes: form, fields and annotations each of their own', async () => {
    const objects = [
      CATALOG.replace('>>', '/AcroForm 4 0 R >>'),
      PAGES,
      PAGE.replace('>>', '/Annots 6 0 R >>'),
      '<< /Fields 5 0 R /DA (/Helv 0 Tf) >>',
      '[7 0 R]',
      '[7 0 R]',
      '<< /FT /Tx /T (Text) /Type /Annot /Subtype /Widget /Rect [10 10 90 20] /P 3 0 R >>',
    ]
    const { once, twice } = await signTwice(new Uint8Array(pdf(objects)))
    expect(bench.pdfsig(twice).map((s) => s.validation)).toEqual(['Signature is Valid.', 'Signature is Valid.'])
    expect(bench.qpdfCheck(twice)).toMatch(/No syntax or stream encoding errors/)
    const update = latin1(twice.subarray(once.length))
    expect([...update.matchAll(/^(\d+) 0 obj$/gm)].map((m) => Number(m[1])).slice(0, 3)).toEqual([4, 5, 6])
    expect(update).toMatch(/\/DA \(\/Helv 0 Tf\)/)
  })

  it('fills an empty field of that name, and leaves the page alone', async () => {
    const field = '<< /FT /Sig /T (Seal) /Type /Annot /Subtype /Widget /Rect [10 10 90 20] /P 3 0 R >>'
    const input = new Uint8Array(pdf([form('4 0 R'), PAGES, PAGE.replace('>>', '/Annots [4 0 R] >>'), field]))
    const { once, twice } = await signTwice(input)
    expect(latin1(once.subarray(input.length))).not.toContain('/Type /Page')
    expect(latin1(once.subarray(input.length))).toMatch(/4 0 obj[^]*\/V 5 0 R/)
    expect(listSignatures(twice).map((s) => s.fieldName)).toEqual(['Seal', 'Seal_2'])
    expect(bench.pdfsig(twice).map((s) => s.validation)).toEqual(['Signature is Valid.', 'Signature is Valid.'])
  })

  it('reads hybrid files, whose table hides objects that a stream has', async () => {
    const input = hybrid()
    const { twice } = await signTwice(input)
    expect(bench.qpdfCheck(twice)).toMatch(/No syntax or stream encoding errors/)
    expect(bench.pdfsig(twice).map((s) => s.validation)).toEqual(['Signature is Valid.', 'Signature is Valid.'])
    // The list of annotations was in the object stream: it has the old one and the two new ones now.
    expect(latin1(twice)).toMatch(/4 0 obj\n\[ 7 0 R \d+ 0 R \d+ 0 R \]/)
  })

  it('is visible where it is asked for', async () => {
    const input = inputs.get('pdf-lib, table') ?? new Uint8Array()
    const seen = await sealPdf(input, {
      sign: alice.sign,
      at,
      appearance: { page: 1, rect: [50, 50, 250, 110], content: '0.5 w 1 1 198 58 re S' },
    })
    expect(bench.pdfsig(seen)).toEqual([{ validation: 'Signature is Valid.', total: true }])
    expect(bench.qpdfCheck(seen)).toMatch(/No syntax/)
    const page = bench.run('qpdf', '--json=2', '--json-key=acroform', bench.file(seen, 'pdf'))
    expect(page).toContain('"pageposfrom1": 2')
  })

  it('is signed by someone else in two phases', async () => {
    const prepared = prepareSignature(inputs.get('pdf-lib, streams') ?? new Uint8Array(), { at, fieldName: 'A.B' })
    expect(prepared.fieldName).toBe('A_B')
    expect(bytesToSign(prepared).length).toBe(prepared.bytes.length - 2 * 16_384 - 2)
    const sealed = embedSignature(prepared, await alice.sign(bytesToSign(prepared)))
    expect(bench.pdfsig(sealed)).toEqual([{ validation: 'Signature is Valid.', total: true }])
    expect(latin1(sealed)).toContain('/SubFilter /ETSI.CAdES.detached')
    expect(latin1(sealed)).toContain("/M (D:20260301102030+00'00')")
    expect(() => embedSignature(prepared, new Uint8Array(16_385))).toThrow(AppError)
    expect(() => embedSignature(prepared, new Uint8Array())).toThrow(AppError)
  })

  it('refuses what cannot be signed', async () => {
    const input = inputs.get('pdf-lib, table') ?? new Uint8Array()
    const locked = bench.qpdf(input, '--encrypt', '', 'owner', '256', '--')
    const text = latin1(input)
    const bytes = (s: string) => new Uint8Array(Buffer.from(s, 'latin1'))
    const bad: Record<string, Uint8Array> = {
      'not a PDF': bytes('hello'),
      encrypted: locked,
      'cut off': input.subarray(0, input.length - 40),
      'startxref into nothing': bytes(text.replace(/startxref\s+\d+/, 'startxref\n12')),
      'startxref beyond the end': bytes(text.replace(/startxref\s+\d+/, 'startxref\n99999999')),
      'a chain that bites its tail': bytes(text.replace(/trailer\s*<</, (t) => `${t}/Prev ${/startxref\s+(\d+)/.exec(text)?.[1] ?? ''}`)),
      'an absurd count': bytes(text.replace(/xref\s+0 \d+/, 'xref\n0 99999999')),
      'absurd object numbers': bytes(text.replace(/\/Size \d+/, '/Size 999999999')),
    }
    for (const [what, file] of Object.entries(bad)) {
      expect(() => prepareSignature(file, { at }), what).toThrow(expect.objectContaining({ code: 'bad_file' }))
    }
    expect(() => prepareSignature(locked, { at })).toThrow(/encrypted/)
  })
})
