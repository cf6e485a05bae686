import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { fileKey } from '../documents/files.ts'
import { files } from '../documents/tables.ts'
import { notFound } from '../http/errors.ts'
import { organizations } from '../identity/tables.ts'
import { commonNameOf } from '../lib/distinguished-name.ts'
import { toHex } from '../lib/ids.ts'
import type { CmsEvidence, SigningMethod } from './model.ts'
import { filesFit, presentEvent, proofOf, signatureFits, trailHolds, type Proof } from './proof.ts'
import { packageEvents, packageFiles, packageParticipants, packages, packageSignatures } from './tables.ts'

export { trailHolds } from './proof.ts'

/** `С. А. М.`: enough for those who know, nothing for those who don't. */
export const initials = (fullName: string) =>
  fullName
    .trim()
    .split(/\s+/)
    .slice(0, 5)
    .map((word) => `${String.fromCodePoint(word.codePointAt(0) ?? 46).toUpperCase()}.`)
    .join(' ')

export interface VerifiedSigner {
  /** Initials alone. */
  name: string
  action: 'signed' | 'approved'
  /** How it signed; null for an approval. */
  method: SigningMethod | null
  /** ISO 8601. */
  at: string
  /** The trail names what was signed and by which CMS, and those are in the store. */
  valid: boolean
  /** Whose word there is for the signature. Null where it left no CMS. */
  evidence: VerifiedEvidence | null
}

export interface VerifiedEvidence {
  /** Common name of who issued the certificate: of the signer's own key or the one that is kept for it; with a code it is the platform's. */
  issuer: string
  revocation: CmsEvidence['revocation']
  timestamp: CmsEvidence['timestamp']
}

export interface Verified {
  id: string
  title: string
  organization: string
  timeZone: string
  status: string
  /** The trail is unbroken, and every file and signature that it names is in the store. */
  valid: boolean
  documents: { name: string; sha256: string; stampedSha256: string | null }[]
  certificateSha256: string | null
  /** Who signed and who approved, in their order; nobody unless the package is signed. */
  signers: VerifiedSigner[]
}

/** The trail of a package, oldest first: who did what, when and from where, and whether the chain holds. */
export async function packageTrail(ctx: Pick<Ctx, 'db'>, packageId: string) {
  const rows = await ctx.db.select().from(packageEvents).where(eq(packageEvents.packageId, packageId)).orderBy(asc(packageEvents.seq))
  return { items: rows.map(presentEvent), valid: trailHolds(rows) }
}

/** As many `.p7s` are looked up in the store; of a longer route the trail's word and D1's are held against each other. */
const MAX_CMS_LOOKED_UP = 100

async function isStored(ctx: Ctx, orgId: number, { sha256, size }: { sha256: string; size: number }): Promise<boolean> {
  const object = await ctx.env.FILES.head(fileKey(orgId, sha256))
  const sum = object?.checksums.sha256
  return object !== null && object.size === size && sum !== undefined && toHex(new Uint8Array(sum)) === sha256
}

/** The hashes among these that are in the store with their very bytes. */
async function storedAmong(ctx: Ctx, orgId: number, wanted: readonly { sha256: string; size: number }[]): Promise<Set<string>> {
  const each = [...new Map(wanted.map((f) => [f.sha256, f])).values()]
  const found = await Promise.all(each.map((f) => isStored(ctx, orgId, f)))
  return new Set(each.filter((_, i) => found[i]).map((f) => f.sha256))
}

const participantsOf = (ctx: Ctx, packageId: string) =>
  ctx.db
    .select({
      id: packageParticipants.id,
      name: packageParticipants.fullName,
      status: packageParticipants.status,
      method: packageParticipants.method,
      at: packageParticipants.actedAt,
    })
    .from(packageParticipants)
    .where(and(eq(packageParticipants.packageId, packageId), inArray(packageParticipants.status, ['signed', 'approved'])))
    .orderBy(asc(packageParticipants.order), asc(packageParticipants.position), asc(packageParticipants.id))

/** One row for each who signed, whatever the number of documents: their certificates and stamps are of one kind. */
const signaturesOf = (ctx: Ctx, packageId: string) =>
  ctx.db
    .select({
      participantId: packageSignatures.participantId,
      certificate: packageSignatures.certificate,
      timestamp: packageSignatures.timestamp,
      // `unknown` of any document is `unknown` of all.
      revocation: sql<CmsEvidence['revocation']>`max(${packageSignatures.revocation})`,
      cms: sql<string>`group_concat(${files.sha256} || ' ' || ${files.size})`,
    })
    .from(packageSignatures)
    .innerJoin(files, eq(files.id, packageSignatures.fileId))
    .where(eq(packageSignatures.packageId, packageId))
    .groupBy(packageSignatures.participantId)

