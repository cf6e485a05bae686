// Feeds as the running service reads them: by its cron, over a real network, from servers that are at times broken, huge or slow.
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startLocal, type Local } from '../../.tools/local.ts'
import { bankOfRussia, nationalBankDay, rss, toWindows1251 } from '../directory/feeds.ts'
import { freePort } from './service.ts'

const HOUR = 3600
type Answer = (to: ServerResponse) => void
const send =
  (body: string | Uint8Array, type = 'application/xml', status = 200): Answer =>
  (to) =>
    to.writeHead(status, { 'content-type': type }).end(body)
const HTML = send('<!DOCTYPE html><html><body>Сайт на обслуживании</body></html>', 'text/html; charset=utf-8')
/** One element after another, for as long as anybody reads. */
const HUGE: Answer = (to) => {
  to.writeHead(200, { 'content-type': 'application/xml' })
  to.write('<rates>')
  const item = '<item>x</item>'.repeat(5000)
  const more = () => {
    while (!to.destroyed && to.write(item));
  }
  to.on('drain', more).on('close', () => cut++)
  more()
}
/** A byte now and then, and never an end. */
const SLOW: Answer = (to) => {
  to.writeHead(200, { 'content-type': 'application/xml' })
  const drip = setInterval(() => to.write(' '), 200)
  to.on('close', () => {
    clearInterval(drip)
    cut++
  })
}
const BOMB = send(
  `<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><rates><date>&b;</date></rates>`,
)

/** What the server says, by the first part of the path. */
let answers: Record<string, Answer>
const asked: string[] = []
/** How many answers the service has hung up on. */
let cut = 0
let server: Server
let service: Local
let directory: string

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '')
    const answer = answers[request.url?.split(/[/?]/)[1] ?? '']
    if (answer) answer(response)
    else request.socket.destroy()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  directory = await mkdtemp(join(tmpdir(), 'qoltanba-feeds-'))
  service = await startLocal({
    port: await freePort(),
    stateDir: directory,
    log: () => undefined,
    vars: {
      RATES_KZ_URL: `${base}/kz?fdate={date}`,
      RATES_RU_URL: `${base}/ru?date_req={date}`,
      NEWS_FEEDS: JSON.stringify([
        { name: 'Forbes.kz', url: `${base}/forbes` },
        { name: 'Капитал', url: `${base}/kapital` },
      ]),
    },
  })
})
afterAll(async () => {
  await service?.stop()
  server?.closeAllConnections()
  server?.close()
  if (directory) await rm(directory, { recursive: true, force: true })
})

/** What Cloudflare does every minute. */
async function cron(): Promise<void> {
  const done = await fetch(`${service.url}/cdn-cgi/handler/scheduled?cron=*+*+*+*+*`)
  expect(done.status).toBe(200)
}
async function later(seconds: number): Promise<Date> {
  const moved = await fetch(`${service.url}/dev/clock`, {
    method: 'POST',
    body: JSON.stringify({ advance_seconds: seconds }),
    headers: { 'content-type': 'application/json' },
  })
  const { now }: { now: string } = await moved.json()
  return new Date(now)
}
async function get(path: 'currencies' | 'news'): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(`${service.url}/clients/${path}/`)
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

/** A day as feeds write it, some days from now, in the service's zone. */
function day(now: Date, days = 0): string {
  const at = new Date(now.getTime() + days * 86_400_000)
  const parts = new Intl.DateTimeFormat('ru', { timeZone: 'Asia/Almaty', day: '2-digit', month: '2-digit', year: 'numeric' })
  return parts.format(at)
}
const iso = (date: string) => date.split('.').toReversed().join('-')
const good = (now: Date, kz?: string): void => {
  const [today, yesterday] = [day(now), day(now, -1)]
  answers = {
    kz: (to) =>
      asked.at(-1)?.includes(yesterday)
        ? send(nationalBankDay({ date: yesterday, usd: '512.34' }))(to)
        : send(nationalBankDay({ date: today, ...(kz ? { usd: kz } : {}) }))(to),
    ru: send(toWindows1251(bankOfRussia({ date: today })), 'text/xml; charset=windows-1251'),
    forbes: send(rss({ title: 'Раньше', at: new Date(now.getTime() - 2 * HOUR * 1000).toUTCString() })),
    kapital: send(rss({ title: 'Қазір &amp; «ёлка»', at: new Date(now.getTime() - HOUR * 1000).toUTCString() })),
  }
}

it('reads rates and news by cron, keeps them while sources break, and says when they are old', async () => {
  answers = {}
  expect((await get('currencies')).status).toBe(503)
  expect((await get('news')).status).toBe(503)

  // Nobody answers at first: there is nothing to show, and it says so.
  await cron()
  expect((await get('currencies')).status).toBe(503)

  let now = await later(HOUR)
  good(now)
  await cron()
  const rates = await get('currencies')
  expect(rates).toMatchObject({
    status: 200,
    body: { USD_buy: '509.96', USD_sale: '512.02', USD_difference: '-1.35', RUB_buy: '6.51', stale: false, date: iso(day(now)) },
  })
  expect(rates.body.source).toBe('National Bank of Kazakhstan')
  expect(asked).toContain(`/kz?fdate=${day(now)}`)
  expect(asked).toContain(`/ru?date_req=${encodeURIComponent(day(now).replaceAll('.', '/'))}`)
  const news = await get('news')
  expect(news).toMatchObject({
    status: 200,
    body: { title: 'Қазір & «ёлка»', source: 'Капитал', image: 'https://static.example/img/1.jpg', stale: false },
  })

  // Not before they are due again.
  const before = asked.length
  await cron()
  expect(asked).toHaveLength(before)

  // Whatever comes instead of a feed, the answers stay as they were, and come at once.
  const hung = cut
  for (const broken of [HTML, HUGE, SLOW, BOMB, send('', 'application/xml', 500), send('<rates><item>')]) {
    await later(HOUR + 60)
    answers = { kz: broken, ru: broken, forbes: broken, kapital: broken }
    const reading = cron()
    const began = Date.now()
    expect((await get('currencies')).body).toEqual(rates.body)
    expect(await get('news')).toMatchObject({ status: 200, body: { title: news.body.title } })
    expect(Date.now() - began).toBeLessThan(5000)
    await reading
    expect((await get('currencies')).body).toEqual(rates.body)
  }
  // The huge and the slow ones were hung up on: four each.
  expect(cut - hung).toBe(8)
  expect((await get('news')).body).toEqual({ ...news.body, stale: true })

  // After a day they are old. Then the Bank of Russia comes first, whose XML is in windows-1251, and says what it is; and then the other one again.
  now = await later(25 * HOUR)
  expect((await get('currencies')).body).toEqual({ ...rates.body, stale: true })
  good(now)
  answers.kz = HTML
  await cron()
  expect((await get('currencies')).body).toMatchObject({ source: 'Bank of Russia', date: iso(day(now)), USD_buy: '509.96', stale: false })
  expect((await get('news')).body).toMatchObject({ stale: false })
  now = await later(2 * HOUR)
  good(now, '520.00')
  await cron()
  expect((await get('currencies')).body).toMatchObject({ source: 'National Bank of Kazakhstan', USD_buy: '518.96', stale: false })
})
