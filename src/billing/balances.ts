import { and, eq, isNull, sql, type SQL } from 'drizzle-orm'
import { audit, mustSeeOrg, type Ctx } from '../context.ts'
import { batch, isCheckViolation, isUniqueViolation, type Write } from '../db/client.ts'
import { AppError, notFound } from '../http/errors.ts'
import { organizations } from '../identity/tables.ts'
import { uuidv7 } from '../lib/ids.ts'
import { balanceEntries, balances } from './tables.ts'

export type UnitMethod = 'sms' | 'ecp'
export interface Balance {
  company_id: number
  sms_signatures: number
  ecp_signatures: number
}

const shown = { company_id: balances.orgId, sms_signatures: balances.sms, ecp_signatures: balances.ecp }

/** What a new company may try: to be written in the batch that creates it. */
export function openingBalance(ctx: Ctx, orgId: SQL<number>, at: string): Write[] {
  const { TRIAL_SMS_SIGNATURES: sms, TRIAL_ECP_SIGNATURES: ecp } = ctx.settings
  return [
    ctx.db.insert(balances).values({ orgId, sms, ecp, updatedAt: at }),
    ctx.db.insert(balanceEntries).values({ id: uuidv7(ctx.now.getTime()), orgId, cause: 'trial', sms, ecp, createdAt: at }),
  ]
}

export async function getBalance(ctx: Ctx, companyId: number): Promise<Balance> {
  mustSeeOrg(ctx, companyId)
  const [row] = await ctx.db
    .select(shown)
    .from(balances)
    .innerJoin(organizations, and(eq(organizations.id, balances.orgId), isNull(organizations.deletedAt)))
    .where(eq(balances.orgId, companyId))
  if (!row) throw notFound()
  return row
}

export async function createBalance(ctx: Ctx, input: Balance): Promise<Balance> {
  const { company_id: orgId, sms_signatures: sms, ecp_signatures: ecp } = input
  const [company] = await ctx.db
    .select({ id: organizations.id })
    .from(organizations)
    .where(and(eq(organizations.id, orgId), isNull(organizations.deletedAt)))
  if (!company) throw notFound('There is no such company.')
  const at = ctx.now.toISOString()
  try {
    await batch(ctx.db, [
      ctx.db.insert(balances).values({ orgId, sms, ecp, updatedAt: at }),
      ctx.db.insert(balanceEntries).values({ id: uuidv7(ctx.now.getTime()), orgId, cause: 'operator', sms, ecp, createdAt: at }),
      audit(ctx, orgId, 'balance.created', `balance:${orgId}`),
    ])
  } catch (error) {
    if (isUniqueViolation(error)) throw new AppError('conflict', 'The company has a balance already.')
    throw error
  }
  return input
}

/** Sets what is left; the difference is kept as an entry of its own, worked out where the row is, so that no signature in between is lost. */
export async function setBalance(
  ctx: Ctx,
  companyId: number,
  input: { sms_signatures?: number; ecp_signatures?: number },
): Promise<Balance> {
  await getBalance(ctx, companyId)
  const { sms_signatures: sms, ecp_signatures: ecp } = input
  const at = ctx.now.toISOString()
  const delta = (column: typeof balances.sms | typeof balances.ecp, value: number | undefined) =>
    value === undefined ? sql<number>`0` : sql<number>`${value} - ${column}`
  await batch(ctx.db, [
    ctx.db.insert(balanceEntries).select(
      ctx.db
        .select({
          id: sql<string>`${uuidv7(ctx.now.getTime())}`.as('id'),
          orgId: balances.orgId,
          cause: sql<'operator'>`'operator'`.as('cause'),
          sms: delta(balances.sms, sms).as('sms'),
          ecp: delta(balances.ecp, ecp).as('ecp'),
          createdAt: sql<string>`${at}`.as('created_at'),
        })
        .from(balances)
        .where(eq(balances.orgId, companyId)),
    ),
    ctx.db
      .update(balances)
      .set({ ...(sms === undefined ? {} : { sms }), ...(ecp === undefined ? {} : { ecp }), updatedAt: at })
      .where(eq(balances.orgId, companyId)),
    audit(ctx, companyId, 'balance.set', `balance:${companyId}`),
  ])
  return getBalance(ctx, companyId)
}

