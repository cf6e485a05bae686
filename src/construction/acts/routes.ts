import * as z from 'zod'
import { TYPES } from '../../documents/spreadsheet/write-table.ts'
import { idParam, operation, Reply, type Operation } from '../../http/operation.ts'
import { successOf } from '../registry/registry-routes.ts'
import { actContracts, availableWorks } from './available.ts'
import { changeAct, removeAct } from './change-act.ts'
import { createAct, replaceWorks } from './compose-act.ts'
import { downloadFile, exportExcel, exportMany, exportPdf } from './export-act.ts'
import { actPages, getAct, listActs, loadAct, showAct } from './load-act.ts'
import { showPerformanceAct } from './performance-act.ts'
import * as s from './schemas.ts'

const reports = { tag: 'ActReports', invalid: 400 } as const
const performed = { tag: 'PerformanceActs' } as const
const [view, edit] = ['admin.acts.view', 'admin.acts.edit'] as const
const PDF = ['application/pdf']
const XLSX = [TYPES.xlsx]
const byAct = z.object({ act: idParam })
const byPerformanceAct = z.object({ performance_act: idParam })
const ofContract = z.object({ contract: idParam, performance_act: idParam })

const CHANGE =
  'An approved act keeps number, day, description and works until its approval is withdrawn (`is_approved: false`); one that is out for signature, or signed, can’t be changed or deleted at all (409).'

