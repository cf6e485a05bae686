import { QUANTITY_SCALE, timesQuantity } from '../../http/numbers.ts'
import { divideHalfUp, sumMoney } from '../../lib/money.ts'
import type { AppliedCoefficient, Exact } from '../coefficients/apply.ts'
import { invalid } from '../registry/registry.ts'
import type { CostBasis } from './tables.ts'

// What a completed work costs. Money in minor units, quantities with four digits after the point; nothing here reads or writes.

/** The most that one work may come to, and one unit of it, in minor units: so sums over many stay exact. */
export const MOST_OF_A_WORK = 9e13

const tooMuch = (path: string) => invalid([{ path, message: 'Сумма слишком велика.' }])

/** Money that may turn out larger than what is kept. @throws AppError validation, naming the field */
function within(path: string, work: () => number): number {
  try {
    const amount = work()
    if (amount <= MOST_OF_A_WORK) return amount
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  throw tooMuch(path)
}

export interface MaterialLine {
  quantity: number
  unitPrice: number | null
  totalAmount: number | null
}

/** A material's line: what was said, or quantity × price; null where there is no price either. */
export const lineTotal = ({ quantity, unitPrice, totalAmount }: MaterialLine, path: string): number | null =>
  totalAmount !== null
    ? within(path, () => totalAmount)
    : unitPrice === null
      ? null
      : within(path, () => timesQuantity(unitPrice, quantity, QUANTITY_SCALE))

/** What is known of a work's cost. A total that is said stands. */
export interface Known {
  quantity: number
  price: number | null
  total: number | null
  /** Totals of the materials' lines. */
  materials: readonly (number | null)[]
}

export interface Cost {
  price: number | null
  totalAmount: number
  basis: CostBasis
  applied: AppliedCoefficient[]
}

const perUnit = (amount: number, quantity: number): number =>
  within('price', () => Number(divideHalfUp(BigInt(amount) * 10n ** BigInt(QUANTITY_SCALE), BigInt(quantity))))

/**
 * Price × quantity, or without a price the sum of the materials, each with the coefficients on it, rounded once, at the end; the price then follows from the
 * total. A total that is said stands as it is. Whatever comes of it, what one unit costs and price × quantity stay what money can be: acts and logs show both.
 *
 * @throws AppError validation where something comes to more than is kept
 */
export function costOf(
  { quantity, price, total, materials }: Known,
  withCoefficients: (amount: number | Exact) => { amount: number; applied: AppliedCoefficient[] },
): Cost {
  if (total !== null) {
    const unit = perUnit(
      within('total_amount', () => total),
      quantity,
    )
    if (price !== null) within('price', () => timesQuantity(price, quantity, QUANTITY_SCALE))
    return { price: price ?? unit, totalAmount: total, basis: 'total', applied: [] }
  }
  const priced = (base: number | Exact) => {
    const { amount, applied } = withCoefficients(base)
    const totalAmount = within('quantity', () => amount)
    return { totalAmount, unit: perUnit(totalAmount, quantity), applied }
  }
  if (price !== null) {
    within('quantity', () => timesQuantity(price, quantity, QUANTITY_SCALE))
    const { totalAmount, applied } = priced({ dividend: BigInt(price) * BigInt(quantity), divisor: 10n ** BigInt(QUANTITY_SCALE) })
    return { price, totalAmount, basis: 'price', applied }
  }
  const lines = materials.filter((amount) => amount !== null)
  if (lines.length === 0) return { price: null, totalAmount: 0, basis: 'materials', applied: [] }
  const { totalAmount, unit, applied } = priced(within('materials', () => sumMoney(lines)))
  return { price: unit, totalAmount, basis: 'materials', applied }
}

/** What a change says of the cost; undefined is what it does not say. */
export interface Said {
  price: number | null | undefined
  total: number | null | undefined
  quantityChanged: boolean
  /** The list of materials was sent. */
  materialsSent: boolean
  /** The day, the project or the kind of work is another: other coefficients may fit. */
  placeChanged: boolean
}

/** From what the cost is worked out anew; undefined where it stays as it is. */
export function recost(before: { price: number | null; basis: CostBasis }, said: Said): Pick<Known, 'price' | 'total'> | undefined {
  if (typeof said.total === 'number') return { price: said.price ?? null, total: said.total }
  if (said.price !== undefined) return { price: said.price, total: null }
  // A total that somebody said is only left for a price when there is another quantity of it.
  if (before.basis === 'total') return said.quantityChanged ? { price: before.price, total: null } : undefined
  if (!said.quantityChanged && !said.materialsSent && !said.placeChanged) return undefined
  return { price: before.basis === 'price' ? before.price : null, total: null }
}
