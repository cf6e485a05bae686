import { hasKzChecksum } from '../../../lib/identifiers.ts'
import { isE164, normalizePhone } from '../../../lib/phones.ts'
import type { Texts } from '../texts.ts'
import type { Field } from './answers.ts'
import { announce, h } from './dom.ts'

export type FieldType = Field['field_type']

/** One input of a form: what it is, and how it is checked. `check` gives the value to send, or what is wrong with it. */
export interface Control {
  name: string
  element: HTMLElement
  input: HTMLInputElement
  check: () => { value: string } | { error: string }
  setError: (message: string | undefined) => void
}

export interface ControlOptions {
  name: string
  type: FieldType
  label: string
  hint?: string | undefined
  value: string
  autocomplete?: string | undefined
  onInput: (value: string) => void
  /** Instead of the check that the type has. */
  check?: (value: string) => { value: string } | { error: string }
}

/** Checks a typed value by its type; what passes is what the service is sent. */
export function checkValue(type: FieldType, typed: string, t: Texts['errors']): { value: string } | { error: string } {
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

/** A labelled input with a hint and a place for its error, tied together for screen readers. */
export function control(options: ControlOptions, t: Texts): Control {
  const { name, type, label, hint } = options
  const id = `f-${name}`
  const described = `${hint === undefined ? '' : `${id}-hint `}${id}-error`
  const input = h('input', {
    id,
    name,
    ...inputProps(type),
    ...(options.autocomplete === undefined ? {} : { autocomplete: options.autocomplete }),
    'aria-describedby': described,
    ...(type === 'checkbox' ? {} : { 'aria-required': 'true' }),
  })
  if (type === 'checkbox') input.checked = options.value === 'true'
  else input.value = options.value
  const error = h('p', { id: `${id}-error`, class: 'error' })
  const read = (): string => (type === 'checkbox' ? String(input.checked) : input.value)
  const setError = (message: string | undefined): void => {
    error.textContent = message ?? ''
    if (message === undefined) input.removeAttribute('aria-invalid')
    else input.setAttribute('aria-invalid', 'true')
  }
  input.addEventListener('input', () => {
    options.onInput(read())
    setError(undefined)
  })
  const check = (): { value: string } | { error: string } => (options.check ? options.check(read()) : checkValue(type, read(), t.errors))
  // A mistake shows when the person leaves the field, not while typing; an empty field is no mistake yet.
  input.addEventListener('change', () => {
    const result = check()
    if (type !== 'checkbox' && input.value.trim() !== '') setError('error' in result ? result.error : undefined)
  })
  const caption = h('label', { for: id }, label)
  const hintText = hint === undefined ? undefined : h('p', { id: `${id}-hint`, class: 'hint' }, hint)
  const element =
    type === 'checkbox'
      ? h('div', { class: 'field check' }, input, caption, error)
      : h('div', { class: 'field' }, caption, hintText, input, error)
  return { name, element, input, check, setError }
}

/** Checks every control, marks what is wrong, moves to the first of it. `undefined` when the form cannot go. */
export function collect(controls: readonly Control[], t: Texts): Record<string, string> | undefined {
  const values: Record<string, string> = {}
  const wrong: Control[] = []
  for (const item of controls) {
    const result = item.check()
    item.setError('error' in result ? result.error : undefined)
    if ('error' in result) wrong.push(item)
    else values[item.name] = result.value
  }
  if (wrong.length === 0) return values
  wrong[0]?.input.focus()
  announce(t.errors.summary(wrong.length))
  return undefined
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
