import { and, desc, eq, gt, isNull, sql, type SQL } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { orgOf, type Ctx } from '../../context.ts'
import { projectContracts } from '../../construction/contracts/tables.ts'
import { materials, movementSums } from '../../construction/materials/tables.ts'
import { limitsOf } from '../../construction/people/limits.ts'
import { memberships } from '../../construction/people/tables.ts'
import { projects } from '../../construction/projects/tables.ts'
import { isoStamp } from '../../construction/stamps.ts'
import { suppliers } from '../../construction/suppliers/tables.ts'
import { workTypes } from '../../construction/work-types/tables.ts'
import { completedWorks } from '../../construction/works/tables.ts'
import { zoneOf } from '../../construction/zone.ts'
import { showMoney, showQuantity } from '../../http/numbers.ts'
import { users } from '../../identity/tables.ts'
import { monthIn } from '../../lib/dates.ts'
import { lastMonths, monthStarts } from './months.ts'
import { dashboardOrg } from './organization.ts'
import { shownName } from '../../construction/people/people.ts'

/** What is counted, as the lists of each count it: living rows of the organization, users being its foremen. */
const COUNTED = {
  users: memberships,
  projects,
  materials,
  suppliers,
  contracts: projectContracts,
  completed_works: completedWorks,
} as const satisfies Record<string, SQLiteTable & { orgId: SQLiteColumn; createdAt: SQLiteColumn; deletedAt?: SQLiteColumn }>
export const METRICS = ['users', 'projects', 'materials', 'suppliers', 'contracts', 'completed_works'] as const
export type Metric = (typeof METRICS)[number]

const MONTHS = 6
const TOP = 5
/** More works than this nobody reads on a dashboard; the list of works pages through all. */
const RECENT = 50

const living = (metric: Metric, orgId: number): SQL => {
  const table = COUNTED[metric]
  const own = sql`${table.orgId} = ${orgId}`
  return 'deletedAt' in table ? sql`${own} and ${table.deletedAt} is null` : own
}
const countOf = (metric: Metric, orgId: number) => sql<number>`(select count(*) from ${COUNTED[metric]} where ${living(metric, orgId)})`

export async function dashboardSummary(ctx: Ctx, asked: number | undefined) {
  const orgId = await dashboardOrg(ctx, asked)
  const [row] = await ctx.db
    .select({
      users_count: countOf('users', orgId),
      projects_count: countOf('projects', orgId),
      materials_count: countOf('materials', orgId),
      suppliers_count: countOf('suppliers', orgId),
      contracts_count: countOf('contracts', orgId),
      completed_works_count: countOf('completed_works', orgId),
    })
    .from(sql`(select 1)`)
  if (!row) throw new Error('a query without tables gave no row')
  return row
}

/** Records created in each of the last six months, the current one last. */
export async function timeSeries(ctx: Ctx, metric: Metric, asked: number | undefined) {
  const orgId = await dashboardOrg(ctx, asked)
  const zone = await zoneOf(ctx, orgId)
  const labels = lastMonths(monthIn(ctx.now, zone), MONTHS)
  const starts = monthStarts(labels, zone)
  const { createdAt } = COUNTED[metric]
  const within = (from: string | undefined, to: string | undefined) => sql`${createdAt} >= ${from ?? ''} and ${createdAt} < ${to ?? ''}`
  const [row] = await ctx.db
    .select(Object.fromEntries(labels.map((label, i) => [label, sql<number>`total(${within(starts[i], starts[i + 1])})`])))
    .from(COUNTED[metric] as SQLiteTable)
    .where(sql`${living(metric, orgId)} and ${within(starts[0], starts.at(-1))}`)
  return { labels, values: labels.map((label) => row?.[label] ?? 0), metric }
}

/** The projects that most different materials came to or were used in. */
export async function topProjects(ctx: Ctx, asked: number | undefined) {
  const orgId = await dashboardOrg(ctx, asked)
  const kinds = ctx.db
    .select({ project: movementSums.projectId, count: sql<number>`count(distinct ${movementSums.materialId})`.as('kinds') })
    .from(movementSums)
    .where(and(eq(movementSums.orgId, orgId), gt(movementSums.n, 0)))
    .groupBy(movementSums.projectId)
    .as('k')
  return ctx.db
    .select({ id: projects.id, name: projects.name, materials_count: kinds.count })
    .from(kinds)
    .innerJoin(projects, eq(projects.id, kinds.project))
    .where(and(eq(projects.orgId, orgId), isNull(projects.deletedAt)))
    .orderBy(desc(kinds.count), projects.id)
    .limit(TOP)
}

export async function latestMaterials(ctx: Ctx, limit: number, asked: number | undefined) {
  const orgId = await dashboardOrg(ctx, asked)
  const rows = await ctx.db
    .select({ id: materials.id, name: materials.name, created_at: materials.createdAt })
    .from(materials)
    .where(living('materials', orgId))
    .orderBy(desc(materials.createdAt), desc(materials.id))
    .limit(limit)
  return rows.map((row) => ({ ...row, created_at: isoStamp(row.created_at) }))
}

export async function showLimits(ctx: Ctx, asked: number | undefined) {
  const limits = await limitsOf(ctx, await dashboardOrg(ctx, asked))
  return {
    max_users: limits.maxUsers,
    current_users: limits.users,
    max_projects: limits.maxProjects,
    current_projects: limits.projects,
    modules: limits.modules,
  }
}

/** The works that were written down in the last days, the newest first. */
export async function recentActivity(ctx: Ctx, days: number) {
  const since = new Date(ctx.now.getTime() - days * 86_400_000).toISOString()
  const rows = await ctx.db
    .select({
      work: completedWorks,
      project: projects.name,
      contract: projectContracts.number,
      type: workTypes.name,
      user: shownName(orgOf(ctx)).as('shown_name'),
    })
    .from(completedWorks)
    .leftJoin(projects, eq(projects.id, completedWorks.projectId))
    .leftJoin(projectContracts, eq(projectContracts.id, completedWorks.contractId))
    .leftJoin(workTypes, eq(workTypes.id, completedWorks.workTypeId))
    .leftJoin(users, eq(users.id, completedWorks.userId))
    .where(sql`${living('completed_works', orgOf(ctx))} and ${completedWorks.createdAt} >= ${since}`)
    .orderBy(desc(completedWorks.createdAt), desc(completedWorks.id))
    .limit(RECENT)
  return rows.map(({ work, project, contract, type, user }) => ({
    id: work.id,
    project_name: project,
    contract_number: contract,
    work_type_name: type,
    user_name: user,
    quantity: showQuantity(work.quantity),
    total_amount: showMoney(work.totalAmount),
    status: work.status,
    completion_date: work.completionDate,
    created_at: isoStamp(work.createdAt),
  }))
}
