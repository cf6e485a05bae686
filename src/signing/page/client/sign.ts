import { LANGS, TEXTS } from '../texts.ts'
import type { Lang } from '../texts.ts'
import { ApiError, createApi } from './api.ts'
import type { App, ProblemKind, View, ViewName } from './app.ts'
import { h } from './dom.ts'
import { guessSigner } from './guess.ts'
import { forgetAttempt, restoreAttempt } from './resume.ts'
import { codeView } from './views/code.ts'
import { doneView } from './views/done.ts'
import { fieldsView } from './views/fields.ts'
import { identityView } from './views/identity.ts'
import { loadingView, problemView } from './views/problem.ts'
import { readView, renderingView } from './views/read.ts'

const VIEWS: Readonly<Record<ViewName, (app: App) => View>> = {
  loading: loadingView,
  problem: problemView,
  fields: fieldsView,
  rendering: renderingView,
  read: readView,
  identity: identityView,
  code: codeView,
  done: doneView,
}

const root = document.querySelector<HTMLElement>('#app')
const token = /\/sign\/([^/]+)\/?$/.exec(location.pathname)?.[1] ?? ''
const startLang: Lang = LANGS.find((lang) => lang === document.documentElement.lang) ?? 'ru'

let current: ViewName = 'loading'
let running = new AbortController()
// Whether the signer had anything to fill in decides if that step is shown; a contract that came filled has three steps.
let hasFilling = false

const app: App = {
  api: createApi(decodeURIComponent(token)),
  lang: startLang,
  t: TEXTS[startLang],
  contract: undefined,
  fields: [],
  values: {},
  signer: { name: '', iin: '', phone: '' },
  hasConsent: false,
  attempt: undefined,
  code: '',
  viewer: undefined,
  problem: { kind: 'unexpected', retry: undefined },
  isFresh: false,
  go,
  load,
  fail,
}

function steps(view: View): HTMLElement | undefined {
  const t = app.t.steps
  const all = [...(hasFilling ? (['fill'] as const) : []), 'read', 'sign', 'code'] as const
  if (view.step === undefined) return undefined
  const at = view.step === 'finished' ? all.length : all.findIndex((step) => step === view.step)
  const items = all.map((step, i) => {
    const state = i < at ? 'past' : i === at ? 'now' : 'next'
    return h(
      'li',
      { class: state, ...(i === at ? { 'aria-current': 'step' } : {}) },
      h('span', { class: 'dot', 'aria-hidden': 'true' }, i < at ? '✓' : String(i + 1)),
      h('span', {}, t[step]),
    )
  })
  return h('ol', { class: 'steps', 'aria-label': t.label }, ...items)
}

function render(isMove: boolean): void {
  if (!root) return
  running.abort()
  running = new AbortController()
  const view = VIEWS[current](app)
  if (view.step === 'fill') hasFilling = true
  const bar = steps(view)
  root.replaceChildren(...(bar ? [bar] : []), view.element)
  root.dataset.view = current
  if (isMove) {
    scrollTo(0, 0)
    // The heading takes the focus, so that a screen reader begins where the eye does.
    view.element.querySelector('h1')?.focus({ preventScroll: true })
  }
  view.start?.(running.signal)
}

function go(view: ViewName): void {
  current = view
  render(true)
}

const KINDS: Readonly<Partial<Record<ApiError['kind'], ProblemKind>>> = {
  network: 'network',
  notFound: 'notFound',
  gone: 'gone',
  noUnits: 'noUnits',
  tooMany: 'tooMany',
  server: 'server',
}

function fail(error: unknown, retry?: () => Promise<void>): void {
  const kind = error instanceof ApiError ? error.kind : 'unexpected'
  // Somebody signed it meanwhile, or it is being filled in anew: the contract itself tells.
  if (kind === 'conflict' && retry !== load) return void load()
  const isFinal = kind === 'notFound' || kind === 'gone'
  app.problem = { kind: kind === 'conflict' ? 'notReady' : (KINDS[kind] ?? 'unexpected'), retry: isFinal ? undefined : (retry ?? load) }
  go('problem')
}

async function load(): Promise<void> {
  try {
    const contract = await app.api.contract()
    app.contract = contract
    if (contract.signed_at) {
      forgetAttempt()
      return go('done')
    }
    app.fields = await app.api.fields()
    guessSigner(app)
    const status = contract.rendering?.status
    if (!contract.client_filled && app.fields.length > 0) return go('fields')
    if (status === 'failed') {
      app.problem = { kind: 'renderFailed', detail: contract.rendering?.reason, retry: load }
      return go('problem')
    }
    if (status === 'rendering') return go('rendering')
    if (restoreAttempt(app)) return go('code')
    // 'none' without fields to fill: if there is a document the reader shows it, else its 409 says that it is being prepared.
    go('read')
  } catch (error) {
    // what is no token at all is answered with 400
    fail(error instanceof ApiError && error.kind === 'invalid' ? new ApiError('notFound') : error, load)
  }
}

function setLang(lang: Lang): void {
  app.lang = lang
  app.t = TEXTS[lang]
  document.documentElement.lang = lang
  document.title = `${app.t.pageTitle} · Qoltanba`
  document.querySelector('.langs')?.setAttribute('aria-label', app.t.languageSwitch)
  for (const link of document.querySelectorAll<HTMLElement>('[data-lang]')) {
    if (link.dataset.lang === lang) link.setAttribute('aria-current', 'true')
    else link.removeAttribute('aria-current')
  }
  app.viewer?.setTexts(app.t)
  history.replaceState(null, '', `${location.pathname}?lang=${lang}`)
  render(false)
}

for (const link of document.querySelectorAll<HTMLElement>('[data-lang]')) {
  link.addEventListener('click', (event) => {
    event.preventDefault()
    const lang = LANGS.find((code) => code === link.dataset.lang)
    if (lang) setLang(lang)
  })
}

void load()
