import * as z from 'zod'
import { orgOf, type Ctx } from '../../context.ts'
import { notFound } from '../../http/errors.ts'
import { issuesOf, operation, Reply } from '../../http/operation.ts'
import { mustHaveModule } from '../../construction/people/limits.ts'
import { EXPORT_TYPES } from '../export/export.ts'
import { compile } from './compile.ts'
import { OPERATORS } from './conditions.ts'
import { AGGREGATIONS, Definition, Filters } from './definition.ts'
import { rowsOf, runDefinition, shownColumns } from './run.ts'
import { CATEGORIES, sourceOf, SOURCES } from './sources.ts'

const tag = 'Custom Reports Builder'
const PREVIEW_ROWS = 20
const EXPORT_LABELS = { csv: 'CSV', excel: 'Excel', pdf: 'PDF' } as const

const Named = z.object({ key: z.string(), label: z.string() })
const listOf = (item: z.ZodType) => z.object({ success: z.literal(true), data: z.array(item) })
const params = z.object({ dataSource: z.string().max(100) })

const named = (of: Readonly<Record<string, string>>) => Object.entries(of).map(([key, label]) => ({ key, label }))

const knownSource = (key: string) => {
  const source = sourceOf(key)
  if (!source) throw notFound('Источник данных не найден')
  return source
}

/** One of the lists that a builder's form is made from. */
const dictionary = (path: string, summary: string, item: z.ZodType, data: unknown[]) =>
  operation(
    {
      id: `get-custom-reports-builder-${path}`,
      method: 'get',
      path: `/custom-reports/builder/${path}`,
      summary,
      tag,
      access: 'admin.reports.view',
      returns: { 200: { schema: listOf(item) } },
    },
    async (ctx) => {
      await mustHaveModule(ctx, 'advanced_reports')
      return { success: true, data }
    },
  )

/** Reads a definition as it comes and says all that is wrong with it in sentences, each with its place. */
function judge(ctx: Ctx, body: unknown): { definition: Definition; problems?: undefined } | { definition?: undefined; problems: string[] } {
  const said = (issues: { path: string; message: string }[]) => ({
    problems: issues.map(({ path, message }) => (path ? `${path}: ${message}` : message)),
  })
  const parsed = Definition.safeParse(body)
  if (!parsed.success) return said(issuesOf(parsed.error))
  const { errors } = compile(parsed.data, orgOf(ctx))
  return errors ? said(errors) : { definition: parsed.data }
}

const refused = (problems: string[]) => new Reply(422, { success: false, message: 'Конфигурация отчёта не годится', errors: problems })
/** Sentences of the builder's own; by field, where already the body can't be taken as one. */
const Refused = z
  .object({
    success: z.literal(false),
    message: z.string(),
    error: z.string().optional(),
    errors: z.union([z.array(z.string()), z.record(z.string(), z.array(z.string()))]),
  })
  .meta({ id: 'WrongDefinition' })
const example = {
  data_sources: { primary: 'projects' },
  columns_config: [{ field: 'projects.name', label: 'Название', order: 1, format: 'text' }],
}

