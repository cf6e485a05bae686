import { and, eq, isNull, or, sql, type SQL } from 'drizzle-orm'
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

type Named = Reference & { id: number }

/** What is named, by table and conditions. */
function groupsOf(references: readonly Reference[]): Named[][] {
  const groups = new Map<string, Named[]>()
  const names = new Map<object, number>()
  const nameOf = (x: object | undefined) => (x ? (names.get(x) ?? names.set(x, names.size).size) : '-')
  for (const reference of references) {
    if (reference.id === null || reference.id === undefined) continue
    const key = [nameOf(reference.table), nameOf(reference.where), nameOf(reference.open)].join('/')
    groups.set(key, [...(groups.get(key) ?? []), reference as Named])
  }
  return [...groups.values()]
}

const idsOf = (group: readonly Named[]): number[] => [...new Set(group.map((r) => r.id))]

function livingOf(ctx: Ctx, group: readonly Named[]): SQL | undefined {
  const { table, where, open } = group[0] as Named
  const own = eq(table.orgId, orgOf(ctx))
  const ids = idsOf(group)
  // One parameter, however many: a statement has room for a hundred.
  const among = sql`${table.id} in (select value from json_each(${JSON.stringify(ids)}))`
  return and(among, open ? or(own, open) : own, isNull(table.deletedAt), where)
}

/** Which of them are not the organization's: all tables are asked in one trip. */
export async function findMissing(ctx: Ctx, references: readonly Reference[]): Promise<FieldIssue[]> {
  const groups = groupsOf(references)
  const queries = groups.map((group) => {
    const { table } = group[0] as Named
    return ctx.db.select({ id: table.id }).from(table).where(livingOf(ctx, group))
  })
  const [first, ...rest] = queries
  if (!first) return []
  const found = (await ctx.db.batch([first, ...rest])) as { id: number }[][]
  return groups.flatMap((group, i) => {
    const known = new Set(found[i]?.map((row) => row.id))
    return group.filter((r) => !known.has(r.id)).map(({ path, message }) => ({ path, message: message ?? NOT_YOURS }))
  })
}

/** The same for the moment of a write: somebody may delete what is named after it was looked for. */
export const stillThere = (ctx: Ctx, references: readonly Reference[]): SQL =>
  and(
    ...groupsOf(references).map(
      (group) => sql`(select count(*) from ${(group[0] as Named).table} where ${livingOf(ctx, group)}) = ${idsOf(group).length}`,
    ),
  ) ?? sql`1`
