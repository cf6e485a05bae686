import { and, eq, isNull, sql } from 'drizzle-orm'
import { audit, mustSeeOrg, orgOf, type Ctx } from '../context.ts'
import { batch } from '../db/client.ts'
import { AppError, notFound } from '../http/errors.ts'
import { defineList } from '../http/list.ts'
import { filePath, putFile, sendFile } from './files.ts'
import { files, templates } from './tables.ts'

const MAX_FILE_BYTES = 15 * 1_048_576

const columns = { template: templates, file: { orgId: files.orgId, sha256: files.sha256, mime: files.mime } }
type Row = { template: typeof templates.$inferSelect; file: { orgId: number; sha256: string; mime: string } }

const present = ({ template: t, file }: Row) => ({
  id: t.id,
  company_id: t.orgId,
  name: t.name,
  file_path: filePath(file),
  created_at: t.createdAt,
  format: t.format,
  warnings: t.warnings,
})

/** Takes a DOCX or an AcroForm PDF, after looking into it; what it can't show as drawn comes back as `warnings`. */
export async function uploadTemplate(ctx: Ctx, input: { file: File; company_id: number; name: string }) {
  const orgId = orgOf(ctx)
  if (input.company_id !== orgId) throw notFound('There is no such company.')
  if (input.file.size > MAX_FILE_BYTES) throw new AppError('too_large', 'The file is larger than 15 MB.')
  const bytes = new Uint8Array(await input.file.arrayBuffer())
  const { inspectTemplate } = await import('./template.ts')
  const info = await inspectTemplate(bytes, input.file.name, input.file.type)
  const { file, write } = await putFile(ctx, orgId, bytes, input.file.name, info.mime)
  const row = {
    orgId,
    name: input.name,
    format: info.format,
    fileId: file.id,
    fields: info.fields.map(({ name, type }) => ({ name, type })),
    warnings: info.warnings.slice(0, 100),
    large: info.needsQueue,
    createdAt: ctx.now.toISOString(),
  }
  const [, made] = await batch(ctx.db, [
    write,
    ctx.db.insert(templates).values(row).returning(),
    audit(ctx, orgId, 'template.uploaded', `file:${file.id}`),
  ])
  const [template] = made as (typeof templates.$inferSelect)[]
  if (!template) throw new Error('the template was not written')
  return present({ template, file })
}

async function load(ctx: Ctx, id: number): Promise<Row> {
  const [row] = await ctx.db
    .select(columns)
    .from(templates)
    .innerJoin(files, eq(files.id, templates.fileId))
    .where(and(eq(templates.id, id), eq(templates.orgId, orgOf(ctx)), isNull(templates.deletedAt)))
  if (!row) throw notFound()
  return row
}

export const getTemplate = async (ctx: Ctx, id: number) => present(await load(ctx, id))
export const sendTemplateFile = async (ctx: Ctx, id: number) => sendFile(ctx, (await load(ctx, id)).template.fileId)
export const templateFields = async (ctx: Ctx, id: number) =>
  (await load(ctx, id)).template.fields.map(({ name, type }) => ({ field_name: name, field_type: type }))

const list = defineList({ key: templates.id })
export const templatesQuery = list.query

export async function listTemplates(ctx: Ctx, companyId: number, asked: { limit?: number; after?: string }) {
  if (mustSeeOrg(ctx, companyId) !== orgOf(ctx)) throw notFound()
  const { where, orderBy, limit } = list.plan(asked, and(eq(templates.orgId, companyId), isNull(templates.deletedAt)))
  const page = list.page(
    await ctx.db
      .select(columns)
      .from(templates)
      .innerJoin(files, eq(files.id, templates.fileId))
      .where(where)
      .orderBy(orderBy)
      .limit(limit),
    asked,
    (r) => r.template.id,
  )
  return { ...page, rows: page.rows.map(present) }
}

/** Renames; a `file_path` that comes along is not followed. */
export async function changeTemplate(ctx: Ctx, id: number, input: { name?: string | undefined }) {
  const row = await load(ctx, id)
  if (input.name === undefined) return present(row)
  await batch(ctx.db, [
    ctx.db.update(templates).set({ name: input.name }).where(eq(templates.id, id)),
    audit(ctx, row.template.orgId, 'template.changed', `template:${id}`),
  ])
  return present({ ...row, template: { ...row.template, name: input.name } })
}

/** Refused while a contract is made from it: the contract could no longer be rendered. */
export async function deleteTemplate(ctx: Ctx, id: number): Promise<void> {
  const { template } = await load(ctx, id)
  const unused = sql`not exists (select 1 from contracts where template_id = ${id} and deleted_at is null)`
  const [, gone] = await batch(ctx.db, [
    audit(ctx, template.orgId, 'template.deleted', `template:${id}`, unused),
    ctx.db
      .update(templates)
      .set({ deletedAt: ctx.now.toISOString() })
      .where(and(eq(templates.id, id), isNull(templates.deletedAt), unused))
      .returning({ id: templates.id }),
  ])
  if (!Array.isArray(gone) || gone.length === 0) throw new AppError('conflict', 'Contracts are made from this template.')
}
