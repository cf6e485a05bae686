import { describe, expect, it } from 'vitest'
import { openDocx, partText } from '../../src/documents/docx/guard.ts'
import { fillDocx, readDocxFields } from '../../src/documents/docx/template.ts'
import { docx, p, refusal, row, table } from './files.ts'

/** The text of a part, paragraph by paragraph. */
function textOf(bytes: Uint8Array, part = 'word/document.xml'): string {
  const xml = (partText(openDocx(bytes), part) ?? '').replaceAll(/<w:br\/>/g, '⏎').replaceAll('</w:p>', '\n')
  return xml
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&amp;', '&')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .trim()
}
const names = (body: string, options = {}) => readDocxFields(docx(body, options)).fields.map((f) => f.name)
const fill = (body: string, values: Record<string, unknown>) => fillDocx(docx(body), values)
const filled = (body: string, values: Record<string, unknown>) => textOf(fill(body, values).bytes)

const WORKS = table(row('№', 'Работа', 'Цена'), row('{#works}{n}', '{name}', '{price}{/works}'))

describe('readDocxFields', () => {
  it('lists names in the order of the document, headers last, each once', () => {
    const body = p('{b} и { a }') + p('{b}', '{client_', 'iin}') + p('{жеткізуші}')
    expect(names(body, { header: p('{page_title}') })).toEqual(['b', 'a', 'client_iin', 'жеткізуші', 'page_title'])
  })

  it('guesses what they hold', () => {
    const body = p('{client_name}{client_iin}{client_phone}{signed_date}{total_amount}{contract_number}{is_vat}')
    expect(readDocxFields(docx(body)).fields.map((f) => f.type)).toEqual(['text', 'iin', 'phone', 'date', 'number', 'text', 'text'])
  })

  it('tells loops from conditions and reports what a row holds', () => {
    const body = WORKS + p('{#has_vat}НДС {vat_rate}%{/has_vat}{^has_vat}без НДС{/has_vat}') + p('{#urgent}Срочно{/urgent}')
    const { fields, sections } = readDocxFields(docx(body))
    expect(fields).toEqual([
      { name: 'works', type: 'text' },
      { name: 'has_vat', type: 'checkbox' },
      { name: 'vat_rate', type: 'text' },
      { name: 'urgent', type: 'checkbox' },
    ])
    expect(sections.map((s) => [s.name, s.kind, s.fields.map((f) => f.name).join()])).toEqual([
      ['works', 'loop', 'works[].n,works[].name,works[].price'],
      ['has_vat', 'condition', ''],
      ['urgent', 'condition', ''],
    ])
  })

  it('follows sections in sections', () => {
    const { sections } = readDocxFields(docx(p('{#stages}') + p('{title}') + p('{#works}') + p('{name}') + p('{/works}') + p('{/stages}')))
    expect(sections.map((s) => [s.name, s.fields.map((f) => f.name).join()])).toEqual([
      ['stages', 'stages[].title,stages[].works'],
      ['stages[].works', 'stages[].works[].name'],
    ])
  })

  it.each<[string, string, RegExp]>([
    ['an unclosed tag', p('Договор {client_name'), /"\{client_name"/],
    ['an unopened tag', p('Договор client_name}'), /client_name\}/],
    ['a tag in a tag', p('{a {b}'), /not closed: "\{a/],
    ['two braces', p('{{a}}'), /not closed/],
    ['an unclosed section', p('{#works}{name}'), /"works" is a section that is not closed/],
    ['an unopened section', p('{name}{/works}'), /"works" closes a section/],
    ['crossed sections', p('{#a}{#b}{/a}{/b}'), /"[ab]"/],
    ['raw XML', p('{@xml}'), /markup/],
    ['a name of several words', p('{имя клиента}'), /"\{имя клиента\}"/],
    ['an expression', p('{a|upper}'), /letters, digits/],
    ['an empty name', p('{}'), /letters, digits/],
    ['a dot alone', p('{.}'), /letters, digits/],
    ['another delimiter', p('{=<< >>=}<<a>>'), /letters, digits/],
    ['a long name', p(`{${'a'.repeat(101)}}`), /100 at most/],
    ['too many names', p(Array.from({ length: 501 }, (_, i) => `{a${i}}`).join('')), /500 placeholders/],
  ])('refuses %s', async (_, body, reason) => {
    expect(await refusal(() => readDocxFields(docx(body)))).toMatch(new RegExp(`^bad_file: .*${reason.source}`))
  })

  it('refuses more markup than an isolate can template', async () => {
    expect(await refusal(() => readDocxFields(docx(Array.from({ length: 30_000 }, (_, i) => p(`Пункт ${i} договора`)).join(''))))).toMatch(
      /^bad_file: .*larger than 2 MB/,
    )
  })

  it('refuses a hundred thousand open braces without thinking long', async () => {
    expect(await refusal(() => readDocxFields(docx(p('{'.repeat(100_000)))))).toMatch(/not closed/)
    expect(await refusal(() => readDocxFields(docx(p('{a}'.repeat(100_000)))))).toMatch(/too many/)
  })
})

