import { ApiError } from '../api.ts'
import type { App, View } from '../app.ts'
import { consentControl } from '../control.ts'
import { busy, h } from '../dom.ts'
import { checkValue, collect, control, showRefused } from '../form.ts'
import { saveAttempt } from '../resume.ts'

export const RESEND_AFTER_MS = 60_000
export const MAX_WRONG_CODES = 5

/** Asks for a code and keeps what the next view counts down. @throws ApiError */
export async function requestCode(app: App): Promise<void> {
  if (!app.contract) return
  // What is signed must be what was read: a document that was rendered anew meanwhile is read again.
  const { generated_pdf_path: path, signed_at: signedAt } = await app.api.contract()
  if (signedAt || path !== app.contract.generated_pdf_path) {
    app.viewer?.destroy()
    app.viewer = undefined
    return app.load()
  }
  const answer = await app.api.sign(app.contract.id, app.signer)
  // Signed at once is not what was asked for; the contract's own state tells what happened.
  if (!('lifetime' in answer)) return app.load()
  const now = performance.now()
  app.attempt = { expires: now + answer.lifetime, resendFrom: now + RESEND_AFTER_MS, left: MAX_WRONG_CODES, isEnded: false }
  app.code = ''
  saveAttempt(app)
}

export function identityView(app: App): View {
  const { t, signer } = app
  const name = control(
    {
      name: 'client_name',
      type: 'text',
      label: t.identity.name,
      hint: t.identity.nameHint,
      value: signer.name,
      autocomplete: 'name',
      onInput: (value) => (signer.name = value),
      check: (value) => {
        const text = value.trim().replaceAll(/\s+/g, ' ')
        if (text === '') return { error: t.errors.required }
        return /\p{L}{2}/u.test(text) && text.length <= 255 ? { value: text } : { error: t.errors.name }
      },
    },
    t,
  )
  const iin = control(
    {
      name: 'client_iin',
      type: 'iin',
      label: t.identity.iin,
      hint: t.identity.iinHint,
      value: signer.iin,
      onInput: (value) => (signer.iin = value),
    },
    t,
  )
  const phone = control(
    {
      name: 'client_phone',
      type: 'phone',
      label: t.identity.phone,
      hint: t.identity.phoneHint,
      value: signer.phone,
      onInput: (value) => (signer.phone = value),
      check: (value) => checkValue('phone', value, t.errors),
    },
    t,
  )
  const consent = consentControl(t.identity.consent, app.hasConsent, t.errors.consent, (isGiven) => (app.hasConsent = isGiven))
  const controls = [name, iin, phone, consent]
  const button = h('button', { type: 'submit', class: 'button' }, t.identity.submit)

  async function submit(): Promise<void> {
    if (button.disabled) return
    const values = collect(controls, t.errors.summary)
    if (!values) return
    app.signer = { name: values.client_name ?? '', iin: values.client_iin ?? '', phone: values.client_phone ?? '' }
    const done = busy(button, t.identity.sending)
    try {
      app.attempt = undefined
      await requestCode(app)
      if (app.attempt) app.go('code')
    } catch (error) {
      done()
      if (error instanceof ApiError && error.kind === 'invalid' && showRefused(controls, error.fields, t)) return
      app.fail(error, async () => {
        app.go('identity')
        await Promise.resolve()
      })
    }
  }

  const element = h(
    'form',
    {
      class: 'card',
      novalidate: true,
      onsubmit: (event) => {
        event.preventDefault()
        void submit()
      },
    },
    h('button', { type: 'button', class: 'link back', onclick: () => app.go('read') }, `← ${t.back}`),
    h('h1', { tabindex: '-1' }, t.identity.title),
    h(
      'section',
      { class: 'meaning', 'aria-label': t.identity.meaningTitle },
      h('h2', {}, t.identity.meaningTitle),
      h('ul', {}, ...t.identity.meaning.map((line) => h('li', {}, line))),
    ),
    name.element,
    iin.element,
    phone.element,
    h('p', { class: 'warning' }, t.identity.warning),
    consent.element,
    button,
  )
  return { element, step: 'sign' }
}
