import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inventIin, inventPhone, registerCompany, type Company } from '../../.tools/demo-steps.ts'
import { inkOfPages, launch, readToTheEnd, visit } from './browser.ts'
import { LOGIN, sign, type Issued } from './crypto/cms/openssl.ts'
import { nationalPerson, startNcaLayer, type NcaLayer } from './ncalayer.ts'
import { getPackage, makeLink, makePackage, statusOf } from './packages.ts'
import { baseUrl, codeFor, operator, until } from './service.ts'

/** Drives the signing page of packages in a real Chromium, as each kind of participant, against a running service and a stand-in for NCALayer. */
const IIN = inventIin()
let browser: Browser
let company: Company
let layer: NcaLayer
let signer: Issued & { authority: Issued }

const person = (more: object = {}) => ({ full_name: 'Сериков Айбек Маратович', phone: inventPhone(), iin: IIN, ...more })

beforeAll(async () => {
  signer = nationalPerson(IIN)
  ;[browser, company, layer] = await Promise.all([
    launch('--ignore-certificate-errors'),
    registerCompany(baseUrl(), 'ТОО «Пакет»'),
    startNcaLayer(signer),
  ])
  const platform = await operator()
  await platform.call('POST', '/api/v1/trust-anchors', { pem: await readFile(signer.authority.pem, 'utf8') })
  await platform.call('PUT', `/company-balances/${company.id}`, { sms_signatures: 50, ecp_signatures: 50 })
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await layer?.stop()
})

const messagesTo = async (phone: string): Promise<string[]> =>
  (await company.api.call<{ messages: { text: string }[] }>('GET', `/dev/outbox?to=${encodeURIComponent(phone)}`)).messages.map(
    ({ text }) => text,
  )

/** What the browser itself reports of answers that were asked for. */
const unasked = (problems: string[], statuses: RegExp) => problems.filter((problem) => !statuses.test(problem))

/** From the documents to the step of consent, without reading: that is tested elsewhere. */
async function goOn(page: Page): Promise<void> {
  await page.click('.side-ways button:first-child')
  await page.waitForSelector('#app[data-view=confirm]')
}

async function consentTo(page: Page, way?: string): Promise<void> {
  if (way !== undefined) await page.check(`#way-${way}`)
  await page.check('[name=consent]')
  await page.click('form button[type=submit]')
}

