import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fetchFeed } from '../../src/directory/feeds/fetch.ts'
import { parseBankOfRussia, parseNationalBank, quote } from '../../src/directory/feeds/rates.ts'
import { parseRss } from '../../src/directory/feeds/rss.ts'
import { bankOfRussia, nationalBank, nationalBankDay, RATES, rss, toWindows1251 } from './feeds.ts'

const NOW = new Date('2026-01-15T05:00:00Z')
const XML = 'application/xml'
let server: Server
let base = ''
let cut = 0

/** What the server answers by path: type and body. */
const PAGES: Record<string, [type: string, body: string | Uint8Array]> = {
  '/kz': [XML, nationalBank()],
  '/kz-day': [XML, nationalBankDay()],
  '/ru': ['application/xml; charset=windows-1251', toWindows1251(bankOfRussia())],
  '/ru-undeclared': ['text/xml', toWindows1251(bankOfRussia())],
  '/ru-misdeclared': ['text/xml; charset=utf-8', toWindows1251(bankOfRussia())],
  '/utf16': [XML, Buffer.from(`\ufeff${nationalBank().replace('utf-8', 'utf-16')}`, 'utf16le')],
  '/html': ['text/html', '<!DOCTYPE html><html><body><p>Технические работы</body></html>'],
  '/html-as-xml': [XML, '<html><body>Технические работы</body></html>'],
  '/bomb': [
    XML,
    `<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">${'bcdefghij'
      .split('')
      .map((c, i) => `<!ENTITY ${c} "${`&${'abcdefghij'[i]};`.repeat(10)}">`)
      .join('')}]><r>&j;</r>`,
  ],
  '/file': [XML, '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel><title>&a;</title></channel></rss>'],
  '/deep': [XML, '<a>'.repeat(100_000)],
  '/many': [XML, `<rss><channel>${'<item/>'.repeat(150_000)}</channel></rss>`],
  '/cut': [XML, nationalBank().slice(0, 300)],
  '/empty': [XML, ''],
  '/noise': [XML, Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256))],
  '/unknown-encoding': [
    XML,
    Buffer.concat([Buffer.from('<?xml version="1.0" encoding="klingon"?><r>'), Buffer.from([0xff]), Buffer.from('</r>')]),
  ],
  '/rss': ['application/rss+xml', rss()],
}

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? ''
    const page = PAGES[path]
    if (page) return response.writeHead(200, { 'content-type': page[0] }).end(page[1])
    if (path === '/500') return response.writeHead(500).end('<rss/>')
    if (path === '/slow') {
      // A byte now and then, for ever.
      response.writeHead(200, { 'content-type': XML }).write('<rss>')
      const more = setInterval(() => response.write(' '), 50)
      return response.on('close', () => clearInterval(more))
    }
    if (path === '/huge') {
      response.writeHead(200, { 'content-type': XML })
      const part = Buffer.alloc(1_048_576, 32)
      const more = () => {
        while (!response.destroyed && response.write(part));
      }
      response.on('drain', more).on('close', () => cut++)
      return more()
    }
    return request.socket.destroy()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  base = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : ''
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const read = async (path: string) => fetchFeed(`${base}${path}`, 1000)
const failing = (work: Promise<unknown>) =>
  work.then(
    () => 'read',
    (error: Error) => (error.constructor.name === 'FeedError' ? error.message : `${error.name}: ${error.message}`),
  )

describe('official rates', () => {
  it.each(['/kz', '/kz-day', '/utf16'])('of the National Bank of Kazakhstan, %s', async (path) => {
    expect(parseNationalBank(await read(path))).toEqual({ date: '2026-01-15', rates: RATES })
  })

  it.each(['/ru', '/ru-undeclared', '/ru-misdeclared'])('of the Bank of Russia, reckoned in tenge, %s', async (path) => {
    const { date, rates } = parseBankOfRussia(await read(path))
    expect(date).toBe('2026-01-15')
    // 78.2267 roubles are a dollar, 15.3088 roubles a hundred tenge.
    expect(rates).toEqual({ USD: 510_991_717, EUR: 593_710_807, CNY: 73_258_518, RUB: 6_532_191 })
  })

  it('are divided by the units they are for, with a comma as well', () => {
    const many = nationalBank().replace(
      '<description>6.53</description><quant>1</quant>',
      '<description>653,12</description><quant>100</quant>',
    )
    expect(parseNationalBank(many).rates.RUB).toBe(6_531_200)
  })

  it.each([
    ['a currency', nationalBank().replace('<title>CNY</title>', '<title>CNH</title>'), 'has no rate of CNY'],
    ['a rate', nationalBank().replace('<description>510.99</description>', ''), 'has no rate of USD'],
    ['how many units', nationalBank().replaceAll('<quant>1</quant>', ''), 'has no rate of CNY, USD, RUB, EUR'],
    ['dates', nationalBank().replaceAll(/<pubDate>.*?<\/pubDate>/g, ''), 'tells no date'],
    ['sense in a rate', nationalBank().replace('510.99', '-1'), 'has no rate of USD'],
    ['a rate that can be', nationalBank().replace('510.99', '9007199254.99'), 'has no rate of USD'],
    [
      'a number of units that can be',
      nationalBank().replace('510.99</description><quant>1<', '510.99</description><quant>0.000001<'),
      'has no rate of USD',
    ],
    ['a day that there is', nationalBank({ date: '31.02.2026' }), 'tells no date'],
    ['a month that there is', bankOfRussia({ date: '01.13.2026' }), 'tells no date'],
    ['rates', '<rates><info>на выбранную дату информации нет.</info></rates>', 'has no rates'],
    ['tenge', bankOfRussia().replace('KZT', 'KZX'), 'has no rate of KZT'],
  ])('are not taken without %s', async (_, text, reason) => {
    const parse = text.includes('ValCurs') ? parseBankOfRussia : parseNationalBank
    expect(await failing(Promise.resolve(text).then(parse))).toBe(reason)
  })

  it.each([
    [510_991_978, 510_000_000, 20, { buy: '509.96', sale: '512.02', difference: '0.99' }],
    [6_532_191, 6_542_191, 20, { buy: '6.51', sale: '6.55', difference: '-0.01' }],
    [6_530_000, undefined, 0, { buy: '6.53', sale: '6.54', difference: '0.00' }],
    [433_000_000, 433_000_000, 0, { buy: '433.00', sale: '433.01', difference: '0.00' }],
    [100_000_000, 100_005_000, 5000, { buy: '50.00', sale: '150.00', difference: '-0.01' }],
  ])('%i after %s with a margin of %i', (rate, before, margin, shown) => {
    expect(quote(rate, before, margin)).toEqual(shown)
  })
})

