import { AppError } from '../../http/errors.ts'
import type { FontHints } from '../font-families.ts'
import type { Block, DocumentModel, HeaderSet, Paragraph, Section } from './model.ts'
import { Warnings } from './model.ts'
import { NumberingState } from './numbering.ts'
import type { DocxPackage } from './package.ts'
import { readBlocks } from './parse-blocks.ts'
import type { ParseContext } from './parse-context.ts'
import type { ThemeFonts } from './parse-props.ts'
import { integer, measure, onOff } from './parse-props.ts'
import { Styles } from './parse-styles.ts'
import { child, children, descendant, valueOf } from './xml.ts'
import type { XmlNode } from './xml.ts'

const A4 = { width: 595.3, height: 841.9 }

/** Latin fonts of the theme (20.1.4.1.18) under the names that runs refer to. */
function readTheme(root: XmlNode | undefined): ThemeFonts {
  const fonts: ThemeFonts = {}
  for (const [element, prefix] of [
    ['a:majorFont', 'major'],
    ['a:minorFont', 'minor'],
  ] as const) {
    const latin = root && child(descendant(root, element), 'a:latin')?.attributes['typeface']
    if (latin) for (const suffix of ['HAnsi', 'Ascii', 'EastAsia', 'Bidi']) fonts[prefix + suffix] = latin
  }
  return fonts
}

/** What the font table says about fonts, by lower-case name: it helps to replace those we do not have. */
export function readFontTable(source: DocxPackage): Map<string, FontHints> {
  const name = source.related('fontTable')
  const root = name === undefined ? undefined : source.xml(name)
  return new Map(
    children(root, 'w:font').map((font) => {
      const hints: FontHints = {}
      const [panose, family, altName] = [valueOf(font, 'w:panose1'), valueOf(font, 'w:family'), valueOf(font, 'w:altName')]
      if (panose !== undefined) hints.panose = panose
      if (family !== undefined) hints.family = family
      if (altName !== undefined) hints.altName = altName
      return [(font.attributes['w:name'] ?? '').toLowerCase(), hints]
    }),
  )
}

/**
 * Reads a document into the model that the layout draws.
 * @throws AppError `bad_file` when the main part has no body
 */
export function parseDocument(source: DocxPackage): DocumentModel {
  const body = child(source.xml(source.main), 'w:body')
  if (!body) throw new AppError('bad_file', 'The document has no body.')
  const part = (kind: string) => {
    const name = source.related(kind)
    return name === undefined ? undefined : source.xml(name)
  }
  const warnings = new Warnings()
  const theme = readTheme(part('theme'))
  const styles = new Styles(part('styles'), theme)
  const numbering = new NumberingState(part('numbering'), theme, (id) => styles.get(id)?.paragraph.numId, warnings)
  const settings = part('settings')
  const context = (name: string): ParseContext => ({
    source,
    part: name,
    styles,
    numbering,
    theme,
    warnings,
    fields: [],
    boxes: [],
    boxDepth: 0,
    readBlocks: (nodes, inner) => readBlocks(nodes, inner),
    notes: [],
  })

  const sections: Section[] = []
  const headerParts = new Map<string, Block[]>()
  const headerBlocks = (id: string): Block[] | undefined => {
    const target = source.relations(source.main).get(id)?.target
    if (target === undefined) return undefined
    let blocks = headerParts.get(target)
    if (!blocks) headerParts.set(target, (blocks = readBlocks(source.xml(target)?.children ?? [], context(target))))
    return blocks
  }
  let consumed = 0
  const endSection = (node: XmlNode | undefined, blocks: Block[]) => {
    sections.push(readSection(node, sections.at(-1), blocks.slice(consumed), headerBlocks, warnings))
    consumed = blocks.length
  }

  const main = context(source.main)
  const blocks: Block[] = []
  readBlocks(body.children, main, { depth: 0, onSection: endSection }, blocks)
  if (main.fields.length > 0) warnings.add('A field is never ended: text after its beginning may be missing.')
  readNotes(main, part, context, source, blocks)
  endSection(child(body, 'w:sectPr'), blocks)

  const compat = child(settings, 'w:compat')
  const mode = children(compat, 'w:compatSetting').find((s) => s.attributes['w:name'] === 'compatibilityMode')?.attributes['w:val']
  const core = source.xml('docProps/core.xml')
  return {
    sections,
    evenAndOdd: onOff(settings, 'w:evenAndOddHeaders') ?? false,
    defaultTab: Math.max(4, measure(valueOf(settings, 'w:defaultTabStop')) ?? 36),
    compatibility: integer(mode, 11, 99) ?? 12,
    addSpacing: onOff(compat, 'w:doNotUseHTMLParagraphAutoSpacing') ?? false,
    expandShiftReturn: !(onOff(compat, 'w:doNotExpandShiftReturn') ?? false),
    title: (child(core, 'dc:title')?.text ?? '').trim().slice(0, 300),
    language: child(settings, 'w:themeFontLang')?.attributes['w:val'] ?? '',
    warnings,
  }
}

