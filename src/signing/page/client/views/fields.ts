import type { Field } from '../answers.ts'
import { ApiError } from '../api.ts'
import type { App, View } from '../app.ts'
import { busy, h } from '../dom.ts'
import { collect, control, showRefused } from '../form.ts'
import type { Control } from '../form.ts'
import { guessSigner } from '../guess.ts'

const AUTOCOMPLETE: Readonly<Record<string, string>> = {
  name: 'name',
  fio: 'name',
  full_name: 'name',
  client_name: 'name',
  surname: 'family-name',
  last_name: 'family-name',
  first_name: 'given-name',
  patronymic: 'additional-name',
  email: 'email',
  client_email: 'email',
  address: 'street-address',
  client_address: 'street-address',
  city: 'address-level2',
  birth_date: 'bday',
  company: 'organization',
  company_name: 'organization',
  position: 'organization-title',
}

/** A name that we know in the person's language, else the company's own, made readable. */
function labelOf(field: Field, names: Readonly<Record<string, string>>): string {
  const known = Object.hasOwn(names, field.field_name) ? names[field.field_name] : undefined
  if (known !== undefined) return known
  const words = field.field_name.replaceAll(/[_.-]+/g, ' ').trim()
  return words === '' ? field.field_name : words.charAt(0).toLocaleUpperCase() + words.slice(1)
}

function controlOf(field: Field, app: App): Control {
  const { t } = app
  const hints: Partial<Record<Field['field_type'], string>> = { phone: t.fields.phoneHint, iin: t.fields.iinHint }
  const options = {
    name: field.field_name,
    type: field.field_type,
    label: labelOf(field, t.fields.names),
    hint: hints[field.field_type],
    value: app.values[field.field_name] ?? field.value ?? '',
    autocomplete: AUTOCOMPLETE[field.field_name],
    onInput: (value: string) => {
      app.values[field.field_name] = value
    },
  }
  return control(options, t)
}

export function fieldsView(app: App): View {
  const { t } = app
  const controls = app.fields.map((field) => controlOf(field, app))
  const button = h('button', { type: 'submit', class: 'button' }, t.fields.submit)

  async function submit(): Promise<void> {
    if (button.disabled) return
    const values = collect(controls, t.errors.summary)
    if (!values) return
    const done = busy(button, t.fields.saving)
    try {
      await app.api.fill(values)
      app.fields = app.fields.map((field) => ({ ...field, value: values[field.field_name] ?? field.value }))
      guessSigner(app)
      app.viewer?.destroy()
      app.viewer = undefined
      app.go('rendering')
    } catch (error) {
      done()
      if (error instanceof ApiError && error.kind === 'invalid' && showRefused(controls, error.fields, t)) return
      app.fail(error, async () => {
        app.go('fields')
        await Promise.resolve()
      })
    }
  }

  const form = h(
    'form',
    {
      class: 'card',
      novalidate: true,
      onsubmit: (event) => {
        event.preventDefault()
        void submit()
      },
    },
    h('h1', { tabindex: '-1' }, t.fields.title),
    h('p', { class: 'lead' }, t.fields.intro),
    ...controls.map(({ element }) => element),
    button,
  )
  return { element: form, step: 'fill' }
}
