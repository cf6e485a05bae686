import type { Block, Border, Borders, Cell, Row, Side, Table, Width } from './model.ts'
import type { BlockScope } from './parse-blocks.ts'
import type { ParseContext } from './parse-context.ts'
import { integer, measure, onOff, readBorders, readMargins, readShading, readWidth } from './parse-props.ts'
import type { TableLayer } from './parse-styles.ts'
import { overlayTable } from './parse-styles.ts'
import { child, children, valueOf } from './xml.ts'
import type { XmlNode } from './xml.ts'

const MAX_DEPTH = 8
const MAX_COLUMNS = 200
const MAX_GRID = 400

type ReadBlocks = (nodes: XmlNode[], context: ParseContext, scope: BlockScope) => Block[]

interface Look {
  firstRow: boolean
  lastRow: boolean
  firstColumn: boolean
  lastColumn: boolean
  rowBands: boolean
  columnBands: boolean
}

/** Which conditional formats apply (17.4.56): attributes of Word 2010 and later, a bit mask before. */
function readLook(node: XmlNode | undefined): Look {
  const attributes = node?.attributes ?? {}
  const mask = Number.parseInt(attributes['w:val'] ?? '0', 16) || 0
  const flag = (name: string, bit: number) => {
    const value = attributes[`w:${name}`]
    return value === undefined ? (mask & bit) !== 0 : ['1', 'true', 'on'].includes(value)
  }
  return {
    firstRow: flag('firstRow', 0x20),
    lastRow: flag('lastRow', 0x40),
    firstColumn: flag('firstColumn', 0x80),
    lastColumn: flag('lastColumn', 0x100),
    rowBands: !flag('noHBand', 0x200),
    columnBands: !flag('noVBand', 0x400),
  }
}

/** Rows or cells, also those inside content controls and accepted insertions. */
function unwrapped(node: XmlNode, name: string): XmlNode[] {
  return node.children.flatMap((c) => {
    if (c.name === name) return [c]
    if (c.name === 'w:sdt') return unwrapped(child(c, 'w:sdtContent') ?? c, name)
    return c.name === 'w:ins' || c.name === 'w:customXml' ? unwrapped(c, name) : []
  })
}

interface Place {
  row: number
  rows: number
  column: number
  columns: number
}

/** Conditional formats for a place, weakest first (17.7.6). */
function placesOf(look: Look, at: Place, bandRows: number, bandColumns: number): string[] {
  const names = []
  const [first, last] = [look.firstRow && at.row === 0, look.lastRow && at.row === at.rows - 1 && at.rows > 1]
  const [left, right] = [look.firstColumn && at.column === 0, look.lastColumn && at.column === at.columns - 1 && at.columns > 1]
  const band = (index: number, skipped: boolean, size: number) => (Math.floor((index - (skipped ? 1 : 0)) / size) % 2) + 1
  if (look.columnBands && !left && !right) names.push(`band${band(at.column, look.firstColumn, bandColumns)}Vert`)
  if (look.rowBands && !first && !last) names.push(`band${band(at.row, look.firstRow, bandRows)}Horz`)
  if (first) names.push('firstRow')
  if (last) names.push('lastRow')
  if (left) names.push('firstCol')
  if (right) names.push('lastCol')
  if (first && right) names.push('neCell')
  if (first && left) names.push('nwCell')
  if (last && right) names.push('seCell')
  if (last && left) names.push('swCell')
  return names
}

/** Borders of a conditional format frame its whole region: inner edges take the inside borders. */
function regionBorders(borders: Borders, name: string, at: Place): Borders {
  const rowWise = /Row|Horz/.test(name)
  const columnWise = /Col|Vert/.test(name)
  const edge = (side: Side, outer: boolean, inside: Border | undefined) => (outer ? borders[side] : (inside ?? undefined))
  const out: Borders = {}
  const [firstColumn, lastColumn] = [at.column === 0, at.column === at.columns - 1]
  const [firstRow, lastRow] = [at.row === 0, at.row === at.rows - 1]
  const top = edge('top', rowWise || !columnWise || firstRow, borders.insideH)
  const bottom = edge('bottom', rowWise || !columnWise || lastRow, borders.insideH)
  const left = edge('left', columnWise || !rowWise || firstColumn, borders.insideV)
  const right = edge('right', columnWise || !rowWise || lastColumn, borders.insideV)
  if (top) out.top = top
  if (bottom) out.bottom = bottom
  if (left) out.left = left
  if (right) out.right = right
  return out
}

/**
 * Reads a table (17.4).
 * @returns undefined when it has no rows
 */
