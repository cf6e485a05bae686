import { and, eq } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { officeCompanies } from './tables.ts'

/** The company for which a participant acts; undefined where it is not the organization's. */
export async function loadParty(ctx: Pick<Ctx, 'db'>, orgId: number, id: string): Promise<{ name: string; inn: string } | undefined> {
  const [row] = await ctx.db
    .select({ name: officeCompanies.name, inn: officeCompanies.inn })
    .from(officeCompanies)
    .where(and(eq(officeCompanies.id, id), eq(officeCompanies.orgId, orgId)))
  return row
}
