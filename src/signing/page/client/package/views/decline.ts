import { announce, busy, h } from '../../dom.ts'
import type { PackageApp, PackageView } from '../app.ts'
import { explain } from '../trouble.ts'

const LONGEST = 1000

/** Asks for the reason. */
function reasonForm(app: PackageApp): HTMLElement {
  const { t } = app
  const area = h('textarea', {
    id: 'f-reason',
    name: 'reason',
    rows: 5,
    maxlength: LONGEST,
    'aria-required': 'true',
    'aria-describedby': 'f-reason-hint f-reason-error',
    autocapitalize: 'sentences',
  })
  area.value = app.reason
  const error = h('p', { id: 'f-reason-error', class: 'error' })
  const left = h('p', { class: 'hint' })
  const count = (): void => {
    left.textContent = t.decline.count(LONGEST - area.value.length)
  }
  area.addEventListener('input', () => {
    app.reason = area.value
    error.textContent = ''
    area.removeAttribute('aria-invalid')
    count()
  })
  count()

  function submit(): void {
    if (area.value.trim() === '') {
      error.textContent = t.decline.missing
      area.setAttribute('aria-invalid', 'true')
      area.focus()
      return announce(t.decline.missing)
    }
    app.isSure = true
    app.go('decline')
  }

  return h(
    'form',
    {
      class: 'card',
      novalidate: true,
      onsubmit: (event) => {
        event.preventDefault()
        submit()
      },
    },
    h('button', { type: 'button', class: 'link back', onclick: () => app.go('documents') }, `← ${t.back}`),
    h('h1', { tabindex: '-1' }, t.decline.title),
    h('p', { class: 'lead' }, t.decline.text),
    h(
      'div',
      { class: 'field' },
      h('label', { for: 'f-reason' }, t.decline.label),
      h('p', { id: 'f-reason-hint', class: 'hint' }, t.decline.hint),
      area,
      left,
      error,
    ),
    h('button', { type: 'submit', class: 'button danger' }, t.decline.submit),
  )
}

/** Asks whether it is meant: there is no way back. */
function lastQuestion(app: PackageApp): HTMLElement {
  const { t } = app
  const alert = h('p', { class: 'error', role: 'alert' })
  const yes = h('button', { type: 'button', class: 'button danger' }, t.decline.yes)

  async function send(): Promise<void> {
    if (yes.disabled) return
    alert.textContent = ''
    const done = busy(yes, t.decline.sending)
    try {
      await app.api.decline(app.reason.trim())
      await app.load()
    } catch (error) {
      done()
      await explain(app, error, alert)
    }
  }
  yes.addEventListener('click', () => void send())

  function goBack(): void {
    app.isSure = false
    app.go('decline')
  }

  return h(
    'section',
    { class: 'card narrow' },
    h('h1', { tabindex: '-1' }, t.decline.sureTitle),
    h('p', { class: 'lead' }, t.decline.sure),
    h('blockquote', { class: 'said' }, app.reason.trim()),
    alert,
    yes,
    h('button', { type: 'button', class: 'button secondary', onclick: goBack }, t.decline.edit),
  )
}

export const declineView: PackageView = (app) => ({ element: app.isSure ? lastQuestion(app) : reasonForm(app) })
