import { eq, inArray } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import type { Ctx } from '../context.ts'
import { notFound } from '../http/errors.ts'
import { fromHexId, toHexId } from './ids.ts'
import { idRange, TERM_FIELDS, type TermKind } from './kinds.ts'
import { listPage } from './pages.ts'
import type { ListQuery } from './schemas.ts'
import { directoryTerms } from './tables.ts'

const INDEX = { rows: 'directory_terms', search: 'directory_terms_search', label: 'name' }
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

export const listTerms = (ctx: Ctx, kind: TermKind, query: ListQuery, url: string) =>
  listPage(ctx, { list: 'terms', index: INDEX, range: idRange(kind), load: (ids) => load(ctx, kind, ids) }, query, url)

export async function getTerm(ctx: Ctx, kind: TermKind, hex: string) {
  const id = fromHexId('terms', hex)
  const found = (await load(ctx, kind, [id])).get(id)
  if (!found) throw notFound()
  return found
}
