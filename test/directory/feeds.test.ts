import { env } from 'cloudflare:test'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { currencies } from '../../src/directory/feeds/currencies.ts'
import { latestNews } from '../../src/directory/feeds/news.ts'
import { readFeeds } from '../../src/directory/feeds/read.ts'
import type { Ctx } from '../../src/context.ts'
import { call, must } from '../app.ts'
import { newCtx } from '../factories.ts'
import { bankOfRussia, nationalBankDay, rss, toWindows1251 } from './feeds.ts'

const KZ = 'http://feeds.test/kz?fdate={date}'
const RU = 'http://feeds.test/ru?date_req={date}'
const NEWS = [
  { name: 'Forbes.kz', url: 'http://feeds.test/forbes' },
  { name: 'Kapital', url: 'http://feeds.test/kapital' },
]

/** What the sources answer, by the start of their address; a text is XML, a number a status. */
let answers: Record<string, string | Uint8Array<ArrayBuffer> | number>
let asked: string[]
beforeEach(async () => {
  asked = []
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url)
    const found = Object.entries(answers).find(([start]) => url.startsWith(`http://feeds.test${start}`))?.[1]
    if (found === undefined) throw new TypeError('refused')
    return typeof found === 'number'
      ? new Response('', { status: found })
      : new Response(found, { headers: { 'content-type': 'application/xml' } })
  })
  await env.DB.batch(['feeds', 'rates', 'news'].map((table) => env.DB.prepare(`delete from directory_${table}`)))
})
afterEach(() => {
  vi.unstubAllGlobals()
})

const START = Date.parse('2026-01-15T05:00:00Z')
/** The service's context so many minutes later. */
async function at(minutes: number, settings: Partial<Ctx['settings']> = {}): Promise<Ctx> {
  const ctx = await newCtx()
  return {
    ...ctx,
    now: new Date(START + minutes * 60_000),
    settings: { ...ctx.settings, RATES_KZ_URL: KZ, RATES_RU_URL: RU, NEWS_FEEDS: NEWS, ...settings },
  }
}
const onlyRates = { NEWS_FEEDS: [] }
const status = async (work: Promise<unknown>) =>
  work.then(
    () => 200,
    (error: { status?: number }) => error.status,
  )
const HOUR = 60

