import { eq, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { Ctx } from '../../context.ts'
import type { ExportQuery } from '../schemas.ts'
import { presentClient } from '../present.ts'
import { CONTACT_TABLES } from '../list-contacts.ts'
import { directoryClients, directoryTerms } from '../tables.ts'

type Kind = ExportQuery['kind']

const CLIENT_COLUMNS = [
  'bin',
  'company_name',
  'alternative_name',
  'company_name_ex',
  'director',
  'registration_date',
  'oked',
  'description',
  'secondary_oked',
  'krp_code',
  'krp_name',
  'kato',
  'region_ex',
  'locality_ex',
  'district_ex',
  'address',
  'index_ex',
  'address_ex',
  'comment_to_adress_ex',
  'subway_or_bus_ex',
  'web_site_ex',
  'vk_ex',
  'twitter_ex',
  'facebook_ex',
  'instagram_ex',
  'rubrics',
  'types',
  'updated',
] as const

export const COLUMNS: Record<Kind, readonly string[]> = {
  clients: CLIENT_COLUMNS,
  emails: ['email', 'clients_bin', 'company_name', 'alternative_name'],
  phone_numbers: ['phone_number', 'client'],
}

const among = (column: SQLiteColumn, ids: Iterable<number>) => sql`${column} in (select value from json_each(${JSON.stringify([...ids])}))`

/** The names of reference lists, each asked for once. */
class TermNames {
  #names = new Map<number, string>()
  readonly ctx: Ctx
  constructor(ctx: Ctx) {
    this.ctx = ctx
  }

  async meet(ids: Iterable<number | null>): Promise<void> {
    const unknown = new Set([...ids].filter((id) => id !== null && !this.#names.has(id)).filter((id) => id !== null))
    if (unknown.size === 0) return
    const { id, name } = directoryTerms
    for (const row of await this.ctx.db.select({ id, name }).from(directoryTerms).where(among(id, unknown)))
      this.#names.set(row.id, row.name)
  }
  of = (id: number | null) => (id === null ? '' : (this.#names.get(id) ?? ''))
}

async function clientRows(ctx: Ctx, ids: number[], names: TermNames): Promise<string[][]> {
  const rows = await ctx.db.select().from(directoryClients).where(among(directoryClients.id, ids)).orderBy(directoryClients.id)
  await names.meet(rows.flatMap((r) => [r.krpName, r.regionEx, r.localityEx, r.districtEx, ...r.rubrics, ...r.types]))
  return rows.map((row) => {
    const shown = {
      ...presentClient(row, ctx.settings.TIME_ZONE),
      krp_name: names.of(row.krpName),
      region_ex: names.of(row.regionEx),
      locality_ex: names.of(row.localityEx),
      district_ex: names.of(row.districtEx),
      rubrics: row.rubrics.map(names.of).join(', '),
      types: row.types.map(names.of).join(', '),
    }
    return CLIENT_COLUMNS.map((column) => shown[column] ?? '')
  })
}

async function contactRows(ctx: Ctx, kind: Exclude<Kind, 'clients'>, ids: number[]): Promise<string[][]> {
  const table = CONTACT_TABLES[kind]
  const { bin, companyName, alternativeName } = directoryClients
  const rows = await ctx.db
    .select({ value: table.value, bin, companyName, alternativeName })
    .from(table)
    .innerJoin(directoryClients, eq(directoryClients.id, table.clientId))
    .where(among(table.id, ids))
    .orderBy(table.id)
  return rows.map((r) => (kind === 'emails' ? [r.value, r.bin, r.companyName, r.alternativeName ?? ''] : [r.value, r.companyName]))
}

/** The cells of pages of ids. */
export async function* rowsOf(ctx: Ctx, kind: Kind, pages: AsyncIterable<number[]>): AsyncGenerator<string[][]> {
  const names = new TermNames(ctx)
  for await (const ids of pages) yield kind === 'clients' ? clientRows(ctx, ids, names) : contactRows(ctx, kind, ids)
}
