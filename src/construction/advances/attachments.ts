import { and, eq, sql, type SQL } from 'drizzle-orm'
import { audit, orgOf, type Ctx } from '../../context.ts'
import { batch, type Write } from '../../db/client.ts'
import { storeBytes, type FileRow } from '../../documents/files.ts'
import { AppError, notFound } from '../../http/errors.ts'
import { dropBytes, dropFiles } from '../files/drop-files.ts'
import { invalid } from '../registry/registry.ts'
import { receiptMime } from './receipts.ts'
import { advanceFiles } from './tables.ts'
import { loadAdvance, showAdvance } from './transactions.ts'

const MAX_BYTES = 10 * 1_048_576
const MAX_FILES = 50

const approved = () => new AppError('bad_request', 'Операция утверждена: её файлы больше не меняются.')

/** Keeps uploads' bytes, each judged by what it is. One that is refused refuses all, before anything is stored. */
export async function storeReceipts(ctx: Ctx, uploads: readonly File[]): Promise<FileRow[]> {
  const judged = []
  for (const [i, upload] of uploads.entries()) {
    const refuse = (message: string) => invalid([{ path: uploads.length > 1 ? `files.${i}` : 'files', message }])
    if (upload.size > MAX_BYTES) throw refuse('Файл больше 10 МБ.')
    const bytes = new Uint8Array(await upload.arrayBuffer())
    const mime = receiptMime(bytes, upload.name)
    if (mime === undefined) throw refuse('Можно приложить PDF, изображение или офисный документ.')
    judged.push({ bytes, mime, name: upload.name })
  }
  return Promise.all(judged.map(({ bytes, mime, name }) => storeBytes(ctx, orgOf(ctx), bytes, name, mime)))
}

/** The rows of stored files and their places with a transaction, if `when` holds where they are written. */
export function receiptWrites(ctx: Ctx, transactionId: number, stored: readonly FileRow[], when: SQL): Write[] {
  if (stored.length === 0) return []
  const rows = JSON.stringify(stored)
  return [
    ctx.db.run(sql`insert into files (id, org_id, sha256, name, mime, size, created_at)
      select value ->> 'id', value ->> 'orgId', value ->> 'sha256', value ->> 'name', value ->> 'mime', value ->> 'size', value ->> 'createdAt'
      from json_each(${rows}) where ${when}`),
    ctx.db.run(sql`insert into advance_files (transaction_id, file_id, created_at)
      select ${transactionId}, value ->> 'id', value ->> 'createdAt' from json_each(${rows}) where changes() > 0`),
  ]
}

/** What was stored for a step that was then refused. */
export const forget = (ctx: Ctx, stored: readonly FileRow[]) =>
  batch(
    ctx.db,
    stored.map((file) => dropBytes(ctx, file.orgId, file.sha256)),
  )

/** While it holds, files may come and go. */
const open = (ctx: Ctx, id: number): SQL => sql`exists (select 1 from advance_transactions
  where id = ${id} and org_id = ${orgOf(ctx)} and status <> 'approved' and deleted_at is null)`
const room = (id: number, more: number): SQL =>
  sql`(select count(*) from advance_files where transaction_id = ${id}) + ${more} <= ${MAX_FILES}`

export async function attachFiles(ctx: Ctx, id: number, uploads: readonly File[]) {
  const row = await loadAdvance(ctx, id)
  if (row.status === 'approved') throw approved()
  const stored = await storeReceipts(ctx, uploads)
  await batch(ctx.db, [
    ...receiptWrites(ctx, id, stored, sql`${open(ctx, id)} and ${room(id, stored.length)}`),
    audit(ctx, orgOf(ctx), 'advance.files_attached', `advance:${id}`, sql`changes() > 0`),
  ])
  const [kept] = await ctx.db
    .select({ id: advanceFiles.id })
    .from(advanceFiles)
    .where(and(eq(advanceFiles.transactionId, id), eq(advanceFiles.fileId, stored[0]?.id ?? '')))
  if (kept) return showAdvance(ctx, id)
  await forget(ctx, stored)
  if ((await loadAdvance(ctx, id)).status === 'approved') throw approved()
  throw invalid([{ path: 'files', message: `К операции можно приложить не больше ${MAX_FILES} файлов.` }])
}

export async function detachFile(ctx: Ctx, id: number, attachmentId: number) {
  const row = await loadAdvance(ctx, id)
  if (row.status === 'approved') throw approved()
  const which = sql`id = ${attachmentId} and transaction_id = ${id} and ${open(ctx, id)}`
  const results = await batch(ctx.db, [
    ...dropFiles(ctx, sql`select file_id from advance_files where ${which}`),
    ctx.db.delete(advanceFiles).where(which).returning({ id: advanceFiles.id }),
    audit(ctx, orgOf(ctx), 'advance.file_detached', `advance:${id}`, sql`changes() > 0`),
  ])
  if ((results.at(-2) as unknown[]).length > 0) return showAdvance(ctx, id)
  if ((await loadAdvance(ctx, id)).status === 'approved') throw approved()
  throw notFound('Такого файла у операции нет.')
}
