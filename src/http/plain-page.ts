import { escapeHtml } from './html.ts'
import { LANGS, type Lang } from './lang.ts'

/** No script at all; the one form goes to us. */
const CSP = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

export interface PlainPage {
  status?: number
  lang: Lang
  title: string
  /** HTML below the title. */
  main: string
  /** Whether the same address answers in the other languages, too. */
  switch?: boolean
}

const links = (lang: Lang): string =>
  LANGS.map(
    (code) => `<a href="?lang=${code}" hreflang="${code}" lang="${code}"${code === lang ? ' aria-current="true"' : ''}>${code}</a>`,
  ).join('')

/** A page without script, in the dress of the signing page: some words, and at most a form. The caller escapes what is in `main`. */
export function plainPage({ status = 200, lang, title, main, switch: hasSwitch = false }: PlainPage): Response {
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
<header class="top"><span class="brand"><img src="/sign/icon.svg" alt="" width="28" height="28">Qoltanba</span>${hasSwitch ? `<nav class="langs">${links(lang)}</nav>` : ''}</header>
<main id="app">
<div class="card">
<h1>${escapeHtml(title)}</h1>
${main}
</div>
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
