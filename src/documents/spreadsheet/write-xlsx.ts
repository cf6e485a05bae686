import {
  writeXlsx,
  writeXlsxStream,
  type Cell as StyledCell,
  type CellStyle,
  type CellValue,
  type ColumnDef,
  type WriteSheet,
} from 'hucre/xlsx'
import { formatOf, xlsxText, widthOf, xlsxValue, type Cell, type Column } from './columns.ts'
import { withTotals, type Table } from './write-table.ts'

const HEAD: CellStyle = {
  numFmt: '@',
  font: { bold: true },
  alignment: { wrapText: true, vertical: 'top' },
  border: { bottom: { style: 'thin' } },
}
const bodyStyle = (column: Column): CellStyle => ({ numFmt: formatOf(column) })
const totalStyle = (column: Column): CellStyle => ({ numFmt: formatOf(column), font: { bold: true }, border: { top: { style: 'thin' } } })

const values = (row: readonly Cell[], columns: readonly Column[], zone: string): CellValue[] =>
  columns.map((column, i) => xlsxValue(row[i], column, zone))

/** Excel refuses some characters in the names of sheets, and more than 31 of them. */
function sheetNames(tables: readonly { name: string }[]): string[] {
  const taken = new Set<string>()
  return tables.map(({ name }) => {
    const base =
      name
        .replaceAll(/[\\/?*[\]:]/g, ' ')
        .replaceAll(/^'+|'+$/g, '')
        .trim() || 'Лист'
    for (let i = 1; ; i++) {
      const end = i === 1 ? '' : ` (${i})`
      // Not half of a character of two units.
      const cut = base.slice(0, 31 - end.length).replace(/[\ud800-\udbff]$/, '')
      const candidate = cut.trim() + end
      if (taken.has(candidate.toLowerCase())) continue
      taken.add(candidate.toLowerCase())
      return candidate
    }
  })
}

/** One sheet, written as its rows come. */
export async function* xlsxOf(table: Table, zone: string): AsyncGenerator<Uint8Array> {
  const { columns } = table
  const [name = ''] = sheetNames([table])
  const defs: ColumnDef[] = columns.map((column) => ({ width: widthOf(column) }))
  // The writer knows the looks of columns only, but it pulls row by row, and a row takes the looks that its columns have at that moment.
  const look = (of: (column: Column) => CellStyle) => {
    for (const [i, column] of columns.entries()) {
      const def = defs[i]
      if (def) def.style = of(column)
    }
  }
  async function* rows(): AsyncGenerator<CellValue[]> {
    look(() => HEAD)
    yield columns.map(({ header }) => xlsxText(header))
    look(bodyStyle)
    for await (const row of table.rows) yield values(row, columns, zone)
    const { totals } = table
    if (!totals) return
    look(totalStyle)
    yield values(typeof totals === 'function' ? totals() : totals, columns, zone)
  }
  const stream = writeXlsxStream(rows(), { name, columns: defs, freezePane: { rows: 1 } })
  const reader = stream.getReader()
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value
  } finally {
    await reader.cancel()
  }
}

/** A table as a sheet that is whole in memory. */
async function sheetOf(table: Table, name: string, zone: string): Promise<WriteSheet> {
  const { columns } = table
  const rows: CellValue[][] = [columns.map(({ header }) => xlsxText(header))]
  for await (const row of withTotals(table)) rows.push(values(row, columns, zone))
  const cells = new Map<string, Partial<StyledCell>>()
  const style = (row: number, of: (column: Column) => CellStyle) => {
    for (const [i, column] of columns.entries()) cells.set(`${row},${i}`, { value: rows[row]?.[i] ?? null, style: of(column) })
  }
  style(0, () => HEAD)
  if (table.totals) style(rows.length - 1, totalStyle)
  const defs = columns.map((column) => ({ width: widthOf(column), style: bodyStyle(column) }))
  return { name, columns: defs, rows, cells, freezePane: { rows: 1 } }
}

interface More {
  /** Laid out by hand; they come before the tables. */
  forms?: readonly WriteSheet[]
  /** Written into the file as the time of its making, so that the same tables give the same bytes; otherwise it is now. */
  made?: Date
}

/** Several sheets. */
export async function bookOf(tables: readonly Table[], zone: string, { forms = [], made }: More = {}): Promise<Uint8Array> {
  const names = sheetNames([...forms, ...tables])
  const laid = forms.map((form, i) => ({ ...form, name: names[i] ?? '' }))
  const sheets = await Promise.all(tables.map((table, i) => sheetOf(table, names[forms.length + i] ?? '', zone)))
  return writeXlsx({ sheets: [...laid, ...sheets], ...(made ? { properties: { created: made, modified: made } } : {}) })
}
