import type { Lang } from '../http/lang.ts'
import type { Languages } from '../notifications/languages.ts'
import { letter, withEnglish, type Letter } from '../notifications/mail/letter.ts'
import { fitted } from '../notifications/sms-text.ts'
import { en } from './messages/en.ts'
import { kk } from './messages/kk.ts'
import { ru } from './messages/ru.ts'

export type Ending = 'declined' | 'revoked'
type Lines = (organization: string, title: string) => readonly string[]

/** Everything that the participants of a package are sent. In an SMS of several languages each says its piece; `brief` serves where all of them share one. */
export interface MessageTexts {
  quoted: (title: string) => string
  sms: {
    code: { what: string; warning: string; brief: { word: string; what: string; warning: string } }
    reminder: string
    ended: Record<Ending, string>
  }
  mail: {
    reminder: { subject: (title: string) => string; lines: Lines; action: string; foot: string }
    ended: Record<Ending, Lines> & { subject: (title: string) => string; foot: string }
  }
}

const TEXTS: Readonly<Record<Lang, MessageTexts>> = { ru, kk, en }

const inEach = (languages: Languages, say: (t: MessageTexts) => string, between: string) =>
  [...new Set(languages.map((lang) => say(TEXTS[lang])))].join(between)

/**
 * The SMS that carries a one-time code, in one segment: the code comes first, then what it signs, so that nobody reads it out without seeing for
 * what. The word for a code stands in each, as phones look for it when they offer to fill the code in.
 */
export function codeMessage(languages: Languages, code: string, title: string): string {
  const { quoted, sms } = TEXTS[languages[0]]
  if (languages.length === 1) return fitted(1, [title], (short) => `${code} - ${sms.code.what}: ${quoted(short)}. ${sms.code.warning}`)
  const brief = (part: 'word' | 'what' | 'warning') => inEach(languages, (t) => t.sms.code.brief[part], '/')
  return fitted(1, [title], (short) => `${code} - ${brief('word')}: ${brief('what')} ${quoted(short)}. ${brief('warning')}`)
}

/** Reminds somebody whose turn it is; who asks comes first. */
export function reminderMessage(languages: Languages, organization: string, title: string, url: string): string {
  const asks = inEach(languages, (t) => t.sms.reminder, ' / ')
  const { quoted } = TEXTS[languages[0]]
  return fitted(languages.length + 2, [organization, title], (from, what) => `${from}: ${quoted(what)}. ${asks}: ${url}`)
}

/** Tells those who took part that there is nothing more to sign. */
export function endMessage(languages: Languages, why: Ending, organization: string, title: string): string {
  const { quoted } = TEXTS[languages[0]]
  const news = inEach(languages, (t) => t.sms.ended[why], ' / ')
  return fitted(languages.length + 1, [organization, title], (from, what) => `${from}: ${quoted(what)}. ${news}`)
}

type Mail = Letter & { subject: string }

/** The same by mail, for whom has no phone. */
export function reminderMail(languages: Languages, organization: string, title: string, url: string): Mail {
  const subject = TEXTS[languages[0]].mail.reminder.subject(title)
  const said = letter(withEnglish(languages), subject, (lang) => {
    const { lines, action, foot } = TEXTS[lang].mail.reminder
    return { lines: lines(organization, title), foot, ...(languages.includes(lang) ? { action: { label: action, url } } : {}) }
  })
  return { subject, ...said }
}

export function endMail(languages: Languages, why: Ending, organization: string, title: string): Mail {
  const { mail } = TEXTS[languages[0]]
  const subject = mail.ended.subject(title)
  const said = letter(withEnglish(languages), subject, (lang) => {
    const { ended } = TEXTS[lang].mail
    return { lines: [...ended[why](organization, title), ended.foot] }
  })
  return { subject, ...said }
}
