import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import { orgOf, type Ctx } from '../../context.ts'
import { asked, isAsked } from '../../db/asked.ts'
import { invalid, mine, mineCounted } from '../registry/registry.ts'
import { notFound } from '../../http/errors.ts'
import { showMoney, showQuantity, showSum } from '../../http/numbers.ts'
import { custom, definePages, flag, fromDay, readWindow, refersTo, refersToOne, toDay, type PageQuery } from '../../http/page-list.ts'
import { users } from '../../identity/tables.ts'
import { searchable } from '../../lib/search-text.ts'
import { showSigning, statusesQuery, subjectStatus, type SubjectStatus } from '../../office/packages/send-subject.ts'
import { packages } from '../../signing/tables.ts'
import { completionOf, showPercent } from '../contracts/money.ts'
import { projectContracts } from '../contracts/tables.ts'
import { projects } from '../projects/tables.ts'
import { isoStamp } from '../stamps.ts'
import { completedWorks } from '../works/tables.ts'
import { workTypes } from '../work-types/tables.ts'
import * as z from 'zod'
import { actFiles, actTotals, actWorks, performanceActs as acts } from './tables.ts'
import { shownName } from '../people/people.ts'

export type ActRow = typeof acts.$inferSelect

/** `search` reads number and description, and the number (with the subject) of the contract. */
const search = custom(z.string().max(255), (text) => {
  const wanted = searchable(text.trim())
  return wanted === ''
    ? undefined
    : sql`(instr(${acts.search}, ${wanted}) > 0 or ${acts.contractId} in (select c.id from project_contracts c where c.org_id = ${acts.orgId} and instr(c.search, ${wanted}) > 0))`
})

export const actPages = definePages({
  counted: 'performance_acts',
  key: acts.id,
  filters: {
    contract_id: refersTo(acts.contractId),
    project_id: refersToOne(acts.projectId),
    contractor_id: refersToOne(acts.contractorId),
    is_approved: flag(acts.isApproved),
    date_from: fromDay(acts.actDate),
    date_to: toDay(acts.actDate),
    search,
  },
  sorts: { act_date: acts.actDate, created_at: acts.createdAt, amount: acts.amount, act_document_number: acts.number, id: acts.id },
})

/** An act with what it stands on. */
const joined = (ctx: Ctx) =>
  ctx.db
    .select({
      act: acts,
      contract: projectContracts,
      project: { id: projects.id, name: projects.name },
      status: subjectStatus(ctx),
    })
    .from(acts)
    .innerJoin(projectContracts, eq(projectContracts.id, acts.contractId))
    .leftJoin(projects, eq(projects.id, projectContracts.projectId))
    .leftJoin(packages, eq(packages.id, acts.packageId))

export interface Loaded {
  act: ActRow
  contract: typeof projectContracts.$inferSelect
  project: { id: number; name: string } | null
  status: SubjectStatus
}

/** An act of the caller's organization; where an address names its contract too, it must be of that one. */
export async function loadAct(ctx: Ctx, id: number, contractId?: number): Promise<Loaded> {
  const [found] = await joined(ctx).where(
    and(eq(acts.id, id), mine(ctx, acts), contractId === undefined ? undefined : eq(acts.contractId, contractId)),
  )
  if (!found) throw notFound('Акт не найден')
  return found
}

/** Several of them, in the order asked for; an unknown one is bad input. */
export async function loadActs(ctx: Ctx, ids: readonly number[]): Promise<Loaded[]> {
  const rows = await joined(ctx).where(and(sql`${acts.id} in (select value from json_each(${JSON.stringify(ids)}))`, mine(ctx, acts)))
  const byId = new Map(rows.map((row) => [row.act.id, row]))
  const issues = ids.flatMap((id, i) => (byId.has(id) ? [] : [{ path: `act_ids.${i}`, message: 'Акт не найден.' }]))
  if (issues.length > 0) throw invalid(issues)
  return [...new Set(ids)].flatMap((id) => byId.get(id) ?? [])
}

export const presentSigning = (packageId: string | null, status: SubjectStatus) =>
  packageId === null ? null : { package_id: packageId, status }

