import * as z from 'zod'
import { idParam, operation } from '../../http/operation.ts'
import { idValue } from '../../http/page-list.ts'
import { dataOf, resourceOf, successOf, wrapPage } from '../registry/registry-routes.ts'
import { attachFiles, detachFile } from './attachments.ts'
import { availableProjects, availableUsers } from './balances.ts'
import { changeAdvance, removeAdvance } from './change.ts'
import { createAdvance } from './create.ts'
import {
  Advance,
  AdvanceSettings,
  ApproveAdvance,
  AttachFiles,
  AvailableProject,
  AvailableUser,
  ChangeAdvance,
  ChangeSettings,
  NewAdvance,
  ReportAdvance,
} from './schemas.ts'
import { loadSettings, presentSettings, saveSettings } from './settings.ts'
import { approveAdvance, reportAdvance } from './steps.ts'
import { advancePages, listAdvances, showAdvance } from './transactions.ts'

const tag = 'AdvanceTransactions'
const view = 'admin.advances.view'
const edit = 'admin.advances.edit'
const params = z.object({ transaction: idParam })
const item = '/advance-transactions/{transaction}'
const shown = { 200: { schema: successOf(Advance) } }
const done = (message: string | null, data: unknown) => ({ success: true, message, data })
/** Ten files of ten megabytes would be more than a Worker holds twice. */
const FORM_BYTES = 40 * 1_048_576
const search = z.string().max(255).default('')

const settingsRoutes = [
  operation(
    {
      id: 'get-advance-settings',
      method: 'get',
      path: '/advance-settings',
      summary: 'How accountable money is given out',
      description: 'Before the first save: the defaults, with id null. What is null is not limited, or not done.',
      tag: 'AdvanceSettings',
      access: view,
      errors: [400],
      returns: { 200: { schema: successOf(AdvanceSettings) } },
    },
    async (ctx) => done(null, presentSettings(await loadSettings(ctx))),
  ),
  operation(
    {
      id: 'post-advance-settings',
      method: 'post',
      path: '/advance-settings',
      summary: 'Change what is sent',
      tag: 'AdvanceSettings',
      access: 'admin.advances.approve',
      body: ChangeSettings,
      returns: { 200: { schema: successOf(AdvanceSettings) } },
      errors: [422],
      example: { max_single_issue_amount: 50000, report_submission_deadline_days: 7 },
    },
    async (ctx, { body }) => done('Advance account settings updated successfully.', await saveSettings(ctx, body)),
  ),
]

