import { and, eq, isNull, lte, sql } from 'drizzle-orm'
import { audit, mustSeeOrg, type Ctx } from '../context.ts'
import { batch } from '../db/client.ts'
import { AppError, notFound } from '../http/errors.ts'
import { defineList } from '../http/list.ts'
import { organizations } from '../identity/tables.ts'
import { tryParseDecimal } from '../lib/money.ts'
import { announce } from '../queue/outbox.ts'
import { publish } from '../webhooks/publish.ts'
import { creditUnits } from './balances.ts'
import { priceOf, statusAt, type PaymentStatus } from './price.ts'
import { paymentRequests } from './tables.ts'
import { findTariffPlan } from './tariffs.ts'

type Row = typeof paymentRequests.$inferSelect

const present = (row: Row, now: Date) => ({
  id: row.id,
  company_id: row.orgId,
  tariff_plan_id: row.tariffPlanId,
  sms_count: row.smsCount,
  ecp_count: row.ecpCount,
  total_amount: row.totalAmount / 100,
  status: statusAt(row, now),
  payment_url: row.paymentUrl,
  payment_ref: row.paymentRef,
  paid_at: row.paidAt,
  created_at: row.createdAt,
  expires_at: row.expiresAt,
})

export interface PaymentInput {
  company_id: number
  tariff_plan_id?: number | null | undefined
  sms_count: number
  ecp_count: number
  total_amount?: number | undefined
  payment_url?: string | null | undefined
  payment_ref?: string | null | undefined
}

const invalid = (path: string, message: string) => new AppError('validation', 'The request is not valid.', { issues: [{ path, message }] })

async function discountOf(ctx: Ctx, input: PaymentInput): Promise<number> {
  if (input.tariff_plan_id === undefined || input.tariff_plan_id === null) return 0
  const plan = await findTariffPlan(ctx, input.tariff_plan_id)
  if (!plan?.isActive) throw invalid('tariff_plan_id', 'there is no such plan on offer')
  const count = input.sms_count + input.ecp_count
  if (count < plan.fromCount || count > plan.toCount)
    throw invalid('tariff_plan_id', `the plan is for ${plan.fromCount} to ${plan.toCount} signatures`)
  return plan.discount
}

/** The price is the server's: one that is sent must be the same, to the tiyn. */
export async function createPaymentRequest(ctx: Ctx, input: PaymentInput) {
  const orgId = mustSeeOrg(ctx, input.company_id)
  const [company] = await ctx.db
    .select({ id: organizations.id })
    .from(organizations)
    .where(and(eq(organizations.id, orgId), isNull(organizations.deletedAt)))
  if (!company) throw notFound('There is no such company.')
  if (input.sms_count + input.ecp_count === 0) throw invalid('sms_count', 'nothing is asked for')
  const { SMS_SIGNATURE_PRICE: sms, ECP_SIGNATURE_PRICE: ecp, PAYMENT_REQUEST_TTL_SECONDS: ttl } = ctx.settings
  const totalAmount = priceOf({ sms: input.sms_count, ecp: input.ecp_count }, { sms, ecp }, await discountOf(ctx, input))
  if (input.total_amount !== undefined && tryParseDecimal(input.total_amount) !== totalAmount)
    throw invalid('total_amount', 'is not what these signatures cost')
  const insert = ctx.db
    .insert(paymentRequests)
    .values({
      orgId,
      tariffPlanId: input.tariff_plan_id ?? null,
      smsCount: input.sms_count,
      ecpCount: input.ecp_count,
      totalAmount,
      status: 'pending',
      paymentUrl: input.payment_url ?? null,
      paymentRef: input.payment_ref ?? null,
      createdAt: ctx.now.toISOString(),
      expiresAt: new Date(ctx.now.getTime() + ttl * 1000).toISOString(),
    })
    .returning()
  const [made] = await batch(ctx.db, [insert, audit(ctx, orgId, 'payment_request.created', `tiyn:${totalAmount}`)])
  const [row] = made as Row[]
  if (!row) throw new Error('the payment request was not written')
  return present(row, ctx.now)
}

async function load(ctx: Ctx, id: number): Promise<Row> {
  const [row] = await ctx.db
    .select()
    .from(paymentRequests)
    .where(and(eq(paymentRequests.id, id), isNull(paymentRequests.deletedAt)))
  if (!row) throw notFound()
  mustSeeOrg(ctx, row.orgId)
  return row
}

export const getPaymentRequest = async (ctx: Ctx, id: number) => present(await load(ctx, id), ctx.now)

const list = defineList({ key: paymentRequests.id })
export const paymentsQuery = list.query

export async function listPaymentRequests(ctx: Ctx, companyId: number, asked: { limit?: number; after?: string }) {
  mustSeeOrg(ctx, companyId)
  const { where, orderBy, limit } = list.plan(asked, and(eq(paymentRequests.orgId, companyId), isNull(paymentRequests.deletedAt)))
  const page = list.page(await ctx.db.select().from(paymentRequests).where(where).orderBy(orderBy).limit(limit), asked, (r) => r.id)
  return { ...page, rows: page.rows.map((r) => present(r, ctx.now)) }
}

