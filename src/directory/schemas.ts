import * as z from 'zod'
import { drfPageOf, drfPageQuery } from '../http/drf-page.ts'
import { hasKzChecksum } from '../lib/identifiers.ts'
import { TERM_FIELDS, type TermKind } from './kinds.ts'

export const hexId = z
  .string()
  .regex(/^[0-9a-f]{8}$/)
  .meta({ example: 'e0b63605' })
const name = z.string().meta({ example: 'ТОО "ORIENT LOGIST GROUP"' })
const maybe = (example: string | null) => z.string().nullable().meta({ example })
const reference = hexId.nullable()

export const ID = z.object({ id: hexId })
/** A client is known by its eight digits, or by its BIN. */
export const CLIENT_ID = z.object({ id: z.string().regex(/^([0-9a-f]{8}|\d{12})$/) })

/** Where the page before ended: links between pages carry it, so that no page costs more than the first. */
const cursor = hexId.optional().meta({ description: 'Set by the links between pages.' })
export const LIST_QUERY = z.object({ ...drfPageQuery, after: cursor, before: cursor })
export type ListQuery = z.output<typeof LIST_QUERY>

const FILTERS = {
  bin: z.string().max(12).optional().meta({ example: '120240004698' }),
  locality_ex: hexId.optional(),
  region_ex: hexId.optional(),
  district_ex: hexId.optional(),
  krp_name: hexId.optional(),
  oked: z.string().max(10).optional(),
  rubric: hexId.optional(),
}
export const CLIENTS_QUERY = z.object({ ...LIST_QUERY.shape, ...FILTERS })
export type ClientsQuery = z.output<typeof CLIENTS_QUERY>

/** One of a reference list: its id, its name, and the name of what it belongs to. */
export function termSchema(kind: TermKind) {
  const { field, parent } = TERM_FIELDS[kind]
  const text = z.string().meta({ example: 'Продукты' })
  return z.object({ id: hexId, [field]: text, ...(parent ? { [parent.field]: text } : {}) }).meta({ id: `Directory_${kind}` })
}

export const Client = z
  .object({
    id: hexId.nullable(),
    director: maybe('СЕРІКОВ АЙБЕК МАРАТҰЛЫ'),
    bin: z.string().nullable().meta({ example: '120240004698' }),
    company_name: name,
    alternative_name: maybe('ТОО "ORIENT LOGIST GROUP"'),
    company_name_ex: maybe('ORIENT LOGIST GROUP'),
    company_name_search: maybe('orient logist group'),
    registration_date: maybe('2012-02-07T00:00:00+06:00'),
    oked: maybe('52299'),
    description: maybe('Прочая транспортно-экспедиционная деятельность'),
    secondary_oked: maybe(null),
    krp_code: maybe('110'),
    kato: maybe('751510000'),
    address: maybe('Г.АЛМАТЫ, ЖЕТЫСУСКИЙ РАЙОН, ПРОСПЕКТ СУЮНБАЯ, 12, кв 15'),
    index_ex: maybe('50016'),
    address_ex: maybe('Суюнбая проспект, 12'),
    comment_to_adress_ex: maybe('1 этаж, 15 офис'),
    subway_or_bus_ex: maybe('Райымбек батыра'),
    web_site_ex: maybe(null),
    vk_ex: maybe(null),
    twitter_ex: maybe(null),
    facebook_ex: maybe(null),
    instagram_ex: maybe(null),
    seal_image: maybe(null),
    updated: z.string().nullable().meta({ example: '2021-10-08T11:34:27.320+06:00' }),
    krp_name: reference,
    region_ex: reference,
    locality_ex: reference,
    district_ex: reference,
    rubrics: z.array(hexId),
    types: z.array(hexId),
  })
  .meta({ id: 'DirectoryClient' })
export type ShownClient = z.output<typeof Client>

export const Email = z
  .object({
    id: hexId,
    email: z.string().meta({ example: 'office@example.com' }),
    clients_bin: z.string().meta({ example: '120240004698' }),
    company_id: hexId,
    company_name: name,
    alternative_name: maybe('ТОО "ORIENT LOGIST GROUP"'),
  })
  .meta({ id: 'DirectoryEmail' })

export const Phone = z
  .object({ id: hexId, phone_number: z.string().meta({ example: '+7(700)000-00-00' }), client: name })
  .meta({ id: 'DirectoryPhone' })

export const pageOf = drfPageOf

export const EXPORT_QUERY = z.object({
  ...FILTERS,
  search: drfPageQuery.search,
  kind: z
    .enum(['clients', 'emails', 'phone_numbers'])
    .default('clients')
    .meta({ json: { type: 'string', enum: ['clients', 'emails', 'phone_numbers'], default: 'clients' } }),
  format: z
    .enum(['csv', 'xlsx'])
    .default('csv')
    .meta({ json: { type: 'string', enum: ['csv', 'xlsx'], default: 'csv' } }),
})
export type ExportQuery = z.output<typeof EXPORT_QUERY>

export const ImportReport = z
  .object({
    received: z.int().meta({ example: 4 }),
    created: z.int().meta({ example: 3 }),
    updated: z.int().meta({ example: 0 }),
    unchanged: z.int().meta({ example: 0 }),
    errors: z.array(
      z.object({
        line: z.int().meta({ example: 4 }),
        kind: z.string().nullable().meta({ example: 'phone_numbers' }),
        error: z.string().meta({ example: 'clients_bin: no such client' }),
      }),
    ),
  })
  .meta({ id: 'DirectoryImportReport' })

const rate = z.string().meta({ example: '434.90' })
const CURRENCIES = ['CNY', 'USD', 'RUB', 'EUR'] as const
export const Currencies = z
  .object({
    ...Object.fromEntries(CURRENCIES.flatMap((c) => [`${c}_sale`, `${c}_buy`, `${c}_difference`]).map((key) => [key, rate])),
    source: z.string().meta({ example: 'National Bank of Kazakhstan' }),
    date: z.string().meta({ example: '2026-01-15' }),
    read_at: z.string().meta({ example: '2026-01-15T05:00:00.000Z' }),
    stale: z.boolean().meta({ description: 'The source could not be read lately: these are older rates.' }),
  })
  .meta({ id: 'Currencies' })
export const News = z
  .object({
    title: z.string().meta({ example: 'Итоги года СПК Алматы' }),
    image: z.string().nullable().meta({ example: null }),
    link: z.string().meta({ example: 'https://example.com/news/1' }),
    source: z.string().meta({ example: 'Forbes.kz' }),
    published_at: z.string().meta({ example: '2026-01-15T04:30:00.000Z' }),
    read_at: z.string().meta({ example: '2026-01-15T05:00:00.000Z' }),
    stale: z.boolean(),
  })
  .meta({ id: 'News' })

export const isClientNumber = hasKzChecksum
