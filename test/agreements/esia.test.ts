import { env } from 'cloudflare:test'
import { describe, expect, it, vi } from 'vitest'
import { sweepEsiaLogins } from '../../src/agreements/esia/login.ts'
import { algorithm, octetString, oid, sequence, unsignedInteger } from '../../src/lib/der-write.ts'
import { fromBase64, toBase64 } from '../../src/lib/ids.ts'
import { readGostPrivateKey } from '../../src/signing/cms/private-key.ts'
import { GostPrivateKey } from '../../src/signing/gost/sign.ts'
import { advance, call, must, resetClock } from '../app.ts'
import { decode } from '../signing/cms/vectors.ts'
import { gostOperators } from '../signing/gost/engine-keys.ts'
import { newCompany, newCtx, operatorToken } from '../factories.ts'
import {
  answer,
  atEsia,
  BASE,
  begin,
  ESIA_URL,
  forgetProviders,
  gostOperator,
  save,
  saved,
  status,
  submit,
  visit,
  withProviders,
  type Refusal,
} from './kit.ts'

forgetProviders()
const nothing = async () => new Uint8Array()
const PROFILE = {
  first_name: 'Алексей',
  last_name: 'Тестов',
  middle_name: 'Петрович',
  birthday: '1985-03-15',
  passport_series: '4500',
  passport_number: '123456',
  issue: 'ОВД ТЕСТОВЫЙ',
  date_of_issue: '2005-04-20',
  billing_address_street: 'Москва Город, Тестовая Улица, д 1, кв 2',
  billing_address_city: 'Москва',
  billing_address_postalcode: '101000',
  shipping_address_city: 'Казань',
  snils: '11223344595',
}

