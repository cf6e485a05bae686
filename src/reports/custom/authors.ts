import type { Ctx } from '../../context.ts'
import { picturedPeopleOf, presentAvatar } from '../../construction/people/avatars.ts'
import { isoStamp } from '../../construction/stamps.ts'

export interface Author {
  id: number
  name: string
  email: string
  role: string
  avatar_url: string | null
  created_at: string
}

/** Who made reports and ran them, as answers show them, by id. */
export async function authorsOf(ctx: Ctx, ids: readonly (number | null)[]): Promise<Map<number, Author>> {
  const { people, avatars } = await picturedPeopleOf(ctx, ids)
  const shown = [...people.values()].map(async ({ id, name, email, role, avatarFileId, createdAt }): Promise<[number, Author]> => {
    const { avatar_url } = await presentAvatar(ctx, avatarFileId, avatars)
    return [id, { id, name, email, role, avatar_url, created_at: isoStamp(createdAt) }]
  })
  return new Map(await Promise.all(shown))
}
