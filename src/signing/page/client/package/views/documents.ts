import { announce, busy, h } from '../../dom.ts'
import { formatMoment } from '../../../moment.ts'
import type { PackageAnswer } from '../answers.ts'
import type { PackageApp, PackageView } from '../app.ts'
import { waysOf } from '../app.ts'
import { createLibrary } from '../library.ts'
import type { Library } from '../library.ts'
import { situationOf } from '../situation.ts'
import { watch } from '../watch.ts'
import { resultList } from './results.ts'

const TURN_MS = [15_000, 60_000] as const

function heading({ t }: PackageApp, answer: PackageAnswer, isOver: boolean): HTMLElement {
  const { organization, title, participant, deadline, subject } = answer
  const { role, company } = participant
  const asks = organization ? t.intro.asks[role](organization) : t.intro.asksUnknown[role]
  const details = [
    t.intro.role[role],
    subject === 'certificate_request' && t.intro.certificate,
    company !== undefined && t.intro.company(company),
    deadline !== undefined && role !== 'viewer' && t.intro.deadline(formatMoment(deadline, undefined, { seconds: false })),
  ]
  return h(
    'div',
    { class: 'asks' },
    h('p', {}, isOver ? organization : asks),
    h('h1', { tabindex: '-1' }, title || t.intro.untitled),
    ...(isOver ? [] : details.map((detail) => detail !== false && h('p', {}, detail))),
  )
}

/** Tells that it is not the person's turn yet, and lets it be asked for. */
function waitingNotice(app: PackageApp, answer: PackageAnswer): HTMLElement {
  const { t } = app
  const button = h('button', { type: 'button', class: 'button secondary' }, t.intro.refresh)
  button.addEventListener('click', () => {
    const done = busy(button, t.intro.refreshing)
    void app.load().finally(done)
  })
  const sentence = answer.status === 'draft' ? t.intro.waitingDraft : t.intro.waiting
  return h('div', { class: 'notice' }, h('p', { role: 'status' }, sentence), button)
}

/** The foot of the page: how far one has read, and the way on. */
function footBar(app: PackageApp, library: Library, isApprover: boolean): { element: HTMLElement; update: () => void } {
  const { t } = app
  const progress = h('p', { class: 'progress' })
  const next = h('button', { type: 'button', class: 'button' }, t.documents.next)
  const isAll = (): boolean => library.seen() === library.total
  next.addEventListener('click', () => (isAll() ? app.go('confirm') : library.next()))
  const update = (): void => {
    const pages = library.total === 1 ? library.pages() : undefined
    const soFar = pages ? t.documents.pages(pages.seen, pages.total) : t.documents.progress(library.seen(), library.total)
    progress.textContent = isAll() ? t.documents.all : soFar
    next.textContent = isAll() ? (isApprover ? t.documents.toApprove : t.documents.toSign) : t.documents.next
    next.classList.toggle('secondary', !isAll())
  }
  return { element: h('div', { class: 'bar' }, h('div', { class: 'bar-in' }, progress, next)), update }
}

/** Everything there is to read, and what the person is asked for. */
export const documentsView: PackageView = (app, answer) => {
  const { t } = app
  const situation = situationOf(answer)
  const { role } = answer.participant
  const library = (app.library ??= createLibrary(app.api, answer.documents, t))
  const canGoOn = situation === 'act' && (role === 'approver' || waysOf(answer).length > 0)
  const bar = canGoOn ? footBar(app, library, role === 'approver') : undefined

  const isOver = situation !== 'act' && situation !== 'wait' && situation !== 'read'
  const element = h(
    'section',
    { class: 'read package' },
    isOver && h('button', { type: 'button', class: 'link back', onclick: () => app.go('result') }, `← ${t.back}`),
    heading(app, answer, isOver),
    situation === 'wait' && waitingNotice(app, answer),
    situation === 'act' && !canGoOn && h('p', { class: 'notice', role: 'status' }, t.intro.noMethod),
    situation === 'read' && answer.results.length > 0 && h('p', { class: 'lead' }, t.done.completeRead),
    situation === 'read' && answer.results.length > 0 && resultList(app, answer, app.lang),
    h('h2', { class: 'files-title' }, t.documents.title(answer.documents.length)),
    library.element,
    situation === 'act' &&
      h(
        'p',
        { class: 'side-ways' },
        canGoOn && h('button', { type: 'button', class: 'link', onclick: () => app.go('confirm') }, t.documents.already),
        h('button', { type: 'button', class: 'link', onclick: () => app.go('decline') }, t.documents.decline),
      ),
    bar?.element,
  )

  function start(signal: AbortSignal): void {
    library.onSeen(() => bar?.update())
    library.begin()
    bar?.update()
    if (situation !== 'wait') return
    void watch(app, signal, TURN_MS, (now) => {
      if (situationOf(now) === 'wait') return false
      if (situationOf(now) === 'act') announce(t.intro.yourTurn)
      app.accept(now)
      return true
    })
  }
  return { element, start, ...(canGoOn ? { step: 'read' } : {}) }
}
