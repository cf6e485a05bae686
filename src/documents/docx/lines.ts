import type { Atom } from './atoms.ts'
import { widthOf } from './looks.ts'
import type { Look } from './looks.ts'
import type { Align, FieldKind, Picture, TabStop } from './model.ts'
import { tabPiece, tabWidth } from './tabs.ts'

/** Something drawn on a line. `x` is from the left edge of the text area, in points. */
export type Piece = { x: number; width: number; link?: string } & (
  | {
      kind: 'text'
      text: string
      look: Look
      /** Added to every space of justified text. */
      stretch: number
      field?: { kind: FieldKind; format: string }
    }
  | { kind: 'picture'; picture: Picture; height: number }
)

export interface Line {
  pieces: Piece[]
  height: number
  /** Distance of the baseline from the top of the line. */
  baseline: number
  /** A break after this line that the author put there. */
  end?: 'page' | 'column'
}

export interface LineSettings {
  /** Width of the text area. */
  width: number
  left: number
  right: number
  /** Of the first line, from `left`; negative for a hanging indent. */
  first: number
  tabs: TabStop[]
  defaultTab: number
  align: Align
  line: number
  lineRule: 'auto' | 'exact' | 'atLeast'
  /** Look of the paragraph mark, which an empty line takes its height from. */
  mark: Look
  /** Whether a justified line that ends in a manual break is stretched. */
  expandShiftReturn: boolean
}

type TextAtom = Extract<Atom, { kind: 'text' }>

interface Placed {
  atom: Atom
  x: number
  width: number
}

// Sums of advances in floating point, against widths that were twips.
const TOLERANCE = 0.03
const MIN_WIDTH = 12

/** Breaks the atoms of a paragraph into lines. `atoms` is consumed: an overlong word is cut in place. */
export function fillLines(atoms: Atom[], settings: LineSettings): Line[] {
  const lines: Line[] = []
  const limit = settings.width - settings.right
  let next = 0
  do {
    const start = Math.min(Math.max(settings.left + (lines.length === 0 ? settings.first : 0), -1000), Math.max(0, limit - MIN_WIDTH))
    const taken = fillLine(atoms, next, start, Math.max(limit, start + MIN_WIDTH), settings)
    const last = taken.next >= atoms.length
    lines.push(finishLine(taken.placed, start, Math.max(limit, start + MIN_WIDTH), last, settings))
    next = taken.next
    // A page break that ends the paragraph leaves nothing for the next page.
  } while (next < atoms.length || endsInLineBreak(atoms, next, lines))
  return lines
}

/** A line break at the very end of a paragraph makes one more, empty line. */
function endsInLineBreak(atoms: Atom[], next: number, lines: Line[]): boolean {
  const last = atoms.at(-1)
  if (next !== atoms.length || last?.kind !== 'break' || last.type !== 'line') return false
  atoms.push({ kind: 'text', text: '', look: last.look, width: 0, space: false, breakAfter: false, soft: false })
  return lines.length > 0
}

function fillLine(atoms: Atom[], from: number, start: number, limit: number, settings: LineSettings): { placed: Placed[]; next: number } {
  const placed: Placed[] = []
  let x = start
  /** How many atoms end at the last place where the line may break. */
  let breakable = -1
  for (let i = from; i < atoms.length; i++) {
    const atom = atoms[i]
    if (!atom) break
    if (atom.kind === 'break') {
      placed.push({ atom, x, width: 0 })
      return { placed, next: i + 1 }
    }
    if (atom.kind === 'tab') {
      const width = tabWidth(atoms, i, x, limit, settings)
      if (width === undefined && placed.length > 0) return { placed, next: i }
      placed.push({ atom, x, width: width ?? 0 })
      x += width ?? 0
      breakable = placed.length
      continue
    }
    const width = atom.width
    const fits = (atom.kind === 'text' && atom.space) || x + width <= limit + TOLERANCE
    if (fits) {
      placed.push({ atom, x, width })
      x += width
      const soft = atom.kind === 'text' && atom.soft && x + widthOf(atom.look, '-') > limit
      if (atom.kind === 'picture' || (atom.breakAfter && !soft)) breakable = placed.length
      continue
    }
    // A picture may go to the next line on its own, whatever stands before it.
    if (atom.kind === 'picture' && placed.length > 0) return { placed, next: i }
    if (breakable > 0) return { placed: placed.slice(0, breakable), next: from + breakable }
    if (atom.kind === 'picture') return { placed: [{ atom, x, width }], next: i + 1 }
    const cut = cutAtom(atom, limit - x, placed.length === 0)
    if (cut === undefined) return { placed, next: i }
    const [head, tail] = cut
    placed.push({ atom: head, x, width: head.width })
    if (tail) atoms[i] = tail
    return { placed, next: tail ? i : i + 1 }
  }
  return { placed, next: atoms.length }
}

