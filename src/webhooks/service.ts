import { and, desc, eq, sql } from 'drizzle-orm'
import { audit, orgOf, type Ctx } from '../context.ts'
import { batch } from '../db/client.ts'
import { AppError, notFound } from '../http/errors.ts'
import { uuidv7 } from '../lib/ids.ts'
import { announce, makeJob } from '../queue/outbox.ts'
import { EVENTS, messageIdOf } from './publish.ts'
import { newSecret, rotate } from './secrets.ts'
import { webhookDeliveries, webhooks } from './tables.ts'
import { checkTarget } from './target.ts'

type Row = typeof webhooks.$inferSelect
const MAX_ENDPOINTS = 50
const ROTATE_TRIES = 30

const present = ({ id, url, events, description, status, createdAt }: Row) => ({
  id,
  url,
  events,
  description,
  status,
  created_at: createdAt,
})
const presentDelivery = (d: typeof webhookDeliveries.$inferSelect) => ({
  id: d.id,
  event: d.event,
  message_id: d.messageId,
  status: d.status,
  attempts: d.attempts,
  response_status: d.responseStatus,
  error: d.error,
  created_at: d.createdAt,
  delivered_at: d.deliveredAt,
  next_attempt_at: d.nextAttemptAt,
})

function checkEvents(events: string[]): string[] {
  const unknown = events.filter((e) => !(EVENTS as readonly string[]).includes(e))
  if (unknown.length > 0)
    throw new AppError('validation', 'An event is not known.', {
      issues: [{ path: 'events', message: `known events: ${EVENTS.join(', ')}` }],
    })
  return [...new Set(events)]
}

async function load(ctx: Ctx, id: string): Promise<Row> {
  const [row] = await ctx.db
    .select()
    .from(webhooks)
    .where(and(eq(webhooks.id, id), eq(webhooks.orgId, orgOf(ctx))))
  if (!row) throw notFound()
  return row
}

/** Makes an endpoint; its secret is told here and on rotation, never again. */
export async function createWebhook(ctx: Ctx, input: { url: string; events?: string[] | undefined; description?: string | undefined }) {
  const orgId = orgOf(ctx)
  checkTarget(ctx.settings, input.url)
  const events = checkEvents(input.events ?? [])
  const { plain, kept } = await newSecret(ctx.settings)
  const row: Row = {
    id: uuidv7(ctx.now.getTime()),
    orgId,
    url: input.url,
    events,
    description: input.description ?? null,
    status: 'active',
    secrets: [kept],
    failingSince: null,
    createdAt: ctx.now.toISOString(),
  }
  // Counted where it is written: of many that are made at once none is too many.
  const tooMany = sql`(select count(*) from ${webhooks} where org_id = ${orgId}) > ${MAX_ENDPOINTS}`
  const [, over] = await batch(ctx.db, [
    ctx.db.insert(webhooks).values(row),
    ctx.db
      .delete(webhooks)
      .where(and(eq(webhooks.id, row.id), tooMany))
      .returning({ id: webhooks.id }),
    audit(ctx, orgId, 'webhook.created', `webhook:${row.id}`, sql`exists (select 1 from ${webhooks} where id = ${row.id})`),
  ])
  if ((over as unknown[]).length > 0) throw new AppError('unprocessable', `A company has at most ${MAX_ENDPOINTS} endpoints.`)
  return { ...present(row), secret: plain }
}

export async function listWebhooks(ctx: Ctx) {
  return {
    items: (
      await ctx.db
        .select()
        .from(webhooks)
        .where(eq(webhooks.orgId, orgOf(ctx)))
        .orderBy(webhooks.id)
        .limit(MAX_ENDPOINTS)
    ).map(present),
  }
}

export async function changeWebhook(
  ctx: Ctx,
  id: string,
  input: { url?: string | undefined; events?: string[] | undefined; status?: 'active' | 'paused' | undefined },
) {
  const row = await load(ctx, id)
  const { url, status } = input
  if (url !== undefined) checkTarget(ctx.settings, url)
  // What is said alone: a change beside this one keeps its own.
  const next = {
    id,
    ...(url === undefined ? {} : { url }),
    ...(input.events === undefined ? {} : { events: checkEvents(input.events) }),
    ...(status === undefined ? {} : { status }),
    ...(status === 'active' ? { failingSince: null } : {}),
  }
  const [changed] = await batch(ctx.db, [
    ctx.db.update(webhooks).set(next).where(eq(webhooks.id, id)).returning(),
    audit(ctx, row.orgId, 'webhook.changed', `webhook:${id}`),
  ])
  const [now] = changed as Row[]
  if (!now) throw notFound()
  return present(now)
}

