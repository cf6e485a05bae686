import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import type * as z from 'zod'
import { audit, orgOf, type Ctx } from '../../context.ts'
import { asked, isAsked } from '../../db/asked.ts'
import { batch } from '../../db/client.ts'
import { AppError, notFound } from '../../http/errors.ts'
import type { Exact } from '../../db/list-counts.ts'
import { definePages, flag, oneOf, type Source } from '../../http/page-list.ts'
import { mine, said, verbsOf } from '../../construction/registry/registry.ts'
import { authorOf, personOf } from '../../construction/person.ts'
import { longStamp } from '../../construction/stamps.ts'
import { compile } from '../builder/compile.ts'
import { Definition } from '../builder/definition.ts'
import { reportSchedules } from '../schedules/tables.ts'
import { authorsOf, type Author } from './authors.ts'
import { CATEGORY_KEYS, type ChangeReport, type NewReport } from './schemas.ts'
import { customReports as table, reportExecutions } from './tables.ts'

type New = z.output<typeof NewReport>
type Change = z.output<typeof ChangeReport>
export type ReportRow = typeof table.$inferSelect
const MISSING = 'Отчет не найден'

export const reportPages = definePages({
  counted: 'custom_reports',
  key: table.id,
  filters: { category: oneOf(table.category, CATEGORY_KEYS), is_favorite: flag(table.isFavorite), is_shared: flag(table.isShared) },
  sorts: { created_at: table.createdAt },
})

const definitionOf = (input: Change, before?: ReportRow): Definition => {
  const known = Object.fromEntries(Object.keys(Definition.shape).map((key) => [key, (input as Record<string, unknown>)[key]]))
  return { ...before?.definition, ...said(known) } as Definition
}

const presentExecution = (row: typeof reportExecutions.$inferSelect, author: Author | undefined) => ({
  id: row.id,
  custom_report_id: row.reportId,
  user_id: row.userId,
  organization_id: row.orgId,
  applied_filters: row.appliedFilters,
  execution_time_ms: row.executionTimeMs,
  result_rows_count: row.rowsCount,
  export_format: row.exportFormat,
  export_file_id: row.exportFileId,
  status: row.status,
  error_message: row.errorMessage,
  created_at: longStamp(row.createdAt),
  completed_at: row.completedAt === null ? null : longStamp(row.completedAt),
  user: author ?? null,
})

/** What is shared, by whomever, and one's own that is not. */
function sources(ctx: Ctx): Source[] {
  const me = authorOf(ctx)
  const counted = (isShared: 0 | 1, ...more: Exact[]) => ({
    orgs: [orgOf(ctx)],
    exact: [{ column: 'is_shared', values: [isShared] }, ...more],
  })
  const shared = { where: and(mine(ctx, table), eq(table.isShared, true)), scope: counted(1) }
  if (me === null) return [shared]
  const own = and(mine(ctx, table), eq(table.isShared, false), eq(table.userId, me))
  return [shared, { where: own, scope: counted(0, { column: 'user_id', values: [me] }) }]
}

export const customReports = verbsOf({
  table,
  noun: 'custom_report',
  missing: MISSING,
  list: reportPages,
  // One's own, and what others share.
  seen: (ctx) => sql`(${mine(ctx, table)} and (${table.userId} is ${authorOf(ctx)} or ${table.isShared} = 1))`,
  sources,
  columns: (input: New, { ctx }) => ({
    userId: personOf(ctx).userId,
    name: input.name,
    description: input.description ?? null,
    category: input.report_category,
    definition: definitionOf(input),
    isShared: input.is_shared ?? false,
  }),
  changes: (input: Change, { before }) => ({
    ...said({ name: input.name, description: input.description, category: input.report_category, isShared: input.is_shared ?? undefined }),
    definition: definitionOf(input, before),
  }),
  check: (input, { ctx, before }) => compile(definitionOf(input, before), orgOf(ctx)).errors ?? [],
  related: async (ctx, rows) => {
    if (rows.length === 0) return { authors: new Map<number, Author>(), scheduled: new Set<number>() }
    const [authors, active] = await Promise.all([
      authorsOf(
        ctx,
        rows.map((r) => r.userId),
      ),
      ctx.db
        .select({ id: reportSchedules.reportId })
        .from(asked(rows.map((r) => r.id)))
        .crossJoin(reportSchedules)
        .where(and(isAsked(reportSchedules.reportId), eq(reportSchedules.isActive, true), isNull(reportSchedules.deletedAt))),
    ])
    return { authors, scheduled: new Set(active.map((r) => r.id)) }
  },
  present: (row, { authors, scheduled }) => {
    const { definition: d } = row
    return {
      id: row.id,
      name: row.name,
      description: row.description,
      organization_id: row.orgId,
      user_id: row.userId,
      report_category: row.category,
      data_sources: { ...d.data_sources, joins: d.data_sources.joins ?? [] },
      query_config: d.query_config ?? null,
      columns_config: d.columns_config,
      filters_config: d.filters_config ?? null,
      aggregations_config: d.aggregations_config ?? null,
      sorting_config: d.sorting_config ?? null,
      visualization_config: d.visualization_config ?? null,
      is_shared: row.isShared,
      is_favorite: row.isFavorite,
      is_scheduled: scheduled.has(row.id),
      execution_count: row.executionCount,
      last_executed_at: row.lastExecutedAt === null ? null : longStamp(row.lastExecutedAt),
      created_at: longStamp(row.createdAt),
      updated_at: longStamp(row.updatedAt),
      user: authors.get(row.userId) ?? null,
    }
  },
})

