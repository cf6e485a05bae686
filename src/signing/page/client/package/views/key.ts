import { formatMoment } from '../../../moment.ts'
import { h } from '../../dom.ts'
import type { PackageApp, PackageView } from '../app.ts'
import type { KeyRun, RunFailure } from '../key-run.ts'
import { classifyReason } from '../reasons.ts'
import { sentenceOf } from '../trouble.ts'

const isPhone = (): boolean => /Android|iPhone|iPad|Mobile/.test(navigator.userAgent)

const spinner = (...said: (Node | string | false)[]): HTMLElement =>
  h('div', { class: 'state' }, h('span', { class: 'spinner', 'aria-hidden': 'true' }), ...said)

/** The certificates that the program has, for the person to choose from. */
function certificateForm({ t }: PackageApp, run: KeyRun): HTMLElement {
  const cards = run.certificates.map(({ id, owner, issuer, validTo }, i) => {
    const input = h('input', {
      type: 'radio',
      name: 'certificate',
      id: `certificate-${i}`,
      value: id,
      'aria-describedby': `certificate-${i}-hint`,
    })
    input.checked = i === 0
    return h(
      'div',
      { class: 'way' },
      input,
      h('label', { for: `certificate-${i}` }, owner),
      h(
        'p',
        { class: 'hint', id: `certificate-${i}-hint` },
        `${issuer}, ${t.key.validTo(formatMoment(validTo, undefined, { seconds: false }))}`,
      ),
    )
  })
  const form = h(
    'form',
    {
      novalidate: true,
      onsubmit: (event) => {
        event.preventDefault()
        const chosen = form.querySelector<HTMLInputElement>('input:checked')
        if (chosen) run.choose(chosen.value)
      },
    },
    h('fieldset', { class: 'ways' }, h('legend', {}, t.key.choose), ...cards),
    h('button', { type: 'submit', class: 'button' }, t.key.sign),
  )
  return form
}

/** What to do about a program that does not answer. */
const help = ({ t }: PackageApp, { program }: KeyRun): HTMLElement =>
  h(
    'section',
    { class: 'meaning', 'aria-label': t.key.helpTitle },
    h('h2', {}, t.key.helpTitle),
    h('ol', {}, ...t.key.help[program].map((line) => h('li', {}, line))),
    isPhone() && h('p', { class: 'warning' }, t.key.phone),
  )

function sentence({ t }: PackageApp, { program }: KeyRun, failure: RunFailure): string {
  switch (failure.failure) {
    case 'absent':
    case 'broken':
      return t.key.failed[failure.failure][program]
    case 'service':
      return sentenceOf(failure.error, t) ?? t.trouble.conflict
    default:
      return t.key.failed[failure.failure]
  }
}

function failureText(app: PackageApp, run: KeyRun, failure: RunFailure): HTMLElement {
  const { t } = app
  const reasons = failure.failure === 'rejected' ? failure.reasons : []
  const known = [...new Set(reasons.map(classifyReason).filter((reason) => reason !== undefined))]
  const detail = 'detail' in failure ? failure.detail : undefined
  const isMissing = failure.failure === 'absent' || failure.failure === 'broken'
  return h(
    'div',
    {},
    h(
      'div',
      { class: 'outcome bad', role: 'alert' },
      h('strong', {}, sentence(app, run, failure)),
      ...known.map((reason) => h('p', {}, t.key.reasons[reason])),
    ),
    detail !== undefined && h('p', { class: 'hint said' }, detail),
    // The service's own words, for whoever is asked for help.
    ...reasons.map((reason) => h('p', { class: 'hint said', lang: 'en' }, reason)),
    isMissing && help(app, run),
    h('button', { type: 'button', class: 'button', onclick: run.retry }, t.retry),
  )
}

function body(app: PackageApp, run: KeyRun, total: number): HTMLElement {
  const { t } = app
  switch (run.phase) {
    case 'connecting':
      return spinner(h('p', {}, t.key.connecting[run.program]), h('p', { class: 'hint' }, t.key.connectHint))
    case 'choosing':
      return certificateForm(app, run)
    case 'signing':
      return spinner(
        h('p', {}, h('strong', {}, t.key.progress(run.signatures.length + 1, total))),
        h('p', {}, app.answer?.documents[run.signatures.length]?.name ?? ''),
        h('p', {}, t.key.confirmIn[run.program]),
        total > 1 && h('p', { class: 'hint' }, t.key.several),
      )
    case 'sending':
      return spinner(h('p', {}, t.key.sending))
    default:
      return failureText(app, run, run.failure ?? { failure: 'lost' })
  }
}

/** Signing with the person's own key, as far as it has come. */
export const keyView: PackageView = (app, answer) => {
  const { t, run } = app
  if (!run) return { element: h('section', {}), start: () => app.go('confirm') }
  const place = h('div', {})
  const leave = h('button', { type: 'button', class: 'link' })
  leave.addEventListener('click', () => {
    run.stop()
    app.go('confirm')
  })

  function draw(): void {
    if (!run) return
    place.replaceChildren(body(app, run, answer.documents.length))
    leave.textContent = run.phase === 'failed' || run.phase === 'choosing' ? t.key.other : t.key.cancel
    // What was sent cannot be called back.
    leave.hidden = run.phase === 'sending'
  }
  run.onChange = () => {
    const hadFocus = place.contains(document.activeElement)
    draw()
    if (run.phase === 'choosing') place.querySelector<HTMLElement>('input:checked')?.focus()
    else if (hadFocus) element.querySelector('h1')?.focus()
  }
  const element = h('section', { class: 'card narrow key' }, h('h1', { tabindex: '-1' }, t.key.title[run.program]), place, leave)
  draw()
  return { element, step: 'key' }
}
