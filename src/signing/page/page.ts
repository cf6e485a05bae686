import { escapeHtml } from '../../http/html.ts'
import type { Lang } from '../../http/lang.ts'
import { PACKAGE_TEXTS } from './package-texts.ts'
import { renderShell } from './shell.ts'
import { TEXTS } from './texts.ts'

export interface SignPageOptions {
  lang: Lang
  /** States that the page carries nothing inline, so no nonce is to be made for it. */
  nonceFree?: true
  /** What the link is for; a page that was not told finds out by itself, by one request more. */
  subject?: 'contract' | 'package'
  /** Where the assets of `buildSignPage` are served from; ends with a slash. */
  assets?: string
}

/**
 * The signing page, the same for every contract and for every package: its script reads the token from the address and asks the API, so the page itself holds no data.
 * Answer it with `PAGE_CSP`.
 */
export function renderSignPage({ lang, subject = 'contract', assets = '/sign/' }: SignPageOptions): string {
  const t = subject === 'package' ? PACKAGE_TEXTS[lang] : TEXTS[lang]
  const main = `<div class="card state"><span class="spinner" aria-hidden="true"></span><p>${escapeHtml(t.loading)}</p></div>
<noscript><p class="notice">${escapeHtml(t.noscript)}</p></noscript>`
  return renderShell({ lang, assets, script: subject === 'package' ? 'package.js' : 'sign.js', title: t.pageTitle, main })
}
