import { and, eq, isNull, sql } from 'drizzle-orm'
import { audit, orgOf, type Ctx } from '../../context.ts'
import { batch } from '../../db/client.ts'
import { AppError, notFound } from '../../http/errors.ts'
import { organizations } from '../../identity/tables.ts'
import { contractors } from '../contractors/tables.ts'
import { mine } from '../registry/registry.ts'
import { loadOwnProject, loadProject } from './access.ts'
import { projectOrganizations } from './tables.ts'

/** As many as a form can offer. */
const MOST_OFFERED = 1000

export const participantsQuery = (ctx: Ctx, project: { id: number; orgId: number }) =>
  ctx.db
    .select({
      id: organizations.id,
      name: organizations.name,
      role: sql<'head' | 'collaborator'>`iif(${organizations.id} = ${project.orgId}, 'head', 'collaborator')`.as('role'),
    })
    .from(organizations)
    .where(
      sql`${organizations.id} in (select ${project.orgId} union select ${projectOrganizations.orgId} from ${projectOrganizations}
        where ${projectOrganizations.projectId} = ${project.id})`,
    )
    .orderBy(sql`${organizations.id} <> ${project.orgId}`, organizations.id)

/** Who takes part in a project, its head first. */
export async function listParticipants(ctx: Ctx, projectId: number) {
  return participantsQuery(ctx, await loadProject(ctx, projectId))
}

/** Organizations that do not take part yet: the caller's own children and contractors first, then the newest. */
export async function listAvailable(ctx: Ctx, projectId: number) {
  const { orgId } = await loadOwnProject(ctx, projectId)
  const free = sql`${organizations.id} <> ${orgId} and ${organizations.deletedAt} is null and not exists (
    select 1 from ${projectOrganizations} where ${projectOrganizations.projectId} = ${projectId} and ${projectOrganizations.orgId} = ${organizations.id})`
  const name = { id: organizations.id, name: organizations.name }
  const partners = sql`select ${contractors.sourceOrgId} from ${contractors} where ${mine(ctx, contractors)} and ${contractors.sourceOrgId} is not null`
  const [known, others] = await ctx.db.batch([
    ctx.db
      .select(name)
      .from(organizations)
      .where(
        and(
          free,
          sql`${organizations.id} in (select id from organizations where parent_id = ${orgId} and deleted_at is null union ${partners})`,
        ),
      )
      .orderBy(sql`${organizations.id} desc`)
      .limit(MOST_OFFERED),
    ctx.db
      .select(name)
      .from(organizations)
      .where(free)
      .orderBy(sql`${organizations.id} desc`)
      .limit(MOST_OFFERED),
  ])
  return [...new Map([...known, ...others].map((one) => [one.id, one])).values()].slice(0, MOST_OFFERED)
}

/** Lets an organization take part: it sees the project and records its own works there. One that takes part already stays. */
export async function addParticipant(ctx: Ctx, projectId: number, organizationId: number): Promise<void> {
  const { orgId } = await loadOwnProject(ctx, projectId)
  if (organizationId === orgId) throw new AppError('conflict', 'Организация уже является головной в этом проекте.')
  const [there] = await ctx.db
    .select({ id: organizations.id })
    .from(organizations)
    .where(and(eq(organizations.id, organizationId), isNull(organizations.deletedAt)))
  if (!there) throw notFound('Организация не найдена.')
  await batch(ctx.db, [
    ctx.db
      .insert(projectOrganizations)
      .values({ projectId, orgId: organizationId, role: 'collaborator', createdAt: ctx.now.toISOString() })
      .onConflictDoNothing(),
    audit(ctx, orgOf(ctx), 'project.organization_added', `project:${projectId}`, sql`changes() > 0`),
  ])
}

/** The guest loses access; what it recorded stays. The head can't leave. */
export async function removeParticipant(ctx: Ctx, projectId: number, organizationId: number): Promise<void> {
  const { orgId } = await loadOwnProject(ctx, projectId)
  if (organizationId === orgId) throw new AppError('conflict', 'Головную организацию нельзя исключить из проекта.')
  const [gone] = await batch(ctx.db, [
    ctx.db
      .delete(projectOrganizations)
      .where(and(eq(projectOrganizations.projectId, projectId), eq(projectOrganizations.orgId, organizationId)))
      .returning({ id: projectOrganizations.orgId }),
    audit(ctx, orgOf(ctx), 'project.organization_removed', `project:${projectId}`, sql`changes() > 0`),
  ])
  if ((gone as unknown[]).length === 0) throw notFound('Организация не участвует в проекте.')
}
