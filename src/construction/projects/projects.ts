import { and, eq, isNull, sql } from 'drizzle-orm'
import type * as z from 'zod'
import type { Ctx } from '../../context.ts'
import { asked, isAsked, isAskedWith } from '../../db/asked.ts'
import { files } from '../../documents/tables.ts'
import { orNull, showMoney, showQuantity } from '../../http/numbers.ts'
import { contains, custom, definePages, flag, flagValue, oneOf, readWindow, type PageQuery } from '../../http/page-list.ts'
import { users } from '../../identity/tables.ts'
import { searchable } from '../../lib/search-text.ts'
import { costCategories } from '../cost-categories/tables.ts'
import { presentForeman } from '../people/foremen.ts'
import { mustHaveRoom, LIMIT_REFUSALS, roomGuard } from '../people/limits.ts'
import { memberships } from '../people/tables.ts'
import { said, verbsOf, mineCounted } from '../registry/registry.ts'
import { longStamp } from '../stamps.ts'
import { isHead, listedProjects, MISSING, mustBeHead, seenProjects, type ProjectRow } from './access.ts'
import { foremanId } from '../person.ts'
import type { ChangeProject, NewProject } from './schemas.ts'
import { PROJECT_STATUSES, projectForemen, projects as table } from './tables.ts'

type New = z.output<typeof NewProject>
type Change = z.output<typeof ChangeProject>

export const projectPages = definePages({
  counted: 'projects',
  key: table.id,
  filters: {
    name: contains(table.nameKey),
    status: oneOf(table.status, PROJECT_STATUSES),
    is_archived: flag(table.isArchived),
    // Which projects are meant at all: `listedProjects` decides by it.
    shared: custom(flagValue, () => undefined),
  },
  sorts: {
    created_at: table.createdAt,
    name: table.name,
    status: table.status,
    start_date: table.startDate,
    end_date: table.endDate,
    updated_at: table.updatedAt,
  },
})

const columnsOf = (input: Change, before?: ProjectRow) => {
  const { name, address = before?.address, external_code: code = before?.externalCode } = input
  return said({
    name: input.name,
    nameKey: searchable(name),
    address: input.address,
    description: input.description,
    customer: input.customer,
    designer: input.designer,
    startDate: input.start_date,
    endDate: input.end_date,
    status: input.status,
    isArchived: input.is_archived,
    additionalInfo: input.additional_info,
    externalCode: input.external_code,
    costCategoryId: input.cost_category_id,
    accountingData: input.accounting_data,
    useInAccountingReports: input.use_in_accounting_reports === null ? false : input.use_in_accounting_reports,
    budgetAmount: input.budget_amount,
    siteArea: input.site_area_m2,
    contractNumber: input.contract_number,
    search: searchable([name, address ?? '', code ?? ''].join('\n')),
  })
}

interface Assigned {
  since: string
  user: { id: number }
}
const bySeniority = (a: Assigned, b: Assigned) => (a.since < b.since ? -1 : a.since > b.since ? 1 : a.user.id - b.user.id)

/** Foremen and cost categories of projects, in one trip. */
async function relatedTo(ctx: Ctx, rows: ProjectRow[]) {
  const [team, categories] = await ctx.db.batch([
    ctx.db
      .select({ projectId: projectForemen.projectId, since: projectForemen.createdAt, member: memberships, user: users, avatar: files })
      .from(asked(rows.map((row) => [row.id, row.orgId])))
      .crossJoin(projectForemen)
      .crossJoin(memberships)
      .crossJoin(users)
      .leftJoin(files, eq(files.id, sql`iif(${memberships.isGuest}, ${memberships.accountAvatarId}, ${users.avatarFileId})`))
      .where(
        and(
          isAsked(projectForemen.projectId),
          eq(memberships.userId, projectForemen.userId),
          isAskedWith(memberships.orgId),
          eq(users.id, projectForemen.userId),
          isNull(users.deletedAt),
        ),
      ),
    ctx.db
      .select({ id: costCategories.id, name: costCategories.name, code: costCategories.code })
      .from(asked(rows.map((row) => row.costCategoryId)))
      .crossJoin(costCategories)
      .where(isAsked(costCategories.id)),
  ])
  const shown = await Promise.all(
    team.toSorted(bySeniority).map(async ({ projectId, avatar, since: _, ...row }) => ({
      projectId,
      foreman: await presentForeman(ctx, row, new Map(avatar ? [[avatar.id, avatar]] : [])),
    })),
  )
  return {
    team: Map.groupBy(shown, ({ projectId }) => projectId),
    categories: new Map(categories.map((category) => [category.id, category])),
  }
}

