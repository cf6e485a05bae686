import { and, asc, eq, gt } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { AppError } from '../http/errors.ts'
import { organizations } from '../identity/tables.ts'
import {
  filesOf,
  findAgreement,
  historyOf,
  nameOf,
  notSaved,
  openData,
  openIdentity,
  presentData,
  type AgreementRow,
  type FileRow,
} from './load.ts'
import { moveAgreement } from './move.ts'
import { titleOf, type Kind } from './statuses.ts'
import { agreementHistory, agreements } from './tables.ts'

interface Verdict {
  client: number
  type: Kind
  status: 'ready' | 'rejected'
  comment?: string | undefined
}

async function reviewed(ctx: Ctx, orgId: number, kind: Kind): Promise<AgreementRow> {
  const row = await findAgreement(ctx, orgId, kind)
  if (!row) throw notSaved(kind)
  return row
}

/** The operator's verdict. A rejected agreement goes back to the subscriber with the reasons; it may be put right and sent again. */
export async function reviewAgreement(ctx: Ctx, { client, type, status, comment }: Verdict) {
  const row = await reviewed(ctx, client, type)
  if (row.status !== 'review') throw new AppError('conflict', 'The agreement is not under review')
  await moveAgreement(ctx, row, status, { comment: comment ?? null })
  return { success: true as const }
}

const presentFile = ({ id, kind, name, mime, size, sha256, signatures, createdAt }: FileRow) => ({
  id,
  kind,
  name,
  mime,
  size,
  sha256,
  signatures: signatures.map(({ signer, signedAt, format }) => ({ signer, signed_at: signedAt, format })),
  created_at: createdAt,
})

const head = (row: AgreementRow) => ({
  client: row.orgId,
  type: row.type,
  name: nameOf(row),
  status: row.status,
  title: titleOf(row.status),
  comment: row.comment,
  status_at: row.statusAt,
})

/** What waits for the operator's verdict, or is in another status; oldest first. */
export async function listReviews(
  ctx: Ctx,
  asked: { status?: AgreementRow['status'] | undefined; limit?: number | undefined; after?: string | undefined },
) {
  const { status = 'review', limit = 100, after } = asked
  const rows = await ctx.db
    .select({ row: agreements, organization: organizations.name })
    .from(agreements)
    .innerJoin(organizations, eq(organizations.id, agreements.orgId))
    .where(and(eq(agreements.status, status), after === undefined ? undefined : gt(agreements.id, Number(after))))
    .orderBy(asc(agreements.id))
    .limit(limit + 1)
  const page = rows.slice(0, limit)
  return {
    items: page.map(({ row, organization }) => ({ ...head(row), organization })),
    next: rows.length > limit ? String(page.at(-1)?.row.id ?? '') : undefined,
  }
}

/** All that the operator goes by: the fields, the files, who the subscriber is by ESIA, what happened. */
export async function getReview(ctx: Ctx, orgId: number, kind: Kind) {
  const row = await reviewed(ctx, orgId, kind)
  const [files, identity, history] = await Promise.all([
    filesOf(ctx, row.id),
    openIdentity(ctx, row),
    historyOf(ctx, eq(agreementHistory.agreementId, row.id)),
  ])
  return {
    ...head(row),
    agreement: presentData(kind, await openData(ctx, row), files),
    identity: identity && { provider: identity.provider, full_name: identity.fullName, trusted: identity.trusted, at: identity.at },
    files: files.map(presentFile),
    history: history.map(({ status, title, comment, at }) => ({ status, title, comment, at })),
  }
}
