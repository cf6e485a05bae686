import type { Block, Inline, RunProps, Warnings } from './model.ts'
import type { NumberingState } from './numbering.ts'
import type { DocxPackage } from './package.ts'
import type { ThemeFonts } from './parse-props.ts'
import type { Styles } from './parse-styles.ts'
import type { XmlNode } from './xml.ts'

/** A complex field being read (17.16.18): its code, then its result. */
export interface OpenField {
  instruction: string
  phase: 'code' | 'result'
  /** The result is computed, so the stored one is skipped. */
  replaced: boolean
  link?: string
  checkBox?: boolean
}

/** What the readers of one part share. */
export interface ParseContext {
  source: DocxPackage
  /** Name of the part being read; relation ids are relative to it. */
  part: string
  styles: Styles
  numbering: NumberingState
  theme: ThemeFonts
  warnings: Warnings
  fields: OpenField[]
  /** Content of text boxes, drawn after the paragraph that holds them. */
  boxes: Block[]
  boxDepth: number
  /** Reads block content; here so that inline readers may reach it without a circle of modules. */
  readBlocks: (nodes: XmlNode[], context: ParseContext) => Block[]
  /** Notes met so far. */
  notes: { kind: 'footnote' | 'endnote'; id: string }[]
  /** Sign of the note being read, when a note is. */
  noteSign?: string
}

export interface InlineScope {
  context: ParseContext
  /** Run properties of the paragraph's styles. */
  base: RunProps
  out: Inline[]
  link?: string
}
