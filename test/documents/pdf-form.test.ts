import { deflateSync } from 'node:zlib'
import { degrees, PDFDocument, PDFName } from 'pdf-lib'
import { describe, expect, it } from 'vitest'
import { fillPdfForm, readPdfFields } from '../../src/documents/pdf/form.ts'
import { concat, noise, refusal, utf8 } from './files.ts'
import { notShown, pdfReadings } from './read-pdf.ts'

/** A form with a field of each kind. */
async function makeForm(options = { useObjectStreams: true }): Promise<Uint8Array> {
  const doc = await PDFDocument.create()
  const page = doc.addPage([420, 595])
  const form = doc.getForm()
  let y = 560
  const place = () => ({ x: 20, y: (y -= 40), width: 200, height: 24 })
  form.createTextField('client.name').addToPage(page, place())
  const notes = form.createTextField('notes')
  notes.enableMultiline()
  notes.addToPage(page, place())
  const iin = form.createTextField('client_iin')
  iin.setMaxLength(12)
  iin.enableCombing()
  iin.addToPage(page, place())
  form.createCheckBox('agree').addToPage(page, place())
  const city = form.createDropdown('Город')
  city.addOptions(['Almaty', 'Astana'])
  city.addToPage(page, place())
  const plan = form.createRadioGroup('plan')
  plan.addOptionToPage('basic', page, place())
  plan.addOptionToPage('premium', page, place())
  form.createTextField('turned').addToPage(page, { x: 300, y: 300, width: 150, height: 20, rotate: degrees(90) })
  const kept = form.createTextField('kept')
  kept.setText('default')
  kept.addToPage(page, place())
  form.createButton('print').addToPage('Print', page, place())
  return doc.save(options)
}

const HEAD = '%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R ROOT>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n'
const PAGE = '3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842] PAGE>>\nendobj\n'
const END = 'trailer\n<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n'
/** A PDF by hand: more for the catalog, the page, the body. */
const raw = ({ root = '', page = '', body = '', end = END }) => utf8(HEAD.replace('ROOT', root) + PAGE.replace('PAGE', page) + body + end)
const stream = (dict: string, data: Uint8Array) =>
  concat(
    utf8(HEAD.replace('ROOT', '') + PAGE.replace('PAGE', '') + `9 0 obj\n<<${dict}/Length ${data.length}>>\nstream\n`),
    data,
    utf8(`\nendstream\nendobj\n${END}`),
  )
const read = (bytes: Uint8Array) => refusal(() => readPdfFields(bytes))

