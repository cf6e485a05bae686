import { and, eq, sql, type SQL } from 'drizzle-orm'
import { orgOf, type Ctx } from '../../context.ts'
import { asked, isAsked } from '../../db/asked.ts'
import { notFound } from '../../http/errors.ts'
import { showMoney } from '../../http/numbers.ts'
import { definePages, fromDay, oneOf, readWindow, refersTo, toDay, type PageQuery } from '../../http/page-list.ts'
import { namesQuery, presentPerson } from '../people/people.ts'
import { projects } from '../projects/tables.ts'
import { mine, mineCounted } from '../registry/registry.ts'
import { isoStamp } from '../stamps.ts'
import { ADVANCE_TYPES, advanceFiles, advanceTransactions as table, REPORTING } from './tables.ts'

export type AdvanceRow = typeof table.$inferSelect

export const MISSING = 'Операция с подотчётными средствами не найдена'

export const advancePages = definePages({
  counted: 'advance_transactions',
  key: table.id,
  filters: {
    user_id: refersTo(table.userId),
    project_id: refersTo(table.projectId),
    type: oneOf(table.type, ADVANCE_TYPES),
    reporting_status: oneOf(table.status, REPORTING),
    date_from: fromDay(table.documentDate),
    date_to: toDay(table.documentDate),
  },
  sorts: { id: table.id },
})

/** What rows name: people, projects and files, in one trip. */
async function relatedOf(ctx: Ctx, rows: readonly AdvanceRow[]) {
  if (rows.length === 0) return { people: new Map(), places: new Map(), attached: new Map<number, number[]>() }
  const [people, places, attached] = await ctx.db.batch([
    namesQuery(
      ctx,
      rows.flatMap((r) => [r.userId, r.createdBy, r.approvedBy]),
    ),
    ctx.db
      .select({ id: projects.id, name: projects.name, externalCode: projects.externalCode })
      .from(asked(rows.map((r) => r.projectId)))
      .crossJoin(projects)
      .where(isAsked(projects.id)),
    ctx.db
      .select({ id: advanceFiles.id, transactionId: advanceFiles.transactionId })
      .from(asked(rows.map((r) => r.id)))
      .crossJoin(advanceFiles)
      .where(isAsked(advanceFiles.transactionId)),
  ])
  const byTransaction = new Map<number, number[]>()
  for (const { id, transactionId } of attached.toSorted((a, b) => a.id - b.id))
    byTransaction.set(transactionId, [...(byTransaction.get(transactionId) ?? []), id])
  return { people: new Map(people.map((p) => [p.id, p])), places: new Map(places.map((p) => [p.id, p])), attached: byTransaction }
}

export async function presentAdvances(ctx: Ctx, rows: readonly AdvanceRow[]) {
  const { people, places, attached } = await relatedOf(ctx, rows)
  const person = (id: number | null) => {
    const found = id === null ? undefined : people.get(id)
    return found ? presentPerson(found) : null
  }
  return rows.map((row) => {
    const place = row.projectId === null ? undefined : places.get(row.projectId)
    return {
      id: row.id,
      user_id: row.userId,
      organization_id: row.orgId,
      project_id: row.projectId,
      type: row.type,
      amount: showMoney(row.amount),
      description: row.description,
      document_number: row.documentNumber,
      document_date: row.documentDate,
      balance_after: showMoney(row.balanceAfter),
      reporting_status: row.status,
      reported_at: row.reportedAt && isoStamp(row.reportedAt),
      approved_at: row.approvedAt && isoStamp(row.approvedAt),
      created_by_user_id: row.createdBy,
      approved_by_user_id: row.approvedBy,
      external_code: row.externalCode,
      accounting_data: row.accountingData,
      attachment_ids: attached.get(row.id)?.join(',') ?? null,
      created_at: isoStamp(row.createdAt),
      updated_at: isoStamp(row.updatedAt),
      user: person(row.userId),
      project: place ? { id: place.id, name: place.name, external_code: place.externalCode } : null,
      created_by: person(row.createdBy),
      approved_by: person(row.approvedBy),
    }
  })
}

export async function loadAdvance(ctx: Ctx, id: number): Promise<AdvanceRow> {
  const [row] = await ctx.db
    .select()
    .from(table)
    .where(and(eq(table.id, id), mine(ctx, table)))
  if (!row) throw notFound(MISSING)
  return row
}

/** One as it is now: what triggers have changed by then is seen. */
export async function showAdvance(ctx: Ctx, id: number) {
  const [shown] = await presentAdvances(ctx, [await loadAdvance(ctx, id)])
  return shown
}

export async function listAdvances(ctx: Ctx, query: PageQuery, where?: SQL) {
  const { rows, meta } = await readWindow(
    ctx.db,
    table,
    advancePages.windowOf(query, and(mine(ctx, table), where), where ? undefined : mineCounted(ctx)),
  )
  return { rows: await presentAdvances(ctx, rows), meta }
}

/** The newest of those that a condition leaves, for answers without pages. */
export async function newestAdvances(ctx: Ctx, where: SQL, limit = 1000) {
  const rows = await ctx.db
    .select()
    .from(table)
    .where(and(eq(table.orgId, orgOf(ctx)), sql`${table.deletedAt} is null`, where))
    .orderBy(sql`${table.id} desc`)
    .limit(limit)
  return presentAdvances(ctx, rows)
}
