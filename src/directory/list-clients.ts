import { eq, inArray } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { notFound } from '../http/errors.ts'
import { drfPage, drfWindow } from '../http/drf-page.ts'
import { FILTER_TAGS } from './docs.ts'
import { fromHexId } from './ids.ts'
import { listPage } from './pages.ts'
import { presentClient } from './present.ts'
import type { ClientsQuery } from './schemas.ts'
import { find, type Asked } from './search.ts'
import { directoryClients } from './tables.ts'
import { tag } from './text.ts'

export const CLIENTS_INDEX = {
  rows: 'directory_clients',
  search: 'directory_clients_search',
  label: 'label',
  words: 'directory_clients_tags',
}

type Filters = Partial<Record<keyof typeof FILTER_TAGS, string | undefined>>

/** What is filtered by, as tags; a filter that is empty filters nothing. */
export const filterTags = (query: Filters): string[] =>
  (Object.entries(FILTER_TAGS) as [keyof typeof FILTER_TAGS, string][]).flatMap(([filter, mark]) => {
    const value = query[filter]
    return value ? [tag(mark, filter === 'oked' ? value : fromHexId('terms', value))] : []
  })

async function load(ctx: Ctx, ids: number[]) {
  const rows = await ctx.db.select().from(directoryClients).where(inArray(directoryClients.id, ids))
  return new Map(rows.map((row) => [row.id, presentClient(row, ctx.settings.TIME_ZONE)]))
}

/** Whether a client is among what other filters leave: there is at most one of a BIN. */
function fits(client: ReturnType<typeof presentClient>, query: ClientsQuery): boolean {
  const { krp_name, region_ex, locality_ex, district_ex, rubric, oked } = query
  const same = (asked: string | undefined, has: string | null) => !asked || asked === has
  return (
    same(krp_name, client.krp_name) &&
    same(region_ex, client.region_ex) &&
    same(locality_ex, client.locality_ex) &&
    same(district_ex, client.district_ex) &&
    same(oked, client.oked) &&
    (!rubric || client.rubrics.includes(rubric))
  )
}

/** A client by its BIN (or IIN), as the directory shows it; undefined where there is none. */
export async function clientByBin(ctx: Ctx, bin: string) {
  const [row] = await ctx.db.select().from(directoryClients).where(eq(directoryClients.bin, bin))
  return row && presentClient(row, ctx.settings.TIME_ZONE)
}

export async function listClients(ctx: Ctx, query: ClientsQuery, url: string) {
  if (query.bin && !query.search?.trim()) {
    const client = await clientByBin(ctx, query.bin)
    const results = client && fits(client, query) ? [client] : []
    return drfPage(drfWindow(query), url, results.length, results)
  }
  // Together with a search, the BIN is one more word of it.
  const asked = query.bin ? { ...query, search: `${query.search ?? ''} ${query.bin}` } : query
  const listed = {
    list: 'clients' as const,
    tags: filterTags(query),
    find: (said: Asked) => find(ctx, CLIENTS_INDEX, said),
    load: (ids: number[]) => load(ctx, ids),
  }
  return listPage(listed, asked, url)
}

/** One client, by its eight digits or its BIN. */
export async function getClient(ctx: Ctx, id: string) {
  const found = id.length === 8 ? (await load(ctx, [fromHexId('clients', id)])).values().next().value : await clientByBin(ctx, id)
  if (!found) throw notFound()
  return found
}
