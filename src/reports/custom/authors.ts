import type { Ctx } from '../../context.ts'
import { isoStamp } from '../../construction/stamps.ts'
import { peopleOf, type UserRow } from '../../construction/people/people.ts'

export type Author = UserRow

/** Who made reports and ran them, by id. */
export const authorsOf = (ctx: Ctx, ids: readonly (number | null)[]): Promise<Map<number, Author>> => peopleOf(ctx, ids)

export const presentAuthor = (row: Author) => ({
  id: row.id,
  name: row.name,
  email: row.email,
  role: row.role,
  avatar_url: null,
  created_at: isoStamp(row.createdAt),
})