describe.each([
  [390, 'ru'],
  [1280, 'kk'],
])('at %i px in %s', (width, lang) => {
  it('signs two documents by SMS, from the link to the stamped file', async () => {
    const phone = inventPhone()
    const made = await makePackage(company, 'Сделка 15 – Договор - №17', [3, 1], [{ person: person({ phone }), methods: ['sms', 'cms'] }])
    const { token } = await makeLink(company, made)
    const { page, problems, shot, view } = await visit(browser, `/sign/${token}`, width, lang)

    await view('documents')
    await page.locator('canvas:not([width="0"])').first().waitFor({ state: 'attached' })
    expect(Math.min(...(await inkOfPages(page)))).toBeGreaterThan(500)
    await page.locator('.sheet-text', { hasText: 'Document 1, page 1' }).waitFor({ state: 'attached' })
    await shot('package-1-documents')
    await readToTheEnd(page)
    expect(await page.locator('.file-mark:not(:empty)').count()).toBe(2)
    await shot('package-2-read')
    await page.click('.bar .button')

    await view('confirm')
    expect(await page.evaluate('document.activeElement.tagName')).toBe('H1')
    await page.click('form button[type=submit]')
    expect(await page.getAttribute('[name=consent]', 'aria-invalid')).toBe('true')
    await shot('package-3-confirm')
    await consentTo(page)

    await view('code')
    expect(await page.getAttribute('[name=code]', 'autocomplete')).toBe('one-time-code')
    const masked = (await page.locator('.lead').innerText()).replaceAll('\u00a0', ' ')
    expect(masked).toContain(`+7 ••• ••• ${phone.slice(-4, -2)} ${phone.slice(-2)}`)
    expect(await page.locator('.button.secondary').isDisabled()).toBe(true)
    const code = await codeFor(company.api, phone)
    await page.fill('[name=code]', code === '000000' ? '111111' : '000000')
    await page.keyboard.press('Enter')
    await page.locator('[role=alert]:not(:empty)').waitFor()
    await shot('package-4-wrong-code')

    // the page is closed by the phone and opened again: the code still works, and the consent is asked for again
    await page.reload()
    await view('code')
    await page.fill('[name=code]', code)
    await page.check('[name=consent]')
    await page.click('form button[type=submit]')

    await view('result')
    await page.waitForSelector('.results a[download]', { timeout: 60_000 })
    await shot('package-5-result')
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('.results a[download]')])
    const file = await download.path()
    expect((await readFile(file)).subarray(0, 5).toString('latin1')).toBe('%PDF-')

    await page.click('.results a:not([download])')
    await page.waitForSelector('#file', { state: 'attached' })
    await page.setInputFiles('#file', file)
    await page.waitForSelector('.outcome.good')
    await shot('package-6-verify')
    expect(await statusOf(company, made, 'signed')).toBe('signed')
    expect(await page.evaluate('localStorage.length + sessionStorage.length')).toBe(0)
    expect(unasked(problems, /status of 400/)).toEqual([])
    await page.context().close()
  })

  it('signs three documents through NCALayer, one after another, after a change of mind', async () => {
    const made = await makePackage(company, 'Ключом', [1, 2, 1], [{ person: person(), methods: ['cms'] }])
    const { token } = await makeLink(company, made)
    const { page, problems, shot, view } = await visit(browser, `/sign/${token}`, width, lang)
    await view('documents')
    await goOn(page)
    await shot('package-key-1-confirm')
    const before = layer.requests.length
    layer.behave('cancel')
    await consentTo(page, 'ncalayer')
    await view('key')
    await page.locator('[role=alert]').waitFor()
    await shot('package-key-2-cancelled')

    layer.behave('sign')
    await page.click('.key .button')
    await page.locator('.key .spinner').waitFor()
    await shot('package-key-3-signing')
    await view('result')
    await page.waitForSelector('.results a[download]', { timeout: 60_000 })
    await shot('package-key-4-result')

    const asked = layer.requests.slice(before)
    expect(layer.mostAtOnce()).toBe(1)
    expect(asked.map(({ origin }) => origin)).toEqual(asked.map(() => new URL(baseUrl()).origin))
    expect(asked.map(({ args }) => args.locale)).toEqual(asked.map(() => lang))
    // the first of them twice: it was cancelled once
    const [one, two, three] = made.documents.map(({ sha256 }) => sha256)
    expect(asked.map(({ content }) => createHash('sha256').update(content).digest('hex'))).toEqual([one, one, two, three])
    expect((await getPackage(company, made)).participants.map(({ status }) => status)).toEqual(['signed'])
    expect(problems).toEqual([])
    await page.context().close()
  })

  it('lets an approver approve, and the one after wait until then', async () => {
    const route = [
      { role: 'approver' as const, person: person() },
      { order: 2, person: person(), methods: ['sms' as const] },
    ]
    const made = await makePackage(company, 'По очереди', [1], route)
    const [first, second] = await Promise.all([makeLink(company, made, 0), makeLink(company, made, 1)])
    const waiting = await visit(browser, `/sign/${second.token}`, width, lang)
    await waiting.view('documents')
    await waiting.page.locator('.notice [role=status]').waitFor()
    expect(await waiting.page.locator('.bar').count()).toBe(0)
    await waiting.page.locator('canvas:not([width="0"])').first().waitFor({ state: 'attached' })
    await waiting.shot('package-wait')

    const { page, problems, shot, view } = await visit(browser, `/sign/${first.token}`, width, lang)
    await view('documents')
    await readToTheEnd(page)
    await page.click('.bar .button')
    await view('confirm')
    expect(await page.locator('[name=way]').count()).toBe(0)
    await shot('package-approve')
    await consentTo(page)
    await view('result')
    await shot('package-approved')
    expect(problems).toEqual([])
    await page.context().close()

    // unless the page has noticed by itself already
    await waiting.page.evaluate(`document.querySelector('.notice .button')?.click()`)
    await waiting.page.waitForSelector('.bar .button')
    expect(waiting.problems).toEqual([])
    await waiting.page.context().close()
  })

  it('lets a participant decline, with a reason and a second thought', async () => {
    const made = await makePackage(
      company,
      'Отказ',
      [1],
      [
        { person: person(), methods: ['sms'] },
        { role: 'viewer', person: person() },
      ],
    )
    const [{ token }, viewer] = await Promise.all([makeLink(company, made), makeLink(company, made, 1)])
    const { page, problems, shot, view } = await visit(browser, `/sign/${token}`, width, lang)
    await view('documents')
    await page.click('.side-ways button:last-child')
    await view('decline')
    await page.click('form button[type=submit]')
    expect(await page.getAttribute('textarea', 'aria-invalid')).toBe('true')
    await shot('package-decline-1')
    await page.fill('textarea', 'Не согласен с пунктом 4.2')
    await page.click('form button[type=submit]')
    await page.waitForSelector('blockquote')
    await shot('package-decline-2')
    await page.click('.button.secondary')
    expect(await page.inputValue('textarea')).toBe('Не согласен с пунктом 4.2')
    await page.click('form button[type=submit]')
    await page.waitForSelector('blockquote')
    await page.click('.button.danger')
    await view('result')
    await shot('package-declined')
    const { items } = await company.api.call<{ items: { type: string; data?: { reason?: string } }[] }>(
      'GET',
      `/api/v1/office/packages/${made.id}/events`,
    )
    expect(items.find(({ type }) => type === 'participant.declined')?.data?.reason).toBe('Не согласен с пунктом 4.2')
    expect(problems).toEqual([])

    // the viewer, who only reads, is told as well
    await page.goto(`${baseUrl()}/sign/${viewer.token}?lang=${lang}`)
    await view('result')
    await page.context().close()
  })
})

