import { and, eq, isNull, type SQL } from 'drizzle-orm'
import { orgOf, type Ctx } from '../../context.ts'
import type { Write } from '../../db/client.ts'
import type { FileRow } from '../../documents/files.ts'
import { notFound } from '../../http/errors.ts'
import { contains, definePages, flag, readWindow, type PageQuery } from '../../http/page-list.ts'
import { users } from '../../identity/tables.ts'
import { searchable } from '../../lib/search-text.ts'
import { longStamp } from '../stamps.ts'
import { avatarsOf, picturedPeopleOf, presentAvatar } from './avatars.ts'
import type { UserRow } from './people.ts'
import { memberships } from './tables.ts'

export type MembershipRow = typeof memberships.$inferSelect
export interface ForemanRow {
  member: MembershipRow
  user: UserRow
}

export const MISSING = 'Прораб не найден'

export const foremanPages = definePages({
  counted: 'memberships',
  key: memberships.userId,
  filters: { name: contains(memberships.nameKey), is_active: flag(memberships.isActive) },
  sorts: { created_at: memberships.createdAt, updated_at: memberships.updatedAt, name: memberships.name, email: memberships.email },
})

/** What of a person their memberships copy, so that lists sort and search by it. */
export const copyOf = ({ name, email, position }: Pick<UserRow, 'name' | 'email'> & { position: string | null }) => ({
  name,
  nameKey: searchable(name),
  email,
  search: searchable([name, position ?? ''].join('\n')),
})

/** Keeps the copy in the organization that the account is of; where the person is a guest, they are called as they were written down. */
export async function copyWrites(ctx: Ctx, user: Pick<UserRow, 'id' | 'name' | 'email'>): Promise<Write[]> {
  const rows = await ctx.db
    .select()
    .from(memberships)
    .where(and(eq(memberships.userId, user.id), eq(memberships.isGuest, false)))
  return rows.map(({ id, position }) =>
    ctx.db
      .update(memberships)
      .set(copyOf({ ...user, position }))
      .where(eq(memberships.id, id)),
  )
}

/** Which picture an organization shows of a foreman. */
const pictureOf = ({ member, user }: ForemanRow): string | null => (member.isGuest ? member.accountAvatarId : user.avatarFileId)

/** Of a guest only what the organization has noted itself: the account is somebody else's, and says nothing here. */
export async function presentForeman(ctx: Ctx, { member, user }: ForemanRow, avatars: Map<string, FileRow>) {
  const guest = member.isGuest
  return {
    id: user.id,
    name: guest ? member.name : user.name,
    email: guest ? member.email : user.email,
    phone: guest ? member.accountPhone : (user.contactPhone ?? user.phone),
    position: guest ? member.position : (member.position ?? user.position),
    ...(await presentAvatar(ctx, pictureOf({ member, user }), avatars)),
    is_active: member.isActive && (guest || user.isActive),
    createdAt: longStamp(member.createdAt),
    updatedAt: longStamp(member.updatedAt),
  }
}

export async function listForemen(ctx: Ctx, query: PageQuery) {
  const { rows, meta } = await readWindow(
    ctx.db,
    memberships,
    foremanPages.windowOf(query, eq(memberships.orgId, orgOf(ctx)), { orgs: [orgOf(ctx)] }),
  )
  const { people, avatars } = await picturedPeopleOf(
    ctx,
    rows.map((row) => row.userId),
  )
  const all = rows.flatMap((member) => {
    const user = people.get(member.userId)
    return user ? [{ member, user }] : []
  })
  const noted = await avatarsOf(
    ctx,
    rows.map((member) => (member.isGuest ? member.accountAvatarId : null)),
  )
  return { rows: await Promise.all(all.map((row) => presentForeman(ctx, row, row.member.isGuest ? noted : avatars))), meta }
}

/** A foreman of the caller's organization; anybody else does not exist. */
export async function loadForeman(ctx: Ctx, userId: number, where?: SQL): Promise<ForemanRow> {
  const [row] = await ctx.db
    .select({ member: memberships, user: users })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(and(eq(memberships.orgId, orgOf(ctx)), eq(memberships.userId, userId), isNull(users.deletedAt), where))
  if (!row) throw notFound(MISSING)
  return row
}

export async function showForeman(ctx: Ctx, userId: number) {
  const row = await loadForeman(ctx, userId)
  return presentForeman(ctx, row, await avatarsOf(ctx, [pictureOf(row)]))
}
