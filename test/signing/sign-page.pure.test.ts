import { describe, expect, it } from 'vitest'
import { toContract, toFields } from '../../src/signing/page/client/answers.ts'
import { formatMoment } from '../../src/signing/page/moment.ts'
import { renderSignPage } from '../../src/signing/page/page.ts'
import { LANGS, pickLang, TEXTS } from '../../src/signing/page/texts.ts'
import { renderVerifyPage } from '../../src/signing/page/verify.ts'
import type { VerifyPageData } from '../../src/signing/page/verify.ts'

describe('the language', () => {
  it.each([
    ['kk', 'ru', 'kk'],
    ['de', 'en-US,en;q=0.9', 'en'],
    [null, 'de-DE,de;q=0.9,kk;q=0.8,ru;q=0.7', 'kk'],
    [undefined, 'ru;q=0.5,kk-KZ;q=0.9', 'kk'],
    [null, 'kk;q=0,en;q=0.1', 'en'],
    [null, 'fr', 'ru'],
    [null, null, 'ru'],
    ['__proto__', ';;q=,,', 'ru'],
  ])('?lang=%s with %s is %s', (query, header, lang) => expect(pickLang(query, header)).toBe(lang))
})

/** What the policy would refuse: scripts and styles in the page itself, and anything from elsewhere. */
function expectStrict(html: string): void {
  expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|javascript:/i)
  expect([...html.matchAll(/<script[^>]*>([^<]*)/g)].map(([, content]) => content)).toEqual([''])
  expect(html).not.toMatch(/(src|href)="(https?:)?\/\//)
  expect(html).toContain('<meta name="referrer" content="no-referrer">')
}

const signer: VerifyPageData['signers'][number] = {
  name: 'Қ. Ә. <b>',
  action: 'signed',
  method: 'sms',
  at: '2026-11-21T17:04:48Z',
  valid: true,
  evidence: null,
}
const verified: VerifyPageData = {
  id: '0193a5b2-7c1e-7d52-9b1d-5f0f3b2a9c11',
  title: 'Договор <script>alert(1)</script> "№ 17"',
  status: 'signed',
  valid: true,
  timeZone: 'Asia/Almaty',
  organization: 'ТОО «Рога & Копыта»',
  documents: [{ name: `d"><img src=x onerror='x'>.pdf`, sha256: 'a'.repeat(64), stampedSha256: null }],
  certificateSha256: null,
  signers: [signer],
}
const stamp = { at: '2026-11-21T17:04:49Z', authority: 'CN=TSA <i>,C=KZ', internal: false }

