import { and, asc, desc, eq, ne, sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { fileKey } from '../documents/files.ts'
import { looksLikePdf } from '../documents/magic.ts'
import { files } from '../documents/tables.ts'
import { AppError } from '../http/errors.ts'
import { sha256Hex } from '../lib/hash.ts'
import type { HashName } from './cms/algorithms.ts'
import { packageFiles, packageParticipants, packages, packageSignatures } from './tables.ts'
import { initials, verifyPackage } from './verify.ts'
import { pdfSignatures, type FileSignature } from './verify-pdf.ts'

export interface VerifiedFile {
  /** These very bytes are an original, a stamped version or a certificate of a package. */
  known: boolean
  valid: boolean
  sha256: string
  packageId: string | null
  signatures: FileSignature[]
}

/** Signatures that are read from the store side by side. */
const AT_ONCE = 8

/** The package that a file is of; of several, one that is signed, and the newest. */
async function findFile(ctx: Ctx, sha256: string) {
  const [found] = await ctx.db
    .select({
      packageId: packageFiles.packageId,
      documentId: packageFiles.id,
      type: packageFiles.type,
      status: packages.status,
      orgId: packages.orgId,
    })
    .from(packageFiles)
    .innerJoin(packages, eq(packages.id, packageFiles.packageId))
    .where(and(eq(packageFiles.sha256, sha256), ne(packages.status, 'draft')))
    .orderBy(desc(sql`${packages.status} = 'signed'`), desc(packages.createdAt), desc(packageFiles.id))
    .limit(1)
  return found
}

const signaturesOver = (ctx: Ctx, packageId: string, documentId: string) =>
  ctx.db
    .select({
      name: packageParticipants.fullName,
      format: packageSignatures.format,
      signedAt: packageSignatures.signedAt,
      sha256: files.sha256,
    })
    .from(packageSignatures)
    .innerJoin(packageParticipants, eq(packageParticipants.id, packageSignatures.participantId))
    .innerJoin(files, eq(files.id, packageSignatures.fileId))
    .where(and(eq(packageSignatures.packageId, packageId), eq(packageSignatures.documentId, documentId)))
    .orderBy(asc(packageParticipants.order), asc(packageParticipants.position))

/**
 * Tells whether a CMS of the store is whole and over these bytes. Whom its certificate leads to was judged when it was accepted, by the anchors of that day.
 */
async function cmsChecker(content: Uint8Array): Promise<(cms: Uint8Array) => Promise<boolean>> {
  const [{ digest }, { parseSignedData, Oid }, { checkSigner }] = await Promise.all([
    import('./cms/algorithms.ts'),
    import('./cms/signed-data.ts'),
    import('./cms/signer.ts'),
  ])
  const made = new Map<HashName, Uint8Array>()
  const digestOf = (hash: HashName) => {
    const known = made.get(hash) ?? digest(hash, content)
    made.set(hash, known)
    return known
  }
  return async (cms) => {
    const { signers, certificates, contentType } = parseSignedData(cms)
    const checks = await Promise.all(
      signers.map((info) => checkSigner(info, certificates, { contentType, digest: digestOf, requireSigningCertificate: true })),
    )
    return contentType === Oid.data && checks.every(({ reasons }) => reasons.length === 0)
  }
}

/** The signatures of a package's participants over an original, each checked over the bytes that were sent. */
async function originalSignatures(
  ctx: Ctx,
  orgId: number,
  packageId: string,
  documentId: string,
  bytes: Uint8Array,
): Promise<FileSignature[]> {
  const rows = await signaturesOver(ctx, packageId, documentId)
  const holds = await cmsChecker(bytes)
  const one = async ({ name, format, signedAt, sha256 }: (typeof rows)[number]): Promise<FileSignature> => {
    const object = await ctx.env.FILES.get(fileKey(orgId, sha256))
    const cms = object && new Uint8Array(await object.arrayBuffer())
    const valid = cms !== null && sha256Hex(cms) === sha256 && (await holds(cms))
    return { format, valid, signer: initials(name), signedAt }
  }
  const all: FileSignature[] = []
  for (let i = 0; i < rows.length; i += AT_ONCE) all.push(...(await Promise.all(rows.slice(i, i + AT_ONCE).map(one))))
  return all
}

/** The signatures within a file that we made; of one that is too heavy to look into, the package alone speaks. */
async function ownSignatures(ctx: Ctx, bytes: Uint8Array): Promise<FileSignature[]> {
  try {
    return (await pdfSignatures(ctx, bytes, true)).signatures
  } catch (error) {
    if (error instanceof AppError && error.code === 'unprocessable') return []
    throw error
  }
}

/**
 * Tells anybody who holds a PDF what is known of it: of a package's file, whether the package holds and who signed (initials alone); of any PDF, whether the
 * signatures within are right. Of a package that is not signed nothing is told but that it is known.
 *
 * @throws AppError `unprocessable` for what is no PDF, or asks for more than is done for one
 */
export async function verifyFile(ctx: Ctx, bytes: Uint8Array): Promise<VerifiedFile> {
  if (!looksLikePdf(bytes)) throw new AppError('unprocessable', 'This is not a PDF.')
  const sha256 = sha256Hex(bytes)
  const found = await findFile(ctx, sha256)
  if (!found) return { known: false, sha256, packageId: null, ...(await pdfSignatures(ctx, bytes)) }
  const { packageId, documentId, orgId } = found
  const about = { known: true, sha256, packageId }
  if (found.status !== 'signed') return { ...about, valid: false, signatures: [] }
  const { valid } = await verifyPackage(ctx, packageId)
  const signatures =
    found.type === 'original' ? await originalSignatures(ctx, orgId, packageId, documentId, bytes) : await ownSignatures(ctx, bytes)
  // A file that came in signed by strangers keeps their signatures, whom nobody here vouches for; ours is among the others.
  const holds = found.type === 'original' ? signatures.every((s) => s.valid) : signatures.length === 0 || signatures.some((s) => s.valid)
  return { ...about, valid: valid && holds, signatures }
}
