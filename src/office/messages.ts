import type { Lang } from '../http/lang.ts'
import type { Languages } from '../notifications/languages.ts'
import { fitted } from '../notifications/sms-text.ts'

interface Texts {
  password: string
  code: { what: string; brief: { word: string; what: string } }
  warning: { whole: string; brief: string }
}

const TEXTS: Readonly<Record<Lang, Texts>> = {
  ru: {
    password: 'вы зарегистрированы, пароль для входа',
    code: { what: 'код для входа', brief: { word: 'код', what: 'вход' } },
    warning: { whole: 'Никому не сообщайте', brief: 'Не сообщайте' },
  },
  kk: {
    password: 'сіз тіркелдіңіз, кіру құпиясөзі',
    code: { what: 'кіру коды', brief: { word: 'код', what: 'кіру' } },
    warning: { whole: 'Ешкімге айтпаңыз', brief: 'Айтпаңыз' },
  },
  en: {
    password: 'you are registered, your password',
    code: { what: 'code to log in', brief: { word: 'code', what: 'log in' } },
    warning: { whole: 'Tell it to nobody', brief: "Don't share" },
  },
}

const inEach = (languages: Languages, say: (t: Texts) => string, between: string) =>
  [...new Set(languages.map((lang) => say(TEXTS[lang])))].join(between)

/** The password stands at the end of its line, so that no full stop is taken for a part of it. */
export function passwordMessage(languages: Languages, password: string, organization: string): string {
  const said = inEach(languages, (t) => t.password, ' / ')
  const warning = inEach(languages, (t) => t.warning.whole, ' / ')
  return fitted(languages.length + 1, [organization], (name) => `${name}: ${said}: ${password}\n${warning}`)
}

/** In one segment; the code comes first, then where it lets one in. */
export function loginCodeMessage(languages: Languages, code: string, organization: string): string {
  const { code: full, warning } = TEXTS[languages[0]]
  if (languages.length === 1) return fitted(1, [organization], (name) => `${code} - ${full.what}: ${name}. ${warning.whole}`)
  const brief = (say: (t: Texts) => string) => inEach(languages, say, '/')
  const what = `${brief((t) => t.code.brief.word)}: ${brief((t) => t.code.brief.what)}`
  return fitted(1, [organization], (name) => `${code} - ${what} ${name}. ${brief((t) => t.warning.brief)}`)
}
