import { LANGS, type Lang } from '../../../http/lang.ts'
import { h } from './dom.ts'

/** One screen of a page. */
export interface View {
  element: HTMLElement
  /** Which step of the progress the view is, `finished` when all are past, none for messages. */
  step?: string
  /** Runs until the view is left. */
  start?: (signal: AbortSignal) => void
}

export interface Steps {
  label: string
  items: readonly { name: string; label: string }[]
}

/** Where the views of a page are shown, one at a time. */
export interface Stage {
  show: (name: string, view: View, steps: Steps, isMove: boolean) => void
}

function progress({ step }: View, { label, items }: Steps): HTMLElement | undefined {
  if (step === undefined) return undefined
  const at = step === 'finished' ? items.length : items.findIndex(({ name }) => name === step)
  const list = items.map((item, i) => {
    const state = i < at ? 'past' : i === at ? 'now' : 'next'
    return h(
      'li',
      { class: state, ...(i === at ? { 'aria-current': 'step' } : {}) },
      h('span', { class: 'dot', 'aria-hidden': 'true' }, i < at ? '✓' : String(i + 1)),
      h('span', {}, item.label),
    )
  })
  return h('ol', { class: 'steps', 'aria-label': label }, ...list)
}

export function createStage(): Stage {
  const root = document.querySelector<HTMLElement>('#app')
  let running = new AbortController()
  return {
    show(name, view, steps, isMove) {
      if (!root) return
      running.abort()
      running = new AbortController()
      const bar = progress(view, steps)
      root.replaceChildren(...(bar ? [bar] : []), view.element)
      root.dataset.view = name
      if (isMove) {
        scrollTo(0, 0)
        // The heading takes the focus, so that a screen reader begins where the eye does.
        view.element.querySelector('h1')?.focus({ preventScroll: true })
      }
      view.start?.(running.signal)
    },
  }
}

export const startLang: Lang = LANGS.find((lang) => lang === document.documentElement.lang) ?? 'ru'

/** Says everywhere outside the views which language it is now. */
export function setPageLang(lang: Lang, { title, languageSwitch }: { title: string; languageSwitch: string }): void {
  document.documentElement.lang = lang
  document.title = `${title} · Qoltanba`
  document.querySelector('.langs')?.setAttribute('aria-label', languageSwitch)
  for (const link of document.querySelectorAll<HTMLElement>('[data-lang]')) {
    if (link.dataset.lang === lang) link.setAttribute('aria-current', 'true')
    else link.removeAttribute('aria-current')
  }
  history.replaceState(null, '', `${location.pathname}?lang=${lang}`)
}

/** Lets the switch change the language in place, without asking for the page anew. */
export function onLangChosen(choose: (lang: Lang) => void): void {
  for (const link of document.querySelectorAll<HTMLElement>('[data-lang]')) {
    link.addEventListener('click', (event) => {
      event.preventDefault()
      const lang = LANGS.find((code) => code === link.dataset.lang)
      if (lang) choose(lang)
    })
  }
}

/** The link's token. */
export const tokenOfPage = (): string => decodeURIComponent(/\/sign\/([^/]+)\/?$/.exec(location.pathname)?.[1] ?? '')
