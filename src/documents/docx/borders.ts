import type { Border, Borders, Side, Table } from './model.ts'

/** Lines drawn for a style: 3 is a rank for styles that look like one thick line. */
const LINES: Record<string, number> = { double: 2, triple: 3, dashed: 1, dotted: 1, single: 1, thick: 1 }

export const isVisible = (border: Border | undefined): border is Border =>
  border !== undefined && border.style !== 'nil' && border.style !== 'none' && border.width > 0

/** Room that a border takes, in points. */
export const thickness = (border: Border | undefined): number =>
  isVisible(border) ? border.width * (border.style === 'double' ? 3 : 1) : 0

const brightness = (color: string) => {
  const [r = 0, g = 0, b = 0] = [0, 2, 4].map((i) => Number.parseInt(color.slice(i, i + 2), 16))
  return r + b + 2 * g
}

/**
 * Which of two borders on one edge is drawn (17.4.66): a visible one, then the heavier, then the one with more lines, then the darker, then the first.
 */
export function resolveConflict(first: Border | undefined, second: Border | undefined): Border | undefined {
  if (!isVisible(first)) return isVisible(second) ? second : undefined
  if (!isVisible(second)) return first
  const weight = (b: Border) => b.width * (LINES[b.style] ?? 1)
  if (weight(first) !== weight(second)) return weight(first) > weight(second) ? first : second
  const lines = (LINES[second.style] ?? 1) - (LINES[first.style] ?? 1)
  if (lines !== 0) return lines > 0 ? second : first
  return brightness(second.color) < brightness(first.color) ? second : first
}

export interface PlacedCell {
  /** Grid columns: first, and the one after the last. */
  from: number
  to: number
  borders: Borders
  styleBorders: Borders
  /** Goes on from the row above. */
  continues: boolean
}

export type CellEdges = Record<Side, Border | undefined>

/** What a cell says for a side before its neighbours are asked: itself, then its table style, then the table. */
function wish(cell: PlacedCell, side: Side, table: Borders, outer: boolean): { border: Border | undefined; own: boolean } {
  const own = cell.borders[side]
  if (own) return { border: own, own: true }
  const styled = cell.styleBorders[side]
  if (styled) return { border: styled, own: false }
  const inside = side === 'top' || side === 'bottom' ? table.insideH : table.insideV
  return { border: outer ? table[side] : inside, own: false }
}

/** The borders of every cell, with conflicts between neighbours and with the table decided. */
export function resolveEdges(rows: PlacedCell[][], table: Table['borders']): CellEdges[][] {
  const columns = Math.max(0, ...rows.map((r) => r.at(-1)?.to ?? 0))
  const edges: CellEdges[][] = rows.map((row) => row.map(() => ({ top: undefined, left: undefined, bottom: undefined, right: undefined })))
  const decide = (a: ReturnType<typeof wish> | undefined, b: ReturnType<typeof wish> | undefined) => {
    if (!a || !b) return resolveConflict(a?.border, b?.border)
    // A visible border set on a cell beats what a neighbour only inherits from the table.
    if (a.own !== b.own && isVisible(a.own ? a.border : b.border)) return a.own ? a.border : b.border
    return resolveConflict(a.border, b.border)
  }
  for (const [r, row] of rows.entries()) {
    for (const [c, cell] of row.entries()) {
      const edge = edges[r]?.[c]
      if (!edge) continue
      const next = row[c + 1]
      edge.left ??= c === 0 ? decide(wish(cell, 'left', table, cell.from === 0), undefined) : undefined
      edge.right = decide(wish(cell, 'right', table, cell.to >= columns), next && wish(next, 'left', table, false))
      const nextEdge = edges[r]?.[c + 1]
      if (nextEdge) nextEdge.left = edge.right
      if (r === 0) edge.top = decide(wish(cell, 'top', table, true), undefined)
      const below = rows[r + 1]
      const under = below?.filter((b) => b.from < cell.to && b.to > cell.from) ?? []
      const mine = wish(cell, 'bottom', table, below === undefined || under.length === 0)
      if (under.length > 0 && under.every((b) => b.continues)) {
        edge.bottom = undefined
        continue
      }
      let bottom: Border | undefined = under.length === 0 ? decide(mine, undefined) : undefined
      for (const b of under) bottom = resolveConflict(bottom, decide(mine, wish(b, 'top', table, false)))
      edge.bottom = bottom
      for (const b of under) {
        const underEdge = edges[r + 1]?.[below?.indexOf(b) ?? -1]
        if (underEdge && !b.continues) underEdge.top = resolveConflict(underEdge.top, decide(mine, wish(b, 'top', table, false)))
      }
    }
  }
  return edges
}
