import { and, eq, sql } from 'drizzle-orm'
import { audit, orgOf, type Ctx } from '../../context.ts'
import { batch } from '../../db/client.ts'
import { AppError } from '../../http/errors.ts'
import { sqlStamp } from '../stamps.ts'
import { accountingSystem, type AccountingSystem } from './system.ts'
import { accountingRuns as table, SYNC_KINDS, type RunStats, type SyncKind } from './tables.ts'

/** After this a run that has not ended never will: its isolate is gone. */
const LEASE_MS = 15 * 60_000

const IN_WORDS: Record<SyncKind, string> = {
  users: 'импорте пользователей',
  projects: 'импорте проектов',
  materials: 'импорте материалов',
  transactions: 'экспорте транзакций',
}

/** Runs an exchange, one of its kind at a time, and keeps how it ended. What fails on the other side is told as such. */
export async function exchange<S extends RunStats>(ctx: Ctx, kind: SyncKind, work: (system: AccountingSystem) => Promise<S>): Promise<S> {
  const system = accountingSystem(ctx)
  const orgId = orgOf(ctx)
  const runId = crypto.randomUUID()
  const started = { runId, status: 'running' as const, startedAt: ctx.now.toISOString(), finishedAt: null, stats: null, error: null }
  const stale = new Date(ctx.now.getTime() - LEASE_MS).toISOString()
  const [mine] = await ctx.db
    .insert(table)
    .values({ orgId, kind, ...started })
    .onConflictDoUpdate({
      target: [table.orgId, table.kind],
      set: started,
      setWhere: sql`${table.status} <> 'running' or ${table.startedAt} <= ${stale}`,
    })
    .returning({ runId: table.runId })
  if (!mine) throw new AppError('conflict', `Обмен уже идёт: об ${IN_WORDS[kind]} спросите позже.`, { retryAfter: 30 })
  const end = (outcome: Partial<typeof table.$inferInsert>) =>
    batch(ctx.db, [
      ctx.db
        .update(table)
        .set({ ...outcome, finishedAt: ctx.now.toISOString() })
        .where(and(eq(table.orgId, orgId), eq(table.kind, kind), eq(table.runId, runId))),
      audit(ctx, orgId, `accounting.${kind}.${outcome.status ?? ''}`, 'accounting'),
    ])
  try {
    const stats = await work(system)
    await end({ status: 'completed', stats })
    return stats
  } catch (error) {
    const reason = error instanceof AppError ? error.message : 'Внутренняя ошибка.'
    await end({ status: 'failed', error: reason })
    if (!(error instanceof AppError)) throw error
    // Whatever the other side did wrong, the caller did nothing wrong.
    throw new AppError('unavailable', `Ошибка при ${IN_WORDS[kind]}: ${reason}`)
  }
}

/** How the last exchange of each kind ended. */
export async function syncStatus(ctx: Ctx) {
  const rows = await ctx.db
    .select()
    .from(table)
    .where(eq(table.orgId, orgOf(ctx)))
  const gone = new Date(ctx.now.getTime() - LEASE_MS).toISOString()
  const runs = rows.map((row) => (row.status === 'running' && row.startedAt <= gone ? { ...row, status: 'failed' as const } : row))
  const last = runs
    .map((row) => row.finishedAt ?? row.startedAt)
    .toSorted()
    .at(-1)
  const has = (status: string) => runs.some((row) => row.status === status)
  const status = runs.length === 0 ? 'never' : has('running') ? 'running' : has('failed') ? 'failed' : 'completed'
  const withErrors = runs.some((row) => (row.stats?.errors ?? 0) > 0)
  const message = {
    never: 'Синхронизация ещё не выполнялась',
    running: 'Синхронизация выполняется',
    failed: 'Последняя синхронизация завершилась ошибкой',
    completed: withErrors ? 'Синхронизация завершена, часть записей не принята' : 'Синхронизация работает нормально',
  }[status]
  const done = (kind: SyncKind) => runs.find((row) => row.kind === kind)?.status === 'completed'
  return {
    message,
    last_sync: {
      timestamp: last === undefined ? null : sqlStamp(last),
      status,
      users_synced: done('users'),
      projects_synced: done('projects'),
      materials_synced: done('materials'),
      transactions_synced: done('transactions'),
      runs: Object.fromEntries(
        SYNC_KINDS.map((kind) => {
          const run = runs.find((row) => row.kind === kind)
          return [
            kind,
            run
              ? {
                  status: run.status,
                  started_at: sqlStamp(run.startedAt),
                  finished_at: run.finishedAt === null ? null : sqlStamp(run.finishedAt),
                  stats: run.stats,
                  error: run.error,
                }
              : null,
          ]
        }),
      ),
    },
  }
}
