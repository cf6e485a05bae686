import { eq, getTableColumns, sql } from 'drizzle-orm'
import { FIELDS } from '../../agreements/fields.ts'
import { currentAgreement, openData } from '../../agreements/load.ts'
import type { Ctx } from '../../context.ts'
import { asked, isAsked } from '../../db/asked.ts'
import { directoryClients, directoryTerms } from '../../directory/tables.ts'
import { searchable } from '../../lib/search-text.ts'
import { organizationProfiles as table } from './tables.ts'

const PER_TICK = 50
export type Profile = typeof table.$inferSelect

/** A town as it is compared: `г. Алматы` and `алматы` are one. */
export const placeKey = (name: string): string => searchable(name.trim()).replace(/^(?:г\.|город|қ\.|гор\.)\s*/, '')

/** What of an organization others see. Nothing else of it leaves. */
export const presentOrganization = (row: Pick<Profile, 'orgId' | 'name' | 'legalName' | 'city' | 'country' | 'isVerified'>) => ({
  id: row.orgId,
  name: row.name,
  legal_name: row.legalName ?? row.name,
  city: row.city,
  country: row.country,
  is_verified: row.isVerified,
})

/** Profiles of organizations, by id. */
export async function profilesOf(ctx: Ctx, ids: number[]): Promise<Map<number, Profile>> {
  if (ids.length === 0) return new Map()
  const rows = await ctx.db.select(getTableColumns(table)).from(asked(ids)).crossJoin(table).where(isAsked(table.orgId))
  return new Map(rows.map((row) => [row.orgId, row]))
}

/** The tax number that an organization's signed agreement names; null without one, or where the subscriber is a person. */
async function signedNumber(ctx: Ctx, orgId: number): Promise<{ verified: boolean; number: string | null }> {
  const row = await currentAgreement(ctx, orgId)
  if (row?.status !== 'signed') return { verified: false, number: null }
  if (!('inn' in FIELDS[row.type])) return { verified: true, number: null }
  const { inn } = (await openData(ctx, row)) as Record<string, unknown>
  return { verified: true, number: typeof inn === 'string' ? inn : null }
}

async function cardOf(ctx: Ctx, bin: string) {
  const [card] = await ctx.db
    .select({ name: directoryClients.companyName, address: directoryClients.address, city: directoryTerms.name })
    .from(directoryClients)
    .leftJoin(directoryTerms, sql`${directoryTerms.id} = coalesce(${directoryClients.localityEx}, ${directoryClients.regionEx})`)
    .where(eq(directoryClients.bin, bin))
  return card
}

/** Fills what is known of organizations whose agreement was signed, or is no longer. */
export async function refreshProfiles(ctx: Ctx): Promise<void> {
  const stale = await ctx.db
    .select({ orgId: table.orgId })
    .from(table)
    .where(sql`stale = 1`)
    .limit(PER_TICK)
  for (const { orgId } of stale) {
    const { verified, number } = await signedNumber(ctx, orgId)
    const card = number === null ? undefined : await cardOf(ctx, number)
    // The directory is Kazakhstan's.
    const country = card ? 'Казахстан' : null
    await ctx.db
      .update(table)
      .set({
        stale: false,
        isVerified: verified,
        bin: number,
        legalName: card?.name ?? null,
        address: card?.address ?? null,
        city: card?.city ?? null,
        cityKey: card?.city ? placeKey(card.city) : null,
        country,
        countryKey: country === null ? null : searchable(country),
      })
      .where(eq(table.orgId, orgId))
  }
}
