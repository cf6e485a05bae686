import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { files } from '../documents/tables.ts'
import { organizations } from '../identity/tables.ts'
import type { DocumentKind, Snapshot } from './model.ts'

/** What every row has: `id` is the eight hex digits of document 001, unique within the organization; `search` is what lists look through. */
const common = () => ({
  seq: integer('seq').primaryKey({ autoIncrement: true }),
  id: text('id').notNull(),
  orgId: integer('org_id')
    .notNull()
    .references(() => organizations.id),
  /** Who made it. */
  staff: text('staff').notNull(),
  search: text('search').notNull(),
  createdAt: text('created_at').notNull(),
})

export const smartWorks = sqliteTable(
  'smart_works',
  {
    ...common(),
    name: text('name').notNull(),
    description: text('description').notNull(),
    measure: text('measure').notNull(),
    /** Tiyn, as all money. */
    price: integer('price').notNull(),
  },
  (t) => [uniqueIndex('smart_works_id').on(t.orgId, t.id), index('smart_works_list').on(t.orgId, t.seq)],
)

export const smartProducts = sqliteTable(
  'smart_products',
  {
    ...common(),
    name: text('name').notNull(),
    description: text('description').notNull(),
    measure: text('measure').notNull(),
    manufacturer: text('manufacturer').notNull(),
    imageFileId: text('image_file_id').references(() => files.id),
    price: integer('price').notNull(),
  },
  (t) => [uniqueIndex('smart_products_id').on(t.orgId, t.id), index('smart_products_list').on(t.orgId, t.seq)],
)

export const smartActors = sqliteTable(
  'smart_actors',
  { ...common(), fullName: text('full_name').notNull(), role: text('role').notNull() },
  (t) => [uniqueIndex('smart_actors_id').on(t.orgId, t.id), index('smart_actors_list').on(t.orgId, t.seq)],
)

export const smartBeneficiaries = sqliteTable(
  'smart_beneficiaries',
  {
    ...common(),
    beneficiary: text('beneficiary').notNull(),
    bank: text('bank').notNull(),
    /** ИИК: IBAN without spaces. */
    iban: text('iban').notNull(),
    bic: text('bic').notNull(),
    kbe: text('kbe').notNull(),
    knp: text('knp').notNull(),
  },
  (t) => [uniqueIndex('smart_beneficiaries_id').on(t.orgId, t.id), index('smart_beneficiaries_list').on(t.orgId, t.seq)],
)

/** The last number that was given, counted for each organization, kind and year. */
export const smartNumbers = sqliteTable(
  'smart_numbers',
  {
    orgId: integer('org_id')
      .notNull()
      .references(() => organizations.id),
    kind: text('kind').$type<DocumentKind>().notNull(),
    year: integer('year').notNull(),
    last: integer('last').notNull(),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.kind, t.year] })],
)

/** A document with all that it says, as it was when it was made: what it was made from may change or go. */
export const smartDocuments = sqliteTable(
  'smart_documents',
  {
    ...common(),
    kind: text('kind').$type<DocumentKind>().notNull(),
    year: integer('year').notNull(),
    number: integer('number').notNull(),
    /** `YYYY-MM-DD`. */
    date: text('date').notNull(),
    // What lists show of it.
    buyerBin: text('buyer_bin').notNull(),
    buyerName: text('buyer_name').notNull(),
    vat: integer('vat').notNull(),
    total: integer('total').notNull(),
    snapshot: text('snapshot', { mode: 'json' }).$type<Snapshot>().notNull(),
    /** Null until it is drawn, which follows its being written at once. */
    fileId: text('file_id').references(() => files.id),
    /** The package that it was sent in last. */
    packageId: text('package_id'),
  },
  (t) => [
    uniqueIndex('smart_documents_id').on(t.orgId, t.id),
    uniqueIndex('smart_documents_number').on(t.orgId, t.kind, t.year, t.number),
    index('smart_documents_list').on(t.orgId, t.seq),
    index('smart_documents_package')
      .on(t.packageId)
      .where(sql`package_id is not null`),
  ],
)
