import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const SYNC_KINDS = ['users', 'projects', 'materials', 'transactions'] as const
export type SyncKind = (typeof SYNC_KINDS)[number]

/** What a run did. `total` is the sum of the others. */
export interface RunStats {
  total: number
  [outcome: string]: number
}

/** The last exchange of each kind with the accounting system; one of a kind runs at a time. */
export const accountingRuns = sqliteTable(
  'accounting_runs',
  {
    orgId: integer('org_id').notNull(),
    kind: text('kind', { enum: SYNC_KINDS }).notNull(),
    runId: text('run_id').notNull(),
    status: text('status', { enum: ['running', 'completed', 'failed'] }).notNull(),
    startedAt: text('started_at').notNull(),
    finishedAt: text('finished_at'),
    stats: text('stats', { mode: 'json' }).$type<RunStats>(),
    /** Why it failed, in words that may be shown. */
    error: text('error'),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.kind] })],
)
