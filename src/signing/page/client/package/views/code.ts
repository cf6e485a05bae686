import { codeControl, collect, consentControl } from '../../control.ts'
import { announce, busy, h, wait } from '../../dom.ts'
import { ApiError } from '../../http.ts'
import { clock, CODE_LIFETIME_MS } from '../../time.ts'
import type { Attempt, PackageApp, PackageView } from '../app.ts'
import { toAttempt, waysOf } from '../app.ts'
import { situationOf } from '../situation.ts'
import { explain } from '../trouble.ts'

const RESEND_AFTER_MS = 60_000

/** Asks for a code and keeps what is counted down. False when there is nothing to sign any more, and the page has gone elsewhere. @throws ApiError */
export async function requestCode(app: PackageApp): Promise<boolean> {
  await app.api.requestCode()
  app.attempt = toAttempt({ lifetime: CODE_LIFETIME_MS, resend: RESEND_AFTER_MS })
  app.code = ''
  // the exact times; without an answer the usual ones do
  const answer = await app.api.read().catch(() => undefined)
  if (!answer) return true
  if (situationOf(answer) !== 'act') {
    app.accept(answer)
    return false
  }
  app.answer = answer
  if (answer.code) app.attempt = toAttempt(answer.code)
  return true
}

/** Where the code is typed in, with the time it has left and the time until another one may be had. */
export const codeView: PackageView = (app, answer) => {
  const { t } = app
  const attempt: Attempt = app.attempt ?? { expires: 0, resendFrom: 0, isEnded: true }
  const isOver = (): boolean => attempt.isEnded || performance.now() >= attempt.expires

  const code = codeControl(t.code.label, app.code, t.code.wrongShape, (value) => (app.code = value))
  // A code that was asked for before this page was opened anew: what it means is agreed to here.
  const consent = app.hasConsent
    ? undefined
    : consentControl(t.confirm.consent.sms, false, t.confirm.consentMissing, (isGiven) => (app.hasConsent = isGiven))
  const expiry = h('p', { class: 'hint timer' })
  const alert = h('p', { class: 'error', role: 'alert' })
  const resend = h('button', { type: 'button', class: 'button secondary' }, t.code.resend)
  const button = h('button', { type: 'submit', class: 'button' }, t.code.submit)

  function tick(): void {
    const now = performance.now()
    const isExpired = !attempt.isEnded && now >= attempt.expires
    expiry.textContent = attempt.isEnded ? '' : isExpired ? t.code.expired : t.code.expires(clock(attempt.expires - now))
    expiry.classList.toggle('error', isExpired)
    if (button.getAttribute('aria-busy') === null) button.disabled = isOver()
    if (resend.getAttribute('aria-busy') === null) {
      const left = attempt.resendFrom - now
      resend.disabled = left > 0
      resend.textContent = left > 0 ? t.code.resendIn(clock(left)) : t.code.resend
    }
  }

  async function run(signal: AbortSignal): Promise<void> {
    let wasOver = isOver()
    while (!signal.aborted) {
      tick()
      // said once, not every second
      if (!wasOver && isOver() && !attempt.isEnded) announce(t.code.expired)
      wasOver = isOver()
      await wait(500, signal)
    }
  }

  function end(): void {
    attempt.isEnded = true
    alert.textContent = t.code.ended
    tick()
  }

  /** Wrong, or no longer of use: the package tells whether the code can be tried again. */
  async function refuse(): Promise<void> {
    code.input.value = ''
    app.code = ''
    const now = await app.api.read().catch(() => undefined)
    if (now && !now.code) return end()
    alert.textContent = t.code.wrong
    code.input.focus()
  }

  async function submit(): Promise<void> {
    if (button.disabled) return
    const values = collect(consent ? [code, consent] : [code], () => t.code.wrongShape)
    if (!values) return
    alert.textContent = ''
    const done = busy(button, t.code.signing)
    try {
      await app.api.signByCode(values.code ?? '')
      await app.load()
    } catch (error) {
      done()
      if (error instanceof ApiError && error.kind === 'invalid') await refuse()
      else if (error instanceof ApiError && error.kind === 'tooMany') end()
      else await explain(app, error, alert)
    }
  }

  async function sendAgain(): Promise<void> {
    if (resend.disabled) return
    alert.textContent = ''
    const done = busy(resend, t.confirm.sending)
    try {
      if (!(await requestCode(app))) return
      app.go('code')
      announce(t.code.resent)
    } catch (error) {
      done()
      if (error instanceof ApiError && error.kind === 'tooMany') {
        attempt.resendFrom = performance.now() + (error.retryAfter === undefined ? RESEND_AFTER_MS : error.retryAfter * 1000)
        tick()
      }
      await explain(app, error, alert)
    }
  }
  resend.addEventListener('click', () => void sendAgain())

  const phone = answer.participant.phoneHint
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
    h('button', { type: 'button', class: 'link back', onclick: () => app.go('documents') }, `← ${t.steps.read}`),
    h('h1', { tabindex: '-1' }, t.code.title),
    h('p', { class: 'lead' }, phone === undefined ? t.code.sentUnknown : t.code.sent(phone)),
    code.element,
    consent?.element,
    alert,
    expiry,
    button,
    resend,
    waysOf(answer).length > 1 && h('button', { type: 'button', class: 'link', onclick: () => app.go('confirm') }, t.code.other),
  )
  return { element, step: 'code', start: (signal) => void run(signal) }
}
