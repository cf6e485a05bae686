import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import { mustSeeOrg, type Ctx } from '../context.ts'
import { templates } from '../documents/tables.ts'
import { notFound } from '../http/errors.ts'
import { organizations } from '../identity/tables.ts'
import { monthIn } from '../lib/dates.ts'
import { contracts, signatures, signedTotals } from './tables.ts'

const LAST = 10

/** Active contracts are those that are neither signed nor deleted; months go by the organization's time zone. */
export async function companyStats(ctx: Ctx, companyId: number) {
  const orgId = mustSeeOrg(ctx, companyId)
  const [org] = await ctx.db
    .select({ timeZone: organizations.timeZone })
    .from(organizations)
    .where(and(eq(organizations.id, orgId), isNull(organizations.deletedAt)))
  if (!org) throw notFound()
  const month = monthIn(ctx.now, org.timeZone ?? ctx.settings.TIME_ZONE)
  const [[totals], [active], last] = await ctx.db.batch([
    ctx.db
      .select({
        total: sql<number>`coalesce(sum(${signedTotals.signed}), 0)`,
        month: sql<number>`coalesce(sum(case when ${signedTotals.month} = ${month} then ${signedTotals.signed} end), 0)`,
      })
      .from(signedTotals)
      .where(eq(signedTotals.orgId, orgId)),
    ctx.db
      .select({ count: sql<number>`count(*)` })
      .from(contracts)
      .where(and(eq(contracts.orgId, orgId), isNull(contracts.deletedAt), isNull(contracts.signedAt))),
    ctx.db
      .select({
        contract_id: signatures.contractId,
        client_name: signatures.clientName,
        template_name: templates.name,
        signed_at: signatures.signedAt,
      })
      .from(signatures)
      .innerJoin(contracts, eq(contracts.id, signatures.contractId))
      .innerJoin(templates, eq(templates.id, contracts.templateId))
      .where(and(eq(signatures.orgId, orgId), sql`${signatures.signedAt} is not null`))
      .orderBy(desc(signatures.signedAt))
      .limit(LAST),
  ])
  return {
    company_id: orgId,
    total_signed: totals?.total ?? 0,
    active_contracts: active?.count ?? 0,
    signed_this_month: totals?.month ?? 0,
    last_signed_contracts: last.map((row) => ({ ...row, status: 'Подписан' })),
  }
}
