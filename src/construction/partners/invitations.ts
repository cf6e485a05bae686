import { and, eq, getTableColumns, or, sql, type SQL } from 'drizzle-orm'
import * as z from 'zod'
import { audit, orgOf, type Ctx } from '../../context.ts'
import { asked, isAsked } from '../../db/asked.ts'
import { batch, isUniqueViolation } from '../../db/client.ts'
import { AppError, notFound } from '../../http/errors.ts'
import { custom, dayValue, definePages, readWindow, type PageQuery } from '../../http/page-list.ts'
import { nextDay, startOfDay } from '../../lib/dates.ts'
import { keyedHash, sha256Hex } from '../../lib/hash.ts'
import { randomToken } from '../../lib/ids.ts'
import { contractors } from '../contractors/tables.ts'
import { peopleOf } from '../people/people.ts'
import { authorOf } from '../person.ts'
import { invalid } from '../registry/registry.ts'
import { isoStamp } from '../stamps.ts'
import { zoneOf } from '../zone.ts'
import { presentOrganization, profilesOf } from './profiles.ts'
import { contractorInvitations as table, INVITATION_STATUSES, organizationProfiles } from './tables.ts'

export type InvitationRow = typeof table.$inferSelect
const LIFE_MS = 7 * 86_400_000
const MISSING = 'Приглашение не найдено'

const isLive = (row: Pick<InvitationRow, 'status' | 'expiresAt'>, now: Date) =>
  row.status === 'pending' && row.expiresAt > now.toISOString()
const live = (ctx: Ctx): SQL => sql`${table.status} = 'pending' and ${table.expiresAt} > ${ctx.now.toISOString()}`
const expired = (ctx: Ctx): SQL =>
  sql`(${table.status} = 'expired' or (${table.status} = 'pending' and ${table.expiresAt} <= ${ctx.now.toISOString()}))`

/** Instants in place of the days that a caller said: see `listInvitations`. */
const instant = (compare: '>=' | '<') => custom(dayValue, (at) => sql`${table.createdAt} ${sql.raw(compare)} ${at}`)

export const invitationPages = definePages({
  counted: 'invitations_sent',
  key: table.id,
  filters: {
    type: custom(z.enum(['sent', 'received']), () => undefined),
    status: custom(z.enum(INVITATION_STATUSES), () => undefined),
    date_from: instant('>='),
    date_to: instant('<'),
  },
  sorts: { created_at: table.createdAt },
  maxPerPage: 50,
})

const tokenOf = (ctx: Pick<Ctx, 'settings'>, nonce: string) => keyedHash(ctx.settings.APP_SECRET, 'contractor-invitation', nonce)

/** Invitations as both parties see them, with whom and what they name. */
async function presentAll(ctx: Ctx, rows: InvitationRow[]) {
  const contractorIds = rows.flatMap((row) => (row.contractorId === null ? [] : [row.contractorId]))
  const [profiles, people, made] = await Promise.all([
    profilesOf(
      ctx,
      rows.flatMap((row) => [row.orgId, row.invitedOrgId]),
    ),
    peopleOf(
      ctx,
      rows.flatMap((row) => [row.invitedBy, row.answeredBy]),
    ),
    contractorIds.length === 0
      ? []
      : ctx.db.select(getTableColumns(contractors)).from(asked(contractorIds)).crossJoin(contractors).where(isAsked(contractors.id)),
  ])
  const organization = (id: number) => {
    const row = profiles.get(id)
    return row ? presentOrganization(row) : null
  }
  // Each party sees its own people alone: e-mails of others stay with them.
  const person = (id: number | null, orgId: number) => {
    const row = id === null || orgId !== orgOf(ctx) ? undefined : people.get(id)
    return row ? { id: row.id, name: row.name, email: row.email } : null
  }
  return Promise.all(
    rows.map(async (row) => {
      const open = isLive(row, ctx.now)
      const token = open ? await tokenOf(ctx, row.nonce) : null
      const contractor = row.orgId === orgOf(ctx) ? made.find((one) => one.id === row.contractorId) : undefined
      return {
        id: row.id,
        token,
        status: row.status === 'pending' && !open ? ('expired' as const) : row.status,
        invitation_message: row.message,
        metadata: row.metadata,
        expires_at: isoStamp(row.expiresAt),
        created_at: isoStamp(row.createdAt),
        accepted_at: row.acceptedAt === null ? null : isoStamp(row.acceptedAt),
        is_expired: row.expiresAt <= ctx.now.toISOString() && row.status !== 'accepted',
        can_be_accepted: open,
        invitation_url: token === null ? null : `${ctx.settings.PUBLIC_URL ?? ''}/invitations/accept/${token}`,
        organization: organization(row.orgId),
        invited_organization: organization(row.invitedOrgId),
        invited_by: person(row.invitedBy, row.orgId),
        accepted_by: row.status === 'accepted' ? person(row.answeredBy, row.invitedOrgId) : null,
        contractor: contractor
          ? {
              id: contractor.id,
              name: contractor.name,
              connected_at: contractor.connectedAt === null ? null : isoStamp(contractor.connectedAt),
              last_sync_at: contractor.lastSyncAt === null ? null : isoStamp(contractor.lastSyncAt),
            }
          : null,
      }
    }),
  )
}

