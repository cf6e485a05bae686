import { describe, expect, it } from 'vitest'
import { toContract, toFields } from '../../src/signing/page/client/answers.ts'
import { commonName } from '../../src/signing/page/client/keys/names.ts'
import { readAnswer } from '../../src/signing/page/client/keys/ncalayer.ts'
import { bareBase64 } from '../../src/signing/page/client/keys/provider.ts'
import { toPackage } from '../../src/signing/page/client/package/answers.ts'
import { classifyReason } from '../../src/signing/page/client/package/reasons.ts'
import { isUnfinished, situationOf } from '../../src/signing/page/client/package/situation.ts'
import { formatMoment } from '../../src/signing/page/moment.ts'
import { PACKAGE_TEXTS } from '../../src/signing/page/package-texts.ts'
import { renderSignPage } from '../../src/signing/page/page.ts'
import { PAGE_CSP } from '../../src/signing/page/shell.ts'
import { isPackageToken } from '../../src/signing/page/token.ts'
import { LANGS, pickLang } from '../../src/http/lang.ts'
import { TEXTS } from '../../src/signing/page/texts.ts'
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

  it('the page of a package keeps to it as well', () => {
    const html = renderSignPage({ lang, subject: 'package' })
    expectStrict(html)
    expect(html).toContain('src="/sign/package.js"')
    expect(html).toContain(PACKAGE_TEXTS[lang].pageTitle)
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

  it('of what lasts until then have no seconds', () =>
    expect(formatMoment('2026-11-21T17:04:48Z', 'Asia/Almaty', { seconds: false })).toBe('21.11.2026, 22:04 (UTC+05:00)'))
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

it('the policy lets pages talk to us and to NCALayer, and to nobody else', () => {
  const sources = PAGE_CSP.split(';').flatMap((directive) => directive.trim().split(' ').slice(1))
  expect([...new Set(sources)].sort()).toEqual(["'none'", "'self'", 'blob:', 'data:', 'wss://127.0.0.1:13579'])
})

it("tells a package's link from a contract's token", () => {
  expect(isPackageToken('AZOlsnweUpubHV8PO_KpwRE-'.padEnd(64, 'x'))).toBe(true)
  for (const other of ['0193a5b2-7c1e-7d52-9b1d-5f0f3b2a9c11', '', 'x'.repeat(63), 'x'.repeat(65), `${'x'.repeat(63)}/`]) {
    expect(isPackageToken(other)).toBe(false)
  }
})

describe('a package as its participant sees it', () => {
  const DATE = 'Sat, 21 Nov 2026 17:00:00 GMT'
  const answer = (status: string, mine: string, role = 'signer', more: object = {}) => ({
    package: {
      id: 'p',
      title: 'Сделка',
      status,
      organization: 'ТОО',
      subject: 'package',
      deadline: null,
      documents: [{ id: 'd', name: 'a.pdf', size: 5, sha256: 'ff' }],
      results: [],
    },
    participant: { id: 'x', full_name: 'Абай', role, status: mine, phone_hint: '+7 ••• ••• 45 67', company: null },
    methods: ['cms', 'fax', 'sms'],
    expires_at: '2026-11-22T17:00:00.000Z',
    code: null,
    ...more,
  })

  it('is read, and nothing that is none', () => {
    const read = toPackage(answer('in_progress', 'current'), DATE)
    expect(read).toMatchObject({ id: 'p', methods: ['sms', 'cms'], code: undefined, deadline: undefined })
    expect(read?.participant).toMatchObject({ name: 'Абай', phoneHint: '+7\u00a0•••\u00a0•••\u00a045\u00a067', company: undefined })
    for (const json of [
      undefined,
      null,
      [],
      'x',
      {},
      answer('new', 'current'),
      answer('in_progress', 'x'),
      answer('signed', 'signed', 'boss'),
    ]) {
      expect(toPackage(json, DATE)).toBeUndefined()
    }
  })

  it.each([
    ['2026-11-21T17:05:00.000Z', '2026-11-21T17:01:00.000Z', { lifetime: 299_000, resend: 60_000 }],
    ['2026-11-21T17:05:00.000Z', '2026-11-21T16:59:00.000Z', { lifetime: 299_000, resend: 0 }],
    // a clock that is days ahead, as in development
    ['2026-11-23T17:05:00.000Z', '2026-11-23T17:01:00.000Z', { lifetime: 300_000, resend: 60_000 }],
    ['2026-11-21T16:59:00.000Z', '2026-11-21T16:55:00.000Z', undefined],
  ])('a code until %s, another from %s', (expires_at, resend_at, left) => {
    expect(toPackage(answer('in_progress', 'current', 'signer', { code: { expires_at, resend_at } }), DATE)?.code).toEqual(left)
  })

  it.each([
    ['in_progress', 'current', 'signer', 'act'],
    ['in_progress', 'current', 'approver', 'act'],
    ['in_progress', 'waiting', 'signer', 'wait'],
    ['draft', 'waiting', 'signer', 'wait'],
    ['in_progress', 'viewing', 'viewer', 'read'],
    ['signed', 'viewing', 'viewer', 'read'],
    ['in_progress', 'signed', 'signer', 'done'],
    ['declined', 'signed', 'signer', 'done'],
    ['signed', 'approved', 'approver', 'done'],
    ['declined', 'declined', 'signer', 'declined'],
    ['declined', 'waiting', 'signer', 'over'],
    ['expired', 'current', 'signer', 'over'],
    ['revoked', 'viewing', 'viewer', 'over'],
    ['in_progress', 'not_needed', 'signer', 'notNeeded'],
    ['signed', 'not_needed', 'signer', 'notNeeded'],
  ])('%s with oneself %s as %s: %s', (status, mine, role, situation) => {
    const read = toPackage(answer(status, mine, role), DATE)
    expect(read && situationOf(read)).toBe(situation)
    expect(read && isUnfinished(read)).toBe(['in_progress', 'draft', 'signed'].includes(status))
  })
})

describe('keys', () => {
  it.each([
    ['{"result":{"version":"1.4"}}', undefined],
    ['--heartbeat--', undefined],
    ['{}', undefined],
    ['null', undefined],
    ['{"status":true,"body":{"result":"-----BEGIN CMS-----\\nTUlJ\\nQUE=\\n-----END CMS-----\\n"}}', 'TUlJQUE='],
    ['{"status":true,"body":{"result":["TUlJ"]}}', 'TUlJ'],
    ['{"status":true,"body":{}}', { failure: 'cancelled' }],
    ['{"code":"500","message":"action.canceled"}', { failure: 'cancelled' }],
    ['{"status":false,"code":"INVOCATION_ERROR","message":"Нет","details":"так"}', { failure: 'refused', detail: 'Нет. так' }],
    ['{"status":false,"code":"SIGNING_FAILURE","message":null}', { failure: 'refused', detail: 'SIGNING_FAILURE' }],
    ['{"success":false,"errorCode":"MODULE_NOT_FOUND"}', { failure: 'broken', detail: 'MODULE_NOT_FOUND' }],
  ])('NCALayer says %s', (data, outcome) => expect(readAnswer(data)).toEqual(outcome))

  it('takes the armour off', () => {
    expect(bareBase64('-----BEGIN PKCS7-----\r\nQUJD\r\nREVG\r\n-----END PKCS7-----')).toBe('QUJDREVG')
    expect(bareBase64('QUJD\r\nREVG\r\n')).toBe('QUJDREVG')
  })

  it.each([
    ['CN=Иванов Иван, ИНН=123, C=RU', 'Иванов Иван'],
    ['C=RU, CN="ООО ""Ромашка"", филиал", O=x', 'ООО "Ромашка", филиал'],
    ['O=x', 'O=x'],
  ])('%s is %s', (subject, name) => expect(commonName(subject)).toBe(name))

  it.each([
    ['The certificate is for logging in, not for signing documents', 'login'],
    ['The certificate is for another purpose than signing documents', 'purpose'],
    ['The certificate is not for signatures that commit to a content (nonRepudiation)', 'purpose'],
    ['The certificate is of another IIN or BIN than the participant’s', 'otherPerson'],
    ['The certificate names no IIN or BIN, and the participant has one', 'otherPerson'],
    ['The certificate was revoked on 2026-01-01T00:00:00.000Z (keyCompromise)', 'revoked'],
    ['It can’t be known whether the certificate is revoked: it does not say where to ask', undefined],
    ['The certificate expired on 2026-01-01T00:00:00.000Z', 'expired'],
    ['The certificate is not from a trusted authority', 'untrusted'],
    ['The signature is of another document', 'otherDocument'],
    ['SHA-1 is too weak for signatures', 'weak'],
    ['The time stamp is malformed', undefined],
  ])('“%s” is told as %s', (sentence, reason) => expect(classifyReason(sentence)).toBe(reason))
})

it('counts documents in Russian', () => {
  const { left } = PACKAGE_TEXTS.ru.documents
  expect([1, 3, 11, 50].map(left)).toEqual([
    'Осталось просмотреть 1 документ',
    'Осталось просмотреть 3 документа',
    'Осталось просмотреть 11 документов',
    'Осталось просмотреть 50 документов',
  ])
})
