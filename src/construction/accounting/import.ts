import { and, eq, isNull, sql } from 'drizzle-orm'
import { orgOf, type Ctx } from '../../context.ts'
import { batch, type Write } from '../../db/client.ts'
import { searchable } from '../../lib/search-text.ts'
import { searchOf } from '../cost-categories/cost-categories.ts'
import { costCategories } from '../cost-categories/tables.ts'
import { materials } from '../materials/tables.ts'
import { refusedByLimit, roomGuard } from '../people/limits.ts'
import { memberships } from '../people/tables.ts'
import { projects } from '../projects/tables.ts'
import { match, pieces, type Matched } from './match.ts'
import { exchange } from './runs.ts'
import { RemoteMaterial, RemoteProject, RemoteUser, type AccountingSystem } from './system.ts'
import type * as z from 'zod'

export interface ImportStats {
  total: number
  created: number
  updated: number
  skipped: number
  errors: number
  [outcome: string]: number
}

const statsOf = (counts: Omit<ImportStats, 'total'>): ImportStats => ({
  total: Number(counts.created) + Number(counts.updated) + Number(counts.skipped) + Number(counts.errors),
  created: Number(counts.created),
  updated: Number(counts.updated),
  skipped: Number(counts.skipped),
  errors: Number(counts.errors),
})

/** The rows of ours that any code of the list may mean. */
const textsOf = (raw: unknown[], ...names: string[]) =>
  JSON.stringify(
    raw.flatMap((one) =>
      typeof one === 'object' && one !== null
        ? Object.entries(one).flatMap(([name, value]) => (names.includes(name) && typeof value === 'string' ? [value.trim()] : []))
        : [],
    ),
  )

/** What is left as it is where the other side says nothing. */
const kept = (name: string, column = name) => sql.raw(`${column} = coalesce(j.value ->> '${name}', ${column})`)

async function updateAll(ctx: Ctx, pairs: object[], write: (rows: string) => Write): Promise<number> {
  let changed = 0
  for (const piece of pieces(pairs)) {
    const [rows] = await batch(ctx.db, [write(JSON.stringify(piece))])
    changed += (rows as { results: unknown[] }).results.length
  }
  return changed
}

const flat = <R extends object>({ pairs }: Matched<R>) => pairs.map(({ id, remote }) => ({ id, ...remote }))

async function takeUsers(ctx: Ctx, system: AccountingSystem): Promise<ImportStats> {
  const orgId = orgOf(ctx)
  const raw = await system.list('users', orgId)
  const ours = await ctx.db
    .select({ id: memberships.id, first: memberships.externalCode, second: memberships.employeeId })
    .from(memberships)
    .where(
      and(
        eq(memberships.orgId, orgId),
        sql`(${memberships.externalCode} in (select value from json_each(${textsOf(raw, 'external_code')})) or ${memberships.employeeId} in (select value from json_each(${textsOf(raw, 'employee_id')})))`,
      ),
    )
  const found = match(raw, RemoteUser, ours, (one) => [one.external_code, one.employee_id ?? null])
  const updated = await updateAll(ctx, flat(found), (rows) =>
    ctx.db
      .run(sql`update memberships set external_code = j.value ->> 'external_code', ${kept('employee_id')}, ${kept('accounting_account')},
        accounting_data = coalesce(j.value -> 'accounting_data', accounting_data), updated_at = ${ctx.now.toISOString()}
      from json_each(${rows}) j where memberships.org_id = ${orgId} and memberships.id = j.value ->> 'id' returning id`),
  )
  return statsOf({ created: 0, updated, skipped: found.unknown.length, errors: found.errors + found.pairs.length - updated })
}

async function takeMaterials(ctx: Ctx, system: AccountingSystem): Promise<ImportStats> {
  const orgId = orgOf(ctx)
  const raw = await system.list('materials', orgId)
  const ours = await ctx.db
    .select({ id: materials.id, first: materials.externalCode, second: materials.sbisNomenclatureCode })
    .from(materials)
    .where(
      and(
        eq(materials.orgId, orgId),
        isNull(materials.deletedAt),
        sql`(${materials.externalCode} in (select value from json_each(${textsOf(raw, 'external_code')})) or ${materials.sbisNomenclatureCode} in (select value from json_each(${textsOf(raw, 'sbis_nomenclature_code')})))`,
      ),
    )
  const found = match(raw, RemoteMaterial, ours, (one) => [one.external_code, one.sbis_nomenclature_code ?? null])
  // A code that another material got meanwhile leaves the row as it was: it is counted among the errors.
  const updated = await updateAll(ctx, flat(found), (rows) =>
    ctx.db
      .run(sql`update or ignore materials set external_code = j.value ->> 'external_code', ${kept('sbis_nomenclature_code')}, ${kept('sbis_unit_code')},
        ${kept('accounting_account')}, accounting_data = coalesce(j.value -> 'accounting_data', accounting_data), use_in_accounting_reports = 1,
        updated_at = ${ctx.now.toISOString()}
      from json_each(${rows}) j where materials.org_id = ${orgId} and materials.id = j.value ->> 'id' and materials.deleted_at is null returning id`),
  )
  return statsOf({ created: 0, updated, skipped: found.unknown.length, errors: found.errors + found.pairs.length - updated })
}

