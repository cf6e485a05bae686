import { orgOf, type Ctx } from '../../context.ts'
import type { FieldIssue } from '../../http/errors.ts'
import { findMissing } from '../../construction/registry/references.ts'
import { invalid } from '../../construction/registry/registry.ts'
import { mustHaveModule } from '../../construction/people/limits.ts'
import { isoStamp } from '../../construction/stamps.ts'
import { inPages, mustFit, type Cell } from '../../documents/spreadsheet/write-table.ts'
import { BACKWARDS } from '../sums/sums.ts'
import { templateFor } from '../templates/templates.ts'
import { cellsOf, layOut, shown, shownRow, totalsOf, type ReportRow, type Shown, type Value } from './columns.ts'
import { sendTableKept } from './files.ts'
import { pageQuery, type Asked, type ReadyReport } from './report.ts'

/** Groups that an export reads at a time. */
const EXPORT_ROWS = 10_000

interface Page {
  rows: ReportRow[]
  count: number
  totals: ReportRow
}

async function readPage<Q extends Asked>(ctx: Ctx, report: ReadyReport<Q>, asked: Q, limit: number, offset: number): Promise<Page> {
  const query = pageQuery(report, await report.grouped(ctx, asked), report.order(asked), limit, offset)
  const found = await ctx.db.all<Record<string, Value>>(query)
  const [first = {}] = found
  const totals = Object.fromEntries(report.totals.map((key) => [key, first[`total:${key}`] ?? 0]))
  const { derive = (row) => row } = report
  // A page behind the last one has the totals alone.
  const rows = found.filter((row) => row['row:'] === 1).map(derive)
  return { rows, count: Number(first['total:'] ?? 0), totals }
}

/** Days as the document's example shows the ends of a period. */
const FILTER_STAMPS: Record<string, string> = { date_from: 'T00:00:00.000000Z', date_to: 'T23:59:59.000000Z' }
const NOT_FILTERS = new Set(['format', 'template_id', 'page', 'per_page', 'sort_by', 'sort_direction'])

/** What was asked, as the answer repeats it. */
export const filtersOf = (asked: object) =>
  Object.fromEntries(
    Object.entries(asked)
      .filter(([key, value]) => value !== undefined && !NOT_FILTERS.has(key))
      .map(([key, value]) => [key, FILTER_STAMPS[key] === undefined ? value : `${String(value)}${FILTER_STAMPS[key]}`]),
  )

export function periodIssues({ date_from: from, date_to: to }: Pick<Asked, 'date_from' | 'date_to'>): FieldIssue[] {
  return from !== undefined && to !== undefined && to < from ? [{ path: 'date_to', message: BACKWARDS }] : []
}

const NO_TEMPLATE: FieldIssue = { path: 'template_id', message: 'Шаблон этого отчета не найден в вашей организации.' }

async function layoutFor<Q extends Asked>(ctx: Ctx, report: ReadyReport<Q>, asked: Q): Promise<Shown[]> {
  const template = await templateFor(ctx, report.type, asked.template_id)
  if (asked.template_id !== undefined && !template) throw invalid([NO_TEMPLATE])
  return layOut(report.columns, report.aliases, template?.columns)
}

async function* exportPages<Q extends Asked>(
  ctx: Ctx,
  report: ReadyReport<Q>,
  asked: Q,
  layout: Shown[],
  first: Page,
): AsyncGenerator<Cell[][]> {
  let page = first
  for (let offset = 0; page.rows.length > 0;) {
    yield page.rows.map((row) => cellsOf(layout, row))
    offset += EXPORT_ROWS
    if (offset >= first.count) return
    page = await readPage(ctx, report, asked, EXPORT_ROWS, offset)
  }
}

/** Makes a ready report: JSON by pages, or a file of all rows in the template's columns. */
export async function runReport<Q extends Asked>(ctx: Ctx, report: ReadyReport<Q>, asked: Q): Promise<object | Response> {
  await mustHaveModule(ctx, report.module)
  const issues = [...periodIssues(asked), ...(await findMissing(ctx, report.references(ctx, asked)))]
  if (issues.length > 0) throw invalid(issues)
  const layout = await layoutFor(ctx, report, asked)
  if (asked.format !== 'json') {
    const first = await readPage(ctx, report, asked, EXPORT_ROWS, 0)
    mustFit(first.count)
    return sendTableKept(ctx, { type: `reports/${report.slug}`, filename: `${report.type}_report`, title: report.title }, asked.format, {
      name: report.title.slice(0, 31),
      columns: layout.map(({ column }) => column),
      rows: inPages(exportPages(ctx, report, asked, layout, first)),
      totals: totalsOf(layout, first.totals),
    })
  }
  const { per_page: size = report.perPage, page = 1 } = asked
  const [{ rows, count, totals }, summary] = await Promise.all([
    readPage(ctx, report, asked, size, (page - 1) * size),
    report.summary?.(ctx, asked),
  ])
  const byKey = new Map(report.columns.map((column) => [column.key, column]))
  return {
    title: report.title,
    organization_id: orgOf(ctx),
    filters: filtersOf(asked),
    columns: layout.map(({ key, header }) => ({ header, data_key: key })),
    data: rows.map((row) => shownRow(report.columns, row)),
    totals: Object.fromEntries(report.totals.map((key) => [key, shown(byKey.get(key) ?? { kind: 'integer' }, totals[key])])),
    ...(summary ? { summary } : {}),
    pagination: { total: count, per_page: size, current_page: page, last_page: Math.max(1, Math.ceil(count / size)) },
    generated_at: isoStamp(ctx.now.toISOString()),
  }
}