/**
 * Moves a pending request. All writes hang on the row still being pending and unexpired, and the row itself is written last: of several
 * that race one wins, and units are credited once.
 */
async function move(ctx: Ctx, row: Row, to: Exclude<PaymentStatus, 'pending'>, paidAt: string | null): Promise<void> {
  const now = ctx.now.toISOString()
  const live = to === 'expired' ? sql`true` : sql`expires_at > ${now}`
  const open = sql`exists (select 1 from payment_requests where id = ${row.id} and status = 'pending' and deleted_at is null and ${live})`
  const { writes, jobs } = await publish(
    ctx,
    row.orgId,
    'payment_request.status_changed',
    { payment_request_id: row.id, status: to },
    { when: open, key: `payment_request:${row.id}:${to}` },
  )
  const results = await batch(ctx.db, [
    ...(to === 'paid' ? creditUnits(ctx, row.orgId, `payment:${row.id}`, { sms: row.smsCount, ecp: row.ecpCount }, open) : []),
    ...writes,
    audit(ctx, row.orgId, `payment_request.${to}`, `payment_request:${row.id}`, open),
    ctx.db
      .update(paymentRequests)
      .set({ status: to, paidAt })
      .where(and(eq(paymentRequests.id, row.id), open))
      .returning({ id: paymentRequests.id }),
  ])
  const last = results.at(-1)
  if (!Array.isArray(last) || last.length === 0) throw new AppError('conflict', 'The payment request is no longer pending.')
  await announce(ctx.env, jobs)
}

/** The company cancels its own; the operator marks paid, cancelled or expired. There is no way back from any of them. */
export async function changePaymentRequest(ctx: Ctx, id: number, input: { status: PaymentStatus; paid_at?: string | undefined }) {
  const row = await load(ctx, id)
  const { status } = input
  const byOperator = ctx.actor.kind === 'operator'
  if (!byOperator && (status === 'paid' || status === 'expired'))
    throw new AppError('forbidden', 'Only the operator marks a payment request so.')
  const current = statusAt(row, ctx.now)
  if (current !== 'pending') throw new AppError('conflict', `The payment request is ${current}: there is no way back.`)
  if (status === 'pending') return present(row, ctx.now)
  const paidAt = status === 'paid' ? new Date(input.paid_at ?? ctx.now).toISOString() : null
  if (paidAt && paidAt > ctx.now.toISOString()) throw invalid('paid_at', 'is in the future')
  await move(ctx, row, status, paidAt)
  return getPaymentRequest(ctx, id)
}

/** What the payment provider told, after its signature was checked. Told twice, it is credited once. */
export async function confirmPayment(ctx: Ctx, id: number, paidAt: string): Promise<void> {
  const [row] = await ctx.db
    .select()
    .from(paymentRequests)
    .where(and(eq(paymentRequests.id, id), isNull(paymentRequests.deletedAt)))
  if (!row) throw notFound()
  if (row.status === 'paid') return
  if (statusAt(row, ctx.now) !== 'pending') throw new AppError('conflict', 'The payment request is no longer pending.')
  await move(ctx, row, 'paid', paidAt)
}

/** What was paid is a record of money: it stays. */
export async function deletePaymentRequest(ctx: Ctx, id: number): Promise<void> {
  const row = await load(ctx, id)
  const unpaid = sql`exists (select 1 from payment_requests where id = ${id} and status <> 'paid' and deleted_at is null)`
  const [, deleted] = await batch(ctx.db, [
    audit(ctx, row.orgId, 'payment_request.deleted', `payment_request:${id}`, unpaid),
    ctx.db
      .update(paymentRequests)
      .set({ deletedAt: ctx.now.toISOString() })
      .where(and(eq(paymentRequests.id, id), unpaid))
      .returning({ id: paymentRequests.id }),
  ])
  if (!Array.isArray(deleted) || deleted.length === 0) throw new AppError('conflict', 'A paid request is kept.')
}

/** Cron: writes down what has expired, and tells of it. */
export async function expirePaymentRequests(ctx: Ctx): Promise<void> {
  const due = await ctx.db
    .select()
    .from(paymentRequests)
    .where(and(lte(paymentRequests.expiresAt, ctx.now.toISOString()), sql`status = 'pending' and deleted_at is null`))
    .limit(200)
  for (const row of due) await move(ctx, row, 'expired', null)
}

/** What a request is to be paid with, in tiyn; undefined where there is no such request. For the provider's callback, which sees all. */
export async function paymentAmount(ctx: Pick<Ctx, 'db'>, id: number): Promise<number | undefined> {
  const [row] = await ctx.db
    .select({ totalAmount: paymentRequests.totalAmount })
    .from(paymentRequests)
    .where(and(eq(paymentRequests.id, id), isNull(paymentRequests.deletedAt)))
  return row?.totalAmount
}
