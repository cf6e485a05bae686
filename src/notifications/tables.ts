import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** The development outbox: what would have gone to phones and mailboxes. Never written in production. */
export const outboxMessages = sqliteTable(
  'outbox_messages',
  {
    seq: integer('seq').primaryKey({ autoIncrement: true }),
    id: text('id').notNull().unique(),
    channel: text('channel', { enum: ['sms', 'email'] }).notNull(),
    to: text('to').notNull(),
    text: text('text').notNull(),
    code: text('code'),
    subject: text('subject'),
    attachments: text('attachments', { mode: 'json' }).$type<{ filename: string; size: number }[]>().notNull(),
    createdAt: text('created_at').notNull(),
  },
  (t) => [index('outbox_messages_to').on(t.to, t.seq)],
)

/** What became of each message: no text, no code. */
export const messageLog = sqliteTable('message_log', {
  id: text('id').primaryKey(),
  orgId: integer('org_id'),
  channel: text('channel', { enum: ['sms', 'email'] }).notNull(),
  provider: text('provider').notNull(),
  status: text('status', { enum: ['accepted', 'rejected'] }).notNull(),
  reason: text('reason'),
  providerCode: text('provider_code'),
  providerId: text('provider_id'),
  createdAt: text('created_at').notNull(),
})
