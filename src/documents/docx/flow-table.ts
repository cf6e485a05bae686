import type { Box, CellBox, PlacedRow, RowBox, TableBox } from './boxes.ts'
import type { Area } from './flow.ts'
import { take } from './flow.ts'

const TOLERANCE = 0.05

export interface TakenTable {
  rows: PlacedRow[]
  height: number
  rest: TableBox | undefined
}

const unbounded = (area: Area): Area => ({ ...area, height: Infinity, broken: false, force: true, cell: true })

// A cell's content never changes once laid out, and its height is asked for on every page the table spans.
const heights = new WeakMap<Box[], number>()

function contentHeight(content: Box[], area: Area): number {
  let height = heights.get(content)
  if (height === undefined) {
    height = take(content, unbounded(area)).used
    heights.set(content, height)
  }
  return height
}

const cellHeight = (cell: CellBox, area: Area) => contentHeight(cell.content, area) + cell.margins.top + cell.margins.bottom

/** Heights of rows: the tallest cell, at least what is asked for; a merged cell that needs more stretches its last row. */
export function rowHeights(rows: RowBox[], area: Area): number[] {
  const result = rows.map((row) => {
    if (row.exact) return row.least
    const cells = row.cells.filter((cell) => cell.rows === 1 && !cell.continues)
    return Math.max(row.least, ...cells.map((cell) => cellHeight(cell, area) + row.top + row.bottom))
  })
  for (const [r, row] of rows.entries()) {
    for (const cell of row.cells) {
      if (cell.rows === 1 || cell.continues) continue
      const last = Math.min(rows.length, r + cell.rows) - 1
      const have = result.slice(r, last + 1).reduce((a, b) => a + b, 0)
      const missing = cellHeight(cell, area) + row.top - have
      if (missing > 0 && !rows[last]?.exact) result[last] = (result[last] ?? 0) + missing
    }
  }
  return result
}

/**
 * Fills an area with rows of a table (17.4): header rows again on every page, rows split where that is allowed.
 * @returns undefined when not even the first row fits
 */
export function takeTable(table: TableBox, area: Area): TakenTable | undefined {
  const { rows } = table
  const sizes = tableHeights(table, area)
  const repeated = table.continued ? table.headers : []
  let headerHeight = rowHeights(repeated, area).reduce((a, b) => a + b, 0)
  // Headers that leave no room for a row are not repeated.
  if (headerHeight + Math.min(sizes[0] ?? 0, 40) > area.height) headerHeight = 0
  let y = headerHeight
  let count = 0
  while (count < rows.length && y + (sizes[count] ?? 0) <= area.height + TOLERANCE) {
    y += sizes[count] ?? 0
    count++
  }
  let split: [RowBox, RowBox] | undefined
  if (count < rows.length) {
    const row = rows[count]
    const forced = area.force && count === 0
    if (row) split = splitRow(row, area.height - y, area, forced)
    if (!split) {
      const fitted = count
      while (count > 0 && rows[count - 1]?.keepNext) count--
      if (count === 0) count = fitted
      if (forced && count === 0) count = 1
      // Header rows alone at the foot of a page are useless.
      if (!forced && !table.continued && count > 0 && count <= table.headers.length) count = 0
    }
    if (count === 0 && !split) return undefined
  }
  const [placedRows, pending] = breakMerged(rows, count, sizes, area)
  const head = headerHeight > 0 ? repeated : []
  const shown = [...head, ...placedRows, ...(split ? [split[0]] : [])]
  const shownSizes = [
    ...rowHeights(head, area),
    ...sizes.slice(0, count),
    ...(split ? [Math.max(0, area.height - headerHeight - sum(sizes, count))] : []),
  ]
  const placed = placeRows(shown, shownSizes, area)
  const height = shownSizes.reduce((a, b) => a + b, 0)
  const after = [...(split ? [split[1]] : []), ...(split ? rows.slice(count + 1) : pending)]
  return { rows: placed, height, rest: after.length === 0 ? undefined : { ...table, rows: after, continued: true } }
}

const sum = (sizes: number[], count: number) => sizes.slice(0, count).reduce((a, b) => a + b, 0)

const tableSizes = new WeakMap<TableBox, number[]>()

function tableHeights(table: TableBox, area: Area): number[] {
  let sizes = tableSizes.get(table)
  if (!sizes) tableSizes.set(table, (sizes = rowHeights(table.rows, area)))
  return sizes
}

