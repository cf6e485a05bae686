import { describe, expect, it } from 'vitest'
import { heardLang, pickLang, type Lang } from '../../src/http/lang.ts'
import { languagesFor, type Languages } from '../../src/notifications/languages.ts'
import { fitted, plainLine, roomIn } from '../../src/notifications/sms-text.ts'
import { loginCodeMessage, passwordMessage } from '../../src/office/messages.ts'
import { codeMessage, endMail, endMessage, reminderMail, reminderMessage } from '../../src/signing/messages.ts'

const KZ = '+77011234567'
const RU = '+79161234567'
const UZ = '+998901234567'
const IIN = '850504300017'
const INN = '500100732259'

describe('in which languages somebody is written to', () => {
  const nobody = { phone: null }
  it.each<[string, Parameters<typeof languagesFor>[0], string | null, Lang[]]>([
    ['who chose one', { phone: KZ, identifier: IIN, lang: 'en' }, KZ, ['en']],
    ['a phone of Kazakhstan', { phone: KZ }, null, ['kk', 'ru']],
    ['an operator’s code that begins with 6', { phone: '+76001234567' }, null, ['kk', 'ru']],
    ['a phone of Kazakhstan, an organization of Russia', { phone: KZ }, RU, ['kk', 'ru']],
    ['a phone of Russia', { phone: RU }, KZ, ['ru']],
    ['a phone of Russia and an IIN', { phone: RU, identifier: IIN }, null, ['kk', 'ru']],
    ['an IIN without a phone', { phone: null, identifier: IIN }, RU, ['kk', 'ru']],
    ['an INN without a phone', { phone: null, inn: INN }, KZ, ['ru']],
    ['a phone from abroad', { phone: UZ }, KZ, ['ru', 'en']],
    ['a phone from abroad and an IIN', { phone: UZ, identifier: IIN }, null, ['kk', 'ru']],
    ['nothing known, an organization of Kazakhstan', nobody, KZ, ['kk', 'ru']],
    ['nothing known, an organization of Russia', nobody, RU, ['ru']],
    ['nothing known at all', nobody, null, ['kk', 'ru']],
  ])('%s', (_, reader, home, languages) => expect(languagesFor(reader, home)).toEqual(languages))
})

describe('what a browser asks for', () => {
  it.each([
    ['kk-KZ,ru;q=0.8', 'kk'],
    ['de, en;q=0.5', 'en'],
    ['*', undefined],
    ['de', undefined],
    ['', undefined],
    [null, undefined],
  ])('%s is %s', (header, lang) => expect(heardLang(header)).toBe(lang))

  it.each<[string | null, string, Lang | undefined, Lang]>([
    ['en', 'ru', 'kk', 'en'],
    [null, 'ru', 'kk', 'kk'],
    ['de', 'ru', 'kk', 'kk'],
    [null, 'en', undefined, 'en'],
    [null, 'de', undefined, 'ru'],
  ])('a page: ?lang=%s, browser %s, remembered %s: %s', (query, header, remembered, lang) =>
    expect(pickLang(query, header, remembered)).toBe(lang),
  )
})

const ALL: Languages[] = [['kk', 'ru'], ['ru'], ['kk'], ['en'], ['ru', 'en']]
const LONG = 'Договор аренды нежилого помещения № 17-2026/АБ от 01.02.2026 с приложениями'
const ORGANIZATION = 'Товарищество с ограниченной ответственностью «Қазақстан құрылыс әлемі»'
const URL_ = `https://sign.qoltanba.kz/sign/${'A'.repeat(64)}`

describe.each(ALL)('SMS in %s %s', (...languages_) => {
  const languages = languages_.filter(Boolean) as unknown as Languages
  const { length } = languages

  it('a code stands first and is one segment, whatever it is for', () => {
    for (const title of ['Шарт', LONG, '👍'.repeat(100), '𝒜'.repeat(100)]) {
      const texts = [codeMessage(languages, '012345', title), loginCodeMessage(languages, '012345', title)]
      expect(texts.map((t) => [t.startsWith('012345 - '), t.length <= roomIn(1)])).toEqual([
        [true, true],
        [true, true],
      ])
      // No half of a letter is left where it was cut.
      for (const text of texts) expect(text).not.toMatch(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/)
    }
    expect(codeMessage(languages, '012345', LONG)).toMatch(/^012345 - .*(код|code).*Договор/)
  })

  it('others are of few segments, with the link whole at the end', () => {
    const reminder = reminderMessage(languages, ORGANIZATION, LONG, URL_)
    expect(reminder.length).toBeLessThanOrEqual(roomIn(length + 2))
    expect(reminder.endsWith(`: ${URL_}`)).toBe(true)
    for (const why of ['declined', 'revoked'] as const)
      expect(endMessage(languages, why, ORGANIZATION, LONG).length).toBeLessThanOrEqual(roomIn(length + 1))
    const password = passwordMessage(languages, 'abcd-efgh-2345', ORGANIZATION)
    expect(password.length).toBeLessThanOrEqual(roomIn(length + 1))
    expect(password).toMatch(/: abcd-efgh-2345\n/)
  })
})

