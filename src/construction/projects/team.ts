import { and, eq, sql } from 'drizzle-orm'
import { audit, orgOf, type Ctx } from '../../context.ts'
import { batch } from '../../db/client.ts'
import { loadForeman } from '../people/foremen.ts'
import { loadOwnProject } from './access.ts'
import { projectForemen } from './tables.ts'

/** A foreman of the organization joins the project; one who is in it already stays. */
export async function assignForeman(ctx: Ctx, projectId: number, userId: number): Promise<void> {
  await loadOwnProject(ctx, projectId)
  await loadForeman(ctx, userId)
  await batch(ctx.db, [
    ctx.db.insert(projectForemen).values({ projectId, userId, createdAt: ctx.now.toISOString() }).onConflictDoNothing(),
    audit(ctx, orgOf(ctx), 'project.foreman_assigned', `project:${projectId}`, sql`changes() > 0`),
  ])
}

/** The foreman leaves the project; the works that they recorded stay. Whoever is not in it has left already. */
export async function releaseForeman(ctx: Ctx, projectId: number, userId: number): Promise<void> {
  await loadOwnProject(ctx, projectId)
  await loadForeman(ctx, userId)
  await batch(ctx.db, [
    ctx.db.delete(projectForemen).where(and(eq(projectForemen.projectId, projectId), eq(projectForemen.userId, userId))),
    audit(ctx, orgOf(ctx), 'project.foreman_released', `project:${projectId}`, sql`changes() > 0`),
  ])
}