describe('logging in with ESIA', () => {
  it('is told not to be configured where it is not', async () => {
    const company = await newCompany()
    const refused = await call<Refusal>('GET', `${BASE}/esia`, { token: company.token })
    expect([refused.status, refused.body]).toEqual([503, { message: 'Logging in with ESIA is not configured.', code: 503 }])
  })

  it('asks as ESIA wants to be asked', async () => {
    const providers = await withProviders(nothing)
    const url = new URL(await begin(await newCompany()))
    expect(`${url.origin}${url.pathname}`).toBe(`${ESIA_URL}/aas/oauth2/v2/ac`)
    const { client_secret, client_certificate_hash, state, nonce, timestamp, code_challenge, ...rest } = Object.fromEntries(
      url.searchParams,
    )
    expect(rest).toEqual({
      client_id: 'QOLTANBA',
      scope: 'openid fullname birthdate id_doc snils inn email mobile addresses',
      redirect_uri: `${(await newCtx()).settings.PUBLIC_URL}${BASE}/esia/callback`,
      response_type: 'code',
      access_type: 'online',
      code_challenge_method: 'S256',
    })
    expect(client_secret).toMatch(/^[A-Za-z0-9_-]+$/)
    expect(client_certificate_hash).toMatch(/^[0-9A-F]{64}$/)
    expect([state?.length, code_challenge?.length, (nonce?.length ?? 0) > 20]).toEqual([36, 43, true])
    expect(timestamp).toMatch(/^\d{4}\.\d\d\.\d\d \d\d:\d\d:\d\d \+0300$/)
    // The stand-in checks the signature over all of it, and finds a change.
    expect((await providers.esia(new Request(url))).status).toBe(200)
    for (const [name, value] of [
      ['scope', 'openid'],
      ['state', crypto.randomUUID()],
      ['timestamp', '2020.01.01 00:00:00 +0300'],
    ] as const) {
      const changed = new URL(url)
      changed.searchParams.set(name, value)
      const back = (await providers.esia(new Request(changed))).headers.get('location')
      expect(new URL(back ?? '').searchParams.get('error_description'), name).toContain('ESIA-007053')
    }
  })

  it.each(['256', '512'] as const)('signs with a GOST key of %s bits, as production wants it', async (bits) => {
    const operator = gostOperator(bits)
    const providers = await withProviders(nothing, undefined, operator)
    const url = new URL(await begin(await newCompany()))
    // The bare signature and nothing around it: two numbers of the key's length.
    expect(fromBase64(url.searchParams.get('client_secret') ?? '').length).toBe(bits === '256' ? 64 : 128)
    expect((await providers.esia(new Request(url))).status).toBe(200)
    const changed = new URL(url)
    changed.searchParams.set('state', crypto.randomUUID())
    const refused = (await providers.esia(new Request(changed))).headers.get('location')
    expect(new URL(refused ?? '').searchParams.get('error_description')).toContain('ESIA-007053')
    // The whole of it: the second request, for the tokens, is signed too.
    const company = await newCompany()
    await answer((await visit(await atEsia(providers, await begin(company)))).html, 'yes')
    expect(await saved(company, 'fiz')).toMatchObject({ last_name: 'Тестов' })
    expect(providers.esia.tokensGiven()).toBe(1)
  })

  it.each(['256', '512'] as const)('takes tokens that ESIA signed with a GOST key of %s bits, and only its own', async (bits) => {
    const { pem } = gostOperator(bits)
    const [key, another] = [readGostPrivateKey(decode(gostOperators[bits].key)), new GostPrivateKey('tc26-256-a', 7n)]
    const [alg, other] =
      bits === '256' ? (['GOST3410_2012_256', 'GOST3410_2012_512'] as const) : (['GOST3410_2012_512', 'GOST3410_2012_256'] as const)
    for (const [signer, ends] of [
      [{ pem, key, alg }, 200],
      [{ pem, key: another, alg }, 400],
      [{ pem, key, alg: other }, 400],
      [{ pem, key, alg: 'ES256' }, 400],
    ] as const) {
      const providers = await withProviders(nothing, undefined, undefined, signer)
      const page = await visit(await atEsia(providers, await begin(await newCompany())))
      expect([page.status, providers.esia.tokensGiven()], signer.alg).toEqual([ends, 1])
    }
  })

  it('says why a GOST key can’t be used, and nothing of the key', async () => {
    const [mine, other] = [gostOperator('256'), gostOperator('512')]
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const [, masked = ''] = /-----\n([^-]+)\n-----/.exec(mine.privateKey) ?? []
    const twice = Uint8Array.from([...fromBase64(masked).subarray(-32), ...fromBase64(masked).subarray(-32)])
    const kind = algorithm('1.2.643.7.1.1.1.1', sequence(oid('1.2.643.7.1.2.1.1.1')))
    const wrapped = toBase64(sequence(unsignedInteger(0), kind, octetString(twice)))
    for (const [privateKey, why] of [
      [other.privateKey, 'The key is not that of the certificate'],
      [`-----BEGIN PRIVATE KEY-----\n${wrapped}\n-----END PRIVATE KEY-----`, 'masked'],
      ['-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----', 'cannot be read'],
      ['-----BEGIN PRIVATE KEY-----\nMA\n-----END', 'cannot be read'],
      ['-----BEGIN PRIVATE KEY-----\nM===A\n-----END PRIVATE KEY-----', 'no PEM'],
    ] as const) {
      await withProviders(nothing, undefined, { ...mine, privateKey })
      said.mockClear()
      const company = await newCompany()
      expect((await call('GET', `${BASE}/esia`, { token: company.token })).status).toBe(503)
      const lines = said.mock.calls.flat().join('\n')
      expect(lines).toContain(why)
      expect(lines).not.toContain(masked.slice(-30))
      // Nothing was begun.
      expect(await env.DB.prepare('select 1 from esia_logins where org_id = ?').bind(company.id).all()).toMatchObject({ results: [] })
    }
  })

  it('takes certificate and key as OpenSSL writes them out of a container, on one line too', async () => {
    const { pem, privateKey, ...operator } = gostOperator('256')
    const bag = 'Bag Attributes\n    localKeyID: 01 00\nKey Attributes: <No Attributes>\n'
    for (const one of [(text: string) => text, (text: string) => text.replaceAll('\n', '\\n')]) {
      await withProviders(nothing, undefined, { ...operator, pem: one(bag + pem), privateKey: one(bag + privateKey) })
      expect(await begin(await newCompany())).toContain('client_secret=')
    }
  })

  it('says so of another’s ECDSA key, of one of another kind, and of a certificate that is over', async () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const refused = async (why: string) => {
      const company = await newCompany()
      const answer = await call('GET', `${BASE}/esia`, { token: company.token })
      expect([answer.status, answer.body]).toEqual([503, { message: 'The certificate for ESIA can’t be used now.', code: 503 }])
      expect(said.mock.calls.flat().join('\n')).toContain(why)
      said.mockClear()
    }
    await withProviders(nothing)
    const { settings } = await newCtx()
    const first = settings.ESIA_PRIVATE_KEY
    await withProviders(nothing)
    Object.assign(settings, { ESIA_PRIVATE_KEY: first })
    await refused('The key is not that of the certificate')
    Object.assign(settings, { ESIA_PRIVATE_KEY: gostOperator('256').privateKey })
    await refused('The key is not one for ECDSA P-256')
    Object.assign(settings, { ESIA_CERTIFICATE: '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----' })
    await refused('malformed')
    await withProviders(nothing)
    await begin(await newCompany())
    await advance(701 * 86_400)
    await refused('The certificate does not hold now')
    await resetClock()
  })

  it('puts what ESIA knows into the draft, once the person has agreed', async () => {
    const providers = await withProviders(nothing)
    const company = await newCompany({ name: 'ООО «Ромашка & Ко»' })
    await save(company, 'fiz', { first_name: 'Иной', email: 'kept', shipping_address_street: 'старый' })
    const page = await visit(await atEsia(providers, await begin(company)))
    expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect(page.headers.get('content-security-policy')).toContain("form-action 'self'")
    for (const said of ['ООО «Ромашка &amp; Ко»', 'Тестов Алексей Петрович', 'Передать']) expect(page.html).toContain(said)
    // Not before.
    expect(await saved(company, 'fiz')).toMatchObject({ first_name: 'Иной', passport_number: null })
    const done = await answer(page.html, 'yes')
    expect([done.status, done.html.includes('Данные переданы')]).toEqual([200, true])
    expect(await saved(company, 'fiz')).toMatchObject({ ...PROFILE, shipping_address_street: 'Казань Город, Пробная Улица, д 1, кв 2' })
    expect((await status(company)).status).toBe('draft')
    const review = await must<{ identity: object }>(200, 'GET', `${BASE}/reviews/${company.id}/fiz`, { token: await operatorToken() })
    expect(review.identity).toMatchObject({ provider: 'esia', full_name: 'Тестов Алексей Петрович', trusted: true })
    expect((await answer(page.html, 'yes')).status).toBe(410)
    const left = await env.DB.prepare('select secret from esia_logins where org_id = ?').bind(company.id).all()
    expect(left.results).toEqual([{ secret: null }])
  })

  it('makes a draft where there is none, and fills in a company’s signer', async () => {
    const providers = await withProviders(nothing)
    const [fresh, firm] = [await newCompany(), await newCompany()]
    await save(firm, 'jur', { name: 'Ромашка' })
    for (const company of [fresh, firm]) await answer((await visit(await atEsia(providers, await begin(company)))).html, 'yes')
    expect(await saved(fresh, 'fiz')).toMatchObject({ last_name: 'Тестов' })
    expect(await saved(firm, 'jur')).toMatchObject({
      name: 'Ромашка',
      last_name: 'Тестов',
      email: 'testov@example.com',
      phone: '+79991234567',
      inn: null,
    })
  })

  it('changes nothing of an agreement that was sent, but notes who it is', async () => {
    const providers = await withProviders(nothing)
    const company = await newCompany()
    await submit(company, 'ip')
    const done = await answer((await visit(await atEsia(providers, await begin(company), '1000300891'))).html, 'yes')
    expect(done.html).toContain('Личность подтверждена')
    expect(await saved(company, 'ip')).toMatchObject({ last_name: 'Иванов' })
    const { identity } = await must<{ identity: object }>(200, 'GET', `${BASE}/reviews/${company.id}/ip`, { token: await operatorToken() })
    expect(identity).toMatchObject({ full_name: 'Пробная Мария', trusted: false })
  })

  it('hands over nothing when the person says no, at ESIA or here', async () => {
    const providers = await withProviders(nothing)
    const company = await newCompany()
    const atGosuslugi = await visit(await atEsia(providers, await begin(company), ''))
    expect([atGosuslugi.status, atGosuslugi.html.includes('Данные не переданы')]).toEqual([200, true])
    const here = await answer((await visit(await atEsia(providers, await begin(company)))).html, 'no')
    expect(here.html).toContain('Данные не переданы')
    expect((await status(company)).status).toBe('empty')
  })

  it('speaks Russian, Kazakh and English', async () => {
    const providers = await withProviders(nothing)
    const company = await newCompany()
    for (const [lang, said] of [
      ['ru', 'Передать данные'],
      ['kk', 'Шартқа арналған'],
      ['en', 'Hand over your data'],
    ] as const)
      expect((await visit(await atEsia(providers, await begin(company)), lang)).html).toContain(said)
  })
})

