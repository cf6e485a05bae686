import * as z from 'zod'
import { hasKzChecksum } from '../lib/identifiers.ts'
import { isE164 } from '../lib/phones.ts'
import { line } from './operation.ts'

// Fields that several surfaces share, each said once, with its example.
export const id = z.int().min(1).max(Number.MAX_SAFE_INTEGER).meta({ example: 1 })
export const phone = z
  .string()
  .max(16)
  .refine(isE164, 'must be E.164, for example +77771234567')
  .meta({ example: '+77771234567', pattern: '^\\+[1-9]\\d{7,14}$' })
export const email = z.email().max(254).meta({ example: 'company@example.com' })
export const newPassword = z.string().min(8).max(128).meta({ format: 'password', writeOnly: true, example: 'password123' })
/** A password that is only compared: any length is a wrong one, but none is long enough to tire the hash. */
export const password = z.string().min(1).max(1024).meta({ format: 'password', writeOnly: true, example: 'password123' })
export const name = line(255)
export const iinOrBin = z
  .string()
  .max(12)
  .refine(hasKzChecksum, 'must be an IIN or BIN: twelve digits with a valid check digit')
  .meta({ example: '180540034205', pattern: '^\\d{12}$' })
/** In UTC the year has four digits, too: others are written otherwise and would not stand in order among them. */
const isOrdinary = (text: string) => {
  const at = Date.parse(text)
  return Number.isNaN(at) || /^\d{4}-/.test(new Date(at).toISOString())
}
export const moment = z.iso.datetime({ offset: true }).max(40).refine(isOrdinary, 'is out of range')
export const instant = moment.meta({ example: '2024-01-15T10:30:00Z' })
export const uuid = z.uuid().meta({ example: '3f2c8f0a-5a1e-4d0b-9a53-0d6f5c1b7e21' })
/** At least one of the known fields must be there. */
export const notEmpty = (value: object) => Object.keys(value).length > 0
