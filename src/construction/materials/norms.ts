import { and, eq, isNull, sql, type SQL } from 'drizzle-orm'
import { orgOf, type Ctx } from '../../context.ts'
import { asked, isAsked } from '../../db/asked.ts'
import type { Write } from '../../db/client.ts'
import { measurementUnits } from '../units/tables.ts'
import { workTypes } from '../work-types/tables.ts'
import { consumptionNorms as table, materials } from './tables.ts'

interface NewNorm {
  /** Of the other side: the material of a work type, the work type of a material. */
  id: number
  /** Four digits after the point. */
  quantity: number
  notes?: string | null
}

// Materials (`consumption_rates`) and work types (their materials) write the same table of norms. What is known keeps the day it was made.

/** The norms of a work type become these and no others. */
export function normsOfWorkType(ctx: Ctx, workTypeId: number, norms: readonly NewNorm[]): Write[] {
  const [orgId, at, said] = [orgOf(ctx), ctx.now.toISOString(), JSON.stringify(norms)]
  return [
    ctx.db.run(sql`delete from consumption_norms where org_id = ${orgId} and work_type_id = ${workTypeId}
      and material_id not in (select value ->> 'id' from json_each(${said}))`),
    ctx.db.run(sql`insert into consumption_norms (org_id, work_type_id, material_id, quantity, notes, created_at, updated_at)
      select ${orgId}, ${workTypeId}, value ->> 'id', value ->> 'quantity', value ->> 'notes', ${at}, ${at} from json_each(${said}) where true
      on conflict (work_type_id, material_id) do update set quantity = excluded.quantity, notes = excluded.notes, updated_at = excluded.updated_at`),
  ]
}

/** The norms of a material become these and no others. Notes are the work types' and stay. */
export function normsOfMaterial(ctx: Ctx, materialId: number | SQL<number>, norms: readonly NewNorm[]): Write[] {
  const [orgId, at, said] = [orgOf(ctx), ctx.now.toISOString(), JSON.stringify(norms)]
  return [
    ctx.db.run(sql`delete from consumption_norms where org_id = ${orgId} and material_id = ${materialId}
      and work_type_id not in (select value ->> 'id' from json_each(${said}))`),
    ctx.db.run(sql`insert into consumption_norms (org_id, work_type_id, material_id, quantity, created_at, updated_at)
      select ${orgId}, value ->> 'id', ${materialId}, value ->> 'quantity', ${at}, ${at} from json_each(${said}) where true
      on conflict (work_type_id, material_id) do update set quantity = excluded.quantity, updated_at = excluded.updated_at`),
  ]
}

/** Norms with what they name, of work types: what is deleted there takes part no more. */
export const readNormsOf = (ctx: Ctx, workTypeId: number) =>
  ctx.db
    .select({ norm: table, material: materials, unit: { shortName: measurementUnits.shortName } })
    .from(table)
    .innerJoin(materials, and(eq(materials.id, table.materialId), isNull(materials.deletedAt)))
    .leftJoin(measurementUnits, eq(measurementUnits.id, materials.measurementUnitId))
    .where(and(eq(table.workTypeId, workTypeId), eq(table.orgId, orgOf(ctx))))
    .orderBy(table.createdAt, table.materialId)

/** The same from the side of materials; in no order. */
export const readRatesOf = (ctx: Ctx, materialIds: readonly number[]) =>
  ctx.db
    .select({
      materialId: table.materialId,
      workTypeId: table.workTypeId,
      name: workTypes.name,
      quantity: table.quantity,
      notes: table.notes,
    })
    .from(asked(materialIds))
    .crossJoin(table)
    .crossJoin(workTypes)
    .where(and(isAsked(table.materialId), eq(table.orgId, orgOf(ctx)), eq(workTypes.id, table.workTypeId), isNull(workTypes.deletedAt)))
