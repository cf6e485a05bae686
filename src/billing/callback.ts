import * as z from 'zod'
import type { Ctx } from '../context.ts'
import { readBytes } from '../http/body.ts'
import { AppError, notFound } from '../http/errors.ts'
import { instant } from '../http/fields.ts'
import { issuesOf } from '../http/operation.ts'
import { sameText } from '../lib/hash.ts'
import { tryParseDecimal } from '../lib/money.ts'
import { signMessage } from '../webhooks/secrets.ts'
import { confirmPayment, paymentAmount } from './payments.ts'

const TOLERANCE_SECONDS = 300
const MAX_BODY = 20_000
const Body = z.object({
  payment_request_id: z.int().min(1),
  status: z.literal('paid'),
  total_amount: z.number().min(0),
  paid_at: instant.optional(),
})

/** Marks a request paid on the word of the payment provider, which must be signed (Standard Webhooks 1.0), fresh, and about the right sum. */
export async function paymentCallback(ctx: Ctx, request: Request): Promise<void> {
  const secret = ctx.settings.PAYMENT_CALLBACK_SECRET
  if (!secret) throw new AppError('unavailable', 'No payment provider is configured.')
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((h) => request.headers.get(h) ?? '')
  const body = new TextDecoder().decode(await readBytes(request, MAX_BODY))
  const age = Math.abs(ctx.now.getTime() / 1000 - Number(timestamp))
  const holds = /^\d{1,12}$/.test(timestamp ?? '') && age <= TOLERANCE_SECONDS
  const want = signMessage(secret, id ?? '', Number(timestamp), body)
  if (
    !holds ||
    !(signatures ?? '')
      .split(' ')
      .slice(0, 10)
      .some((s) => sameText(s, want))
  )
    throw new AppError('unauthenticated', 'The callback is not signed by the payment provider.')
  let said: unknown
  try {
    said = JSON.parse(body)
  } catch {
    throw new AppError('bad_request', 'The body is not valid JSON.')
  }
  const parsed = Body.safeParse(said)
  if (!parsed.success) throw new AppError('validation', 'The request is not valid.', { issues: issuesOf(parsed.error) })
  const { payment_request_id, total_amount, paid_at } = parsed.data
  const amount = await paymentAmount(ctx, payment_request_id)
  if (amount === undefined) throw notFound()
  if (amount !== tryParseDecimal(total_amount)) throw new AppError('conflict', 'The sum is not that of the request.')
  await confirmPayment(ctx, payment_request_id, new Date(paid_at ?? ctx.now).toISOString())
}
