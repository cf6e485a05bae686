import { and, eq, isNull } from 'drizzle-orm'
import { orgOf, type Ctx } from '../../context.ts'
import { notFound } from '../../http/errors.ts'
import { organizations } from '../../identity/tables.ts'

/** The organization whose dashboard is asked for: the caller's own, or a child of it. Any other does not exist. */
export async function dashboardOrg(ctx: Ctx, asked: number | undefined): Promise<number> {
  const own = orgOf(ctx)
  if (asked === undefined || asked === own) return own
  const [child] = await ctx.db
    .select({ id: organizations.id })
    .from(organizations)
    .where(and(eq(organizations.id, asked), eq(organizations.parentId, own), isNull(organizations.deletedAt)))
  if (!child) throw notFound('Организация не найдена.')
  return child.id
}
