import { and, eq, isNull, sql, type SQL } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import { batch, type Write } from '../../db/client.ts'
import { AppError } from '../../http/errors.ts'
import { announce, makeJob, type Job } from '../../queue/outbox.ts'
import { agreementById, openData, openIdentity, type AgreementRow } from '../load.ts'
import { moveAgreement } from '../move.ts'
import { goskeyOrders } from '../tables.ts'
import { DAY_MS, handOver } from './hand-over.ts'
import { goskey, goskeySettings, type SigningProvider } from './provider.ts'
import type { Recipient } from './request-xml.ts'
import { takeSignature } from './take-signature.ts'

export type OrderRow = typeof goskeyOrders.$inferSelect

/** Seconds between looks: often at first, since people who have the telephone at hand sign at once. */
const pauseOf = (looks: number) => (looks <= 12 ? 10 : looks <= 60 ? 60 : 300)

type Step = 'follow' | 'once' | 'cancel'

export const notConfigured = () => new AppError('unavailable', 'Signing with Госключ is not configured.')

const jobFor = (ctx: Ctx, orderId: string, step: Step, id: string, delaySeconds = 0): Promise<Job> =>
  makeJob(ctx, 'agreement.goskey', { orderId, step }, { id, delaySeconds })

/** An agreement's order, to be written when it is sent to be signed, and the job that takes it there. */
export async function newOrder(
  ctx: Ctx,
  row: AgreementRow,
  id: string,
  sha256: string,
): Promise<{ write: (open: SQL) => Write; job: Job }> {
  const [at, expires] = [ctx.now.toISOString(), new Date(ctx.now.getTime() + DAY_MS).toISOString()]
  return {
    job: await jobFor(ctx, id, 'follow', `goskey:${id}>1`),
    write: (open) =>
      ctx.db.run(sql`insert into goskey_orders (id, agreement_id, org_id, status, sha256, created_at, expires_at)
        select ${id}, ${row.id}, ${row.orgId}, 'waiting', ${sha256}, ${at}, ${expires} where ${open}`),
  }
}

async function openOrder(ctx: Ctx, agreementId: number): Promise<OrderRow | undefined> {
  const [order] = await ctx.db
    .select()
    .from(goskeyOrders)
    .where(and(eq(goskeyOrders.agreementId, agreementId), isNull(goskeyOrders.finishedAt)))
  return order
}

const finish = (ctx: Ctx, order: OrderRow, status: OrderRow['status']) => (open: SQL) =>
  ctx.db
    .update(goskeyOrders)
    .set({ status, finishedAt: ctx.now.toISOString() })
    .where(and(eq(goskeyOrders.id, order.id), isNull(goskeyOrders.finishedAt), open))

/** Calls an order back, since the agreement was signed some other way; nothing where there is none. */
export async function cancelOrder(ctx: Ctx, row: AgreementRow): Promise<{ write: (open: SQL) => Write; job: Job } | undefined> {
  const order = await openOrder(ctx, row.id)
  return order && { write: finish(ctx, order, 'cancelled'), job: await jobFor(ctx, order.id, 'cancel', `goskey:${order.id}:cancel`) }
}

/** It is known now who signs: an order that waits for that goes out at once. */
export async function hurryOrder(ctx: Ctx, row: AgreementRow): Promise<void> {
  const order = await openOrder(ctx, row.id)
  if (order?.status !== 'waiting') return
  const job = await jobFor(ctx, order.id, 'once', `goskey:${order.id}:identified:${row.version}`)
  await batch(ctx.db, [job.write])
  await announce(ctx.env, [job])
}

/** Who signs, as far as it is known: by ESIA, or by the СНИЛС that was filled in. */
export async function recipientOf(ctx: Ctx, row: AgreementRow): Promise<Recipient | null> {
  const [identity, data] = await Promise.all([openIdentity(ctx, row), openData(ctx, row)])
  const text = (name: string) => (typeof data[name] === 'string' && data[name] !== '' ? data[name] : null)
  const snils = text('snils')?.replaceAll(/\D/g, '') ?? null
  if (!identity && !snils) return null
  return { oid: identity?.oid ?? null, snils, ogrn: row.type === 'fiz' ? null : text('ogrn') }
}