/** Lets a report's author through: 403 for others of the organization. */
export async function mustBeAuthor(ctx: Ctx, id: number): Promise<ReportRow> {
  const [row] = await ctx.db
    .select()
    .from(table)
    .where(and(eq(table.id, id), mine(ctx, table)))
  if (!row) throw notFound(MISSING)
  if (row.userId !== authorOf(ctx)) throw new AppError('forbidden', 'Изменять отчёт может только его автор.')
  return row
}

export async function changeReport(ctx: Ctx, id: number, input: Change) {
  return customReports.change(ctx, id, input, await mustBeAuthor(ctx, id))
}

/** A deleted report takes its schedules with it. */
export async function removeReport(ctx: Ctx, id: number): Promise<void> {
  await mustBeAuthor(ctx, id)
  const at = ctx.now.toISOString()
  await batch(ctx.db, [
    ctx.db.update(table).set({ deletedAt: at, updatedAt: at }).where(eq(table.id, id)),
    ctx.db
      .update(reportSchedules)
      .set({ deletedAt: at, isActive: false, nextRunAt: null, updatedAt: at })
      .where(and(eq(reportSchedules.reportId, id), isNull(reportSchedules.deletedAt))),
    audit(ctx, orgOf(ctx), 'custom_report.deleted', `custom_report:${id}`),
  ])
}

/** A copy is the caller's own: private, not favourite, never run. */
export async function cloneReport(ctx: Ctx, id: number, name: string | undefined) {
  const { name: called, description, category, definition } = await customReports.load(ctx, id)
  const copy = Array.from(`Копия отчета - ${called}`).slice(0, 255).join('')
  return customReports.create(ctx, { ...definition, name: name ?? copy, description, report_category: category, is_shared: false })
}

/** Turns the mark over, where it is written: two calls side by side turn it twice. */
export async function switchFavorite(ctx: Ctx, id: number): Promise<boolean> {
  await mustBeAuthor(ctx, id)
  const [row] = await ctx.db
    .update(table)
    .set({ isFavorite: sql`not ${table.isFavorite}` })
    .where(and(eq(table.id, id), isNull(table.deletedAt)))
    .returning({ isFavorite: table.isFavorite })
  if (!row) throw notFound(MISSING)
  return row.isFavorite
}

export async function shareReport(ctx: Ctx, id: number, isShared: boolean): Promise<void> {
  await mustBeAuthor(ctx, id)
  await batch(ctx.db, [
    ctx.db.update(table).set({ isShared, updatedAt: ctx.now.toISOString() }).where(eq(table.id, id)),
    audit(ctx, orgOf(ctx), isShared ? 'custom_report.shared' : 'custom_report.unshared', `custom_report:${id}`),
  ])
}

/** The latest runs, newest first. */
async function executionsOf(ctx: Ctx, reportId: number, limit: number) {
  const rows = await ctx.db
    .select()
    .from(reportExecutions)
    .where(eq(reportExecutions.reportId, reportId))
    .orderBy(desc(reportExecutions.id))
    .limit(limit)
  const authors = await authorsOf(
    ctx,
    rows.map((r) => r.userId),
  )
  return rows.map((row) => presentExecution(row, authors.get(row.userId ?? 0)))
}

export async function listExecutions(ctx: Ctx, id: number, limit: number) {
  await customReports.load(ctx, id)
  return executionsOf(ctx, id, limit)
}

export async function showReport(ctx: Ctx, id: number) {
  const row = await customReports.load(ctx, id)
  const [report, executions] = await Promise.all([customReports.show(ctx, row), executionsOf(ctx, id, 10)])
  return { ...report, executions }
}
