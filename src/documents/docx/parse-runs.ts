import type { FieldKind, Inline, RunProps } from './model.ts'
import type { InlineScope, OpenField } from './parse-context.ts'
import { readDrawing, readVml } from './parse-drawing.ts'
import { onOff, readRunProps } from './parse-props.ts'
import { isSymbolFont, symbolCharacter, symbolText } from './symbols.ts'
import { child, descendant, valueOf } from './xml.ts'
import type { XmlNode } from './xml.ts'

const MAX_FIELDS = 50

/** Reads the inline content of a paragraph, or of what wraps runs in it, into `scope.out`. */
export function readInlines(nodes: XmlNode[], scope: InlineScope): void {
  const { context } = scope
  for (const node of nodes) {
    switch (node.name) {
      case 'w:r':
        readRun(node, scope)
        break
      case 'w:hyperlink': {
        const id = node.attributes['r:id']
        const relation = id === undefined ? undefined : context.source.relations(context.part).get(id)
        readInlines(node.children, relation?.external ? { ...scope, link: relation.target } : scope)
        break
      }
      case 'w:fldSimple':
        readSimpleField(node, scope)
        break
      case 'w:sdt':
        readInlines(child(node, 'w:sdtContent')?.children ?? [], scope)
        break
      case 'w:ins':
      case 'w:moveTo':
        context.warnings.add('Tracked changes are drawn as if accepted.')
        readInlines(node.children, scope)
        break
      case 'w:del':
      case 'w:moveFrom':
        context.warnings.add('Tracked changes are drawn as if accepted.')
        break
      case 'w:smartTag':
      case 'w:customXml':
      case 'w:dir':
      case 'w:bdo':
        readInlines(node.children, scope)
        break
      case 'mc:AlternateContent':
        readInlines(alternative(node), scope)
        break
      case 'm:oMath':
      case 'm:oMathPara':
        readEquation(node, scope)
        break
      case 'w:commentRangeStart':
        context.warnings.add('Comments are left out.')
        break
      default:
    }
  }
}

/** The newest form of content offered, which readers of 2010 and later take. */
export const alternative = (node: XmlNode): XmlNode[] => (child(node, 'mc:Choice') ?? child(node, 'mc:Fallback'))?.children ?? []

/** An equation keeps its characters, on one line. */
function readEquation(node: XmlNode, scope: InlineScope) {
  scope.context.warnings.add('Equations are drawn as plain text.')
  const texts: string[] = []
  const collect = (at: XmlNode) => {
    if (at.name === 'm:t') texts.push(at.text)
    at.children.forEach(collect)
  }
  collect(node)
  if (texts.length > 0) push(scope, { kind: 'text', text: texts.join(''), props: scope.base })
}

function push(scope: InlineScope, inline: Inline) {
  if (inline.props.hidden) return
  if (scope.context.fields.some((f) => f.phase === 'code' || f.replaced)) return
  const link = scope.link ?? scope.context.fields.findLast((f) => f.link !== undefined)?.link
  scope.out.push(link === undefined ? inline : { ...inline, link })
}

function runProps(node: XmlNode, scope: InlineScope): RunProps {
  const own = child(node, 'w:rPr')
  if (!own) return scope.base
  const { context } = scope
  const direct = readRunProps(own, context.theme)
  if (direct.rtl) context.warnings.add('Right-to-left text is drawn from left to right.')
  return { ...context.styles.characterRun(scope.base, valueOf(own, 'w:rStyle')), ...direct }
}

function readRun(node: XmlNode, scope: InlineScope) {
  const props = runProps(node, scope)
  readRunContent(node.children, props, scope)
}

