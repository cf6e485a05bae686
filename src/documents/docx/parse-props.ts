import type { Align, Border, Borders, ParagraphProps, RunProps, Side, TabStop, Width } from './model.ts'
import { child, children, valueOf } from './xml.ts'
import type { XmlNode } from './xml.ts'

/** Fonts of the theme by the names runs use for them: `minorHAnsi`, `majorHAnsi` … */
export type ThemeFonts = Record<string, string>

const MAX_LENGTH = 22 * 72 * 2

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value))

const UNITS: Record<string, number> = { pt: 1, in: 72, cm: 72 / 2.54, mm: 72 / 25.4, pc: 12, pi: 12 }

/**
 * A measure: a number in the given fraction of a point, or a number with a unit (ECMA-376, ST_TwipsMeasure, ST_HpsMeasure).
 * Held within what a page can show, so that no input can make a page endless.
 */
export function measure(value: string | undefined, perPoint = 20): number | undefined {
  if (value === undefined) return undefined
  const [, number, unit] = value.match(/^\s*(-?\d+(?:\.\d+)?)\s*(pt|in|cm|mm|pc|pi)?\s*$/) ?? []
  if (number === undefined) return undefined
  const points = unit === undefined ? Number(number) / perPoint : Number(number) * (UNITS[unit] ?? 1)
  return clamp(points, -MAX_LENGTH, MAX_LENGTH)
}

/** A whole number within bounds; undefined when it is none. */
export function integer(value: string | undefined, low: number, high: number): number | undefined {
  if (value === undefined || !/^\s*-?\d{1,12}\s*$/.test(value)) return undefined
  return clamp(Number(value), low, high)
}

/** ST_OnOff: present without a value means true. */
export function onOff(node: XmlNode | undefined, name: string): boolean | undefined {
  const found = child(node, name)
  if (!found) return undefined
  const value = found.attributes['w:val']
  return value === undefined || !['0', 'false', 'off', 'none'].includes(value)
}

/** Six hexadecimal digits, or undefined for `auto` and what is no colour. */
export const hexColor = (value: string | undefined) =>
  value !== undefined && /^[0-9a-f]{6}$/i.test(value) ? value.toUpperCase() : undefined

/** Drops undefined values, so that spreading one layer over another keeps what the upper one does not say. */
export function compact<T extends object>(value: T): T {
  for (const [key, said] of Object.entries(value)) if (said === undefined) Reflect.deleteProperty(value, key)
  return value
}

const HIGHLIGHTS: Record<string, string> = {
  black: '000000',
  blue: '0000FF',
  cyan: '00FFFF',
  green: '00FF00',
  magenta: 'FF00FF',
  red: 'FF0000',
  yellow: 'FFFF00',
  white: 'FFFFFF',
  darkBlue: '000080',
  darkCyan: '008080',
  darkGreen: '008000',
  darkMagenta: '800080',
  darkRed: '800000',
  darkYellow: '808000',
  darkGray: '808080',
  lightGray: 'C0C0C0',
  none: 'none',
}

/** The ground of `w:shd`; percentages are mixed, other patterns show their fill. `none` removes what a style gave. */
export function readShading(node: XmlNode | undefined): string | undefined {
  const shading = child(node, 'w:shd')?.attributes
  if (!shading) return undefined
  const fill = hexColor(shading['w:fill'])
  const pattern = shading['w:val'] ?? 'clear'
  if (pattern === 'nil') return 'none'
  if (pattern === 'solid') return hexColor(shading['w:color']) ?? '000000'
  const percent = pattern.match(/^pct(\d+)$/)?.[1]
  if (percent === undefined) return fill ?? 'none'
  const part = clamp(Number(percent) / 100, 0, 1)
  const [ground, ink] = [fill ?? 'FFFFFF', hexColor(shading['w:color']) ?? '000000']
  return [0, 2, 4]
    .map((i) => Math.round(Number.parseInt(ground.slice(i, i + 2), 16) * (1 - part) + Number.parseInt(ink.slice(i, i + 2), 16) * part))
    .map((c) => c.toString(16).padStart(2, '0').toUpperCase())
    .join('')
}

