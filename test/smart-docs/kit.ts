import { must } from '../app.ts'
import type { Company } from '../factories.ts'

export interface Thing {
  id: string
  staff: string
  price: string
  image: string | null
}
export interface Page<T> {
  count: number
  next: string | null
  previous: string | null
  results: T[]
}
export interface Document {
  id: string
  kind: string
  number: number
  year: number
  date: string
  status: string
  net: string
  vat: string
  total: string
  file: string
  package_id: string | null
  staff: string
  seller: Party
  buyer: Party
  beneficiary: Record<string, string> | null
  items: Record<string, unknown>[]
  amount_in_words: { ru: string; kk: string }
}
interface Party {
  bin: string
  name: string
  address: string | null
  contacts: string | null
  director: string | null
}

export const SELLER = { bin: '180540034205', name: 'ТОО "DELUXE TRADE COMPANY"', address: 'г. Алматы, мкр. Қайрат, 181' }
export const BUYER = { bin: '120240004698', name: 'ТОО "ORIENT LOGIST GROUP"' }
export const WORK = { name: 'Доставка посылки курьером', description: '', measure: 'шт', price: '21.00' }
export const PRODUCT = { ...WORK, name: 'ASUS laptop 4gb', manufacturer: 'ASUS', image: null, price: '350000.00' }
export const ACTOR = { full_name: 'Боранбаев Азамат Қайратұлы', role: 'Директор' }
export const BENEFICIARY = {
  beneficiary: 'ТОО "DELUXE TRADE COMPANY"',
  beneficiary_bank: 'АО "CAPITAL BANK KAZAKHSTAN”',
  PIC: 'KZ417812870193980012',
  BIC: 'TBKBKZKA',
  KBe: '17',
  Knp: '710',
}

export const make = (company: Pick<Company, 'token'>, name: string, body: object) =>
  must<Thing>(201, 'POST', `/smart_doc/${name}/`, { token: company.token, body })

/** One of each thing that documents are made from, by name of the field. */
export async function things(company: Company) {
  const [work, product] = [await make(company, 'works', WORK), await make(company, 'products', PRODUCT)]
  const [actor, beneficiary] = [await make(company, 'actors', ACTOR), await make(company, 'beneficiaries', BENEFICIARY)]
  return { work: work.id, product: product.id, actor: actor.id, beneficiary: beneficiary.id }
}

/** A body that makes an invoice. */
export const invoiceOf = ({ work, actor, beneficiary }: Awaited<ReturnType<typeof things>>, more: object = {}) => ({
  kind: 'invoice',
  seller: SELLER,
  buyer: BUYER,
  beneficiary,
  actor,
  items: [{ work, quantity: '2' }],
  ...more,
})

export const makeDocument = (company: Pick<Company, 'token'>, body: object) =>
  must<Document>(201, 'POST', '/smart_doc/documents/', { token: company.token, body })
