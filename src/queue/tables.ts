import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/**
 * The outbox: work to be done after a mutation, written in the mutation's own batch. The queue is told of it at once; cron tells it again
 * until the work is done, so that a lost message loses nothing.
 */
export const jobs = sqliteTable(
  'jobs',
  {
    id: text('id').primaryKey(),
    type: text('type').notNull(),
    /** Sealed under APP_SECRET, since it may hold a code or a phone; null once done. */
    payload: text('payload'),
    status: text('status', { enum: ['pending', 'done', 'dead'] }).notNull(),
    attempts: integer('attempts').notNull().default(0),
    dueAt: text('due_at').notNull(),
    createdAt: text('created_at').notNull(),
    finishedAt: text('finished_at'),
    error: text('error'),
  },
  (t) => [
    index('jobs_due')
      .on(t.dueAt)
      .where(sql`status = 'pending'`),
    index('jobs_finished')
      .on(t.finishedAt)
      .where(sql`finished_at is not null`),
  ],
)
