import { and, eq } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import type { EmployeeRole } from '../office/employees.ts'
import { officeClients, officeEmployees } from '../office/tables.ts'
import type { Act } from './machine-parts.ts'
import type { Participant, Refusal } from './model.ts'

/** What an employee may do for the company (document 002, 1.4): the head everything, the others what their right says. */
const MAY: Record<EmployeeRole, readonly Act[]> = {
  head: ['sign', 'approve', 'decline'],
  signer: ['sign', 'decline'],
  approver: ['approve', 'decline'],
  viewer: [],
}

/**
 * Whether a participant may act at this moment beyond what its package says: a blocked client may not, and who acts for a company needs the
 * right there. Undefined where nothing stands against it.
 *
 * @param step `code`: a code is asked for, which a blocked client does not get
 */
export async function judgeRights(
  ctx: Pick<Ctx, 'db'>,
  orgId: number,
  { clientId, companyId }: Pick<Participant, 'clientId' | 'companyId'>,
  act: Act,
  step: 'code' | 'act' = 'act',
): Promise<Refusal | undefined> {
  if (!clientId) return companyId ? { code: 'forbidden', message: 'Only an employee acts for a company.' } : undefined
  const [row] = await ctx.db
    .select({ status: officeClients.status, role: officeEmployees.role })
    .from(officeClients)
    .leftJoin(officeEmployees, and(eq(officeEmployees.clientId, officeClients.id), eq(officeEmployees.companyId, companyId ?? '')))
    .where(and(eq(officeClients.id, clientId), eq(officeClients.orgId, orgId)))
  if (!row) return { code: 'forbidden', message: 'There is no such client any more.' }
  if (row.status === 'blocked') return { code: step === 'code' ? 'conflict' : 'forbidden', message: 'The client is blocked.' }
  if (!companyId) return undefined
  if (!row.role) return { code: 'forbidden', message: 'This person does not work for the company.' }
  return MAY[row.role].includes(act) ? undefined : { code: 'forbidden', message: 'The right to do this for the company is missing.' }
}