describe('fillDocx', () => {
  it('puts values in, also where runs split the tag, and keeps line breaks', () => {
    expect(filled(p('{name}: {client_', 'phone}', ' тел.'), { name: 'Қасымов Әлихан', client_phone: '+7701\n+7702' })).toBe(
      'Қасымов Әлихан: +7701⏎+7702 тел.',
    )
  })

  it('fills headers', () => {
    expect(textOf(fillDocx(docx(p('x'), { header: p('{a}') }), { a: '№ 7' }).bytes, 'word/header1.xml')).toBe('№ 7')
  })

  it('repeats rows given as a list or as JSON text', () => {
    const works = [
      { n: 1, name: 'Кладка', price: '100 ₸' },
      { n: 2, name: 'Монтаж', price: null },
    ]
    const expected = '№\nРабота\nЦена\n1\nКладка\n100 ₸\n2\nМонтаж'
    expect(filled(WORKS, { works })).toBe(expected)
    expect(filled(WORKS, { works: JSON.stringify(works) })).toBe(expected)
    expect(filled(WORKS, { works: '[]' })).toBe('№\nРабота\nЦена')
  })

  it.each(['да', 'true', '1', 'иә'])('takes %j for yes', (flag) => {
    expect(filled(p('{#flag}да {rate}{/flag}{^flag}нет{/flag}'), { flag, rate: 12 })).toBe('да 12')
  })

  it.each(['', 'нет', 'false', '0', 'Жоқ', false, null, undefined, '[]'])('takes %j for no', (flag) => {
    expect(filled(p('{#flag}да{/flag}{^flag}нет{/flag}'), { flag })).toBe('нет')
  })

  it('takes text as text: no tags, no XML, no control characters', () => {
    const value = '{b} <w:p/> &amp; \u0000\u0007\ud800я\u202e\ufffe'
    expect(filled(p('{a}|{b}'), { a: value, b: 'B' })).toBe('{b} <w:p/> &amp; я|B')
  })

  it('knows own properties only and says what is missing or unknown', () => {
    const { bytes, warnings } = fill(p('[{constructor}{toString}{__proto__}{a}]') + p('{#works}{name}{/works}'), { b: 1, works: [{}] })
    expect(textOf(bytes)).toBe('[]')
    expect(warnings).toEqual([
      '"constructor" has no value.',
      '"toString" has no value.',
      '"__proto__" has no value.',
      '"a" has no value.',
      '"works[].name" has no value.',
      'The template has no field "b".',
    ])
  })

  it('keeps other parts and gives equal bytes for equal input', () => {
    const template = docx(p('{a}'), {
      extra: [
        { name: 'word/media/image1.png', data: 'png' },
        { name: 'constructor', data: 'x' },
      ],
    })
    const [one, two] = [fillDocx(template, { a: 1 }), fillDocx(template, { a: 1 })]
    expect(one.bytes).toEqual(two.bytes)
    expect([...openDocx(one.bytes).parts.keys()].sort()).toEqual([...openDocx(template).parts.keys()].sort())
  })

  it('refuses more rows than a document can hold', async () => {
    const rows = JSON.stringify(Array.from({ length: 1000 }, () => ({ a: 1 })))
    expect(await refusal(() => fill(p('{#a}{#b}{c}{/b}{/a}'), { a: rows, b: rows }))).toMatch(/^validation: .*too many rows/)
    expect(await refusal(() => fill(p('{#a}x{/a}'), { a: Array.from({ length: 100_001 }, () => ({})) }))).toMatch(/^validation/)
  })
})
