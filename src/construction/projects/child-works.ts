import { and, eq } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import { orNull, showMoney, showQuantity } from '../../http/numbers.ts'
import { contains, definePages, fromDay, metaOf, oneOf, refersTo, toDay, type PageQuery } from '../../http/page-list.ts'
import { organizations } from '../../identity/tables.ts'
import { sql } from 'drizzle-orm'
import { isoStamp } from '../stamps.ts'
import { measurementUnits } from '../units/tables.ts'
import { workTypes } from '../work-types/tables.ts'
import { completedWorks as works, WORK_STATUSES } from '../works/tables.ts'
import { loadOwnProject } from './access.ts'

export const childWorkPages = definePages({
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

/** What the other organizations recorded in a project of ours: a page and its number in one trip after the project. */
export async function listChildWorks(ctx: Ctx, projectId: number, query: PageQuery) {
  const project = await loadOwnProject(ctx, projectId)
  const hosted = sql`${works.hostOrgId} = ${project.orgId} and ${works.projectId} = ${projectId} and ${works.deletedAt} is null`
  const window = childWorkPages.windowOf(query, hosted)
  const [rows, [count]] = await ctx.db.batch([
    ctx.db
      .select({ work: works, organization: organizations.name, type: workTypes.name, unit: measurementUnits.shortName })
      .from(works)
      .innerJoin(organizations, eq(organizations.id, works.orgId))
      .innerJoin(workTypes, eq(workTypes.id, works.workTypeId))
      .leftJoin(measurementUnits, eq(measurementUnits.id, workTypes.measurementUnitId))
      .where(window.where)
      .orderBy(...window.orderBy)
      .limit(window.limit)
      .offset(window.offset),
    ctx.db
      .select({ total: sql<number>`count(*)` })
      .from(works)
      .where(and(window.where)),
  ])
  const shown = rows.map(({ work, organization, type, unit }) => ({
    id: work.id,
    project_id: work.projectId,
    child_organization: { id: work.orgId, name: organization },
    parent_organization_id: project.orgId,
    work_type: { id: work.workTypeId, name: type, measurement_unit: unit },
    quantity: showQuantity(work.quantity),
    price: orNull(work.price, showMoney),
    total_amount: showMoney(work.totalAmount),
    completion_date: work.completionDate,
    status: work.status,
    created_at: isoStamp(work.createdAt),
    updated_at: isoStamp(work.updatedAt),
  }))
  return { rows: shown, meta: metaOf(window, count?.total ?? 0, rows.length) }
}
