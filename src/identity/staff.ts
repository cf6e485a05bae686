import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import { orgOf, type Ctx } from '../context.ts'
import { drfPage, drfWindow } from '../http/drf-page.ts'
import { notFound } from '../http/errors.ts'
import { searchable } from '../lib/search-text.ts'
import { users } from './tables.ts'

const POSITIONS: Record<string, string> = {
  owner: 'Директор',
  admin: 'Администратор',
  accountant: 'Бухгалтер',
  project_manager: 'Руководитель проекта',
  foreman: 'Прораб',
}

/**
 * The number by which document 001 names a new member of staff. Multiplying by an odd number shuffles the numbers below 2^32 without a collision: eight digits
 * that don't count people.
 */
export const newStaffId = () => sql<string>`printf('%08x', ((select coalesce(max(id), 0) + 1 from users) * 2654435761) & 4294967295)`

/** A member of staff as document 001 shows one. */
export const presentStaff = (u: {
  staffId: string
  role: string
  position: string | null
  phone: string | null
  contactPhone?: string | null
}) => ({
  user: u.staffId,
  role: u.position ?? POSITIONS[u.role] ?? u.role,
  phone_number: u.contactPhone ?? u.phone,
})

const mine = (ctx: Ctx) => and(eq(users.orgId, orgOf(ctx)), isNull(users.deletedAt))

/** A DRF page of the caller's own staff. They are few enough to be looked through one by one. `url` is the call's own, for the links to the pages around. */
export async function listStaff(
  ctx: Ctx,
  asked: { page?: string | undefined; page_size?: string | undefined; search?: string | undefined },
  url: string,
) {
  const window = drfWindow(asked)
  const rows = await ctx.db.select().from(users).where(mine(ctx)).orderBy(asc(users.id))
  const words = searchable(asked.search ?? '')
    .split(/\s+/)
    .filter((word) => word !== '')
  const found = rows.filter((row) => {
    const text = searchable([row.name, presentStaff(row).role, row.phone, row.email, row.staffId].join('\n'))
    return words.every((word) => text.includes(word))
  })
  return drfPage(window, url, found.length, found.slice(window.offset, window.offset + window.limit).map(presentStaff))
}

export async function getStaff(ctx: Ctx, staffId: string) {
  const [row] = await ctx.db
    .select()
    .from(users)
    .where(and(eq(users.staffId, staffId), mine(ctx)))
  if (!row) throw notFound()
  return presentStaff(row)
}
