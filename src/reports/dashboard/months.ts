import { instantIn } from '../../lib/dates.ts'

/** `2024-12` and a number of months after it (before, when negative). */
function addMonths(month: string, months: number): string {
  const [year = 0, of = 1] = month.split('-').map(Number)
  const at = year * 12 + of - 1 + months
  return `${String(Math.floor(at / 12)).padStart(4, '0')}-${String((at % 12) + 1).padStart(2, '0')}`
}

/** So many months, oldest first; `month` is the last of them. */
export const lastMonths = (month: string, many: number): string[] => Array.from({ length: many }, (_, i) => addMonths(month, i + 1 - many))

/** The instants, in UTC, at which each of the months begins where the organization is, and that at which the last one ends. */
export const monthStarts = (months: readonly string[], zone: string): string[] =>
  [...months, addMonths(months.at(-1) ?? '', 1)].map((month) => instantIn(`${month}-01`, '00:00', zone).toISOString())
