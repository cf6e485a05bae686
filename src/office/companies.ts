import { and, eq } from 'drizzle-orm'
import { audit, orgOf, type Ctx } from '../context.ts'
import { batch, isUniqueViolation } from '../db/client.ts'
import { AppError, notFound } from '../http/errors.ts'
import { uuidv7 } from '../lib/ids.ts'
import { officeCompanies } from './tables.ts'

type CompanyRow = typeof officeCompanies.$inferSelect

const present = ({ id, inn, kpp, name, createdAt }: CompanyRow) => ({
  id,
  inn,
  kpp: kpp === '' ? null : kpp,
  name,
  created_at: createdAt,
})

/** A company of the caller's organization; anybody else's does not exist. */
export async function loadCompany(ctx: Ctx, id: string): Promise<CompanyRow> {
  const [row] = await ctx.db
    .select()
    .from(officeCompanies)
    .where(and(eq(officeCompanies.id, id), eq(officeCompanies.orgId, orgOf(ctx))))
  if (!row) throw notFound()
  return row
}

export const getOfficeCompany = async (ctx: Ctx, id: string) => present(await loadCompany(ctx, id))

/** Adds a company. Branches share an INN and differ in the KPP, so that the pair is what may be there once. */
export async function addCompany(ctx: Ctx, input: { inn: string; name: string; kpp?: string | undefined }) {
  const orgId = orgOf(ctx)
  const row: CompanyRow = {
    id: uuidv7(ctx.now.getTime()),
    orgId,
    inn: input.inn,
    kpp: input.kpp ?? '',
    name: input.name.trim(),
    createdAt: ctx.now.toISOString(),
  }
  try {
    await batch(ctx.db, [ctx.db.insert(officeCompanies).values(row), audit(ctx, orgId, 'office_company.added', `office_company:${row.id}`)])
  } catch (error) {
    if (isUniqueViolation(error, 'inn')) throw new AppError('conflict', 'A company with this INN and KPP is there already.')
    throw error
  }
  return present(row)
}
