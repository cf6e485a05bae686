import * as z from 'zod'
import { line } from '../../http/operation.ts'
import {
  AggregationsConfig,
  Column,
  DataSources,
  Definition,
  FilterConfig,
  Filters,
  QueryConfig,
  Sorting,
  Visualization,
} from '../builder/definition.ts'
import { EXPORT_FORMATS } from './tables.ts'

export const CATEGORY_KEYS = ['core', 'finances', 'materials', 'works', 'staff'] as const

const about = {
  name: line(255).meta({ example: 'Финансы по проектам' }),
  description: z.string().max(1000).nullish(),
  report_category: z.enum(CATEGORY_KEYS),
}
export const NewReport = z.object({ ...about, ...Definition.shape, is_shared: z.boolean().nullish() }).meta({ id: 'NewCustomReport' })
export const ChangeReport = z
  .object({ ...about, ...Definition.shape, is_shared: z.boolean().nullable() })
  .partial()
  .meta({ id: 'ChangeCustomReport' })

const Person = z.object({
  id: z.int(),
  name: z.string(),
  email: z.string(),
  role: z.string(),
  avatar_url: z.string().nullable(),
  created_at: z.string(),
})
export const Execution = z
  .object({
    id: z.int(),
    custom_report_id: z.int(),
    user_id: z.int().nullable(),
    organization_id: z.int(),
    applied_filters: z.record(z.string(), z.unknown()),
    execution_time_ms: z.int(),
    result_rows_count: z.int(),
    export_format: z.enum(EXPORT_FORMATS).nullable(),
    export_file_id: z.string().nullable(),
    status: z.enum(['pending', 'processing', 'completed', 'failed', 'cancelled']),
    error_message: z.string().nullable(),
    created_at: z.string(),
    completed_at: z.string().nullable(),
    user: Person.nullable(),
  })
  .meta({ id: 'ReportExecution' })
export const Report = z
  .object({
    id: z.int(),
    name: z.string(),
    description: z.string().nullable(),
    organization_id: z.int(),
    user_id: z.int(),
    report_category: z.enum(CATEGORY_KEYS),
    data_sources: DataSources,
    query_config: QueryConfig.nullable(),
    columns_config: z.array(Column),
    filters_config: z.array(FilterConfig).nullable(),
    aggregations_config: AggregationsConfig.nullable(),
    sorting_config: z.array(Sorting).nullable(),
    visualization_config: Visualization.nullable(),
    is_shared: z.boolean(),
    is_favorite: z.boolean(),
    is_scheduled: z.boolean(),
    execution_count: z.int(),
    last_executed_at: z.string().nullable(),
    created_at: z.string(),
    updated_at: z.string(),
    user: Person.nullable(),
  })
  .meta({ id: 'CustomReport' })

export const ExecuteBody = z
  .object({ filters: Filters.nullish(), limit: z.int().min(1).max(10_000).nullish() })
  .optional()
  .meta({ id: 'ExecuteReport' })
export const ExecuteQuery = z.object({ export: z.enum(EXPORT_FORMATS).optional() })
export const ShareBody = z.object({ is_shared: z.boolean() }).meta({ id: 'ShareReport' })
export const CloneBody = z
  .object({ name: line(255).optional() })
  .optional()
  .meta({ id: 'CloneReport' })
