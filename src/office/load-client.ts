import { and, eq } from 'drizzle-orm'
import { orgOf, type Ctx } from '../context.ts'
import { notFound } from '../http/errors.ts'
import { officeClients } from './tables.ts'

export type ClientRow = typeof officeClients.$inferSelect

/** A client as the office shows one: no password, no personal number. */
export const presentClient = (c: ClientRow) => ({
  id: c.id,
  phone: c.phone,
  full_name: c.fullName,
  last_name: c.lastName,
  first_name: c.firstName,
  middle_name: c.middleName,
  email: c.email,
  status: c.status,
  created_at: c.createdAt,
})

/** A client of the caller's organization; anybody else's does not exist. */
export async function loadClient(ctx: Ctx, id: string): Promise<ClientRow> {
  const [row] = await ctx.db
    .select()
    .from(officeClients)
    .where(and(eq(officeClients.id, id), eq(officeClients.orgId, orgOf(ctx))))
  if (!row) throw notFound()
  return row
}

export const getClient = async (ctx: Ctx, id: string) => presentClient(await loadClient(ctx, id))
