import { TEXTS } from '../texts.ts'
import type { Lang } from '../../../http/lang.ts'
import { isPackageToken } from '../token.ts'
import { ApiError, createApi } from './api.ts'
import type { App, ProblemKind, View, ViewName } from './app.ts'
import { guessSigner } from './guess.ts'
import { forgetAttempt, restoreAttempt } from './resume.ts'
import { createStage, onLangChosen, setPageLang, startLang, tokenOfPage } from './stage.ts'
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

const token = tokenOfPage()
const stage = createStage()

let current: ViewName = 'loading'
// Whether the signer had anything to fill in decides if that step is shown; a contract that came filled has three steps.
let hasFilling = false

const app: App = {
  api: createApi(token),
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

function render(isMove: boolean): void {
  const t = app.t.steps
  const view = VIEWS[current](app)
  if (view.step === 'fill') hasFilling = true
  const names = [...(hasFilling ? (['fill'] as const) : []), 'read', 'sign', 'code'] as const
  stage.show(current, view, { label: t.label, items: names.map((name) => ({ name, label: t[name] })) }, isMove)
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
  app.viewer?.setTexts(app.t.read)
  setPageLang(lang, { title: app.t.pageTitle, languageSwitch: app.t.languageSwitch })
  render(false)
}

if (isPackageToken(token)) {
  // The page was asked for without saying what the link is for.
  void import(new URL('package.js', import.meta.url).href)
} else {
  onLangChosen(setLang)
  void load()
}
