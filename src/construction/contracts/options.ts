import { and, asc, desc, eq, isNull, sql } from 'drizzle-orm'
import { orgOf, type Ctx } from '../../context.ts'
import { users } from '../../identity/tables.ts'
import { contractors } from '../contractors/tables.ts'
import { memberships } from '../people/tables.ts'
import { projects } from '../projects/tables.ts'
import { mine } from '../registry/registry.ts'
import { workTypes } from '../work-types/tables.ts'
import { WORK_STATUSES } from '../works/tables.ts'
import { WORK_WORDS } from './overview.ts'
import { CONTRACT_STATUSES, projectContracts } from './tables.ts'

/** What fits a drop-down; who has more finds the rest by the searches of the lists themselves. */
const MOST = 1000

interface Option {
  value: number | string
  label: string
}

const STATUS_LABELS: Record<(typeof CONTRACT_STATUSES)[number], string> = {
  draft: 'Черновик',
  active: 'Активный',
  completed: 'Завершен',
  on_hold: 'На паузе',
  terminated: 'Расторгнут',
}
const TYPES: Option[] = [
  { value: 'contract', label: 'Контракт' },
  { value: 'agreement', label: 'Соглашение' },
  { value: 'specification', label: 'Спецификация' },
]
const WORK_LABELS: Record<(typeof WORK_STATUSES)[number], string> = {
  draft: 'Ожидает подтверждения',
  confirmed: 'Подтверждено',
  cancelled: 'Отклонено',
}

const named = (ctx: Ctx, table: typeof projects | typeof contractors | typeof workTypes) =>
  ctx.db
    .select({ value: table.id, label: table.name })
    .from(table)
    .where(mine(ctx, table))
    .orderBy(asc(table.name), asc(table.id))
    .limit(MOST)

export async function contractOptions(ctx: Ctx) {
  const [own, theirs] = await ctx.db.batch([named(ctx, projects), named(ctx, contractors)])
  return {
    statuses: CONTRACT_STATUSES.map((value) => ({ value, label: STATUS_LABELS[value] })),
    types: TYPES,
    projects: own,
    contractors: theirs,
  }
}

export async function workOptions(ctx: Ctx) {
  const orgId = orgOf(ctx)
  const [own, theirs, types, contracts, staff, joined] = await ctx.db.batch([
    named(ctx, projects),
    named(ctx, contractors),
    named(ctx, workTypes),
    ctx.db
      .select({ value: projectContracts.id, number: projectContracts.number, project: projects.name })
      .from(projectContracts)
      .leftJoin(projects, eq(projects.id, projectContracts.projectId))
      .where(mine(ctx, projectContracts))
      .orderBy(desc(projectContracts.createdAt), desc(projectContracts.id))
      .limit(MOST),
    ctx.db
      .select({ value: users.id, label: users.name })
      .from(users)
      .where(and(eq(users.orgId, orgId), isNull(users.deletedAt)))
      .limit(MOST),
    ctx.db
      .select({ value: users.id, label: memberships.name })
      .from(memberships)
      .innerJoin(users, eq(users.id, memberships.userId))
      .where(and(eq(memberships.orgId, orgId), isNull(users.deletedAt), sql`${users.orgId} <> ${orgId}`))
      .limit(MOST),
  ])
  return {
    statuses: WORK_STATUSES.map((status) => ({ value: WORK_WORDS[status], label: WORK_LABELS[status] })),
    projects: own,
    contracts: contracts.map(({ value, number, project }) => ({ value, label: project === null ? number : `${number} (${project})` })),
    work_types: types,
    users: [...staff, ...joined].toSorted((a, b) => a.label.localeCompare(b.label, 'ru')),
    contractors: theirs,
  }
}
