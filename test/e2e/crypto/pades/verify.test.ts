import { PDFDict, PDFHexString, PDFName, PDFRef } from 'pdf-lib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addDss, readDss } from '../../../../src/signing/pades/dss.ts'
import { PdfReader } from '../../../../src/signing/pades/reader.ts'
import { sealPdf } from '../../../../src/signing/pades/seal.ts'
import { listSignatures } from '../../../../src/signing/pades/signatures.ts'
import { Update } from '../../../../src/signing/pades/update.ts'
import { verifyPdfSignatures } from '../../../../src/signing/pades/verify.ts'
import { altered, Bench, CATALOG, isPrefix, latin1, PAGE, PAGES, pdf, plainPdf } from './tools.ts'

const bench = new Bench()
afterAll(() => bench.close())

const at = new Date('2026-03-01T10:20:30Z')
let alice: ReturnType<Bench['signer']>
/** Signed once: with a table, with streams. */
let signed: Uint8Array[]

beforeAll(async () => {
  alice = bench.signer('alice')
  signed = []
  for (const streams of [false, true]) {
    signed.push(
      await sealPdf(await plainPdf(2, streams), {
        sign: alice.sign,
        at,
        name: 'Алиса Ө',
        reason: 'Договор',
        fieldName: 'Seal',
      }),
    )
  }
})

const verify = async (bytes: Uint8Array) => {
  const ok = (cms: Uint8Array, covered: Uint8Array) => Promise.resolve(bench.accepts(cms, covered, alice.pem))
  const verdicts = await verifyPdfSignatures(bytes, { signature: ok, timestamp: ok })
  return verdicts.map((v) => ('problem' in v ? v.problem : [v.outcome, v.total, v.changes]))
}

/** Changes objects of a file by an update of its own. */
function updated(bytes: Uint8Array, work: (update: Update, reader: PdfReader) => void): Uint8Array {
  const reader = new PdfReader(bytes)
  const update = new Update(reader)
  work(update, reader)
  return update.write().bytes
}
const firstPage = (reader: PdfReader) => {
  const ref = reader.pages(1)[0]
  const page = reader.deref(ref)
  if (!ref || !(page instanceof PDFDict)) throw new Error('no page')
  return { ref, page }
}

const contentsOf = (reader: PdfReader) => {
  const { page } = firstPage(reader)
  const ref = reader.arrayAt(page, 'Contents')?.get(0) ?? page.get(PDFName.of('Contents'))
  if (!(ref instanceof PDFRef)) throw new Error('no stream')
  return ref
}

