import type { App, View } from '../app.ts'
import { busy, h } from '../dom.ts'

/** A state that ends the way, or that trying again may leave. */
export function problemView(app: App): View {
  const { kind, detail, retry } = app.problem
  const { title, text } = app.t.messages[kind]
  const element = h('section', { class: 'card state' }, h('h1', { tabindex: '-1' }, title), h('p', {}, text))
  if (detail !== undefined && detail !== '') element.append(h('p', { class: 'hint' }, detail))
  if (kind === 'renderFailed' && app.fields.length > 0) {
    element.append(h('button', { type: 'button', class: 'button secondary', onclick: () => app.go('fields') }, app.t.read.edit))
  }
  if (retry) {
    const button = h('button', { type: 'button', class: 'button' }, app.t.retry)
    button.addEventListener('click', () => {
      const done = busy(button, app.t.loading)
      void retry().finally(done)
    })
    element.append(button)
  }
  return { element }
}

export function loadingView(app: App): View {
  return {
    element: h('section', { class: 'card state' }, h('span', { class: 'spinner', 'aria-hidden': 'true' }), h('p', {}, app.t.loading)),
  }
}
