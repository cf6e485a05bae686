import { QUANTITY_SCALE } from '../../http/numbers.ts'
import { divideHalfUp } from '../../lib/money.ts'

const big = (value: number) => BigInt(Math.round(value))

/** What one unit costs, half up, where a quantity costs so much; null where there is no quantity. */
export const priceOf = (total: number, quantity: number): number | null =>
  quantity > 0 ? Number(divideHalfUp(big(total) * 10n ** BigInt(QUANTITY_SCALE), big(quantity))) : null

/** What per cent of the whole a part is, two digits after the point, half up; 0 of nothing. */
export const percentOfSum = (part: number, whole: number): number => (whole > 0 ? Number(divideHalfUp(big(part) * 10_000n, big(whole))) : 0)

/** Days are text and compare as they are. */
export const BACKWARDS = 'Дата окончания должна быть больше или равна дате начала.'
