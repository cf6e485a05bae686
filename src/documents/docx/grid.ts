import type { Table } from './model.ts'

const MIN_COLUMN = 4
const MAX_COLUMNS = 400

/**
 * Widths of the grid columns of a table, in points (17.4.48, 17.4.63).
 *
 * The grid that the word processor stored already is the outcome of its own fitting, so it is taken when it is usable; otherwise
 * the cells' preferred widths, otherwise equal shares.
 * @param available room for the table
 * @param widest bound for the whole table: it must stay on the paper
 */
export function columnWidths(table: Pick<Table, 'grid' | 'width' | 'rows'>, available: number, widest: number): number[] {
  const spans = table.rows.map((row) => row.cells.reduce((sum, cell) => sum + cell.span, row.before + row.after))
  const count = Math.min(MAX_COLUMNS, Math.max(1, table.grid.length, ...spans))
  let widths = Array.from({ length: count }, (_, i) => table.grid[i] ?? 0)
  const total = (list: number[]) => list.reduce((a, b) => a + b, 0)
  const preferred = table.width.type === 'pct' ? table.width.value * available : table.width.type === 'dxa' ? table.width.value : 0
  const wished = cellWishes(table, count, preferred > 0 ? preferred : available)
  const sum = total(widths)
  const wishedSum = total(wished.map((w) => w ?? 0))
  const complete = wished.every((w) => w !== undefined)
  // Some writers leave a nominal grid (100 twips a column) and put the real widths on the cells.
  const nominal = widths.some((w) => w < 1) || (complete && wishedSum > 0 && Math.abs(sum - wishedSum) > 0.2 * wishedSum)
  if (nominal) {
    const known = total(wished.map((w) => w ?? 0))
    const open = wished.filter((w) => w === undefined).length
    const rest = Math.max(0, (preferred > 0 ? preferred : available) - known)
    widths = wished.map((w, i) => w ?? (open > 0 && rest > 0 ? rest / open : Math.max(widths[i] ?? 0, 36)))
  }
  const target = table.width.type === 'pct' || (nominal && preferred > 0) ? preferred : total(widths)
  return fitTo(widths, Math.min(target > 0 ? target : available, widest))
}

/** The widest wish of the cells that span one column; wider cells share what is left over. */
function cellWishes(table: Pick<Table, 'rows'>, count: number, whole: number): (number | undefined)[] {
  const wished: (number | undefined)[] = Array.from({ length: count }, () => undefined)
  const each = (visit: (from: number, span: number, width: number) => void) => {
    for (const row of table.rows) {
      let at = row.before
      for (const cell of row.cells) {
        const { width } = cell
        const points = width?.type === 'dxa' ? width.value : width?.type === 'pct' ? width.value * whole : 0
        if (points > 0 && at < count) visit(at, Math.min(cell.span, count - at), points)
        at += cell.span
      }
    }
  }
  each((at, span, width) => {
    if (span === 1) wished[at] = Math.max(wished[at] ?? 0, width)
  })
  each((at, span, width) => {
    const open = Array.from({ length: span }, (_, i) => at + i).filter((i) => wished[i] === undefined)
    const known = Array.from({ length: span }, (_, i) => wished[at + i] ?? 0).reduce((a, b) => a + b, 0)
    if (span > 1 && open.length > 0 && width > known) for (const i of open) wished[i] = (width - known) / open.length
  })
  return wished
}

/** Scales widths to a sum, with no column narrower than a few points. */
function fitTo(widths: number[], target: number): number[] {
  const least = Math.min(MIN_COLUMN, target / widths.length)
  const raised = widths.map((w) => Math.max(w, least))
  const sum = raised.reduce((a, b) => a + b, 0)
  if (Math.abs(sum - target) < 0.01) return raised
  const spare = sum - least * widths.length
  if (spare <= 0) return raised.map(() => target / widths.length)
  const factor = (target - least * widths.length) / spare
  return raised.map((w) => least + (w - least) * factor)
}
