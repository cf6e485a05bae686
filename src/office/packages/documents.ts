import { and, eq, isNull } from 'drizzle-orm'
import { orgOf, type Ctx } from '../../context.ts'
import { cleanFileName, readFile, storeBytes } from '../../documents/files.ts'
import { templates } from '../../documents/tables.ts'
import { AppError, notFound, type FieldIssue } from '../../http/errors.ts'
import { fromBase64, uuidv7 } from '../../lib/ids.ts'
import type { PackageDocument } from '../../signing/model.ts'
import type { NewPackageInput } from './schemas.ts'

type NewDocument = NewPackageInput['documents'][number]

const MAX_DOCUMENT_BYTES = 15 * 1_048_576

const invalid = (path: string, message: string) => new AppError('validation', 'The request is not valid.', { issues: [{ path, message }] })

function decode(text: string, path: string): Uint8Array<ArrayBuffer> {
  // Line ends within are how mail and many libraries write it (RFC 2045).
  const packed = text.replace(/[\r\n]/g, '')
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(packed)) throw invalid(path, 'is not base64')
  try {
    return fromBase64(packed)
  } catch {
    throw invalid(path, 'is not base64')
  }
}

/** A document made from one of the organization's templates; every field of it wants a value. */
async function fromTemplate(ctx: Ctx, id: number, values: Record<string, unknown>, path: string): Promise<Uint8Array> {
  const [template] = await ctx.db
    .select()
    .from(templates)
    .where(and(eq(templates.id, id), eq(templates.orgId, orgOf(ctx)), isNull(templates.deletedAt)))
  if (!template) throw notFound('There is no such template.')
  // Own ones: `constructor` is a name as any other, and every object has one.
  const given = ({ name }: { name: string }) =>
    Object.hasOwn(values, name) && values[name] !== undefined && values[name] !== null && values[name] !== ''
  const missing = template.fields.filter((field) => !given(field))
  const issues = missing.slice(0, 20).map(({ name }): FieldIssue => ({ path: `${path}values.${name}`, message: 'is missing' }))
  if (issues.length > 0) throw new AppError('validation', 'The request is not valid.', { issues })
  const [{ renderTemplate }, { bytes }] = await Promise.all([import('../../documents/template.ts'), readFile(ctx, template.fileId)])
  return (await renderTemplate(template.format, bytes, values)).pdf
}

/** The bytes that people will sign: as sent, after a look into them that makes sure they can be sealed later. */
async function bytesOf(ctx: Ctx, document: NewDocument, i: number): Promise<Uint8Array> {
  const path = `documents.${i}.`
  const bytes =
    document.template_id === undefined
      ? decode(document.content_base64 ?? '', `${path}content_base64`)
      : await fromTemplate(ctx, document.template_id, document.values ?? {}, path)
  if (bytes.length > MAX_DOCUMENT_BYTES) throw new AppError('too_large', 'A document is larger than 15 MB.')
  const { checkSignable } = await import('../../signing/pades/signable.ts')
  try {
    await checkSignable(bytes)
  } catch (error) {
    if (error instanceof AppError && error.code === 'bad_file') throw invalid(`${path}content_base64`, error.message)
    throw error
  }
  return bytes
}

/** `Договор.pdf` and `Договор (2).pdf`: every document can be told from the others by its name. */
function uniqueNames(documents: NewDocument[]): string[] {
  const taken = new Set<string>()
  return documents.map(({ name }) => {
    const clean = cleanFileName(name)
    const [, stem = clean, extension = ''] = /^(.*?)(\.pdf)?$/i.exec(clean) ?? []
    let unique = clean
    for (let n = 2; taken.has(unique); n++) unique = `${stem} (${n})${extension}`
    taken.add(unique)
    return unique
  })
}

/** Checks and keeps the documents of a new package; nothing is kept when any of them is refused. */
export async function keepDocuments(ctx: Ctx, documents: NewDocument[]): Promise<PackageDocument[]> {
  const all: Uint8Array[] = []
  for (const [i, document] of documents.entries()) all.push(await bytesOf(ctx, document, i))
  const names = uniqueNames(documents)
  const kept: PackageDocument[] = []
  for (const [i, bytes] of all.entries()) {
    const { id: fileId, name, sha256, size } = await storeBytes(ctx, orgOf(ctx), bytes, names[i] ?? 'document.pdf', 'application/pdf')
    kept.push({ id: uuidv7(ctx.now.getTime()), name, fileId, sha256, size })
  }
  return kept
}
