import { sql, type SQL } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import type { DrfWindow } from '../http/drf-page.ts'
import { rank, type Candidate } from './rank.ts'
import { matchOf, type Groups } from './text.ts'

/** A list with its FTS5 table. All names are ours: nothing of a request is in them. */
export interface Index {
  rows: string
  search: string
  /** The column by which results are ranked. */
  label: string
  /** How many rows each word is in, tags too. */
  words?: string
}

export interface Asked {
  /** Undefined: no search. Empty: a search for nothing that could be found. */
  groups: Groups | undefined
  /** Filters, as tags. */
  tags: string[]
  window: DrfWindow
  /** Where the page before ended, or the page after starts: rows that were passed need not be passed again. */
  after: number | undefined
  before: number | undefined
}

export interface Found {
  ids: number[]
  /** Exact in whole lists, under one filter, and in a list of up to {@link COUNTED} rows; else as far as was looked. */
  count: number
  /** Where the pages around start; undefined where skipping costs nothing. */
  after: number | undefined
  before: number | undefined
}

/** Up to so many rows every match is counted: all of them are few. In longer lists a search looks at few pages' worth. */
const COUNTED = 1000
/** So many pages' worth of matches are ranked by their names. Where there are more, names that begin so come first, then the others as they are kept. */
const RANKED_PAGES = 4

/** Of the words that begin so, in their order: the word itself comes first. */
const WORDS_LOOKED_AT = 6
/** After every letter that a word has. */
const LAST = '\u{10ffff}'

const NO_CURSORS = { after: undefined, before: undefined }

const mostRanked = ({ limit }: DrfWindow) => RANKED_PAGES * limit

/** The ids of a list are above `base` up to `last`. */
export interface Range {
  base: number
  last: number
}
const WHOLE: Range = { base: 0, last: 2 ** 32 }

const name = (text: string) => sql.raw(text)

/** How many rows a list has: ids have no gaps. */
async function sizeOf(ctx: Ctx, rows: string, { base, last }: Range): Promise<number> {
  const [row] = await ctx.db.all<{ id: number }>(
    sql`select id from ${name(rows)} where id > ${base} and id <= ${last} order by id desc limit 1`,
  )
  return row ? row.id - base : 0
}

/** The ids of one page of a whole list. */
export async function findAll(ctx: Ctx, rows: string, { limit, offset }: DrfWindow, range = WHOLE): Promise<Found> {
  const count = await sizeOf(ctx, rows, range)
  const ids = Array.from({ length: Math.max(0, Math.min(limit, count - offset)) }, (_, i) => range.base + offset + i + 1)
  return { ids, count, ...NO_CURSORS }
}

class Search {
  readonly ctx: Ctx
  readonly index: Index
  readonly asked: Asked
  readonly groups: Groups
  constructor(ctx: Ctx, index: Index, asked: Asked) {
    this.ctx = ctx
    this.index = index
    this.asked = asked
    this.groups = asked.groups ?? []
  }

  match(words = matchOf(this.groups)): string {
    return [...this.asked.tags.map((t) => `"${t}"`), ...(words === '' ? [] : [words])].join(' AND ')
  }

  where(match: string): SQL {
    return sql`${name(this.index.search)} match ${match}`
  }

  from = () => sql`${name(this.index.search)} f`

  candidates(match: string, limit: number): Promise<Candidate[]> {
    // Crossed so that FTS5 comes first, whatever the planner thinks of it.
    return this.ctx.db.all<Candidate>(
      sql`select f.rowid as id, r.${name(this.index.label)} as label from ${this.from()} cross join ${name(this.index.rows)} r on r.id = f.rowid
        where ${this.where(match)} order by f.rowid limit ${limit}`,
    )
  }

  /** Of more matches than are ranked: those whose name begins so, and those of whose name it is a part. */
  async head(): Promise<number[]> {
    const { limit } = this.asked.window
    const joined = this.groups.map(([first = '']) => first).join('')
    const [begin, part] = await Promise.all([
      this.candidates(this.match(`whole : "${joined}"*`), limit),
      this.candidates(this.match(`name : (${matchOf(this.groups)})`), limit),
    ])
    const all = new Map([...begin, ...part].map((c) => [c.id, c]))
    return rank([...all.values()], this.groups).map((c) => c.id)
  }

  async tail(head: number[], { from, limit, skip, back }: { from: number | undefined; limit: number; skip: number; back: boolean }) {
    const not = head.length > 0 ? sql` and f.rowid not in (select value from json_each(${JSON.stringify(head)}))` : sql``
    const start = from === undefined ? sql`` : back ? sql` and f.rowid < ${from}` : sql` and f.rowid > ${from}`
    const rows = await this.ctx.db.all<{ id: number }>(
      sql`select f.rowid as id from ${this.from()} where ${this.where(this.match())}${start}${not}
        order by f.rowid ${back ? sql`desc` : sql`asc`} limit ${limit} offset ${skip}`,
    )
    return back ? rows.map((r) => r.id).toReversed() : rows.map((r) => r.id)
  }

