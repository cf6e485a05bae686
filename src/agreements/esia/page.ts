import { escapeHtml } from '../../signing/page/html.ts'
import type { Lang } from '../../signing/page/texts.ts'
import { ESIA_TEXTS } from './texts.ts'

/** No script at all; the one form goes to us. */
const CSP = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

function page(status: number, lang: Lang, title: string, main: string): Response {
  const html = `<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<title>${escapeHtml(title)} · Qoltanba</title>
<link rel="icon" href="/sign/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/sign/sign.css">
</head>
<body>
<header class="top"><span class="brand"><img src="/sign/icon.svg" alt="" width="28" height="28">Qoltanba</span></header>
<main id="app">
<h1>${escapeHtml(title)}</h1>
${main}
</main>
</body>
</html>
`
  return new Response(html, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': CSP,
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    },
  })
}

type Said = 'done' | 'noted' | 'refused' | 'notFound' | 'gone' | 'failed' | 'unavailable'
const STATUS: Record<Said, number> = { done: 200, noted: 200, refused: 200, notFound: 404, gone: 410, failed: 400, unavailable: 503 }

/** How a login ended, for the person. */
export function messagePage(lang: Lang, said: Said): Response {
  const { title, text } = ESIA_TEXTS[lang]('')[said]
  return page(STATUS[said], lang, title, `<p class="lead">${escapeHtml(text)}</p>`)
}

/** Asks the person whether the organization may have the data: whoever begins a login need not be who ends it. */
export function askPage(lang: Lang, organization: string, fullName: string, token: string): Response {
  const { ask: t } = ESIA_TEXTS[lang](organization)
  const button = (answer: 'yes' | 'no', label: string, kind = 'button') =>
    `<button class="${kind}" name="answer" value="${answer}">${escapeHtml(label)}</button>`
  return page(
    200,
    lang,
    t.title,
    `<p class="lead">${escapeHtml(t.text)}</p>
<div class="card"><dl><dt>${escapeHtml(t.person)}</dt><dd><strong>${escapeHtml(fullName)}</strong></dd></dl></div>
<p class="lead">${escapeHtml(t.data)}</p>
<form method="post" enctype="multipart/form-data" action="confirm?lang=${lang}">
<input type="hidden" name="token" value="${escapeHtml(token)}">
<p>${button('yes', t.yes)} ${button('no', t.no, 'button secondary')}</p>
</form>`,
  )
}
