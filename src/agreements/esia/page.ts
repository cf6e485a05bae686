import { escapeHtml } from '../../http/html.ts'
import type { Lang } from '../../http/lang.ts'
import { plainPage } from '../../http/plain-page.ts'
import { ESIA_TEXTS } from './texts.ts'

type Said = 'done' | 'noted' | 'refused' | 'notFound' | 'gone' | 'failed' | 'unavailable'
const STATUS: Record<Said, number> = { done: 200, noted: 200, refused: 200, notFound: 404, gone: 410, failed: 400, unavailable: 503 }

/** How a login ended, for the person. */
export function messagePage(lang: Lang, said: Said): Response {
  const { title, text } = ESIA_TEXTS[lang]('')[said]
  return plainPage({ status: STATUS[said], lang, title, main: `<p class="lead">${escapeHtml(text)}</p>` })
}

/** Asks the person whether the organization may have the data: whoever begins a login need not be who ends it. */
export function askPage(lang: Lang, organization: string, fullName: string, token: string): Response {
  const { ask: t } = ESIA_TEXTS[lang](organization)
  const button = (answer: 'yes' | 'no', label: string, kind = 'button') =>
    `<button class="${kind}" name="answer" value="${answer}">${escapeHtml(label)}</button>`
  return plainPage({
    lang,
    title: t.title,
    main: `<p class="lead">${escapeHtml(t.text)}</p>
<dl><dt>${escapeHtml(t.person)}</dt><dd><strong>${escapeHtml(fullName)}</strong></dd></dl>
<p class="lead">${escapeHtml(t.data)}</p>
<form method="post" enctype="multipart/form-data" action="confirm?lang=${lang}">
<input type="hidden" name="token" value="${escapeHtml(token)}">
<p>${button('yes', t.yes)} ${button('no', t.no, 'button secondary')}</p>
</form>`,
  })
}
