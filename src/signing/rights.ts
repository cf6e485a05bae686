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

type Who = Pick<Participant, 'clientId' | 'companyId'>

/** What rights are judged by; asked anew for every act, since a right that was taken away is missing at once. */
export const rightsOf = (ctx: Pick<Ctx, 'db'>, orgId: number, { clientId, companyId }: Who) =>
  ctx.db
    .select({ status: officeClients.status, role: officeEmployees.role })
    .from(officeClients)
    .leftJoin(officeEmployees, and(eq(officeEmployees.clientId, officeClients.id), eq(officeEmployees.companyId, companyId ?? '')))
    .where(and(eq(officeClients.id, clientId ?? ''), eq(officeClients.orgId, orgId)))

export type Rights = Awaited<ReturnType<typeof rightsOf>>[number]

/** Why a client may not act, by its rights as they are now; undefined where nothing stands against it. */
export function judgeClient(row: Rights | undefined, { companyId }: Who, act: Act, step: 'code' | 'act' = 'act'): Refusal | undefined {
  if (!row) return { code: 'forbidden', message: 'There is no such client any more.' }
  if (row.status === 'blocked') return { code: step === 'code' ? 'conflict' : 'forbidden', message: 'The client is blocked.' }
  if (!companyId) return undefined
  if (!row.role) return { code: 'forbidden', message: 'This person does not work for the company.' }
  return MAY[row.role].includes(act) ? undefined : { code: 'forbidden', message: 'The right to do this for the company is missing.' }
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
  who: Who,
  act: Act,
  step: 'code' | 'act' = 'act',
): Promise<Refusal | undefined> {
  if (!who.clientId) return who.companyId ? { code: 'forbidden', message: 'Only an employee acts for a company.' } : undefined
  const [row] = await rightsOf(ctx, orgId, who)
  return judgeClient(row, who, act, step)
}
