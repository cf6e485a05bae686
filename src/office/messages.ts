import type { Lang } from '../http/lang.ts'
import type { Languages } from '../notifications/languages.ts'
import { fitted } from '../notifications/sms-text.ts'

interface Texts {
  password: string
  code: { what: string; brief: string }
  warning: { whole: string; brief: string }
}

const TEXTS: Readonly<Record<Lang, Texts>> = {
  ru: {
    password: 'вы зарегистрированы, пароль для входа',
    code: { what: 'код для входа', brief: 'вход' },
    warning: { whole: 'Никому не сообщайте', brief: 'не сообщайте' },
  },
  kk: {
    password: 'сіз тіркелдіңіз, кіру құпиясөзі',
    code: { what: 'кіру коды', brief: 'кіру' },
    warning: { whole: 'Ешкімге айтпаңыз', brief: 'Ешкімге айтпаңыз' },
  },
  en: {
    password: 'you are registered, your password',
    code: { what: 'code to log in', brief: 'log in' },
    warning: { whole: 'Tell it to nobody', brief: "don't share" },
  },
}

const inEach = (languages: Languages, say: (t: Texts) => string, between: string) => languages.map((lang) => say(TEXTS[lang])).join(between)

/** The password stands at the end of its line, so that no full stop is taken for a part of it. */
export function passwordMessage(languages: Languages, password: string, organization: string): string {
  const said = inEach(languages, (t) => t.password, ' / ')
  const warning = inEach(languages, (t) => t.warning.whole, ' / ')
  return fitted(languages.length + 1, [organization], (name) => `${name}: ${said}: ${password}\n${warning}`)
}

/** In one segment; the code comes first, then where it lets one in. */
export function loginCodeMessage(languages: Languages, code: string, organization: string): string {
  const alone = languages.length === 1
  const what = inEach(languages, (t) => (alone ? t.code.what : t.code.brief), '/')
  const warning = inEach(languages, (t) => (alone ? t.warning.whole : t.warning.brief), '/')
  return fitted(1, [organization], (name) => `${code} - ${what}: ${name}. ${warning}`)
}
