import { and, eq, inArray, isNull, or, sql, type SQL } from 'drizzle-orm'
import { orgOf, type Ctx } from '../../context.ts'
import { asked, isAsked } from '../../db/asked.ts'
import { users } from '../../identity/tables.ts'
import type { Reference } from '../registry/references.ts'
import { memberships } from './tables.ts'

export type UserRow = typeof users.$inferSelect

const joined = (orgId: number): SQL =>
  sql`exists (select 1 from ${memberships} where ${memberships.orgId} = ${orgId} and ${memberships.userId} = ${users.id})`

/** Who belongs to an organization: its own users, and people of others who joined it. */
export const ofOrganization = (orgId: number): SQL => sql`(${or(eq(users.orgId, orgId), joined(orgId))} and ${users.deletedAt} is null)`

const NOBODY = 'Пользователь не найден в вашей организации.'

/** A person that a body names: anybody of the organization, whatever their role; also one who joined it from another. */
export const personReference = (ctx: Ctx, id: number | null | undefined, path = 'user_id'): Reference => ({
  path,
  table: users,
  id,
  open: joined(orgOf(ctx)),
  message: NOBODY,
})

/** A person as the rows of other features name one. */
export const presentPerson = (row: Pick<UserRow, 'id' | 'name'>) => ({ id: row.id, name: row.name })

/**
 * The name of a person (`users`, in a query that has it) as an organization knows it: a guest's is what it noted, nothing of the account. For single answers;
 * lists read one row for each person by `namesQuery`.
 */
export const shownName = (orgId: number | SQL): SQL<string> =>
  sql<string>`coalesce((select guest.name from memberships as guest where guest.org_id = ${orgId} and guest.user_id = users.id and guest.is_guest = 1), users.name)`

/** Whom rows name, as the caller's organization knows them: members by their membership, others by their account; one row read for each. */
export const namesQuery = (ctx: Ctx, ids: readonly (number | null | undefined)[]) =>
  ctx.db
    .select({
      id: sql<number>`asked.column1`.as('person'),
      name: sql<string>`coalesce(${memberships.name}, ${users.name})`.as('shown_name'),
      email: sql<string>`coalesce(${memberships.email}, ${users.email})`.as('shown_email'),
      phone: sql<string | null>`coalesce(${memberships.accountPhone}, ${users.phone}, ${users.contactPhone})`.as('shown_phone'),
      position: sql<string | null>`coalesce(${memberships.position}, ${memberships.accountPosition}, ${users.position})`.as(
        'shown_position',
      ),
      avatarId: sql<string | null>`coalesce(${memberships.accountAvatarId}, ${users.avatarFileId})`.as('shown_avatar'),
    })
    .from(asked(ids))
    .leftJoin(memberships, and(eq(memberships.orgId, orgOf(ctx)), isAsked(memberships.userId)))
    // Of members this looks for nobody, and so reads nothing.
    .leftJoin(users, eq(users.id, sql`iif(${memberships.id} is null, asked.column1, null)`))
    .where(sql`coalesce(${memberships.name}, ${users.name}) is not null`)

export interface Named {
  id: number
  name: string
  email: string
}

/** The same by id. Whoever has left is still named. */
export async function peopleOf(ctx: Ctx, ids: readonly (number | null | undefined)[]): Promise<Map<number, Named>> {
  if (ids.every((id) => id === null || id === undefined)) return new Map()
  return new Map((await namesQuery(ctx, ids)).map((row) => [row.id, row]))
}

/** One of the organization's people, under the name by which it knows them; undefined for anybody else. */
export async function findPerson(ctx: Ctx, id: number): Promise<UserRow | undefined> {
  const orgId = orgOf(ctx)
  const [row] = await ctx.db
    .select({ user: users, name: shownName(orgId).as('shown_name') })
    .from(users)
    .where(and(eq(users.id, id), ofOrganization(orgId), isNull(users.deletedAt)))
  return row && { ...row.user, name: row.name }
}

/** Who is told of what an organization should know: its owner and administrators, by e-mail. */
export const administratorsOf = (ctx: Ctx, orgId: number) =>
  ctx.db
    .select({ id: users.id, name: users.name, email: users.email })
    .from(users)
    .where(and(eq(users.orgId, orgId), inArray(users.role, ['owner', 'admin']), eq(users.isActive, true), isNull(users.deletedAt)))
    .limit(50)