function readRunContent(nodes: XmlNode[], props: RunProps, scope: InlineScope) {
  const { context } = scope
  for (const node of nodes) {
    switch (node.name) {
      case 'w:t': {
        const kept = node.attributes['xml:space'] === 'preserve' ? node.text : node.text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '')
        pushText(kept, props, scope)
        break
      }
      case 'w:tab':
        push(scope, { kind: 'tab', props })
        break
      case 'w:ptab': {
        const to = node.attributes['w:alignment']
        push(scope, { kind: 'tab', props, to: to === 'center' || to === 'right' ? to : 'left' })
        break
      }
      case 'w:br': {
        const type = node.attributes['w:type']
        push(scope, { kind: 'break', type: type === 'page' || type === 'column' ? type : 'line', props })
        break
      }
      case 'w:cr':
        push(scope, { kind: 'break', type: 'line', props })
        break
      case 'w:noBreakHyphen':
        push(scope, { kind: 'text', text: '\u2011', props })
        break
      case 'w:softHyphen':
        push(scope, { kind: 'text', text: '\u00ad', props })
        break
      case 'w:sym': {
        const code = Number.parseInt(node.attributes['w:char'] ?? '', 16)
        if (code > 0 && code <= 0xffff) push(scope, { kind: 'text', text: symbolCharacter(node.attributes['w:font'], code), props })
        break
      }
      case 'w:drawing':
      case 'w:pict':
      case 'w:object': {
        const picture = node.name === 'w:drawing' ? readDrawing(node, context) : readVml(node, context)
        if (picture) push(scope, { kind: 'picture', picture, props })
        break
      }
      case 'mc:AlternateContent':
        readRunContent(alternative(node), props, scope)
        break
      case 'w:ruby':
        context.warnings.add('Phonetic guides are left out.')
        readInlines(child(node, 'w:rubyBase')?.children ?? [], scope)
        break
      case 'w:pgNum':
        push(scope, { kind: 'field', field: 'PAGE', format: '', props })
        break
      case 'w:footnoteReference':
      case 'w:endnoteReference':
        readNoteReference(node, props, scope)
        break
      case 'w:footnoteRef':
      case 'w:endnoteRef':
        if (context.noteSign !== undefined) push(scope, { kind: 'text', text: context.noteSign, props })
        break
      case 'w:commentReference':
        context.warnings.add('Comments are left out.')
        break
      case 'w:fldChar':
        readFieldMark(node, props, scope)
        break
      case 'w:instrText': {
        const open = context.fields.at(-1)
        if (open?.phase === 'code') open.instruction = (open.instruction + node.text).slice(0, 4000)
        break
      }
      default:
    }
  }
}

/** Text may hold tabs and line feeds as characters: they mean the same as the elements. */
function pushText(text: string, props: RunProps, scope: InlineScope) {
  const font = props.ascii ?? props.hAnsi
  const shown = isSymbolFont(font) || /[\uf000-\uf0ff]/.test(text) ? symbolText(font, text) : text
  for (const part of shown.split(/(\t)/)) {
    if (part === '\t') push(scope, { kind: 'tab', props })
    // oxlint-disable-next-line no-control-regex
    else if (part !== '') push(scope, { kind: 'text', text: part.replace(/[\u0000-\u001f\u007f]+/g, ' '), props })
  }
}

function readNoteReference(node: XmlNode, props: RunProps, scope: InlineScope) {
  const { context } = scope
  const id = node.attributes['w:id']
  if (id === undefined || context.noteSign !== undefined) return
  const kind = node.name === 'w:footnoteReference' ? 'footnote' : 'endnote'
  context.warnings.add('Footnotes and endnotes are drawn at the end of the document.')
  context.notes.push({ kind, id })
  push(scope, { kind: 'text', text: String(context.notes.length), props: { ...props, vertical: 'superscript' } })
}

// ── fields ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Fields that are computed anew; all others show the result that the word processor stored. */
function computed(instruction: string): { field: FieldKind; format: string } | undefined {
  const [, name = ''] = instruction.match(/^\s*([A-Za-z]+)/) ?? []
  const field = name.toUpperCase()
  if (field !== 'PAGE' && field !== 'NUMPAGES') return undefined
  return { field, format: instruction.match(/\\\*\s*"?(roman|ROMAN|alphabetic|ALPHABETIC|Arabic)/)?.[1] ?? '' }
}

function linkOf(instruction: string): string | undefined {
  return instruction.match(/^\s*HYPERLINK\s+"([^"]+)"/i)?.[1]
}

function readSimpleField(node: XmlNode, scope: InlineScope) {
  const instruction = node.attributes['w:instr'] ?? ''
  const field = computed(instruction)
  const run = child(node, 'w:r')
  if (field) push(scope, { kind: 'field', ...field, props: run ? runProps(run, scope) : scope.base })
  else {
    const link = linkOf(instruction)
    readInlines(node.children, link === undefined ? scope : { ...scope, link })
  }
}

function readFieldMark(node: XmlNode, props: RunProps, scope: InlineScope) {
  const { fields } = scope.context
  const type = node.attributes['w:fldCharType']
  if (type === 'begin') {
    const open: OpenField = { instruction: '', phase: 'code', replaced: false }
    const box = child(node, 'w:ffData') && descendant(node, 'w:checkBox')
    if (box) open.checkBox = onOff(box, 'w:checked') ?? onOff(box, 'w:default') ?? false
    if (fields.length < MAX_FIELDS) fields.push(open)
    return
  }
  const open = fields.at(-1)
  if (!open) return
  if (open.phase === 'code') {
    const field = computed(open.instruction)
    open.phase = 'result'
    if (field) push(scope, { kind: 'field', ...field, props })
    else if (open.checkBox !== undefined) push(scope, { kind: 'text', text: open.checkBox ? '☒' : '☐', props })
    open.replaced = field !== undefined || open.checkBox !== undefined
    const link = linkOf(open.instruction)
    if (link !== undefined) open.link = link
  }
  if (type === 'end') fields.pop()
}
