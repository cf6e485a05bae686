import { hasKzChecksum } from '../lib/identifiers.ts'
import { isE164 } from '../lib/phones.ts'

export type FieldType = 'text' | 'number' | 'date' | 'phone' | 'iin' | 'checkbox'

const isDate = (value: string) => {
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value) ?? /^(?<d>\d{2})\.(?<m>\d{2})\.(?<y>\d{4})$/.exec(value)
  if (!iso) return false
  const [y, m, d] = iso.groups ? [iso.groups.y, iso.groups.m, iso.groups.d].map(Number) : [iso[1], iso[2], iso[3]].map(Number)
  const date = new Date(Date.UTC(y ?? 0, (m ?? 0) - 1, d))
  return date.getUTCFullYear() === y && date.getUTCMonth() + 1 === m && date.getUTCDate() === d
}

const RULES: Record<FieldType, [(value: string) => boolean, string]> = {
  text: [() => true, ''],
  // As people write amounts: digits in groups of three, a comma or a point.
  number: [(v) => /^-?\d{1,3}(?:[ \u00a0\u202f]?\d{3}){0,6}(?:[.,]\d{1,10})?$/.test(v), 'must be a number'],
  date: [isDate, 'must be a date: 2026-01-31 or 31.01.2026'],
  phone: [(v) => isE164(v.replace(/[ ()\u00a0-]/g, '')), 'must be a phone: +77011234567'],
  iin: [hasKzChecksum, 'must be an IIN or BIN'],
  checkbox: [(v) => v === 'true' || v === 'false', 'must be true or false'],
}

/** Why a value does not fit its field's type; undefined when it does. */
export function valueProblem(type: FieldType, value: string): string | undefined {
  const [fits, message] = RULES[type]
  return fits(value) ? undefined : message
}
