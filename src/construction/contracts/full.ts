import { and, desc, eq, isNull } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import { showMoney, showQuantity, orNull } from '../../http/numbers.ts'
import { performanceActs } from '../acts/tables.ts'
import { workTypes } from '../work-types/tables.ts'
import { completedWorks } from '../works/tables.ts'
import { agreements } from './agreements.ts'
import { contractAnalytics } from './analytics.ts'
import { contracts } from './contracts.ts'
import { payments } from './payments.ts'
import { specifications } from './specifications.ts'
import { contractPayments, contractSpecifications, specifications as specificationTable, supplementaryAgreements } from './tables.ts'

/** The newest of each kind; each has its own list for the rest. */
const NEWEST = 100

async function partsOf(ctx: Ctx, id: number) {
  return ctx.db.batch([
    ctx.db
      .select()
      .from(supplementaryAgreements)
      .where(and(eq(supplementaryAgreements.contractId, id), isNull(supplementaryAgreements.deletedAt)))
      .orderBy(desc(supplementaryAgreements.agreementDate), desc(supplementaryAgreements.id))
      .limit(NEWEST),
    ctx.db
      .select({ row: specificationTable, attachedAt: contractSpecifications.attachedAt })
      .from(contractSpecifications)
      .innerJoin(specificationTable, eq(specificationTable.id, contractSpecifications.specificationId))
      .where(and(eq(contractSpecifications.contractId, id), isNull(specificationTable.deletedAt)))
      .orderBy(desc(contractSpecifications.specificationId))
      .limit(NEWEST),
    ctx.db
      .select()
      .from(contractPayments)
      .where(and(eq(contractPayments.contractId, id), isNull(contractPayments.deletedAt)))
      .orderBy(desc(contractPayments.paymentDate), desc(contractPayments.id))
      .limit(NEWEST),
    ctx.db
      .select()
      .from(performanceActs)
      .where(and(eq(performanceActs.contractId, id), isNull(performanceActs.deletedAt)))
      .orderBy(desc(performanceActs.actDate), desc(performanceActs.id))
      .limit(NEWEST),
    ctx.db
      .select({ row: completedWorks, type: workTypes.name })
      .from(completedWorks)
      .leftJoin(workTypes, eq(workTypes.id, completedWorks.workTypeId))
      .where(and(eq(completedWorks.contractId, id), isNull(completedWorks.deletedAt)))
      .orderBy(desc(completedWorks.completionDate), desc(completedWorks.id))
      .limit(NEWEST),
  ])
}

/** A contract with what belongs to it. */
export async function fullContract(ctx: Ctx, id: number) {
  const contract = await contracts.get(ctx, id)
  const [[changes, attached, paid, acts, works], analytics] = await Promise.all([partsOf(ctx, id), contractAnalytics(ctx, id)])
  const sent = await agreements.registry.related(ctx, changes)
  return {
    ...contract,
    analytics,
    agreements: changes.map((row) => agreements.registry.present(row, sent, ctx)),
    specifications: attached.map(({ row, attachedAt }) => specifications.registry.present(row, new Map([[row.id, attachedAt]]), ctx)),
    payments: paid.map((row) => payments.registry.present(row, undefined, ctx)),
    performance_acts: acts.map((act) => ({
      id: act.id,
      act_document_number: act.number,
      act_date: act.actDate,
      description: act.description,
      amount: showMoney(act.amount),
      is_approved: act.isApproved,
      approval_date: act.approvalDate,
    })),
    completed_works: works.map(({ row, type }) => ({
      id: row.id,
      work_type_name: type,
      quantity: showQuantity(row.quantity),
      price: orNull(row.price, showMoney),
      total_amount: showMoney(row.totalAmount),
      completion_date: row.completionDate,
      status: row.status,
    })),
  }
}
