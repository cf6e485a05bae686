// Charts as plain shapes: the same ones become SVG and are drawn into the PDF. Pure: numbers in, shapes out.
import { escapeHtml } from '../../http/html.ts'

export type ChartType = 'bar' | 'line' | 'pie' | 'area'

export interface Chart {
  type: ChartType
  /** What stands on the x axis, or what a slice is called. */
  labels: readonly string[]
  values: readonly number[]
  /** `#rrggbb` */
  colors?: readonly string[] | undefined
  /** Of the y axis. */
  title: string
}

export type Point = readonly [x: number, y: number]
/** y goes down, as in SVG; sizes in points. */
export type Shape =
  | { kind: 'polygon'; points: readonly Point[]; fill: string; opacity?: number }
  | { kind: 'line'; points: readonly Point[]; stroke: string; width: number }
  | { kind: 'text'; at: Point; text: string; size: number; anchor: 'start' | 'middle' | 'end' }

const COLORS = ['#2563eb', '#059669', '#d97706', '#dc2626', '#7c3aed', '#0891b2', '#be185d', '#4d7c0f', '#475569', '#a16207'] as const
const INK = '#334155'
const RULE = '#cbd5e1'
const EMPTY = 'Нет данных'
/** More than these are not told apart: the rest is summed up (a pie) or left out (an axis), which the title says. */
const MAX_SLICES = 10
const MAX_BARS = 40
const MAX_POINTS = 500
/** Beyond these the dots of a line are the line. */
const MAX_DOTS = 60
/** Under so many points of an axis there may be a name, which has so many letters of it. */
const MAX_NAMES = 20
const MAX_LETTERS = 24
/** How wide a letter of a name is, about. */
const LETTER = 4.2

const colorAt = (colors: readonly string[] | undefined, i: number): string => {
  const chosen = colors?.length ? colors : COLORS
  return chosen[i % chosen.length] ?? COLORS[0]
}