export const actRoutes: Operation[] = [
  operation(
    {
      ...reports,
      id: 'get-act-reports',
      method: 'get',
      path: '/act-reports',
      summary: 'Acts of the organization, and what all of them come to',
      access: view,
      query: actPages.query,
      returns: { 200: { schema: s.ActsAnswer } },
    },
    async (ctx, { query }) => ({ data: await listActs(ctx, query), message: 'Акты получены успешно' }),
  ),
  operation(
    {
      ...reports,
      id: 'post-act-reports',
      method: 'post',
      path: '/act-reports',
      summary: 'Create an act of confirmed works of an active contract',
      description:
        'The amount is the sum of what is included of the works. A work that another approved act has, or one out for signature, is refused.',
      access: edit,
      body: s.NewAct,
      returns: { 201: { schema: s.ActAnswer } },
      errors: [409],
      idempotent: true,
      example: { contract_id: 25, act_document_number: 'АКТ-2024-001', act_date: '2024-12-20', work_ids: [342, 343, 344] },
    },
    async (ctx, { body }) => ({ data: await createAct(ctx, body), message: 'Акт создан успешно' }),
  ),
  operation(
    {
      ...reports,
      id: 'get-act-reports-contracts',
      method: 'get',
      path: '/act-reports/contracts',
      summary: 'Active contracts, of which acts may be made',
      access: view,
      errors: [400],
      returns: { 200: { schema: s.ActContracts } },
    },
    async (ctx) => ({ data: await actContracts(ctx), message: 'Контракты получены успешно' }),
  ),
  operation(
    {
      ...reports,
      id: 'post-act-reports-bulk-export-excel',
      method: 'post',
      path: '/act-reports/bulk-export/excel',
      summary: 'Several acts as one workbook: acts, works, materials',
      access: view,
      body: s.BulkExport,
      returns: { 200: { media: XLSX } },
      example: { act_ids: [25, 26, 27] },
    },
    (ctx, { body }) => exportMany(ctx, body.act_ids),
  ),
  operation(
    {
      ...reports,
      id: 'get-act-reports-act',
      method: 'get',
      path: '/act-reports/{act}',
      summary: 'An act with its works and saved files',
      access: view,
      params: byAct,
      returns: { 200: { schema: s.ActAnswer } },
      errors: [400, 404],
    },
    async (ctx, { params }) => ({ data: await getAct(ctx, params.act), message: 'Акт получен успешно' }),
  ),
  operation(
    {
      ...reports,
      id: 'put-act-reports-act',
      method: 'put',
      path: '/act-reports/{act}',
      summary: 'Change or approve an act',
      description: CHANGE,
      access: edit,
      params: byAct,
      body: s.ChangeAct,
      example: { description: 'Работы первого этажа' },
      returns: { 200: { schema: s.ActAnswer } },
      errors: [404, 409],
    },
    async (ctx, { params, body }) => ({
      data: await showAct(ctx, await changeAct(ctx, params.act, body)),
      message: 'Акт обновлен успешно',
    }),
  ),
  operation(
    {
      ...reports,
      id: 'get-act-reports-act-available-works',
      method: 'get',
      path: '/act-reports/{act}/available-works',
      summary: 'Confirmed works of the act’s contract',
      description: '`is_included_in_approved_act`: in another act that is approved or out for signature, so that it can’t be chosen.',
      access: view,
      params: byAct,
      returns: { 200: { schema: s.AvailableWorks } },
      errors: [400, 404],
    },
    async (ctx, { params }) => ({ data: await availableWorks(ctx, params.act), message: 'Доступные работы получены успешно' }),
  ),
  operation(
    {
      ...reports,
      id: 'put-act-reports-act-works',
      method: 'put',
      path: '/act-reports/{act}/works',
      summary: 'Replace the works of an act',
      access: edit,
      params: byAct,
      body: s.ActWorks,
      example: { work_ids: [342, 343] },
      returns: { 200: { schema: s.ActAnswer } },
      errors: [404, 409],
    },
    async (ctx, { params, body }) => ({ data: await replaceWorks(ctx, params.act, body), message: 'Состав работ акта обновлен успешно' }),
  ),
  operation(
    {
      ...reports,
      id: 'get-act-reports-act-export-pdf',
      method: 'get',
      path: '/act-reports/{act}/export/pdf',
      summary: 'The act as PDF, in the layout of form КС-2',
      description: 'Kept among the act’s files; `X-File-Id` says under which number. Once everybody has signed, it is the signed document.',
      access: view,
      params: byAct,
      returns: { 200: { media: PDF } },
      errors: [400, 404],
    },
    (ctx, { params }) => exportPdf(ctx, params.act),
  ),
  operation(
    {
      ...reports,
      id: 'get-act-reports-act-download-pdf-file',
      method: 'get',
      path: '/act-reports/{act}/download-pdf/{file}',
      summary: 'A saved PDF of the act',
      access: view,
      params: z.object({ act: idParam, file: idParam }),
      returns: { 200: { media: PDF } },
      errors: [404],
    },
    (ctx, { params }) => downloadFile(ctx, params.act, params.file),
  ),
  operation(
    {
      ...reports,
      id: 'get-act-reports-act-export-excel',
      method: 'get',
      path: '/act-reports/{act}/export/excel',
      summary: 'The act as a workbook: the form, and the materials of its works',
      access: view,
      params: byAct,
      returns: { 200: { media: XLSX } },
      errors: [400, 404],
    },
    (ctx, { params }) => exportExcel(ctx, params.act),
  ),
  operation(
    {
      ...performed,
      id: 'get-performance-acts-performance_act',
      method: 'get',
      path: '/performance-acts/{performance_act}',
      summary: 'An act with its works whole',
      access: view,
      params: byPerformanceAct,
      returns: { 200: { schema: successOf(s.PerformanceAct) } },
      errors: [404],
    },
    async (ctx, { params }) => ({
      success: true,
      message: 'Акт получен успешно',
      data: await showPerformanceAct(ctx, await loadAct(ctx, params.performance_act)),
    }),
  ),
  operation(
    {
      ...performed,
      id: 'put-performance-acts-performance_act',
      method: 'put',
      path: '/performance-acts/{performance_act}',
      summary: 'Change or approve an act',
      description: CHANGE,
      access: edit,
      params: byPerformanceAct,
      body: s.ChangeAct,
      example: { description: 'Работы первого этажа' },
      returns: { 200: { schema: successOf(s.PerformanceAct) } },
      errors: [404, 409],
    },
    async (ctx, { params, body }) => ({
      success: true,
      message: 'Акт обновлен успешно',
      data: await showPerformanceAct(ctx, await changeAct(ctx, params.performance_act, body)),
    }),
  ),
  operation(
    {
      ...performed,
      id: 'delete-performance-acts-performance_act',
      method: 'delete',
      path: '/performance-acts/{performance_act}',
      summary: 'Delete an act; its works may be included in others',
      access: edit,
      params: byPerformanceAct,
      returns: { 204: {} },
      errors: [404, 409],
    },
    async (ctx, { params }) => {
      await removeAct(ctx, params.performance_act)
      return new Reply(204, undefined)
    },
  ),
  operation(
    {
      ...performed,
      id: 'get-contracts-contract-performance-acts-performance_act-export-pdf',
      method: 'get',
      path: '/contracts/{contract}/performance-acts/{performance_act}/export/pdf',
      summary: 'An act of the contract as PDF',
      access: view,
      params: ofContract,
      returns: { 200: { media: PDF } },
      errors: [404],
    },
    (ctx, { params }) => exportPdf(ctx, params.performance_act, params.contract),
  ),
  operation(
    {
      ...performed,
      id: 'get-contracts-contract-performance-acts-performance_act-export-excel',
      method: 'get',
      path: '/contracts/{contract}/performance-acts/{performance_act}/export/excel',
      summary: 'An act of the contract as a workbook',
      access: view,
      params: ofContract,
      returns: { 200: { media: XLSX } },
      errors: [404],
    },
    (ctx, { params }) => exportExcel(ctx, params.performance_act, params.contract),
  ),
]
