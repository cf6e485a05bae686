import { eq, sql, type SQL } from 'drizzle-orm'
import { orgOf, type Ctx } from '../../context.ts'
import { sqliteMessage, type Write } from '../../db/client.ts'
import { AppError } from '../../http/errors.ts'
import { users } from '../../identity/tables.ts'
import { projects } from '../projects/tables.ts'
import { MODULES, memberships, organizationLimits, type Module } from './tables.ts'

/** What a subscription caps. */
export type Capped = 'users' | 'projects'

const FULL: Record<Capped, string> = {
  users: 'Достигнут предел числа пользователей по вашей подписке.',
  projects: 'Достигнут предел числа проектов по вашей подписке.',
}
const NOT_IN_PLAN: Record<Module, string> = {
  basic_reports: 'Модуль «Отчёты» не входит в вашу подписку.',
  advanced_reports: 'Модуль «Расширенные отчёты» не входит в вашу подписку.',
}

/** How many there are: people who can work (own and joined; a blocked one frees the place), and living projects. */
function taken(orgId: number, what: Capped): SQL<number> {
  if (what === 'projects')
    return sql<number>`(select count(*) from ${projects} where ${projects.orgId} = ${orgId} and ${projects.deletedAt} is null)`
  const own = sql`select count(*) from ${users} where ${users.orgId} = ${orgId} and ${users.isActive} = 1 and ${users.deletedAt} is null`
  const joined = sql`select count(*) from ${memberships} where ${memberships.orgId} = ${orgId} and ${memberships.isGuest} = 1 and ${memberships.isActive} = 1`
  return sql<number>`((${own}) + (${joined}))`
}

const capColumn = { users: organizationLimits.maxUsers, projects: organizationLimits.maxProjects }
const overColumn = { users: sql.identifier('users_over'), projects: sql.identifier('projects_over') }
const trialCap = (ctx: Ctx, what: Capped) => (what === 'users' ? ctx.settings.TRIAL_MAX_USERS : ctx.settings.TRIAL_MAX_PROJECTS)

/** What the organization may have, and has. An organization without a row of its own is on trial. */
export async function limitsOf(ctx: Ctx, orgId = orgOf(ctx)) {
  const [limits, [used]] = await ctx.db.batch([
    ctx.db.select().from(organizationLimits).where(eq(organizationLimits.orgId, orgId)),
    ctx.db.select({ users: taken(orgId, 'users'), projects: taken(orgId, 'projects') }).from(sql`(select 1)`),
  ])
  const [row] = limits
  return {
    modules: row?.modules ?? [...MODULES],
    maxUsers: row?.maxUsers ?? ctx.settings.TRIAL_MAX_USERS,
    maxProjects: row?.maxProjects ?? ctx.settings.TRIAL_MAX_PROJECTS,
    users: used?.users ?? 0,
    projects: used?.projects ?? 0,
  }
}

const overLimit = (what: Capped) => new AppError('forbidden', FULL[what])

/** Refuses (403) what would be one too many, before any work is done for it. Races are decided by `roomGuard`. */
export async function mustHaveRoom(ctx: Ctx, what: Capped): Promise<void> {
  const limits = await limitsOf(ctx)
  if (what === 'users' ? limits.users >= limits.maxUsers : limits.projects >= limits.maxProjects) throw overLimit(what)
}

/**
 * To be put into the batch that adds one, after the insert: it counts what is there by then, and where that is over the cap a CHECK undoes the whole batch.
 * A registry says so with `refusals: LIMIT_REFUSALS`, whoever else runs the batch with `refusedByLimit`.
 */
export function roomGuard(ctx: Ctx, what: Capped): Write {
  const orgId = orgOf(ctx)
  const cap = sql`coalesce((select ${capColumn[what]} from ${organizationLimits} where ${organizationLimits.orgId} = ${orgId}), ${trialCap(ctx, what)})`
  return ctx.db.run(sql`insert into ${organizationLimits} (org_id, ${overColumn[what]}) values (${orgId}, ${taken(orgId, what)} > ${cap})
    on conflict (org_id) do update set ${overColumn[what]} = 0`)
}

/** What the checks of `roomGuard` refuse, as a registry's `refusals` say it. */
export const LIMIT_REFUSALS: Record<string, () => AppError> = {
  organization_limits_users: () => overLimit('users'),
  organization_limits_projects: () => overLimit('projects'),
}

/** The refusal that an error of a batch with a `roomGuard` means, if it means one. */
export function refusedByLimit(error: unknown): AppError | undefined {
  const said = sqliteMessage(error)
  return Object.entries(LIMIT_REFUSALS).find(([check]) => said.includes(check))?.[1]()
}

/** Refuses (403) what belongs to a module that the organization does not have. */
export async function mustHaveModule(ctx: Ctx, module: Module): Promise<void> {
  const [row] = await ctx.db
    .select({ modules: organizationLimits.modules })
    .from(organizationLimits)
    .where(eq(organizationLimits.orgId, orgOf(ctx)))
  if (row?.modules && !row.modules.includes(module)) throw new AppError('forbidden', NOT_IN_PLAN[module])
}