describe.each(LANGS)('pages in %s', (lang) => {
  it('the signing page keeps to its policy', () => {
    const html = renderSignPage({ nonceFree: true, lang })
    expectStrict(html)
    expect(html).toContain(`<html lang="${lang}">`)
    expect(html).toContain('src="/sign/sign.js"')
    expect(renderSignPage({ lang, assets: '/x/' })).toContain('src="/x/sign.js"')
  })

  it('the check page escapes what it is given', () => {
    const html = renderVerifyPage(verified, lang)
    expectStrict(html.replace(/ onerror=&#39;/g, ''))
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(html).not.toContain('<img src=x')
    expect(html).not.toContain('<b>')
    expect(html).toContain('21.11.2026, 22:04:48 (UTC+05:00)')
    expect(html).toContain('a'.repeat(64))
  })

  it('the check page says whose word there is for a signature', () => {
    const t = TEXTS[lang].verify
    const shown = (more: Partial<typeof signer>) => renderVerifyPage({ ...verified, signers: [{ ...signer, ...more }] }, lang)
    const evidence = { issuer: 'НУЦ РК <u>', revocation: 'unknown' as const, timestamp: stamp }
    const key = shown({ method: 'cms', evidence })
    expectStrict(key.replace(/ onerror=&#39;/g, ''))
    for (const text of [
      t.methods.cms,
      t.issuer('НУЦ РК &lt;u&gt;'),
      t.revocation.unknown,
      t.stamp.external('21.11.2026, 22:04:49 (UTC+05:00)', 'TSA &lt;i&gt;'),
    ])
      expect(key).toContain(text)
    const good = shown({ method: 'server', evidence: { ...evidence, revocation: 'good', timestamp: { ...stamp, internal: true } } })
    for (const text of [t.methods.server, t.revocation.good, t.stamp.internal('21.11.2026, 22:04:49 (UTC+05:00)')])
      expect(good).toContain(text)
    // With a code the certificate is the platform's: it must not be taken for the signer's.
    const code = shown({ evidence: { ...evidence, issuer: 'Qoltanba Issuing CA', timestamp: null } })
    expect([code.includes(t.sealedByPlatform), code.includes('Issuing CA'), code.includes(t.revocation.unknown)]).toEqual([
      true,
      false,
      false,
    ])
    expect(shown({ action: 'approved', method: null })).toContain(t.acted.approved)
  })

  it('the check page says of unfinished packages how they stand, and names nobody', () => {
    const t = TEXTS[lang].verify
    for (const status of ['in_progress', 'declined', 'revoked', 'expired'] as const) {
      const html = renderVerifyPage({ ...verified, status, valid: false, signers: [] }, lang)
      expect(html).toContain(`badge ${status}">${t.statuses[status]}`)
      expect(html).toContain(t.explain[status])
      expect(html).not.toContain('class="signers"')
    }
  })

  it('the check page lists the certificate of signing', () => {
    const html = renderVerifyPage({ ...verified, certificateSha256: 'c'.repeat(64) }, lang)
    expect(html).toContain(`data-certificate="${'c'.repeat(64)}"`)
  })

  it('the check page takes the word back when something does not fit', () => {
    const { statuses } = TEXTS[lang].verify
    expect(renderVerifyPage(verified, lang)).toContain(`badge signed">${statuses.signed}`)
    expect(renderVerifyPage({ ...verified, valid: false }, lang)).toContain(`badge broken">${statuses.broken}`)
    expect(renderVerifyPage({ ...verified, signers: [{ ...signer, valid: false }] }, lang)).toContain(TEXTS[lang].verify.notConfirmed)
    expect(renderVerifyPage(null, lang)).toContain(TEXTS[lang].verify.notFound.title)
  })
})

it('the consent is word for word that of document 000', () => {
  expect(TEXTS.ru.identity.consent).toBe('Я подтверждаю, что принимаю договор оферты и все введенные данные верны')
})

it('counts in Russian', () => {
  expect([1, 2, 5, 11, 21].map(TEXTS.ru.code.wrong).map((text) => text.split('Осталось ')[1])).toEqual([
    '1 попытка.',
    '2 попытки.',
    '5 попыток.',
    '11 попыток.',
    '21 попытка.',
  ])
})

describe('moments', () => {
  it.each([
    ['2026-11-21T17:04:48Z', 'Asia/Almaty', '21.11.2026, 22:04:48 (UTC+05:00)'],
    ['2026-12-31T23:04:08.500Z', 'Europe/Moscow', '01.01.2027, 02:04:08 (UTC+03:00)'],
    ['no date', 'Asia/Almaty', 'no date'],
  ])('%s in %s', (iso, zone, text) => expect(formatMoment(iso, zone)).toBe(text))
})

describe("the service's answers", () => {
  it('reads a contract, and nothing that is none', () => {
    const contract = toContract({
      id: 7,
      client_filled: true,
      signed_at: null,
      package_id: 'p',
      rendering: { status: 'failed', reason: 'why' },
      more: 1,
    })
    expect(contract).toMatchObject({
      id: 7,
      client_filled: true,
      signed_at: undefined,
      package_id: 'p',
      rendering: { status: 'failed', reason: 'why' },
    })
    for (const json of [undefined, null, [], 'x', {}, { id: '7' }]) expect(toContract(json)).toBeUndefined()
    expect(toContract({ id: 7, rendering: { status: 'new' } })?.rendering).toBeUndefined()
  })

  it('reads fields; an unknown type is text', () => {
    expect(toFields([{ field_name: 'a', field_type: 'colour', value: null }])).toEqual([
      { field_name: 'a', field_type: 'text', value: undefined },
    ])
    expect(toFields({})).toBeUndefined()
  })
})
