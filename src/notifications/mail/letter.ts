import { escapeHtml } from '../../http/html.ts'
import type { Lang } from '../../http/lang.ts'
import type { Languages } from '../languages.ts'

/** What a mail says in one language. Plain text; escaped here. */
export interface LetterPart {
  lines: readonly string[]
  /** Where it leads, as a button. */
  action?: { label: string; url: string }
  /** Small, below. */
  foot?: string
  /** Small and below all of them, with a link. */
  stop?: { label: string; url: string }
}

export interface Letter {
  text: string
  html: string
}

const paragraph = (html: string) => `<p style="margin:0 0 12px">${html}</p>`
const small = (html: string) => `<p style="margin:0 0 12px;font-size:13px;color:#475569">${html}</p>`
const button = ({ label, url }: NonNullable<LetterPart['action']>) =>
  `<p style="margin:16px 0"><a href="${escapeHtml(url)}" style="display:inline-block;padding:12px 20px;background:#0f766e;color:#ffffff;border-radius:8px;text-decoration:none;font-weight:bold">${escapeHtml(label)}</a></p>`

const section = (lang: Lang, { lines, action, foot }: LetterPart, isFirst: boolean) =>
  `<div lang="${lang}"${isFirst ? '' : ' style="border-top:1px solid #e2e8f0;padding-top:16px;margin-top:16px"'}>` +
  lines.map((line) => paragraph(escapeHtml(line))).join('') +
  (action ? button(action) : '') +
  (foot === undefined ? '' : small(escapeHtml(foot))) +
  '</div>'

const stopLink = (lang: Lang, { label, url }: NonNullable<LetterPart['stop']>) =>
  `<a lang="${lang}" href="${escapeHtml(url)}" style="color:#475569">${escapeHtml(label)}</a>`

const plain = ({ lines, action, foot }: LetterPart) =>
  [...lines, ...(action ? [`${action.label}: ${action.url}`] : []), ...(foot === undefined ? [] : [foot])].join('\n')

/** Whatever the languages of a mail are, it ends in English: who was written to by mistake, or from abroad, understands that much. */
export const withEnglish = (languages: Languages): Languages => (languages.includes('en') ? languages : [...languages, 'en'])

/**
 * A mail in several languages, the main one first. One column of plain paragraphs: what every mail client shows; its
 * colours are whole, so that none is turned over by itself in the dark.
 */
export function letter(languages: Languages, subject: string, say: (lang: Lang) => LetterPart): Letter {
  const parts = languages.map((lang) => ({ lang, part: say(lang) }))
  const stops = parts.flatMap(({ lang, part: { stop } }) => (stop ? [{ lang, stop }] : []))
  const html =
    `<!doctype html><html lang="${languages[0]}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light only"><title>${escapeHtml(subject)}</title></head>` +
    `<body style="margin:0;padding:24px 12px;background:#f1f5f9;font-family:Arial,Helvetica,sans-serif;color:#0f172a">` +
    `<table role="presentation" width="100%" style="max-width:560px;margin:0 auto;background:#ffffff;border-radius:8px;table-layout:fixed"><tr><td style="padding:24px;font-size:15px;line-height:1.5;overflow-wrap:break-word;word-break:break-word">` +
    parts.map(({ lang, part }, i) => section(lang, part, i === 0)).join('') +
    `</td></tr><tr><td style="padding:0 24px 24px;font-size:12px;line-height:1.8;color:#475569">${[...stops.map(({ lang, stop }) => stopLink(lang, stop)), 'Qoltanba'].join(' · ')}</td></tr></table></body></html>`
  const text = [...parts.map(({ part }) => plain(part)), ...stops.map(({ stop }) => `${stop.label}: ${stop.url}`)].join('\n\n')
  return { text, html }
}