type Remote = z.output<typeof RemoteProject>

/** Ids of the cost categories that projects name, by their codes there; what is not known yet is made. */
async function categoriesFor(ctx: Ctx, remotes: Remote[]): Promise<Map<string, number>> {
  const orgId = orgOf(ctx)
  const named = new Map(remotes.flatMap(({ cost_category: c }) => (c ? [[c.external_code, c.name] as const] : [])))
  if (named.size === 0) return new Map()
  const at = ctx.now.toISOString()
  const rows = JSON.stringify(
    [...named].map(([code, name]) => ({ code, name, search: searchOf({ name, code: null, externalCode: code }) })),
  )
  const [, found] = await batch(ctx.db, [
    ctx.db.run(sql`insert into cost_categories (org_id, name, external_code, search, created_at, updated_at)
      select ${orgId}, value ->> 'name', value ->> 'code', value ->> 'search', ${at}, ${at} from json_each(${rows})
      where not exists (select 1 from cost_categories c where c.org_id = ${orgId} and c.external_code = value ->> 'code' and c.deleted_at is null)`),
    ctx.db
      .select({ id: costCategories.id, code: costCategories.externalCode })
      .from(costCategories)
      .where(
        and(
          eq(costCategories.orgId, orgId),
          isNull(costCategories.deletedAt),
          sql`${costCategories.externalCode} in (select value ->> 'code' from json_each(${rows}))`,
        ),
      ),
  ])
  return new Map(
    (found as { id: number; code: string | null }[]).flatMap((row) => (row.code === null ? [] : [[row.code, row.id] as const])),
  )
}

const searchOfProject = (one: Remote) => searchable([one.name, one.address ?? '', one.external_code].join('\n'))

/** Makes a project; false where the subscription has no room for it. */
async function makeProject(ctx: Ctx, one: Remote, costCategoryId: number | null): Promise<boolean> {
  const at = ctx.now.toISOString()
  try {
    await batch(ctx.db, [
      ctx.db.insert(projects).values({
        orgId: orgOf(ctx),
        name: one.name,
        nameKey: searchable(one.name),
        address: one.address ?? null,
        startDate: one.start_date ?? null,
        endDate: one.end_date ?? null,
        status: 'active',
        externalCode: one.external_code,
        costCategoryId,
        accountingData: one.accounting_data ?? null,
        useInAccountingReports: true,
        search: searchOfProject(one),
        createdAt: at,
        updatedAt: at,
      }),
      roomGuard(ctx, 'projects'),
    ])
    return true
  } catch (error) {
    if (refusedByLimit(error)) return false
    throw error
  }
}

async function takeProjects(ctx: Ctx, system: AccountingSystem): Promise<ImportStats> {
  const orgId = orgOf(ctx)
  const raw = await system.list('projects', orgId)
  const rows = await ctx.db
    .select({ id: projects.id, first: projects.externalCode })
    .from(projects)
    .where(
      and(
        eq(projects.orgId, orgId),
        isNull(projects.deletedAt),
        sql`${projects.externalCode} in (select value from json_each(${textsOf(raw, 'external_code')}))`,
      ),
    )
  const found = match(
    raw,
    RemoteProject,
    rows.map((row) => ({ ...row, second: null })),
    (one) => [one.external_code, null],
  )
  const categories = await categoriesFor(ctx, [...found.pairs.map(({ remote }) => remote), ...found.unknown])
  const categoryOf = ({ cost_category: c }: Remote) => (c ? (categories.get(c.external_code) ?? null) : null)
  const changes = flat(found).map((one) => ({ ...one, category: categoryOf(one), key: searchable(one.name), search: searchOfProject(one) }))
  const updated = await updateAll(ctx, changes, (piece) =>
    ctx.db
      .run(sql`update projects set name = j.value ->> 'name', name_key = j.value ->> 'key', search = j.value ->> 'search', ${kept('address')},
        ${kept('start_date')}, ${kept('end_date')}, ${kept('category', 'cost_category_id')},
        accounting_data = coalesce(j.value -> 'accounting_data', accounting_data), use_in_accounting_reports = 1, updated_at = ${ctx.now.toISOString()}
      from json_each(${piece}) j where projects.org_id = ${orgId} and projects.id = j.value ->> 'id' and projects.deleted_at is null returning id`),
  )
  let created = 0
  for (const one of found.unknown) {
    if (!(await makeProject(ctx, one, categoryOf(one)))) break
    created++
  }
  const without = found.unknown.length - created
  return statsOf({ created, updated, skipped: 0, errors: found.errors + found.pairs.length - updated + without })
}

/** Codes of people whom both sides know; nobody is made. */
export const importUsers = (ctx: Ctx) => exchange(ctx, 'users', (system) => takeUsers(ctx, system))
/** Projects by their codes; new ones as far as the subscription has room. */
export const importProjects = (ctx: Ctx) => exchange(ctx, 'projects', (system) => takeProjects(ctx, system))
/** Codes and accounts of materials that both sides know; none is made. */
export const importMaterials = (ctx: Ctx) => exchange(ctx, 'materials', (system) => takeMaterials(ctx, system))
