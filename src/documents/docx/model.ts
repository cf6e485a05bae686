/**
 * What the parser makes of a document and the layout reads. Lengths are in points (1/72 inch); colours are six hexadecimal digits.
 * Names follow WordprocessingML (ECMA-376 part 1, clause 17) where they say the same.
 */

export type Align = 'left' | 'center' | 'right' | 'both' | 'distribute'

export interface RunProps {
  /** Font for ASCII, and for everything else. */
  ascii?: string
  hAnsi?: string
  size?: number
  bold?: boolean
  italic?: boolean
  /** Kind of underline, `none` included. */
  underline?: string
  underlineColor?: string
  strike?: boolean
  doubleStrike?: boolean
  /** `auto` is black, or white on a dark ground. */
  color?: string
  /** Ground behind the text: highlight or shading. */
  highlight?: string
  shading?: string
  vertical?: 'superscript' | 'subscript' | 'baseline'
  caps?: boolean
  smallCaps?: boolean
  hidden?: boolean
  rtl?: boolean
  /** Added after each character. */
  spacing?: number
  /** Raised above the baseline. */
  position?: number
  /** Horizontal scale, 1 is normal. */
  scale?: number
}

export interface TabStop {
  position: number
  kind: 'left' | 'center' | 'right' | 'decimal' | 'bar' | 'clear'
  leader: string
}

export interface Border {
  style: string
  /** Width of the whole border. */
  width: number
  color: string
  /** Distance from the text. */
  space: number
}

export type Side = 'top' | 'left' | 'bottom' | 'right'
export type Borders = Partial<Record<Side | 'insideH' | 'insideV' | 'between', Border>>

export interface ParagraphProps {
  style?: string
  align?: Align
  left?: number
  right?: number
  /** Negative for a hanging indent. */
  first?: number
  before?: number
  after?: number
  /** Multiple of the natural height when the rule is `auto`, points otherwise. */
  line?: number
  lineRule?: 'auto' | 'exact' | 'atLeast'
  keepNext?: boolean
  keepLines?: boolean
  pageBreakBefore?: boolean
  widowControl?: boolean
  contextualSpacing?: boolean
  tabs?: TabStop[]
  borders?: Borders
  shading?: string
  numId?: string
  level?: number
  bidi?: boolean
}

/** Where a floating object stands in one direction (20.4.3): an offset or an alignment from some edge. */
export interface AnchorOffset {
  /** `page`, `margin`, `column`, `paragraph` … */
  from: string
  offset: number
  align?: string
}

export interface Picture {
  part: string
  width: number
  height: number
  alt: string
  /** What is cut off each side, as fractions of the whole picture. */
  crop?: Record<Side, number>
  /** Place of a picture that floats over or under the text and does not move it. */
  anchor?: { horizontal: AnchorOffset; vertical: AnchorOffset; behind: boolean }
}

export type FieldKind = 'PAGE' | 'NUMPAGES'

export type Inline = { props: RunProps; link?: string } & (
  | { kind: 'text'; text: string }
  /** `to` is an absolute position tab (17.3.3.23), which ignores the paragraph's stops. */
  | { kind: 'tab'; to?: 'left' | 'center' | 'right' }
  | { kind: 'break'; type: 'line' | 'page' | 'column' }
  | { kind: 'picture'; picture: Picture }
  | { kind: 'field'; field: FieldKind; format: string }
)

export interface Paragraph {
  kind: 'paragraph'
  props: ParagraphProps
  /** The paragraph mark: gives an empty paragraph its height. */
  mark: RunProps
  /** The number or bullet; its justification is around the start of the first line. */
  label?: { inlines: Inline[]; align: 'left' | 'center' | 'right' }
  inlines: Inline[]
}

export interface Width {
  type: 'auto' | 'nil' | 'dxa' | 'pct'
  /** Points, or a fraction when `pct`. */
  value: number
}

export interface Cell {
  span: number
  merge?: 'restart' | 'continue'
  width?: Width
  /** Set on the cell itself, and from the table's style for its place in the table. */
  borders: Borders
  styleBorders: Borders
  margins: Partial<Record<Side, number>>
  shading?: string
  vAlign: 'top' | 'center' | 'bottom'
  blocks: Block[]
}

export interface Row {
  cells: Cell[]
  before: number
  after: number
  height?: { rule: 'exact' | 'atLeast'; value: number }
  cantSplit: boolean
  header: boolean
}

export interface Table {
  kind: 'table'
  grid: number[]
  width: Width
  fixed: boolean
  align: 'left' | 'center' | 'right'
  indent: number
  borders: Borders
  margins: Record<Side, number>
  rows: Row[]
}

export type Block = Paragraph | Table

export interface HeaderSet {
  default?: Block[]
  first?: Block[]
  even?: Block[]
}

export interface Section {
  width: number
  height: number
  top: number
  right: number
  bottom: number
  left: number
  /** Distance of the header from the top edge, of the footer from the bottom edge. */
  header: number
  footer: number
  start: 'nextPage' | 'continuous' | 'evenPage' | 'oddPage'
  titlePage: boolean
  /** Text columns of equal width, and the room between them. */
  columns: { count: number; gap: number }
  /** First page number, when the section restarts the count. */
  pageStart?: number
  pageFormat: string
  headers: HeaderSet
  footers: HeaderSet
  blocks: Block[]
}

export interface DocumentModel {
  sections: Section[]
  evenAndOdd: boolean
  defaultTab: number
  /** Word's layout generation: 15 is Word 2013 and later, 12 when the document does not say. */
  compatibility: number
  /** Spacing between paragraphs adds up rather than collapses. */
  addSpacing: boolean
  expandShiftReturn: boolean
  title: string
  language: string
  warnings: Warnings
}

/** Deduplicated sentences about what is drawn differently from the original. */
export class Warnings {
  readonly #seen = new Set<string>()

  add(sentence: string) {
    if (this.#seen.size < 100) this.#seen.add(sentence)
  }

  get list(): string[] {
    return [...this.#seen]
  }
}
