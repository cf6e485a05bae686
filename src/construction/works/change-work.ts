import { and, eq, isNull, sql } from 'drizzle-orm'
import type * as z from 'zod'
import { audit, orgOf, type Ctx } from '../../context.ts'
import { AppError } from '../../http/errors.ts'
import { searchable } from '../../lib/search-text.ts'
import { takenBy } from '../acts/hold.ts'
import { said } from '../registry/registry.ts'
import { recost } from './cost.ts'
import type { WorkRow } from './present.ts'
import type { ChangeWork } from './schemas.ts'
import { completedWorks as table, workMaterials } from './tables.ts'
import { loadWork, missingWork, mustOwn, showWork } from './works.ts'
import {
  conflict,
  hostOf,
  linesOf,
  materialWrites,
  mustBeKnown,
  Overtaken,
  priceWork,
  stillKnown,
  WORK_IN_ACT,
  writeWork,
  type Line,
} from './write.ts'

type Change = z.output<typeof ChangeWork>

/** How often a change is decided anew when somebody else changed the work meanwhile. */
const TRIES = 10

const readLines = (ctx: Ctx, workId: number): Promise<Line[]> =>
  ctx.db
    .select({
      materialId: workMaterials.materialId,
      quantity: workMaterials.quantity,
      unitPrice: workMaterials.unitPrice,
      totalAmount: workMaterials.totalAmount,
      notes: workMaterials.notes,
    })
    .from(workMaterials)
    .where(eq(workMaterials.workId, workId))

/** The cost after a change, in columns; none where it stays as it is. */
async function recosted(ctx: Ctx, before: WorkRow, input: Change, sent: Line[] | undefined) {
  const place = {
    date: input.completion_date ?? before.completionDate,
    projectId: input.project_id ?? before.projectId,
    workTypeId: input.work_type_id ?? before.workTypeId,
  }
  const quantity = input.quantity ?? before.quantity
  const anew = recost(
    { price: before.price, basis: before.costBasis },
    {
      price: input.price,
      total: input.total_amount,
      quantityChanged: quantity !== before.quantity,
      materialsSent: sent !== undefined,
      placeChanged: place.date !== before.completionDate || place.projectId !== before.projectId || place.workTypeId !== before.workTypeId,
    },
  )
  if (!anew) return {}
  const lines = sent ?? (await readLines(ctx, before.id))
  const known = { ...anew, quantity, materials: lines.map((line) => line.totalAmount) }
  const cost = await priceWork(ctx, known, { ...place, materialIds: lines.map((line) => line.materialId) })
  return { price: cost.price, totalAmount: cost.totalAmount, costBasis: cost.basis, coefficients: cost.applied }
}

/** An act that is approved, or out for signature, keeps its works as they are. */
async function mustBeFree(ctx: Ctx, id: number): Promise<void> {
  const [held] = await ctx.db
    .select({ id: table.id })
    .from(table)
    .where(and(eq(table.id, id), takenBy(ctx, sql`completed_works.id`, null)))
  if (held) throw new AppError('bad_request', WORK_IN_ACT)
}

async function tryChange(ctx: Ctx, id: number, input: Change): Promise<WorkRow> {
  const before = await loadWork(ctx, id)
  await mustBeFree(ctx, id)
  const projectId = input.project_id ?? before.projectId
  const contractId = input.contract_id === undefined ? before.contractId : input.contract_id
  const confirms = input.status === 'confirmed' && before.status !== 'confirmed'
  const lines = input.materials === undefined ? undefined : linesOf(input.materials ?? [])
  const named = {
    projectId,
    // A contract that stays must still be one of the project, if that is another one now, and be there, if the work is to count for it.
    contractId: projectId === before.projectId && !confirms ? input.contract_id : contractId,
    contractorId: input.contractor_id,
    workTypeId: input.work_type_id,
    userId: input.user_id,
    materials: input.materials ?? [],
  }
  await mustBeKnown(ctx, named)
  const cost = await recosted(ctx, before, input, lines)
  const update = ctx.db
    .update(table)
    .set({
      ...said({
        projectId: input.project_id,
        contractId: input.contract_id,
        contractorId: input.contractor_id,
        workTypeId: input.work_type_id,
        userId: input.user_id,
        quantity: input.quantity,
        completionDate: input.completion_date,
        notes: input.notes,
        search: input.notes === undefined ? undefined : searchable(input.notes ?? ''),
        status: input.status,
        additionalInfo: input.additional_info,
      }),
      // Named in every change, so that the triggers look at each of them.
      totalAmount: before.totalAmount,
      ...cost,
      hostOrgId: hostOf(ctx, projectId),
      version: sql`iif(${table.version} = ${before.version} and ${table.deletedAt} is null and ${stillKnown(ctx, named)}
        and not ${takenBy(ctx, sql`completed_works.id`, null)}, ${table.version} + 1, null)`,
      updatedAt: ctx.now.toISOString(),
    })
    .where(eq(table.id, id))
  const writes = [
    update,
    ...(lines ? materialWrites(ctx, id, lines) : []),
    audit(ctx, orgOf(ctx), 'completed_work.changed', `completed_work:${id}`),
  ]
  const row = await writeWork(ctx, id, writes, 'Превышен лимит контракта при увеличении суммы.')
  if (!row) throw missingWork()
  return row
}

/** Changes what is said. It is decided on the work as it is, and anew if that changed before it was written. */
export async function changeWork(ctx: Ctx, id: number, input: Change) {
  for (let i = 0; i < TRIES; i++) {
    try {
      return await showWork(ctx, await tryChange(ctx, id, input))
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error
    }
  }
  throw conflict()
}

/** For good, with its materials and what they wrote off. */
export async function removeWork(ctx: Ctx, id: number): Promise<void> {
  await loadWork(ctx, id)
  mustOwn(ctx)
  const at = ctx.now.toISOString()
  const writes = [
    ctx.db
      .update(table)
      .set({ deletedAt: at, updatedAt: at, version: sql`${table.version} + 1` })
      .where(and(eq(table.id, id), isNull(table.deletedAt))),
    ctx.db.delete(workMaterials).where(eq(workMaterials.workId, id)),
    audit(ctx, orgOf(ctx), 'completed_work.deleted', `completed_work:${id}`),
  ]
  await writeWork(ctx, id, writes, 'Не удалось удалить запись о выполненной работе.')
}