describe('what ESIA tells of a person', () => {
  /** Answers of `/rs/prns/…` in place of the stand-in's. */
  const telling = async (answers: Record<string, () => Response>) => {
    const providers = await withProviders(nothing)
    const { host } = new URL(ESIA_URL)
    providers.net[host] = async (request) => {
      const [, path = ''] = /^\/rs\/prns\/\d+(.*)$/.exec(new URL(request.url).pathname) ?? []
      const told = request.url.includes('/rs/prns/') ? answers[path] : undefined
      return told ? told() : providers.esia(request)
    }
    const company = await newCompany()
    const page = await visit(await atEsia(providers, await begin(company)))
    return { page, company, confirm: async () => (await answer(page.html, 'yes')).status }
  }
  const nobody = () => new Response(null, { status: 204 })

  it.each([
    ['nothing of lists', 204],
    ['no list, since the person gave none', 403],
    ['no list at all', 404],
  ])('may be %s', async (_, code) => {
    const none = () => (code === 204 ? nobody() : Response.json({ code: 'ESIA-005002' }, { status: code }))
    const { page, company, confirm } = await telling({ '/docs': none, '/addrs': none, '/ctts': none })
    expect([page.status, await confirm()]).toEqual([200, 200])
    expect(await saved(company, 'fiz')).toMatchObject({ last_name: 'Тестов', passport_number: null, billing_address_city: null })
  })

  it('may be of other kinds than expected, and very long', async () => {
    const { page, company, confirm } = await telling({
      '': () =>
        Response.json({
          lastName: 'Я'.repeat(300_000),
          firstName: ['x'],
          middleName: { a: 1 },
          birthDate: 19,
          snils: true,
          trusted: 'yes',
        }),
      '/docs': () =>
        Response.json({
          elements: [null, 'https://esia.test/docs/1', { type: 'RF_PASSPORT', series: {}, number: 123456, issueDate: '2020' }],
        }),
      '/addrs': () => Response.json({ elements: { type: 'PRG' } }),
      '/ctts': () => Response.json([1, 2]),
    })
    expect([page.status, await confirm()]).toEqual([200, 200])
    expect(page.html.length).toBeLessThan(5000)
    const told = await saved(company, 'fiz')
    expect(told).toMatchObject({
      first_name: null,
      middle_name: null,
      birthday: null,
      passport_series: null,
      passport_number: '123456',
      snils: null,
    })
    expect(String(told.last_name).length).toBeLessThanOrEqual(255)
    const review = await must<{ identity: object }>(200, 'GET', `${BASE}/reviews/${company.id}/fiz`, { token: await operatorToken() })
    expect(review.identity).toMatchObject({ trusted: false, full_name: 'Я'.repeat(300) })
  })

  it.each([
    ['no person', () => Response.json({})],
    ['a page', () => new Response('<html>')],
    ['no right', () => Response.json({ code: 'ESIA-005002' }, { status: 403 })],
  ])('is refused when it is %s', async (_, person) => {
    const { page, company } = await telling({ '': person })
    expect([page.status, page.html.includes('Вход не подтверждён')]).toEqual([400, true])
    expect((await status(company)).status).toBe('empty')
  })
})

