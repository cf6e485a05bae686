import { readXlsx } from 'hucre/xlsx'
import { unzipSync, strFromU8 } from 'fflate'
import Papa from 'papaparse'
import { describe, expect, it } from 'vitest'
import { bytesOf, MOST_ROWS, mustFit, writeBook, writeTable, type Cell, type Table } from '../../src/documents/spreadsheet/write-table.ts'

const columns = [
  { header: 'Название', kind: 'text' },
  { header: 'Штук', kind: 'integer' },
  { header: 'Сумма', kind: 'money' },
  { header: 'Количество', kind: 'quantity' },
  { header: 'Доля, %', kind: 'percent' },
  { header: 'Ставка, %', kind: 'percent', scale: 4 },
  { header: 'День', kind: 'date' },
  { header: 'Когда', kind: 'instant' },
] as const
const row: Cell[] = ['Стена «А»', 7, -123_456_789, 255_000, 5025, 155_000, '2026-02-28', '2026-02-28T20:30:00.000Z']
const empty: Cell[] = columns.map(() => null)
const table = (rows: Cell[][], more: Partial<Table> = {}): Table => ({ name: 'Акты', columns, rows, ...more })

const csv = async (t: Table) =>
  new TextDecoder('utf-8', { ignoreBOM: true, fatal: true }).decode(await bytesOf(writeTable(t, { format: 'csv', zone: 'Asia/Almaty' })))
const xlsx = (t: Table) => bytesOf(writeTable(t, { format: 'xlsx', zone: 'Asia/Almaty' }))
const sheetOf = async (bytes: Uint8Array) => (await readXlsx(bytes, { readStyles: true })).sheets

const HOSTILE = [
  '=HYPERLINK("http://evil")',
  '+cmd|calc',
  '-2+3+cmd',
  '-2-3',
  '+1+1',
  '@SUM(A1)',
  '\t=1',
  '  =1+1',
  '＝1',
  'a_x0041_b',
  '<b>&amp;',
  'два\nряда; "кавычки"',
  '\ud800 \u0000\u0007\uffff',
]

