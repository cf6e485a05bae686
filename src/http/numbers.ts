import * as z from 'zod'
import { divideHalfUp, formatDecimal, MONEY_SCALE, toJsonNumber } from '../lib/money.ts'

/** Digits after the point that quantities are kept with: a norm per unit of work needs four. */
export const QUANTITY_SCALE = 4
/** Rate coefficients and their values. */
export const RATE_SCALE = 4

const NUMBER = /^-?\d{1,15}(?:\.\d{1,30})?$/

/** A decimal as an integer of `scale` digits, rounded half up at the last of them; undefined for what is none, or too large. */
export function scaled(value: number | string, scale: number): number | undefined {
  const text = typeof value === 'number' ? plain(value) : value.trim()
  if (!NUMBER.test(text)) return undefined
  const [units = '', fraction = ''] = text.split('.')
  const negative = units.startsWith('-')
  const all = BigInt(units.replace('-', '') + fraction.padEnd(scale, '0'))
  const rounded = divideHalfUp(all, 10n ** BigInt(Math.max(0, fraction.length - scale)))
  const whole = Number(negative ? -rounded : rounded)
  return Number.isSafeInteger(whole) ? (whole === 0 ? 0 : whole) : undefined
}

/** A number's digits without an exponent: 1e-7 is 0.0000001. */
function plain(value: number): string {
  const text = String(value)
  if (!/e/.test(text)) return text
  return Math.abs(value) < 1 ? value.toFixed(20) : text
}

interface Bounds {
  /** In whole units, both included. */
  min?: number
  max?: number
  example?: number
}

/**
 * A decimal of a contract that gives numbers, as an integer of `scale` digits: 12.5 is 1250 at scale 2. Text is taken too, since forms and queries have nothing
 * else. Digits beyond the scale are rounded half up, as accountants do.
 */
export const decimal = (scale: number, { min, max, example = 1 }: Bounds = {}) =>
  z
    .union([z.number(), z.string().max(40)])
    .transform((value, context) => {
      const whole = scaled(value, scale)
      const problem =
        whole === undefined
          ? 'must be a number'
          : min !== undefined && Number(value) < min
            ? `must be at least ${min}`
            : max !== undefined && Number(value) > max
              ? `must be at most ${max}`
              : undefined
      if (whole === undefined || problem !== undefined) {
        context.addIssue({ code: 'custom', message: problem ?? 'must be a number' })
        return z.NEVER
      }
      return whole
    })
    .meta({
      json: { type: 'number', ...(min === undefined ? {} : { minimum: min }), ...(max === undefined ? {} : { maximum: max }), example },
    })

/** Money in minor units, not negative unless `min` says so. */
export const money = (bounds: Bounds = {}) => decimal(MONEY_SCALE, { min: 0, max: 9e12, ...bounds })
/** A quantity, an integer of four digits after the point. */
export const quantity = (bounds: Bounds = {}) => decimal(QUANTITY_SCALE, { min: 0, max: 9e9, ...bounds })

export const showMoney = (value: number): number => toJsonNumber(value, MONEY_SCALE)
export const showQuantity = (value: number): number => toJsonNumber(value, QUANTITY_SCALE)
export const showRate = (value: number): number => toJsonNumber(value, RATE_SCALE)
// Sums of many rows, as SQL's `total` gives them: exact up to 2^53, and beyond that as near as a double is, so that no sum fails.
export const showSum = (value: number): number => (Number.isSafeInteger(value) ? showMoney(value) : value / 10 ** MONEY_SCALE)
export const showQuantitySum = (value: number): number => (Number.isSafeInteger(value) ? showQuantity(value) : value / 10 ** QUANTITY_SCALE)
/** The same, where there may be none. */
export const orNull = <T, R>(value: T | null, show: (value: T) => R): R | null => (value === null ? null : show(value))

/** Quantity × price, both as they are kept, in minor units, half up. */
export { timesQuantity } from '../lib/money.ts'
/** For people: digits and a point. */
export const moneyText = (value: number): string => formatDecimal(value, MONEY_SCALE)
