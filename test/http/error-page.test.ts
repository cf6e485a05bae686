import { env } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { handle } from '../../src/app.ts'
import { call } from '../app.ts'
import '../warm.ts'

const page = (path: string, lang = 'ru', more: Record<string, string> = {}) =>
  call('GET', path, { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'accept-language': lang, ...more } })

describe('what a person’s browser is refused', () => {
  it.each([
    ['/nowhere', 'ru', 404, 'Страница не найдена'],
    ['/invitations/accept/none', 'kk', 404, 'Бет табылмады'],
    ['/files/none', 'en', 404, 'Page not found'],
    [`/sign/${'x'.repeat(300)}`, 'en', 404, 'Page not found'],
    ['/sign', 'kk', 404, 'Бет табылмады'],
    ['/sign/none/package', 'de', 404, 'Страница не найдена'],
    ['/nowhere?lang=en', 'kk', 404, 'Page not found'],
  ])('%s in %s is told as a page', async (path, lang, status, title) => {
    const answer = await page(path, lang)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'text/html; charset=utf-8'])
    expect(answer.text).toContain(`<h1>${title}</h1>`)
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect([answer.headers.get('cache-control'), answer.headers.get('referrer-policy')]).toEqual(['no-store', 'no-referrer'])
    // Of the address, which may be anybody's words, nothing is said again.
    expect(answer.text).not.toMatch(/nowhere|none|xxx/)
  })

  it('says so too when it asks too often', async () => {
    const full = { LIMIT_ADDRESS: { limit: () => Promise.resolve({ success: false }) } }
    const waitUntil = () => undefined
    const request = new Request('http://qoltanba.test/verify/x', {
      headers: { accept: 'text/html', 'accept-language': 'kk', 'cf-connecting-ip': '192.0.2.77' },
    })
    const answer = await handle(request, { ...env, ...full }, { waitUntil } as unknown as ExecutionContext)
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '60'])
    expect(await answer.text()).toContain('<h1>Сұраулар тым көп</h1>')
  })

  it('stays a problem document for systems, for scripts, and where something is sent', async () => {
    const plain = await call('GET', '/nowhere', { headers: { accept: '*/*' } })
    const api = await page('/api/v1/office/packages')
    const sent = await call('POST', `/sign/${'A'.repeat(64)}/otp`, { headers: { accept: 'text/html' } })
    expect([plain, api, sent].map((a) => [a.status, a.headers.get('content-type')])).toEqual(
      [404, 401, 404].map((status) => [status, 'application/problem+json']),
    )
  })
})
