import { and, desc, eq, sql } from 'drizzle-orm'
import { orgOf, type Ctx } from '../context.ts'
import { drfPage, drfWindow } from '../http/drf-page.ts'
import { notFound } from '../http/errors.ts'
import { subjectStatus } from '../office/packages/send-subject.ts'
import { packages } from '../signing/tables.ts'
import type { DocumentsAsked } from './document-schemas.ts'
import { presentDocument, presentListed, type DocumentRow, type DocumentStatus } from './present-document.ts'
import { matches } from './service.ts'
import { smartDocuments } from './tables.ts'

/** A document of the caller's organization; anybody else's does not exist. */
export async function loadDocument(ctx: Ctx, id: string): Promise<{ row: DocumentRow; status: DocumentStatus }> {
  const [found] = await ctx.db
    .select({ row: smartDocuments, status: subjectStatus(ctx) })
    .from(smartDocuments)
    .leftJoin(packages, eq(packages.id, smartDocuments.packageId))
    .where(and(eq(smartDocuments.orgId, orgOf(ctx)), eq(smartDocuments.id, id)))
  if (!found) throw notFound()
  return found
}

export async function getDocument(ctx: Ctx, id: string) {
  const { row, status } = await loadDocument(ctx, id)
  return presentDocument(ctx, row, status)
}

const listed = () => {
  const { id, kind, number, year, date, vat, total, packageId, staff, createdAt, buyerBin, buyerName } = smartDocuments
  return { id, kind, number, year, date, vat, total, packageId, staff, createdAt, buyerBin, buyerName }
}

/** The organization's documents, newest first. */
export async function listDocuments(ctx: Ctx, asked: DocumentsAsked, url: string) {
  const window = drfWindow(asked)
  const status = subjectStatus(ctx)
  const where = and(
    eq(smartDocuments.orgId, orgOf(ctx)),
    asked.kind && eq(smartDocuments.kind, asked.kind),
    asked.year === undefined ? undefined : eq(smartDocuments.year, Number(asked.year)),
    asked.bin === undefined ? undefined : eq(smartDocuments.buyerBin, asked.bin),
    asked.status && sql`${status} = ${asked.status}`,
    matches(smartDocuments.search, asked.search),
  )
  const joined = eq(packages.id, smartDocuments.packageId)
  const [rows, [count]] = await ctx.db.batch([
    ctx.db
      .select({ row: listed(), status })
      .from(smartDocuments)
      .leftJoin(packages, joined)
      .where(where)
      .orderBy(desc(smartDocuments.seq))
      .limit(window.limit)
      .offset(window.offset),
    ctx.db
      .select({ total: sql<number>`count(*)` })
      .from(smartDocuments)
      .leftJoin(packages, joined)
      .where(where),
  ])
  return drfPage(
    window,
    url,
    count?.total ?? 0,
    rows.map((found) => presentListed(ctx, found.row, found.status)),
  )
}