/** Back to where it can be sent again, with the reason. */
const giveBack = (ctx: Ctx, order: OrderRow, row: AgreementRow, status: OrderRow['status'], comment: string) =>
  moveAgreement(ctx, row, 'ready', { comment, writes: (open) => [finish(ctx, order, status)(open)] })

/** Looks whether the person has signed. Whether there is anything more to wait for. */
async function look(ctx: Ctx, provider: SigningProvider, order: OrderRow, row: AgreementRow): Promise<boolean> {
  const found = await provider.look(order.orderId ?? '')
  if (found.state === 'reserved' || found.state === 'pending') return true
  if (found.state === 'declined') {
    await giveBack(ctx, order, row, 'declined', `Не подписано в Госключе${found.comment ? `: ${found.comment}` : ''}`)
    return false
  }
  const taken = await takeSignature(ctx, row, order, await provider.fetchSignature(found.signature))
  if ('refused' in taken) {
    await giveBack(ctx, order, row, 'failed', `Подпись из Госключа не прошла проверку: ${taken.refused}`)
    return false
  }
  await moveAgreement(ctx, row, 'signed', { writes: (open) => [taken.write(open), finish(ctx, order, 'signed')(open)] })
  return false
}

/** One step of an order that is under way. Whether there is another to come. */
async function advance(ctx: Ctx, provider: SigningProvider, order: OrderRow, row: AgreementRow): Promise<boolean> {
  if (ctx.now.toISOString() > order.expiresAt) {
    const why = order.status === 'sent' ? 'Срок подписания в Госключе истёк' : 'Не передано в Госключ: нет входа через Госуслуги или СНИЛС'
    await giveBack(ctx, order, row, 'expired', why)
    return false
  }
  if (order.status === 'sent') return look(ctx, provider, order, row)
  const recipient = await recipientOf(ctx, row)
  if (recipient) await handOver(ctx, provider, order, row, recipient)
  return true
}

async function callBack(provider: SigningProvider, order: OrderRow): Promise<void> {
  if (order.status !== 'cancelled' || order.orderId === null) return
  try {
    await provider.cancel(order.orderId)
  } catch (error) {
    // It may be over there, too.
    if (!(error instanceof AppError) || error.code !== 'unprocessable') throw error
  }
}

/** The queue's handler: takes an order to Госключ and looks after it until it is over. */
export async function goskeyJob(
  ctx: Ctx,
  { orderId, step }: { orderId: string; step: Step },
  job: { id: string; last: boolean },
): Promise<void> {
  const [order] = await ctx.db.select().from(goskeyOrders).where(eq(goskeyOrders.id, orderId))
  const settings = goskeySettings(ctx)
  if (!order) return
  if (!settings) throw notConfigured()
  const provider = goskey(ctx, settings)
  if (step === 'cancel') return callBack(provider, order)
  const row = await agreementById(ctx, order.agreementId)
  if (order.finishedAt !== null || row?.status !== 'signing') return
  let more = true
  try {
    more = await advance(ctx, provider, order, row)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (error.code === 'unprocessable') return giveBack(ctx, order, row, 'failed', 'Госключ не принял договор')
    // While the service is away the queue tries again, ever more seldom; then the next look does.
    if (!job.last && error.code === 'unavailable') throw error
  }
  if (more && step === 'follow') await follow(ctx, orderId, job.id)
}

/** Plans the next look: its job is named after this one, so that this one run twice plans one. */
async function follow(ctx: Ctx, orderId: string, jobId: string): Promise<void> {
  const [base = '', looks = '1'] = jobId.split('>')
  const next = Number(looks) + 1
  const job = await jobFor(ctx, orderId, 'follow', `${base}>${next}`, pauseOf(next))
  await batch(ctx.db, [job.write])
  await announce(ctx.env, [job])
}
