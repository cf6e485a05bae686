import { asc, eq, sql } from 'drizzle-orm'
import { audit, type Ctx } from '../context.ts'
import { batch, isUniqueViolation } from '../db/client.ts'
import { AppError, notFound } from '../http/errors.ts'
import { fromBase64, toBase64, uuidv7 } from '../lib/ids.ts'
import type { Certificate } from './cms/certificate.ts'
import { trustAnchors } from './tables.ts'

const shown = {
  id: trustAnchors.id,
  subject: trustAnchors.subject,
  not_after: trustAnchors.notAfter,
  thumbprint: trustAnchors.thumbprint,
  created_at: trustAnchors.createdAt,
}
/** An authority list is dozens, not thousands; each verification looks at all of them. */
const MAX_ANCHORS = 200

const invalid = (message: string) =>
  new AppError('validation', 'The certificate can’t be an anchor.', { issues: [{ path: 'pem', message }] })

async function readOne(pem: string): Promise<Certificate> {
  const [{ readCertificates }, { reasonOf }] = await Promise.all([import('./cms/certificate.ts'), import('./cms/reasons.ts')])
  try {
    const [certificate, more] = readCertificates(pem)
    if (!certificate || more) throw invalid('must hold one certificate')
    return certificate
  } catch (error) {
    if (error instanceof AppError) throw error
    throw invalid(reasonOf(error, 'The certificate').detail)
  }
}

/** Trusts an authority's certificate from now on; it must be one that may issue, and not be expired. */
export async function addTrustAnchor(ctx: Ctx, pem: string) {
  const certificate = await readOne(pem)
  const { basicConstraints, keyUsage } = certificate.extensions
  if (certificate.version >= 3 && !basicConstraints?.authority) throw invalid('is not of an authority (basicConstraints)')
  if (keyUsage && !keyUsage.includes('keyCertSign')) throw invalid('may not sign certificates (keyUsage)')
  if (certificate.notAfter <= ctx.now) throw invalid('has expired')
  const { summarize } = await import('./cms/certificate.ts')
  const { subject, sha256 } = summarize(certificate)
  const row = {
    id: uuidv7(ctx.now.getTime()),
    subject,
    notAfter: certificate.notAfter.toISOString(),
    thumbprint: sha256,
    certificate: toBase64(certificate.der),
    createdAt: ctx.now.toISOString(),
  }
  const [count] = await ctx.db.select({ total: sql<number>`count(*)` }).from(trustAnchors)
  if ((count?.total ?? 0) >= MAX_ANCHORS) throw new AppError('conflict', `There are at most ${MAX_ANCHORS} anchors.`)
  try {
    await batch(ctx.db, [ctx.db.insert(trustAnchors).values(row), audit(ctx, null, 'trust_anchor.added', `trust_anchor:${row.id}`)])
  } catch (error) {
    // It is trusted already: adding it again changes nothing.
    if (isUniqueViolation(error, 'thumbprint')) {
      const [known] = await ctx.db.select(shown).from(trustAnchors).where(eq(trustAnchors.thumbprint, sha256))
      if (known) return known
    }
    throw error
  }
  return { id: row.id, subject, not_after: row.notAfter, thumbprint: sha256, created_at: row.createdAt }
}

export async function listTrustAnchors(ctx: Ctx) {
  return { items: await ctx.db.select(shown).from(trustAnchors).orderBy(asc(trustAnchors.id)).limit(MAX_ANCHORS) }
}

/** Stops trusting an authority: signatures that were accepted stay, new ones are refused. */
export async function removeTrustAnchor(ctx: Ctx, id: string): Promise<void> {
  const [row] = await ctx.db.select({ id: trustAnchors.id }).from(trustAnchors).where(eq(trustAnchors.id, id))
  if (!row) throw notFound()
  await batch(ctx.db, [
    ctx.db.delete(trustAnchors).where(eq(trustAnchors.id, id)),
    audit(ctx, null, 'trust_anchor.removed', `trust_anchor:${id}`),
  ])
}

/** The anchors as certificates, for a verification. */
export async function loadTrustAnchors(ctx: Pick<Ctx, 'db'>): Promise<Certificate[]> {
  const { parseCertificate } = await import('./cms/certificate.ts')
  const rows = await ctx.db.select({ certificate: trustAnchors.certificate }).from(trustAnchors).limit(MAX_ANCHORS)
  return rows.map((row) => parseCertificate(fromBase64(row.certificate)))
}
