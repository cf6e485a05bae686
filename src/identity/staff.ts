import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import { orgOf, type Ctx } from '../context.ts'
import { AppError, notFound } from '../http/errors.ts'
import { users } from './tables.ts'

const POSITIONS: Record<string, string> = {
  owner: 'Директор',
  admin: 'Администратор',
  accountant: 'Бухгалтер',
  project_manager: 'Руководитель проекта',
  foreman: 'Прораб',
}

/** A member of staff as document 001 shows one. */
export const presentStaff = (u: { staffId: string; role: string; position: string | null; phone: string | null }) => ({
  user: u.staffId,
  role: u.position ?? POSITIONS[u.role] ?? u.role,
  phone_number: u.phone,
})

const mine = (ctx: Ctx) => and(eq(users.orgId, orgOf(ctx)), isNull(users.deletedAt))

/** A DRF page of the caller's own staff. `url` is the call's own, for the links to the pages around. */
export async function listStaff(ctx: Ctx, asked: { page: number; page_size: number }, url: URL) {
  const { page, page_size: size } = asked
  const [[count], rows] = await Promise.all([
    ctx.db
      .select({ total: sql<number>`count(*)` })
      .from(users)
      .where(mine(ctx)),
    ctx.db
      .select()
      .from(users)
      .where(mine(ctx))
      .orderBy(asc(users.id))
      .limit(size)
      .offset((page - 1) * size),
  ])
  const total = count?.total ?? 0
  if (page > 1 && (page - 1) * size >= total) throw new AppError('not_found', 'Invalid page.')
  const link = (n: number) => {
    const other = new URL(url)
    other.searchParams.set('page', String(n))
    return other.href
  }
  return {
    count: total,
    next: page * size < total ? link(page + 1) : null,
    previous: page > 1 ? link(page - 1) : null,
    results: rows.map(presentStaff),
  }
}

export async function getStaff(ctx: Ctx, staffId: string) {
  const [row] = await ctx.db
    .select()
    .from(users)
    .where(and(eq(users.staffId, staffId), mine(ctx)))
  if (!row) throw notFound()
  return presentStaff(row)
}
