import { eq, sql, type SQL } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import { AppError } from '../../http/errors.ts'
import { heldBy, outIn, signedIn } from '../../office/packages/send-subject.ts'
import { projectContracts as c, specifications as s, supplementaryAgreements as a } from './tables.ts'

// What is out for signature stays as its paper says it: see paper.ts. Decided where a change is written; the reason is looked for afterwards.

/** What the paper of a contract says of its row. */
export const CONTRACT_PAPER = [
  'projectId',
  'contractorId',
  'number',
  'date',
  'subject',
  'paymentTerms',
  'totalAmount',
  'gpPercentage',
  'plannedAdvanceAmount',
  'startDate',
  'endDate',
  'notes',
] as const
/** What the papers of its acts and agreements say of it. */
export const NAMED_ON_PAPERS = ['projectId', 'contractorId', 'number', 'date', 'subject', 'totalAmount'] as const
export const SPECIFICATION_PAPER = ['number', 'specDate', 'totalAmount', 'scopeItems'] as const

/** Whether a change says something else than a paper; what is not said stays. */
export const differs = <K extends string>(
  keys: readonly K[],
  said: Partial<Record<NoInfer<K>, unknown>>,
  before: Record<NoInfer<K>, unknown>,
) => keys.some((key) => said[key] !== undefined && JSON.stringify(said[key]) !== JSON.stringify(before[key]))

// Columns by their full names, in words: drizzle would leave the table out of what it selects.
const ID = sql`project_contracts.id`
const PACKAGE = sql`project_contracts.package_id`

const conflict = (message: string) => new AppError('conflict', message)

/** A signed contract is changed by an agreement; once one was made after that, the row may follow it. Of a row of contracts. */
const amended = (contract: SQL, packageId: SQL): SQL =>
  sql`exists (select 1 from packages as ended join supplementary_agreements as amending on amending.contract_id = ${contract}
    where ended.id = ${packageId} and ended.status = 'signed' and amending.deleted_at is null and amending.created_at >= ended.finished_at)`
const fixed = (ctx: Ctx, contract: SQL, packageId: SQL): SQL => sql`(${heldBy(ctx, packageId)} and not ${amended(contract, packageId)})`

/** The contract's paper is out, or signed and not changed by an agreement. For a `where` of contracts. */
export const paperFixed = (ctx: Ctx): SQL => fixed(ctx, ID, PACKAGE)
/** One of the contract's acts or agreements is out. */
export const namedOut = (ctx: Ctx): SQL => sql`(exists (select 1 from performance_acts as act where act.contract_id = project_contracts.id
    and act.deleted_at is null and ${outIn(ctx, sql`act.package_id`)})
  or exists (select 1 from supplementary_agreements as part where part.contract_id = project_contracts.id
    and part.deleted_at is null and ${outIn(ctx, sql`part.package_id`)}))`

const OUT = 'Контракт отправлен на подпись: сначала отзовите его.'
const NAMED = 'По контракту на подписи акт или соглашение, где это указано: дождитесь подписей или отзовите их.'

async function holdsOf(ctx: Ctx, id: number) {
  const [row] = await ctx.db
    .select({
      out: sql<number>`${outIn(ctx, PACKAGE)}`,
      signed: sql<number>`${signedIn(PACKAGE)}`,
      fixed: sql<number>`${paperFixed(ctx)}`,
      named: sql<number>`${namedOut(ctx)}`,
    })
    .from(c)
    .where(eq(c.id, id))
  return row
}

/** Refuses to change what a paper says: of the contract's own, or of those that name it. */
export async function mustBeFree(ctx: Ctx, id: number, { own, named }: { own: boolean; named: boolean }): Promise<void> {
  if (!own && !named) return
  const hold = await holdsOf(ctx, id)
  if (own && hold?.fixed) throw conflict(hold.out ? OUT : 'Контракт подписан: его условия меняет дополнительное соглашение.')
  if (named && hold?.named) throw conflict(NAMED)
}

/** What is out, or signed, is not deleted. */
export async function mayGo(ctx: Ctx, id: number): Promise<void> {
  const hold = await holdsOf(ctx, id)
  if (hold?.out) throw conflict(OUT)
  if (hold?.signed) throw conflict('Контракт подписан и не может быть удалён.')
  if (hold?.named) throw conflict(NAMED)
}
export const mayGoNow = (ctx: Ctx): SQL => sql`not ${heldBy(ctx, PACKAGE)} and not ${namedOut(ctx)}`

/** A later agreement that annuls this one, and names it on its paper, is out. */
export const annulledOut = (
  ctx: Ctx,
): SQL => sql`exists (select 1 from supplementary_agreements as later, json_each(later.supersede_agreement_ids) as old
  where later.contract_id = supplementary_agreements.contract_id and later.deleted_at is null and old.value = supplementary_agreements.id and ${outIn(ctx, sql`later.package_id`)})`
export const agreementHeld = (ctx: Ctx): SQL => heldBy(ctx, sql`supplementary_agreements.package_id`)

export async function agreementMustBeFree(ctx: Ctx, id: number, { own, named }: { own: boolean; named: boolean }): Promise<void> {
  if (!own && !named) return
  const [hold] = await ctx.db
    .select({
      out: sql<number>`${outIn(ctx, sql`supplementary_agreements.package_id`)}`,
      signed: sql<number>`${signedIn(sql`supplementary_agreements.package_id`)}`,
      named: sql<number>`${annulledOut(ctx)}`,
    })
    .from(a)
    .where(eq(a.id, id))
  if (own && hold?.out) throw conflict('Соглашение отправлено на подпись: сначала отзовите его.')
  if (own && hold?.signed) throw conflict('Соглашение подписано: его меняет или отменяет новое соглашение.')
  if (named && hold?.named) throw conflict('Соглашение названо в другом, которое сейчас на подписи: дождитесь подписей или отзовите его.')
}

/** A contract whose paper is fixed has the specification among its annexes. For a `where` of specifications. */
export const annexed = (ctx: Ctx): SQL => sql`exists (select 1 from contract_specifications as annex
  join project_contracts as whole on whole.id = annex.contract_id and whole.deleted_at is null
  where annex.specification_id = specifications.id and ${fixed(ctx, sql`whole.id`, sql`whole.package_id`)})`

export async function specificationMustBeFree(ctx: Ctx, id: number): Promise<void> {
  const [hold] = await ctx.db
    .select({ annexed: sql<number>`${annexed(ctx)}` })
    .from(s)
    .where(eq(s.id, id))
  if (hold?.annexed) throw conflict('Спецификация приложена к контракту, который подписан или на подписи.')
}
