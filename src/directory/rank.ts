import { coreWords, type Groups } from './text.ts'

/** A row that a search has found: `label` holds its names as words, names apart by a bar. */
export interface Candidate {
  id: number
  label: string
}

/**
 * How well a name answers a search, the lower the better: 0 it is the name, 1 the name begins so, 2 all is among the name's words, 3 words of the name
 * begin so, 4 it was found elsewhere (address, director, contacts).
 */
function gradeOf(words: string[], groups: Groups): number {
  const asked = coreWords(groups.map(([first = '']) => first))
  // A phone has more than one form, and stands alone.
  const wholes = groups.length === 1 ? (groups[0] ?? []) : [asked.join('')]
  const whole = coreWords(words).join('')
  if (wholes.includes(whole)) return 0
  if (wholes.some((w) => whole.startsWith(w))) return 1
  if (groups.every((group) => group.some((word) => words.includes(word)))) return 2
  return groups.every((group) => group.some((word) => words.some((w) => w.startsWith(word)))) ? 3 : 4
}

/** The candidates, best first; among equals the shorter name, then the older row. */
export function rank(candidates: Candidate[], groups: Groups): Candidate[] {
  const graded = candidates.map((candidate) => {
    const names = candidate.label.split('|')
    const grades = names.map((name) => gradeOf(name.split(' '), groups))
    const grade = Math.min(...grades)
    return { candidate, grade, length: Math.min(...names.filter((_, i) => grades[i] === grade).map((n) => n.length)) }
  })
  return graded.sort((a, b) => a.grade - b.grade || a.length - b.length || a.candidate.id - b.candidate.id).map((g) => g.candidate)
}
