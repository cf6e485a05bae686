import type { Stored } from '../../db/client.ts'
import type { Cell, Column as TableColumn, Kind } from '../../documents/spreadsheet/write-table.ts'
import { dayText } from '../../lib/dates.ts'
import { decimalText, formatDecimal } from '../../lib/money.ts'
import type { Output } from '../builder/columns.ts'
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

const spaced = (digits: string) => digits.replace(/\B(?=(\d{3})+(?!\d))/g, ' ')

/** The same for people to read on paper. */
export function printedCell(column: Output, value: Stored | undefined): string {
  const cell = tableCell(column, value)
  if (cell === null) return ''
  if (typeof cell === 'string')
    return column.type === 'date' ? dayText(cell) : column.type === 'datetime' ? cell.slice(0, 16).replace('T', ' ') : cell
  if (column.type === 'integer') return String(cell)
  const [units = '', fraction = ''] = formatDecimal(cell, column.scale).split('.')
  const kept = column.format === 'currency' ? fraction : fraction.replace(/0+$/, '')
  return `${spaced(units)}${kept === '' ? '' : `,${kept}`}`
}

/** What the definition's chart shows of a result; undefined where it has none. */
export function chartOf(
  { visualization_config: chart }: Pick<Definition, 'visualization_config'>,
  columns: readonly Output[],
  cells: readonly Stored[][],
): Chart | undefined {
  if (!chart?.enabled || !chart.chart_type) return undefined
  const at = (name: string | undefined) => columns.findIndex((c) => c.key === name || c.key === name?.split('.').at(-1))
  const [x, y] = [at(chart.x_axis), at(chart.y_axis)]
  const [xColumn, yColumn] = [columns[x], columns[y]]
  if (!xColumn || !yColumn) return undefined
  return {
    type: chart.chart_type,
    labels: cells.map((row) => printedCell(xColumn, row[x])),
    // A drawing needs no more digits than a double has.
    values: cells.map((row) => Number(row[y] ?? 0) / 10 ** yColumn.scale),
    colors: chart.colors,
    title: yColumn.label,
  }
}
