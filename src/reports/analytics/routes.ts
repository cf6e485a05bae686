import * as z from 'zod'
import type { Ctx } from '../../context.ts'
import { operation } from '../../http/operation.ts'
import { costDynamics, costHistory, movementReport } from './prices.ts'
import * as s from './schemas.ts'
import { inventory, lowStock } from './stock.ts'
import { materialSummary, mostUsed, usageByProjects, usageBySuppliers } from './usage.ts'

const Meta = z.object({ current_page: z.int(), per_page: z.int(), has_more: z.boolean() }).meta({ id: 'AnalyticsPage' })

const declare = <Q extends z.ZodType>(name: string, summary: string, query: Q, data: z.ZodType, more: Record<string, z.ZodType> = {}) =>
  ({
    id: `get-materials-analytics-${name}`,
    method: 'get',
    path: `/materials/analytics/${name}`,
    summary,
    tag: 'Material Analytics',
    access: 'admin.catalogs.view',
    query,
    returns: { 200: { schema: z.object({ success: z.literal(true), message: z.string(), data, ...more }) } },
  }) as const

const one = <Q extends z.ZodType>(
  name: string,
  [summary, message]: [string, string],
  query: Q,
  shown: z.ZodType,
  read: (ctx: Ctx, asked: z.output<Q>) => Promise<unknown>,
) =>
  operation(declare(name, summary, query, shown), async (ctx, { query: asked }) => ({
    success: true,
    message,
    data: await read(ctx, asked),
  }))

/** A page of rows; `meta` tells whether there are more. */
const paged = <Q extends z.ZodType>(
  name: string,
  [summary, message]: [string, string],
  query: Q,
  shown: z.ZodType,
  read: (ctx: Ctx, asked: z.output<Q>) => Promise<{ rows: unknown[]; meta: object }>,
) =>
  operation(declare(name, summary, query, z.array(shown), { meta: Meta }), async (ctx, { query: asked }) => {
    const { rows, meta } = await read(ctx, asked)
    return { success: true, message, data: rows, meta }
  })

export const materialAnalyticsRoutes = [
  one('summary', ['Materials in numbers', 'Сводка по материалам'], s.PeriodQuery, s.Summary, materialSummary),
  paged(
    'usage-by-projects',
    ['What came to projects and was used there', 'Использование по проектам'],
    s.ByProjects,
    s.ProjectUse,
    usageByProjects,
  ),
  paged('usage-by-suppliers', ['What suppliers delivered', 'Использование по поставщикам'], s.BySuppliers, s.SupplierUse, usageBySuppliers),
  paged('low-stock', ['Materials that are running out', 'Материалы с низким остатком'], s.LowStockQuery, s.Stock, lowStock),
  one('most-used', ['Materials that are used most', 'Самые используемые материалы'], s.MostUsedQuery, z.array(s.Used), mostUsed),
  paged('cost-history', ['Prices of a material by day', 'История цен материала'], s.CostHistoryQuery, s.Price, costHistory),
  paged('movement-report', ['Movements of materials', 'Отчет о движении материалов'], s.MovementQuery, s.MovementRow, movementReport),
  paged('inventory-report', ['Balances of materials', 'Отчет об остатках материалов'], s.InventoryQuery, s.Inventory, inventory),
  one(
    'cost-dynamics-report',
    ['Average prices by day or month', 'Динамика стоимости материалов'],
    s.DynamicsQuery,
    s.Dynamics,
    costDynamics,
  ),
]