/** Run properties said at one place (17.3.2). */
export function readRunProps(node: XmlNode | undefined, theme: ThemeFonts): RunProps {
  if (!node) return {}
  const fonts = child(node, 'w:rFonts')?.attributes ?? {}
  const font = (name: string) => theme[fonts[`w:${name}Theme`] ?? ''] ?? fonts[`w:${name}`]
  const underline = child(node, 'w:u')?.attributes
  const size = measure(valueOf(node, 'w:sz'), 2)
  const scale = valueOf(node, 'w:w')?.replace('%', '')
  const vertical = valueOf(node, 'w:vertAlign')
  const color = valueOf(node, 'w:color')
  return compact<RunProps>({
    ascii: font('ascii'),
    hAnsi: font('hAnsi'),
    size: size === undefined ? undefined : clamp(size, 1, 400),
    bold: onOff(node, 'w:b'),
    italic: onOff(node, 'w:i'),
    underline: underline && (underline['w:val'] ?? 'single'),
    underlineColor: hexColor(underline?.['w:color']),
    strike: onOff(node, 'w:strike'),
    doubleStrike: onOff(node, 'w:dstrike'),
    color: color === 'auto' ? 'auto' : hexColor(color),
    highlight: HIGHLIGHTS[valueOf(node, 'w:highlight') ?? ''],
    shading: readShading(node),
    vertical: vertical === 'superscript' || vertical === 'subscript' || vertical === 'baseline' ? vertical : undefined,
    caps: onOff(node, 'w:caps'),
    smallCaps: onOff(node, 'w:smallCaps'),
    hidden: onOff(node, 'w:vanish'),
    rtl: onOff(node, 'w:rtl'),
    spacing: boundedMeasure(valueOf(node, 'w:spacing'), 20, 100),
    position: boundedMeasure(valueOf(node, 'w:position'), 2, 200),
    scale: scale === undefined ? undefined : (integer(scale, 1, 600) ?? 100) / 100,
  })
}

function boundedMeasure(value: string | undefined, perPoint: number, bound: number) {
  const points = measure(value, perPoint)
  return points === undefined ? undefined : clamp(points, -bound, bound)
}

export function readBorder(node: XmlNode | undefined): Border | undefined {
  if (!node) return undefined
  const style = node.attributes['w:val'] ?? 'nil'
  // `w:sz` is in eighths of a point, 2 to 96; a visible border is never thinner than a hair.
  const width = clamp((integer(node.attributes['w:sz'], 0, 96) ?? 4) / 8, 0.25, 12)
  const space = clamp(measure(node.attributes['w:space'], 1) ?? 0, 0, 31)
  return { style, width, color: hexColor(node.attributes['w:color']) ?? '000000', space }
}

const SIDES: [keyof Borders, string[]][] = [
  ['top', ['w:top']],
  ['left', ['w:left', 'w:start']],
  ['bottom', ['w:bottom']],
  ['right', ['w:right', 'w:end']],
  ['insideH', ['w:insideH']],
  ['insideV', ['w:insideV']],
  ['between', ['w:between']],
]

export function readBorders(node: XmlNode | undefined): Borders {
  const borders: Borders = {}
  if (!node) return borders
  for (const [side, names] of SIDES) {
    const border = readBorder(names.map((n) => child(node, n)).find(Boolean))
    if (border) borders[side] = border
  }
  return borders
}

const ALIGNS: Record<string, Align> = {
  left: 'left',
  start: 'left',
  center: 'center',
  right: 'right',
  end: 'right',
  both: 'both',
  distribute: 'distribute',
  lowKashida: 'both',
  mediumKashida: 'both',
  highKashida: 'both',
  thaiDistribute: 'both',
}

const LEADERS: Record<string, string> = { dot: '.', hyphen: '-', underscore: '_', heavy: '_', middleDot: '·' }
const TAB_KINDS: Record<string, TabStop['kind']> = {
  left: 'left',
  start: 'left',
  num: 'left',
  center: 'center',
  right: 'right',
  end: 'right',
  decimal: 'decimal',
  bar: 'bar',
  clear: 'clear',
}

function readTabs(node: XmlNode | undefined): TabStop[] | undefined {
  if (!node) return undefined
  return children(node, 'w:tab')
    .slice(0, 100)
    .map(({ attributes }) => ({
      position: measure(attributes['w:pos']) ?? 0,
      kind: TAB_KINDS[attributes['w:val'] ?? 'left'] ?? 'left',
      leader: LEADERS[attributes['w:leader'] ?? ''] ?? '',
    }))
}