describe('news', () => {
  it('are the latest piece that can be shown', async () => {
    expect(parseRss(await read('/rss'), `${base}/rss`, NOW)).toEqual({
      title: 'Итоги года «СПК Алматы»: Tom & Jerry',
      image: 'https://static.example/img/1.jpg',
      link: 'https://news.example/2?a=1&b=2',
      publishedAt: '2026-01-15T04:30:00.000Z',
    })
  })

  it.each([
    ['<item><title>x</title><link>javascript:alert(1)</link></item>', 'has no news'],
    ['<item><title>  </title><link>https://news.example/1</link></item>', 'has no news'],
    ['<item><link>https://news.example/1</link></item>', 'has no news'],
    ['', 'has no news'],
  ])('are not %s', async (items, reason) => {
    const text = `<rss version="2.0"><channel><title>т</title>${items}</channel></rss>`
    expect(await failing(Promise.resolve(text).then((t) => parseRss(t, base, NOW)))).toBe(reason)
  })

  it('of tomorrow are of now, undated ones come last, and no picture is better than one that is none', () => {
    const text = `<rss><channel><item><title>без даты</title><link>/1</link></item><item><title>завтра</title><link>/2</link>
      <pubDate>Fri, 16 Jan 2026 10:00:00 +0500</pubDate><enclosure url="data:image/png,x" type="image/png"/></item></channel></rss>`
    expect(parseRss(text, 'https://news.example/feed', NOW)).toEqual({
      title: 'завтра',
      link: 'https://news.example/2',
      image: null,
      publishedAt: NOW.toISOString(),
    })
  })
})

describe('a title', () => {
  it.each([
    ['a million of <', '<'.repeat(1_000_000)],
    ['a million of <a', '<a'.repeat(500_000)],
    ['a million of spaces', `${' '.repeat(1_000_000)}x`],
    ['a million of &', '&'.repeat(1_000_000)],
  ])('of %s is read in time', (_, title) => {
    const began = Date.now()
    const text = `<rss><channel><item><title><![CDATA[${title}]]></title><link>/1</link></item></channel></rss>`
    expect(parseRss(text, 'https://news.example/feed', NOW).title.length).toBeLessThanOrEqual(1000)
    expect(Date.now() - began).toBeLessThan(1000)
  })

  it('is cut between letters', () => {
    const text = `<rss><channel><item><title>${'a'.repeat(999)}🙂</title><link>/1</link></item></channel></rss>`
    expect(parseRss(text, 'https://news.example/feed', NOW).title.isWellFormed()).toBe(true)
  })
})

describe('a feed that is broken', () => {
  it.each([
    ['/html', 'is a page of HTML'],
    ['/html-as-xml', 'is a page of HTML'],
    ['/bomb', 'has a document type declaration'],
    ['/file', 'has a document type declaration'],
    ['/deep', 'is nested too deeply'],
    ['/many', 'has too many elements'],
    ['/cut', 'is not well-formed XML'],
    ['/empty', 'is not well-formed XML'],
    ['/noise', /encoding|well-formed/],
    ['/unknown-encoding', 'is in an encoding that cannot be read'],
    ['/500', 'answered 500'],
    ['/slow', 'took too long'],
    ['/huge', 'is too large'],
    ['/gone', 'cannot be reached'],
  ])('%s is told, in time', async (path, reason) => {
    const began = Date.now()
    const said = await failing(read(path).then((text) => (path === '/html' ? parseRss(text, base, NOW) : parseNationalBank(text))))
    if (typeof reason === 'string') expect(said).toBe(reason)
    else expect(said).toMatch(reason)
    expect(Date.now() - began).toBeLessThan(5000)
  })

  it('is let go of as soon as it is too large', async () => {
    await expect.poll(() => cut, { timeout: 5000 }).toBeGreaterThan(0)
  })
})