const presentRow = ({ act, contract, project, status }: Loaded) => ({
  id: act.id,
  contract_id: act.contractId,
  act_document_number: act.number,
  act_date: act.actDate,
  amount: showMoney(act.amount),
  description: act.description,
  is_approved: act.isApproved,
  approval_date: act.approvalDate,
  created_at: isoStamp(act.createdAt),
  updated_at: isoStamp(act.updatedAt),
  contract: {
    id: contract.id,
    number: contract.number,
    total_amount: showMoney(contract.totalAmount),
    status: contract.status,
    completion_percentage: showPercent(completionOf(contract.completedAmount, contract.totalAmount)),
    contractor_name: contract.contractorName,
    project_name: project?.name ?? null,
  },
  signing: presentSigning(act.packageId, status),
})

/** What acts include, oldest work first. */
export const includedIn = (ctx: Ctx, ids: readonly number[]) =>
  ctx.db
    .select({ included: actWorks, work: completedWorks, typeName: workTypes.name, userName: shownName(orgOf(ctx)).as('shown_name') })
    .from(actWorks)
    .innerJoin(completedWorks, eq(completedWorks.id, actWorks.workId))
    .innerJoin(workTypes, eq(workTypes.id, completedWorks.workTypeId))
    .leftJoin(users, eq(users.id, completedWorks.userId))
    .where(inArray(actWorks.actId, [...ids]))
    .orderBy(asc(completedWorks.completionDate), asc(completedWorks.id))

export async function showAct(ctx: Ctx, loaded: Loaded) {
  const { act, project } = loaded
  const [works, files] = await Promise.all([
    includedIn(ctx, [act.id]),
    ctx.db.select({ id: actFiles.id, filename: actFiles.filename }).from(actFiles).where(eq(actFiles.actId, act.id)).orderBy(actFiles.id),
  ])
  return {
    ...presentRow(loaded),
    project,
    completed_works: works.map(({ included, work, typeName, userName }) => ({
      id: work.id,
      work_type_name: typeName,
      user_name: userName,
      total_quantity: showQuantity(work.quantity),
      total_amount: showMoney(work.totalAmount),
      completion_date: work.completionDate,
      included_quantity: showQuantity(included.includedQuantity),
      included_amount: showMoney(included.includedAmount),
      notes: included.notes,
    })),
    files,
  }
}

export const getAct = async (ctx: Ctx, id: number) => showAct(ctx, await loadAct(ctx, id))

/** What a page of acts stands on, by the contracts and packages that they name: one trip. */
async function withContracts(ctx: Ctx, rows: readonly ActRow[]): Promise<Loaded[]> {
  if (rows.length === 0) return []
  const [known, sent] = await ctx.db.batch([
    ctx.db
      .select({ contract: projectContracts, project: { id: projects.id, name: projects.name } })
      .from(asked(rows.map((act) => act.contractId)))
      .crossJoin(projectContracts)
      .leftJoin(projects, eq(projects.id, projectContracts.projectId))
      .where(isAsked(projectContracts.id)),
    statusesQuery(
      ctx,
      rows.map((act) => act.packageId),
    ),
  ])
  const contracts = new Map(known.map((one) => [one.contract.id, one]))
  return rows.flatMap((act) => {
    const found = contracts.get(act.contractId)
    return found ? [{ act, ...found, status: showSigning(act.packageId, sent)?.status ?? 'draft' }] : []
  })
}

/** A page of acts, and what all the organization's acts come to. */
export async function listActs(ctx: Ctx, query: PageQuery) {
  const [{ rows, meta }, [totals]] = await Promise.all([
    readWindow(ctx.db, acts, actPages.windowOf(query, mine(ctx, acts), mineCounted(ctx))),
    ctx.db
      .select()
      .from(actTotals)
      .where(eq(actTotals.orgId, orgOf(ctx))),
  ])
  const { current_page, last_page, per_page, total } = meta
  return {
    data: (await withContracts(ctx, rows)).map(presentRow),
    pagination: { current_page, last_page, per_page, total },
    statistics: {
      total_acts: totals?.acts ?? 0,
      approved_acts: totals?.approved ?? 0,
      total_amount: showSum(totals?.amount ?? 0),
    },
  }
}
