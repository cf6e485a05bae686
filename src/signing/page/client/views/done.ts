import { formatMoment } from '../../moment.ts'
import type { App, View } from '../app.ts'
import { h, wait } from '../dom.ts'

export function doneView(app: App): View {
  const { t, contract } = app
  const facts: [string, string | undefined][] = [
    [t.done.document, contract?.template_name],
    [t.done.company, contract?.company_name],
    [t.done.signer, app.isFresh ? app.signer.name : undefined],
    [t.done.at, contract?.signed_at && formatMoment(contract.signed_at)],
  ]
  const list = h('dl', { class: 'facts' })
  for (const [term, value] of facts) if (value) list.append(h('dt', {}, term), h('dd', {}, value))

  // A plain link: the browsers inside messengers cannot save what a script has made.
  const download = h('a', { class: 'button', href: app.api.pdfUrl, download: true }, t.done.download)
  const preparing = h('p', { class: 'hint', role: 'status' })

  /** The stamped version of a large contract is made after the answer; until then there is nothing to download. */
  async function waitForPdf(signal: AbortSignal): Promise<void> {
    for (let pause = 1000; !signal.aborted; pause = Math.min(pause * 1.5, 8000)) {
      // whatever else is wrong, the link itself will tell
      const isReady = await app.api.isPdfReady().catch(() => true)
      download.hidden = !isReady
      preparing.textContent = isReady ? '' : t.done.preparing
      if (isReady) return
      await wait(pause, signal)
    }
  }

  const packageId = contract?.package_id
  const element = h(
    'section',
    { class: 'card done' },
    h('span', { class: 'seal', 'aria-hidden': 'true' }, '✓'),
    h('h1', { tabindex: '-1' }, app.isFresh ? t.done.title : t.done.already),
    h('p', { class: 'lead' }, app.isFresh ? t.done.text : t.done.alreadyText),
    list,
    preparing,
    download,
    packageId !== undefined &&
      h('a', { class: 'button secondary', href: `/verify/${encodeURIComponent(packageId)}?lang=${app.lang}` }, t.done.verify),
    h('p', { class: 'hint' }, t.done.keep),
  )
  return { element, step: 'finished', start: (signal) => void waitForPdf(signal) }
}
