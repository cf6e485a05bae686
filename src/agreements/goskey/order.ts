import { and, eq, isNull, sql, type SQL } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import { batch, type Write } from '../../db/client.ts'
import { AppError } from '../../http/errors.ts'
import { logUnknown } from '../../http/log.ts'
import { announce, makeJob, type Job } from '../../queue/outbox.ts'
import { agreementById, type AgreementRow } from '../load.ts'
import { moveAgreement } from '../move.ts'
import { goskeyOrders } from '../tables.ts'
import { DAY_MS, handOver, isRefusal, withdraw } from './hand-over.ts'
import { goskey, goskeySettings, type OrderState, type SigningProvider } from './provider.ts'
import { recipientOf } from './recipient.ts'
import { takeSignature } from './take-signature.ts'

export type OrderRow = typeof goskeyOrders.$inferSelect

/** Seconds between looks: often at first, since people who have the telephone at hand sign at once. */
const pauseOf = (looks: number) => (looks <= 12 ? 10 : looks <= 60 ? 60 : 300)

const NO_ANSWER = 'сервис не отвечал'

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

/** Whether the agreement is with somebody to be signed. */
export const isHandedOver = async (ctx: Ctx, row: AgreementRow): Promise<boolean> => (await openOrder(ctx, row.id))?.status === 'sent'

/** It is known now who signs: an order that waits for that goes out at once. */
export async function hurryOrder(ctx: Ctx, row: AgreementRow): Promise<void> {
  const order = await openOrder(ctx, row.id)
  if (order?.status !== 'waiting') return
  const job = await jobFor(ctx, order.id, 'once', `goskey:${order.id}:identified:${row.version}`)
  await batch(ctx.db, [job.write])
  await announce(ctx.env, [job])
}

/** Back to where it can be sent again, with the reason. */
const giveBack = (ctx: Ctx, order: OrderRow, row: AgreementRow, status: OrderRow['status'], comment: string) =>
  moveAgreement(ctx, row, 'ready', { comment, writes: (open) => [finish(ctx, order, status)(open)] })

/** The result, where it is there already: it may come after the word that there is one. */
async function fetchResult(provider: SigningProvider, found: Extract<OrderState, { state: 'signed' }>): Promise<Uint8Array | undefined> {
  try {
    return await provider.fetchSignature(found.signature)
  } catch (error) {
    if (isRefusal(error)) return undefined
    throw error
  }
}

/** Looks whether the person has signed. Whether there is anything more to wait for. */
async function look(ctx: Ctx, provider: SigningProvider, order: OrderRow, row: AgreementRow): Promise<boolean> {
  const found = await provider.look(order.orderId ?? '')
  if (found.state === 'reserved' || found.state === 'pending') return true
  if (found.state === 'declined') {
    await giveBack(ctx, order, row, 'declined', `Не подписано в Госключе${found.comment ? `: ${found.comment}` : ''}`)
    return false
  }
  const signature = await fetchResult(provider, found)
  if (!signature) return true
  const taken = await takeSignature(ctx, row, order, signature)
  if ('refused' in taken) {
    await giveBack(ctx, order, row, 'failed', `Подпись из Госключа не прошла проверку: ${taken.refused}`)
    return false
  }
  await moveAgreement(ctx, row, 'signed', { writes: (open) => [taken.write(open), finish(ctx, order, 'signed')(open)] })
  return false
}

const isOver = (ctx: Ctx, order: OrderRow, more = 0) => ctx.now.getTime() > Date.parse(order.expiresAt) + more

/** One step of an order that is under way. Whether there is another to come. */
async function advance(ctx: Ctx, provider: SigningProvider, order: OrderRow, row: AgreementRow): Promise<boolean> {
  const over = isOver(ctx, order)
  // Looked at once more when the time is over: the person may have signed while nobody looked. So is one of which it never came back whether it was sent.
  const gone = order.orderId !== null && (order.status === 'sent' || over)
  if (gone && !(await look(ctx, provider, order, row))) return false
  if (order.status === 'sent') {
    if (over) await giveBack(ctx, order, row, 'expired', 'Срок подписания в Госключе истёк')
    return !over
  }
  const recipient = await recipientOf(ctx, row)
  if (over) {
    if (order.orderId !== null) await withdraw(provider, order.orderId)
    await giveBack(ctx, order, row, 'expired', `Не передано в Госключ: ${recipient ? NO_ANSWER : 'нет входа через Госуслуги или СНИЛС'}`)
    return false
  }
  if (recipient) await handOver(ctx, provider, order, row, recipient)
  return true
}

/** The same, where the service refuses, or stays away long after the order's time. */
async function advanceOrEnd(ctx: Ctx, order: OrderRow, row: AgreementRow): Promise<boolean> {
  try {
    const settings = goskeySettings(ctx)
    if (!settings) throw notConfigured()
    return await advance(ctx, goskey(ctx, settings), order, row)
  } catch (error) {
    const refused = isRefusal(error)
    // That it does not tell how far an order is says nothing of the agreement.
    if (refused && order.status === 'sent' && !isOver(ctx, order)) return true
    if (!refused && !isOver(ctx, order, DAY_MS)) throw error
    await giveBack(ctx, order, row, 'failed', refused && order.status === 'waiting' ? 'Госключ не принял договор' : `Госключ: ${NO_ANSWER}`)
    return false
  }
}

/** The queue's handler: takes an order to Госключ and looks after it until it is over. */
export async function goskeyJob(
  ctx: Ctx,
  { orderId, step }: { orderId: string; step: Step },
  job: { id: string; last: boolean },
): Promise<void> {
  const [order] = await ctx.db.select().from(goskeyOrders).where(eq(goskeyOrders.id, orderId))
  if (!order) return
  if (step === 'cancel') {
    const settings = goskeySettings(ctx)
    if (!settings) throw notConfigured()
    if (order.status === 'cancelled' && order.orderId !== null) await withdraw(goskey(ctx, settings), order.orderId)
    return
  }
  const row = await agreementById(ctx, order.agreementId)
  if (order.finishedAt !== null || row?.status !== 'signing') return
  let more = true
  try {
    more = await advanceOrEnd(ctx, order, row)
  } catch (error) {
    // The queue tries again, ever more seldom; then the next look does: nothing may leave an agreement where nobody looks after it.
    if (!job.last) throw error
    if (!(error instanceof AppError)) logUnknown(error, job.id, 'agreement.goskey')
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
