import { desc, eq } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import { AppError } from '../../http/errors.ts'
import { directoryFeeds, directoryRates } from '../tables.ts'
import { CURRENCIES, quote } from './rates.ts'
import { RATE_SOURCES, rateFeed, type RateSource } from './read.ts'

const HOUR = 3_600_000
/** Sources are read every hour: after a day without them their rates are old. */
const STALE_MS = 24 * HOUR
/** Longer than any holidays without new rates. */
const OLD_MS = 10 * 24 * HOUR

async function readSource(ctx: Ctx, source: RateSource) {
  const [rows, [feed]] = await ctx.db.batch([
    ctx.db
      .select()
      .from(directoryRates)
      .where(eq(directoryRates.source, source))
      .orderBy(desc(directoryRates.date))
      .limit(2 * CURRENCIES.length),
    ctx.db
      .select()
      .from(directoryFeeds)
      .where(eq(directoryFeeds.name, rateFeed(source))),
  ])
  const date = rows[0]?.date
  if (!date || !feed?.readAt) return undefined
  const age = ctx.now.getTime() - Date.parse(feed.readAt)
  const stale = age > STALE_MS || ctx.now.getTime() - Date.parse(date) > OLD_MS
  const days = Map.groupBy(rows, (row) => row.date)
  const [today = [], before = []] = [...days.values()]
  return { source, date, readAt: feed.readAt, stale, today, before }
}

/** Exchange rates: of the National Bank of Kazakhstan; while it can't be read, of the Bank of Russia. */
export async function currencies(ctx: Ctx) {
  const [kz, ru] = await Promise.all([readSource(ctx, 'kz'), readSource(ctx, 'ru')])
  const chosen = kz && ru ? (kz.stale && (!ru.stale || ru.readAt > kz.readAt) ? ru : kz) : (kz ?? ru)
  if (!chosen) throw new AppError('unavailable', 'Not read yet.')
  const rateOf = (rows: typeof chosen.today, currency: string) => rows.find((row) => row.currency === currency)?.rate
  const shown = CURRENCIES.map((currency) => {
    const { buy, sale, difference } = quote(rateOf(chosen.today, currency) ?? 0, rateOf(chosen.before, currency), ctx.settings.RATES_MARGIN)
    return { [`${currency}_sale`]: sale, [`${currency}_buy`]: buy, [`${currency}_difference`]: difference }
  })
  const { source, date, readAt, stale } = chosen
  return { ...Object.assign({}, ...shown), source: RATE_SOURCES[source].title, date, read_at: readAt, stale }
}
