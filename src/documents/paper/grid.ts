import { LEADING, type Sheet, type TextLook } from './sheet.ts'

export interface Cell extends TextLook {
  text: string
  /** How many columns and rows it takes. */
  columns?: number
  rows?: number
  /** `box` all round, `under` to write on, `none`. */
  edge?: 'box' | 'under' | 'none'
  valign?: 'top' | 'middle' | 'bottom'
}

export interface GridOptions {
  /** In points. */
  widths: readonly number[]
  /** Rows that stand at the head of the table, and again on every page that it goes on to. */
  head?: readonly (readonly Cell[])[]
  rows: readonly (readonly Cell[])[]
  /** What cells look like that do not say it. */
  look?: Pick<Cell, 'size' | 'edge' | 'align' | 'valign'>
  /** Rows stay on one page; a number: so many of the last ones. */
  together?: boolean | number
  x?: number
}

interface Placed {
  cell: Cell
  row: number
  column: number
  width: number
  lines: string[]
}

interface Laid {
  placed: Placed[]
  heights: number[]
  height: number
}

const PAD_X = 2.5
/** Hints below a line stand close to it. */
const padOf = ({ size = 8 }: Cell) => (size < 7 ? 0.5 : 2)

const sum = (numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0)

/** A table over the pages of a sheet. Rows are as high as their text; one that has no room goes to the next page as a whole. */
export function grid(sheet: Sheet, options: GridOptions): void {
  const { widths, head = [], rows, together = false, x = sheet.left } = options
  const look = { size: 8, edge: 'box', align: 'left', valign: 'top', ...options.look } as const
  const lay = (block: readonly (readonly Cell[])[]) => layOut(sheet, block, widths, look)
  const put = (laid: Laid) => {
    draw(sheet, laid, widths, x)
    sheet.y -= laid.height
  }
  const top = head.length > 0 ? lay(head) : undefined
  const alone = rows.length - (together === true ? rows.length : Number(together))
  const kept = [...rows.slice(0, Math.max(0, alone)).map((row) => [row]), rows.slice(Math.max(0, alone))]
  // What is higher than a page can't stay together.
  const blocks = kept
    .filter((rows) => rows.length > 0)
    .flatMap((rows) => {
      const whole = lay(rows)
      return whole.height <= sheet.whole ? [whole] : rows.map((row) => lay([row]))
    })
  // A head without a row below it says nothing.
  sheet.need((top?.height ?? 0) + (blocks[0]?.height ?? 0))
  if (top) put(top)
  for (const block of blocks) {
    if (sheet.rest < block.height && block.height + (top?.height ?? 0) <= sheet.whole) {
      sheet.turn()
      if (top) put(top)
    }
    put(block)
  }
}

type Look = Required<Pick<Cell, 'size' | 'edge' | 'align' | 'valign'>>

function layOut(sheet: Sheet, block: readonly (readonly Cell[])[], widths: readonly number[], look: Look): Laid {
  const taken = block.map(() => new Set<number>())
  const placed = block.flatMap((cells, row) => {
    let column = 0
    return cells.map((said): Placed => {
      while (taken[row]?.has(column)) column++
      const { columns = 1, rows = 1 } = said
      for (let r = row; r < row + rows; r++) for (let c = column; c < column + columns; c++) taken[r]?.add(c)
      const width = sum(widths.slice(column, column + columns))
      const cell = fitted(sheet, { ...look, ...said }, width - 2 * PAD_X)
      const at = { cell, row, column, width, lines: sheet.wrap(cell.text, width - 2 * PAD_X, cell) }
      column += columns
      return at
    })
  })
  const heights = block.map((_, row) => Math.max(0, ...placed.filter((p) => p.row === row && (p.cell.rows ?? 1) === 1).map(heightOf)))
  // A cell over several rows makes the last of them higher where it does not fit.
  for (const p of placed.filter(({ cell }) => (cell.rows ?? 1) > 1)) {
    const last = p.row + (p.cell.rows ?? 1) - 1
    const missing = heightOf(p) - sum(heights.slice(p.row, last + 1))
    if (missing > 0) heights[last] = (heights[last] ?? 0) + missing
  }
  return { placed, heights, height: sum(heights) }
}

/** A number must stay on its line; words may be broken rather than be hard to read. */
const smallest = ({ align }: Look) => (align === 'right' ? 5 : 6.5)
/** A number, or a word, that is a little too long for its column is written smaller, not on two lines; one that is far too long is broken. */
function fitted<T extends Cell & Look>(sheet: Sheet, cell: T, width: number): T {
  const size = Math.floor((width / sheet.widest(cell.text, cell.bold)) * 100) / 100
  return size < cell.size && size >= smallest(cell) ? { ...cell, size } : cell
}

const lineHeight = ({ size = 8 }: Cell) => size * LEADING
/** A cell that is empty and has no frame asks for no room. */
const heightOf = ({ cell, lines }: Placed) =>
  lines.length === 0 && cell.edge === 'none' ? 0 : Math.max(1, lines.length) * lineHeight(cell) + 2 * padOf(cell)

function draw(sheet: Sheet, { placed, heights }: Laid, widths: readonly number[], x: number): void {
  for (const { cell, row, column, width, lines } of placed) {
    const left = x + sum(widths.slice(0, column))
    const top = sheet.y - sum(heights.slice(0, row))
    const height = sum(heights.slice(row, row + (cell.rows ?? 1)))
    const [right, bottom] = [left + width, top - height]
    if (cell.edge === 'box') {
      sheet.rule(left, top, right, top)
      sheet.rule(left, top, left, bottom)
      sheet.rule(right, top, right, bottom)
    }
    if (cell.edge !== 'none') sheet.rule(left, bottom, right, bottom)
    const pad = padOf(cell)
    const free = height - 2 * pad - lines.length * lineHeight(cell)
    const shift = cell.valign === 'middle' ? free / 2 : cell.valign === 'bottom' ? free : 0
    for (const [i, text] of lines.entries())
      sheet.line(text, left + PAD_X, top - pad - shift - i * lineHeight(cell), width - 2 * PAD_X, cell)
  }
}