describe('verifyPdfSignatures', () => {
  it('tells what a signature says and whether it holds', async () => {
    for (const file of signed) {
      expect(await verify(file)).toEqual([[true, true, 'none']])
      expect(listSignatures(file)).toMatchObject([
        { fieldName: 'Seal', kind: 'signature', subFilter: 'ETSI.CAdES.detached', name: 'Алиса Ө', reason: 'Договор', total: true },
      ])
    }
    expect(await verify(await plainPdf(1, false))).toEqual([])
  })

  it('calls later signatures and validation material what they are', async () => {
    for (const file of signed) {
      const withStore = addDss(file, { certs: [alice.der], crls: [], ocsps: [] })
      const again = addDss(withStore, { certs: [alice.der, new Uint8Array([48, 0])], crls: [new Uint8Array([48, 1, 5])], ocsps: [] })
      const twice = await sealPdf(again, { sign: alice.sign, at, fieldName: 'Seal', appearance: { page: 1, rect: [10, 10, 90, 40] } })
      expect(isPrefix(file, twice)).toBe(true)
      expect(readDss(new PdfReader(twice))).toEqual({
        certs: [alice.der, new Uint8Array([48, 0])],
        crls: [new Uint8Array([48, 1, 5])],
        ocsps: [],
      })
      expect(await verify(withStore)).toEqual([[true, false, 'signing']])
      expect(await verify(twice)).toEqual([
        [true, false, 'signing'],
        [true, true, 'none'],
      ])
      expect(bench.qpdfCheck(twice)).toMatch(/No syntax or stream encoding errors/)
      expect(bench.pdfsig(twice).map((s) => s.validation)).toEqual(['Signature is Valid.', 'Signature is Valid.'])
    }
  })

  it('reports a document changed after signing', async () => {
    for (const file of signed) {
      const changes: Record<string, (update: Update, reader: PdfReader) => void> = {
        'other contents of a page': (update, reader) => {
          const { ref, page } = firstPage(reader)
          const second = reader.deref(reader.pages(2)[1])
          if (second instanceof PDFDict) page.set(PDFName.of('Contents'), second.get(PDFName.of('Contents')) ?? ref)
          update.set(ref, page)
        },
        'a comment': (update, reader) => {
          const { ref, page } = firstPage(reader)
          const note = reader.context.obj({
            Type: 'Annot',
            Subtype: 'FreeText',
            Rect: [0, 0, 99, 99],
            Contents: PDFHexString.fromText('no'),
          })
          update.editArray({ ref, object: page }, page, 'Annots').push(update.add(note))
        },
        'a field that is no signature': (update, reader) => {
          const form = update.editDict(update.catalog, reader.catalog, 'AcroForm')
          const field = reader.context.obj({ FT: 'Tx', T: PDFHexString.fromText('x') })
          update.editArray(form.holder, form.dict, 'Fields').push(update.add(field))
        },
        'a script': (update, reader) => {
          reader.catalog.set(PDFName.of('OpenAction'), reader.context.obj({ S: 'JavaScript', JS: PDFHexString.fromText('0') }))
          update.set(reader.catalogRef, reader.catalog)
        },
        'a content stream said to be validation material': (update, reader) => {
          const contents = contentsOf(reader)
          const dss = update.editDict(update.catalog, reader.catalog, 'DSS')
          update.editArray(dss.holder, dss.dict, 'Certs').push(contents)
          update.set(contents, reader.context.stream('0 0 10 10 re f'))
        },
      }
      changes['a content stream said to be metadata'] = (update, reader) => {
        const contents = contentsOf(reader)
        reader.catalog.set(PDFName.of('Metadata'), contents)
        update.set(reader.catalogRef, reader.catalog)
        update.set(contents, reader.context.stream('0 0 10 10 re f', { Type: 'Metadata', Subtype: 'XML' }))
      }
      for (const [what, change] of Object.entries(changes)) {
        expect(await verify(updated(file, change)), what).toEqual([[true, false, 'content']])
      }
    }
  })

  it('sees an object of the signed bytes brought to light by a cross-reference alone', async () => {
    // A second version of the page's contents, hidden in the signed bytes: no cross-reference leads to it.
    const plain = latin1(await plainPdf(1, false))
    const hidden = '/Length 14 >>\nstream\n0 0 10 10 re f\nendstream\nendobj\n'
    const probe = new PdfReader(new Uint8Array(Buffer.from(plain, 'latin1')))
    const number = contentsOf(probe).objectNumber
    const shadow = `${number} 0 obj\n<< ${hidden}`
    // In front of the table, which is found through startxref: that moves.
    const start = probe.xref.start
    const moved = `${plain.slice(0, start)}${shadow}${plain.slice(start).replace(/startxref\s+\d+/, `startxref\n${start + shadow.length}`)}`
    const file = await sealPdf(new Uint8Array(Buffer.from(moved, 'latin1')), { sign: alice.sign, at })
    expect(await verify(file)).toEqual([[true, true, 'none']])
    const digits = String(start).padStart(10, '0')
    const size = new PdfReader(file).xref
    const tail = `xref\n${number} 1\n${digits} 00000 n \ntrailer\n<< /Size ${size.nextNumber} /Prev ${size.start} /Root ${new PdfReader(file).catalogRef.toString()} >>\nstartxref\n${file.length}\n%%EOF\n`
    const attacked = new Uint8Array(Buffer.concat([file, Buffer.from(tail)]))
    expect(bench.pdfsig(attacked)[0]?.validation).toBe('Signature is Valid.')
    expect(await verify(attacked)).toEqual([[true, false, 'content']])
  })

  it('sees that an object of the form or of the store is part of a page too', async () => {
    const prepared = [
      CATALOG.replace('>>', '/DSS << /Certs 5 0 R >> /AcroForm << /Fields 6 0 R >> /Extensions 7 0 R >>'),
      PAGES,
      PAGE.replace('>>', '/Contents 5 0 R /Resources 7 0 R /Annots 6 0 R >>'),
      '<< /Length 14 >>\nstream\n0 0 10 10 re f\nendstream',
      '[4 0 R]',
      '[]',
      '<< /ProcSet [/PDF] >>',
    ]
    const file = await sealPdf(new Uint8Array(pdf(prepared)), { sign: alice.sign, at })
    expect(await verify(file)).toEqual([[true, true, 'none']])
    const contents = updated(file, (update, reader) => {
      const dss = update.editDict(update.catalog, reader.catalog, 'DSS')
      update.editArray(dss.holder, dss.dict, 'Certs').push(update.add(reader.context.stream('0 0 99 99 re f')))
    })
    const resources = updated(file, (update, reader) => {
      update.editDict(update.catalog, reader.catalog, 'Extensions').dict.set(PDFName.of('Font'), reader.context.obj({}))
    })
    expect(await verify(contents)).toEqual([[true, false, 'content']])
    expect(await verify(resources)).toEqual([[true, false, 'content']])
    expect(await verify(await sealPdf(file, { sign: alice.sign, at }))).toEqual([
      [true, false, 'signing'],
      [true, true, 'none'],
    ])
  })

  it('refuses altered bytes, a widened gap, bytes appended, a moved signature', async () => {
    for (const file of signed) {
      expect(await verify(altered(file, '%PDF-1.7', '%PDF-1.6'))).toEqual([[false, true, 'none']])
      const { byteRange } = listSignatures(file)[0] as { byteRange: number[] }
      const [, end = 0, from = 0, length = 0] = byteRange
      const range = (text: string) => altered(file, `[${byteRange.join(' ')}]`, `[${text}]`)
      // A gap wider than the place of the CMS, on either side.
      expect(await verify(range(`0 ${end - 1} ${from} ${length}`))).toEqual(['gap'])
      expect(await verify(range(`0 ${end} ${from + 1} ${length - 1}`))).toEqual(['gap'])
      expect(await verify(range(`1 ${end} ${from} ${length}`))).toEqual(['malformed_range'])
      expect(await verify(range(`0 ${end} ${from} ${length - 1}`))).toEqual([[false, false, 'none']])
      expect(await verify(new Uint8Array(Buffer.concat([file, Buffer.from('% more\n')])))).toEqual([[true, false, 'none']])
      // The place of the CMS ends earlier in the dictionary than in the gap: what follows is not covered by anybody.
      const hex = latin1(file.subarray(end, end + 40))
      expect(await verify(altered(file, hex, `${hex.slice(0, 36)}>/X<`))).toEqual(['gap'])
    }
  })

  it('refuses an old signature that a later revision claims for itself', async () => {
    for (const file of signed) {
      const copied = updated(file, (update, reader) => {
        const ref = [...reader.xref.entries.keys()]
          .map((n) => reader.get(n))
          .find((o) => o instanceof PDFDict && o.has(PDFName.of('ByteRange')))
        if (!(ref instanceof PDFDict)) throw new Error('no signature')
        const value = update.add(ref)
        for (const [number] of reader.xref.entries) {
          const field = reader.get(number)
          if (field instanceof PDFDict && field.has(PDFName.of('V'))) {
            field.set(PDFName.of('V'), value)
            update.set(PDFRef.of(number), field)
          }
        }
      })
      expect(await verify(copied)).toEqual(['not_a_revision'])
    }
  })
})
