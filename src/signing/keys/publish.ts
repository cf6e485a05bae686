import { and, gt, isNotNull, ne, eq, sql } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import { notFound } from '../../http/errors.ts'
import { fromBase64 } from '../../lib/ids.ts'
import type { RevocationReason } from '../cms/revocation.ts'
import { authorityInUse } from './authority.ts'
import { forget, remembered } from './memory.ts'
import { openKey } from './ring.ts'
import { authorityKeys, forgetAuthorities, isUnder, keyInUse, type PlatformKey } from './rows.ts'
import { issuedCertificates } from './tables.ts'
import { publishedName } from './terms.ts'

const DAY = 86_400_000
/** A list is signed anew after it, even if nothing was revoked. */
const RESIGN_MS = 3_600_000
/** A certificate stays on the list for a while after its end (RFC 5280, 3.3). */
const LISTED_AFTER_END = 30 * DAY

/** The authority that publishes under a name: `authority-1f2e…`, or `authority` for the one in use. */
async function published(ctx: Ctx, name: string): Promise<PlatformKey> {
  if (name === 'root' || name === 'authority') {
    const authority = await authorityInUse(ctx)
    const found = name === 'authority' ? authority : await keyInUse(ctx, 'root')
    if (found) return found
  }
  for (const again of [true, false]) {
    const found = (await authorityKeys(ctx)).find((key) => isNamed(key, name))
    if (found) return found
    // It may be younger than what this isolate remembers.
    if (again) forgetAuthorities(ctx)
  }
  throw notFound()
}

const isNamed = ({ purpose, certificate: { extensions } }: PlatformKey, name: string) =>
  (purpose === 'root' || purpose === 'authority') && publishedName(purpose, extensions.subjectKeyId ?? new Uint8Array()) === name

export const publishedCertificate = async (ctx: Ctx, name: string): Promise<Uint8Array> => (await published(ctx, name)).certificate.der

/** Authorities are revoked by the root, everything else by authorities. */
const revokedBy = (ctx: Ctx, purpose: PlatformKey['purpose']) =>
  and(
    isNotNull(issuedCertificates.revokedAt),
    gt(issuedCertificates.notAfter, new Date(ctx.now.getTime() - LISTED_AFTER_END).toISOString()),
    (purpose === 'root' ? eq : ne)(issuedCertificates.purpose, 'authority'),
  )

async function signList(ctx: Ctx, issuer: PlatformKey & { wrapped: NonNullable<PlatformKey['wrapped']> }): Promise<Uint8Array> {
  const { issueCrl } = await import('../pki/crl.ts')
  const { serial, revokedAt, reason } = issuedCertificates
  // Those of an authority's predecessor may be among them: numbers are random and long, so that nobody else's certificate is meant.
  const rows = await ctx.db.select({ serial, revokedAt, reason }).from(issuedCertificates).where(revokedBy(ctx, issuer.purpose))
  return issueCrl(
    { certificate: issuer.certificate.der, key: await openKey(ctx, issuer.id, issuer.wrapped) },
    {
      number: ctx.now.getTime(),
      thisUpdate: ctx.now,
      nextUpdate: new Date(ctx.now.getTime() + DAY),
      revoked: rows.map((row) => ({
        serial: new Uint8Array(Buffer.from(row.serial, 'hex')),
        at: new Date(row.revokedAt ?? ctx.now),
        reason: (row.reason ?? 'unspecified') as RevocationReason,
      })),
    },
  )
}

/** What the operator made with the root's key, where that key is not here. */
async function givenList(ctx: Ctx, root: PlatformKey): Promise<Uint8Array> {
  const given = ctx.settings.PLATFORM_ROOT_CRL
  if (given === undefined) throw notFound()
  const [{ parseCrl }, { reasonOf }] = await Promise.all([import('../cms/crl.ts'), import('../cms/reasons.ts')])
  const der = fromBase64(given)
  try {
    if (parseCrl(der).issuer.key === root.certificate.subject.key) return der
  } catch (error) {
    console.error(`PLATFORM_ROOT_CRL: ${reasonOf(error, 'the list').detail}`)
  }
  throw notFound()
}

/** The list of what an authority has revoked: signed anew when something was revoked since, and every hour; good for a day. */
export async function publishedList(ctx: Ctx, name: string): Promise<Uint8Array> {
  const issuer = await published(ctx, name)
  const { wrapped } = issuer
  if (!wrapped) return givenList(ctx, issuer)
  const [state] = await ctx.db
    .select({ text: sql<string>`count(*) || ' ' || coalesce(max(${issuedCertificates.revokedAt}), '')` })
    .from(issuedCertificates)
    .where(revokedBy(ctx, issuer.purpose))
  const of = state?.text ?? ''
  const memory = `list ${issuer.id}`
  const make = async () => ({ of, der: await signList(ctx, { ...issuer, wrapped }) })
  const known = await remembered(ctx, memory, make, RESIGN_MS)
  if (known.of === of) return known.der
  forget(ctx, memory)
  return (await remembered(ctx, memory, make, RESIGN_MS)).der
}

/** What is known of a certificate that this authority issued. */
export async function statusOf(ctx: Ctx, authority: PlatformKey, serial: string) {
  const [row] = await ctx.db.select().from(issuedCertificates).where(eq(issuedCertificates.serial, serial))
  if (!row) return { status: 'unknown' } as const
  const { parseCertificate } = await import('../cms/certificate.ts')
  if (!isUnder(parseCertificate(fromBase64(row.certificate)), authority.certificate)) return { status: 'unknown' } as const
  if (row.revokedAt === null) return { status: 'good' } as const
  return { status: 'revoked', at: new Date(row.revokedAt), reason: (row.reason ?? 'unspecified') as RevocationReason } as const
}
