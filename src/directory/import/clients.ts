import { getTableColumns, sql } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import { batch } from '../../db/client.ts'
import { startOfDay } from '../../lib/dates.ts'
import { searchable } from '../../lib/search-text.ts'
import { labelOf } from '../docs.ts'
import type { TermKind } from '../kinds.ts'
import { directoryClients } from '../tables.ts'
import type { ClientRecord, Entry } from './records.ts'
import type { Report } from './report.ts'
import type { Terms } from './terms.ts'

type ClientEntry = Extract<Entry, { kind: 'clients' }>
type Row = Omit<typeof directoryClients.$inferSelect, 'id' | 'dirty'>

const REFERENCES = { krp_name: 'krp_names', region_ex: 'regions', locality_ex: 'localities', district_ex: 'districts' } as const
const MANY = ['rubrics', 'types'] as const
type Resolved = Partial<Record<keyof typeof REFERENCES, number | null> & Record<(typeof MANY)[number], number[]>>

/** What a record refers to, by kind. */
function mentioned(entries: ClientEntry[]): Map<TermKind, Set<string>> {
  const out = new Map<TermKind, Set<string>>()
  const add = (kind: TermKind, name: string | null | undefined) => {
    if (name) out.set(kind, (out.get(kind) ?? new Set()).add(name))
  }
  for (const { record } of entries) {
    for (const [field, kind] of Object.entries(REFERENCES)) add(kind, record[field as keyof typeof REFERENCES])
    for (const kind of MANY) for (const name of record[kind] ?? []) add(kind, name)
  }
  return out
}

/** The references as ids; a text says which can't be resolved. */
function resolve(terms: Terms, { line, record }: ClientEntry): Resolved | string {
  const out: Resolved = {}
  for (const [field, kind] of Object.entries(REFERENCES) as [keyof typeof REFERENCES, TermKind][]) {
    const said = record[field]
    if (said === undefined) continue
    const id = said === null ? null : terms.resolve(kind, said, line)
    if (id === undefined) return `${field}: there is none of that name yet`
    out[field] = id
  }
  for (const kind of MANY) {
    const ids = record[kind]?.map((name) => terms.resolve(kind, name, line))
    if (ids?.includes(undefined)) return `${kind}.${ids.indexOf(undefined)}: there is none of that name yet`
    if (ids) out[kind] = [...new Set(ids.filter((id) => id !== undefined))]
  }
  return out
}

/** A date alone is midnight in the service's zone. */
function instantOf(said: string, zone: string): string {
  return said.length > 10 ? new Date(said).toISOString() : startOfDay(said, zone)
}

function rowOf(ctx: Ctx, said: ClientRecord, refs: Resolved, before: Row | undefined): Row {
  /** What is left out stays as it was. */
  const or = <T>(now: T | null | undefined, was: T | null | undefined): T | null => (now === undefined ? (was ?? null) : now)
  const date = said.registration_date && instantOf(said.registration_date, ctx.settings.TIME_ZONE)
  const names = {
    companyName: said.company_name,
    alternativeName: or(said.alternative_name, before?.alternativeName),
    companyNameEx: or(said.company_name_ex, before?.companyNameEx),
  }
  return {
    bin: said.bin,
    ...names,
    companyNameSearch: said.company_name_search ?? searchable(names.companyNameEx ?? names.companyName),
    director: or(said.director, before?.director),
    registrationDate: or(date, before?.registrationDate),
    oked: or(said.oked, before?.oked),
    description: or(said.description, before?.description),
    secondaryOked: or(said.secondary_oked, before?.secondaryOked),
    krpCode: or(said.krp_code, before?.krpCode),
    kato: or(said.kato, before?.kato),
    address: or(said.address, before?.address),
    indexEx: or(said.index_ex, before?.indexEx),
    addressEx: or(said.address_ex, before?.addressEx),
    commentToAdressEx: or(said.comment_to_adress_ex, before?.commentToAdressEx),
    subwayOrBusEx: or(said.subway_or_bus_ex, before?.subwayOrBusEx),
    webSiteEx: or(said.web_site_ex, before?.webSiteEx),
    vkEx: or(said.vk_ex, before?.vkEx),
    twitterEx: or(said.twitter_ex, before?.twitterEx),
    facebookEx: or(said.facebook_ex, before?.facebookEx),
    instagramEx: or(said.instagram_ex, before?.instagramEx),
    sealImage: or(said.seal_image, before?.sealImage),
    krpName: or(refs.krp_name, before?.krpName),
    regionEx: or(refs.region_ex, before?.regionEx),
    localityEx: or(refs.locality_ex, before?.localityEx),
    districtEx: or(refs.district_ex, before?.districtEx),
    rubrics: refs.rubrics ?? before?.rubrics ?? [],
    types: refs.types ?? before?.types ?? [],
    label: labelOf(names),
    updated: said.updated ? new Date(said.updated).toISOString() : (before?.updated ?? ctx.now.toISOString()),
  }
}

