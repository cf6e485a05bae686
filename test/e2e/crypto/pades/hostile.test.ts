import { readFileSync } from 'node:fs'
import { deflateSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/http/errors.ts'
import { prepareSignature, sealPdf } from '../../../../src/signing/pades/seal.ts'
import { listSignatures } from '../../../../src/signing/pades/signatures.ts'
import { verifyPdfSignatures } from '../../../../src/signing/pades/verify.ts'
import { Bench, CATALOG, form, isPrefix, latin1, PAGE, PAGES, pdf, plainPdf } from './tools.ts'

const bench = new Bench()
afterAll(() => bench.close())
const at = new Date('2026-03-01T10:20:30Z')
let alice: ReturnType<Bench['signer']>
beforeAll(() => {
  alice = bench.signer('alice')
})

const accept = { signature: () => Promise.resolve(true), timestamp: () => Promise.resolve(true) }

describe('hostile and odd files', () => {
  it('signs a minimal file', async () => {
    const plain = new Uint8Array(pdf([CATALOG, PAGES, PAGE]))
    const out = await sealPdf(plain, { sign: alice.sign, at })
    expect(bench.pdfsig(out)).toEqual([{ validation: 'Signature is Valid.', total: true }])
  })

  it('stays within bounds', async () => {
    const bomb = deflateSync(new Uint8Array(30_000_000))
    const stream = (dict: string, data: Uint8Array) =>
      Buffer.concat([Buffer.from(`<< ${dict} /Length ${data.length} >>\nstream\n`), data, Buffer.from('\nendstream')]).toString('latin1')
    const files: Record<string, Buffer> = {
      'deep arrays': pdf([CATALOG.replace('>>', `/X ${'['.repeat(50_000)}${']'.repeat(50_000)} >>`), PAGES, PAGE]),
      'deep dictionaries': pdf([CATALOG.replace('>>', `/X ${'<</A '.repeat(5000)}0${'>>'.repeat(5000)} >>`), PAGES, PAGE]),
      'a page tree that bites its tail': pdf([CATALOG, '<< /Type /Pages /Kids [2 0 R] /Count 1 >>', PAGE]),
      'a name without end': pdf([CATALOG.replace('>>', `/${'A'.repeat(3_000_000)} 1 >>`), PAGES, PAGE]),
      'a number without end': pdf([CATALOG.replace('>>', `/A ${'1'.repeat(3_000_000)} >>`), PAGES, PAGE]),
      'a million values': pdf([CATALOG.replace('>>', `/A [${'1 '.repeat(1_100_000)}] >>`), PAGES, PAGE]),
      'no catalog': pdf(['[]', PAGES, PAGE]),
      'no page': pdf([CATALOG, '<< /Type /Pages /Kids [] /Count 0 >>']),
      'a bomb for a cross-reference': (() => {
        const head = Buffer.from('%PDF-1.7\n')
        const xref = Buffer.from(
          `1 0 obj\n${stream('/Type /XRef /Size 5 /W [1 2 1] /Root 2 0 R /Filter /FlateDecode', bomb)}\nendobj\nstartxref\n${head.length}\n%%EOF\n`,
          'latin1',
        )
        return Buffer.concat([head, xref])
      })(),
      'certified against signing': pdf([
        CATALOG.replace('>>', '/Perms << /DocMDP 4 0 R >> >>'),
        PAGES,
        PAGE,
        '<< /Type /Sig /Reference [<< /TransformMethod /DocMDP /TransformParams << /P 1 >> >>] >>',
      ]),
    }
    const started = performance.now()
    for (const [what, file] of Object.entries(files)) {
      expect(() => prepareSignature(new Uint8Array(file), { at }), what).toThrow(expect.objectContaining({ code: 'bad_file' }))
    }
    const kids = pdf([form('4 0 R'), PAGES, PAGE, '<< /T (a) /FT /Sig /Kids [4 0 R 5 0 R] >>', '<< /T (b) /Kids [4 0 R] >>'])
    expect(listSignatures(new Uint8Array(kids))).toEqual([])
    expect(performance.now() - started).toBeLessThan(8000)
  })

  it('reads no file in quadratic time', async () => {
    // Streams within streams: each is closed only at the end of the file.
    const count = 3000
    const open = Array.from({ length: count }, (_, i) => `${i + 4} 0 obj << /Length 0 >> stream\n`)
    const head = `%PDF-1.7\n1 0 obj ${CATALOG} endobj 2 0 obj ${PAGES} endobj 3 0 obj ${PAGE} endobj\n`
    const offsets = [head.indexOf('1 0 obj'), head.indexOf('2 0 obj'), head.indexOf('3 0 obj')]
    let body = head
    for (const part of open) {
      offsets.push(body.length)
      body += part
    }
    body += 'endstream '.repeat(count)
    const file = `${body}\nxref\n1 ${offsets.length}\n${offsets.map((o) => `${String(o).padStart(10, '0')} 00000 n \n`).join('')}trailer << /Size ${offsets.length + 1} /Root 1 0 R >>\nstartxref\n${body.length + 1}\n%%EOF`
    const signed = await sealPdf(new Uint8Array(Buffer.from(file, 'latin1')), { sign: alice.sign, at })
    const shifted = latin1(signed)
    const started = performance.now()
    // A revision that claims all objects anew, at other places.
    const again = `xref\n4 ${count}\n${offsets
      .slice(3)
      .map((o) => `${String(o - 1).padStart(10, '0')} 00000 n \n`)
      .join(
        '',
      )}trailer << /Size ${offsets.length + 9} /Root 1 0 R /Prev ${/startxref\s+(\d+)\s+%%EOF\s*$/.exec(shifted)?.[1] ?? ''} >>\nstartxref\n${signed.length}\n%%EOF\n`
    const attack = new Uint8Array(Buffer.concat([signed, Buffer.from(again)]))
    await expect(verifyPdfSignatures(attack, accept)).rejects.toMatchObject({ code: 'bad_file' })
    expect(performance.now() - started).toBeLessThan(3000)
  })

  it('never fails but by a refusal, whatever byte is altered', async () => {
    for (const streams of [false, true]) {
      const sealed = await sealPdf(await plainPdf(1, streams), { sign: alice.sign, at, room: 1000 })
      let seed = 7
      const random = (below: number) => {
        seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
        return seed % below
      }
      const outcomes = new Set<string>()
      for (let i = 0; i < 250; i++) {
        const bytes = sealed.slice()
        for (let j = 0; j <= random(3); j++) bytes[random(bytes.length)] = random(256)
        const outcome = await verifyPdfSignatures(i % 5 === 0 ? bytes.subarray(0, random(bytes.length)) : bytes, accept).then(
          () => 'read',
          (error: unknown) => (error instanceof AppError ? 'refused' : String(error)),
        )
        outcomes.add(outcome)
      }
      expect([...outcomes].sort()).toEqual(['read', 'refused'])
    }
  })

  it('verifies and keeps a signature that others made: of PKCS#7 kind, in the only revision, its dictionary within the field', async () => {
    const room = 8000
    const place = '[0 0000000000 0000000000 0000000000]'
    const field = `<< /FT /Sig /T (Theirs) /Type /Annot /Subtype /Widget /Rect [0 0 0 0] /P 3 0 R /V << /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /Reason (a \\) b) /ByteRange ${place} /Contents <${'0'.repeat(room)}> >> >>`
    const file = pdf([form('4 0 R'), PAGES, PAGE.replace('>>', '/Annots [4 0 R] >>'), field])
    const start = file.indexOf('/Contents <') + 10
    const end = start + room + 2
    file.write(`[0 ${start} ${end} ${file.length - end}]`.padEnd(place.length), file.indexOf(place), 'latin1')
    const cms = await alice.sign(Buffer.concat([file.subarray(0, start), file.subarray(end)]))
    file.write(Buffer.from(cms).toString('hex'), start + 1, 'latin1')
    const theirs = new Uint8Array(file)
    const both = await sealPdf(theirs, { sign: alice.sign, at, fieldName: 'Ours' })
    expect(isPrefix(theirs, both)).toBe(true)
    expect(bench.pdfsig(both)).toEqual([
      { validation: 'Signature is Valid.', total: false },
      { validation: 'Signature is Valid.', total: true },
    ])
    const judge = (cms: Uint8Array, covered: Uint8Array) => Promise.resolve(bench.accepts(cms, covered, alice.pem))
    expect(await verifyPdfSignatures(both, { signature: judge, timestamp: judge })).toMatchObject([
      {
        fieldName: 'Theirs',
        outcome: true,
        total: false,
        changes: 'signing',
        claimed: { reason: 'a ) b' },
        subFilter: 'adbe.pkcs7.detached',
      },
      { fieldName: 'Ours', outcome: true, total: true, changes: 'none' },
    ])
  })

  it('signs what pdftocairo writes', async () => {
    const out = bench.path('cairo.pdf')
    bench.run('pdftocairo', '-pdf', bench.file(await plainPdf(2, true), 'pdf'), out)
    const signed = await sealPdf(new Uint8Array(readFileSync(out)), { sign: alice.sign, at })
    expect(bench.pdfsig(signed)).toEqual([{ validation: 'Signature is Valid.', total: true }])
    expect(bench.qpdfCheck(signed)).toMatch(/No syntax or stream encoding errors/)
  })
})
