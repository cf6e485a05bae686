import { describe, expect, it } from 'vitest'
import type { PlacedCell } from '../../src/documents/docx/borders.ts'
import { resolveConflict, resolveEdges } from '../../src/documents/docx/borders.ts'
import { columnWidths } from '../../src/documents/docx/grid.ts'
import type { Border, Borders, Cell, Row, Width } from '../../src/documents/docx/model.ts'

const border = (style = 'single', width = 0.5, color = '000000'): Border => ({ style, width, color, space: 0 })

describe('resolveConflict', () => {
  const thin = border()
  const thick = border('single', 2)
  const double = border('double', 0.5)
  const pale = border('single', 0.5, 'CCCCCC')
  const none = border('nil')
  it.each([
    ['a visible one beats none', none, thin, thin],
    ['a visible one beats nothing', undefined, thin, thin],
    ['the wider wins', thin, thick, thick],
    ['two lines weigh more than one', thin, double, double],
    ['the darker wins', pale, thin, thin],
    ['the first wins a tie', thin, { ...thin }, thin],
  ])('%s', (_, a, b, winner) => {
    expect(resolveConflict(a, b)).toBe(winner)
  })
  it('none of two nones', () => expect(resolveConflict(none, none)).toBeUndefined())
})

const cell = (from: number, to: number, borders: Borders = {}, continues = false): PlacedCell => ({
  from,
  to,
  borders,
  styleBorders: {},
  continues,
})

describe('resolveEdges', () => {
  const all = {
    top: border('single', 2),
    left: border('single', 2),
    bottom: border('single', 2),
    right: border('single', 2),
    insideH: border(),
    insideV: border(),
  }

  it('gives outer and inner borders of the table', () => {
    const [[a, b] = [], [c] = []] = resolveEdges(
      [
        [cell(0, 1), cell(1, 2)],
        [cell(0, 1), cell(1, 2)],
      ],
      all,
    )
    expect(a).toEqual({ top: all.top, left: all.left, bottom: all.insideH, right: all.insideV })
    expect(b?.right).toBe(all.right)
    expect(c?.top).toBe(all.insideH)
    expect(c?.bottom).toBe(all.bottom)
  })

  it('lets a border set on a cell beat one from the table on a shared edge', () => {
    const red = border('single', 0.25, 'FF0000')
    const [[a, b] = []] = resolveEdges([[cell(0, 1), cell(1, 2, { left: red })]], all)
    expect([a?.right, b?.left]).toEqual([red, red])
  })

  it('shows the other border where one cell has none', () => {
    const [[a] = []] = resolveEdges([[cell(0, 1, { right: border('nil') }), cell(1, 2)]], all)
    expect(a?.right).toBe(all.insideV)
  })

  it('draws nothing where both have none', () => {
    const nil = border('nil')
    const [[a, b] = []] = resolveEdges([[cell(0, 1, { right: nil }), cell(1, 2, { left: nil })]], all)
    expect([a?.right, b?.left]).toEqual([undefined, undefined])
  })

  it('draws no line through a merged cell', () => {
    const [[a] = [], [b] = []] = resolveEdges([[cell(0, 1)], [cell(0, 1, {}, true)]], all)
    expect([a?.bottom, b?.top]).toEqual([undefined, undefined])
  })
})

const dxa = (value: number): Width => ({ type: 'dxa', value })
const grid = (spans: [number, Width?][][]): Row[] =>
  spans.map((row) => ({
    before: 0, after: 0, cantSplit: false, header: false,
    cells: row.map(([span, width]): Cell => ({ span, borders: {}, styleBorders: {}, margins: {}, vAlign: 'top', blocks: [], ...(width && { width }) })),
  })) // prettier-ignore

const AUTO: Width = { type: 'auto', value: 0 }

describe('columnWidths', () => {
  it.each<[string, number[], Width, [number, Width?][][], number[]]>([
    ['takes the grid', [100, 200], AUTO, [[[1], [1]]], [100, 200]],
    [
      'takes the cells where the grid is nominal',
      [5, 5],
      AUTO,
      [
        [
          [1, dxa(100)],
          [1, dxa(50)],
        ],
      ],
      [100, 50],
    ],
    ['shares the room where nobody says anything', [], AUTO, [[[1], [1], [1], [1]]], [100, 100, 100, 100]],
    ['scales to a percentage', [100, 100], { type: 'pct', value: 0.5 }, [[[1], [1]]], [100, 100]],
    ['divides what is left of a spanning cell', [], AUTO, [[[1, dxa(100)], [1]], [[2, dxa(300)]]], [100, 200]],
    ['never exceeds the paper', [400, 400], AUTO, [[[1], [1]]], [250, 250]],
    [
      'reads percentages of cells',
      [],
      dxa(200),
      [
        [
          [1, { type: 'pct', value: 0.25 }],
          [1, { type: 'pct', value: 0.75 }],
        ],
      ],
      [50, 150],
    ],
  ])('%s', (_, columns, width, rows, expected) => {
    const result = columnWidths({ grid: columns, width, rows: grid(rows) }, 400, 500)
    expect(result.map((w) => Math.round(w))).toEqual(expected)
  })

  it('leaves no column without width, however many there are', () => {
    const result = columnWidths({ grid: [], width: AUTO, rows: grid([Array.from({ length: 300 }, () => [1])]) }, 400, 500)
    expect(result).toHaveLength(300)
    expect(Math.min(...result)).toBeGreaterThan(0)
    expect(result.reduce((a, b) => a + b)).toBeLessThan(501)
  })
})