/** Cuts a word that is wider than a line; at least one character goes on an empty line. */
function cutAtom(atom: TextAtom, room: number, mustTake: boolean): [TextAtom, TextAtom | undefined] | undefined {
  let width = 0
  let at = 0
  while (at < atom.text.length) {
    const length = (atom.text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
    const advance = widthOf(atom.look, atom.text.slice(at, at + length))
    if (width + advance > room + TOLERANCE && !(mustTake && at === 0)) break
    width += advance
    at += length
  }
  if (at === 0) return undefined
  const head: TextAtom = { ...atom, text: atom.text.slice(0, at), width, soft: false }
  const rest = atom.text.slice(at)
  return [head, rest === '' ? undefined : { ...atom, text: rest, width: Math.max(0, atom.width - width) }]
}

const isTrailing = (placed: Placed | undefined) => placed?.atom.kind === 'break' || (placed?.atom.kind === 'text' && placed.atom.space)

function finishLine(placed: Placed[], start: number, limit: number, last: boolean, settings: LineSettings): Line {
  const ending = placed.at(-1)?.atom
  const manual = ending?.kind === 'break'
  let end = placed.length
  while (end > 0 && isTrailing(placed[end - 1])) end--
  const shown = placed.slice(0, end)
  const final = shown.at(-1)
  const used = final ? final.x + final.width : start
  // A hyphenation mark appears when the line ends at it.
  if (final?.atom.kind === 'text' && final.atom.soft && !last && final.atom.breakAfter) {
    const width = final.width + widthOf(final.atom.look, '-')
    shown[shown.length - 1] = { ...final, atom: { ...final.atom, text: `${final.atom.text}-`, width }, width }
  }
  const room = Math.max(0, limit - used)
  const afterTab = shown.findLastIndex((p) => p.atom.kind === 'tab') + 1
  const justified = settings.align === 'distribute' || (settings.align === 'both' && !last && (!manual || settings.expandShiftReturn))
  let stretch = 0
  if (justified && !(ending?.kind === 'break' && ending.type !== 'line')) {
    let spaces = 0
    for (const { atom } of shown.slice(afterTab)) if (atom.kind === 'text' && atom.space) spaces += atom.text.length
    if (spaces > 0) stretch = room / spaces
  }
  const shift = settings.align === 'right' ? room : settings.align === 'center' ? room / 2 : 0
  const line: Line = { pieces: makePieces(shown, afterTab, stretch, shift, settings), ...lineMetrics(placed, settings) }
  underlineTrailing(line, placed.slice(end), shift, limit)
  if (ending?.kind === 'break' && ending.type !== 'line') line.end = ending.type
  return line
}

/** Underlined spaces at the end of a line are how people draw lines to sign on. */
function underlineTrailing(line: Line, trailing: Placed[], shift: number, limit: number) {
  for (const { atom, x, width } of trailing) {
    const visible = Math.min(width, limit - x - shift)
    if (atom.kind === 'text' && atom.look.underline !== undefined && visible > 0) {
      line.pieces.push({ kind: 'text', text: '', look: atom.look, stretch: 0, x: x + shift, width: visible })
    }
  }
}

function makePieces(shown: Placed[], afterTab: number, stretch: number, shift: number, settings: LineSettings): Piece[] {
  const pieces: Piece[] = []
  let added = 0
  for (const [i, { atom, x, width }] of shown.entries()) {
    const at = x + shift + added
    if (atom.kind === 'text') {
      const own = i >= afterTab ? stretch : 0
      const extra = atom.space ? atom.text.length * own : 0
      added += extra
      const previous = pieces.at(-1)
      const joins =
        previous?.kind === 'text' &&
        previous.look === atom.look &&
        previous.link === atom.link &&
        previous.stretch === own &&
        !previous.field &&
        !atom.field &&
        previous.text !== '' &&
        Math.abs(previous.x + previous.width - at) < 0.01
      if (joins) {
        previous.text += atom.text
        previous.width += width + extra
      } else if (atom.text !== '') {
        const piece: Piece = { kind: 'text', text: atom.text, look: atom.look, stretch: own, x: at, width: width + extra }
        if (atom.link !== undefined) piece.link = atom.link
        if (atom.field) piece.field = atom.field
        pieces.push(piece)
      }
    } else if (atom.kind === 'picture') {
      pieces.push({
        kind: 'picture',
        picture: atom.picture,
        x: at,
        width,
        height: atom.height,
        ...(atom.link !== undefined && { link: atom.link }),
      })
    } else if (atom.kind === 'tab' && width > 0) pieces.push(tabPiece(atom.look, x, at, width, settings))
  }
  return pieces
}

/** Height and baseline of a line (17.3.1.33). */
function lineMetrics(placed: Placed[], settings: LineSettings): { height: number; baseline: number } {
  let ascent = 0
  let descent = 0
  let picture = 0
  for (const { atom } of placed) {
    if (atom.kind === 'picture') picture = Math.max(picture, atom.height)
    else {
      ascent = Math.max(ascent, atom.look.ascent)
      descent = Math.max(descent, atom.look.descent)
    }
  }
  if (ascent === 0) {
    if (picture === 0) ascent = settings.mark.ascent
    descent = picture === 0 ? settings.mark.descent : 0
  }
  const { line, lineRule } = settings
  if (lineRule === 'exact') return { height: line, baseline: line * 0.8 }
  const natural = Math.max(ascent, picture) + descent
  // "At least" puts the extra room above the text, a multiple below it; less than single spacing takes it from above.
  if (lineRule === 'atLeast') return { height: Math.max(line, natural), baseline: Math.max(line, natural) - descent }
  const height = picture > ascent ? natural + Math.max(0, (ascent + descent) * (line - 1)) : natural * line
  return { height, baseline: line < 1 ? height - descent : natural - descent }
}
