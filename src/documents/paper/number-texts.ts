import { formatDecimal } from '../../lib/money.ts'

// Numbers as they are printed on papers: groups of three with no-break spaces, a decimal comma.

const grouped = (digits: string) => digits.replace(/\B(?=(\d{3})+(?!\d))/g, '\u00a0')

/** `1 234 567,89`, of minor units. */
export function amountText(minor: number): string {
  const [whole = '', fraction = ''] = formatDecimal(minor).split('.')
  return `${grouped(whole)},${fraction}`
}

/** `1 500`, `0,125`: without zeros that say nothing. */
export function quantityText(value: number, scale: number): string {
  const [whole = '', fraction = ''] = formatDecimal(value, scale).split('.')
  const digits = fraction.replace(/0+$/, '')
  return grouped(whole) + (digits === '' ? '' : `,${digits}`)
}
