import * as z from 'zod'
import { line } from '../http/operation.ts'
import { compactKzIban, isBic, isKbe, isKnp } from '../lib/identifiers.ts'
import { formatDecimal, tryParseDecimal } from '../lib/money.ts'

// Fields of document 001, each said once. Decimals come as text or as JSON numbers and are kept as whole numbers of their last digit.

export const hexId = z
  .string()
  .regex(/^[0-9a-f]{8}$/)
  .meta({ example: 'a095fbe6' })
export const staffId = hexId.meta({ readOnly: true, example: '65b4e1b7' })
export const name255 = line(255)
export const measure = line(32).meta({ example: 'шт' })
const NOT_SAID = 'Не указано'
/** An empty description reads «Не указано» (document 001). */
export const description = z
  .string()
  .max(2000)
  .transform((text) => (text.trim() === '' ? NOT_SAID : text))
  .meta({ example: 'Не указано' })
export const descriptionOr = description.default(NOT_SAID)

interface Decimal {
  digits: number
  scale: number
  message: string
  example: string
}

/** A decimal that is not negative, as a whole number of units of its last digit. */
export const decimal = ({ digits, scale, message, example }: Decimal) => {
  const shape = new RegExp(`^\\d{1,${digits}}(\\.\\d+)?$`)
  return z
    .union([z.string().max(digits + scale + 1), z.number()])
    .transform((value, ctx) => {
      const parsed = shape.test(String(value)) ? tryParseDecimal(value, scale) : undefined
      if (parsed !== undefined) return parsed
      ctx.addIssue({ code: 'custom', message })
      return z.NEVER
    })
    .meta({ json: { type: ['string', 'number'], pattern: `^\\d{1,${digits}}(\\.\\d{1,${scale}})?$`, example }, example })
}

export const price = decimal({ digits: 10, scale: 2, message: 'must be a number with at most 2 digits after the point', example: '21.00' })
export const quantity = decimal({
  digits: 9,
  scale: 3,
  message: 'must be a number with at most 3 digits after the point',
  example: '1',
}).refine((n) => n > 0, 'must be more than 0')
/** Per cent. */
export const percent = decimal({
  digits: 3,
  scale: 2,
  message: 'must be a number with at most 2 digits after the point',
  example: '16',
}).refine((n) => n <= 10_000, 'must be at most 100')

export const money = z.string().meta({ example: '21.00', pattern: '^\\d+\\.\\d{2}$' })
export const showMoney = (tiyn: number) => formatDecimal(tiyn)
export const showQuantity = (thousandths: number) => formatDecimal(thousandths, 3)
export const showPercent = (rate: number | null) => (rate === null ? null : formatDecimal(rate))

/** ИИК, also in groups of print; kept without spaces. */
export const iban = z
  .string()
  .max(34)
  .transform((value, ctx) => {
    const compact = compactKzIban(value)
    if (compact !== undefined) return compact
    ctx.addIssue({ code: 'custom', message: 'must be an IBAN of Kazakhstan with valid check digits' })
    return z.NEVER
  })
  .meta({ json: { type: 'string', pattern: '^KZ\\d{2}[0-9A-Z]{16}$', example: 'KZ417812870193980012' }, example: 'KZ417812870193980012' })
export const bic = z
  .string()
  .max(11)
  .refine((value) => isBic(value, ['KZ']), 'must be a BIC of a bank in Kazakhstan')
  .meta({ example: 'TBKBKZKA' })
export const kbe = z.string().max(2).refine(isKbe, 'must be a КБе: residency 1 or 2, then sector 1 to 9').meta({ example: '13' })
export const knp = z.string().max(3).refine(isKnp, 'must be a КНП: three digits').meta({ example: '123' })

/** A day that exists. */
export const day = z.iso.date().max(10).meta({ example: '2026-01-15' })
