/** The general rate of VAT in Kazakhstan from a day on, in hundredths of a per cent: tax codes of 2008 and of 2025. */
const RATES: readonly [from: string, rate: number][] = [
  ['2009-01-01', 1200],
  ['2026-01-01', 1600],
]

/** The first day of which the general rate is known. */
export const FIRST_DAY = '2009-01-01'

/** The general rate on a day (`YYYY-MM-DD`), in hundredths of a per cent. */
export const vatRateOn = (date: string): number => RATES.findLast(([from]) => from <= date)?.[1] ?? RATES[0]?.[1] ?? 0
