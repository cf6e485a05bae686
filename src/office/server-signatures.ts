import { and, desc, eq, sql, type SQL } from 'drizzle-orm'
import { audit, type Ctx } from '../context.ts'
import { batch, isUniqueViolation } from '../db/client.ts'
import { AppError, notFound } from '../http/errors.ts'
import { uuidv7 } from '../lib/ids.ts'
import { makeKept, revokeKept } from '../signing/keys/kept.ts'
import { issuedCertificates, keptKeys } from '../signing/keys/tables.ts'
import { certificateSubject } from './certificate-subject.ts'
import { loadCompany } from './companies.ts'
import { maySignFor } from './issue-certificate.ts'
import { presentCertificate } from './issued-certificate.ts'
import { loadClient } from './load-client.ts'
import { officeEmployees } from './tables.ts'

/** So long before its end a certificate may be followed by a new one. */
const RENEW_MS = 30 * 86_400_000

const ofEmployee = (companyId: string, clientId: string) =>
  and(eq(keptKeys.companyId, companyId), eq(keptKeys.clientId, clientId), eq(keptKeys.purpose, 'employee'))
const subjectOf = (companyId: string, clientId: string) => `office_company:${companyId}/client:${clientId}`
const exists = (table: SQL, where: SQL | undefined): SQL => sql`exists (select 1 from ${table} where ${where})`

interface Row {
  id: string
  clientId: string
  companyId: string | null
  status: 'active' | 'revoked'
  createdAt: string
  certificate: string
  notAfter: string
}

async function present(ctx: Ctx, row: Row) {
  return {
    id: row.id,
    client_id: row.clientId,
    company_id: row.companyId ?? '',
    status: row.status === 'active' && row.notAfter <= ctx.now.toISOString() ? ('expired' as const) : row.status,
    certificate: await presentCertificate(row.certificate),
    created_at: row.createdAt,
  }
}

const readKeys = (ctx: Ctx, where: SQL | undefined): Promise<Row[]> =>
  ctx.db
    .select({
      id: keptKeys.id,
      clientId: keptKeys.clientId,
      companyId: keptKeys.companyId,
      status: keptKeys.status,
      createdAt: keptKeys.createdAt,
      certificate: issuedCertificates.certificate,
      notAfter: issuedCertificates.notAfter,
    })
    .from(keptKeys)
    .innerJoin(issuedCertificates, eq(issuedCertificates.serial, keptKeys.serial))
    .where(where)
    .orderBy(desc(keptKeys.id))

const noRight = () => new AppError('forbidden', 'The client has no right to sign for this company.')
const taken = () => new AppError('conflict', 'The employee has a server signature already.')

/** Gives an employee who may sign a key that the server keeps and uses at their command, with a certificate. */
export async function createServerSignature(ctx: Ctx, companyId: string, clientId: string) {
  const company = await loadCompany(ctx, companyId)
  const client = await loadClient(ctx, clientId)
  const { orgId } = company
  const maySign = maySignFor(companyId, clientId)
  const [employee] = await ctx.db.select({ position: officeEmployees.position }).from(officeEmployees).where(maySign)
  if (!employee) throw noRight()
  if (client.status === 'blocked') throw new AppError('conflict', 'The client is blocked.')
  const [active] = await readKeys(ctx, and(ofEmployee(companyId, clientId), eq(keptKeys.status, 'active')))
  if (active && Date.parse(active.notAfter) - ctx.now.getTime() > RENEW_MS) throw taken()

  // Whoever loses the right meanwhile does not get the key: taking it away revokes only what is there.
  const when = exists(sql`${officeEmployees}`, maySign)
  const id = uuidv7(ctx.now.getTime())
  const subject = certificateSubject(client, company, employee.position)
  const { writes } = await makeKept(ctx, { orgId, clientId, companyId, purpose: 'employee' }, subject, { id, when })
  try {
    await batch(ctx.db, [
      ...(active ? revokeKept(ctx, eq(keptKeys.id, active.id), 'superseded') : []),
      ...writes,
      audit(ctx, orgId, 'server_signature.created', `${subjectOf(companyId, clientId)}/key:${id}`, when),
    ])
  } catch (error) {
    if (isUniqueViolation(error, 'client_id')) throw taken()
    throw error
  }
  const [made] = await readKeys(ctx, eq(keptKeys.id, id))
  if (!made) throw noRight()
  return present(ctx, made)
}

/** Every server signature of a company, those of the past too, the newest first. */
export async function listServerSignatures(ctx: Ctx, companyId: string) {
  await loadCompany(ctx, companyId)
  const rows = await readKeys(ctx, and(eq(keptKeys.companyId, companyId), eq(keptKeys.purpose, 'employee')))
  return { items: await Promise.all(rows.map((row) => present(ctx, row))) }
}

/** Revokes a server signature: its certificate is on the list from now on, and its key is gone for good. What it has signed stays signed. */
export async function deleteServerSignature(ctx: Ctx, companyId: string, id: string): Promise<void> {
  const { orgId } = await loadCompany(ctx, companyId)
  const which = and(eq(keptKeys.id, id), eq(keptKeys.companyId, companyId), eq(keptKeys.purpose, 'employee'))
  const active = exists(sql`${keptKeys}`, and(which, eq(keptKeys.status, 'active')))
  const results = await batch(ctx.db, [
    audit(ctx, orgId, 'server_signature.revoked', `office_company:${companyId}/key:${id}`, active),
    ...revokeKept(ctx, which, 'cessationOfOperation'),
  ])
  if ((results.at(-1) as unknown[]).length === 0) throw notFound()
}

/** What goes with an employee who leaves: every key whose certificate names the company. */
export const revokeOnLeaving = (ctx: Ctx, companyId: string, clientId: string) =>
  revokeKept(ctx, and(eq(keptKeys.companyId, companyId), eq(keptKeys.clientId, clientId)), 'affiliationChanged')