it('says what it says', () => {
  const title = 'Договор №7'
  expect(codeMessage(['kk', 'ru'], '012345', title)).toBe('012345 - код: қол қою/подпись «Договор №7». Айтпаңыз/Не сообщайте')
  expect(codeMessage(['ru', 'en'], '012345', title)).toBe("012345 - код/code: подпись/sign «Договор №7». Не сообщайте/Don't share")
  expect(codeMessage(['kk'], '012345', title)).toBe('012345 - қол қою коды: «Договор №7». Ешкімге айтпаңыз')
  expect(codeMessage(['ru'], '012345', title)).toBe('012345 - код подписи: «Договор №7». Никому не сообщайте')
  expect(codeMessage(['en'], '012345', title)).toBe('012345 - code to sign: "Договор №7". Tell it to nobody')
  expect(loginCodeMessage(['kk', 'ru'], '012345', 'ТОО «Банк»')).toBe('012345 - код: кіру/вход ТОО «Банк». Айтпаңыз/Не сообщайте')
  expect(reminderMessage(['kk', 'ru'], 'ТОО «Банк»', title, URL_)).toBe(
    `ТОО «Банк»: «Договор №7». Құжаттар шешіміңізді күтуде / Документы ждут вашего решения: ${URL_}`,
  )
  expect(endMessage(['ru', 'en'], 'revoked', 'ТОО «Банк»', title)).toBe(
    'ТОО «Банк»: «Договор №7». Документы отозваны, подписание прекращено / The documents were withdrawn, the signing has ended',
  )
})

describe('a name in an SMS', () => {
  it.each([
    ['http://evil.example/пароль', 'http evil example пароль'],
    ['Договор от 01.02.2026, (доп.)', 'Договор от 01.02.2026, (доп.)'],
    ['evil․example @user #1', 'evil example user 1'],
    ['две\nстроки\u202eи управление', 'две строки и управление'],
    ['Мектеп и\u0306', 'Мектеп й'],
  ])('%j is %j', (text, plain) => expect(plainLine(text)).toBe(plain))

  it('gives way, and no further than it says something', () => {
    expect(fitted(1, ['a'.repeat(100)], (name) => `${'x'.repeat(60)}${name}`)).toBe(`${'x'.repeat(60)}${'a'.repeat(9)}…`)
    expect(fitted(1, ['a'.repeat(100)], (name) => `${'x'.repeat(90)}${name}`)).toBe(`${'x'.repeat(90)}${'a'.repeat(7)}…`)
  })
})

describe('a mail', () => {
  const title = 'Договор <b>№7</b> & "прочее"'
  it.each<[Languages, string, string[]]>([
    [['kk', 'ru'], 'Құжаттар шешіміңізді күтуде', ['kk', 'ru', 'en']],
    [['ru'], 'Документы ждут вашего решения', ['ru', 'en']],
    [['en'], 'Documents await your decision', ['en']],
    [['ru', 'en'], 'Документы ждут вашего решения', ['ru', 'en']],
  ])('in %s', (languages, subject, spoken) => {
    const mail = reminderMail(languages, 'ТОО «Банк» <script>', title, URL_)
    expect(mail.subject).toBe(`${subject}: ${title}`)
    expect(mail.html).toContain(`<html lang="${spoken[0]}">`)
    expect([...mail.html.matchAll(/<div lang="(\w\w)"/g)].map(([, lang]) => lang)).toEqual(spoken)
    expect(mail.html).not.toMatch(/<script|<b>/)
    expect(mail.html).toContain('Договор &lt;b&gt;№7&lt;/b&gt; &amp; &quot;прочее&quot;')
    // What the picture shows, the plain text says, too.
    expect(mail.text).toContain(title)
    for (const part of [mail.text, mail.html]) expect(part.split(URL_).length - 1).toBe(languages.length)
  })

  it('of the end leads nowhere, and says the same in its text', () => {
    for (const why of ['declined', 'revoked'] as const) {
      const mail = endMail(['kk', 'ru'], why, 'ТОО «Банк»', title)
      expect(mail.subject).toBe(`Қол қою тоқтатылды: ${title}`)
      expect(mail.html).not.toContain('href')
      expect(mail.text.split('\n\n')).toHaveLength(3)
    }
  })
})