const short = (text: string, most: number): string => {
  const letters = Array.from(text)
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join('')}…`
}

const grouped = new Intl.NumberFormat('ru-RU', { maximumFractionDigits: 4 })
/** 1 250 000 with a plain space: every font has one. */
export const numberLabel = (value: number): string => grouped.format(value).replaceAll(/[\u00a0\u202f]/g, ' ')

/** Steps of 1, 2 or 5 and zeros, so that about five of them cover the values. */
export function ticksOf(least: number, most: number): number[] {
  const [low, high] = [Math.min(0, least), Math.max(0, most)]
  const span = high - low
  if (!(span > 0) || !Number.isFinite(span)) return [0, 1]
  const rough = span / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5, 10].find((n) => n * power >= rough) ?? 10)
  const from = Math.floor(low / step)
  const to = Math.ceil(high / step)
  return Array.from({ length: to - from + 1 }, (_, i) => (from + i) * step)
}

/** The chart as shapes within `width` × `height`. */
export function shapesOf(chart: Chart, width: number, height: number): Shape[] {
  return chart.type === 'pie' ? pie(chart, width, height) : axes(chart, width, height)
}

function axes({ type, labels, values, colors, title }: Chart, width: number, height: number): Shape[] {
  const most = type === 'bar' ? MAX_BARS : MAX_POINTS
  const shown = values.slice(0, most)
  const part = values.length > most ? ` (первые ${most} из ${values.length})` : ''
  const ticks = ticksOf(Math.min(0, ...shown), Math.max(0, ...shown))
  const [low = 0, high = 1] = [ticks[0], ticks.at(-1)]
  const left = 12 + Math.max(...ticks.map((t) => numberLabel(t).length)) * 4.4
  const [top, bottom, right] = [24, height - 46, width - 8]
  const yOf = (value: number) => bottom - ((value - low) / (high - low)) * (bottom - top)
  const slot = (right - left) / Math.max(1, shown.length)
  const xOf = (i: number) => left + slot * (i + 0.5)
  const frame: Shape[] = [
    { kind: 'text', at: [left, 12], text: `${short(title, 70)}${part}`, size: 9, anchor: 'start' },
    ...ticks.flatMap((tick): Shape[] => [
      {
        kind: 'line',
        points: [
          [left, yOf(tick)],
          [right, yOf(tick)],
        ],
        stroke: tick === 0 ? INK : RULE,
        width: tick === 0 ? 0.8 : 0.4,
      },
      { kind: 'text', at: [left - 4, yOf(tick) + 2.5], text: numberLabel(tick), size: 7, anchor: 'end' },
    ]),
  ]
  // Names stand on two lines by turns. Where they would run into each other only every so many of them are told, and those nearly whole: «Категория …» names none.
  const longest = Math.max(0, ...labels.slice(0, shown.length).map((label) => Math.min(Array.from(label).length, MAX_LETTERS)))
  const crowded = Math.ceil((longest * LETTER) / (2 * slot))
  const every = Math.max(1, Math.ceil(shown.length / MAX_NAMES), Math.min(crowded, Math.ceil(shown.length / 4)))
  const half = slot * every
  const names = shown.flatMap((_, i): Shape[] => {
    if (i % every !== 0) return []
    const x = xOf(i)
    const y = bottom + 12 + (Math.floor(i / every) % 2) * 12
    const text = short(labels[i] ?? '', Math.max(3, Math.floor((Math.min(half, x, width - x) + half) / LETTER)))
    const reach = (Array.from(text).length * LETTER) / 2
    const name = { kind: 'text', text, size: 7 } as const
    // What would run over the edge stands at it.
    if (reach > x) return [{ ...name, at: [1, y], anchor: 'start' }]
    return [reach > width - x ? { ...name, at: [width - 1, y], anchor: 'end' } : { ...name, at: [x, y], anchor: 'middle' }]
  })
  if (shown.length === 0)
    return [...frame, { kind: 'text', at: [(left + right) / 2, (top + bottom) / 2], text: EMPTY, size: 10, anchor: 'middle' }]
  return [...frame, ...marks(type, shown, colors, { xOf, yOf, slot }), ...names]
}

interface Scale {
  xOf: (i: number) => number
  yOf: (value: number) => number
  slot: number
}

function marks(type: ChartType, values: readonly number[], colors: readonly string[] | undefined, { xOf, yOf, slot }: Scale): Shape[] {
  if (type === 'bar') {
    const half = Math.min(slot * 0.35, 40)
    return values.map((value, i): Shape => {
      const [a, b] = [yOf(Math.max(0, value)), yOf(Math.min(0, value))]
      const x = xOf(i)
      return {
        kind: 'polygon',
        points: [
          [x - half, a],
          [x + half, a],
          [x + half, b],
          [x - half, b],
        ],
        fill: colorAt(colors, colors?.length ? i : 0),
      }
    })
  }
  const points = values.map((value, i): Point => [xOf(i), yOf(value)])
  const stroke = colorAt(colors, 0)
  const [first, last] = [points[0], points.at(-1)]
  const area: Shape[] =
    type === 'area' && first && last
      ? [{ kind: 'polygon', points: [[first[0], yOf(0)], ...points, [last[0], yOf(0)]], fill: stroke, opacity: 0.25 }]
      : []
  const dots = (points.length > MAX_DOTS ? [] : points).map(([x, y]): Shape => ({
    kind: 'polygon',
    points: circle(x, y, 2.2),
    fill: stroke,
  }))
  return [...area, { kind: 'line', points, stroke, width: 1.6 }, ...dots]
}

const circle = (x: number, y: number, r: number): Point[] =>
  Array.from({ length: 12 }, (_, i): Point => [x + r * Math.cos((i * Math.PI) / 6), y + r * Math.sin((i * Math.PI) / 6)])

function pie({ labels, values, colors, title }: Chart, width: number, height: number): Shape[] {
  const parts = values.map((value, i) => ({ label: labels[i] ?? '', value })).filter((p) => p.value > 0)
  const negative = values.some((value) => value < 0) ? ' (без отрицательных)' : ''
  parts.sort((a, b) => b.value - a.value)
  const rest = parts.slice(MAX_SLICES - 1)
  const slices =
    parts.length > MAX_SLICES
      ? [...parts.slice(0, MAX_SLICES - 1), { label: 'Прочее', value: rest.reduce((sum, p) => sum + p.value, 0) }]
      : parts
  const total = slices.reduce((sum, p) => sum + p.value, 0)
  const heading: Shape = { kind: 'text', at: [8, 12], text: `${short(title, 70)}${negative}`, size: 9, anchor: 'start' }
  if (total === 0) return [heading, { kind: 'text', at: [width / 2, height / 2], text: EMPTY, size: 10, anchor: 'middle' }]
  const radius = Math.min(height - 40, width * 0.45) / 2
  const center: Point = [radius + 16, 24 + radius]
  let angle = -Math.PI / 2
  const shapes: Shape[] = [heading]
  for (const [i, { label, value }] of slices.entries()) {
    const turn = (value / total) * 2 * Math.PI
    const steps = Math.max(2, Math.ceil(turn / 0.05))
    const arc = Array.from({ length: steps + 1 }, (_, k): Point => [
      center[0] + radius * Math.cos(angle + (turn * k) / steps),
      center[1] + radius * Math.sin(angle + (turn * k) / steps),
    ])
    const fill = colorAt(colors, i)
    const y = 34 + i * 16
    const x = center[0] + radius + 24
    shapes.push(
      { kind: 'polygon', points: [center, ...arc], fill },
      {
        kind: 'polygon',
        points: [
          [x, y - 7],
          [x + 8, y - 7],
          [x + 8, y + 1],
          [x, y + 1],
        ],
        fill,
      },
      {
        kind: 'text',
        at: [x + 14, y],
        text: `${short(label, 36)} — ${numberLabel(value)} (${numberLabel(Math.round((value / total) * 10_000) / 100)} %)`,
        size: 8,
        anchor: 'start',
      },
    )
    angle += turn
  }
  return shapes
}

const n = (value: number) => String(Math.round(value * 100) / 100)
const path = (points: readonly Point[]) => points.map(([x, y]) => `${n(x)},${n(y)}`).join(' ')

/** The chart as SVG, without script or outside references. */
export function svgOf(chart: Chart, width = 640, height = 320): string {
  const drawn = shapesOf(chart, width, height).map((shape) => {
    switch (shape.kind) {
      case 'polygon':
        return `<polygon points="${path(shape.points)}" fill="${shape.fill}"${shape.opacity === undefined ? '' : ` fill-opacity="${shape.opacity}"`}/>`
      case 'line':
        return `<polyline points="${path(shape.points)}" fill="none" stroke="${shape.stroke}" stroke-width="${shape.width}"/>`
      case 'text':
        return `<text x="${n(shape.at[0])}" y="${n(shape.at[1])}" font-size="${shape.size}" text-anchor="${shape.anchor}" fill="${INK}">${escapeHtml(shape.text)}</text>`
    }
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="Arial, sans-serif" role="img" aria-label="${escapeHtml(chart.title)}">${drawn.join('')}</svg>`
}
