import { and, desc, eq, inArray, isNull, sql, type SQL } from 'drizzle-orm'
import { audit, type Ctx } from '../../context.ts'
import { batch, type Write } from '../../db/client.ts'
import { AppError } from '../../http/errors.ts'
import { formatName } from '../../lib/distinguished-name.ts'
import { fromBase64, toBase64 } from '../../lib/ids.ts'
import type { Certificate } from '../cms/certificate.ts'
import type { WrappedKey } from '../pki/wrap.ts'
import { forget, remembered } from './memory.ts'
import { issuedCertificates, platformKeys } from './tables.ts'
import type { Purpose } from './terms.ts'

/** One of the platform's own certificates. The key of a root that is kept off line is null. */
export interface PlatformKey {
  id: string
  purpose: Purpose
  certificate: Certificate
  wrapped: WrappedKey | null
}

const AUTHORITIES = 'authorities'

async function parsed(row: typeof platformKeys.$inferSelect): Promise<PlatformKey> {
  const { parseCertificate } = await import('../cms/certificate.ts')
  return { id: row.id, purpose: row.purpose, certificate: parseCertificate(fromBase64(row.certificate)), wrapped: row.key }
}

export async function keyInUse(ctx: Pick<Ctx, 'db'>, purpose: Purpose): Promise<PlatformKey | undefined> {
  const [row] = await ctx.db
    .select()
    .from(platformKeys)
    .where(and(eq(platformKeys.purpose, purpose), isNull(platformKeys.retiredAt)))
  return row && parsed(row)
}

/** Every root and authority, those of the past too, the newest first. */
export const authorityKeys = (ctx: Pick<Ctx, 'db' | 'env' | 'now'>): Promise<PlatformKey[]> =>
  remembered(ctx, AUTHORITIES, async () => {
    const rows = await ctx.db
      .select()
      .from(platformKeys)
      .where(inArray(platformKeys.purpose, ['root', 'authority']))
      .orderBy(desc(platformKeys.createdAt), desc(platformKeys.id))
    return Promise.all(rows.map(parsed))
  })

/** Lets the next caller read them anew. */
export const forgetAuthorities = (ctx: Pick<Ctx, 'env'>): void => forget(ctx, AUTHORITIES)

/** The row of a certificate that was issued; with `when`, only if that holds then. */
export function issuedRow(
  ctx: Ctx,
  certificate: Certificate,
  { purpose, orgId }: Pick<typeof issuedCertificates.$inferSelect, 'purpose' | 'orgId'>,
  when: SQL = sql`true`,
): Write {
  const { subject, serial, notBefore, notAfter } = certificate
  return ctx.db
    .run(sql`insert or ignore into issued_certificates (serial, org_id, subject, purpose, certificate, not_before, not_after, created_at)
    select ${serial}, ${orgId}, ${formatName(subject)}, ${purpose}, ${toBase64(certificate.der)}, ${notBefore.toISOString()}, ${notAfter.toISOString()},
      ${ctx.now.toISOString()} where ${when}`)
}

/**
 * Puts a key in use in place of the one before it, unless another isolate was faster: then that one's is what is in use, and ours never was.
 */
export async function putInUse(ctx: Ctx, before: PlatformKey | undefined, made: PlatformKey): Promise<PlatformKey> {
  const { id, purpose, certificate, wrapped } = made
  const at = ctx.now.toISOString()
  const free = sql`not exists (select 1 from ${platformKeys} where ${and(eq(platformKeys.purpose, purpose), isNull(platformKeys.retiredAt))})`
  await batch(ctx.db, [
    ...(before
      ? [
          ctx.db
            .update(platformKeys)
            .set({ retiredAt: at })
            .where(and(eq(platformKeys.id, before.id), isNull(platformKeys.retiredAt))),
        ]
      : []),
    // Before the key itself, which then is no longer free.
    ...(purpose === 'root' ? [] : [issuedRow(ctx, certificate, { purpose, orgId: null }, free)]),
    audit(ctx, null, `platform_key.in_use:${purpose}`, `platform_key:${id}`, free),
    ctx.db
      .insert(platformKeys)
      .values({ id, purpose, certificate: toBase64(certificate.der), key: wrapped, createdAt: at })
      .onConflictDoNothing(),
  ])
  forgetAuthorities(ctx)
  const now = await keyInUse(ctx, purpose)
  if (!now) throw new AppError('unavailable', 'The platform has no key for this.')
  return now
}

/** The authorities above a certificate of ours, the issuing one first, the root last. */
export async function chainOf(ctx: Pick<Ctx, 'db' | 'env' | 'now'>, certificate: Certificate): Promise<Certificate[]> {
  for (const again of [true, false]) {
    const chain = pathTo(certificate, await authorityKeys(ctx))
    if (chain) return chain
    // It may be of an authority that is younger than what this isolate remembers.
    if (again) forgetAuthorities(ctx)
  }
  throw new AppError('unavailable', 'The authority of the certificate is not known.')
}

const hex = (bytes: Uint8Array | undefined) => (bytes ? Array.from(bytes).join() : undefined)
export const isUnder = (certificate: Certificate, issuer: Certificate) =>
  certificate.issuer.key === issuer.subject.key && hex(certificate.extensions.authorityKeyId) === hex(issuer.extensions.subjectKeyId)

function pathTo(certificate: Certificate, known: PlatformKey[]): Certificate[] | undefined {
  const chain: Certificate[] = []
  for (let below = certificate; ;) {
    const issuer = known.find((k) => isUnder(below, k.certificate))
    if (!issuer) return undefined
    chain.push(issuer.certificate)
    if (issuer.purpose === 'root') return chain
    below = issuer.certificate
  }
}
