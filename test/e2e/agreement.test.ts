import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { registerCompany, type Company } from '../../.tools/demo-steps.ts'
import { barriers, launch } from './browser.ts'
import { baseUrl, download, operator, tool, until, withDirectory, withFile } from './service.ts'

/** A subscriber agreement from ESIA to Госключ, against servers that stand in for both; judged by openssl, poppler, qpdf and a browser. */

const BASE = '/api/v1/agreement'
const goskeyUrl = process.env.E2E_GOSKEY_URL ?? ''
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

interface Saved {
  agreement: Record<string, string | boolean | null>
}
interface Review {
  files: { id: string; kind: string; sha256: string }[]
  identity: { full_name: string; trusted: boolean } | null
}

let company: Company
beforeAll(async () => {
  company = await registerCompany(baseUrl(), 'ООО «Ромашка»')
})
const status = async () => (await company.api.call<{ status: string }>('GET', `${BASE}/current-status`)).status
const loginUrl = async () => new URL((await company.api.call<{ url: string }>('GET', `${BASE}/esia`)).url)

describe('logging in with ESIA', () => {
  it('is asked for with a signature that openssl verifies', async () => {
    const url = await loginUrl()
    const of = (name: string) => url.searchParams.get(name) ?? ''
    const signed = of('client_id') + of('scope') + of('timestamp') + of('state') + of('redirect_uri')
    await withDirectory(async (directory) => {
      const path = (name: string) => join(directory, name)
      await writeFile(path('client.pem'), await (await fetch(new URL('/client.pem', url))).text())
      await writeFile(path('s.der'), Buffer.from(of('client_secret'), 'base64url'))
      const { stdout } = await tool('openssl', ['x509', '-in', path('client.pem'), '-noout', '-subject', '-pubkey'])
      expect(stdout).toContain('Qoltanba stand-in')
      await writeFile(path('pub.pem'), stdout)
      const verify = async (text: string) => {
        await writeFile(path('c.txt'), text)
        const args = ['dgst', '-sha256', '-verify', path('pub.pem'), '-signature', path('s.der'), path('c.txt')]
        return (await tool('openssl', args)).status
      }
      expect(await verify(signed)).toBe(0)
      expect(await verify(`${signed}x`)).not.toBe(0)
    })
  })

  it('fills in the draft when the person, in a browser, says so', async () => {
    const browser = await launch()
    try {
      const page = await browser.newPage({ locale: 'ru-RU', viewport: { width: 360, height: 740 } })
      const problems: string[] = []
      const isOurs = (url: string) => url.startsWith(baseUrl())
      page.on('console', (message) => message.type() === 'error' && isOurs(message.location().url) && problems.push(message.text()))
      await page.goto((await loginUrl()).href)
      await page.getByRole('button', { name: 'Тестов Алексей' }).click()
      await page.getByRole('heading', { name: 'Передать данные для договора?' }).waitFor()
      const text = await page.locator('main').innerText()
      expect(text).toContain('ООО «Ромашка»')
      expect(text).toContain('Тестов Алексей Петрович')
      expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true)
      expect(await barriers(page)).toEqual([])
      await page.screenshot({ path: join(tmpdir(), 'qoltanba-shots', 'esia-consent.png') })
      await page.getByRole('button', { name: 'Передать', exact: true }).click()
      await page.getByRole('heading', { name: 'Данные переданы' }).waitFor()
      expect(problems).toEqual([])
    } finally {
      await browser.close()
    }
    const { agreement } = await company.api.call<Saved>('GET', `${BASE}/fiz`)
    expect(agreement).toMatchObject({ last_name: 'Тестов', passport_series: '4500', billing_address_city: 'Москва', snils: '11223344595' })
    expect(await status()).toBe('draft')
  })
})

