import { and, eq, inArray, ne, sql, type SQL } from 'drizzle-orm'
import { audit, type Ctx } from '../context.ts'
import { batch } from '../db/client.ts'
import { announce } from '../queue/outbox.ts'
import { makeKept, revokeKept } from '../signing/keys/kept.ts'
import { keptKeys } from '../signing/keys/tables.ts'
import type { PackageState } from '../signing/model.ts'
import type { News } from '../signing/subjects.ts'
import { publish } from '../webhooks/publish.ts'
import { certificateSubject } from './certificate-subject.ts'
import { certificateRequests, officeClients, officeCompanies, officeEmployees } from './tables.ts'

type RequestRow = typeof certificateRequests.$inferSelect

/** Rights with which a person signs for a company, and so may have a key that names it. */
export const SIGNING_ROLES = ['head', 'signer'] as const

/** That the client may sign for the company now. */
export const maySignFor = (companyId: string, clientId: string): SQL | undefined =>
  and(eq(officeEmployees.companyId, companyId), eq(officeEmployees.clientId, clientId), inArray(officeEmployees.role, [...SIGNING_ROLES]))

/** The plan of a step's call to the organization's systems. */
export const tellStep = (ctx: Ctx, { id, orgId }: Pick<RequestRow, 'id' | 'orgId'>, status: RequestRow['status'], when: SQL) =>
  publish(ctx, orgId, 'certificate_request.step_changed', { request_id: id, status }, { key: `certificate_request:${id}:${status}`, when })

async function subjectOf(ctx: Ctx, { orgId, clientId, companyId }: RequestRow) {
  const [found] = await ctx.db
    .select({ client: officeClients, company: officeCompanies, position: officeEmployees.position })
    .from(officeClients)
    .leftJoin(officeCompanies, eq(officeCompanies.id, companyId ?? ''))
    .leftJoin(officeEmployees, and(eq(officeEmployees.clientId, clientId), eq(officeEmployees.companyId, companyId ?? '')))
    .where(and(eq(officeClients.id, clientId), eq(officeClients.orgId, orgId)))
  if (!found) throw new Error('the client of a certificate request is not there')
  return certificateSubject(found.client, found.company, found.position)
}

/**
 * Issues the certificate of a request whose documents are signed: the client's key, kept wrapped, and the certificate that follows any the
 * client had of the same kind. Done twice, at once or later, it happens once. Whoever no longer may sign for the company gets none.
 */
export async function issueCertificate(ctx: Ctx, id: string): Promise<void> {
  const [request] = await ctx.db.select().from(certificateRequests).where(eq(certificateRequests.id, id))
  if (!request || request.status === 'issued') return
  const { orgId, clientId, companyId } = request
  const employed = companyId === null ? sql`true` : sql`exists (select 1 from ${officeEmployees} where ${maySignFor(companyId, clientId)})`
  const open = sql`exists (select 1 from ${certificateRequests} where ${and(eq(certificateRequests.id, id), ne(certificateRequests.status, 'issued'))}) and ${employed}`
  const [{ certificate, writes: kept }, { writes: told, jobs }] = await Promise.all([
    makeKept(ctx, { orgId, clientId, companyId, purpose: 'client' }, await subjectOf(ctx, request), { when: open }),
    tellStep(ctx, request, 'issued', open),
  ])
  const before = and(eq(keptKeys.clientId, clientId), sql`${keptKeys.companyId} is ${companyId}`, eq(keptKeys.purpose, 'client'), open)
  const issued = { status: 'issued' as const, serial: certificate.serial, updatedAt: ctx.now.toISOString() }
  await batch(ctx.db, [
    ...revokeKept(ctx, before, 'superseded'),
    ...kept,
    ...told,
    audit(ctx, orgId, 'certificate.issued', `certificate_request:${id}/certificate:${certificate.serial}`, open),
    ctx.db
      .update(certificateRequests)
      .set(issued)
      .where(and(eq(certificateRequests.id, id), open)),
  ])
  await announce(ctx.env, jobs)
}

/** What the end of its package does to a request. */
export async function onCertificatePackage(ctx: Ctx, state: PackageState, news: News): Promise<void> {
  if (news === 'signed') await issueCertificate(ctx, state.subject.id)
}
