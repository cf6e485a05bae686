import { and, eq, getTableColumns, isNull, sql, type SQL } from 'drizzle-orm'
import * as z from 'zod'
import { orgOf, type Ctx } from '../../context.ts'
import { asked, isAsked } from '../../db/asked.ts'
import { AppError } from '../../http/errors.ts'
import { contains, custom, definePages, flag } from '../../http/page-list.ts'
import { searchable } from '../../lib/search-text.ts'
import { invalid, mine, said, verbsOf } from '../registry/registry.ts'
import { isoStamp } from '../stamps.ts'
import type { ChangeCategory, NewCategory } from './schemas.ts'
import { costCategories as table } from './tables.ts'

type New = z.output<typeof NewCategory>
type Change = z.output<typeof ChangeCategory>
type Row = typeof table.$inferSelect

export const categoryPages = definePages({
  counted: 'cost_categories',
  key: table.id,
  filters: {
    search: contains(table.search),
    is_active: flag(table.isActive),
    parent_id: custom(
      z.string().regex(/^(0|null|[1-9]\d{0,14})$/, 'must be an id, 0 or null'),
      (value) => (value === '0' || value === 'null' ? isNull(table.parentId) : eq(table.parentId, Number(value))),
      {
        exact: (value) => ({ column: table.parentId.name, values: [value === '0' || value === 'null' ? '' : value] }),
        leaves: 'few',
      },
    ),
  },
  sorts: { sort_order: table.sortOrder, name: table.name, created_at: table.createdAt, updated_at: table.updatedAt },
  direction: 'asc',
})

/** How a category is searched. */
export const searchOf = (row: Pick<Row, 'name' | 'code' | 'externalCode'>) =>
  searchable([row.name, row.code, row.externalCode].filter(Boolean).join(' '))

function columnsOf(input: Change, before?: Row) {
  const columns = said({
    name: input.name,
    code: input.code,
    externalCode: input.external_code,
    description: input.description,
    parentId: input.parent_id === 0 ? null : input.parent_id,
    isActive: input.is_active,
    sortOrder: input.sort_order === null ? 0 : input.sort_order,
    additionalAttributes: input.additional_attributes,
  })
  return {
    ...columns,
    search: searchOf({
      name: columns.name ?? before?.name ?? '',
      code: columns.code === undefined ? (before?.code ?? null) : columns.code,
      externalCode: columns.externalCode === undefined ? (before?.externalCode ?? null) : columns.externalCode,
    }),
  }
}

const badParent = () => invalid([{ path: 'parent_id', message: 'Родительская категория не найдена в вашей организации.' }])
const inCircle = () => invalid([{ path: 'parent_id', message: 'Категория не может быть подчинена самой себе или своей подкатегории.' }])
const inUse = () => new AppError('bad_request', 'Нельзя удалить категорию, у которой есть подкатегории или проекты.')

const brief = (row: Row) => ({ id: row.id, name: row.name, code: row.code })

/**
 * Cost categories are a tree. That a parent is the organization's own, and that nothing hangs below itself, is kept by triggers, which see moves side by side
 * one after the other; so is that what has children or projects stays.
 */
export const categories = verbsOf({
  table,
  noun: 'cost_category',
  missing: 'Категория затрат не найдена',
  list: categoryPages,
  columns: (input: New) => columnsOf(input),
  changes: (input: Change, { before }) => columnsOf(input, before),
  references: (input) => (input.parent_id === 0 ? [] : [{ path: 'parent_id', table, id: input.parent_id }]),
  unique: { 'cost_categories.code': { path: 'code', message: 'Категория с таким кодом уже существует в вашей организации.' } },
  refusals: { 'category parent refused': badParent, 'category parent cycle': inCircle, 'category in use': inUse },
  related: async (ctx, rows) => {
    if (rows.every((row) => row.parentId === null)) return new Map<number, Row>()
    const ids = asked(rows.map((row) => row.parentId))
    const parents = await ctx.db.select(getTableColumns(table)).from(ids).crossJoin(table).where(isAsked(table.id))
    return new Map(parents.map((parent) => [parent.id, parent]))
  },
  present: (row, parents) => {
    const parent = row.parentId === null ? undefined : parents.get(row.parentId)
    return {
      id: row.id,
      name: row.name,
      code: row.code,
      external_code: row.externalCode,
      description: row.description,
      organization_id: row.orgId,
      parent_id: row.parentId,
      is_active: row.isActive,
      sort_order: row.sortOrder,
      additional_attributes: row.additionalAttributes,
      created_at: isoStamp(row.createdAt),
      updated_at: isoStamp(row.updatedAt),
      parent: parent ? brief(parent) : null,
      projects_count: row.projectsCount,
    }
  },
})

/** Everything above a category, the root first, without itself. */
export const pathTo = (id: number | SQL<number>) => sql`(with recursive up(id, parent_id, name, depth) as (
    select id, parent_id, name, 0 from cost_categories where id = ${id}
    union all select c.id, c.parent_id, c.name, up.depth + 1 from cost_categories c join up on c.id = up.parent_id)
  select json_group_array(json_object('id', id, 'name', name) order by depth desc) from up where depth > 0)`

/** One category, with what is below it and the way down to it. */
export async function getCategory(ctx: Ctx, id: number) {
  const row = await categories.load(ctx, id)
  const [shown, [children, [path]]] = await Promise.all([
    categories.show(ctx, row),
    ctx.db.batch([
      ctx.db
        .select()
        .from(table)
        .where(and(mine(ctx, table), eq(table.parentId, id)))
        .orderBy(table.sortOrder, table.id),
      ctx.db
        .select({ json: sql<string>`${pathTo(id)}` })
        .from(table)
        .where(and(eq(table.id, id), eq(table.orgId, orgOf(ctx)))),
    ]),
  ])
  return { ...shown, children: children.map(brief), path: JSON.parse(path?.json ?? '[]') as { id: number; name: string }[] }
}