/** Divides a row at a height, so that every cell shows something on both sides or at least is begun; undefined when it must stay whole. */
function splitRow(row: RowBox, height: number, area: Area, forced: boolean): [RowBox, RowBox] | undefined {
  if (row.exact || row.header || (row.cantSplit && !forced)) return undefined
  const parts = row.cells.map((cell) => {
    const room = height - row.top - cell.margins.top - cell.margins.bottom
    return { cell, taken: take(cell.content, { ...area, height: Math.max(0, room), broken: false, force: forced, cell: true }) }
  })
  const begun = parts.every(({ cell, taken }) => cell.content.length === 0 || taken.placed.length > 0)
  if (!begun || parts.every(({ taken }) => taken.rest.length === 0)) return undefined
  const head = parts.map(({ cell, taken }) => ({ ...cell, rows: 1, content: headOf(cell.content, taken) }))
  const tail = parts.map(({ cell, taken }) => ({ ...cell, content: taken.rest }))
  return [
    { ...row, cells: head, least: 0, bottom: 0 },
    { ...row, cells: tail, least: Math.max(0, row.least - height) },
  ]
}

/** The boxes that were placed, cut to what was placed of them. */
function headOf(content: Box[], { placed, rest }: ReturnType<typeof take>): Box[] {
  if (rest.length === 0) return content
  return placed.map((p): Box => {
    if (p.kind === 'paragraph') return { ...p.box, lines: p.lines, ...(p.last ? {} : { after: 0 }) }
    // Part of a nested table: its rows are what was placed, cell by cell.
    const rows = p.rows.map((r): RowBox => ({ ...r.box, cells: r.cells.map((c) => c.box), least: r.height, exact: false }))
    return { ...p.box, continued: false, headers: [], rows }
  })
}

/** A merged cell that a page break goes through gives what fits to the rows above the break, and the rest to those below. */
function breakMerged(rows: RowBox[], count: number, sizes: number[], area: Area): [RowBox[], RowBox[]] {
  const placed = rows.slice(0, count)
  const pending = rows.slice(count)
  for (const [r, row] of placed.entries()) {
    for (const [c, cell] of row.cells.entries()) {
      if (cell.continues || r + cell.rows <= count) continue
      const room = sizes.slice(r, count).reduce((a, b) => a + b, 0) - row.top - cell.margins.top - cell.margins.bottom
      const taken = take(cell.content, { ...area, height: Math.max(0, room), broken: false, force: true, cell: true })
      placed[r] = { ...row, cells: (placed[r] ?? row).cells.with(c, { ...cell, content: headOf(cell.content, taken), rows: count - r }) }
      const below = pending[0]
      if (!below) continue
      const at = below.cells.findIndex((b) => b.continues && b.x === cell.x)
      const heir = below.cells[at]
      if (heir) {
        const { bottom } = cell.edges
        const edges = { ...heir.edges, top: bottom, bottom }
        const box: CellBox = { ...heir, edges, continues: false, rows: r + cell.rows - count, content: taken.rest, vAlign: cell.vAlign }
        pending[0] = { ...below, cells: below.cells.with(at, box) }
      }
    }
  }
  return [placed, pending]
}

function placeRows(rows: RowBox[], sizes: number[], area: Area): PlacedRow[] {
  let y = 0
  return rows.map((row, r) => {
    const height = sizes[r] ?? 0
    const placed: PlacedRow = {
      box: row,
      y,
      height,
      cells: row.cells.flatMap((cell) => (cell.continues ? [] : [placeCell(cell, row, sizes.slice(r, r + cell.rows), area)])),
    }
    y += height
    return placed
  })
}

function placeCell(cell: CellBox, row: RowBox, sizes: number[], area: Area): PlacedRow['cells'][number] {
  const height = sizes.reduce((a, b) => a + b, 0)
  const room = height - row.top - row.bottom - cell.margins.top - cell.margins.bottom
  // An exact row hides what does not fit, but never all of it.
  const taken = take(cell.content, { ...unbounded(area), height: row.exact ? Math.max(0, room) + 2 : Infinity })
  const spare = Math.max(0, room - taken.used)
  const shift = cell.vAlign === 'center' ? spare / 2 : cell.vAlign === 'bottom' ? spare : 0
  return { box: cell, height, content: taken.placed, contentY: row.top + cell.margins.top + shift }
}
