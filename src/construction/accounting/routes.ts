import * as z from 'zod'
import type { Ctx } from '../../context.ts'
import { dayValue } from '../../http/page-list.ts'
import { operation, type Operation } from '../../http/operation.ts'
import { exportTransactions } from './export.ts'
import { importMaterials, importProjects, importUsers, type ImportStats } from './import.ts'
import { syncStatus } from './runs.ts'
import { SYNC_KINDS } from './tables.ts'

const tag = 'Accounting'
const write = 'admin.accounting.edit' as const
const count = z.int()
const ImportAnswer = z
  .object({
    success: z.literal(true),
    message: z.string(),
    stats: z.object({ total: count, created: count, updated: count, skipped: count, errors: count }),
  })
  .meta({ id: 'AccountingImport' })

const importing = (
  what: 'users' | 'projects' | 'materials',
  summary: string,
  message: string,
  run: (ctx: Ctx) => Promise<ImportStats>,
): Operation =>
  operation(
    {
      id: `post-accounting-import-${what}`,
      method: 'post',
      path: `/accounting/import-${what}`,
      summary,
      description:
        'From the accounting system of the settings ACCOUNTING_…; 503 without one, and where it does not answer; 409 while the same exchange runs.',
      tag,
      access: write,
      returns: { 200: { schema: ImportAnswer } },
      errors: [400, 409, 503],
    },
    async (ctx) => ({ success: true, message, stats: await run(ctx) }),
  )

const Run = z.object({
  status: z.enum(['running', 'completed', 'failed']),
  started_at: z.string(),
  finished_at: z.string().nullable(),
  stats: z.record(z.string(), count).nullable(),
  error: z.string().nullable(),
})

export const accountingRoutes = [
  importing('users', 'Take over codes of people', 'Импорт пользователей завершен', importUsers),
  importing('projects', 'Take over projects', 'Импорт проектов завершен', importProjects),
  importing('materials', 'Take over codes of materials', 'Импорт материалов завершен', importMaterials),
  operation(
    {
      id: 'post-accounting-export-transactions',
      method: 'post',
      path: '/accounting/export-transactions',
      summary: 'Hand approved transactions over, once each',
      description: 'Those made within the period, 30 days back to today unless said otherwise; 500 at a time.',
      tag,
      access: write,
      body: z.object({ start_date: dayValue.nullish(), end_date: dayValue.nullish() }).optional(),
      invalid: 400,
      returns: {
        200: {
          schema: z.object({
            success: z.literal(true),
            message: z.string(),
            stats: z.object({ total: count, exported: count, errors: count }),
          }),
        },
      },
      errors: [409, 503],
    },
    async (ctx, { body }) => ({ success: true, message: 'Экспорт транзакций завершен', stats: await exportTransactions(ctx, body ?? {}) }),
  ),
  operation(
    {
      id: 'get-accounting-sync-status',
      method: 'get',
      path: '/accounting/sync-status',
      summary: 'How the last exchange of each kind ended',
      tag,
      access: 'admin.accounting.view',
      errors: [400],
      returns: {
        200: {
          schema: z.object({
            success: z.literal(true),
            message: z.string(),
            last_sync: z.object({
              timestamp: z.string().nullable(),
              status: z.enum(['never', 'running', 'failed', 'completed']),
              users_synced: z.boolean(),
              projects_synced: z.boolean(),
              materials_synced: z.boolean(),
              transactions_synced: z.boolean(),
              runs: z.object(Object.fromEntries(SYNC_KINDS.map((kind) => [kind, Run.nullable()]))),
            }),
          }),
        },
      },
    },
    async (ctx) => ({ success: true, ...(await syncStatus(ctx)) }),
  ),
]
