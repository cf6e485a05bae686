import { decodePDFRawStream, PDFArray, PDFDocument, PDFName, PDFRawStream } from 'pdf-lib'
import { describe, expect, it } from 'vitest'
import { loadFace } from '../../src/documents/face.ts'
import { renderDocx } from '../../src/documents/docx/render.ts'
import { fillDocx } from '../../src/documents/docx/template.ts'
import { bilingualContract, bilingualData, numberedContract, numberedData, worksContract, worksData } from '../fixtures/docx.ts'
import { featuresDocument } from '../fixtures/features.ts'
import { hostile } from '../fixtures/hostile.ts'
import { cell, field, pack, para, row, run, table } from '../fixtures/wordprocessing.ts'
import { readPdfText } from './pdf-text.ts'

const latin1 = (bytes: Uint8Array) => Array.from(bytes, (b) => String.fromCharCode(b)).join('')
const draw = async (bytes: Uint8Array) => {
  const result = await renderDocx(bytes)
  return { ...result, text: await readPdfText(result.pdf) }
}

describe('the reference contracts', () => {
  it('draws works and prices: every row, repeated header row, page numbers, logo', async () => {
    const { text, pages, warnings } = await draw(fillDocx(worksContract(), worksData()).bytes)
    expect(pages).toBe(2)
    expect(warnings).toEqual([])
    const numbers = text.join('\n').split('\n')
    for (let no = 1; no <= 28; no++) expect(numbers).toContain(String(no))
    expect(text[0]).toContain('Стр. \n1\n из \n2')
    for (const page of text) expect(page).toContain('Сумма, ₸')
    expect(text[1]).toContain('7\u00a0777\u00a0840,00')
    expect(text.join(' ')).toContain('Сейтқазыұлы Нұрғиса Әбдірахманұлы')
  })

  it('numbers four levels as lawyers do', async () => {
    const { text, pages, warnings } = await draw(fillDocx(numberedContract(), numberedData()).bytes)
    expect(pages).toBe(3)
    expect(warnings).toEqual([])
    const lines = text.join('\n').split('\n')
    for (const label of ['1.', '1.1.', '1.2.1.', 'а)', 'б)', 'в)', '2.2.3.', '•', '6.', '6.1.']) expect(lines).toContain(label)
    // The second list starts again, and letters start again under every clause.
    expect(lines.filter((l) => l === '1.')).toHaveLength(2)
    expect(lines.filter((l) => l === 'а)')).toHaveLength(3)
  })

  it('sets Kazakh and Russian side by side with every letter', async () => {
    const { text, pages, warnings } = await draw(fillDocx(bilingualContract(), bilingualData()).bytes)
    expect(pages).toBe(2)
    expect(warnings).toEqual([])
    expect(text[0]).toContain('Ә ә Ғ ғ Қ қ Ң ң Ө ө Ұ ұ Ү ү Һ һ І і')
    expect(text[0]).toContain('₸')
    expect(text[0]).toContain('₽')
    expect(text.join('')).not.toContain('\ufffd')
  })

  it('gives the same bytes for the same document, and takes the date from outside', async () => {
    const bytes = fillDocx(numberedContract(), numberedData()).bytes
    const [first, second] = [await renderDocx(bytes), await renderDocx(bytes)]
    expect(first.pdf).toEqual(second.pdf)
    const dated = await renderDocx(bytes, { date: new Date('2026-11-17T09:00:00Z'), title: 'Договор', language: 'kk' })
    const document = await PDFDocument.load(dated.pdf, { updateMetadata: false })
    expect(document.getTitle()).toBe('Договор')
    expect(document.getProducer()).toBe('Qoltanba')
    expect(document.getCreationDate()).toEqual(new Date('2026-11-17T09:00:00Z'))
  })
})

