import * as z from 'zod'
import { line } from '../../http/operation.ts'

export const told = <T extends z.ZodType>(data: T) => z.object({ success: z.literal(true), data })

export const Summary = z
  .object({
    users_count: z.int(),
    projects_count: z.int(),
    materials_count: z.int(),
    suppliers_count: z.int(),
    contracts_count: z.int(),
    completed_works_count: z.int(),
  })
  .meta({ id: 'DashboardSummary' })
export const TimeSeries = z
  .object({ labels: z.array(z.string()), values: z.array(z.int()), metric: z.string() })
  .meta({ id: 'DashboardTimeSeries' })
export const TopEntity = z.object({ id: z.int(), name: z.string(), materials_count: z.int() }).meta({ id: 'DashboardTopEntity' })
export const LatestMaterial = z.object({ id: z.int(), name: z.string(), created_at: z.string() }).meta({ id: 'DashboardMaterial' })
export const Limits = z
  .object({
    max_users: z.int(),
    current_users: z.int(),
    max_projects: z.int(),
    current_projects: z.int(),
    modules: z.array(z.string()),
  })
  .meta({ id: 'DashboardLimits' })
export const RecentWork = z
  .object({
    id: z.int(),
    project_name: z.string().nullable(),
    contract_number: z.string().nullable(),
    work_type_name: z.string().nullable(),
    user_name: z.string().nullable(),
    quantity: z.number(),
    total_amount: z.number(),
    status: z.string(),
    completion_date: z.string(),
    created_at: z.string(),
  })
  .meta({ id: 'DashboardWork' })
export const SiteRequestStatistics = z
  .object({ total_requests: z.int(), pending_requests: z.int(), processed_requests: z.int(), personnel_requests: z.int() })
  .meta({ id: 'DashboardSiteRequests' })

const Size = z.object({ xs: z.int(), md: z.int(), lg: z.int() })
export const Registry = z
  .object({
    version: z.int(),
    widgets: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        description: z.string().nullable(),
        component: z.string(),
        default_enabled: z.boolean(),
        default_size: Size.nullable(),
        min_size: Size.nullable(),
        roles: z.array(z.string()).nullable(),
      }),
    ),
  })
  .meta({ id: 'DashboardWidgets' })

const nullableInt = z.int().nullable()
export const Settings = z
  .object({
    version: z.int(),
    layout_mode: z.string(),
    items: z.array(
      z.object({
        id: z.string(),
        enabled: z.boolean(),
        order: z.int(),
        size: Size,
        layout: z.object({ x: nullableInt, y: nullableInt, w: nullableInt, h: nullableInt }).nullable(),
      }),
    ),
    updated_at: z.string().nullable(),
  })
  .meta({ id: 'DashboardSettings' })

const side = z.int().min(1).nullish()
const at = z.int().min(0).nullish()
export const NewSettings = z
  .object({
    version: z.int().min(1),
    layout_mode: z.string().max(50).nullish(),
    items: z
      .array(
        z.object({
          id: line(100),
          enabled: z.boolean(),
          order: z.int().min(0),
          size: z.object({ xs: side, md: side, lg: side }).nullish(),
          layout: z.object({ x: at, y: at, w: side, h: side }).nullish(),
        }),
      )
      .max(50),
  })
  .meta({ id: 'NewDashboardSettings' })
