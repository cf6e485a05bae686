import { and, asc, eq, isNotNull } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { fileKey } from '../documents/files.ts'
import { notFound } from '../http/errors.ts'
import { organizations } from '../identity/tables.ts'
import { toHex } from '../lib/ids.ts'
import { chain } from './store.ts'
import { packageEvents, packageFiles, packageParticipants, packages } from './tables.ts'

/** `С. А. М.`: enough for those who know, nothing for those who don't. */
export const initials = (fullName: string) =>
  fullName
    .trim()
    .split(/\s+/)
    .slice(0, 5)
    .map((word) => `${String.fromCodePoint(word.codePointAt(0) ?? 46).toUpperCase()}.`)
    .join(' ')

export interface Verified {
  id: string
  title: string
  organization: string
  timeZone: string
  status: string
  /** The trail is unbroken and every file is in the store with the bytes that were signed. */
  valid: boolean
  documents: { name: string; sha256: string; stampedSha256: string | null }[]
  signers: { name: string; method: string; at: string }[]
}

/** An event as it is listed; its hash covers all of it but itself. */
const presentEvent = (e: typeof packageEvents.$inferSelect) => ({
  seq: e.seq,
  type: e.type,
  at: e.at,
  actor: e.actor,
  ip: e.ip,
  user_agent: e.userAgent,
  ...(e.data ? { data: e.data } : {}),
  prev_hash: e.prevHash,
  hash: e.hash,
})

/** The trail of a package, oldest first: who did what, when and from where, and whether the chain holds. */
export async function packageTrail(ctx: Pick<Ctx, 'db'>, packageId: string) {
  const rows = await ctx.db.select().from(packageEvents).where(eq(packageEvents.packageId, packageId)).orderBy(asc(packageEvents.seq))
  return { items: rows.map(presentEvent), valid: trailHolds(rows) }
}

/** Whether the trail's hashes follow from each other (DECISIONS › office, Events). */
export function trailHolds(rows: (typeof packageEvents.$inferSelect)[]): boolean {
  let previous = '0'.repeat(64)
  return rows.every((e, i) => {
    const { hash: _, ...event } = presentEvent(e)
    const holds = e.seq === i + 1 && e.prevHash === previous && chain(event).hash === e.hash
    previous = e.hash
    return holds
  })
}

async function stored(ctx: Ctx, orgId: number, sha256: string, size: number): Promise<boolean> {
  const object = await ctx.env.FILES.head(fileKey(orgId, sha256))
  const sum = object?.checksums.sha256
  return object !== null && object.size === size && sum !== undefined && toHex(new Uint8Array(sum)) === sha256
}

/** Checks a package for anybody who holds its id. Withdrawn and unfinished ones show their state, and nobody's name. */
export async function verifyPackage(ctx: Ctx, packageId: string): Promise<Verified> {
  const [row] = await ctx.db
    .select({ p: packages, org: { name: organizations.name, timeZone: organizations.timeZone } })
    .from(packages)
    .innerJoin(organizations, eq(organizations.id, packages.orgId))
    .where(eq(packages.id, packageId))
  if (!row || row.p.status === 'draft') throw notFound('There is no such package.')
  const { p, org } = row
  const [files, signers, trail] = await ctx.db.batch([
    ctx.db.select().from(packageFiles).where(eq(packageFiles.packageId, packageId)).orderBy(asc(packageFiles.id)),
    ctx.db
      .select({ name: packageParticipants.fullName, method: packageParticipants.method, at: packageParticipants.actedAt })
      .from(packageParticipants)
      .where(and(eq(packageParticipants.packageId, packageId), isNotNull(packageParticipants.actedAt)))
      .orderBy(asc(packageParticipants.order)),
    ctx.db.select().from(packageEvents).where(eq(packageEvents.packageId, packageId)).orderBy(asc(packageEvents.seq)),
  ])
  const intact = await Promise.all(files.map((f) => stored(ctx, p.orgId, f.sha256, f.size)))
  const signed = p.status === 'signed'
  return {
    id: p.id,
    title: p.title,
    organization: org.name,
    timeZone: org.timeZone ?? ctx.settings.TIME_ZONE,
    status: p.status,
    valid: signed && trailHolds(trail) && intact.every(Boolean) && signers.length > 0,
    documents: files
      .filter((f) => f.type === 'original')
      .map((f) => ({
        name: f.name,
        sha256: f.sha256,
        stampedSha256: files.find((s) => s.type === 'stamped' && s.name === f.name)?.sha256 ?? null,
      })),
    signers: signed ? signers.map((s) => ({ name: initials(s.name), method: s.method ?? 'sms', at: s.at ?? '' })) : [],
  }
}
