import { and, eq, sql, type SQL } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import type { Write } from '../db/client.ts'
import { sha256Hex, uuidOf } from '../lib/hash.ts'
import { makeJob, type Job } from '../queue/outbox.ts'
import { webhooks } from './tables.ts'

export const EVENTS = [
  'package.status_changed',
  'participant.status_changed',
  'certificate_request.step_changed',
  'contract.signed',
  'payment_request.status_changed',
  'agreement.status_changed',
  'report.delivered',
  'webhook.test',
] as const
export type EventType = (typeof EVENTS)[number]

export interface Published {
  /** For the batch of the mutation. */
  writes: Write[]
  /** To be announced after it. */
  jobs: Job[]
}

/** Standard Webhooks message id: a function of the cause, the same however often the cause is seen. */
export const messageIdOf = (key: string) => `msg_${sha256Hex(key).slice(0, 32)}`

/**
 * Plans the calls that tell an organization's endpoints of an event. `key` names the cause: publishing it twice calls once. `when` is a
 * condition that must still hold when the batch is written.
 */
export async function publish(
  ctx: Ctx,
  orgId: number,
  type: EventType,
  data: Record<string, unknown>,
  { key, when = sql`true` }: { key: string; when?: SQL },
): Promise<Published> {
  const endpoints = await ctx.db
    .select({ id: webhooks.id, events: webhooks.events })
    .from(webhooks)
    .where(and(eq(webhooks.orgId, orgId), eq(webhooks.status, 'active')))
  const heard = endpoints.filter((e) => e.events.length === 0 || e.events.includes(type))
  const at = ctx.now.toISOString()
  const body = JSON.stringify({ type, timestamp: at, data })
  const messageId = messageIdOf(`${orgId}:${key}`)
  const published: Published = { writes: [], jobs: [] }
  for (const { id: webhookId } of heard) {
    const id = uuidOf(`${webhookId}:${messageId}`)
    published.writes.push(
      ctx.db.run(sql`insert into webhook_deliveries (id, webhook_id, message_id, event, body, status, created_at, next_attempt_at)
        select ${id}, ${webhookId}, ${messageId}, ${type}, ${body}, 'pending', ${at}, ${at} where ${when} on conflict (id) do nothing`),
    )
    const job = await makeJob(ctx, 'webhook.deliver', { deliveryId: id }, { id: `webhook:${id}:1` })
    published.writes.push(job.write)
    published.jobs.push(job)
  }
  return published
}
