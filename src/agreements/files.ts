import { and, eq, sql, type SQL } from 'drizzle-orm'
import { orgOf, type Ctx } from '../context.ts'
import type { Write } from '../db/client.ts'
import { cleanFileName } from '../documents/files.ts'
import { contentDisposition } from '../http/content-disposition.ts'
import { notFound } from '../http/errors.ts'
import { sha256Hex } from '../lib/hash.ts'
import { uuidv7 } from '../lib/ids.ts'
import type { FileSignature } from '../signing/verify-pdf.ts'
import type { AgreementRow, FileRow } from './load.ts'
import { agreementFiles } from './tables.ts'
import { vaultOf } from './vault.ts'

const keyOf = ({ orgId, id }: Pick<FileRow, 'orgId' | 'id'>) => `vault/${orgId}/${id}`
const labelOf = ({ id }: Pick<FileRow, 'id'>) => `file:${id}`

interface NewFile {
  kind: string
  name: string
  mime: string
  bytes: Uint8Array
  signatures?: FileSignature[]
}

export interface KeptFile {
  row: FileRow
  /** On the condition that is given. */
  write: (open: SQL) => Write
}

/** Seals a file into R2 and gives its row, to be written with what it belongs to. Bytes without a row are harmless: nobody can read them. */
export async function keepFile(ctx: Ctx, { id: agreementId, orgId }: AgreementRow, file: NewFile): Promise<KeptFile> {
  const row: FileRow = {
    id: uuidv7(ctx.now.getTime()),
    agreementId,
    orgId,
    kind: file.kind,
    name: cleanFileName(file.name),
    mime: file.mime,
    size: file.bytes.byteLength,
    sha256: sha256Hex(file.bytes),
    signatures: file.signatures ?? [],
    createdAt: ctx.now.toISOString(),
  }
  await ctx.env.FILES.put(keyOf(row), await (await vaultOf(ctx, orgId)).seal(labelOf(row), file.bytes))
  const write = (open: SQL) =>
    ctx.db.run(sql`insert into agreement_files (id, agreement_id, org_id, kind, name, mime, size, sha256, signatures, created_at)
      select ${row.id}, ${agreementId}, ${orgId}, ${row.kind}, ${row.name}, ${row.mime}, ${row.size}, ${row.sha256},
        ${JSON.stringify(row.signatures)}, ${row.createdAt} where ${open}`)
  return { row, write }
}

/** Opens a file. That its bytes are missing is a defect, not the caller's mistake. */
export async function readKept(ctx: Ctx, row: FileRow): Promise<Uint8Array<ArrayBuffer>> {
  const object = await ctx.env.FILES.get(keyOf(row))
  if (!object) throw new Error(`file ${row.id} is not in R2`)
  return (await vaultOf(ctx, row.orgId)).open(labelOf(row), new Uint8Array(await object.arrayBuffer()))
}

/** Takes files out of an agreement: their rows on the condition, their bytes once that has been written. */
export function dropFiles(ctx: Ctx, rows: FileRow[]): { write: (open: SQL) => Write; sweep: () => void } {
  const ids = JSON.stringify(rows.map(({ id }) => id))
  return {
    write: (open) => ctx.db.run(sql`delete from agreement_files where id in (select value from json_each(${ids})) and ${open}`),
    sweep: () => {
      if (rows.length > 0) ctx.waitUntil(ctx.env.FILES.delete(rows.map(keyOf)))
    },
  }
}

/** Sends a file to who may see it, never to be run in our origin's name. */
export async function sendKept(ctx: Ctx, row: FileRow): Promise<Response> {
  const bytes = await readKept(ctx, row)
  return new Response(bytes, {
    headers: {
      'content-type': row.mime,
      'content-disposition': contentDisposition(row.name),
      'cache-control': 'private, no-store',
      'content-security-policy': "sandbox; default-src 'none'",
    },
  })
}

/** A file of the organization's own agreements; the operator, who reviews them, sees all. */
export async function sendAgreementFile(ctx: Ctx, id: string): Promise<Response> {
  const mine = ctx.actor.kind === 'operator' ? undefined : eq(agreementFiles.orgId, orgOf(ctx))
  const [row] = await ctx.db
    .select()
    .from(agreementFiles)
    .where(and(eq(agreementFiles.id, id), mine))
  if (!row) throw notFound('File not found')
  return sendKept(ctx, row)
}
