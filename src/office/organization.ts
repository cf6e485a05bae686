import { eq } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { organizations } from '../identity/tables.ts'

/** How the organization calls itself: a person may be a client of several, and is told of which. Its phone tells of its country. */
export async function organizationOf(ctx: Ctx, orgId: number): Promise<{ name: string; phone: string | null }> {
  const { name, phone } = organizations
  const [row] = await ctx.db.select({ name, phone }).from(organizations).where(eq(organizations.id, orgId))
  return row ?? { name: '', phone: null }
}

export const organizationName = async (ctx: Ctx, orgId: number): Promise<string> => (await organizationOf(ctx, orgId)).name
