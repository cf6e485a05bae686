import { and, eq, sql } from 'drizzle-orm'
import { logUnknown } from '../http/log.ts'
import type { Ctx } from '../context.ts'
import { batch } from '../db/client.ts'
import { fileNameOf, putFile, readFile } from '../documents/files.ts'
import { renderings, templates } from '../documents/tables.ts'
import { AppError } from '../http/errors.ts'
import { uuidv7 } from '../lib/ids.ts'
import { contractFields, contracts } from './tables.ts'

const running = (id: string) => and(eq(renderings.id, id), sql`status = 'rendering'`)

async function fail(ctx: Ctx, id: string, reason: string): Promise<void> {
  await ctx.db
    .update(renderings)
    .set({ status: 'failed', reason: reason.slice(0, 500), finishedAt: ctx.now.toISOString() })
    .where(running(id))
}

/** Makes the PDF of one version of a contract. Done before, superseded or failed: nothing happens. */
async function render(ctx: Ctx, renderingId: string): Promise<void> {
  const [row] = await ctx.db
    .select({ rendering: renderings, contract: contracts, template: templates })
    .from(renderings)
    .innerJoin(contracts, eq(contracts.id, renderings.contractId))
    .innerJoin(templates, eq(templates.id, contracts.templateId))
    .where(running(renderingId))
  if (!row) return
  const { rendering, contract, template } = row
  if (contract.version !== rendering.version || contract.deletedAt) {
    await ctx.db.update(renderings).set({ status: 'superseded', finishedAt: ctx.now.toISOString() }).where(running(renderingId))
    return
  }
  const fields = await ctx.db
    .select({ name: contractFields.fieldName, value: contractFields.value })
    .from(contractFields)
    .where(eq(contractFields.contractId, contract.id))
  const { bytes } = await readFile(ctx, template.fileId)
  const { renderTemplate } = await import('../documents/template.ts')
  const { pdf, warnings } = await renderTemplate(template.format, bytes, Object.fromEntries(fields.map((f) => [f.name, f.value ?? ''])))
  const { file, write } = await putFile(ctx, contract.orgId, pdf, fileNameOf(template.name, 'pdf'), 'application/pdf')
  const finishedAt = ctx.now.toISOString()
  await batch(ctx.db, [
    write,
    ctx.db
      .update(contracts)
      .set({ generatedFileId: file.id, generatedSha256: file.sha256, packageId: uuidv7(ctx.now.getTime()) })
      .where(
        sql`id = ${contract.id} and version = ${rendering.version} and signed_at is null and generated_file_id is null and exists (select 1 from renderings where id = ${renderingId} and status = 'rendering')`,
      ),
    ctx.db
      .update(renderings)
      .set({ status: 'ready', fileId: file.id, warnings: warnings.slice(0, 100), finishedAt })
      .where(running(renderingId)),
  ])
}

/** Renders while the caller waits. A document that can't be made is told as `failed`; a hiccup is left to the queue, which has the job already. */
export async function renderOnce(ctx: Ctx, renderingId: string): Promise<void> {
  try {
    await render(ctx, renderingId)
  } catch (error) {
    if (error instanceof AppError) await fail(ctx, renderingId, error.message)
    else logUnknown(error, ctx.requestId, 'render')
  }
}

export async function renderJob(ctx: Ctx, { renderingId }: { renderingId: string }, job: { last: boolean }): Promise<void> {
  try {
    await render(ctx, renderingId)
  } catch (error) {
    if (error instanceof AppError) await fail(ctx, renderingId, error.message)
    else if (job.last) await fail(ctx, renderingId, 'Rendering failed on our side.')
    else throw error
  }
}
