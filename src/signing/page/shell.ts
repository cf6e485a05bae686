import { escapeHtml } from '../../http/html.ts'
import { LANGS, type Lang } from '../../http/lang.ts'
import { TEXTS } from './texts.ts'

/** The policy both pages work under; no inline script or style, nothing from elsewhere but NCALayer on the person's own machine. */
export const PAGE_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; worker-src 'self'; " +
  "connect-src 'self' wss://127.0.0.1:13579; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

export interface Shell {
  lang: Lang
  /** Where the scripts and sign.css are served from; ends with a slash. */
  assets: string
  script: 'sign.js' | 'package.js' | 'verify.js'
  title: string
  /** HTML of <main>. */
  main: string
}

/** What the two public pages share: head, brand, the switch of languages (plain links, so that it works without script). */
export function renderShell({ lang, assets, script, title, main }: Shell): string {
  const t = TEXTS[lang]
  const base = escapeHtml(assets)
  const links = LANGS.map((code) => {
    const current = code === lang ? ' aria-current="true"' : ''
    return `<a href="?lang=${code}" hreflang="${code}" lang="${code}" data-lang="${code}" aria-label="${code} · ${escapeHtml(TEXTS[code].language)}"${current}>${code}</a>`
  })
  return `<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex, nofollow">
<meta name="format-detection" content="telephone=no">
<meta name="color-scheme" content="light">
<meta name="theme-color" content="#f5f6f3">
<title>${escapeHtml(title)} · Qoltanba</title>
<link rel="icon" href="${base}icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${base}sign.css">
<script type="module" src="${base}${script}"></script>
</head>
<body>
<header class="top">
<span class="brand"><img src="${base}icon.svg" alt="" width="28" height="28">Qoltanba</span>
<nav class="langs" aria-label="${escapeHtml(t.languageSwitch)}">${links.join('')}</nav>
</header>
<main id="app" tabindex="-1">
${main}
</main>
<div id="live" class="sr-only" role="status" aria-live="polite"></div>
</body>
</html>
`
}