/** Paragraph properties said at one place (17.3.1). */
export function readParagraphProps(node: XmlNode | undefined): ParagraphProps {
  if (!node) return {}
  const indent = child(node, 'w:ind')?.attributes ?? {}
  const spacing = child(node, 'w:spacing')?.attributes ?? {}
  const number = child(node, 'w:numPr')
  const hanging = measure(indent['w:hanging'])
  const rule = spacing['w:lineRule']
  const lineRule = rule === 'exact' || rule === 'atLeast' ? rule : 'auto'
  const line = integer(spacing['w:line'], -31680, 31680)
  const borders = child(node, 'w:pBdr')
  // "Automatic" spacing is that of HTML: 14 points.
  const auto = (name: string) => (['1', 'true', 'on'].includes(spacing[name] ?? '') ? 14 : undefined)
  return compact<ParagraphProps>({
    style: valueOf(node, 'w:pStyle'),
    align: ALIGNS[valueOf(node, 'w:jc') ?? ''],
    left: measure(indent['w:left'] ?? indent['w:start']),
    right: measure(indent['w:right'] ?? indent['w:end']),
    first: hanging === undefined ? measure(indent['w:firstLine']) : -hanging,
    before: auto('w:beforeAutospacing') ?? nonNegative(measure(spacing['w:before'])),
    after: auto('w:afterAutospacing') ?? nonNegative(measure(spacing['w:after'])),
    line: line === undefined || line === 0 ? undefined : Math.abs(line) / (lineRule === 'auto' ? 240 : 20),
    lineRule: line === undefined ? undefined : lineRule,
    keepNext: onOff(node, 'w:keepNext'),
    keepLines: onOff(node, 'w:keepLines'),
    pageBreakBefore: onOff(node, 'w:pageBreakBefore'),
    widowControl: onOff(node, 'w:widowControl'),
    contextualSpacing: onOff(node, 'w:contextualSpacing'),
    tabs: readTabs(child(node, 'w:tabs')),
    borders: borders && readBorders(borders),
    shading: readShading(node),
    numId: valueOf(number, 'w:numId'),
    level: integer(valueOf(number, 'w:ilvl'), 0, 8),
    bidi: onOff(node, 'w:bidi'),
  })
}

const nonNegative = (value: number | undefined) => (value === undefined ? undefined : Math.max(0, value))

/** One layer of paragraph properties over another; tab stops add up, `clear` takes one away. */
export function overlay(under: ParagraphProps, over: ParagraphProps): ParagraphProps {
  const merged = { ...under, ...over }
  if (under.tabs && over.tabs) {
    const said = new Set(over.tabs.map((t) => Math.round(t.position * 20)))
    merged.tabs = [...under.tabs.filter((t) => !said.has(Math.round(t.position * 20))), ...over.tabs]
  }
  if (under.borders && over.borders) merged.borders = { ...under.borders, ...over.borders }
  return merged
}

/** A width of a table or cell (17.4.63, 17.4.71): points, or a fraction of the room there is. */
export function readWidth(node: XmlNode | undefined): Width | undefined {
  if (!node) return undefined
  const text = node.attributes['w:w'] ?? '0'
  const type = node.attributes['w:type'] ?? 'dxa'
  if (type === 'pct' || text.endsWith('%')) {
    const fraction = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text) / 5000
    return Number.isFinite(fraction) ? { type: 'pct', value: clamp(fraction, 0, 2) } : undefined
  }
  if (type === 'auto' || type === 'nil') return { type, value: 0 }
  return { type: 'dxa', value: Math.max(0, measure(text) ?? 0) }
}

/** Cell margins, of a table or of a cell. */
export function readMargins(node: XmlNode | undefined): Partial<Record<Side, number>> {
  const side = (...names: string[]) => {
    const found = names.map((n) => child(node, n)).find(Boolean)
    return found && clamp(measure(found.attributes['w:w']) ?? 0, 0, 200)
  }
  return compact({ top: side('w:top'), left: side('w:left', 'w:start'), bottom: side('w:bottom'), right: side('w:right', 'w:end') })
}
