import { sql, type SQL } from 'drizzle-orm'
import type * as z from 'zod'
import type { Ctx } from '../../context.ts'
import { showMoney } from '../../http/numbers.ts'
import { definePages, type PageQuery } from '../../http/page-list.ts'
import { mine, said, verbsOf, mineCounted } from '../registry/registry.ts'
import { isoStamp } from '../stamps.ts'
import { contracts } from './contracts.ts'
import type { ChangePayment, NewPayment } from './part-schemas.ts'
import { contractReference } from './short.ts'
import { contractPayments as t, projectContracts, type PAYMENT_TYPES } from './tables.ts'

const LABELS: Record<(typeof PAYMENT_TYPES)[number], string> = {
  advance: 'Авансовый платеж',
  fact_payment: 'Оплата по факту',
  deferred_payment: 'Отложенный платеж',
  other: 'Прочий платеж',
}

export const paymentPages = definePages({ counted: 'contract_payments', key: t.id, sorts: { payment_date: t.paymentDate } })

type Change = z.output<typeof ChangePayment>
type New = z.output<typeof NewPayment> & { contract_id: number }

/** What belongs to a deleted contract is gone with it. */
export const ofLivingContract = (contractId: typeof t.contractId | SQL): SQL =>
  sql`exists (select 1 from ${projectContracts} where ${projectContracts.id} = ${contractId} and ${projectContracts.deletedAt} is null)`

const columnsOf = (input: Change) =>
  said({
    paymentDate: input.payment_date,
    amount: input.amount,
    paymentType: input.payment_type,
    referenceDocumentNumber: input.reference_document_number,
    description: input.description,
  })

/** Each write moves the contract's sums by triggers, in the same transaction. A removed payment is gone for good. */
export const payments = verbsOf({
  table: t,
  noun: 'contract_payment',
  missing: 'Платеж не найден',
  list: paymentPages,
  seen: (ctx) => sql`${mine(ctx, t)} and ${ofLivingContract(t.contractId)}`,
  // Lists are of one contract, which is found before.
  scope: mineCounted,
  columns: (input: New) => ({ ...columnsOf(input), contractId: input.contract_id }),
  changes: columnsOf,
  references: (input) => ('contract_id' in input ? [contractReference(input.contract_id)] : []),
  holds: () => ofLivingContract(t.contractId),
  related: async () => undefined,
  present: (row) => ({
    id: row.id,
    contract_id: row.contractId,
    payment_date: row.paymentDate,
    amount: showMoney(row.amount),
    payment_type: row.paymentType,
    payment_type_label: LABELS[row.paymentType],
    reference_document_number: row.referenceDocumentNumber,
    description: row.description,
    created_at: isoStamp(row.createdAt),
    updated_at: isoStamp(row.updatedAt),
  }),
  hardRemove: true,
})

export async function recordPayment(ctx: Ctx, contractId: number, input: z.output<typeof NewPayment>) {
  await contracts.load(ctx, contractId)
  return payments.create(ctx, { ...input, contract_id: contractId })
}

export async function paymentsOf(ctx: Ctx, contractId: number, query: PageQuery) {
  const listed = payments.list(ctx, query, sql`${t.contractId} = ${contractId}`, { column: 'contract_id', values: [contractId] })
  const [, page] = await Promise.all([contracts.load(ctx, contractId), listed])
  return page
}
