/** Answers on revocation, kept while they hold: what they are in D1, lists themselves in R2, as some are of megabytes. */
import { and, gt, inArray, lte, sql } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import { sha256Hex } from '../../lib/hash.ts'
import { fromBase64, toBase64 } from '../../lib/ids.ts'
import type { Certificate } from '../cms/certificate.ts'
import { revocationCache } from '../tables.ts'

type Kind = 'ocsp' | 'crl'

export interface Kept {
  /** Null for a failure that is remembered; undefined where they are gone. */
  bytes: () => Promise<Uint8Array | null | undefined>
}

/** No answer is used for longer, whatever it allows. */
const LONGEST_MS = 86_400_000
/** One that does not say when the next one comes, is not the last word for long. */
const UNSAID_MS = 5 * 60_000
const FAILURE_MS = 60_000
/** R2 deletes that many objects at once. */
const SWEEP = 500

/** An OCSP answer is about one certificate; a list about all. */
export const revocationKey = (kind: Kind, url: URL, { der }: Certificate): string =>
  sha256Hex(kind === 'ocsp' ? `ocsp ${url.href} ${sha256Hex(der)}` : `crl ${url.href}`)

const objectOf = (key: string) => `revocation/${key}`

/** What is kept under these keys and may still be used. */
export async function loadKept(ctx: Ctx, keys: string[]): Promise<Map<string, Kept>> {
  if (keys.length === 0) return new Map()
  const rows = await ctx.db
    .select({ key: revocationCache.key, kind: revocationCache.kind, body: revocationCache.body })
    .from(revocationCache)
    .where(and(inArray(revocationCache.key, keys), gt(revocationCache.nextUpdate, ctx.now.toISOString())))
  return new Map(rows.map(({ key, kind, body }) => [key, { bytes: () => bytesOf(ctx, key, kind, body) }]))
}

async function bytesOf(ctx: Ctx, key: string, kind: Kind, body: string | null): Promise<Uint8Array | null | undefined> {
  if (body === null) return null
  if (kind === 'ocsp') return fromBase64(body)
  const object = await ctx.env.FILES.get(objectOf(key))
  return object ? new Uint8Array(await object.arrayBuffer()) : undefined
}

/** Keeps an answer until the next one is to come, or a failure (null) for a minute. */
export async function remember(
  ctx: Ctx,
  { key, kind }: { key: string; kind: Kind },
  answer: { bytes: Uint8Array; nextUpdate: Date | undefined } | null,
): Promise<void> {
  const now = ctx.now.getTime()
  const until = answer ? Math.min(answer.nextUpdate?.getTime() ?? now + UNSAID_MS, now + LONGEST_MS) : now + FAILURE_MS
  // A list lies in R2; the row tells that it does.
  if (answer && kind === 'crl') await ctx.env.FILES.put(objectOf(key), answer.bytes)
  const body = answer && (kind === 'ocsp' ? toBase64(answer.bytes) : objectOf(key))
  const row = { kind, body, fetchedAt: ctx.now.toISOString(), nextUpdate: new Date(until).toISOString() }
  await ctx.db
    .insert(revocationCache)
    .values({ key, ...row })
    .onConflictDoUpdate({
      target: revocationCache.key,
      set: row,
      // Of two that ask at once one may fail: an answer is not given up for that.
      ...(answer ? {} : { setWhere: lte(revocationCache.nextUpdate, ctx.now.toISOString()) }),
    })
}

/** Forgets what is out of date. */
export async function sweepRevocationCache(ctx: Ctx): Promise<void> {
  const now = ctx.now.toISOString()
  for (;;) {
    const old = await ctx.db
      .select({ key: revocationCache.key, kind: revocationCache.kind })
      .from(revocationCache)
      .where(lte(revocationCache.nextUpdate, now))
      .limit(SWEEP)
    if (old.length === 0) return
    const lists = old.flatMap(({ key, kind }) => (kind === 'crl' ? [objectOf(key)] : []))
    if (lists.length > 0) await ctx.env.FILES.delete(lists)
    const keys = JSON.stringify(old.map(({ key }) => key))
    await ctx.db
      .delete(revocationCache)
      .where(and(lte(revocationCache.nextUpdate, now), sql`${revocationCache.key} in (select value from json_each(${keys}))`))
  }
}
