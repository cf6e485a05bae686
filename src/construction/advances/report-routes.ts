import * as z from 'zod'
import { idParam, operation } from '../../http/operation.ts'
import { TYPES } from '../../documents/spreadsheet/write-table.ts'
import { successOf } from '../registry/registry-routes.ts'
import { getBalance } from './balances.ts'
import { moveFunds } from './create.ts'
import { exportAdvances } from './export.ts'
import { advanceSummary, overdueAdvances, projectAdvances, userAdvances, userTransactions } from './reports.ts'
import { Advance, AdvanceBalance, AdvanceSheet, AdvanceSummary, Funds, OverdueAdvances } from './schemas.ts'

const params = z.object({ id: idParam })
const done = (message: string, data: unknown) => ({ success: true, message, data })
const view = 'admin.advances.view'

/** What one person holds. */
export const personAdvanceRoutes = [
  operation(
    {
      id: 'get-users-id-advance-balance',
      method: 'get',
      path: '/users/{id}/advance-balance',
      summary: 'What a person holds',
      tag: 'Users',
      access: view,
      params,
      returns: { 200: { schema: successOf(AdvanceBalance) } },
      errors: [404],
    },
    async (ctx, { params: { id } }) => done('Баланс подотчётных средств', await getBalance(ctx, id)),
  ),
  operation(
    {
      id: 'get-users-id-advance-transactions',
      method: 'get',
      path: '/users/{id}/advance-transactions',
      summary: 'A person’s transactions, newest first',
      tag: 'Users',
      access: view,
      params,
      returns: { 200: { schema: successOf(z.array(Advance)) } },
      errors: [404],
    },
    async (ctx, { params: { id } }) => done('Операции с подотчётными средствами', await userTransactions(ctx, id)),
  ),
  ...(['issue', 'return'] as const).map((type) =>
    operation(
      {
        id: `post-users-id-${type}-funds`,
        method: 'post',
        path: `/users/{id}/${type}-funds`,
        summary: type === 'issue' ? 'Give money to a person' : 'Take money back from a person',
        tag: 'Users',
        access: 'admin.advances.edit',
        params,
        body: Funds,
        returns: { 200: { schema: successOf(Advance) } },
        errors: [400, 404, 422],
        idempotent: true,
        example: { amount: 15000, description: 'Аванс' },
      },
      async (ctx, { params: { id }, body }) =>
        done(type === 'issue' ? 'Средства выданы.' : 'Средства возвращены.', await moveFunds(ctx, id, type, body)),
    ),
  ),
]

const tag = 'AdvanceAccountReports'
export const advanceReportRoutes = [
  operation(
    {
      id: 'get-reports-advance-accounts-summary',
      method: 'get',
      path: '/reports/advance-accounts/summary',
      summary: 'Sums of the organization and of each person',
      tag,
      access: view,
      returns: { 200: { schema: successOf(AdvanceSummary) } },
    },
    async (ctx) => done('Сводка по подотчётным средствам', await advanceSummary(ctx)),
  ),
  operation(
    {
      id: 'get-reports-advance-accounts-overdue',
      method: 'get',
      path: '/reports/advance-accounts/overdue',
      summary: 'Issues on which nobody has reported in time',
      tag,
      access: view,
      returns: { 200: { schema: successOf(OverdueAdvances) } },
    },
    async (ctx) => done('Просроченные отчёты', await overdueAdvances(ctx)),
  ),
  operation(
    {
      id: 'get-reports-advance-accounts-users-userId',
      method: 'get',
      path: '/reports/advance-accounts/users/{userId}',
      summary: 'Sums and transactions of a person',
      tag,
      access: view,
      params: z.object({ userId: idParam }),
      returns: { 200: { schema: successOf(AdvanceSheet) } },
      errors: [404],
    },
    async (ctx, { params: { userId } }) => done('Подотчётные средства сотрудника', await userAdvances(ctx, userId)),
  ),
  operation(
    {
      id: 'get-reports-advance-accounts-projects-projectId',
      method: 'get',
      path: '/reports/advance-accounts/projects/{projectId}',
      summary: 'Sums and transactions of a project',
      tag,
      access: view,
      params: z.object({ projectId: idParam }),
      returns: { 200: { schema: successOf(AdvanceSheet) } },
      errors: [404],
    },
    async (ctx, { params: { projectId } }) => done('Подотчётные средства проекта', await projectAdvances(ctx, projectId)),
  ),
  operation(
    {
      id: 'get-reports-advance-accounts-export-format',
      method: 'get',
      path: '/reports/advance-accounts/export/{format}',
      summary: 'All transactions as a file, which is also kept among the report files',
      tag,
      access: view,
      params: z.object({ format: z.enum(['xlsx', 'csv']) }),
      returns: { 200: { media: Object.values(TYPES) } },
      errors: [404],
    },
    (ctx, { params: { format } }) => exportAdvances(ctx, format),
  ),
]
