import { ApiError } from '../api.ts'
import type { App, View } from '../app.ts'
import { announce, h, wait } from '../dom.ts'
import { createViewer } from '../viewer.ts'

const POLL_FIRST_MS = 600
const POLL_MAX_MS = 8000
const SLOW_AFTER_MS = 45_000

/** Waits for the document, asking less and less often. */
export function renderingView(app: App): View {
  const { t } = app
  const slow = h('p', { class: 'hint' })
  const element = h(
    'section',
    { class: 'card state' },
    h('span', { class: 'spinner', 'aria-hidden': 'true' }),
    h('h1', { tabindex: '-1' }, t.rendering.title),
    h('p', {}, t.rendering.text),
    slow,
  )

  async function poll(signal: AbortSignal): Promise<void> {
    const begun = performance.now()
    let failures = 0
    for (let pause = POLL_FIRST_MS; !signal.aborted; pause = Math.min(pause * 1.5, POLL_MAX_MS)) {
      try {
        const contract = await app.api.contract()
        if (signal.aborted) return
        app.contract = contract
        failures = 0
        const status = contract.rendering?.status ?? 'ready'
        if (status === 'ready') return app.go('read')
        if (status === 'failed') {
          app.problem = { kind: 'renderFailed', detail: contract.rendering?.reason, retry: app.load }
          return app.go('problem')
        }
      } catch (error) {
        failures += 1
        const isPassing = error instanceof ApiError && ['network', 'server', 'tooMany'].includes(error.kind)
        if (!signal.aborted && (!isPassing || failures > 4)) return app.fail(error, app.load)
      }
      if (performance.now() - begun > SLOW_AFTER_MS && slow.textContent === '') {
        slow.textContent = t.rendering.slow
        announce(t.rendering.slow)
      }
      await wait(pause, signal)
    }
  }
  return { element, step: 'read', start: (signal) => void poll(signal) }
}

function heading(app: App): HTMLElement {
  const { t, contract } = app
  const asks = contract?.company_name ? t.read.asks(contract.company_name) : t.read.asksUnknown
  return h('div', { class: 'asks' }, h('p', {}, asks), h('h1', { tabindex: '-1' }, contract?.template_name ?? t.read.untitled))
}

/** When the browser cannot show the PDF: it is opened outside, and opening it counts as looking at it. */
function fallback(app: App, next: HTMLButtonElement): HTMLElement {
  const { t } = app
  next.disabled = true
  const allow = (): void => {
    next.disabled = false
  }
  const link = h(
    'a',
    { class: 'button secondary', href: app.api.pdfUrl, target: '_blank', rel: 'noopener noreferrer', onclick: allow },
    t.read.open,
  )
  return h('div', { class: 'notice' }, h('p', { role: 'alert' }, t.read.failed), link)
}

export function readView(app: App): View {
  const { t } = app
  const progress = h('p', { class: 'progress' })
  const next = h('button', { type: 'button', class: 'button' }, t.read.next)
  const edit = app.fields.length > 0 && h('button', { type: 'button', class: 'link', onclick: () => app.go('fields') }, t.read.edit)
  const place = h(
    'div',
    { class: 'place' },
    h('div', { class: 'state' }, h('span', { class: 'spinner', 'aria-hidden': 'true' }), h('p', {}, t.loading)),
  )
  const bar = h('div', { class: 'bar' }, h('div', { class: 'bar-in' }, progress, next))
  const element = h('section', { class: 'read' }, heading(app), edit, place, bar)

  const update = (): void => {
    const { viewer } = app
    if (!viewer) return
    const isAll = viewer.seen() === viewer.total
    progress.textContent = isAll ? t.read.all : t.read.progress(viewer.seen(), viewer.total)
    next.textContent = isAll ? t.read.next : t.read.nextPage
    next.classList.toggle('secondary', !isAll)
  }

  next.addEventListener('click', () => {
    const { viewer } = app
    const left = viewer ? viewer.total - viewer.seen() : 0
    if (!viewer || left === 0) return app.go('identity')
    announce(t.read.left(left))
    viewer.showUnseen()
  })

  async function start(signal: AbortSignal): Promise<void> {
    next.disabled = true
    try {
      app.viewer ??= await createViewer(await app.api.pdf(), app.api.pdfUrl, t.read)
    } catch (error) {
      if (signal.aborted) return
      // The service has no PDF, or could not be reached: that is for its own message. Anything else is this browser's.
      if (error instanceof ApiError) return app.fail(error, app.load)
      place.replaceChildren(fallback(app, next))
      return
    }
    if (signal.aborted) return
    app.viewer.setTexts(t.read)
    app.viewer.onSeen(update)
    place.replaceChildren(app.viewer.element)
    next.disabled = false
    update()
  }
  return { element, step: 'read', start: (signal) => void start(signal) }
}