export const builderRoutes = [
  dictionary(
    'data-sources',
    'What reports are built from',
    z.object({ key: z.string(), label: z.string(), category: z.string(), table: z.string() }),
    Object.entries(SOURCES).map(([key, { label, category }]) => ({ key, label, category, table: key })),
  ),
  dictionary('operators', 'How conditions compare', Named, named(OPERATORS)),
  dictionary('aggregations', 'How values are summed up', Named, named(AGGREGATIONS)),
  dictionary(
    'export-formats',
    'What reports are exported as',
    Named.extend({ mime: z.string() }),
    Object.entries(EXPORT_LABELS).map(([key, label]) => ({
      key,
      label,
      mime: EXPORT_TYPES[key as keyof typeof EXPORT_LABELS].mime.split(';')[0],
    })),
  ),
  dictionary('categories', 'Kinds of reports', Named, named(CATEGORIES)),
  operation(
    {
      id: 'get-custom-reports-builder-data-sources-dataSource-fields',
      method: 'get',
      path: '/custom-reports/builder/data-sources/{dataSource}/fields',
      summary: 'Fields of a source',
      tag,
      access: 'admin.reports.view',
      params,
      returns: {
        200: {
          schema: listOf(
            Named.extend({
              type: z.string(),
              filterable: z.boolean(),
              sortable: z.boolean(),
              aggregatable: z.boolean(),
              format: z.string().nullable(),
            }),
          ),
        },
      },
    },
    async (ctx, { params: p }) => {
      await mustHaveModule(ctx, 'advanced_reports')
      const data = Object.entries(knownSource(p.dataSource).fields).map(([key, { label, type, format }]) => ({
        key,
        label,
        type,
        filterable: true,
        sortable: true,
        aggregatable: type === 'integer' || type === 'decimal',
        format,
      }))
      return { success: true, data }
    },
  ),
  operation(
    {
      id: 'get-custom-reports-builder-data-sources-dataSource-relations',
      method: 'get',
      path: '/custom-reports/builder/data-sources/{dataSource}/relations',
      summary: 'What a source may be joined with',
      tag,
      access: 'admin.reports.view',
      params,
      returns: {
        200: {
          schema: listOf(
            z.object({
              name: z.string(),
              label: z.string(),
              type: z.enum(['hasMany', 'belongsTo', 'belongsToMany']),
              related_source: z.string(),
              foreign_key: z.string(),
              local_key: z.string(),
            }),
          ),
        },
      },
      errors: [404],
    },
    async (ctx, { params: p }) => {
      await mustHaveModule(ctx, 'advanced_reports')
      const data = knownSource(p.dataSource).relations.map(({ name, label, type, source, foreignKey, localKey }) => ({
        name,
        label,
        type,
        related_source: source,
        foreign_key: foreignKey,
        local_key: localKey,
      }))
      return { success: true, data }
    },
  ),
  operation(
    {
      id: 'post-custom-reports-builder-validate',
      method: 'post',
      path: '/custom-reports/builder/validate',
      summary: 'Whether a definition can be run; nothing is saved',
      tag,
      access: 'admin.reports.view',
      // Read by the verb: its refusals are sentences, whatever is wrong.
      body: z.looseObject({}),
      returns: { 200: { schema: z.object({ success: z.literal(true), message: z.string() }) }, 422: { schema: Refused } },
      example,
    },
    async (ctx, { body }) => {
      await mustHaveModule(ctx, 'advanced_reports')
      const { problems } = judge(ctx, body)
      return problems ? refused(problems) : { success: true, message: 'Конфигурация валидна' }
    },
  ),
  operation(
    {
      id: 'post-custom-reports-builder-preview',
      method: 'post',
      path: '/custom-reports/builder/preview',
      summary: 'The first rows of a definition; not recorded',
      tag,
      access: 'admin.reports.view',
      body: z.looseObject({}),
      returns: {
        200: {
          schema: z.object({
            success: z.literal(true),
            data: z.object({
              columns: z.array(z.object({ field: z.string(), label: z.string(), format: z.string() })),
              rows: z.array(z.record(z.string(), z.unknown())),
              preview: z.literal(true),
              total_rows: z.int(),
              execution_time_ms: z.int(),
            }),
          }),
        },
        422: { schema: Refused },
      },
      example,
    },
    async (ctx, { body }) => {
      await mustHaveModule(ctx, 'advanced_reports')
      const { definition, problems } = judge(ctx, body)
      if (!definition) return refused(problems)
      const filters = Filters.safeParse(body.filters ?? {})
      if (!filters.success) return refused(issuesOf(filters.error).map(({ path, message }) => `filters.${path}: ${message}`))
      const started = Date.now()
      const result = await runDefinition(ctx, definition, filters.data, PREVIEW_ROWS)
      const data = {
        columns: shownColumns(result.columns),
        rows: rowsOf(result),
        preview: true,
        total_rows: result.cells.length,
        execution_time_ms: Date.now() - started,
      }
      return { success: true, data }
    },
  ),
]
