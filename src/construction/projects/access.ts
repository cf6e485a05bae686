import { and, eq, sql, type SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { orgOf, type Ctx } from '../../context.ts'
import { AppError, notFound } from '../../http/errors.ts'
import { foremanId } from '../person.ts'
import { mine } from '../registry/registry.ts'
import type { Reference } from '../registry/references.ts'
import { projectForemen, projectOrganizations, projects } from './tables.ts'

export type ProjectRow = typeof projects.$inferSelect

export const MISSING = 'Проект не найден в вашей организации.'

/** Of a column that names projects: those in which the organization takes part, those that somebody is assigned to. */
export const takesPart = (orgId: number, project: SQLiteColumn = projects.id): SQL =>
  sql`${project} in (select ${projectOrganizations.projectId} from ${projectOrganizations} where ${projectOrganizations.orgId} = ${orgId})`
export const assignedTo = (userId: number, project: SQLiteColumn = projects.id): SQL =>
  sql`${project} in (select ${projectForemen.projectId} from ${projectForemen} where ${projectForemen.userId} = ${userId})`

/** The projects that the caller may see: its organization's own, and those in which it takes part; of them a foreman only the assigned ones. */
export function seenProjects(ctx: Ctx): SQL {
  const orgId = orgOf(ctx)
  const foreman = foremanId(ctx)
  const open = sql`(${projects.orgId} = ${orgId} or ${takesPart(orgId)}) and ${projects.deletedAt} is null`
  return foreman === undefined ? open : sql`${open} and ${assignedTo(foreman)}`
}

/** What a list shows: the organization's own projects, or those of others; a foreman's are all in one. */
export function listedProjects(ctx: Ctx, shared: boolean): SQL {
  if (foremanId(ctx) !== undefined) return seenProjects(ctx)
  return shared ? sql`${takesPart(orgOf(ctx))} and ${projects.deletedAt} is null` : mine(ctx, projects)
}

/** A project that the caller may see; any other does not exist. */
export async function loadProject(ctx: Ctx, id: number): Promise<ProjectRow> {
  const [row] = await ctx.db
    .select()
    .from(projects)
    .where(and(eq(projects.id, id), seenProjects(ctx)))
  if (!row) throw notFound(MISSING)
  return row
}

export const isHead = (ctx: Ctx, { orgId }: Pick<ProjectRow, 'orgId'>): boolean => orgId === orgOf(ctx)

/** Whoever takes part in a project sees it; what it is and who works on it is decided by its head. */
export function mustBeHead(ctx: Ctx, project: Pick<ProjectRow, 'orgId'>): void {
  if (!isHead(ctx, project)) throw new AppError('forbidden', 'Это доступно только головной организации проекта.')
}

/** The same where the caller changes something: loaded and theirs. */
export async function loadOwnProject(ctx: Ctx, id: number): Promise<ProjectRow> {
  const project = await loadProject(ctx, id)
  mustBeHead(ctx, project)
  return project
}

/** A project that a body names: own, or one in which the organization takes part. */
export const projectReference = (ctx: Ctx, id: number | null | undefined, path = 'project_id'): Reference => ({
  path,
  table: projects,
  id,
  open: takesPart(orgOf(ctx)),
  message: 'Этот проект недоступен для вашей организации.',
})
