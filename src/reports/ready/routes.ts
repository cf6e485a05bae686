import * as z from 'zod'
import type { Ctx } from '../../context.ts'
import { TYPES } from '../../documents/spreadsheet/write-table.ts'
import { dayValue, flagValue, idValue } from '../../http/page-list.ts'
import { idParam, operation, wholeParam } from '../../http/operation.ts'
import { DetailQuery, SummaryQuery } from './contractors/asked.ts'
import { contractorDetail } from './contractors/detail.ts'
import { contractorSummary } from './contractors/summary.ts'
import { OfficialQuery } from './official/asked.ts'
import { officialUsage } from './official/official.ts'
import { projectStatus, STATUS_WORDS } from './project-status.ts'
import type { Asked, ReadyReport } from './report.ts'
import { foremanActivity, materialUsage, workCompletion } from './reports.ts'
import { runReport } from './run.ts'
import { ContractorProject, Frame, OfficialFrame, OneContractor } from './schemas.ts'

const FILES = [TYPES.csv, TYPES.xlsx]
const access = 'admin.reports.view' as const

const period = { date_from: dayValue.optional(), date_to: dayValue.optional() }
const form = {
  template_id: idValue.optional(),
  format: z.enum(['json', 'csv', 'xlsx']).default('json'),
  page: wholeParam(1_000_000).optional(),
  per_page: wholeParam(100).optional(),
}
const id = idValue.optional()

const MaterialQuery = z.object({
  project_id: id,
  material_id: id,
  user_id: id,
  ...period,
  ...form,
  sort_by: z.enum(['usage_date', 'material_name', 'unit_name', 'total_quantity', 'total_amount', 'operations_count']).default('usage_date'),
  sort_direction: z.enum(['asc', 'desc']).default('desc'),
})
const WorkQuery = z.object({ project_id: id, work_type_id: id, user_id: id, ...period, ...form })
const ForemanQuery = z.object({ project_id: id, user_id: id, ...period, ...form })
const StatusQuery = z.object({ status: z.enum(STATUS_WORDS).optional(), is_archived: flagValue.optional(), ...form })

const declared = <Q extends z.ZodType>(slug: string, tag: string, summary: string, query: Q, schema: z.ZodType) =>
  ({
    id: `get-reports-${slug}`,
    method: 'get',
    path: `/reports/${slug}`,
    summary,
    tag,
    access,
    query,
    errors: [403, 422],
    returns: { 200: { schema, media: FILES } },
  }) as const

const ready = <S extends z.ZodType>(report: ReadyReport<z.output<S> & Asked>, summary: string, query: S) =>
  operation(declared(report.slug, 'Reports', summary, query, Frame), (ctx: Ctx, { query: asked }) =>
    runReport(ctx, report, asked as z.output<S> & Asked),
  )

export const readyReportRoutes = [
  ready(materialUsage, 'What was used, by material', MaterialQuery),
  ready(workCompletion, 'What was done, by type of work', WorkQuery),
  ready(foremanActivity, 'What each foreman did', ForemanQuery),
  ready(projectStatus, 'Projects and what they add up to', StatusQuery),
  operation(
    declared(
      'official-material-usage',
      'Reports',
      'Use of a project’s materials against norms, for the customer (М-29)',
      OfficialQuery,
      OfficialFrame,
    ),
    (ctx, { query }) => officialUsage(ctx, query),
  ),
  operation(
    declared(
      'contractor-summary',
      'Contractor Reports',
      'What contractors of a project agreed, did and were paid',
      SummaryQuery,
      ContractorProject,
    ),
    (ctx, { query }) => contractorSummary(ctx, query),
  ),
  operation(
    {
      ...declared('contractor-detail', 'Contractor Reports', 'A contractor’s contracts in a project', DetailQuery, OneContractor),
      path: '/reports/contractor-detail/{contractorId}',
      params: z.object({ contractorId: idParam }),
    },
    (ctx, { params, query }) => contractorDetail(ctx, params.contractorId, query),
  ),
]
