import { and, asc, eq, sql, type SQL } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import type { Write } from '../db/client.ts'
import { sha256Hex, uuidOf } from '../lib/hash.ts'
import { makeJob, type Job } from '../queue/outbox.ts'
import { newSecret } from './secrets.ts'
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

export interface Message {
  type: EventType
  data: Record<string, unknown>
  /** Names the cause: publishing it twice calls once. */
  key: string
  /** ISO 8601, when it happened; now, unless given. */
  at?: string
}

export interface Published {
  /** For the batch of the mutation. */
  writes: Write[]
  /** To be announced after it. */
  jobs: Job[]
}

/** Standard Webhooks message id: a function of the cause, the same however often the cause is seen. */
export const messageIdOf = (key: string) => `msg_${sha256Hex(key).slice(0, 32)}`

interface Target {
  webhookId: string
  /** Where it goes when not to the endpoint's own address. */
  url: string | null
}

/**
 * Who signs calls to a package's `callback_url` (DECISIONS › office): the organization's oldest endpoint; where it has none, one is made,
 * paused, with that address.
 */
async function callbackTarget(ctx: Ctx, orgId: number, url: string, writes: Write[]): Promise<Target> {
  const oldest = () =>
    ctx.db
      .select({ id: webhooks.id })
      .from(webhooks)
      .where(eq(webhooks.orgId, orgId))
      .orderBy(asc(webhooks.createdAt), asc(webhooks.id))
      .limit(1)
  const [known] = await oldest()
  if (known) return { webhookId: known.id, url }
  // One for all packages that come at once.
  const id = uuidOf(`organization:${orgId}:callbacks`)
  const { kept } = await newSecret(ctx.settings)
  const row = { id, orgId, url, events: [], description: null, status: 'paused' as const, secrets: [kept], failingSince: null }
  writes.push(
    ctx.db
      .insert(webhooks)
      .values({ ...row, createdAt: ctx.now.toISOString() })
      .onConflictDoNothing(),
  )
  return { webhookId: id, url }
}

export interface Endpoint {
  id: string
  events: string[]
}

/** The organization's endpoints that are told of things now. */
export const endpointsOf = (ctx: Pick<Ctx, 'db'>, orgId: number) =>
  ctx.db
    .select({ id: webhooks.id, events: webhooks.events })
    .from(webhooks)
    .where(and(eq(webhooks.orgId, orgId), eq(webhooks.status, 'active')))

/** Plans the calls that tell an organization's endpoints, and a package's own `callback_url`, of events. `when` as in `publish`. */
export async function publishAll(
  ctx: Ctx,
  orgId: number,
  messages: Message[],
  { callbackUrl = null, when = sql`true`, endpoints }: { callbackUrl?: string | null; when?: SQL; endpoints?: Endpoint[] } = {},
): Promise<Published> {
  const heardBy = endpoints ?? (await endpointsOf(ctx, orgId))
  const published: Published = { writes: [], jobs: [] }
  const callback = callbackUrl === null ? [] : [await callbackTarget(ctx, orgId, callbackUrl, published.writes)]
  const now = ctx.now.toISOString()
  for (const { type, data, key, at = now } of messages) {
    const body = JSON.stringify({ type, timestamp: at, data })
    const messageId = messageIdOf(`${orgId}:${key}`)
    const heard = heardBy
      .filter((e) => e.events.length === 0 || e.events.includes(type))
      .map((e): Target => ({ webhookId: e.id, url: null }))
    for (const { webhookId, url } of [...heard, ...callback]) {
      const id = uuidOf(`${webhookId}:${messageId}${url === null ? '' : ':callback'}`)
      published.writes.push(
        ctx.db.run(sql`insert into webhook_deliveries (id, webhook_id, message_id, event, url, body, status, created_at, next_attempt_at)
        select ${id}, ${webhookId}, ${messageId}, ${type}, ${url}, ${body}, 'pending', ${now}, ${now} where ${when} on conflict (id) do nothing`),
      )
      const job = await makeJob(ctx, 'webhook.deliver', { deliveryId: id }, { id: `webhook:${id}:1` })
      published.writes.push(job.write)
      published.jobs.push(job)
    }
  }
  return published
}

/**
 * Plans the calls that tell an organization's endpoints of an event. `key` names the cause: publishing it twice calls once. `when` is a
 * condition that must still hold when the batch is written.
 */
export const publish = (
  ctx: Ctx,
  orgId: number,
  type: EventType,
  data: Record<string, unknown>,
  { key, when }: { key: string; when?: SQL },
): Promise<Published> => publishAll(ctx, orgId, [{ type, data, key }], when ? { when } : {})
