import { sql } from 'drizzle-orm'
import { orgOf, type Ctx } from '../../../context.ts'
import { QUANTITY_SCALE, timesQuantity } from '../../../http/numbers.ts'
import { all, between, is, living } from '../report.ts'
import { inPeriod, listed, ofMaterials, type Official } from './asked.ts'

// The two sections of an M-29 report: what works take by their norms, and what was taken, by material.

/** A work of the period and one material that its norm names. All quantities have four digits after the point. */
export interface NormRow {
  work_type_id: number
  work_type_name: string
  work_unit: string | null
  volume: number
  material_id: number
  material_name: string
  material_unit: string | null
  norm: number
  need: number
}

export interface MaterialRow {
  material_id: number
  material_name: string
  material_code: string | null
  unit_name: string | null
  /** What was there when the period began, came, was used, and is there when it ends, whatever else is filtered. */
  opening: number
  received: number
  used: number
  closing: number
  /** Money of what was used. */
  used_amount: number
  /** By the norms of confirmed works; null where no norm names the material. */
  need: number | null
  /** Used less the need: more than 0 is an overrun, less an economy. */
  deviation: number | null
  /** Of the movements that are listed. */
  total_quantity: number
  total_amount: number
  operations_count: number
  documents_count: number
  photos_count: number
}

/** More lines than these no form has; each is a kind of work and a material. */
const MOST = 5000

/** Volume × norm, half up. Sums that no number holds are as near as a double is. */
export const needOf = (volume: number, norm: number): number => {
  try {
    return timesQuantity(Math.round(volume), norm, QUANTITY_SCALE)
  } catch (error) {
    if (error instanceof RangeError) return (volume * norm) / 10 ** QUANTITY_SCALE
    throw error
  }
}

/** Confirmed works of the project and period, by type, with the norms of their materials. */
export async function normRows(ctx: Ctx, asked: Official): Promise<NormRow[]> {
  const works = all(
    living('w', orgOf(ctx)),
    sql`w.status = 'confirmed'`,
    is('w.project_id', asked.project_id),
    is('w.work_type_id', asked.work_type_id),
    is('w.user_id', asked.user_id),
    between('w.completion_date', asked),
  )
  const rows = await ctx.db.all<Omit<NormRow, 'need'>>(sql`
    select t.id as work_type_id, t.name as work_type_name, tu.short_name as work_unit, x.volume, m.id as material_id, m.name as material_name,
      mu.short_name as material_unit, n.quantity as norm
    from (select work_type_id as of_type, total(quantity) as volume from completed_works w where ${works} group by work_type_id) x
    join work_types t on t.id = x.of_type left join measurement_units tu on tu.id = t.measurement_unit_id
    join consumption_norms n on n.work_type_id = t.id and n.org_id = ${orgOf(ctx)}
    join materials m on m.id = n.material_id left join measurement_units mu on mu.id = m.measurement_unit_id
    where ${all(
      is('m.id', asked.material_id),
      asked.material_name?.trim()
        ? sql`m.id in (select v.material_id from movement_sums v where ${ofMaterials(ctx, asked)} and v.n > 0)`
        : undefined,
    )}
    order by t.name, t.id, m.name, m.id limit ${MOST}`)
  return rows.map((row) => ({ ...row, need: needOf(row.volume, row.norm) }))
}

/** The project's materials of the period. */
export async function materialRows(
  ctx: Ctx,
  asked: Official,
  norms: readonly NormRow[],
  openings: ReadonlyMap<number, number>,
): Promise<MaterialRow[]> {
  const shown = listed(asked)
  const rows = await ctx.db.all<Omit<MaterialRow, 'opening' | 'closing' | 'need' | 'deviation'>>(sql`
    select m.id as material_id, m.name as material_name, m.code as material_code, u.short_name as unit_name, x.*
    from (select v.material_id as of_material,
        total(iif(v.operation = 'receipt', v.quantity, 0)) as received, total(iif(v.operation = 'write_off', v.quantity, 0)) as used,
        total(iif(v.operation = 'write_off', v.total_price, 0)) as used_amount,
        total(iif(${shown}, v.quantity, 0)) as total_quantity, total(iif(${shown}, v.total_price, 0)) as total_amount,
        sum(iif(${shown}, 1, 0)) as operations_count,
        sum(iif(${shown} and v.document_number is not null, 1, 0)) as documents_count,
        sum(iif(${shown} and v.photo_file_id is not null, 1, 0)) as photos_count
      from material_movements v where ${inPeriod(ctx, asked)} group by v.material_id) x
    join materials m on m.id = x.of_material left join measurement_units u on u.id = m.measurement_unit_id
    where x.operations_count > 0
    order by m.name, m.id limit ${MOST}`)
  const needs = new Map<number, number>()
  for (const { material_id: id, need } of norms) needs.set(id, (needs.get(id) ?? 0) + need)
  return rows.map((row) => {
    const need = needs.get(row.material_id) ?? null
    const opening = openings.get(row.material_id) ?? 0
    return {
      ...row,
      opening,
      closing: opening + row.received - row.used,
      need,
      deviation: need === null ? null : row.used - need,
    }
  })
}
