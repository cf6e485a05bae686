import { orgOf, type Ctx } from '../../context.ts'
import { batch, isUniqueViolation } from '../../db/client.ts'
import { cleanFileName, fileWrite, sendBytes, storeBytes, type FileRow } from '../../documents/files.ts'
import { storeStream } from '../../documents/store-stream.ts'
import { addDays, dayIn } from '../../lib/dates.ts'
import { randomHex } from '../../lib/ids.ts'
import { searchable } from '../../lib/search-text.ts'
import { zoneOf } from '../zone.ts'
import { reportFiles } from './tables.ts'

export type ReportFileRow = typeof reportFiles.$inferSelect

const KEPT_DAYS = 365

export interface NewReportFile {
  /** What made it, `reports` for instance; further parts may follow: `reports/material-usage`. */
  type: string
  filename: string
  /** What people call it. */
  name?: string | null
  mime: string
  content: Uint8Array | ReadableStream<Uint8Array>
  /** Whose it is, where the caller is the service itself. */
  orgId?: number
}

/** `a.xlsx` and a few random digits: `a-3f9c01.xlsx`. */
function anotherName(filename: string): string {
  const dot = filename.lastIndexOf('.')
  return dot > 0 ? `${filename.slice(0, dot)}-${randomHex(3)}${filename.slice(dot)}` : `${filename}-${randomHex(3)}`
}

async function keep(
  ctx: Ctx,
  { type, filename, name = null, mime, content, orgId = orgOf(ctx) }: NewReportFile,
): Promise<{ row: ReportFileRow; file: FileRow }> {
  const clean = cleanFileName(filename)
  const today = dayIn(ctx.now, await zoneOf(ctx, orgId))
  const store = content instanceof Uint8Array ? storeBytes(ctx, orgId, content, clean, mime) : storeStream(ctx, orgId, content, clean, mime)
  const file = await store
  const write = fileWrite(ctx, [file])
  const expiresAt = `${addDays(ctx.now.toISOString().slice(0, 10), KEPT_DAYS)}${ctx.now.toISOString().slice(10)}`
  for (let attempt = 0; ; attempt++) {
    const called = attempt === 0 ? clean : anotherName(clean)
    const values = {
      orgId,
      type: type.split('/')[0] ?? type,
      path: `${type}/${today.replaceAll('-', '/')}/${called}`,
      fileId: file.id,
      filename: called,
      filenameKey: searchable(called),
      name,
      size: file.size,
      createdAt: ctx.now.toISOString(),
      expiresAt,
    }
    try {
      const [, made] = await batch(ctx.db, [write, ctx.db.insert(reportFiles).values(values).returning()])
      const [row] = made as ReportFileRow[]
      if (!row) throw new Error('the report file was not written')
      return { row, file }
    } catch (error) {
      if (attempt >= 5 || !isUniqueViolation(error, 'report_files.path')) throw error
    }
  }
}

/**
 * Keeps a file that a report's export made, so that the organization finds it among its report files for about a year. Two of one name and day are two files:
 * the second's path differs by a few characters.
 */
export const saveReportFile = async (ctx: Ctx, file: NewReportFile): Promise<ReportFileRow> => (await keep(ctx, file)).row

/** The same, and sends it as it was kept. */
export async function sendReportFile(ctx: Ctx, made: NewReportFile): Promise<Response> {
  const { row, file } = await keep(ctx, made)
  return sendBytes(ctx, { ...file, name: row.filename })
}
