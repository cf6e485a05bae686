import type { Output } from '../builder/columns.ts'

// How the columns of a report share the paper. Pure: sizes in points.

export interface Wanted {
  /** For its longest text on one line. */
  width: number
  /** Numbers and days stay on their line; words wrap, down to so much. */
  least: number
}
const LEAST_WORDS = 80

/** How wide columns want to be, by their longest texts in letters of that size. */
export function wantedBy(columns: readonly Output[], rows: readonly string[][], size: number): Wanted[] {
  const letters = (text: string, most: number) => Math.min(Array.from(text).length, most)
  return columns.map(({ label, type }, i) => {
    const values = Math.max(5, ...rows.slice(0, 200).map((row) => letters(row[i] ?? '', 40)))
    // A head wraps as well: its words count, not the whole of it.
    const head = Math.max(...label.split(' ').map((word) => letters(word, 14)))
    const width = Math.max(values, head) * size * 0.55 + 8
    return { width, least: type === 'string' ? Math.min(width, LEAST_WORDS) : width }
  })
}

/** Columns that have no room beside one another go on in further parts, each with the first column again, which tells the rows. */
export function partsOf(wanted: readonly Wanted[], room: number): number[][] {
  const parts: number[][] = [[]]
  let taken = 0
  for (const [i, { least }] of wanted.entries()) {
    const part = parts.at(-1) ?? []
    if (taken + least > room && part.length > (parts.length > 1 ? 1 : 0)) {
      parts.push([0, i])
      taken = (wanted[0]?.least ?? 0) + least
    } else {
      part.push(i)
      taken += least
    }
  }
  return parts
}

/** Numbers and days have what they need, words share the rest. */
export function fitted(part: readonly Wanted[], room: number): number[] {
  const kept = part.reduce((sum, { least }) => sum + least, 0)
  const more = part.reduce((sum, { width, least }) => sum + width - least, 0)
  const rest = room - kept
  return part.map(({ width, least }) => {
    if (rest < 0 || more === 0) return (least / kept) * room
    return least + ((width - least) / more) * rest
  })
}
