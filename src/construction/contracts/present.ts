import type { Ctx } from '../../context.ts'
import { asked, isAsked } from '../../db/asked.ts'
import { showMoney, showRate, showSum } from '../../http/numbers.ts'
import { contractorsQuery, presentContractor, type ContractorRow } from '../contractors/contractors.ts'
import { showSigning, statusesQuery, type SubjectStatus } from '../../office/packages/send-subject.ts'
import { projects } from '../projects/tables.ts'
import { longStamp } from '../stamps.ts'
import { todayIn } from '../zone.ts'
import { advanceOf, completionOf, generalShare, isOverdue, remainingOf, showPercent } from './money.ts'
import { childrenQuery, presentShort, shortContractsQuery, type ShortRow } from './short.ts'
import type { projectContracts } from './tables.ts'

export type ContractRow = typeof projectContracts.$inferSelect

/** What a contract shows of other things, and the day on which it is shown. */
export interface Related {
  contractors: Map<number, ContractorRow>
  projects: Map<number, Pick<typeof projects.$inferSelect, 'id' | 'name' | 'address' | 'status'>>
  parents: Map<number, ShortRow>
  children: Map<number, ShortRow[]>
  /** How the packages stand that contracts were sent in. */
  sent: { id: string; status: SubjectStatus }[]
  today: string
}

const byId = <T extends { id: number }>(rows: T[]) => new Map(rows.map((row) => [row.id, row]))

/** Of all contracts of a page, in one trip. */
export async function relatedOf(ctx: Ctx, rows: ContractRow[]): Promise<Related> {
  const ids = rows.map(({ id }) => id)
  const related = ctx.db.batch([
    contractorsQuery(
      ctx,
      rows.map((row) => row.contractorId),
    ),
    ctx.db
      .select({ id: projects.id, name: projects.name, address: projects.address, status: projects.status })
      .from(asked(rows.map(({ projectId }) => projectId)))
      .crossJoin(projects)
      .where(isAsked(projects.id)),
    shortContractsQuery(
      ctx,
      rows.map((row) => row.parentId),
    ),
    childrenQuery(ctx, ids),
    statusesQuery(
      ctx,
      rows.map((row) => row.packageId),
    ),
  ])
  const [today, [whose, where, above, below, sent]] = await Promise.all([todayIn(ctx), related])
  const children = new Map<number, ShortRow[]>()
  for (const child of below.toSorted((a, b) => a.id - b.id))
    if (child.parentId !== null) children.set(child.parentId, [...(children.get(child.parentId) ?? []), child])
  return {
    contractors: byId(whose),
    projects: byId(where),
    parents: byId(above),
    children,
    sent,
    today,
  }
}

export function presentContract(row: ContractRow, { contractors, projects: known, parents, children, sent, today }: Related) {
  const contractor = contractors.get(row.contractorId)
  const parent = row.parentId === null ? undefined : parents.get(row.parentId)
  const share = generalShare(row.totalAmount, row.gpPercentage)
  const advance = advanceOf(row.plannedAdvanceAmount, row.actualAdvanceAmount)
  return {
    id: row.id,
    organization_id: row.orgId,
    project: (row.projectId === null ? undefined : known.get(row.projectId)) ?? null,
    contractor: contractor ? presentContractor(contractor) : null,
    parent_contract: parent ? presentShort(parent) : null,
    child_contracts: (children.get(row.id) ?? []).map(presentShort),
    number: row.number,
    date: row.date,
    subject: row.subject,
    work_type_category: row.workTypeCategory,
    payment_terms: row.paymentTerms,
    total_amount: showMoney(row.totalAmount),
    gp_percentage: showRate(row.gpPercentage),
    gp_amount: showSum(share.amount),
    total_amount_with_gp: showSum(share.totalWith),
    planned_advance_amount: showMoney(row.plannedAdvanceAmount),
    actual_advance_amount: showSum(row.actualAdvanceAmount),
    remaining_advance_amount: showSum(advance.remaining),
    advance_payment_percentage: showPercent(advance.percentage),
    is_advance_fully_paid: advance.isFullyPaid,
    status: row.status,
    start_date: row.startDate,
    end_date: row.endDate,
    is_overdue: isOverdue(row, today),
    notes: row.notes,
    completed_works_amount: showSum(row.completedAmount),
    remaining_amount: showSum(remainingOf(row.completedAmount, row.totalAmount)),
    completion_percentage: showPercent(completionOf(row.completedAmount, row.totalAmount)),
    total_paid_amount: showSum(row.paidAmount),
    total_performed_amount: showSum(row.performedAmount),
    signing: showSigning(row.packageId, sent),
    created_at: longStamp(row.createdAt),
    updated_at: longStamp(row.updatedAt),
  }
}
