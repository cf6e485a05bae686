import { eq } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import type { Write } from '../db/client.ts'
import { contentDisposition } from '../http/content-disposition.ts'
import { notFound } from '../http/errors.ts'
import { sha256Hex } from '../lib/hash.ts'
import { uuidv7 } from '../lib/ids.ts'
import { files } from './tables.ts'

export type FileRow = typeof files.$inferSelect

/** Where bytes lie in R2: by organization and content, so that nobody's upload can reach or replace another's. */
export const fileKey = (orgId: number, sha256: string) => `organizations/${orgId}/${sha256}`

const EXTENSIONS: Record<string, string> = {
  'application/pdf': '.pdf',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': '.docx',
  'image/png': '.png',
  'image/jpeg': '.jpg',
  'image/gif': '.gif',
}

/** The path by which the API names a file: its place in the store, never one on a disk. */
export const filePath = (file: Pick<FileRow, 'orgId' | 'sha256' | 'mime'>) =>
  `${fileKey(file.orgId, file.sha256)}${EXTENSIONS[file.mime] ?? ''}`

/** A name as it may be shown and sent in a header: no folders, no control characters, at most 200 characters. */
export function cleanFileName(name: string): string {
  const base = name.split(/[/\\]/).at(-1) ?? ''
  // oxlint-disable-next-line no-control-regex
  const clean = base.replace(/[\u0000-\u001f\u007f"<>|:*?\u202a-\u202e\u2066-\u2069]/g, '').trim()
  // By characters, not halves of them: a lone surrogate can't be sent in a header.
  const letters = Array.from(clean)
  const cut = letters.length > 200 ? [...letters.slice(0, 180), ...letters.slice(-20)].join('') : clean
  return cut === '' || /^\.+$/.test(cut) ? 'file' : cut
}

/** What a document's file is called: the slash of «№ 2024/7» leads to no folder. */
export const fileNameOf = (title: string, extension: string): string => `${title.replaceAll(/[/\\]/g, '-')}.${extension}`

/** The row of a file, where it is not there yet. */
export const fileWrite = (ctx: Pick<Ctx, 'db'>, files_: FileRow[]): Write => ctx.db.insert(files).values(files_).onConflictDoNothing()

/** Puts bytes into R2 and gives the row, to be written with the mutation that they belong to. Bytes without a row are harmless. */
export async function putFile(
  ctx: Ctx,
  orgId: number,
  bytes: Uint8Array,
  name: string,
  mime: string,
): Promise<{ file: FileRow; write: Write }> {
  const file = await storeBytes(ctx, orgId, bytes, name, mime)
  return { file, write: ctx.db.insert(files).values(file) }
}

/** Puts bytes into R2; the row is for whoever writes it (a package's object, whose copy in D1 has the rows of its files). */
export async function storeBytes(ctx: Ctx, orgId: number, bytes: Uint8Array, name: string, mime: string): Promise<FileRow> {
  const sha256 = sha256Hex(bytes)
  const file: FileRow = {
    id: uuidv7(ctx.now.getTime()),
    orgId,
    sha256,
    name: cleanFileName(name),
    mime,
    size: bytes.byteLength,
    createdAt: ctx.now.toISOString(),
  }
  await ctx.env.FILES.put(fileKey(orgId, sha256), bytes, { sha256, httpMetadata: { contentType: mime } })
  return file
}

export async function getFile(ctx: Pick<Ctx, 'db'>, id: string): Promise<FileRow> {
  const [file] = await ctx.db.select().from(files).where(eq(files.id, id))
  if (!file) throw notFound()
  return file
}

/** The bytes of a file; that they are missing is a defect, not the caller's mistake. */
export async function readFile(ctx: Ctx, id: string): Promise<{ file: FileRow; bytes: Uint8Array<ArrayBuffer> }> {
  const file = await getFile(ctx, id)
  const object = await ctx.env.FILES.get(fileKey(file.orgId, file.sha256))
  if (!object) throw new Error(`file ${id} is not in R2`)
  return { file, bytes: new Uint8Array(await object.arrayBuffer()) }
}

/** The bytes that a hash names, and no others. */
export async function readBytes(ctx: Pick<Ctx, 'env'>, orgId: number, sha256: string): Promise<Uint8Array<ArrayBuffer>> {
  const object = await ctx.env.FILES.get(fileKey(orgId, sha256))
  const bytes = object && new Uint8Array(await object.arrayBuffer())
  if (!bytes || sha256Hex(bytes) !== sha256) throw new Error(`bytes ${sha256} are not in R2`)
  return bytes
}

/** Streams a file to the caller, never to be run in our origin's name. */
export const sendFile = async (ctx: Ctx, id: string, disposition: 'attachment' | 'inline' = 'attachment'): Promise<Response> =>
  sendBytes(ctx, await getFile(ctx, id), disposition)

export type FileFacts = Pick<FileRow, 'orgId' | 'sha256' | 'name' | 'mime'>

/** The same for a file whose facts are known already. */
export async function sendBytes(
  ctx: Pick<Ctx, 'env'>,
  file: FileFacts,
  disposition: 'attachment' | 'inline' = 'attachment',
): Promise<Response> {
  const object = await ctx.env.FILES.get(fileKey(file.orgId, file.sha256))
  if (!object) throw new Error(`bytes ${file.sha256} are not in R2`)
  return new Response(object.body, {
    headers: {
      'content-type': file.mime,
      'content-length': String(object.size),
      'content-disposition': contentDisposition(file.name, disposition),
      etag: `"${file.sha256}"`,
      'cache-control': 'private, no-store',
      'content-security-policy': "sandbox; default-src 'none'",
    },
  })
}
