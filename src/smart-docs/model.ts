/** What smart documents are made of. Money is in tiyn, quantities in thousandths, rates in hundredths of a per cent, dates are `YYYY-MM-DD`. */

/** Счёт на оплату, АВР (форма Р-1), накладная на отпуск запасов на сторону (форма З-2), договор на выполнение работ. */
export const DOCUMENT_KINDS = ['invoice', 'act', 'waybill', 'contract'] as const
export type DocumentKind = (typeof DOCUMENT_KINDS)[number]

/** No VAT at all; VAT is within the prices; VAT comes on top of them. */
export const VAT_MODES = ['none', 'included', 'on_top'] as const
export type VatMode = (typeof VAT_MODES)[number]

export interface Party {
  /** BIN, or the IIN of a person or a sole entrepreneur. */
  bin: string
  name: string
  address: string | null
  /** Phone, e-mail: as forms print means of communication. */
  contacts: string | null
  director: string | null
}

export interface Beneficiary {
  id: string
  name: string
  bank: string
  iban: string
  bic: string
  kbe: string
  knp: string
}

export interface Actor {
  id: string
  fullName: string
  role: string
}

/** What three numbers a line comes to; `net` and `vat` add up to `total`. */
export interface Sums {
  net: number
  vat: number
  total: number
}

export interface Line extends Sums {
  /** The id of the work or product: its code or item number on paper. */
  code: string
  source: 'work' | 'product'
  name: string
  measure: string
  quantity: number
  price: number
  /** Null: without VAT. */
  vatRate: number | null
  /** When the work was done, where that differs from line to line (column 3 of Р-1). */
  date: string | null
  /** Report on research or consulting: date, number, pages (column 4 of Р-1). */
  report: string | null
}

export interface Basis {
  number: string
  date: string | null
}

/** What form Р-1 has below its table. */
export interface ActDetails {
  stockUsage: string | null
  attachments: string | null
  attachmentPages: number | null
}

/** What form З-2 says of the way of the goods. */
export interface Delivery {
  responsible: string | null
  carrier: string | null
  transportNumber: string | null
  transportDate: string | null
  proxyNumber: string | null
  proxyDate: string | null
  proxyIssuer: string | null
  receiver: string | null
}

/** What parties of a contract agree on besides works and price. */
export interface Terms {
  city: string | null
  subject: string | null
  startDate: string | null
  endDate: string | null
  prepaymentPercent: number
  paymentDays: number
  penaltyPercent: number
  warrantyMonths: number | null
}

/** Everything that a document says, apart from its number. `v` is the shape's version. */
export interface Snapshot {
  v: 1
  seller: Party
  buyer: Party
  beneficiary: Beneficiary | null
  actor: Actor | null
  accountant: Actor | null
  releasedBy: Actor | null
  basis: Basis | null
  vat: { mode: VatMode; rate: number | null }
  lines: Line[]
  totals: Sums
  act: ActDetails | null
  delivery: Delivery | null
  terms: Terms | null
}

/** A document as it is drawn. */
export interface Paper extends Snapshot {
  kind: DocumentKind
  number: number
  date: string
}
