import { and, desc, eq } from 'drizzle-orm'
import type * as z from 'zod'
import type { Ctx } from '../../context.ts'
import { definePages } from '../../http/page-list.ts'
import { authorOf } from '../../construction/person.ts'
import { mine, said, verbsOf } from '../../construction/registry/registry.ts'
import { isoStamp } from '../../construction/stamps.ts'
import type { ChangeTemplate, NewTemplate } from './schemas.ts'
import { reportTemplates as table, type TemplateColumn, type TemplateType } from './tables.ts'

type New = z.output<typeof NewTemplate>
type Change = z.output<typeof ChangeTemplate>
export type TemplateRow = typeof table.$inferSelect

export const templatePages = definePages({ counted: 'report_templates', key: table.id, sorts: { id: table.id } })

const columnsOf = (columns: New['columns_config']): TemplateColumn[] =>
  columns.map((column) => ({ ...column, format_options: column.format_options ?? null })).toSorted((a, b) => a.order - b.order)

export const templates = verbsOf({
  table,
  noun: 'report_template',
  missing: 'Шаблон отчета не найден',
  list: templatePages,
  columns: (input: New, { ctx }) => ({
    userId: authorOf(ctx),
    name: input.name,
    type: input.report_type,
    columns: columnsOf(input.columns_config),
    isDefault: input.is_default,
  }),
  changes: (input: Change) =>
    said({
      name: input.name,
      type: input.report_type,
      columns: input.columns_config && columnsOf(input.columns_config),
      isDefault: input.is_default,
    }),
  related: async () => undefined,
  present: (row) => ({
    id: row.id,
    name: row.name,
    report_type: row.type,
    organization_id: row.orgId,
    user_id: row.userId,
    columns_config: row.columns,
    is_default: row.isDefault,
    created_at: isoStamp(row.createdAt),
    updated_at: isoStamp(row.updatedAt),
  }),
})

export const makeDefault = (ctx: Ctx, id: number) => templates.change(ctx, id, { is_default: true })

/** The template that a report takes: the one that is named, which must be of its type, or the default one. */
export async function templateFor(ctx: Ctx, type: TemplateType, id: number | undefined): Promise<TemplateRow | undefined> {
  const [row] = await ctx.db
    .select()
    .from(table)
    .where(and(mine(ctx, table), eq(table.type, type), id === undefined ? eq(table.isDefault, true) : eq(table.id, id)))
    .orderBy(desc(table.id))
    .limit(1)
  return row
}
