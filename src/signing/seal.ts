import { and, eq, sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { readBytes, storeBytes } from '../documents/files.ts'
import { organizations } from '../identity/tables.ts'
import { officeCompanies } from '../office/tables.ts'
import { CERTIFICATE_NAME, type PackageState, type SealedDocument, type StoredFile } from './model.ts'
import type { Surroundings } from './seal-evidence.ts'
import { packageObject } from './stub.ts'

/** Where anybody checks a package. */
export const verifyUrl = (ctx: Pick<Ctx, 'settings'>, packageId: string) => `${ctx.settings.PUBLIC_URL ?? ''}/verify/${packageId}`

async function surroundings(ctx: Ctx, state: PackageState): Promise<Surroundings> {
  const ids = [...new Set(state.participants.flatMap((p) => p.companyId ?? []))]
  const [[org], rows] = await ctx.db.batch([
    ctx.db
      .select({ name: organizations.name, timeZone: organizations.timeZone })
      .from(organizations)
      .where(eq(organizations.id, state.orgId)),
    ctx.db
      .select({ id: officeCompanies.id, name: officeCompanies.name, inn: officeCompanies.inn })
      .from(officeCompanies)
      // As one parameter: each of a hundred participants may act for a company of its own.
      .where(
        and(eq(officeCompanies.orgId, state.orgId), sql`${officeCompanies.id} in (select value from json_each(${JSON.stringify(ids)}))`),
      ),
  ])
  return {
    verifyUrl: verifyUrl(ctx, state.id),
    organization: org?.name ?? '',
    timeZone: org?.timeZone ?? ctx.settings.TIME_ZONE,
    companies: new Map(rows.map(({ id, name, inn }) => [id, { name, inn }])),
  }
}

/**
 * Makes what is left of a signed package: the stamped version of every document, one after another, and one certificate, all sealed. Its
 * object keeps the first set that it is given, so that this may be cut off and done again. A contract has no certificate beside the page in
 * its document; nothing is made of what the platform itself has people sign.
 */
export async function sealPackage(ctx: Ctx, packageId: string): Promise<void> {
  const object = packageObject(ctx, packageId)
  const due = await object.toSeal()
  if (!due || due.state.subject.type === 'certificate_request') return
  const { state, trailHash } = due
  const [{ openSealer }, { stampedSource }, evidence] = await Promise.all([
    import('./seal-file.ts'),
    import('./pades/signable.ts'),
    import('./seal-evidence.ts'),
  ])
  const [around, seal] = await Promise.all([surroundings(ctx, state), openSealer(ctx)])
  const keep = async (bytes: Uint8Array, name: string): Promise<StoredFile> => {
    const { id: fileId, sha256, size } = await storeBytes(ctx, state.orgId, bytes, name, 'application/pdf')
    return { fileId, sha256, size }
  }

  const isContract = state.subject.type === 'contract'
  const documents: SealedDocument[] = []
  for (const document of state.documents) {
    const original = await readBytes(ctx, state.orgId, document.sha256)
    const told = (isContract ? evidence.contractEvidence : evidence.routeEvidence)(state, around, document)
    const stamped = await keep(await seal(await stampedSource(original, told)), document.name)
    documents.push({ documentId: document.id, ...stamped })
  }
  let certificate: StoredFile | null = null
  if (!isContract) {
    const { packageCertificate } = await import('../documents/certificate-file.ts')
    if (trailHash === null) throw new Error(`package ${packageId} was not signed`)
    certificate = await keep(await seal(await packageCertificate(evidence.packageEvidence(state, around, trailHash))), CERTIFICATE_NAME)
  }
  await object.recordSeal(documents, certificate, { now: ctx.now.toISOString(), actor: 'service', ip: null, userAgent: null })
}

export const sealJob = (ctx: Ctx, { packageId }: { packageId: string }) => sealPackage(ctx, packageId)
