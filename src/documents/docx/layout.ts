import type { PageNumbers } from './atoms.ts'
import { makeAtoms } from './atoms.ts'
import type { Atom } from './atoms.ts'
import { resolveEdges, thickness } from './borders.ts'
import type { Box, CellBox, ParagraphBox, RowBox, TableBox } from './boxes.ts'
import { columnWidths } from './grid.ts'
import { fillLines } from './lines.ts'
import type { LineSettings } from './lines.ts'
import type { Looks } from './looks.ts'
import type { Block, Borders, DocumentModel, Paragraph, Table } from './model.ts'

/** What the layout of one area needs besides the blocks. */
export interface LayoutContext {
  model: DocumentModel
  looks: Looks
  numbers: PageNumbers
  /** Width of the area, in points. */
  width: number
  /** Height that no picture may exceed. */
  height: number
  /** Widest that a table may be. */
  widest: number
}

/** Gives blocks their lines and rows for an area of known width. */
export function layoutBlocks(blocks: Block[], context: LayoutContext): Box[] {
  const boxes: Box[] = blocks.map((block) => (block.kind === 'paragraph' ? layoutParagraph(block, context) : layoutTable(block, context)))
  return boxes
}

function layoutParagraph(paragraph: Paragraph, context: LayoutContext): ParagraphBox {
  const { props } = paragraph
  const { model, looks, width } = context
  const left = props.left ?? 0
  const right = Math.min(props.right ?? 0, Math.max(0, width - 12))
  const settings: LineSettings = {
    width,
    left,
    right,
    first: props.first ?? 0,
    tabs: props.tabs ?? [],
    defaultTab: model.defaultTab,
    align: props.align ?? 'left',
    line: props.line ?? 1,
    lineRule: props.lineRule ?? 'auto',
    mark: looks.look(paragraph.mark),
    expandShiftReturn: model.expandShiftReturn,
  }
  const atoms = makeAtoms(paragraph.inlines, looks, context.numbers)
  for (const atom of atoms) fitPicture(atom, context)
  if (paragraph.label) {
    const label = makeAtoms(paragraph.label.inlines, looks, context.numbers)
    const labelWidth = label.reduce((sum, a) => sum + (a.kind === 'text' && !a.space ? a.width : 0), 0)
    // The number may end, or have its middle, where the first line starts.
    if (paragraph.label.align === 'right') settings.first -= labelWidth
    if (paragraph.label.align === 'center') settings.first -= labelWidth / 2
    atoms.unshift(...label)
  }
  const borders = props.borders
  const border = (side: 'top' | 'bottom') => (borders?.[side] ? thickness(borders[side]) + (borders[side]?.space ?? 0) : 0)
  const box: ParagraphBox = {
    kind: 'paragraph',
    lines: fillLines(atoms, settings),
    before: props.before ?? 0,
    after: props.after ?? 0,
    whole: true,
    keepNext: props.keepNext ?? false,
    keepLines: props.keepLines ?? false,
    widowControl: props.widowControl ?? true,
    breakBefore: props.pageBreakBefore ?? false,
    style: props.style ?? '',
    contextual: props.contextualSpacing ?? false,
    left: Math.min(left, left + (props.first ?? 0)),
    right: width - right,
    borderTop: border('top'),
    borderBottom: border('bottom'),
  }
  if (borders) box.borders = borders
  if (props.shading !== undefined && props.shading !== 'none') box.shading = props.shading
  return box
}

/** A picture larger than its area is made smaller: it would otherwise be cut, or push a page for ever. */
function fitPicture(atom: Atom, context: LayoutContext) {
  if (atom.kind !== 'picture') return
  const factor = Math.min(1, (context.width * 1.02) / Math.max(1, atom.width), (context.height * 0.98) / Math.max(1, atom.height))
  atom.width *= factor
  atom.height *= factor
}

