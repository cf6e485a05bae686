import { closePath, fill, lineTo, moveTo, setFillingRgbColor, setLineWidth, setStrokingRgbColor, stroke, type PDFOperator } from 'pdf-lib'
import { grid, type Cell } from '../../documents/paper/grid.ts'
import { Sheet } from '../../documents/paper/sheet.ts'
import { formatDateTime } from '../../lib/dates.ts'
import type { Stored } from '../../db/client.ts'
import type { Output } from '../builder/columns.ts'
import type { Filters } from '../builder/definition.ts'
import { shapesOf, type Chart, type Point, type Shape } from './chart.ts'
import { printedCell } from './table.ts'
import { fitted, partsOf, wantedBy } from './widths.ts'

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

/** A report on paper: its title, filters, chart and table. */
export async function reportPdf({ title, filters, columns, cells, chart, made, zone }: ReportPaper): Promise<Uint8Array> {
  const sheet = await Sheet.open({ title, made, landscape: columns.length > 5 })
  sheet.text(title, { size: 14, bold: true, after: 4 })
  const chosen = filters.map(([label, value]) => `${label}: ${filterText(value)}`)
  sheet.text(`Составлен ${formatDateTime(made, zone)}${chosen.length > 0 ? `. Фильтры: ${chosen.join('; ')}` : ''}`, { size: 8, after: 8 })
  if (chart) drawChart(sheet, chart)
  const rows = cells.slice(0, MAX_ROWS).map((row) => columns.map((column, i) => printedCell(column, row[i], zone)))
  const size = columns.length > 10 ? 7 : 8
  const wanted = wantedBy(columns, rows, size)
  const parts = partsOf(wanted, sheet.room)
  if (rows.length === 0) sheet.text('Нет данных.', { size: 9 })
  for (const [n, part] of rows.length === 0 ? [] : parts.entries()) {
    if (n > 0) sheet.turn()
    const [first = 0, last = 0] = [part[n > 0 ? 1 : 0], part.at(-1)]
    if (parts.length > 1) sheet.text(`Колонки ${first + 1}–${last + 1} из ${columns.length}`, { size: 8, after: 4 })
    grid(sheet, {
      widths: fitted(
        part.flatMap((i) => wanted[i] ?? []),
        sheet.room,
      ),
      head: [part.map((i): Cell => ({ text: columns[i]?.label ?? '', bold: true, align: 'center', valign: 'middle' }))],
      rows: rows.map((row) =>
        part.map((i): Cell => ({ text: row[i] ?? '', align: NUMERIC.has(columns[i]?.type ?? '') ? 'right' : 'left' })),
      ),
      look: { size },
    })
  }
  if (cells.length > MAX_ROWS) sheet.text(`Показаны первые ${MAX_ROWS} строк из ${cells.length}; все — в CSV и Excel.`, { size: 8 })
  return sheet.bytes()
}
