import { between, eq, inArray } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import type { Ctx } from '../context.ts'
import { notFound } from '../http/errors.ts'
import { fromHexId, toHexId } from './ids.ts'
import { idRange, TERM_FIELDS, type TermKind } from './kinds.ts'
import { listPage } from './pages.ts'
import { rank } from './rank.ts'
import type { ListQuery } from './schemas.ts'
import { findAll, type Asked, type Found } from './search.ts'
import { directoryTermParts, directoryTerms, PART } from './tables.ts'
import { answers, wordsOf } from './text.ts'

const parents = alias(directoryTerms, 'parents')

async function load(ctx: Ctx, kind: TermKind, ids: number[]) {
  const { field, parent } = TERM_FIELDS[kind]
  const rows = await ctx.db
    .select({ id: directoryTerms.id, kind: directoryTerms.kind, name: directoryTerms.name, parent: parents.name })
    .from(directoryTerms)
    .leftJoin(parents, eq(parents.id, directoryTerms.parentId))
    .where(inArray(directoryTerms.id, ids))
  const shown = rows
    .filter((row) => row.kind === kind)
    .map((row) => [row.id, { id: toHexId('terms', row.id), [field]: row.name, ...(parent ? { [parent.field]: row.parent } : {}) }] as const)
  return new Map(shown)
}

/** Looks at every name of a list, so that all of what is found is ranked and counted. */
async function find(ctx: Ctx, kind: TermKind, { groups, window }: Asked): Promise<Found> {
  const range = idRange(kind)
  if (groups === undefined) return findAll(ctx, 'directory_terms', window, range)
  const { part, terms } = directoryTermParts
  const rows = await ctx.db
    .select({ terms })
    .from(directoryTermParts)
    .where(between(part, range.base / PART, Math.floor(range.last / PART)))
    .orderBy(part)
  const found = rows.flatMap((row) =>
    row.terms.flatMap(([id, name]) => {
      const words = wordsOf(name)
      return answers(words, groups) ? [{ id, label: words.join(' ') }] : []
    }),
  )
  const ids = rank(found, groups).map((c) => c.id)
  return { ids: ids.slice(window.offset, window.offset + window.limit), count: ids.length, after: undefined, before: undefined }
}

export const listTerms = (ctx: Ctx, kind: TermKind, query: ListQuery, url: string) =>
  listPage({ list: 'terms', find: (asked) => find(ctx, kind, asked), load: (ids) => load(ctx, kind, ids) }, query, url)

export async function getTerm(ctx: Ctx, kind: TermKind, hex: string) {
  const id = fromHexId('terms', hex)
  const found = (await load(ctx, kind, [id])).get(id)
  if (!found) throw notFound()
  return found
}
