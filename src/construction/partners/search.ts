import { and, asc, desc, eq, sql, type SQL } from 'drizzle-orm'
import * as z from 'zod'
import { orgOf, type Ctx } from '../../context.ts'
import { coreWords, wordsOf } from '../../directory/text.ts'
import { flagValue } from '../../http/page-list.ts'
import { wholeParam } from '../../http/operation.ts'
import { searchable } from '../../lib/search-text.ts'
import { contractors } from '../contractors/tables.ts'
import { placeKey, presentOrganization, type Profile } from './profiles.ts'
import { contractorInvitations, organizationProfiles as table } from './tables.ts'

/** So many organizations are counted and ranked; a list that is longer says so by its next page. */
const MOST = 2000

export const SORTS = ['relevance', 'name', 'city', 'connections', 'verified'] as const
export const SearchQuery = z.object({
  search: z.string().max(255).optional(),
  city: z.string().max(100).optional(),
  country: z.string().max(100).optional(),
  verified: flagValue.optional(),
  exclude_invited: flagValue.default(true),
  exclude_existing_contractors: flagValue.default(true),
  sort_by: z.enum(SORTS).default('relevance'),
  page: wholeParam(1_000_000).default(1),
  per_page: wholeParam(50).default(20),
})
type Asked = z.output<typeof SearchQuery>

/** I invited it, and it may still answer. */
export const invitedBy = (ctx: Ctx): SQL =>
  sql`exists (select 1 from ${contractorInvitations} i where i.org_id = ${orgOf(ctx)} and i.invited_org_id = ${table.orgId} and i.status = 'pending' and i.expires_at > ${ctx.now.toISOString()})`
/** It is among my contractors. */
export const contractorOf = (ctx: Ctx): SQL =>
  sql`exists (select 1 from ${contractors} c where c.org_id = ${orgOf(ctx)} and c.source_org_id = ${table.orgId} and c.deleted_at is null)`

/** How well an organization fits, 0..100. Parts are weighted so that it falls in the order in which rows come. */
export function relevance({ begins, isVerified, connections }: { begins: boolean; isVerified: boolean; connections: number }): number {
  const known = (19 * connections) / (connections + 10)
  return Math.round(((begins ? 60 : 10) + (isVerified ? 20 : 0) + known) * 10) / 10
}

/** Words of a name as FTS5 finds them, each of which may be a beginning; undefined where there is nothing to find by. */
const termsOf = (text: string): string[] => coreWords(wordsOf(text)).slice(0, 8)

export async function searchOrganizations(ctx: Ctx, asked: Asked) {
  const words = asked.search?.trim() ? termsOf(asked.search) : undefined
  const match = words?.map((word) => `"${word}"*`).join(' AND ') ?? ''
  const first = words?.[0] === undefined ? '' : `^ "${words[0]}"*${words.length > 1 ? ` AND ${match}` : ''}`
  const found = (terms: string) => sql`select rowid from organizations_search where organizations_search match ${terms} limit ${MOST / 2}`
  const begins = first === '' ? sql<number>`0` : sql<number>`${table.orgId} in (${found(first)})`
  const where = and(
    eq(table.isActive, true),
    sql`${table.orgId} <> ${orgOf(ctx)}`,
    words === undefined
      ? undefined
      : words.length === 0
        ? sql`false`
        : sql`${table.orgId} in (select rowid from (${found(first)}) union select rowid from (${found(match)}))`,
    asked.city?.trim() ? eq(table.cityKey, placeKey(asked.city)) : undefined,
    asked.country?.trim() ? eq(table.countryKey, searchable(asked.country.trim())) : undefined,
    asked.verified === undefined ? undefined : eq(table.isVerified, asked.verified),
    asked.exclude_invited ? sql`not ${invitedBy(ctx)}` : undefined,
    asked.exclude_existing_contractors ? sql`not ${contractorOf(ctx)}` : undefined,
  )
  const order = {
    relevance: [...(first === '' ? [] : [desc(begins)]), desc(table.isVerified), desc(table.connections), desc(table.orgId)],
    name: [asc(table.name), asc(table.orgId)],
    city: [sql`${table.cityKey} is null`, asc(table.cityKey), desc(table.connections), desc(table.orgId)],
    connections: [desc(table.connections), desc(table.orgId)],
    verified: [desc(table.isVerified), desc(table.connections), desc(table.orgId)],
  }[asked.sort_by]
  const offset = (asked.page - 1) * asked.per_page
  const [rows, [count]] = await ctx.db.batch([
    ctx.db
      .select({ profile: table, begins, invited: sql<number>`${invitedBy(ctx)}`, contractor: sql<number>`${contractorOf(ctx)}` })
      .from(table)
      .where(where)
      .orderBy(...order)
      .limit(asked.per_page + 1)
      .offset(offset),
    ctx.db.select({ total: sql<number>`count(*)` }).from(
      ctx.db
        .select({ one: sql<number>`1`.as('one') })
        .from(table)
        .where(where)
        .limit(MOST)
        .as('counted'),
    ),
  ])
  const shown = rows.slice(0, asked.per_page)
  const total = Math.max(count?.total ?? 0, shown.length === 0 ? 0 : offset + rows.length)
  const { search, city, country, verified, exclude_invited, exclude_existing_contractors } = asked
  const filters = { city, country, verified, exclude_invited, exclude_existing_contractors }
  return {
    data: {
      data: shown.map((row) =>
        presentFound(row.profile, { begins: Boolean(row.begins), invited: Boolean(row.invited), contractor: Boolean(row.contractor) }),
      ),
      meta: {
        current_page: asked.page,
        per_page: asked.per_page,
        total,
        total_pages: Math.max(1, Math.ceil(total / asked.per_page)),
        has_next_page: rows.length > asked.per_page,
      },
    },
    meta: {
      search_query: search ?? null,
      filters_applied: Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined)),
      sort_by: asked.sort_by,
    },
  }
}

interface Ties {
  begins?: boolean
  invited?: boolean
  contractor?: boolean
}

/** An organization as it is found: directory facts, how many count it among their contractors, and what it is to the caller. */
export const presentFound = (row: Profile, { begins = false, invited = false, contractor = false }: Ties) => ({
  ...presentOrganization(row),
  connections_count: row.connections,
  // When somebody was last at work is nobody else's business.
  last_activity_at: null,
  relevance_score: relevance({ begins, isVerified: row.isVerified, connections: row.connections }),
  already_invited: invited,
  is_contractor: contractor,
})
