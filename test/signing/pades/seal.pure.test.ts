import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '../../../src/http/errors.ts'
import { bytesToSign, embedSignature, prepareSignature, sealPdf } from '../../../src/signing/pades/seal.ts'
import { Bench, isPrefix, latin1, plainPdf } from './tools.ts'

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

  it('works on files of LibreOffice and on one signed by poppler', async () => {
    const html = bench.file('<p>Шарт туралы келісім, ₸ 5 000</p>', 'html')
    bench.run(
      'soffice',
      `-env:UserInstallation=file://${bench.dir}/office`,
      '--headless',
      '--convert-to',
      'pdf',
      '--outdir',
      bench.dir,
      html,
    )
    const { readFileSync } = await import('node:fs')
    const made = new Uint8Array(readFileSync(html.replace(/html$/, 'pdf')))
    const { twice } = await signTwice(made)
    expect(bench.pdfsig(twice).map((s) => s.validation)).toEqual(['Signature is Valid.', 'Signature is Valid.'])
    expect(bench.qpdfCheck(twice)).toMatch(/No syntax or stream encoding errors/)
  }, 60_000)

  it('fills an empty field of that name, visible where it is asked for', async () => {
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
