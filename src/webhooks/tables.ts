import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export interface WebhookSecret {
  /** The `whsec_…` secret, sealed under APP_SECRET. */
  sealed: string
  /** Until when a rotated secret still signs; null for the present one. */
  until: string | null
}

export const webhooks = sqliteTable(
  'webhooks',
  {
    id: text('id').primaryKey(),
    orgId: integer('org_id').notNull(),
    url: text('url').notNull(),
    events: text('events', { mode: 'json' }).$type<string[]>().notNull(),
    description: text('description'),
    status: text('status', { enum: ['active', 'paused', 'disabled'] }).notNull(),
    secrets: text('secrets', { mode: 'json' }).$type<WebhookSecret[]>().notNull(),
    /** Since when every delivery has failed; null while any succeeds. */
    failingSince: text('failing_since'),
    createdAt: text('created_at').notNull(),
  },
  (t) => [index('webhooks_org').on(t.orgId, t.id)],
)

export const webhookDeliveries = sqliteTable(
  'webhook_deliveries',
  {
    id: text('id').primaryKey(),
    webhookId: text('webhook_id')
      .notNull()
      .references(() => webhooks.id, { onDelete: 'cascade' }),
    /** The `webhook-id` header: the same on every try and for a replay. */
    messageId: text('message_id').notNull(),
    event: text('event').notNull(),
    /** Where it goes when not to the endpoint's own address: a package's `callback_url`, which the endpoint's secret signs. */
    url: text('url'),
    body: text('body').notNull(),
    status: text('status', { enum: ['pending', 'delivered', 'failed'] }).notNull(),
    attempts: integer('attempts').notNull().default(0),
    responseStatus: integer('response_status'),
    error: text('error'),
    createdAt: text('created_at').notNull(),
    deliveredAt: text('delivered_at'),
    nextAttemptAt: text('next_attempt_at'),
  },
  (t) => [
    index('webhook_deliveries_webhook').on(t.webhookId, t.createdAt, t.id),
    index('webhook_deliveries_due')
      .on(t.nextAttemptAt)
      .where(sql`status = 'pending'`),
  ],
)
