import * as z from 'zod'
import { drfPageOf, drfPageQuery } from '../http/drf-page.ts'
import { instant, iinOrBin } from '../http/fields.ts'
import { line } from '../http/operation.ts'
import { CreatePackage } from '../office/packages/schemas.ts'
import { day, hexId, money, percent, price, quantity, staffId } from './fields.ts'
import { DOCUMENT_KINDS, VAT_MODES } from './model.ts'
import { Actor, Beneficiary } from './schemas.ts'
import { FIRST_DAY } from './vat.ts'

export const MAX_ITEMS = 500

const kind = z.enum(DOCUMENT_KINDS).meta({ example: 'invoice' })
const text = (max: number, example: string) => line(max).meta({ example })
const said = (example: string) => z.string().meta({ example })
const orNull = <T extends z.ZodType>(schema: T) => schema.nullable().optional()

const PARTY = 'Name, address and director come from the directory by BIN where they are not given.'
const party = z.object({
  bin: iinOrBin,
  name: text(255, 'ТОО "ORIENT LOGIST GROUP"').optional(),
  address: orNull(text(500, 'Г.АЛМАТЫ, ПРОСПЕКТ СУЮНБАЯ, 12')),
  contacts: orNull(text(255, '+7 (727) 382-15-31')),
  director: orNull(text(255, 'ТЛЕУБАЕВ САБЫР МАМАНОВИЧ')),
})
export type PartyInput = z.output<typeof party>

const item = z
  .object({
    work: hexId.optional().meta({ example: 'a095fbe6' }),
    product: hexId.optional(),
    quantity,
    price: price.optional(),
    vat_rate: percent.nullable().optional(),
    date: orNull(day),
    report: orNull(text(255, 'Отчет № 3 от 20.11.2026, 15 стр.')),
  })
  .refine((i) => (i.work === undefined) !== (i.product === undefined), { path: ['work'], message: 'send work or product, one of them' })
export type ItemInput = z.output<typeof item>

const documentDay = day.refine((d) => d >= FIRST_DAY && d < '2100', 'is out of range')
const wholePercent = percent.default(0)

export const CreateDocument = z
  .object({
    kind,
    date: documentDay.optional().meta({ description: 'Today, in the organization’s time zone, when left out.' }),
    seller: party.optional().meta({ description: `${PARTY} Left out: as in the organization’s last document.` }),
    buyer: party.meta({ description: PARTY }),
    beneficiary: hexId.optional().meta({ description: 'Where the money goes; an invoice and a contract need it.', example: 'ffe11841' }),
    actor: hexId.optional().meta({ description: 'Who signs or hands over for the seller.', example: 'b0eff6b0' }),
    accountant: hexId.optional().meta({ description: 'Chief accountant (form З-2).', example: 'b0eff6b0' }),
    released_by: hexId.optional().meta({ description: 'Who hands the goods out (form З-2).', example: 'b0eff6b0' }),
    items: z.array(item).min(1).max(MAX_ITEMS),
    vat: z
      .object({ mode: z.enum(VAT_MODES), rate: percent.optional() })
      .optional()
      .meta({
        description:
          'Without VAT when left out; the general rate of the day when the rate is. `vat_rate` of an item counts more; null: exempt.',
      }),
    contract: z
      .object({ number: text(100, '15/26'), date: orNull(day) })
      .optional()
      .meta({ description: 'The contract on which the document stands.' }),
    act: z
      .strictObject({
        stock_usage: orNull(text(500, 'Цемент, 3 т, 120 000 KZT')),
        attachments: orNull(text(500, 'Отчет о выполненных работах')),
        attachment_pages: z.int().min(0).max(100_000).nullable().optional(),
      })
      .optional()
      .meta({ description: 'Form Р-1: stocks of the customer that were used, attachments.' }),
    delivery: z
      .strictObject({
        responsible: orNull(text(255, 'Ермеков Ж. А.')),
        carrier: orNull(text(255, 'ТОО «Қазжол транс»')),
        transport_number: orNull(text(100, '77')),
        transport_date: orNull(day),
        proxy_number: orNull(text(100, '12')),
        proxy_date: orNull(day),
        proxy_issuer: orNull(text(255, 'ТОО "ORIENT LOGIST GROUP"')),
        receiver: orNull(text(255, 'Оспанов К.')),
      })
      .optional()
      .meta({ description: 'Form З-2: how the goods travel, and by which proxy they are received.' }),
    terms: z
      .strictObject({
        city: orNull(text(100, 'Алматы')),
        subject: orNull(text(500, 'разработка программного обеспечения')),
        start_date: orNull(day),
        end_date: orNull(day),
        prepayment_percent: wholePercent,
        payment_days: z.int().min(1).max(365).default(5),
        penalty_percent: wholePercent,
        warranty_months: z.int().min(1).max(600).nullable().optional(),
      })
      .optional()
      .meta({ description: 'What the parties of a contract agree on.' }),
  })
  .meta({ id: 'CreateSmartDocument' })
