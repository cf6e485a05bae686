import { and, desc, eq, sql, type SQL } from 'drizzle-orm'
import { orgOf, type Ctx } from '../context.ts'
import { AppError } from '../http/errors.ts'
import { CYRILLIC, FIELDS, FILES, LATIN, type AgreementData } from './fields.ts'
import { KINDS, titleOf, type Kind } from './statuses.ts'
import { agreementFiles, agreementHistory, agreements } from './tables.ts'
import { vaultOf } from './vault.ts'

export type AgreementRow = typeof agreements.$inferSelect
export type FileRow = typeof agreementFiles.$inferSelect

const NAMES: Record<Kind, string> = { fiz: 'Fiz', jur: 'Jur', ip: 'Ip' }

export const notSaved = (kind: Kind) => new AppError('not_found', `${NAMES[kind]} contract not found`)
/** The document's answer wherever there is nothing to sign or to read yet. */
export const notReady = () => new AppError('conflict', 'File not ready for download')

/** The agreement's name: the organization's number, and which of its three it is. */
export const nameOf = ({ orgId, type }: Pick<AgreementRow, 'orgId' | 'type'>) => `Q${orgId}-${KINDS.indexOf(type) + 1}`

export async function findAgreement(ctx: Pick<Ctx, 'db'>, orgId: number, kind: Kind): Promise<AgreementRow | undefined> {
  const [row] = await ctx.db
    .select()
    .from(agreements)
    .where(and(eq(agreements.orgId, orgId), eq(agreements.type, kind)))
  return row
}

export async function agreementById(ctx: Pick<Ctx, 'db'>, id: number): Promise<AgreementRow | undefined> {
  const [row] = await ctx.db.select().from(agreements).where(eq(agreements.id, id))
  return row
}

/** The organization's agreement: the one that is signed, else the one that moved last. There are three at most. */
export async function currentAgreement(ctx: Pick<Ctx, 'db'>, orgId: number): Promise<AgreementRow | undefined> {
  const [row] = await ctx.db
    .select()
    .from(agreements)
    .where(eq(agreements.orgId, orgId))
    .orderBy(desc(sql`${agreements.status} = 'signed'`), desc(agreements.statusAt), desc(agreements.id))
    .limit(1)
  return row
}

/** What may be signed now, the one that moved last; else the current one. */
export async function signableAgreement(ctx: Pick<Ctx, 'db'>, orgId: number): Promise<AgreementRow | undefined> {
  const [row] = await ctx.db
    .select()
    .from(agreements)
    .where(eq(agreements.orgId, orgId))
    .orderBy(desc(sql`${agreements.status} in ('ready', 'signing')`), desc(agreements.statusAt), desc(agreements.id))
    .limit(1)
  return row
}

export const dataLabel = ({ type }: Pick<AgreementRow, 'type'>) => `agreement:${type}`

export async function openData(ctx: Ctx, row: AgreementRow): Promise<AgreementData> {
  const vault = await vaultOf(ctx, row.orgId)
  return (await vault.openJson(dataLabel(row), row.data)) as AgreementData
}

/** Who the subscriber is by ESIA. */
export interface Identity {
  provider: 'esia'
  oid: string
  /** Eleven digits. */
  snils: string | null
  /** Whether ESIA holds the account for confirmed. */
  trusted: boolean
  fullName: string
  at: string
}

export const identityLabel = ({ type }: Pick<AgreementRow, 'type'>) => `identity:${type}`

export async function openIdentity(ctx: Ctx, row: AgreementRow): Promise<Identity | null> {
  if (row.identity === null) return null
  return (await (await vaultOf(ctx, row.orgId)).openJson(identityLabel(row), row.identity)) as Identity
}

export const filesOf = (ctx: Pick<Ctx, 'db'>, agreementId: number): Promise<FileRow[]> =>
  ctx.db.select().from(agreementFiles).where(eq(agreementFiles.agreementId, agreementId)).orderBy(agreementFiles.id)

/** The fields and files as document 003 returns them, both spellings of the account among them. */
export function presentData(kind: Kind, data: AgreementData, files: FileRow[]): Record<string, unknown> {
  const text = (name: string) => data[name] ?? null
  const spelt = (name: string): [string, unknown][] =>
    name === LATIN
      ? [
          [CYRILLIC, text(name)],
          [LATIN, text(name)],
        ]
      : [[name, text(name)]]
  return {
    ...Object.fromEntries(Object.keys(FIELDS[kind]).flatMap(spelt)),
    agree_to_the_terms: text('agree_to_the_terms'),
    ...Object.fromEntries(FILES[kind].map((name) => [name, files.find((f) => f.kind === name)?.id ?? null])),
  }
}

/** What is saved of a type. */
export async function getSaved(ctx: Ctx, kind: Kind) {
  const row = await findAgreement(ctx, orgOf(ctx), kind)
  if (!row) throw notSaved(kind)
  return { agreement: presentData(kind, await openData(ctx, row), await filesOf(ctx, row.id)) }
}

export async function currentStatus(ctx: Ctx) {
  const row = await currentAgreement(ctx, orgOf(ctx))
  const status = row?.status ?? ('empty' as const)
  return {
    status,
    title: titleOf(status),
    name: row ? nameOf(row) : null,
    type: row?.type ?? null,
    comment: row?.comment ?? null,
    success: true,
  }
}

/** Every status that agreements have had, oldest first. */
export async function historyOf(ctx: Pick<Ctx, 'db'>, which: SQL) {
  const rows = await ctx.db
    .select({ entry: agreementHistory, type: agreements.type })
    .from(agreementHistory)
    .innerJoin(agreements, eq(agreements.id, agreementHistory.agreementId))
    .where(which)
    .orderBy(agreementHistory.id)
    .limit(500)
  return rows.map(({ entry, type }) => ({
    type,
    name: nameOf({ orgId: entry.orgId, type }),
    status: entry.status,
    title: titleOf(entry.status as AgreementRow['status']),
    comment: entry.comment,
    at: entry.at,
  }))
}

export const getHistory = async (ctx: Ctx) => ({ history: await historyOf(ctx, eq(agreementHistory.orgId, orgOf(ctx))) })
