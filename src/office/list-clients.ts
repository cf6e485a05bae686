import { and, desc, eq } from 'drizzle-orm'
import { orgOf, type Ctx } from '../context.ts'
import { presentClient } from './load-client.ts'
import { holds } from '../db/client.ts'
import { readPage } from './page.ts'
import { officeClients } from './tables.ts'

interface Asked {
  phone?: string | undefined
  status?: 'active' | 'blocked' | undefined
  search?: string | undefined
  page: number
  per_page: number
}

/** The organization's clients, newest first. */
export function listClients(ctx: Ctx, asked: Asked) {
  const where = and(
    eq(officeClients.orgId, orgOf(ctx)),
    asked.phone === undefined ? undefined : eq(officeClients.phone, asked.phone),
    asked.status && eq(officeClients.status, asked.status),
    asked.search?.trim() ? holds(officeClients.searchName, asked.search) : undefined,
  )
  return readPage(ctx.db, { table: officeClients, where, orderBy: [desc(officeClients.id)] }, asked, presentClient)
}
