import type { Box, ParagraphBox, Placed } from './boxes.ts'
import { isVisible, thickness } from './borders.ts'
import { sameFrame } from './layout.ts'
import type { Line } from './lines.ts'
import { takeTable } from './flow-table.ts'

/** An area to be filled: a page's body, a header, a cell. Lengths in points. */
export interface Area {
  height: number
  /** The area follows an automatic page break, which swallows the space above its first paragraph. */
  broken: boolean
  /** Space between paragraphs adds up rather than collapses. */
  addSpacing: boolean
  /** A table cell: lines are not held together there when a row is split. */
  cell: boolean
  /** Something must be placed, even if it does not fit: the area is as large as any will be. */
  force: boolean
}

export interface Taken {
  placed: Placed[]
  /** Height used, with the space after the last paragraph. */
  used: number
  rest: Box[]
  /** The area was ended by a break that the author set. */
  ended?: 'page' | 'column'
}

const TOLERANCE = 0.05

const linesHeight = (lines: Line[]) => lines.reduce((sum, line) => sum + line.height, 0)

/** Fills an area with boxes from the first on, as many as fit; the rest is for the next area. */
export function take(boxes: Box[], area: Area): Taken {
  const placed: Placed[] = []
  const taken = (rest: Box[], used: number, ended?: Taken['ended']): Taken => ({ placed, used, rest, ...(ended && { ended }) })
  let y = 0
  let after = 0
  for (let i = 0; i < boxes.length; i++) {
    const box = boxes[i]
    if (!box) break
    const previous = boxes[i - 1]
    const first = placed.length === 0
    if (box.kind === 'table') {
      const top = y + after
      const result = takeTable(box, { ...area, height: area.height - top, force: area.force && first })
      if (!result) return retreat(boxes, i, placed, y + after)
      placed.push({ kind: 'table', box, y: top, height: result.height, rows: result.rows })
      y = top + result.height
      after = 0
      if (result.rest) return taken([result.rest, ...boxes.slice(i + 1)], y)
      continue
    }
    if (box.breakBefore && box.whole && !first) {
      boxes = [...boxes.slice(0, i), { ...box, breakBefore: false }, ...boxes.slice(i + 1)]
      return taken(boxes.slice(i), y + after, 'page')
    }
    const joinsAbove = previous?.kind === 'paragraph' && !first && sameFrame(previous, box)
    const next = boxes[i + 1]
    const joinsBelow = next?.kind === 'paragraph' && sameFrame(box, next)
    const gap = first ? (area.broken || !box.whole ? 0 : box.before) : spaceBetween(previous, box, after, area.addSpacing)
    const frameTop = box.whole ? (joinsAbove ? betweenSpace(box) : box.borderTop) : 0
    const frameBottom = joinsBelow ? 0 : box.borderBottom
    const top = y + gap
    const room = area.height - top - frameTop
    const count = fittingLines(box, room, frameBottom, area.force && first, area.cell)
    if (count === 0) return retreat(boxes, i, placed, y + after)
    const whole = count === box.lines.length
    const lines = whole ? box.lines : box.lines.slice(0, count)
    const height = frameTop + linesHeight(lines) + (whole ? frameBottom : 0)
    placed.push({ kind: 'paragraph', box, lines, y: top, height, first: box.whole, last: whole, joinsAbove, joinsBelow })
    y = top + height
    after = whole ? box.after : 0
    const rest = whole ? [] : [{ ...box, lines: box.lines.slice(count), whole: false }]
    const ended = lines.at(-1)?.end
    if (!whole || ended) return taken([...rest, ...boxes.slice(i + 1)], y + after, ended)
  }
  return taken([], y + after)
}

/**
 * Ends an area before box `i`, which does not fit. Paragraphs that must stay with it go along, unless nothing would be left.
 */
function retreat(boxes: Box[], i: number, placed: Placed[], used: number): Taken {
  let keep = placed.length
  let from = i
  while (keep > 0) {
    const last = placed[keep - 1]
    if (last?.kind !== 'paragraph' || !last.box.keepNext || !last.first || !last.last) break
    keep--
    from--
  }
  if (keep === 0) {
    keep = placed.length
    from = i
  }
  return { placed: placed.slice(0, keep), used, rest: boxes.slice(from) }
}

function spaceBetween(previous: Box | undefined, box: ParagraphBox, after: number, add: boolean): number {
  const same = previous?.kind === 'paragraph' && previous.style === box.style
  const above = same && previous.contextual ? 0 : after
  const below = !box.whole || (same && box.contextual) ? 0 : box.before
  return add ? above + below : Math.max(above, below)
}

function betweenSpace(box: ParagraphBox): number {
  const between = box.borders?.between
  return isVisible(between) ? thickness(between) + between.space * 2 : 0
}

/** How many lines fit, with regard for widows, orphans and lines kept together (17.3.1.14, 17.3.1.15, 17.3.1.44). */
function fittingLines(box: ParagraphBox, room: number, bottom: number, force: boolean, cell: boolean): number {
  const { lines } = box
  let count = 0
  let height = 0
  for (const line of lines) {
    height += line.height
    // A line with nothing but a break takes no room at the foot of a page.
    const hollow = line.end !== undefined && line.pieces.length === 0
    const end = count === lines.length - 1 ? bottom : 0
    if (height + end > room + TOLERANCE && !hollow) break
    count++
    if (line.end) return count
  }
  if (count === lines.length) return count
  if (box.keepLines && box.whole) count = 0
  else if (box.widowControl && !cell) {
    if (lines.length - count < 2 && !lines.some((l) => l.end)) count = lines.length - 2
    if (count < 2 && box.whole) count = 0
  }
  if (count <= 0) count = 0
  if (count > 0 || !force) return count
  return forcedLines(box, room)
}

/** On an empty page rules give way: as many lines as fit, and at least one. */
function forcedLines({ lines }: ParagraphBox, room: number): number {
  let count = 1
  let height = lines[0]?.height ?? 0
  while (count < lines.length) {
    height += lines[count]?.height ?? 0
    if (height > room + TOLERANCE) break
    count++
  }
  return count
}
