import { and, eq, sql, type SQL } from 'drizzle-orm'
import type * as z from 'zod'
import { audit, orgOf, type Ctx } from '../../context.ts'
import { batch } from '../../db/client.ts'
import { AppError } from '../../http/errors.ts'
import { heldBy } from '../../office/packages/send-subject.ts'
import { invalid, mine, said } from '../registry/registry.ts'
import { todayIn } from '../zone.ts'
import { frozen, mustBeOfContract, mustNotBeHeld, ofContract, searchOf, takenBy } from './hold.ts'
import { loadAct, type Loaded } from './load-act.ts'
import type { ChangeAct } from './schemas.ts'
import { performanceActs as acts } from './tables.ts'

type Change = z.output<typeof ChangeAct>

const notHeld = (ctx: Ctx): SQL => sql`not ${heldBy(ctx, sql`${acts.packageId}`)}`

/** Its contract is there, none of the act's works is in another act that holds it, and none has gone, or become less, since it was included. */
export const mayBeApproved = (ctx: Ctx, id: number): SQL => sql`${ofContract} and not exists (select 1 from act_works as mine
  left join completed_works as w on w.id = mine.work_id and w.deleted_at is null and w.status = 'confirmed'
  where mine.act_id = ${id} and (w.id is null or w.contract_id is not ${acts.contractId} or mine.included_amount > w.total_amount
    or ${takenBy(ctx, sql`mine.work_id`, id)}))`

/** The columns that approving sets; written only where `mayBeApproved` holds at that moment. */
async function approval(ctx: Ctx, { act }: Loaded, wanted: boolean | undefined) {
  if (wanted === undefined || wanted === act.isApproved) return {}
  return wanted ? { isApproved: true, approvalDate: await todayIn(ctx) } : { isApproved: false, approvalDate: null }
}

function changedText({ act }: Loaded, { act_document_number: number, act_date: actDate, description }: Change) {
  const set = said({ number, actDate, description })
  const differs = (Object.keys(set) as (keyof typeof set)[]).filter((key) => set[key] !== act[key])
  return differs.length === 0
    ? {}
    : { ...set, search: searchOf(number ?? act.number, description === undefined ? act.description : description) }
}

/**
 * Number, day, description and approval. An approved act keeps its text: it changes only together with, or after, the withdrawal of its approval.
 * Of approvals side by side that hold the same work one wins: that is decided where it is written.
 */
export async function changeAct(ctx: Ctx, id: number, input: Change): Promise<Loaded> {
  const loaded = await loadAct(ctx, id)
  const { act } = loaded
  const text = changedText(loaded, input)
  const approve = await approval(ctx, loaded, input.is_approved)
  if (Object.keys(text).length === 0 && Object.keys(approve).length === 0) return loaded
  mustNotBeHeld(loaded)
  const onlyWithdraws = approve.isApproved === false && Object.keys(text).length === 0
  if (!onlyWithdraws) mustBeOfContract(loaded)
  if (act.isApproved && approve.isApproved !== false)
    throw frozen(input.act_document_number === undefined ? 'act_date' : 'act_document_number')
  const action = approve.isApproved === undefined ? 'changed' : approve.isApproved ? 'approved' : 'withdrawn'
  const when = and(
    eq(acts.id, id),
    mine(ctx, acts),
    eq(acts.isApproved, act.isApproved),
    notHeld(ctx),
    onlyWithdraws ? undefined : ofContract,
    approve.isApproved === true ? mayBeApproved(ctx, id) : undefined,
  )
  const [changed] = await batch(ctx.db, [
    ctx.db
      .update(acts)
      .set({ ...text, ...approve, updatedAt: ctx.now.toISOString() })
      .where(when)
      .returning({ id: acts.id }),
    audit(ctx, orgOf(ctx), `performance_act.${action}`, `performance_act:${id}`, sql`changes() > 0`),
  ])
  if ((changed as unknown[]).length === 0) throw await refusal(ctx, id, act.isApproved, approve.isApproved === true)
  return loadAct(ctx, id)
}

/** Why nothing was written. */
async function refusal(ctx: Ctx, id: number, wasApproved: boolean, approves: boolean): Promise<AppError> {
  const now = await loadAct(ctx, id)
  mustNotBeHeld(now)
  if (approves) mustBeOfContract(now)
  if (approves && now.act.isApproved === wasApproved && !(await mayBeTaken(ctx, id)))
    return invalid([{ path: 'is_approved', message: TAKEN }])
  return new AppError('conflict', 'Акт сейчас изменяется или отправляется на подпись.', { retryAfter: 1 })
}

const TAKEN = 'Работы акта включены в другой утверждённый или отправленный на подпись акт либо изменились.'

/** Whether an act may be approved, or sent to be, at this moment. */
async function mayBeTaken(ctx: Ctx, id: number): Promise<boolean> {
  const rows = await ctx.db
    .select({ id: acts.id })
    .from(acts)
    .where(and(eq(acts.id, id), mayBeApproved(ctx, id)))
  return rows.length > 0
}

/** Refuses an act that nobody could approve: it is not worth a signature. */
export async function mustBeApprovable(ctx: Ctx, id: number): Promise<void> {
  if (!(await mayBeTaken(ctx, id))) throw new AppError('conflict', TAKEN)
}

/** Everybody has signed: the act is approved on that day, unless another act took its works meanwhile. */
export async function approveSigned(ctx: Ctx, packageId: string, day: string): Promise<void> {
  const [act] = await ctx.db.select({ id: acts.id, orgId: acts.orgId }).from(acts).where(eq(acts.packageId, packageId))
  if (!act) return
  await batch(ctx.db, [
    ctx.db
      .update(acts)
      .set({ isApproved: true, approvalDate: day, updatedAt: ctx.now.toISOString() })
      .where(
        and(
          eq(acts.id, act.id),
          eq(acts.packageId, packageId),
          eq(acts.isApproved, false),
          sql`${acts.deletedAt} is null`,
          mayBeApproved(ctx, act.id),
        ),
      ),
    audit(ctx, act.orgId, 'performance_act.approved', `performance_act:${act.id}`, sql`changes() > 0`),
  ])
}

/** Gone under both addresses; its works are free for other acts. */
export async function removeAct(ctx: Ctx, id: number): Promise<void> {
  mustNotBeHeld(await loadAct(ctx, id))
  const at = ctx.now.toISOString()
  const [gone] = await batch(ctx.db, [
    ctx.db
      .update(acts)
      .set({ deletedAt: at, updatedAt: at })
      .where(and(eq(acts.id, id), mine(ctx, acts), notHeld(ctx)))
      .returning({ id: acts.id }),
    audit(ctx, orgOf(ctx), 'performance_act.deleted', `performance_act:${id}`, sql`changes() > 0`),
  ])
  if ((gone as unknown[]).length === 0) mustNotBeHeld(await loadAct(ctx, id))
}
