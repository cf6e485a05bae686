import { and, eq, isNull } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { batch } from '../db/client.ts'
import { fileNameOf, putFile, readFile, sendFile } from '../documents/files.ts'
import { packageFiles } from '../signing/tables.ts'
import { loadDocument } from './load-document.ts'
import type { DocumentRow } from './present-document.ts'
import { smartDocuments } from './tables.ts'

/** The file of a document: drawn once, from what the document has said since it was made. Gives its id. */
export async function drawDocument(ctx: Ctx, row: DocumentRow): Promise<string> {
  if (row.fileId !== null) return row.fileId
  const [{ drawPaper }, { titleOf }] = await Promise.all([import('./paper/draw.ts'), import('./paper/words.ts')])
  const paper = { ...row.snapshot, kind: row.kind, number: row.number, date: row.date }
  const bytes = await drawPaper(paper, new Date(row.createdAt))
  const { file, write } = await putFile(ctx, row.orgId, bytes, fileNameOf(titleOf(paper), 'pdf'), 'application/pdf')
  const still = and(eq(smartDocuments.seq, row.seq), isNull(smartDocuments.fileId))
  await batch(ctx.db, [write, ctx.db.update(smartDocuments).set({ fileId: file.id }).where(still)])
  return file.id
}

/** The PDF: once everybody has signed, the stamped version of it. */
export async function sendDocumentFile(ctx: Ctx, id: string): Promise<Response> {
  const { row } = await loadDocument(ctx, id)
  const [stamped] =
    row.packageId === null
      ? []
      : await ctx.db
          .select({ fileId: packageFiles.fileId })
          .from(packageFiles)
          .where(and(eq(packageFiles.packageId, row.packageId), eq(packageFiles.type, 'stamped')))
  return sendFile(ctx, stamped?.fileId ?? (await drawDocument(ctx, row)))
}

export async function documentBytes(ctx: Ctx, row: DocumentRow): Promise<{ name: string; bytes: Uint8Array }> {
  const { file, bytes } = await readFile(ctx, await drawDocument(ctx, row))
  return { name: file.name, bytes }
}
