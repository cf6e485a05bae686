import { includedPercent, percentOf, sumMoney, timesQuantity } from '../lib/money.ts'
import type { Line, Sums, VatMode } from './model.ts'

/**
 * What a line comes to: price × quantity, rounded half up to a tiyn, and the VAT of that line, rounded likewise. `rate` null: without VAT.
 *
 * @throws RangeError when an amount is too large to be held exactly
 */
export function lineSums({ price, quantity }: Pick<Line, 'price' | 'quantity'>, mode: VatMode, rate: number | null): Sums {
  const base = timesQuantity(price, quantity)
  if (mode === 'none' || rate === null) return { net: base, vat: 0, total: base }
  if (mode === 'on_top') {
    const vat = percentOf(base, rate)
    return { net: base, vat, total: sumMoney([base, vat]) }
  }
  const vat = includedPercent(base, rate)
  return { net: sumMoney([base, -vat]), vat, total: base }
}

/** Sums of lines: VAT is added up line by line, as on an invoice that states it by line. @throws RangeError */
export const addUp = (lines: readonly Sums[]): Sums => ({
  net: sumMoney(lines.map((l) => l.net)),
  vat: sumMoney(lines.map((l) => l.vat)),
  total: sumMoney(lines.map((l) => l.total)),
})

/** VAT by rate, the highest rate first and what has none last. */
export function vatByRate(lines: readonly Line[]): ({ rate: number | null } & Sums)[] {
  const groups = Map.groupBy(lines, (line) => line.vatRate)
  const order = [...groups.keys()].toSorted((a, b) => (b ?? -1) - (a ?? -1))
  return order.map((rate) => ({ rate, ...addUp(groups.get(rate) ?? []) }))
}
