import { and, eq, isNull } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import { AppError } from '../../http/errors.ts'
import { readKept } from '../files.ts'
import { filesOf, nameOf, type AgreementRow } from '../load.ts'
import { goskeyOrders } from '../tables.ts'
import type { OrderRow } from './order.ts'
import type { SigningProvider } from './provider.ts'
import type { Recipient } from './request-xml.ts'

/** The person has a day, and so has whoever must say first who that person is. */
export const DAY_MS = 24 * 3_600_000
/** The service takes 24 hours at most; clocks differ. */
const MARGIN_MS = 10 * 60_000

/** The service has said no, for good. */
export const isRefusal = (error: unknown): boolean => error instanceof AppError && error.code === 'unprocessable'

/** The portal's number for the order, kept before anything is sent: a try that is cut off goes on with it. */
async function reserve(ctx: Ctx, provider: SigningProvider, order: OrderRow, recipient: Recipient): Promise<string | undefined> {
  const orderId = await provider.reserve(recipient)
  const [mine] = await ctx.db
    .update(goskeyOrders)
    .set({ orderId })
    .where(and(eq(goskeyOrders.id, order.id), eq(goskeyOrders.status, 'waiting'), isNull(goskeyOrders.orderId)))
    .returning({ id: goskeyOrders.id })
  return mine && orderId
}

/** Sends the agreement to the person's telephone. Cut off anywhere, it is taken up again without being sent twice. */
export async function handOver(
  ctx: Ctx,
  provider: SigningProvider,
  order: OrderRow,
  row: AgreementRow,
  recipient: Recipient,
): Promise<void> {
  const orderId = order.orderId ?? (await reserve(ctx, provider, order, recipient))
  // Somebody else has it, or it was called back meanwhile.
  if (orderId === undefined) return
  const expires = new Date(ctx.now.getTime() + DAY_MS - MARGIN_MS)
  const gone = order.orderId !== null && (await provider.look(orderId)).state !== 'reserved'
  if (!gone) {
    const document = (await filesOf(ctx, row.id)).findLast(({ kind }) => kind === 'agreement')
    if (!document) throw new Error(`agreement ${row.id} has no document`)
    const { PLATFORM_NAME: name, GOSKEY_ORG_INN: inn = '' } = ctx.settings
    const request = {
      recipient,
      description: `Договор об оказании услуг связи № ${nameOf(row)}`,
      expires,
      organization: { name, inn },
      // The service takes no dashes in names.
      document: { name: `dogovor_${nameOf(row).replaceAll('-', '_')}.pdf`, bytes: await readKept(ctx, document) },
    }
    try {
      await provider.send(orderId, request)
    } catch (error) {
      // It is refused also where somebody else has just sent it.
      if (!isRefusal(error) || (await provider.look(orderId)).state === 'reserved') throw error
    }
  }
  const [sent] = await ctx.db
    .update(goskeyOrders)
    .set({ status: 'sent', orderId, expiresAt: new Date(expires.getTime() + 2 * MARGIN_MS).toISOString() })
    .where(and(eq(goskeyOrders.id, order.id), eq(goskeyOrders.status, 'waiting')))
    .returning({ id: goskeyOrders.id })
  if (sent) return
  const [now] = await ctx.db.select({ status: goskeyOrders.status }).from(goskeyOrders).where(eq(goskeyOrders.id, order.id))
  if (now?.status === 'cancelled') await withdraw(provider, orderId)
}

/** Calls an order back at the service; it may be over there, too. */
export async function withdraw(provider: SigningProvider, orderId: string): Promise<void> {
  try {
    await provider.cancel(orderId)
  } catch (error) {
    if (!isRefusal(error)) throw error
  }
}
