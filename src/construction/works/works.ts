import { and, eq, sql } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import { AppError, notFound } from '../../http/errors.ts'
import { QUANTITY_SCALE } from '../../http/numbers.ts'
import {
  atLeast,
  atMost,
  contains,
  definePages,
  fromDay,
  oneOf,
  readWindow,
  refersTo,
  toDay,
  whether,
  type PageQuery,
} from '../../http/page-list.ts'
import { MONEY_SCALE } from '../../lib/money.ts'
import { orNull, showMoney, showQuantity } from '../../http/numbers.ts'
import { readNormsOf } from '../materials/norms.ts'
import { foremanId } from '../person.ts'
import { mine, mineCounted } from '../registry/registry.ts'
import { workTypes } from '../work-types/tables.ts'
import { presentWorksFull, type ShownWork, type WorkRow } from './present.ts'
import { completedWorks as table, WORK_STATUSES, workMaterials } from './tables.ts'

export const workPages = definePages({
  counted: 'completed_works',
  key: table.id,
  filters: {
    project_id: refersTo(table.projectId),
    contract_id: refersTo(table.contractId),
    work_type_id: refersTo(table.workTypeId),
    user_id: refersTo(table.userId),
    contractor_id: refersTo(table.contractorId),
    status: oneOf(table.status, WORK_STATUSES),
    completion_date_from: fromDay(table.completionDate),
    completion_date_to: toDay(table.completionDate),
    amount_from: atLeast(table.totalAmount, MONEY_SCALE),
    amount_to: atMost(table.totalAmount, MONEY_SCALE),
    quantity_from: atLeast(table.quantity, QUANTITY_SCALE),
    quantity_to: atMost(table.quantity, QUANTITY_SCALE),
    with_materials: whether(sql`exists (select 1 from ${workMaterials} where ${workMaterials.workId} = ${table.id})`),
    search: contains(table.search),
  },
  sorts: {
    completion_date: table.completionDate,
    created_at: table.createdAt,
    total_amount: table.totalAmount,
    quantity: table.quantity,
    status: table.status,
    id: table.id,
  },
  names: { sortBy: 'sortBy', direction: 'sortDirection', perPage: 'perPage' },
})

export const missingWork = () => notFound('Запись о выполненной работе не найдена.')

/** The works of the organization; a foreman sees only their own. */
function seenWorks(ctx: Ctx) {
  const foreman = foremanId(ctx)
  return foreman === undefined ? mine(ctx, table) : sql`${mine(ctx, table)} and ${table.userId} = ${foreman}`
}

export async function listWorks(ctx: Ctx, query: PageQuery) {
  const { rows, meta } = await readWindow(ctx.db, table, workPages.windowOf(query, seenWorks(ctx), mineCounted(ctx, foremanId(ctx))))
  return { rows: await presentWorksFull(ctx, rows), meta }
}

export async function loadWork(ctx: Ctx, id: number): Promise<WorkRow> {
  const [row] = await ctx.db
    .select()
    .from(table)
    .where(and(eq(table.id, id), seenWorks(ctx)))
  if (!row) throw missingWork()
  return row
}

export async function showWork(ctx: Ctx, row: WorkRow): Promise<ShownWork> {
  const [shown] = await presentWorksFull(ctx, [row])
  if (!shown) throw missingWork()
  return shown
}

export const getWork = async (ctx: Ctx, id: number) => showWork(ctx, await loadWork(ctx, id))

/** Norms of a work type with the prices of their materials, to fill a form. */
export async function materialDefaults(ctx: Ctx, workTypeId: number) {
  const [[type], rows] = await ctx.db.batch([
    ctx.db
      .select({ id: workTypes.id })
      .from(workTypes)
      .where(and(eq(workTypes.id, workTypeId), mine(ctx, workTypes))),
    readNormsOf(ctx, workTypeId),
  ])
  if (!type) throw new AppError('bad_request', 'Вид работы не найден или недоступен.')
  return rows.map(({ norm, material, unit }) => ({
    material_id: material.id,
    material_name: material.name,
    default_price: orNull(material.defaultPrice, showMoney),
    quantity: showQuantity(norm.quantity),
    notes: norm.notes,
    measurement_unit: unit?.shortName ?? null,
  }))
}

/** Works are deleted for good, so only the owner of the organization may. */
export function mustOwn({ actor }: Pick<Ctx, 'actor'>): void {
  if (actor.kind === 'user' && actor.role === 'owner') return
  throw new AppError('forbidden', 'Удалять выполненные работы может только владелец организации.')
}
