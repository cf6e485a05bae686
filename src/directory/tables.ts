import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import type { TermKind } from './kinds.ts'

/*
 * The counterparty directory: shared reference data of no tenant. Rows are never deleted and ids are given without gaps (a record that is known is
 * updated, never inserted anew), so the number of rows is the highest id, and a page of a whole list is a range of ids: neither counts nor skips.
 *
 * What is searched lives in FTS5 tables beside these (`directory_*_search`, made by hand in the migration): columns `whole`, `name`, `more`, and
 * `tags` for clients, by rowid. `dirty` says that a row is not in there as it is now: a number that is another after each change, null once it is.
 * Reference lists are short enough to be searched as a whole.
 */

/** Sections, regions, types and so on. The ids of one kind are a range of their own, see `kinds.ts`. */
export const directoryTerms = sqliteTable(
  'directory_terms',
  {
    id: integer('id').primaryKey(),
    kind: text('kind').$type<TermKind>().notNull(),
    name: text('name').notNull(),
    /** The section of a sub-section, the sub-section of a rubric. */
    parentId: integer('parent_id'),
  },
  (t) => [uniqueIndex('directory_terms_name').on(t.kind, t.name)],
)

/** The names of reference lists, {@link PART} ids in a row: what a search reads. Written along with them. */
export const directoryTermParts = sqliteTable('directory_term_parts', {
  /** `id / PART`, rounded down: a part is of one kind, since ranges of kinds are multiples. */
  part: integer('part').primaryKey(),
  terms: text('terms', { mode: 'json' }).$type<[id: number, name: string][]>().notNull(),
})
export const PART = 1024

export const directoryClients = sqliteTable(
  'directory_clients',
  {
    id: integer('id').primaryKey(),
    bin: text('bin').notNull(),
    companyName: text('company_name').notNull(),
    alternativeName: text('alternative_name'),
    companyNameEx: text('company_name_ex'),
    companyNameSearch: text('company_name_search'),
    director: text('director'),
    registrationDate: text('registration_date'),
    oked: text('oked'),
    description: text('description'),
    secondaryOked: text('secondary_oked'),
    krpCode: text('krp_code'),
    kato: text('kato'),
    address: text('address'),
    indexEx: text('index_ex'),
    addressEx: text('address_ex'),
    commentToAdressEx: text('comment_to_adress_ex'),
    subwayOrBusEx: text('subway_or_bus_ex'),
    webSiteEx: text('web_site_ex'),
    vkEx: text('vk_ex'),
    twitterEx: text('twitter_ex'),
    facebookEx: text('facebook_ex'),
    instagramEx: text('instagram_ex'),
    sealImage: text('seal_image'),
    krpName: integer('krp_name'),
    regionEx: integer('region_ex'),
    localityEx: integer('locality_ex'),
    districtEx: integer('district_ex'),
    rubrics: text('rubrics', { mode: 'json' }).$type<number[]>().notNull(),
    types: text('types', { mode: 'json' }).$type<number[]>().notNull(),
    /** The names by which results are ranked, as words that are searched. */
    label: text('label').notNull(),
    updated: text('updated').notNull(),
    dirty: integer('dirty'),
  },
  (t) => [
    uniqueIndex('directory_clients_bin').on(t.bin),
    index('directory_clients_dirty')
      .on(t.id)
      .where(sql`dirty is not null`),
  ],
)

const contact = () => ({
  id: integer('id').primaryKey(),
  clientId: integer('client_id')
    .notNull()
    .references(() => directoryClients.id),
  /** As it is shown. */
  value: text('value').notNull(),
  /** What makes it the same one however it is written: an e-mail in small letters, the digits of a phone. */
  key: text('key').notNull(),
  dirty: integer('dirty'),
})

export const directoryEmails = sqliteTable('directory_emails', contact(), (t) => [
  uniqueIndex('directory_emails_key').on(t.clientId, t.key),
  index('directory_emails_dirty')
    .on(t.id)
    .where(sql`dirty is not null`),
])

export const directoryPhones = sqliteTable('directory_phones', contact(), (t) => [
  uniqueIndex('directory_phones_key').on(t.clientId, t.key),
  index('directory_phones_dirty')
    .on(t.id)
    .where(sql`dirty is not null`),
])

/** How reading each feed went, and when it is read again. */
export const directoryFeeds = sqliteTable('directory_feeds', {
  /** The source of rates, or the address of a news feed. */
  name: text('name').primaryKey(),
  triedAt: text('tried_at').notNull(),
  /** The last time that it could be read; null while it never could. */
  readAt: text('read_at'),
  nextAt: text('next_at').notNull(),
  /** Why the last try failed; null when it did not. */
  error: text('error'),
})

/** Official rates of a day: tenge for one unit of the currency, in millionths. */
export const directoryRates = sqliteTable(
  'directory_rates',
  {
    source: text('source').notNull(),
    /** `YYYY-MM-DD`. */
    date: text('date').notNull(),
    currency: text('currency').notNull(),
    rate: integer('rate').notNull(),
  },
  (t) => [primaryKey({ columns: [t.source, t.date, t.currency] })],
)

/** The latest piece of each news feed. */
export const directoryNews = sqliteTable('directory_news', {
  feed: text('feed').primaryKey(),
  title: text('title').notNull(),
  image: text('image'),
  link: text('link').notNull(),
  source: text('source').notNull(),
  publishedAt: text('published_at').notNull(),
})