it('remembers the language that was chosen on the page: for the page, on another device, and for the SMS', async () => {
  const phone = inventPhone()
  const made = await makePackage(company, 'Тіл', [1], [{ person: person({ phone }), methods: ['sms'] }])
  const { token } = await makeLink(company, made)
  const { page, problems, view } = await visit(browser, `/sign/${token}`, 390, 'ru')
  await view('documents')
  const told = page.waitForResponse((answer) => answer.url().endsWith('/package') && answer.ok())
  await page.click('[data-lang=kk]')
  await told
  expect(problems).toEqual([])
  await page.context().close()

  const context = await browser.newContext({ locale: 'en-US' })
  const other = await context.newPage()
  await other.goto(`${baseUrl()}/sign/${token}`)
  await other.waitForSelector('#app[data-view=documents]')
  expect(await other.getAttribute('html', 'lang')).toBe('kk')
  await company.api.call('POST', `/api/v1/office/packages/${made.id}/remind`, {})
  const reminder = await until('the reminder', async () => (await messagesTo(phone))[0])
  expect(reminder).toMatch(/^ТОО «Пакет»: «Тіл»\. Құжаттар шешіміңізді күтуде: http\S+$/)
  await goOn(other)
  await consentTo(other)
  await other.waitForSelector('#app[data-view=code]')
  const code = await codeFor(company.api, phone)
  expect((await messagesTo(phone))[0]).toBe(`${code} - қол қою коды: «Тіл». Ешкімге айтпаңыз`)
  await context.close()
})

describe('links that lead nowhere', () => {
  it('says so in plain words: unknown, expired, withdrawn, revoked', async () => {
    const made = await makePackage(company, 'Ссылки', [1], [{ person: person(), methods: ['sms'] }])
    const [short, withdrawn, good] = await Promise.all([makeLink(company, made, 0, 60), makeLink(company, made), makeLink(company, made)])
    await company.api.raw('DELETE', `/api/v1/office/packages/${made.id}/signing-links/${withdrawn.id}`)
    const { page, problems, shot, view } = await visit(browser, `/sign/${withdrawn.token}`, 390, 'en')
    await view('problem')
    expect(await page.locator('h1').innerText()).toBe('This link no longer works')
    await shot('package-gone')

    await page.goto(`${baseUrl()}/sign/${'A'.repeat(64)}?lang=en`)
    await view('problem')
    expect(await page.locator('h1').innerText()).toBe('Link not found')

    await company.api.call('POST', '/dev/clock', { advance_seconds: 120 })
    try {
      await page.goto(`${baseUrl()}/sign/${short.token}?lang=en`)
      await view('problem')
      expect(await page.locator('h1').innerText()).toBe('This link no longer works')
    } finally {
      await company.api.call('POST', '/dev/clock', { advance_seconds: -120 })
    }

    await page.goto(`${baseUrl()}/sign/${good.token}?lang=en`)
    await view('documents')
    await company.api.call('POST', `/api/v1/office/packages/${made.id}/revoke`, {})
    await goOn(page)
    await consentTo(page)
    await view('problem')
    expect(await page.locator('.card .button').count()).toBe(0)
    expect(unasked(problems, /status of (404|410)/)).toEqual([])
    await page.context().close()
  })

  it('shows a package whose deadline has passed as over', async () => {
    const deadline = new Date(Date.now() + 3600_000).toISOString()
    const made = await makePackage(company, 'Срок', [1], [{ person: person(), methods: ['sms'] }], { deadline })
    const { token } = await makeLink(company, made, 0, 86_400)
    await company.api.call('POST', '/dev/clock', { advance_seconds: 7200 })
    try {
      const { page, problems, shot, view } = await visit(browser, `/sign/${token}`, 390, 'en')
      await view('result')
      expect(await page.locator('h1').innerText()).toBe('The package has expired')
      await shot('package-expired')
      await page.click('.done > .link')
      await view('documents')
      expect(await page.locator('.bar').count()).toBe(0)
      expect(problems).toEqual([])
      await page.context().close()
    } finally {
      await company.api.call('POST', '/dev/clock', { advance_seconds: -7200 })
    }
  })
})

