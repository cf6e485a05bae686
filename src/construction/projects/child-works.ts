import { sql } from 'drizzle-orm'
import { orgOf, type Ctx } from '../../context.ts'
import { asked, isAsked } from '../../db/asked.ts'
import { orNull, showMoney, showQuantity } from '../../http/numbers.ts'
import { contains, definePages, fromDay, oneOf, readWindow, refersTo, toDay, type PageQuery } from '../../http/page-list.ts'
import { organizations } from '../../identity/tables.ts'
import { isoStamp } from '../stamps.ts'
import { unitOfType, workTypes } from '../work-types/tables.ts'
import { completedWorks as works, WORK_STATUSES } from '../works/tables.ts'
import { loadOwnProject } from './access.ts'

export const childWorkPages = definePages({
  counted: 'hosted_works',
  key: works.id,
  filters: {
    child_organization_id: refersTo(works.orgId),
    work_type_id: refersTo(works.workTypeId),
    status: oneOf(works.status, WORK_STATUSES),
    date_from: fromDay(works.completionDate),
    date_to: toDay(works.completionDate),
    search: contains(works.search),
  },
  sorts: { completion_date: works.completionDate },
  perPage: 50,
})

/** What rows name: organizations, and types of work with their units; in one trip. */
async function namedBy(ctx: Ctx, rows: readonly (typeof works.$inferSelect)[]) {
  const [whose, types] = await ctx.db.batch([
    ctx.db
      .select({ id: organizations.id, name: organizations.name })
      .from(asked(rows.map((row) => row.orgId)))
      .crossJoin(organizations)
      .where(isAsked(organizations.id)),
    ctx.db
      .select({ id: workTypes.id, name: workTypes.name, unit: unitOfType })
      .from(asked(rows.map((row) => row.workTypeId)))
      .crossJoin(workTypes)
      .where(isAsked(workTypes.id)),
  ])
  return { organizations: new Map(whose.map((row) => [row.id, row.name])), types: new Map(types.map((row) => [row.id, row])) }
}

/** What the other organizations recorded in a project of ours. */
export async function listChildWorks(ctx: Ctx, projectId: number, query: PageQuery) {
  const orgId = orgOf(ctx)
  const hosted = sql`${works.hostOrgId} = ${orgId} and ${works.projectId} = ${projectId} and ${works.deletedAt} is null`
  const scope = { orgs: [orgId], exact: [{ column: works.projectId.name, values: [projectId] }] }
  // Of a project that is not ours there are none.
  const [, { rows, meta }] = await Promise.all([
    loadOwnProject(ctx, projectId),
    readWindow(ctx.db, works, childWorkPages.windowOf(query, hosted, scope)),
  ])
  const named = rows.length === 0 ? undefined : await namedBy(ctx, rows)
  const shown = rows.map((work) => {
    const type = named?.types.get(work.workTypeId)
    return {
      id: work.id,
      project_id: work.projectId,
      child_organization: { id: work.orgId, name: named?.organizations.get(work.orgId) ?? '' },
      parent_organization_id: orgId,
      work_type: { id: work.workTypeId, name: type?.name ?? '', measurement_unit: type?.unit ?? null },
      quantity: showQuantity(work.quantity),
      price: orNull(work.price, showMoney),
      total_amount: showMoney(work.totalAmount),
      completion_date: work.completionDate,
      status: work.status,
      created_at: isoStamp(work.createdAt),
      updated_at: isoStamp(work.updatedAt),
    }
  })
  return { rows: shown, meta }
}
