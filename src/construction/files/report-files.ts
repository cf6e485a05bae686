import { and, eq, lte, sql } from 'drizzle-orm'
import * as z from 'zod'
import { audit, orgOf, type Ctx } from '../../context.ts'
import { batch } from '../../db/client.ts'
import { fileLink } from '../../documents/file-link.ts'
import { utf8 } from '../../lib/hash.ts'
import { notFound } from '../../http/errors.ts'
import type { Scope } from '../../db/list-counts.ts'
import { contains, custom, dayValue, definePages, equals, readWindow, type PageQuery } from '../../http/page-list.ts'
import { nextDay, startOfDay } from '../../lib/dates.ts'
import { fromBase64, toBase64Url } from '../../lib/ids.ts'
import { isoStamp } from '../stamps.ts'
import { zoneOf } from '../zone.ts'
import { dropFiles } from './drop-files.ts'
import type { ReportFileRow } from './save-report.ts'
import { reportFiles } from './tables.ts'

const LINK_SECONDS = 300
const MISSING = 'File not found.'

/** Days are the organization's: they become instants before the query is made. */
const asInstant = (compare: '>=' | '<') => custom(dayValue, (at) => sql`${reportFiles.createdAt} ${sql.raw(compare)} ${at}`)

export const reportFilePages = definePages({
  counted: 'report_files',
  key: reportFiles.id,
  filters: {
    type: equals(reportFiles.type),
    date_from: asInstant('>='),
    date_to: asInstant('<'),
    filename: contains(reportFiles.filenameKey),
  },
  sorts: { created_at: reportFiles.createdAt, size: reportFiles.size, filename: reportFiles.filename },
  names: { direction: 'sort_dir' },
})

export const ReportFile = z
  .object({
    id: z.string(),
    path: z.string(),
    filename: z.string(),
    name: z.string().nullable(),
    type: z.string(),
    size: z.int(),
    created_at: z.string(),
    expires_at: z.string(),
    download_url: z.string(),
  })
  .meta({ id: 'ReportFile' })

const idOf = (path: string) => toBase64Url(utf8(path))

function pathOf(key: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(fromBase64(key))
  } catch {
    throw notFound(MISSING)
  }
}

export const presentReportFile = async (ctx: Ctx, row: ReportFileRow) => ({
  id: idOf(row.path),
  path: row.path,
  filename: row.filename,
  name: row.name,
  type: row.type,
  size: row.size,
  created_at: isoStamp(row.createdAt),
  expires_at: isoStamp(row.expiresAt),
  download_url: await fileLink(ctx, row.fileId, LINK_SECONDS),
})

/** Those of the organization that have not expired; with a plus that is no reason to leave the list's own order. */
const mine = (ctx: Ctx) => and(eq(reportFiles.orgId, orgOf(ctx)), sql`+${reportFiles.expiresAt} > ${ctx.now.toISOString()}`)
/** All that are there, without those that cron has yet to take away. */
const livingFiles = (ctx: Ctx): Scope => ({
  orgs: [orgOf(ctx)],
  less: ([ofType]) => sql`(select count(*) from ${reportFiles} where ${reportFiles.orgId} = ${orgOf(ctx)}
    and ${reportFiles.expiresAt} <= ${ctx.now.toISOString()} ${ofType ? sql`and ${reportFiles.type} = ${ofType.values[0]}` : sql``})`,
})
const named = (ctx: Ctx, key: string) => and(mine(ctx), eq(reportFiles.path, pathOf(key)))

export async function listReportFiles(ctx: Ctx, query: PageQuery) {
  const { date_from: from, date_to: to } = query as { date_from?: string; date_to?: string }
  const zone = from === undefined && to === undefined ? '' : await zoneOf(ctx)
  const days = {
    ...(from === undefined ? {} : { date_from: startOfDay(from, zone) }),
    ...(to === undefined ? {} : { date_to: startOfDay(nextDay(to), zone) }),
  }
  const { rows, meta } = await readWindow(ctx.db, reportFiles, reportFilePages.windowOf({ ...query, ...days }, mine(ctx), livingFiles(ctx)))
  return { rows: await Promise.all(rows.map((row) => presentReportFile(ctx, row))), meta }
}

export async function renameReportFile(ctx: Ctx, key: string, name: string): Promise<void> {
  const [changed] = await batch(ctx.db, [
    ctx.db.update(reportFiles).set({ name }).where(named(ctx, key)).returning({ id: reportFiles.id }),
    audit(ctx, orgOf(ctx), 'report_file.renamed', 'report_file', sql`changes() > 0`),
  ])
  if ((changed as unknown[]).length === 0) throw notFound(MISSING)
}

export async function deleteReportFile(ctx: Ctx, key: string): Promise<void> {
  const where = named(ctx, key)
  const removed = (
    await batch(ctx.db, [
      ...dropFiles(ctx, sql`select file_id from report_files where ${where}`),
      ctx.db.delete(reportFiles).where(where).returning({ id: reportFiles.id }),
      audit(ctx, orgOf(ctx), 'report_file.deleted', 'report_file', sql`changes() > 0`),
    ])
  )[2] as unknown[]
  if (removed.length === 0) throw notFound(MISSING)
}

/** Files whose year is over go, some at a time. */
export async function expireReportFiles(ctx: Ctx): Promise<void> {
  const due = await ctx.db
    .select({ id: reportFiles.id, fileId: reportFiles.fileId })
    .from(reportFiles)
    .where(lte(reportFiles.expiresAt, ctx.now.toISOString()))
    .limit(500)
  if (due.length === 0) return
  const of = (values: (string | number)[]) => sql`select value from json_each(${JSON.stringify(values)})`
  await batch(ctx.db, [
    ...dropFiles(ctx, of(due.map((row) => row.fileId))),
    ctx.db.delete(reportFiles).where(sql`${reportFiles.id} in (${of(due.map((row) => row.id))})`),
  ])
}
