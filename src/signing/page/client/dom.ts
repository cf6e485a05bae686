type Props = Record<string, string | number | boolean | ((event: Event) => void) | undefined>
type Child = Node | string | false | null | undefined

/**
 * Makes an element. Functions under `on…` become listeners, true an empty attribute, false and undefined none, everything else an attribute. Children are
 * nodes or text; nothing is ever parsed as HTML.
 */
export function h<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag)
  for (const [key, value] of Object.entries(props)) {
    if (typeof value === 'function') element.addEventListener(key.replace(/^on/, ''), value)
    else if (value === true) element.setAttribute(key, '')
    else if (value !== undefined && value !== false) element.setAttribute(key, String(value))
  }
  element.append(
    ...children.filter((child): child is Node | string => child !== false && child !== null && child !== undefined && child !== ''),
  )
  return element
}

const live = document.querySelector('#live')

/** Tells a screen reader something that the eye sees by itself. */
export function announce(text: string): void {
  if (!live) return
  // the same sentence twice is only read when the region changes in between
  live.textContent = ''
  requestAnimationFrame(() => {
    live.textContent = text
  })
}

/** A button that says what it is doing while it does it, and cannot be pressed twice meanwhile. */
export function busy(button: HTMLButtonElement, text: string): () => void {
  const before = [...button.childNodes]
  button.disabled = true
  button.setAttribute('aria-busy', 'true')
  button.replaceChildren(h('span', { class: 'spinner small', 'aria-hidden': 'true' }), text)
  announce(text)
  return () => {
    button.disabled = false
    button.removeAttribute('aria-busy')
    button.replaceChildren(...before)
  }
}

export const wait = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
