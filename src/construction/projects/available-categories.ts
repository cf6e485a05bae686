import { asc } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import { categories } from '../cost-categories/cost-categories.ts'
import { costCategories as table } from '../cost-categories/tables.ts'
import { mine } from '../registry/registry.ts'

type Row = typeof table.$inferSelect

/** As many as a form can offer. */
const MOST = 5000

/** From the root down to the parent. A tree has no circles: triggers keep them out. */
function pathOf(row: Row, byId: ReadonlyMap<number, Row>): { id: number; name: string }[] {
  const path: { id: number; name: string }[] = []
  for (let up = byId.get(row.parentId ?? 0); up; up = byId.get(up.parentId ?? 0)) path.unshift({ id: up.id, name: up.name })
  return path
}

/** The active cost categories that a project may be booked under, each with its place in the tree: one query. */
export async function listAvailableCategories(ctx: Ctx) {
  const all = await ctx.db.select().from(table).where(mine(ctx, table)).orderBy(asc(table.sortOrder), asc(table.id)).limit(MOST)
  const byId = new Map(all.map((row) => [row.id, row]))
  const active = all.filter((row) => row.isActive)
  const children = Map.groupBy(active, (row) => row.parentId)
  return active.map((row) => ({
    ...categories.registry.present(row, byId, ctx),
    children: (children.get(row.id) ?? []).map(({ id, name, code }) => ({ id, name, code })),
    path: pathOf(row, byId),
  }))
}