export type NewDocument = z.output<typeof CreateDocument>

export const SendDocument = CreatePackage.pick({ participants: true, quorums: true, deadline: true, callback_url: true }).meta({
  id: 'SendSmartDocument',
})
export type Route = z.output<typeof SendDocument>

export const STATUSES = ['draft', 'sent', 'signed', 'declined', 'revoked', 'expired'] as const
const status = z.enum(STATUSES).meta({ example: 'draft' })

const Party = z.object({
  bin: said('120240004698'),
  name: said('ТОО "ORIENT LOGIST GROUP"'),
  address: said('Г.АЛМАТЫ, ПРОСПЕКТ СУЮНБАЯ, 12').nullable(),
  contacts: z.string().nullable().meta({ example: null }),
  director: said('ТЛЕУБАЕВ САБЫР МАМАНОВИЧ').nullable(),
})
const rate = said('16.00').nullable()
const date = z.string().nullable().meta({ example: '2026-03-01' })
const Item = z.object({
  position: z.int(),
  work: hexId.nullable(),
  product: hexId.nullable().meta({ example: null }),
  name: said('Доставка посылки курьером'),
  measure: said('шт'),
  quantity: said('1.000'),
  price: money,
  vat_rate: rate,
  net: money,
  vat: money,
  total: money,
  date,
  report: z.string().nullable().meta({ example: null }),
})
const shared = {
  id: hexId,
  kind,
  number: z.int().meta({ example: 1 }),
  year: z.int().meta({ example: 2026 }),
  date: z.string().meta({ example: '2026-11-22' }),
  status,
  vat: money.meta({ description: 'VAT of all items.' }),
  total: money.meta({ description: 'To be paid, with VAT.' }),
  file: z.string().meta({ example: 'http://127.0.0.1:8787/smart_doc/documents/5b1f0c2d/file/' }),
  package_id: z.string().nullable().meta({ example: null, description: 'The package of the office in which it was sent.' }),
  staff: staffId,
  created_at: instant,
}

export const Document = z
  .object({
    ...shared,
    seller: Party,
    buyer: Party,
    beneficiary: Beneficiary.omit({ staff: true }).nullable(),
    actor: Actor.nullable(),
    accountant: Actor.nullable(),
    released_by: Actor.nullable(),
    contract: z.object({ number: said('15/26'), date }).nullable(),
    vat_mode: z.enum(VAT_MODES),
    items: z.array(Item),
    net: money.meta({ description: 'Without VAT.' }),
    amount_in_words: z.object({ ru: said('Двадцать один тенге 00 тиын'), kk: said('Жиырма бір теңге 00 тиын') }),
  })
  .meta({ id: 'SmartDocument' })
export const ListedDocument = z
  .object({ ...shared, buyer: z.object({ bin: said('120240004698'), name: said('ТОО "ORIENT LOGIST GROUP"') }) })
  .meta({ id: 'ListedSmartDocument' })
export const Documents = drfPageOf(ListedDocument, 'SmartDocuments')

export const DocumentsQuery = z.object({
  ...drfPageQuery,
  kind: kind.optional(),
  status: status.optional(),
  year: z
    .string()
    .regex(/^\d{4}$/)
    .optional()
    .meta({ description: 'Of the document’s date.' }),
  bin: z.string().max(12).optional().meta({ description: 'Of the buyer.' }),
})
export type DocumentsAsked = z.output<typeof DocumentsQuery>
