import { eq, sql } from 'drizzle-orm'
import { orgOf, type Ctx } from '../../context.ts'
import { batch, rawRows } from '../../db/client.ts'
import { AppError } from '../../http/errors.ts'
import { authorOf } from '../../construction/person.ts'
import { zoneOf } from '../../construction/zone.ts'
import { chosenFilters, compile } from '../builder/compile.ts'
import type { Filters } from '../builder/definition.ts'
import { MAX_ROWS, rowsOf, runDefinition, shownColumns, wrongDefinition, type Result } from '../builder/run.ts'
import { svgOf } from '../export/chart.ts'
import { exportResult, type Exported } from '../export/export.ts'
import { chartOf } from '../export/table.ts'
import { customReports as verbs, type ReportRow } from './reports.ts'
import { customReports, reportExecutions, type ExportFormat } from './tables.ts'

interface Asked {
  filters?: Filters | null | undefined
  limit?: number | null | undefined
  format?: ExportFormat | undefined
  /** Nobody waits for the answer: whatever goes wrong is to be found among the runs. */
  unattended?: boolean
}

interface Run {
  executionId: number
  result: Result
  filters: Filters
  ms: number
  exported: Exported | undefined
}

const tooMany = () => new AppError('unprocessable', `В отчёте больше ${MAX_ROWS} строк: сузьте его фильтрами или укажите limit.`)

interface Outcome {
  status: 'completed' | 'failed'
  filters: Filters
  ms: number
  rows: number
  format: ExportFormat | undefined
  fileId?: string | null
  message?: string
}

/** The row of a run; a run that came to its end counts. */
async function record(
  ctx: Ctx,
  report: ReportRow,
  { status, filters, ms, rows, format, fileId = null, message }: Outcome,
): Promise<number> {
  const at = ctx.now.toISOString()
  const [made] = await batch(ctx.db, [
    ctx.db
      .insert(reportExecutions)
      .values({
        reportId: report.id,
        orgId: report.orgId,
        userId: authorOf(ctx),
        appliedFilters: filters,
        executionTimeMs: ms,
        rowsCount: rows,
        exportFormat: format ?? null,
        exportFileId: fileId,
        status,
        errorMessage: message ?? null,
        createdAt: at,
        completedAt: at,
      })
      .returning({ id: reportExecutions.id }),
    ctx.db
      .update(customReports)
      .set({ executionCount: sql`${customReports.executionCount} + 1`, lastExecutedAt: at })
      .where(eq(customReports.id, report.id)),
  ])
  const [row] = made as { id: number }[]
  if (!row) throw new Error('the execution was not written')
  return row.id
}

/**
 * Runs a report and records the run, with its export where one is asked for. The same for a call, a schedule and «run now».
 *
 * @throws AppError validation for filters that don't fit, unprocessable for what is too much; that is recorded as well
 */
export async function runReport(ctx: Ctx, report: ReportRow, { filters: given, limit, format, unattended }: Asked): Promise<Run> {
  const { filters, errors } = chosenFilters(report.definition, given ?? {})
  const started = Date.now()
  try {
    if (errors.length > 0) throw wrongDefinition(errors)
    const result = await runDefinition(ctx, report.definition, filters, limit ?? MAX_ROWS)
    if (result.more && !limit) throw tooMany()
    const ms = Date.now() - started
    const exported = format
      ? await exportResult(ctx, { name: report.name, definition: report.definition, filters }, result, format)
      : undefined
    const executionId = await record(ctx, report, {
      status: 'completed',
      filters,
      ms,
      rows: result.cells.length,
      format,
      fileId: exported?.fileId ?? null,
    })
    return { executionId, result, filters, ms, exported }
  } catch (error) {
    if (error instanceof AppError && (error.code === 'unprocessable' || unattended))
      await record(ctx, report, { status: 'failed', filters, ms: Date.now() - started, rows: 0, format, message: error.message })
    throw error
  }
}

/** How many rows there are in all, where fewer were asked for; counted no further than makes sense. */
async function countRows(ctx: Ctx, report: ReportRow, filters: Filters): Promise<number> {
  const { query } = compile(report.definition, orgOf(ctx), filters, { limit: 100_000, zone: await zoneOf(ctx) })
  if (!query) return 0
  const [row] = await rawRows(ctx.db, `select count(*) from (${query.sql})`, query.params)
  return Number(row?.[0] ?? 0)
}

/** A run as JSON: rows by the columns' keys, and the chart as SVG where the report has one. */
export async function executeReport(ctx: Ctx, id: number, asked: Omit<Asked, 'format'>) {
  const report = await verbs.load(ctx, id)
  const { executionId, result, filters, ms } = await runReport(ctx, report, asked)
  const chart = chartOf(report.definition, result.columns, result.cells, await zoneOf(ctx))
  return {
    execution_id: executionId,
    columns: shownColumns(result.columns),
    rows: rowsOf(result),
    total_rows: result.more ? await countRows(ctx, report, filters) : result.cells.length,
    execution_time_ms: ms,
    applied_filters: filters,
    chart_svg: chart ? svgOf(chart) : null,
  }
}

export async function exportReport(ctx: Ctx, id: number, asked: Asked & { format: ExportFormat }): Promise<Exported> {
  const report = await verbs.load(ctx, id)
  const { exported } = await runReport(ctx, report, asked)
  if (!exported) throw new Error('an export was asked for')
  return exported
}
