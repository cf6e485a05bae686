import { and, eq, sql } from 'drizzle-orm'
import { audit, type Ctx } from '../../context.ts'
import { batch, isUniqueViolation, type Write } from '../../db/client.ts'
import { organizations } from '../../identity/tables.ts'
import { searchable } from '../../lib/search-text.ts'
import { contractorSearch } from '../contractors/contractors.ts'
import { contractors } from '../contractors/tables.ts'
import { authorOf } from '../person.ts'
import { liveInvitation, loadReceived, notOpen, presentInvitation, type InvitationRow } from './invitations.ts'
import { contractorInvitations as table, organizationProfiles } from './tables.ts'

/** What an organization that becomes a contractor gives to the one that asked it: its name, number, address, and how it is reached. */
async function factsOf(ctx: Ctx, orgId: number) {
  const [[company], [profile]] = await ctx.db.batch([
    ctx.db.select().from(organizations).where(eq(organizations.id, orgId)),
    ctx.db.select().from(organizationProfiles).where(eq(organizationProfiles.orgId, orgId)),
  ])
  const name = profile?.legalName ?? company?.name ?? ''
  return {
    name,
    inn: profile?.bin ?? null,
    legalAddress: profile?.address ?? null,
    phone: company?.phone ?? null,
    email: company?.email ?? null,
  }
}

type Facts = Awaited<ReturnType<typeof factsOf>>

/** A contractor that the sender entered by hand and that is this organization, by INN or e-mail; and whether its e-mail is another one's. */
async function knownTo(ctx: Ctx, orgId: number, facts: Facts, sourceOrgId: number) {
  const rows = await ctx.db
    .select()
    .from(contractors)
    .where(
      and(
        eq(contractors.orgId, orgId),
        sql`${contractors.deletedAt} is null and (${contractors.sourceOrgId} = ${sourceOrgId} or ${contractors.inn} = ${facts.inn} or ${contractors.email} = ${facts.email})`,
      ),
    )
  const same =
    rows.find((row) => row.sourceOrgId === sourceOrgId) ??
    rows.find((row) => row.sourceOrgId === null && row.type === 'manual' && row.inn !== null && row.inn === facts.inn)
  const others = rows.filter((row) => row.id !== same?.id)
  return {
    id: same?.id,
    inn: others.some((row) => row.inn !== null && row.inn === facts.inn) ? null : facts.inn,
    email: others.some((row) => row.email === facts.email) ? null : facts.email,
  }
}

/** In a list, since a write by itself is a promise, which would run as soon as it is awaited. */
async function writesFor(ctx: Ctx, row: InvitationRow): Promise<[Write]> {
  const facts = await factsOf(ctx, row.invitedOrgId)
  const known = await knownTo(ctx, row.orgId, facts, row.invitedOrgId)
  const at = ctx.now.toISOString()
  const whole = { ...facts, inn: known.inn, email: known.email, kpp: null }
  const [nameKey, search] = [searchable(whole.name), contractorSearch(whole)]
  // Both hang on the update just before: only the call that accepts makes a contractor.
  if (known.id !== undefined)
    return [
      ctx.db
        .update(contractors)
        .set({
          type: 'invited_organization',
          name: whole.name,
          nameKey,
          search,
          inn: sql`coalesce(${whole.inn}, inn)`,
          email: sql`coalesce(${whole.email}, email)`,
          phone: sql`coalesce(${whole.phone}, phone)`,
          legalAddress: sql`coalesce(${whole.legalAddress}, legal_address)`,
          sourceOrgId: row.invitedOrgId,
          invitationId: row.id,
          connectedAt: at,
          lastSyncAt: at,
          updatedAt: at,
        })
        .where(and(eq(contractors.id, known.id), sql`changes() > 0`)),
    ]
  return [
    ctx.db.run(sql`insert into contractors (org_id, contractor_type, name, name_key, search, inn, email, phone, legal_address,
      source_org_id, contractor_invitation_id, connected_at, last_sync_at, created_at, updated_at)
    select ${row.orgId}, 'invited_organization', ${whole.name}, ${nameKey}, ${search}, ${whole.inn}, ${whole.email}, ${whole.phone}, ${whole.legalAddress},
      ${row.invitedOrgId}, ${row.id}, ${at}, ${at}, ${at}, ${at} where changes() > 0`),
  ]
}

/** Accepts an invitation: the organization is the sender's contractor in the same transaction, with the facts that it gives. */
export async function acceptInvitation(ctx: Ctx, key: string) {
  const row = await loadReceived(ctx, key)
  const at = ctx.now.toISOString()
  for (let attempt = 0; ; attempt++) {
    const [contractor] = await writesFor(ctx, row)
    try {
      const [changed, , linked] = await batch(ctx.db, [
        ctx.db
          .update(table)
          .set({ status: 'accepted', acceptedAt: at, answeredBy: authorOf(ctx), updatedAt: at })
          .where(and(eq(table.id, row.id), liveInvitation(ctx)))
          .returning({ id: table.id }),
        contractor,
        ctx.db
          .update(table)
          .set({
            contractorId: sql`(select id from contractors where org_id = ${row.orgId} and source_org_id = ${row.invitedOrgId} and deleted_at is null)`,
          })
          .where(and(eq(table.id, row.id), eq(table.status, 'accepted'), sql`contractor_id is null`))
          .returning(),
        audit(ctx, row.invitedOrgId, 'invitation.accepted', `invitation:${row.id}`, sql`changes() > 0`),
      ])
      const [now] = linked as InvitationRow[]
      if ((changed as unknown[]).length === 0 || !now) throw notOpen()
      return await presentInvitation(ctx, now)
    } catch (error) {
      // Somebody entered the same INN or e-mail meanwhile: looked at again.
      if (attempt >= 3 || !isUniqueViolation(error, 'contractors.')) throw error
    }
  }
}
