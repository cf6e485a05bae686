import { eq } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { directoryClients } from './tables.ts'

/** What documents take from a counterparty's card. */
export interface CompanyCard {
  bin: string
  name: string
  address: string | null
  director: string | null
}

/** The card of the company with that BIN; undefined where the directory has none. */
export async function findByBin(ctx: Pick<Ctx, 'db'>, bin: string): Promise<CompanyCard | undefined> {
  const { companyName: name, address, director } = directoryClients
  const [row] = await ctx.db.select({ name, address, director }).from(directoryClients).where(eq(directoryClients.bin, bin))
  return row && { bin, ...row }
}
