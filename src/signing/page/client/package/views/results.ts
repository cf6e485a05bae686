import { h } from '../../dom.ts'
import type { PackageAnswer } from '../answers.ts'
import type { PackageApp } from '../app.ts'

/** What was made of the signed documents, to be downloaded; plain links, since the browsers inside messengers cannot save what a script has made. */
export function resultList({ api, t }: PackageApp, { id, results }: PackageAnswer, lang: string): HTMLElement {
  const links = results.map(({ id: fileId, name, type }, i) => {
    const label = type === 'certificate' ? t.done.certificate : t.done.stamped(name)
    return h('a', { class: i === 0 ? 'button' : 'button secondary', href: api.fileUrl(fileId), download: name || true }, label)
  })
  const check = h('a', { class: 'button secondary', href: `/verify/${encodeURIComponent(id)}?lang=${lang}` }, t.done.verify)
  return h('div', { class: 'results', role: 'group', 'aria-label': t.done.results }, ...links, check)
}
