import type { Atom } from './atoms.ts'
import type { LineSettings, Piece } from './lines.ts'
import { widthOf } from './looks.ts'
import type { Look } from './looks.ts'
import type { TabStop } from './model.ts'

// Sums of advances in floating point, against positions that were twips.
const TOLERANCE = 0.03

/**
 * The stop that a tab at `x` jumps to (17.3.1.37): the next one set, or the hanging indent, or the next default one.
 * @param x from the left edge of the text area, in points
 */
export function nextStop(x: number, settings: Pick<LineSettings, 'tabs' | 'left' | 'defaultTab'>): TabStop {
  const set = settings.tabs
    .filter((t) => t.kind !== 'clear' && t.kind !== 'bar' && t.position > x + TOLERANCE)
    .sort((a, b) => a.position - b.position)[0]
  const hanging = settings.left > x + TOLERANCE ? settings.left : undefined
  if (set && (hanging === undefined || set.position <= hanging)) return set
  if (hanging !== undefined) return { position: hanging, kind: 'left', leader: '' }
  return { position: (Math.floor((x + TOLERANCE) / settings.defaultTab) + 1) * settings.defaultTab, kind: 'left', leader: '' }
}

/** Width of what an aligned tab moves: up to the next tab or break; for decimals up to the separator. */
function widthAfterTab(atoms: Atom[], from: number, decimal: boolean, bound: number): number {
  let width = 0
  for (let i = from; i < atoms.length && width <= bound; i++) {
    const atom = atoms[i]
    if (!atom || atom.kind === 'tab' || atom.kind === 'break') break
    if (decimal && atom.kind === 'text') {
      const at = atom.text.search(/[.,]\d*$/)
      if (at >= 0) return width + widthOf(atom.look, atom.text.slice(0, at))
    }
    width += atom.width
  }
  // Spaces at the end do not push the text to the left.
  return width
}

/** @returns undefined when the stop lies beyond the line, which then breaks before the tab */
export function tabWidth(atoms: Atom[], at: number, x: number, limit: number, settings: LineSettings): number | undefined {
  const atom = atoms[at]
  const to = atom?.kind === 'tab' ? atom.to : undefined
  let stop = to ? { position: to === 'right' ? limit : to === 'center' ? limit / 2 : 0, kind: to, leader: '' } : nextStop(x, settings)
  const isSet = to !== undefined || settings.tabs.some((t) => t.position === stop.position)
  if (stop.position > limit + TOLERANCE) {
    // A stop set a little beyond the margin works as if at the margin; a default one sends the text to the next line.
    if (!isSet || stop.kind === 'left') return isSet && stop.position < limit + 20 ? Math.max(0, limit - x) : undefined
    stop = { ...stop, position: limit }
  }
  if (stop.kind === 'left') return stop.position - x
  const room = stop.position - x
  const text = widthAfterTab(atoms, at + 1, stop.kind === 'decimal', 2 * room + limit)
  return Math.max(0, stop.kind === 'center' ? Math.min(room - text / 2, limit - x - text) : room - text)
}

/** A tab shows its leader and decoration. */
export function tabPiece(look: Look, x: number, at: number, width: number, settings: LineSettings): Piece {
  const leader = settings.tabs.find((t) => t.leader !== '' && Math.abs(nextStop(x, settings).position - t.position) < 0.01)?.leader ?? ''
  const one = leader === '' ? 0 : widthOf(look, leader)
  const count = one > 0 ? Math.min(1000, Math.floor(width / one)) : 0
  const plain = count > 0 ? { ...look, underline: undefined } : look
  // Leaders end at the stop, so that those of successive lines stand under one another.
  const used = count * one
  return {
    kind: 'text',
    text: leader.repeat(count),
    look: plain,
    stretch: 0,
    x: count > 0 ? at + width - used : at,
    width: count > 0 ? used : width,
  }
}
