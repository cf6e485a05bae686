import { and, asc, desc, eq, inArray, sql, type SQL } from 'drizzle-orm'
import { orgOf, type Ctx } from '../../context.ts'
import { AppError } from '../../http/errors.ts'
import { packageFiles, packageParticipants, packages } from '../../signing/tables.ts'
import { officeClients } from '../tables.ts'
import { readPage } from '../page.ts'
import { presentRow } from './present.ts'

type Row = typeof packages.$inferSelect
interface Asked {
  page: number
  per_page: number
}

/** Documents and participants of a page of packages, in two queries. */
async function withParts(ctx: Ctx, rows: Row[]) {
  const ids = sql`(select value from json_each(${JSON.stringify(rows.map((r) => r.id))}))`
  const [documents, participants] = await ctx.db.batch([
    ctx.db
      .select()
      .from(packageFiles)
      .where(and(inArray(packageFiles.packageId, ids), eq(packageFiles.type, 'original')))
      .orderBy(asc(packageFiles.position)),
    ctx.db.select().from(packageParticipants).where(inArray(packageParticipants.packageId, ids)).orderBy(asc(packageParticipants.position)),
  ])
  const [files, people] = [Map.groupBy(documents, (d) => d.packageId), Map.groupBy(participants, (p) => p.packageId)]
  return rows.map((row) => presentRow({ row, documents: files.get(row.id) ?? [], participants: people.get(row.id) ?? [] }))
}

async function pageOf(ctx: Ctx, where: SQL | undefined, asked: Asked) {
  const source = { table: packages, where, orderBy: [desc(packages.createdAt), desc(packages.id)] }
  const page = await readPage(ctx.db, source, asked, (row) => asOf(ctx, row))
  return { ...page, items: await withParts(ctx, page.items) }
}

/** A package past its deadline has expired, whether or not its object has woken yet. */
const asOf = (ctx: Ctx, row: Row): Row =>
  row.status === 'in_progress' && row.deadline !== null && row.deadline <= ctx.now.toISOString() ? { ...row, status: 'expired' } : row

const statusIs = (ctx: Ctx, status: string): SQL => {
  const now = ctx.now.toISOString()
  const due = sql`(${packages.status} = 'in_progress' and ${packages.deadline} is not null and ${packages.deadline} <= ${now})`
  if (status === 'expired') return sql`(${packages.status} = 'expired' or ${due})`
  return status === 'in_progress' ? sql`(${packages.status} = 'in_progress' and not ${due})` : eq(packages.status, status)
}

/** The organization's packages, newest first. `participant`: those on whose route one of its companies is. */
export async function listPackages(
  ctx: Ctx,
  { status, role, ...asked }: Asked & { status?: string | undefined; role?: string | undefined },
) {
  const onRoute = sql`exists (select 1 from ${packageParticipants} p where p.package_id = ${packages.id} and p.company_id is not null)`
  const where = and(
    eq(packages.orgId, orgOf(ctx)),
    eq(packages.subjectType, 'package'),
    status === undefined ? undefined : statusIs(ctx, status),
    role === 'participant' ? onRoute : undefined,
  )
  return pageOf(ctx, where, asked)
}

/**
 * The packages of the client who asks: named in them, or by the phone, also where it was registered later (document 002, 7.1). Neither drafts
 * nor revoked ones.
 */
export async function listMyPackages(ctx: Ctx, asked: Asked) {
  const { actor } = ctx
  if (actor.kind !== 'client') throw new AppError('forbidden', 'This is for clients.')
  const [me] = await ctx.db.select({ phone: officeClients.phone }).from(officeClients).where(eq(officeClients.id, actor.clientId))
  const mine = sql`${packages.id} in (
    select package_id from ${packageParticipants} where client_id = ${actor.clientId}
    union select package_id from ${packageParticipants} where phone = ${me?.phone ?? ''} and client_id is null)`
  const where = and(
    eq(packages.orgId, actor.orgId),
    eq(packages.subjectType, 'package'),
    sql`${packages.status} not in ('draft', 'revoked')`,
    mine,
  )
  const page = await pageOf(ctx, where, asked)
  return { ...page, items: page.items.map(({ metadata: _, ...item }) => item) }
}
