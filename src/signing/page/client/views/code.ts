import { maskPhone } from '../../../../lib/phones.ts'
import { ApiError } from '../api.ts'
import type { App, Attempt, View } from '../app.ts'
import { codeControl } from '../control.ts'
import { announce, busy, h, wait } from '../dom.ts'
import { saveAttempt } from '../resume.ts'
import { clock } from '../time.ts'
import { requestCode, RESEND_AFTER_MS } from './identity.ts'

export function codeView(app: App): View {
  const { t } = app
  const attempt: Attempt = app.attempt ?? { expires: 0, resendFrom: 0, left: 0, isEnded: true }
  const isOver = (): boolean => attempt.isEnded || performance.now() >= attempt.expires

  const code = codeControl(t.code.label, app.code, t.errors.code, (value) => (app.code = value))

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
      const left = Math.ceil((attempt.resendFrom - now) / 1000)
      resend.disabled = left > 0
      resend.textContent = left > 0 ? t.code.resendIn(left) : t.code.resend
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

  function refuse(error: ApiError): void {
    if (error.kind === 'tooMany') {
      attempt.isEnded = true
      attempt.resendFrom = performance.now() + (error.retryAfter ?? 0) * 1000
      alert.textContent = t.code.ended
    } else {
      attempt.left = error.attemptsLeft ?? attempt.left - 1
      if (attempt.left <= 0) attempt.isEnded = true
      alert.textContent = attempt.isEnded ? t.code.ended : t.code.wrong(attempt.left)
    }
    code.input.value = ''
    app.code = ''
    if (!attempt.isEnded) code.input.focus()
    saveAttempt(app)
    tick()
  }

  /** Signed by another tap or device, or still being signed: the contract tells. */
  async function settle(): Promise<void> {
    try {
      const { signed_at: signedAt } = await app.api.contract()
      if (signedAt) return await app.load()
      alert.textContent = t.messages.server.text
    } catch (error) {
      app.fail(error, app.load)
    }
  }

  /** What went wrong is told here when the code can be tried again here. */
  async function explain(error: unknown): Promise<void> {
    if (!(error instanceof ApiError)) return app.fail(error, app.load)
    if (error.kind === 'conflict') return settle()
    if (error.kind === 'invalid' || error.kind === 'tooMany') return refuse(error)
    if (error.kind === 'noUnits') alert.textContent = t.code.noUnits
    else if (error.kind === 'network' || error.kind === 'server')
      alert.textContent = `${t.messages[error.kind].title}. ${t.messages[error.kind].text}`
    else app.fail(error, app.load)
  }

  async function submit(): Promise<void> {
    if (button.disabled || !app.contract) return
    const result = code.check()
    code.setError('error' in result ? result.error : undefined)
    if ('error' in result) return code.input.focus()
    alert.textContent = ''
    const done = busy(button, t.code.signing)
    try {
      await app.api.sign(app.contract.id, app.signer, result.value)
      app.isFresh = true
      await app.load()
    } catch (error) {
      done()
      await explain(error)
    }
  }

  async function sendAgain(): Promise<void> {
    if (resend.disabled) return
    alert.textContent = ''
    const done = busy(resend, t.identity.sending)
    try {
      await requestCode(app)
      if (app.attempt === attempt) return
      app.go('code')
      announce(t.code.resent)
    } catch (error) {
      done()
      if (error instanceof ApiError && error.kind === 'tooMany') {
        attempt.resendFrom = performance.now() + (error.retryAfter ?? RESEND_AFTER_MS / 1000) * 1000
        alert.textContent = t.messages.tooMany.text
        tick()
      } else await explain(error)
    }
  }
  resend.addEventListener('click', () => void sendAgain())

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
    h('h1', { tabindex: '-1' }, t.code.title),
    h('p', { class: 'lead' }, t.code.sent(maskPhone(app.signer.phone))),
    code.element,
    alert,
    expiry,
    button,
    resend,
    h('button', { type: 'button', class: 'link', onclick: () => app.go('identity') }, t.code.change),
  )
  return { element, step: 'code', start: (signal) => void run(signal) }
}
