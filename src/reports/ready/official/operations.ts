import { sql, type SQL } from 'drizzle-orm'
import { orgOf, type Ctx } from '../../../context.ts'
import { all } from '../report.ts'
import { inPeriod, listed, ofMaterials, type Official } from './asked.ts'
import { needOf } from './m29.ts'

/** A delivery or a write-off with all that it names; quantities and money in whole units. */
export interface OperationRow {
  id: number
  usage_date: string
  operation: 'receipt' | 'write_off'
  material_id: number
  material_name: string
  unit_name: string | null
  quantity: number
  unit_price: number | null
  total_price: number | null
  supplier_name: string | null
  document_number: string | null
  invoice_date: string | null
  work_type_name: string | null
  work_id: number | null
  user_name: string | null
  notes: string | null
  photo_file_id: string | null
  /** What the norm gives for the work that it was used in. */
  norm_quantity: number | null
  /** What is left of the material in the project after it. */
  balance: number
}
type Found = Omit<OperationRow, 'norm_quantity' | 'balance'> & { norm: number | null; volume: number | null }

const FIELDS = sql`v.id, v.usage_date, v.operation, v.material_id, m.name as material_name, mu.short_name as unit_name, v.quantity, v.unit_price,
  v.total_price, s.name as supplier_name, v.document_number, v.invoice_date, t.name as work_type_name, v.work_id, coalesce(pm.name, p.name) as user_name, v.notes,
  v.photo_file_id, n.quantity as norm, w.quantity as volume`
const NAMES = (ctx: Ctx) => sql`join materials m on m.id = v.material_id left join measurement_units mu on mu.id = m.measurement_unit_id
  left join suppliers s on s.id = v.supplier_id left join work_types t on t.id = v.work_type_id left join users p on p.id = v.user_id
  left join memberships pm on pm.org_id = ${orgOf(ctx)} and pm.user_id = v.user_id
  left join completed_works w on w.id = v.work_id
  left join consumption_norms n on n.work_type_id = w.work_type_id and n.material_id = v.material_id and n.org_id = ${orgOf(ctx)}`

const finish = ({ norm, volume, ...row }: Found & { balance: number }): OperationRow => ({
  ...row,
  norm_quantity: norm === null || volume === null ? null : needOf(volume, norm),
})

const SIGNED = sql`iif(v.operation = 'receipt', v.quantity, -v.quantity)`

/** A page of the listed operations, oldest first. */
export async function operationPage(
  ctx: Ctx,
  asked: Official,
  opening: ReadonlyMap<number, number>,
  limit: number,
  offset: number,
): Promise<OperationRow[]> {
  const rows = await ctx.db.all<Found & { moved: number }>(sql`
    with b as (select v.id as of_id, total(${SIGNED}) over (partition by v.material_id order by v.usage_date, v.id rows unbounded preceding) as moved
      from material_movements v where ${inPeriod(ctx, asked)}),
    page as (select v.id as of_id, b.moved from b join material_movements v on v.id = b.of_id
      where ${listed(asked)} order by v.usage_date, v.id limit ${limit} offset ${offset})
    select ${FIELDS}, page.moved from page join material_movements v on v.id = page.of_id ${NAMES(ctx)} order by v.usage_date, v.id`)
  return rows.map(({ moved, ...row }) => finish({ ...row, balance: (opening.get(row.material_id) ?? 0) + moved }))
}

/** How many are listed. */
export async function countOperations(ctx: Ctx, asked: Official): Promise<number> {
  const [row] = await ctx.db.all<{ n: number }>(
    sql`select count(*) as n from material_movements v where ${inPeriod(ctx, asked)} and ${listed(asked)}`,
  )
  return row?.n ?? 0
}

/** Rows that are read at a time. */
const STEP = 2000

/** All listed operations, oldest first, as they are read: balances are carried along from what there was when the period began. */
export async function* allOperations(ctx: Ctx, asked: Official, opening: ReadonlyMap<number, number>): AsyncGenerator<OperationRow> {
  const left = new Map(opening)
  let after: SQL = sql`true`
  for (;;) {
    const rows: (Found & { shown: number })[] = await ctx.db.all(sql`
      select ${FIELDS}, (${listed(asked)}) as shown from material_movements v ${NAMES(ctx)}
      where ${all(inPeriod(ctx, asked), after)}
      order by v.usage_date, v.id limit ${STEP}`)
    for (const { shown, ...row } of rows) {
      const balance = (left.get(row.material_id) ?? 0) + (row.operation === 'receipt' ? row.quantity : -row.quantity)
      left.set(row.material_id, balance)
      if (shown) yield finish({ ...row, balance })
    }
    const last = rows.at(-1)
    if (!last || rows.length < STEP) return
    after = sql`(v.usage_date, v.id) > (${last.usage_date}, ${last.id})`
  }
}

/** What was there of each material when the period began: what there is now, less all that has moved since. */
export async function openings(ctx: Ctx, asked: Official): Promise<Map<number, number>> {
  const rows = await ctx.db.all<{ id: number; opening: number }>(sql`select id, total(quantity) as opening from (
      select v.material_id as id, ${SIGNED} as quantity from movement_sums v where ${ofMaterials(ctx, asked)}
      union all select v.material_id, -${SIGNED} from material_movements v
        where ${ofMaterials(ctx, asked)} and v.deleted_at is null and v.usage_date >= ${asked.date_from})
    group by id`)
  return new Map(rows.map((row) => [row.id, row.opening]))
}
