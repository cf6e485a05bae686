import { and, eq } from 'drizzle-orm'
import type * as z from 'zod'
import { audit, orgOf, type Ctx } from '../../context.ts'
import { batch } from '../../db/client.ts'
import { notFound } from '../../http/errors.ts'
import { QUANTITY_SCALE, showQuantity, timesQuantity } from '../../http/numbers.ts'
import { normsOfWorkType, readNormsOf } from '../materials/norms.ts'
import { consumptionNorms, materials } from '../materials/tables.ts'
import { findMissing } from '../registry/references.ts'
import { invalid } from '../registry/registry.ts'
import { isoStamp } from '../stamps.ts'
import type { NewNorms } from './schemas.ts'
import { workTypes } from './work-types.ts'

async function presentNorms(ctx: Ctx, workTypeId: number) {
  const rows = await readNormsOf(ctx, workTypeId)
  return rows.map(({ norm, material, unit }) => ({
    material_id: material.id,
    material_name: material.name,
    measurement_unit: unit?.shortName ?? null,
    default_quantity: showQuantity(norm.quantity),
    notes: norm.notes,
    created_at: isoStamp(norm.createdAt),
    updated_at: isoStamp(norm.updatedAt),
  }))
}

export async function listNorms(ctx: Ctx, workTypeId: number) {
  await workTypes.load(ctx, workTypeId)
  return presentNorms(ctx, workTypeId)
}

/** The whole list is replaced: what is left out goes. */
export async function replaceNorms(ctx: Ctx, workTypeId: number, { materials: asked }: z.output<typeof NewNorms>) {
  const path = (i: number) => `materials.${i}.material_id`
  const [, missing] = await Promise.all([
    workTypes.load(ctx, workTypeId),
    findMissing(
      ctx,
      asked.map((m, i) => ({ path: path(i), table: materials, id: m.material_id })),
    ),
  ])
  const twice = asked.flatMap((m, i) =>
    asked.findIndex((other) => other.material_id === m.material_id) < i ? [{ path: path(i), message: 'Материал указан дважды.' }] : [],
  )
  const issues = [...missing, ...twice]
  if (issues.length > 0) throw invalid(issues, 400)
  await batch(ctx.db, [
    ...normsOfWorkType(
      ctx,
      workTypeId,
      asked.map((m) => ({ id: m.material_id, quantity: m.default_quantity, notes: m.notes ?? null })),
    ),
    audit(ctx, orgOf(ctx), 'work_type.norms_replaced', `work_type:${workTypeId}`),
  ])
  return presentNorms(ctx, workTypeId)
}

export async function removeNorm(ctx: Ctx, workTypeId: number, materialId: number): Promise<void> {
  await workTypes.load(ctx, workTypeId)
  const [removed] = await batch(ctx.db, [
    ctx.db
      .delete(consumptionNorms)
      .where(
        and(
          eq(consumptionNorms.orgId, orgOf(ctx)),
          eq(consumptionNorms.workTypeId, workTypeId),
          eq(consumptionNorms.materialId, materialId),
        ),
      )
      .returning(),
    audit(ctx, orgOf(ctx), 'work_type.norm_removed', `work_type:${workTypeId}`),
  ])
  if ((removed as unknown[]).length === 0) throw notFound('Норма расхода не найдена')
}

/** How much of each material so many units of the work take. */
export async function suggestMaterials(ctx: Ctx, workTypeId: number, quantity: number) {
  await workTypes.load(ctx, workTypeId)
  const rows = await readNormsOf(ctx, workTypeId)
  return rows.map(({ norm, material, unit }) => ({
    material_id: material.id,
    material_name: material.name,
    material_code: material.code,
    suggested_quantity: showQuantity(suggested(norm.quantity, quantity)),
    measurement_unit_short_name: unit?.shortName ?? null,
    default_norm_per_unit: showQuantity(norm.quantity),
    norm_notes: norm.notes,
  }))
}

function suggested(norm: number, quantity: number): number {
  try {
    return timesQuantity(norm, quantity, QUANTITY_SCALE)
  } catch (error) {
    if (error instanceof RangeError) throw invalid([{ path: 'quantity', message: 'Количество слишком велико.' }])
    throw error
  }
}
