import { and, eq, isNull } from 'drizzle-orm'
import { audit, mustSeeOrg, orgOf, type Ctx } from '../context.ts'
import { batch } from '../db/client.ts'
import { sendFile } from '../documents/files.ts'
import { renderings, templates } from '../documents/tables.ts'
import { AppError, notFound } from '../http/errors.ts'
import { defineList } from '../http/list.ts'
import { originOf } from '../signing/origin.ts'
import { packageObject } from '../signing/stub.ts'
import { packageTrail } from '../signing/verify.ts'
import { refreshDocument } from './document.ts'
import { loadByToken, loadOwn, present, presentContract, unchanged, type Loaded } from './load.ts'
import { contracts, signatures } from './tables.ts'

/** A new contract has no fields; one whose template asks for nothing is rendered at once. */
export async function createContract(ctx: Ctx, input: { company_id: number; template_id: number }) {
  const orgId = orgOf(ctx)
  if (input.company_id !== orgId) throw notFound('There is no such company.')
  const [template] = await ctx.db
    .select({ id: templates.id, fields: templates.fields })
    .from(templates)
    .where(and(eq(templates.id, input.template_id), eq(templates.orgId, orgId), isNull(templates.deletedAt)))
  if (!template)
    throw new AppError('validation', 'The request is not valid.', {
      issues: [{ path: 'template_id', message: 'there is no such template' }],
    })
  const contractToken = crypto.randomUUID()
  const [made] = await batch(ctx.db, [
    ctx.db
      .insert(contracts)
      .values({ orgId, templateId: template.id, contractToken, createdAt: ctx.now.toISOString() })
      .returning({ id: contracts.id }),
    audit(ctx, orgId, 'contract.created', `template:${template.id}`),
  ])
  const [row] = made as { id: number }[]
  if (!row) throw new Error('the contract was not written')
  if (template.fields.length === 0) await refreshDocument(ctx, await loadOwn(ctx, row.id), [])
  return present(await loadOwn(ctx, row.id))
}

export const getContract = async (ctx: Ctx, id: number) => present(await loadOwn(ctx, id))
export const getContractByToken = async (ctx: Ctx, token: string) => present(await loadByToken(ctx, token))

const list = defineList({ key: contracts.id })
export const contractsQuery = list.query

export async function listContracts(ctx: Ctx, companyId: number, asked: { limit?: number; after?: string }) {
  if (mustSeeOrg(ctx, companyId) !== orgOf(ctx)) throw notFound()
  const { where, orderBy, limit } = list.plan(asked, and(eq(contracts.orgId, companyId), isNull(contracts.deletedAt)))
  const rows = await ctx.db
    .select({
      contract: contracts,
      rendering: { status: renderings.status, reason: renderings.reason, warnings: renderings.warnings },
    })
    .from(contracts)
    .leftJoin(renderings, and(eq(renderings.contractId, contracts.id), eq(renderings.version, contracts.version)))
    .where(where)
    .orderBy(orderBy)
    .limit(limit)
  const page = list.page(rows, asked, (r) => r.contract.id)
  return { ...page, rows: page.rows.map((r) => presentContract(r.contract, r.rendering)) }
}

/** Nothing of a contract is the caller's to set (DECISIONS › ozge): a change is accepted and not followed, unless it is signed. */
export async function changeContract(ctx: Ctx, id: number) {
  const loaded = await loadOwn(ctx, id)
  if (loaded.contract.signedAt) throw new AppError('conflict', 'A signed contract can’t be changed.')
  return present(loaded)
}

/** Withdraws what could still be signed; refused when a signature stands or is being completed. */
export async function withdrawPackage(ctx: Ctx, packageId: string | null): Promise<void> {
  if (!packageId) return
  const object = packageObject(ctx, packageId)
  const outcome = await object.revoke(null, originOf(ctx))
  if (outcome.ok || outcome.code === 'not_found' || (await object.view())?.status === 'revoked') return
  throw new AppError('conflict', 'The contract is signed, or is being signed right now.')
}

export async function deleteContract(ctx: Ctx, id: number): Promise<void> {
  const { contract } = await loadOwn(ctx, id)
  if (contract.signedAt) throw new AppError('conflict', 'A signed contract is evidence: it stays.')
  await withdrawPackage(ctx, contract.packageId)
  const still = unchanged(contract)
  const [, , gone] = await batch(ctx.db, [
    audit(ctx, contract.orgId, 'contract.deleted', `contract:${id}`, still),
    ctx.db.delete(signatures).where(and(eq(signatures.contractId, id), isNull(signatures.signedAt), still)),
    ctx.db
      .update(contracts)
      .set({ deletedAt: ctx.now.toISOString() })
      .where(and(eq(contracts.id, id), still))
      .returning({ id: contracts.id }),
  ])
  if (!Array.isArray(gone) || gone.length === 0) throw new AppError('conflict', 'The contract has just been changed.')
}

/** The trail of the package that signs the contract's present document; empty while there is none. */
export async function contractTrail(ctx: Ctx, id: number) {
  const { contract } = await loadOwn(ctx, id)
  return contract.packageId ? packageTrail(ctx, contract.packageId) : { items: [], valid: true }
}

/** The document as PDF: once signed, only the stamped version. */
export async function sendPdf(ctx: Ctx, { contract, rendering }: Loaded): Promise<Response> {
  if (contract.signedAt) {
    if (contract.signedFileId) return sendFile(ctx, contract.signedFileId, 'inline')
    throw new AppError('conflict', 'The contract is signed; its stamped version is being made.', { retryAfter: 2 })
  }
  if (contract.generatedFileId) return sendFile(ctx, contract.generatedFileId, 'inline')
  if (rendering?.status === 'rendering') throw new AppError('conflict', 'The contract is being rendered.', { retryAfter: 2 })
  if (rendering?.status === 'failed')
    throw new AppError('conflict', `The contract could not be rendered: ${rendering.reason ?? 'unknown reason'}`)
  throw new AppError('conflict', 'The contract is not filled in yet.')
}
