import { asc, eq } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import { showMoney, showQuantity } from '../../http/numbers.ts'
import { completedWorks } from '../works/tables.ts'
import { presentWorksFull } from '../works/present.ts'
import { isoStamp } from '../stamps.ts'
import { presentSigning, type Loaded } from './load-act.ts'
import { actWorks } from './tables.ts'

/** The same act under its other address: with its works whole, and how much of each it includes. */
export async function showPerformanceAct(ctx: Ctx, { act, contract, project, status }: Loaded) {
  const rows = await ctx.db
    .select({ included: actWorks, work: completedWorks })
    .from(actWorks)
    .innerJoin(completedWorks, eq(completedWorks.id, actWorks.workId))
    .where(eq(actWorks.actId, act.id))
    .orderBy(asc(completedWorks.completionDate), asc(completedWorks.id))
  const works = await presentWorksFull(
    ctx,
    rows.map(({ work }) => work),
  )
  return {
    id: act.id,
    contract_id: act.contractId,
    act_document_number: act.number,
    act_date: act.actDate,
    description: act.description,
    amount: showMoney(act.amount),
    is_approved: act.isApproved,
    approval_date: act.approvalDate,
    created_at: isoStamp(act.createdAt),
    updated_at: isoStamp(act.updatedAt),
    contract: {
      id: contract.id,
      contract_number: contract.number,
      project_name: project?.name ?? null,
      contractor_name: contract.contractorName,
    },
    completed_works: works.map((work, i) => ({
      ...work,
      included_quantity: showQuantity(rows[i]?.included.includedQuantity ?? 0),
      included_amount: showMoney(rows[i]?.included.includedAmount ?? 0),
    })),
    signing: presentSigning(act.packageId, status),
  }
}
