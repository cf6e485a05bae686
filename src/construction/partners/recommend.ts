import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import { orgOf, type Ctx } from '../../context.ts'
import { contractors } from '../contractors/tables.ts'
import { workTypes } from '../work-types/tables.ts'
import { profilesOf } from './profiles.ts'
import { recommend, suggest, type Category, type Ranked, type Signals } from './ranking.ts'
import { contractorOf, invitedBy, presentFound } from './search.ts'
import { organizationProfiles as profiles } from './tables.ts'

/** How many organizations each tie brings in at most, and how many of one's own kinds of work are looked for. */
const PER_TIE = 200
const OWN_TYPES = 10

/** What ties other organizations to the caller's, gathered in three trips whatever their number. */
async function gather(ctx: Ctx): Promise<Signals[]> {
  const me = orgOf(ctx)
  const [[own], ownTypes] = await ctx.db.batch([
    ctx.db.select().from(profiles).where(eq(profiles.orgId, me)),
    ctx.db
      .select({ name: workTypes.name, key: workTypes.nameKey })
      .from(workTypes)
      .where(and(eq(workTypes.orgId, me), isNull(workTypes.deletedAt)))
      .orderBy(desc(workTypes.id))
      .limit(OWN_TYPES),
  ])
  const active = eq(profiles.isActive, true)
  const ids = (where = active) => ctx.db.select({ orgId: profiles.orgId }).from(profiles).where(where)
  const alike = ({ key }: { key: string }) =>
    ctx.db
      .selectDistinct({ orgId: workTypes.orgId })
      .from(workTypes)
      .where(and(eq(workTypes.nameKey, key), isNull(workTypes.deletedAt)))
      .limit(PER_TIE)
  const [shared, leaders, verified, near, ...byType] = await ctx.db.batch([
    ctx.db
      .select({ orgId: contractors.orgId, count: sql<number>`count(*)` })
      .from(contractors)
      .where(
        and(
          isNull(contractors.deletedAt),
          sql`${contractors.sourceOrgId} in (select c.source_org_id from contractors c where c.org_id = ${me} and c.source_org_id is not null and c.deleted_at is null limit ${PER_TIE})`,
        ),
      )
      .groupBy(contractors.orgId)
      .orderBy(sql`2 desc`)
      .limit(PER_TIE),
    ids(and(active, sql`${profiles.connections} > 0`))
      .orderBy(desc(profiles.connections), desc(profiles.orgId))
      .limit(PER_TIE),
    ids(and(active, eq(profiles.isVerified, true)))
      .orderBy(desc(profiles.connections), desc(profiles.orgId))
      .limit(PER_TIE),
    ids(and(active, eq(profiles.cityKey, own?.cityKey ?? '')))
      .orderBy(desc(profiles.connections), desc(profiles.orgId))
      .limit(PER_TIE),
    ...ownTypes.map(alike),
  ])
  const types = new Map<number, string[]>()
  for (const [i, rows] of byType.entries())
    for (const { orgId } of rows) types.set(orgId, [...(types.get(orgId) ?? []), ownTypes[i]?.name ?? ''])
  const counts = new Map(shared.map((row) => [row.orgId, row.count]))
  const candidates = [...new Set([...counts.keys(), ...types.keys(), ...[...leaders, ...verified, ...near].map((row) => row.orgId)])]
  const free = await ctx.db
    .select()
    .from(profiles)
    .where(
      and(
        sql`${profiles.orgId} in (select value from json_each(${JSON.stringify(candidates)}))`,
        sql`${profiles.orgId} <> ${me} and ${profiles.isActive} = 1 and not ${invitedBy(ctx)} and not ${contractorOf(ctx)}`,
      ),
    )
  return free.map((row) => ({
    orgId: row.orgId,
    sameCity: row.cityKey !== null && row.cityKey === own?.cityKey,
    city: row.city,
    isVerified: row.isVerified,
    connections: row.connections,
    shared: counts.get(row.orgId) ?? 0,
    workTypes: types.get(row.orgId) ?? [],
  }))
}

async function shown<T>(ctx: Ctx, ranked: Ranked[], more: (one: Ranked) => T) {
  const rows = await profilesOf(
    ctx,
    ranked.map((one) => one.orgId),
  )
  return ranked.flatMap((one) => {
    const row = rows.get(one.orgId)
    return row ? [{ ...presentFound(row, {}), ...more(one) }] : []
  })
}

export const suggestPartners = async (ctx: Ctx, limit: number) =>
  shown(ctx, suggest(await gather(ctx), limit), ({ score, reasons }) => ({
    suggestion_reason: reasons[0] ?? '',
    compatibility_score: score,
  }))

export async function recommendPartners(ctx: Ctx, { limit, category }: { limit: number; category?: Category | undefined }) {
  const recommendations = await shown(ctx, recommend(await gather(ctx), category, limit), (one) => ({
    recommendation_type: one.category ?? 'similar_projects',
    confidence_score: one.score,
    match_reasons: one.reasons,
  }))
  return { recommendations, algorithm_version: '1', generated_at: ctx.now.toISOString() }
}
