import type { Stored } from '../../db/client.ts'
import type { Output } from './compile.ts'

/** Whole numbers of `scale` digits after the point as a decimal: any size, since sums come as text. */
export function decimalText(digits: string, scale: number): string {
  const negative = digits.startsWith('-')
  const all = digits.replace('-', '').padStart(scale + 1, '0')
  const cut = all.length - scale
  return `${negative ? '-' : ''}${scale === 0 ? all : `${all.slice(0, cut)}.${all.slice(cut)}`}`
}

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