async function present(ctx: Ctx, row: InvitationRow) {
  const [shown] = await presentAll(ctx, [row])
  if (!shown) throw notFound(MISSING)
  return shown
}

export async function listInvitations(ctx: Ctx, asked: PageQuery) {
  const { type = 'sent', status, date_from: from, date_to: to } = asked as Record<string, string | undefined>
  const zone = from === undefined && to === undefined ? '' : await zoneOf(ctx)
  const days = {
    ...(from === undefined ? {} : { date_from: startOfDay(from, zone) }),
    ...(to === undefined ? {} : { date_to: startOfDay(nextDay(to), zone) }),
  }
  const side = eq(type === 'received' ? table.invitedOrgId : table.orgId, orgOf(ctx))
  const state =
    status === undefined
      ? undefined
      : status === 'pending'
        ? live(ctx)
        : status === 'expired'
          ? expired(ctx)
          : sql`${table.status} = ${status}`
  // What waits or has expired depends on the hour, so it is counted one by one.
  const settled = status === 'accepted' || status === 'declined' ? [{ column: 'status', values: [status] }] : []
  const scope =
    status === undefined || settled.length > 0
      ? {
          orgs: [orgOf(ctx)],
          list: type === 'received' ? ('invitations_received' as const) : ('invitations_sent' as const),
          exact: settled,
        }
      : undefined
  const { rows, meta } = await readWindow(ctx.db, table, invitationPages.windowOf({ ...asked, ...days }, and(side, state), scope))
  const filters = Object.fromEntries(Object.entries({ status, date_from: from, date_to: to }).filter(([, value]) => value !== undefined))
  return { data: { data: await presentAll(ctx, rows), meta }, meta: { type, filters } }
}

/** By its number, or by the token of its link; both parties see it, for anybody else it does not exist. */
async function load(ctx: Ctx, key: string): Promise<InvitationRow> {
  const me = orgOf(ctx)
  const named = /^[1-9]\d{0,15}$/.test(key) ? eq(table.id, Number(key)) : eq(table.tokenHash, sha256Hex(key))
  const [row] = await ctx.db
    .select()
    .from(table)
    .where(and(named, or(eq(table.orgId, me), eq(table.invitedOrgId, me))))
  if (!row) throw notFound(MISSING)
  return row
}

export const getInvitation = async (ctx: Ctx, key: string) => present(ctx, await load(ctx, key))

const bad = (message: string) => invalid([{ path: 'invited_organization_id', message }])

