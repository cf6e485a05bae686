import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** First answers to calls with an `Idempotency-Key`, kept for 24 hours. */
export const idempotencyKeys = sqliteTable(
  'idempotency_keys',
  {
    /** SHA-256 of who calls. */
    caller: text('caller').notNull(),
    /** SHA-256 of operation and key; the key itself is not kept: the stored answer is sealed with it. */
    key: text('key').notNull(),
    bodyHash: text('body_hash').notNull(),
    state: text('state', { enum: ['running', 'done'] }).notNull(),
    status: integer('status'),
    headers: text('headers', { mode: 'json' }).$type<Record<string, string>>(),
    answer: text('answer'),
    createdAt: text('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.caller, t.key] }), index('idempotency_keys_age').on(t.createdAt)],
)
