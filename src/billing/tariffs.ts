import { and, eq, isNull, sql } from 'drizzle-orm'
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

const hundredths = (percent: number) => Math.round(percent * 100)
const emptyRange = () =>
  new AppError('validation', 'The range is empty.', { issues: [{ path: 'to_count', message: 'is less than from_count' }] })

function store(input: TariffInput) {
  if (input.from_count > input.to_count) throw emptyRange()
  return {
    name: input.name,
    discount: hundredths(input.discount),
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
  await getTariffPlan(ctx, id)
  const { name, discount, from_count: fromCount, to_count: toCount, is_active: isActive } = input
  // What is said alone is written: a change beside this one keeps its own, as long as the range is none that is empty.
  const row = {
    id,
    ...(name === undefined ? {} : { name }),
    ...(discount === undefined ? {} : { discount: hundredths(discount) }),
    ...(fromCount === undefined ? {} : { fromCount }),
    ...(toCount === undefined ? {} : { toCount }),
    ...(isActive === undefined ? {} : { isActive }),
  }
  const fits = sql`${fromCount ?? tariffPlans.fromCount} <= ${toCount ?? tariffPlans.toCount}`
  const mine = and(eq(tariffPlans.id, id), alive)
  const [, changed] = await batch(ctx.db, [
    audit(ctx, null, 'tariff_plan.changed', `tariff_plan:${id}`, sql`exists (select 1 from ${tariffPlans} where ${mine} and ${fits})`),
    ctx.db.update(tariffPlans).set(row).where(and(mine, fits)).returning(),
  ])
  const [now] = changed as Row[]
  if (!now) throw emptyRange()
  return present(now)
}

/** Soft: payment requests that name the plan keep their price. */
export async function deleteTariffPlan(ctx: Ctx, id: number): Promise<void> {
  await getTariffPlan(ctx, id)
  await batch(ctx.db, [
    ctx.db.update(tariffPlans).set({ deletedAt: ctx.now.toISOString() }).where(eq(tariffPlans.id, id)),
    audit(ctx, null, 'tariff_plan.deleted', `tariff_plan:${id}`),
  ])
}
