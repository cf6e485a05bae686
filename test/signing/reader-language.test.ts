import { afterEach, describe, expect, it } from 'vitest'
import { call, drain, filledContract, must, outbox, resetClock, until, type OutboxMessage } from '../app.ts'
import { newCompany, newEmail, newIin, newPhone, newSigner } from '../factories.ts'
import { aPerson, approves, atLink, door, idOf, newPackage, on, signs, type Opened } from '../office/packages-kit.ts'
import { expectSame } from './object-kit.ts'

afterEach(resetClock)

const read = (token: string, lang: string) => call<Opened>('GET', `/sign/${token}/package`, { headers: { 'accept-language': lang } })
const pageLang = async (token: string, lang: string, query = '') =>
  /<html lang="(\w\w)">/.exec((await call('GET', `/sign/${token}${query}`, { headers: { 'accept-language': lang } })).text)?.[1]
const arrived = (to: string, count = 1) =>
  until(async () => {
    const found = await outbox(to)
    return found.length >= count && (found as (OutboxMessage & { subject: string | null })[])
  }, `message ${count} for ${to}`)
const kazakh = /[ӘәҒғҚқҢңӨөҰұҮүҺһ]/

describe('the language of a participant', () => {
  it('is the one in which it reads the page, for the page and for every message', async () => {
    const company = await newCompany({ name: 'ТОО «Отправитель»' })
    const [one, two] = [aPerson('Первый'), aPerson('Второй')]
    const p = await newPackage(company, [signs(1, one), signs(1, two)])
    const token = await door(company, p, 0)
    // The page alone, which a preview of the link opens, too, is no reader.
    expect(await pageLang(token, 'en')).toBe('en')
    expect(await pageLang(token, 'de')).toBe('ru')
    expect((await read(token, 'kk-KZ,ru;q=0.5')).status).toBe(200)
    expect(await pageLang(token, 'ru,en;q=0.5')).toBe('kk')
    expect(await pageLang(token, 'ru', '?lang=en')).toBe('en')

    await on(company, p)('POST', 'remind')
    const [reminder] = await arrived(one.phone)
    expect(reminder?.text).toMatch(/^ТОО «Отправитель»: «Договор №7»\. Құжаттар шешіміңізді күтуде: http\S+\/sign\/[\w-]{64}$/)
    const [both] = await arrived(two.phone)
    expect(both?.text).toContain('Құжаттар шешіміңізді күтуде / Документы ждут вашего решения')

    // Another language was chosen on the page meanwhile, which asks for the code in it.
    await call('POST', `/sign/${token}/otp`, { headers: { 'accept-language': 'en' } })
    expect((await arrived(one.phone, 2))[0]?.text).toMatch(/^\d{6} - code to sign: "Договор №7"\. Tell it to nobody$/)
    await on(company, p)('POST', 'revoke')
    const [end] = await arrived(one.phone, 3)
    expect([end?.text.includes('withdrawn'), /[а-я]{4}/.test(end?.text.split('. ')[1] ?? '')]).toEqual([true, false])
    await expectSame(p.id)
  })

  it('stays what it is where nobody says anything, or nothing that is known', async () => {
    const company = await newCompany()
    const person = aPerson('Первый')
    const p = await newPackage(company, [signs(1, person)])
    const token = await door(company, p, 0)
    await read(token, 'kk')
    for (const said of ['', '*', 'de', 'x'.repeat(5000), ';;q=,,']) expect((await read(token, said)).status).toBe(200)
    await atLink(token, 'otp')
    expect((await arrived(person.phone))[0]?.text).toContain('қол қою коды')
    await expectSame(p.id)
  })

  it('goes with the participant who is replaced', async () => {
    const company = await newCompany()
    const [one, other] = [aPerson('Первый'), aPerson('Новый', { phone: `+7916${newPhone().slice(-7)}` })]
    const p = await newPackage(company, [signs(1, one)])
    const token = await door(company, p, 0)
    await read(token, 'en')
    await on(company, p)('PUT', `participants/${idOf(p, 0)}`, { person: other })
    // The old link is gone, and says nothing of the new one's language.
    expect((await read(token, 'kk')).status).toBe(410)
    await on(company, p)('POST', 'remind')
    expect((await arrived(other.phone))[0]?.text).toContain('. Документы ждут вашего решения: http')
    await drain()
    expect(await outbox(one.phone)).toEqual([])
    await expectSame(p.id)
  })

  it('of a contract’s signer is the page’s, when it is the signer who asks', async () => {
    const company = await newCompany()
    for (const [token, pattern] of [
      [null, /^\d{6} - code to sign: /],
      [company.token, /^\d{6} - код: қол қою\/подпись /],
    ] as const) {
      const [contract, signer] = [await filledContract(company), newSigner()]
      const body = { contract_id: contract.id, contract_token: contract.contract_token, ...signer, method: 'sms' }
      await must(202, 'POST', '/signatures/sign', { token, body, headers: { 'accept-language': 'en' } })
      expect((await arrived(signer.client_phone))[0]?.text).toMatch(pattern)
    }
  })
})

describe('a participant without a phone', () => {
  it('is reminded and told of the end by mail, in the languages of its country', async () => {
    const company = await newCompany({ name: 'ТОО «Отправитель & Ко»' })
    const mails = [newEmail(), newEmail(), newEmail()]
    const [kz, home, ru] = mails as [string, string, string]
    const person = (full_name: string, more: object) => ({ full_name, ...more })
    const p = await newPackage(
      company,
      [
        signs(1, person('Қазақстанда', { email: kz, iin: newIin() }), ['cms']),
        approves(1, person('Белгісіз', { email: home })),
        signs(1, person('В России', { email: ru, inn: '500100732259' }), ['cms']),
      ],
      { title: 'Договор <№7>' },
    )
    expect((await on(company, p)<{ reminded: number }>('POST', 'remind')).body).toEqual({ reminded: 3 })
    const first = await Promise.all(mails.map(async (to) => (await arrived(to))[0]))
    expect(first.map((m) => [m?.channel, m?.subject])).toEqual([
      ['email', 'Құжаттар шешіміңізді күтуде: Договор <№7>'],
      ['email', 'Құжаттар шешіміңізді күтуде: Договор <№7>'],
      ['email', 'Документы ждут вашего решения: Договор <№7>'],
    ])
    expect(first.map((m) => kazakh.test(m?.text ?? ''))).toEqual([true, true, false])
    for (const mail of first) expect(mail?.text).toContain('ТОО «Отправитель & Ко» is waiting for your decision on “Договор <№7>”.')
    const link = /\/sign\/([\w-]{64})/.exec(first[2]?.text ?? '')?.[1] ?? ''
    expect((await read(link, 'en')).body.participant).toMatchObject({ id: idOf(p, 2) })

    const token = await door(company, p, 0)
    expect((await atLink(token, 'decline', { reason: 'Персональная причина' })).status).toBe(200)
    const [news, english] = await Promise.all([home, ru].map(async (to) => (await arrived(to, 2))[0]))
    expect([news?.subject, english?.subject]).toEqual(['Қол қою тоқтатылды: Договор <№7>', 'The signing has ended: Договор <№7>'])
    // Neither who declined nor why is told to the others, and whoever declined is told nothing.
    expect(`${news?.text} ${english?.text}`).not.toMatch(/Қазақстанда|Персональная|\/sign\//)
    await drain()
    expect(await outbox(kz)).toHaveLength(1)
    await expectSame(p.id)
  })
})
