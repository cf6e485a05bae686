import { commonNameOf } from '../../lib/distinguished-name.ts'
import type { Verified, VerifiedEvidence, VerifiedSigner } from '../verify.ts'
import { escapeHtml } from '../../http/html.ts'
import type { Lang } from '../../http/lang.ts'
import { formatMoment } from './moment.ts'
import { renderShell } from './shell.ts'
import { TEXTS } from './texts.ts'
import type { Texts } from './texts.ts'

/** What anyone who holds the document may know. Names come masked; no phone and no full personal number belongs here. */
export type VerifyPageData = Verified

const STATUSES = ['signed', 'in_progress', 'declined', 'revoked', 'expired'] as const

// Long names and hashes may break anywhere.
const hashRow = (label: string, hash: string): string =>
  `<dt>${escapeHtml(label)}</dt><dd><code class="hash">${escapeHtml(hash)}</code></dd>`

function documentItem(document: Verified['documents'][number], t: Texts['verify']): string {
  const name = escapeHtml(document.name)
  const stamped = document.stampedSha256 === null ? '' : hashRow(t.hashStamped, document.stampedSha256)
  const attributes = `data-name="${name}" data-original="${escapeHtml(document.sha256)}" data-stamped="${escapeHtml(document.stampedSha256 ?? '')}"`
  return `<li ${attributes}><h3>${name}</h3><dl>${hashRow(t.hash, document.sha256)}${stamped}</dl></li>`
}

const certificateItem = (sha256: string, t: Texts['verify']): string =>
  `<li data-name="${escapeHtml(t.certificate)}" data-certificate="${escapeHtml(sha256)}"><h3>${escapeHtml(t.certificate)}</h3><dl>${hashRow(t.hashCertificate, sha256)}</dl></li>`

/** Whose word there is for a signature, a sentence each. Of a code the certificate is the platform's own, of which there is nothing to tell. */
function evidenceLines(
  { issuer, revocation, timestamp }: VerifiedEvidence,
  method: VerifiedSigner['method'],
  t: Texts['verify'],
  timeZone: string,
) {
  const own = method === 'sms' ? [t.sealedByPlatform] : [t.issuer(issuer), t.revocation[revocation]]
  if (!timestamp) return own
  const at = formatMoment(timestamp.at, timeZone)
  return [...own, timestamp.internal ? t.stamp.internal(at) : t.stamp.external(at, commonNameOf(timestamp.authority))]
}

function signerItem(signer: VerifiedSigner, lang: Lang, timeZone: string): string {
  const t = TEXTS[lang].verify
  const { at, action, method, evidence } = signer
  const time = at && ` · <time datetime="${escapeHtml(at)}">${escapeHtml(formatMoment(at, timeZone))}</time>`
  const way = method === null ? '' : `<span class="method">${escapeHtml(t.methods[method])}</span>`
  const lines = (evidence ? evidenceLines(evidence, method, t, timeZone) : []).map((line) => `<span>${escapeHtml(line)}</span>`)
  const broken = signer.valid ? '' : `<span class="broken">${escapeHtml(t.notConfirmed)}</span>`
  return `<li class="signer ${signer.valid ? action : 'broken'}"><strong>${escapeHtml(signer.name)}</strong><span>${escapeHtml(t.acted[action])}${time}</span>${broken}${way}${lines.join('')}</li>`
}

function dropZone(t: Texts['verify']): string {
  const words = {
    original: t.matchOriginal('{}'),
    stamped: t.matchStamped('{}'),
    certificate: t.matchCertificate,
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

/** Who took part, of a package that is signed; of others nobody is named. */
function signersCard({ signers, timeZone }: Verified, lang: Lang): string {
  const t = TEXTS[lang].verify
  if (signers.length === 0) return ''
  const items = signers.map((signer) => signerItem(signer, lang, timeZone)).join('')
  return `<section class="card"><h2>${escapeHtml(t.signers)}</h2><ul class="signers">${items}</ul></section>`
}

function body(data: VerifyPageData, lang: Lang): string {
  const t = TEXTS[lang].verify
  const known = STATUSES.find((status) => status === data.status) ?? 'in_progress'
  const status = known === 'signed' && !data.valid ? 'broken' : known
  const certificate = data.certificateSha256 === null ? '' : certificateItem(data.certificateSha256, t)
  return `<div class="verify">
<section class="card"><p class="badge ${status}">${escapeHtml(t.statuses[status])}</p>
<h1>${escapeHtml(data.title)}</h1>
<p>${escapeHtml(t.explain[status])}</p>
<dl class="facts"><dt>${escapeHtml(t.company)}</dt><dd>${escapeHtml(data.organization)}</dd>
<dt>${escapeHtml(t.packageId)}</dt><dd><code class="hash">${escapeHtml(data.id)}</code></dd></dl></section>
${signersCard(data, lang)}
<section class="card"><h2>${escapeHtml(t.documents)}</h2><ul class="documents" id="documents">${data.documents.map((d) => documentItem(d, t)).join('')}${certificate}</ul></section>
${dropZone(t)}
</div>`
}

/**
 * The public check of a package: plain words on what was signed, by whom and when, and a place to compare one's own file, which never leaves the browser.
 * `null` is an unknown package (answer 404). Everything in `data` is escaped. Answer it with `PAGE_CSP`.
 */
export function renderVerifyPage(data: VerifyPageData | null, lang: Lang, assets = '/sign/'): string {
  const t = TEXTS[lang].verify
  const missing = `<div class="card state"><h1>${escapeHtml(t.notFound.title)}</h1><p>${escapeHtml(t.notFound.text)}</p></div>`
  return renderShell({ lang, assets, script: 'verify.js', title: t.pageTitle, main: data ? body(data, lang) : missing })
}
