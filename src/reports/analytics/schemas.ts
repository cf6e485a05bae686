import * as z from 'zod'
import { decimal, QUANTITY_SCALE } from '../../http/numbers.ts'
import { dayValue, flagValue, idValue } from '../../http/page-list.ts'
import { wholeParam } from '../../http/operation.ts'

/** Most values that one list of a query names. */
const MANY = 500
const PER_PAGE = 1000

const splitBy = <T>(one: z.ZodType<T>) =>
  z
    .union([z.string().max(8000), z.array(z.string().max(8000)).max(MANY)])
    .transform((said) =>
      [said]
        .flat()
        .flatMap((text) => text.split(','))
        .map((text) => text.trim())
        .filter((text) => text !== ''),
    )
    .pipe(z.array(one as z.ZodType<T, string>).max(MANY))
    .transform((values) => (values.length > 0 ? values : undefined))
    .meta({ json: { type: 'string', description: 'A comma-separated list.' } }) as unknown as z.ZodType<T[] | undefined>
const ids = splitBy(idValue).optional()
const names = splitBy(z.string().max(255)).optional()

const paging = { page: wholeParam(1_000_000).optional(), per_page: wholeParam(PER_PAGE).optional() }
export const PeriodQuery = z.object({ date_from: dayValue.optional(), date_to: dayValue.optional() })
const Paged = PeriodQuery.extend(paging)

export const ByProjects = Paged.extend({ project_ids: ids })
export const BySuppliers = Paged.extend({ supplier_ids: ids })
export const CostHistoryQuery = Paged.extend({ material_id: idValue })
export const MovementQuery = Paged.extend({ material_ids: ids, project_ids: ids })
export const LowStockQuery = z.object({ threshold: decimal(QUANTITY_SCALE).optional(), ...paging })
export const MostUsedQuery = z.object({ period: wholeParam(36_500).optional(), limit: wholeParam(100).optional() })
export const InventoryQuery = z.object({
  category_ids: names,
  supplier_ids: ids,
  include_zero_balance: flagValue.optional(),
  only_low_stock: flagValue.optional(),
  stock_threshold: decimal(QUANTITY_SCALE).optional(),
  ...paging,
})
export const DynamicsQuery = PeriodQuery.extend({ material_ids: ids, group_by: z.enum(['day', 'month']).default('month') })

export interface Paging {
  page?: number | undefined
  per_page?: number | undefined
}
export const DEFAULT_PER_PAGE = PER_PAGE

const material = { material_id: z.int(), material_name: z.string() }
const kind = { ...material, unit: z.string().nullable() }
const received = { total_received: z.number(), total_used: z.number() }

export const Summary = z
  .object({
    unique_materials_count: z.int(),
    total_operations: z.int(),
    ...received,
    total_received_value: z.number(),
    total_used_value: z.number(),
  })
  .meta({ id: 'MaterialSummary' })
export const ProjectUse = z
  .object({
    project_id: z.int(),
    project_name: z.string(),
    ...kind,
    ...received,
    operations_count: z.int(),
    last_operation_date: z.string(),
  })
  .meta({ id: 'MaterialProjectUse' })
export const SupplierUse = z
  .object({
    supplier_id: z.int(),
    supplier_name: z.string(),
    ...kind,
    ...received,
    average_price: z.number().nullable(),
    operations_count: z.int(),
  })
  .meta({ id: 'MaterialSupplierUse' })
export const Stock = z.object({ ...kind, stock_quantity: z.number() }).meta({ id: 'MaterialStock' })
export const Used = z.object({ ...kind, total_used: z.number() }).meta({ id: 'MaterialUsed' })
export const Price = z.object({ date: z.string(), unit_price: z.number() }).meta({ id: 'MaterialPrice' })
export const MovementRow = z
  .object({
    date: z.string(),
    ...material,
    project_id: z.int(),
    project_name: z.string(),
    operation_type: z.enum(['receipt', 'write_off']),
    quantity: z.number(),
    unit_price: z.number().nullable(),
    total_price: z.number().nullable(),
  })
  .meta({ id: 'MaterialMovementRow' })
export const Inventory = z
  .object({ ...kind, stock_quantity: z.number(), category: z.string().nullable(), supplier_name: z.string().nullable() })
  .meta({ id: 'MaterialInventory' })
export const Dynamics = z.object({ labels: z.array(z.string()), values: z.array(z.number()) }).meta({ id: 'MaterialCostDynamics' })