describe('rates', () => {
  it('are not there until they have been read', async () => {
    expect((await call('GET', '/clients/currencies/')).status).toBe(503)
    expect((await call('GET', '/clients/news/')).status).toBe(503)
    await readFeeds(await newCtx())
    expect(asked).toEqual([])
  })

  it('are of the National Bank, with a margin, and differ from the day before', async () => {
    answers = {
      '/kz?fdate=15.01.2026': nationalBankDay(),
      '/kz?fdate=14.01.2026': nationalBankDay({ date: '14.01.2026', usd: '512.34' }),
      '/ru': toWindows1251(bankOfRussia()),
    }
    await readFeeds(await at(0, onlyRates))
    expect(await currencies(await at(1))).toEqual({
      USD_buy: '509.96',
      USD_sale: '512.02',
      USD_difference: '-1.35',
      EUR_buy: '592.53',
      EUR_sale: '594.91',
      EUR_difference: '0.00',
      CNY_buy: '73.12',
      CNY_sale: '73.42',
      CNY_difference: '0.00',
      RUB_buy: '6.51',
      RUB_sale: '6.55',
      RUB_difference: '0.00',
      source: 'National Bank of Kazakhstan',
      date: '2026-01-15',
      read_at: '2026-01-15T05:00:00.000Z',
      stale: false,
    })
    expect(asked).toContain('http://feeds.test/ru?date_req=15%2F01%2F2026')
    // To everybody, in the declared form.
    expect(await must(200, 'GET', '/clients/currencies/')).toMatchObject({ USD_sale: '512.02' })
  })

  it('are asked for once an hour, and by one at a time', async () => {
    answers = { '/kz': nationalBankDay(), '/ru': 500 }
    const ctx = await at(0, onlyRates)
    await Promise.all([readFeeds(ctx), readFeeds(ctx)])
    const first = asked.filter((url) => url.includes('/kz')).length
    await readFeeds(await at(59, onlyRates))
    expect(asked.filter((url) => url.includes('/kz'))).toHaveLength(first)
    await readFeeds(await at(HOUR, onlyRates))
    expect(asked.filter((url) => url.includes('/kz')).length).toBeGreaterThan(first)
    // What failed was tried again before the hour was over.
    expect(asked.filter((url) => url.includes('/ru'))).toHaveLength(2)
  })

  it('are of the Bank of Russia while the National Bank can’t be read, and the old ones again rather than none', async () => {
    answers = { '/kz': nationalBankDay(), '/ru': 500 }
    await readFeeds(await at(0, onlyRates))
    const read = await currencies(await at(0))
    for (const broken of [
      '<!DOCTYPE html><html></html>',
      '<rates><info>на выбранную дату информации нет.</info></rates>',
      '<rates>',
      nationalBankDay({ date: '31.12.2099', usd: '1.00' }),
      404,
    ]) {
      answers = { '/kz': broken, '/ru': 500 }
      await env.DB.prepare("update directory_feeds set next_at = ''").run()
      await readFeeds(await at(HOUR, onlyRates))
      expect(await currencies(await at(HOUR))).toEqual(read)
    }
    expect(await currencies(await at(25 * HOUR))).toEqual({ ...read, stale: true })
    answers = { '/kz': 500, '/ru': toWindows1251(bankOfRussia({ date: '16.01.2026' })) }
    await readFeeds(await at(25 * HOUR, onlyRates))
    expect(await currencies(await at(25 * HOUR))).toMatchObject({
      source: 'Bank of Russia',
      date: '2026-01-16',
      USD_buy: '509.96',
      stale: false,
    })
    answers = { '/kz': nationalBankDay({ date: '17.01.2026' }), '/ru': 500 }
    await readFeeds(await at(49 * HOUR, onlyRates))
    expect(await currencies(await at(49 * HOUR))).toMatchObject({ source: 'National Bank of Kazakhstan', date: '2026-01-17', stale: false })
    const notes = await env.DB.prepare('select name, error from directory_feeds order by name').all()
    expect(notes.results).toEqual([
      { name: 'rates:kz', error: null },
      { name: 'rates:ru', error: 'answered 500' },
    ])
  })
})

describe('news', () => {
  const off = { RATES_KZ_URL: 'off', RATES_RU_URL: 'off' }
  it('are the latest of all feeds; one that breaks keeps what it had', async () => {
    answers = { '/forbes': rss(), '/kapital': rss({ title: 'Позже', at: 'Thu, 15 Jan 2026 09:45:00 +0500' }) }
    await readFeeds(await at(0, off))
    const latest = {
      title: 'Позже',
      image: 'https://static.example/img/1.jpg',
      link: 'https://news.example/2?a=1&b=2',
      source: 'Kapital',
      published_at: '2026-01-15T04:45:00.000Z',
      read_at: '2026-01-15T05:00:00.000Z',
      stale: false,
    }
    expect(await latestNews(await at(1))).toEqual(latest)
    answers = { '/forbes': rss({ title: 'Ещё позже', at: 'Thu, 15 Jan 2026 10:10:00 +0500' }), '/kapital': '<html>' }
    await readFeeds(await at(15, off))
    expect(await latestNews(await at(16))).toMatchObject({ title: 'Ещё позже', source: 'Forbes.kz' })
    expect(await latestNews(await at(16, { NEWS_FEEDS: NEWS.slice(1) }))).toEqual(latest)
    expect(await latestNews(await at(5 * HOUR, { NEWS_FEEDS: NEWS.slice(1) }))).toEqual({ ...latest, stale: true })
    expect(await status(latestNews(await at(16, { NEWS_FEEDS: [] })))).toBe(503)
  })
})
