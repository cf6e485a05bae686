import * as z from 'zod'
import type { Ctx } from '../../context.ts'
import { contentDisposition } from '../../http/content-disposition.ts'
import { idParam, operation, wholeParam, type Operation } from '../../http/operation.ts'
import { mustHaveModule } from '../../construction/people/limits.ts'
import { Meta, successOf } from '../../construction/registry/registry-routes.ts'
import { EXPORT_TYPES } from '../export/export.ts'
import { executeReport, exportReport } from './execute.ts'
import {
  changeReport,
  cloneReport,
  customReports,
  listExecutions,
  removeReport,
  reportPages,
  shareReport,
  showReport,
  switchFavorite,
} from './reports.ts'
import { ChangeReport, CloneBody, ExecuteBody, ExecuteQuery, Execution, NewReport, Report, ShareBody } from './schemas.ts'

const tag = 'Custom Reports'
const params = z.object({ id: idParam })
const path = '/custom-reports'
const item = `${path}/{id}`
const access = { read: 'admin.reports.view', write: 'admin.reports.edit' } as const
const done = z.object({ success: z.literal(true), message: z.string() })

/** Reports are a module of the subscription: every operation asks for it first. */
export const inModule = async <T>(ctx: Ctx, work: () => Promise<T>): Promise<T> => {
  await mustHaveModule(ctx, 'advanced_reports')
  return work()
}

/** The same for what only reads: both are asked side by side. */
const readInModule = async <T>(ctx: Ctx, work: Promise<T>): Promise<T> => {
  const [, found] = await Promise.all([mustHaveModule(ctx, 'advanced_reports'), work])
  return found
}

const example = {
  name: 'Список проектов',
  report_category: 'core',
  data_sources: { primary: 'projects' },
  columns_config: [{ field: 'projects.name', label: 'Название проекта', order: 1 }],
}

