import { eq, sql } from 'drizzle-orm'
import { orgOf, type Ctx } from '../../context.ts'
import { showMoney, showRate, showSum } from '../../http/numbers.ts'
import { organizations } from '../../identity/tables.ts'
import { dayIn } from '../../lib/dates.ts'
import { contractorsQuery, presentContractor, type ContractorRow } from '../contractors/contractors.ts'
import { showSigning, statusesQuery, type SubjectStatus } from '../../office/packages/send-subject.ts'
import { projects } from '../projects/tables.ts'
import { longStamp } from '../stamps.ts'
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
  const projectIds = [...new Set(rows.map(({ projectId }) => projectId).filter((id) => id !== null))]
  const [zone, whose, where, above, below, sent] = await ctx.db.batch([
    ctx.db
      .select({ zone: organizations.timeZone })
      .from(organizations)
      .where(eq(organizations.id, orgOf(ctx))),
    contractorsQuery(
      ctx,
      rows.map((row) => row.contractorId),
    ),
    ctx.db
      .select({ id: projects.id, name: projects.name, address: projects.address, status: projects.status })
      .from(projects)
      .where(sql`${projects.id} in (select value from json_each(${JSON.stringify(projectIds)}))`),
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
  const children = new Map<number, ShortRow[]>()
  for (const child of below) if (child.parentId !== null) children.set(child.parentId, [...(children.get(child.parentId) ?? []), child])
  return {
    contractors: byId(whose),
    projects: byId(where),
    parents: byId(above),
    children,
    sent,
    today: dayIn(ctx.now, zone[0]?.zone ?? ctx.settings.TIME_ZONE),
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
