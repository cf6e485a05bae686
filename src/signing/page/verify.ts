import { escapeHtml } from './html.ts'
import { formatMoment } from './moment.ts'
import { renderShell } from './shell.ts'
import { TEXTS } from './texts.ts'
import type { Lang, Texts } from './texts.ts'

export interface VerifyDocument {
  name: string
  /** Lower-case hex of the bytes that were signed. */
  sha256: string
  /** The same of the stamped version, once there is one. */
  stampedSha256: string | null
}

export interface VerifySigner {
  /** Already masked: shown as given. */
  name: string
  /** What the person did; `waiting` for one whose turn has not come. */
  action: 'signed' | 'approved' | 'declined' | 'waiting'
  method: 'sms' | 'cms' | 'server' | null
  /** ISO 8601, UTC. */
  at: string | null
}

/** What anyone who holds the document may know. No phone and no full personal number belongs here. */
export interface VerifyPageData {
  packageId: string
  title: string
  status: 'signed' | 'in_progress' | 'declined' | 'revoked' | 'expired'
  /** Whether the trail and every file still fit what was signed; false takes the word “signed” back. */
  valid?: boolean
  organization: string
  documents: readonly VerifyDocument[]
  signers: readonly VerifySigner[]
  /** IANA zone for the times; default Asia/Almaty. */
  timeZone?: string
  assets?: string
}

// Long names and hashes may break anywhere.
const hashRow = (label: string, hash: string): string =>
  `<dt>${escapeHtml(label)}</dt><dd><code class="hash">${escapeHtml(hash)}</code></dd>`

function documentItem(document: VerifyDocument, t: Texts['verify']): string {
  const name = escapeHtml(document.name)
  const stamped = document.stampedSha256 === null ? '' : hashRow(t.hashStamped, document.stampedSha256)
  const attributes = `data-name="${name}" data-original="${escapeHtml(document.sha256)}" data-stamped="${escapeHtml(document.stampedSha256 ?? '')}"`
  return `<li ${attributes}><h3>${name}</h3><dl>${hashRow(t.hash, document.sha256)}${stamped}</dl></li>`
}

function signerItem(signer: VerifySigner, lang: Lang, timeZone: string): string {
  const t = TEXTS[lang].verify
  const time =
    signer.at === null ? '' : ` · <time datetime="${escapeHtml(signer.at)}">${escapeHtml(formatMoment(signer.at, timeZone))}</time>`
  const method = signer.method === null ? '' : `<br>${escapeHtml(t.methods[signer.method])}`
  const action = escapeHtml(t.acted[signer.action])
  return `<li class="signer ${signer.action}"><strong>${escapeHtml(signer.name)}</strong><span>${action}${time}${method}</span></li>`
}

function dropZone(t: Texts['verify']): string {
  const words = {
    original: t.matchOriginal('{}'),
    stamped: t.matchStamped('{}'),
    none: t.mismatch,
    failed: t.unreadable,
    busy: t.checking,
    hash: t.fileHash,
  }
  const attributes = Object.entries(words).map(([key, text]) => `data-${key}="${escapeHtml(text)}"`)
  return `<section class="card" aria-labelledby="check-title"><h2 id="check-title">${escapeHtml(t.checkTitle)}</h2>
<div class="drop" id="drop" ${attributes.join(' ')}>
<p id="drop-hint">${escapeHtml(t.checkText)}</p>
<p class="drop-over" aria-hidden="true">${escapeHtml(t.drop)}</p>
<input type="file" id="file" class="sr-only" accept="application/pdf,.pdf,.docx" aria-describedby="drop-hint">
<label for="file" class="button secondary">${escapeHtml(t.choose)}</label>
<p class="hint">${escapeHtml(t.local)}</p>
</div>
<div id="result" role="status" aria-live="polite"></div></section>`
}

function body(data: VerifyPageData, lang: Lang): string {
  const t = TEXTS[lang].verify
  const timeZone = data.timeZone ?? 'Asia/Almaty'
  const signers = data.signers.map((signer) => signerItem(signer, lang, timeZone)).join('')
  const isBroken = data.status === 'signed' && data.valid === false
  const explain = isBroken ? t.explain.broken : data.status === 'signed' ? t.explain.signed : t.explain.other
  return `<div class="verify">
<section class="card"><p class="badge ${isBroken ? 'revoked' : data.status}">${escapeHtml(isBroken ? t.statuses.broken : t.statuses[data.status])}</p>
<h1>${escapeHtml(data.title)}</h1>
<p>${escapeHtml(explain)}</p>
<dl class="facts"><dt>${escapeHtml(t.company)}</dt><dd>${escapeHtml(data.organization)}</dd>
<dt>${escapeHtml(t.packageId)}</dt><dd><code class="hash">${escapeHtml(data.packageId)}</code></dd></dl></section>
<section class="card"><h2>${escapeHtml(t.signers)}</h2>${signers ? `<ul class="signers">${signers}</ul>` : `<p>${escapeHtml(t.noSigners)}</p>`}</section>
<section class="card"><h2>${escapeHtml(t.documents)}</h2><ul class="documents" id="documents">${data.documents.map((d) => documentItem(d, t)).join('')}</ul></section>
${dropZone(t)}
</div>`
}

/**
 * The public check of a package: plain words on what was signed, by whom and when, and a place to compare one's own file, which never leaves the browser.
 * `null` is an unknown package (answer 404). Everything in `data` is escaped. Answer it with `PAGE_CSP`.
 */
export function renderVerifyPage(data: VerifyPageData | null, lang: Lang, assets = data?.assets ?? '/sign/'): string {
  const t = TEXTS[lang].verify
  const missing = `<div class="card state"><h1>${escapeHtml(t.notFound.title)}</h1><p>${escapeHtml(t.notFound.text)}</p></div>`
  return renderShell({ lang, assets, script: 'verify.js', title: t.pageTitle, main: data ? body(data, lang) : missing })
}
