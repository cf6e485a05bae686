import { strToU8, zipSync } from 'fflate'
import type { Browser, Page } from 'playwright-core'
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inkOfPages, launch, readToTheEnd, visit } from './browser.ts'
import { baseUrl } from './service.ts'

/** Drives the signing page of a contract in a real Chromium, from an uploaded template to the checked PDF. */
const BASE = baseUrl()

const digits = (count: number): string => Array.from({ length: count }, () => Math.floor(Math.random() * 10)).join('')

async function api<T>(method: string, path: string, body?: unknown, token?: string): Promise<T> {
  const isForm = body instanceof FormData
  const headers: Record<string, string> = isForm ? {} : { 'content-type': 'application/json' }
  if (token !== undefined) headers.authorization = `Bearer ${token}`
  const response = await fetch(BASE + path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  const answer: T = await response.json()
  return answer
}

interface Company {
  id: number
  token: string
  templateId: number
}

const FIELDS = [
  { field_name: 'client_name', field_type: 'text' },
  { field_name: 'client_iin', field_type: 'iin' },
  { field_name: 'client_phone', field_type: 'phone' },
  { field_name: 'birth_date', field_type: 'date' },
  { field_name: 'amount', field_type: 'number' },
  { field_name: 'contract_number', field_type: 'text', value: '17/2026' },
  { field_name: 'newsletter', field_type: 'checkbox' },
]
const LINES = Array.from(
  { length: 60 },
  (_, i) => `1.${i + 1}. Исполнитель оказывает услуги, Тапсырыс беруші оларды қабылдап, төлеуге міндеттенеді.`,
)

/** The smallest Word document there is: its paragraphs. */
function makeDocx(paragraphs: readonly string[]): Uint8Array<ArrayBuffer> {
  const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
  const office = 'http://schemas.openxmlformats.org'
  const main = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml'
  const body = paragraphs.map((text) => `<w:p><w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`).join('')
  return new Uint8Array(
    zipSync({
      '[Content_Types].xml': strToU8(
        `${xml}<Types xmlns="${office}/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
          `<Override PartName="/word/document.xml" ContentType="${main}"/></Types>`,
      ),
      '_rels/.rels': strToU8(
        `${xml}<Relationships xmlns="${office}/package/2006/relationships">` +
          `<Relationship Id="r1" Type="${office}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`,
      ),
      'word/document.xml': strToU8(
        `${xml}<w:document xmlns:w="${office}/wordprocessingml/2006/main"><w:body>${body}</w:body></w:document>`,
      ),
    }),
  )
}
const TEMPLATE = makeDocx(['ДОГОВОР № {contract_number}', ...FIELDS.map(({ field_name }) => `${field_name}: {${field_name}}`), ...LINES])

async function createCompany(): Promise<Company> {
  const tag = digits(8)
  const owner = { name: `ТОО «Страница ${tag}»`, email: `page-${tag}@example.com`, phone: `+7709${digits(7)}`, password: `pass-${tag}` }
  const { id } = await api<{ id: number }>('POST', '/companies/register', owner)
  const { token } = await api<{ token: string }>('POST', '/companies/login', { email: owner.email, password: owner.password })
  const form = new FormData()
  form.set('company_id', String(id))
  form.set('name', 'Договор оказания услуг')
  form.set(
    'file',
    new File([TEMPLATE], 'договор.docx', { type: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document' }),
  )
  const template = await api<{ id: number }>('POST', '/templates/upload', form, token)
  return { id, token, templateId: template.id }
}

async function createContract({ id, token, templateId }: Company): Promise<string> {
  const contract = await api<{ id: number; contract_token: string }>(
    'POST',
    '/contracts',
    { company_id: id, template_id: templateId },
    token,
  )
  for (const field of FIELDS) await api('POST', '/contract-fields', { contract_id: contract.id, ...field }, token)
  return contract.contract_token
}

async function readCode(phone: string): Promise<string> {
  for (let i = 0; i < 40; i++) {
    const { messages } = await api<{ messages: { code?: string | null }[] }>('GET', `/dev/outbox?to=${encodeURIComponent(phone)}`)
    const code = messages[0]?.code
    if (code) return code
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  throw new Error('no code came to the outbox')
}

let browser: Browser
let company: Company
beforeAll(async () => {
  browser = await launch()
  company = await createCompany()
}, 60_000)
afterAll(async () => {
  await browser?.close()
})

const openPage = (path: string, width: number, lang: string) => visit(browser, path, width, lang)

async function readAllPages(page: Page): Promise<void> {
  await page.locator('canvas:not([width="0"])').first().waitFor({ state: 'attached', timeout: 20_000 })
  expect(await page.locator('.sheet-frame').count()).toBeGreaterThan(1)
  expect(Math.min(...(await inkOfPages(page)))).toBeGreaterThan(500)
  await readToTheEnd(page)
}

describe.each([
  [390, 'kk'],
  [1280, 'ru'],
])('signing at %i px in %s', (width, lang) => {
  it('goes from the link to the checked PDF', { timeout: 120_000 }, async () => {
    const token = await createContract(company)
    const phone = `+7709${digits(7)}`
    const { page, problems, shot, view } = await openPage(`/sign/${token}`, width, lang)

    await view('fields')
    expect(await page.inputValue('[name=contract_number]')).toBe('17/2026')
    await page.fill('[name=client_name]', 'Қасымов Әлихан Серікұлы')
    await page.fill('[name=client_iin]', '720815300001')
    await page.click('form button[type=submit]')
    expect(await page.getAttribute('[name=client_iin]', 'aria-invalid')).toBe('true')
    await shot('1-mistakes')
    await page.fill('[name=client_iin]', '720815300000')
    await page.fill('[name=client_phone]', phone.replace('+7', '8 '))
    await page.fill('[name=birth_date]', '1972-08-15')
    await page.fill('[name=amount]', '1 500,50')
    await page.check('[name=newsletter]')
    await shot('2-fields')
    await page.click('form button[type=submit]')

    await view('read')
    await readAllPages(page)
    await page.locator('.sheet-text', { hasText: '17/2026' }).first().waitFor({ state: 'attached' })
    await shot('3-read')
    await page.click('.bar .button')

    await view('identity')
    expect(await page.inputValue('[name=client_iin]')).toBe('720815300000')
    await page.click('form button[type=submit]')
    expect(await page.getAttribute('[name=consent]', 'aria-invalid')).toBe('true')
    await page.check('[name=consent]')
    await shot('4-identity')
    await page.click('form button[type=submit]')

    await view('code')
    await shot('5-code')
    const code = await readCode(phone)
    await page.fill('[name=code]', code)
    await page.keyboard.press('Enter')

    await view('done')
    await page.waitForSelector('a.button[download]:visible', { timeout: 60_000 })
    await shot('6-done')
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('a.button[download]')])
    const file = await download.path()
    expect((await readFile(file)).subarray(0, 5).toString('latin1')).toBe('%PDF-')

    // the check page knows the file that was just downloaded
    await page.click('a.button.secondary')
    await page.waitForSelector('#file', { state: 'attached' })
    await page.setInputFiles('#file', file)
    await page.waitForSelector('.outcome.good')
    const text = await page.locator('main').innerText()
    expect(text).not.toContain(phone.slice(2))
    expect(text).not.toContain('720815300000')
    await shot('7-verify')

    // the same link again tells that it is done
    await page.goto(`${BASE}/sign/${token}?lang=${lang}`)
    await view('done')
    await shot('8-again')
    expect(problems).toEqual([])
    await page.context().close()
  })
})

it('tells a wrong code and an unknown link in plain words', { timeout: 90_000 }, async () => {
  const token = await createContract(company)
  const phone = `+7709${digits(7)}`
  const values = {
    client_name: 'Абай',
    client_iin: '720815300000',
    client_phone: phone,
    birth_date: '1972-08-15',
    amount: '1',
    newsletter: 'true',
  }
  await api('PUT', `/contracts/token/${token}/fields`, { values })
  const { page, problems, view, shot } = await openPage(`/sign/${token}`, 390, 'en')
  await view('read')
  await readAllPages(page)
  await page.click('.bar .button')
  await view('identity')
  await page.check('[name=consent]')
  await page.click('form button[type=submit]')
  await view('code')
  const right = await readCode(phone)
  await page.fill('[name=code]', right === '000000' ? '111111' : '000000')
  await page.keyboard.press('Enter')
  await page.locator('[role=alert]', { hasText: '4 attempts left' }).waitFor()
  await shot('wrong-code')
  await page.goto(`${BASE}/sign/00000000-0000-4000-8000-000000000000?lang=en`)
  await view('problem')
  await shot('not-found')
  // the browser itself reports the 400 and the 404 that were asked for
  expect(problems.filter((problem) => !/status of 40[04]/.test(problem))).toEqual([])
  await page.context().close()
})