export const customReportRoutes: Operation[] = [
  operation(
    {
      id: 'get-custom-reports',
      method: 'get',
      path,
      summary: 'Own reports and those that others share',
      tag,
      access: access.read,
      query: reportPages.query,
      returns: { 200: { schema: z.object({ success: z.literal(true), data: z.array(Report), meta: Meta }) } },
    },
    async (ctx, { query }) => {
      const { rows, meta } = await readInModule(ctx, customReports.list(ctx, query))
      return { success: true, data: rows, meta }
    },
  ),
  operation(
    {
      id: 'post-custom-reports',
      method: 'post',
      path,
      summary: 'Save a report; it is checked as if it were run',
      tag,
      access: access.write,
      body: NewReport,
      returns: { 201: { schema: successOf(Report) } },
      idempotent: true,
      errors: [422],
      example,
    },
    (ctx, { body }) =>
      inModule(ctx, async () => ({ success: true, message: 'Отчет успешно создан', data: await customReports.create(ctx, body) })),
  ),
  operation(
    {
      id: 'get-custom-reports-id',
      method: 'get',
      path: item,
      summary: 'A report with its last ten runs',
      tag,
      access: access.read,
      params,
      returns: { 200: { schema: z.object({ success: z.literal(true), data: Report.extend({ executions: z.array(Execution) }) }) } },
    },
    (ctx, { params: p }) => inModule(ctx, async () => ({ success: true, data: await showReport(ctx, p.id) })),
  ),
  operation(
    {
      id: 'put-custom-reports-id',
      method: 'put',
      path: item,
      summary: 'Change a report; its author alone may',
      tag,
      access: access.write,
      params,
      body: ChangeReport,
      example: { name: 'Список проектов' },
      returns: { 200: { schema: successOf(Report) } },
      errors: [422],
    },
    (ctx, { params: p, body }) =>
      inModule(ctx, async () => ({ success: true, message: 'Отчет успешно обновлен', data: await changeReport(ctx, p.id, body) })),
  ),
  operation(
    {
      id: 'delete-custom-reports-id',
      method: 'delete',
      path: item,
      summary: 'Delete a report with its schedules; its author alone may',
      tag,
      access: access.write,
      params,
      returns: { 200: { schema: done } },
    },
    (ctx, { params: p }) =>
      inModule(ctx, async () => {
        await removeReport(ctx, p.id)
        return { success: true, message: 'Отчет успешно удален' }
      }),
  ),
  operation(
    {
      id: 'post-custom-reports-id-clone',
      method: 'post',
      path: `${item}/clone`,
      summary: 'Copy an own or shared report',
      tag,
      access: access.write,
      params,
      body: CloneBody,
      returns: { 201: { schema: successOf(Report) } },
      idempotent: true,
    },
    (ctx, { params: p, body }) =>
      inModule(ctx, async () => ({ success: true, message: 'Отчет успешно скопирован', data: await cloneReport(ctx, p.id, body?.name) })),
  ),
  operation(
    {
      id: 'post-custom-reports-id-favorite',
      method: 'post',
      path: `${item}/favorite`,
      summary: 'Mark as favourite, or unmark',
      tag,
      access: access.write,
      params,
      returns: { 200: { schema: z.object({ success: z.literal(true), data: z.object({ is_favorite: z.boolean() }) }) } },
    },
    (ctx, { params: p }) => inModule(ctx, async () => ({ success: true, data: { is_favorite: await switchFavorite(ctx, p.id) } })),
  ),
  operation(
    {
      id: 'post-custom-reports-id-share',
      method: 'post',
      path: `${item}/share`,
      summary: 'Open a report to the organization, or close it',
      tag,
      access: access.write,
      params,
      body: ShareBody,
      example: { is_shared: true },
      returns: { 200: { schema: successOf(ShareBody) } },
    },
    (ctx, { params: p, body }) =>
      inModule(ctx, async () => {
        await shareReport(ctx, p.id, body.is_shared)
        const message = body.is_shared ? 'Отчет теперь доступен всей организации' : 'Отчет теперь доступен только вам'
        return { success: true, message, data: { is_shared: body.is_shared } }
      }),
  ),
  operation(
    {
      id: 'post-custom-reports-id-execute',
      method: 'post',
      path: `${item}/execute`,
      summary: 'Run a report; as a file with export',
      tag,
      access: access.read,
      params,
      query: ExecuteQuery,
      body: ExecuteBody,
      returns: {
        200: {
          schema: z.object({
            success: z.literal(true),
            data: z.object({
              execution_id: z.int(),
              columns: z.array(z.object({ field: z.string(), label: z.string(), format: z.string() })),
              rows: z.array(z.record(z.string(), z.unknown())),
              total_rows: z.int(),
              execution_time_ms: z.int(),
              applied_filters: z.record(z.string(), z.unknown()),
              chart_svg: z.string().nullable(),
            }),
          }),
          media: Object.values(EXPORT_TYPES).map(({ mime }) => mime),
        },
      },
      errors: [422],
    },
    (ctx, { params: p, query, body }) =>
      inModule(ctx, async () => {
        if (!query.export) return { success: true, data: await executeReport(ctx, p.id, body ?? {}) }
        const { bytes, filename, mime } = await exportReport(ctx, p.id, { ...body, format: query.export })
        return new Response(bytes, { headers: { 'content-type': mime, 'content-disposition': contentDisposition(filename) } })
      }),
  ),
  operation(
    {
      id: 'get-custom-reports-id-executions',
      method: 'get',
      path: `${item}/executions`,
      summary: 'Runs of a report, newest first',
      tag,
      access: access.read,
      params,
      query: z.object({ limit: wholeParam(100).default(50) }),
      returns: { 200: { schema: z.object({ success: z.literal(true), data: z.array(Execution) }) } },
    },
    (ctx, { params: p, query }) => inModule(ctx, async () => ({ success: true, data: await listExecutions(ctx, p.id, query.limit) })),
  ),
]