export async function deleteWebhook(ctx: Ctx, id: string): Promise<void> {
  const row = await load(ctx, id)
  await batch(ctx.db, [
    ctx.db.delete(webhookDeliveries).where(eq(webhookDeliveries.webhookId, id)),
    ctx.db.delete(webhooks).where(eq(webhooks.id, id)),
    audit(ctx, row.orgId, 'webhook.deleted', `webhook:${id}`),
  ])
}

export async function rotateWebhookSecret(ctx: Ctx, id: string) {
  for (let tries = 0; tries < ROTATE_TRIES; tries++) {
    const row = await load(ctx, id)
    const { plain, secrets } = await rotate(ctx.settings, row.secrets, ctx.now)
    // Another rotation at this moment has told a secret, too: that one has to sign as well.
    const same = and(eq(webhooks.id, id), eq(webhooks.secrets, row.secrets))
    const [, written] = await batch(ctx.db, [
      audit(ctx, row.orgId, 'webhook.secret_rotated', `webhook:${id}`, sql`exists (select 1 from ${webhooks} where ${same})`),
      ctx.db.update(webhooks).set({ secrets }).where(same).returning({ id: webhooks.id }),
    ])
    if ((written as unknown[]).length > 0) return { ...present(row), secret: plain }
  }
  throw new AppError('conflict', 'The secret is being rotated by others; try again.')
}

/** Sends `webhook.test` to this endpoint alone, whatever events it asked for. */
export async function testWebhook(ctx: Ctx, id: string): Promise<{ delivery_id: string }> {
  const row = await load(ctx, id)
  if (row.status !== 'active') throw new AppError('conflict', 'The endpoint is paused.')
  const deliveryId = uuidv7(ctx.now.getTime())
  const at = ctx.now.toISOString()
  const body = JSON.stringify({ type: 'webhook.test', timestamp: at, data: { webhook_id: id } })
  const job = await makeJob(ctx, 'webhook.deliver', { deliveryId }, { id: `webhook:${deliveryId}:1` })
  await batch(ctx.db, [
    ctx.db.insert(webhookDeliveries).values({
      id: deliveryId,
      webhookId: id,
      messageId: messageIdOf(deliveryId),
      event: 'webhook.test',
      body,
      status: 'pending',
      createdAt: at,
      nextAttemptAt: at,
    }),
    job.write,
  ])
  await announce(ctx.env, [job])
  return { delivery_id: deliveryId }
}

export async function listDeliveries(
  ctx: Ctx,
  id: string,
  asked: { status?: 'pending' | 'delivered' | 'failed' | undefined; page: number; per_page: number },
) {
  await load(ctx, id)
  const where = and(eq(webhookDeliveries.webhookId, id), asked.status ? eq(webhookDeliveries.status, asked.status) : undefined)
  const [rows, [count]] = await Promise.all([
    ctx.db
      .select()
      .from(webhookDeliveries)
      .where(where)
      .orderBy(desc(webhookDeliveries.createdAt), desc(webhookDeliveries.id))
      .limit(asked.per_page)
      .offset((asked.page - 1) * asked.per_page),
    ctx.db
      .select({ total: sql<number>`count(*)` })
      .from(webhookDeliveries)
      .where(where),
  ])
  return { items: rows.map(presentDelivery), page: asked.page, per_page: asked.per_page, total: count?.total ?? 0 }
}

/** Sends a delivery again under its own id, from the first try on. */
export async function replayDelivery(ctx: Ctx, id: string, deliveryId: string): Promise<{ delivery_id: string }> {
  await load(ctx, id)
  const mine = and(eq(webhookDeliveries.id, deliveryId), eq(webhookDeliveries.webhookId, id))
  const [row] = await ctx.db.select({ id: webhookDeliveries.id }).from(webhookDeliveries).where(mine)
  if (!row) throw notFound()
  const job = await makeJob(ctx, 'webhook.deliver', { deliveryId })
  await batch(ctx.db, [
    ctx.db.update(webhookDeliveries).set({ status: 'pending', attempts: 0, nextAttemptAt: ctx.now.toISOString() }).where(mine),
    job.write,
  ])
  await announce(ctx.env, [job])
  return { delivery_id: deliveryId }
}
