import { and, eq, sql, type SQL } from 'drizzle-orm'
import type * as z from 'zod'
import { audit, orgOf, type Ctx } from '../../context.ts'
import { batch, sqliteMessage } from '../../db/client.ts'
import { AppError, type FieldIssue } from '../../http/errors.ts'
import { sumMoney } from '../../lib/money.ts'
import { heldBy } from '../../office/packages/send-subject.ts'
import { projectContracts } from '../contracts/tables.ts'
import { insertedId, invalid, mine } from '../registry/registry.ts'
import { completedWorks } from '../works/tables.ts'
import { mustBeOpen, ofContract, searchOf, takenBy } from './hold.ts'
import { getAct, loadAct } from './load-act.ts'
import { includeWorks, type Included, type Part } from './parts.ts'
import type { ActWorks, NewAct } from './schemas.ts'
import { actWorks, performanceActs as acts } from './tables.ts'

/** How often the choice is worked out anew when works change under it. */
const ATTEMPTS = 3

/** The chosen works as they are now. */
async function worksOf(ctx: Ctx, contractId: number, actId: number | null, ids: readonly number[]) {
  if (ids.length === 0) return new Map<number, never>()
  const rows = await ctx.db
    .select({
      id: completedWorks.id,
      quantity: completedWorks.quantity,
      totalAmount: completedWorks.totalAmount,
      status: completedWorks.status,
      isTaken: sql<number>`${takenBy(ctx, sql`completed_works.id`, actId)}`,
    })
    .from(completedWorks)
    .where(
      and(
        sql`${completedWorks.id} in (select value from json_each(${JSON.stringify(ids)}))`,
        eq(completedWorks.contractId, contractId),
        sql`${completedWorks.deletedAt} is null`,
      ),
    )
  return new Map(
    rows.map(({ status, isTaken, ...work }) => [work.id, { ...work, isConfirmed: status === 'confirmed', isTaken: isTaken === 1 }]),
  )
}

/** All of them are still as they were seen: confirmed, of the contract, worth the same, in no other act that holds them. */
const stillSo = (ctx: Ctx, contractId: SQL | number, actId: number | null, rows: string, count: number): SQL => sql`(select count(*)
  from json_each(${rows}) as chosen join completed_works as w on w.id = chosen.value ->> 'w'
  where w.contract_id = ${contractId} and w.status = 'confirmed' and w.deleted_at is null
    and w.quantity = chosen.value ->> 'wq' and w.total_amount = chosen.value ->> 'wa'
    and not ${takenBy(ctx, sql`w.id`, actId)}) = ${count}`

const asJson = (included: readonly Included[]) =>
  JSON.stringify(included.map((x) => ({ w: x.workId, q: x.quantity, a: x.amount, n: x.notes, wq: x.of.quantity, wa: x.of.totalAmount })))
const insertWorks = (ctx: Ctx, actId: SQL, rows: string) =>
  ctx.db.run(sql`insert into act_works (act_id, work_id, included_quantity, included_amount, notes)
    select ${actId}, value ->> 'w', value ->> 'q', value ->> 'a', value ->> 'n' from json_each(${rows})`)

/** The guard of these batches: what must hold is written as a value that may not be null, so that nothing of the batch happens where it does not. */
const refused = (error: unknown) => sqliteMessage(error).includes('NOT NULL constraint failed: performance_acts.')

async function compose(
  ctx: Ctx,
  at: { contractId: number; actId: number | null; ids: readonly number[]; parts: readonly Part[] },
  write: (included: Included[]) => Promise<number>,
  found: () => Promise<FieldIssue[]> = async () => [],
): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const [works, others] = await Promise.all([worksOf(ctx, at.contractId, at.actId, at.ids), found()])
    const { included, issues } = includeWorks(at.ids, at.parts, works)
    const all = [...others, ...issues]
    if (all.length > 0) throw invalid(all)
    try {
      return await write(included)
    } catch (error) {
      if (!refused(error)) throw error
      if (attempt === ATTEMPTS) throw new AppError('conflict', 'Работы акта сейчас изменяются. Повторите попытку.', { retryAfter: 1 })
    }
  }
}

/** An act of an active contract, with confirmed works of it or, for now, without any. */
export async function createAct(ctx: Ctx, input: z.output<typeof NewAct>) {
  const orgId = orgOf(ctx)
  const { contract_id: contractId, act_document_number: number, description = null } = input
  const now = ctx.now.toISOString()
  const active = sql`(select ${projectContracts.id} from ${projectContracts} where ${projectContracts.id} = ${contractId}
    and ${mine(ctx, projectContracts)} and ${projectContracts.status} = 'active')`
  const mustBeActive = async (): Promise<FieldIssue[]> => {
    const [found] = await ctx.db
      .select({ status: projectContracts.status })
      .from(projectContracts)
      .where(and(eq(projectContracts.id, contractId), mine(ctx, projectContracts)))
    if (found?.status === 'active') return []
    return [{ path: 'contract_id', message: found ? 'Контракт не активен.' : 'Контракт не найден в вашей организации.' }]
  }
  const id = await compose(
    ctx,
    { contractId, actId: null, ids: input.work_ids ?? [], parts: input.parts ?? [] },
    async (included) => {
      const rows = asJson(included)
      const [made] = await batch(ctx.db, [
        ctx.db
          .insert(acts)
          .values({
            orgId,
            contractId: sql`case when ${stillSo(ctx, contractId, null, rows, included.length)} then ${active} end`,
            number,
            actDate: input.act_date,
            description,
            amount: sumMoney(included.map((x) => x.amount)),
            search: searchOf(number, description),
            createdAt: now,
            updatedAt: now,
          })
          .returning({ id: acts.id }),
        insertWorks(ctx, insertedId(acts), rows),
        audit(ctx, orgId, 'performance_act.created', 'performance_act'),
      ])
      const [row] = made as { id: number }[]
      if (!row) throw new Error('the act was not written')
      return row.id
    },
    mustBeActive,
  )
  return getAct(ctx, id)
}

/** Puts other works into an act that is not approved yet, in place of all it had. */
export async function replaceWorks(ctx: Ctx, id: number, { work_ids, parts = [] }: z.output<typeof ActWorks>) {
  const loaded = await loadAct(ctx, id)
  const { contractId } = loaded.act
  await compose(
    ctx,
    { contractId, actId: id, ids: work_ids, parts },
    async (included) => {
      const rows = asJson(included)
      const open = sql`${acts.isApproved} = 0 and ${acts.deletedAt} is null and not ${heldBy(ctx, sql`${acts.packageId}`)} and ${ofContract}`
      await batch(ctx.db, [
        ctx.db
          .update(acts)
          .set({
            amount: sql`case when ${open} and ${stillSo(ctx, contractId, id, rows, included.length)} then ${sumMoney(included.map((x) => x.amount))} end`,
            updatedAt: ctx.now.toISOString(),
          })
          .where(eq(acts.id, id)),
        ctx.db.delete(actWorks).where(eq(actWorks.actId, id)),
        insertWorks(ctx, sql`${id}`, rows),
        audit(ctx, orgOf(ctx), 'performance_act.composed', `performance_act:${id}`),
      ])
      return id
    },
    async () => {
      mustBeOpen(await loadAct(ctx, id))
      return []
    },
  )
  return getAct(ctx, id)
}
