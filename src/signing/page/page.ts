import { escapeHtml } from './html.ts'
import { renderShell } from './shell.ts'
import { TEXTS } from './texts.ts'
import type { Lang } from './texts.ts'

export interface SignPageOptions {
  lang: Lang
  /** States that the page carries nothing inline, so no nonce is to be made for it. */
  nonceFree?: true
  /** Where the assets of `buildSignPage` are served from; ends with a slash. */
  assets?: string
}

/**
 * The signing page, the same for every contract: its script reads the token from the address and asks the API, so the page itself holds no data.
 * Answer it with `PAGE_CSP`.
 */
export function renderSignPage({ lang, assets = '/sign/' }: SignPageOptions): string {
  const t = TEXTS[lang]
  const main = `<div class="card state"><span class="spinner" aria-hidden="true"></span><p>${escapeHtml(t.loading)}</p></div>
<noscript><p class="notice">${escapeHtml(t.noscript)}</p></noscript>`
  return renderShell({ lang, assets, script: 'sign.js', title: t.pageTitle, main })
}
