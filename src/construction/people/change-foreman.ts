import { and, eq, isNull } from 'drizzle-orm'
import type * as z from 'zod'
import { audit, orgOf, type Ctx } from '../../context.ts'
import { batch } from '../../db/client.ts'
import { AppError } from '../../http/errors.ts'
import { hashPassword } from '../../identity/password.ts'
import { endSessions } from '../../identity/sessions.ts'
import { users } from '../../identity/tables.ts'
import { said } from '../registry/registry.ts'
import { changeAvatar, FOREMAN_AVATARS } from './avatars.ts'
import { copyOf, copyWrites, loadForeman, showForeman } from './foremen.ts'
import type { ChangeForeman } from './schemas.ts'
import { memberships } from './tables.ts'

type Input = z.output<typeof ChangeForeman>

/** Only what is sent changes: of one who joined from another organization, in what is noted here. A new password ends the person's sessions. */
export async function changeForeman(ctx: Ctx, userId: number, input: Input) {
  const orgId = orgOf(ctx)
  const { member, user } = await loadForeman(ctx, userId)
  if (member.isGuest && input.password)
    throw new AppError('forbidden', 'Учётная запись принадлежит другой организации: пароль меняет её владелец.')
  const at = ctx.now.toISOString()
  const shown = member.isGuest ? member : user
  const name = input.name ?? shown.name
  const position = input.position === undefined ? member.position : input.position
  const picture = await changeAvatar(ctx, member.isGuest ? member.accountAvatarId : user.avatarFileId, {
    avatar: input.avatar,
    remove: input.remove_avatar,
    taken: FOREMAN_AVATARS,
  })
  const passwordHash = input.password ? await hashPassword(input.password) : undefined
  const account = said({
    name: input.name,
    contactPhone: input.phone,
    position: input.position,
    passwordHash,
    avatarFileId: picture.avatarFileId,
  })
  await batch(ctx.db, [
    ...picture.writes,
    ...(member.isGuest
      ? []
      : [
          ctx.db
            .update(users)
            .set({ ...account, updatedAt: at })
            .where(and(eq(users.id, userId), eq(users.orgId, orgId), isNull(users.deletedAt))),
        ]),
    ...(member.isGuest || input.name === undefined ? [] : await copyWrites(ctx, { ...user, name })),
    ctx.db
      .update(memberships)
      .set({
        position,
        ...copyOf({ name, email: shown.email, position }),
        ...(member.isGuest ? said({ accountPhone: input.phone, accountAvatarId: picture.avatarFileId }) : {}),
        updatedAt: at,
      })
      .where(eq(memberships.id, member.id)),
    audit(ctx, orgId, 'foreman.changed', `user:${userId}`),
  ])
  if (passwordHash) await endSessions(ctx, orgId, userId)
  return showForeman(ctx, userId)
}
