import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import { orgOf, type Ctx } from '../../context.ts'
import { orNull, showMoney, showQuantity, showSum } from '../../http/numbers.ts'
import { users } from '../../identity/tables.ts'
import { actWorks, performanceActs } from '../acts/tables.ts'

import { contractors } from '../contractors/tables.ts'
import { projectContracts } from '../contracts/tables.ts'
import { movementSums } from '../materials/tables.ts'
import { isoStamp } from '../stamps.ts'
import { presentWorksFull } from '../works/present.ts'
import { completedWorks } from '../works/tables.ts'
import { isHead, loadProject, type ProjectRow } from './access.ts'
import { participantsQuery } from './participants.ts'
import { projectVerbs } from './projects.ts'
import { projectForemen } from './tables.ts'
import { shownName } from '../people/people.ts'

/** Of acts and of their works: the newest, as many as an answer can hold. */
const MOST_ACTS = 50
const MOST_WORKS = 1000

// total(): a sum that never overflows.
const when = (status: string, what: string) => sql.raw(`total(iif(status = '${status}', ${what}, 0))`)

/** What a project's works come to: for its head those of all organizations, for any other its own. Contracts, acts and payments are always one's own. */
const worksQuery = (ctx: Ctx, project: ProjectRow) =>
  ctx.db
    .select({
      count: sql<number>`count(*)`,
      types: sql<number>`count(distinct ${completedWorks.workTypeId})`,
      draft: sql<number>`${when('draft', '1')}`,
      confirmed: sql<number>`${when('confirmed', '1')}`,
      cancelled: sql<number>`${when('cancelled', '1')}`,
      draftAmount: sql<number>`${when('draft', 'total_amount')}`,
      confirmedAmount: sql<number>`${when('confirmed', 'total_amount')}`,
    })
    .from(completedWorks)
    .where(ofProject(ctx, project))

const ofProject = (ctx: Ctx, project: ProjectRow) =>
  and(
    eq(completedWorks.projectId, project.id),
    isNull(completedWorks.deletedAt),
    isHead(ctx, project) ? undefined : eq(completedWorks.orgId, orgOf(ctx)),
  )

/** What confirmed works took. */
const usedQuery = (ctx: Ctx, project: ProjectRow) =>
  ctx.db
    .select({
      kinds: sql<number>`count(distinct m.material_id)`,
      amount: sql<number>`total(m.total_amount)`,
    })
    .from(completedWorks)
    .innerJoin(sql`work_materials as m`, sql`m.work_id = ${completedWorks.id}`)
    .where(and(ofProject(ctx, project), eq(completedWorks.status, 'confirmed')))

const contractsQuery = (ctx: Ctx, project: ProjectRow) =>
  ctx.db
    .select({
      count: sql<number>`count(*)`,
      total: sql<number>`total(${projectContracts.totalAmount})`,
      performed: sql<number>`total(${projectContracts.performedAmount})`,
      paid: sql<number>`total(${projectContracts.paidAmount})`,
    })
    .from(projectContracts)
    .where(ownContracts(ctx, project))

const ownContracts = (ctx: Ctx, project: ProjectRow) =>
  and(eq(projectContracts.projectId, project.id), eq(projectContracts.orgId, orgOf(ctx)), isNull(projectContracts.deletedAt))

const movementsQuery = (ctx: Ctx, project: ProjectRow) =>
  ctx.db
    .select({
      receipts: sql<number>`total(iif(operation = 'receipt', n, 0))`,
      received: sql<number>`total(iif(operation = 'receipt', amount, 0))`,
      writeOffs: sql<number>`total(iif(operation = 'write_off', n, 0))`,
      writtenOff: sql<number>`total(iif(operation = 'write_off', amount, 0))`,
    })
    .from(movementSums)
    .where(and(eq(movementSums.orgId, orgOf(ctx)), eq(movementSums.projectId, project.id)))

