import { and, eq } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { AppError, notFound } from '../http/errors.ts'
import { users } from './tables.ts'

/** The person that is logged in, as document 004 shows one. */
export async function me(ctx: Ctx) {
  const nothing = { avatar_path: null, avatar_url: null }
  if (ctx.actor.kind === 'operator') {
    return {
      id: 0,
      name: 'Platform operator',
      email: ctx.settings.OPERATOR_EMAIL,
      phone: null,
      position: null,
      ...nothing,
      is_active: true,
      current_organization_id: null,
      created_at: null,
      updated_at: null,
    }
  }
  if (ctx.actor.kind !== 'user') throw new AppError('forbidden', 'У вас нет доступа к панели администратора')
  const [u] = await ctx.db
    .select()
    .from(users)
    .where(and(eq(users.id, ctx.actor.userId), eq(users.orgId, ctx.actor.orgId)))
  if (!u) throw notFound('Пользователь не найден')
  return {
    id: u.id,
    name: u.name,
    email: u.email,
    phone: u.phone,
    position: u.position,
    ...nothing,
    is_active: u.isActive,
    current_organization_id: u.orgId,
    created_at: u.createdAt,
    updated_at: u.updatedAt,
  }
}