export async function deleteBalance(ctx: Ctx, companyId: number): Promise<void> {
  const { sms_signatures: sms, ecp_signatures: ecp } = await getBalance(ctx, companyId)
  await batch(ctx.db, [
    ctx.db.delete(balances).where(eq(balances.orgId, companyId)),
    ctx.db.insert(balanceEntries).values({
      id: uuidv7(ctx.now.getTime()),
      orgId: companyId,
      cause: 'operator',
      sms: -sms,
      ecp: -ecp,
      createdAt: ctx.now.toISOString(),
    }),
    audit(ctx, companyId, 'balance.deleted', `balance:${companyId}`),
  ])
}

/**
 * Adds paid units while `when` holds: to be written in the batch that ends the cause, before the write that makes `when` false. A company
 * without a balance gets one.
 */
export function creditUnits(ctx: Ctx, orgId: number, entryId: string, units: { sms: number; ecp: number }, when: SQL): Write[] {
  const at = ctx.now.toISOString()
  const { sms, ecp } = units
  return [
    ctx.db.run(
      sql`insert into balance_entries (id, org_id, cause, sms, ecp, created_at) select ${entryId}, ${orgId}, 'payment', ${sms}, ${ecp}, ${at} where ${when}`,
    ),
    ctx.db
      .run(sql`insert into balances (org_id, sms_signatures, ecp_signatures, updated_at) select ${orgId}, ${sms}, ${ecp}, ${at} where ${when}
      on conflict (org_id) do update set sms_signatures = sms_signatures + ${sms}, ecp_signatures = ecp_signatures + ${ecp}, updated_at = ${at}`),
  ]
}

/** Whether a unit of the method is left; a hint for a clear refusal before a code is sent, not the decision. */
export async function hasUnit(ctx: Pick<Ctx, 'db'>, orgId: number, method: UnitMethod): Promise<boolean> {
  const [row] = await ctx.db.select({ sms: balances.sms, ecp: balances.ecp }).from(balances).where(eq(balances.orgId, orgId))
  return (row?.[method] ?? 0) > 0
}

/**
 * Takes one unit for a signature, exactly once per `entryId`: true when it is (or was before) taken, false when none is left. The entry and
 * the subtraction are one transaction: a second entry breaks the primary key, a unit that is not there breaks the balance's check.
 */
export async function takeUnit(ctx: Pick<Ctx, 'db' | 'now'>, orgId: number, method: UnitMethod, entryId: string): Promise<boolean> {
  const at = ctx.now.toISOString()
  const column = method === 'sms' ? balances.sms : balances.ecp
  try {
    // The entry is made from the balance's row: no row, no entry, and nothing to subtract from.
    const results = await batch(ctx.db, [
      ctx.db
        .insert(balanceEntries)
        .select(
          ctx.db
            .select({
              id: sql<string>`${entryId}`.as('id'),
              orgId: balances.orgId,
              cause: sql<'signature'>`'signature'`.as('cause'),
              sms: sql<number>`${method === 'sms' ? -1 : 0}`.as('sms'),
              ecp: sql<number>`${method === 'ecp' ? -1 : 0}`.as('ecp'),
              createdAt: sql<string>`${at}`.as('created_at'),
            })
            .from(balances)
            .where(eq(balances.orgId, orgId)),
        )
        .returning({ id: balanceEntries.id }),
      ctx.db
        .update(balances)
        .set({ [method]: sql`${column} - 1`, updatedAt: at })
        .where(eq(balances.orgId, orgId)),
    ])
    return Array.isArray(results[0]) && results[0].length === 1
  } catch (error) {
    if (isUniqueViolation(error, 'balance_entries')) return true
    if (isCheckViolation(error)) return false
    throw error
  }
}