describe('readPdfFields', () => {
  it.each([true, false])('lists names, kinds and options (object streams: %s)', async (useObjectStreams) => {
    const { fields, pages } = await readPdfFields(await makeForm({ useObjectStreams }))
    expect(pages).toBe(1)
    expect(fields).toEqual([
      { name: 'client.name', type: 'text' },
      { name: 'notes', type: 'text' },
      { name: 'client_iin', type: 'iin' },
      { name: 'agree', type: 'checkbox' },
      { name: 'Город', type: 'text', options: ['Almaty', 'Astana'] },
      { name: 'plan', type: 'text', options: ['basic', 'premium'] },
      { name: 'turned', type: 'text' },
      { name: 'kept', type: 'text' },
    ])
  })

  it('takes a PDF without a form as a template without fields', async () => {
    expect(await readPdfFields(raw({}))).toEqual({ fields: [], warnings: [], pages: 1 })
  })

  it('gives fields names that our API takes, and fills by them', async () => {
    const doc = await PDFDocument.create()
    const page = doc.addPage()
    for (const [i, name] of ['Text Field 1', 'Text_Field_1', 'form[0].аты (толық)', '***', 'а'.repeat(150)].entries()) {
      doc
        .getForm()
        .createTextField(name)
        .addToPage(page, { x: 20, y: 700 - 40 * i, width: 300, height: 24 })
    }
    const bytes = await doc.save()
    const names = (await readPdfFields(bytes)).fields.map((f) => f.name)
    expect(names).toEqual(['Text_Field_1_2', 'Text_Field_1', 'form_0_.аты_толық', 'field', 'а'.repeat(96)])
    const { bytes: filled, warnings } = await fillPdfForm(bytes, Object.fromEntries(names.map((name, i) => [name, `мән${i}`])))
    expect(warnings).toEqual([])
    expect(await notShown(filled, 'мән0', 'мән1', 'мән2', 'мән3', 'мән4')).toEqual([])
  })

  it('warns of what acts by itself, and filling leaves it out', async () => {
    const bytes = raw({
      root: '/OpenAction<</S/JavaScript/JS(app.alert)>>/Names<</EmbeddedFiles<<>>>>',
      page: '/AA<</O<</S/JavaScript/JS(x)>>>>/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/Launch/F(calc.exe)>>>> <</Type/Annot/Subtype/FileAttachment/Rect[0 0 9 9]>> <</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(https://qoltanba.kz)>>>>]',
    })
    const { warnings } = await readPdfFields(bytes)
    expect(warnings.join('\n')).toMatch(/actions on opening[^]*attached files[^]*scripts[^]*actions that act/)
    const out = await PDFDocument.load((await fillPdfForm(bytes, {})).bytes)
    const objects = out.context.enumerateIndirectObjects().map(([, object]) => object.toString())
    expect(objects.join()).not.toMatch(/JavaScript|JS|Launch|calc|EmbeddedFiles|FileAttachment|OpenAction|\/AA/)
    expect(objects.join()).toContain('qoltanba.kz')
  })

  it.each<[string, Uint8Array, RegExp]>([
    ['text', utf8('hello'), /not a PDF/],
    ['a header alone', utf8('%PDF-1.7'), /its end is missing/],
    ['an encrypted file', raw({ end: END.replace('/Root', '/Encrypt 9 0 R/Root') }), /encrypted/],
    [
      'no pages',
      utf8(`%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n${END}`),
      /no pages/,
    ],
    [
      'a page tree that turns back',
      utf8(`%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[2 0 R]/Count 1>>\nendobj\n${END}`),
      /page tree/,
    ],
    ['a page of no size', raw({ page: '/MediaBox[0 0 0 0]' }), /no usable size/],
    [
      'an object stream that unpacks to much',
      stream('/Type/ObjStm/N 9/First 9/Filter/FlateDecode', deflateSync(new Uint8Array(90e6))),
      /damaged/,
    ],
    ['an object stream packed twice', stream('/Type/ObjStm/N 9/First 9/Filter[/FlateDecode/FlateDecode]', utf8('x')), /damaged/],
    ['a very long number', raw({ body: `9 0 obj\n${'5'.repeat(2e6)}\nendobj\n` }), /absurd length/],
    ['a very long string', raw({ body: `9 0 obj\n(${'5'.repeat(2e6)})\nendobj\n` }), /damaged/],
    ['deep nesting', raw({ body: `9 0 obj\n${'['.repeat(1e6)}\nendobj\n` }), /damaged/],
    ['junk between objects', raw({ body: `junk ${'5 '.repeat(1e5)}` }), /damaged/],
    ['many values', raw({ body: `9 0 obj\n[${'1 '.repeat(1.1e6)}]\nendobj\n` }), /damaged/],
    ['a huge object number', raw({ body: '99999999 0 obj\n1\nendobj\n' }), /too many objects/],
    ['a form that is XFA only', raw({ root: '/AcroForm<</Fields[]/XFA[(a) 3 0 R]>>' }), /XFA only/],
    ['a form drawn by its reader', raw({ root: '/NeedsRendering true/AcroForm<</Fields[3 0 R]/XFA[]>>' }), /XFA only/],
    [
      'a signed file',
      raw({ root: '/AcroForm<</SigFlags 3/Fields[9 0 R]>>', body: '9 0 obj <</T(a)/FT/Sig/V<</Contents<00>>>>> endobj\n' }),
      /already digitally signed/,
    ],
    [
      'fields that turn back',
      raw({ root: '/AcroForm<</Fields[9 0 R]>>', body: '9 0 obj <</T(a)/Kids[9 0 R]>> endobj\n' }),
      /form is malformed/,
    ],
    [
      'a field that is its own parent',
      raw({ root: '/AcroForm<</Fields[9 0 R]>>', body: '9 0 obj <</FT/Tx/T(a)/Parent 9 0 R>> endobj\n' }),
      /damaged/,
    ],
  ])('refuses %s', async (_, bytes, reason) => {
    const said = await read(bytes)
    expect(said).toMatch(/^bad_file: /)
    expect(said).toMatch(reason)
  })

  it('refuses a file cut off anywhere, and never fails otherwise on noise', async () => {
    const good = await makeForm()
    for (let n = 0; n < good.length - 10; n += 7) expect(await read(good.subarray(0, n)), `${n} bytes`).toMatch(/^bad_file: /)
    const random = noise(3)
    for (let round = 0; round < 300; round++) {
      const bytes = good.slice()
      for (let flips = 1 + Math.floor(random() * 3); flips > 0; flips--)
        bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
      expect(await refusal(() => fillPdfForm(bytes, { notes: 'ә', agree: '1' }))).toMatch(/^(bad_file: |accepted$)/)
    }
  })
})