  /** How many there are, where that can be told cheaply. */
  async count(): Promise<number | undefined> {
    const { index, asked, ctx } = this
    const [only, ...others] = asked.tags
    if (only !== undefined && others.length === 0 && this.groups.length === 0 && index.words) {
      const [row] = await ctx.db.all<{ doc: number }>(sql`select doc from ${name(index.words)} where term = ${only}`)
      return row?.doc ?? 0
    }
    const all = sql`select 1 from ${this.from()} where ${this.where(this.match())}`
    const isLong = (await sizeOf(ctx, index.rows, WHOLE)) > COUNTED
    const most = mostRanked(asked.window)
    // What is ranked by name has been counted so far already.
    if (isLong && this.groups.length > 0) return undefined
    const [row] = await ctx.db.all<{ n: number }>(sql`select count(*) as n from (${isLong ? sql`${all} limit ${most + 1}` : all})`)
    return isLong && (row?.n ?? 0) > most ? undefined : (row?.n ?? 0)
  }

  /** So many there are at least, where a single word is asked for: as many as have it whole, or one of the words that begin so. */
  async atLeast(): Promise<number> {
    const { index, asked, ctx } = this
    const [group, ...others] = this.groups
    if (!index.words || group === undefined || others.length > 0 || asked.tags.length > 0) return 0
    const counts = group.map(
      (word) =>
        sql`select max(doc) as doc from (select doc from ${name(index.words ?? '')} where term >= ${word} and term < ${word + LAST} limit ${WORDS_LOOKED_AT})`,
    )
    const rows = await ctx.db.all<{ doc: number | null }>(sql.join(counts, sql` union all `))
    return Math.max(0, ...rows.map((row) => row.doc ?? 0))
  }
}

/** A page of a search so broad, or of a filter so wide, that it is not ranked as a whole: the head, then the others in the order of their ids. */
async function findMany(search: Search): Promise<Found> {
  const { window, after, before } = search.asked
  const { limit, offset } = window
  const head = search.groups.length > 0 ? await search.head() : []
  const fromHead = head.slice(offset, offset + limit)
  const take = limit - fromHead.length
  const from = after ?? before
  const back = after === undefined && before !== undefined
  const skip = from === undefined ? Math.max(0, offset - head.length) : 0
  const [tail, counted, atLeast] = await Promise.all([
    // One more than is shown tells whether there is another page.
    take > 0 ? search.tail(head, { from, limit: back ? take : take + 1, skip, back }) : Promise.resolve([]),
    search.count(),
    search.atLeast(),
  ])
  const shown = tail.slice(0, take)
  const ids = [...fromHead, ...shown]
  // Where the head fills the page to its end, there are others behind it: it is made of more than are ranked.
  const more = back || take === 0 || tail.length > take
  const soFar = offset + ids.length
  const count = counted ?? (ids.length === 0 ? 0 : more ? Math.max(soFar + 1, mostRanked(window), atLeast) : soFar)
  return {
    ids,
    count,
    after: shown.at(-1),
    // Only where the page before lies wholly behind the head.
    before: offset - limit >= head.length ? shown[0] : undefined,
  }
}

/** The ids of one page of a list, searched and filtered, and how many there are. */
export async function find(ctx: Ctx, index: Index, asked: Asked): Promise<Found> {
  const { groups, tags, window } = asked
  const { limit, offset } = window
  if (groups?.length === 0) return { ids: [], count: 0, ...NO_CURSORS }
  if (groups === undefined && tags.length === 0) return findAll(ctx, index.rows, window)
  const search = new Search(ctx, index, asked)
  if (groups && asked.after === undefined && asked.before === undefined) {
    const most = mostRanked(window)
    const some = await search.candidates(search.match(), most + 1)
    if (some.length <= most) {
      const ids = rank(some, groups).map((c) => c.id)
      return { ids: ids.slice(offset, offset + limit), count: ids.length, ...NO_CURSORS }
    }
  }
  return findMany(search)
}

/** Ids of a list from one on, for who reads all of it: as they are kept, not ranked. */
export async function idsAfter(
  ctx: Ctx,
  index: Index,
  asked: Pick<Asked, 'groups' | 'tags'>,
  after: number,
  limit: number,
): Promise<number[]> {
  if (asked.groups?.length === 0) return []
  if (asked.groups === undefined && asked.tags.length === 0) {
    const rows = await ctx.db.all<{ id: number }>(sql`select id from ${name(index.rows)} where id > ${after} order by id limit ${limit}`)
    return rows.map((row) => row.id)
  }
  const window = { page: 1, limit, offset: 0 }
  const search = new Search(ctx, index, { ...asked, window, after: undefined, before: undefined })
  return search.tail([], { from: after, limit, skip: 0, back: false })
}