interface Left {
  participantId: string
  evidence: VerifiedEvidence
  cms: { sha256: string; size: number }[]
}

const leftOf = ({ participantId, certificate, timestamp, revocation, cms }: Awaited<ReturnType<typeof signaturesOf>>[number]): Left => ({
  participantId,
  evidence: { issuer: commonNameOf(certificate.issuer), revocation, timestamp },
  cms: cms.split(',').map((pair) => {
    const [sha256 = '', size = ''] = pair.split(' ')
    return { sha256, size: Number(size) }
  }),
})

const asMethod = (method: string | null): SigningMethod => (method === 'cms' || method === 'server' ? method : 'sms')

/** Checks a package for anybody who holds its id. Withdrawn and unfinished ones show their state, and nobody's name. */
export async function verifyPackage(ctx: Ctx, packageId: string): Promise<Verified> {
  const [row] = await ctx.db
    .select({ p: packages, org: { name: organizations.name, timeZone: organizations.timeZone } })
    .from(packages)
    .innerJoin(organizations, eq(organizations.id, packages.orgId))
    .where(eq(packages.id, packageId))
  if (!row || row.p.status === 'draft') throw notFound('There is no such package.')
  const { p, org } = row
  const signed = p.status === 'signed'
  const [listed, people, signatures, trail] = await ctx.db.batch([
    ctx.db
      .select()
      .from(packageFiles)
      .where(eq(packageFiles.packageId, packageId))
      .orderBy(asc(packageFiles.position), asc(packageFiles.id)),
    participantsOf(ctx, packageId),
    signaturesOf(ctx, packageId),
    ctx.db.select().from(packageEvents).where(eq(packageEvents.packageId, packageId)).orderBy(asc(packageEvents.seq)),
  ])
  const left = signatures.map(leftOf)
  const proof = signed ? proofOf(trail) : undefined
  const cms = left.flatMap((l) => l.cms)
  const lookedUp = cms.length <= MAX_CMS_LOOKED_UP ? cms : []
  const stored = signed ? await storedAmong(ctx, p.orgId, [...listed, ...lookedUp]) : new Set<string>()
  const signers = signed ? people.map((person) => signerOf(person, left, proof, (f) => lookedUp.length === 0 || stored.has(f.sha256))) : []
  const originals = listed.filter((f) => f.type === 'original')
  return {
    id: p.id,
    title: p.title,
    organization: org.name,
    timeZone: org.timeZone ?? ctx.settings.TIME_ZONE,
    status: p.status,
    valid:
      proof !== undefined &&
      filesFit(proof, listed) &&
      listed.every((f) => stored.has(f.sha256)) &&
      signers.some((s) => s.action === 'signed') &&
      signers.every((s) => s.valid),
    documents: originals.map((original) => ({
      name: original.name,
      sha256: original.sha256,
      stampedSha256: listed.find((f) => f.type === 'stamped' && isOf(f, original))?.sha256 ?? null,
    })),
    certificateSha256: listed.find((f) => f.type === 'certificate')?.sha256 ?? null,
    signers,
  }
}

type FileRow = typeof packageFiles.$inferSelect
/** Files of before there was `documentId` are told by their name. */
const isOf = (stamped: FileRow, original: FileRow) =>
  stamped.documentId === null ? stamped.name === original.name : stamped.documentId === original.id

function signerOf(
  { id, name, status, method, at }: Awaited<ReturnType<typeof participantsOf>>[number],
  left: readonly Left[],
  proof: Proof | undefined,
  isKept: (file: { sha256: string }) => boolean,
): VerifiedSigner {
  const base = { name: initials(name), at: at ?? '' }
  if (status === 'approved') return { ...base, action: 'approved', method: null, valid: proof !== undefined, evidence: null }
  const own = left.find((l) => l.participantId === id)
  const cms = own?.cms ?? []
  const fits =
    proof !== undefined &&
    signatureFits(
      proof,
      id,
      cms.map((f) => f.sha256),
    )
  return { ...base, action: 'signed', method: asMethod(method), valid: fits && cms.every(isKept), evidence: own?.evidence ?? null }
}
