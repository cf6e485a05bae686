import { and, eq, isNull, sql } from 'drizzle-orm'
import { orgOf, type Ctx } from '../../context.ts'
import { showMoney, showRate, showSum } from '../../http/numbers.ts'
import { organizations } from '../../identity/tables.ts'
import { dayIn } from '../../lib/dates.ts'
import { performanceActs } from '../acts/tables.ts'
import { completedWorks } from '../works/tables.ts'
import { contracts } from './contracts.ts'
import {
  advanceOf,
  agreementsDelta,
  completionOf,
  daysUntil,
  generalShare,
  HUNDRED,
  isNearingLimit,
  isOverdue,
  remainingOf,
  showPercent,
} from './money.ts'
import type { ContractRow } from './present.ts'
import { contractPayments, contractSpecifications, projectContracts, specifications, supplementaryAgreements } from './tables.ts'

const count = sql<number>`count(*)`
// total(): a sum that never overflows.
const sumOf = (column: typeof projectContracts.totalAmount | typeof specifications.totalAmount) => sql<number>`total(${column})`

/** What there is of a contract, in one trip. */
async function partsOf(ctx: Ctx, id: number) {
  const [zone, works, acts, [payments], [children], agreements, [attached]] = await ctx.db.batch([
    ctx.db
      .select({ zone: organizations.timeZone })
      .from(organizations)
      .where(eq(organizations.id, orgOf(ctx))),
    ctx.db
      .select({ status: completedWorks.status, count })
      .from(completedWorks)
      .where(and(eq(completedWorks.contractId, id), isNull(completedWorks.deletedAt)))
      .groupBy(completedWorks.status),
    ctx.db
      .select({ approved: performanceActs.isApproved, count })
      .from(performanceActs)
      .where(and(eq(performanceActs.contractId, id), isNull(performanceActs.deletedAt)))
      .groupBy(performanceActs.isApproved),
    ctx.db
      .select({ count })
      .from(contractPayments)
      .where(and(eq(contractPayments.contractId, id), isNull(contractPayments.deletedAt))),
    ctx.db
      .select({ count, amount: sumOf(projectContracts.totalAmount) })
      .from(projectContracts)
      .where(and(eq(projectContracts.parentId, id), isNull(projectContracts.deletedAt))),
    ctx.db
      .select({
        id: supplementaryAgreements.id,
        changeAmount: supplementaryAgreements.changeAmount,
        supersedes: supplementaryAgreements.supersedeAgreementIds,
      })
      .from(supplementaryAgreements)
      .where(and(eq(supplementaryAgreements.contractId, id), isNull(supplementaryAgreements.deletedAt))),
    ctx.db
      .select({ count, amount: sumOf(specifications.totalAmount) })
      .from(contractSpecifications)
      .innerJoin(specifications, eq(specifications.id, contractSpecifications.specificationId))
      .where(and(eq(contractSpecifications.contractId, id), isNull(specifications.deletedAt))),
  ])
  const of = (status: string) => works.find((row) => row.status === status)?.count ?? 0
  return {
    today: dayIn(ctx.now, zone[0]?.zone ?? ctx.settings.TIME_ZONE),
    works: { all: works.reduce((sum, row) => sum + row.count, 0), confirmed: of('confirmed'), draft: of('draft') },
    acts: { all: acts.reduce((sum, row) => sum + row.count, 0), approved: acts.find((row) => row.approved)?.count ?? 0 },
    payments: payments?.count ?? 0,
    children: { count: children?.count ?? 0, amount: children?.amount ?? 0 },
    agreements: { count: agreements.length, delta: agreementsDelta(agreements.map((a) => ({ ...a, supersedes: a.supersedes ?? [] }))) },
    specifications: { count: attached?.count ?? 0, amount: attached?.amount ?? 0 },
  }
}

type Parts = Awaited<ReturnType<typeof partsOf>>

/** The contract with what agreements, children and specifications make of its price. */
export function analyse(row: ContractRow, parts: Parts) {
  const total = row.totalAmount + parts.agreements.delta + parts.children.amount + parts.specifications.amount
  const share = generalShare(total, row.gpPercentage)
  const advance = advanceOf(row.plannedAdvanceAmount, row.actualAdvanceAmount)
  const completion = completionOf(row.completedAmount, total)
  return {
    financial: {
      total_amount: showSum(total),
      base_contract_amount: showMoney(row.totalAmount),
      agreements_delta: showSum(parts.agreements.delta),
      child_contracts_amount: showSum(parts.children.amount),
      specifications_amount: showSum(parts.specifications.amount),
      gp_percentage: showRate(row.gpPercentage),
      gp_amount: showSum(share.amount),
      total_amount_with_gp: showSum(share.totalWith),
      completed_works_amount: showSum(row.completedAmount),
      remaining_amount: showSum(remainingOf(row.completedAmount, total)),
      completion_percentage: showPercent(completion),
      total_paid_amount: showSum(row.paidAmount),
      total_performed_amount: showSum(row.performedAmount),
      planned_advance_amount: showMoney(row.plannedAdvanceAmount),
      actual_advance_amount: showSum(row.actualAdvanceAmount),
      remaining_advance_amount: showSum(advance.remaining),
      advance_payment_percentage: showPercent(advance.percentage),
      is_advance_fully_paid: advance.isFullyPaid,
    },
    status: {
      current_status: row.status,
      is_nearing_limit: isNearingLimit(completion),
      can_add_work: row.status === 'active' && completion < HUNDRED,
      is_overdue: isOverdue(row, parts.today),
      days_until_deadline: daysUntil(row.endDate, parts.today),
    },
    counts: {
      total_works: parts.works.all,
      confirmed_works: parts.works.confirmed,
      pending_works: parts.works.draft,
      performance_acts: parts.acts.all,
      approved_acts: parts.acts.approved,
      payments_count: parts.payments,
      child_contracts: parts.children.count,
      agreements_count: parts.agreements.count,
      specifications_count: parts.specifications.count,
    },
  }
}

export async function contractAnalytics(ctx: Ctx, id: number) {
  const row = await contracts.load(ctx, id)
  return analyse(row, await partsOf(ctx, id))
}
