import { eq } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { organizations } from '../identity/tables.ts'

/** How the organization calls itself: a person may be a client of several, and is told of which. */
export async function organizationName(ctx: Ctx, orgId: number): Promise<string> {
  const [row] = await ctx.db.select({ name: organizations.name }).from(organizations).where(eq(organizations.id, orgId))
  return row?.name ?? ''
}
