import { and, eq, inArray, isNull, or, sql, type SQL } from 'drizzle-orm'
import { orgOf, type Ctx } from '../../context.ts'
import type { FieldIssue } from '../../http/errors.ts'
import type { OwnedTable } from './registry.ts'

/** A thing that a body names: where it stands there, and whose it must be. */
export interface Reference {
  /** Dotted: `materials.0.material_id`. */
  path: string
  table: OwnedTable
  id: number | null | undefined
  message?: string
  /** Further conditions, or others in place of the organization's own living rows. */
  where?: SQL
  /** In place of «the organization's own»: units of the system, for instance. */
  open?: SQL
}

const NOT_YOURS = 'Выбранное значение не найдено в вашей организации.'

/** Which of them are not the organization's: all tables are asked in one trip. */
export async function findMissing(ctx: Ctx, references: Reference[]): Promise<FieldIssue[]> {
  const asked = references.filter((r): r is Reference & { id: number } => r.id !== null && r.id !== undefined)
  const groups = new Map<string, (Reference & { id: number })[]>()
  const names = new Map<object, number>()
  const nameOf = (x: object | undefined) => (x ? (names.get(x) ?? names.set(x, names.size).size) : '-')
  for (const reference of asked) {
    const key = [nameOf(reference.table), nameOf(reference.where), nameOf(reference.open)].join('/')
    groups.set(key, [...(groups.get(key) ?? []), reference])
  }
  const queries = [...groups.values()].map((group) => {
    const { table, where, open } = group[0] as Reference
    const own = eq(table.orgId, orgOf(ctx))
    const ids = [...new Set(group.map((r) => r.id))]
    const among = ids.length > 50 ? sql`${table.id} in (select value from json_each(${JSON.stringify(ids)}))` : inArray(table.id, ids)
    return ctx.db
      .select({ id: table.id })
      .from(table)
      .where(and(among, open ? or(own, open) : own, isNull(table.deletedAt), where))
  })
  const [first, ...rest] = queries
  if (!first) return []
  const found = (await ctx.db.batch([first, ...rest])) as { id: number }[][]
  return [...groups.values()].flatMap((group, i) => {
    const known = new Set(found[i]?.map((row) => row.id))
    return group.filter((r) => !known.has(r.id)).map(({ path, message }) => ({ path, message: message ?? NOT_YOURS }))
  })
}