describe('features', () => {
  it('draws them and says what it draws differently', async () => {
    const { text, pages, warnings } = await draw(featuresDocument())
    expect(pages).toBe(4)
    expect(warnings).toEqual([
      'Text boxes are drawn as plain paragraphs in the text, without their frame and position.',
      'Tracked changes are drawn as if accepted.',
    ])
    expect(text[0]).toContain('Первая страница')
    // The transparent PNG and the JPEG, each embedded once though drawn twice, and the mask of the PNG.
    const objects = (await PDFDocument.load((await renderDocx(featuresDocument())).pdf)).context.enumerateIndirectObjects()
    expect(objects.filter(([, o]) => o instanceof PDFRawStream && o.dict.get(PDFName.of('Subtype')) === PDFName.of('Image'))).toHaveLength(
      3,
    )
    expect(text[0]).not.toContain('hidden')
    expect(text[0]).toContain('MALL')
    expect(text[0]).toContain('☒')
    expect(text[1]).toContain('Текст надписи')
    expect(text[1]).toContain('Колонтитул, страница \n2')
    expect(text[1]).toContain('Всего страниц: \nIV')
    expect(text[2]).toContain('вставлено')
    expect(text[2]).not.toContain('удалено')
    expect(text[2]).toContain('Заголовок')
  })

  it('draws a document that has nothing but text', async () => {
    const { text, pages, warnings } = await draw(pack({ body: para('Договор № 1 — ₸ ₽ ☐') + para(run('Сто') + run('роны')) }))
    expect(pages).toBe(1)
    expect(warnings).toEqual([])
    expect(text[0]).toContain('Договор № 1 — ₸ ₽ ☐')
    expect(text[0]).toContain('Стороны')
  })

  it('gives sections their own paper, numbering and columns', async () => {
    const size = (more: string) => `<w:sectPr><w:footerReference w:type="default" r:id="footer1"/>${more}</w:sectPr>`
    const body = [
      para('Книжная'),
      para('', size('<w:pgSz w:w="11906" w:h="16838"/>')),
      para('Альбомная'),
      para('', size('<w:pgSz w:w="16838" w:h="11906"/><w:pgNumType w:fmt="upperRoman" w:start="4"/>')),
      ...Array.from({ length: 10 }, (_, i) => para(`Реквизит ${i}`)),
    ].join('')
    const section = '<w:pgSz w:w="11906" w:h="16838"/><w:pgNumType w:start="9"/><w:cols w:num="2"/>'
    const { pdf, pages, text, warnings } = await draw(pack({ body, section, footer: para(field('PAGE')) }))
    expect(warnings).toEqual([])
    expect(pages).toBe(3)
    expect(text.map((page) => page.split('\n').at(-1))).toEqual(['1', 'IV', '9'])
    const sizes = (await PDFDocument.load(pdf)).getPages().map((page) => page.getWidth() > page.getHeight())
    expect(sizes).toEqual([false, true, false])
  })

  it('keeps the spaces of justified text', async () => {
    const { text } = await draw(pack({ body: para('один два три четыре '.repeat(20), '<w:jc w:val="both"/>') }))
    expect(text[0]).toContain('один два три четыре один два')
  })

  it('warns about fonts it has not and characters no face has', async () => {
    const { warnings } = await draw(
      pack({ body: para(run('Договор 契約 😀', '<w:rFonts w:ascii="Comic Sans MS" w:hAnsi="Comic Sans MS"/>')) }),
    )
    expect(warnings).toEqual([
      'The font "Comic Sans MS" is replaced by a similar one: lines may break elsewhere.',
      'There is no glyph for some characters, such as U+5951: they are drawn as empty boxes.',
    ])
  })

  it('draws a box for each character that no face has, and nothing for what joins or selects', async () => {
    const { main, symbols } = await loadFace('tinos')
    for (const face of [main, symbols]) {
      const box = face.glyphForCodePoint(0x25a1)
      expect(box.index).toBeGreaterThan(0)
      for (const missing of ['契', 'ש', 'م', '😀']) {
        const glyph = face.glyphForCodePoint(missing.codePointAt(0) ?? 0)
        expect([glyph.index, glyph.advanceWidth, glyph.codePoints], missing).toEqual([
          box.index,
          box.advanceWidth,
          [missing.codePointAt(0)],
        ])
      }
      for (const unseen of ['\u200d', '\ufe0f', '\u3000']) expect(face.glyphForCodePoint(unseen.codePointAt(0) ?? 0).index, unseen).toBe(0)
    }
  })

  it('closes a merged cell with a line, at the end of the table and of each page', async () => {
    const borders = ['top', 'left', 'bottom', 'right', 'insideH', 'insideV'].map((side) => `<w:${side} w:val="single" w:sz="8"/>`).join('')
    const merged = (i: number) => cell(3000, i === 0 ? 'слито' : '', i === 0 ? '<w:vMerge w:val="restart"/>' : '<w:vMerge/>')
    const rows = Array.from({ length: 70 }, (_, i) => row([merged(i), cell(6000, `строка ${i}`)]))
    const { pdf, pages } = await draw(pack({ body: table([3000, 6000], rows, `<w:tblBorders>${borders}</w:tblBorders>`) }))
    expect(pages).toBe(2)
    const doc = await PDFDocument.load(pdf)
    for (const { node } of doc.getPages()) {
      const contents = node.Contents()
      const streams = contents instanceof PDFArray ? contents.asArray().map((ref) => doc.context.lookup(ref)) : [contents]
      const text = streams.map((s) => (s instanceof PDFRawStream ? latin1(decodePDFRawStream(s).decode()) : '')).join('\n')
      const lines = [...text.matchAll(/([\d.]+) ([\d.]+) m ([\d.]+) ([\d.]+) l/g)].map((m) => m.slice(1).map(Number))
      const flat = lines.filter(([, y1, , y2]) => y1 === y2)
      const lowest = Math.min(...flat.map(([, y = 0]) => y))
      const highest = Math.max(...flat.map(([, y = 0]) => y))
      for (const edge of [lowest, highest]) {
        const width = flat.filter(([, y]) => y === edge).reduce((sum, [x1 = 0, , x2 = 0]) => sum + x2 - x1, 0)
        // Each line is longer by the half of its width at either end.
        expect(width).toBe(451)
      }
    }
  })

  it('refuses what is no document', async () => {
    for (const bytes of [
      new Uint8Array(),
      new Uint8Array(1000),
      new TextEncoder().encode('PK\u0003\u0004'),
      worksContract().subarray(0, 900),
    ]) {
      await expect(renderDocx(bytes)).rejects.toMatchObject({ code: 'bad_file' })
    }
  })
})

describe('unreasonable documents', () => {
  it.each(hostile)('%s: %s', { timeout: 20_000 }, async (_, outcome, make) => {
    const drawing = renderDocx(make())
    if (outcome === 'refused') await expect(drawing.then((r) => r.pages)).rejects.toMatchObject({ code: 'bad_file' })
    else expect((await drawing).pages).toBeGreaterThan(0)
  })
})
