import { sql } from 'drizzle-orm'
import type * as z from 'zod'
import { audit, orgOf, type Ctx } from '../../context.ts'
import { searchable } from '../../lib/search-text.ts'
import { authorOf } from '../person.ts'
import { insertedId } from '../registry/registry.ts'
import type { NewWork } from './schemas.ts'
import { completedWorks as table } from './tables.ts'
import { showWork } from './works.ts'
import { conflict, hostOf, linesOf, materialWrites, mustBeKnown, Overtaken, priceWork, stillKnown, writeWork } from './write.ts'

/** Records a completed work with its materials; a confirmed one counts against its contract and writes its materials off. */
export async function createWork(ctx: Ctx, input: z.output<typeof NewWork>) {
  const lines = linesOf(input.materials ?? [])
  const named = {
    projectId: input.project_id,
    contractId: input.contract_id,
    contractorId: input.contractor_id,
    workTypeId: input.work_type_id,
    userId: input.user_id,
    materials: input.materials ?? [],
  }
  await mustBeKnown(ctx, named)
  const known = {
    quantity: input.quantity,
    price: input.price ?? null,
    total: input.total_amount ?? null,
    materials: lines.map((line) => line.totalAmount),
  }
  const place = {
    date: input.completion_date,
    projectId: input.project_id,
    workTypeId: input.work_type_id,
    materialIds: lines.map((line) => line.materialId),
  }
  const cost = await priceWork(ctx, known, place)
  const at = ctx.now.toISOString()
  const orgId = orgOf(ctx)
  const id = insertedId(table)
  const insert = ctx.db.insert(table).values({
    orgId,
    projectId: input.project_id,
    hostOrgId: hostOf(ctx, input.project_id),
    version: sql`iif(${stillKnown(ctx, named)}, 1, null)`,
    contractId: input.contract_id ?? null,
    contractorId: input.contractor_id ?? null,
    workTypeId: input.work_type_id,
    userId: input.user_id,
    quantity: input.quantity,
    price: cost.price,
    totalAmount: cost.totalAmount,
    costBasis: cost.basis,
    coefficients: cost.applied,
    completionDate: input.completion_date,
    notes: input.notes ?? null,
    search: searchable(input.notes ?? ''),
    status: input.status,
    additionalInfo: input.additional_info ?? null,
    createdBy: authorOf(ctx),
    createdAt: at,
    updatedAt: at,
  })
  try {
    const row = await writeWork(
      ctx,
      id,
      [insert, ...materialWrites(ctx, id, lines), audit(ctx, orgId, 'completed_work.created', 'completed_work')],
      'Превышен лимит контракта.',
    )
    if (!row) throw new Error('the completed work was not written')
    return await showWork(ctx, row)
  } catch (error) {
    if (!(error instanceof Overtaken)) throw error
    await mustBeKnown(ctx, named)
    throw conflict()
  }
}
