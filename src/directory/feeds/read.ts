import { and, eq, lt, sql } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import { batch, type Write } from '../../db/client.ts'
import { formatDate } from '../../lib/dates.ts'
import { directoryFeeds, directoryNews, directoryRates } from '../tables.ts'
import { fetchFeed, FeedError } from './fetch.ts'
import { parseBankOfRussia, parseNationalBank, type DayRates } from './rates.ts'
import { parseRss } from './rss.ts'

const MINUTE = 60_000
const DAY = 1440 * MINUTE
/** While a feed is read nobody else reads it. */
const LEASE = 5 * MINUTE
/** Rates for the longest holidays are set before them; those of a later day are a mistake, which would stay the latest until then. */
const AHEAD = 14 * DAY
const AGAIN = { rates: 60 * MINUTE, news: 15 * MINUTE, failed: 10 * MINUTE }

interface Feed {
  name: string
  again: number
  /** What reading it gives to be written. */
  read: (ctx: Ctx) => Promise<Write[]>
}

export const RATE_SOURCES = {
  kz: { title: 'National Bank of Kazakhstan', parse: parseNationalBank, separator: '.' },
  ru: { title: 'Bank of Russia', parse: parseBankOfRussia, separator: '/' },
} as const
export type RateSource = keyof typeof RATE_SOURCES
export const rateFeed = (source: RateSource) => `rates:${source}`
export const newsFeed = (name: string) => `news:${name}`

const dated = (url: string, source: RateSource, at: Date, zone: string) =>
  url.replaceAll('{date}', encodeURIComponent(formatDate(at, zone).replaceAll('.', RATE_SOURCES[source].separator)))

const keepRates = (ctx: Ctx, source: RateSource, { date, rates }: DayRates): Write[] =>
  Object.entries(rates).map(([currency, rate]) =>
    ctx.db
      .insert(directoryRates)
      .values({ source, date, currency, rate })
      .onConflictDoUpdate({ target: [directoryRates.source, directoryRates.date, directoryRates.currency], set: { rate } }),
  )

/** The rates of the day, and where there are none of before, those of the day before: without them nobody could tell how they differ. */
async function readRates(ctx: Ctx, source: RateSource, url: string): Promise<Write[]> {
  const { parse } = RATE_SOURCES[source]
  const zone = ctx.settings.TIME_ZONE
  const today = parse(await fetchFeed(dated(url, source, ctx.now, zone)))
  if (Date.parse(today.date) > ctx.now.getTime() + AHEAD) throw new FeedError('is of a day to come')
  const writes = keepRates(ctx, source, today)
  const [before] = await ctx.db
    .select({ date: directoryRates.date })
    .from(directoryRates)
    .where(and(eq(directoryRates.source, source), lt(directoryRates.date, today.date)))
    .limit(1)
  if (before || !url.includes('{date}')) return writes
  try {
    const dayBefore = new Date(Date.parse(`${today.date}T12:00:00Z`) - DAY)
    return [...keepRates(ctx, source, parse(await fetchFeed(dated(url, source, dayBefore, 'UTC')))), ...writes]
  } catch (error) {
    if (error instanceof FeedError) return writes
    throw error
  }
}

async function readNews(ctx: Ctx, name: string, url: string): Promise<Write[]> {
  const { publishedAt, ...piece } = parseRss(await fetchFeed(url), url, ctx.now)
  const now = ctx.now.toISOString()
  const values = { feed: newsFeed(name), source: name, ...piece, publishedAt: publishedAt ?? now }
  // A piece without a time is as old as when it was first seen.
  const set = {
    ...values,
    publishedAt: publishedAt ?? sql`case when ${directoryNews.link} = ${piece.link} then ${directoryNews.publishedAt} else ${now} end`,
  }
  return [ctx.db.insert(directoryNews).values(values).onConflictDoUpdate({ target: directoryNews.feed, set })]
}

function feedsOf(ctx: Ctx): Feed[] {
  const { RATES_KZ_URL, RATES_RU_URL, NEWS_FEEDS } = ctx.settings
  const rates = (
    [
      ['kz', RATES_KZ_URL],
      ['ru', RATES_RU_URL],
    ] as const
  ).flatMap(([source, url]): Feed[] =>
    url === 'off' ? [] : [{ name: rateFeed(source), again: AGAIN.rates, read: (c) => readRates(c, source, url) }],
  )
  return [
    ...rates,
    ...NEWS_FEEDS.map(({ name, url }): Feed => ({ name: newsFeed(name), again: AGAIN.news, read: (c) => readNews(c, name, url) })),
  ]
}

/** Takes a feed that is due; whoever comes second finds it taken. */
async function take(ctx: Ctx, name: string): Promise<boolean> {
  const now = ctx.now.toISOString()
  const nextAt = new Date(ctx.now.getTime() + LEASE).toISOString()
  const taken = await ctx.db
    .insert(directoryFeeds)
    .values({ name, triedAt: now, nextAt })
    .onConflictDoUpdate({ target: directoryFeeds.name, set: { triedAt: now, nextAt }, setWhere: sql`${directoryFeeds.nextAt} <= ${now}` })
    .returning({ name: directoryFeeds.name })
  return taken.length > 0
}

async function readOne(ctx: Ctx, feed: Feed): Promise<void> {
  if (!(await take(ctx, feed.name))) return
  const after = (ms: number) => new Date(ctx.now.getTime() + ms).toISOString()
  const note = (set: Partial<typeof directoryFeeds.$inferInsert>) =>
    ctx.db.update(directoryFeeds).set(set).where(eq(directoryFeeds.name, feed.name))
  try {
    const writes = await feed.read(ctx)
    await batch(ctx.db, [...writes, note({ readAt: ctx.now.toISOString(), nextAt: after(feed.again), error: null })])
  } catch (error) {
    const reason = error instanceof FeedError ? error.message : 'could not be kept'
    console.warn(JSON.stringify({ level: 'warn', where: 'feed', feed: feed.name, reason }))
    await note({ nextAt: after(AGAIN.failed), error: reason })
    if (!(error instanceof FeedError)) throw error
  }
}

/** Reads the feeds that are due. One that fails leaves what was read before, and does not hold up the others. */
export async function readFeeds(ctx: Ctx): Promise<void> {
  const results = await Promise.allSettled(feedsOf(ctx).map((feed) => readOne(ctx, feed)))
  for (const result of results) if (result.status === 'rejected') throw result.reason
}
