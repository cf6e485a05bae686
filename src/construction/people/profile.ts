import { and, eq, isNull } from 'drizzle-orm'
import type * as z from 'zod'
import { audit, type Ctx } from '../../context.ts'
import { batch, isUniqueViolation } from '../../db/client.ts'
import { notFound } from '../../http/errors.ts'
import { hashPassword } from '../../identity/password.ts'
import { endSessions, normalizeEmail } from '../../identity/sessions.ts'
import { users } from '../../identity/tables.ts'
import { mayReceive } from '../../notifications/mail-domain.ts'
import { personOf } from '../person.ts'
import { invalid, said } from '../registry/registry.ts'
import { isoStamp, longStamp } from '../stamps.ts'
import { avatarsOf, changeAvatar, presentAvatar, PROFILE_AVATARS } from './avatars.ts'
import { copyWrites } from './foremen.ts'
import type { UserRow } from './people.ts'
import type { ChangeProfile } from './schemas.ts'

async function loadSelf(ctx: Ctx): Promise<UserRow> {
  const { userId, orgId } = personOf(ctx)
  const [row] = await ctx.db
    .select()
    .from(users)
    .where(and(eq(users.id, userId), eq(users.orgId, orgId), isNull(users.deletedAt)))
  if (!row) throw notFound('Пользователь не найден')
  return row
}

/** The account that is logged in: what both forms of it have. */
async function present(ctx: Ctx, u: UserRow) {
  return {
    id: u.id,
    name: u.name,
    email: u.email,
    phone: u.contactPhone ?? u.phone,
    position: u.position,
    ...(await presentAvatar(ctx, u.avatarFileId, await avatarsOf(ctx, [u.avatarFileId]))),
    is_active: u.isActive,
    current_organization_id: u.orgId,
  }
}

const OPERATOR = { id: 0, name: 'Platform operator', phone: null, position: null, avatar_path: null, avatar_url: null, is_active: true }

/** Who is logged in, as `GET /auth/me` says it. */
export async function me(ctx: Ctx) {
  if (ctx.actor.kind === 'operator')
    return { ...OPERATOR, email: ctx.settings.OPERATOR_EMAIL, current_organization_id: null, created_at: null, updated_at: null }
  const user = await loadSelf(ctx)
  return { ...(await present(ctx, user)), created_at: longStamp(user.createdAt), updated_at: longStamp(user.updatedAt) }
}

const profileOf = async (ctx: Ctx, user: UserRow) => ({
  ...(await present(ctx, user)),
  last_login_at: user.lastLoginAt === null ? null : isoStamp(user.lastLoginAt),
  created_at: isoStamp(user.createdAt),
  updated_at: isoStamp(user.updatedAt),
})

export const getProfile = async (ctx: Ctx) => profileOf(ctx, await loadSelf(ctx))

const taken = () => invalid([{ path: 'email', message: 'Этот e-mail уже занят.' }])

/** A new address is nobody else's, and mail can reach its domain. */
async function checkEmail(ctx: Ctx, email: string): Promise<void> {
  if (email === normalizeEmail(ctx.settings.OPERATOR_EMAIL)) throw taken()
  const [known] = await ctx.db
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.email, email), isNull(users.deletedAt)))
  if (known) throw taken()
  if (!(await mayReceive(ctx, email))) throw invalid([{ path: 'email', message: 'Домен этого e-mail не принимает почту.' }])
}

/** Only what is sent changes. A new e-mail is unverified; a new password ends the person's other sessions. */
export async function changeProfile(ctx: Ctx, input: z.output<typeof ChangeProfile>) {
  const { userId, orgId } = personOf(ctx)
  const user = await loadSelf(ctx)
  const email = input.email === undefined ? user.email : normalizeEmail(input.email)
  if (email !== user.email) await checkEmail(ctx, email)
  const picture = await changeAvatar(ctx, user.avatarFileId, {
    avatar: input.avatar,
    remove: input.remove_avatar,
    taken: PROFILE_AVATARS,
  })
  const passwordHash = input.password ? await hashPassword(input.password) : undefined
  const set = said({
    name: input.name,
    ...(email === user.email ? {} : { email, emailVerifiedAt: null }),
    contactPhone: input.phone,
    position: input.position,
    passwordHash,
    avatarFileId: picture.avatarFileId,
  })
  const name = input.name ?? user.name
  try {
    await batch(ctx.db, [
      ...picture.writes,
      ctx.db
        .update(users)
        .set({ ...set, updatedAt: ctx.now.toISOString() })
        .where(and(eq(users.id, userId), eq(users.orgId, orgId), isNull(users.deletedAt))),
      ...(name === user.name && email === user.email ? [] : await copyWrites(ctx, { id: userId, name, email })),
      audit(ctx, orgId, 'profile.changed', `user:${userId}`),
    ])
  } catch (error) {
    throw isUniqueViolation(error, 'users.email') ? taken() : error
  }
  if (passwordHash) await endSessions(ctx, orgId, userId, ctx.actor.kind === 'user' ? ctx.actor.sessionId : null)
  return getProfile(ctx)
}