describe('a table as CSV', () => {
  it('has a mark, semicolons, CRLF and decimal commas', async () => {
    expect(await csv(table([row, empty], { totals: ['Итого', 7, -123_456_789, null] }))).toBe(
      [
        '\ufeffНазвание;Штук;Сумма;Количество;Доля, %;Ставка, %;День;Когда',
        'Стена «А»;7;-1234567,89;25,5;50,25;15,5;2026-02-28;2026-03-01 01:30',
        ';;;;;;;',
        'Итого;7;-1234567,89;;;;;',
        '',
      ].join('\r\n'),
    )
  })

  it('guards formulas, and leaves phones and numbers', async () => {
    const texts = [...HOSTILE, '+7 (701) 000-00-01', '-5']
    const { data } = Papa.parse<string[]>(
      (await csv({ name: 'x', columns: [columns[0], columns[0]], rows: texts.map((t) => [t, 'x']) })).slice(1),
    )
    const read = data.slice(1, -1).map(([first]) => first ?? '')
    expect(read).toHaveLength(texts.length)
    for (const [i, text] of read.entries()) {
      expect(/^\s*[=+@＝]/.test(text) && !text.startsWith('+7')).toBe(false)
      expect(text.replace(/^'/, '')).toBe(texts[i]?.toWellFormed())
    }
    expect(read.at(-1)).toBe('-5')
  })

  it.each([
    ['ТОО "Строй"', '"ТОО ""Строй"""'],
    ['а;б', '"а;б"'],
    ['две\nстроки', '"две\nстроки"'],
    ['=1+1', "'=1+1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['-формула', "'-формула"],
    ['＝1', "'＝1"],
    ['\tx', "'\tx"],
    ['+7(727)382-15-31', '+7(727)382-15-31'],
    ['+7 701 000 00 01', '+7 701 000 00 01'],
    ['+7 701 000-00-01', '+7 701 000-00-01'],
    ['+77010000001', '+77010000001'],
    ['-5', '-5'],
    ['-1 000,50', '-1 000,50'],
    ['+0.25', '+0.25'],
    ['007', '007'],
    ['8-701-000-00-01', '8-701-000-00-01'],
    ['-2-3', "'-2-3"],
    ['+1+1', "'+1+1"],
    ['+7-701-000-00-01', "'+7-701-000-00-01"],
    ['-(2)', "'-(2)"],
    ['- 2', "'- 2"],
    ['\r=1', `"'\r=1"`],
  ])('writes %j as %s', async (text, cell) => {
    expect(await csv({ name: 'x', columns: [columns[0]], rows: [[text]] })).toBe(`\ufeffНазвание\r\n${cell}\r\n`)
  })
})

describe('a table as XLSX', () => {
  it('keeps numbers as numbers, days as days, text as text', async () => {
    const [sheet] = await sheetOf(await xlsx(table([row, empty], { totals: ['Итого', 7, -123_456_789] })))
    expect(sheet?.name).toBe('Акты')
    expect(sheet?.rows[0]).toEqual(columns.map(({ header }) => header))
    expect(sheet?.rows[1]).toEqual([
      'Стена «А»',
      7,
      -1_234_567.89,
      25.5,
      0.5025,
      0.155,
      new Date('2026-02-28T00:00:00Z'),
      new Date('2026-03-01T01:30:00Z'),
    ])
    expect(sheet?.rows[3]?.slice(0, 3)).toEqual(['Итого', 7, -1_234_567.89])
    expect(sheet?.freezePane?.rows).toBe(1)
    const at = (key: string) => sheet?.cells?.get(key)?.style
    expect([at('0,0')?.font?.bold, at('1,0')?.font?.bold ?? false, at('3,2')?.font?.bold]).toEqual([true, false, true])
    expect([at('1,0')?.numFmt, at('1,2')?.numFmt, at('1,6')?.numFmt]).toEqual(['@', '#,##0.00', 'dd.mm.yyyy'])
  })

  it('has no formula, whatever the text', async () => {
    const bytes = await xlsx({ name: '=1', columns: [columns[0]], rows: HOSTILE.map((text) => [text]) })
    const xml = strFromU8(unzipSync(bytes)['xl/worksheets/sheet1.xml'] ?? new Uint8Array())
    expect(xml).not.toContain('<f')
    const [sheet] = await sheetOf(bytes)
    expect(sheet?.rows.slice(1, -1).map((r) => r[0])).toEqual(HOSTILE.slice(0, -1))
    expect(String(sheet?.rows.at(-1)?.[0])).toBe('\ufffd ')
  })

  it('adds up exactly after twenty thousand rows that are never all at hand', async () => {
    let alive = 0
    let most = 0
    let sum = 0
    let pulled = 0
    async function* rows(): AsyncGenerator<Cell[]> {
      for (let i = 0; i < 20_000; i++) {
        alive++
        sum += 1_00 + i
        pulled++
        yield [`Строка ${i}`, i, 1_00 + i, i * 7, 5000, 0, '2026-01-31', '2026-01-31T10:00:00.000Z']
      }
    }
    const reader = writeTable({ name: 'Много', columns, rows: rows(), totals: () => ['Итого', null, sum] }, { format: 'xlsx' }).getReader()
    const parts: Uint8Array[] = []
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      most = Math.max(most, alive)
      alive = 0
      parts.push(part.value)
    }
    expect(pulled).toBe(20_000)
    // Between two pieces of the file no more than a small part of the rows was read.
    expect(most).toBeLessThan(4000)
    const [sheet] = await sheetOf(new Uint8Array(await new Blob(parts).arrayBuffer()))
    expect(sheet?.rows).toHaveLength(20_002)
    expect(sheet?.rows.at(-1)?.[2]).toBe(sum / 100)
  })

  it('stops reading rows when nobody wants them any more', async () => {
    let closed = false
    async function* rows(): AsyncGenerator<Cell[]> {
      try {
        for (;;) yield ['x'.repeat(1000)]
      } finally {
        closed = true
      }
    }
    for (const format of ['csv', 'xlsx'] as const) {
      closed = false
      const reader = writeTable({ name: 'x', columns: [columns[0]], rows: rows() }, { format }).getReader()
      await reader.read()
      await reader.cancel()
      expect(closed).toBe(true)
    }
  })

  it('is refused where it would be too large to keep, and not written any further', async () => {
    let pulled = 0
    async function* rows(): AsyncGenerator<Cell[]> {
      for (; pulled < 100_000; pulled++) yield [`Строка ${pulled}`]
    }
    const file = writeTable({ name: 'x', columns: [columns[0]], rows: rows() }, { format: 'csv' })
    await expect(bytesOf(file, 100_000)).rejects.toMatchObject({ code: 'unprocessable' })
    expect(pulled).toBeLessThan(10_000)
    expect(() => mustFit(MOST_ROWS)).not.toThrow()
    expect(() => mustFit(MOST_ROWS + 1)).toThrow(expect.objectContaining({ code: 'unprocessable' }))
  })

  it('tells that the rows failed', async () => {
    async function* rows(): AsyncGenerator<Cell[]> {
      yield ['x']
      throw new Error('the database went away')
    }
    for (const format of ['csv', 'xlsx'] as const)
      await expect(bytesOf(writeTable({ name: 'x', columns: [columns[0]], rows: rows() }, { format }))).rejects.toThrow()
  })

  it('may have several sheets, whose names do not clash', async () => {
    const name = 'Акт: [КС-2] / очень длинное название листа'
    const sheets = await sheetOf(
      await writeBook([table([row], { name }), table([row, row], { name, totals: ['Итого'] })], { zone: 'Asia/Almaty' }),
    )
    expect(sheets.map((s) => s.name)).toEqual(['Акт   КС-2    очень длинное наз', 'Акт   КС-2    очень длинное (2)'])
    expect(sheets.map((s) => s.rows.length)).toEqual([2, 4])
    expect(sheets[0]?.rows[1]?.[6]).toEqual(new Date('2026-02-28T00:00:00Z'))
    expect(sheets[1]?.cells?.get('3,0')?.style?.font?.bold).toBe(true)
  })
})
