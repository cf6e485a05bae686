import * as z from 'zod'
import { line } from '../../http/operation.ts'

// SQLite nests expressions 100 deep in D1, and a text search alone takes half of it: hence how many conditions there may be.
// The shape of a report's definition. What its names mean is for `compile`; what is too much for one query is refused here already.

export const AGGREGATIONS = {
  sum: 'Сумма',
  avg: 'Среднее',
  count: 'Количество',
  min: 'Минимум',
  max: 'Максимум',
  count_distinct: 'Количество различных',
} as const
export type Aggregation = keyof typeof AGGREGATIONS
const aggregation = z.enum(['sum', 'avg', 'count', 'min', 'max', 'count_distinct'])

const name = z.string().min(1).max(100)
const scalar = z.union([z.string().max(500), z.number(), z.boolean()])
/** What a condition or a filter compares with. */
export const Value = z.union([
  scalar,
  z.null(),
  z.array(scalar).max(1000),
  z.strictObject({ from: scalar.nullish(), to: scalar.nullish() }),
])
export type Value = z.output<typeof Value>

export const DataSources = z.object({
  primary: name,
  joins: z
    .array(z.object({ table: name, type: z.enum(['left', 'inner', 'right']), on: z.array(name).length(2) }))
    .max(6)
    .nullish(),
})
export const QueryConfig = z.object({
  where: z
    .array(z.object({ field: name, operator: z.string().max(30), value: Value.optional() }))
    .max(20)
    .optional(),
  where_logic: z.enum(['and', 'or']).default('and'),
})
export const Column = z.object({
  field: name,
  label: line(255),
  order: z.int().min(1).max(10_000),
  format: z.enum(['text', 'number', 'currency', 'percent', 'date', 'datetime', 'boolean']).nullish(),
  aggregation: aggregation.nullish(),
})
export const FilterConfig = z.object({
  field: name,
  label: z.string().max(255),
  type: z.enum(['select', 'text', 'number', 'date', 'date_range', 'boolean']),
  options: z.array(z.string().max(255)).max(200).nullish(),
  required: z.boolean().default(false),
  default: Value.optional(),
})
export const AggregationsConfig = z.object({
  group_by: z.array(name).max(20).optional(),
  aggregations: z
    .array(z.object({ field: name, function: aggregation, alias: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/) }))
    .max(20)
    .optional(),
  having: z
    .array(z.object({ field: name, operator: z.string().max(30), value: z.union([z.string().max(500), z.number()]).optional() }))
    .max(10)
    .nullish(),
})
export const Sorting = z.object({ field: name, direction: z.enum(['asc', 'desc']).default('asc') })
export const Visualization = z.object({
  enabled: z.boolean().default(true),
  chart_type: z.enum(['bar', 'line', 'pie', 'area']).optional(),
  x_axis: name.optional(),
  y_axis: name.optional(),
  colors: z
    .array(z.string().regex(/^#[0-9a-fA-F]{6}$/))
    .max(20)
    .optional(),
})

/** What a query is compiled from. */
export const Definition = z.object({
  data_sources: DataSources,
  query_config: QueryConfig.nullish(),
  columns_config: z.array(Column).min(1).max(40),
  filters_config: z.array(FilterConfig).max(30).nullish(),
  aggregations_config: AggregationsConfig.nullish(),
  sorting_config: z.array(Sorting).max(10).nullish(),
  visualization_config: Visualization.nullish(),
})
export type Definition = z.output<typeof Definition>

export const Filters = z.record(z.string().max(100), Value).refine((f) => Object.keys(f).length <= 10, 'at most 10 filters')
export type Filters = z.output<typeof Filters>
