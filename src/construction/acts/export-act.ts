import { and, desc, eq, sql } from 'drizzle-orm'
import { orgOf, type Ctx } from '../../context.ts'
import { batch } from '../../db/client.ts'
import { fileNameOf, putFile, readFile, sendBytes, sendFile, type FileRow } from '../../documents/files.ts'
import { files } from '../../documents/tables.ts'
import { TYPES } from '../../documents/spreadsheet/write-table.ts'
import { contentDisposition } from '../../http/content-disposition.ts'
import { notFound } from '../../http/errors.ts'
import { sha256Hex } from '../../lib/hash.ts'
import { packageFiles } from '../../signing/tables.ts'
import { zoneOf } from '../zone.ts'
import { papersOf, type ActPaper } from './act-paper.ts'
import { loadAct, loadActs, type Loaded } from './load-act.ts'
import { actFiles } from './tables.ts'

const PDF = 'application/pdf'

/** Keeps an export of an act; the same bytes under the same name are kept once. Gives its number. */
async function keep(ctx: Ctx, actId: number, name: string, bytes: Uint8Array, mime: string): Promise<{ id: number; file: FileRow }> {
  const sha256 = sha256Hex(bytes)
  const [known] = await ctx.db
    .select({ id: actFiles.id, file: files })
    .from(actFiles)
    .innerJoin(files, eq(files.id, actFiles.fileId))
    .where(and(eq(actFiles.actId, actId), eq(files.sha256, sha256), eq(actFiles.filename, name)))
    .orderBy(desc(actFiles.id))
    .limit(1)
  if (known) return known
  const { file, write } = await putFile(ctx, orgOf(ctx), bytes, name, mime)
  const [, made] = await batch(ctx.db, [
    write,
    ctx.db
      .insert(actFiles)
      .values({ actId, fileId: file.id, filename: name, createdAt: ctx.now.toISOString() })
      .returning({ id: actFiles.id }),
  ])
  const [row] = made as { id: number }[]
  if (!row) throw new Error('the file of the act was not written')
  return { id: row.id, file }
}

async function answer(ctx: Ctx, kept: { id: number; file: FileRow }): Promise<Response> {
  const response = await sendBytes(ctx, kept.file)
  response.headers.set('x-file-id', String(kept.id))
  return response
}

async function paperOf(ctx: Ctx, loaded: Loaded): Promise<ActPaper> {
  const [paper] = await papersOf(ctx, [loaded])
  if (!paper) throw new Error('an act without its paper')
  return paper
}

/** The act as it is now. */
export async function actDocument(ctx: Ctx, loaded: Loaded): Promise<{ name: string; bytes: Uint8Array }> {
  const { drawAct, titleOf } = await import('./draw-act.ts')
  const paper = await paperOf(ctx, loaded)
  return { name: fileNameOf(titleOf(paper), 'pdf'), bytes: await drawAct(paper, new Date(loaded.act.updatedAt)) }
}

/** What everybody signed, with its marks; none before that. */
async function stampedOf(ctx: Ctx, { act, status }: Loaded): Promise<{ name: string; bytes: Uint8Array } | undefined> {
  if (act.packageId === null || status !== 'signed') return undefined
  const [stamped] = await ctx.db
    .select({ fileId: packageFiles.fileId })
    .from(packageFiles)
    .where(and(eq(packageFiles.packageId, act.packageId), eq(packageFiles.type, 'stamped')))
  if (!stamped) return undefined
  const { file, bytes } = await readFile(ctx, stamped.fileId)
  return { name: file.name, bytes }
}

/** The act as PDF, kept and sent: once it is signed, the signed document. */
export async function exportPdf(ctx: Ctx, id: number, contractId?: number): Promise<Response> {
  const loaded = await loadAct(ctx, id, contractId)
  const { name, bytes } = (await stampedOf(ctx, loaded)) ?? (await actDocument(ctx, loaded))
  return answer(ctx, await keep(ctx, id, name, bytes, PDF))
}

export async function exportExcel(ctx: Ctx, id: number, contractId?: number): Promise<Response> {
  const loaded = await loadAct(ctx, id, contractId)
  const [{ bookOfAct }, { titleOf }, paper, zone] = await Promise.all([
    import('./act-book.ts'),
    import('./draw-act.ts'),
    paperOf(ctx, loaded),
    zoneOf(ctx),
  ])
  const bytes = await bookOfAct(paper, zone, new Date(loaded.act.updatedAt))
  return answer(ctx, await keep(ctx, id, fileNameOf(titleOf(paper), 'xlsx'), bytes, TYPES.xlsx))
}

/** Many acts in one workbook: not a file of any one of them, so it is not kept. */
export async function exportMany(ctx: Ctx, ids: readonly number[]): Promise<Response> {
  const papers = await papersOf(ctx, await loadActs(ctx, ids))
  const [zone, { bookOfActs }] = await Promise.all([zoneOf(ctx), import('./act-book.ts')])
  const bytes = await bookOfActs(papers, zone)
  return new Response(bytes.slice(), { headers: { 'content-type': TYPES.xlsx, 'content-disposition': contentDisposition('Акты.xlsx') } })
}

/** A file that the act was exported as. */
export async function downloadFile(ctx: Ctx, id: number, fileId: number): Promise<Response> {
  await loadAct(ctx, id)
  const [kept] = await ctx.db
    .select({ fileId: actFiles.fileId })
    .from(actFiles)
    .where(and(eq(actFiles.id, fileId), eq(actFiles.actId, id), sql`${actFiles.filename} like '%.pdf'`))
  if (!kept) throw notFound('Файл не найден')
  return sendFile(ctx, kept.fileId)
}
