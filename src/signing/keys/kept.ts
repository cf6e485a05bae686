import { and, eq, sql, type SQL } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import type { Write } from '../../db/client.ts'
import { fromBase64, uuidv7 } from '../../lib/ids.ts'
import type { Certificate } from '../cms/certificate.ts'
import type { RevocationReason } from '../cms/revocation.ts'
import type { Subject } from '../pki/names.ts'
import { authorityInUse, issueUnder } from './authority.ts'
import type { KeyHandle } from './platform.ts'
import { openKey } from './ring.ts'
import { chainOf, issuedRow } from './rows.ts'
import { issuedCertificates, keptKeys } from './tables.ts'
import { isValid, PERSON_YEARS } from './terms.ts'

interface Employee {
  orgId: number
  clientId: string
  companyId: string
}

/** The wrapped key of an employee for server signatures: the one that is active now, if any. */
export const employeeKeyRow = (ctx: Pick<Ctx, 'db'>, { orgId, clientId, companyId }: Employee) =>
  ctx.db
    .select({ id: keptKeys.id, key: keptKeys.key, certificate: issuedCertificates.certificate })
    .from(keptKeys)
    .innerJoin(issuedCertificates, eq(issuedCertificates.serial, keptKeys.serial))
    .where(
      and(
        eq(keptKeys.companyId, companyId),
        eq(keptKeys.clientId, clientId),
        eq(keptKeys.orgId, orgId),
        eq(keptKeys.purpose, 'employee'),
        eq(keptKeys.status, 'active'),
      ),
    )

export type EmployeeKeyRow = Awaited<ReturnType<typeof employeeKeyRow>>[number]

/** Opens it: null when there is none, or its certificate is not valid now. It is opened for each signature and not kept in memory. */
export async function openEmployeeKey(ctx: Ctx, row: EmployeeKeyRow | undefined): Promise<(KeyHandle & { id: string }) | null> {
  if (!row?.key) return null
  const { parseCertificate } = await import('../cms/certificate.ts')
  const certificate = parseCertificate(fromBase64(row.certificate))
  if (!isValid(certificate, ctx.now)) return null
  return { id: row.id, certificate, chain: await chainOf(ctx, certificate), key: await openKey(ctx, row.id, row.key) }
}

/** The key of an employee for server signatures, open; null as of `openEmployeeKey`. */
export async function employeeKey(ctx: Ctx, who: Employee): Promise<(KeyHandle & { id: string }) | null> {
  const [row] = await employeeKeyRow(ctx, who)
  return openEmployeeKey(ctx, row)
}

interface Owner {
  orgId: number
  clientId: string
  companyId: string | null
  purpose: 'employee' | 'client'
}

export interface MadeKey {
  id: string
  certificate: Certificate
  /** Key and certificate, to be written in the batch of what they follow from; all of them under the same condition as that. */
  writes: Write[]
}

/** Makes a key for a person, kept wrapped, and its certificate. With `when`, both are written only if that holds then. */
export async function makeKept(ctx: Ctx, owner: Owner, subject: Subject, { id = uuidv7(ctx.now.getTime()), when = sql`true` } = {}) {
  const authority = await authorityInUse(ctx)
  const { certificate, wrapped } = await issueUnder(ctx, authority, id, 'server_key', subject, PERSON_YEARS)
  const { orgId, clientId, companyId, purpose } = owner
  const writes: Write[] = [
    issuedRow(ctx, certificate, { purpose, orgId }, when),
    ctx.db.run(sql`insert into kept_keys (id, org_id, client_id, company_id, purpose, status, serial, key, created_at)
      select ${id}, ${orgId}, ${clientId}, ${companyId}, ${purpose}, 'active', ${certificate.serial}, ${JSON.stringify(wrapped)},
        ${ctx.now.toISOString()} where ${when}`),
  ]
  return { id, certificate, writes } satisfies MadeKey
}

/**
 * Revokes the certificates of the active keys that `which` finds, and destroys the keys: list and responder say so from then on. The last
 * write gives the ids of those that it found.
 */
export function revokeKept(ctx: Ctx, which: SQL | undefined, reason: RevocationReason): Write[] {
  const at = ctx.now.toISOString()
  const active = and(which, eq(keptKeys.status, 'active'))
  return [
    ctx.db
      .update(issuedCertificates)
      .set({ revokedAt: at, reason })
      .where(sql`${issuedCertificates.serial} in (select ${keptKeys.serial} from ${keptKeys} where ${active})`),
    ctx.db.update(keptKeys).set({ status: 'revoked', key: null, revokedAt: at }).where(active).returning({ id: keptKeys.id }),
  ]
}
