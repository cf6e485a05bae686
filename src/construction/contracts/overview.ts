import { and, desc, eq, isNull, sql, type SQL } from 'drizzle-orm'
import { orgOf, type Ctx } from '../../context.ts'
import { showMoney, showSum } from '../../http/numbers.ts'
import { contractors } from '../contractors/tables.ts'
import { projects } from '../projects/tables.ts'
import { mine } from '../registry/registry.ts'
import { completedWorks, WORK_STATUSES } from '../works/tables.ts'
import { todayIn } from '../zone.ts'
import { nearing, overdue, priority } from './conditions.ts'
import { attentionOf, averageOf, completionOf, isOverdue, remainingOf, showPercent } from './money.ts'
import { CONTRACT_STATUSES, projectContracts as t } from './tables.ts'

/** The most urgent that are told at once; `requiring_attention` of the list of contracts pages through all of them. */
const MOST_URGENT = 100

const withNames = (ctx: Ctx) =>
  ctx.db
    .select({ row: t, project: projects.name, contractor: contractors.name })
    .from(t)
    .leftJoin(projects, eq(projects.id, t.projectId))
    .leftJoin(contractors, eq(contractors.id, t.contractorId))

type Named = Awaited<ReturnType<typeof withNames>>[number]

const brief = ({ row, project, contractor }: Named) => ({
  id: row.id,
  number: row.number,
  project_name: project,
  contractor_name: contractor,
  total_amount: showMoney(row.totalAmount),
  completed_works_amount: showSum(row.completedAmount),
  completion_percentage: showPercent(completionOf(row.completedAmount, row.totalAmount)),
  status: row.status,
})

/** Nearly done, done, or late: each is found by its own index, which SQLite would not take for the first by itself. */
const needsAttention = (ctx: Ctx, today: string): SQL =>
  sql`${t.id} in (select ${t.id} from ${t} indexed by project_contracts_near where ${mine(ctx, t)} and ${nearing} union select ${t.id} from ${t} where ${mine(ctx, t)} and ${overdue(today)})`

export async function requiringAttention(ctx: Ctx) {
  const today = await todayIn(ctx)
  const rows = await withNames(ctx)
    .where(needsAttention(ctx, today))
    .orderBy(desc(priority(today)), t.id)
    .limit(MOST_URGENT)
  return rows.map((named) => {
    const { row } = named
    const late = isOverdue(row, today)
    const attention = attentionOf(completionOf(row.completedAmount, row.totalAmount), late)
    return {
      ...brief(named),
      remaining_amount: showSum(remainingOf(row.completedAmount, row.totalAmount)),
      end_date: row.endDate,
      is_nearing_limit: attention.isNearingLimit,
      is_overdue: late,
      is_completed: attention.isCompleted,
      attention_reason: attention.reasons,
      priority: attention.priority,
    }
  })
}

export async function topContracts(ctx: Ctx, limit: number) {
  const rows = await withNames(ctx).where(mine(ctx, t)).orderBy(desc(t.totalAmount), desc(t.id)).limit(limit)
  return rows.map(brief)
}

const count = sql<number>`count(*)`

const byStatus = (ctx: Ctx) =>
  ctx.db
    .select({ status: t.status, count, amount: sql<number>`total(${t.totalAmount})` })
    .from(t)
    .where(mine(ctx, t))
    .groupBy(t.status)
const worksByStatus = (ctx: Ctx) =>
  ctx.db
    .select({ status: completedWorks.status, count, amount: sql<number>`total(${completedWorks.totalAmount})` })
    .from(completedWorks)
    .where(and(eq(completedWorks.orgId, orgOf(ctx)), isNull(completedWorks.deletedAt)))
    .groupBy(completedWorks.status)

interface Group {
  status: string
  count: number
  amount: number
}
const groupOf = (groups: Group[], status: string) => {
  const group = groups.find((g) => g.status === status)
  return { count: group?.count ?? 0, amount: showSum(group?.amount ?? 0) }
}
const all = (groups: Group[], key: 'count' | 'amount') => groups.reduce((sum, group) => sum + group[key], 0)

export async function contractStatistics(ctx: Ctx) {
  const today = await todayIn(ctx)
  const [contracts, works, [attention]] = await ctx.db.batch([
    byStatus(ctx),
    worksByStatus(ctx),
    ctx.db.select({ count }).from(t).where(needsAttention(ctx, today)),
  ])
  const [total, amount] = [all(contracts, 'count'), all(contracts, 'amount')]
  const confirmed = groupOf(works, 'confirmed')
  return {
    contracts: {
      total,
      active: groupOf(contracts, 'active').count,
      completed: groupOf(contracts, 'completed').count,
      draft: groupOf(contracts, 'draft').count,
      requiring_attention: attention?.count ?? 0,
      total_amount: showSum(amount),
      avg_amount: showSum(averageOf(amount, total)),
    },
    completed_works: { total: all(works, 'count'), confirmed: confirmed.count, confirmed_amount: confirmed.amount },
  }
}

/** The filters of works have their own words for states. */
export const WORK_WORDS = { draft: 'pending', confirmed: 'confirmed', cancelled: 'rejected' } as const

export async function quickStats(ctx: Ctx) {
  const [contracts, works] = await ctx.db.batch([byStatus(ctx), worksByStatus(ctx)])
  return {
    contracts: Object.fromEntries(CONTRACT_STATUSES.map((status) => [status, groupOf(contracts, status)])),
    completed_works: Object.fromEntries(WORK_STATUSES.map((status) => [WORK_WORDS[status], groupOf(works, status)])),
  }
}
