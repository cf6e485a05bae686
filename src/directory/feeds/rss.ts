import { FeedError } from './fetch.ts'
import { allOf, childOf, parseFeed, textOf, type Element } from './xml.ts'

export interface Piece {
  title: string
  image: string | null
  link: string
  /** Null where the feed does not tell. */
  publishedAt: string | null
}

const MAX_TITLE = 1000
const MAX_LINK = 2000
const NAMED: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  laquo: '«',
  raquo: '»',
  mdash: '—',
  ndash: '–',
}

/** A title is HTML: without its tags, with its entities read. */
const plain = (html: string) =>
  html
    // From the last < before a >: a million of them are no million searches.
    .replaceAll(/<[^<>]*>/g, ' ')
    .replaceAll(/&(\w+);/g, (whole, name: string) => NAMED[name] ?? whole)
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_TITLE)
    .toWellFormed()

function webAddress(text: string | undefined, base: string): string | null {
  const url = text ? URL.parse(text, base) : null
  return url && /^https?:$/.test(url.protocol) && url.href.length <= MAX_LINK ? url.href : null
}

function imageOf(item: Element, base: string): string | null {
  const enclosure = item.children.find((c) => c.name === 'enclosure' && /^(image\/|$)/.test(c.attributes.type ?? ''))
  const media = [...allOf(item, 'media:content'), ...allOf(item, 'media:thumbnail')].find(
    (m) => (m.attributes.medium ?? 'image') === 'image',
  )
  return webAddress(enclosure?.attributes.url ?? media?.attributes.url, base)
}

function instantOf(text: string | undefined, now: Date): string | null {
  const at = text === undefined ? Number.NaN : Date.parse(text)
  // A clock that is fast does not keep a piece on top until its time comes.
  return Number.isNaN(at) ? null : new Date(Math.min(at, now.getTime())).toISOString()
}

/** The latest piece of an RSS 2.0 feed. @throws FeedError where it has none that can be shown */
export function parseRss(text: string, address: string, now: Date): Piece {
  const root = parseFeed(text)
  const channel = root.name === 'rss' ? childOf(root, 'channel') : undefined
  if (!channel) throw new FeedError('is no RSS 2.0')
  const pieces = channel.children
    .filter((c) => c.name === 'item')
    .flatMap((item): Piece[] => {
      const title = plain(textOf(item, 'title') ?? '')
      const link = webAddress(textOf(item, 'link'), address)
      return title && link ? [{ title, link, image: imageOf(item, address), publishedAt: instantOf(textOf(item, 'pubDate'), now) }] : []
    })
  const [first, ...others] = pieces
  if (!first) throw new FeedError('has no news')
  return others.reduce((latest, piece) => ((piece.publishedAt ?? '') > (latest.publishedAt ?? '') ? piece : latest), first)
}
