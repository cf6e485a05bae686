import type { Stored } from '../../db/client.ts'
import type { Cell, Column as TableColumn, Kind } from '../../documents/spreadsheet/write-table.ts'
import { dayText, formatMinute } from '../../lib/dates.ts'
import { decimalText } from '../../lib/money.ts'
import { columnNamed, type Output } from '../builder/columns.ts'
import type { Definition } from '../builder/definition.ts'
import type { Chart } from './chart.ts'

const KINDS: Record<Output['type'], Kind> = {
  integer: 'integer',
  string: 'text',
  decimal: 'quantity',
  date: 'date',
  datetime: 'instant',
  boolean: 'text',
}

const kindOf = ({ type, format }: Output): Kind =>
  type === 'decimal' ? (format === 'currency' ? 'money' : format === 'percent' ? 'percent' : 'quantity') : KINDS[type]

/** The columns of a result as those of a table. */
export const tableColumns = (columns: readonly Output[]): TableColumn[] =>
  columns.map((column) => ({ header: column.label, kind: kindOf(column), ...(column.type === 'decimal' ? { scale: column.scale } : {}) }))

/** A cell as tables keep it: whole numbers of the column's scale; a sum that no number can hold goes as its digits. */
export function tableCell(column: Output, value: Stored | undefined): Cell {
  if (value === null || value === undefined) return null
  if (column.type === 'boolean') return value === 1 || value === '1' ? 'да' : 'нет'
  if (column.type !== 'decimal' && column.type !== 'integer') return String(value)
  const whole = Number(value)
  return Number.isSafeInteger(whole) ? whole : decimalText(String(value), column.scale)
}

/** Groups of three, which stay on one line. */
const spaced = (digits: string) => digits.replace(/\B(?=(\d{3})+(?!\d))/g, '\u00a0')

/** A whole number of the column's scale as people write it: 1 250 000,5. */
function printedNumber({ scale, format }: Output, digits: string): string {
  const [units = '', fraction = ''] = decimalText(digits, scale).split('.')
  const kept = format === 'currency' ? fraction : fraction.replace(/0+$/, '')
  return `${spaced(units)}${kept === '' ? '' : `,${kept}`}`
}

/** The same as `tableCell` for people to read on paper; instants by the clocks of the zone. */
export function printedCell(column: Output, value: Stored | undefined, zone: string): string {
  if (value === null || value === undefined) return ''
  switch (column.type) {
    case 'boolean':
      return String(tableCell(column, value))
    case 'decimal':
      return printedNumber(column, String(value))
    case 'date':
      return dayText(String(value))
    case 'datetime':
      return formatMinute(String(value), zone)
    default:
      return String(value)
  }
}

/** What the definition's chart shows of a result; undefined where it has none. */
export function chartOf(
  { visualization_config: chart, data_sources: { primary } }: Pick<Definition, 'visualization_config' | 'data_sources'>,
  columns: readonly Output[],
  cells: readonly Stored[][],
  zone: string,
): Chart | undefined {
  if (!chart?.enabled || !chart.chart_type) return undefined
  const [xColumn, yColumn] = [columnNamed(columns, chart.x_axis, primary), columnNamed(columns, chart.y_axis, primary)]
  if (!xColumn || !yColumn) return undefined
  const [x, y] = [columns.indexOf(xColumn), columns.indexOf(yColumn)]
  return {
    type: chart.chart_type,
    labels: cells.map((row) => printedCell(xColumn, row[x], zone)),
    // A drawing needs no more digits than a double has.
    values: cells.map((row) => Number(row[y] ?? 0) / 10 ** yColumn.scale),
    colors: chart.colors,
    title: yColumn.label,
  }
}
