import * as z from 'zod'
import { idValue } from '../../http/page-list.ts'
import { operation, Reply, wholeParam, type Operation } from '../../http/operation.ts'
import { dashboardSummary, latestMaterials, METRICS, recentActivity, showLimits, timeSeries, topProjects } from './overview.ts'
import {
  LatestMaterial,
  Limits,
  NewSettings,
  RecentWork,
  Registry,
  Settings,
  SiteRequestStatistics,
  Summary,
  TimeSeries,
  told,
  TopEntity,
} from './schemas.ts'
import { resetSettings, saveSettings, showDefaults, showSettings, showWidgets } from './settings.ts'
import { REFUSALS } from './settings-rules.ts'
import { siteRequestStatistics } from './site-requests.ts'

const board = { tag: 'Dashboard', method: 'get', access: 'admin.dashboard.view' } as const
/** One's own organization unless a child of it is asked for. */
const organization_id = idValue.optional()
const period = z.enum(['month']).default('month')

const overview: Operation[] = [
  operation(
    {
      ...board,
      id: 'get-dashboard',
      path: '/dashboard',
      summary: 'How many of everything there are',
      query: z.object({ organization_id }),
      invalid: 400,
      errors: [404],
      returns: { 200: { schema: told(Summary) } },
    },
    async (ctx, { query }) => ({ success: true, data: await dashboardSummary(ctx, query.organization_id) }),
  ),
  operation(
    {
      ...board,
      id: 'get-dashboard-timeseries',
      path: '/dashboard/timeseries',
      summary: 'New records of each of the last six months',
      query: z.object({ organization_id, period, metric: z.enum(METRICS).default('users') }),
      errors: [404],
      returns: { 200: { schema: told(TimeSeries) } },
    },
    async (ctx, { query }) => ({ success: true, data: await timeSeries(ctx, query.metric, query.organization_id) }),
  ),
  operation(
    {
      ...board,
      id: 'get-dashboard-top-entities',
      path: '/dashboard/top-entities',
      summary: 'The five projects with most materials',
      query: z.object({ organization_id, period, entity: z.enum(['projects']).default('projects') }),
      errors: [404],
      returns: { 200: { schema: told(z.array(TopEntity)) } },
    },
    async (ctx, { query }) => ({ success: true, data: await topProjects(ctx, query.organization_id) }),
  ),
  operation(
    {
      ...board,
      id: 'get-dashboard-history',
      path: '/dashboard/history',
      summary: 'The latest materials',
      query: z.object({ organization_id, type: z.enum(['materials']).default('materials'), limit: wholeParam(50).optional() }),
      errors: [404],
      returns: { 200: { schema: told(z.array(LatestMaterial)) } },
    },
    async (ctx, { query }) => ({ success: true, data: await latestMaterials(ctx, query.limit ?? 10, query.organization_id) }),
  ),
  operation(
    {
      ...board,
      id: 'get-dashboard-limits',
      path: '/dashboard/limits',
      summary: 'What the subscription allows, and what is used of it',
      query: z.object({ organization_id }),
      errors: [404],
      returns: { 200: { schema: told(Limits) } },
    },
    async (ctx, { query }) => ({ success: true, data: await showLimits(ctx, query.organization_id) }),
  ),
  operation(
    {
      ...board,
      id: 'get-dashboard-recent-activity',
      path: '/dashboard/recent-activity',
      summary: 'Works written down in the last days, 50 at most',
      query: z.object({ days: wholeParam(365).optional() }),
      returns: { 200: { schema: told(z.array(RecentWork)) } },
    },
    async (ctx, { query }) => ({ success: true, data: await recentActivity(ctx, query.days ?? 30) }),
  ),
  operation(
    {
      ...board,
      id: 'get-dashboard-site-requests-statistics',
      path: '/dashboard/site-requests/statistics',
      summary: 'Requests from sites, pending and processed',
      errors: [400],
      returns: { 200: { schema: told(SiteRequestStatistics) } },
    },
    async (ctx) => ({ success: true, data: await siteRequestStatistics(ctx) }),
  ),
]

const own = { tag: 'DashboardSettings', access: 'admin.dashboard.view', errors: [404] } as const
const query = z.object({ org_id: idValue.optional() })
const path = '/dashboard/settings'

const settings: Operation[] = [
  operation(
    {
      ...own,
      id: 'get-dashboard-widgets',
      method: 'get',
      path: '/dashboard/widgets',
      summary: 'The widgets of the caller’s role',
      query,
      returns: { 200: { schema: told(Registry) } },
    },
    async (ctx, { query: q }) => ({ success: true, data: await showWidgets(ctx, q.org_id) }),
  ),
  operation(
    {
      ...own,
      id: 'get-dashboard-settings',
      method: 'get',
      path,
      summary: 'How one has arranged the dashboard',
      query,
      returns: { 200: { schema: told(Settings) }, 204: { description: 'Nothing is saved' } },
    },
    async (ctx, { query: q }) => {
      const saved = await showSettings(ctx, q.org_id)
      return saved ? { success: true, data: saved } : new Reply(204, undefined)
    },
  ),
  operation(
    {
      ...own,
      id: 'put-dashboard-settings',
      method: 'put',
      path,
      summary: 'Arrange the dashboard for oneself',
      query,
      body: NewSettings,
      errors: [404, 409, 422],
      returns: { 200: { schema: told(Settings) } },
      example: { version: 1, layout_mode: 'simple', items: [{ id: 'contracts_statistics', enabled: true, order: 10 }] },
    },
    async (ctx, { query: q, body }) => {
      const { refused, settings: saved } = await saveSettings(ctx, q.org_id, body)
      if (!refused) return { success: true, data: saved }
      const { status, message } = REFUSALS[refused]
      return new Reply(status, { success: false, error: refused, message })
    },
  ),
  operation(
    {
      ...own,
      id: 'delete-dashboard-settings',
      method: 'delete',
      path,
      summary: 'Go back to the defaults',
      query,
      returns: { 200: { schema: z.object({ success: z.literal(true), message: z.string() }) } },
    },
    async (ctx, { query: q }) => {
      await resetSettings(ctx, q.org_id)
      return { success: true, message: 'reset' }
    },
  ),
  operation(
    {
      ...own,
      id: 'get-dashboard-settings-defaults',
      method: 'get',
      path: `${path}/defaults`,
      summary: 'The arrangement that the registry gives the caller’s role',
      query,
      returns: { 200: { schema: told(Settings) } },
    },
    async (ctx, { query: q }) => ({ success: true, data: await showDefaults(ctx, q.org_id) }),
  ),
]

export const dashboardRoutes = [...overview, ...settings]
