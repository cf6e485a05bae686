import type { Borders, Cell, ParagraphProps, RunProps, Side, Width } from './model.ts'
import type { ThemeFonts } from './parse-props.ts'
import {
  compact,
  integer,
  overlay,
  readBorders,
  readMargins,
  readParagraphProps,
  readRunProps,
  readShading,
  readWidth,
} from './parse-props.ts'
import { child, children, valueOf } from './xml.ts'
import type { XmlNode } from './xml.ts'

/** What a table style says for one kind of place in the table: the whole, the first row, odd bands … (17.7.6) */
export interface TableLayer {
  paragraph: ParagraphProps
  run: RunProps
  borders: Borders
  cellBorders: Borders
  shading?: string
  vAlign?: Cell['vAlign']
  margins: Partial<Record<Side, number>>
  cellMargins: Partial<Record<Side, number>>
  align?: string
  indent?: Width
}

export interface Style {
  id: string
  type: string
  basedOn?: string
  paragraph: ParagraphProps
  run: RunProps
  table?: Map<string, TableLayer>
  bandRows?: number
  bandColumns?: number
}

const TOGGLES = ['bold', 'italic', 'caps', 'smallCaps', 'strike', 'doubleStrike', 'hidden'] as const
const MAX_CHAIN = 30

/** Run properties of styles of two levels together: toggle properties that both set cancel out (17.7.3). */
export function combineToggles(lower: RunProps, upper: RunProps): RunProps {
  const merged = { ...lower, ...upper }
  for (const name of TOGGLES) if (lower[name] && upper[name]) merged[name] = false
  return merged
}

function readTableLayer(node: XmlNode, theme: ThemeFonts): TableLayer {
  const table = child(node, 'w:tblPr')
  const cell = child(node, 'w:tcPr')
  const vAlign = valueOf(cell, 'w:vAlign')
  return compact<TableLayer>({
    paragraph: readParagraphProps(child(node, 'w:pPr')),
    run: readRunProps(child(node, 'w:rPr'), theme),
    borders: readBorders(child(table, 'w:tblBorders')),
    cellBorders: readBorders(child(cell, 'w:tcBorders')),
    shading: readShading(cell) ?? readShading(table),
    vAlign: vAlign === 'center' || vAlign === 'bottom' || vAlign === 'top' ? vAlign : undefined,
    margins: readMargins(child(table, 'w:tblCellMar')),
    cellMargins: readMargins(child(cell, 'w:tcMar')),
    align: valueOf(table, 'w:jc'),
    indent: readWidth(child(table, 'w:tblInd')),
  })
}

function readStyle(node: XmlNode, theme: ThemeFonts): Style {
  const style: Style = {
    id: node.attributes['w:styleId'] ?? '',
    type: node.attributes['w:type'] ?? 'paragraph',
    paragraph: readParagraphProps(child(node, 'w:pPr')),
    run: readRunProps(child(node, 'w:rPr'), theme),
  }
  // A style cannot be in another style through its own paragraph properties.
  delete style.paragraph.style
  const basedOn = valueOf(node, 'w:basedOn')
  if (basedOn !== undefined) style.basedOn = basedOn
  if (style.type === 'table') {
    style.table = new Map([['wholeTable', readTableLayer(node, theme)]])
    for (const part of children(node, 'w:tblStylePr')) style.table.set(part.attributes['w:type'] ?? '', readTableLayer(part, theme))
    const properties = child(node, 'w:tblPr')
    style.bandRows = integer(valueOf(properties, 'w:tblStyleRowBandSize'), 1, 100) ?? 1
    style.bandColumns = integer(valueOf(properties, 'w:tblStyleColBandSize'), 1, 100) ?? 1
  }
  return style
}

/** The styles part, with inheritance resolved on demand. Works, with the standard's defaults, when there is no such part. */
export class Styles {
  readonly defaultRun: RunProps
  readonly defaultParagraph: ParagraphProps
  readonly #styles = new Map<string, Style>()
  readonly #defaults = new Map<string, string>()
  readonly #chains = new Map<string, Style[]>()

  constructor(root: XmlNode | undefined, theme: ThemeFonts) {
    const defaults = child(root, 'w:docDefaults')
    const run = readRunProps(child(child(defaults, 'w:rPrDefault'), 'w:rPr'), theme)
    this.defaultRun = { ascii: 'Times New Roman', hAnsi: 'Times New Roman', size: 10, ...run }
    this.defaultParagraph = readParagraphProps(child(child(defaults, 'w:pPrDefault'), 'w:pPr'))
    for (const node of children(root, 'w:style')) {
      const style = readStyle(node, theme)
      this.#styles.set(style.id, style)
      if (['1', 'true', 'on'].includes(node.attributes['w:default'] ?? '')) this.#defaults.set(style.type, style.id)
    }
  }

  get(id: string | undefined): Style | undefined {
    return id === undefined ? undefined : this.#styles.get(id)
  }

  defaultOf(type: string): string | undefined {
    return this.#defaults.get(type)
  }

  /** A style and those it is based on, the base first; cycles end where they close. An unknown style is the default one. */
  chain(id: string | undefined, type: string): Style[] {
    const start = id !== undefined && this.#styles.get(id)?.type === type ? id : this.#defaults.get(type)
    if (start === undefined) return []
    let chain = this.#chains.get(start)
    if (!chain) {
      chain = []
      const seen = new Set<string>()
      for (let at: string | undefined = start; at !== undefined && !seen.has(at) && seen.size < MAX_CHAIN;) {
        seen.add(at)
        const style: Style | undefined = this.#styles.get(at)
        if (!style || style.type !== type) break
        chain.unshift(style)
        at = style.basedOn
      }
      this.#chains.set(start, chain)
    }
    return chain
  }

  /** Run properties under the direct ones: defaults, table style, paragraph style. */
  paragraphRun(styleId: string | undefined, table: TableLayer | undefined): RunProps {
    const own: RunProps = Object.assign({}, ...this.chain(styleId, 'paragraph').map((s) => s.run))
    const styled = table ? combineToggles(table.run, own) : own
    return { ...this.defaultRun, ...styled }
  }

  /** Adds a character style over a paragraph's run properties. */
  characterRun(under: RunProps, styleId: string | undefined): RunProps {
    // The default character style says nothing by definition: only a named one counts.
    if (styleId === undefined || !this.#styles.has(styleId)) return under
    const own: RunProps = Object.assign({}, ...this.chain(styleId, 'character').map((s) => s.run))
    return combineToggles(under, own)
  }

  /** What a table style says for a kind of place, its bases included; undefined when nothing. */
  tableLayer(styleId: string | undefined, place: string): TableLayer | undefined {
    const layers = this.chain(styleId, 'table').flatMap((s) => s.table?.get(place) ?? [])
    return layers.length === 0 ? undefined : layers.reduce(overlayTable)
  }
}

export const overlayTable = (under: TableLayer, over: TableLayer): TableLayer => ({
  ...under,
  ...over,
  paragraph: overlay(under.paragraph, over.paragraph),
  run: { ...under.run, ...over.run },
  borders: { ...under.borders, ...over.borders },
  cellBorders: { ...under.cellBorders, ...over.cellBorders },
  margins: { ...under.margins, ...over.margins },
  cellMargins: { ...under.cellMargins, ...over.cellMargins },
})
