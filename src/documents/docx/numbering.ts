import type { ParagraphProps, RunProps, Warnings } from './model.ts'
import { formatNumber } from './number-format.ts'
import type { ThemeFonts } from './parse-props.ts'
import { integer, onOff, readParagraphProps, readRunProps } from './parse-props.ts'
import { child, children, valueOf } from './xml.ts'
import type { XmlNode } from './xml.ts'

export interface Level {
  start: number
  format: string
  /** With `%1` … `%9` for the numbers of the levels. */
  text: string
  suffix: 'tab' | 'space' | 'nothing'
  align: 'left' | 'center' | 'right'
  /** Numbers of upper levels are shown as decimals. */
  legal: boolean
  /** The level goes back to its start after one of these many upper levels; 0 is never. */
  restart: number | undefined
  style: string | undefined
  pictureBullet: boolean
  paragraph: ParagraphProps
  run: RunProps
}

interface AbstractNumbering {
  levels: Map<number, Level>
  /** A numbering style that holds the levels instead. */
  link: string | undefined
}

interface Numbering {
  abstract: string
  levels: Map<number, Level>
  starts: Map<number, number>
}

interface Counters {
  values: (number | undefined)[]
  /** Numberings whose own starts were already applied. */
  seen: Set<string>
}

function readLevel(node: XmlNode, theme: ThemeFonts): Level {
  const suffix = valueOf(node, 'w:suff')
  const align = valueOf(node, 'w:lvlJc')
  return {
    start: integer(valueOf(node, 'w:start'), 0, 1_000_000) ?? 0,
    format:
      valueOf(node, 'w:numFmt') ?? child(child(node, 'mc:AlternateContent'), 'mc:Fallback')?.children[0]?.attributes['w:val'] ?? 'decimal',
    text: (valueOf(node, 'w:lvlText') ?? '').slice(0, 200),
    suffix: suffix === 'space' || suffix === 'nothing' ? suffix : 'tab',
    align: align === 'center' ? 'center' : align === 'right' || align === 'end' ? 'right' : 'left',
    legal: onOff(node, 'w:isLgl') ?? false,
    restart: integer(valueOf(node, 'w:lvlRestart'), 0, 9),
    style: valueOf(node, 'w:pStyle'),
    pictureBullet: child(node, 'w:lvlPicBulletId') !== undefined,
    paragraph: readParagraphProps(child(node, 'w:pPr')),
    run: readRunProps(child(node, 'w:rPr'), theme),
  }
}

const readLevels = (node: XmlNode, theme: ThemeFonts) =>
  new Map(children(node, 'w:lvl').map((level) => [integer(level.attributes['w:ilvl'], 0, 8) ?? 0, readLevel(level, theme)]))

/** Lists of a document (17.9): what each level looks like, and the counting. Ask in document order. */
export class NumberingState {
  readonly #abstract = new Map<string, AbstractNumbering>()
  readonly #numbers = new Map<string, Numbering>()
  readonly #counters = new Map<string, Counters>()
  readonly #warnings: Warnings
  /** The numbering that a numbering style uses. */
  readonly #linked: (style: string) => string | undefined

  constructor(root: XmlNode | undefined, theme: ThemeFonts, linked: (style: string) => string | undefined, warnings: Warnings) {
    this.#warnings = warnings
    this.#linked = linked
    for (const node of children(root, 'w:abstractNum')) {
      this.#abstract.set(node.attributes['w:abstractNumId'] ?? '', {
        levels: readLevels(node, theme),
        link: valueOf(node, 'w:numStyleLink'),
      })
    }
    for (const node of children(root, 'w:num')) {
      const levels = new Map<number, Level>()
      const starts = new Map<number, number>()
      for (const override of children(node, 'w:lvlOverride')) {
        const index = integer(override.attributes['w:ilvl'], 0, 8) ?? 0
        const level = child(override, 'w:lvl')
        if (level) levels.set(index, readLevel(level, theme))
        const start = integer(valueOf(override, 'w:startOverride'), 0, 1_000_000)
        if (start !== undefined) starts.set(index, start)
      }
      this.#numbers.set(node.attributes['w:numId'] ?? '', { abstract: valueOf(node, 'w:abstractNumId') ?? '', levels, starts })
    }
  }

  /** Follows links through numbering styles, a few steps at most. */
  #resolve(numId: string): { abstractId: string; levels: Map<number, Level> } | undefined {
    let id = numId
    for (let step = 0; step < 5; step++) {
      const number = this.#numbers.get(id)
      const abstract = number && this.#abstract.get(number.abstract)
      if (!number || !abstract) return undefined
      const next = abstract.link === undefined ? undefined : this.#linked(abstract.link)
      if (next === undefined || next === id || abstract.levels.size > 0) return { abstractId: number.abstract, levels: abstract.levels }
      id = next
    }
    return undefined
  }

  level(numId: string | undefined, index: number): Level | undefined {
    if (numId === undefined || numId === '0') return undefined
    return this.#numbers.get(numId)?.levels.get(index) ?? this.#resolve(numId)?.levels.get(index)
  }

  /** The level whose `w:pStyle` is the given paragraph style: how a style without `w:ilvl` finds its place. */
  levelOfStyle(numId: string, style: string | undefined): number | undefined {
    if (style === undefined) return undefined
    for (const [index, level] of this.#resolve(numId)?.levels ?? []) if (level.style === style) return index
    return undefined
  }

  /** Counts one paragraph and gives its label. */
  next(numId: string, index: number): string {
    const level = this.level(numId, index)
    const resolved = this.#resolve(numId)
    if (!level || !resolved) return ''
    let counters = this.#counters.get(resolved.abstractId)
    if (!counters) this.#counters.set(resolved.abstractId, (counters = { values: [], seen: new Set() }))
    const { values } = counters
    if (!counters.seen.has(numId)) {
      counters.seen.add(numId)
      for (const [at, start] of this.#numbers.get(numId)?.starts ?? []) values[at] = start - 1
    }
    for (let upper = 0; upper < index; upper++) values[upper] ??= this.level(numId, upper)?.start ?? 1
    const before = values[index]
    values[index] = before === undefined ? level.start : before + 1
    for (let lower = index + 1; lower < 9; lower++) {
      const restart = this.level(numId, lower)?.restart
      if (restart === undefined || (restart > 0 && index < restart)) values[lower] = undefined
    }
    if (level.pictureBullet) this.#warnings.add('Picture bullets are drawn as round bullets.')
    return this.#label(numId, level, values)
  }

  #label(numId: string, level: Level, values: (number | undefined)[]): string {
    if (level.format === 'bullet') return level.pictureBullet ? '•' : level.text
    return level.text.replace(/%([1-9])/g, (_, digit: string) => {
      const index = Number(digit) - 1
      const shown = this.level(numId, index)
      const value = values[index] ?? shown?.start ?? 1
      const format = shown?.format ?? 'decimal'
      const text = formatNumber(value, level.legal && format !== 'none' && format !== 'bullet' ? 'decimal' : format)
      if (text === undefined) this.#warnings.add(`Numbers in the format "${format.slice(0, 40)}" are drawn as decimals.`)
      return text ?? String(value)
    })
  }
}
