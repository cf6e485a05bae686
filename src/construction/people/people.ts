import { and, eq, getTableColumns, inArray, isNull, or, sql, type SQL } from 'drizzle-orm'
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

/** The people that rows name, by id, in one trip: for answers that show them. Whoever has left is still named. */
export async function peopleOf(ctx: Ctx, ids: readonly (number | null | undefined)[]): Promise<Map<number, UserRow>> {
  if (ids.every((id) => id === null || id === undefined)) return new Map()
  const rows = await ctx.db.select(getTableColumns(users)).from(asked(ids)).crossJoin(users).where(isAsked(users.id))
  return new Map(rows.map((row) => [row.id, row]))
}

/** One of the organization's people; undefined for anybody else. */
export async function findPerson(ctx: Ctx, id: number): Promise<UserRow | undefined> {
  const [row] = await ctx.db
    .select()
    .from(users)
    .where(and(eq(users.id, id), ofOrganization(orgOf(ctx)), isNull(users.deletedAt)))
  return row
}

/** Who is told of what an organization should know: its owner and administrators, by e-mail. */
export const administratorsOf = (ctx: Ctx, orgId: number) =>
  ctx.db
    .select({ id: users.id, name: users.name, email: users.email })
    .from(users)
    .where(and(eq(users.orgId, orgId), inArray(users.role, ['owner', 'admin']), eq(users.isActive, true), isNull(users.deletedAt)))
    .limit(50)
