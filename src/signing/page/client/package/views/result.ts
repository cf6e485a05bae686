import type { PackageTexts } from '../../../package-texts.ts'
import { formatMoment } from '../../../moment.ts'
import { announce, h } from '../../dom.ts'
import type { PackageAnswer } from '../answers.ts'
import type { PackageApp, PackageView } from '../app.ts'
import { isUnfinished, situationOf } from '../situation.ts'
import { watch } from '../watch.ts'
import { resultList } from './results.ts'

const SEALING_MS = [1000, 8000] as const
const OTHERS_MS = [20_000, 90_000] as const
const SLOW_AFTER_MS = 45_000

function headline({ done }: PackageTexts, answer: PackageAnswer): { title: string; text: string; isGood: boolean } {
  switch (situationOf(answer)) {
    case 'declined':
      return { ...done.declined, isGood: false }
    case 'over':
      return {
        ...(answer.status === 'revoked' || answer.status === 'expired' ? done.over[answer.status] : done.over.declined),
        isGood: false,
      }
    case 'notNeeded':
      return { ...done.notNeeded, isGood: true }
    default:
      return { ...(answer.participant.status === 'approved' ? done.approved : done.signed), isGood: true }
  }
}

/** How it stands with the others. */
function standing({ done }: PackageTexts, answer: PackageAnswer): string | undefined {
  const situation = situationOf(answer)
  if (situation === 'declined' || situation === 'over') return undefined
  switch (answer.status) {
    case 'signed':
      if (answer.results.length === 0) return done.preparing
      return answer.subject === 'certificate_request' ? `${done.complete} ${done.certificateNext}` : done.complete
    case 'declined':
      return done.laterDeclined
    case 'revoked':
      return done.laterRevoked
    case 'expired':
      return done.laterExpired
    default:
      return done.others
  }
}

function facts({ t }: PackageApp, { title, organization, participant }: PackageAnswer): HTMLElement {
  const list = h('dl', { class: 'facts' })
  const pairs = [
    [t.done.facts.title, title],
    [t.done.facts.organization, organization],
    [t.done.facts.you, participant.name],
  ]
  for (const [term, value] of pairs) if (value) list.append(h('dt', {}, term), h('dd', {}, value))
  return list
}

/** What has come of it: signed, approved, declined, or ended without this person. */
export const resultView: PackageView = (app, answer) => {
  const { t } = app
  const { title, text, isGood } = headline(t, answer)
  const state = h('p', { class: 'standing', role: 'status' })
  const slow = h('p', { class: 'hint' })
  const results = h('div', {})

  function draw(now: PackageAnswer): void {
    state.textContent = standing(t, now) ?? ''
    results.replaceChildren(...(now.results.length > 0 ? [resultList(app, now, app.lang)] : []))
    if (now.results.length > 0) slow.textContent = ''
  }
  draw(answer)

  function start(signal: AbortSignal): void {
    if (!isUnfinished(answer)) return
    const begun = performance.now()
    let shown = answer
    const isSealing = answer.status === 'signed'
    void watch(app, signal, isSealing ? SEALING_MS : OTHERS_MS, (now) => {
      if (isSealing && now.results.length === 0 && performance.now() - begun > SLOW_AFTER_MS) slow.textContent = t.done.slow
      const isNew = now.status !== shown.status || now.results.length !== shown.results.length
      shown = now
      app.answer = now
      if (isNew) {
        draw(now)
        announce(standing(t, now) ?? '')
      }
      // The last of the others has signed: from here on it goes quickly.
      if (isNew && now.status === 'signed' && !isSealing && isUnfinished(now)) {
        app.go('result')
        return true
      }
      return !isUnfinished(now)
    })
  }

  const element = h(
    'section',
    { class: 'card done' },
    h('span', { class: isGood ? 'seal' : 'seal ended', 'aria-hidden': 'true' }, isGood ? '✓' : '×'),
    h('h1', { tabindex: '-1' }, title),
    h('p', { class: 'lead' }, text),
    facts(app, answer),
    state,
    slow,
    results,
    h('button', { type: 'button', class: 'link', onclick: () => app.go('documents') }, t.done.documents),
    answer.expiresAt !== undefined && h('p', { class: 'hint' }, t.done.keep(formatMoment(answer.expiresAt, undefined, { seconds: false }))),
  )
  return { element, start, ...(situationOf(answer) === 'done' ? { step: 'finished' } : {}) }
}
