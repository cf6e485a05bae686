import { sql } from 'drizzle-orm'
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

/** Each mail that left, for as long as it may still come back, and what came back. */
export const mailDeliveries = sqliteTable(
  'mail_deliveries',
  {
    /** Of the job that sends it. */
    id: text('id').primaryKey(),
    /** Hash of what its return address holds. */
    returnHash: text('return_hash').notNull().unique(),
    orgId: integer('org_id'),
    /** Of scheduled reports: whose recipient it went to. */
    scheduleId: integer('schedule_id'),
    address: text('address').notNull(),
    createdAt: text('created_at').notNull(),
    failure: text('failure', { enum: ['permanent', 'temporary'] }),
    /** RFC 3463: `5.1.1`; of a refusal that told no more the server's answer: `550`. */
    code: text('code'),
    failedAt: text('failed_at'),
  },
  (t) => [
    index('mail_deliveries_made').on(t.createdAt),
    index('mail_deliveries_schedule')
      .on(t.scheduleId, t.address, t.createdAt)
      .where(sql`schedule_id is not null`),
    index('mail_deliveries_failed')
      .on(t.scheduleId, t.createdAt)
      .where(sql`schedule_id is not null and failure is not null`),
  ],
)
