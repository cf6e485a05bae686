import { and, eq, sql } from 'drizzle-orm'
import { orgOf, type Ctx } from '../../context.ts'
import { chunks } from '../../db/client.ts'
import { materials as materialVerbs } from '../materials/materials.ts'
import { materials } from '../materials/tables.ts'
import { presentWorkTypeOfWork } from '../works/present.ts'
import { workTypes } from '../work-types/tables.ts'
import { foremanId } from '../person.ts'
import { loadProject } from './access.ts'

/** More kinds of one thing than this no project shows. */
const MOST = 1000

/** The caller's living works in a project, as a condition on `completed_works w`. */
function ownWorks(ctx: Ctx, projectId: number) {
  const foreman = foremanId(ctx)
  const own = sql`w.project_id = ${projectId} and w.org_id = ${orgOf(ctx)} and w.deleted_at is null`
  return foreman === undefined ? own : sql`${own} and w.user_id = ${foreman}`
}

/** The materials that the works of a project took. */
export async function listUsedMaterials(ctx: Ctx, projectId: number) {
  await loadProject(ctx, projectId)
  const rows = await ctx.db
    .select()
    .from(materials)
    .where(
      and(
        eq(materials.orgId, orgOf(ctx)),
        sql`${materials.id} in (select m.material_id from completed_works w join work_materials m on m.work_id = w.id where ${ownWorks(ctx, projectId)})`,
      ),
    )
    .orderBy(materials.name, materials.id)
    .limit(MOST)
  const { related, present } = materialVerbs.registry
  // What belongs to materials is read with a parameter for each.
  const shown = await Promise.all(
    chunks(rows, 2).map(async (some) => {
      const more = await related(ctx, some)
      return some.map((row) => present(row, more, ctx))
    }),
  )
  return shown.flat()
}

/** The kinds of work that a project's works are of. */
export async function listUsedWorkTypes(ctx: Ctx, projectId: number) {
  await loadProject(ctx, projectId)
  const rows = await ctx.db
    .select()
    .from(workTypes)
    .where(
      and(
        eq(workTypes.orgId, orgOf(ctx)),
        sql`${workTypes.id} in (select w.work_type_id from completed_works w where ${ownWorks(ctx, projectId)})`,
      ),
    )
    .orderBy(workTypes.name, workTypes.id)
    .limit(MOST)
  return rows.map(presentWorkTypeOfWork)
}
