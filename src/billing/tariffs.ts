import { and, eq, isNull } from 'drizzle-orm'
import { audit, type Ctx } from '../context.ts'
import { batch } from '../db/client.ts'
import { AppError, notFound } from '../http/errors.ts'
import { defineList } from '../http/list.ts'
import { tariffPlans } from './tables.ts'

/** What callers send and get: the discount is in percent, stored in hundredths of one. */
export interface TariffInput {
  name: string
  discount: number
  from_count: number
  to_count: number
  is_active: boolean
}

type Row = typeof tariffPlans.$inferSelect
const present = ({ id, name, discount, fromCount, toCount, isActive }: Row) => ({
  id,
  name,
  discount: discount / 100,
  from_count: fromCount,
  to_count: toCount,
  is_active: isActive,
})
const alive = isNull(tariffPlans.deletedAt)

function store(input: TariffInput) {
  if (input.from_count > input.to_count)
    throw new AppError('validation', 'The range is empty.', { issues: [{ path: 'to_count', message: 'is less than from_count' }] })
  return {
    name: input.name,
    discount: Math.round(input.discount * 100),
    fromCount: input.from_count,
    toCount: input.to_count,
    isActive: input.is_active,
  }
}

export async function findTariffPlan(ctx: Pick<Ctx, 'db'>, id: number): Promise<Row | undefined> {
  const [row] = await ctx.db
    .select()
    .from(tariffPlans)
    .where(and(eq(tariffPlans.id, id), alive))
  return row
}

const list = defineList({ key: tariffPlans.id })
export const tariffsQuery = list.query

export async function listTariffPlans(ctx: Ctx, asked: { limit?: number; after?: string }) {
  const { where, orderBy, limit } = list.plan(asked, alive)
  const page = list.page(await ctx.db.select().from(tariffPlans).where(where).orderBy(orderBy).limit(limit), asked, (r) => r.id)
  return { ...page, rows: page.rows.map(present) }
}

export async function getTariffPlan(ctx: Ctx, id: number) {
  const row = await findTariffPlan(ctx, id)
  if (!row) throw notFound()
  return present(row)
}

export async function createTariffPlan(ctx: Ctx, input: TariffInput) {
  const [made] = await batch(ctx.db, [
    ctx.db
      .insert(tariffPlans)
      .values({ ...store(input), createdAt: ctx.now.toISOString() })
      .returning(),
    audit(ctx, null, 'tariff_plan.created', `tariff_plan:${input.name.slice(0, 100)}`),
  ])
  const [row] = made as Row[]
  if (!row) throw new Error('the plan was not written')
  return present(row)
}

export async function changeTariffPlan(ctx: Ctx, id: number, input: Partial<TariffInput>) {
  const before = await getTariffPlan(ctx, id)
  const row = store({ ...before, ...input })
  await batch(ctx.db, [
    ctx.db.update(tariffPlans).set(row).where(eq(tariffPlans.id, id)),
    audit(ctx, null, 'tariff_plan.changed', `tariff_plan:${id}`),
  ])
  return getTariffPlan(ctx, id)
}

/** Soft: payment requests that name the plan keep their price. */
export async function deleteTariffPlan(ctx: Ctx, id: number): Promise<void> {
  await getTariffPlan(ctx, id)
  await batch(ctx.db, [
    ctx.db.update(tariffPlans).set({ deletedAt: ctx.now.toISOString() }).where(eq(tariffPlans.id, id)),
    audit(ctx, null, 'tariff_plan.deleted', `tariff_plan:${id}`),
  ])
}