function layoutTable(table: Table, context: LayoutContext): TableBox {
  const { model } = context
  const widths = columnWidths(table, context.width, context.widest)
  const offsets = [0]
  for (const width of widths) offsets.push((offsets.at(-1) ?? 0) + width)
  const columns = widths.length
  const at = (index: number) => offsets[Math.min(index, columns)] ?? 0
  const width = at(columns)
  const spans = table.rows.map((row) => {
    let from = row.before
    return row.cells.map((cell) => {
      const to = from + cell.span
      const placed = { from, to, borders: cell.borders, styleBorders: cell.styleBorders, continues: cell.merge === 'continue' }
      from = to
      return placed
    })
  })
  for (const [r, row] of spans.entries()) {
    for (const cell of row)
      if (cell.continues && !spans[r - 1]?.some((c) => c.from === cell.from && c.to === cell.to)) cell.continues = false
  }
  const edges = resolveEdges(spans, table.borders)
  const rows = table.rows.map((row, r): RowBox => {
    const cells = row.cells.flatMap((cell, c): CellBox[] => {
      const span = spans[r]?.[c]
      const edge = edges[r]?.[c]
      if (!span || !edge) return []
      const x = at(span.from)
      const cellWidth = at(span.to) - x
      const margins = { ...table.margins, ...cell.margins }
      // Margins wider than the cell leave the text a few points all the same.
      const squeeze = Math.min(1, Math.max(0, cellWidth - 4) / Math.max(0.01, margins.left + margins.right))
      margins.left *= squeeze
      margins.right *= squeeze
      let covered = 1
      // The line under a merged cell is that of the last of its rows.
      let { bottom } = edge
      for (;;) {
        const below = spans[r + covered]?.findIndex((s) => s.continues && s.from === span.from && s.to === span.to) ?? -1
        if (below < 0) break
        bottom = edges[r + covered]?.[below]?.bottom
        covered++
      }
      const inner = { ...context, width: Math.max(4, cellWidth - margins.left - margins.right), widest: Math.max(8, cellWidth) }
      const content = span.continues ? [] : layoutBlocks(cell.blocks, inner)
      const box: CellBox = {
        x,
        width: cellWidth,
        rows: span.continues ? 1 : covered,
        continues: span.continues,
        margins,
        edges: { ...edge, bottom },
        vAlign: cell.vAlign,
        content,
      }
      if (cell.shading !== undefined && cell.shading !== 'none') box.shading = cell.shading
      return [box]
    })
    const last = r === table.rows.length - 1
    return {
      cells,
      least: row.height?.value ?? 0,
      exact: row.height?.rule === 'exact',
      cantSplit: row.cantSplit,
      header: row.header,
      keepNext: cells.some((cell) => cell.content[0]?.kind === 'paragraph' && cell.content[0].keepNext),
      top: Math.max(0, ...cells.map((cell) => thickness(cell.edges.top))),
      bottom: last ? Math.max(0, ...cells.map((cell) => thickness(cell.edges.bottom))) : 0,
    }
  })
  const headers = rows.slice(0, rows.findIndex((row) => !row.header) < 0 ? 0 : rows.findIndex((row) => !row.header))
  return { kind: 'table', x: tableX(table, width, context, model.compatibility), width, rows, headers, continued: false }
}

function tableX(table: Table, width: number, context: LayoutContext, compatibility: number): number {
  if (table.align === 'center') return (context.width - width) / 2
  if (table.align === 'right') return context.width - width
  // Before Word 2013 the text of the first column, not its border, stood at the margin.
  const outdent = compatibility < 15 ? (table.rows[0]?.cells[0]?.margins.left ?? table.margins.left) : 0
  return Math.max(table.indent - outdent, -200)
}

/** Whether two paragraphs share one frame: the same borders and the same edges (17.3.1.24). */
export function sameFrame(a: ParagraphBox, b: ParagraphBox): boolean {
  const text = (borders: Borders | undefined) => JSON.stringify(borders ?? {})
  return a.borders !== undefined && a.left === b.left && a.right === b.right && text(a.borders) === text(b.borders)
}