export async function invite(
  ctx: Ctx,
  input: { invited_organization_id: number; message?: string | null | undefined; metadata?: Record<string, string> | null | undefined },
) {
  const [orgId, invitedOrgId] = [orgOf(ctx), input.invited_organization_id]
  if (orgId === invitedOrgId) throw bad('Нельзя пригласить собственную организацию.')
  const [[there], [contractor]] = await ctx.db.batch([
    ctx.db
      .select({ id: organizationProfiles.orgId })
      .from(organizationProfiles)
      .where(and(eq(organizationProfiles.orgId, invitedOrgId), eq(organizationProfiles.isActive, true))),
    ctx.db
      .select({ id: contractors.id })
      .from(contractors)
      .where(and(eq(contractors.orgId, orgId), eq(contractors.sourceOrgId, invitedOrgId), sql`${contractors.deletedAt} is null`)),
  ])
  if (!there) throw bad('Организация не найдена.')
  if (contractor) throw bad('Организация уже является вашим подрядчиком.')
  const nonce = randomToken()
  const at = ctx.now.toISOString()
  const values = {
    orgId,
    invitedOrgId,
    nonce,
    tokenHash: sha256Hex(await tokenOf(ctx, nonce)),
    status: 'pending' as const,
    message: input.message ?? null,
    metadata: input.metadata ?? null,
    expiresAt: new Date(ctx.now.getTime() + LIFE_MS).toISOString(),
    invitedBy: authorOf(ctx),
    createdAt: at,
    updatedAt: at,
  }
  try {
    const [, made] = await batch(ctx.db, [
      // One whose time is over makes room for the next.
      ctx.db
        .update(table)
        .set({ status: 'expired', updatedAt: at })
        .where(
          and(eq(table.orgId, orgId), eq(table.invitedOrgId, invitedOrgId), eq(table.status, 'pending'), sql`${table.expiresAt} <= ${at}`),
        ),
      ctx.db.insert(table).values(values).returning(),
      audit(ctx, orgId, 'invitation.sent', `organization:${invitedOrgId}`),
    ])
    const [row] = made as InvitationRow[]
    if (!row) throw new Error('the invitation was not written')
    return await present(ctx, row)
  } catch (error) {
    if (isUniqueViolation(error, 'contractor_invitations.')) throw bad('Активное приглашение для данной организации уже существует.')
    throw error
  }
}

export async function cancelInvitation(ctx: Ctx, key: string) {
  const row = await load(ctx, key)
  if (row.orgId !== orgOf(ctx)) throw notFound(MISSING)
  const at = ctx.now.toISOString()
  const [changed] = await batch(ctx.db, [
    ctx.db
      .update(table)
      .set({ status: 'declined', answeredBy: authorOf(ctx), updatedAt: at })
      .where(and(eq(table.id, row.id), live(ctx)))
      .returning(),
    audit(ctx, row.orgId, 'invitation.cancelled', `invitation:${row.id}`, sql`changes() > 0`),
  ])
  const [now] = changed as InvitationRow[]
  if (!now) throw new AppError('bad_request', 'Невозможно отменить приглашение в текущем статусе')
  return present(ctx, now)
}

/** The invitation that the caller's organization is asked by. */
export async function loadReceived(ctx: Ctx, key: string): Promise<InvitationRow> {
  const row = await load(ctx, key)
  if (row.invitedOrgId !== orgOf(ctx)) throw notFound(MISSING)
  return row
}

export const notOpen = () => new AppError('bad_request', 'На это приглашение уже нельзя ответить')
export { live as liveInvitation, present as presentInvitation }

export async function declineInvitation(ctx: Ctx, key: string) {
  const row = await loadReceived(ctx, key)
  const [changed] = await batch(ctx.db, [
    ctx.db
      .update(table)
      .set({ status: 'declined', answeredBy: authorOf(ctx), updatedAt: ctx.now.toISOString() })
      .where(and(eq(table.id, row.id), live(ctx)))
      .returning(),
    audit(ctx, row.invitedOrgId, 'invitation.declined', `invitation:${row.id}`, sql`changes() > 0`),
  ])
  const [now] = changed as InvitationRow[]
  if (!now) throw notOpen()
  return present(ctx, now)
}

export async function invitationStats(ctx: Ctx) {
  const me = orgOf(ctx)
  const count = (when: SQL) => sql<number>`coalesce(sum(${when}), 0)`
  const numbers = {
    total: sql<number>`count(*)`,
    pending: count(live(ctx)),
    accepted: count(sql`${table.status} = 'accepted'`),
    declined: count(sql`${table.status} = 'declined'`),
    expired: count(expired(ctx)),
  }
  const [[sent], [received]] = await ctx.db.batch([
    ctx.db.select(numbers).from(table).where(eq(table.orgId, me)),
    ctx.db.select(numbers).from(table).where(eq(table.invitedOrgId, me)),
  ])
  return { sent, received }
}