describe('what is in the way of a signature', () => {
  it('a key that is not for signing, of an unknown authority, or of somebody else: each is told', async () => {
    const made = await makePackage(company, 'Не тот ключ', [1], [{ person: person(), methods: ['cms'] }])
    const { token } = await makeLink(company, made)
    const { page, problems, shot, view } = await visit(browser, `/sign/${token}`, 1280, 'en')
    await view('documents')
    await goOn(page)
    layer.behave('sign')
    layer.use(nationalPerson(IIN, signer.authority, LOGIN))
    await consentTo(page, 'ncalayer')
    await page.locator('[role=alert]', { hasText: 'key for logging in' }).waitFor()
    await shot('package-key-login')
    layer.use(nationalPerson(IIN))
    await page.click('.key .button')
    await page.locator('[role=alert]', { hasText: 'not among those trusted' }).waitFor()
    layer.use(nationalPerson(inventIin(), signer.authority))
    await page.click('.key .button')
    await page.locator('[role=alert]', { hasText: 'another person' }).waitFor()
    layer.behave('fail')
    await page.click('.key .button')
    await page.locator('.said', { hasText: 'Ошибка при подписании' }).waitFor()
    layer.behave('leave')
    await page.click('.key .button')
    await page.locator('[role=alert]', { hasText: 'was lost' }).waitFor()

    // and the right one after all of them
    layer.behave('sign')
    layer.use(signer)
    await page.click('.key .button')
    await view('result')
    expect(unasked(problems, /status of 422/)).toEqual([])
    await page.context().close()
  })

  it('NCALayer is not running: the page says how to get it', async () => {
    await layer.stop()
    const made = await makePackage(company, 'Без NCALayer', [1], [{ person: person(), methods: ['cms'] }])
    const { token } = await makeLink(company, made)
    const { page, problems, shot, view } = await visit(browser, `/sign/${token}`, 390, 'en')
    await view('documents')
    await goOn(page)
    await consentTo(page, 'ncalayer')
    await page.locator('[role=alert]', { hasText: 'not installed or not running' }).waitFor()
    await page.locator('li', { hasText: 'ncl.pki.gov.kz' }).waitFor()
    await shot('package-key-absent')
    layer = await startNcaLayer(signer)
    await page.click('.key .button')
    await view('result')
    expect(unasked(problems, /ERR_CONNECTION_REFUSED/)).toEqual([])
    await page.context().close()
  })

  it('the sender has no signatures left', async () => {
    const poor = await registerCompany(baseUrl(), 'ТОО «Пусто»')
    await (await operator()).call('PUT', `/company-balances/${poor.id}`, { sms_signatures: 0, ecp_signatures: 0 })
    const made = await makePackage(poor, 'Без подписей', [1], [{ person: person(), methods: ['sms'] }])
    const { token } = await makeLink(poor, made)
    const { page, problems, shot, view } = await visit(browser, `/sign/${token}`, 390, 'en')
    await view('documents')
    await goOn(page)
    await consentTo(page)
    await page.locator('[role=alert]', { hasText: 'no signatures left' }).waitFor()
    await shot('package-no-units')
    expect(unasked(problems, /status of 402/)).toEqual([])
    await page.context().close()
  })

  it('a script of the viewer does not come: it is tried again', async () => {
    const made = await makePackage(company, 'Без просмотра', [1], [{ person: person(), methods: ['sms'] }])
    const { token } = await makeLink(company, made)
    const { page, problems, view } = await visit(browser, `/sign/${token}`, 390, 'en')
    await view('documents')
    await page.route('**/pdf.worker.min.mjs', (route) => route.abort('internetdisconnected'))
    await page.reload()
    await view('documents')
    await page.locator('.notice [role=alert]').waitFor()
    await page.unroute('**/pdf.worker.min.mjs')
    await page.click('.notice button')
    await page.locator('canvas:not([width="0"])').first().waitFor({ state: 'attached' })
    expect(unasked(problems, /ERR_INTERNET_DISCONNECTED/)).toEqual([])
    await page.context().close()
  })

  it('the network is gone: what was begun goes on when it is back', async () => {
    const phone = inventPhone()
    const made = await makePackage(company, 'Без сети', [1], [{ person: person({ phone }), methods: ['sms'] }])
    const { token } = await makeLink(company, made)
    const { page, problems, view } = await visit(browser, `/sign/${token}`, 390, 'en')
    await view('documents')
    // The viewer's worker is fetched on its own: it must be there before the network goes.
    await page.locator('canvas:not([width="0"])').first().waitFor({ state: 'attached' })
    await goOn(page)
    await page.context().setOffline(true)
    await consentTo(page)
    await page.locator('[role=alert]', { hasText: 'No connection' }).waitFor()
    await page.context().setOffline(false)
    await page.click('form button[type=submit]')
    await view('code')
    await page.fill('[name=code]', await codeFor(company.api, phone))
    await page.keyboard.press('Enter')
    await view('result')
    expect(unasked(problems, /ERR_INTERNET_DISCONNECTED/)).toEqual([])
    await page.context().close()
  })
})