describe('a login that is not right', () => {
  it('is good once, for a while, and for nobody who made it up', async () => {
    const providers = await withProviders(nothing)
    const company = await newCompany()
    const back = await atEsia(providers, await begin(company))
    expect((await visit(back)).status).toBe(200)
    expect((await visit(back)).status).toBe(410)
    const invented = new URL(back)
    invented.searchParams.set('state', crypto.randomUUID())
    expect((await visit(invented)).status).toBe(404)
    expect((await answer('', 'yes', 'x'.repeat(43))).status).toBe(404)
    const late = await atEsia(providers, await begin(company))
    await advance(16 * 60)
    expect((await visit(late)).status).toBe(410)
    await sweepEsiaLogins(await newCtx())
    expect((await visit(late)).status).toBe(404)
    await resetClock()
  })

  it('of two that come at once, one is taken', async () => {
    const providers = await withProviders(nothing)
    const back = await atEsia(providers, await begin(await newCompany()))
    expect((await Promise.all([visit(back), visit(back)])).map((v) => v.status).toSorted((a, b) => a - b)).toEqual([200, 410])
    expect(providers.esia.tokensGiven()).toBe(1)
  })

  it('is refused with another’s code', async () => {
    const providers = await withProviders(nothing)
    const [mine, theirs] = [
      await atEsia(providers, await begin(await newCompany())),
      await atEsia(providers, await begin(await newCompany())),
    ]
    mine.searchParams.set('code', theirs.searchParams.get('code') ?? '')
    // PKCE: the code is of no use without the verifier of its own login.
    expect((await visit(mine)).status).toBe(400)
  })

  const forged: [string, (claims: Record<string, unknown>) => Record<string, unknown>][] = [
    ['another login (nonce)', (c) => ({ ...c, nonce: 'other' })],
    ['no nonce', ({ nonce: _, ...c }) => c],
    ['another system', (c) => ({ ...c, aud: 'OTHER' })],
    ['another issuer', (c) => ({ ...c, iss: 'https://evil.test/' })],
    ['another person', (c) => ({ ...c, sub: '42' })],
    ['another time', (c) => ({ ...c, exp: Number(c.exp) - 86_400 })],
  ]
  it.each(forged)('is refused with a token for %s', async (_, idToken) => {
    const providers = await withProviders(nothing, { idToken })
    const company = await newCompany()
    expect((await visit(await atEsia(providers, await begin(company)))).status).toBe(400)
    expect((await status(company)).status).toBe('empty')
  })

  const opening: typeof forged = [
    ['another system', (c) => ({ ...c, client_id: 'OTHER' })],
    ['another person', (c) => ({ ...c, 'urn:esia:sbj_id': '42' })],
    ['a path in place of a person', (c) => ({ ...c, 'urn:esia:sbj_id': '../orgs/1', sub: '../orgs/1' })],
    ['another issuer', (c) => ({ ...c, iss: 'https://evil.test/' })],
    ['another time', (c) => ({ ...c, nbf: Number(c.nbf) + 86_400 })],
  ]
  it.each(opening)('is refused with an access token for %s', async (_, accessToken) => {
    const providers = await withProviders(nothing, { accessToken })
    const company = await newCompany()
    expect((await visit(await atEsia(providers, await begin(company)))).status).toBe(400)
    expect(providers.asked.filter((path) => path.includes('/rs/'))).toEqual([])
  })

  it('is refused with a token that another key signed', async () => {
    const providers = await withProviders(nothing)
    const { settings } = await newCtx()
    Object.assign(settings, { ESIA_TOKEN_CERTIFICATE: settings.ESIA_CERTIFICATE })
    expect((await visit(await atEsia(providers, await begin(await newCompany())))).status).toBe(400)
  })

  it.each([
    ['away', async () => Promise.reject(new TypeError('fetch failed')), 503],
    ['broken', async () => new Response('<html>', { status: 502 }), 503],
    ['talking nonsense', async () => new Response('<html>nonsense'), 400],
    ['endless', async () => new Response(new Uint8Array(2_000_000)), 503],
    ['sending elsewhere', async () => new Response(null, { status: 302, headers: { location: 'https://evil.test/' } }), 503],
  ] as const)('is told when ESIA is %s', async (_, handler, code) => {
    const providers = await withProviders(nothing)
    const company = await newCompany()
    const back = await atEsia(providers, await begin(company))
    providers.net[new URL(ESIA_URL).host] = handler
    const page = await visit(back)
    expect([page.status, page.headers.get('content-type')]).toEqual([code, 'text/html; charset=utf-8'])
    expect((await status(company)).status).toBe('empty')
  })
})