const { id: _id, dirty: _dirty, ...COLUMNS } = getTableColumns(directoryClients)
const isJson = (key: string) => key === 'rubrics' || key === 'types'
const sameRow = (a: Row, b: Row) =>
  Object.keys(COLUMNS).every((key) => JSON.stringify(a[key as keyof Row]) === JSON.stringify(b[key as keyof Row]))

/** Known clients by BIN. */
async function load(ctx: Ctx, bins: string[]) {
  const rows = await ctx.db
    .select()
    .from(directoryClients)
    .where(sql`${directoryClients.bin} in (select value from json_each(${JSON.stringify(bins)}))`)
  return new Map(rows.map((row) => [row.bin, row]))
}

/** Marks rows as not in the search yet; another number each time. */
export const DIRTY = sql.raw('abs(random() % 4294967296)')

async function write(ctx: Ctx, rows: Row[], renamed: number[]): Promise<void> {
  const { db } = ctx
  const columns = Object.entries(COLUMNS).map(([key, column]) => ({ key, name: sql.raw(column.name) }))
  const values = columns.map(({ key }) => sql.raw(`e.value ${isJson(key) ? '->' : '->>'} '${key}'`))
  const changes = columns.map(({ name }) => sql`${name} = excluded.${name}`)
  await batch(db, [
    db.run(sql`insert into directory_clients (${sql.join(
      columns.map((c) => c.name),
      sql`, `,
    )}, dirty)
      select ${sql.join(values, sql`, `)}, ${DIRTY} from json_each(${JSON.stringify(rows)}) e where true
      on conflict (bin) do update set ${sql.join(changes, sql`, `)}, dirty = excluded.dirty`),
    // E-mails and phones are found by the names of whose they are.
    ...(renamed.length > 0
      ? ['directory_emails', 'directory_phones'].map((table) =>
          db.run(
            sql`update ${sql.raw(table)} set dirty = ${DIRTY} where client_id in (select value from json_each(${JSON.stringify(renamed)}))`,
          ),
        )
      : []),
  ])
}

/** Records of clients. Gives the lines that made a client, by BIN. */
export async function importClients(ctx: Ctx, terms: Terms, entries: ClientEntry[], report: Report): Promise<Map<string, number>> {
  const made = new Map<string, number>()
  if (entries.length === 0) return made
  const [known] = await Promise.all([
    load(
      ctx,
      entries.map(({ record }) => record.bin),
    ),
    terms.meet(mentioned(entries)),
  ])
  const changed = new Map<string, Row>()
  const renamed = new Set<number>()
  for (const entry of entries) {
    const { line, record } = entry
    const refs = resolve(terms, entry)
    if (typeof refs === 'string') {
      report.fault({ line, kind: 'clients', error: refs })
      continue
    }
    const stored = known.get(record.bin)
    const before = changed.get(record.bin) ?? stored
    const row = rowOf(ctx, record, refs, before)
    const isSame = before !== undefined && sameRow(row, before)
    report.count(before, isSame)
    if (isSame) continue
    if (!before) made.set(record.bin, line)
    if (!record.updated) row.updated = ctx.now.toISOString()
    if (stored && stored.label !== row.label) renamed.add(stored.id)
    changed.set(record.bin, row)
  }
  if (changed.size > 0) await write(ctx, [...changed.values()], [...renamed])
  return made
}

/** Ids of clients by BIN. */
export async function idsOf(ctx: Ctx, bins: string[]): Promise<Map<string, number>> {
  const { id, bin } = directoryClients
  const rows = await ctx.db
    .select({ id, bin })
    .from(directoryClients)
    .where(sql`${bin} in (select value from json_each(${JSON.stringify(bins)}))`)
  return new Map(rows.map((row) => [row.bin, row.id]))
}
