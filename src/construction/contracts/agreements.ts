import { and, eq, sql } from 'drizzle-orm'
import type * as z from 'zod'
import type { Ctx } from '../../context.ts'
import { orNull, showMoney } from '../../http/numbers.ts'
import type { FieldIssue } from '../../http/errors.ts'
import { definePages, type PageQuery } from '../../http/page-list.ts'
import { showSigning, statusesQuery } from '../../office/packages/send-subject.ts'
import { invalid, mine, said, verbsOf, mineCounted } from '../registry/registry.ts'
import { isoStamp } from '../stamps.ts'
import { contracts } from './contracts.ts'
import { agreementHeld, agreementMustBeFree, annulledOut, differs } from './held.ts'
import type { ChangeAgreement, NewAgreement } from './part-schemas.ts'
import { ofLivingContract } from './payments.ts'
import { contractReference } from './short.ts'
import { supplementaryAgreements as t } from './tables.ts'

type New = z.output<typeof NewAgreement>
type Change = z.output<typeof ChangeAgreement>
type Row = typeof t.$inferSelect

export const agreementPages = definePages({ counted: 'supplementary_agreements', key: t.id, sorts: { agreement_date: t.agreementDate } })

const unique = (ids: number[] | null | undefined) => (ids ? [...new Set(ids)] : ids)

const columnsOf = (input: Change) =>
  said({
    number: input.number,
    agreementDate: input.agreement_date,
    changeAmount: input.change_amount,
    supersedeAgreementIds: unique(input.supersede_agreement_ids),
    subjectChanges: input.subject_changes,
    subcontractChanges: input.subcontract_changes,
    gpChanges: input.gp_changes,
    advanceChanges: input.advance_changes,
  })

const NOT_EARLIER = 'Отменить можно только более раннее соглашение этого же контракта.'

/** What a change would part from papers that are out: all of an agreement is on its own, number and day on one that annuls it. */
const papersOf = (input: New | Change, before: Row) => {
  const set = columnsOf(input)
  return { own: differs(Object.keys(set) as (keyof typeof set)[], set, before), named: differs(['number', 'agreementDate'], set, before) }
}

/** Each agreement that is named must be a living, earlier one of the contract. Those that were named before may be deleted by now. */
async function superseded(ctx: Ctx, input: New | Change, before: Row | undefined): Promise<FieldIssue[]> {
  const named = unique(input.supersede_agreement_ids) ?? []
  const contractId = before?.contractId ?? ('contract_id' in input ? input.contract_id : 0)
  if (named.length === 0) return []
  const rows = await ctx.db
    .select({ id: t.id, date: t.agreementDate })
    .from(t)
    .where(and(mine(ctx, t), eq(t.contractId, contractId), sql`${t.id} in (select value from json_each(${JSON.stringify(named)}))`))
  const dates = new Map(rows.map(({ id, date }) => [id, date]))
  const own = input.agreement_date ?? before?.agreementDate ?? ''
  const kept = new Set(before?.supersedeAgreementIds)
  return named.flatMap((id, i) => {
    const date = dates.get(id)
    const path = `supersede_agreement_ids.${i}`
    if (date === undefined) return kept.has(id) ? [] : [{ path, message: 'Соглашение не найдено среди соглашений этого контракта.' }]
    const earlier = date < own || (date === own && (before === undefined || id < before.id))
    return earlier ? [] : [{ path, message: NOT_EARLIER }]
  })
}

/** Changes to contracts. Which of them count is worked out when they are added up: see `agreementsDelta`. */
export const agreements = verbsOf({
  table: t,
  noun: 'supplementary_agreement',
  missing: 'Соглашение не найдено',
  list: agreementPages,
  seen: (ctx) => sql`${mine(ctx, t)} and ${ofLivingContract(sql`${t.contractId}`)}`,
  // Lists are of one contract, which is found before.
  scope: mineCounted,
  columns: (input: New) => ({ ...columnsOf(input), contractId: input.contract_id }),
  changes: columnsOf,
  references: (input) => ('contract_id' in input ? [contractReference(input.contract_id)] : []),
  check: async (input, { ctx, before }) => {
    if (before) await agreementMustBeFree(ctx, before.id, papersOf(input, before))
    return superseded(ctx, input, before)
  },
  holds: (input, { ctx, before }) => {
    const { own, named } = papersOf(input, before)
    return and(
      ofLivingContract(sql`${t.contractId}`),
      own ? sql`not ${agreementHeld(ctx)}` : undefined,
      named ? sql`not ${annulledOut(ctx)}` : undefined,
    )
  },
  mayRemove: (ctx, { id }) => agreementMustBeFree(ctx, id, { own: true, named: true }),
  unused: (_, ctx) => sql`not ${agreementHeld(ctx)} and not ${annulledOut(ctx)}`,
  unique: {
    'supplementary_agreements.number': { path: 'number', message: 'Соглашение с таким номером уже есть у этого контракта.' },
  },
  refusals: { 'agreement order': () => invalid([{ path: 'supersede_agreement_ids', message: NOT_EARLIER }]) },
  related: async (ctx, rows) => {
    const ids = rows.map((row) => row.packageId).filter((id) => id !== null)
    return ids.length === 0 ? [] : statusesQuery(ctx, ids)
  },
  present: (row, sent) => ({
    id: row.id,
    contract_id: row.contractId,
    number: row.number,
    agreement_date: row.agreementDate,
    change_amount: orNull(row.changeAmount, showMoney),
    supersede_agreement_ids: row.supersedeAgreementIds,
    subject_changes: row.subjectChanges,
    subcontract_changes: row.subcontractChanges,
    gp_changes: row.gpChanges,
    advance_changes: row.advanceChanges,
    signing: showSigning(row.packageId, sent),
    created_at: isoStamp(row.createdAt),
    updated_at: isoStamp(row.updatedAt),
  }),
})

export async function agreementsOf(ctx: Ctx, contractId: number, query: PageQuery) {
  const listed = agreements.list(ctx, query, eq(t.contractId, contractId), { column: 'contract_id', values: [contractId] })
  const [, page] = await Promise.all([contracts.load(ctx, contractId), listed])
  return page
}
