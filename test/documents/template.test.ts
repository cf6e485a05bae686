import { PDFDocument } from 'pdf-lib'
import { describe, expect, it } from 'vitest'
import { fillTemplate, inspectTemplate, renderTemplate, TEMPLATE_MIME } from '../../src/documents/template.ts'
import { docx, p, refusal, row, table, utf8 } from './files.ts'
import { notShown, pdfReadings } from './read-pdf.ts'

const CONTRACT = docx(
  p('Договор поставки № {contract_number} — Жеткізу шарты') +
    p('Клиент {client_', 'name}', ' (ИИН {client_iin})') +
    p('{#has_discount}Скидка {discount} %{/has_discount}') +
    table(row('№', 'Работа', 'Цена'), row('{#works}{n}', '{name}', '{price}{/works}')),
)
async function form(): Promise<Uint8Array> {
  const doc = await PDFDocument.create()
  doc.getForm().createTextField('client_name').addToPage(doc.addPage(), { x: 20, y: 700, width: 300, height: 24 })
  return doc.save()
}

describe('inspectTemplate', () => {
  it('looks into a Word document', async () => {
    const info = await inspectTemplate(CONTRACT, 'Договор.docx', TEMPLATE_MIME.docx)
    expect(info).toMatchObject({ format: 'docx', mime: TEMPLATE_MIME.docx, needsQueue: false })
    expect(info.fields.map((f) => f.name)).toEqual(['contract_number', 'client_name', 'client_iin', 'has_discount', 'discount', 'works'])
    expect(info.sections.map((s) => s.kind)).toEqual(['condition', 'loop'])
    expect(info.warnings).toEqual(['"works" is a list: its value is a JSON array of rows.'])
  })

  it('looks into a PDF form, whatever general type it is sent as', async () => {
    const info = await inspectTemplate(await form(), 'form', 'application/octet-stream')
    expect(info).toMatchObject({
      format: 'pdf',
      mime: 'application/pdf',
      fields: [{ name: 'client_name', type: 'text' }],
      needsQueue: false,
    })
  })

  it('sends what is large to the queue', async () => {
    const { needsQueue } = await inspectTemplate(docx(p('Очень длинный договор. '.repeat(500)).repeat(40)))
    expect(needsQueue).toBe(true)
  })

  it.each<[string, Uint8Array, string, RegExp]>([
    ['a program', utf8('MZ'), 'x.exe', /a Word document \(\.docx\) or a PDF/],
    ['nothing', new Uint8Array(), 'x.docx', /a Word document/],
    ['a PDF called a Word document', utf8('%PDF-1.7'), 'x.docx', /called a Word document/],
    ['a Word document called a PDF', CONTRACT, 'x.pdf', /called a PDF/],
    ['half a Word document', CONTRACT.subarray(0, 200), 'x.docx', /damaged/],
  ])('refuses %s', async (_, bytes, name, reason) => {
    expect(await refusal(() => inspectTemplate(bytes, name))).toMatch(reason)
  })
})

describe('renderTemplate', () => {
  it('fills and lays out a Word document', async () => {
    const works = JSON.stringify([1, 2, 3].map((n) => ({ n, name: `Жұмыс ${n}`, price: `${n}00 ₸` })))
    const values = {
      contract_number: '12/А',
      client_name: 'Қасымов Әлихан',
      client_iin: '087557886546',
      has_discount: 'да',
      discount: '5',
      works,
    }
    const { pdf, pages, warnings } = await renderTemplate('docx', CONTRACT, values)
    expect([pages, warnings]).toEqual([1, []])
    expect(await notShown(pdf, 'Жеткізу шарты', 'Қасымов Әлихан', '087557886546', 'Скидка 5 %', 'Жұмыс 3')).toEqual([])
    expect((await pdfReadings(pdf)).join()).not.toMatch(/[{}]/)
  })

  it('fills a PDF form', async () => {
    const { pdf, pages } = await renderTemplate('pdf', await form(), { client_name: 'Қасымов Әлихан' })
    expect(pages).toBe(1)
    expect(await notShown(pdf, 'Қасымов Әлихан')).toEqual([])
  })

  it('tells in one list what filling and layout had to say', async () => {
    expect((await renderTemplate('docx', CONTRACT, {})).warnings).toContain('"client_name" has no value.')
    expect((await fillTemplate('docx', CONTRACT, {})).kind).toBe('docx')
  })
})
