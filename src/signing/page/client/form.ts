import { hasKzChecksum } from '../../../lib/identifiers.ts'
import { isE164, normalizePhone } from '../../../lib/phones.ts'
import type { Texts } from '../texts.ts'
import type { Field } from './answers.ts'
import { makeControl } from './control.ts'
import type { Checked, Control } from './control.ts'

export { collect } from './control.ts'
export type { Control } from './control.ts'

export type FieldType = Field['field_type']

export interface ControlOptions {
  name: string
  type: FieldType
  label: string
  hint?: string | undefined
  value: string
  autocomplete?: string | undefined
  onInput: (value: string) => void
  /** Instead of the check that the type has. */
  check?: (value: string) => Checked
}

/** Checks a typed value by its type; what passes is what the service is sent. */
export function checkValue(type: FieldType, typed: string, t: Texts['errors']): Checked {
  const value = typed.trim().replaceAll(/\s+/g, ' ')
  if (type === 'checkbox') return { value: typed === 'true' ? 'true' : 'false' }
  if (value === '') return { error: t.required }
  switch (type) {
    case 'iin': {
      const digits = value.replaceAll(/[\s-]/g, '')
      if (!/^\d{12}$/.test(digits)) return { error: t.iinLength(digits.replaceAll(/\D/g, '').length) }
      return hasKzChecksum(digits) ? { value: digits } : { error: t.iin }
    }
    case 'phone': {
      const phone = normalizePhone(value)?.e164 ?? value.replaceAll(/[\s().-]/g, '')
      return isE164(phone) ? { value: phone } : { error: t.phone }
    }
    case 'number': {
      const number = value.replaceAll(/\s/g, '').replace(',', '.')
      return /^-?\d+(\.\d+)?$/.test(number) ? { value: number } : { error: t.number }
    }
    case 'date':
      return /^\d{4}-\d{2}-\d{2}$/.test(value) ? { value } : { error: t.date }
    default:
      return { value: typed.trim() }
  }
}

function inputProps(type: FieldType): Record<string, string | number> {
  switch (type) {
    case 'iin':
      return { type: 'text', inputmode: 'numeric', maxlength: 14, autocomplete: 'off' }
    case 'phone':
      return { type: 'tel', inputmode: 'tel', maxlength: 24, autocomplete: 'tel' }
    case 'number':
      return { type: 'text', inputmode: 'decimal', maxlength: 40, autocomplete: 'off' }
    case 'date':
      return { type: 'date', max: '9999-12-31' }
    case 'checkbox':
      return { type: 'checkbox' }
    default:
      return { type: 'text', maxlength: 10_000, autocapitalize: 'sentences' }
  }
}

/** A control for a value of a known type. */
export function control({ type, autocomplete, check, ...options }: ControlOptions, t: Texts): Control {
  return makeControl({
    ...options,
    input: { ...inputProps(type), ...(autocomplete === undefined ? {} : { autocomplete }) },
    check: check ?? ((value) => checkValue(type, value, t.errors)),
  })
}

/** Shows refusals of the service at the fields that they name. Tells whether there was any to show. */
export function showRefused(controls: readonly Control[], refused: Readonly<Record<string, string>>, t: Texts): boolean {
  const named = controls.filter(({ name }) => Object.hasOwn(refused, name))
  for (const item of named) {
    // The service speaks English; a mistake that the page knows in the person's language is said so.
    const own = item.check()
    item.setError('error' in own ? own.error : t.errors.refused)
  }
  named[0]?.input.focus()
  return named.length > 0
}
