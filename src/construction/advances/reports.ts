import { and, asc, eq, isNull, sql, type SQL } from 'drizzle-orm'
import { orgOf, type Ctx } from '../../context.ts'
import { notFound } from '../../http/errors.ts'
import { showMoney } from '../../http/numbers.ts'
import { users } from '../../identity/tables.ts'
import { sumMoney } from '../../lib/money.ts'
import { findPerson, shownName } from '../people/people.ts'
import { projects } from '../projects/tables.ts'
import { mine } from '../registry/registry.ts'
import { overdueDay, unreported } from './balances.ts'
import { advanceAccounts, advanceTransactions as table } from './tables.ts'
import { newestAdvances, presentAdvances } from './transactions.ts'

interface Sums {
  issued: number
  spent: number
  returned: number
  reported: number
}
const NOTHING: Sums = { issued: 0, spent: 0, returned: 0, reported: 0 }

export const presentSums = ({ issued, spent, returned, reported }: Sums) => ({
  total_issued: showMoney(issued),
  total_spent: showMoney(spent),
  total_returned: showMoney(returned),
  total_reported: showMoney(reported),
  outstanding: showMoney(sumMoney([issued, -spent, -returned])),
})

/** Everybody who has ever had accountable money here, with their sums. */
export async function advanceSummary(ctx: Ctx) {
  const rows = await ctx.db
    .select({ account: advanceAccounts, name: shownName(orgOf(ctx)).as('shown_name') })
    .from(advanceAccounts)
    .innerJoin(users, eq(users.id, advanceAccounts.userId))
    .where(eq(advanceAccounts.orgId, orgOf(ctx)))
    .orderBy(sql`shown_name`, asc(users.id))
  const total = (of: keyof Sums) => sumMoney(rows.map(({ account }) => account[of]))
  return {
    ...presentSums({ issued: total('issued'), spent: total('spent'), returned: total('returned'), reported: total('reported') }),
    users: rows.map(({ account, name }) => ({ user_id: account.userId, user_name: name, ...presentSums(account) })),
  }
}

export async function userTransactions(ctx: Ctx, userId: number) {
  if (!(await findPerson(ctx, userId))) throw notFound('Пользователь не найден')
  return newestAdvances(ctx, eq(table.userId, userId))
}

export async function userAdvances(ctx: Ctx, userId: number) {
  if (!(await findPerson(ctx, userId))) throw notFound('Пользователь не найден')
  const [[account], transactions] = await Promise.all([
    ctx.db
      .select()
      .from(advanceAccounts)
      .where(and(eq(advanceAccounts.orgId, orgOf(ctx)), eq(advanceAccounts.userId, userId))),
    newestAdvances(ctx, eq(table.userId, userId)),
  ])
  return { ...presentSums(account ?? NOTHING), transactions }
}

export async function projectAdvances(ctx: Ctx, projectId: number) {
  const [project] = await ctx.db
    .select({ id: projects.id })
    .from(projects)
    .where(and(eq(projects.id, projectId), mine(ctx, projects)))
  if (!project) throw notFound('Проект не найден')
  const sum = (when: SQL) => sql<number>`coalesce(sum(case when ${when} then ${table.amount} end), 0)`
  const where = eq(table.projectId, projectId)
  const [[sums], transactions] = await Promise.all([
    ctx.db
      .select({
        issued: sum(eq(table.type, 'issue')),
        spent: sum(eq(table.type, 'expense')),
        returned: sum(eq(table.type, 'return')),
        reported: sum(sql`${table.status} <> 'pending'`),
      })
      .from(table)
      .where(and(eq(table.orgId, orgOf(ctx)), isNull(table.deletedAt), where)),
    newestAdvances(ctx, where),
  ])
  return { ...presentSums(sums ?? NOTHING), transactions }
}

/** The oldest first: they wait the longest. */
export async function overdueAdvances(ctx: Ctx) {
  const before = await overdueDay(ctx)
  if (before === undefined) return { transactions: [] }
  const rows = await ctx.db
    .select()
    .from(table)
    .where(unreported(orgOf(ctx), before))
    .orderBy(asc(table.countsFrom), asc(table.id))
    .limit(1000)
  return { transactions: await presentAdvances(ctx, rows) }
}
