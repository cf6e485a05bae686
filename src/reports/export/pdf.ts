import { closePath, fill, lineTo, moveTo, setFillingRgbColor, setLineWidth, setStrokingRgbColor, stroke, type PDFOperator } from 'pdf-lib'
import { grid, type Cell } from '../../documents/paper/grid.ts'
import { Sheet } from '../../documents/paper/sheet.ts'
import { formatDateTime } from '../../lib/dates.ts'
import type { Stored } from '../../db/client.ts'
import type { Output } from '../builder/columns.ts'
import type { Filters } from '../builder/definition.ts'
import { shapesOf, type Chart, type Point, type Shape } from './chart.ts'
import { printedCell } from './table.ts'

interface ReportPaper {
  title: string
  /** What was chosen, each with what it is called. */
  filters: readonly (readonly [label: string, value: Filters[string]])[]
  columns: readonly Output[]
  cells: readonly Stored[][]
  chart: Chart | undefined
  made: Date
  zone: string
}

const CHART_HEIGHT = 260
/** More rows than anybody reads on paper; the file says that there are more. */
const MAX_ROWS = 2000
const NUMERIC = new Set(['integer', 'decimal'])

/** `#2563eb` as three numbers from 0 to 1; a translucent colour is mixed with the white of the paper. */
function rgb(color: string, opacity = 1): [number, number, number] {
  const part = (at: number) => (parseInt(color.slice(at, at + 2), 16) / 255) * opacity + (1 - opacity)
  return [part(1), part(3), part(5)]
}

const outline = ([first, ...rest]: readonly Point[], place: (p: Point) => [number, number]): PDFOperator[] =>
  first ? [moveTo(...place(first)), ...rest.map((p) => lineTo(...place(p)))] : []

function drawShape(sheet: Sheet, shape: Shape, place: (p: Point) => [number, number]): void {
  switch (shape.kind) {
    case 'polygon':
      return sheet.paint([setFillingRgbColor(...rgb(shape.fill, shape.opacity)), ...outline(shape.points, place), closePath(), fill()])
    case 'line':
      return sheet.paint([setStrokingRgbColor(...rgb(shape.stroke)), setLineWidth(shape.width), ...outline(shape.points, place), stroke()])
    case 'text': {
      const [x, y] = place(shape.at)
      const width = sheet.room
      const left = shape.anchor === 'start' ? x : shape.anchor === 'end' ? x - width : x - width / 2
      const align = shape.anchor === 'start' ? 'left' : shape.anchor === 'end' ? 'right' : 'center'
      // The shape gives the foot of the letters, a line of the sheet its upper edge.
      sheet.line(shape.text, left, y + shape.size, width, { size: shape.size, align })
    }
  }
}

function drawChart(sheet: Sheet, chart: Chart): void {
  sheet.need(CHART_HEIGHT)
  const top = sheet.y
  for (const shape of shapesOf(chart, sheet.room, CHART_HEIGHT)) drawShape(sheet, shape, ([x, y]) => [sheet.left + x, top - y])
  sheet.gap(CHART_HEIGHT + 8)
}

const filterText = (value: Filters[string]): string => {
  if (Array.isArray(value)) return value.join(', ')
  if (value !== null && typeof value === 'object') return `${String(value.from ?? '…')} – ${String(value.to ?? '…')}`
  return typeof value === 'boolean' ? (value ? 'да' : 'нет') : String(value)
}

/** How wide columns want to be, by their longest words and texts, fitted to the page. */
function widthsOf(sheet: Sheet, columns: readonly Output[], rows: readonly string[][]): number[] {
  const wanted = columns.map(({ label }, i) => {
    const texts = [label, ...rows.slice(0, 200).map((row) => row[i] ?? '')]
    const longest = Math.max(...texts.map((text) => Math.min(Array.from(text).length, 40)))
    return Math.max(5, longest) * 4.4 + 8
  })
  const whole = wanted.reduce((sum, width) => sum + width, 0)
  return wanted.map((width) => (width / whole) * sheet.room)
}

/** A report on paper: its title, filters, chart and table. */
export async function reportPdf({ title, filters, columns, cells, chart, made, zone }: ReportPaper): Promise<Uint8Array> {
  const sheet = await Sheet.open({ title, made, landscape: columns.length > 5 })
  sheet.text(title, { size: 14, bold: true, after: 4 })
  const chosen = filters.map(([label, value]) => `${label}: ${filterText(value)}`)
  sheet.text(`Составлен ${formatDateTime(made, zone)}${chosen.length > 0 ? `. Фильтры: ${chosen.join('; ')}` : ''}`, { size: 8, after: 8 })
  if (chart) drawChart(sheet, chart)
  const rows = cells.slice(0, MAX_ROWS).map((row) => columns.map((column, i) => printedCell(column, row[i], zone)))
  const body = rows.map((row) => row.map((text, i): Cell => ({ text, align: NUMERIC.has(columns[i]?.type ?? '') ? 'right' : 'left' })))
  const head = [columns.map(({ label }): Cell => ({ text: label, bold: true, align: 'center', valign: 'middle' }))]
  if (body.length > 0)
    grid(sheet, { widths: widthsOf(sheet, columns, rows), head, rows: body, look: { size: columns.length > 10 ? 6 : 8 } })
  else sheet.text('Нет данных.', { size: 9 })
  if (cells.length > MAX_ROWS) sheet.text(`Показаны первые ${MAX_ROWS} строк из ${cells.length}; все — в CSV и Excel.`, { size: 8 })
  return sheet.bytes()
}
