import { eq } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { batch } from '../db/client.ts'
import { putFile, readFile } from '../documents/files.ts'
import { organizations } from '../identity/tables.ts'
import type { PackageState, SealedDocument } from './model.ts'

/** Where anybody checks a package. */
export const verifyUrl = (ctx: Pick<Ctx, 'settings'>, packageId: string) => `${ctx.settings.PUBLIC_URL ?? ''}/verify/${packageId}`

/** What the certificate page says of a signed package. Times are ISO; `timeZone` is the organization's. */
function evidenceOf(ctx: Ctx, state: PackageState, index: number, timeZone: string) {
  const document = state.documents[index]
  if (!document) throw new Error('no such document')
  return {
    packageId: state.id,
    verifyUrl: verifyUrl(ctx, state.id),
    documentName: document.name,
    documentSha256: document.sha256,
    timeZone,
    producedAt: state.finishedAt ?? state.createdAt,
    // Side 1 is the company that offers the contract; those who sign are counted from 2, as document 000 shows it.
    signers: state.participants.flatMap((p, i) =>
      p.signature
        ? [
            {
              side: i + 2,
              fullName: p.signature.person.fullName,
              identifier: p.signature.person.identifier,
              phone: p.signature.person.phone,
              method: p.signature.method === 'cms' ? ('ecp' as const) : p.signature.method,
              signedAt: p.signature.at,
            },
          ]
        : [],
    ),
  }
}

/** Makes the stamped version of every document of a signed package and hands them to its object, which keeps the first set it is given. */
export async function sealPackage(ctx: Ctx, packageId: string): Promise<void> {
  const object = ctx.env.PACKAGES.getByName(packageId)
  const state = (await object.view()) as PackageState | null
  if (!state || state.status !== 'signed' || state.sealed) return
  const { stampSigned } = await import('../documents/stamp.ts')
  const [org] = await ctx.db.select({ timeZone: organizations.timeZone }).from(organizations).where(eq(organizations.id, state.orgId))
  const sealed: SealedDocument[] = []
  for (const [i, document] of state.documents.entries()) {
    const { bytes } = await readFile(ctx, document.fileId)
    const stamped = await stampSigned(bytes, evidenceOf(ctx, state, i, org?.timeZone ?? ctx.settings.TIME_ZONE))
    const { file, write } = await putFile(ctx, state.orgId, stamped, document.name, 'application/pdf')
    await batch(ctx.db, [write])
    sealed.push({ documentId: document.id, fileId: file.id, sha256: file.sha256, size: file.size })
  }
  await object.recordSeal(sealed, null, { now: ctx.now.toISOString(), actor: 'service', ip: null, userAgent: null })
}

export const sealJob = (ctx: Ctx, { packageId }: { packageId: string }) => sealPackage(ctx, packageId)
