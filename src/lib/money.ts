/**
 * Exact money. An amount is a whole number of minor units (tiyn, kopecks) held in a `number` that is a safe integer: up to 90 trillion tenge. There is no
 * binary fraction anywhere; products are computed in BigInt. Everything throws `RangeError` on what it cannot hold exactly.
 */

/** Digits after the point of an amount. Rates and quantities may have another scale. */
export const MONEY_SCALE = 2

const DECIMAL = /^(-?)(\d{1,30})(?:\.(\d{1,30}))?$/

const power = (scale: number): bigint => 10n ** BigInt(scale)

function safe(value: bigint): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw new RangeError('The amount is too large')
  // -0 would print as "-0" in some places and break equality in others.
  return number === 0 ? 0 : number
}

function whole(value: number): bigint {
  if (!Number.isSafeInteger(value)) throw new RangeError('Not a whole number of minor units')
  return BigInt(value)
}

/**
 * Divides and rounds half up, that is a half goes away from zero (5 : 2 = 3, -5 : 2 = -3), as accountants do.
 *
 * @throws RangeError when the divisor is not positive.
 */
export function divideHalfUp(dividend: bigint, divisor: bigint): bigint {
  if (divisor <= 0n) throw new RangeError('The divisor must be positive')
  const half = (2n * (dividend < 0n ? -dividend : dividend) + divisor) / (2n * divisor)
  return dividend < 0n ? -half : half
}

/**
 * Reads a decimal into an integer of `scale` digits after the point: `'2500.5'` → `250050`. A JSON number is read by the digits it is written with, so
 * `0.1` is one tenth exactly. Zeros beyond the scale are dropped; other digits beyond it are refused, not rounded.
 *
 * @throws RangeError for anything that is not such a decimal: a comma, spaces, an exponent, too many digits.
 */
export function parseDecimal(value: string | number, scale = MONEY_SCALE): number {
  const match = DECIMAL.exec(String(value))
  const [, sign = '', units = '0', fraction = ''] = match ?? []
  const digits = fraction.replace(/0+$/, '')
  if (!match || digits.length > scale) throw new RangeError(`Not a decimal with at most ${scale} digits after the point`)
  return safe(BigInt(sign + units + digits.padEnd(scale, '0')))
}

/** The same as `parseDecimal`, `undefined` instead of the error: for validation. */
export function tryParseDecimal(value: string | number, scale = MONEY_SCALE): number | undefined {
  try {
    return parseDecimal(value, scale)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** `250050` → `'2500.50'`, always with all digits of the scale. */
export function formatDecimal(value: number, scale = MONEY_SCALE): string {
  return decimalText(whole(value).toString(), scale)
}

/** The same of digits that no number can hold: sums that D1 gives as text. */
export function decimalText(digits: string, scale: number): string {
  const sign = digits.startsWith('-') ? '-' : ''
  const all = digits.slice(sign.length).padStart(scale + 1, '0')
  return scale === 0 ? sign + all : `${sign}${all.slice(0, -scale)}.${all.slice(-scale)}`
}

/** For contracts that give money as a JSON number: `250050` → `2500.5`. The shortest digits of the result are the amount's own, up to 15 of them. */
export function toJsonNumber(value: number, scale = MONEY_SCALE): number {
  return Number(formatDecimal(value, scale))
}

/** Adds amounts up. @throws RangeError when the sum does not fit. */
export function sumMoney(amounts: Iterable<number>): number {
  let sum = 0n
  for (const amount of amounts) sum += whole(amount)
  return safe(sum)
}

/**
 * `rate` per cent of an amount, rounded half up to a minor unit. The rate is an integer of `rateScale` digits after the point: 12.5 % is `1250`.
 */
export function percentOf(amount: number, rate: number, rateScale = 2): number {
  return safe(divideHalfUp(whole(amount) * whole(rate), 100n * power(rateScale)))
}

/** The amount less `rate` per cent of it: the discount is rounded, the rest follows, so that both add up to the amount. */
export function lessPercent(amount: number, rate: number, rateScale = 2): number {
  return sumMoney([amount, -percentOf(amount, rate, rateScale)])
}

/** The part of a gross amount that a tax of `rate` per cent makes up (VAT included in a price): gross × rate / (100 + rate), rounded half up. */
export function includedPercent(gross: number, rate: number, rateScale = 2): number {
  return safe(divideHalfUp(whole(gross) * whole(rate), 100n * power(rateScale) + whole(rate)))
}

/** Price × quantity, where the quantity is an integer of `quantityScale` digits after the point: 1.5 m³ is `1500` at scale 3. Rounded half up. */
export function timesQuantity(price: number, quantity: number, quantityScale = 3): number {
  return safe(divideHalfUp(whole(price) * whole(quantity), power(quantityScale)))
}

/** What per cent of the whole a part is, as an integer of `rateScale` digits after the point, rounded half up. @throws RangeError when the whole is not positive. */
export function percentShare(part: number, total: number, rateScale = 2): number {
  return safe(divideHalfUp(whole(part) * 100n * power(rateScale), whole(total)))
}
