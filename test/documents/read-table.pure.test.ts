import { writeXlsx } from 'hucre/xlsx'
import { zipSync, strToU8 } from 'fflate'
import { describe, expect, it } from 'vitest'
import { readTable } from '../../src/documents/spreadsheet/read-table.ts'
import { bytesOf, writeTable } from '../../src/documents/spreadsheet/write-table.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)
/** Enough of windows-1251 for Russian letters. */
const cp1251 = (text: string) =>
  Uint8Array.from(text, (c) => {
    const code = c.codePointAt(0) ?? 0
    return code >= 0x410 && code <= 0x44f ? code - 0x410 + 0xc0 : code
  })
const refusal = async (bytes: Uint8Array) => {
  try {
    await readTable(bytes)
    return 'taken'
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : 'broken'
  }
}

describe('CSV', () => {
  it.each<[string, Uint8Array]>([
    ['commas', utf8('name,price\nПесок,"1,5"\n')],
    ['semicolons, with decimal commas in the rows', utf8('name;price\r\nПесок;1,5\r\n')],
    ['tabs', utf8('name\tprice\nПесок\t1,5')],
    ['a BOM', utf8('\ufeffname;price\nПесок;1,5\n')],
    ['windows-1251', cp1251('name;price\nПесок;1,5\n')],
  ])('%s', async (_, bytes) => {
    expect(await readTable(bytes)).toEqual({ header: ['name', 'price'], rows: [{ line: 2, cells: ['Песок', '1,5'] }] })
  })

  it('numbers rows as a spreadsheet does: empty ones count, a cell of two lines is one row', async () => {
    const { rows } = await readTable(utf8('name,note\nА,"две\nстроки"\n\n,\nБ\n'))
    expect(rows).toEqual([
      { line: 2, cells: ['А', 'две\nстроки'] },
      { line: 5, cells: ['Б', ''] },
    ])
  })
})

describe('XLSX', () => {
  it('gives text, numbers and days as text, numbered by their rows', async () => {
    const rows = [
      ['name', 'code', 'price', 'day'],
      ['Песок', '007', 0.1 + 0.2, new Date('2024-02-10T00:00:00Z')],
      [],
      ['Щебень', 1e15, -5, null],
    ]
    const bytes = await writeXlsx({ sheets: [{ name: 'Лист', rows }] })
    expect((await readTable(bytes)).rows).toEqual([
      { line: 2, cells: ['Песок', '007', '0.3', '2024-02-10'] },
      { line: 4, cells: ['Щебень', '1000000000000000', '-5', ''] },
    ])
  })

  it('reads what we write', async () => {
    const columns = [
      { header: 'Наименование', kind: 'text' as const },
      { header: 'Цена', kind: 'money' as const },
    ]
    for (const format of ['csv', 'xlsx'] as const) {
      const { header, rows } = await readTable(await bytesOf(writeTable({ name: 'Т', columns, rows: [['Ёлка; "А"', 1250]] }, { format })))
      expect(header).toEqual(['Наименование', 'Цена'])
      expect(rows.map((r) => [r.cells[0], Number(r.cells[1]?.replace(',', '.'))])).toEqual([['Ёлка; "А"', 12.5]])
    }
  })
})

describe('anything else is refused, whatever it is called', () => {
  const xlsx = (parts: Record<string, string>) => zipSync(Object.fromEntries(Object.entries(parts).map(([k, v]) => [k, strToU8(v)])))
  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['a program', utf8('MZ\0\0')],
    ['a PDF', utf8('%PDF-1.7\n')],
    ['an old .xls', Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1)],
    ['a Word document', xlsx({ '[Content_Types].xml': '<Types/>', 'word/document.xml': '<w/>' })],
    ['a cut-off archive', xlsx({ '[Content_Types].xml': '<Types/>', 'xl/workbook.xml': '<w/>' }).subarray(0, 60)],
    ['an XLSX of nothing', xlsx({ '[Content_Types].xml': '<Types/>', 'xl/workbook.xml': '<workbook/>' })],
    ['a document type', xlsx({ '[Content_Types].xml': '<Types/>', 'xl/workbook.xml': '<!DOCTYPE w [<!ENTITY a "b">]><workbook/>' })],
    [
      'a bomb',
      xlsx({ '[Content_Types].xml': '<Types/>', 'xl/workbook.xml': '<workbook/>', 'xl/worksheets/sheet1.xml': ' '.repeat(40_000_000) }),
    ],
    ['quotes that never end', utf8('name,code\n"Песок,1\n')],
    ['no heading', utf8('\nПесок\n')],
    ['too many rows', utf8(`name\n${'а\n'.repeat(10_001)}`)],
    ['too many columns', utf8(`${Array.from({ length: 101 }, (_, i) => `c${i}`).join(',')}\n`)],
  ])('%s', async (_, bytes) => expect(await refusal(bytes)).toBe('bad_file'))
})