function present(row: ProjectRow, related: Awaited<ReturnType<typeof relatedTo>>, ctx: Ctx) {
  const team = (related.team.get(row.id) ?? []).map(({ foreman }) => foreman)
  const head = isHead(ctx, row)
  return {
    id: row.id,
    name: row.name,
    address: row.address,
    description: row.description,
    customer: row.customer,
    designer: row.designer,
    // What a project costs and how it is booked is its head's own business.
    budget_amount: head ? orNull(row.budgetAmount, showMoney) : null,
    site_area_m2: orNull(row.siteArea, showQuantity),
    contract_number: head ? row.contractNumber : null,
    status: row.status,
    start_date: row.startDate,
    end_date: row.endDate,
    is_archived: row.isArchived,
    additional_info: head ? row.additionalInfo : null,
    external_code: head ? row.externalCode : null,
    cost_category_id: head ? row.costCategoryId : null,
    cost_category: (head && row.costCategoryId !== null ? related.categories.get(row.costCategoryId) : undefined) ?? null,
    accounting_data: head ? row.accountingData : null,
    use_in_accounting_reports: row.useInAccountingReports,
    organization_id: row.orgId,
    is_head: head,
    created_at: longStamp(row.createdAt),
    updated_at: longStamp(row.updatedAt),
    assigned_users: head ? team : [],
    assigned_users_count: team.length,
  }
}

const verbs = verbsOf({
  table,
  noun: 'project',
  missing: MISSING,
  list: projectPages,
  seen: seenProjects,
  columns: (input: New) => columnsOf(input),
  changes: (input: Change, { before }) => columnsOf(input, before),
  references: (input) => [
    {
      path: 'cost_category_id',
      table: costCategories,
      id: input.cost_category_id,
      message: 'Выбранная категория затрат не существует.',
    },
  ],
  check: (input, { ctx, before }) => {
    if (before) mustBeHead(ctx, before)
    const start = input.start_date === undefined ? before?.startDate : input.start_date
    const end = input.end_date === undefined ? before?.endDate : input.end_date
    return start && end && end < start ? [{ path: 'end_date', message: 'Дата окончания должна быть больше или равна дате начала.' }] : []
  },
  also: (_, __, { ctx, before }) => (before ? [] : [roomGuard(ctx, 'projects')]),
  refusals: LIMIT_REFUSALS,
  related: relatedTo,
  present,
  mayRemove: async (ctx, row) => mustBeHead(ctx, row),
})

/** Own projects, or with `shared` those of others in which the organization takes part. */
async function list(ctx: Ctx, query: PageQuery) {
  const shared = query['shared'] === true
  const own = !shared && foremanId(ctx) === undefined
  const window = projectPages.windowOf(query, listedProjects(ctx, shared), own ? mineCounted(ctx) : undefined)
  const { rows, meta } = await readWindow(ctx.db, table, window)
  const related = await relatedTo(ctx, rows)
  return { rows: rows.map((row) => present(row, related, ctx)), meta }
}

async function create(ctx: Ctx, input: New) {
  await mustHaveRoom(ctx, 'projects')
  return verbs.create(ctx, input)
}

export const projectVerbs = { ...verbs, list, create }
