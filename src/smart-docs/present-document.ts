import type { Ctx } from '../context.ts'
import { amountInWords } from '../lib/amount-in-words.ts'
import type { STATUSES } from './document-schemas.ts'
import { showMoney, showPercent, showQuantity } from './fields.ts'
import type { Actor, Line } from './model.ts'
import type { smartDocuments } from './tables.ts'

export type DocumentRow = typeof smartDocuments.$inferSelect
export type DocumentStatus = (typeof STATUSES)[number]

type Listed = Omit<DocumentRow, 'snapshot' | 'search' | 'seq' | 'orgId' | 'fileId'>

const common = (ctx: Pick<Ctx, 'settings'>, row: Listed, status: DocumentStatus) => ({
  id: row.id,
  kind: row.kind,
  number: row.number,
  year: row.year,
  date: row.date,
  status,
  vat: showMoney(row.vat),
  total: showMoney(row.total),
  file: `${ctx.settings.PUBLIC_URL ?? ''}/smart_doc/documents/${row.id}/file/`,
  package_id: row.packageId,
  staff: row.staff,
  created_at: row.createdAt,
})

/** A document as lists show it. */
export const presentListed = (ctx: Pick<Ctx, 'settings'>, row: Listed, status: DocumentStatus) => ({
  ...common(ctx, row, status),
  buyer: { bin: row.buyerBin, name: row.buyerName },
})

const presentActor = (actor: Actor | null) => actor && { id: actor.id, full_name: actor.fullName, role: actor.role }

const presentLine = (line: Line, i: number) => ({
  position: i + 1,
  work: line.source === 'work' ? line.code : null,
  product: line.source === 'product' ? line.code : null,
  name: line.name,
  measure: line.measure,
  quantity: showQuantity(line.quantity),
  price: showMoney(line.price),
  vat_rate: showPercent(line.vatRate),
  net: showMoney(line.net),
  vat: showMoney(line.vat),
  total: showMoney(line.total),
  date: line.date,
  report: line.report,
})

/** A document with all that it says. */
export function presentDocument(ctx: Pick<Ctx, 'settings'>, row: DocumentRow, status: DocumentStatus) {
  const { seller, buyer, beneficiary: b, actor, accountant, releasedBy, basis, vat, lines, totals } = row.snapshot
  return {
    ...common(ctx, row, status),
    seller,
    buyer,
    beneficiary: b && { id: b.id, beneficiary: b.name, beneficiary_bank: b.bank, PIC: b.iban, BIC: b.bic, KBe: b.kbe, Knp: b.knp },
    actor: presentActor(actor),
    accountant: presentActor(accountant),
    released_by: presentActor(releasedBy),
    contract: basis,
    vat_mode: vat.mode,
    items: lines.map(presentLine),
    net: showMoney(totals.net),
    amount_in_words: { ru: amountInWords(totals.total, 'ru'), kk: amountInWords(totals.total, 'kk') },
  }
}
