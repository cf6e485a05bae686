import { desc, eq, inArray } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import { AppError } from '../../http/errors.ts'
import { directoryFeeds, directoryNews } from '../tables.ts'
import { newsFeed } from './read.ts'

/** Feeds are read four times an hour. */
const STALE_MS = 3 * 3_600_000

/** The latest piece of all feeds that are set. */
export async function latestNews(ctx: Ctx) {
  const names = ctx.settings.NEWS_FEEDS.map(({ name }) => newsFeed(name))
  const { title, image, link, source, publishedAt } = directoryNews
  const [row] =
    names.length === 0
      ? []
      : await ctx.db
          .select({ title, image, link, source, published_at: publishedAt, read_at: directoryFeeds.readAt })
          .from(directoryNews)
          .innerJoin(directoryFeeds, eq(directoryFeeds.name, directoryNews.feed))
          .where(inArray(directoryNews.feed, names))
          .orderBy(desc(publishedAt))
          .limit(1)
  if (!row) throw new AppError('unavailable', 'Not read yet.')
  const readAt = row.read_at ?? row.published_at
  return { ...row, read_at: readAt, stale: ctx.now.getTime() - Date.parse(readAt) > STALE_MS }
}
