import type { PackageTexts } from '../../../package-texts.ts'
import { collect, consentControl } from '../../control.ts'
import { busy, h } from '../../dom.ts'
import { ApiError } from '../../http.ts'
import type { PackageAnswer } from '../answers.ts'
import type { PackageApp, PackageView, Way } from '../app.ts'
import { toAttempt, waysOf } from '../app.ts'
import { startKeyRun } from '../key-run.ts'
import { explain } from '../trouble.ts'
import { requestCode } from './code.ts'

type Kind = keyof PackageTexts['confirm']['meaning']

/** Radio buttons as cards; `onChoose` hears of every change. */
function choice(app: PackageApp, ways: readonly Way[], onChoose: (way: Way) => void): HTMLElement {
  const { t } = app
  const cards = ways.map((way) => {
    const id = `way-${way}`
    const input = h('input', {
      type: 'radio',
      name: 'way',
      id,
      value: way,
      'aria-describedby': `${id}-hint`,
      onchange: () => onChoose(way),
    })
    input.checked = way === app.way
    return h(
      'div',
      { class: 'way' },
      input,
      h('label', { for: id }, t.confirm.ways[way]),
      h('p', { class: 'hint', id: `${id}-hint` }, t.confirm.wayHints[way]),
    )
  })
  return h('fieldset', { class: 'ways' }, h('legend', {}, t.confirm.way), ...cards)
}

/** What it means, said before it is done: it depends on who does it, and how. */
function meaning({ t }: PackageApp, { documents, subject }: PackageAnswer, kind: Kind): HTMLElement {
  const lines = [
    ...t.confirm.meaning[kind],
    ...(documents.length > 1 && kind !== 'approve' ? [t.confirm.all(documents.length)] : []),
    ...(subject === 'certificate_request' && kind !== 'approve' ? [t.confirm.certificate] : []),
  ]
  const title = kind === 'approve' ? t.confirm.meaningTitleApprove : t.confirm.meaningTitle
  return h('section', { class: 'meaning', 'aria-label': title }, h('h2', {}, title), h('ul', {}, ...lines.map((line) => h('li', {}, line))))
}

/** The step before a decision: how, what it means, and the person's consent. */
export const confirmView: PackageView = (app, answer) => {
  const { t } = app
  const isApprover = answer.participant.role === 'approver'
  const ways = waysOf(answer)
  if (!ways.includes(app.way)) app.way = ways[0] ?? 'sms'
  const kindNow = (): Kind => (isApprover ? 'approve' : app.way === 'sms' ? 'sms' : 'key')

  const alert = h('p', { class: 'error', role: 'alert' })
  const button = h('button', { type: 'submit', class: 'button' })
  const changing = h('div', {})
  let consent = consentControl('', false, '', () => undefined)

  function draw(): void {
    const kind = kindNow()
    consent = consentControl(t.confirm.consent[kind], app.hasConsent, t.confirm.consentMissing, (isGiven) => (app.hasConsent = isGiven))
    const phone = answer.participant.phoneHint
    changing.replaceChildren(
      ...(kind === 'sms' && phone !== undefined ? [h('p', { class: 'hint phone' }, t.confirm.smsTo(phone))] : []),
      meaning(app, answer, kind),
      consent.element,
    )
    button.textContent = t.confirm.submit[kind]
    alert.textContent = ''
  }

  async function askForCode(): Promise<void> {
    try {
      if (await requestCode(app)) app.go('code')
    } catch (error) {
      // one was sent a moment ago, and still works
      if (!(error instanceof ApiError) || error.kind !== 'tooMany' || !answer.code) throw error
      app.attempt ??= toAttempt(answer.code)
      app.go('code')
    }
  }

  async function submit(): Promise<void> {
    if (button.disabled || !collect([consent], () => t.confirm.mistakes)) return
    alert.textContent = ''
    if (!isApprover && app.way !== 'sms') return startKeyRun(app, app.way)
    const done = busy(button, isApprover ? t.confirm.approving : t.confirm.sending)
    try {
      if (!isApprover) return await askForCode()
      await app.api.approve()
      await app.load()
    } catch (error) {
      done()
      await explain(app, error, alert)
    }
  }

  draw()
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
    h('button', { type: 'button', class: 'link back', onclick: () => app.go('documents') }, `← ${t.back}`),
    h('h1', { tabindex: '-1' }, isApprover ? t.confirm.titleApprove : t.confirm.title),
    !isApprover &&
      ways.length > 1 &&
      choice(app, ways, (way) => {
        // The consent names the way, so it is given anew.
        app.way = way
        app.hasConsent = false
        draw()
      }),
    changing,
    alert,
    button,
    h('button', { type: 'button', class: 'link', onclick: () => app.go('decline') }, t.documents.decline),
  )
  return { element, step: 'sign' }
}