describe('fillPdfForm', () => {
  const values = {
    'client.name': 'Қасымов Әлихан Өмірұлы',
    notes: 'бірінші\nекінші ₸ ₽ «ғ»',
    client_iin: '087557886546',
    agree: 'да',
    Город: 'astana',
    plan: 'Premium',
    turned: 'бұрылған',
  }

  it('makes the values part of the pages, in fonts that have their letters', async () => {
    const { bytes, warnings, pages } = await fillPdfForm(await makeForm(), values)
    expect(warnings).toEqual([])
    expect(pages).toBe(1)
    expect(await notShown(bytes, 'Қасымов Әлихан Өмірұлы', 'бірінші', 'екінші ₸ ₽ «ғ»', 'Astana', 'бұрылған', 'default')).toEqual([])
    const doc = await PDFDocument.load(bytes)
    expect(doc.catalog.has(PDFName.of('AcroForm'))).toBe(false)
    expect(doc.getPage(0).node.Annots()?.size()).toBe(0)
  })

  it('gives equal bytes for equal input', async () => {
    const form = raw({
      root: '/AcroForm<</Fields[9 0 R]>>',
      page: '/Annots[9 0 R]',
      body: '9 0 obj <</Type/Annot/Subtype/Widget/FT/Tx/T(a)/Rect[9 9 99 29]/F 4>> endobj\n',
    })
    const [one, two] = [await fillPdfForm(form, { a: 'Ә' }), await fillPdfForm(form, { a: 'Ә' })]
    expect(one.bytes).toEqual(two.bytes)
    expect(await notShown(one.bytes, 'Ә')).toEqual([])
  })

  it('says what is missing, unknown or had to be changed, and drops control characters', async () => {
    const { bytes, warnings } = await fillPdfForm(await makeForm(), {
      client_iin: '1234567890123',
      notes: 'а\u0000\u0007\ud800б',
      other: 1,
      __proto__: 2,
    })
    expect(warnings).toEqual([
      '"client.name" has no value.',
      '"client_iin" is longer than the 12 characters that the form allows',
      '"turned" has no value.',
      'The template has no field "other".',
    ])
    expect(await notShown(bytes, 'аб', '1234567890123')).toEqual([])
  })

  it('shrinks a long value instead of clipping it', async () => {
    const long = 'Товарищество с ограниченной ответственностью «Қазақстан Құрылыс»'
    const { bytes, warnings } = await fillPdfForm(await makeForm(), { ...values, 'client.name': long, notes: 'сөз '.repeat(200) })
    expect((await pdfReadings(bytes)).join()).toContain(long.replaceAll(' ', ''))
    expect(warnings).toEqual(['"notes" does not fit its field'])
  })

  it('refuses a choice that is not offered', async () => {
    const form = await makeForm()
    expect(await refusal(() => fillPdfForm(form, { plan: 'gold' }))).toBe('validation: "plan" must be one of: basic, premium.')
    expect(await refusal(() => fillPdfForm(form, { Город: 'Шымкент' }))).toMatch(/^validation/)
    expect(await refusal(() => fillPdfForm(form, { plan: '', Город: '' }))).toBe('accepted')
  })
})
