import { busy, h } from '../../dom.ts'
import type { View } from '../../stage.ts'
import type { PackageApp } from '../app.ts'

/** A state that ends the way, or that trying again may leave. */
export function problemView({ t, problem: { kind, retry } }: PackageApp): View {
  const { title, text } = t.messages[kind]
  const element = h('section', { class: 'card state' }, h('h1', { tabindex: '-1' }, title), h('p', {}, text))
  if (retry) {
    const button = h('button', { type: 'button', class: 'button' }, t.retry)
    button.addEventListener('click', () => {
      const done = busy(button, t.loading)
      void retry().finally(done)
    })
    element.append(button)
  }
  return { element }
}

export const loadingView = ({ t }: PackageApp): View => ({
  element: h('section', { class: 'card state' }, h('span', { class: 'spinner', 'aria-hidden': 'true' }), h('p', {}, t.loading)),
})
