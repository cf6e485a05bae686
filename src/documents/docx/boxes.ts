import type { CellEdges } from './borders.ts'
import type { Line } from './lines.ts'
import type { Borders } from './model.ts'

/** What blocks become when their width is known: things with a height, which pages are filled with. Lengths in points. */
export type Box = ParagraphBox | TableBox

export interface ParagraphBox {
  kind: 'paragraph'
  lines: Line[]
  before: number
  after: number
  /** Nothing of the paragraph has been placed yet. */
  whole: boolean
  keepNext: boolean
  keepLines: boolean
  widowControl: boolean
  breakBefore: boolean
  style: string
  contextual: boolean
  /** Edges of the paragraph's ground and borders, from the left of the text area. */
  left: number
  right: number
  shading?: string
  borders?: Borders
  /** Room that its own top and bottom borders take. */
  borderTop: number
  borderBottom: number
}

export interface CellBox {
  x: number
  width: number
  /** Rows that the cell covers, from its own on. */
  rows: number
  /** Goes on from the row above: its content is there. */
  continues: boolean
  margins: { top: number; left: number; bottom: number; right: number }
  edges: CellEdges
  shading?: string
  vAlign: 'top' | 'center' | 'bottom'
  content: Box[]
}

export interface RowBox {
  cells: CellBox[]
  /** Least height of what is still to come of the row; exact rows never grow. */
  least: number
  exact: boolean
  cantSplit: boolean
  header: boolean
  keepNext: boolean
  /** Height of the thickest top border, and of the bottom one for a last row. */
  top: number
  bottom: number
}

export interface TableBox {
  kind: 'table'
  x: number
  width: number
  rows: RowBox[]
  /** Rows repeated on every page. */
  headers: RowBox[]
  /** The table began on an earlier page. */
  continued: boolean
}

/** A box, or a part of one, with its place. `y` runs down from the top of the area it is in. */
export type Placed =
  | {
      kind: 'paragraph'
      box: ParagraphBox
      lines: Line[]
      y: number
      height: number
      first: boolean
      last: boolean
      joinsAbove: boolean
      joinsBelow: boolean
    }
  | { kind: 'table'; box: TableBox; y: number; height: number; rows: PlacedRow[] }

export interface PlacedRow {
  box: RowBox
  y: number
  height: number
  cells: { box: CellBox; height: number; content: Placed[]; contentY: number }[]
}
