import { announce, h } from './dom.ts'

export type Checked = { value: string } | { error: string }

/** One input of a form: what it is, and how it is checked. `check` gives the value to send, or what is wrong with it. */
export interface Control {
  name: string
  element: HTMLElement
  input: HTMLInputElement
  check: () => Checked
  setError: (message: string | undefined) => void
}

export interface ControlProps {
  name: string
  label: string
  hint?: string | undefined
  value: string
  /** Attributes of the input, its type among them. */
  input: Readonly<Record<string, string | number>>
  onInput: (value: string) => void
  check: (value: string) => Checked
}

/** A labelled input with a hint and a place for its error, tied together for screen readers. */
export function makeControl({ name, label, hint, value, input: attributes, onInput, check: judge }: ControlProps): Control {
  const id = `f-${name}`
  const isCheckbox = attributes.type === 'checkbox'
  const described = `${hint === undefined ? '' : `${id}-hint `}${id}-error`
  const input = h('input', { id, name, ...attributes, 'aria-describedby': described, ...(isCheckbox ? {} : { 'aria-required': 'true' }) })
  if (isCheckbox) input.checked = value === 'true'
  else input.value = value
  const error = h('p', { id: `${id}-error`, class: 'error' })
  const read = (): string => (isCheckbox ? String(input.checked) : input.value)
  const setError = (message: string | undefined): void => {
    error.textContent = message ?? ''
    if (message === undefined) input.removeAttribute('aria-invalid')
    else input.setAttribute('aria-invalid', 'true')
  }
  input.addEventListener('input', () => {
    onInput(read())
    setError(undefined)
  })
  const check = (): Checked => judge(read())
  // A mistake shows when the person leaves the field, not while typing; an empty field is no mistake yet.
  input.addEventListener('change', () => {
    const result = check()
    if (!isCheckbox && input.value.trim() !== '') setError('error' in result ? result.error : undefined)
  })
  const caption = h('label', { for: id }, label)
  const hintText = hint === undefined ? undefined : h('p', { id: `${id}-hint`, class: 'hint' }, hint)
  const element = isCheckbox
    ? h('div', { class: 'field check' }, input, caption, error)
    : h('div', { class: 'field' }, caption, hintText, input, error)
  return { name, element, input, check, setError }
}

/** Checks every control, marks what is wrong, moves to the first of it. `undefined` when the form cannot go. */
export function collect(controls: readonly Control[], summary: (count: number) => string): Record<string, string> | undefined {
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
  announce(summary(wrong.length))
  return undefined
}

/** The box that must be ticked. */
export const consentControl = (label: string, isGiven: boolean, missing: string, onInput: (isGiven: boolean) => void): Control =>
  makeControl({
    name: 'consent',
    label,
    value: String(isGiven),
    input: { type: 'checkbox' },
    onInput: (value) => onInput(value === 'true'),
    check: (value) => (value === 'true' ? { value } : { error: missing }),
  })

/** The field of a one-time code; phones offer to fill it in from the SMS. */
export function codeControl(label: string, value: string, wrong: string, onInput: (value: string) => void): Control {
  const code = makeControl({
    name: 'code',
    label,
    value,
    // not maxlength 6: a code pasted as "123 456" would be cut
    input: {
      type: 'text',
      autocomplete: 'one-time-code',
      inputmode: 'numeric',
      maxlength: 12,
      autocapitalize: 'off',
      enterkeyhint: 'done',
    },
    onInput,
    check: (typed) => {
      const digits = typed.replaceAll(/\D/g, '')
      return /^\d{6}$/.test(digits) ? { value: digits } : { error: wrong }
    },
  })
  code.element.classList.add('code')
  return code
}
