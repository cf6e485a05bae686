import { pdfNumber } from '../fonts.ts'
import { isVisible } from './borders.ts'
import type { Border } from './model.ts'

/** A straight border on the page: from (x1, y1) to (x2, y2), horizontal or vertical, in PDF coordinates. */
export interface Rule {
  border: Border
  x1: number
  y1: number
  x2: number
  y2: number
}

const DASHES: Record<string, number[]> = {
  dashed: [3, 3],
  dashSmallGap: [3, 1],
  dotted: [1, 1],
  dotDash: [3, 1, 1, 1],
  dotDotDash: [3, 1, 1, 1, 1, 1],
}

export const rgb = (hex: string) => [0, 2, 4].map((i) => pdfNumber(Number.parseInt(hex.slice(i, i + 2), 16) / 255)).join(' ')

const round = (n: number) => Math.round(n * 100) / 100

/** Joins borders that continue one another, so that a table's grid is a few long lines and dashes run through. */
export function joinRules(rules: Rule[]): Rule[] {
  const lanes = new Map<string, Rule[]>()
  for (const rule of rules) {
    if (!isVisible(rule.border)) continue
    const { style, width, color } = rule.border
    const vertical = rule.x1 === rule.x2
    const key = `${style} ${width} ${color} ${vertical ? 'v' : 'h'} ${round(vertical ? rule.x1 : rule.y1)}`
    const lane = lanes.get(key)
    if (lane) lane.push(rule)
    else lanes.set(key, [rule])
  }
  const joined: Rule[] = []
  for (const lane of lanes.values()) {
    const vertical = lane[0]?.x1 === lane[0]?.x2
    const start = (r: Rule) => (vertical ? Math.min(r.y1, r.y2) : r.x1)
    const end = (r: Rule) => (vertical ? Math.max(r.y1, r.y2) : r.x2)
    lane.sort((a, b) => start(a) - start(b))
    let current: Rule | undefined
    for (const rule of lane) {
      if (current && start(rule) <= end(current) + 0.05) {
        const to = Math.max(end(current), end(rule))
        if (vertical) current.y2 = to
        else current.x2 = to
      } else {
        current = vertical ? { ...rule, y1: start(rule), y2: end(rule) } : { ...rule }
        joined.push(current)
      }
    }
  }
  return joined
}

/** The operators that stroke a border (17.18.2 ST_Border); art borders are drawn as plain lines. */
export function drawRule({ border, x1, y1, x2, y2 }: Rule): string {
  const { style, color } = border
  const vertical = x1 === x2
  const width = style === 'thick' ? border.width * 1.5 : border.width
  const dash = DASHES[style]
  const pattern = dash ? `[${dash.map((d) => pdfNumber(d * Math.max(0.75, width))).join(' ')}] 0 d` : '[] 0 d'
  const stroke = (offset: number, thickness: number, extend: number) => {
    const [dx, dy] = vertical ? [offset, 0] : [0, offset]
    const [ex, ey] = vertical ? [0, extend] : [extend, 0]
    const [from, to] = [`${pdfNumber(x1 + dx - ex)} ${pdfNumber(y1 + dy - ey)}`, `${pdfNumber(x2 + dx + ex)} ${pdfNumber(y2 + dy + ey)}`]
    return `${pdfNumber(thickness)} w ${from} m ${to} l S`
  }
  // Half a width longer at both ends, so that corners are square.
  const strokes =
    style === 'double'
      ? [stroke(-width, width, width / 2), stroke(width, width, width / 2)]
      : style === 'triple'
        ? [-2 * width, 0, 2 * width].map((offset) => stroke(offset, width, width))
        : [stroke(0, width, dash ? 0 : width / 2)]
  return `${rgb(color)} RG ${pattern} ${strokes.join(' ')}`
}
