import type { Stored } from '../../db/client.ts'
import { decimalText } from '../../lib/money.ts'
import type { Output } from './columns.ts'

/** A cell as JSON shows it: decimals are strings, as the contract has them. */
export function shownValue({ type, scale }: Pick<Output, 'type' | 'scale'>, value: Stored | undefined): string | number | boolean | null {
  if (value === null || value === undefined) return null
  switch (type) {
    case 'decimal':
      return decimalText(String(value), scale)
    case 'integer': {
      const whole = Number(value)
      return Number.isSafeInteger(whole) ? whole : String(value)
    }
    case 'boolean':
      return value === 1 || value === '1'
    default:
      return String(value)
  }
}
