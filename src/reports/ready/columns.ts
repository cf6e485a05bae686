import { showQuantitySum, showSum } from '../../http/numbers.ts'
import type { Cell, Column, Kind } from '../../documents/spreadsheet/write-table.ts'

import type { TemplateColumn } from '../templates/tables.ts'

/** A value as the service keeps it: whole units, days as text; sums may be beyond what is exact. */
export type Value = string | number | null
export type ReportRow = Readonly<Record<string, Value>>

export interface ReportColumn {
  /** `data_key` of templates, and the key of JSON rows. */
  key: string
  header: string
  kind: Kind | 'flag'
  width?: number
  /** Of the JSON rows alone, unless a template asks for it. */
  hidden?: true
}

const SCALES: Partial<Record<ReportColumn['kind'], number>> = { money: 2, quantity: 4, percent: 2 }

/** A value for JSON. */
export function shown({ kind }: Pick<ReportColumn, 'kind'>, value: Value | undefined): string | number | boolean | null {
  if (value === null || value === undefined) return null
  if (kind === 'flag') return value === 1
  if (typeof value === 'string') return value
  if (kind === 'money' || kind === 'percent') return showSum(value)
  return kind === 'quantity' ? showQuantitySum(value) : value
}

export const shownRow = (columns: readonly ReportColumn[], row: ReportRow) =>
  Object.fromEntries(columns.map((column) => [column.key, shown(column, row[column.key])]))

/** A value for a table; a sum that no number holds exactly goes as its digits. */
export function cellOf({ kind }: Pick<ReportColumn, 'kind'>, value: Value | undefined): Cell {
  if (value === null || value === undefined) return null
  if (kind === 'flag') return value === 1 ? 'да' : 'нет'
  if (typeof value === 'string' || Number.isSafeInteger(value)) return value
  return String(value / 10 ** (SCALES[kind] ?? 0))
}

/** A column of a file: what it shows, if the report has it, and how. */
export interface Shown {
  key: string
  header: string
  source: ReportColumn | undefined
  column: Column
}

const kindOf = ({ kind }: ReportColumn): Kind => (kind === 'flag' ? 'text' : kind)
const FORMATS: Record<string, Kind> = { decimal: 'quantity', number: 'quantity', integer: 'integer', currency: 'money', percent: 'percent' }

/** How a template wants a number to look: what it is does not change by that, so the digits it is kept with stay. */
function lookOf(source: ReportColumn | undefined, options: TemplateColumn['format_options']): Kind {
  if (!source) return 'text'
  const asked = FORMATS[String(options?.['number_format'])]
  const isNumber = SCALES[source.kind] !== undefined
  // A percentage is kept as one; nothing else may become one.
  return asked && isNumber && (asked === 'percent') === (source.kind === 'percent') ? asked : kindOf(source)
}

const columnOf = (header: string, kind: Kind, source: ReportColumn | undefined): Column => {
  const scale = source && SCALES[source.kind]
  return { header, kind, ...(source?.width === undefined ? {} : { width: source.width }), ...(scale === undefined ? {} : { scale }) }
}

/**
 * The columns of a report's file: those of the template, in its order and under its heads, or all of the report's own. A template may name a column as older
 * ones did (`aliases`); what the report does not have stays an empty column.
 */
export function layOut(
  columns: readonly ReportColumn[],
  aliases: Readonly<Record<string, string>>,
  template: readonly TemplateColumn[] | undefined,
): Shown[] {
  if (!template)
    return columns
      .filter(({ hidden }) => !hidden)
      .map((source) => ({ key: source.key, header: source.header, source, column: columnOf(source.header, kindOf(source), source) }))
  return template
    .toSorted((a, b) => a.order - b.order)
    .map(({ header, data_key: key, format_options: options }) => {
      const source = columns.find((column) => column.key === (Object.hasOwn(aliases, key) ? aliases[key] : key))
      return { key, header, source, column: columnOf(header, lookOf(source, options), source) }
    })
}

export const cellsOf = (layout: readonly Shown[], row: ReportRow): Cell[] =>
  layout.map(({ source }) => (source ? cellOf(source, row[source.key]) : null))

/** Under the first column «Итого», under the others their sums. */
export const totalsOf = (layout: readonly Shown[], totals: ReportRow): Cell[] =>
  layout.map(({ source }, i) => {
    const sum = source && totals[source.key]
    return source && sum !== undefined ? cellOf(source, sum) : i === 0 ? 'Итого' : null
  })