async function readActs(ctx: Ctx, project: ProjectRow) {
  const rows = await ctx.db
    .select({ act: performanceActs, contract: projectContracts.number, contractor: contractors.name })
    .from(performanceActs)
    .innerJoin(projectContracts, eq(projectContracts.id, performanceActs.contractId))
    .leftJoin(contractors, eq(contractors.id, projectContracts.contractorId))
    .where(and(ownContracts(ctx, project), isNull(performanceActs.deletedAt)))
    .orderBy(desc(performanceActs.actDate), desc(performanceActs.id))
    .limit(MOST_ACTS)
  const ids = JSON.stringify(rows.map(({ act }) => act.id))
  const included = await ctx.db
    .select({ actId: actWorks.actId, work: completedWorks })
    .from(actWorks)
    .innerJoin(completedWorks, eq(completedWorks.id, actWorks.workId))
    .where(sql`${actWorks.actId} in (select value from json_each(${ids}))`)
    .orderBy(desc(actWorks.actId), completedWorks.completionDate, completedWorks.id)
    .limit(MOST_WORKS)
  const shown = await presentWorksFull(ctx, [...new Map(included.map(({ work }) => [work.id, work])).values()])
  const byId = new Map(shown.map((work) => [work.id, work]))
  const works = Map.groupBy(included, ({ actId }) => actId)
  return rows.map(({ act, contract, contractor }) => ({
    id: act.id,
    contract_id: act.contractId,
    act_document_number: act.number,
    act_date: act.actDate,
    description: act.description,
    amount: showMoney(act.amount),
    is_approved: act.isApproved,
    created_at: isoStamp(act.createdAt),
    updated_at: isoStamp(act.updatedAt),
    contract: { id: act.contractId, contract_number: contract, project_name: project.name, contractor_name: contractor },
    completed_works: (works.get(act.id) ?? []).flatMap(({ work }) => byId.get(work.id) ?? []),
  }))
}

/** Sums over works and materials, the team, the newest acts with their works, and what the project is. */
export async function showStatistics(ctx: Ctx, id: number) {
  const project = await loadProject(ctx, id)
  const [[[works], [used], [moved], team], acts] = await Promise.all([
    ctx.db.batch([
      worksQuery(ctx, project),
      usedQuery(ctx, project),
      movementsQuery(ctx, project),
      ctx.db
        .select({
          id: users.id,
          name: shownName(project.orgId).as('shown_name'),
          // Elsewhere they may be something else; here they are foremen.
          role: sql<string>`iif(users.org_id = ${project.orgId}, users.role, 'foreman')`.as('role_here'),
        })
        .from(projectForemen)
        .innerJoin(users, eq(users.id, projectForemen.userId))
        .where(and(eq(projectForemen.projectId, id), isNull(users.deletedAt)))
        .orderBy(projectForemen.createdAt, users.id),
    ]),
    readActs(ctx, project),
  ])
  const head = isHead(ctx, project)
  return {
    project_id: project.id,
    project_name: project.name,
    materials: {
      unique_materials_count: used?.kinds ?? 0,
      total_amount: showSum(used?.amount ?? 0),
      receipts_count: moved?.receipts ?? 0,
      received_amount: showSum(moved?.received ?? 0),
      write_offs_count: moved?.writeOffs ?? 0,
      written_off_amount: showSum(moved?.writtenOff ?? 0),
    },
    works: {
      total_count: works?.count ?? 0,
      draft_count: works?.draft ?? 0,
      confirmed_count: works?.confirmed ?? 0,
      cancelled_count: works?.cancelled ?? 0,
      unique_work_types_count: works?.types ?? 0,
      total_amount: showSum(works?.confirmedAmount ?? 0),
      draft_amount: showSum(works?.draftAmount ?? 0),
    },
    // Assigned are the head's people: a guest learns how many they are.
    team: { assigned_users_count: team.length, members: head ? team : [] },
    performance_acts: acts,
    project_info: {
      address: project.address,
      status: project.status,
      start_date: project.startDate,
      end_date: project.endDate,
      customer: project.customer,
      designer: project.designer,
      is_archived: project.isArchived,
      budget_amount: head ? orNull(project.budgetAmount, showMoney) : null,
      site_area_m2: orNull(project.siteArea, showQuantity),
    },
  }
}

/** The project with what it adds up to, and who takes part. */
export async function showFull(ctx: Ctx, id: number) {
  const project = await loadProject(ctx, id)
  const [[[works], [used], [contracts], [acts], participants], shown] = await Promise.all([
    ctx.db.batch([
      worksQuery(ctx, project),
      usedQuery(ctx, project),
      contractsQuery(ctx, project),
      ctx.db
        .select({ count: sql<number>`count(*)` })
        .from(performanceActs)
        .innerJoin(projectContracts, eq(projectContracts.id, performanceActs.contractId))
        .where(and(ownContracts(ctx, project), isNull(performanceActs.deletedAt))),
      participantsQuery(ctx, project),
    ]),
    projectVerbs.show(ctx, project),
  ])
  const [worth, spent] = [works?.confirmedAmount ?? 0, used?.amount ?? 0]
  return {
    project: shown,
    analytics: {
      financial: {
        contracts_total_amount: showSum(contracts?.total ?? 0),
        performed_amount_by_acts: showSum(contracts?.performed ?? 0),
        received_payments_amount: showSum(contracts?.paid ?? 0),
        works_total_amount: showSum(worth),
        materials_total_amount: showSum(spent),
        overall_cost: showSum(worth + spent),
      },
      counts: { organizations: participants.length, contracts: contracts?.count ?? 0, performance_acts: acts?.count ?? 0 },
    },
    organizations_stats: participants,
  }
}
