import { and, eq, isNull, sql } from 'drizzle-orm'
import type * as z from 'zod'
import { audit, orgOf, type Ctx } from '../../context.ts'
import { batch, isUniqueViolation, type Write } from '../../db/client.ts'
import { AppError } from '../../http/errors.ts'
import { hashPassword } from '../../identity/password.ts'
import { normalizeEmail } from '../../identity/sessions.ts'
import { newStaffId } from '../../identity/staff.ts'
import { users } from '../../identity/tables.ts'
import { changeAvatar, FOREMAN_AVATARS } from './avatars.ts'
import { copyOf, showForeman } from './foremen.ts'
import { mustHaveRoom, refusedByLimit, roomGuard } from './limits.ts'
import type { NewForeman } from './schemas.ts'
import { memberships } from './tables.ts'

type Input = z.output<typeof NewForeman>

const already = () => new AppError('conflict', 'Этот пользователь уже есть в вашей организации.')
const taken = () => new AppError('conflict', 'Пользователь с таким e-mail уже существует.')

async function write(ctx: Ctx, writes: Write[]): Promise<void> {
  try {
    await batch(ctx.db, [...writes, roomGuard(ctx, 'users')])
  } catch (error) {
    if (isUniqueViolation(error, 'memberships.')) throw already()
    throw refusedByLimit(error) ?? error
  }
}

/**
 * Somebody who has an account in another organization joins with it: password and all else of the account stay its own, and here the person is as the caller
 * wrote them down. The answer is that of a new account, and takes as long.
 */
async function join(ctx: Ctx, user: typeof users.$inferSelect, input: Input): Promise<number> {
  const orgId = orgOf(ctx)
  if (user.orgId === orgId) throw already()
  const at = ctx.now.toISOString()
  const { name, phone = null, position = null } = input
  const { avatarFileId, writes } = await changeAvatar(ctx, null, { avatar: input.avatar, taken: FOREMAN_AVATARS })
  await hashPassword(input.password)
  const noted = { ...copyOf({ name, email: user.email, position }), position, accountPhone: phone, accountAvatarId: avatarFileId ?? null }
  const values = { orgId, userId: user.id, isGuest: true, ...noted, createdAt: at, updatedAt: at }
  await write(ctx, [...writes, ctx.db.insert(memberships).values(values), audit(ctx, orgId, 'foreman.joined', `user:${user.id}`)])
  return user.id
}

/** A new account of the organization's own. The hash is slow on purpose: it is made when nothing is left to refuse. */
async function make(ctx: Ctx, email: string, input: Input): Promise<number> {
  const orgId = orgOf(ctx)
  const at = ctx.now.toISOString()
  const { name, phone: contactPhone = null, position = null } = input
  const { avatarFileId, writes } = await changeAvatar(ctx, null, { avatar: input.avatar, taken: FOREMAN_AVATARS })
  const passwordHash = await hashPassword(input.password)
  const found = ctx.db
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.email, email), isNull(users.deletedAt)))
  const account = {
    orgId,
    staffId: newStaffId(),
    role: 'foreman' as const,
    name,
    email,
    contactPhone,
    position,
    passwordHash,
    avatarFileId: avatarFileId ?? null,
    createdAt: at,
    updatedAt: at,
  }
  const member = { orgId, userId: sql<number>`(${found})`, position, ...copyOf({ name, email, position }), createdAt: at, updatedAt: at }
  await write(ctx, [
    ...writes,
    ctx.db.insert(users).values(account),
    ctx.db.insert(memberships).values(member),
    audit(ctx, orgId, 'foreman.created', 'user'),
  ])
  const [made] = await found
  if (!made) throw new Error('the foreman was not written')
  return made.id
}

export async function createForeman(ctx: Ctx, input: Input) {
  const email = normalizeEmail(input.email)
  if (email === normalizeEmail(ctx.settings.OPERATOR_EMAIL)) throw taken()
  await mustHaveRoom(ctx, 'users')
  for (let attempt = 0; ; attempt++) {
    const [known] = await ctx.db
      .select()
      .from(users)
      .where(and(eq(users.email, email), isNull(users.deletedAt)))
    try {
      return await showForeman(ctx, known ? await join(ctx, known, input) : await make(ctx, email, input))
    } catch (error) {
      // Somebody made that account meanwhile: it is joined, as if it had been there.
      if (!isUniqueViolation(error, 'users.email') || attempt > 0) throw error
    }
  }
}