/** Footnotes and endnotes go after the text, under their numbers, so that no word of a contract is lost. */
function readNotes(
  main: ParseContext,
  part: (kind: string) => XmlNode | undefined,
  context: (name: string) => ParseContext,
  source: DocxPackage,
  out: Block[],
) {
  if (main.notes.length === 0) return
  const parts = { footnote: part('footnotes'), endnote: part('endnotes') }
  const rule: Paragraph = {
    kind: 'paragraph',
    props: { before: 6, right: 300, borders: { bottom: { style: 'single', width: 0.5, color: '000000', space: 1 } } },
    mark: { ...main.styles.defaultRun, size: 4 },
    inlines: [],
  }
  out.push(rule)
  for (const [index, { kind, id }] of main.notes.entries()) {
    const node = children(parts[kind], `w:${kind}`).find((n) => n.attributes['w:id'] === id)
    const name = source.related(`${kind}s`)
    if (node && name !== undefined) out.push(...readBlocks(node.children, { ...context(name), noteSign: String(index + 1) }))
  }
}

function readSection(
  node: XmlNode | undefined,
  previous: Section | undefined,
  blocks: Block[],
  headerBlocks: (id: string) => Block[] | undefined,
  warnings: Warnings,
): Section {
  const size = child(node, 'w:pgSz')?.attributes
  const margin = child(node, 'w:pgMar')?.attributes
  const bounded = (value: number | undefined, low: number, high: number, other: number) =>
    value === undefined ? other : Math.min(high, Math.max(low, value))
  const width = bounded(measure(size?.['w:w']), 72, 1584, A4.width)
  const height = bounded(measure(size?.['w:h']), 72, 1584, A4.height)
  const columns = child(node, 'w:cols')?.attributes
  const count = integer(columns?.['w:num'], 1, 6) ?? 1
  if (count > 1 && ['0', 'false', 'off'].includes(columns?.['w:equalWidth'] ?? '')) {
    warnings.add('Text columns of different widths are drawn equally wide.')
  }
  if (count > 1 && ['1', 'true', 'on'].includes(columns?.['w:sep'] ?? '')) warnings.add('Lines between text columns are left out.')
  if (child(node, 'w:pgBorders')) warnings.add('Page borders are left out.')
  if (child(node, 'w:lnNumType')) warnings.add('Line numbers are left out.')
  const start = valueOf(node, 'w:type')
  const numbers = child(node, 'w:pgNumType')?.attributes
  const collect = (name: string, before: HeaderSet | undefined): HeaderSet => {
    const set: HeaderSet = { ...before }
    for (const reference of children(node, name)) {
      const type = reference.attributes['w:type']
      const found = headerBlocks(reference.attributes['r:id'] ?? '')
      if (found) set[type === 'first' || type === 'even' ? type : 'default'] = found
    }
    return set
  }
  const pageStart = integer(numbers?.['w:start'], 0, 1_000_000)
  // Margins never leave less than an inch of text: a page without room would never end.
  const gutter = bounded(measure(margin?.['w:gutter']), 0, width / 4, 0)
  const left = bounded(measure(margin?.['w:left']), 0, width - 72, 85) + gutter
  const top = bounded(measure(margin?.['w:top']), 72 - height, height - 72, 56.7)
  return {
    width,
    height,
    left: Math.min(left, width - 72),
    right: bounded(measure(margin?.['w:right']), 0, Math.max(0, width - left - 72), 42.5),
    top,
    bottom: bounded(measure(margin?.['w:bottom']), 72 - height, Math.max(0, height - Math.abs(top) - 72), 56.7),
    header: bounded(measure(margin?.['w:header']), 0, height / 2, 35.4),
    footer: bounded(measure(margin?.['w:footer']), 0, height / 2, 35.4),
    start: start === 'continuous' || start === 'evenPage' || start === 'oddPage' ? start : 'nextPage',
    columns: { count, gap: bounded(measure(columns?.['w:space']), 0, 72, 36) },
    titlePage: onOff(node, 'w:titlePg') ?? false,
    pageFormat: numbers?.['w:fmt'] ?? 'decimal',
    headers: collect('w:headerReference', previous?.headers),
    footers: collect('w:footerReference', previous?.footers),
    blocks,
    ...(pageStart !== undefined && { pageStart }),
  }
}
