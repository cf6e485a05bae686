import { sql, type SQL } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import type { Write } from '../../db/client.ts'

/**
 * Makes the write-offs of a completed work what they must be, from what the work is at that point of the batch: a living confirmed work writes each of its
 * materials off on its completion date, any other work none. Put these after all writes of the work and of its materials, whatever changed (confirmed, cancelled,
 * corrected, deleted, new materials); a write-off that stays keeps its id. `workId` may be `insertedId(completedWorks)`.
 */
export function writeOffsOf(ctx: Ctx, workId: number | SQL<number>): Write[] {
  const at = ctx.now.toISOString()
  const confirmed = sql`w.id = ${workId} and w.status = 'confirmed' and w.deleted_at is null`
  return [
    ctx.db.run(sql`delete from material_movements where work_id = ${workId} and material_id not in (
      select m.material_id from work_materials m join completed_works w on w.id = m.work_id where ${confirmed})`),
    ctx.db.run(sql`insert into material_movements (org_id, project_id, material_id, user_id, operation, quantity, unit_price, total_price,
        usage_date, work_type_id, work_id, notes, created_at, updated_at)
      select w.org_id, w.project_id, m.material_id, w.user_id, 'write_off', m.quantity, m.unit_price, m.total_amount,
        w.completion_date, w.work_type_id, w.id, m.notes, ${at}, ${at}
      from work_materials m join completed_works w on w.id = m.work_id where ${confirmed}
      on conflict (work_id, material_id) where work_id is not null do update set org_id = excluded.org_id, project_id = excluded.project_id,
        user_id = excluded.user_id, quantity = excluded.quantity, unit_price = excluded.unit_price, total_price = excluded.total_price,
        usage_date = excluded.usage_date, work_type_id = excluded.work_type_id, notes = excluded.notes, updated_at = excluded.updated_at,
        deleted_at = null`),
  ]
}
