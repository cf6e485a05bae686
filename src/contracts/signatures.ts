import { and, eq, isNull, sql } from 'drizzle-orm'
import { audit, orgOf, type Ctx } from '../context.ts'
import { batch } from '../db/client.ts'
import { AppError, notFound } from '../http/errors.ts'
import { defineList } from '../http/list.ts'
import { uuidOf } from '../lib/hash.ts'
import { originOf } from '../signing/origin.ts'
import { packageObject } from '../signing/stub.ts'
import { loadOwn } from './load.ts'
import { contracts, signatures } from './tables.ts'

type Row = typeof signatures.$inferSelect

export const presentSignature = (s: Row) => ({
  id: s.id,
  contract_id: s.contractId,
  client_name: s.clientName,
  client_iin: s.clientIin,
  client_phone: s.clientPhone,
  signed_at: s.signedAt,
  method: s.method,
})

const MAX_PENDING = 50

/** Writes down who is expected to sign; nothing is signed by it. */
export async function createSignature(
  ctx: Ctx,
  input: { contract_id: number; client_name: string; client_iin: string; client_phone: string; method: 'sms' | 'ecp' },
) {
  const { contract } = await loadOwn(ctx, input.contract_id)
  if (contract.signedAt) throw new AppError('conflict', 'The contract is signed already.')
  const present = await ctx.db
    .select({ id: signatures.id })
    .from(signatures)
    .where(eq(signatures.contractId, contract.id))
    .limit(MAX_PENDING)
  if (present.length >= MAX_PENDING) throw new AppError('conflict', `A contract has at most ${MAX_PENDING} pending signatures.`)
  const [row] = await ctx.db
    .insert(signatures)
    .values({
      orgId: contract.orgId,
      contractId: contract.id,
      clientName: input.client_name,
      clientIin: input.client_iin,
      clientPhone: input.client_phone,
      method: input.method,
      createdAt: ctx.now.toISOString(),
    })
    .returning()
  if (!row) throw new Error('the signature was not written')
  return presentSignature(row)
}

async function load(ctx: Ctx, id: number): Promise<{ signature: Row; packageId: string | null }> {
  const [row] = await ctx.db
    .select({ signature: signatures, packageId: contracts.packageId })
    .from(signatures)
    .innerJoin(contracts, and(eq(contracts.id, signatures.contractId), isNull(contracts.deletedAt)))
    .where(and(eq(signatures.id, id), eq(signatures.orgId, orgOf(ctx))))
  if (!row) throw notFound()
  return row
}

export const getSignature = async (ctx: Ctx, id: number) => presentSignature((await load(ctx, id)).signature)

const list = defineList({ key: signatures.id })
export const signaturesQuery = list.query

export async function listSignatures(ctx: Ctx, contractId: number, asked: { limit?: number; after?: string }) {
  const { contract } = await loadOwn(ctx, contractId)
  const { where, orderBy, limit } = list.plan(asked, eq(signatures.contractId, contract.id))
  const page = list.page(await ctx.db.select().from(signatures).where(where).orderBy(orderBy).limit(limit), asked, (r) => r.id)
  return { ...page, rows: page.rows.map(presentSignature) }
}

/** Deletes a pending signature; a code that is on its way for it no longer signs. */
export async function deleteSignature(ctx: Ctx, id: number): Promise<void> {
  const { signature, packageId } = await load(ctx, id)
  if (signature.signedAt) throw new AppError('conflict', 'A signed signature is evidence: it stays.')
  const pending = and(eq(signatures.id, id), isNull(signatures.signedAt))
  const [, gone] = await batch(ctx.db, [
    audit(ctx, signature.orgId, 'signature.deleted', `signature:${id}`, sql`exists (select 1 from ${signatures} where ${pending})`),
    ctx.db.delete(signatures).where(pending).returning({ id: signatures.id }),
  ])
  if (!Array.isArray(gone) || gone.length === 0) throw new AppError('conflict', 'The signature has just been signed: it stays.')
  if (packageId) await packageObject(ctx, packageId).cancelCode(uuidOf(`${packageId}:signer`), originOf(ctx))
}