describe('the agreement', () => {
  it('is sent, with the person’s data and scans, and made as a PDF that is one', async () => {
    const { agreement } = await company.api.call<Saved>('GET', `${BASE}/fiz`)
    const form = new FormData()
    for (const [name, value] of Object.entries(agreement)) if (typeof value === 'string') form.append(name, value)
    form.append('agree_to_the_terms', 'true')
    for (const name of ['file_passport', 'file_registration', 'file_selfie'])
      form.append(name, new File([PNG], `${name}.png`, { type: 'image/png' }))
    expect(await company.api.call('POST', `${BASE}/fiz`, form)).toEqual({ success: true })
    expect(await status()).toBe('review')
    const pdf = await download(company.api, `${BASE}/download`)
    await withFile(pdf, 'a.pdf', async (path) => {
      const [check, text, fonts] = await Promise.all([
        tool('qpdf', ['--check', path]),
        tool('pdftotext', ['-layout', path, '-']),
        tool('pdffonts', [path]),
      ])
      expect([check.status, check.stderr, text.stderr]).toEqual([0, '', ''])
      const words = text.stdout.replaceAll(/\s+/g, ' ')
      for (const said of [
        'Договор об оказании услуг связи № Q',
        'Тестов Алексей Петрович',
        'Паспорт: серия 4500 № 123456, выдан 20.04.2005, ОВД ТЕСТОВЫЙ',
        'Дата рождения: 15.03.1985',
        'Адрес регистрации: 101000, Москва Город, Тестовая Улица, д 1, кв 2',
        '/ Тестов А. П. /',
      ])
        expect(words).toContain(said)
      expect(fonts.stdout).toMatch(/emb|yes/)
    })
  })

  it('is signed in Госключ, over the very bytes, as openssl finds', async () => {
    const admin = await operator()
    const authority = await (await fetch(`${goskeyUrl}/authority.pem`)).text()
    await admin.call('POST', '/api/v1/trust-anchors', { pem: authority })
    await admin.call('POST', `${BASE}/review`, { client: company.id, type: 'fiz', status: 'ready' })
    const document = await download(company.api, `${BASE}/download`)
    expect(await company.api.call('GET', `${BASE}/send-on-sign`)).toEqual({ success: true })
    expect(await status()).toBe('signing')
    const number = /dogovor_(\w+)\.pdf/
    const name = (await company.api.call<{ name: string }>('GET', `${BASE}/current-status`)).name.replaceAll('-', '_')
    const order = await until('the order at Госключ', async () => {
      const orders = (await (await fetch(`${goskeyUrl}/app`)).json()) as { id: number; documentName: string }[]
      return orders.find(({ documentName }) => number.exec(documentName)?.[1] === name)
    })
    expect((await fetch(`${goskeyUrl}/app/${order.id}/sign`, { method: 'POST' })).status).toBe(204)
    await until('the signature', async () => ((await status()) === 'signed' ? true : undefined), 60)

    const review = await admin.call<Review>('GET', `${BASE}/reviews/${company.id}/fiz`)
    expect(review.identity).toMatchObject({ full_name: 'Тестов Алексей Петрович', trusted: true })
    const file = (kind: string) => review.files.find((f) => f.kind === kind)
    expect(file('agreement')?.sha256).toBe(sha256(document))
    const signature = await download(company.api, `${BASE}/files/${file('signature')?.id}`)
    await withDirectory(async (directory) => {
      const [pdf, sig, root] = ['a.pdf', 'a.sig', 'root.pem'].map((f) => join(directory, f)) as [string, string, string]
      await Promise.all([writeFile(pdf, document), writeFile(sig, signature), writeFile(root, authority)])
      const args = [
        'cms',
        '-verify',
        '-binary',
        '-inform',
        'DER',
        '-in',
        sig,
        '-content',
        pdf,
        '-CAfile',
        root,
        '-purpose',
        'any',
        '-out',
        '/dev/null',
      ]
      const found = await tool('openssl', args)
      expect([found.status, found.stderr.trim()]).toEqual([0, expect.stringContaining('successful') as string])
      expect(sha256(await readFile(pdf))).toBe(sha256(document))
    })
  })
})