it('signs through CryptoPro where its plug-in is in the page, with the certificate that the person chooses', async () => {
  const made = await makePackage(company, 'КриптоПро', [1, 1], [{ person: person(), methods: ['cms'] }])
  const { token } = await makeLink(company, made)
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  await page.exposeFunction('signForTest', (base64: string) =>
    Buffer.from(sign(signer, Buffer.from(base64, 'base64'), '-cades')).toString('base64'),
  )
  await page.addInitScript({ path: `${import.meta.dirname}/cadesplugin.js` })
  await page.goto(`${baseUrl()}/sign/${token}?lang=en`)
  await page.waitForSelector('#app[data-view=documents]')
  await goOn(page)
  await consentTo(page, 'cryptopro')
  await page.locator('label', { hasText: 'ТЕСТОВ ТЕСТ' }).waitFor()
  expect(await page.locator('[name=certificate]').count()).toBe(1)
  await page.click('form button[type=submit]')
  await page.waitForSelector('#app[data-view=result]')
  expect((await getPackage(company, made)).participants.map(({ status }) => status)).toEqual(['signed'])
  await context.close()
})

it('says that CryptoPro is not there where it is not', async () => {
  const made = await makePackage(company, 'Без КриптоПро', [1], [{ person: person(), methods: ['cms'] }])
  const { token } = await makeLink(company, made)
  const { page, problems, shot, view } = await visit(browser, `/sign/${token}`, 1280, 'ru')
  await view('documents')
  await goOn(page)
  await consentTo(page, 'cryptopro')
  await page.locator('li', { hasText: 'cryptopro.ru' }).waitFor()
  await shot('package-cryptopro-absent')
  expect(problems).toEqual([])
  await page.context().close()
})

it('draws one of fifty documents at a time, and works from the keyboard', async () => {
  const pages = Array.from({ length: 50 }, () => 1)
  const made = await makePackage(company, 'Пятьдесят', pages, [
    { person: person(), methods: ['cms'] },
    { role: 'viewer', person: person() },
  ])
  const { token } = await makeLink(company, made, 1)
  const { page, problems, shot, view } = await visit(browser, `/sign/${token}`, 390, 'en')
  await view('documents')
  expect(await page.locator('.file').count()).toBe(50)
  await page.locator('canvas:not([width="0"])').first().waitFor({ state: 'attached' })
  expect(await page.locator('.viewer').count()).toBe(1)
  await page.locator('.file-toggle').nth(49).focus()
  await page.keyboard.press('Enter')
  await page.locator('.sheet-text', { hasText: 'Document 50, page 1' }).waitFor({ state: 'attached' })
  expect(await page.locator('.viewer').count()).toBe(1)
  expect(await page.getAttribute('.file:last-child .file-toggle', 'aria-expanded')).toBe('true')
  expect(await page.getAttribute('.file:first-child .file-toggle', 'aria-expanded')).toBe('false')
  await page.click('[data-lang=kk]')
  expect(await page.getAttribute('html', 'lang')).toBe('kk')
  expect(await page.locator('.files-title').innerText()).toBe('Құжаттар: 50')
  await shot('package-fifty')
  expect(problems).toEqual([])
  await page.context().close()
})
