import { and, eq } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { batch, type Write } from '../db/client.ts'
import { announce, makeJob, type Job } from '../queue/outbox.ts'
import { livingSecrets, signMessage } from './secrets.ts'
import { webhookDeliveries, webhooks } from './tables.ts'
import { checkTarget } from './target.ts'

/** Seconds before each further try (Svix's schedule, DECISIONS › office). */
export const RETRY_SECONDS = [5, 300, 1800, 7200, 18_000, 36_000, 36_000] as const
const TIMEOUT_MS = 15_000
/** An endpoint where nothing has arrived for so long is switched off. */
const DISABLE_AFTER_MS = 5 * 86_400_000

interface Outcome {
  ok: boolean
  status: number | null
  error: string | null
}

async function call(ctx: Ctx, url: string, headers: Record<string, string>, body: string): Promise<Outcome> {
  try {
    const target = checkTarget(ctx.settings, url)
    const response = await fetch(target, { method: 'POST', body, headers, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) })
    await response.body?.cancel()
    const ok = response.status >= 200 && response.status < 300
    return { ok, status: response.status, error: ok ? null : `answered ${response.status}` }
  } catch (error) {
    return {
      ok: false,
      status: null,
      error: error instanceof Error && error.name === 'TimeoutError' ? 'no answer within 15 s' : 'could not be reached',
    }
  }
}

/** Makes one try of a delivery, and plans the next one when it fails. A delivery that is over, or whose endpoint is paused, is left alone. */
export async function deliver(ctx: Ctx, { deliveryId }: { deliveryId: string }, job: { id: string }): Promise<void> {
  const [row] = await ctx.db
    .select({ delivery: webhookDeliveries, endpoint: webhooks })
    .from(webhookDeliveries)
    .innerJoin(webhooks, eq(webhooks.id, webhookDeliveries.webhookId))
    .where(eq(webhookDeliveries.id, deliveryId))
  if (!row || row.delivery.status !== 'pending') return
  const { delivery, endpoint } = row
  // A package's own address is no endpoint: that one being paused says nothing of it.
  if (endpoint.status !== 'active' && delivery.url === null) {
    await ctx.db
      .update(webhookDeliveries)
      .set({ status: 'failed', error: 'the endpoint is paused', nextAttemptAt: null })
      .where(eq(webhookDeliveries.id, deliveryId))
    return
  }
  const timestamp = Math.floor(ctx.now.getTime() / 1000)
  const secrets = await livingSecrets(ctx.settings, endpoint.secrets, ctx.now)
  const outcome = await call(
    ctx,
    delivery.url ?? endpoint.url,
    {
      'content-type': 'application/json',
      'user-agent': 'Qoltanba-Webhooks/1',
      'webhook-id': delivery.messageId,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': secrets.map((s) => signMessage(s, delivery.messageId, timestamp, delivery.body)).join(' '),
    },
    delivery.body,
  )
  await record(ctx, delivery, endpoint, outcome, job.id)
}

async function record(
  ctx: Ctx,
  delivery: typeof webhookDeliveries.$inferSelect,
  endpoint: typeof webhooks.$inferSelect,
  outcome: Outcome,
  jobId: string,
): Promise<void> {
  const attempts = delivery.attempts + 1
  const wait = RETRY_SECONDS[attempts - 1]
  const elsewhere = delivery.url !== null
  const at = ctx.now.toISOString()
  const said = { attempts, responseStatus: outcome.status, error: outcome.error }
  const mine = and(eq(webhookDeliveries.id, delivery.id), eq(webhookDeliveries.attempts, delivery.attempts))
  const writes: Write[] = []
  const jobs: Job[] = []
  if (outcome.ok) {
    writes.push(
      ctx.db
        .update(webhookDeliveries)
        .set({ ...said, status: 'delivered', deliveredAt: at, nextAttemptAt: null })
        .where(mine),
    )
    if (endpoint.failingSince && !elsewhere)
      writes.push(ctx.db.update(webhooks).set({ failingSince: null }).where(eq(webhooks.id, endpoint.id)))
  } else {
    const dead = !elsewhere && endpoint.failingSince !== null && ctx.now.getTime() - Date.parse(endpoint.failingSince) > DISABLE_AFTER_MS
    if (wait === undefined || dead) {
      writes.push(
        ctx.db
          .update(webhookDeliveries)
          .set({ ...said, status: 'failed', nextAttemptAt: null })
          .where(mine),
      )
    } else {
      const job = await makeJob(
        ctx,
        'webhook.deliver',
        { deliveryId: delivery.id },
        { id: `${jobId.split('>')[0]}>${attempts + 1}`, delaySeconds: wait },
      )
      const nextAttemptAt = new Date(ctx.now.getTime() + wait * 1000).toISOString()
      writes.push(
        ctx.db
          .update(webhookDeliveries)
          .set({ ...said, nextAttemptAt })
          .where(mine),
        job.write,
      )
      jobs.push(job)
    }
    if (!elsewhere)
      writes.push(
        ctx.db
          .update(webhooks)
          .set(dead ? { status: 'disabled' } : { failingSince: endpoint.failingSince ?? at })
          .where(and(eq(webhooks.id, endpoint.id), eq(webhooks.status, 'active'))),
      )
  }
  await batch(ctx.db, writes)
  await announce(ctx.env, jobs)
}
