import * as z from 'zod'
import { FORBIDDEN } from '../../http/body.ts'
import { moment } from '../../http/fields.ts'
import { issuesOf } from '../../http/operation.ts'
import { hasKzChecksum } from '../../lib/identifiers.ts'
import { KINDS, TERM_FIELDS, TERM_KINDS, type ContactKind, type Kind, type TermKind } from '../kinds.ts'
import { phoneDigits } from '../text.ts'

const clean = (max: number) =>
  z
    .string()
    .normalize('NFC')
    .trim()
    .max(max)
    .refine((text) => !FORBIDDEN.test(text), 'has control characters or broken Unicode')
const filled = (max: number) => clean(max).min(1, 'is empty')
/** What may be missing; an empty text says as little as null does. */
const optional = (max: number) =>
  clean(max)
    .nullable()
    .optional()
    .transform((text) => (text === '' ? null : text))
const matching = (max: number, pattern: RegExp, message: string) => optional(max).refine((text) => !text || pattern.test(text), message)
/** A name of a reference list, or its eight digits. */
const reference = optional(255)
const references = z.array(filled(255)).max(100).optional()

const bin = z.string().refine(hasKzChecksum, 'must be a BIN or IIN: twelve digits with a valid check digit')
const day = z.union([moment, z.iso.date().refine((d) => d >= '0001-01-02', 'is out of range')])

const client = z.object({
  bin,
  company_name: filled(500),
  alternative_name: optional(500),
  company_name_ex: optional(500),
  company_name_search: optional(500),
  director: optional(255),
  registration_date: day.nullable().optional(),
  oked: matching(5, /^\d+$/, 'must be digits'),
  description: optional(2000),
  secondary_oked: optional(255),
  krp_code: matching(3, /^\d+$/, 'must be digits'),
  kato: matching(9, /^\d+$/, 'must be digits'),
  address: optional(500),
  index_ex: optional(10),
  address_ex: optional(500),
  comment_to_adress_ex: optional(500),
  subway_or_bus_ex: optional(255),
  web_site_ex: optional(255),
  vk_ex: optional(255),
  twitter_ex: optional(255),
  facebook_ex: optional(255),
  instagram_ex: optional(255),
  seal_image: optional(255),
  updated: moment.optional(),
  krp_name: reference,
  region_ex: reference,
  locality_ex: reference,
  district_ex: reference,
  rubrics: references,
  types: references,
})
export type ClientRecord = z.output<typeof client>

export interface TermRecord {
  name: string
  parent: string | undefined
}
export interface ContactRecord {
  bin: string
  value: string
  key: string
}

const termSchema = (kind: TermKind) => {
  const { field, parent } = TERM_FIELDS[kind]
  return z
    .object({ [field]: filled(255), ...(parent ? { [parent.field]: filled(255) } : {}) })
    .transform((said): TermRecord => ({ name: said[field] ?? '', parent: parent && said[parent.field] }))
}

const email = z
  .object({ email: z.email().max(254), clients_bin: bin })
  .transform((said): ContactRecord => ({ bin: said.clients_bin, value: said.email, key: said.email.toLowerCase() }))
const phone = z
  .object({
    phone_number: filled(40).refine(
      (text) => /^[+\d][\d\s().\-–]*(?:[^\d\s]{1,5}\.?\s?\d{1,6})?$/.test(text) && digitsFit(text),
      'must be a phone number',
    ),
    clients_bin: bin,
  })
  .transform((said): ContactRecord => ({ bin: said.clients_bin, value: said.phone_number, key: phoneDigits(said.phone_number) }))
const digitsFit = (text: string) => {
  const { length } = text.replaceAll(/\D/g, '')
  return length >= 5 && length <= 20
}

interface RecordOf {
  term: TermRecord
  clients: ClientRecord
  contact: ContactRecord
}
const SCHEMAS = new Map<Kind, z.ZodType>([
  ...TERM_KINDS.map((kind) => [kind, termSchema(kind)] as const),
  ['clients', client],
  ['emails', email],
  ['phone_numbers', phone],
])

export type Entry =
  | { line: number; kind: TermKind; record: RecordOf['term'] }
  | { line: number; kind: 'clients'; record: ClientRecord }
  | { line: number; kind: ContactKind; record: RecordOf['contact'] }

export interface Fault {
  line: number
  kind: string | null
  error: string
}

const isKind = (kind: unknown): kind is Kind => typeof kind === 'string' && (KINDS as readonly string[]).includes(kind)
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })

function parseJson(bytes: Uint8Array): { value: unknown } | { error: string } {
  let text: string
  try {
    text = decoder.decode(bytes)
  } catch {
    return { error: 'is not UTF-8' }
  }
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return { error: 'is not valid JSON' }
  }
}

/** Reads a line: a record, what is wrong with it, or undefined where it is blank. */
export function parseLine(line: number, bytes: Uint8Array | undefined): Entry | Fault | undefined {
  const fault = (error: string, kind: string | null = null): Fault => ({ line, kind, error })
  if (!bytes) return fault('is longer than 64 kB')
  if (bytes.every((b) => b === 32 || b === 9 || b === 13)) return undefined
  const read = parseJson(bytes)
  if ('error' in read) return fault(read.error)
  const { value } = read
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return fault('is not a JSON object')
  const kind: unknown = 'kind' in value ? value.kind : undefined
  if (!isKind(kind)) return fault('kind: no such kind', typeof kind === 'string' ? kind.slice(0, 50) : null)
  const parsed = SCHEMAS.get(kind)?.safeParse(value)
  if (!parsed?.success)
    return fault(
      parsed
        ? issuesOf(parsed.error)
            .map((i) => `${i.path}: ${i.message}`)
            .join('; ')
            .slice(0, 500)
        : '',
      kind,
    )
  return { line, kind, record: parsed.data } as Entry
}