export const advanceRoutes = [
  ...settingsRoutes,
  // Before the routes with an id: the router takes the first that fits.
  operation(
    {
      id: 'get-advance-transactions-available-users',
      method: 'get',
      path: '/advance-transactions/available-users',
      summary: 'To whom money may be given',
      tag,
      access: view,
      query: z.object({ search }),
      returns: { 200: { schema: dataOf(z.array(AvailableUser)) } },
    },
    async (ctx, { query }) => ({ data: await availableUsers(ctx, query.search) }),
  ),
  operation(
    {
      id: 'get-advance-transactions-available-projects',
      method: 'get',
      path: '/advance-transactions/available-projects',
      summary: 'Active projects, of all or of one person',
      tag,
      access: view,
      query: z.object({ search, user_id: idValue.optional() }),
      returns: { 200: { schema: dataOf(z.array(AvailableProject)) } },
    },
    async (ctx, { query }) => ({ data: await availableProjects(ctx, { userId: query.user_id, search: query.search }) }),
  ),
  operation(
    {
      id: 'get-advance-transactions',
      method: 'get',
      path: '/advance-transactions',
      summary: 'Transactions, newest first',
      tag,
      access: view,
      query: advancePages.query,
      returns: { 200: { schema: resourceOf(Advance) } },
    },
    async (ctx, { query, request }) => wrapPage('resource', await listAdvances(ctx, query), request.url),
  ),
  operation(
    {
      id: 'post-advance-transactions',
      method: 'post',
      path: '/advance-transactions',
      summary: 'Give money out, note what was spent, take money back',
      description:
        'balance_after is the sum of the person’s transactions up to this one, in the order in which they were written down; it moves along when one before it changes or goes. An expense may exceed what is held; a return may not (400).',
      tag,
      access: edit,
      body: NewAdvance,
      returns: { 201: { schema: successOf(Advance) } },
      errors: [400, 422],
      idempotent: true,
      example: { user_id: 25, project_id: 8, type: 'issue', amount: 15000, description: 'Закупка материалов' },
    },
    async (ctx, { body }) => done('Transaction created successfully', await createAdvance(ctx, body)),
  ),
  operation(
    {
      id: 'get-advance-transactions-transaction',
      method: 'get',
      path: item,
      summary: 'A transaction',
      tag,
      access: view,
      params,
      returns: shown,
      errors: [404],
    },
    async (ctx, { params: p }) => done(null, await showAdvance(ctx, p.transaction)),
  ),
  operation(
    {
      id: 'put-advance-transactions-transaction',
      method: 'put',
      path: item,
      summary: 'Change what is sent',
      description: 'Sum, type, person and project until there is a report (400 after that); papers and accounting data at any time.',
      tag,
      access: edit,
      params,
      body: ChangeAdvance,
      returns: shown,
      errors: [400, 404, 422],
      example: { description: 'Обновленное описание закупки материалов' },
    },
    async (ctx, { params: p, body }) => done('Transaction updated successfully', await changeAdvance(ctx, p.transaction, body)),
  ),
  operation(
    {
      id: 'delete-advance-transactions-transaction',
      method: 'delete',
      path: item,
      summary: 'Delete one on which nobody has reported; the balance goes back',
      tag,
      access: edit,
      params,
      returns: { 200: { schema: z.object({ success: z.literal(true), message: z.string() }) } },
      errors: [400, 404],
    },
    async (ctx, { params: p }) => {
      await removeAdvance(ctx, p.transaction)
      return { success: true, message: 'Transaction deleted successfully' }
    },
  ),
  operation(
    {
      id: 'post-advance-transactions-transaction-report',
      method: 'post',
      path: `${item}/report`,
      summary: 'Report: pending → reported',
      tag,
      access: edit,
      params,
      body: ReportAdvance,
      bodyAs: 'either',
      emptyIsNull: true,
      maxBytes: FORM_BYTES,
      returns: shown,
      errors: [400, 404, 422],
      example: { description: 'Отчет о закупке', document_number: 'ОТЧ-001234', document_date: '2024-12-21' },
    },
    async (ctx, { params: p, body }) => done('Transaction reported successfully', await reportAdvance(ctx, p.transaction, body)),
  ),
  operation(
    {
      id: 'post-advance-transactions-transaction-approve',
      method: 'post',
      path: `${item}/approve`,
      summary: 'Approve a report: reported → approved',
      description:
        'From dual_authorization_threshold on, by another person than wrote the transaction down. accounting_data is merged (RFC 7396).',
      tag,
      access: 'admin.advances.approve',
      params,
      body: ApproveAdvance,
      returns: shown,
      errors: [400, 404, 422],
    },
    async (ctx, { params: p, body }) =>
      done('Transaction approved successfully', await approveAdvance(ctx, p.transaction, body?.accounting_data)),
  ),
  operation(
    {
      id: 'post-advance-transactions-transaction-attachments',
      method: 'post',
      path: `${item}/attachments`,
      summary: 'Attach files of 10 MB at most: PDF, pictures, office documents',
      tag,
      access: edit,
      params,
      body: AttachFiles,
      bodyAs: 'form',
      emptyIsNull: true,
      maxBytes: FORM_BYTES,
      returns: shown,
      errors: [400, 404, 413, 422],
    },
    async (ctx, { params: p, body }) => done('Files attached successfully', await attachFiles(ctx, p.transaction, body.files)),
  ),
  operation(
    {
      id: 'delete-advance-transactions-transaction-attachments-file',
      method: 'delete',
      path: `${item}/attachments/{fileId}`,
      summary: 'Detach a file and delete it',
      tag,
      access: edit,
      params: params.extend({ fileId: idParam }),
      returns: shown,
      errors: [400, 404],
    },
    async (ctx, { params: p }) => done('File detached successfully', await detachFile(ctx, p.transaction, p.fileId)),
  ),
]
