import { offsetAt, toDate } from '../../lib/dates.ts'
import { formatDecimal, MONEY_SCALE, toJsonNumber } from '../../lib/money.ts'

export type Kind = 'text' | 'integer' | 'money' | 'quantity' | 'percent' | 'date' | 'instant'
/** As the service keeps it; none is an empty cell. */
export type Cell = string | number | null

export interface Column {
  header: string
  kind: Kind
  /** In letters. */
  width?: number
  /** Digits after the point that numbers are kept with, where not as usual. */
  scale?: number
}

const SCALES: Partial<Record<Kind, number>> = { money: MONEY_SCALE, quantity: 4, percent: 2 }
/** How many digits after the point a column's numbers are kept with. */
export const scaleOf = ({ kind, scale }: Column): number => scale ?? SCALES[kind] ?? 0

/** How a spreadsheet shows it. Percentages are fractions there, as in any workbook. */
const FORMATS: Record<Kind, string> = {
  text: '@',
  integer: '0',
  money: '#,##0.00',
  quantity: '#,##0.####',
  percent: '0.00%',
  date: 'dd.mm.yyyy',
  instant: 'dd.mm.yyyy hh:mm',
}
export const formatOf = ({ kind }: Pick<Column, 'kind'>): string => FORMATS[kind]

const WIDTHS: Record<Kind, number> = { text: 30, integer: 12, money: 18, quantity: 14, percent: 12, date: 12, instant: 18 }
export const widthOf = ({ kind, width }: Column): number => width ?? WIDTHS[kind]

/** The first day from which all spreadsheets count alike: they take 1900 for a leap year. */
const FIRST_DAY = '1900-03-01'
const EPOCH = Date.UTC(1899, 11, 30)
const DAY_MS = 86_400_000

/** What a cell says, without what XML and spreadsheets can't hold. */
const plainText = (text: string): string =>
  text
    .toWellFormed()
    // oxlint-disable-next-line no-control-regex
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .slice(0, 32_767)
/** The same for a workbook, where `_x0041_` would be read as a letter. */
export const xlsxText = (text: string): string => plainText(text).replaceAll(/_(?=x[0-9a-f]{4}_)/gi, '_x005F_')

/** How far a zone is from UTC, in milliseconds. Rows come in order, mostly, and asking is slow: the answer for an hour is kept. */
const offsets = new Map<string, number>()
function offsetOf(instant: string, zone: string): number {
  const key = `${instant.slice(0, 13)} ${zone}`
  const known = offsets.get(key)
  if (known !== undefined) return known
  if (offsets.size > 1000) offsets.clear()
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)/.exec(offsetAt(instant, zone)) ?? []
  const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
  offsets.set(key, offset)
  return offset
}

/** The wall clock of a zone as milliseconds, so that it can be counted in days; seconds are not told. */
const wallClock = (instant: string, zone: string): number =>
  Math.floor((toDate(instant).getTime() + offsetOf(instant, zone)) / 60_000) * 60_000

/** A day as spreadsheets count them, from 1899-12-30. */
export const dayNumber = (day: string): number => (Date.parse(day) - EPOCH) / DAY_MS

/** A cell as a spreadsheet keeps it: days are counted from 1899-12-30, numbers are whole units. */
export function xlsxValue(cell: Cell | undefined, column: Column, zone: string): string | number | null {
  if (cell === null || cell === undefined || cell === '') return null
  const { kind } = column
  if (typeof cell === 'number') {
    const scale = scaleOf(column)
    return kind === 'percent' ? toJsonNumber(cell, scale + 2) : scale === 0 ? cell : toJsonNumber(cell, scale)
  }
  if (kind === 'date' && cell >= FIRST_DAY && isDay(cell)) return dayNumber(cell)
  if (kind === 'instant' && isInstant(cell) && cell > FIRST_DAY) return (wallClock(cell, zone) - EPOCH) / DAY_MS
  return xlsxText(cell)
}

const isDay = (text: string) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text))
const isInstant = (text: string) => /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(toDate(text).getTime())

/** The same for CSV: digits with a comma, days as ISO 8601, which spreadsheets of all languages read. */
export function csvText(cell: Cell | undefined, column: Column, zone: string): string {
  if (cell === null || cell === undefined) return ''
  if (typeof cell === 'number') {
    const scale = scaleOf(column)
    const digits = scale === 0 ? String(cell) : formatDecimal(cell, scale)
    const short = column.kind === 'money' || scale === 0 ? digits : digits.replace(/\.?0+$/, '')
    return short.replace('.', ',')
  }
  if (column.kind !== 'instant' || !isInstant(cell)) return guardFormula(cell)
  return new Date(wallClock(cell, zone)).toISOString().slice(0, 16).replace('T', ' ')
}

// A sheet would take what starts so for a formula.
const FORMULA = /^\s*[=+\-@\t\r＝＋－＠]/
const NUMBER = /^[+-]?\d[\d\s]*([.,]\d+)?$/
// With a code in brackets or after a space: no sheet can work that out.
const PHONE = /^\+\d{1,3}(\s?\(\d{2,5}\)|\s\d{2,5})[\s-]?\d[\d\s-]{3,12}\d$/
/** Phones and single numbers stay as they are; a sum such as `-2-3` or `+7-701` is one that a sheet would work out. */
export const guardFormula = (text: string): string => (FORMULA.test(text) && !NUMBER.test(text) && !PHONE.test(text) ? `'${text}` : text)