export function readTable(node: XmlNode, context: ParseContext, scope: BlockScope, readBlocks: ReadBlocks): Table | undefined {
  if (scope.depth >= MAX_DEPTH) {
    context.warnings.add('Tables nested more than eight deep are left out.')
    return undefined
  }
  const properties = child(node, 'w:tblPr')
  if (child(properties, 'w:tblpPr')) context.warnings.add('Floating tables are drawn in the text, at the place of their anchor.')
  if (onOff(properties, 'w:bidiVisual')) context.warnings.add('Right-to-left tables are drawn from left to right.')
  const styleId = valueOf(properties, 'w:tblStyle')
  const style = context.styles.chain(styleId, 'table')
  const whole = context.styles.tableLayer(styleId, 'wholeTable')
  const look = readLook(child(properties, 'w:tblLook'))
  const bandRows = style.findLast((s) => s.bandRows !== undefined)?.bandRows ?? 1
  const bandColumns = style.findLast((s) => s.bandColumns !== undefined)?.bandColumns ?? 1
  const rowNodes = unwrapped(node, 'w:tr').map((row) => ({ row, cells: unwrapped(row, 'w:tc').slice(0, MAX_COLUMNS) }))
  const rows: Row[] = []
  for (const [index, { row, cells }] of rowNodes.entries()) {
    const read: Cell[] = []
    for (const [column, cell] of cells.entries()) {
      const at = { row: index, rows: rowNodes.length, column, columns: cells.length }
      const places = placesOf(look, at, bandRows, bandColumns)
      const layers = places.flatMap((name) => context.styles.tableLayer(styleId, name) ?? [])
      const layer = [...(whole ? [whole] : []), ...layers].reduce<TableLayer | undefined>((a, b) => (a ? overlayTable(a, b) : b), undefined)
      const styleBorders: Borders = { ...regionBorders(whole?.cellBorders ?? {}, '', at) }
      for (const name of places)
        Object.assign(styleBorders, regionBorders(context.styles.tableLayer(styleId, name)?.cellBorders ?? {}, name, at))
      const inner: BlockScope = { depth: scope.depth + 1, ...(layer && { table: layer }) }
      const built = readCell(cell, context, layer, styleBorders, () => readBlocks(cell.children, context, inner))
      const previous = read.at(-1)
      // The old way of joining cells sideways.
      if (valueOf(child(cell, 'w:tcPr'), 'w:hMerge') === 'continue' && previous) previous.span += built.span
      else read.push(built)
    }
    if (read.length > 0) rows.push(readRow(row, read))
  }
  if (rows.length === 0) return undefined
  const margins = { top: 0, left: 5.4, bottom: 0, right: 5.4, ...whole?.margins, ...readMargins(child(properties, 'w:tblCellMar')) }
  const align = valueOf(properties, 'w:jc') ?? whole?.align
  return {
    kind: 'table',
    grid: children(child(node, 'w:tblGrid'), 'w:gridCol')
      .slice(0, MAX_GRID)
      .map((c) => Math.max(0, measure(c.attributes['w:w']) ?? 0)),
    width: readWidth(child(properties, 'w:tblW')) ?? { type: 'auto', value: 0 },
    fixed: child(properties, 'w:tblLayout')?.attributes['w:type'] === 'fixed',
    align: align === 'center' ? 'center' : align === 'right' || align === 'end' ? 'right' : 'left',
    indent: indentOf(child(properties, 'w:tblInd')) ?? whole?.indent?.value ?? 0,
    borders: { ...whole?.borders, ...readBorders(child(properties, 'w:tblBorders')) },
    margins,
    rows,
  }
}

/** May be negative, unlike other widths. */
const indentOf = (node: XmlNode | undefined) =>
  node === undefined || node.attributes['w:type'] === 'pct' ? undefined : measure(node.attributes['w:w'])

function readRow(node: XmlNode, cells: Cell[]): Row {
  const properties = child(node, 'w:trPr')
  const height = child(properties, 'w:trHeight')?.attributes
  const value = Math.max(0, measure(height?.['w:val']) ?? 0)
  const row: Row = {
    cells,
    before: integer(valueOf(properties, 'w:gridBefore'), 0, MAX_COLUMNS) ?? 0,
    after: integer(valueOf(properties, 'w:gridAfter'), 0, MAX_COLUMNS) ?? 0,
    cantSplit: onOff(properties, 'w:cantSplit') ?? false,
    header: onOff(properties, 'w:tblHeader') ?? false,
  }
  if (value > 0 && height?.['w:hRule'] !== 'auto') row.height = { rule: height?.['w:hRule'] === 'exact' ? 'exact' : 'atLeast', value }
  return row
}

function readCell(node: XmlNode, context: ParseContext, layer: TableLayer | undefined, styleBorders: Borders, blocks: () => Block[]): Cell {
  const properties = child(node, 'w:tcPr')
  const merge = child(properties, 'w:vMerge')
  const vAlign = valueOf(properties, 'w:vAlign') ?? layer?.vAlign
  const width: Width | undefined = readWidth(child(properties, 'w:tcW'))
  const direction = valueOf(properties, 'w:textDirection')
  if (direction !== undefined && direction !== 'lrTb') context.warnings.add('Vertical text in table cells is drawn horizontally.')
  const shading = readShading(properties) ?? layer?.shading
  const cell: Cell = {
    span: integer(valueOf(properties, 'w:gridSpan'), 1, MAX_COLUMNS) ?? 1,
    borders: readBorders(child(properties, 'w:tcBorders')),
    styleBorders,
    margins: { ...layer?.cellMargins, ...readMargins(child(properties, 'w:tcMar')) },
    vAlign: vAlign === 'center' || vAlign === 'bottom' ? vAlign : 'top',
    blocks: blocks(),
  }
  if (merge) cell.merge = merge.attributes['w:val'] === 'restart' ? 'restart' : 'continue'
  if (width) cell.width = width
  if (shading !== undefined) cell.shading = shading
  return cell
}
