import type { FontHints } from '../font-families.ts'
import { loadFace, resolveFamily } from '../fonts.ts'
import type { Face, Family } from '../fonts.ts'
import type { Block, DocumentModel, Inline, RunProps, Warnings } from './model.ts'
import { isSymbolFont } from './symbols.ts'

/** How a run is drawn. Lengths in points. */
export interface Look {
  face: Face
  size: number
  color: string
  underline: string | undefined
  underlineColor: string
  strike: boolean
  doubleStrike: boolean
  background: string | undefined
  /** Above the baseline. */
  rise: number
  spacing: number
  scale: number
  caps: boolean
  /** Look of the lower-case letters of small capitals. */
  small: Look | undefined
  /** Height above and below the baseline that a line keeps for the run, whatever its rise. */
  ascent: number
  descent: number
}

const SUPERSCRIPT = { size: 0.6, up: 0.36, down: -0.1 }
const SMALL_CAPITALS = 0.8

const isDark = (color: string | undefined) => {
  if (color === undefined || color === 'none') return false
  const [r = 255, g = 255, b = 255] = [0, 2, 4].map((i) => Number.parseInt(color.slice(i, i + 2), 16))
  return 0.3 * r + 0.59 * g + 0.11 * b < 90
}

/** The faces a document needs, loaded, and the looks of its runs. */
export class Looks {
  readonly #faces = new Map<string, Face>()
  readonly #families = new Map<string, Family>()
  readonly #looks = new WeakMap<RunProps, Look>()
  readonly #hints: Map<string, FontHints>
  readonly #warnings: Warnings

  private constructor(hints: Map<string, FontHints>, warnings: Warnings) {
    this.#hints = hints
    this.#warnings = warnings
  }

  static async load(model: DocumentModel, hints: Map<string, FontHints>): Promise<Looks> {
    const looks = new Looks(hints, model.warnings)
    const wanted = new Map<string, RunProps>()
    const want = (props: RunProps) => wanted.set(looks.#key(props), props)
    const visit = (blocks: Block[]) => {
      for (const block of blocks) {
        if (block.kind === 'paragraph') {
          want(block.mark)
          for (const inline of [...(block.label?.inlines ?? []), ...block.inlines]) want(inlineProps(inline))
        } else for (const row of block.rows) for (const cell of row.cells) visit(cell.blocks)
      }
    }
    for (const section of model.sections) {
      visit(section.blocks)
      for (const set of [section.headers, section.footers]) for (const part of Object.values(set)) visit(part)
    }
    for (const [key, props] of wanted) {
      const face = await loadFace(looks.#family(looks.#font(props)), { bold: props.bold ?? false, italic: props.italic ?? false })
      looks.#faces.set(key, face)
    }
    return looks
  }

  #font(props: RunProps): string {
    return props.hAnsi ?? props.ascii ?? 'Times New Roman'
  }

  #key(props: RunProps): string {
    return `${this.#family(this.#font(props))}${props.bold ? ' bold' : ''}${props.italic ? ' italic' : ''}`
  }

  #family(font: string): Family {
    let family = this.#families.get(font)
    if (!family) {
      const found = resolveFamily(font, this.#hints.get(font.toLowerCase()))
      family = found.family
      this.#families.set(font, family)
      if (!found.exact && !isSymbolFont(font)) {
        this.#warnings.add(`The font "${font.slice(0, 60)}" is replaced by a similar one: lines may break elsewhere.`)
      }
    }
    return family
  }

  look(props: RunProps): Look {
    let look = this.#looks.get(props)
    if (!look) {
      const face = this.#faces.get(this.#key(props))
      if (!face) throw new Error('A face was not loaded')
      look = makeLook(face, props)
      this.#looks.set(props, look)
    }
    return look
  }

  /** Warns once per character that no face has. */
  checkText(face: Face, text: string) {
    for (const character of text) {
      const code = character.codePointAt(0) ?? 0
      if (code > 0x7f && code !== 0xad && face.isMissing(code)) {
        const hex = code.toString(16).toUpperCase().padStart(4, '0')
        this.#warnings.add(`There is no glyph for some characters, such as U+${hex}: they are drawn as empty boxes.`)
        return
      }
    }
  }
}

function makeLook(face: Face, props: RunProps): Look {
  const full = props.size ?? 10
  const raised = props.vertical === 'superscript' || props.vertical === 'subscript'
  const size = raised ? full * SUPERSCRIPT.size : full
  const shift = props.vertical === 'superscript' ? full * SUPERSCRIPT.up : props.vertical === 'subscript' ? full * SUPERSCRIPT.down : 0
  const background = [props.highlight, props.shading].find((c) => c !== undefined && c !== 'none')
  const color = props.color === undefined || props.color === 'auto' ? (isDark(background) ? 'FFFFFF' : '000000') : props.color
  const position = props.position ?? 0
  const look: Look = {
    face,
    size,
    color,
    underline: props.underline === 'none' ? undefined : props.underline,
    underlineColor: props.underlineColor ?? color,
    strike: props.strike ?? false,
    doubleStrike: props.doubleStrike ?? false,
    background,
    rise: shift + position,
    spacing: props.spacing ?? 0,
    scale: props.scale ?? 1,
    caps: (props.caps ?? false) || (props.smallCaps ?? false),
    small: undefined,
    ascent: (face.ascent + face.lineGap) * full + Math.max(0, position),
    descent: face.descent * full + Math.max(0, -position),
  }
  if (props.smallCaps && !props.caps) look.small = { ...look, size: size * SMALL_CAPITALS }
  return look
}

/** Width of text in a look, in points. */
export function widthOf(look: Look, text: string): number {
  const { face, size, spacing, scale } = look
  let width = 0
  let count = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.codePointAt(i) ?? 0
    if (code > 0xffff) i++
    width += face.advance(code)
    count++
  }
  return (width * size + count * spacing) * scale
}

/** The font is chosen by the characters of the run: ASCII may have another than the rest. */
export function inlineProps(inline: Inline): RunProps {
  const { props } = inline
  if (props.ascii === undefined || props.ascii === props.hAnsi) return props
  // oxlint-disable-next-line no-control-regex
  const plain = inline.kind !== 'text' || /^[\x00-\x7f]*$/.test(inline.text)
  return plain ? asciiProps(props) : props
}

const asciiVariants = new WeakMap<RunProps, RunProps>()

function asciiProps(props: RunProps): RunProps {
  let variant = asciiVariants.get(props)
  if (!variant) {
    variant = { ...props }
    if (props.ascii !== undefined) variant.hAnsi = props.ascii
    asciiVariants.set(props, variant)
  }
  return variant
}
