import type { Block, Inline, Paragraph, ParagraphProps, RunProps } from './model.ts'
import type { Level } from './numbering.ts'
import type { ParseContext } from './parse-context.ts'
import { overlay, readParagraphProps, readRunProps } from './parse-props.ts'
import { alternative, readInlines } from './parse-runs.ts'
import type { TableLayer } from './parse-styles.ts'
import { readTable } from './parse-tables.ts'
import { symbolText } from './symbols.ts'
import { child, valueOf } from './xml.ts'
import type { XmlNode } from './xml.ts'

/** Where blocks stand: what the table around them says, and how deep tables are nested. */
export interface BlockScope {
  table?: TableLayer
  depth: number
  /** Told of a section that ends with the paragraph just read. */
  onSection?: (node: XmlNode, blocks: Block[]) => void
}

/** Reads block-level content (17.2): paragraphs, tables, and what wraps them. */
export function readBlocks(nodes: XmlNode[], context: ParseContext, scope: BlockScope = { depth: 0 }, out: Block[] = []): Block[] {
  for (const node of nodes) {
    switch (node.name) {
      case 'w:p': {
        const paragraph = readParagraph(node, context, scope.table)
        if (!(paragraph.mark.hidden && paragraph.inlines.length === 0)) out.push(paragraph)
        out.push(...context.boxes.splice(0))
        const section = child(child(node, 'w:pPr'), 'w:sectPr')
        if (section) scope.onSection?.(section, out)
        break
      }
      case 'w:tbl': {
        const table = readTable(node, context, scope, readBlocks)
        if (table) out.push(table)
        break
      }
      case 'w:sdt':
        readBlocks(child(node, 'w:sdtContent')?.children ?? [], context, scope, out)
        break
      case 'w:customXml':
      case 'w:smartTag':
        readBlocks(node.children, context, scope, out)
        break
      case 'w:ins':
      case 'w:moveTo':
        context.warnings.add('Tracked changes are drawn as if accepted.')
        readBlocks(node.children, context, scope, out)
        break
      case 'mc:AlternateContent':
        readBlocks(alternative(node), context, scope, out)
        break
      case 'w:altChunk':
        context.warnings.add('Content embedded from another file is left out.')
        break
      default:
    }
  }
  return out
}

/** What the styles, the numbering and the paragraph itself say together (17.7.2). */
function resolveProps(direct: ParagraphProps, context: ParseContext, table: TableLayer | undefined) {
  const { styles, numbering } = context
  const chain = styles.chain(direct.style, 'paragraph')
  const said = [...chain.map((s) => s.paragraph), direct]
  const numId = said.findLast((p) => p.numId !== undefined)?.numId
  let index = said.findLast((p) => p.level !== undefined)?.level
  if (numId !== undefined && direct.level === undefined) index = numbering.levelOfStyle(numId, chain.at(-1)?.id) ?? index
  const level = numbering.level(numId, index ?? 0)
  let props = table ? overlay(styles.defaultParagraph, table.paragraph) : styles.defaultParagraph
  for (const layer of said) {
    // The level's indents stand over what the place that chose the numbering inherits, and under what it says itself.
    if (level && (layer.numId !== undefined || layer.level !== undefined)) props = overlay(props, levelProps(level))
    props = overlay(props, layer)
  }
  const styleId = chain.at(-1)?.id
  if (styleId !== undefined) props = { ...props, style: styleId }
  return { props, level, numId, index: index ?? 0, styleId }
}

function levelProps({ paragraph }: Level): ParagraphProps {
  const { left, right, first, tabs } = paragraph
  return {
    ...(left !== undefined && { left }),
    ...(right !== undefined && { right }),
    ...(first !== undefined && { first }),
    ...(tabs && { tabs }),
  }
}

function readParagraph(node: XmlNode, context: ParseContext, table: TableLayer | undefined): Paragraph {
  const own = child(node, 'w:pPr')
  const direct = readParagraphProps(own)
  const { props, level, numId, index, styleId } = resolveProps(direct, context, table)
  if (props.bidi) context.warnings.add('Right-to-left paragraphs are drawn from left to right.')
  if (child(own, 'w:framePr')) context.warnings.add('Text frames are drawn as plain paragraphs in the text.')
  const base = context.styles.paragraphRun(styleId, table)
  const markNode = child(own, 'w:rPr')
  const mark: RunProps = {
    ...context.styles.characterRun(base, valueOf(markNode, 'w:rStyle')),
    ...readRunProps(markNode, context.theme),
  }
  const inlines: Inline[] = []
  readInlines(node.children, { context, base, out: inlines })
  const paragraph: Paragraph = { kind: 'paragraph', props, mark, inlines }
  if (level && numId !== undefined) {
    const text = context.numbering.next(numId, index)
    const label = readLabel(text, level, mark)
    if (label) paragraph.label = label
  }
  return paragraph
}

function readLabel(text: string, level: Level, mark: RunProps): Paragraph['label'] {
  const props: RunProps = { ...mark, ...level.run, hidden: false }
  // Word does not carry the mark's own underline or ground to the number.
  if (level.run.underline === undefined) delete props.underline
  if (level.run.highlight === undefined) delete props.highlight
  const font = level.run.ascii ?? level.run.hAnsi
  const inlines: Inline[] = []
  const shown = symbolText(font, text)
  if (shown !== '') inlines.push({ kind: 'text', text: shown, props })
  if (level.suffix === 'tab' && shown !== '') inlines.push({ kind: 'tab', props })
  if (level.suffix === 'space' && shown !== '') inlines.push({ kind: 'text', text: ' ', props })
  return inlines.length === 0 ? undefined : { inlines, align: level.align }
}
