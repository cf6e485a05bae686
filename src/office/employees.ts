import { and, asc, eq, sql } from 'drizzle-orm'
import { audit, type Ctx } from '../context.ts'
import { batch, isUniqueViolation } from '../db/client.ts'
import { AppError, notFound } from '../http/errors.ts'
import { loadCompany } from './companies.ts'
import { loadClient, type ClientRow } from './load-client.ts'
import { revokeOnLeaving } from './server-signatures.ts'
import { officeClients, officeEmployees } from './tables.ts'

type EmployeeRow = Pick<typeof officeEmployees.$inferSelect, 'role' | 'position' | 'addedAt'>
export type EmployeeRole = EmployeeRow['role']

const present = (client: Pick<ClientRow, 'id' | 'fullName' | 'phone'>, { role, position, addedAt }: EmployeeRow) => ({
  client_id: client.id,
  full_name: client.fullName,
  phone: client.phone,
  role,
  position,
  added_at: addedAt,
})

/** Gives a client a right in a company: head, signer, approver or viewer. */
export async function addEmployee(
  ctx: Ctx,
  companyId: string,
  input: { client_id: string; role: EmployeeRole; position?: string | undefined },
) {
  const { orgId } = await loadCompany(ctx, companyId)
  const client = await loadClient(ctx, input.client_id)
  const row = {
    companyId,
    clientId: client.id,
    orgId,
    role: input.role,
    position: input.position?.trim() ?? null,
    addedAt: ctx.now.toISOString(),
  }
  try {
    await batch(ctx.db, [
      ctx.db.insert(officeEmployees).values(row),
      audit(ctx, orgId, `employee.added:${row.role}`, `office_company:${companyId}/client:${client.id}`),
    ])
  } catch (error) {
    if (isUniqueViolation(error, 'client_id')) throw new AppError('conflict', 'The client is an employee of this company already.')
    throw error
  }
  return present(client, row)
}

/** Everybody in a company, in the order in which they came. */
export async function listEmployees(ctx: Ctx, companyId: string) {
  await loadCompany(ctx, companyId)
  const { role, position, addedAt } = officeEmployees
  const rows = await ctx.db
    .select({ id: officeClients.id, fullName: officeClients.fullName, phone: officeClients.phone, role, position, addedAt })
    .from(officeEmployees)
    .innerJoin(officeClients, eq(officeClients.id, officeEmployees.clientId))
    .where(eq(officeEmployees.companyId, companyId))
    .orderBy(asc(officeEmployees.addedAt), asc(officeEmployees.clientId))
  return { items: rows.map((row) => present(row, row)) }
}

/** Takes a client's right in a company away, with the key that signed for it there; what was signed stays signed. */
export async function removeEmployee(ctx: Ctx, companyId: string, clientId: string): Promise<void> {
  const { orgId } = await loadCompany(ctx, companyId)
  const this_ = and(eq(officeEmployees.companyId, companyId), eq(officeEmployees.clientId, clientId))
  const there = sql`exists (select 1 from ${officeEmployees} where ${this_})`
  const [, removed] = await batch(ctx.db, [
    audit(ctx, orgId, 'employee.removed', `office_company:${companyId}/client:${clientId}`, there),
    ctx.db.delete(officeEmployees).where(this_).returning({ clientId: officeEmployees.clientId }),
    ...revokeOnLeaving(ctx, companyId, clientId),
  ])
  if ((removed as unknown[]).length === 0) throw notFound()
}
