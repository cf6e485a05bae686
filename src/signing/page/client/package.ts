import { PACKAGE_TEXTS } from '../package-texts.ts'
import type { Lang } from '../../../http/lang.ts'
import { ApiError } from './http.ts'
import type { PackageAnswer } from './package/answers.ts'
import { createPackageApi } from './package/api.ts'
import { toAttempt, waysOf } from './package/app.ts'
import type { PackageApp, PackageView, ViewName } from './package/app.ts'
import { situationOf } from './package/situation.ts'
import { codeView } from './package/views/code.ts'
import { confirmView } from './package/views/confirm.ts'
import { declineView } from './package/views/decline.ts'
import { documentsView } from './package/views/documents.ts'
import { keyView } from './package/views/key.ts'
import { loadingView, problemView } from './package/views/problem.ts'
import { resultView } from './package/views/result.ts'
import { createStage, onLangChosen, setPageLang, startLang, tokenOfPage } from './stage.ts'
import type { Steps } from './stage.ts'

/** The signing page of a package's participant: it reads what there is to do, and walks through it. */
const VIEWS: Readonly<Record<Exclude<ViewName, 'loading' | 'problem'>, PackageView>> = {
  documents: documentsView,
  confirm: confirmView,
  code: codeView,
  key: keyView,
  decline: declineView,
  result: resultView,
}

const stage = createStage()
let current: ViewName = 'loading'

const app: PackageApp = {
  api: createPackageApi(tokenOfPage()),
  lang: startLang,
  t: PACKAGE_TEXTS[startLang],
  answer: undefined,
  library: undefined,
  way: 'sms',
  hasConsent: false,
  attempt: undefined,
  code: '',
  run: undefined,
  reason: '',
  isSure: false,
  problem: { kind: 'unexpected', retry: undefined },
  go,
  load,
  accept,
  fail,
}

/** The steps that the person's role and way of signing have. */
function stepsOf({ answer, t, way }: PackageApp): Steps {
  const isApprover = answer?.participant.role === 'approver'
  const last = way === 'sms' ? { name: 'code', label: t.steps.code } : { name: 'key', label: t.steps.key }
  return {
    label: t.steps.label,
    items: [
      { name: 'read', label: t.steps.read },
      { name: 'sign', label: isApprover ? t.steps.approve : t.steps.sign },
      ...(isApprover ? [] : [last]),
    ],
  }
}

function render(isMove: boolean): void {
  const view =
    current === 'loading' ? loadingView(app) : current === 'problem' || !app.answer ? problemView(app) : VIEWS[current](app, app.answer)
  stage.show(current, view, stepsOf(app), isMove)
}

function go(view: ViewName): void {
  current = view
  render(true)
}

function fail(error: unknown, retry?: () => Promise<void>): void {
  const kind = error instanceof ApiError ? error.kind : 'unexpected'
  const isFinal = kind === 'notFound' || kind === 'gone'
  const known = kind === 'conflict' || kind === 'invalid' || kind === 'noUnits' ? 'unexpected' : kind
  app.run?.stop()
  app.problem = { kind: known, retry: isFinal ? undefined : (retry ?? load) }
  go('problem')
}

function accept(answer: PackageAnswer): void {
  app.answer = answer
  app.run?.stop()
  switch (situationOf(answer)) {
    case 'act':
      // a code is on its way already: asked for before the page was closed
      if (answer.code && waysOf(answer).includes('sms')) {
        app.way = 'sms'
        app.attempt = toAttempt(answer.code)
        return go('code')
      }
      return go('documents')
    case 'wait':
    case 'read':
      return go('documents')
    default:
      return go('result')
  }
}

async function load(): Promise<void> {
  try {
    accept(await app.api.read())
  } catch (error) {
    fail(error, load)
  }
}

function setLang(lang: Lang): void {
  app.lang = lang
  app.t = PACKAGE_TEXTS[lang]
  app.library?.setTexts(app.t)
  setPageLang(lang, { title: app.t.pageTitle, languageSwitch: app.t.languageSwitch })
  render(false)
  // Tells the service, which remembers it for messages; what it answers is of no matter here.
  if (app.answer) void app.api.read().catch(() => undefined)
}

onLangChosen(setLang)
// The page may have come with the title of a contract's.
document.title = `${app.t.pageTitle} · Qoltanba`
void load()
